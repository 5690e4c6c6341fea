"""What server_random_script.py draws its scripts from: statements of every sort, over what the database has at the time.

Each generator takes a World and gives SQL, or None when the database has nothing for it. The tables of server_random_wide.py are the ground;
here is what runs in transactions of its own, what bodies and rules do, and the objects that the other two leave out.
"""
import server_random_wide as wide
from server_random_wide import FROM_TO

PREPARE = wide.PREPARE + ["CREATE DOMAIN s1.small AS s1.pos CHECK (VALUE < 1000)", "CREATE TYPE s1.pair AS (a int, b text)", "CREATE TYPE s1.nest AS (p s1.pos, q s1.pair)"]
MORE = """
SELECT 'pcn', n.nspname, p.relname, c.relname, p.relkind::text, n2.nspname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
      JOIN pg_namespace n ON n.oid = p.relnamespace JOIN pg_namespace n2 ON n2.oid = c.relnamespace WHERE n.nspname IN ('s1', 's2') AND c.relkind IN ('r', 'p')
UNION ALL SELECT 'tmp', n.nspname, c.relname, c.relkind::text, '', '' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.oid = pg_my_temp_schema() AND c.relkind = 'r'
UNION ALL SELECT 'ps', '', name, '', '', '' FROM pg_prepared_statements
UNION ALL SELECT 'typed', n.nspname, c.relname, '', '', '' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.reloftype <> 0
UNION ALL SELECT 'att', n.nspname, t.relname, a.attname, '', '' FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid JOIN pg_namespace n ON n.oid = t.relnamespace
      WHERE t.relkind = 'c' AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname IN ('s1', 's2')
UNION ALL SELECT 'dcn', n.nspname, t.typname, k.conname, '', '' FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname IN ('s1', 's2')
UNION ALL SELECT CASE WHEN a.attidentity <> '' THEN 'ide' ELSE 'gen' END, n.nspname, t.relname, a.attname, '', '' FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
      JOIN pg_namespace n ON n.oid = t.relnamespace WHERE (a.attidentity <> '' OR a.attgenerated <> '') AND n.nspname IN ('s1', 's2') AND t.relkind IN ('r', 'p') AND NOT a.attisdropped
UNION ALL SELECT CASE k.contype WHEN 'n' THEN 'nn' ELSE 'per' END, n.nspname, c.relname, k.conname, '', '' FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index x ON x.indexrelid = k.conindid OR k.contype = 'n' AND x.indexrelid = 'pg_class_oid_index'::regclass
      WHERE n.nspname IN ('s1', 's2') AND (k.contype = 'n' OR k.contype IN ('p', 'u') AND x.indisexclusion)
ORDER BY 1, 2, 3, 4, 5, 6"""
NAMES = {"r": "TABLE", "p": "TABLE", "v": "VIEW", "m": "MATERIALIZED VIEW", "i": "INDEX", "I": "INDEX", "S": "SEQUENCE"}


class World(wide.World):
    def look(self, cursor):
        super().look(cursor)
        cursor.execute(MORE)
        self.rows = [x for x in self.rows + cursor.fetchall() if not any("?" in (y or "") for y in x) and not (x[0] == "fun" and x[2].startswith("y"))]  # no constructors of range types

    def table(self):
        """A table to read or write: now and then a temporary one."""
        t = self.pick("tmp") if self.chance(0.08) else None
        return t[2] if t else self.rel("rrp")

    def named(self, what, kinds=None, column=3):
        x = self.pick(what, kinds, column)
        return x and f"{x[1]}.{x[2]}"


def one(w, *choices):
    """One of those that the database has something for."""
    found = [c for c in choices if c]
    return w.r.choice(found) if found else None


# --- in transactions of their own ------------------------------------------------------------------------------------------------------------

def vacuum(w):
    t, o = w.rel("rrpm"), w.rel("rp")
    options = w.r.choice(["", "", " FULL", " ANALYZE", " FREEZE", " (TRUNCATE off)", " (INDEX_CLEANUP off)", " (FULL, ANALYZE)", " (SKIP_LOCKED)", " (DISABLE_PAGE_SKIPPING)", " (PARALLEL 0)"] +
                         ([" (PROCESS_TOAST off)"] if w.major >= 14 else []) + ([" (PROCESS_MAIN off)"] if w.major >= 16 else []))
    return one(w, t and f"VACUUM{options} {t}", t and f"VACUUM{options} {t}", t and o and f"VACUUM{options} {t}, {o}", t and w.major >= 18 and f"VACUUM ONLY {t}".replace("VACUUM ONLY", "VACUUM ONLY"),
               w.chance(0.1) and "VACUUM", w.chance(0.2) and "ANALYZE", t and f"ANALYZE (VERBOSE) {t}")


def concurrently(w):
    t, i, m = w.rel("rrrpm"), w.pick("idx"), w.rel("m")
    c = t and w.column(t)
    return one(w, c and f"CREATE {w.maybe(0.3, 'UNIQUE ')}INDEX CONCURRENTLY {w.maybe(0.2, 'IF NOT EXISTS ')}{w.fresh('cx')} ON {t} ({c})",
               c and f"CREATE INDEX CONCURRENTLY {w.fresh('cx')} ON {t} ((v || 'a')) WHERE k > 1", i and f"DROP INDEX CONCURRENTLY {i[1]}.{i[3]}",
               i and f"REINDEX INDEX CONCURRENTLY {i[1]}.{i[3]}", t and f"REINDEX TABLE CONCURRENTLY {t}", t and f"REINDEX TABLE {t}", i and f"REINDEX INDEX {i[1]}.{i[3]}",
               w.chance(0.3) and f"REINDEX SCHEMA {w.maybe(0.5, 'CONCURRENTLY ')}{w.schema()}", m and f"REFRESH MATERIALIZED VIEW CONCURRENTLY {m}",
               m and f"CREATE UNIQUE INDEX {w.fresh('mx')} ON {m} ({w.column(m)})" if m and w.column(m) else None)


def cluster(w):
    i = w.pick("idx")
    t = w.rel("rpm")
    return one(w, i and f"CLUSTER {i[1]}.{i[2]} USING {i[3]}", i and f"CLUSTER {i[1]}.{i[2]} USING {i[3]}", "CLUSTER", t and f"CLUSTER {t}",
               i and f"ALTER TABLE {i[1]}.{i[2]} CLUSTER ON {i[3]}")


def detach(w):
    x = w.pick("prt", "p", 4)
    return x and f"ALTER TABLE {x[1]}.{x[2]} DETACH PARTITION {x[3]}" + (w.r.choice([" CONCURRENTLY", " CONCURRENTLY", "", " FINALIZE"]) if w.major >= 14 else "")


def committing(w):
    t = w.rel("rp")
    return t and w.r.choice([
        f"DO $$ BEGIN UPDATE {t} SET k = 1; COMMIT; {wide.body(w)} END $$", f"DO $$ BEGIN FOR i IN 1..2 LOOP {wide.body(w)} COMMIT; END LOOP; END $$",
        f"CREATE PROCEDURE s1.{w.fresh('pc')}() LANGUAGE plpgsql AS $$ BEGIN {body(w)} COMMIT; {body(w)} END $$",
        f"DO $$ BEGIN {body(w)} ROLLBACK; {body(w)} END $$"])


# --- bodies -------------------------------------------------------------------------------------------------------------------------------

def rows_body(w):
    """A statement of a body that leaves the catalogue as it is: what fires and loops over rows may contain no other, for rows are not forecast."""
    t, o = w.rel("rrp"), w.rel("rrpv")
    if not t or not o:
        return "NULL;"
    schema, name = t.split(".")
    return w.r.choice([
        wide.body(w), wide.body(w), f"EXECUTE format('UPDATE %I.%I SET k = %L', '{schema}', '{name}', 3);", f"EXECUTE 'DELETE FROM {t} WHERE k = $1' USING 5;", f"PERFORM count(*) FROM {o};",
        f"BEGIN INSERT INTO {t} (k) VALUES (1); EXCEPTION WHEN unique_violation THEN NULL; END;", f"BEGIN LOCK TABLE {t} IN EXCLUSIVE MODE; RAISE EXCEPTION 'x'; EXCEPTION WHEN others THEN NULL; END;",
        f"MERGE INTO {t} a USING {o} b ON a.id = b.id WHEN MATCHED THEN DELETE;" if w.major >= 15 else "NULL;", f"PERFORM 1 FROM {t} WHERE k = 1 FOR UPDATE;",
        f"INSERT INTO {t} (k) VALUES (1) ON CONFLICT DO NOTHING;"])


def body(w):
    t, o, i = w.rel("rrp"), w.rel("rrpv"), w.pick("idx")
    if not t or not o or w.chance(0.5):
        return rows_body(w)
    schema, name = t.split(".")
    return w.r.choice([
        f"EXECUTE 'ALTER TABLE {t} ADD COLUMN {w.fresh('e')} int';", f"IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = '{name}') THEN DROP TABLE {t}; END IF;",
        f"IF to_regclass('{t}') IS NOT NULL THEN EXECUTE 'COMMENT ON TABLE {t} IS ''x'''; END IF;",
        f"FOR i IN 1..2 LOOP EXECUTE 'TRUNCATE {t}'; END LOOP;", f"CREATE INDEX IF NOT EXISTS {w.fresh('bx')} ON {t} (k);", f"CREATE TEMP TABLE {w.fresh('bt')} AS SELECT * FROM {o};",
        f"EXECUTE 'DROP INDEX {i[1]}.{i[3]}';" if i and w.chance(0.3) else "NULL;"])


def do(w):
    declare = w.maybe(0.3, "DECLARE n int := 1; r record; ")
    loop = w.maybe(0.3, f"FOR r IN SELECT k FROM {w.rel('rrpv')} LOOP {rows_body(w)} END LOOP; ") if declare else ""
    return f"DO $$ {declare}BEGIN {loop}{body(w)} {body(w)} END $$"


def function(w):
    name, t, o = f"{w.schema()}.{w.fresh('f')}", w.rel("rrp"), w.rel("rrpv")
    if not t or not o:
        return None
    return w.r.choice([
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {rows_body(w)} RETURN NEW; END $$", f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' THEN DELETE FROM {t}; ELSE {rows_body(w)} END IF; RETURN COALESCE(NEW, OLD); END $$",
        f"CREATE FUNCTION {name}(a int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN {rows_body(w)} RETURN a; END $$", f"CREATE FUNCTION {name}() RETURNS SETOF {t} LANGUAGE sql STABLE AS 'SELECT * FROM {t}'",
        f"CREATE FUNCTION {name}() RETURNS void LANGUAGE sql AS 'UPDATE {t} SET k = 1; DELETE FROM {o}'", f"CREATE FUNCTION {name}(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + 1'",
        f"CREATE FUNCTION {name}() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM {o}; END" if w.major >= 14 else None,
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'UPDATE {t} SET k = 2'; RETURN NEW; END $$",
        f"CREATE PROCEDURE {name}(x int DEFAULT 1) LANGUAGE plpgsql AS $$ BEGIN {body(w)} END $$", f"CREATE PROCEDURE {name}() LANGUAGE sql AS 'INSERT INTO {t} (k) VALUES (1)'"])


def trigger(w):
    t, f = w.rel("rrpv"), w.pick("fun", ["trigger"], 4)
    if not t or not f:
        return None
    event = w.r.choice(["INSERT", "UPDATE", "DELETE", "INSERT OR UPDATE OR DELETE", "UPDATE OF k", "TRUNCATE"])
    view = any(x[0] == "rel" and x[3] == "v" and t == f"{x[1]}.{x[2]}" for x in w.rows)
    when = "INSTEAD OF" if view and w.chance(0.8) else w.r.choice(["BEFORE", "AFTER"])
    level = "STATEMENT" if event == "TRUNCATE" else "ROW" if when == "INSTEAD OF" else w.r.choice(["ROW", "ROW", "STATEMENT"])
    new = w.maybe(0.2, "REFERENCING NEW TABLE AS newtab ") if when == "AFTER" and event == "INSERT" else ""
    if when == "AFTER" and level == "ROW" and w.chance(0.1):
        return f"CREATE CONSTRAINT TRIGGER {w.fresh('g')} AFTER {event} ON {t} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {f[1]}.{f[2]}()"
    condition = w.maybe(0.15, "WHEN (NEW.k > 0) ") if level == "ROW" and "DELETE" not in event and when != "INSTEAD OF" else ""
    return f"CREATE {w.maybe(0.1, 'OR REPLACE ') if w.major >= 14 else ''}TRIGGER {w.fresh('g')} {when} {event} ON {t} {new}FOR EACH {level} {condition}EXECUTE FUNCTION {f[1]}.{f[2]}()"


def rule(w):
    t, o, v = w.rel("rrpv"), w.rel("rrp"), w.rel("rpv")
    event = w.r.choice(["INSERT", "UPDATE", "DELETE"])
    return t and o and (f"CREATE {w.maybe(0.2, 'OR REPLACE ')}RULE {w.fresh('u')} AS ON {event} TO {t} {w.maybe(0.2, 'WHERE ' + ('OLD' if event != 'INSERT' else 'NEW') + '.k > 5 ')}DO " +
                        f"{w.r.choice(['ALSO', 'INSTEAD'])} " + w.r.choice(["NOTHING", f"INSERT INTO {o} (k) VALUES (1)", f"UPDATE {o} SET k = 1 WHERE k = 2", f"DELETE FROM {o}",
                                                                           f"(INSERT INTO {o} (k) SELECT 1 FROM {v}; DELETE FROM {o})"]))


# --- objects ------------------------------------------------------------------------------------------------------------------------------

def temporary(w):
    name, t = w.fresh("tt"), w.table()
    return one(w, f"CREATE TEMP TABLE {name} (id int PRIMARY KEY, k int, v text){w.r.choice(['', ' ON COMMIT DROP', ' ON COMMIT DELETE ROWS'])}", t and f"CREATE TEMP TABLE {name} AS SELECT * FROM {t}",
               t and f"CREATE TEMP TABLE {name} (LIKE {t} INCLUDING ALL)", t and f"CREATE TEMP VIEW {name} AS SELECT * FROM {t}", t and f"CREATE TEMP TABLE {name} () INHERITS ({t})",
               f"CREATE TEMP SEQUENCE {name}")


def likes(w):
    t, o, y = w.table(), w.rel("r"), w.pick("typ", "c")
    name = f"{w.schema()}.{w.fresh('l')}"
    what = w.r.choice(["ALL", "DEFAULTS", "INDEXES", "CONSTRAINTS", "IDENTITY", "GENERATED", "STATISTICS", "STORAGE", "COMMENTS", "ALL EXCLUDING INDEXES"])
    return one(w, t and f"CREATE TABLE {name} (LIKE {t} INCLUDING {what})", t and f"CREATE TABLE {name} (LIKE {t} INCLUDING ALL, extra int REFERENCES {o})" if o else None,
               y and f"CREATE TABLE {name} OF {y[1]}.{y[2]}", y and f"CREATE TABLE {name} OF s1.pair (a NOT NULL, PRIMARY KEY (a))", t and o and f"CREATE TABLE {name} (x int) INHERITS ({t}, {o})",
               t and f"CREATE TABLE IF NOT EXISTS {t} (id int)", t and f"CREATE {w.maybe(0.2, 'UNLOGGED ')}TABLE {name} AS SELECT * FROM {t}{w.maybe(0.3, ' WITH NO DATA')}",
               t and f"CREATE TABLE {name} AS SELECT count(*) AS n, k FROM {t} GROUP BY k", y and f"CREATE TABLE {name} (id int, c {y[1]}.{y[2]}, d {y[1]}.{y[2]}[])",
               f"CREATE TABLE {name} (id int PRIMARY KEY, k s1.small, v s1.word, p s1.nest, k2 s1.pos[])")


def types(w):
    y, e, d, a, k = w.pick("typ", "c"), w.pick("typ", "e"), w.pick("typ", "d"), w.pick("att"), w.pick("dcn")
    name = f"{w.schema()}.{w.fresh('y')}"
    return one(w, f"CREATE DOMAIN {name} AS {w.r.choice(['s1.pos', 's1.small', 'int', 'text', 'varchar(10)', 'int[]'])}{w.maybe(0.4, ' CHECK (VALUE IS NOT NULL)')}{w.maybe(0.2, ' NOT NULL')}",
               f"CREATE TYPE {name} AS (a {w.r.choice(FROM_TO)}, b text)", f"CREATE TYPE {name} AS ENUM ('x', 'y')", f"CREATE TYPE {name} AS RANGE (subtype = int4)",
               y and f"ALTER TYPE {y[1]}.{y[2]} ADD ATTRIBUTE {w.fresh('n')} int{w.cascade()}", a and f"ALTER TYPE {a[1]}.{a[2]} DROP ATTRIBUTE {a[3]}{w.cascade()}",
               a and f"ALTER TYPE {a[1]}.{a[2]} ALTER ATTRIBUTE {a[3]} TYPE {w.r.choice(['bigint', 'text', 'int'])}{w.cascade()}", a and f"ALTER TYPE {a[1]}.{a[2]} RENAME ATTRIBUTE {a[3]} TO {w.fresh('n')}{w.cascade()}",
               e and f"ALTER TYPE {e[1]}.{e[2]} ADD VALUE IF NOT EXISTS '{w.r.choice(['a', 'sad', 'zz'])}'", e and f"ALTER TYPE {e[1]}.{e[2]} ADD VALUE '{w.fresh('b')}' BEFORE 'sad'",
               d and f"ALTER DOMAIN {d[1]}.{d[2]} ADD CONSTRAINT {w.fresh('dc')} CHECK (VALUE IS NOT NULL){w.maybe(0.3, ' NOT VALID')}", k and f"ALTER DOMAIN {k[1]}.{k[2]} VALIDATE CONSTRAINT {k[3]}",
               k and f"ALTER DOMAIN {k[1]}.{k[2]} DROP CONSTRAINT {k[3]}{w.cascade()}", k and f"ALTER DOMAIN {k[1]}.{k[2]} RENAME CONSTRAINT {k[3]} TO {w.fresh('dc')}",
               d and f"ALTER DOMAIN {d[1]}.{d[2]} {w.r.choice(['SET NOT NULL', 'DROP NOT NULL', 'SET DEFAULT NULL', 'DROP DEFAULT'])}",
               w.chance(0.3) and d and f"DROP DOMAIN {d[1]}.{d[2]}{w.cascade()}", w.chance(0.3) and y and f"DROP TYPE {y[1]}.{y[2]}{w.cascade()}")


def owner(w):
    x, f, y, s, b = w.pick("rel", "rrpvmS"), w.pick("fun"), w.pick("typ"), w.pick("sta"), w.pick("pub")
    other = "s2" if x and x[1] == "s1" else "s1"
    return one(w, x and f"ALTER {NAMES[x[3]]} {x[1]}.{x[2]} SET SCHEMA {other}", x and f"ALTER {NAMES[x[3]]} {x[1]}.{x[2]} OWNER TO app_owner", x and f"ALTER {NAMES[x[3]]} {x[1]}.{x[2]} OWNER TO CURRENT_USER",
               x and f"ALTER {NAMES[x[3]]} IF EXISTS {x[1]}.{x[2]} RENAME TO {w.fresh('w')}", f and f"ALTER FUNCTION {f[1]}.{f[2]}({f[3]}) {w.r.choice(['RENAME TO ' + w.fresh('f'), 'OWNER TO app_owner', 'SET SCHEMA s2', 'STRICT'])}",
               y and f"ALTER {'DOMAIN' if y[3] == 'd' else 'TYPE'} {y[1]}.{y[2]} {w.r.choice(['OWNER TO app_owner', 'SET SCHEMA s2'])}",
               s and f"ALTER STATISTICS {s[1]}.{s[2]} {w.r.choice(['OWNER TO app_owner', 'SET SCHEMA s2', 'SET STATISTICS 50', 'RENAME TO ' + w.fresh('z')])}",
               b and f"ALTER PUBLICATION {b[2]} {w.r.choice(['OWNER TO CURRENT_USER', 'RENAME TO ' + w.fresh('b')])}", w.chance(0.1) and "ALTER SCHEMA s2 OWNER TO app_owner",
               w.chance(0.1) and "REASSIGN OWNED BY app_owner TO postgres")


def statistics(w):
    t = w.rel("rrpm")
    a, b = t and w.column(t, ["integer", "bigint", "text"]), t and w.column(t, ["integer", "bigint", "text"])
    s = w.pick("sta")
    return one(w, a and a != b and f"CREATE STATISTICS {w.maybe(0.2, 'IF NOT EXISTS ')}{w.schema()}.{w.fresh('z')}{w.maybe(0.4, ' (ndistinct, mcv)')} ON {a}, {b} FROM {t}",
               a and w.major >= 14 and f"CREATE STATISTICS {w.schema()}.{w.fresh('z')} ON (k + 1) FROM {t}", s and f"DROP STATISTICS {s[1]}.{s[2]}", t and f"ANALYZE {t}")


def publication(w):
    t, b = w.rel("rrp"), w.pick("pub")
    what = w.r.choice([f"TABLE {t}", f"TABLE ONLY {t}", "ALL TABLES"] + ([f"TABLE {t} WHERE (k > 1)", f"TABLE {t} (k)", "TABLES IN SCHEMA s2"] if w.major >= 15 else []))
    return one(w, t and f"CREATE PUBLICATION {w.fresh('b')} FOR {what}{w.maybe(0.5, chr(32) + 'WITH (publish = ' + chr(39) + 'insert' + chr(39) + ')')}", t and f"CREATE PUBLICATION {w.fresh('b')}",
               b and t and f"ALTER PUBLICATION {b[2]} {w.r.choice(['ADD', 'DROP', 'SET'])} TABLE {t}", b and f"DROP PUBLICATION {b[2]}", b and f"ALTER PUBLICATION {b[2]} SET (publish = 'insert, truncate')")


def view(w):
    t, o, m, v = w.table(), w.rel("rrpvm"), w.rel("vm"), w.rel("v")
    if not t or not o:
        return None
    name = f"{w.schema()}.{w.fresh('v')}"
    q = w.r.choice([f"SELECT * FROM {t}", f"SELECT id, k, v FROM {t} WHERE k > 1", f"SELECT a.k, b.v FROM {t} a JOIN {o} b ON a.k = b.k", f"SELECT k, count(*) AS n FROM {t} GROUP BY k",
                    f"SELECT k, v FROM {t} UNION ALL SELECT k, v FROM {o}", f"WITH c AS (SELECT k FROM {o}) SELECT * FROM c", f"SELECT k FROM {t} WHERE k IN (SELECT k FROM {o})",
                    f"SELECT id, k, v FROM ONLY {t}", f"SELECT DISTINCT k FROM {o} LIMIT 5"])
    return one(w, f"CREATE VIEW {name} AS {q}", f"CREATE VIEW {name} AS {q}", f"CREATE MATERIALIZED VIEW {name} AS {q}{w.maybe(0.3, ' WITH NO DATA')}", f"CREATE MATERIALIZED VIEW {name} AS SELECT * FROM {m}" if m else None,
               v and f"CREATE OR REPLACE VIEW {v} AS {q}", f"CREATE VIEW {name} AS SELECT id, k, v FROM {t} WITH CHECK OPTION", w.major >= 15 and f"CREATE VIEW {name} WITH (security_invoker = true) AS {q}",
               m and f"REFRESH MATERIALIZED VIEW {m}{w.maybe(0.2, ' WITH NO DATA')}", v and f"ALTER VIEW {v} ALTER COLUMN k SET DEFAULT 4", v and f"DROP VIEW {v}{w.cascade()}")


def index(w):
    t = w.rel("rrpm")
    c, d = (t and w.column(t)), (t and w.column(t))
    if not c:
        return None
    how = w.r.choice([f"({c})", f"({c} DESC NULLS LAST, {d})", f"({c}) WHERE {d} IS NOT NULL", "(lower(v))", f"({c}) INCLUDE ({d})", "((k + 1)) WHERE k > 3", f"USING hash ({c})", f"USING brin ({c})",
                      "((k % 3), v)", f"(coalesce({c}, {c}))", f"USING gin ({c})", f"USING gist ({c})"])
    return f"CREATE {w.maybe(0.25, 'UNIQUE ')}INDEX {w.maybe(0.15, 'IF NOT EXISTS ')}{w.fresh('x')} ON {w.maybe(0.15, 'ONLY ')}{t} {how}"


def sequence(w):
    s, t = w.named("rel", "S"), w.rel("r")
    c = t and w.column(t, ["integer", "bigint"])
    limits = w.r.choice(["", " START 5", " MINVALUE 3", " MAXVALUE 10", " START 20 MAXVALUE 10", " INCREMENT -1", " INCREMENT 0", " MINVALUE 10 MAXVALUE 5", " AS smallint", " AS smallint MAXVALUE 100000", " CACHE 0",
                          " CYCLE", " START 0", " RESTART 5"])
    return one(w, f"CREATE SEQUENCE {w.schema()}.{w.fresh('e')}{limits}", c and f"CREATE SEQUENCE {w.schema()}.{w.fresh('e')} OWNED BY {t}.{c}", s and f"ALTER SEQUENCE {s}{limits or ' RESTART'}",
               s and f"ALTER SEQUENCE {s} {w.r.choice(['OWNED BY NONE', 'NO MAXVALUE', 'RESTART WITH 7', 'AS bigint', 'NO CYCLE'])}", s and f"SELECT nextval('{s}')", s and f"SELECT setval('{s}', 3)",
               s and c and f"ALTER TABLE {t} ALTER COLUMN {c} SET DEFAULT nextval('{s}')", s and w.chance(0.3) and f"DROP SEQUENCE {s}{w.cascade()}", s and f"SELECT last_value FROM {s}",
               s and w.major >= 15 and f"ALTER SEQUENCE {s} SET {w.r.choice(['LOGGED', 'UNLOGGED'])}")


def policies(w):
    t, o, p = w.rel("rp"), w.rel("rpv"), w.pick("pol")
    return one(w, t and o and f"CREATE POLICY {w.fresh('l')} ON {t} FOR {w.r.choice(['ALL', 'SELECT', 'UPDATE'])} USING ({w.r.choice(['true', 'k > 0', f'k IN (SELECT k FROM {o})'])})",
               p and f"ALTER POLICY {p[3]} ON {p[1]}.{p[2]} USING ({w.r.choice(['k < 5', f'EXISTS (SELECT 1 FROM {o})'])})", p and f"DROP POLICY {p[3]} ON {p[1]}.{p[2]}",
               t and f"ALTER TABLE {t} {w.r.choice(['ENABLE', 'DISABLE', 'FORCE'])} ROW LEVEL SECURITY", p and f"ALTER POLICY {p[3]} ON {p[1]}.{p[2]} RENAME TO {w.fresh('l')}")


def comments(w):
    x, k, g, p, f, y = w.pick("rel", "rpvmiS"), w.pick("con"), w.pick("trg"), w.pick("pol"), w.pick("fun"), w.pick("typ", "ecd")
    c = x and w.column(f"{x[1]}.{x[2]}")
    return one(w, x and f"COMMENT ON {NAMES[x[3]]} {x[1]}.{x[2]} IS NULL", c and f"COMMENT ON COLUMN {x[1]}.{x[2]}.{c} IS 'c'", k and f"COMMENT ON CONSTRAINT {k[3]} ON {k[1]}.{k[2]} IS 'x'",
               g and f"COMMENT ON TRIGGER {g[3]} ON {g[1]}.{g[2]} IS 'x'", p and f"COMMENT ON POLICY {p[3]} ON {p[1]}.{p[2]} IS 'x'", f and f"COMMENT ON FUNCTION {f[1]}.{f[2]}({f[3]}) IS 'x'",
               y and f"COMMENT ON {'DOMAIN' if y[3] == 'd' else 'TYPE'} {y[1]}.{y[2]} IS 'x'", x and x[3] not in "iS" and f"GRANT SELECT, INSERT ON {x[1]}.{x[2]} TO app_rw",
               x and x[3] == "S" and f"GRANT USAGE ON SEQUENCE {x[1]}.{x[2]} TO app_rw", "REVOKE ALL ON ALL TABLES IN SCHEMA s1 FROM app_rw", c and x[3] in "rpvm" and f"GRANT SELECT ({c}) ON {x[1]}.{x[2]} TO app_ro",
               "ALTER DEFAULT PRIVILEGES IN SCHEMA s1 GRANT SELECT ON TABLES TO app_ro")


def drop(w):
    x, k, g, f, i = w.pick("rel", "rrpvmiIS"), w.pick("con"), w.pick("trg"), w.pick("fun"), w.pick("idx")
    y = w.pick("rel", "rp")
    return one(w, x and f"DROP {NAMES[x[3]]} {w.maybe(0.2, 'IF EXISTS ')}{x[1]}.{x[2]}{w.maybe(0.25, ' CASCADE')}", k and f"ALTER TABLE {w.maybe(0.1, 'ONLY ')}{k[1]}.{k[2]} DROP CONSTRAINT {k[3]}{w.cascade()}",
               g and f"DROP TRIGGER {g[3]} ON {g[1]}.{g[2]}", f and f"DROP FUNCTION {f[1]}.{f[2]}({f[3]}){w.cascade()}", i and f"DROP INDEX {i[1]}.{i[3]}", y and f"DROP TABLE {y[1]}.{y[2]}",
               w.chance(0.05) and "DROP SCHEMA s2 CASCADE", f"DROP TABLE IF EXISTS s1.{w.fresh('gone')}", w.chance(0.1) and "DROP OWNED BY app_owner")


# --- tables --------------------------------------------------------------------------------------------------------------------------------

def subcommand(w, t):
    c, d, o, k = w.column(t), w.column(t), w.rel("rrp"), w.pick("con")
    more = [f"ALTER COLUMN {c} SET GENERATED ALWAYS", f"ALTER COLUMN id SET INCREMENT BY 2 RESTART", f"ALTER COLUMN {c} SET DEFAULT 5", f"ALTER COLUMN {c} RESET (n_distinct)", f"ADD COLUMN {w.fresh('a')} s1.small",
            f"ADD COLUMN {w.fresh('a')} int CHECK (k > 1) DEFAULT 3", f"ADD COLUMN {w.fresh('a')} s1.pair DEFAULT ROW(1, 'a')", f"ADD COLUMN {w.fresh('a')} bigserial PRIMARY KEY",
            f"ADD CONSTRAINT {w.fresh('ck')} CHECK ({c} IS NOT NULL)", f"ADD CONSTRAINT {w.fresh('ex')} EXCLUDE USING hash ({c} WITH =) WHERE (k > 1)", f"ADD CONSTRAINT {w.fresh('uq')} UNIQUE ({c}) INCLUDE ({d})",
            f"ADD CONSTRAINT {w.fresh('fk')} FOREIGN KEY ({c}) REFERENCES {o} ON DELETE CASCADE ON UPDATE SET NULL", f"RENAME COLUMN {c} TO {w.fresh('n')}", f"RENAME TO {w.fresh('w')}", "DISABLE TRIGGER ALL",
            "ENABLE TRIGGER ALL", "ENABLE REPLICA TRIGGER nothing", "OF s1.pair", "NOT OF", f"SET (toast.autovacuum_enabled = off)", "REPLICA IDENTITY NOTHING",
            f"ALTER CONSTRAINT {k[3] if k else 'nothing'} DEFERRABLE INITIALLY DEFERRED"]
    if w.major >= 17:
        more += [f"ALTER COLUMN {c} SET EXPRESSION AS (k * 3)", f"ALTER COLUMN {c} SET STATISTICS DEFAULT"]
    if w.major >= 18:
        more += [f"ADD COLUMN {w.fresh('a')} int GENERATED ALWAYS AS (k + 1) VIRTUAL", f"ADD CONSTRAINT {w.fresh('nn')} NOT NULL {c}", f"ADD CONSTRAINT {w.fresh('nn')} NOT NULL {c} NOT VALID",
                 f"ADD NOT NULL {c} NO INHERIT", f"ADD CHECK (k > 0) NOT ENFORCED", f"ADD FOREIGN KEY (k) REFERENCES {o} NOT ENFORCED", f"ALTER CONSTRAINT {k[3] if k else 'nothing'} ENFORCED",
                 f"ALTER CONSTRAINT {k[3] if k else 'nothing'} NOT ENFORCED", f"ALTER CONSTRAINT {k[3] if k else 'nothing'} INHERIT"]
    return w.r.choice(more) if w.chance(0.4) else wide.subcommand(w, t)


def alter(w):
    t = w.table()
    if not t:
        return None
    parts = [subcommand(w, t) for _ in range(w.r.choice([1, 1, 1, 1, 2, 3]))]
    if any(p.startswith(("RENAME", "ATTACH")) for p in parts):
        parts = parts[:1]
    return f"ALTER TABLE {w.maybe(0.1, 'IF EXISTS ')}{w.maybe(0.12, 'ONLY ')}{t} " + ", ".join(parts)


def multilevel(w):
    p = w.rel("p")
    by = w.r.choice(["RANGE (k)", "LIST (k)", "HASH (k)", "RANGE (id, k)", "LIST ((k % 5))", "RANGE (m)"])
    o = w.rel("rp")
    extra = w.r.choice(["", "", ", PRIMARY KEY (id, k)", ", UNIQUE (id, k)", ", CHECK (k > 0)", f", o int REFERENCES {o}" if o else "", ", g int GENERATED ALWAYS AS (k * 2) STORED"])
    identity = " GENERATED ALWAYS AS IDENTITY" if w.major >= 17 and w.chance(0.2) else ""
    return one(w, f"CREATE TABLE {w.schema()}.{w.fresh('p')} (id int NOT NULL{identity}, k int, v text DEFAULT 'x', m date{extra}) PARTITION BY {by}",
               p and f"CREATE TABLE {w.schema()}.{w.fresh('q')} PARTITION OF {p} {wide.bound(w, p)}{w.maybe(0.3, w.r.choice([' PARTITION BY LIST (id)', ' PARTITION BY RANGE (k)', ' PARTITION BY HASH (id)']))}",
               p and f"CREATE TABLE {w.schema()}.{w.fresh('q')} PARTITION OF {p} (v NOT NULL, CHECK (id > 0)) {wide.bound(w, p)}",
               p and f"CREATE TABLE {w.schema()}.{w.fresh('q')} PARTITION OF {p} DEFAULT")


def attach(w):
    p, t = w.rel("p"), w.rel("r")
    name = f"{w.schema()}.{w.fresh('q')}"
    return one(w, p and f"CREATE TABLE {name} (LIKE {p} INCLUDING ALL)", p and t and f"ALTER TABLE {p} ATTACH PARTITION {t} {wide.bound(w, p)}", wide.attach(w), wide.attach_index(w))


# --- queries -------------------------------------------------------------------------------------------------------------------------------

def merge(w):
    t, o = w.table(), w.rel("rrpv")
    if w.major < 15 or not t or not o:
        return None
    target = w.rel("v") if w.chance(0.25) and w.major >= 17 and w.rel("v") else t
    source = w.maybe(0.3, " WHEN NOT MATCHED BY SOURCE THEN DELETE") if w.major >= 17 else ""
    back = w.maybe(0.2, " RETURNING merge_action()") if w.major >= 17 else ""
    return (f"MERGE INTO {target} a USING {o} b ON a.k = b.k WHEN MATCHED {w.maybe(0.2, 'AND a.v IS NULL ')}THEN {w.r.choice(['UPDATE SET v = b.v', 'DELETE', 'DO NOTHING'])}" +
            w.r.choice(["", " WHEN NOT MATCHED THEN INSERT (k) VALUES (1)", " WHEN NOT MATCHED THEN DO NOTHING"]) + source + back)


def write(w):
    t, o, v = w.table(), w.rel("rrpv"), w.rel("rpv")
    if not t or not o:
        return None
    cols, values = w.row(t)
    c, k = w.column(t), w.pick("con", "pu", 4)
    return w.r.choice([
        f"INSERT INTO {t} ({cols or 'k'}) VALUES ({values or '1'})", f"INSERT INTO {t} DEFAULT VALUES", f"INSERT INTO {v} (k, v) VALUES (7, 'a'), (17, 'b')", f"INSERT INTO {t} (k) SELECT k FROM {o} WHERE k < 3",
        f"INSERT INTO {t} ({cols or 'k'}) VALUES ({values or '1'}) ON CONFLICT DO NOTHING", f"INSERT INTO {t} (id, k) VALUES (1, 5) ON CONFLICT (id) DO UPDATE SET v = excluded.v WHERE {t}.k > 1".replace(t + ".k", "excluded.k"),
        f"INSERT INTO {k[1]}.{k[2]} (k) VALUES (2) ON CONFLICT ON CONSTRAINT {k[3]} DO NOTHING" if k else None, f"UPDATE {v} SET v = 'x' WHERE k = 1", f"UPDATE {t} SET k = k + 1", f"UPDATE {t} SET {c} = DEFAULT",
        f"UPDATE {t} a SET k = b.k FROM {o} b WHERE a.k = b.k", f"DELETE FROM {v}", f"DELETE FROM {t} WHERE k IN (SELECT k FROM {o})", f"DELETE FROM ONLY {t}", f"UPDATE {t} SET id = 9 WHERE k = 3",
        f"WITH x AS (DELETE FROM {t} RETURNING k), y AS (UPDATE {w.rel('r')} SET k = 1 RETURNING *) SELECT * FROM x, y", f"WITH x AS (INSERT INTO {t} (k) VALUES (3) RETURNING k) UPDATE {w.rel('rp')} SET v = 'z' FROM x",
        f"COPY {t} (k, v) FROM '/dev/null'", f"COPY {t} TO '/dev/null'", f"COPY (SELECT * FROM {o}) TO '/dev/null'", f"EXPLAIN ANALYZE UPDATE {t} SET v = 'q'", f"EXPLAIN DELETE FROM {v}",
        f"TRUNCATE {t}{w.maybe(0.3, ' CASCADE')}", f"TRUNCATE ONLY {t} RESTART IDENTITY", f"DELETE FROM {t} WHERE nothing = 1" if w.chance(0.2) else None])


def read(w):
    t, o, f, p, s = w.table(), w.rel("rrpvm"), w.pick("fun"), w.pick("pro"), w.rel("S")
    if not t or not o:
        return None
    call = f and f[4] != "trigger" and f"{f[1]}.{f[2]}({'1' if f[3] else ''})"
    return one(w, f"SELECT * FROM {t} a LEFT JOIN {o} b ON a.k = b.k WHERE a.k = 3", f"SELECT * FROM {o} FOR UPDATE", f"SELECT * FROM {t} a, {o} b FOR SHARE OF a SKIP LOCKED", f"SELECT k FROM {t} WHERE k > ALL (SELECT k FROM {o})",
               call and f"SELECT {call}", call and f"SELECT * FROM {call}", call and f"UPDATE {t} SET k = 2 WHERE k = {call}", p and f"CALL {p[1]}.{p[2]}()", f"DECLARE c CURSOR FOR SELECT * FROM {o}",
               f"PREPARE {w.fresh('ps')} AS UPDATE {t} SET k = 3", w.pick("ps") and f"EXECUTE {w.pick('ps')[2]}", f"SELECT 1 INTO s1.{w.fresh('n')} FROM {o}", f"VALUES ((SELECT count(*) FROM {t}))", f"SELECT * FROM {t} TABLESAMPLE SYSTEM (10)",
               f"LOCK TABLE {o} IN {w.r.choice(['ACCESS SHARE', 'ROW EXCLUSIVE', 'SHARE', 'ACCESS EXCLUSIVE'])} MODE{w.maybe(0.3, ' NOWAIT')}", f"SELECT pg_relation_size('{t}')", f"SELECT '{t}'::regclass", f"WITH RECURSIVE r AS (SELECT 1 AS k UNION ALL SELECT r.k + 1 FROM r JOIN {t} USING (k)) SELECT * FROM r",
               f"SELECT nothing FROM {o}" if w.chance(0.3) else None, f"SELECT a.k, (SELECT v FROM {o} LIMIT 1) FROM {t} a ORDER BY 1 LIMIT 3", f"TABLE {o}")


def steps(w):
    """The transaction's own: only where one is open."""
    return w.r.choice(["SAVEPOINT a", "SAVEPOINT b", "ROLLBACK TO a", "ROLLBACK TO SAVEPOINT b", "RELEASE a", "SET LOCAL lock_timeout = '1s'", "SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"])


GROUND = [wide.table] * 8 + [multilevel] * 8 + [wide.inherits] * 2 + [index] * 5 + [wide.foreign_key] * 4 + [function] * 3 + [view] * 3 + [wide.rows] * 4 + [likes] * 2 + [types] * 2
MIXED = [wide.table, multilevel, multilevel, wide.inherits, index, index, wide.foreign_key, wide.foreign_key, function, function, trigger, trigger, trigger, view, view, view, wide.rows, wide.rows] + [alter] * 16 + \
    [likes] * 3 + [types] * 4 + [owner] * 4 + [statistics, publication, sequence, sequence, policies, comments, comments, temporary, temporary, rule] + [drop] * 5 + [attach] * 5 + [merge] * 2 + [write] * 9 + [read] * 6 + [do] * 4 + \
    [wide.maintain] * 2 + [wide.objects]
ALONE = MIXED + [vacuum] * 5 + [concurrently] * 8 + [cluster] * 3 + [detach] * 4 + [committing] * 3

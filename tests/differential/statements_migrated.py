"""What real migrations write and statements.py and statements_more.py do not make, for server_random_script.py.

ONE is drawn from as the others are: each generator takes a World of statements.py and gives a statement, or None when the database has nothing for it.
DANCES gives lists of statements that belong together, as a migration has them: an enum made anew, a column widened by a second one, a table that becomes a
partition, views over views. What fails in one of them is compared as any other statement.
"""


def one(w, *choices):
    found = [c for c in choices if c]
    return w.r.choice(found) if found else None


def some(w, p, *statements):
    """Each of them with this chance, in their order."""
    return [s for s in statements if w.chance(p)]


# --- statements of their own ---------------------------------------------------------------------------------------------------------------

def guarded(w):
    """What may have been done before."""
    t, o, c, k, g, i = w.rel("rrp"), w.rel("rrp"), None, w.pick("con"), w.pick("trg"), w.pick("idx")
    c = t and w.column(t)
    if not c or not o:
        return None
    schema, name = t.split(".")
    return one(w, f"ALTER TABLE IF EXISTS {t} ADD COLUMN IF NOT EXISTS {c} int, ADD COLUMN IF NOT EXISTS {w.fresh('a')} text", f"ALTER TABLE {t} DROP CONSTRAINT IF EXISTS {k[3] if k else 'nothing'}",
               f"DROP TRIGGER IF EXISTS {g[3] if g else 'nothing'} ON {t}", f"DROP INDEX IF EXISTS {i[1]}.{i[3]}, s1.nothing" if i else None, f"ALTER TABLE IF EXISTS s1.nothing RENAME TO other",
               f"CREATE INDEX IF NOT EXISTS {i[3] if i else 'nothing'} ON {t} ({c})", f"DROP TABLE IF EXISTS s1.nothing, {o} CASCADE" if w.chance(0.2) else None, f"DROP VIEW IF EXISTS {w.rel('v')}, s1.nothing" if w.rel("v") else None,
               f"ALTER TABLE {t} ALTER COLUMN {c} DROP EXPRESSION IF EXISTS, ALTER COLUMN {c} DROP IDENTITY IF EXISTS", f"DROP POLICY IF EXISTS nothing ON {t}", f"CREATE SEQUENCE IF NOT EXISTS s1.{w.fresh('e')} OWNED BY {t}.{c}",
               f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = '{schema}' AND table_name = '{name}' AND column_name = '{c}') THEN ALTER TABLE {t} ADD COLUMN {c} int; END IF; END $$",
               f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_constraint WHERE conname = '{k[3]}' AND conrelid = '{k[1]}.{k[2]}'::regclass) THEN ALTER TABLE {k[1]}.{k[2]} DROP CONSTRAINT {k[3]}; END IF; END $$" if k else None,
               f"DO $$ BEGIN ALTER TABLE {t} ADD CONSTRAINT {w.fresh('fk')} FOREIGN KEY ({c}) REFERENCES {o} (id); EXCEPTION WHEN duplicate_object THEN NULL; END $$",
               "DO $$ BEGIN CREATE TYPE s1.mood AS ENUM ('sad'); EXCEPTION WHEN duplicate_object THEN NULL; END $$",
               f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN CREATE TYPE s1.mood AS ENUM ('sad'); ELSE ALTER TABLE {t} ADD COLUMN {w.fresh('a')} s1.mood; END IF; END $$",
               f"DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_indexes WHERE schemaname = '{schema}' AND tablename = '{name}') THEN CREATE INDEX ON {t} ({c}); END IF; END $$",
               f"DO $$ DECLARE n text; BEGIN SELECT conname INTO n FROM pg_constraint WHERE conrelid = '{t}'::regclass AND contype = 'p'; IF n IS NOT NULL THEN EXECUTE format('ALTER TABLE {t} DROP CONSTRAINT %I', n); END IF; END $$")


def computed(w):
    """UPDATE and DELETE over queries, as backfills and cleanings have them."""
    t, o, p = w.rel("rrp"), w.rel("rrpv"), w.rel("rrpm")
    c = t and w.column(t)
    if not c or not o or not p:
        return None
    return w.r.choice([
        f"UPDATE {t} a SET k = s.n FROM (SELECT id, row_number() OVER (PARTITION BY k ORDER BY id) AS n FROM {t}) s WHERE s.id = a.id AND a.k IS DISTINCT FROM s.n",
        f"DELETE FROM {t} a USING {t} b WHERE a.id > b.id AND a.k = b.k", f"DELETE FROM {t} WHERE ctid NOT IN (SELECT min(ctid) FROM {t} GROUP BY k)" if w.major >= 14 else None,
        f"UPDATE {t} SET (k, v) = (SELECT k, v FROM {o} LIMIT 1) WHERE k IS NULL", f"UPDATE {t} SET k = coalesce((SELECT max(b.k) FROM {o} b WHERE b.k < {t}.id), 0)".replace(f"{t}.id", "id"),
        f"WITH b AS (SELECT id FROM {t} WHERE v IS NULL ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED) UPDATE {t} a SET v = 'x' FROM b WHERE a.id = b.id",
        f"UPDATE {t} SET v = CASE WHEN k = 1 THEN 'a' WHEN k > (SELECT avg(k) FROM {p}) THEN 'b' ELSE v END", f"UPDATE {t} a SET v = x.v FROM (VALUES (1, 'a'), (2, 'b')) AS x (k, v) WHERE a.k = x.k",
        f"INSERT INTO {t} (k, v) SELECT DISTINCT ON (k) k, v FROM {o} ORDER BY k, v", f"INSERT INTO {t} (k, v) SELECT g, 'g' || g FROM generate_series(1, 3) g", f"INSERT INTO {t} (k) SELECT unnest(ARRAY[1, 2])",
        f"INSERT INTO {t} (k) SELECT b.k FROM {o} b LEFT JOIN {t} a ON a.k = b.k WHERE a.k IS NULL", f"INSERT INTO {t} (k) SELECT k FROM {o} b WHERE NOT EXISTS (SELECT 1 FROM {p} c WHERE c.k = b.k)",
        f"INSERT INTO {t} (k, v) SELECT a.k, l.v FROM {p} a CROSS JOIN LATERAL (SELECT v FROM {o} b WHERE b.k = a.k LIMIT 1) l", f"DELETE FROM {t} WHERE NOT EXISTS (SELECT 1 FROM {o} b WHERE b.k = {t}.k)".replace(f"{t}.k", "id"),
        f"WITH moved AS (DELETE FROM {t} WHERE k > 3 RETURNING *) INSERT INTO {w.rel('r')} (k, v) SELECT k, v FROM moved ON CONFLICT DO NOTHING RETURNING k",
        f"WITH n AS (INSERT INTO {t} (k) SELECT k FROM {o} RETURNING id, k), u AS (UPDATE {w.rel('rp')} a SET k = n.k FROM n WHERE a.k = n.k RETURNING a.k) SELECT count(*) FROM n LEFT JOIN u USING (k)",
        f"WITH RECURSIVE r (id, k) AS (SELECT id, k FROM {t} WHERE k IS NULL UNION SELECT b.k, b.k FROM {o} b JOIN r ON r.k = b.k) DELETE FROM {t} WHERE k IN (SELECT k FROM r)",
        f"UPDATE {t} SET v = (to_jsonb(a) ->> 'k') FROM {o} a WHERE a.k = 1", f"UPDATE {t} SET v = md5(random()::text) WHERE v IS NULL", f"UPDATE {t} SET {c} = NULL WHERE false",
        f"SELECT setval(pg_get_serial_sequence('{t}', 'id'), coalesce((SELECT max(id) FROM {t}), 1), false)", f"SELECT count(*) FILTER (WHERE k > 1), string_agg(v, ',' ORDER BY k) FROM {o} GROUP BY ROLLUP (k)",
        f"INSERT INTO {t} SELECT * FROM {t} WHERE false", f"UPDATE {t} SET k = k + 1 WHERE id = ANY (ARRAY(SELECT k FROM {o}))", f"DELETE FROM {t} WHERE (k, v) IN (SELECT k, v FROM {p} GROUP BY k, v HAVING count(*) > 1)"])


def conflicts(w):
    t, o = w.rel("rrp"), w.rel("rrpv")
    c = t and w.column(t)
    if not c or not o:
        return None
    insert = f"INSERT INTO {t} (id, k, v) " + w.r.choice(["VALUES (1, 2, 'a')", "VALUES (1, 2, 'a'), (3, 4, 'b')", f"SELECT k, k, 'c' FROM {o} WHERE k IS NOT NULL", "SELECT 5, 6, 'd'"])
    return one(w, f"CREATE UNIQUE INDEX {w.fresh('ux')} ON {t} (k) WHERE v IS NOT NULL", f"CREATE UNIQUE INDEX {w.fresh('ux')} ON {t} (lower(v), k)", f"CREATE UNIQUE INDEX {w.fresh('ux')} ON {t} ({c} COLLATE \"C\")" if c == "v" else None,
               f"{insert} ON CONFLICT (k) WHERE v IS NOT NULL DO UPDATE SET v = excluded.v", f"{insert} ON CONFLICT (k) WHERE v IS NOT NULL AND k > 1 DO NOTHING", f"{insert} ON CONFLICT (lower(v), k) DO UPDATE SET k = 9",
               f"{insert} ON CONFLICT (k) DO UPDATE SET v = (SELECT max(v) FROM {o})", f"{insert} ON CONFLICT (id, k) DO NOTHING", f"{insert} ON CONFLICT (id) DO UPDATE SET (k, v) = (excluded.k, excluded.v) WHERE excluded.k > 0 RETURNING *",
               f"{insert} ON CONFLICT ({c}) DO UPDATE SET {c} = excluded.{c}", f"INSERT INTO {t} AS x (id, k) OVERRIDING SYSTEM VALUE VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET k = x.k + excluded.k")


def indexes(w):
    t = w.rel("rrpm")
    c = t and w.column(t)
    return c and w.r.choice([
        f"CREATE INDEX {w.fresh('x')} ON {t} (v text_pattern_ops)", f"CREATE INDEX {w.fresh('x')} ON {t} USING gin (to_tsvector('english', coalesce(v, '')))", f"CREATE INDEX {w.fresh('x')} ON {t} (v COLLATE \"C\" DESC, k NULLS FIRST)",
        f"CREATE UNIQUE INDEX {w.fresh('x')} ON {t} (k, coalesce(v, '')) WHERE k IS NOT NULL AND v <> ''", f"CREATE INDEX {w.fresh('x')} ON {t} ((v::date))", f"CREATE INDEX {w.fresh('x')} ON {t} ((to_jsonb(k) ->> 'a'), k) INCLUDE (v)",
        f"CREATE INDEX {w.fresh('x')} ON {t} USING brin (k) WITH (pages_per_range = 4)", f"CREATE INDEX {w.fresh('x')} ON {t} (md5(v)) TABLESPACE pg_default", f"CREATE INDEX {w.fresh('x')} ON {t} (date_trunc('day', {c}))",
        f"CREATE INDEX {w.fresh('x')} ON {t} USING gin (string_to_array(v, ','))", f"CREATE INDEX ON {t} (k, lower(v)) WITH (fillfactor = 80)", f"CREATE INDEX {w.fresh('x')} ON {t} USING hash (v) WHERE k = 1",
        f"CREATE INDEX {w.fresh('x')} ON {t} ({c} varchar_pattern_ops)", f"CREATE INDEX {w.fresh('x')} ON {t} (nothing_ops)", f"CREATE INDEX {w.fresh('x')} ON {t} (({c} IS NULL)) WHERE {c} IN (SELECT 1)" if w.chance(0.2) else None])


def retyped(w):
    """ALTER TABLE as tools write it: a column's default, type and NOT NULL in one, collations, storage."""
    t = w.rel("rrrpp")
    c = t and w.column(t)
    if not c:
        return None
    kind = w.r.choice(["bigint", "text", "varchar(50)", "int", "numeric(20,4)", "timestamptz", "jsonb", "s1.mood", "s1.small", "date", "int[]", "boolean"])
    d = w.column(t)
    return f"ALTER TABLE {t} " + w.r.choice([
        f"ALTER COLUMN {c} DROP DEFAULT, ALTER COLUMN {c} TYPE {kind} USING {c}::text::{kind}, ALTER COLUMN {c} SET DEFAULT NULL", f"ALTER COLUMN {c} SET DATA TYPE {kind} USING ({c}::{kind}), ALTER COLUMN {c} DROP NOT NULL",
        f"ALTER COLUMN {c} TYPE {kind}, ALTER COLUMN {d} TYPE {kind}", f"ALTER COLUMN {c} TYPE text COLLATE \"C\", ALTER COLUMN {c} SET STORAGE EXTERNAL", f"ALTER COLUMN v TYPE varchar(100) COLLATE \"POSIX\"",
        f"ALTER COLUMN {c} TYPE {kind} USING CASE WHEN {d} IS NULL THEN NULL ELSE NULL::{kind} END", f"DROP COLUMN {c}, ADD COLUMN {c} {kind}", f"ADD COLUMN {w.fresh('a')} {kind}, ALTER COLUMN {c} SET DEFAULT NULL, ADD CHECK ({c} IS NOT NULL) NOT VALID",
        f"ALTER COLUMN v SET STORAGE MAIN, SET (toast_tuple_target = 512)", f"ALTER COLUMN v SET COMPRESSION pglz, ALTER COLUMN k SET STATISTICS 200" if w.major >= 14 else f"ALTER COLUMN v SET STORAGE EXTENDED",
        f"ADD COLUMN {w.fresh('a')} text COLLATE \"C\" NOT NULL DEFAULT ''", f"ADD COLUMN {w.fresh('a')} varchar(5)[] DEFAULT '{{}}', ADD COLUMN {w.fresh('a')} jsonb NOT NULL DEFAULT '{{}}'::jsonb",
        f"ADD COLUMN {w.fresh('a')} int GENERATED ALWAYS AS (length({c}::text)) STORED, DROP COLUMN {d}", f"ADD CONSTRAINT {w.fresh('ck')} CHECK ({c} IS NULL OR {d} IS NOT NULL), ADD UNIQUE ({c}, {d})",
        f"ALTER COLUMN {c} TYPE {kind}, ADD CONSTRAINT {w.fresh('uq')} UNIQUE ({c})", f"DROP CONSTRAINT IF EXISTS nothing, ADD CONSTRAINT {w.fresh('fk')} FOREIGN KEY ({c}) REFERENCES {w.rel('rp')} (id) ON DELETE SET DEFAULT",
        f"ADD COLUMN {w.fresh('a')} timestamptz NOT NULL DEFAULT clock_timestamp()", f"ADD COLUMN {w.fresh('a')} int DEFAULT nextval('{w.rel('S')}')", f"ADD COLUMN {w.fresh('a')} s1.small DEFAULT 3, ADD COLUMN {w.fresh('a')} s1.small NOT NULL",
        f"RENAME {c} TO {w.fresh('n')}", f"ALTER {c} TYPE {kind}", f"ADD {w.fresh('a')} {kind}", f"DROP {c}"])


def views(w):
    t, o, v, m = w.rel("rrpvm"), w.rel("rrpvm"), w.rel("v"), w.rel("m")
    if not t or not o:
        return None
    name = f"{w.schema()}.{w.fresh('v')}"
    q = w.r.choice([f"SELECT a.id, a.k, l.v FROM {t} a LEFT JOIN LATERAL (SELECT v FROM {o} b WHERE b.k = a.k ORDER BY v LIMIT 1) l ON true", f"SELECT id, k, rank() OVER (PARTITION BY k ORDER BY id) AS v FROM {t}",
                    f"SELECT DISTINCT ON (k) id, k, v FROM {t} ORDER BY k, id DESC", f"WITH RECURSIVE r AS (SELECT id, k, v FROM {t} UNION ALL SELECT b.id, b.k, b.v FROM {o} b JOIN r ON b.k = r.id) SELECT * FROM r",
                    f"SELECT id, k, (SELECT count(*) FROM {o} b WHERE b.k = a.k) AS v FROM {t} a", f"SELECT id, k, CASE WHEN k IN (SELECT k FROM {o}) THEN v ELSE NULL END AS v FROM {t}",
                    f"SELECT a.*, b.v AS other FROM {t} a FULL JOIN {o} b USING (id)", f"SELECT k, array_agg(v) AS v, max(id) AS id FROM {t} GROUP BY GROUPING SETS ((k), ())", f"SELECT id, k, v FROM {t} EXCEPT SELECT id, k, v FROM {o}",
                    f"SELECT t.id, t.k, t.v, t AS whole FROM {t} t", f"VALUES (1, 2, 'x')", f"SELECT g AS id, g AS k, 'x'::text AS v FROM generate_series(1, 3) g"])
    return one(w, f"CREATE VIEW {name} AS {q}", f"CREATE VIEW {name} (id, k, v) AS {q}", f"CREATE OR REPLACE VIEW {v or name} AS {q}", f"CREATE MATERIALIZED VIEW {name} AS {q}", f"CREATE MATERIALIZED VIEW IF NOT EXISTS {name} AS {q} WITH NO DATA",
               f"CREATE OR REPLACE VIEW {v} AS SELECT *, 1 AS more FROM ({q}) q" if v else None, f"CREATE RECURSIVE VIEW {name} (k) AS SELECT 1 UNION ALL SELECT r.k + 1 FROM {name.split('.')[1]} r WHERE r.k < 3", m and f"CREATE UNIQUE INDEX {w.fresh('mx')} ON {m} (id)",
               m and f"REFRESH MATERIALIZED VIEW CONCURRENTLY {m}", m and f"REFRESH MATERIALIZED VIEW {m}", f"CREATE TABLE {name} AS {q}", v and f"CREATE VIEW {name} AS SELECT * FROM {v} WHERE k > 0 WITH LOCAL CHECK OPTION",
               v and f"INSERT INTO {v} (id, k, v) VALUES (1, 2, 'a') ON CONFLICT DO NOTHING", v and f"UPDATE {v} SET k = 1 WHERE id IN (SELECT id FROM {o})", v and f"DROP VIEW {v}, {w.rel('v')} CASCADE", v and f"ALTER VIEW {v} RENAME TO {w.fresh('v')}")


def functions(w):
    t, o, f = w.rel("rrp"), w.rel("rrpv"), w.pick("fun")
    if not t or not o:
        return None
    name = f"{w.schema()}.{w.fresh('f')}"
    back = f and f[4] not in ("trigger", "void") and f[3] == "a integer"
    return one(
        w, f"CREATE FUNCTION {name}(a int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = s1 AS $$ DECLARE r {t}%ROWTYPE; BEGIN SELECT * INTO r FROM {t} WHERE k = a LIMIT 1; IF FOUND THEN UPDATE {t} SET v = 'x' WHERE id = r.id; END IF; RETURN r.k; END $$",
        f"CREATE FUNCTION {name}(a int) RETURNS int LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RETURN a * 2; END $$", f"CREATE FUNCTION {name}(a int) RETURNS int LANGUAGE sql STABLE AS $$ SELECT max(k) FROM {o} WHERE k < a $$",
        f"CREATE FUNCTION {name}(a int) RETURNS TABLE (n int, m text) LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT k::int, v::text FROM {o} WHERE k = a; END $$", f"CREATE FUNCTION {name}(a {t}) RETURNS text LANGUAGE sql STABLE AS $$ SELECT (a).v::text $$",
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'INSERT' THEN INSERT INTO {o} (k) VALUES (NEW.k); RETURN NEW; ELSIF TG_OP = 'DELETE' THEN RETURN OLD; END IF; IF NEW.v IS DISTINCT FROM OLD.v THEN DELETE FROM {t} WHERE k = OLD.k; END IF; RETURN NEW; END $$",
        f"CREATE FUNCTION {name}(a int DEFAULT 5, VARIADIC b int[] DEFAULT '{{}}') RETURNS int LANGUAGE sql AS $$ INSERT INTO {t} (k) VALUES (a) RETURNING k $$",
        back and f"CREATE OR REPLACE FUNCTION {f[1]}.{f[2]}(a int) RETURNS {f[4]} LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM {o}; RETURN NULL; END $$", back and f"ALTER TABLE {t} ADD COLUMN {w.fresh('a')} int DEFAULT {f[1]}.{f[2]}(1)",
        back and f"ALTER TABLE {t} ADD CHECK ({f[1]}.{f[2]}(k) IS NOT NULL) NOT VALID", back and f"CREATE INDEX {w.fresh('x')} ON {t} ({f[1]}.{f[2]}(k))", back and f"CREATE VIEW {w.schema()}.{w.fresh('v')} AS SELECT id, k, {f[1]}.{f[2]}(k) AS v FROM {o}",
        back and f"UPDATE {t} SET k = {f[1]}.{f[2]}(k) WHERE k IS NOT NULL", back and f"INSERT INTO {t} (k) VALUES ({f[1]}.{f[2]}(3))", back and f"ALTER TABLE {t} ALTER COLUMN k SET DEFAULT {f[1]}.{f[2]}(2)",
        back and f"ALTER TABLE {t} ALTER COLUMN k TYPE bigint USING {f[1]}.{f[2]}(k::int)", f and f"DROP FUNCTION IF EXISTS {f[1]}.{f[2]} CASCADE", f and f"ALTER FUNCTION {f[1]}.{f[2]}({f[3]}) {w.r.choice(['IMMUTABLE', 'SECURITY DEFINER', 'SET search_path = s1, s2', 'COST 5'])}",
        back and f"CREATE POLICY {w.fresh('l')} ON {t} FOR INSERT WITH CHECK (k = {f[1]}.{f[2]}(1) AND EXISTS (SELECT 1 FROM {o}))")


def others(w):
    """Objects that are no relations."""
    f, t, y = w.pick("fun", ["integer"], 4), w.rel("rrp"), w.pick("typ", "cde")
    n, name = w.fresh("o"), f"{w.schema()}.{w.fresh('o')}"
    return one(w, f"CREATE COLLATION {name} (locale = 'C')", f"CREATE AGGREGATE {name} (int) (sfunc = int4pl, stype = int, initcond = '0')", f"CREATE OPERATOR s1.=== (leftarg = int, rightarg = int, function = int4eq)",
               f"CREATE TYPE {name} AS ENUM ()", f"CREATE DOMAIN {name} AS {w.r.choice(['s1.small', 's1.word', 's1.nest', 's1.pos[]', 'text COLLATE ' + chr(34) + 'C' + chr(34)])} DEFAULT NULL CONSTRAINT {n} CHECK (VALUE IS NOT NULL)",
               y and f"CREATE CAST ({y[1]}.{y[2]} AS bytea) WITH INOUT", y and y[3] == "d" and f"CREATE DOMAIN {name} AS {y[1]}.{y[2]} CHECK (VALUE IS NOT NULL)", y and y[3] == "d" and t and f"ALTER TABLE {t} ADD COLUMN {w.fresh('a')} {y[1]}.{y[2]}",
               y and y[3] == "d" and t and f"ALTER TABLE {t} ALTER COLUMN k TYPE {y[1]}.{y[2]}", y and y[3] == "d" and f"ALTER DOMAIN {y[1]}.{y[2]} ADD CONSTRAINT {n} CHECK (VALUE IS NOT NULL)", y and y[3] == "d" and t and f"ALTER TABLE {t} ADD COLUMN {w.fresh('a')} {y[1]}.{y[2]}[]",
               y and y[3] == "d" and f"CREATE TYPE {name} AS (a {y[1]}.{y[2]}, b text)", y and y[3] == "c" and t and f"ALTER TABLE {t} ADD COLUMN {w.fresh('a')} {y[1]}.{y[2]}", y and y[3] == "e" and f"ALTER TYPE {y[1]}.{y[2]} RENAME TO {w.fresh('y')}",
               "CREATE TEXT SEARCH CONFIGURATION s1.conf (COPY = simple)", "DROP TEXT SEARCH CONFIGURATION IF EXISTS s1.conf", f"DROP AGGREGATE IF EXISTS {name} (int)", f and t and f"SELECT {f[1]}.{f[2]}({'1' if f[3] else ''}), count(*) FROM {t}",
               "REASSIGN OWNED BY app_owner TO CURRENT_USER", f"CREATE SCHEMA IF NOT EXISTS s3", f"CREATE SCHEMA {w.fresh('sch')} CREATE TABLE a (id int PRIMARY KEY, k int, v text) CREATE VIEW b AS SELECT * FROM a", t and f"ALTER TABLE {t} SET SCHEMA s3" if w.chance(0.1) else None,
               "DROP SCHEMA IF EXISTS s3 CASCADE", "SELECT set_config('search_path', '', false)" if w.chance(0.1) else None, "RESET ALL", "SET lock_timeout = '2s'", "SET statement_timeout = 0")


# --- what belongs together -----------------------------------------------------------------------------------------------------------------

def enum_anew(w):
    t, y, c = w.rel("rrp"), w.fresh("en"), w.fresh("st")
    if not t:
        return None
    swap = w.r.choice([[f"ALTER TABLE {t} ALTER COLUMN {c} DROP DEFAULT", f"ALTER TABLE {t} ALTER COLUMN {c} TYPE s1.{y} USING {c}::text::s1.{y}", f"ALTER TABLE {t} ALTER COLUMN {c} SET DEFAULT 'a'"],
                       [f"ALTER TABLE {t} ALTER COLUMN {c} DROP DEFAULT, ALTER COLUMN {c} TYPE s1.{y} USING ({c}::text::s1.{y}), ALTER COLUMN {c} SET DEFAULT 'a'"], [f"ALTER TABLE {t} ALTER COLUMN {c} TYPE s1.{y} USING {c}::text::s1.{y}"]])
    return ([f"CREATE TYPE s1.{y} AS ENUM ('a', 'b')", f"ALTER TABLE {t} ADD COLUMN {c} s1.{y} NOT NULL DEFAULT 'a'"] + some(w, 0.4, f"CREATE INDEX ON {t} ({c})", f"CREATE INDEX ON {t} (k) WHERE {c} = 'a'", f"CREATE VIEW s1.{w.fresh('v')} AS SELECT {c}, k FROM {t}",
            f"ALTER TABLE {t} ADD CHECK ({c} <> 'b')", f"CREATE TABLE s1.{w.fresh('t')} (id int, k int, v text, {c} s1.{y}[])") + [f"ALTER TYPE s1.{y} RENAME TO {y}_old", f"CREATE TYPE s1.{y} AS ENUM ('a', 'c')"] + swap +
            [f"DROP TYPE s1.{y}_old"] + some(w, 0.5, f"ALTER TYPE s1.{y} ADD VALUE 'd'", f"ALTER TYPE s1.{y} RENAME VALUE 'c' TO 'cc'"))


def identity_of_serial(w):
    t, s = w.fresh("t"), w.schema()
    return [f"CREATE TABLE {s}.{t} (id serial PRIMARY KEY, k int, v text)", f"INSERT INTO {s}.{t} (k) VALUES (1), (2)"] + w.r.choice([
        [f"ALTER TABLE {s}.{t} ALTER COLUMN id DROP DEFAULT", f"DROP SEQUENCE {s}.{t}_id_seq", f"ALTER TABLE {s}.{t} ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY", f"SELECT setval(pg_get_serial_sequence('{s}.{t}', 'id'), (SELECT max(id) FROM {s}.{t}))"],
        [f"ALTER TABLE {s}.{t} ALTER COLUMN id TYPE bigint", f"ALTER SEQUENCE {s}.{t}_id_seq AS bigint", f"ALTER SEQUENCE {s}.{t}_id_seq OWNED BY NONE", f"ALTER TABLE {s}.{t} ALTER COLUMN id SET DEFAULT gen_random_uuid()::text::int"],
        [f"CREATE SEQUENCE {s}.{t}_new", f"ALTER TABLE {s}.{t} ALTER COLUMN id SET DEFAULT nextval('{s}.{t}_new')", f"ALTER SEQUENCE {s}.{t}_new OWNED BY {s}.{t}.id", f"DROP SEQUENCE {s}.{t}_id_seq", f"ALTER SEQUENCE {s}.{t}_new RENAME TO {t}_id_seq"],
        [f"ALTER TABLE {s}.{t} SET SCHEMA {'s2' if s == 's1' else 's1'}", f"ALTER SEQUENCE {'s2' if s == 's1' else 's1'}.{t}_id_seq RENAME TO {t}_other", f"ALTER TABLE {'s2' if s == 's1' else 's1'}.{t} RENAME TO {t}_w", f"ALTER TABLE {'s2' if s == 's1' else 's1'}.{t}_w DROP COLUMN id CASCADE"]])


def widened(w):
    """A column replaced by a second one, which a trigger keeps."""
    t, f, g, c = w.rel("rp"), w.fresh("f"), w.fresh("g"), w.fresh("k")
    if not t:
        return None
    return [f"ALTER TABLE {t} ADD COLUMN {c} bigint", f"CREATE FUNCTION s1.{f}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.{c} := NEW.k; RETURN NEW; END $$",
            f"CREATE TRIGGER {g} BEFORE INSERT OR UPDATE ON {t} FOR EACH ROW {w.maybe(0.3, 'WHEN (NEW.k IS NOT NULL) ')}EXECUTE FUNCTION s1.{f}()", f"UPDATE {t} SET {c} = k WHERE {c} IS NULL"] + some(
        w, 0.6, f"CREATE INDEX {w.fresh('x')} ON {t} ({c})", f"ALTER TABLE {t} ADD CONSTRAINT {c}_nn CHECK ({c} IS NOT NULL) NOT VALID", f"ALTER TABLE {t} VALIDATE CONSTRAINT {c}_nn", f"ALTER TABLE {t} ALTER COLUMN {c} SET NOT NULL",
        f"ALTER TABLE {t} DROP CONSTRAINT {c}_nn") + [f"LOCK TABLE {t} IN ACCESS EXCLUSIVE MODE"] + w.r.choice([[f"DROP TRIGGER {g} ON {t}", f"DROP FUNCTION s1.{f}()"], [f"DROP FUNCTION s1.{f}() CASCADE"]]) + [
        f"ALTER TABLE {t} DROP COLUMN k{w.cascade()}", f"ALTER TABLE {t} RENAME COLUMN {c} TO k"]


def table_anew(w):
    t, n = w.rel("rp"), w.fresh("new")
    if not t:
        return None
    s, name = t.split(".")
    return [f"CREATE TABLE {s}.{n} (LIKE {t} INCLUDING ALL)", f"INSERT INTO {s}.{n} SELECT * FROM {t}"] + some(w, 0.4, f"ALTER TABLE {s}.{n} ADD FOREIGN KEY (k) REFERENCES {t} (id)", f"CREATE VIEW s1.{w.fresh('v')} AS SELECT * FROM {t}", f"TRUNCATE {t}") + [
        f"ALTER TABLE {t} RENAME TO {n}_old", f"ALTER TABLE {s}.{n} RENAME TO {name}"] + some(w, 0.7, f"DROP TABLE {s}.{n}_old{w.cascade()}", f"INSERT INTO {t} (k) VALUES (1)")


def becomes_partition(w):
    t, p, o = w.fresh("t"), w.fresh("p"), w.rel("rp")
    by, low, rest = w.r.choice([("RANGE (k)", "FOR VALUES FROM (0) TO (100)", "FOR VALUES FROM (100) TO (200)"), ("LIST (k)", "FOR VALUES IN (1, 2, 3)", "FOR VALUES IN (4)"), ("HASH (id)", "FOR VALUES WITH (MODULUS 2, REMAINDER 0)", "FOR VALUES WITH (MODULUS 2, REMAINDER 1)")])
    return [f"CREATE TABLE s1.{t} (id int NOT NULL, k int NOT NULL, v text{w.maybe(0.5, ', PRIMARY KEY (id, k)')}{w.maybe(0.3, f', o int REFERENCES {o}' if o else '')})", f"INSERT INTO s1.{t} (id, k, v) VALUES (2, 1, 'a')"] + some(
        w, 0.5, f"ALTER TABLE s1.{t} ADD CONSTRAINT {t}_c CHECK (k >= 0 AND k < 100) NOT VALID", f"ALTER TABLE s1.{t} VALIDATE CONSTRAINT {t}_c", f"CREATE INDEX {t}_v ON s1.{t} (v)", f"CREATE TABLE s1.{t}_ref (id int, k int, v text, FOREIGN KEY (id, k) REFERENCES s1.{t})") + [
        f"CREATE TABLE s1.{p} (LIKE s1.{t} INCLUDING {w.r.choice(['DEFAULTS', 'ALL', 'DEFAULTS INCLUDING CONSTRAINTS', 'INDEXES'])}) PARTITION BY {by}"] + some(
        w, 0.5, f"CREATE TABLE s1.{p}_d PARTITION OF s1.{p} DEFAULT", f"CREATE TABLE s1.{p}_2 PARTITION OF s1.{p} {rest} PARTITION BY RANGE (id)", f"CREATE INDEX {p}_x ON ONLY s1.{p} (v)", f"CREATE TABLE s1.{p}_22 PARTITION OF s1.{p}_2 DEFAULT") + [
        f"ALTER TABLE s1.{p} ATTACH PARTITION s1.{t} {low}"] + some(
        w, 0.4, f"ALTER INDEX s1.{p}_x ATTACH PARTITION s1.{t}_v", f"ALTER TABLE s1.{p} ADD FOREIGN KEY (k) REFERENCES {o}" if o else "SELECT 1", f"CREATE TABLE s1.{p}_ref (id int, k int, v text, FOREIGN KEY (id, k) REFERENCES s1.{p})", f"UPDATE s1.{p} SET k = 2 WHERE id = 2",
        f"INSERT INTO s1.{p} (id, k) VALUES (5, 150), (6, 1)", f"ALTER TABLE s1.{p} ADD COLUMN {w.fresh('a')} int NOT NULL DEFAULT 1", f"ALTER TABLE s1.{p} ALTER COLUMN v TYPE varchar(99)", f"DELETE FROM s1.{p} WHERE k = 1", f"CREATE UNIQUE INDEX ON s1.{p} (id, k)") + [
        f"ALTER TABLE s1.{p} DETACH PARTITION s1.{t}"] + some(w, 0.5, f"ALTER TABLE s1.{p} ATTACH PARTITION s1.{t} {low}", f"TRUNCATE s1.{p}", f"DROP TABLE s1.{p}_2", f"DROP TABLE s1.{p} CASCADE", f"DROP TABLE s1.{t}")


def keys_of_partitions(w):
    """Foreign keys from and to partitioned tables, of two levels."""
    p, q, o = w.fresh("p"), w.fresh("q"), w.rel("rp")
    action = w.r.choice(["", " ON DELETE CASCADE", " ON DELETE SET NULL ON UPDATE CASCADE", " DEFERRABLE INITIALLY DEFERRED"])
    return [f"CREATE TABLE s1.{p} (id int PRIMARY KEY, k int, v text) PARTITION BY RANGE (id)", f"CREATE TABLE s1.{p}_1 PARTITION OF s1.{p} FOR VALUES FROM (0) TO (100)", f"CREATE TABLE s1.{p}_2 PARTITION OF s1.{p} FOR VALUES FROM (100) TO (200) PARTITION BY HASH (id)",
            f"CREATE TABLE s1.{p}_20 PARTITION OF s1.{p}_2 FOR VALUES WITH (MODULUS 1, REMAINDER 0)", f"CREATE TABLE s1.{q} (id int, k int, v text, r int{w.maybe(0.5, f' REFERENCES s1.{p}{action}')}) PARTITION BY LIST (k)", f"CREATE TABLE s1.{q}_1 PARTITION OF s1.{q} FOR VALUES IN (1)",
            f"CREATE TABLE s1.{q}_2 (LIKE s1.{q})"] + some(
        w, 0.5, f"ALTER TABLE s1.{q} ADD CONSTRAINT {q}_f FOREIGN KEY (r) REFERENCES s1.{p}{action}", f"ALTER TABLE s1.{q}_2 ADD CONSTRAINT {q}_g FOREIGN KEY (r) REFERENCES s1.{p}{action}", f"INSERT INTO s1.{p} VALUES (1, 1, 'a'), (150, 2, 'b')", f"INSERT INTO s1.{q} VALUES (1, 1, 'a', 150)") + [
        f"ALTER TABLE s1.{q} ATTACH PARTITION s1.{q}_2 {w.r.choice(['DEFAULT', 'FOR VALUES IN (2)'])}"] + some(
        w, 0.4, f"UPDATE s1.{p} SET id = id + 1", f"DELETE FROM s1.{p} WHERE id = 1", f"DELETE FROM s1.{p}_1", f"UPDATE s1.{q} SET k = 2, r = 1", f"ALTER TABLE s1.{q}_1 DROP CONSTRAINT {q}_f", f"ALTER TABLE s1.{q} ALTER CONSTRAINT {q}_f DEFERRABLE", f"ALTER TABLE s1.{q} VALIDATE CONSTRAINT {q}_f",
        f"ALTER TABLE s1.{q} RENAME CONSTRAINT {q}_f TO {q}_h", f"ALTER TABLE s1.{p} DETACH PARTITION s1.{p}_2", f"ALTER TABLE s1.{q} DETACH PARTITION s1.{q}_1", f"TRUNCATE s1.{p}, s1.{q}", f"TRUNCATE s1.{p}_1 CASCADE", f"ALTER TABLE s1.{q} DROP CONSTRAINT {q}_f", f"DROP TABLE s1.{p}_1",
        f"ALTER TABLE s1.{p} ALTER COLUMN id TYPE bigint", f"ALTER TABLE s1.{q} ALTER COLUMN r TYPE bigint", f"ALTER TABLE s1.{p} DROP CONSTRAINT {p}_pkey CASCADE", f"CREATE TABLE s1.{p}_3 PARTITION OF s1.{p} DEFAULT", f"DROP TABLE s1.{p} CASCADE", f"DROP TABLE s1.{p}, s1.{q}")


def views_over_views(w):
    t, a, b, m = w.rel("rrp"), w.fresh("v"), w.fresh("v"), w.fresh("m")
    o = w.rel("rrpv")
    if not t or not o:
        return None
    return [f"CREATE VIEW s1.{a} AS SELECT id, k, v FROM {t} WHERE k > 0", f"CREATE VIEW s1.{b} AS SELECT a.id, a.k, b.v FROM s1.{a} a LEFT JOIN {o} b ON a.k = b.k", f"CREATE MATERIALIZED VIEW s1.{m} AS SELECT id, k, max(v) AS v FROM s1.{b} GROUP BY id, k{w.maybe(0.3, ' WITH NO DATA')}"] + some(
        w, 0.5, f"CREATE UNIQUE INDEX {m}_x ON s1.{m} (id, k)", f"REFRESH MATERIALIZED VIEW s1.{m}", f"REFRESH MATERIALIZED VIEW CONCURRENTLY s1.{m}", f"CREATE OR REPLACE VIEW s1.{a} AS SELECT id, k, v, 1 AS n FROM {t}", f"CREATE VIEW s1.{b}_c AS SELECT * FROM s1.{m} JOIN s1.{a} USING (id, k)",
        f"UPDATE s1.{a} SET v = 'x' WHERE k = 2", f"SELECT * FROM s1.{b} WHERE k IN (SELECT k FROM s1.{m})", f"ALTER TABLE {t} ALTER COLUMN k TYPE bigint", f"ALTER TABLE {t} RENAME COLUMN k TO {w.fresh('k')}", f"CREATE RULE {w.fresh('u')} AS ON INSERT TO s1.{b} DO INSTEAD INSERT INTO {t} (k) VALUES (NEW.k)",
        f"INSERT INTO s1.{b} (k) VALUES (3)", f"DELETE FROM s1.{a}", f"REFRESH MATERIALIZED VIEW s1.{m}", f"ALTER MATERIALIZED VIEW s1.{m} RENAME TO {m}_n", f"ALTER VIEW s1.{a} SET SCHEMA s2", f"DROP VIEW s1.{a} CASCADE", f"ALTER TABLE {t} DROP COLUMN v CASCADE", f"DROP MATERIALIZED VIEW s1.{m} CASCADE")


def audited(w):
    """Triggers that write what happened, by row and by transition tables."""
    t, a, f = w.rel("rrp"), w.fresh("log"), w.fresh("f")
    if not t:
        return None
    by_row = f"CREATE FUNCTION s1.{f}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' THEN INSERT INTO s1.{a} (op, k, old) VALUES (TG_OP, OLD.k, to_jsonb(OLD)); RETURN OLD; END IF; INSERT INTO s1.{a} (op, k, new) VALUES (TG_OP, NEW.k, to_jsonb(NEW)); RETURN NEW; END $$"
    by_table = f"CREATE FUNCTION s1.{f}_n() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO s1.{a} (op, k) SELECT TG_OP, n.k FROM n{w.maybe(0.5, f' LEFT JOIN {t} x ON x.k = n.k')}; RETURN NULL; END $$"
    write = [f"INSERT INTO {t} (k, v) VALUES (1, 'a'), (2, 'b')", f"UPDATE {t} SET k = 3 WHERE k = 1", f"UPDATE {t} SET v = 'y'", f"DELETE FROM {t} WHERE k = 3", f"INSERT INTO {t} (k) VALUES (4) ON CONFLICT DO NOTHING", f"WITH d AS (DELETE FROM {t} RETURNING k) SELECT * FROM d", f"COPY {t} (k, v) FROM '/dev/null'"]
    return [f"CREATE TABLE s1.{a} (id bigserial PRIMARY KEY, k int, v text, op text, old jsonb, new jsonb, at timestamptz DEFAULT now())", by_row, by_table] + some(
        w, 0.5, f"CREATE TRIGGER {w.fresh('g')} AFTER INSERT OR UPDATE OR DELETE ON {t} FOR EACH ROW EXECUTE FUNCTION s1.{f}()", f"CREATE TRIGGER {w.fresh('g')} AFTER INSERT ON {t} REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION s1.{f}_n()",
        f"CREATE TRIGGER {w.fresh('g')} AFTER UPDATE ON {t} REFERENCING OLD TABLE AS o NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION s1.{f}_n()", f"CREATE TRIGGER {w.fresh('g')} AFTER DELETE ON {t} REFERENCING OLD TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION s1.{f}_n()",
        f"CREATE TRIGGER {w.fresh('g')} BEFORE UPDATE OF v ON {t} FOR EACH ROW WHEN (OLD.v IS DISTINCT FROM NEW.v) EXECUTE FUNCTION s1.{f}()", f"CREATE TRIGGER {w.fresh('g')} AFTER UPDATE ON {t} FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION s1.{f}()",
        f"CREATE CONSTRAINT TRIGGER {w.fresh('g')} AFTER INSERT ON {t} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION s1.{f}()") + some(w, 0.5, *write) + some(
        w, 0.3, f"ALTER TABLE s1.{a} DROP COLUMN op", f"INSERT INTO {t} (k) VALUES (7)", f"ALTER TABLE {t} DISABLE TRIGGER USER", f"UPDATE {t} SET v = 'z'", f"ALTER TABLE {t} RENAME COLUMN v TO {w.fresh('vv')}", f"DROP FUNCTION s1.{f}() CASCADE", f"DELETE FROM {t}", f"DROP TABLE s1.{a}")


def inherited(w):
    """Columns and constraints that merge."""
    a, b, c = w.fresh("i"), w.fresh("i"), w.fresh("i")
    return [f"CREATE TABLE s1.{a} (id int, k int, v text{w.maybe(0.4, ', CONSTRAINT ' + a + '_c CHECK (k > 0)')})", f"CREATE TABLE s1.{b} (id int, k int{w.maybe(0.3, ' NOT NULL')}, v text, extra int)", f"CREATE TABLE s1.{c} (x int{w.maybe(0.5, ', k int DEFAULT 4')}) INHERITS (s1.{a}{w.maybe(0.4, f', s1.{b}')})"] + some(
        w, 0.4, f"ALTER TABLE s1.{b} INHERIT s1.{a}", f"ALTER TABLE s1.{b} ADD CONSTRAINT {a}_c CHECK (k > 0)", f"ALTER TABLE s1.{a} ADD CONSTRAINT {a}_d CHECK (k < 99)", f"ALTER TABLE s1.{b} INHERIT s1.{a}", f"ALTER TABLE s1.{a} ADD COLUMN extra int", f"ALTER TABLE s1.{a} ADD COLUMN x int DEFAULT 3",
        f"ALTER TABLE s1.{c} ADD COLUMN y int", f"ALTER TABLE s1.{a} ADD COLUMN y int NOT NULL DEFAULT 1", f"ALTER TABLE ONLY s1.{a} DROP COLUMN y", f"ALTER TABLE s1.{a} ALTER COLUMN k TYPE bigint", f"ALTER TABLE s1.{a} RENAME COLUMN v TO w", f"ALTER TABLE s1.{a} ALTER COLUMN k SET NOT NULL",
        f"ALTER TABLE s1.{a} DROP COLUMN k", f"ALTER TABLE s1.{c} ALTER COLUMN k DROP NOT NULL", f"ALTER TABLE s1.{c} NO INHERIT s1.{a}", f"ALTER TABLE s1.{a} ADD CONSTRAINT {a}_e CHECK (id > 0) NO INHERIT", f"ALTER TABLE s1.{c} INHERIT s1.{b}", f"INSERT INTO s1.{c} (id) VALUES (1)", f"UPDATE s1.{a} SET id = 2",
        f"ALTER TABLE s1.{a} DROP CONSTRAINT {a}_c", f"TRUNCATE ONLY s1.{a}", f"CREATE INDEX ON s1.{a} (id)", f"ALTER TABLE s1.{a} ADD PRIMARY KEY (id)", f"SELECT tableoid::regclass, * FROM s1.{a}", f"DROP TABLE s1.{a}", f"DROP TABLE s1.{a} CASCADE")


def domains_over_domains(w):
    d, t = w.fresh("d"), w.fresh("t")
    return [f"CREATE DOMAIN s1.{d} AS {w.r.choice(['text', 'int', 's1.pos', 'varchar(20)'])}", f"CREATE DOMAIN s1.{d}_2 AS s1.{d}{w.maybe(0.4, ' CHECK (VALUE IS NOT NULL)')}", f"CREATE TYPE s1.{d}_r AS (a s1.{d}, b int)",
            f"CREATE TABLE s1.{t} (id int, k int, v text, a s1.{d}, b s1.{d}_2, c s1.{d}[], r s1.{d}_r)"] + some(
        w, 0.4, f"INSERT INTO s1.{t} (id, a, b) VALUES (1, '1', '2')", f"CREATE TABLE s1.{t}_c () INHERITS (s1.{t})", f"CREATE INDEX ON s1.{t} (b)", f"ALTER DOMAIN s1.{d} ADD CONSTRAINT {d}_c CHECK (VALUE IS NULL OR VALUE::text <> 'x') NOT VALID", f"ALTER DOMAIN s1.{d} VALIDATE CONSTRAINT {d}_c",
        f"ALTER TABLE s1.{t} DROP COLUMN c", f"ALTER TABLE s1.{t} DROP COLUMN r", f"ALTER TABLE s1.{t}_c DROP COLUMN r", f"ALTER DOMAIN s1.{d} ADD CHECK (VALUE::text <> 'y')", f"ALTER DOMAIN s1.{d} SET NOT NULL", f"ALTER DOMAIN s1.{d}_2 SET NOT NULL", f"ALTER TABLE s1.{t} ALTER COLUMN a TYPE s1.{d}_2",
        f"ALTER TABLE s1.{t} ALTER COLUMN b TYPE text", f"ALTER TABLE s1.{t} ADD COLUMN {w.fresh('a')} s1.{d}_2", f"ALTER TABLE s1.{t} ADD COLUMN {w.fresh('a')} s1.{d} DEFAULT '3'", f"ALTER DOMAIN s1.{d} SET DEFAULT '5'", f"INSERT INTO s1.{t} (id) VALUES (2)", f"ALTER DOMAIN s1.{d} DROP NOT NULL",
        f"ALTER DOMAIN s1.{d} RENAME TO {d}_n", f"ALTER TYPE s1.{d}_r ALTER ATTRIBUTE a TYPE text", f"ALTER TYPE s1.{d}_r ADD ATTRIBUTE c s1.{d} CASCADE", f"DROP DOMAIN s1.{d}", f"DROP DOMAIN s1.{d}_2 CASCADE", f"DROP TYPE s1.{d}_r CASCADE")


def generated(w):
    t, g = w.fresh("t"), w.r.choice(["k * 2", "k + id", "upper(v)", "coalesce(v, '') || 'x'", "to_tsvector('english', coalesce(v, ''))", "length(v)"])
    kind = "tsvector" if "tsvector" in g else "text" if "v" in g and "length" not in g else "int"
    using = "USING gin (g)" if kind == "tsvector" else "(g)"
    return [f"CREATE TABLE s1.{t} (id int PRIMARY KEY, k int, v text)", f"INSERT INTO s1.{t} VALUES (1, 2, 'a')", f"ALTER TABLE s1.{t} ADD COLUMN g {kind} GENERATED ALWAYS AS ({g}) STORED"] + some(
        w, 0.4, f"CREATE INDEX {t}_g ON s1.{t} {using}", f"ALTER TABLE s1.{t} ADD CHECK (g IS NOT NULL)", f"ALTER TABLE s1.{t} ALTER COLUMN k TYPE bigint", f"ALTER TABLE s1.{t} ALTER COLUMN v TYPE varchar(30)", f"ALTER TABLE s1.{t} ALTER COLUMN g TYPE {w.r.choice(['text', 'bigint', 'varchar(5)'])}",
        f"UPDATE s1.{t} SET v = 'b', k = 3", f"ALTER TABLE s1.{t} RENAME COLUMN k TO kk", f"ALTER TABLE s1.{t} ALTER COLUMN g SET NOT NULL", f"CREATE TABLE s1.{t}_l (LIKE s1.{t} INCLUDING GENERATED)", f"CREATE TABLE s1.{t}_i () INHERITS (s1.{t})", f"INSERT INTO s1.{t} (id, k, v) VALUES (2, 3, 'q') ON CONFLICT (id) DO UPDATE SET v = excluded.g::text",
        f"ALTER TABLE s1.{t} ALTER COLUMN g DROP EXPRESSION", f"ALTER TABLE s1.{t} DROP COLUMN v", f"ALTER TABLE s1.{t} DROP COLUMN k CASCADE", f"ALTER TABLE s1.{t} ALTER COLUMN g SET DEFAULT NULL", f"ALTER TABLE s1.{t} DROP COLUMN g, ADD COLUMN g int GENERATED ALWAYS AS (id * 3) STORED")


def guarded_rows(w):
    """Row security with queries in its policies."""
    t, o, f = w.rel("rrp"), w.rel("rrpv"), w.fresh("f")
    if not t or not o:
        return None
    return [f"CREATE FUNCTION s1.{f}() RETURNS int LANGUAGE sql STABLE AS $$ SELECT count(*)::int FROM {o} $$", f"ALTER TABLE {t} ENABLE ROW LEVEL SECURITY"] + some(
        w, 0.5, f"ALTER TABLE {t} FORCE ROW LEVEL SECURITY", f"CREATE POLICY {f}_a ON {t} AS RESTRICTIVE FOR UPDATE USING (k = s1.{f}()) WITH CHECK (v IN (SELECT v FROM {o}))", f"CREATE POLICY {f}_b ON {t} FOR INSERT TO app_rw WITH CHECK (EXISTS (SELECT 1 FROM {o} b WHERE b.k = {t.split('.')[1]}.k))",
        f"CREATE POLICY {f}_c ON {t} FOR SELECT USING (current_setting('app.k', true)::int = k)", f"UPDATE {t} SET v = 'x'", f"INSERT INTO {t} (k) VALUES (3)", f"SELECT * FROM {t}", f"GRANT SELECT, UPDATE ON {t} TO app_rw", f"ALTER POLICY {f}_a ON {t} TO app_rw, app_ro USING (true)", f"DROP POLICY {f}_b ON {t}",
        f"ALTER TABLE {t} DROP COLUMN v", f"ALTER TABLE {t} ALTER COLUMN k TYPE bigint", f"ALTER TABLE {t} RENAME COLUMN k TO {w.fresh('k')}", f"DROP FUNCTION s1.{f}()", f"DROP FUNCTION s1.{f}() CASCADE", f"ALTER TABLE {t} DISABLE ROW LEVEL SECURITY")


def key_anew(w):
    """A primary key replaced by an index that was built before."""
    t, x, o = w.rel("r"), w.fresh("x"), w.rel("rp")
    k = next((x for x in w.rows if x[0] == "con" and f"{x[1]}.{x[2]}" == t and x[4] == "p"), None)
    if not t or not o:
        return None
    return [f"CREATE UNIQUE INDEX {x} ON {t} (id)"] + ([f"ALTER TABLE {t} DROP CONSTRAINT {k[3]}{w.cascade()}, ADD CONSTRAINT {w.fresh('pk')} PRIMARY KEY USING INDEX {x}"] if k and w.chance(0.6) else [f"ALTER TABLE {t} ADD CONSTRAINT {w.fresh('uq')} UNIQUE USING INDEX {x} DEFERRABLE"]) + some(
        w, 0.5, f"ALTER TABLE {o} ADD CONSTRAINT {x}_f FOREIGN KEY (k) REFERENCES {t} (id) NOT VALID", f"ALTER TABLE {o} VALIDATE CONSTRAINT {x}_f", f"ALTER TABLE {o} DROP CONSTRAINT {x}_f, ADD CONSTRAINT {x}_f FOREIGN KEY (k) REFERENCES {t} (id) ON DELETE CASCADE", f"DELETE FROM {t} WHERE id = 1",
        f"ALTER TABLE {t} REPLICA IDENTITY USING INDEX {x}", f"DROP INDEX {t.split('.')[0]}.{x}", f"ALTER TABLE {t} ALTER COLUMN id TYPE bigint", f"ALTER TABLE {t} DROP COLUMN id CASCADE")


ONE = [guarded] * 4 + [computed] * 6 + [conflicts] * 4 + [indexes] * 3 + [retyped] * 6 + [views] * 5 + [functions] * 6 + [others] * 4
DANCES = [enum_anew, identity_of_serial, widened, table_anew, becomes_partition, becomes_partition, keys_of_partitions, keys_of_partitions, views_over_views, audited, audited, inherited, domains_over_domains, generated, guarded_rows, key_anew]

"""What PostgreSQL 16 to 18 brought, for statements_more.py: virtual generated columns, constraints that are not enforced or not valid, periods, MERGE's newer
clauses, identity and exclusion on partitioned tables, JSON_TABLE, COPY ON_ERROR, RETURNING old and new; and ALTER TABLE with several of them at once.

Each generator takes a World of statements.py and gives SQL, or None when the database has nothing for it or the version is older.
"""

MADE = ["k + 1", "k * 2", "k", "k % 7", "length(v)", "coalesce(k, 0)", "(k + id)", "abs(k)", "nothing + 1", "now()"]  # of generation expressions
KIND = [" VIRTUAL", " VIRTUAL", " STORED", ""]


def one(w, *choices):
    found = [c for c in choices if c]
    return w.r.choice(found) if found else None


def only(w):
    return w.maybe(0.15, "ONLY ")


def of(w, what, kinds=None, column=4):
    """(table, name) of something that a table has."""
    x = w.pick(what, kinds, column)
    return (f"{x[1]}.{x[2]}", x[3]) if x else (None, None)


# --- subcommands of ALTER TABLE, which mixed() puts together -------------------------------------------------------------------------------

def virtual_sub(w, t):
    made = [x[3] for x in w.rows if x[0] == "gen" and f"{x[1]}.{x[2]}" == t]
    c = w.r.choice(made) if made and w.chance(0.75) else w.column(t)
    new = f"ADD COLUMN {w.fresh('g')} {w.r.choice(['int', 'int', 'bigint', 'text', 's1.small'])} GENERATED ALWAYS AS ({w.r.choice(MADE)}){w.r.choice(KIND)}"
    return one(w, new + w.r.choice(["", "", " NOT NULL", " CHECK (k > 0)", " UNIQUE", " DEFAULT 3", " REFERENCES s1.t1"]), f"ALTER COLUMN {c} TYPE {w.r.choice(['bigint', 'text', 'int', 'numeric', 's1.pos', 'smallint'])}",
               f"ALTER COLUMN {c} TYPE bigint USING k", f"ALTER COLUMN {c} SET EXPRESSION AS ({w.r.choice(MADE)})", f"ALTER COLUMN {c} DROP EXPRESSION{w.maybe(0.4, ' IF EXISTS')}", f"ALTER COLUMN {c} SET NOT NULL",
               f"ALTER COLUMN {c} DROP NOT NULL", f"ALTER COLUMN {c} SET DEFAULT 4", f"ALTER COLUMN {c} DROP DEFAULT", f"ALTER COLUMN {c} SET STATISTICS 50", f"ALTER COLUMN {c} SET STORAGE PLAIN",
               f"ALTER COLUMN {c} ADD GENERATED ALWAYS AS IDENTITY", f"DROP COLUMN {c}{w.cascade()}", f"ADD CHECK ({c} > 0){w.maybe(0.3, ' NOT VALID')}", f"ADD UNIQUE ({c})", f"ADD PRIMARY KEY ({c})",
               f"ADD FOREIGN KEY ({c}) REFERENCES {t}", f"ADD EXCLUDE USING btree ({c} WITH =)")


def not_null_sub(w, t):
    c = w.column(t)
    mine = [x[3] for x in w.rows if x[0] == "nn" and f"{x[1]}.{x[2]}" == t]
    n = w.r.choice(mine) if mine else "nothing"
    return one(w, f"ADD CONSTRAINT {w.fresh('nn')} NOT NULL {c}{w.r.choice(['', ' NOT VALID', ' NO INHERIT', ' NO INHERIT NOT VALID'])}", f"ADD NOT NULL {c}{w.maybe(0.5, ' NOT VALID')}", f"VALIDATE CONSTRAINT {n}",
               f"VALIDATE CONSTRAINT {n}", f"ALTER CONSTRAINT {n} {w.r.choice(['INHERIT', 'NO INHERIT'])}", f"DROP CONSTRAINT {n}{w.cascade()}", f"ALTER COLUMN {c} SET NOT NULL", f"ALTER COLUMN {c} DROP NOT NULL",
               f"ADD PRIMARY KEY ({c})", f"RENAME CONSTRAINT {n} TO {w.fresh('nn')}", f"ADD COLUMN {w.fresh('a')} int CONSTRAINT {w.fresh('nn')} NOT NULL{w.maybe(0.4, ' NO INHERIT')} DEFAULT 3",
               f"ADD COLUMN {w.fresh('a')} int NOT NULL", f"ALTER CONSTRAINT {n} NOT ENFORCED")


def enforced_sub(w, t):
    c, o = w.column(t), w.rel("rrp")
    mine = [x[3] for x in w.rows if x[0] == "con" and x[4] in "fc" and f"{x[1]}.{x[2]}" == t]
    n = w.r.choice(mine) if mine else "nothing"
    no = w.r.choice([" NOT ENFORCED", " NOT ENFORCED", " ENFORCED", " NOT ENFORCED NOT VALID", " NOT VALID"])
    return one(w, f"ADD CONSTRAINT {w.fresh('ck')} CHECK ({c} IS NOT NULL){no}", f"ADD CHECK (k > 0){w.maybe(0.2, ' NO INHERIT')}{no}", f"ADD CONSTRAINT {w.fresh('fk')} FOREIGN KEY ({c}) REFERENCES {o}{no}",
               f"ADD FOREIGN KEY (k) REFERENCES {o} (id) ON DELETE CASCADE{no}", f"ALTER CONSTRAINT {n} {w.r.choice(['NOT ENFORCED', 'ENFORCED', 'NOT ENFORCED DEFERRABLE', 'ENFORCED NOT DEFERRABLE'])}",
               f"ALTER CONSTRAINT {n} {w.r.choice(['NOT ENFORCED', 'ENFORCED'])}", f"VALIDATE CONSTRAINT {n}", f"DROP CONSTRAINT {n}{w.cascade()}", f"ADD COLUMN {w.fresh('a')} int REFERENCES {o}{no.replace(' NOT VALID', '')}",
               f"ADD COLUMN {w.fresh('a')} int CHECK (k > 0){no.replace(' NOT VALID', '')}", f"ALTER CONSTRAINT {n} DEFERRABLE")


def period_sub(w, t):
    c, o = w.column(t), of(w, "per")[0] or w.rel("rp")
    return one(w, f"ADD CONSTRAINT {w.fresh('pk')} {w.r.choice(['PRIMARY KEY', 'UNIQUE'])} (id, valid WITHOUT OVERLAPS){w.maybe(0.2, ' DEFERRABLE')}", f"ADD UNIQUE ({c}, valid WITHOUT OVERLAPS)",
               f"ADD CONSTRAINT {w.fresh('fk')} FOREIGN KEY (id, PERIOD valid) REFERENCES {o} (id, PERIOD valid){w.r.choice(['', '', ' NOT VALID', ' ON DELETE CASCADE', ' NOT ENFORCED'])}",
               f"ADD FOREIGN KEY (id, PERIOD valid) REFERENCES {o}", f"ADD FOREIGN KEY (id, valid) REFERENCES {o} (id, valid)", "ALTER COLUMN valid TYPE tsrange USING NULL", "ALTER COLUMN valid DROP NOT NULL", "ADD COLUMN valid daterange",
               f"DROP COLUMN valid{w.cascade()}", "REPLICA IDENTITY FULL")


def identity_sub(w, t):
    mine = [x[3] for x in w.rows if x[0] == "ide" and f"{x[1]}.{x[2]}" == t]
    c = w.r.choice(mine) if mine and w.chance(0.7) else w.column(t)
    return one(w, f"ALTER COLUMN {c} ADD GENERATED {w.r.choice(['ALWAYS', 'BY DEFAULT'])} AS IDENTITY{w.maybe(0.3, ' (START 5)')}", f"ALTER COLUMN {c} DROP IDENTITY{w.maybe(0.5, ' IF EXISTS')}", f"ALTER COLUMN {c} SET GENERATED BY DEFAULT",
               f"ALTER COLUMN {c} SET GENERATED ALWAYS SET INCREMENT BY 3 RESTART WITH 100", f"ALTER COLUMN {c} SET START 7", f"ADD COLUMN {w.fresh('a')} {w.r.choice(['int', 'bigint', 'text'])} GENERATED ALWAYS AS IDENTITY",
               f"ALTER COLUMN {c} TYPE {w.r.choice(['bigint', 'int', 'smallint', 'text'])}", f"ALTER COLUMN {c} SET NOT NULL", f"ALTER COLUMN {c} DROP NOT NULL")


def storage_sub(w, t):
    c = w.column(t)
    return one(w, w.major >= 16 and f"ALTER COLUMN {c} SET STORAGE {w.r.choice(['DEFAULT', 'EXTERNAL', 'PLAIN'])}", w.major >= 17 and "SET ACCESS METHOD DEFAULT", w.major >= 17 and f"ALTER COLUMN {c} SET STATISTICS DEFAULT",
               w.major >= 16 and f"ADD COLUMN {w.fresh('a')} text STORAGE EXTERNAL COMPRESSION pglz", f"ADD COLUMN {w.fresh('a')} int DEFAULT 7", f"DROP COLUMN {c}", "ALTER COLUMN v SET DEFAULT 'y'", "SET (fillfactor = 70)")


def subcommand(w, t):
    if not w.column(t):
        return None
    choices = [storage_sub]
    if w.major >= 17:
        choices += [identity_sub] * 3
    if w.major >= 18:
        choices += [virtual_sub] * 5 + [not_null_sub] * 5 + [enforced_sub] * 4 + [period_sub]
    return w.r.choice(choices)(w, t)


def mixed(w):
    t = (of(w, w.r.choice(["gen", "ide", "nn", "per"]))[0] if w.chance(0.3) else None) or w.rel("rrpp")
    parts = [t and subcommand(w, t) for _ in range(w.r.choice([1, 1, 1, 2, 2, 3, 4]))]
    if not all(parts):
        return None
    if any(p.startswith("RENAME") for p in parts):
        parts = parts[:1]
    return f"ALTER TABLE {only(w)}{t} " + ", ".join(parts)


# --- tables ------------------------------------------------------------------------------------------------------------------------------

def tables(w):
    name, o, by = f"{w.schema()}.{w.fresh('n')}", w.rel("rrp"), w.r.choice(["RANGE (k)", "LIST (k)", "HASH (id)", "LIST (g)", "RANGE ((g + 1))"])
    g = f", g int GENERATED ALWAYS AS ({w.r.choice(MADE[:6])}){w.r.choice(KIND if w.major >= 18 else [' STORED'])}"
    no = w.r.choice(["", " NOT ENFORCED"]) if w.major >= 18 else ""
    nn = f", CONSTRAINT {w.fresh('nn')} NOT NULL k{w.maybe(0.3, ' NO INHERIT')}" if w.major >= 18 else ""
    identity = " GENERATED BY DEFAULT AS IDENTITY" if w.chance(0.5) else ""
    period = f"id int4range, valid daterange, k int, v text, {w.r.choice(['PRIMARY KEY', 'UNIQUE'])} (id, valid WITHOUT OVERLAPS)"
    return one(w, f"CREATE TABLE {name} (id int{identity}, k int, v text{g}{nn}, CHECK (k > 0){no})", f"CREATE TABLE {name} (id int NOT NULL{identity}, k int, v text{w.maybe(0.6, g)}{w.maybe(0.4, nn)}) PARTITION BY {by}",
               o and f"CREATE TABLE {name} (id int PRIMARY KEY, k int REFERENCES {o}{no}, v text{g})", o and f"CREATE TABLE {name} (LIKE {o} INCLUDING {w.r.choice(['ALL', 'GENERATED', 'CONSTRAINTS', 'IDENTITY', 'STATISTICS'])})",
               o and f"CREATE TABLE {name} (x int{w.maybe(0.3, ', g int GENERATED ALWAYS AS (x * 2)' + w.r.choice([' STORED', ' VIRTUAL']))}) INHERITS ({o})", w.major >= 18 and f"CREATE TABLE {name} ({period})",
               w.major >= 18 and f"CREATE TABLE {name} ({period}) PARTITION BY LIST (id)", w.major >= 17 and f"CREATE TABLE {name} (id int, k int, v text, EXCLUDE USING {w.r.choice(['btree', 'hash', 'gist'])} (k WITH =)) PARTITION BY LIST (k)",
               w.major >= 16 and f"CREATE TABLE {name} (id int PRIMARY KEY, k int, v text STORAGE EXTERNAL, j jsonb)", w.major >= 18 and f"CREATE TABLE {name} (LIKE {o} INCLUDING ALL, nn int CONSTRAINT {w.fresh('nn')} NOT NULL NO INHERIT)")


def partitions(w):
    p, t, x = w.rel("p"), w.rel("rp"), w.pick("prt", "p", 4)
    name = f"{w.schema()}.{w.fresh('q')}"
    values = w.r.choice(["DEFAULT", f"FOR VALUES FROM ({w.n * 10}) TO ({w.n * 10 + 10})", f"FOR VALUES IN ({w.n})", f"FOR VALUES WITH (modulus 3, remainder {w.n % 3})"])
    return one(w, p and f"CREATE TABLE {name} (LIKE {p} INCLUDING {w.r.choice(['ALL', 'GENERATED', 'IDENTITY', 'CONSTRAINTS', 'DEFAULTS'])})", p and t and f"ALTER TABLE {p} ATTACH PARTITION {t} {values}",
               p and f"CREATE TABLE {name} PARTITION OF {p} (k {w.r.choice(['NOT NULL', 'DEFAULT 3', 'CHECK (k > 0)'])}) {values}", p and f"CREATE TABLE {name} PARTITION OF {p} {values}{w.maybe(0.3, ' PARTITION BY LIST (id)')}",
               x and f"ALTER TABLE {x[1]}.{x[2]} DETACH PARTITION {x[3]}{w.maybe(0.4, ' CONCURRENTLY')}", p and f"ALTER TABLE {only(w)}{p} ADD EXCLUDE USING {w.r.choice(['btree', 'hash'])} ({w.column(p)} WITH =)",
               t and w.pick("rel", "r") and f"ALTER TABLE {t} INHERIT {w.rel('r')}", x and f"ALTER TABLE {x[3]} NO INHERIT {x[1]}.{x[2]}")


def virtual(w):
    """What looks at generated columns from outside of ALTER TABLE."""
    t, c = of(w, "gen")
    f = w.pick("fun", ["trigger"], 4)
    return t and one(w, f"CREATE INDEX {w.fresh('x')} ON {t} ({c})", f"CREATE UNIQUE INDEX {w.fresh('x')} ON {t} (({c} + 1))", f"CREATE INDEX {w.fresh('x')} ON {t} (k) WHERE {c} > 1", f"CREATE INDEX CONCURRENTLY {w.fresh('x')} ON {t} ({c})",
                     f"CREATE STATISTICS {w.schema()}.{w.fresh('z')} ON {c}, k FROM {t}", f"CREATE STATISTICS {w.schema()}.{w.fresh('z')} ON ({c} + 1) FROM {t}", f"CREATE PUBLICATION {w.fresh('b')} FOR TABLE {t} (id, {c})",
                     f"CREATE PUBLICATION {w.fresh('b')} FOR TABLE {t} WHERE ({c} > 1)", f"INSERT INTO {t} ({c}) VALUES (1)", f"INSERT INTO {t} (k, {c}) VALUES (1, DEFAULT)", f"UPDATE {t} SET {c} = 1", f"UPDATE {t} SET k = {c}",
                     f"SELECT {c} FROM {t} WHERE {c} > 2 FOR UPDATE", f"CREATE VIEW {w.schema()}.{w.fresh('v')} AS SELECT id, k, v, {c} FROM {t}", f"CREATE MATERIALIZED VIEW {w.schema()}.{w.fresh('v')} AS SELECT {c} FROM {t}",
                     f"COPY {t} ({c}) TO '/dev/null'", f"COPY {t} (k, {c}) FROM '/dev/null'", f"CREATE POLICY {w.fresh('l')} ON {t} USING ({c} > 0)", f"ALTER TABLE {t} RENAME COLUMN {c} TO {w.fresh('g')}",
                     f and f"CREATE TRIGGER {w.fresh('g')} {w.r.choice(['BEFORE', 'AFTER'])} UPDATE ON {t} FOR EACH ROW WHEN (NEW.{c} > 0) EXECUTE FUNCTION {f[1]}.{f[2]}()",
                     f and f"CREATE TRIGGER {w.fresh('g')} AFTER UPDATE OF {c} ON {t} FOR EACH ROW EXECUTE FUNCTION {f[1]}.{f[2]}()", f"ALTER TABLE {t} DROP COLUMN k{w.cascade()}", f"ALTER TABLE {t} ALTER COLUMN k TYPE bigint",
                     f"CREATE TABLE {w.schema()}.{w.fresh('n')} AS SELECT {c}, k FROM {t}", f"ALTER TABLE {t} REPLICA IDENTITY FULL", f"DELETE FROM {t} WHERE {c} = 3", f"COMMENT ON COLUMN {t}.{c} IS 'x'")


# --- rows --------------------------------------------------------------------------------------------------------------------------------

def merges(w):
    t, o, v = w.rel("rrp"), w.rel("rrpv"), w.rel("v")
    if w.major < 17 or not t or not o:
        return None
    source = w.r.choice(["", " WHEN NOT MATCHED BY SOURCE THEN DELETE", " WHEN NOT MATCHED BY SOURCE AND a.k > 3 THEN UPDATE SET v = 'z'", " WHEN NOT MATCHED BY SOURCE THEN DO NOTHING"])
    back = w.r.choice(["", " RETURNING merge_action(), a.*", " RETURNING a.k, b.k"] + ([" RETURNING old.k, new.k", " RETURNING old, new"] if w.major >= 18 else []))
    target = v if v and w.chance(0.3) else t
    text = (f"MERGE INTO {only(w)}{target} a USING {w.r.choice([f'{o} b', f'(SELECT k, v FROM {o}) b', '(VALUES (1, NULL)) b (k, v)'])} ON a.k = b.k WHEN MATCHED THEN {w.r.choice(['UPDATE SET v = b.v', 'DELETE'])}" + source +
            w.r.choice(["", " WHEN NOT MATCHED BY TARGET THEN INSERT (k) VALUES (b.k)", " WHEN NOT MATCHED THEN INSERT DEFAULT VALUES"]) + back)
    return f"WITH m AS ({text}) SELECT * FROM m" if back and w.chance(0.3) else text


def returning(w):
    t, o = w.rel("rrp"), w.rel("rrpv")
    c = t and w.column(t)
    if w.major < 18 or not c or not o:
        return None
    back = w.r.choice([f"RETURNING old.{c}, new.{c}", "RETURNING old, new", "RETURNING WITH (OLD AS o, NEW AS n) o.k, n.k", "RETURNING old.*, new.k", "RETURNING new.nothing", f"RETURNING (SELECT count(*) FROM {o} WHERE k = old.k)"])
    return one(w, f"INSERT INTO {t} (k) VALUES (1) {back}", f"UPDATE {t} SET k = 2 {back}", f"DELETE FROM {t} {back}", f"INSERT INTO {t} (id, k) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET k = 3 {back}",
               f"WITH x AS (UPDATE {t} SET k = 4 {back}) SELECT * FROM x, {o}", f"UPDATE {t} a SET k = b.k FROM {o} b WHERE a.id = b.k {back}", f"UPDATE {o} SET k = 2 {back}")


def copies(w):
    t, m, p = w.rel("rrp"), w.rel("m"), w.rel("p")
    return one(w, w.major >= 17 and t and f"COPY {t} (k, v) FROM '/dev/null' (ON_ERROR ignore{w.maybe(0.4, ', LOG_VERBOSITY verbose')})", w.major >= 18 and t and f"COPY {t} (k, v) FROM '/dev/null' (ON_ERROR ignore, REJECT_LIMIT 3)",
               w.major >= 17 and t and f"COPY {t} (k, v) FROM '/dev/null' (FORMAT csv, FORCE_NULL *)", w.major >= 16 and t and f"COPY {t} (k, v) FROM '/dev/null' (DEFAULT 'd')", m and f"COPY {m} TO '/dev/null'",
               p and f"COPY {p} TO '/dev/null'", t and f"COPY {t} FROM '/dev/null' (FREEZE)", t and f"COPY {t} (k) FROM '/dev/null' WHERE k > 1", w.major >= 17 and t and f"COPY {t} TO '/dev/null' (ON_ERROR ignore)")


def jsons(w):
    t, o = w.rel("rrp"), w.rel("rrpv")
    name = f"{w.schema()}.{w.fresh('v')}"
    rows = "JSON_TABLE('[1, 2]'::jsonb, '$[*]' COLUMNS (n FOR ORDINALITY, k int PATH '$', v text PATH '$'))"
    return t and o and one(
        w, w.major >= 16 and f"SELECT * FROM {t} WHERE v IS JSON", w.major >= 16 and f"SELECT JSON_OBJECT('k': k) FROM {o}", w.major >= 16 and f"SELECT JSON_ARRAYAGG(k) FROM {o}", w.major >= 16 and f"SELECT any_value(k) FROM {o}",
        w.major >= 17 and f"SELECT * FROM {o} a, {rows} j WHERE a.k = j.k", w.major >= 17 and f"CREATE VIEW {name} AS SELECT j.k, j.v FROM {t} a, {rows} j", w.major >= 17 and f"INSERT INTO {t} (k, v) SELECT k, v FROM {rows} j",
        w.major >= 17 and f"UPDATE {t} SET v = JSON_VALUE('[1]', '$[0]')", w.major >= 17 and f"SELECT JSON_QUERY(to_jsonb(a), '$.k'), JSON_EXISTS(to_jsonb(a), '$.v') FROM {o} a",
        w.major >= 17 and f"MERGE INTO {t} a USING {rows} b ON a.k = b.k WHEN MATCHED THEN DELETE", w.major >= 16 and f"ALTER TABLE {t} ADD CHECK (v IS JSON){w.maybe(0.5, ' NOT VALID')}",
        w.major >= 17 and f"ALTER TABLE {t} ADD COLUMN {w.fresh('g')} int GENERATED ALWAYS AS (JSON_VALUE(to_jsonb(k), '$' RETURNING int)) STORED", w.major >= 17 and f"CREATE INDEX {w.fresh('x')} ON {t} (JSON_VALUE(to_jsonb(k), '$'))",
        w.major >= 16 and f"CREATE INDEX {w.fresh('x')} ON {t} (k) WHERE v IS JSON OBJECT")


def called(w):
    """Trigger functions where no trigger calls them."""
    f, t = w.pick("fun", ["trigger"], 4), w.rel("rrp")
    f = f and f"{f[1]}.{f[2]}()"
    return f and t and one(w, f"SELECT {f}", f"SELECT * FROM {f}", f"DO $$ BEGIN UPDATE {t} SET k = 1; PERFORM {f}; END $$", f"SELECT k, {f} FROM {t} WHERE false", f"DO $$ BEGIN PERFORM {f}; EXCEPTION WHEN others THEN DELETE FROM {t}; END $$",
                           f"SELECT (SELECT count(*) FROM {t}), {f}")


# --- maintenance ---------------------------------------------------------------------------------------------------------------------------

def maintenance(w):
    t, p, m, i = w.rel("rrpp"), w.rel("p"), w.rel("m"), w.pick("idx")
    up = p and next((x for x in w.rows if x[0] == "idx" and f"{x[1]}.{x[2]}" == p), None)
    just = w.r.choice([" ONLY", ""]) if w.major >= 18 else ""
    what = w.r.choice(["", "", " (SKIP_DATABASE_STATS)", " (BUFFER_USAGE_LIMIT '512 kB')", " (PROCESS_MAIN off)"] if w.major >= 16 else [""])
    return one(w, t and f"VACUUM{what}{just} {t}", t and f"ANALYZE{just} {t}", t and p and f"VACUUM{what}{just} {t}, {p}", t and f"VACUUM (ANALYZE){just} {t}", t and f"VACUUM (FULL){just} {t}", w.major >= 16 and "VACUUM (ONLY_DATABASE_STATS)",
               t and f"ANALYZE{just} {t} (k)", up and f"REINDEX INDEX {up[1]}.{up[3]}", up and f"REINDEX INDEX CONCURRENTLY {up[1]}.{up[3]}", p and f"REINDEX TABLE {p}", p and f"REINDEX (CONCURRENTLY, TABLESPACE pg_default) TABLE {p}",
               up and f"CLUSTER {p} USING {up[3]}", up and f"ALTER TABLE {p} CLUSTER ON {up[3]}", p and f"CLUSTER {p}", i and f"CLUSTER (VERBOSE) {i[1]}.{i[2]} USING {i[3]}", m and f"CLUSTER {m}", p and f"TRUNCATE ONLY {p}",
               w.major >= 16 and t and w.column(t) and f"CREATE STATISTICS ON k, {w.column(t)} FROM {t}", p and f"ALTER INDEX {up[1]}.{up[3]} SET TABLESPACE pg_default" if up else None, w.chance(0.1) and f"REINDEX (CONCURRENTLY) SCHEMA {w.schema()}")


NEWER = [mixed] * 12 + [tables] * 5 + [partitions] * 4 + [virtual] * 4 + [merges] * 3 + [returning] * 2 + [copies] + [jsons] * 2 + [called]
ALONE = [maintenance] * 4  # in transactions of their own

"""Random schemas and random statements: what the program forecasts against what a real server locks, rewrites and scans.

Each round makes a fresh database, builds it with random statements that the server accepts (the history), then takes random targets. A target
runs in a transaction that is rolled back, and its locks, rewrites and scans are measured there (tests/footprint/record.py). The program is asked
twice: offline, with the history as its only knowledge, and live, connected to the database. Every difference is printed; any that
KNOWN does not name fails the test.

LOCKCAST_RANDOM_SECONDS (60), LOCKCAST_RANDOM_SEED (1), LOCKCAST_RANDOM_VERSIONS (15,18): a run is repeated by its seed; the seed of a round is
printed with each difference (LOCKCAST_RANDOM_SEED=that, LOCKCAST_RANDOM_ROUNDS=1 repeats it alone).
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "footprint")]
from pgserver import Server, arguments, check, finish  # noqa: E402
import record  # noqa: E402

# Differences that are known: (statement, difference, why). Shown each time, never failed on.
KNOWN = [
]

WEAK = {"AccessShareLock", "RowShareLock", "RowExclusiveLock"}
TYPES = ["int", "bigint", "text", "varchar(20)", "numeric(10,2)", "timestamptz", "boolean", "uuid", "jsonb", "date"]
CATALOGUE = """
SELECT 'rel', n.nspname, c.relname, c.relkind::text, c.relispartition::text, coalesce((SELECT p.relname FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
       WHERE i.inhrelid = c.oid LIMIT 1), '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('s1', 's2')
UNION ALL SELECT 'col', n.nspname, c.relname, a.attname, format_type(a.atttypid, NULL), c.relkind::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('s1', 's2') AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm')
UNION ALL SELECT 'con', n.nspname, c.relname, k.conname, k.contype::text, '' FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('s1', 's2') AND k.contype <> 'n'
UNION ALL SELECT 'trg', n.nspname, c.relname, t.tgname, '', '' FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('s1', 's2') AND NOT t.tgisinternal
UNION ALL SELECT 'typ', n.nspname, t.typname, t.typtype::text, '', '' FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
       LEFT JOIN pg_class c ON c.oid = t.typrelid WHERE n.nspname IN ('s1', 's2') AND t.typtype IN ('e', 'd', 'c') AND (c.oid IS NULL OR c.relkind = 'c')
UNION ALL SELECT 'fun', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid), p.prorettype::regtype::text, '' FROM pg_proc p
       JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('s1', 's2') AND p.prokind = 'f'
UNION ALL SELECT 'sta', n.nspname, e.stxname, '', '', '' FROM pg_statistic_ext e JOIN pg_namespace n ON n.oid = e.stxnamespace WHERE n.nspname IN ('s1', 's2')
UNION ALL SELECT 'pol', n.nspname, c.relname, p.polname, '', '' FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname IN ('s1', 's2')
ORDER BY 1, 2, 3, 4, 5, 6"""


class World:
    """What the database has, and random picks from it."""

    def __init__(self, rng, major):
        self.r, self.major, self.n, self.rows = rng, major, 0, []

    def look(self, cursor):
        cursor.execute(CATALOGUE)
        self.rows = cursor.fetchall()

    def pick(self, what, kinds=None, column=3):
        """A random row of a sort; kinds: letters that its fourth field may be."""
        found = [x for x in self.rows if x[0] == what and (not kinds or x[column] in kinds)]
        return self.r.choice(found) if found else None

    def rel(self, kinds):
        x = self.pick("rel", kinds)
        return f"{x[1]}.{x[2]}" if x else None

    def column(self, rel, types=None):
        found = [x[3] for x in self.rows if x[0] == "col" and rel == f"{x[1]}.{x[2]}" and (not types or x[4] in types)]
        return self.r.choice(found) if found else None

    def fresh(self, prefix):
        self.n += 1
        return f"{prefix}{self.n}"

    def schema(self):
        return self.r.choice(["s1", "s1", "s2"])

    def type(self):
        t = self.pick("typ")
        return f"{t[1]}.{t[2]}" if t and self.r.random() < 0.25 else self.r.choice(TYPES)

    def chance(self, p):
        return self.r.random() < p

    def maybe(self, p, text):
        return text if self.r.random() < p else ""

    def cascade(self):
        return self.maybe(0.4, " CASCADE")


# --- statements: each gives SQL, or None when the database has nothing for it -----------------------------------------------------------

def create_table(w):
    columns = ["id " + w.r.choice(["int PRIMARY KEY", "serial PRIMARY KEY", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "int"])]
    for i in range(w.r.randint(1, 4)):
        columns.append(f"c{i} {w.type()}" + w.maybe(0.15, " UNIQUE"))
    parent = w.rel("r")
    if parent and w.chance(0.4):
        columns.append(f"ref int REFERENCES {parent}")
    if w.chance(0.3):
        columns.append("n int CHECK (n > 0)")
    return f"CREATE TABLE {w.schema()}.{w.fresh('t')} ({', '.join(columns)})"


def create_partitioned(w):
    return f"CREATE TABLE {w.schema()}.{w.fresh('p')} (id int NOT NULL, k int, v text{w.maybe(0.5, ', PRIMARY KEY (id, k)')}) PARTITION BY RANGE (k)"


def create_partition(w):
    p = w.pick("rel", "p")
    if not p:
        return None
    if w.chance(0.15):
        return f"CREATE TABLE {p[1]}.{w.fresh('d')} PARTITION OF {p[1]}.{p[2]} DEFAULT"
    low = w.r.randint(0, 40) * 10
    return f"CREATE TABLE {p[1]}.{w.fresh('q')} PARTITION OF {p[1]}.{p[2]} FOR VALUES FROM ({low}) TO ({low + 10})" + w.maybe(0.2, " PARTITION BY LIST (id)")


def create_child(w):
    p = w.rel("r")
    return p and f"CREATE TABLE {w.schema()}.{w.fresh('i')} (x int) INHERITS ({p})"


def create_index(w):
    t = w.rel("rrpm")
    c = t and w.column(t)
    if not c:
        return None
    only = w.maybe(0.1, "ONLY ") if w.pick("rel", "p") else ""
    return (f"CREATE {w.maybe(0.2, 'UNIQUE ')}INDEX {w.maybe(0.6, w.fresh('x'))} ON {only}{t} ({c})" + w.maybe(0.1, f" WHERE {c} IS NOT NULL")).replace("  ", " ")


def create_view(w):
    t = w.rel("rpvm")
    c = t and w.column(t)
    replace = w.maybe(0.3, "OR REPLACE ")
    name = w.rel("v") if replace and w.chance(0.5) else None
    return c and f"CREATE {replace}VIEW {name or w.schema() + '.' + w.fresh('v')} AS SELECT {w.r.choice([c, '*', c + ', 1 AS one'])} FROM {t}"


def create_matview(w):
    t = w.rel("rpv")
    c = t and w.column(t)
    return c and f"CREATE MATERIALIZED VIEW {w.schema()}.{w.fresh('m')} AS SELECT {c} FROM {t}{w.maybe(0.2, ' WITH NO DATA')}"


def create_type(w):
    name = f"{w.schema()}.{w.fresh('y')}"
    return w.r.choice([f"CREATE TYPE {name} AS ENUM ('a', 'b')", f"CREATE TYPE {name} AS (a int, b text)",
                       f"CREATE DOMAIN {name} AS {w.r.choice(['int', 'text'])}", f"CREATE DOMAIN {name} AS int CHECK (VALUE > 0)"])


def create_function(w):
    t = w.rel("rpv")
    name = f"{w.schema()}.{w.fresh('f')}"
    return w.r.choice([f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
                       f"CREATE FUNCTION {name}(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'select upper($1)'",
                       f"CREATE FUNCTION {name}() RETURNS bigint LANGUAGE sql AS 'select count(*) from {t}'" if t else "SELECT 1"])


def create_trigger(w):
    t, f = w.rel("rp"), w.pick("fun", ["trigger"], 4)
    return t and f and f"CREATE TRIGGER {w.fresh('g')} {w.r.choice(['BEFORE', 'AFTER'])} INSERT ON {t} FOR EACH {w.r.choice(['ROW', 'STATEMENT'])} EXECUTE FUNCTION {f[1]}.{f[2]}()"


def create_policy(w):
    t, o = w.rel("rp"), w.rel("rp")
    return t and f"CREATE POLICY {w.fresh('l')} ON {t} USING ({w.r.choice(['true', f'EXISTS (SELECT 1 FROM {o})'])})"


def create_statistics(w):
    t = w.rel("rp")
    a, b = t and w.column(t, ["integer", "bigint", "text"]), t and w.column(t, ["integer", "bigint", "text"])
    return a and a != b and f"CREATE STATISTICS {w.schema()}.{w.fresh('z')} ON {a}, {b} FROM {t}"


def create_sequence(w):
    t = w.rel("r")
    c = t and w.column(t, ["integer", "bigint"])
    return f"CREATE SEQUENCE {w.schema()}.{w.fresh('e')}" + (w.maybe(0.3, f" OWNED BY {t}.{c}") if c else "")


def drop_relation(w):
    words = {"r": "TABLE", "p": "TABLE", "v": "VIEW", "m": "MATERIALIZED VIEW", "i": "INDEX", "I": "INDEX", "S": "SEQUENCE"}
    x = w.pick("rel", "rrpvmiIS")
    return x and f"DROP {words[x[3]]} {w.maybe(0.2, 'IF EXISTS ')}{x[1]}.{x[2]}{w.cascade()}"


def drop_object(w):
    t, f, g, s, p = w.pick("typ", "edc"), w.pick("fun"), w.pick("trg"), w.pick("sta"), w.pick("pol")
    return w.r.choice([t and f"DROP {'DOMAIN' if t[3] == 'd' else 'TYPE'} {t[1]}.{t[2]}{w.cascade()}", f and f"DROP FUNCTION {f[1]}.{f[2]}({f[3]}){w.cascade()}",
                       g and f"DROP TRIGGER {g[3]} ON {g[1]}.{g[2]}", s and f"DROP STATISTICS {s[1]}.{s[2]}", p and f"DROP POLICY {p[3]} ON {p[1]}.{p[2]}",
                       "DROP SCHEMA s2" + w.cascade(), f"DROP TABLE IF EXISTS s1.{w.fresh('nothing')}"])


def rename(w):
    words = {"r": "TABLE", "p": "TABLE", "v": "VIEW", "m": "MATERIALIZED VIEW", "i": "INDEX", "I": "INDEX", "S": "SEQUENCE"}
    x, k, g, t = w.pick("rel", "rpvmiIS"), w.pick("con"), w.pick("trg"), w.pick("typ")
    c = x and w.column(f"{x[1]}.{x[2]}")
    new = w.fresh("w")
    return w.r.choice([x and f"ALTER {words[x[3]]} {x[1]}.{x[2]} RENAME TO {new}", c and f"ALTER {words[x[3]]} {x[1]}.{x[2]} RENAME COLUMN {c} TO {new}",
                       k and f"ALTER TABLE {k[1]}.{k[2]} RENAME CONSTRAINT {k[3]} TO {new}", g and f"ALTER TRIGGER {g[3]} ON {g[1]}.{g[2]} RENAME TO {new}",
                       t and f"ALTER TYPE {t[1]}.{t[2]} RENAME TO {new}"])


def move(w):
    words = {"r": "TABLE", "p": "TABLE", "v": "VIEW", "m": "MATERIALIZED VIEW", "S": "SEQUENCE"}
    x = w.pick("rel", "rpvmS")
    return x and f"ALTER {words[x[3]]} {x[1]}.{x[2]} SET SCHEMA {'s2' if x[1] == 's1' else 's1'}"


def comment(w):
    x, k, g = w.pick("rel", "rpvmi"), w.pick("con"), w.pick("trg")
    words = {"r": "TABLE", "p": "TABLE", "v": "VIEW", "m": "MATERIALIZED VIEW", "i": "INDEX"}
    return w.r.choice([x and f"COMMENT ON {words[x[3]]} {x[1]}.{x[2]} IS 'x'", k and f"COMMENT ON CONSTRAINT {k[3]} ON {k[1]}.{k[2]} IS 'x'",
                       g and f"COMMENT ON TRIGGER {g[3]} ON {g[1]}.{g[2]} IS 'x'", x and x[3] != "i" and f"GRANT SELECT ON {x[1]}.{x[2]} TO public"])


def maintain(w):
    t, i, m = w.rel("rm"), w.rel("i"), w.rel("m")
    any_table = w.rel("rpm")
    return w.r.choice([t and f"REINDEX TABLE {t}", i and f"REINDEX INDEX {i}", any_table and f"ANALYZE {any_table}", m and f"REFRESH MATERIALIZED VIEW {m}",
                       m and f"REFRESH MATERIALIZED VIEW CONCURRENTLY {m}", m and f"REFRESH MATERIALIZED VIEW {m} WITH NO DATA"])


def alter_domain(w):
    d, e = w.pick("typ", "d"), w.pick("typ", "e")
    return w.r.choice([d and f"ALTER DOMAIN {d[1]}.{d[2]} SET NOT NULL", d and f"ALTER DOMAIN {d[1]}.{d[2]} ADD CHECK (VALUE IS NOT NULL)",
                       d and f"ALTER DOMAIN {d[1]}.{d[2]} ADD CHECK (VALUE IS NOT NULL) NOT VALID", e and f"ALTER TYPE {e[1]}.{e[2]} ADD VALUE '{w.fresh('u')}'"])


def alter_sequence(w):
    s = w.rel("S")
    return s and f"ALTER SEQUENCE {s} {w.r.choice(['RESTART', 'INCREMENT BY 2', 'OWNED BY NONE', 'CACHE 5'])}"


def alter_table(w):
    t = w.rel("rrp")
    c = t and w.column(t)
    other = w.rel("r")
    return c and f"ALTER TABLE {t} " + w.r.choice([
        f"ADD COLUMN {w.fresh('a')} {w.r.choice(TYPES)}", f"ADD COLUMN {w.fresh('a')} int DEFAULT 0", f"ADD COLUMN {w.fresh('a')} float8 DEFAULT random()",
        f"DROP COLUMN {c}{w.cascade()}", f"ALTER COLUMN {c} SET NOT NULL", f"ALTER COLUMN {c} DROP NOT NULL", f"ADD CHECK ({c} IS NOT NULL)",
        f"ADD CHECK ({c} IS NOT NULL) NOT VALID", f"ADD UNIQUE ({c})", f"ALTER COLUMN {c} TYPE text", f"ALTER COLUMN {c} SET STATISTICS 50",
        f"ADD COLUMN {w.fresh('a')} int REFERENCES {other}", "SET (fillfactor = 80)", "ENABLE ROW LEVEL SECURITY", "DISABLE TRIGGER ALL"])


def alter_constraint(w):
    k = w.pick("con")
    return k and f"ALTER TABLE {k[1]}.{k[2]} " + w.r.choice([f"DROP CONSTRAINT {k[3]}{w.cascade()}", f"VALIDATE CONSTRAINT {k[3]}"])


BUILD = [create_table] * 6 + [create_partitioned] * 2 + [create_partition] * 5 + [create_child] + [create_index] * 5 + [create_view] * 3 + [create_matview] + \
    [create_type] * 2 + [create_function] * 2 + [create_trigger] * 3 + [create_policy, create_statistics, create_sequence, rename, move, alter_table, alter_table]
TARGET = BUILD + [drop_relation] * 8 + [drop_object] * 5 + [rename] * 5 + [move] * 2 + [comment] * 2 + [maintain] * 5 + [alter_domain] * 2 + [alter_sequence] * 2 + \
    [alter_table] * 6 + [alter_constraint] * 3


# --- comparing ------------------------------------------------------------------------------------------------------------------------------

def unquote(name):
    return "".join(p[1:-1].replace('""', '"') if p.startswith('"') else p for p in re.findall(r'"(?:[^"]|"")*"|[^"]+', name or ""))


def visible(name):
    return not name.startswith(("pg_toast.", "pg_temp"))


def forecast(binary, files, more):
    p = subprocess.run([binary, "review", "--no-traffic", "--format", "json", "--fail-on", "never", *more, *files], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if p.returncode not in (0, 1):
        return {"error": f"exit {p.returncode}: {p.stderr.decode(errors='replace')[-300:]}"}
    last = json.loads(p.stdout)["migrations"][-1]["statements"][-1]
    refusal = [f["message"] for f in last["findings"] if f["rule"] == "would-fail"]
    return {
        "sqlstate": (re.search(r"SQLSTATE (\w+)", refusal[0]) or [None, "?"])[1] if refusal else None,
        "message": refusal[0] if refusal else "",
        "locks": {(unquote(x["relation"]), x["mode"]) for x in last["locks"] if not x.get("created") and x.get("released", "commit") == "commit" and x.get("certain", True)
                  and visible(x["relation"]) and not (x["kind"] in ("i", "I") and x["mode"] in WEAK)},
        "maybe": {(unquote(x["relation"]), x["mode"]) for x in last["locks"]},
        "rewrites": {unquote(x) for x in last["rewrites"] if visible(x)},
        "scans": {unquote(x) for x in last["scans"] if visible(x)} - {unquote(x["relation"]) for x in last["locks"] if x.get("created")},
    }


def differences(truth, ours):
    """[text] of everything that differs."""
    if "error" in ours:
        return [ours["error"]]
    if "sqlstate" in truth or ours["sqlstate"]:
        if truth.get("sqlstate", "")[:2] in ("22", "23"):
            return []  # the rows decide
        return [] if truth.get("sqlstate") == ours["sqlstate"] else [f"server: {truth.get('error', 'ok')}; forecast: {ours['message'] or 'ok'}"]
    locks = {(name, mode) for name, kind, mode in truth["locks"] if not (kind in ("i", "I") and mode in WEAK)}
    found = []
    for what, t, o in (("lock", locks, ours["locks"]), ("rewrite", set(truth["rewrites"]), ours["rewrites"]), ("scan", set(truth["scans"]), ours["scans"])):
        found += [f"{what} missing: {x}" for x in sorted(t - o)] + [f"{what} too much: {x}" for x in sorted(o - t)]
    return found


def known(statement, difference):
    return next((why for s, d, why in KNOWN if re.search(s, statement) and re.search(d, difference)), None)


class Round:
    BUILD, TARGET, WORLD, PREPARE = BUILD, TARGET, World, ["CREATE SCHEMA s1", "CREATE SCHEMA s2"]

    def __init__(self, server, binary, seed, folder):
        self.server, self.binary, self.seed, self.folder = server, binary, seed, folder
        self.world = self.WORLD(random.Random(seed), server.major)
        self.history = list(self.PREPARE)

    def differences(self, statement, truth, ours):
        return differences(truth, ours)

    def write(self, name, statements):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as f:
            f.writelines(s + ";\n" for s in statements)
        return path

    def build(self, connection, n):
        import psycopg2
        with connection.cursor() as c:
            for s in self.history:
                c.execute(s)
            for _ in range(n):
                self.world.look(c)
                s = self.world.r.choice(self.BUILD)(self.world)
                if s:
                    try:
                        c.execute(s)
                        self.history.append(s)
                    except psycopg2.Error:
                        pass
            self.world.look(c)

    def target(self, connection):
        s = None
        while not s:
            s = self.world.r.choice(self.TARGET)(self.world)
        truth = record.measure(connection, s)
        target = self.write("target.sql", ["BEGIN", s])
        self.report(s, "offline", truth, forecast(self.binary, [self.write("history.sql", self.history), target], ["--server-version", str(self.server.major)]))
        self.report(s, "live", truth, forecast(self.binary, [target], ["-d", self.server.dsn("random")]))

    def report(self, statement, how, truth, ours):
        found = self.differences(statement, truth, ours)
        whys = [known(statement, d) for d in found]
        for d, why in zip(found, whys):
            if why:
                print(f"known ({why}): {how} {self.server.major} {statement}: {d}")
        new = [d for d, why in zip(found, whys) if not why]
        check(not new, f"seed {self.seed} PostgreSQL {self.server.major} {how}: {statement}\n    " + "\n    ".join(new))

    def run(self, deadline):
        self.server.psql("DROP DATABASE IF EXISTS random")
        self.server.psql("CREATE DATABASE random")
        c = self.server.connect("random")
        try:
            self.build(c, 30)
            for _ in range(20):
                if time.monotonic() > deadline:
                    break
                self.target(c)
        finally:
            c.close()


def main(kind=Round, default_seconds="60"):
    a = arguments()
    seconds = float(os.environ.get("LOCKCAST_RANDOM_SECONDS", default_seconds))
    seed = int(os.environ.get("LOCKCAST_RANDOM_SEED", "1"))
    rounds = int(os.environ.get("LOCKCAST_RANDOM_ROUNDS", "1000000"))
    versions = a.versions or [int(v) for v in os.environ.get("LOCKCAST_RANDOM_VERSIONS", "15,18").split(",")]
    with tempfile.TemporaryDirectory() as folder:
        for major in versions:
            with Server(major, embedded=True) as server:
                deadline = time.monotonic() + seconds / len(versions)
                for i in range(rounds):
                    if time.monotonic() > deadline:
                        break
                    kind(server, a.bin, seed + i, folder).run(deadline)
    finish()


if __name__ == "__main__":
    main()

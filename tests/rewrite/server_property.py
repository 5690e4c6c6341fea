"""Random tables and random hazardous migrations: original and rewrite end equal, whole and interrupted; concurrent writes are not lost.

--seed N --cases N --seconds N; the seed of a failed case is printed, so that it can be run alone (--seed S --cases 1).
"""
import os
import random
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.path.insert(0, HERE)
from pgserver import Server, arguments, check, finish  # noqa: E402
import server_cases  # noqa: E402

ROWS = 9000
# type, an expression over g that fills it, types it can become (with USING or without), values that a writer writes
TYPES = [
    ("int", "g % 1000", [("bigint", None), ("numeric(12,2)", None), ("text", None), ("text", "'v' || {c}")], "{n}"),
    ("smallint", "g % 100", [("int", None), ("bigint", "{c} * 10")], "{n} % 100"),
    ("numeric(10,3)", "g / 3.0", [("numeric(8,1)", None), ("float8", None), ("int", None)], "{n}"),
    ("text", "md5(g::text)", [("varchar(60)", None), ("char(40)", None), ("bytea", "convert_to({c}, 'UTF8')")], "'w' || {n}"),
    ("varchar(40)", "'x' || g", [("varchar(20)", None), ("text", "upper({c})")], "'w' || {n}"),
    ("timestamp", "timestamp '2026-01-01' + g * interval '1 min'", [("timestamptz", None), ("date", None), ("timestamp(0)", None)], "timestamp '2026-01-01' + {n} * interval '1 s'"),
    ("date", "date '2026-01-01' + g % 300", [("timestamp", None), ("text", "to_char({c}, 'YYYY')")], "date '2026-01-01' + {n} % 300"),
    ("boolean", "g % 2 = 0", [("int", "{c}::int"), ("text", None)], "{n} % 2 = 0"),
    ("uuid", "md5(g::text)::uuid", [("text", None)], "md5('{n}')::uuid"),
    ("jsonb", "jsonb_build_object('g', g)", [("text", None), ("json", None)], "jsonb_build_object('w', {n})"),
    ("int[]", "ARRAY[g, g % 3]", [("bigint[]", None), ("text", "array_to_string({c}, ',')")], "ARRAY[{n}]"),
]
NAMES = ['a', 'b', '"Mixed Case"', '"select"', '"we""ird"', '"ünï"', 'value_', '"a.b"', 'n', 't', 'step', 'rows', '"new"', '"' + "x" * 63 + '"']


class Table:
    def __init__(self, r):
        self.r = r
        self.name = r.choice(["t", '"T t"', '"Odd Schema"."the ""t"""', "s2.tab", '"' + "y" * 63 + '"'])
        names = r.sample(NAMES, r.randint(3, 6))
        self.cols = [(n, *r.choice(TYPES)) for n in names]
        self.key = r.choice(["pk", "pk", "composite", "unique", "none"])
        self.extra, self.n = [], 0
        self.not_null, self.used = set(), set()

    def column(self, *kinds):
        free = [c for c in self.cols if c[0] not in self.used and (not kinds or c[1] in kinds)]
        return self.r.choice(free) if free else None

    def setup(self):
        r = self.r
        out = ['CREATE SCHEMA "Odd Schema"', "CREATE SCHEMA s2"]
        cols = ["id int NOT NULL", "id2 int NOT NULL", "touched int NOT NULL DEFAULT 0"]
        for n, t, *_ in self.cols:
            nn = r.random() < 0.4
            self.not_null |= {n} if nn else set()
            cols.append(f"{n} {t}{' NOT NULL' if nn else ''}")
        cols += {"pk": ["PRIMARY KEY (id)"], "composite": ["PRIMARY KEY (id2, id)"], "unique": ["UNIQUE (id)"], "none": []}[self.key]
        part = self.key in ("composite", "none") and r.random() < 0.3
        self.part = part
        out.append(f"CREATE TABLE {self.name} ({', '.join(cols)})" + (" PARTITION BY RANGE (id2)" if part else ""))
        if part:
            out += [f"CREATE TABLE p{i} PARTITION OF {self.name} FOR VALUES FROM ({i * 10}) TO ({i * 10 + 10})" for i in range(3)]
        values = [f"CASE WHEN g % 9 = 0 THEN NULL ELSE {fill} END" if n not in self.not_null else fill for n, t, fill, *_ in self.cols]
        out.append(f"INSERT INTO {self.name} (id, id2, {', '.join(c[0] for c in self.cols)}) SELECT g, g % 30, {', '.join(values)} FROM generate_series(1, {ROWS}) g")
        for c in self.cols:
            if c[1] not in ("json",) and r.random() < 0.4:
                out.append(f"CREATE INDEX ON {self.name} ({c[0]}, id)" if r.random() < 0.6 or c[1] in ("jsonb",) else f"CREATE INDEX ON {self.name} (id2, {c[0]} DESC) WHERE {c[0]} IS NOT NULL")
            if r.random() < 0.3:
                out.append(f"ALTER TABLE {self.name} ADD CHECK ({c[0]} IS NOT NULL OR id > 0)")
        if self.key in ("pk", "unique") and r.random() < 0.5:
            out.append(f"CREATE TABLE child (id int PRIMARY KEY, ref int REFERENCES {self.name} (id))")
            out.append("INSERT INTO child SELECT g, g FROM generate_series(1, 3000) g")
        out.append("CREATE TABLE other (id int PRIMARY KEY, v text)")
        out.append(f"INSERT INTO other SELECT g, 'o' || g FROM generate_series(0, {ROWS}) g")
        return ";\n".join(out)

    def statement(self):
        r, t = self.r, self.name
        self.n += 1
        kind = r.choice(["index", "unique", "not null", "check", "fk", "type", "type", "type", "add", "add", "update", "update", "delete", "insert"])
        c = self.column()
        if kind == "index":
            return f"CREATE INDEX {r.choice(['', 'ix%d ' % self.n])}ON {t} ({c[0] if c and c[1] != 'json' else 'id'}, id2)"
        if kind == "unique":
            return f"ALTER TABLE {t} ADD {r.choice(['', 'CONSTRAINT un%d ' % self.n])}UNIQUE (id, id2)"
        if kind == "not null" and not self.part:
            return f"ALTER TABLE {t} ADD CONSTRAINT ck{self.n} CHECK (touched >= 0), ALTER COLUMN touched SET DEFAULT 0"
        if kind == "check" and c:
            return f"ALTER TABLE {t} ADD {r.choice(['', 'CONSTRAINT ch%d ' % self.n])}CHECK ({c[0]} IS NULL OR id > 0)"
        if kind == "fk":
            return f"ALTER TABLE {t} ADD {r.choice(['', 'CONSTRAINT fk%d ' % self.n])}FOREIGN KEY (id2) REFERENCES other (id)"
        if kind == "type" and c and not self.part:
            self.used.add(c[0])
            to, using = r.choice(c[3])
            return f"ALTER TABLE {t} ALTER COLUMN {c[0]} TYPE {to}" + (f" USING {using.format(c=c[0])}" if using else f" USING {c[0]}::{to}" if (c[1], to) in (("jsonb", "text"), ("jsonb", "json"), ("boolean", "text"), ("uuid", "text"), ("timestamp", "date")) else "")
        if kind == "type" and not self.part:
            return f"ALTER TABLE {t} ALTER COLUMN id TYPE bigint"
        if kind == "add":
            return f"ALTER TABLE {t} ADD COLUMN add{self.n} " + r.choice(["timestamptz NOT NULL DEFAULT clock_timestamp()", "int DEFAULT (random() * 0)::int CHECK (add%d < 5)" % self.n,
                                                                         "int NOT NULL DEFAULT 5 REFERENCES other (id)", "text", "bigserial", "uuid DEFAULT gen_random_uuid()"])
        if kind == "update":
            return f"UPDATE {t} SET touched = touched + {self.n} WHERE id % {r.randint(1, 4)} = 0"
        if kind == "delete" and "child" not in self.extra:
            return f"DELETE FROM {t} WHERE id % 5 = {r.randint(0, 4)} AND id > 3000"
        return f"INSERT INTO other SELECT id + {100000 * self.n}, 'n' FROM {t} WHERE id2 < 15"


def make_case(seed):
    r = random.Random(seed)
    t = Table(r)
    setup = t.setup()
    stmts = [t.statement() for _ in range(r.randint(1, 3))]
    text = ";\n".join(stmts) + ";\n"
    if r.random() < 0.4:
        text = "BEGIN;\n" + text + "COMMIT;\n"
    ignored = [f"add{i}" for i in range(1, 5)]
    return {"name": f"seed {seed}", "setup": setup, "migration": text, "ignore": ignored, "kill": r.uniform(0.1, 0.9)}


class Writer(threading.Thread):
    """Writes while the rewrite runs, and remembers what it wrote."""

    def __init__(self, server, db):
        super().__init__(daemon=True)
        self.conn, self.stop, self.wrote, self.errors, self.inserted = server.connect(db), False, {}, set(), 0

    def late_delete(self, k):
        c = self.conn.cursor()
        c.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        c.execute("SELECT count(*) FROM w WHERE id = %s", (k,))
        time.sleep(0.1)
        try:
            c.execute("DELETE FROM w WHERE id = %s", (k,))
            c.execute("COMMIT")
            self.wrote[k] = None
        except Exception as e:  # noqa: BLE001
            c.execute("ROLLBACK")
            if getattr(e, "pgcode", "") != "40001":
                raise

    def run(self):
        c, r, n = self.conn.cursor(), random.Random(1), 0
        while not self.stop:
            n += 1
            k = r.randint(1, ROWS)
            try:
                if n % 35 == 0:  # a snapshot from before the batches at hand
                    self.late_delete(k)
                    continue
                if n % 7 == 0:
                    c.execute("DELETE FROM w WHERE id = %s", (k,))
                    self.wrote[k] = None
                elif n % 3:
                    c.execute("UPDATE w SET v = %s, touched = touched + 1 WHERE id = %s", (n, k))
                    self.wrote[k] = n if c.rowcount else None
                else:
                    c.execute("INSERT INTO w (id, v) VALUES (%s, %s)", (ROWS + n, n))
                    self.wrote[ROWS + n] = n
                    self.inserted += 1
            except Exception as e:  # noqa: BLE001: what it is counts as a failure
                self.errors.add(str(e).split("\n")[0])
            time.sleep(0.001)


def writes_survive(server, binary, migration):
    server.rows("DROP DATABASE IF EXISTS w")
    server.rows("CREATE DATABASE w")
    server.psql(f"CREATE TABLE w (id int PRIMARY KEY, v int, touched int NOT NULL DEFAULT 0); INSERT INTO w SELECT g, g FROM generate_series(1, {ROWS}) g; CREATE INDEX ON w (v); ANALYZE", db="w")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "m.sql")
        open(path, "w").write(migration)
        status, told, err = server_cases.rewrite(binary, server, "w", path, os.path.join(folder, "out"))
        if status or "rewritten" not in told:
            return f"not rewritten: {told}{err}"
        w = Writer(server, "w")
        w.start()
        status, err = server_cases.run_psql(server, "w", os.path.join(folder, "out", "m.sql"))
        w.stop = True
        w.join()
    if status:
        return err
    rows = dict(server.rows("SELECT id::int, v::text::float FROM w", db="w"))
    lost = [k for k, v in w.wrote.items() if rows.get(k) != v]
    return f"{len(lost)} of {len(w.wrote)} writes are lost {sorted(w.errors)}" if lost or w.errors else ""


def main():
    args = arguments(seed=1, cases=200, seconds=90)
    end, done = time.time() + args.seconds, 0
    for major in args.versions or [15]:
        with Server(major, settings={"fsync": "off", "autovacuum": "off"}) as server:
            for m in ("ALTER TABLE w ALTER COLUMN v TYPE numeric(20,2);", "ALTER TABLE w ALTER COLUMN id TYPE bigint; ALTER TABLE w ALTER COLUMN v SET NOT NULL;",
                      "UPDATE w SET touched = touched + 1; CREATE INDEX ON w (touched); ALTER TABLE w ADD COLUMN r float8 NOT NULL DEFAULT random();",
                      "ALTER TABLE w ADD COLUMN g bigint GENERATED ALWAYS AS (v * 2) STORED;", "ALTER TABLE w ADD CONSTRAINT x EXCLUDE USING btree (id WITH =);"):
                bad = writes_survive(server, args.bin, m)
                check(not bad, f"{major}: {m}: {bad}")
            for seed in range(args.seed, args.seed + args.cases):
                if time.time() > end:
                    break
                case = make_case(seed)
                with tempfile.TemporaryDirectory() as folder:
                    bad = server_cases.run_case(server, args.bin, case, folder, base="")
                if bad.startswith("the original fails"):
                    continue
                done += 1
                check(not bad, f"{major}: {case['name']}: {bad}\n{case['setup']}\n{case['migration']}"[:3000])
    print(f"{done} random migrations")
    finish()


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""Holds forecast WAL, disk and temporary space against real ones and writes the result, by class of statement, into docs/validation.md.

  wal.py --bin LOCKCAST [--set own|other] [--servers 13,15,18,15:minimal,15:late,...] [--only TEXT] [--rows N] [--keep FILE] [--output docs/validation.md]

own: the statements that the model was made on; other (wal_cases.py): those that it was not. A server is a major and, after a colon, a mode: minimal
(wal_level), no-fpw (full_page_writes off), compressed (wal_compression on), lz4, zstd, late (no checkpoint between the load and the statement). --keep: results go into FILE line by line, and
what is there is not measured again, so that a long run can be done in parts.

WAL is what pg_current_wal_insert_lsn() moves by; disk is what all user relations with TOAST, indexes, maps grow by; temporary space is temporary
files plus the new storage of relations that are replaced. A checkpoint comes before the forecast and another before the statement, so that the first
change of every page puts its image into WAL where full_page_writes is on (but for the mode `late`). None of it depends on time: run it on any machine, however busy.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from pgserver import Server  # noqa: E402
from validation import PAGE, write_part  # noqa: E402
import wal_cases  # noqa: E402

BASE = {"shared_buffers": "'128MB'", "maintenance_work_mem": "'64MB'", "max_wal_size": "'8GB'", "checkpoint_timeout": "'30min'", "fsync": "off",
        "autovacuum": "off", "full_page_writes": "on", "wal_level": "replica", "wal_compression": "off", "log_temp_files": "0",
        "synchronous_commit": "on"}  # else hints of a commit that is not durable yet are set later
MODES = {"replica": {}, "minimal": {"wal_level": "minimal", "max_wal_senders": "0"}, "no-fpw": {"full_page_writes": "off"},
         "compressed": {"wal_compression": "on"}, "lz4": {"wal_compression": "lz4"}, "zstd": {"wal_compression": "zstd"}, "late": {}}
SMALL = 64 * 1024  # smaller figures are left out of the summary: catalogue changes
T = ["CREATE TABLE t (id bigint, a int, b text, c numeric(12,2), d timestamptz, e uuid, f int)",
     "INSERT INTO t SELECT g, ((g::bigint*7919)%1000003)::int, md5(g::text), (g%100000)/7.0, '2020-01-01'::timestamptz + g*interval '1 s', "
     "md5(g::text)::uuid, g%50 FROM generate_series(1,{n}) g", "VACUUM ANALYZE t"]
PK = T[:2] + ["ALTER TABLE t ADD PRIMARY KEY (id)", "VACUUM ANALYZE t"]
IX2 = PK[:3] + ["CREATE INDEX t_a ON t (a)", "VACUUM ANALYZE t"]
IX3 = PK[:3] + ["CREATE INDEX t_a ON t (a)", "CREATE INDEX t_e ON t (e)", "VACUUM ANALYZE t"]
W = ["CREATE TABLE w (id bigint PRIMARY KEY, g int[], p point, j jsonb, s tsvector, x text)",
     "INSERT INTO w SELECT i, ARRAY[i%1000, i%77, i%13], point(random()*1000, random()*1000), jsonb_build_object('k', i%1000, 'v', md5(i::text)), "
     "to_tsvector('simple', 'word' || i%5000 || ' more' || i%100), repeat(md5(i::text), 8) FROM generate_series(1,{m}) i", "VACUUM ANALYZE w"]
TOAST = ["CREATE TABLE z (id bigint, x text)", "ALTER TABLE z ALTER x SET STORAGE EXTERNAL",
         "INSERT INTO z SELECT i, repeat(md5(i::text), 200) FROM generate_series(1,{k}) i", "VACUUM ANALYZE z"]
CASES = [
    ("btree int", T, "CREATE INDEX ON t (a)"), ("btree bigint, in order", T, "CREATE INDEX ON t (id)"), ("btree text", T, "CREATE INDEX ON t (b)"),
    ("btree uuid", T, "CREATE INDEX ON t (e)"), ("btree numeric", T, "CREATE INDEX ON t (c)"), ("btree few values", T, "CREATE INDEX ON t (f)"),
    ("btree two columns", T, "CREATE INDEX ON t (f, d)"), ("btree fillfactor 70", T, "CREATE INDEX ON t (a) WITH (fillfactor = 70)"),
    ("btree expression", T, "CREATE INDEX ON t (upper(b))"), ("btree partial", T, "CREATE INDEX ON t (a) WHERE f < 10"),
    ("btree INCLUDE", T, "CREATE INDEX ON t (a) INCLUDE (c)"), ("unique", T, "CREATE UNIQUE INDEX ON t (id)"),
    ("primary key", T, "ALTER TABLE t ADD PRIMARY KEY (id)"), ("concurrently", T, "CREATE INDEX CONCURRENTLY ON t (a)"),
    ("hash int", T, "CREATE INDEX ON t USING hash (a)"), ("hash text", T, "CREATE INDEX ON t USING hash (b)"),
    ("brin", T, "CREATE INDEX ON t USING brin (d)"), ("gin int[]", W, "CREATE INDEX ON w USING gin (g)"),
    ("gin jsonb", W, "CREATE INDEX ON w USING gin (j)"), ("gin jsonb_path_ops", W, "CREATE INDEX ON w USING gin (j jsonb_path_ops)"),
    ("gin tsvector", W, "CREATE INDEX ON w USING gin (s)"), ("gist point", W, "CREATE INDEX ON w USING gist (p)"),
    ("spgist point", W, "CREATE INDEX ON w USING spgist (p)"), ("reindex table", IX3, "REINDEX TABLE t"), ("reindex index", IX3, "REINDEX INDEX t_e"),
    ("int to bigint", T, "ALTER TABLE t ALTER a TYPE bigint"), ("int to bigint, 3 indexes", IX3, "ALTER TABLE t ALTER a TYPE bigint"),
    ("timestamptz to date", T, "ALTER TABLE t ALTER d TYPE date"), ("numeric to text", T, "ALTER TABLE t ALTER c TYPE text USING c::text"),
    ("volatile default", T, "ALTER TABLE t ADD COLUMN n uuid DEFAULT gen_random_uuid()" ), ("identity column", T, "ALTER TABLE t ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY"),
    ("generated column", T, "ALTER TABLE t ADD COLUMN n bigint GENERATED ALWAYS AS (a * 2) STORED"),
    ("rewrite, wide rows", W, "ALTER TABLE w ALTER id TYPE numeric"), ("rewrite, TOAST", TOAST, "ALTER TABLE z ALTER id TYPE int"),
    ("rewrite, bloated", T + ["DELETE FROM t WHERE id % 2 = 0", "ANALYZE t"], "ALTER TABLE t ALTER a TYPE bigint"),
    ("CLUSTER", IX3, "CLUSTER t USING t_e"), ("VACUUM FULL", IX3, "VACUUM FULL t"), ("VACUUM FULL, TOAST", TOAST, "VACUUM FULL z"),
    ("VACUUM FULL, bloated", IX2 + ["DELETE FROM t WHERE id % 2 = 0", "ANALYZE t"], "VACUUM FULL t"),
    ("CTAS", T, "CREATE TABLE u AS SELECT * FROM t"), ("CTAS, fewer columns", T, "CREATE TABLE u AS SELECT id, b FROM t"),
    ("refresh", T + ["CREATE MATERIALIZED VIEW v AS SELECT id, a, b FROM t", "CREATE INDEX ON v (id)", "ANALYZE v"], "REFRESH MATERIALIZED VIEW v"),
    ("insert select", T + ["CREATE TABLE u (LIKE t)"], "INSERT INTO u SELECT * FROM t"),
    ("insert select, 2 indexes", IX2 + ["CREATE TABLE u (LIKE t INCLUDING INDEXES)"], "INSERT INTO u SELECT * FROM t"),
    ("insert into a full table", IX2, "INSERT INTO t SELECT id + 10000000, a, b, c, d, e, f FROM t WHERE f < 25"),
    ("update all, no index", T, "UPDATE t SET f = f + 1"), ("update all, pk", PK, "UPDATE t SET f = f + 1"),
    ("update all, 3 indexes", IX3, "UPDATE t SET f = f + 1"), ("update all, indexed column", IX2, "UPDATE t SET a = a + 1"),
    ("update 10 %, 3 indexes", IX3, "UPDATE t SET f = f + 1 WHERE id <= {n} / 10"), ("update 2 % scattered", PK, "UPDATE t SET f = f + 1 WHERE f = 7"),
    ("update HOT, fillfactor 50", ["CREATE TABLE t (id bigint, a int, b text, c numeric(12,2), d timestamptz, e uuid, f int) WITH (fillfactor=50)"] + PK[1:],
     "UPDATE t SET f = f + 1"),
    ("update to a longer text", PK, "UPDATE t SET b = b || b"), ("delete all", PK, "DELETE FROM t"), ("delete 20 %", IX3, "DELETE FROM t WHERE id <= {n} / 5"),
    ("delete scattered", T, "DELETE FROM t WHERE f = 7"), ("delete, TOAST", TOAST, "DELETE FROM z"),
    ("validate", T + ["ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID"], "ALTER TABLE t VALIDATE CONSTRAINT k"),
    ("validate, hints not set", T[:2] + ["ANALYZE t", "ALTER TABLE t ADD CONSTRAINT k CHECK (a >= 0) NOT VALID"], "ALTER TABLE t VALIDATE CONSTRAINT k"),
    ("set not null", T, "ALTER TABLE t ALTER a SET NOT NULL"), ("drop table", IX3, "DROP TABLE t"), ("truncate", IX3, "TRUNCATE t"),
]
CASES_OF = {"own": CASES, "other": wal_cases.CASES}
CLASSES = [("index build", ("CREATE INDEX", "CREATE UNIQUE", "REINDEX", "ALTER TABLE t ADD PRIMARY", "ALTER TABLE docs ADD EXCLUDE")), ("table rewrite", ("CLUSTER", "VACUUM FULL", "ALTER TABLE")),
           ("new table", ("CREATE TABLE", "REFRESH")), ("update", ("UPDATE",)), ("delete", ("DELETE",)), ("insert", ("INSERT",)), ("other", ("",))]
SIZES = ("SELECT c.oid, pg_relation_filenode(c.oid), coalesce((SELECT sum(pg_relation_size(c.oid, f)) FROM unnest('{main,fsm,vm}'::text[]) f), 0)::bigint FROM pg_class c "
         "WHERE c.oid >= 16384 AND relkind IN ('r', 'm', 'i', 't')")


def forecast(binary, dsn, sql):
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as f:
        f.write(sql + ";\n")
        f.flush()
        p = subprocess.run([binary, "review", "-d", dsn, "--format", "json", "--fail-on", "never", "--sample", "0", "--replications", "2", "--no-rewrite", "-q", f.name],
                           stdout=subprocess.PIPE, check=True)
    s = json.loads(p.stdout)["migrations"][0]["statements"][0]
    return {"wal": s["wal_bytes"], "disk": s["disk_bytes"], "temp": s["temp_bytes"]}


def run_case(server, binary, setup, sql, n, late):
    size = {"n": n, "m": n // 5, "k": n // 100}
    text = lambda s: s.replace("{n}", str(size["n"])).replace("{m}", str(size["m"])).replace("{k}", str(size["k"]))  # noqa: E731
    admin = server.connect()
    admin.cursor().execute("CREATE DATABASE run")
    c = server.connect(db="run")
    cur = c.cursor()
    for s in setup:
        cur.execute(text(s))
    c.close()
    time.sleep(0.1 if server.major >= 15 else 1)  # until its counters have arrived
    c = server.connect(db="run")
    cur = c.cursor()
    if not late:
        cur.execute("CHECKPOINT")
    out = forecast(binary, server.dsn(db="run"), text(sql))
    if not late:
        cur.execute("CHECKPOINT")  # the forecast's own reads have set hints in the catalogue, with images of those pages where there are checksums
    cur.execute(SIZES)
    before = {r[0]: r[1:] for r in cur.fetchall()}
    log = os.path.getsize(server.log)
    cur.execute("SELECT pg_current_wal_insert_lsn()")
    lsn = cur.fetchone()[0]
    cur.execute(text(sql))
    cur.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), %s)::bigint", (lsn,))
    real = {"wal": cur.fetchone()[0], "before": sum(r[1] for r in before.values())}
    cur.execute(SIZES)
    after = {r[0]: r[1:] for r in cur.fetchall()}
    real["disk"] = sum(r[1] for r in after.values()) - sum(r[1] for r in before.values())
    replaced = sum(r[1] for oid, r in after.items() if oid in before and before[oid][0] != r[0])
    replaced += sum(r[1] for oid, r in after.items() if oid not in before) if any(before[o][0] != r[0] for o, r in after.items() if o in before) else 0
    with open(server.log, errors="replace") as f:
        f.seek(log)
        sorts = {}  # the files of one sort are there together
        for name, n in re.findall(r"temporary file: .*pgsql_tmp(\d+\.\d+).*size (\d+)", f.read()):
            sorts[name] = sorts.get(name, 0) + int(n)
        real["temp"] = max(sorts.values(), default=0) + replaced
    c.close()
    admin.cursor().execute("DROP DATABASE run")
    admin.close()
    return out, real


def factor(a, b):
    a, b = a + SMALL / 4, b + SMALL / 4
    return max(a / b, b / a) if a > 0 and b > 0 else 99.0


def disk_factor(r):
    """Of the growth where the statement grows something; of what lies beside the old storage at the peak where it replaces it."""
    real, f = r["real"], r["f"]
    if real["disk"] > 0.05 * real["before"]:
        return factor(f["disk"], real["disk"])
    if real["temp"] > 0.05 * real["before"]:
        return factor(f["temp"], real["temp"])
    return None


def class_of(sql):
    return next(name for name, starts in CLASSES if any(sql.startswith(s) for s in starts)) if "VALIDATE" not in sql and "NOT NULL" not in sql else "other"


def mb(n):
    return f"{n / 1e6:.2f}"


def figures(rows):
    wal = sorted(factor(r["f"]["wal"]["p50"], r["real"]["wal"]) for r in rows)
    disk = sorted(disk_factor(r) for r in rows if disk_factor(r)) or [1.0]
    return (f"{len(rows)} | {statistics.median(wal):.2f} | {wal[int(len(wal) * 0.9) if len(wal) > 1 else 0]:.2f} | {100 * sum(w <= 1.15 for w in wal) / len(wal):.0f} % | "
            f"{100 * sum(inside(r) for r in rows) / len(rows):.0f} % | {statistics.median(disk):.2f} | {100 * sum(d <= 1.15 for d in disk) / len(disk):.0f} %")


def inside(r):
    q = r["f"]["wal"]
    return q["p10"] <= r["real"]["wal"] + SMALL and r["real"]["wal"] - SMALL <= q["p90"]


def report(rows, a):
    lines = [f"<!-- wal-{a.set}: written by tests/validation/wal.py -->", "", f"{a.rows} rows; a checkpoint before each statement, but for `late`. A factor of 1.15 is 15 % off; "
             f"{SMALL // 4096} kB are added to both sides of each. Inside of p10..p90 is also what is outside by less than {SMALL // 1024} kB.", ""]
    heads = "statements | WAL: median factor | 90th percentile | within 15 % | inside p10..p90 | disk: median factor | within 15 % |"
    lines += [f"| server | {heads}", "| --- " * 8 + "|"]
    for server in dict.fromkeys(r["server"] for r in rows):
        lines.append(f"| {server} | {figures([r for r in rows if r['server'] == server])} |")
    lines += ["", f"| class | {heads}", "| --- " * 8 + "|"]
    for name, _ in CLASSES:
        of = [r for r in rows if r["class"] == name]
        if of:
            lines.append(f"| {name} | {figures(of)} |")
    lines += [f"| **all** | {figures(rows)} |", "", "| statement | server | WAL MB | forecast | factor | disk MB | forecast | at the peak MB | forecast |",
              "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for r in sorted(rows, key=lambda r: CASES_OF[a.set].index(r["case"])):
        q, f = r["f"]["wal"], factor(r["f"]["wal"]["p50"], r["real"]["wal"])
        if f > 1.15 or (disk_factor(r) or 1) > 1.15 or not inside(r):
            lines.append(f"| {r['case'][0]} | {r['server']} | {mb(r['real']['wal'])} | {mb(q['p50'])} ({mb(q['p10'])} .. {mb(q['p90'])}) | {f:.2f} | "
                         f"{mb(r['real']['disk'])} | {mb(r['f']['disk'])} | {mb(r['real']['temp'])} | {mb(r['f']['temp'])} |")
    return lines + ["", "The last table has only what is off by more than 15 % or outside of its interval.", "", f"<!-- end of wal-{a.set} -->"]


def server_of(text):
    major, _, mode = text.partition(":")
    return int(major), mode or "replica"


def kept(a):
    """What --keep's file has: (server, name) -> forecast and real figures."""
    if not a.keep or not os.path.exists(a.keep):
        return {}
    with open(a.keep) as f:
        return {(r["server"], r["name"]): (r["f"], r["real"]) for r in map(json.loads, f)}


def run_server(a, server):
    major, mode = server_of(server)
    known, cases = kept(a), [c for c in CASES_OF[a.set] if re.search(a.only, c[0])]
    for case in (c for c in cases if (server, c[0]) in known):
        f, real = known[server, case[0]]
        yield {"case": case, "class": class_of(case[2]), "server": server, "f": f, "real": real}
    cases = [c for c in cases if (server, c[0]) not in known]
    if not cases:
        return
    with Server(major, settings={**BASE, **MODES[mode]}, port=a.port) as s:
        for case in cases:
            name, setup, sql = case
            f, real = run_case(s, a.bin, setup, sql, a.rows, mode == "late")
            r = {"case": case, "class": class_of(sql), "server": server, "f": f, "real": real}
            q = f["wal"]
            if a.keep:
                with open(a.keep, "a") as out:
                    out.write(json.dumps({"server": server, "name": name, "f": f, "real": real}) + "\n")
            print(f"{server:10s} {name:34s} WAL {mb(real['wal']):>8s} forecast {mb(q['p50']):>8s} [{mb(q['p10'])}..{mb(q['p90'])}] x{factor(q['p50'], real['wal']):.2f}"
                  f" {'  ' if inside(r) else 'OUT'} disk {mb(real['disk']):>8s} / {mb(f['disk']):>8s} "
                  f" peak {mb(real['temp']):>8s} / {mb(f['temp']):>8s} x{disk_factor(r) or 1:.2f}", flush=True)
            yield r


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--bin", required=True)
    ap.add_argument("--set", choices=CASES_OF, default="own")
    ap.add_argument("--servers", default="15")
    ap.add_argument("--only", default="", help="a regular expression on the names of the statements")
    ap.add_argument("--rows", type=int, default=200000)
    ap.add_argument("--port", type=int)
    ap.add_argument("--keep")
    ap.add_argument("--output")
    a = ap.parse_args()
    rows = [r for server in a.servers.split(",") for r in run_server(a, server)]
    print("\n".join(report(rows, a)))
    if a.output:
        write_part(a.output, "WAL and disk", report(rows, a))


if __name__ == "__main__":
    main()

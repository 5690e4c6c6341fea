#!/usr/bin/python3
"""Record what statements lock, rewrite and scan on real servers, as fixtures for test_fixtures.c.

    record.py [--versions 13,14,15,16,17,18] [--only NAME] [--show] cases/NAME.sql...

Writes fixtures/NAME.jsonl beside the cases: the common set-up, then one line per case and set of versions that agree.

A case file: SQL before the first case is run for every case; then

    -- case: add-column-default            (versions: 14-18, optional, after the name)
    SQL that sets this case up, committed  (may be empty)
    -- target:
    one statement

The statement runs in a transaction of its own on a fresh database. The truth, read in that transaction:
locks     what pg_locks shows for the backend after the statement and not before, on relations that existed before it,
          as [relation, relkind, mode]; no catalogues, no TOAST, nothing temporary
rewrites  relations that existed before and have another relfilenode now
scans     tables whose pg_stat_xact_all_tables.seq_scan grew
gone, new what the statement took from the catalogue and added to it, as lines of CATALOGUE ("col zoo.animal.weight integer")
A statement that fails is recorded with its SQLSTATE. Statements that cannot run in a transaction block are refused here.
"""
import argparse
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from pgserver import Server  # noqa: E402

VISIBLE = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
RELATIONS = f"""SELECT c.oid, n.nspname || '.' || c.relname, c.relkind::text, pg_relation_filenode(c.oid)
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {VISIBLE}"""
LOCKS = """SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
SCANS = "SELECT relid, seq_scan FROM pg_stat_xact_all_tables WHERE seq_scan > 0"
CATALOGUE = f"""
SELECT 'schema ' || n.nspname FROM pg_namespace n WHERE {VISIBLE}
UNION ALL SELECT 'rel ' || n.nspname || '.' || c.relname || ' ' || c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {VISIBLE}
UNION ALL SELECT 'col ' || n.nspname || '.' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
       || CASE WHEN a.atthasdef THEN ' default' ELSE '' END FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE {VISIBLE} AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'c', 'f')
UNION ALL SELECT 'index ' || n.nspname || '.' || c.relname || ' on ' || t.relname || CASE WHEN x.indisunique THEN ' unique' ELSE '' END || CASE WHEN x.indisvalid THEN '' ELSE ' invalid' END
       || CASE WHEN x.indisclustered THEN ' clustered' ELSE '' END || coalesce(' of ' || p.relname, '') FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_class t ON t.oid = x.indrelid LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent WHERE {VISIBLE}
UNION ALL SELECT 'constraint ' || n.nspname || '.' || coalesce(c.relname, t.typname) || ' ' || k.conname || ' ' || k.contype::text || CASE WHEN k.convalidated THEN '' ELSE ' not valid' END
       FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace LEFT JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_type t ON t.oid = k.contypid
       WHERE {VISIBLE} AND k.contype IN ('c', 'f', 'p', 'u', 'x')
UNION ALL SELECT 'trigger ' || n.nspname || '.' || c.relname || ' ' || g.tgname || ' ' || g.tgenabled::text FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {VISIBLE} AND NOT g.tgisinternal
UNION ALL SELECT 'type ' || n.nspname || '.' || t.typname || ' ' || t.typtype::text || coalesce((SELECT ' ' || string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum e
       WHERE e.enumtypid = t.oid), '') || CASE WHEN t.typnotnull THEN ' not null' ELSE '' END FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
       WHERE {VISIBLE} AND t.typtype IN ('e', 'd', 'r', 'm')
UNION ALL SELECT 'function ' || n.nspname || '.' || p.proname || ' ' || p.prokind::text || ' ' || p.provolatile::text || ' ' || p.pronargs FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE {VISIBLE}
UNION ALL SELECT 'sequence ' || n.nspname || '.' || s.relname || ' of ' || t.relname || '.' || a.attname FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
       JOIN pg_namespace n ON n.oid = s.relnamespace JOIN pg_class t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
       WHERE {VISIBLE} AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
UNION ALL SELECT 'rule ' || n.nspname || '.' || c.relname || ' ' || r.rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE {VISIBLE} AND r.rulename <> '_RETURN'
UNION ALL SELECT 'policy ' || n.nspname || '.' || c.relname || ' ' || p.polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {VISIBLE}
UNION ALL SELECT 'statistics ' || n.nspname || '.' || s.stxname FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE {VISIBLE}
UNION ALL SELECT 'member ' || p.pubname || ' ' || n.nspname || '.' || c.relname FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid JOIN pg_class c ON c.oid = r.prrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace"""
HEAD = re.compile(r"^-- case:\s*(\S+)\s*(?:\(?versions:\s*(\d+)?\s*(-)?\s*(\d+)?\)?)?", re.M)


def parse(text):
    """The common set-up of a case file, and [(name, set of versions, its own set-up, statement)]."""
    heads = list(HEAD.finditer(text))
    common = text[:heads[0].start()].strip() if heads else ""
    cases = []
    for i, h in enumerate(heads):
        body = text[h.end():heads[i + 1].start() if i + 1 < len(heads) else len(text)]
        setup, target, statement = body.partition("-- target:")
        if not target:
            raise SystemExit(f"case {h[1]} has no `-- target:`")
        low = int(h[2]) if h[2] else 13
        high = int(h[4]) if h[4] else (18 if h[3] or not h[2] else low)
        cases.append((h[1], set(range(low, high + 1)), setup.strip(), statement.strip().rstrip(";")))
    return common, cases


def fetch(cursor, sql):
    cursor.execute(sql)
    return cursor.fetchall()


def measure(connection, statement):
    """The truth of one statement, in a transaction that is rolled back."""
    import psycopg2
    connection.autocommit = False
    with connection.cursor() as c:
        before = {oid: (name, kind, node) for oid, name, kind, node in fetch(c, RELATIONS)}
        catalogue = {x for x, in fetch(c, CATALOGUE)}
        held, scanned = set(fetch(c, LOCKS)), dict(fetch(c, SCANS))
        try:
            c.execute(statement)
        except psycopg2.Error as e:
            connection.rollback()
            return {"sqlstate": e.pgcode, "error": str(e).split("\n")[0].replace("ERROR:  ", "")}
        locks = set(fetch(c, LOCKS)) - held
        scans = [r for r, n in fetch(c, SCANS) if r in before and n > scanned.get(r, 0)]
        after = {oid: node for oid, _, _, node in fetch(c, RELATIONS)}
        now = {x for x, in fetch(c, CATALOGUE)}
    connection.rollback()
    return {
        "locks": sorted([before[r][0], before[r][1], mode] for r, mode in locks if r in before),
        "rewrites": sorted(before[r][0] for r, node in after.items() if r in before and before[r][2] != node),
        "scans": sorted(before[r][0] for r in scans),
        "gone": sorted(catalogue - now), "new": sorted(now - catalogue),
    }


def run(server, setup, statement):
    """A case with a set-up of its own gets a copy of the common database; the others share it, since a measure is rolled back."""
    db = "common"
    if setup:
        db = "fixture"
        server.psql("DROP DATABASE IF EXISTS fixture")
        server.psql("CREATE DATABASE fixture TEMPLATE common")
        server.psql(setup, db=db)
    c = server.connect(db)
    try:
        return measure(c, statement)
    finally:
        c.close()


def record_file(server, cases, only):
    """{name: truth} of one case file on one server."""
    common, listed = cases
    server.psql("DROP DATABASE IF EXISTS common")
    server.psql("CREATE DATABASE common")
    server.psql(common, db="common")
    truth = {}
    for name, versions, setup, statement in listed:
        if server.major in versions and (not only or only in name):
            try:
                truth[name] = run(server, setup, statement)
            except RuntimeError as e:
                raise SystemExit(f"{name} on {server.major}: {e}")
    return truth


def record(files, versions, only, show):
    """{(path, name): {version: truth}}"""
    truth = {}
    for v in versions:
        with Server(v, embedded=True) as server:  # the same builds everywhere
            for path, cases in files:
                for name, t in record_file(server, cases, only).items():
                    truth.setdefault((path, name), {})[v] = t
                    if show:
                        print(v, name, json.dumps(t), flush=True)
    return truth


def write(path, cases, truth):
    common, listed = cases
    name = os.path.splitext(os.path.basename(path))[0]
    lines = [json.dumps({"common": common}) + "\n"]
    for case, _, setup, statement in listed:
        groups = {}
        for v, t in sorted(truth.get((path, case), {}).items()):
            groups.setdefault(json.dumps(t), []).append(v)
        for t, vs in groups.items():
            lines.append(json.dumps({"case": case, "versions": vs, "setup": setup, "statement": statement, **json.loads(t)}) + "\n")
    with open(os.path.join(HERE, "fixtures", name + ".jsonl"), "w", encoding="utf-8") as f:
        f.writelines(lines)
    print(f"fixtures/{name}.jsonl: {len(listed)} cases, {len(lines)} rows")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--versions", default="13,14,15,16,17,18")
    ap.add_argument("--only", help="show the cases whose name has this in it, write nothing")
    ap.add_argument("--show", action="store_true")
    ap.add_argument("files", nargs="+")
    a = ap.parse_args()
    files = [(p, parse(open(p, encoding="utf-8").read())) for p in a.files]
    truth = record(files, [int(v) for v in a.versions.split(",")], a.only, a.show or a.only)
    if not a.only:
        for path, cases in files:
            write(path, cases, truth)


if __name__ == "__main__":
    main()

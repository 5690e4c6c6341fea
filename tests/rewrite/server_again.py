"""Files that are run again, by roles that may not, and by frameworks. A file that has run to its end does nothing when it is run again; one that may not quiet triggers ends before it has changed anything."""
import os
import re
import subprocess
import sys
import tempfile

import psycopg2

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.path.insert(0, HERE)
from pgserver import Server, arguments, check, finish  # noqa: E402
import server_cases  # noqa: E402

SETUP = """CREATE TABLE t (id int PRIMARY KEY, n int);
INSERT INTO t SELECT g, 0 FROM generate_series(1, 9000) g; ANALYZE;"""
TRIGGER = """CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n := NEW.n + 1; RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();
CREATE ROLE plain LOGIN; ALTER TABLE t OWNER TO plain; GRANT CREATE ON SCHEMA public TO plain;"""


def written(server, binary, folder, sql, *options):
    path = os.path.join(folder, "m.sql")
    open(path, "w").write(sql)
    status, told, err = server_cases.rewrite(binary, server, "postgres", path, os.path.join(folder, "out"), *options)
    check(status == 0 and "rewritten" in told, f"not rewritten: {told}{err}")
    return os.path.join(folder, "out", "m.sql")


MIXED = ("ALTER TABLE u ALTER n TYPE bigint;\nCREATE INDEX u_w ON u (w);\nUPDATE u SET w = w || '!' WHERE n > 3;\nALTER TABLE u ALTER w SET NOT NULL;\n"
         "DELETE FROM u a USING u b WHERE a.n = b.n AND a.id > b.id;\n")
MAKE_U = "DROP TABLE IF EXISTS u; CREATE TABLE u (id int PRIMARY KEY, n int, w text); INSERT INTO u SELECT g, g % 1000, 'w' || g FROM generate_series(1, 9000) g; CREATE INDEX ON u (n); ANALYZE"
STATE = "SELECT count(*), sum(hashtextextended(row(id, n, w)::text, 0)::numeric), max(pg_typeof(n)::text), (SELECT string_agg(indexrelid::regclass::text, ',' ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indrelid = 'u'::regclass AND indisvalid), " \
        "(SELECT count(*) FROM pg_class WHERE relname LIKE 'lockcast%') FROM u"


def by_framework(server, binary, folder, name, text, statements_of):
    """Runs what is written for a framework as the framework does: each statement by itself, from the start again after an interruption."""
    out, path = os.path.join(folder, "out"), os.path.join(folder, name)
    open(path, "w").write(text)
    server.psql(MAKE_U)
    server.psql(MIXED)
    expected = server.rows(STATE)
    server.psql(MAKE_U)
    p = subprocess.run([binary, "rewrite", "-d", server.dsn(), path, "-o", out, "--target-hold", "1", "--format", "framework"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if not check(p.returncode == 0, f"{name}: {p.stderr.decode()}"):
        return
    statements = statements_of(open(os.path.join(out, name)).read())
    c = server.connect()
    cut = next(i for i, sql in enumerate(statements) if "CREATE INDEX CONCURRENTLY" in sql) + 1  # before the swap of the type change
    for part in (statements[:cut], statements):
        for sql in part:
            c.cursor().execute(sql)
    c.close()
    check(server.rows(STATE) == expected, f"{name}: {server.rows(STATE)} is not {expected}")


def detached(server, binary, folder, name, text, statements_of):
    """CONCURRENTLY, as a statement of its own: no block can run it."""
    out, path = os.path.join(folder, "out"), os.path.join(folder, name)
    open(path, "w").write(text)
    server.psql("DROP TABLE IF EXISTS days, days_1; CREATE TABLE days (d int) PARTITION BY LIST (d); CREATE TABLE days_1 PARTITION OF days FOR VALUES IN (1)")
    p = subprocess.run([binary, "rewrite", "-d", server.dsn(), path, "-o", out, "--format", "framework"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(p.returncode == 0 and b"detach-concurrently" in p.stdout, f"{name}: {p.stdout.decode()}{p.stderr.decode()}")
    c = server.connect()
    for sql in statements_of(open(os.path.join(out, name)).read()):
        c.cursor().execute(sql)
    c.close()
    left = server.rows("SELECT count(*) FROM pg_inherits WHERE inhrelid = 'days_1'::regclass UNION ALL SELECT count(*) FROM pg_constraint WHERE conrelid = 'days_1'::regclass "
                       "UNION ALL SELECT count(*) FROM pg_class WHERE relname LIKE 'lockcast%'")
    check([int(n) for (n,) in left] == [0, 0, 0], f"{name}: {left}")


def alone(server, folder, name, statements_of):
    """A transaction is refused, and a step waits for another run of the file."""
    statements = statements_of(open(os.path.join(folder, "out", name)).read())
    server.psql(MAKE_U)
    with server.connect() as c, server.connect() as other:
        key = re.search(r"pg_try_advisory_lock\((-?\d+, -?\d+)\)", "".join(statements)).group(1)
        for before in ("BEGIN", ""):
            try:
                if before:
                    c.cursor().execute(before)
                    c.cursor().execute("SELECT pg_sleep(0.01)")
                c.cursor().execute(statements[0] if before else "SELECT 1;" + statements[0])
                check(False, f"{name}: a transaction is not refused")
            except psycopg2.Error as e:
                check("transaction" in str(e), f"{name}: {e}")
            c.cursor().execute("ROLLBACK")
        for sql in statements[:2]:
            c.cursor().execute(sql)
        other.cursor().execute(f"SELECT pg_advisory_lock({key})")
        c.cursor().execute("SET statement_timeout = 700")
        try:
            c.cursor().execute(statements[2])
            check(False, f"{name}: a step does not wait for another run")
        except psycopg2.Error as e:
            check("timeout" in str(e), f"{name}: {e}")
        other.cursor().execute(f"SELECT pg_advisory_unlock({key})")
        c.cursor().execute("RESET statement_timeout")
        for sql in statements[2:]:
            c.cursor().execute(sql)
        check(not server.rows("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"), f"{name}: the lock is kept")


def goose_statements(text):
    check(text.startswith("-- +goose NO TRANSACTION\n-- +goose Up\n") and "-- +goose Down" in text, "goose: no markers")
    return re.findall(r"-- \+goose StatementBegin\n(.*?)\n-- \+goose StatementEnd", text.split("-- +goose Down")[0], re.S)


def flyway_statements(text):
    """Cut at semicolons outside of dollar quotes, as Flyway's parser does."""
    out, at = [], 0
    for m in re.finditer(r"(\$lockcast\d*\$).*?\1|;\n", text, re.S):
        if m.group(0) == ";\n":
            out.append(text[at:m.end()])
            at = m.end()
    return out


def main():
    args = arguments()
    for major in args.versions or [15]:
        with Server(major, settings={"fsync": "off", "autovacuum": "off"}) as server, tempfile.TemporaryDirectory() as folder:
            server.psql(SETUP)
            path = written(server, args.bin, folder, "UPDATE t SET n = n + 1;", "--history", "public.steps")
            for again in (1, 2):
                status, err = server_cases.run_psql(server, "postgres", path)
                check(status == 0, f"{major}: run {again}: {err}")
                rows = server.rows("SELECT min(n), max(n) FROM t")
                check([int(x) for x in rows[0]] == [1, 1], f"{major}: after run {again} the rows hold {rows}")
            check(len(server.rows("SELECT 1 FROM public.steps WHERE finished IS NOT NULL")) >= 2, f"{major}: no history")
            check("do not run it then" in open(written(server, args.bin, folder, "UPDATE t SET n = n + 1;")).read(), "the file does not warn")
            by_framework(server, args.bin, folder, "0001_x.sql", "-- +goose Up\n" + MIXED + "-- +goose Down\nSELECT 1;\n", goose_statements)
            by_framework(server, args.bin, folder, "V7__x.sql", MIXED, flyway_statements)
            alone(server, folder, "0001_x.sql", goose_statements)
            alone(server, folder, "V7__x.sql", flyway_statements)
            if major >= 14:
                detached(server, args.bin, folder, "0002_x.sql", "-- +goose Up\nALTER TABLE days DETACH PARTITION days_1;\n-- +goose Down\nSELECT 1;\n", goose_statements)
                detached(server, args.bin, folder, "V8__x.sql", "ALTER TABLE days DETACH PARTITION days_1;\n", flyway_statements)
            check(open(os.path.join(folder, "out", "V7__x.sql.conf")).read() == "executeInTransaction=false\n", "flyway: no settings")
            server.psql(TRIGGER)
            path = written(server, args.bin, folder, "ALTER TABLE t ALTER n TYPE bigint;")
            text = open(path).read()
            open(path, "w").write("SET ROLE plain;\n" + text)
            status, err = server_cases.run_psql(server, "postgres", path)
            left = server.rows("SELECT relname FROM pg_class WHERE relname LIKE 'lockcast%'")
            check(status != 0 and "session_replication_role" in err and not left, f"{major}: a plain role: {status} {err} {left}")
    finish()


if __name__ == "__main__":
    main()

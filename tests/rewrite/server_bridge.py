"""A rename with a bridge: both names can be read and written from the bridge file to the migration, which ends as the original does; copies of what goes.
"""
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.path.insert(0, HERE)
from pgserver import Server, arguments, check, finish  # noqa: E402
import compare  # noqa: E402
import server_cases  # noqa: E402

SETUP = """CREATE ROLE app; CREATE TABLE orders (id int PRIMARY KEY, "Qty;1" int NOT NULL DEFAULT 7, note text); GRANT SELECT, INSERT, UPDATE ON orders TO app;
INSERT INTO orders SELECT g, g FROM generate_series(1, 9000) g; CREATE TABLE lines (o int REFERENCES orders (id), n int); INSERT INTO lines VALUES (1, 1), (2, 2); CREATE INDEX ON orders (note); ANALYZE;"""
RENAMES = [
    ("ALTER TABLE orders RENAME TO purchases;", ["orders", "purchases"], "\"Qty;1\"", "\"Qty;1\"", "purchases", "\"Qty;1\""),
    ('ALTER TABLE orders RENAME COLUMN "Qty;1" TO amount; UPDATE orders SET amount = amount + 1 WHERE amount > 3;', ["orders"], "\"Qty;1\"", "amount", "orders", "amount"),
]


def rewritten(server, binary, folder, sql, *options):
    path = os.path.join(folder, "0001_m.sql")
    open(path, "w").write(sql)
    status, told, err = server_cases.rewrite(binary, server, "b", path, os.path.join(folder, "out"), *options)
    check(status == 0 and "rewritten" in told, f"not rewritten: {told}{err}")
    return path, os.path.join(folder, "out", "0001_m.sql")


def databases(server):
    for db in "ab":
        server.rows(f"DROP DATABASE IF EXISTS {db}")
        server.rows(f"CREATE DATABASE {db} TEMPLATE base")


def both_names(server, tables, columns):
    """As the application's role: each name is read, written and inserted by."""
    n = 20000
    for t in tables:
        for c in columns:
            n += 1
            server.psql(f"SET ROLE app; INSERT INTO {t} (id, {c}) VALUES ({n}, {n}) ON CONFLICT (id) DO NOTHING; UPDATE {t} SET {c} = 3 WHERE id = {n};\n"
                        f"DO $$ BEGIN ASSERT (SELECT {c} FROM {t} WHERE id = {n}) = 3; END $$", db="b")


def bridged(server, binary, folder, major, case):
    sql, tables, old, new, table, column = case
    databases(server)
    path, out = rewritten(server, binary, folder, sql, "--bridge")
    bridge = out.replace(".sql", ".bridge.sql")
    status, err = server_cases.run_psql(server, "b", bridge)
    if not check(status == 0, f"{major}: {sql}: the bridge: {err}"):
        return
    both_names(server, tables, [old, new])
    server.psql(f"DELETE FROM {tables[0] if len(tables) > 1 else 'orders'} WHERE id > 20000", db="b")
    status, err = server_cases.run_psql(server, "b", out)
    check(status == 0, f"{major}: {sql}: the file: {err}")
    server_cases.run_psql(server, "a", path)
    diff = compare.difference(compare.schema(server, "a"), compare.schema(server, "b"))
    check(not diff and compare.data(server, "a") == compare.data(server, "b"), f"{major}: {sql}: {diff or 'data differs'}")


def one_bridge(server, binary, folder, major):
    """A table that the file has used before has none: the view would be in the way of the file's own statements."""
    for sql in ("ALTER TABLE orders RENAME COLUMN note TO remark;\nALTER TABLE orders RENAME TO purchases;", "ALTER TABLE orders RENAME COLUMN note TO remark;\nALTER TABLE orders DROP COLUMN remark;"):
        databases(server)
        _, out = rewritten(server, binary, folder, sql, "--bridge")
        for path in (out.replace(".sql", ".bridge.sql"), out):
            status, err = server_cases.run_psql(server, "b", path)
            check(status == 0, f"{major}: {sql}: {path}: {err}")


def copies(server, binary, folder, major):
    """What goes is offered as a copy, and is copied where that is asked for."""
    for sql, rows in (("DELETE FROM orders AS o WHERE o.id % 3 = 0;", 3000), ("DROP TABLE lines, orders;", 9002), ("TRUNCATE orders, lines;", 9002), ("UPDATE orders SET note = 'x';", 9000)):
        databases(server)
        _, out = rewritten(server, binary, folder, sql)
        check("This keeps" in open(out).read(), f"{major}: {sql}: no copy is offered")
        _, out = rewritten(server, binary, folder, sql, "--backup")
        status, err = server_cases.run_psql(server, "b", out)
        kept = [t for (t,) in server.rows("SELECT relname FROM pg_class WHERE relname LIKE 'lockcast%kept'", db="b")]
        got = sum(server.rows(f"SELECT count(*) FROM {t}", db="b")[0][0] for t in kept)
        check(status == 0 and got == rows, f"{major}: {sql}: {err} {got} rows are kept in {kept}")


def copies_of_one(server, binary, folder, major):
    """Statements that stay as they are but for the copy."""
    for sql, rows in (("DROP TABLE alone;", 3), ("ALTER TABLE orders DROP COLUMN note, ADD COLUMN more int;", 9000), ("BEGIN; TRUNCATE alone; COMMIT;", 3)):
        databases(server)
        for db in "ab":
            server.psql("CREATE TABLE alone (id int PRIMARY KEY); INSERT INTO alone VALUES (1), (2), (3)", db=db)
        path, out = rewritten(server, binary, folder, sql, "--backup")
        status, err = server_cases.run_psql(server, "b", out)
        kept = [t for (t,) in server.rows("SELECT relname FROM pg_class WHERE relname LIKE 'lockcast%kept'", db="b")]
        got = sum(server.rows(f"SELECT count(*) FROM {t}", db="b")[0][0] for t in kept)
        check(status == 0 and got == rows, f"{major}: {sql}: {err} {got} rows are kept in {kept}")
        server_cases.run_psql(server, "a", path)
        for t in kept:
            server.rows(f"DROP TABLE {t}", db="b")
        diff = compare.difference(compare.schema(server, "a"), compare.schema(server, "b"))
        check(not diff, f"{major}: {sql}: {diff}")


def detach_and_back(server, binary, folder, major):
    """The rollback of a DETACH has the bound."""
    for sql in ("ALTER TABLE pt DETACH PARTITION pt_1; ALTER TABLE orders ALTER COLUMN note TYPE varchar(9);",):
        databases(server)
        for db in "ab":
            server.psql("CREATE TABLE pt (k int, d date) PARTITION BY RANGE (k, d); CREATE TABLE pt_1 PARTITION OF pt FOR VALUES FROM (1, MINVALUE) TO (9, '2026-01-01'); INSERT INTO pt VALUES (3, '2026-01-01')", db=db)
        _, out = rewritten(server, binary, folder, sql)
        status, err = server_cases.run_psql(server, "b", out)
        check(status == 0, err)
        with open(out.replace(".sql", ".rollback.sql")) as f:
            back = [line for line in f.read().split("\n") if "ATTACH PARTITION" in line]
        server.psql("\n".join(back), db="b")
        bounds = [server.rows("SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = 'pt_1'", db=db) for db in "ab"]
        check(back and bounds[0] == bounds[1], f"{major}: {sql}: {back} {bounds}")


def main():
    args = arguments()
    for major in args.versions or [15]:
        with Server(major, settings={"fsync": "off", "autovacuum": "off"}) as server, tempfile.TemporaryDirectory() as folder:
            server.rows("CREATE DATABASE base")
            server.psql(SETUP, db="base")
            for case in RENAMES:
                bridged(server, args.bin, folder, major, case)
            one_bridge(server, args.bin, folder, major)
            copies(server, args.bin, folder, major)
            copies_of_one(server, args.bin, folder, major)
            detach_and_back(server, args.bin, folder, major)
    finish()


if __name__ == "__main__":
    main()

"""The release build under valgrind: no invalid access, no use of unset memory, no leak, whatever the command and its end.

Not a server test in what it needs, but in how long it takes.
"""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import Server, arguments, available, check, finish, installed_majors, skip  # noqa: E402
from program import Program  # noqa: E402

args = arguments()
valgrind = shutil.which("valgrind")
if not valgrind:
    skip("valgrind is not installed")
p = Program(valgrind)
FOUND = 99
OPTIONS = ["--quiet", "--leak-check=full", "--show-leak-kinds=definite,indirect", "--errors-for-leak-kinds=definite,indirect",
           f"--error-exitcode={FOUND}", args.bin]
MIXED = p.file("mixed.sql", """
CREATE TABLE c (id int PRIMARY KEY, name text);
CREATE TABLE t (id bigint PRIMARY KEY, c int REFERENCES c, n numeric(10,2) DEFAULT 1, at timestamptz);
CREATE INDEX ON t (at) WHERE n > 0;
ALTER TABLE t ADD COLUMN u uuid DEFAULT gen_random_uuid(), ALTER COLUMN n TYPE numeric(12,2), ALTER c SET NOT NULL;
ALTER TABLE missing ADD COLUMN x int;
CREATE VIEW v AS SELECT t.id, c.name FROM t JOIN c ON c.id = t.c;
DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM t LOOP UPDATE c SET name = 'x' WHERE id = r.id; END LOOP; END $$;
THIS IS NOT SQL;
BEGIN; UPDATE t SET n = n + 1; CREATE INDEX CONCURRENTLY i ON t (c); COMMIT;
DROP TABLE c CASCADE;
""")


def clean(what, *command):
    r = p.run(*OPTIONS, *command, timeout=280)
    check(r.status != FOUND, f"{what}:\n{r.err[-2500:]}")
    check(r.status in (0, 1, 2), f"{what}: status {r.status}; {r.err[-300:]}")


clean("help", "--help")
for form in ("text", "json"):
    clean(f"review as {form}", "review", "--format", form, MIXED)
clean("a file that is missing", "review", "missing.sql")
clean("input that is no UTF-8", "review", p.file("latin.sql", b"SELECT '\xe9';"))
major = (installed_majors() or [15])[-1]
if available(major):
    with Server(major) as s:
        s.psql("CREATE TABLE c (id int PRIMARY KEY, name text); CREATE TABLE t (id bigint PRIMARY KEY, c int REFERENCES c, n numeric)")
        s.psql("INSERT INTO c SELECT g, g FROM generate_series(1, 1000) g; CREATE EXTENSION pg_stat_statements; ANALYZE")
        clean("review of a server", "review", "-d", s.dsn(), p.file("one.sql", "ALTER TABLE t ADD COLUMN x int;"))
        clean("snapshot of a server", "snapshot", "-d", s.dsn(), "-o", f"{p.folder}/s.json")
        clean("review of a snapshot", "review", "--snapshot", f"{p.folder}/s.json", MIXED)
finish()

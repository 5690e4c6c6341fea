"""Names and texts that nobody should have, in a catalogue, its traffic and the migration: no form of a report passes on what they would do,
and a rewritten file runs, twice and back, and does only what it says."""
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import Server, arguments, check, finish, installed_majors  # noqa: E402
from program import CONTROL, Program  # noqa: E402

args = arguments(rows=9000)
p = Program(args.bin)
PWNED = os.path.join(p.folder, "pwned")
# What each would do if it came through: end a quote or a comment, run psql's or the shell's command, be a variable, steer a terminal or a CI's
# runner, start a script, turn text around. With a letter behind it none is longer than NAMEDATALEN.
NAMES = ["quo\"te's `t` $1 $$ $lockcast$ $lockcast1$", "line\nDROP TABLE victim; --\n", f"\r\\! touch {PWNED}\r", ":'v' :v :\"v\" {{x}} ${x} %s%n",
         "\x1b[31mred\x1b]0;t\x07", "<script>alert(1)</script> ]]> -->", "\n::set-output name=a::b", "*/ DROP TABLE victim; /*",
         "##[error]%0A::error::@team", "\u202ertl\u2066\u200b\u2028"]


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def made(name):
    n, text = quoted(name), name.replace("'", "''")
    return f"""CREATE SCHEMA {n}; CREATE TABLE {n}.{n} (id bigint PRIMARY KEY, {n} text DEFAULT '{text}', n int, other int);
INSERT INTO {n}.{n} (id, {n}, n) SELECT g, '{text}' || g, g FROM generate_series(1, {args.rows}) g;
CREATE INDEX {quoted(name + "i")} ON {n}.{n} ({n}); CREATE TABLE {n}.{quoted(name + "k")} (id int PRIMARY KEY, r bigint);
CREATE VIEW {n}.{quoted(name + "v")} AS SELECT id FROM {n}.{n}; ANALYZE {n}.{n};"""


def migrated(name):
    n, text = quoted(name), name.replace("'", "''")
    return f"""ALTER TABLE {n}.{n} ALTER COLUMN {n} SET NOT NULL, ALTER COLUMN n TYPE bigint;
CREATE INDEX {quoted(name + "x")} ON {n}.{n} ({n});
ALTER TABLE {n}.{quoted(name + "k")} ADD CONSTRAINT {quoted(name + "f")} FOREIGN KEY (r) REFERENCES {n}.{n};
UPDATE {n}.{n} SET {n} = {n} || '{text}' WHERE n > 5;
DELETE FROM {n}.{n} WHERE {n} = '{text}';
ALTER TABLE {n}.{n} ADD COLUMN {quoted(name + "u")} uuid DEFAULT gen_random_uuid();
ALTER TABLE {n}.{n} RENAME COLUMN other TO {quoted(name + "o")};
"""


def said(what, r):
    """One run's end, and what it says on a terminal."""
    check(r.status in (0, 1), f"{what}: status {r.status}: {r.err[-500:]}")
    check(not re.search("Sanitizer|runtime error", r.err), f"{what}: {r.err[:1500]}")
    harmless(f"{what}, stderr", r.err)


def harmless(what, text, lines=True):
    found = CONTROL.search(text)
    check(not found, f"{what}: a control character in {found and text[max(0, found.start() - 60):found.end() + 60]!r}")
    if lines:
        check(not re.search(r"(?m)^\s*::|##\[", text), f"{what}: a command to a runner")


def psql(server, path):
    r = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", server.dsn(), "-f", path], cwd=p.folder, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE)
    err = r.stderr.decode(errors="replace")
    check(r.returncode == 0, f"psql -f {os.path.basename(path)}: {err[-500:]}")


with Server((args.versions or installed_majors() or [15])[-1]) as s:
    s.psql("CREATE EXTENSION pg_stat_statements; CREATE TABLE victim (id int)")
    with s.connect() as c, c.cursor() as cur:
        for name in NAMES:
            cur.execute(made(name))
            for _ in range(20):
                cur.execute(f"SELECT {quoted(name)} AS {quoted(name)} FROM {quoted(name)}.{quoted(name)} WHERE id = 5")
    migration = p.file("all.sql", "".join(map(migrated, NAMES)) + "".join(
        f"DROP VIEW {quoted(n)}.{quoted(n + 'v')}; SELECT FROM {quoted(n)}.{quoted(n + 'gone')}; NO SUCH {quoted(n)};\n" for n in NAMES))

    snapshot, report, trace = (os.path.join(p.folder, f) for f in ("snapshot.json", "report.json", "trace.json"))
    said("snapshot", p.run("snapshot", "-d", s.dsn(), "--sample", "0s", "-o", snapshot))
    said("review", p.run("review", "--snapshot", snapshot, "--pool-size", "5", "--replications", "5", "--format", "json", "--trace", trace,
                         "-o", report, migration, timeout=120))
    relations = {lock["relation"] for st in json.load(open(report))["migrations"][0]["statements"] for lock in st["locks"]}
    for name in NAMES:
        check(f"{quoted(name)}.{quoted(name)}" in relations, f"no lock on {name!r}")
    json.load(open(trace))
    for form in ("text", "markdown", "html", "sarif", "junit", "gitlab"):
        r = p.run("render", report, "--format", form, *(["--verbose"] if form == "text" else []))
        said(form, r)
        harmless(form, r.out, form in ("text", "markdown"))
        if form == "junit":
            ElementTree.fromstring(r.out)
        elif form in ("sarif", "gitlab"):
            json.loads(r.out)
        elif form == "html":
            check(r.out.count("<script") == 1 and "<script>alert" not in r.out, "html: another script")
    for provider in ("github", "gitlab"):
        r = p.run("comment", "--provider", provider, "--dry-run", report)
        said(f"comment for {provider}", r)
        harmless(f"comment for {provider}", r.out)

    # the rewritten file: every statement in steps, backups, a history
    out, run = os.path.join(p.folder, "out"), p.file("run.sql", "".join(map(migrated, NAMES)))
    r = p.run("rewrite", "-d", s.dsn(), "--sample", "0s", "--replications", "5", "--target-hold", "1", "--history", "public.history", "--backup",
              "-o", out, run, timeout=120)
    said("rewrite", r)
    harmless("rewrite", r.out)
    written = open(os.path.join(out, "run.sql"), newline="").read()
    check(written.count("CONCURRENTLY") >= len(NAMES), "the indexes are not built concurrently")
    psql(s, os.path.join(out, "run.sql"))
    psql(s, os.path.join(out, "run.sql"))
    psql(s, os.path.join(out, "run.rollback.sql"))
    check(s.rows("SELECT 1 FROM pg_class WHERE relname = 'victim'"), "a name's SQL was run")
    columns = "SELECT count(*) FROM pg_attribute WHERE attname = %s AND atttypid = 'text'::regtype AND attnotnull"
    check(not any(s.rows(columns, (name,))[0][0] for name in NAMES), "rolled back, and yet NOT NULL")
    check(not os.path.exists(PWNED), "a name's command was run")
finish()

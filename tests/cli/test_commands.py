"""Every command from outside: its help, where its output goes, parts and their merging, Ctrl-C."""
import fcntl
import json
import os
import pty
import re
import signal
import stat
import struct
import subprocess
import sys
import termios
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

args = arguments()
p = Program(args.bin)
A = p.file("a.sql", "CREATE TABLE a (id int PRIMARY KEY, n int);\nUPDATE a SET n = 1;\n")
B = p.file("b.sql", "ALTER TABLE a ALTER COLUMN n TYPE bigint;\nNO SQL;\n")
C = p.file("c.sql", "DROP TABLE a;\n")

# help
commands = re.findall(r"^  ([a-z]+) ", p.run("--help").out.split("Commands:")[1], re.M)
check(len(commands) >= 10, f"commands {commands}")
for c in commands:
    for option in ("--help", "-?"):
        r = p.run(c, option)
        check(r.status == 0 and r.err == "" and f"lockcast {c}" in r.out and "Options:" in r.out and "Usage:" in r.out, f"{c} {option}")
    check("Examples:" in r.out, f"{c} --help has no example")
    check(max(map(len, r.out.splitlines())) <= 132, f"{c} --help is wide")
    r = p.run(c, "--no-such-option")
    check(r.status == 2 and "--no-such-option" in r.err and r.out == "", f"{c}: an unknown option: {r.status} {r.err}")
    check(p.run(c, "--version").out == p.run("--version").out, f"{c} --version")
    check(p.run("help", c).out == p.run(c, "--help").out, f"help {c}")
r = p.run("help", "no\x1b[31msuch")
check(r.status == 2 and "there is no command" in r.err and "\x1b" not in r.err and "hint: " in r.err, f"{r.status} {r.err!r}")
for wrong in ("a", "=a", ""):
    check(p.run("review", "-v", wrong, A).status == 2, f"-v {wrong!r}")

# formats
report = os.path.join(p.folder, "report.json")
base = ["review", "--server-version", "15", "--fail-on", "never"]
check(p.run(*base, "--format", "json", "-o", report, A, B, C).status == 0, "a report")
check(p.run("render", report, "--format", "pdf").status == 2, "an unknown format")
check(p.run("render").status == 2 and p.run("render", report, report).status == 2, "render takes one report")
check(p.run("render", report).status == 0, "render has no policy of its own")
check(p.run("render", "--fail-on", "danger", report).status == 1, "render --fail-on")
check(p.run("render", "--fail-on", "never", report).status == 0, "render --fail-on never")

# --date
dated = p.file("dated.sql", "DO $$ BEGIN EXECUTE format('CREATE TABLE e_%s ()', to_char(current_date, 'YYYYMMDD')); END $$;\n"
               "DO $$ BEGIN EXECUTE format('LOCK TABLE e_%s', to_char(current_date, 'YYYYMMDD')); END $$;\n")
for date, epoch, name in (("2027-01-31", None, "e_20270131"), ("2028-02-29", "1800000000", "e_20280229"), (None, "1800000000", "e_20270115")):
    r = p.run(*base, "--format", "json", *(["--date", date] if date else []), dated, env={"SOURCE_DATE_EPOCH": epoch} if epoch else None)
    check(set(re.findall(r"e_\d+", r.out)) == {name}, f"{date} {epoch}: {r.out[:300]} {r.err}")
for wrong in ("soon", "2027-02-29", "2027-01-31x", "1969-01-01", ""):
    r = p.run(*base, "--date", wrong, A)
    check(r.status == 2 and "--date" in r.err, f"--date {wrong}: {r.status} {r.err}")

# -o
whole = p.run(*base, A).out
out = os.path.join(p.folder, "out.txt")
p.file("out.txt", "old")
os.chmod(out, 0o640)
os.symlink("out.txt", os.path.join(p.folder, "link.txt"))
check(p.run(*base, "-o", os.path.join(p.folder, "link.txt"), A).out == "", "-o leaves standard output alone")
check(open(out).read() == whole and os.path.islink(os.path.join(p.folder, "link.txt")), "-o follows a link")
check(stat.S_IMODE(os.stat(out).st_mode) == 0o640, "-o keeps the mode")
check(p.run(*base, "-o", "-", A).out == whole, "-o -")
check(p.run(*base, "-o", "/dev/stdout", A).out == whole, "-o /dev/stdout")
r = p.run(*base, "-o", "/dev/full", A)
check(r.status == 4 and "/dev/full" in r.err, f"-o /dev/full: {r.status} {r.err}")
check(p.run(*base, "-o", p.folder, A).status == 4, "-o a folder")
r = p.run(*base, "-o", out, "nowhere.sql")
check(r.status == 2 and open(out).read() == whole, "a failure leaves the old file")
check(not [f for f in os.listdir(p.folder) if f.endswith(".tmp")], "no temporary file is left")
r = p.run(*base, "-o", "/nonexistent/\x1b[31m\nx", A)
check(r.status == 4 and "\x1b" not in r.err and r.err.count("\n") == 1, f"a hostile name: {r.err!r}")

# parts of a review
one = p.run(*base, "--format", "json", A, B, C).out
for n in (1, 2, 3, 5):
    parts = []
    for i in range(1, n + 1):
        parts.append(os.path.join(p.folder, f"part{i}of{n}.json"))
        r = p.run(*base, "--format", "json", "--shard", f"{i}/{n}", "-o", parts[-1], A, B, C)
        check(r.status == 0, f"part {i} of {n}: {r.err}")
    check(p.run("merge", *parts).out == one, f"{n} parts are what one run writes")
    check(p.run("merge", *reversed(parts)).out == one, f"{n} parts in another order")
    check(p.run("merge", "--format", "text", *parts).out == p.run(*base, A, B, C).out, f"{n} parts as text")
check(p.run("merge", "--fail-on", "danger", *parts).status == 1, "merge --fail-on")
other = os.path.join(p.folder, "other.json")
p.run(*base, "--format", "json", "--pool-size", "3", "--shard", "2/5", "-o", other, C, B, A)
for what, files, says in [("a part is missing", parts[:4], "of 5"), ("a part twice", parts[:4] + parts[:1], "twice"),
                          ("no part at all", [report], "--shard"), ("not JSON", [A], "JSON"), ("none", [], "which parts"),
                          ("a part of another deploy", [parts[0], parts[2], parts[3], parts[4], p.file("x.json", json.dumps(
                              {**json.load(open(other)), "verdict": "safe"}))], "another run")]:
    r = p.run("merge", *files)
    check(r.status == 2 and says in r.err and r.out == "", f"merge, {what}: {r.status} {r.err}")
for bad in ("0/2", "3/2", "1/0", "1", "a/b", "1/2/3", "-1/2", "1/99999", ""):
    r = p.run(*base, "--format", "json", "--shard", bad, A)
    check(r.status == 2 and "--shard" in r.err, f"--shard {bad}: {r.status}")
check(p.run(*base, "--shard", "1/2", A).status == 2, "--shard without --format json")

r = p.run("review", "--server-version", "15", "--retry", "often", A)
check(r.status == 2 and "often" in r.err and "gitlab" in r.err, f"--retry often: {r.err}")

# parts of a plan
base = ["plan", "--server-version", "15", "--growth", "1,3", "--traffic-growth", "1,2,4", "--format", "json"]
one = p.run(*base, A, B).out
check(len(json.loads(one)["cells"]) == 6, "six cells")
for n in (2, 9):
    parts = []
    for i in range(1, n + 1):
        parts.append(os.path.join(p.folder, f"plan{i}of{n}.json"))
        check(p.run(*base, "--shard", f"{i}/{n}", "-o", parts[-1], A, B).status == 0, f"part {i} of {n} of a plan")
    r = p.run("merge", *parts)
    check(r.out == one, f"{n} parts of a plan: {r.err}")
check(p.run("merge", "--format", "html", *parts).status == 2, "a plan has no HTML")
for bad in ("", "1,", "0", "x", "1,2,-3", ",".join(["1"] * 40)):
    check(p.run("plan", "--server-version", "15", "--growth", bad, A).status == 2, f"--growth {bad!r}")

for line in p.run(*base[:-2], A, B).out.splitlines():
    check(len(line) <= 80, f"a plan is wider than 80 columns: {line}")

# rewrite tells what it did, whatever a file is called
r = p.run("rewrite", "--server-version", "15", "-o", os.path.join(p.folder, "safer"), p.file("we\x1b[31mird.sql", "SELECT 1;\n"))
check(r.status == 0 and "\x1b" not in r.out + r.err, f"rewrite of a hostile name: {r.status} {r.out!r}")
check(len(os.listdir(os.path.join(p.folder, "safer"))) == 2, "rewrite writes the file and its rollback")

# files of one name, and a folder that is the migration's own
p.file("prisma/1_a/migration.sql", "CREATE TABLE b (id int);\n")
p.file("prisma/2_b/migration.sql", "CREATE INDEX b_id ON b (id);\n")
r = p.run("rewrite", "--server-version", "15", "-o", "out", "prisma")
found = sorted(os.path.relpath(os.path.join(d, f), os.path.join(p.folder, "out")) for d, _, fs in os.walk(os.path.join(p.folder, "out"))
               for f in fs)
check(r.status == 0 and found == ["1_a/migration.rollback.sql", "1_a/migration.sql", "2_b/migration.rollback.sql", "2_b/migration.sql"],
      f"two migrations of one name: {r.status} {r.err} {found}")
r = p.run("rewrite", "--server-version", "15", "-o", "out1", "prisma/2_b/migration.sql")
check(r.status == 0 and os.path.exists(os.path.join(p.folder, "out1", "migration.sql")), "one of them keeps its name")
r = p.run("rewrite", "--server-version", "15", "-o", "out2", "prisma/2_b/migration.sql", "prisma/2_b/migration.sql")
check(r.status == 2 and "same name" in r.err, f"the same file twice: {r.status} {r.err}")
own = p.file("own/0042.sql", "CREATE TABLE c (id int);\n")
r = p.run("rewrite", "--server-version", "15", "-o", "own", own)
check(r.status == 2 and "0042.sql" in r.err and "hint: " in r.err and open(own).read() == "CREATE TABLE c (id int);\n",
      f"the migration itself is not overwritten: {r.status} {r.err}")

# the terminal's width, within bounds; 80 in a pipe
wide = p.file("wide.sql", "ALTER TABLE nowhere.t " + ", ".join(f"ADD COLUMN a_rather_long_name_{i} integer" for i in range(9)) + ";\n")


def on_terminal(columns, *command):
    """What a terminal of so many columns is shown."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    run = subprocess.Popen([p.binary, *command], stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL, cwd=p.folder,
                           env={**p.env, "NO_COLOR": "1"})
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError: # how Linux says that the other end is closed
        pass
    os.close(ours)
    run.wait(timeout=30)
    return max(len(line) for line in shown.decode().splitlines())


for columns, expected in [(40, 60), (72, 72), (80, 80), (110, 110), (400, 120), (0, 80)]:
    got = on_terminal(columns, "review", "--server-version", "15", wide)
    check(expected - 4 <= got <= expected, f"a terminal of {columns} columns: a line of {got}, not about {expected}")
check(76 <= max(map(len, p.run("review", "--server-version", "15", wide).out.splitlines())) <= 80, "80 columns in a pipe")

# Ctrl-C with no server at all
scenario = p.file("long.json", open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scenarios",
                                                 "gocardless-2015.json")).read())
for sig in (signal.SIGINT, signal.SIGTERM):
    run = p.start("simulate", "--replications", "1000000", scenario)
    time.sleep(0.5)
    begin = time.time()
    run.send_signal(sig)
    out, err = run.communicate(timeout=20)
    check(run.returncode == 130 and b"lockcast: interrupted" in err and out == b"", f"{sig.name}: {run.returncode} {err[-200:]}")
    check(time.time() - begin < 3, f"{sig.name} took {time.time() - begin:.1f} s")
finish()

"""Exit status and message of everything that can go wrong without a server."""
import json
import os
import re
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

args = arguments()
p = Program(args.bin)
SAFE = p.file("safe.sql", "CREATE TABLE t (id int PRIMARY KEY);\n")
DANGER = p.file("danger.sql", "ALTER TABLE no_such_family.t SET SOMETHING ELSE;\nCREATE TABLE u (id int);\n")


def expect(status, what, *command, says=(), out=None, **how):
    """One run: its status, and words that stderr (or stdout) must hold; an error names the program first."""
    r = p.run(*command, **how)
    check(r.status == status, f"{what}: status {r.status}, not {status}; {r.err.strip()[-300:]}")
    for word in says:
        check(word in r.err, f"{what}: stderr has no \"{word}\": {r.err.strip()[-300:]}")
    if status not in (0, 1):
        check(r.err.startswith("lockcast: "), f"{what}: stderr starts with {r.err[:60]!r}")
        check(r.out == "", f"{what}: an error, and yet output: {r.out[:80]!r}")
    if out is not None:
        check(out in r.out, f"{what}: stdout has no \"{out}\": {r.out[:200]!r}")
    return r


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


# 0 and 1: the verdict
expect(0, "help", "--help", out="review")
expect(0, "help of a command", "review", "--help", out="--fail-on")
expect(0, "version names the grammar", "--version", out="grammar")
expect(0, "a safe migration", "review", SAFE)
r = expect(1, "a statement that does not parse is danger", "review", "--format", "json", DANGER)
doc = json.loads(r.out)
statements = doc["migrations"][0]["statements"]
check([s["parsed"] for s in statements] == [False, True], "the statement after an unparsable one is parsed")
check(doc["verdict"] == "danger", f"verdict {doc['verdict']}")
expect(0, "--fail-on never", "review", "--fail-on", "never", DANGER)
expect(1, "--fail-on caution", "review", "--fail-on", "caution", DANGER)

# 2: usage and input
r = p.run()
check(r.status == 2, f"no command: status {r.status}")
expect(2, "unknown command", "reveiw", says=["reveiw"])
expect(2, "unknown option", "review", "--no-such-option", SAFE, says=["--no-such-option"])
expect(2, "missing value", "review", SAFE, "--seed", says=["seed"])
expect(2, "bad number", "review", "--pool-size", "many", SAFE, says=["many"])
for value in ("-1", "1e3", "1.5", "", "4294967297", "99999999999999999999", " "):
    expect(2, f"--pool-size {value}", "review", "--pool-size", value, SAFE, says=["--pool-size"])
for value in ("nan", "inf", "-0.1", "x"):
    expect(2, f"--speed-ratio {value}", "review", "--speed-ratio", value, SAFE, says=["--speed-ratio"])
for command, names in (("review", "pool-size cores replications server-version"), ("watch", "pid")):
    for name in names.split():  # a 0 must not pass for an option that was not given
        expect(2, f"--{name} 0", command, f"--{name}", "0", says=[f'--{name} takes a whole number from 1 to 2147483647, not "0"'])
for command, names in (("review", "speed-ratio target-hold"), ("watch", "interval"), ("calibrate", "time-budget")):
    for name in names.split():
        expect(2, f"--{name} 0", command, f"--{name}", "0.0", says=[f'--{name} takes a number above 0, not "0.0"'])
expect(0, "options whose 0 means something", "review", "--connection-held", "0", "--client-timeout", "0", "--client-retries", "0", "--seed", "0",
       "--retry-delay", "0", SAFE)
expect(2, "too many replications", "simulate", "--replications", "1000001", p.file("s.json", open(os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..", "scenarios", "gocardless-2015.json")).read()), says=["1000000"])
expect(2, "something behind a scenario", "simulate", p.file("s2.json", open(os.path.join(p.folder, "s.json")).read() + "\n{}"),
       says=["s2.json:"])
expect(2, "bad input format", "review", "--input-format", "rubygems", SAFE, says=["rubygems", "hint: ", "rails", "plain"])
for name in ("a b", "a.b.c", "a *", "ONLY a", "a (b)", "a -- ", "a; DROP TABLE b", "a, b", ""):
    expect(2, f"--history {name}", "rewrite", "--diff", "--history", name, SAFE, says=["[SCHEMA.]TABLE"])
for name in ("a", "a.b", '"A b"."c"'):
    expect(0, f"--history {name}", "rewrite", "--diff", "--history", name, SAFE)
expect(2, "a conninfo with an unknown word", "review", "-d", "hots=127.0.0.1", SAFE, says=["hots"])
expect(2, "a URI that is none", "review", "-d", "postgres://[", SAFE, says=["postgres://["])
expect(2, "bad format", "review", "--format", "pdf", SAFE, says=["pdf"])
expect(2, "bad --fail-on", "review", "--fail-on", "sometimes", SAFE, says=["sometimes"])
expect(2, "no migration", "review", says=["migration"])
expect(2, "missing file", "review", "nowhere.sql", says=["nowhere.sql"])
expect(2, "version out of range", "review", "--server-version", "9", SAFE, says=["13 to 18, not 9"])
expect(2, "missing snapshot", "review", "--snapshot", "nowhere.json", SAFE, says=["nowhere.json", "hint: ", "lockcast snapshot -o"])
expect(2, "snapshot that is no JSON", "review", "--snapshot", p.file("bad.json", "{\"schema\": "), SAFE, says=["bad.json"])
expect(2, "snapshot that ends early", "review", "--snapshot", p.file("bad.json", "{\"schema\": "), SAFE, says=["ends here"])
expect(2, "snapshot of nothing", "review", "--snapshot", p.file("none.json", "{}"), SAFE, says=["this is no snapshot"])
expect(2, "snapshot of something else", "review", "--snapshot", p.file("other.json", "{\"a\": 1}"), SAFE, says=["other.json"])
expect(2, "NUL byte", "review", p.file("nul.sql", b"SELECT 1;\n\0DROP TABLE t;\n"), says=["nul.sql"])
expect(2, "invalid UTF-8", "review", p.file("latin.sql", b"SELECT 1;\nCOMMENT ON TABLE t IS 'caf\xe9';\n"), says=["latin.sql:2"])

# an option that would change nothing is refused, whoever else has it; one that scripts give to every command is noted
COMMON = ("--config", "--pool-size", "--seed", "--replications", "--no-traffic", "--server-version")
COMMANDS = re.findall(r"^  (\w+) ", p.run("--help").out.split("Commands:")[1], re.M)
OPTIONS = {c: dict(re.findall(r"^  (?:-., |    )(--[a-z-]+)(=?)", p.run(c, "--help").out, re.M)) for c in COMMANDS}
EVERY = {name: value for options in OPTIONS.values() for name, value in options.items()}
check(len(COMMANDS) > 10 and len(EVERY) > 50, f"{COMMANDS} {EVERY}")
for c in COMMANDS:
    wrong = [name for name in EVERY if name not in OPTIONS[c]]
    for name in sorted(wrong)[::9]:
        r = p.run(c, name + ("=1" if EVERY[name] else ""), SAFE)
        if name in COMMON and c in ("review", "rewrite", "rehearse", "plan"):
            check(f"note: {name} has no effect" in r.err, f"{c} {name}: {r.status} {r.err}")
        else:
            check(r.status == 2 and f"no option {name}" in r.err and "hint: " in r.err, f"{c} {name}: {r.status} {r.err}")
for name in ("--format", "--fail-on"):
    r = p.run("calibrate", name + "=text", SAFE)
    check(all(re.search(rf"option of: .*\b{c}\b", r.err) for c in COMMANDS if name in OPTIONS[c]), f"whose {name} is: {r.err}")
for name in ("--seed", "--replications", "--pool-size", "--retry", "--no-traffic"):
    check(name not in OPTIONS["rehearse"] and name in OPTIONS["rewrite"], f"a rehearsal has no traffic: {name}")
SPEC = p.file("none.spec", "session a\nstep s { SELECT 1; }\n")
for what in (["review", "--snapshot", "a.json", "-h", "b", SAFE], ["review", "--sample", "3s", SAFE], ["rewrite", "--diff", "-o", "d", SAFE],
             ["simulate", "--trace", "t.json", SPEC], ["comment", "--provider", "github", "-o", "x", SAFE]):
    expect(2, " ".join(what), *what, says=["has no effect", "hint: "])
for status, what in ((2, ["review", "--snapshot", "a.json", "--server-version", "15", SAFE]), (3, ["review", "--server-version", "15", "-d", "x", SAFE]),
                     (0, ["simulate", "--seed", "3", SPEC]),
                     (0, ["review", "--pooler", "transaction", "--connection-held", "5", "--server-version", "15", SAFE]), (2, ["rehearse", "--seed", "3", "--no-traffic", SAFE]),
                     (0, ["rewrite", "--config", "nowhere.ini", "--server-version", "15", "--diff", SAFE]),
                     (0, ["simulate", "--server-version", "15", "--replications", "1", os.path.join(p.folder, "s.json")])):
    r = p.run(*what, env={"PGHOST": "/nowhere"})
    check(r.status == status and "lockcast: note: --" in r.err and "has no effect" in r.err, f"{what}: {r.status} {r.err}")
    check("note: " not in p.run(*what, "-q", env={"PGHOST": "/nowhere"}).err, f"{what} -q")

secret = p.file("secret.sql", "SELECT 1;")
os.chmod(secret, 0)
if not os.access(secret, os.R_OK):
    expect(2, "unreadable file", "review", secret, says=["secret.sql"])
expect(2, "scenario that is none", "simulate", p.file("none.json", "[]"), says=["none.json"])
expect(2, "a migration is no scenario", "simulate", SAFE, says=["safe.sql:1: ", "hint: ", "docs/scenarios-format.md", ".spec"])
for text, line, says in (("", 1, "a session is wanted"), ("session a\n\nsession b\nstep s { }\n", 3, "a step is wanted"),
                         ("session a\nstep s { }\npermutation\n", 4, "a step's name is wanted")):
    expect(2, f"isolation test {text!r}", "simulate", p.file("short.spec", text), says=[f"short.spec:{line}: {says}"])

# every reader, on everything that is no file of its kind: the file, its line where there is one, what is wrong, and what to do
os.mkdir(os.path.join(p.folder, "folder"))
READERS = [["review", SAFE, "--snapshot"], ["review", "--server-version", "15", SAFE, "--traffic"], ["review", SAFE, "--calibration"],
           ["review", SAFE, "--ledger"], ["review", SAFE, "--baseline"], ["review", SAFE, "--config"], ["plan", SAFE, "--snapshot"],
           ["rewrite", "--diff", SAFE, "--snapshot"], ["render"], ["merge"], ["simulate"], ["comment", "--dry-run"],
           ["comment", "--dry-run", "--provider", "gitlab"]]
WRONG = [("nowhere.x", None, "No such file"), ("folder", None, ""), ("nul.x", b"\n\0x", "nul.x:"), ("half.x", b'{"a":\n', "half.x"),
         ("utf8.x", b'{"a": "\xff"}', "utf8.x"), ("list.x", b"[1, 2]\n=", "list.x"), ("deep.x", b"[" * 100000, "deep.x"),
         ("twice.x", b'{"schema": "lockcast/review/1"}{}', "twice.x"), ("other.x", b'{"schema": "lockcast/unheard-of/7"}', "other.x")]
for name, content, says in WRONG:
    path = p.file(name, content) if content else name
    for reader in READERS:
        r = p.run(*reader, path)
        what = f"{' '.join(reader[-2:])} {name}"
        check(r.status == 2 and r.out == "", f"{what}: status {r.status}, {r.out[:80]!r}")
        check(r.err.startswith("lockcast: ") and name in r.err and says in r.err and r.err.count("\n") <= 3, f"{what}: {r.err!r}")
for reader in READERS:
    check(p.run(*reader, "").status == 2, f"{' '.join(reader)} \"\"")
expect(2, "a report of another version", "render", p.file("v9.json", "{\"schema\": \"lockcast/review/9\", \"migrations\": []}"),
       says=["lockcast/review/9", "lockcast/review/1"])
expect(2, "an empty report names its line", "render", p.file("empty.json", ""), says=["empty.json:1", "empty", "hint: "])

# what is written takes no place of what is read, by whichever of its names
shown = p.file("shown.json", p.run("review", "--format", "json", SAFE).out)
os.symlink("safe.sql", os.path.join(p.folder, "alias.sql"))
for what in (["review", SAFE, "-o", SAFE], ["review", SAFE, "-o", "alias.sql"], ["review", "--config", SAFE, "-o", SAFE, DANGER], ["plan", SAFE, "-o", SAFE],
             ["review", "--write-baseline", SAFE, SAFE], ["snapshot", "-d", "nowhere", "-o", SAFE, SAFE], ["render", shown, "-o", shown],
             ["review", "--snapshot", shown, "--trace", shown, SAFE]):
    kept = [open(f).read() for f in (SAFE, shown)]
    expect(2, " ".join(what), *what, says=["would be overwritten, and is read", "hint: "])
    check([open(f).read() for f in (SAFE, shown)] == kept, f"{what}: overwritten")
known = p.file("known.json", "")
os.unlink(known)
for _ in range(2):
    old = ["--baseline", known] if os.path.exists(known) else []
    expect(0, "a baseline is kept up to date", "review", *old, "--write-baseline", known, DANGER)
expect(0, "a terminal's or a pipe's device is no such file", "review", SAFE, "-o", "/dev/null")

# where a comment goes
for what, says in ((["--pull-request", "abc", "--repository", "a/b"], 'digits, not "abc"'), (["--repository", "a b"], 'OWNER/NAME, not "a b"'),
                   (["--repository", "a/b/c"], "OWNER/NAME"), (["--repository", "a/"], "OWNER/NAME"), (["--repository", "a/b"], "GITHUB_TOKEN")):
    expect(2, f"comment {what}", "comment", "--provider", "github", *what, *([] if "--pull-request" in what else ["--pull-request", "3"]), shown,
           says=[says])

# odd, and yet fine
MADE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "snapshot", "fixture.json")
for what, text in (("an empty file", ""), ("a file of comments", "-- nothing to do\n\n")):
    for source in ([], ["--snapshot", MADE]):
        r = p.run("review", "--format", "json", *source, p.file("empty.sql", text))
        check(r.status == 0, f"{what}: status {r.status}: {r.err[:200]}")
        doc = json.loads(r.out)
        check(doc["verdict"] == "safe" and doc["migrations"][0]["statements"] == [], f"{what}: {doc['verdict']}")
        check(doc["forecast"]["migration_fails_probability"] == 0, f"{what}: nothing to do does not fail")
r = p.run("rewrite", "-o", os.path.join(p.folder, "rewritten"), "--snapshot", MADE, p.file("broken.sql", "SELECT 1;\nSELEC 2;\n"))
check(r.status == 0 and "2: not understood: syntax error" in r.out + r.err, f"a rewrite tells what it did not understand: {r.out} {r.err}")
long_line = p.file("long.sql", b"CREATE TABLE l (a text);\nINSERT INTO l VALUES ('" + b"x" * (50 << 20) + b"');\n")
r = p.run("review", "--format", "json", long_line, timeout=110)
check(r.status in (0, 1, 2), f"a line of 50 MB: status {r.status}: {r.err[-200:]}")
os.unlink(long_line)
r = p.run("review", p.file("we\x1b[31mird\nname.sql", "SELECT 1 FROM;"))
check("\x1b[31m" not in r.out + r.err, "a file's name steers the terminal")

# 4 before 3: what cannot be written is known before there is any work, which might not be done twice
for what in (["rehearse", "--this-is-a-clone", SAFE], ["calibrate"], ["snapshot"]):
    for path in ("/nonexistent/x", os.path.join(p.folder, "folder")):
        expect(4, f"{what[0]} -o {path}", *what, "-h", "127.0.0.1", "-p", free_port(), "-o", path, says=[f"cannot write {path}: "])
    expect(3, f"{what[0]} -o, a file that can be written", *what, "-h", "127.0.0.1", "-p", free_port(), "-o", os.path.join(p.folder, "made.json"))
    check(not os.path.exists(os.path.join(p.folder, "made.json")), f"{what[0]}: a file of nothing")

# 3: no server
expect(3, "nobody listens", "review", "-h", "127.0.0.1", "-p", free_port(), "-d", "shop", SAFE)
expect(3, "no such host", "review", "-d", "host=no-such-host.invalid dbname=shop", SAFE, says=["no-such-host.invalid"])
for port in ("99999", "abc", "0"):
    expect(2, f"port {port}", "review", "-h", "127.0.0.1", "-p", port, SAFE, says=[port])
r = p.run("review", "-h", "127.0.0.1", "-p", free_port(), SAFE)
check("  " not in r.err and "\t" not in r.err, f"libpq's line breaks: {r.err!r}")
expect(3, "no such folder", "review", "-h", "/nonexistent", "-d", "shop", SAFE)

# 4: nobody takes the report
expect(4, "-o into no folder", "review", "-o", "/nonexistent/report.txt", SAFE, says=["/nonexistent/report.txt"])
if os.path.exists("/dev/full"):
    with open("/dev/full", "wb") as full:
        expect(4, "full disk", "review", SAFE, stdout=full)
finish()

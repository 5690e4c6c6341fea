#!/usr/bin/python3
"""`lockcast simulate FILE.spec`: our own isolation tests give their transcripts (cases/NAME.out), which isolationtester confirmed
(server_isolation.py --record); and what a file that is none makes it say."""
import glob
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import isolation_source as iso  # noqa: E402
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402


def transcripts(p):
    for spec in sorted(glob.glob(os.path.join(HERE, "cases", "*.spec"))):
        r = p.run("simulate", "--server-version", "15", spec)
        with open(spec[:-5] + ".out", encoding="utf-8") as f:
            expected = f.read()
        got = "\n".join(iso.without_rows(r.out)) + "\n"
        check(r.status == 0 and r.err == "", f"{spec} ends with {r.status}: {r.err}")
        check(got == expected, f"{spec}: the transcript differs\n{got}")
        check(("# not modelled" in r.out) == spec.endswith("variables.spec"), f"{spec} says whether it is modelled in full")
        check(r.out == p.run("simulate", "--server-version", "15", spec).out, f"{spec}: same bytes")


def wrong_files(p):
    r = p.run("simulate", p.file("bad.spec", "setup { CREATE TABLE t (); }\nsessoin x\n"))
    check(r.status == 2 and "bad.spec:2:" in r.err and "hint" in r.err, f"a line and a hint are given: {r.err}")
    r = p.run("simulate", p.file("twice.spec", "session a\nstep s { SELECT 1; }\nstep s { SELECT 2; }\n"))
    check(r.status == 2 and "twice.spec:3:" in r.err and '"s"' in r.err, f"the step is named: {r.err}")
    r = p.run("simulate", p.file("lost.spec", "session a\nstep s { SELECT 1; }\npermutation s t\n"))
    check(r.status == 2 and "lost.spec:3:" in r.err and '"t"' in r.err, f"the unknown step is named: {r.err}")
    forever = "setup { CREATE TABLE t (); }\nsession a setup { BEGIN; } step l { LOCK t; }\nsession b step m { SELECT * FROM t; } step n { SELECT 1; }\npermutation l m n\n"
    r = p.run("simulate", p.file("forever.spec", forever))
    check(r.status == 2 and "forever.spec:4:" in r.err and "waits for ever" in r.err, f"what waits for ever is said: {r.err}")
    notices = "session a step s { SELECT 1; } step q { SELECT 1; }\nsession b step t { SELECT 1; }\npermutation s(t notices 1) t q\n"
    r = p.run("simulate", p.file("notices.spec", notices), timeout=10)
    check(r.status == 2 and "waits for ever" in r.err, f"a notice that never comes: {r.status} {r.err}")
    many = "".join(f"session s{k}\n" + "".join(f"step s{k}_{i} {{ SELECT 1; }}\n" for i in range(4)) for k in range(4))
    r = p.run("simulate", p.file("many.spec", many), timeout=20)
    check(r.status == 2 and "orders of these steps" in r.err and "permutation" in r.err, f"63,063,000 orders are refused: {r.err}")
    check(p.run("simulate", "no-such.spec").status == 2, "a missing file is bad input")
    check(p.run("simulate", "--format", "json", p.file("x.spec", "session a step s { SELECT 1; }")).status == 2, "text only")
    check(p.run("simulate", "--server-version", "12", p.file("x.spec", "session a step s { SELECT 1; }")).status == 2, "13 to 18")


def said(p):
    r = p.run("simulate", p.file("said.spec", "setup { CREATE TABLE t (a int); INSERT INTO t VALUES (1); }\n"
                                              "session a setup { BEGIN ISOLATION LEVEL SERIALIZABLE; } step s { UPDATE t SET a = 2 WHERE random() < a; }\n"))
    check(r.status == 0 and "# not modelled: SERIALIZABLE" in r.out and "rows of t" in r.out, f"what is not modelled is said: {r.out}")
    r = p.run("simulate", p.file("bad-sql.spec", "session a step s { SELEKT 1; } step q { SELECT 1; }"))
    check(r.status == 0 and "ERROR:  syntax error" in r.out, f"a step that does not parse is an error of that step: {r.out}")


def main():
    args = arguments()
    p = Program(args.bin)
    transcripts(p)
    wrong_files(p)
    said(p)
    finish()


if __name__ == "__main__":
    main()

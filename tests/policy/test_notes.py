"""What the footprint notes of a statement: what is not known is danger, each of it; what is good to know is told, and counts for nothing."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

args = arguments()
p = Program(args.bin)


def review(sql):
    """The run, and the (rule, severity, message) of each statement's findings."""
    r = p.run("review", "--server-version", "17", "--format", "json", p.file("m.sql", sql))
    return r, [[(f["rule"], f["severity"], f["message"]) for f in s["findings"]] for s in json.loads(r.out)["migrations"][0]["statements"]]


r, found = review("SET LOCAL lock_timeout = '1s';\nBEGIN;\nBEGIN;\nCOMMIT;\nCOMMIT;\n")
check([[rule for rule, _, _ in f] for f in found] == [["set-local"], [], ["nested-begin"], [], ["no-transaction"]], f"{found}")
check(all(severity == "safe" for f in found for _, severity, _ in f) and r.status == 0, f"{r.status} {found}")
r = p.run("review", "--server-version", "17", "--verbose", os.path.join(p.folder, "m.sql"))
check("SET LOCAL has no effect" in r.out and "[set-local]" in r.out, r.out)

r, found = review("CREATE FUNCTION told() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';\n"
                  "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION told();\nCREATE TABLE a (i int);\n")
check(found[2] and found[2][0][:2] == ("event-trigger", "safe") and "told" in found[2][0][2] and r.status == 0, f"{found}")

r, found = review("CREATE EXTENSION plperl;\nCREATE FUNCTION c() RETURNS int LANGUAGE plperl AS 'x';\n"
                  "DO $$ BEGIN PERFORM c(); EXECUTE current_query(); END $$;\n")
check({rule for rule, severity, _ in found[2] if severity == "danger"} == {"unknown-function", "dynamic-sql"}, f"each of two: {found}")
r, found = review("DO $$ BEGIN " + "".join(f"EXECUTE current_query() || '{i}'; " for i in range(30)) + "END $$;\n")
check(1 <= len(found[0]) <= 5, f"of thirty the first tell enough: {len(found[0])}")
finish()

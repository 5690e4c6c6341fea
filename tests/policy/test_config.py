"""The configuration file: thresholds with units, rules, and every way to get it wrong, each with its line."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

args = arguments()
p = Program(args.bin)
SQL = p.file("0001.sql", "CREATE TABLE t (id int);\nALTER TABLE gone ADD COLUMN x int;\nNO SUCH STATEMENT;\n")


def review(config=None, path=SQL, *options):
    where = ["--config", p.file("c.ini", config)] if config is not None else []
    return p.run("review", "--server-version", "15", "--format", "json", "--fail-on", "never", *where, *options, path)


def rules(r):
    found = {}
    for m in json.loads(r.out)["migrations"]:
        for s in m["statements"]:
            for f in s["findings"]:
                found[f["rule"]] = f["severity"]
    return found


plain = review()
check(plain.status == 0, plain.err)
check(rules(plain).get("would-fail") == "danger" and rules(plain).get("not-parsed") == "danger", f"rules {rules(plain)}")

# rules
r = review("[rules]\nwould-fail = off\n")
check("would-fail" not in rules(r) and rules(r).get("not-parsed") == "danger", f"off: {rules(r) if r.out else r.err}")
r = review("; a comment\n[rules]\nwould-fail = caution ; another\n\n[thresholds]\ndanger_hold = 2 s\ncaution_hold=100ms\ndanger_pool_probability = 20 %\n"
           "danger_delayed = 500\ncaution_blocked = 0\ndanger_blocked = 1 min\n")
check(r.status == 0 and rules(r).get("would-fail") == "caution", r.err or rules(r))
r = review("[rules]\nwould-fail = safe\nwould-fail = danger\n")
check(rules(r).get("would-fail") == "danger", "the last line holds")
check(review("").out == plain.out, "an empty file changes nothing")
check(review("\ufeff[rules]\n").status == 0, "a byte order mark is no key")

# thresholds move the verdict
slow = p.file("slow.sql", "SELECT 1;\n")
check(review("[thresholds]\ncaution_hold = 0\ndanger_hold = 0\n", slow).status == 0, "zero is a threshold")


def refused(config, line, *says):
    r = review(config)
    check(r.status == 2, f"{config!r}: status {r.status}")
    at = f"c.ini:{line}: " if line else "c.ini: "
    for word in (at, *says):
        check(word in r.err, f"{config!r}: no {word!r} in {r.err!r}")
    check(r.out == "", "an error, and yet a report")


refused("[thresholds]\n\ndanger_holds = 1 s\n", 3, "danger_holds", "docs/configuration.md")
refused("[rules]\nno-such-rule = off\n", 2, "no-such-rule")
refused("[rules]\nwould-fail = maybe\n", 2, "maybe")
refused("[rules]\nnot-parsed = off\n", 2, "not-parsed")  # what is not modelled never counts as safe
refused("[rules]\nnot-modelled = safe\n", 2, "not-modelled")
refused("[colours]\nred = yes\n", 2, "colours")
refused("danger_hold = 1 s\n", 1, "section")
refused("[thresholds]\nwhat is this\ndanger_holds = 1 s\n", 2)
for bad in ("1", "1 parsec", "-1 s", "nan", "inf s", "soon", "1e999 s", ""):
    refused(f"[thresholds]\ndanger_hold = {bad}\n", 2, "danger_hold")
for bad in ("1.5", "200 %", "half"):
    refused(f"[thresholds]\ndanger_pool_probability = {bad}\n", 2)
for name, high, low in (("blocked", "5 s", "1 s"), ("hold", "5 s", "1 s"), ("delayed", "5", "1")):
    refused(f"[thresholds]\ncaution_{name} = {high}\ndanger_{name} = {low}\n", 0, f"caution_{name} is above danger_{name}", "hint: ")
refused("[rules]\n" + "; " + "x" * 300 + "\n", 2, "198")
refused(b"[rules]\n\0", 2, "NUL")
r = review(None, SQL, "--config", "nowhere.ini")
check(r.status == 2 and "nowhere.ini" in r.err, "a missing file")

# the working folder's own file
p.file("lockcast.ini", "[rules]\nwould-fail = off\n")
check("would-fail" not in rules(review()), "lockcast.ini is read")
check(rules(review("")).get("would-fail") == "danger", "--config stands instead of it")
p.file("lockcast.ini", "[rules]\nnonsense = off\n")
r = review()
check(r.status == 2 and r.err.startswith("lockcast: lockcast.ini:2: "), r.err)
finish()

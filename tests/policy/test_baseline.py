"""A baseline: what it holds, what it lets pass, what it does not."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

p = Program(arguments().bin)
TWICE = "ALTER TABLE nowhere.t ADD COLUMN x int;\n"
FILE = os.path.basename(p.file("m.sql", TWICE + TWICE + "NO SQL;\n"))
BASE = os.path.join(p.folder, "base.json")
review = ["review", "--server-version", "15"]


def report(*args):
    r = p.run(*review, "--format", "json", *args)
    check(r.status in (0, 1), f"{args}: {r.status} {r.err}")
    return r.status, json.loads(r.out)


def findings(doc):
    return [f for m in doc["migrations"] for s in m["statements"] for f in s["findings"]]


# writing one accepts what is there
r = p.run(*review, "--write-baseline", BASE, FILE)
check(r.status == 0 and r.out.startswith("DANGER"), f"writing: {r.status} {r.err}")
base = json.load(open(BASE))
check(base["schema"] == "lockcast/baseline/1" and [f["rule"] for f in base["findings"]] == ["would-fail", "would-fail", "not-parsed"],
      f"the baseline: {base}")
check(len({f["fingerprint"] for f in base["findings"]}) == 3, "equals have fingerprints of their own")
gitlab = json.loads(p.run(*review, "--format", "gitlab", FILE).out)
check([g["fingerprint"] for g in gitlab] == [f["fingerprint"] for f in base["findings"]], "the same fingerprints as in other formats")

# known findings are let pass, in every format
status, doc = report("--baseline", BASE, FILE)
check(status == 0 and doc["verdict"] == "safe", f"all known: {status} {doc['verdict']}")
check(all(f["suppressed"] and f["known"] and f["suppression"] for f in findings(doc)), "each says that it is known")
text = p.run(*review, "--baseline", BASE, FILE).out
check(text.startswith("SAFE  Only findings that the baseline has. The migration fails as written."), f"the headline: {text[:200]}")
check("3 statements that the baseline has" in text and "would-fail" not in text, f"the text: {text}")
check("would-fail: it is in the baseline" in p.run(*review, "--verbose", "--baseline", BASE, FILE).out, "--verbose shows them")
check(json.loads(p.run(*review, "--baseline", BASE, "--format", "gitlab", FILE).out) == [], "gitlab has none")
sarif = json.loads(p.run(*review, "--baseline", BASE, "--format", "sarif", FILE).out)["runs"][0]["results"]
check([s["suppressions"][0]["kind"] for s in sarif] == ["external"] * 3, "sarif: suppressed from outside")
check(report("--baseline", BASE, "./m.sql")[0] == 0, "./ before a path is no other path")

# layout and neighbours do not count; what is new does
p.file("m.sql", "-- a comment\nCREATE TABLE a (i int);\n\n" + TWICE.replace(" ADD", "\n  ADD") + TWICE + "NO SQL;\n")
check(report("--baseline", BASE, FILE)[0] == 0, "moved lines are the same findings")
p.file("m.sql", TWICE * 3 + "NO SQL;\n")
status, doc = report("--baseline", BASE, FILE)
check(status == 1 and [f.get("known", False) for f in findings(doc)] == [True, True, False, True], "a third of two is new")
text = p.run(*review, "--baseline", BASE, FILE).out
check(text.startswith("DANGER") and text.count("would-fail") == 1, f"only the new one is shown: {text}")
check(report("--baseline", BASE, p.file("other.sql", TWICE))[0] == 1, "another file is another finding")

# the ratchet: what is gone is gone, what is new comes in, and a comment's are the comment's
p.file("m.sql", TWICE + "-- lockcast: ignore not-parsed reason=\"why not\"\nNO SQL;\nNO SQL EITHER;\n")
check(p.run(*review, "--baseline", BASE, "--write-baseline", BASE, FILE).status == 0, "writing over it")
check([f["statement"] for f in json.load(open(BASE))["findings"]] == [TWICE.strip()[:-1], "NO SQL EITHER"], "the new baseline")

# what gets worse is reported again
mild = json.load(open(BASE))
for f in mild["findings"]:
    f["severity"] = "caution"
check(report("--baseline", p.file("mild.json", json.dumps(mild)), FILE)[0] == 1, "danger is worse than caution was")

# a comment alone
p.file("ignored.sql", "-- lockcast: ignore would-fail\n" + TWICE)
text = p.run(*review, os.path.join(p.folder, "ignored.sql")).out
check(text.startswith("SAFE  Only findings that a comment lets pass. The migration fails as written."), f"a comment: {text[:150]}")

# what is no baseline
good = mild["findings"][0]
for what, content, says in [("nothing", "", "JSON"), ("no JSON", "{\n\n  \"schema\": x", "bad.json:3"), ("a report", json.dumps(doc), "baseline"),
                            ("no list", '{"schema": "lockcast/baseline/1"}', "findings"),
                            ("no fingerprint", json.dumps({**mild, "findings": [{}]}), "findings[0]"),
                            ("a short one", json.dumps({**mild, "findings": [good, {**good, "fingerprint": "abc"}]}), "findings[1]"),
                            ("no severity", json.dumps({**mild, "findings": [{**good, "severity": "safe"}]}), "safe")]:
    r = p.run(*review, "--baseline", p.file("bad.json", content), FILE)
    check(r.status == 2 and "bad.json" in r.err and says in r.err and "hint: " in r.err and not r.out, f"{what}: {r.status} {r.err}")
r = p.run(*review, "--baseline", "nowhere.json", FILE)
check(r.status == 2 and "nowhere.json" in r.err and "--write-baseline" in r.err, f"a missing file: {r.err}")
check(p.run(*review, "--write-baseline", "/nonexistent/b.json", FILE).status == 4, "nowhere to write")
finish()

#!/usr/bin/env python3
"""Every form of a report: against golden files, against what hostile texts could do, against its own format's rules.

--regen writes the golden files anew (fixtures/*.json are reports as `lockcast review` wrote them; the other files are made from them).
"""
import argparse
import copy
import difflib
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from program import CONTROL  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(HERE, "fixtures")
GOLDEN = {"text": "txt", "markdown": "md", "html": "html", "sarif": "sarif", "junit": "junit.xml", "gitlab": "gitlab.json"}
REPORTS = ["demo", "mixed", "queue", "safer"]
BIN, REGEN = None, False

# What each of these would do if it came through: end a block, ping a team, make a link, end a table's row, end a comment, steer a terminal,
# turn text around, give a command to a CI's runner, end a script, start one, be an attribute, be invisible.
HOSTILE = ("```` ~~~ --> @team #123 GH-1 | pipe [link](https://evil.example/) ![i](https://evil.example/i.png) https://evil.example www.evil.example "
           "\x1b[31mred\x1b]8;;https://evil.example\x07 \u202eright-to-left \u200bzero \U000e0041tag \ufffe \n::error file=a,line=1::pwned\n##[error]pwned\n"
           "</script><script>alert(1)</script><img src=x onerror=alert(1)> \" onload=\"x ' ]]> <!-- <details> *bold* _under_ \\ `code` "
           "%0A%3A a@b.example \u0085 \r\n# heading\n- item\n> quote\n\n| a | b |\n|--|--|\n")


def render(report, form, *options):
    """Renders a report (a path or a tree); its text."""
    with tempfile.TemporaryDirectory() as d:
        path = report
        if not isinstance(report, str):
            path = os.path.join(d, "report.json")
            with open(path, "w", encoding="utf-8", newline="") as f:
                json.dump(report, f, ensure_ascii=False)
        p = subprocess.run([BIN, "render", path, "--format", form, *options], capture_output=True, cwd=d, timeout=60,
                           env={k: v for k, v in os.environ.items() if not k.startswith("PG")})
    if p.returncode:
        raise AssertionError(f"render --format {form}: status {p.returncode}: {p.stderr.decode(errors='replace')}")
    return p.stdout.decode("utf-8")


def kept_text(name):
    with open(os.path.join(FIXTURES, name), encoding="utf-8", newline="") as f:
        return f.read()


def fixture(name):
    return json.loads(kept_text(name + ".json"))


def golden_files(name, form, text):
    """The files that hold a rendered report. What all pages begin with, but for their titles, is in one file."""
    if form != "html":
        return {f"{name}.{GOLDEN[form]}": text}
    head, title, style, page = re.fullmatch("(.*)(<title>.*</title>\n)(<style>.*</style>\n)(.*)", text, re.S).groups()
    return {"head.html": head + style, f"{name}.html": title + page}


KEPT = {"schema", "severity", "verdict", "mode", "kind", "released", "behind"}


def poison(value, name=None):
    """The same report with every free text hostile. `behind` stays where it is a word of the format's own."""
    if isinstance(value, dict):
        return {k: poison(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [poison(v, name) for v in value]
    if isinstance(value, str) and (name not in KEPT or (name == "behind" and value != "this statement")) and value != "this statement":
        return HOSTILE + value
    return value


def hostile():
    report = poison(fixture("mixed"))
    first = report["migrations"][0]["statements"][0]
    first["findings"].append({"rule": HOSTILE, "severity": "danger", "message": HOSTILE, "why": HOSTILE, "source": HOSTILE})
    first["findings"].append({"rule": "r", "severity": "caution", "message": HOSTILE, "suppressed": True, "suppression": HOSTILE})
    report["unknowns"] = [HOSTILE]
    return report


class Page(html.parser.HTMLParser):
    """Tags and attributes of a page, its text outside of code, and what its data block holds."""
    VOID = {"meta", "br", "hr", "img", "input"}

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.open, self.broken, self.data, self.prose = [], [], [], [], "", ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, k, v) for k, v in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, k, v) for k, v in attrs]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.broken.append((tag, self.getpos()))

    def handle_data(self, data):
        if "script" in self.open:
            self.data += data
        elif "code" not in self.open and "pre" not in self.open and "style" not in self.open:
            self.prose += data


class Golden(unittest.TestCase):
    def test_golden_files(self):
        for name in REPORTS:
            for form in GOLDEN:
                for path, made in golden_files(name, form, render(os.path.join(FIXTURES, name + ".json"), form)).items():
                    if REGEN:
                        with open(os.path.join(FIXTURES, path), "w", encoding="utf-8", newline="") as f:
                            f.write(made)
                    kept = kept_text(path)
                    if made != kept:
                        diff = difflib.unified_diff(kept.splitlines(), made.splitlines(), path, "rendered", lineterm="", n=1)
                        self.fail("\n".join(list(diff)[:40]) + "\n(test_formats.py --bin ... --regen accepts it)")

    def test_json_comes_back_as_it_was(self):
        for name in REPORTS:
            self.assertEqual(render(os.path.join(FIXTURES, name + ".json"), "json"), kept_text(name + ".json"))

    def test_json_has_every_number(self):
        report = fixture("demo")
        for n in (0, -1, 0.5, 2e12, 1e15, 123456789012345.6, 1e22, -1.7e308, 5e-324, 2**53):
            report["forecast"]["drain_ms"]["p50"] = n
            self.assertAlmostEqual(json.loads(render(report, "json"))["forecast"]["drain_ms"]["p50"] / (n or 1), n / (n or 1) if abs(n) > 1 else
                                   round(n, 3) / (n or 1))
            for form in GOLDEN:
                render(report, form)

    def test_text_fits_80_columns(self):
        for name in REPORTS:
            for line in render(os.path.join(FIXTURES, name + ".json"), "text").splitlines():
                self.assertLessEqual(len(line), 80, line)

    def test_review_and_render_agree(self):
        with tempfile.TemporaryDirectory() as d:
            with open(os.path.join(d, "0001.sql"), "w") as f:
                f.write("CREATE TABLE t (id int);\nALTER TABLE t ADD COLUMN u uuid DEFAULT gen_random_uuid();\nDROP TABLE gone;\nNO SQL;\n")
            base = [BIN, "review", "--server-version", "15", "--fail-on", "never", "0001.sql", "--format"]
            with open(os.path.join(d, "report.json"), "wb") as f:
                f.write(subprocess.run([*base, "json"], capture_output=True, cwd=d, check=True).stdout)
            for form in ["json", *GOLDEN]:
                direct = subprocess.run([*base, form], capture_output=True, cwd=d, check=True).stdout.decode()
                self.assertEqual(direct, render(os.path.join(d, "report.json"), form), form)


class Hostile(unittest.TestCase):
    def test_no_form_passes_control_characters(self):
        for form in GOLDEN:
            found = CONTROL.search(render(hostile(), form))
            self.assertIsNone(found, f"{form}: {found}")

    def test_text_gives_no_command_to_a_runner(self):
        for options in ([], ["--verbose"]):
            for line in render(hostile(), "text", *options).splitlines():
                self.assertFalse(line.strip().startswith("::"), line)
                self.assertNotIn("##[", line)

    def test_html_has_only_its_own_elements(self):
        report = hostile()
        text = render(report, "html")
        page = Page(text)
        self.assertEqual((page.open, page.broken), ([], []))
        self.assertLessEqual(set(page.tags), {
            "html", "head", "meta", "title", "style", "body", "main", "div", "h1", "h2", "h3", "span", "section", "table", "caption", "tr", "th", "td",
            "p", "br", "code", "pre", "details", "summary", "ul", "li", "footer", "script", "svg", "line", "text", "rect"})
        self.assertEqual(page.tags.count("script"), 1)
        for tag, name, value in page.attributes:
            self.assertNotIn(name, {"href", "src", "style", "action", "srcdoc"}, (tag, name, value))
            self.assertFalse(name.startswith("on"), (tag, name, value))
        self.assertEqual(json.loads(page.data), report)
        self.assertNotIn("<", page.data)

    def test_html_allows_itself_nothing(self):
        page = Page(render(fixture("demo"), "html"))
        policy = [v for t, k, v in page.attributes if t == "meta" and k == "content" and v.startswith("default-src")]
        self.assertEqual(len(policy), 1)
        self.assertTrue(policy[0].startswith("default-src 'none'; style-src 'sha256-"))
        self.assertNotIn("unsafe", policy[0])
        self.assertNotIn("script-src", policy[0])

    def test_html_style_is_the_one_that_its_policy_allows(self):
        import base64
        import hashlib
        text = render(fixture("demo"), "html")
        style = re.search("<style>(.*?)</style>", text, re.S).group(1)
        self.assertIn("sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() + "'", text)

    def test_html_drawing_has_a_table_twin(self):
        page = Page(render(fixture("demo"), "html"))
        self.assertIn("svg", page.tags)
        self.assertIn("caption", page.tags)
        self.assertLess(page.tags.index("svg"), page.tags.index("caption"))

    def test_markdown_through_githubs_own_renderer(self):
        renderer = shutil.which("cmark-gfm")
        if not renderer:
            self.skipTest("SKIPPED: cmark-gfm is not installed, so Markdown is not checked with GitHub's renderer")
        for options in ([], ["--verbose"]):
            text = render(hostile(), "markdown", *options)
            made = subprocess.run([renderer, "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough"], input=text.encode(),
                                  capture_output=True, check=True).stdout.decode()
            page = Page(made)
            self.assertEqual((page.open, page.broken), ([], []))
            self.assertLessEqual(set(page.tags), {"h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "details", "summary",
                                                  "ul", "li", "strong", "sub", "br"}, made[:3000])
            self.assertNotIn("href", {k for _, k, _ in page.attributes})
            self.assertNotRegex(page.prose, r"@\w", "a mention outside of code")
            self.assertNotRegex(page.prose, r"#\d", "a reference outside of code")

    def test_markdown_keeps_to_its_budget(self):
        with tempfile.TemporaryDirectory() as d:
            path = os.path.join(d, "big.json")
            report = fixture("mixed")
            statement = report["migrations"][0]["statements"]
            report["migrations"][0]["statements"] = [copy.deepcopy(s) for _ in range(60) for s in statement]
            with open(path, "w") as f:
                json.dump(report, f)
            p = subprocess.run([BIN, "comment", "--provider", "github", "--dry-run", path], capture_output=True, check=True)
            self.assertLess(len(p.stdout), 65536)
            self.assertEqual(p.stdout.count(b"<details>"), p.stdout.count(b"</details>"))

    def test_junit_is_xml(self):
        root = ElementTree.fromstring(render(hostile(), "junit"))
        cases = list(root.iter("testcase"))
        self.assertEqual(len(cases), int(root.get("tests")))
        self.assertEqual(len(list(root.iter("failure"))), int(root.get("failures")))
        self.assertTrue(all(c.get("name") for c in cases))

    def test_sarif(self):
        doc = json.loads(render(hostile(), "sarif"))
        self.assertEqual((doc["version"], len(doc["runs"])), ("2.1.0", 1))
        run = doc["runs"][0]
        rules = [r["id"] for r in run["tool"]["driver"]["rules"]]
        self.assertEqual(len(rules), len(set(rules)))
        self.assertTrue(run["results"])
        for r in run["results"]:
            self.assertEqual(rules[r["ruleIndex"]], r["ruleId"])
            self.assertIn(r["level"], ("error", "warning", "note"))
            place = r["locations"][0]["physicalLocation"]
            self.assertGreaterEqual(place["region"]["startLine"], 1)
            self.assertRegex(place["artifactLocation"]["uri"], r"^[A-Za-z0-9._~/%:-]*$")
            self.assertTrue(r["message"]["text"])
        self.assertEqual(sum("suppressions" in r for r in run["results"]), 1)

    def test_gitlab(self):
        for report in (hostile(), fixture("mixed"), fixture("demo")):
            doc = json.loads(render(report, "gitlab"))
            self.assertTrue(doc)
            self.assertEqual(len({i["fingerprint"] for i in doc}), len(doc))
            for i in doc:
                self.assertIn(i["severity"], ("info", "minor", "major", "critical", "blocker"))
                self.assertGreaterEqual(i["location"]["lines"]["begin"], 1)
                self.assertFalse(i["location"]["path"].startswith("./"))
                self.assertRegex(i["fingerprint"], "^[0-9a-f]{64}$")
                self.assertTrue(i["description"] and i["check_name"])


class Fingerprints(unittest.TestCase):
    def prints(self, report):
        return [i["fingerprint"] for i in json.loads(render(report, "gitlab"))]

    def test_they_do_not_depend_on_the_line_or_the_layout(self):
        report = fixture("mixed")
        before = self.prints(report)
        for s in report["migrations"][0]["statements"]:
            s["line"] += 40
            s["sql"] = s["sql"].replace(" ", "\n   ")
        self.assertEqual(self.prints(report), before)

    def test_equal_statements_differ(self):
        report = fixture("mixed")
        statements = report["migrations"][0]["statements"]
        report["migrations"][0]["statements"] = statements + copy.deepcopy(statements)
        self.assertEqual(len(set(self.prints(report))), len(self.prints(report)))

    def test_they_depend_on_file_rule_and_statement(self):
        report, before = fixture("mixed"), self.prints(fixture("mixed"))
        report["migrations"][0]["path"] = "other.sql"
        self.assertFalse(set(self.prints(report)) & set(before))

    def test_a_dangerous_deploy_of_harmless_statements_is_found(self):
        report = fixture("demo")
        for m in report["migrations"]:
            for s in m["statements"]:
                s["findings"] = []
        self.assertEqual([i["check_name"] for i in json.loads(render(report, "gitlab"))], ["deploy"])
        self.assertEqual([r["level"] for r in json.loads(render(report, "sarif"))["runs"][0]["results"]], ["error"])
        self.assertIn("<failure", render(report, "junit"))


class NotAReport(unittest.TestCase):
    def refused(self, content, says):
        with tempfile.TemporaryDirectory() as d:
            path = os.path.join(d, "bad.json")
            with open(path, "wb") as f:
                f.write(content if isinstance(content, bytes) else json.dumps(content).encode())
            for command in (["render", path, "--format", "html"], ["comment", "--provider", "github", "--dry-run", path]):
                p = subprocess.run([BIN, *command], capture_output=True, timeout=60)
                self.assertEqual(p.returncode, 2, (command, p.stderr))
                self.assertIn(says, p.stderr.decode())
                self.assertEqual(p.stdout, b"")

    def test_other_documents(self):
        self.refused(b"", "JSON")
        self.refused(b"{", "JSON")
        self.refused(b"[" * 100000, "JSON")
        self.refused([], "lockcast/review/1")
        self.refused({"schema": "lockcast/review/2", "migrations": []}, "lockcast/review/1")
        self.refused({"schema": "lockcast/review/1", "migrations": {}}, "lockcast/review/1")
        self.refused({"schema": "lockcast/review/1", "migrations": [[]]}, "lockcast/review/1")
        self.refused(b'{"schema": "lockcast/review/1\xff"}', "UTF-8")

    def test_fields_of_other_kinds(self):
        def broken(**fields):
            report = fixture("demo")
            statement = report["migrations"][0]["statements"][0]
            for name, value in fields.items():
                (statement if name in statement else report)[name] = value
            return report
        self.refused(broken(line=-1), '"line"')
        self.refused(broken(line="7"), '"line"')
        self.refused(broken(line=1e300), '"line"')
        self.refused(broken(locks=[1]), '"locks"')
        self.refused(broken(locks=[{"relation": 1}]), '"relation"')
        self.refused(broken(duration_ms=[]), '"duration_ms"')
        self.refused(broken(verdict="\x1b[31m"), '"verdict"')
        self.refused(broken(findings=[{"severity": "\x1b]"}]), '"severity"')
        self.refused(broken(unknowns=[{}]), '"unknowns"')

    def test_absent_fields_are_no_error(self):
        for form in ["json", *GOLDEN]:
            render({"schema": "lockcast/review/1", "migrations": [{"statements": [{}]}]}, form)
            render({"schema": "lockcast/review/1", "migrations": []}, form)


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("--bin", required=True)
    ap.add_argument("--regen", action="store_true")
    a = ap.parse_args()
    BIN, REGEN = os.path.abspath(a.bin), a.regen
    result = unittest.main(argv=sys.argv[:1], verbosity=1, exit=False).result
    for _, why in result.skipped:
        print(why)
    sys.exit(not result.wasSuccessful())

"""PostgreSQL's isolation tests (src/test/isolation of its source): where they are to be had, and comparing transcripts.

They are read from the source package, never kept in the repository. Looked for in $LOCKCAST_PG_SOURCE (folders named postgresql-N*),
then in the cache of this user; fetch() brings Debian's source package into that cache with lists and sources of its own."""
import glob
import os
import re
import shutil
import subprocess
import tempfile

CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "lockcast-pg-source")
SUITES = {15: ["bookworm"], 17: ["trixie"], 18: ["sid", "forky"]}


def folder(major):
    """The folder with specs/ and expected/ of that major; None."""
    for top in [os.environ.get("LOCKCAST_PG_SOURCE"), CACHE]:
        for found in sorted(glob.glob(os.path.join(top, f"postgresql-{major}*", "src", "test", "isolation"))) if top else []:
            if os.path.isdir(os.path.join(found, "specs")):
                return found
    return None


def fetch(major, seconds=120):
    """Brings the source package; returns folder(major)."""
    if folder(major) or not shutil.which("apt-get") or major not in SUITES:
        return folder(major)
    for suite in SUITES[major]:
        with tempfile.TemporaryDirectory() as work:
            for name in ["lists/partial", "cache/archives/partial", "parts"]:
                os.makedirs(os.path.join(work, name))
            with open(os.path.join(work, "sources.list"), "w", encoding="utf-8") as f:
                f.write(f"deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian {suite} main\n")
            apt = ["timeout", str(seconds), "apt-get", "-qq", "-o", f"Dir::Etc::sourcelist={work}/sources.list", "-o", f"Dir::Etc::sourceparts={work}/parts",
                   "-o", f"Dir::State::lists={work}/lists", "-o", f"Dir::Cache={work}/cache", "-o", "APT::Sandbox::User=", "-o", "Acquire::Check-Valid-Until=false"]
            for args in [["update"], ["source", "--download-only", f"postgresql-{major}"]]:
                if subprocess.run(apt + args, cwd=work, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode:
                    break
            for archive in glob.glob(os.path.join(work, f"postgresql-{major}_*.orig.tar.*")):
                os.makedirs(CACHE, exist_ok=True)
                subprocess.run(["tar", "xf", archive, "-C", CACHE, "--wildcards", "*/src/test/isolation/*"], check=False)
        if folder(major):
            break
    return folder(major)


RULE = re.compile(r"^-+(\+-+)*$")
ROWS = re.compile(r"^\(\d+ rows?\)$")
NOISE = re.compile(r"^(\w+: )?(NOTICE|WARNING|LOG|DEBUG|INFO):  |^# not modelled|^Parsed test spec|^\s*$")


def without_rows(text):
    """A transcript's lines without result sets, notices and empty lines: steps, who waits, who is done, errors."""
    lines, out, i = text.splitlines(), [], 0
    while i < len(lines):
        if i + 1 < len(lines) and (RULE.match(lines[i + 1]) or (lines[i + 1] == "" and i + 2 < len(lines) and RULE.match(lines[i + 2] or "x"))):
            while i < len(lines) and not ROWS.match(lines[i]):
                i += 1
            i += 1
            continue
        if RULE.match(lines[i]) and i + 1 < len(lines) and ROWS.match(lines[i + 1]):
            i += 2
            continue
        if ROWS.match(lines[i]) or NOISE.match(lines[i]):
            i += 1
            continue
        out.append(lines[i].rstrip())
        i += 1
    return out


def by_permutation(lines):
    """[(name, lines)] in order."""
    out = []
    for line in lines:
        if line.startswith("starting permutation: "):
            out.append((line[len("starting permutation: "):], []))
        elif out:
            out[-1][1].append(line)
    return out


def run(binary, spec, major):
    """(exit status, transcript, what it says is not modelled, error text)"""
    r = subprocess.run([binary, "simulate", "--server-version", str(major), spec], capture_output=True, text=True, timeout=120, check=False)
    notes = [line[len("# not modelled: "):] for line in r.stdout.splitlines() if line.startswith("# not modelled: ")]
    return r.returncode, r.stdout, notes, r.stderr.strip()


def compare(binary, tests, name, major):
    """(permutations alike, permutations in all, notes, error): held against the first of expected/NAME.out, NAME_1.out, ... that is alike most."""
    status, out, notes, err = run(binary, os.path.join(tests, "specs", name + ".spec"), major)
    ours, best, total = by_permutation(without_rows(out)), -1, 0
    for path in sorted(glob.glob(os.path.join(tests, "expected", name + ".out")) + glob.glob(os.path.join(tests, "expected", name + "_[0-9].out"))):
        with open(path, encoding="utf-8") as f:
            theirs = by_permutation(without_rows(f.read()))
        alike = sum(1 for i, one in enumerate(theirs) if i < len(ours) and ours[i] == one)
        if alike > best:
            best, total = alike, len(theirs)
    return best, total, notes, err if status else ""

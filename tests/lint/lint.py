#!/usr/bin/python3
"""./run lint: format, house rules, clang-tidy. Every finding is `path:line: what`; status 1 when there is one.

  lint.py --build DIR   DIR has compile_commands.json
  lint.py --quick       without clang-tidy
  lint.py --fix         formats every C file first
"""
import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import rooms

MAX_FILE, MAX_FUNCTION, MAX_MEDIAN = 1000, 150, 15
# The analyzer without its deepest paths: a tenth of the time.
SHALLOW = [f"--extra-arg={word}" for word in ("-Xclang", "-analyzer-config", "-Xclang", "mode=shallow")]
# The version whose output is the house style: others format some constructs another way.
FORMAT_MAJOR = 14

# Calls with no bound, no error value, or hidden state; each with what to write instead.
BANNED = {
    "strcpy": "lc_strdup or snprintf", "strcat": "struct lc_str", "sprintf": "snprintf or lc_str_printf", "vsprintf": "vsnprintf",
    "gets": "fgets", "strtok": "strcspn", "strtok_r": "strcspn", "atoi": "strtol", "atol": "strtol", "atoll": "strtoll",
    "atof": "strtod", "rand": "base/rng.h", "srand": "base/rng.h", "random": "base/rng.h", "alloca": "the arena", "setjmp": "error values",
    "longjmp": "error values", "tmpnam": "mkstemp", "mktemp": "mkstemp", "system": "posix_spawn", "popen": "posix_spawn",
    "asctime": "strftime", "ctime": "strftime", "localtime": "gmtime_r", "gmtime": "gmtime_r", "strncpy": "memcpy with a length",
    "strncat": "struct lc_str",
}
# Ending the process and writing to the terminal is the CLI's alone; the arena aborts when memory is gone.
CLI_ONLY = {"exit", "_exit", "abort", "printf", "puts", "putchar", "vprintf", "perror", "err", "errx", "warn", "warnx"}
CLI_ONLY_EXCEPT = {("src/base/arena.c", "abort")}
# stderr and stdout below cli, by name
STREAMS = re.compile(r"\b(stdout|stderr)\b")
STREAMS_EXCEPT = set()
# Paths of the machine this was written on have no place in it. Put together so that this line does not match itself.
WORKPLACE = re.compile("/" + r"work/(main|wt|shared|tools|\.)|/" + r"root/\.cache")
CALL = re.compile(r"(?<![\w.>])([a-z_]\w*)\s*\(")
FUNCTION_DECLARATION = re.compile(r"^(?!typedef|static|struct \w+ \{|enum|union|#|//|/\*|\s|extern const|\})[A-Za-z_][\w\s\*]*?\**\b(\w+)\s*\(")


def tracked():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], stdout=subprocess.PIPE, check=True).stdout.decode()
    return [p for p in out.split("\0") if p and os.path.isfile(p)]


def read(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def strip(text):
    """C text without comments and literals, line for line."""
    def blank(m):
        s = m.group(0)
        return '""' if s.startswith('"') else "' '" if s.startswith("'") else "\n" * s.count("\n") or " "
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def check_calls(path):
    below_cli = path.startswith("src/") and not path.startswith("src/cli/")
    for n, line in enumerate(strip(read(path)).split("\n"), 1):
        if line.lstrip().startswith("#"):
            continue
        for name in CALL.findall(line):
            if name in BANNED:
                yield path, n, f"{name}() is banned: use {BANNED[name]}"
            elif below_cli and name in CLI_ONLY and (path, name) not in CLI_ONLY_EXCEPT:
                yield path, n, f"{name}() below cli: return an error instead"
        if below_cli and path not in STREAMS_EXCEPT and STREAMS.search(line):
            yield path, n, "stdout and stderr are the CLI's"


def check_file(path):
    text = read(path)
    lines = text.count("\n")
    if lines > MAX_FILE:
        yield path, MAX_FILE, f"{lines} lines, {MAX_FILE} at most"
    if not re.match(r"\s*(//|/\*)", text):
        yield path, 1, "the first line says the file's subject in a comment"


def function_lengths(paths):
    """(length, path, line, name) of every C function, by ctags."""
    out = subprocess.run(["ctags", "--languages=C", "--kinds-C=f", "--fields=+ne", "--output-format=json", "-f", "-", "-L", "-"],
                         input="\n".join(paths).encode(), stdout=subprocess.PIPE, check=True).stdout.decode()
    for line in out.splitlines():
        tag = json.loads(line)
        if "end" in tag:
            yield tag["end"] - tag["line"] + 1, tag["path"], tag["line"], tag["name"]


def check_functions(paths):
    lengths = sorted(function_lengths(paths))
    for length, path, line, name in lengths:
        if length > MAX_FUNCTION:
            yield path, line, f"{name}() has {length} lines, {MAX_FUNCTION} at most"
    if lengths:
        median = lengths[len(lengths) // 2][0]
        print(f"functions: {len(lengths)}, median {median} lines, p90 {lengths[len(lengths) * 9 // 10][0]}, longest {lengths[-1][0]}")
        if median > MAX_MEDIAN:
            yield "src", 0, f"the median function has {median} lines, {MAX_MEDIAN} at most"


def check_header(path):
    """Every function that a header declares has a comment: its own, or one that its group of lines shares."""
    documented = False
    for n, line in enumerate(read(path).split("\n"), 1):
        if not line.strip():
            documented = False
        elif re.match(r"\s*(//|/\*|\*)", line):
            documented = True
        else:
            m = FUNCTION_DECLARATION.match(line)
            if m and not documented and not m.group(1).isupper() and "//" not in line and "/*" not in line:
                yield path, n, f"{m.group(1)}() has no comment"
            documented = documented or "//" in line


def check_workplace(paths):
    for path in paths:
        for n, line in enumerate(read(path).split("\n"), 1):
            if WORKPLACE.search(line):
                yield path, n, "a path of the machine it was written on"


def check_format(paths, fix):
    tool = shutil.which(f"clang-format-{FORMAT_MAJOR}") or shutil.which("clang-format")
    version = subprocess.run([tool, "--version"], stdout=subprocess.PIPE).stdout.decode() if tool else ""
    if not re.search(rf"version {FORMAT_MAJOR}\.", version):
        print(f"SKIPPED: format: clang-format {FORMAT_MAJOR} is not here ({version.strip() or 'none'})")
        return
    if fix:
        subprocess.run([tool, "-i", *paths], check=True)
    p = subprocess.run([tool, "--dry-run", "-Werror", *paths], stderr=subprocess.PIPE)
    lines = {}
    for m in re.finditer(r"^(\S+?):(\d+):\d+: error: ", p.stderr.decode(), re.M):
        lines.setdefault(m.group(1), []).append(int(m.group(2)))
    for path, found in lines.items():
        yield path, found[0], f"not formatted, {len(found)} places (./run lint --fix)"


def tidy_key(path, common):
    return hashlib.sha256(common + read(path).encode()).hexdigest()


def check_tidy(build, paths):
    """clang-tidy on what changed since it was last clean, by content; two files at a time."""
    if not shutil.which("clang-tidy"):
        print("SKIPPED: clang-tidy is not here")
        return
    headers = sorted(p for p in tracked() if p.endswith((".h", ".def")))
    version = subprocess.run(["clang-tidy", "--version"], stdout=subprocess.PIPE).stdout
    common = hashlib.sha256(version + b"".join(read(p).encode() for p in [".clang-tidy", *headers])).digest()
    store = os.path.join("build", "lint")
    os.makedirs(store, exist_ok=True)
    with open(os.path.join(build, "compile_commands.json")) as f:
        known = {os.path.relpath(os.path.join(e["directory"], e["file"])) for e in json.load(f)}
    todo = [p for p in paths if p in known and not os.path.exists(os.path.join(store, tidy_key(p, common)))]

    def one(path):
        p = subprocess.run(["clang-tidy", "--quiet", *SHALLOW, "-p", build, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out = p.stdout.decode(errors="replace")
        found = re.findall(r"^(\S+?):(\d+):\d+: (?:warning|error): (.*)$", out, re.M)
        if p.returncode == 0 and not found:
            open(os.path.join(store, tidy_key(path, common)), "w").close()
        elif not found:
            found = [(path, "0", "clang-tidy failed: " + (p.stderr.decode(errors="replace").strip() or out)[-300:])]
        return found

    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        seen = set()
        for found in pool.map(one, todo):
            for where, line, what in found:
                item = (os.path.relpath(where), int(line), what)
                if item not in seen:
                    seen.add(item)
                    yield item
    print(f"clang-tidy: {len(todo)} files, {len(paths) - len(todo)} unchanged since they were clean")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--build", default="build/release")
    p.add_argument("--quick", action="store_true")
    p.add_argument("--fix", action="store_true")
    a = p.parse_args()
    os.chdir(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    files = tracked()
    c_files = sorted(f for f in files if f.endswith((".c", ".h")) and f.startswith(("src/", "include/", "tests/")))
    source = [f for f in c_files if not f.startswith("tests/")]
    problems = []
    for f in source:
        problems += [*check_calls(f), *check_file(f)]
        if f.endswith(".h"):
            problems += check_header(f)
    problems += check_functions([f for f in source if f.endswith(".c")])
    problems += rooms.check([f for f in source if f.startswith("src/")])
    problems += check_workplace(files)
    problems += check_format(c_files, a.fix)
    if not a.quick:
        problems += check_tidy(a.build, [f for f in source if f.endswith(".c")])
    for path, line, what in problems:
        print(f"{path}:{line}: {what}")
    print(f"lint: {len(c_files)} C files, {len(problems)} problems")
    sys.exit(1 if problems else 0)


main()

#!/usr/bin/python3
"""The documentation holds: docs/commands.md is what --help says, every link leads somewhere, every page is in the index.

  docs.py --bin LOCKCAST            check
  docs.py --bin LOCKCAST --regen    write docs/commands.md anew
"""
import argparse
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMMANDS = os.path.join("docs", "commands.md")
HEAD = """# The commands

What each `lockcast COMMAND --help` says. Written by `tests/lint/docs.py --regen`; `./run lint` fails when it is out of date.
"""


def help_of(binary, *command):
    return subprocess.run([binary, *command, "--help"], stdout=subprocess.PIPE, check=True).stdout.decode()


def commands_page(binary):
    names = re.findall(r"^  ([a-z]+) {2,}\S", help_of(binary), re.M)
    page = HEAD + "\n" + "".join(f"- [{n}](#lockcast-{n})\n" for n in names)
    for n in names:
        page += f"\n## lockcast {n}\n\n```\n{help_of(binary, n).rstrip()}\n```\n"
    return page


def broken_links(path):
    """Relative links of a page that lead nowhere."""
    with open(path, encoding="utf-8") as f:
        text = re.sub(r"```.*?```", "", f.read(), flags=re.S)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target and not os.path.exists(os.path.join(os.path.dirname(path), target)):
            yield f"{path}: the link to {target} leads nowhere"


def check(binary):
    with open(COMMANDS, encoding="utf-8") as f:
        if f.read() != commands_page(binary):
            yield f"{COMMANDS} is not what --help says: tests/lint/docs.py --bin {binary} --regen"
    pages = sorted(p for p in os.listdir("docs") if p.endswith(".md"))
    with open(os.path.join("docs", "README.md"), encoding="utf-8") as f:
        index = f.read()
    for page in pages:
        if page != "README.md" and f"({page})" not in index:
            yield f"docs/README.md does not name {page}"
        yield from broken_links(os.path.join("docs", page))
    for page in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        yield from broken_links(page)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--bin", default="build/release/lockcast")
    p.add_argument("--regen", action="store_true")
    a = p.parse_args()
    os.chdir(ROOT)
    if a.regen:
        page = commands_page(a.bin)
        with open(COMMANDS, "w", encoding="utf-8") as f:
            f.write(page)
    problems = list(check(a.bin))
    print("\n".join(problems) if problems else "docs: no problem")
    return 1 if problems else 0


sys.exit(main())

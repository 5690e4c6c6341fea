"""SQL that nobody would write: real statements cut, crossed and misspelt, by a fixed seed. Nothing may crash, hang, leak or
trip a sanitizer; a failing script is cut down to the statement that does it. --rounds and --first make a longer search."""
import os
import random
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

args = arguments(rounds=12, first=1, statements=120)
p = Program(args.bin)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "hostile_seeds.sql"), encoding="utf-8") as f:
    SEEDS = [line.rstrip("\n").rstrip(";") for line in f if line.strip()]
TOKEN = re.compile(r"\$\$.*?\$\$|'(?:[^']|'')*'|\"[^\"]*\"|\w+|\s+|.", re.S)
SEED_TOKENS = [TOKEN.findall(s) for s in SEEDS]
NAMES = ['"we""ird"', "pg_catalog.pg_class", "information_schema.tables", '"' + "x" * 70 + '"', "a.b.c", "nowhere.a", '"\u00e9\U0001f600"',
         "public.a", "b", "p", "p1", "v", "m", "s", "mood", "email", "99999999999999999999", "-1", "''", "NULL", "*", "(", ")", ",", "id", "n"]


def mutate(rng):
    tokens = list(rng.choice(SEED_TOKENS))
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        i, kind = rng.randrange(len(tokens)), rng.randrange(6)
        if kind == 0 and len(tokens) > 1:
            del tokens[i]
        elif kind == 1:
            tokens.insert(i, tokens[rng.randrange(len(tokens))])
        elif kind == 2:
            words = [k for k, t in enumerate(tokens) if re.match(r'[a-z"]', t)]
            tokens[rng.choice(words) if words else i] = rng.choice(NAMES)
        elif kind == 3:
            other = rng.choice(SEED_TOKENS)
            tokens[i:] = other[rng.randrange(len(other)):]
        elif kind == 4:
            j = rng.randrange(len(tokens))
            tokens[i], tokens[j] = tokens[j], tokens[i]
        else:
            words = [k for k, t in enumerate(tokens) if re.match(r"[a-z]", t)]
            if words:
                tokens[rng.choice(words)] = rng.choice(["a", "b", "p", "p1", "v", "child", "l", "id", "n", "t"])
    return "".join(tokens)


def trouble(statements, options):
    """What goes wrong with this script, or None."""
    path = p.file("hostile.sql", ";\n".join(statements) + ";\n")
    try:
        r = p.run("review", "--format", "json", *options, path, timeout=60)
    except subprocess.TimeoutExpired:
        return "hangs"
    if r.status not in (0, 1, 2):
        return f"status {r.status}: {r.err[-1500:]}"
    m = re.search(r"(Sanitizer|runtime error).*", r.err)
    return m.group(0) if m else None


def shrink(statements, options):
    """The statements without those that the trouble does not need."""
    step = max(1, len(statements) // 2)
    while True:
        i = 0
        while i < len(statements):
            fewer = statements[:i] + statements[i + step:]
            if fewer and trouble(fewer, options):
                statements = fewer
            else:
                i += step
        if step == 1:
            return statements
        step //= 2


for seed in range(args.first, args.first + args.rounds):
    rng = random.Random(seed)
    script = SEEDS[:12] + [mutate(rng) for _ in range(args.statements)]
    options = ["--server-version", str(rng.choice([13, 15, 17, 18])), "--transaction", rng.choice(["auto", "file", "none"])]
    what = trouble(script, options)
    if not check(what is None, f"seed {seed}, {' '.join(options)}: {what}"):
        print(";\n".join(shrink(script, options)) + ";", flush=True)
finish()

#!/usr/bin/env python3
"""The framework's own files of four public histories give the same statements, order and transactions as the normalised ones beside them."""
import argparse
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.environ.get("LOCKCAST_SHARED") or os.path.join(HERE, "..", "..", "..", "shared")


def review(binary, paths, extra=()):
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run([binary, "review", "--server-version", "15", "--no-traffic", "--no-rewrite", "--fail-on", "never", "--format", "json",
                        "-o", out.name, *extra, *paths], check=True)
        return json.load(open(out.name))["migrations"]


def transactions(statements):
    """The statements' transactions, numbered from 1 within the file."""
    seen = {}
    return [t and seen.setdefault(t, len(seen) + 1) for t in (s["transaction"] for s in statements)]


def check(binary, root, name):
    manifest = json.load(open(os.path.join(root, "manifest.json")))
    files = [f for f in manifest["files"] if f.get("orig") and os.path.exists(os.path.join(root, f["orig"]))]
    ours = review(binary, [os.path.join(root, f["orig"]) for f in files])
    theirs = review(binary, [os.path.join(root, f["file"]) for f in files], ["--input-format", "plain"])
    bad = []
    for f, a, b in zip(files, ours, theirs):
        got, want = a["statements"], b["statements"]
        if [s["sql"] for s in got] != [s["sql"] for s in want]:
            bad.append(f"{f['orig']} ({a['format']}): {len(got)} statements, {len(want)} wanted")
        elif f["tx"] == "single" and len(got) > 1 and len(set(transactions(got))) != 1:
            bad.append(f"{f['orig']} ({a['format']}): not in one transaction: {transactions(got)[:10]}")
        elif any(s["command"] == "BEGIN" for s in want):
            continue  # the file opens its own
        elif f["tx"] == "none" and "prisma" not in manifest["format"].lower() and len(got) > 1 and len(set(transactions(got))) == 1 and None not in transactions(got):
            bad.append(f"{f['orig']} ({a['format']}): in one transaction, none wanted")
    folder = [os.path.relpath(m["path"], root) for m in review(binary, [os.path.join(root, "orig")])]
    folder = [path for path in folder if path.endswith(".sql")]  # hatchet has some in Go, which are named and not read
    for got, want in zip(folder, [f["orig"] for f in files]):
        if got != want:
            bad.append(f"the folder's order: {got} where {want} comes")
            break
    if len(folder) != len(files):
        bad.append(f"the folder has {len(folder)} migrations, not {len(files)}")
    formats = sorted({a["format"] for a in ours})
    print(f"{name}: {len(files)} files as {', '.join(formats)}: {len(bad)} differ")
    for b in bad[:10]:
        print("   " + b)
    return len(bad)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--bin", required=True)
    a = ap.parse_args()
    corpora = os.path.join(SHARED, "corpora")
    if not os.path.isdir(corpora):
        print(f"SKIPPED: {corpora} is missing")
        sys.exit(77)
    bad = 0
    for name in sorted(os.listdir(corpora)):
        root = os.path.join(corpora, name)
        if os.path.exists(os.path.join(root, "manifest.json")):
            bad += check(a.bin, root, name)
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()

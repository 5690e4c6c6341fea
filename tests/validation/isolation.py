#!/usr/bin/python3
"""PostgreSQL's isolation tests under `lockcast simulate`, held against their expected transcripts; writes the section of docs/validation.md.

  python3 tests/validation/isolation.py --bin build/release/lockcast [--major 15 --major 18] [--write] [--all] [--diff NAME]

  python3 tests/validation/isolation.py --bin build/release/lockcast --real 17

--real runs the passing tests of PostgreSQL 18 (15 for servers before 16) on a throwaway server of that major, because these transcripts
come with 15 and 18 only here. Compared: order of steps, who waits, who is done, errors. Not compared: what queries return, notices and warnings (there is no data engine)."""
import argparse
import difflib
import fnmatch
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import isolation_source as iso  # noqa: E402

# The tests that are about locks. The others are about serialization failures, predicate locks and results.
ABOUT_LOCKS = """deadlock-* alter-table-* lock-nowait nowait nowait-* detach-partition-concurrently-* drop-index-concurrently-* partition-drop-index-locking
fk-deadlock* fk-contention truncate-conflict reindex-concurrently* reindex-schema multiple-cic lock-committed-* lock-update-* skip-locked* multixact-* tuplelock-*
propagate-lock-delete delete-abort-savept* update-locked-tuple create-trigger inherit-temp timeouts vacuum-conflict vacuum-concurrent-drop vacuum-skip-locked cluster-conflict*
partition-concurrent-attach stats sequence-ddl aborted-keyrevoke ddl-dependency-locking pub-concurrent-drop drop-owned-grant subxid-overflow freeze-the-dead
fk-partitioned-* fk-snapshot partition-key-update-* insert-conflict-do-nothing* prepared-transactions-cic temp-schema-cleanup plpgsql-toast""".split()
BEGIN, END = "<!-- isolation: written by tests/validation/isolation.py -->", "<!-- end of isolation -->"


def names(tests, all_of_them):
    found = sorted(f[:-5] for f in os.listdir(os.path.join(tests, "specs")) if f.endswith(".spec"))
    return [n for n in found if all_of_them or any(fnmatch.fnmatch(n, p) for p in ABOUT_LOCKS)]


def show_diff(binary, tests, name, major):
    status, out, notes, err = iso.run(binary, os.path.join(tests, "specs", name + ".spec"), major)
    with open(os.path.join(tests, "expected", name + ".out"), encoding="utf-8") as f:
        expected = iso.without_rows(f.read())
    print("\n".join(difflib.unified_diff(expected, iso.without_rows(out), "expected", "simulated", lineterm="", n=6)))
    print(status, err, notes)


def section(results):
    lines = [BEGIN, "", "PostgreSQL's own isolation tests that are about locks, run by `lockcast simulate NAME.spec --server-version N` without a server and held against",
             "the transcripts that come with PostgreSQL (`expected/NAME.out`). Compared: the order of steps, who waits, who is done, errors. Left out on both",
             "sides: what queries return, notices and warnings; there is no data engine. A test passes when every permutation is alike; a failing",
             "one shows how many are. *said*: the transcript itself says what it does not model.", ""]
    majors = sorted(results)
    for major in majors:
        passed = sum(1 for r in results[major].values() if r[0] == r[1] and r[1])
        perms, alike = sum(r[1] for r in results[major].values()), sum(max(r[0], 0) for r in results[major].values())
        lines.append(f"PostgreSQL {major}: {passed} of {len(results[major])} tests pass; {alike} of {perms} permutations are alike.")
        lines.append("")
    lines += ["| test | " + " | ".join(str(m) for m in majors) + " | said |", "| --- |" + " --- |" * (len(majors) + 1)]
    for name in sorted(set(n for m in majors for n in results[m])):
        cells, said = [], []
        for m in majors:
            r = results[m].get(name)
            cells.append("" if r is None else "pass" if r[0] == r[1] and r[1] else f"**fail** ({max(r[0], 0)} of {r[1]})")
            said += [n for n in (r[2] if r else []) if n not in said]
        note = "; ".join(said)[:110].replace("|", "/")
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {note} |")
    return "\n".join(lines + ["", END]) + "\n"


def write(text, path):
    with open(path, encoding="utf-8") as f:
        doc = f.read()
    if BEGIN in doc:
        doc = doc[:doc.index(BEGIN)] + text + doc[doc.index(END) + len(END) + 1:]
    else:
        doc = doc.rstrip("\n") + "\n\n## Isolation tests\n\n" + text
    with open(path, "w", encoding="utf-8") as f:
        f.write(doc)


def write_passing(results):
    """tests/isolation/pass.txt: what must go on passing."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "isolation", "pass.txt")
    with open(path, "w", encoding="utf-8") as f:
        f.write("# PostgreSQL's isolation tests that pass, by major; written by tests/validation/isolation.py --write\n")
        for name in sorted(set(n for r in results.values() for n in r)):
            majors = [str(m) for m in sorted(results) if results[m].get(name) and results[m][name][1] and results[m][name][0] == results[m][name][1]]
            if majors:
                f.write(" ".join([name, *majors]) + "\n")


def against_server(binary, major):
    """The transcript of a real server's isolationtester beside the simulated one, for every test that is known to pass."""
    from pgserver import Server
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "isolation"))
    from server_isolation import transcript
    source = 18 if major >= 16 else 15
    tests, alike, total = iso.fetch(source), 0, 0
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "isolation", "pass.txt"), encoding="utf-8") as f:
        known = [line.split()[0] for line in f if not line.startswith("#") and str(source) in line.split()[1:]]
    with Server(major, settings={"autovacuum": "off", "max_prepared_transactions": "5"}) as server:
        for name in [n for n in known if n != "stats"]: # whose results depend on what the server has gathered
            spec = os.path.join(tests, "specs", name + ".spec")
            same = transcript(server, spec) == iso.without_rows(iso.run(binary, spec, major)[1])
            alike, total = alike + same, total + 1
            if not same:
                print(f"{major} differs: {name}")
    print(f"{major}: {alike} of {total} tests of PostgreSQL {source} are alike on a real server")


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--bin", required=True)
    p.add_argument("--major", type=int, action="append")
    p.add_argument("--all", action="store_true", help="also the tests that are not about locks")
    p.add_argument("--diff", metavar="NAME", help="show one test's difference")
    p.add_argument("--real", type=int, metavar="MAJOR", help="against a real server of that major")
    p.add_argument("--write", action="store_true", help="write docs/validation.md")
    args = p.parse_args()
    results = {}
    if args.real:
        against_server(os.path.abspath(args.bin), args.real)
        return
    for major in args.major or [15, 18]:
        tests = iso.fetch(major)
        if not tests:
            print(f"no source of PostgreSQL {major} here (LOCKCAST_PG_SOURCE, or Debian's archive)", file=sys.stderr)
            continue
        if args.diff:
            show_diff(args.bin, tests, args.diff, major)
            continue
        results[major] = {}
        for name in names(tests, args.all):
            r = results[major][name] = iso.compare(args.bin, tests, name, major)
            print(f"{major} {'pass' if r[0] == r[1] and r[1] else 'FAIL'} {max(r[0], 0)}/{r[1]} {name} {r[3]} {'; '.join(r[2])}"[:220])
        passed = sum(1 for r in results[major].values() if r[0] == r[1] and r[1])
        print(f"{major}: {passed} of {len(results[major])} pass")
    if not args.diff and not results:
        sys.exit(77)
    if args.write:
        write_passing(results)
        write(section(results), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "validation.md"))


if __name__ == "__main__":
    main()

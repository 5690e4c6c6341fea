"""The migrations of lab_cases.py with few rows: the rewrite ends in the same schema and data, interrupted or not.

By default every ninth case runs, for the time it takes; LOCKCAST_REWRITE_CASES=all runs all of them, --only NAME some.
"""
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.path.insert(0, HERE)
from pgserver import Server, arguments, check, finish  # noqa: E402
import lab_cases  # noqa: E402
import server_cases  # noqa: E402

ROWS = 15000


def main():
    args = arguments(only="", keep="", skip=0)
    for major in args.versions or [15]:
        with Server(major, settings={"fsync": "off", "autovacuum": "off"}) as server:
            every = 1 if args.only or os.environ.get("LOCKCAST_REWRITE_CASES") == "all" else 9
            for case in lab_cases.cases(ROWS)[args.skip::every]:
                if major < case.get("min", 13) or args.only and not any(o in case["name"] for o in args.only.split("|")):
                    continue
                wanted = {"rewrite": "rewritten", "window": "needs a window"}.get(case["expect"] if not case.get("large") and major <= case.get("max", 99) else "")  # harmless with few rows
                with tempfile.TemporaryDirectory() as folder:
                    bad = server_cases.run_case(server, args.bin, {**case, "setup": ";\n".join(case["setup"]), "recipe": wanted}, args.keep or folder, base="")
                check(not bad, f"{major}: {case['name']}: {bad}"[:900])
    finish()


if __name__ == "__main__":
    main()

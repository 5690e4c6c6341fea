#!/usr/bin/python3
"""Our own isolation tests on real servers: isolationtester's transcript and the simulated one are alike (result sets and notices left out).

--record writes cases/NAME.out from PostgreSQL 15's transcript."""
import glob
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import isolation_source as iso  # noqa: E402
from pgserver import Server, arguments, check, finish, skip  # noqa: E402


def tester(server):
    path = os.path.join(server.bindir, "..", "lib", "postgresql", "pgxs", "src", "test", "isolation", "isolationtester")
    debian = os.path.join(server.bindir, "..", "lib", "pgxs", "src", "test", "isolation", "isolationtester")
    for p in [path, debian]:
        if os.path.exists(p):
            return p
    skip("there is no isolationtester beside the server")
    return None


def transcript(server, spec):
    with open(spec, encoding="utf-8") as f:
        env = {**os.environ, "LD_LIBRARY_PATH": os.path.join(server.bindir, "..", "lib")}
        r = subprocess.run([tester(server), server.dsn()], stdin=f, capture_output=True, text=True, timeout=120, check=False, env=env)
    check(r.stdout != "", f"isolationtester ran: {r.stderr}")
    return iso.without_rows(r.stdout)


def main():
    record = "--record" in sys.argv
    sys.argv = [a for a in sys.argv if a != "--record"]
    args = arguments()
    for version in args.versions or [15, 18]:
        with Server(version, settings={"autovacuum": "off", "max_prepared_transactions": "5"}) as server:
            for spec in sorted(glob.glob(os.path.join(HERE, "cases", "*.spec"))):
                real = transcript(server, spec)
                status, out, _, err = iso.run(args.bin, spec, version)
                ours = iso.without_rows(out)
                if record and version == 15:
                    with open(spec[:-5] + ".out", "w", encoding="utf-8") as f:
                        f.write("\n".join(real) + "\n")
                at = next((i for i, (a, b) in enumerate(zip(real, ours)) if a != b), min(len(real), len(ours)))
                check(status == 0 and real == ours, f"PostgreSQL {version}, {os.path.basename(spec)}: {err} real {real[at:at + 3]}, simulated {ours[at:at + 3]}")
    finish()


if __name__ == "__main__":
    main()

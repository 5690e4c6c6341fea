"""The throwaway server itself: starts, answers, restarts with its data, and leaves nothing behind, for each version asked for."""
import os

from pgserver import Server, arguments, available, check, finish, skip

args = arguments()
majors = [v for v in args.versions or [15] if available(v)]
if not majors:
    skip("no PostgreSQL binaries here")
for major in majors:
    with Server(major) as s:
        s.psql("CREATE TABLE t (i int); INSERT INTO t VALUES (1)")
        version = int(s.rows("SHOW server_version_num")[0][0])
        check(version // 10000 == major, f"{major} is {version}")
        s.stop()
        s.start()
        check(s.rows("SELECT i FROM t") == [(1,)], f"{major} keeps its data over a restart")
        root = s.root
    check(not os.path.exists(root), f"{root} is gone")
finish()

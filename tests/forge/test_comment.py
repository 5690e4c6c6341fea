#!/usr/bin/env python3
"""`lockcast comment` against a mock of GitHub's and GitLab's comment APIs on loopback: one comment, found again by marker and author."""
import argparse
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse

BIN = None


class Forge:
    """State of the mock: comments as dictionaries, requests as (method, path)."""

    def __init__(self, gitlab=False):
        self.gitlab, self.comments, self.requests, self.fail, self.next_id, self.me = gitlab, [], [], [], 100, "bot"

    def add(self, body, login="bot", kind="Bot"):
        self.next_id += 1
        who = {"username": login} if self.gitlab else {"login": login, "type": kind}
        self.comments.append({"id": self.next_id, "body": body, ("author" if self.gitlab else "user"): who})
        return self.next_id


def handler(forge):
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *args):
            pass

        def answer(self, status, value, headers=()):
            data = json.dumps(value).encode()
            self.send_response(status)
            for k, v in headers:
                self.send_header(k, v)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def handle_any(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            url = urllib.parse.urlparse(self.path)
            forge.requests.append((self.command, url.path))
            token = self.headers.get("PRIVATE-TOKEN") if forge.gitlab else (self.headers.get("Authorization") or "")[len("Bearer "):]
            if token != "sesame":
                return self.answer(401, {"message": "Bad credentials"})
            if url.path == "/user":
                return self.answer(200, {"login": forge.me, "username": forge.me}) if forge.me else self.answer(403, {})
            if forge.fail:
                return self.answer(forge.fail.pop(0), {"message": "mock failure"}, [("Retry-After", "0")])
            if self.command == "GET":
                page = int(urllib.parse.parse_qs(url.query).get("page", ["1"])[0])
                part = forge.comments[(page - 1) * 3:page * 3]
                more = len(forge.comments) > page * 3
                host = "http://" + self.headers["Host"]
                link = [("Link", f'<{host}{url.path}?per_page=100&page={page + 1}>; rel="next"')] if more else []
                return self.answer(200, part, link)
            if self.command == "POST":
                return self.answer(201, {"id": forge.add(body["body"])})
            number = int(url.path.rsplit("/", 1)[1])
            if self.command == "DELETE":
                forge.comments = [c for c in forge.comments if c["id"] != number]
                return self.answer(200, {})
            for c in forge.comments:
                if c["id"] == number:
                    c["body"] = body["body"]
            return self.answer(200, {})

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any

    return Handler


class CommentTest(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        sql = os.path.join(self.dir.name, "m.sql")
        with open(sql, "w") as f:
            f.write("SELECT 1;\n")
        self.report = os.path.join(self.dir.name, "r.json")
        subprocess.run([BIN, "review", "--server-version", "15", "--format", "json", "-o", self.report, sql], check=True)

    def tearDown(self):
        self.dir.cleanup()

    def comment(self, forge, token="sesame", extra=()):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(forge))
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        env = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "CI_", "GITLAB_", "GH_"))}
        env["GITLAB_TOKEN" if forge.gitlab else "GITHUB_TOKEN"] = token
        p = subprocess.run([BIN, "comment", "--provider", "gitlab" if forge.gitlab else "github", "--api-url", f"http://127.0.0.1:{server.server_port}",
                            "--repository", "acme/shop", "--pull-request", "7", *extra, self.report], env=env, capture_output=True, text=True)
        server.shutdown()
        server.server_close()
        return p

    def test_created_then_found_again(self):
        for gitlab in (False, True):
            forge = Forge(gitlab)
            self.assertEqual(self.comment(forge).returncode, 0)
            self.assertEqual(len(forge.comments), 1)
            self.assertTrue(forge.comments[0]["body"].startswith("<!-- lockcast:v1 key="))
            p = self.comment(forge)
            self.assertIn("nothing has changed", p.stderr)
            self.assertEqual(len(forge.comments), 1)

    def test_updates_the_newest_on_any_page_and_deletes_the_rest(self):
        forge = Forge()
        self.comment(forge)
        marker = forge.comments[0]["body"].split("\n")[0].replace("generated=2", "generated=1")
        forge.comments = []
        for i in range(4):
            forge.add("chatter")
        forge.add(marker + "\nold")
        for i in range(4):
            forge.add("chatter")
        newest = forge.add(marker + "\nnewer")
        self.assertEqual(self.comment(forge).returncode, 0)
        ours = [c for c in forge.comments if c["body"].startswith("<!-- lockcast")]
        self.assertEqual([c["id"] for c in ours], [newest])
        self.assertNotIn("newer", ours[0]["body"])

    def test_a_planted_marker_is_not_ours(self):
        forge = Forge()
        self.comment(forge)
        planted = forge.comments.pop()["body"].split("\n")[0] + "\nLGTM"
        forge.add(planted, login="mallory", kind="User")
        self.assertEqual(self.comment(forge).returncode, 0)
        self.assertEqual(forge.comments[0]["body"], planted)
        self.assertEqual(len(forge.comments), 2)

    def test_without_the_right_to_ask_who_we_are_only_bots_count(self):
        forge = Forge()
        forge.me = None
        self.comment(forge)
        self.comment(forge)
        self.assertEqual(len(forge.comments), 1)

    def test_a_newer_comment_stays(self):
        forge = Forge()
        self.comment(forge)
        lines = forge.comments[0]["body"].split("\n")
        lines[0] = lines[0].replace("generated=2", "generated=9")
        forge.comments[0]["body"] = "\n".join(lines + ["newer"])
        p = self.comment(forge)
        self.assertEqual(p.returncode, 0)
        self.assertIn("newer", p.stderr)
        self.assertTrue(forge.comments[0]["body"].endswith("newer"))

    def test_passing_failures_are_retried_and_lasting_ones_are_status_4(self):
        forge = Forge()
        forge.fail = [502, 429]
        self.assertEqual(self.comment(forge).returncode, 0)
        forge.fail = [403]
        p = self.comment(forge)
        self.assertEqual(p.returncode, 4)
        self.assertIn("pull-requests: write", p.stderr)
        self.assertEqual(self.comment(Forge(), token="wrong").returncode, 4)

    def test_keys_tell_comments_apart(self):
        forge = Forge()
        self.comment(forge, extra=["--key", "a"])
        self.comment(forge, extra=["--key", "b --> <script>"])
        self.assertEqual(len(forge.comments), 2)
        self.assertEqual(forge.comments[1]["body"].split("\n")[0].count("-->"), 1)


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("--bin", required=True)
    BIN = ap.parse_args().bin
    unittest.main(argv=sys.argv[:1], verbosity=1)

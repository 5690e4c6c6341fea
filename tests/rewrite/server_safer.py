"""The forecast of a rewrite stands beside the original's: batches, blocks and concurrent builds, under traffic that the server has seen."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from pgserver import Server, arguments, check, finish  # noqa: E402

SETUP = """CREATE TABLE orders (id int PRIMARY KEY, qty int, note text);
INSERT INTO orders SELECT g, g % 100, md5(g::text) FROM generate_series(1, 200000) g;
CREATE INDEX ON orders (qty);
ANALYZE;"""
MIGRATIONS = ["UPDATE orders SET note = 'x' WHERE qty > 3;", "ALTER TABLE orders ALTER qty TYPE bigint;", "CREATE INDEX ON orders (note);",
              "ALTER TABLE orders ADD COLUMN u uuid NOT NULL DEFAULT gen_random_uuid();", "DELETE FROM orders a USING orders b WHERE a.qty = b.qty AND a.id > b.id;"]


def main():
    args = arguments()
    for major in args.versions or [15]:
        with Server(major, settings={"fsync": "off", "autovacuum": "off"}) as server, tempfile.TemporaryDirectory() as folder:
            server.psql(SETUP)
            server.psql("\n".join(f"UPDATE orders SET qty = qty WHERE id = {i};" for i in range(300)))
            for sql in MIGRATIONS:
                path = os.path.join(folder, "m.sql")
                open(path, "w").write(sql)
                p = subprocess.run([args.bin, "review", "-d", server.dsn(), path, "--format", "json", "--target-hold", "20", "--pool-size", "10"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                safer = json.loads(p.stdout)["migrations"][0]["statements"][0]["safer"]
                forecast, original = (safer or {}).get("forecast"), (safer or {}).get("original")
                if check(forecast and original, f"{major}: {sql}: no forecast of the safer way: {safer}"[:600]):
                    check(forecast["longest_hold_ms"]["p90"] < original["longest_hold_ms"]["p50"], f"{major}: {sql}: the safer way holds {forecast['longest_hold_ms']}, the original {original['longest_hold_ms']}")
    finish()


if __name__ == "__main__":
    main()

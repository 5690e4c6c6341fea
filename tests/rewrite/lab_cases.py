"""Further migrations for a lab that runs original and rewrite side by side: types, partitions, keys, foreign keys, generated columns, triggers, names.

    python3 tests/rewrite/lab_cases.py [ROWS] > cases.json

prints them as {"name", "setup", "migration", "probe", "ignore", "expect"}; server_lab_cases.py runs them with few rows.
"""
import json
import sys

ROWS = 300000
READ, WRITE = "SELECT id FROM orders WHERE id = 4711", "UPDATE orders SET qty = qty WHERE id = 4711"
ANY_WRITE = "UPDATE orders SET qty = qty WHERE id = (SELECT 1 + floor(random() * {n})::int)"

ORDERS = [
    "CREATE TABLE accounts (id int PRIMARY KEY, name text)",
    "INSERT INTO accounts SELECT g, md5(g::text) FROM generate_series(1,2000) g",
    "CREATE TABLE orders (id bigint PRIMARY KEY, account_id int NOT NULL, qty int, note text, amount numeric(12,2), code varchar(20), at timestamp, ok boolean, tags int[], doc json)",
    "INSERT INTO orders SELECT g, 1+g%2000, g%100, CASE WHEN g%5=0 THEN NULL ELSE md5(g::text) END, g/7.0, 'c'||g, '2026-01-01'::timestamp + g * interval '1 min', g%2=0, ARRAY[g,1], "
    "json_build_object('g', g) FROM generate_series(1,{n}) g",
    "CREATE INDEX orders_qty ON orders (qty)",
]
LOG = [
    "CREATE TABLE log (at timestamptz NOT NULL DEFAULT '2026-01-01', what text, n int, id int)",
    "INSERT INTO log SELECT '2026-01-01'::timestamptz + g * interval '1 min', 'w' || g, g, g FROM generate_series(1,{n}) g",
    "CREATE TABLE orders (id int PRIMARY KEY, qty int)",
    "INSERT INTO orders SELECT g, g FROM generate_series(1,5000) g",
]
PARTED = [
    "CREATE TABLE accounts (id int PRIMARY KEY, name text)",
    "INSERT INTO accounts SELECT g, md5(g::text) FROM generate_series(1,2000) g",
    "CREATE TABLE orders (id bigint NOT NULL, day date NOT NULL, qty int, note text, account_id int, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
    "CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (MINVALUE) TO ('2026-02-01')",
    "CREATE TABLE orders_2 PARTITION OF orders FOR VALUES FROM ('2026-02-01') TO ('2026-03-01') PARTITION BY RANGE (id)",
    "CREATE TABLE orders_2a PARTITION OF orders_2 FOR VALUES FROM (0) TO (2500)",
    "CREATE TABLE \"Orders 2b\" PARTITION OF orders_2 DEFAULT",
    "CREATE TABLE orders_3 (note text, id bigint NOT NULL, account_id int, gone int, qty int, day date NOT NULL)",
    "ALTER TABLE orders_3 DROP COLUMN gone",
    "ALTER TABLE orders ATTACH PARTITION orders_3 DEFAULT",
    "INSERT INTO orders SELECT g, '2026-01-01'::date + g % 120, g % 20, CASE WHEN g%5=0 THEN NULL ELSE md5(g::text) END, 1+g%2000 FROM generate_series(1,{n}) g",
    "CREATE INDEX orders_account ON orders (account_id)",
]
# PARTED without the list level and its key, so that every column but the partition key can change
FLAT = [
    "CREATE TABLE accounts (id int PRIMARY KEY, name text)",
    "INSERT INTO accounts SELECT g, md5(g::text) FROM generate_series(1,2000) g",
    "CREATE TABLE orders (id int NOT NULL, day date NOT NULL, qty int NOT NULL DEFAULT 3, note text, account_id int, PRIMARY KEY (id, day), CONSTRAINT qty_ok CHECK (qty >= 0)) PARTITION BY RANGE (day)",
    "CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (MINVALUE) TO ('2026-02-01')",
    "CREATE TABLE orders_2 PARTITION OF orders FOR VALUES FROM ('2026-02-01') TO ('2026-03-01') PARTITION BY RANGE (day)",
    "CREATE TABLE \"Orders 2b\" PARTITION OF orders_2 DEFAULT",
    "CREATE TABLE orders_3 (note text, id int NOT NULL, account_id int, gone int, qty int NOT NULL, day date NOT NULL, CONSTRAINT qty_ok CHECK (qty >= 0))",
    "ALTER TABLE orders_3 DROP COLUMN gone, ALTER qty SET DEFAULT 7",
    "ALTER TABLE orders ATTACH PARTITION orders_3 DEFAULT",
    "INSERT INTO orders SELECT g, '2026-01-01'::date + g % 120, g % 20, CASE WHEN g%5=0 THEN NULL ELSE md5(g::text) END, 1+g%2000 FROM generate_series(1,{n}) g",
    "CREATE INDEX orders_qty ON orders (qty, note)",
    "ALTER TABLE orders ADD CONSTRAINT orders_account FOREIGN KEY (account_id) REFERENCES accounts (id)",
]
PROBE_P = {"read": "SELECT id FROM orders WHERE id = 4711", "write": "UPDATE orders SET note = note WHERE id = 4711"}
HOSTILE = [
    'CREATE SCHEMA "Sch;ema"',
    'CREATE TABLE "Sch;ema"."Or;ders""--" ("ID" int, "Sub$1" text COLLATE "C", ":val" int, "a\\b" text, "$lockcast$" text, PRIMARY KEY ("ID", "Sub$1"))',
    'INSERT INTO "Sch;ema"."Or;ders""--" SELECT g % 500, \'s\' || g, g, \'x\' || g, NULL FROM generate_series(1,{n}) g',
    'CREATE TABLE "Sch;ema"."Ref" ("K" int PRIMARY KEY)',
    'INSERT INTO "Sch;ema"."Ref" SELECT g FROM generate_series(0,{n}) g',
]
H = '"Sch;ema"."Or;ders""--"'
PROBE_H = {"read": f'SELECT 1 FROM {H} WHERE "ID" = 7 AND "Sub$1" = \'s7\'', "write": f'UPDATE {H} SET "a\\b" = "a\\b" WHERE "ID" = 7 AND "Sub$1" = \'s7\''}
PROBE_T = {"read": "SELECT 1 FROM tree WHERE id = 5", "write": "UPDATE tree SET up = up WHERE id = 5"}
TRIGGER = ["CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.code := coalesce(NEW.code, '') || '!'; RETURN NEW; END $$",
           "CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW WHEN (OLD.id <> 4711) EXECUTE FUNCTION touch()"]

CASES = []


def case(name, base, migration, *setup, probe=None, **more):
    CASES.append({"name": name, "setup": [*base, *setup, "VACUUM ANALYZE"], "migration": migration, "probe": probe or {"read": READ, "write": WRITE}, "expect": "rewrite", **more})


def of(base, probe=None, write=WRITE):
    return lambda name, migration, *setup, **more: case(name, base, migration, *setup, **{"probe": probe or {"read": READ, "write": write}, **more})


orders, log, parted, flat, hostile = of(ORDERS), of(LOG), of(PARTED, PROBE_P), of(FLAT, PROBE_P), of(HOSTILE, PROBE_H)
rows = of(ORDERS, write=ANY_WRITE)

# --- types
orders("type: int to text", "ALTER TABLE orders ALTER qty TYPE text;")
orders("type: text to enum, default in the way", "ALTER TABLE orders ALTER st DROP DEFAULT, ALTER COLUMN st TYPE state USING st::state, ALTER st SET DEFAULT 'new';",
       "CREATE TYPE state AS ENUM ('new', 'old')", "ALTER TABLE orders ADD st text NOT NULL DEFAULT 'new'", "UPDATE orders SET st = 'old' WHERE id % 3 = 0")
orders("type: enum to text", "ALTER TABLE orders ALTER COLUMN st TYPE text;", "CREATE TYPE state AS ENUM ('new', 'old')", "ALTER TABLE orders ADD st state DEFAULT 'new'", "CREATE INDEX ost ON orders (st, id)")
orders("type: varchar narrowed", "ALTER TABLE orders ALTER code TYPE varchar(12);")
orders("type: numeric scale", "ALTER TABLE orders ALTER amount TYPE numeric(14,4);")
orders("type: numeric wider is harmless", "ALTER TABLE orders ALTER amount TYPE numeric(14,2);", expect="same")
orders("type: numeric to bigint with USING", "ALTER TABLE orders ALTER amount TYPE bigint USING (round(amount * 100));", "CREATE INDEX ON orders ((amount + 1), id DESC)")
orders("type: timestamp to timestamptz with USING", "ALTER TABLE orders ALTER at TYPE timestamptz USING at AT TIME ZONE 'Asia/Tokyo';", "ALTER TABLE orders ALTER at SET DEFAULT '2020-01-01 00:00'")
orders("type: json to jsonb", "ALTER TABLE orders ALTER doc SET DATA TYPE jsonb USING doc::jsonb;")
orders("type: array", "ALTER TABLE orders ALTER tags TYPE bigint[];", "CREATE INDEX ON orders USING gin (tags)")
orders("type: boolean to smallint", "ALTER TABLE orders ALTER ok TYPE smallint USING CASE WHEN ok THEN 1 ELSE 0 END;")
orders("type: to a domain", "ALTER TABLE orders ALTER qty TYPE amount_d;", "CREATE DOMAIN amount_d AS int CHECK (VALUE >= 0)")
orders("type: text to varchar with collation", 'ALTER TABLE orders ALTER note TYPE varchar(40) COLLATE "C";', "CREATE INDEX ON orders (note)")
orders("type: text to bytea, toasted", "ALTER TABLE orders ALTER note TYPE bytea USING convert_to(note, 'UTF8');", "UPDATE orders SET note = repeat(md5(id::text), 200) WHERE id % 500 = 0", "ALTER TABLE orders ALTER note SET STORAGE EXTERNAL")
orders("type: text to uuid, unique", "ALTER TABLE orders ALTER u TYPE uuid USING u::uuid;", "ALTER TABLE orders ADD u text", "UPDATE orders SET u = md5(id::text)", "ALTER TABLE orders ADD UNIQUE (u)")
orders("type: two columns and a default", "ALTER TABLE orders ALTER qty TYPE bigint, ALTER amount TYPE float8, ALTER qty SET DEFAULT 9, ADD COLUMN extra int DEFAULT 1;", "ALTER TABLE orders ADD CHECK (qty < amount + 100000)")
orders("type: primary key", "ALTER TABLE orders ALTER COLUMN id TYPE numeric;", "CREATE TABLE lines (order_id bigint REFERENCES orders (id) ON DELETE CASCADE, n int)", "INSERT INTO lines SELECT g, 1 FROM generate_series(1,5000) g")
orders("type: serial to bigserial", "ALTER TABLE ev ALTER COLUMN id TYPE bigint; ALTER SEQUENCE ev_id_seq AS bigint;", "CREATE TABLE ev (id serial PRIMARY KEY, v text)", "INSERT INTO ev (v) SELECT 'v' || g FROM generate_series(1,{n}) g",
       "COMMENT ON COLUMN ev.id IS 'the key'", "COMMENT ON CONSTRAINT ev_pkey ON ev IS 'pk'", probe={"read": "SELECT 1 FROM ev WHERE id = 77", "write": "UPDATE ev SET v = v WHERE id = 77"})
orders("type: identity", "ALTER TABLE ev ALTER COLUMN id SET DATA TYPE bigint;", "CREATE TABLE ev (id int GENERATED BY DEFAULT AS IDENTITY (START 10 INCREMENT 5) PRIMARY KEY, v text)",
       "INSERT INTO ev (v) SELECT 'v' || g FROM generate_series(1,{n}) g", probe={"read": "SELECT 1 FROM ev WHERE id = 75", "write": "UPDATE ev SET v = v WHERE id = 75"})
orders("type: foreign keys on both sides", "ALTER TABLE mid ALTER COLUMN id TYPE bigint; ALTER TABLE leaf ALTER COLUMN mid_id TYPE bigint; ALTER TABLE mid ALTER acc TYPE bigint;",
       "CREATE TABLE mid (id int PRIMARY KEY, acc int REFERENCES accounts (id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED)", "INSERT INTO mid SELECT g, 1 + g % 2000 FROM generate_series(1,{n}) g",
       "CREATE TABLE leaf (id int PRIMARY KEY, mid_id int CONSTRAINT to_mid REFERENCES mid (id) ON DELETE SET NULL, self int REFERENCES leaf (id))",
       "INSERT INTO leaf SELECT g, g, NULLIF(g / 2, 0) FROM generate_series(1,{n}) g", "CREATE INDEX ON leaf (mid_id, self)", probe={"read": "SELECT 1 FROM mid WHERE id = 4711", "write": "UPDATE leaf SET self = self WHERE id = 4711"})
orders("type: composite foreign key", "ALTER TABLE a ALTER COLUMN y TYPE bigint; ALTER TABLE b ALTER COLUMN ay TYPE bigint;",
       "CREATE TABLE a (x int, y int, v text, PRIMARY KEY (x, y))", "INSERT INTO a SELECT g % 7, g, 'v' FROM generate_series(1,{n}) g",
       "CREATE TABLE b (id int PRIMARY KEY, ax int, ay int, FOREIGN KEY (ax, ay) REFERENCES a (x, y) MATCH FULL NOT VALID)", "INSERT INTO b SELECT g, g % 7, g FROM generate_series(1,{n}) g",
       probe={"read": "SELECT 1 FROM a WHERE x = 1 AND y = 8", "write": "UPDATE b SET ax = ax WHERE id = 8"})
orders("type: referenced by a partitioned table", "ALTER TABLE accounts2 ALTER COLUMN id TYPE bigint;", "CREATE TABLE accounts2 (id int PRIMARY KEY, v int)", "INSERT INTO accounts2 SELECT g, g FROM generate_series(1,{n}) g",
       "CREATE TABLE pays (id int NOT NULL, acc int REFERENCES accounts2 (id)) PARTITION BY RANGE (id)", "CREATE TABLE pays_1 PARTITION OF pays FOR VALUES FROM (0) TO (1000)",
       "CREATE TABLE pays_2 PARTITION OF pays DEFAULT", "INSERT INTO pays SELECT g, g FROM generate_series(1,5000) g", probe={"read": "SELECT 1 FROM accounts2 WHERE id = 8", "write": "UPDATE accounts2 SET v = v WHERE id = 8"})
orders("type: view dropped and made again", "BEGIN; DROP VIEW w; DROP VIEW v; ALTER TABLE orders ALTER qty TYPE bigint; CREATE VIEW v AS SELECT id, qty FROM orders; CREATE VIEW w AS SELECT * FROM v; GRANT SELECT ON v TO PUBLIC; COMMIT;",
       "CREATE VIEW v AS SELECT id, qty FROM orders", "CREATE VIEW w AS SELECT * FROM v", probe={"read": "SELECT qty FROM w WHERE id = 4711", "write": WRITE})
V2 = ["CREATE VIEW v AS SELECT id, qty, amount FROM orders", "CREATE VIEW w AS SELECT * FROM v"]
orders("type: two changes after one DROP VIEW", "BEGIN; DROP VIEW w; DROP VIEW v; ALTER TABLE orders ALTER qty TYPE bigint; ALTER TABLE orders ALTER amount TYPE float8; CREATE VIEW v AS SELECT id, qty, amount FROM orders; CREATE VIEW w AS SELECT * FROM v; COMMIT;",
       *V2, probe={"read": "SELECT qty FROM w WHERE id = 4711", "write": WRITE})
orders("type: two changes in one ALTER after DROP VIEW", "BEGIN; DROP VIEW w, v; ALTER TABLE orders ALTER qty TYPE bigint, ALTER amount TYPE float8, ALTER note SET NOT NULL; CREATE VIEW v AS SELECT id, qty, amount FROM orders; CREATE VIEW w AS SELECT * FROM v; COMMIT;",
       *V2, "UPDATE orders SET note = 'n' WHERE note IS NULL", probe={"read": "SELECT qty FROM w WHERE id = 4711", "write": WRITE})
orders("type: two changes after DROP VIEW, one index over both", "DROP VIEW w; DROP VIEW v; ALTER TABLE orders ALTER qty TYPE bigint; ALTER TABLE orders ALTER amount TYPE float8; CREATE VIEW v AS SELECT id, qty, amount FROM orders; CREATE VIEW w AS SELECT * FROM v;",
       *V2, "CREATE INDEX of_both ON orders (qty, amount)")
orders("type: two tables after one DROP VIEW, tied by a foreign key", "BEGIN; DROP VIEW v; ALTER TABLE mid ALTER COLUMN id TYPE bigint; ALTER TABLE leaf ALTER COLUMN mid_id TYPE bigint; CREATE VIEW v AS SELECT * FROM mid JOIN leaf USING (id); COMMIT;",
       "CREATE TABLE mid (id int PRIMARY KEY, w text)", "INSERT INTO mid SELECT g, 'w' FROM generate_series(1,{n}) g", "CREATE TABLE leaf (id int PRIMARY KEY, mid_id int REFERENCES mid (id))",
       "INSERT INTO leaf SELECT g, g FROM generate_series(1,{n}) g", "CREATE INDEX ON leaf (mid_id)", "CREATE VIEW v AS SELECT * FROM mid JOIN leaf USING (id)", probe={"read": "SELECT 1 FROM mid WHERE id = 4711", "write": "UPDATE leaf SET mid_id = mid_id WHERE id = 4711"})
orders("type: trigger dropped and made again", "BEGIN; DROP TRIGGER touch ON orders; ALTER TABLE orders ALTER qty TYPE bigint; CREATE TRIGGER touch BEFORE UPDATE OF qty ON orders FOR EACH ROW WHEN (OLD.id <> 4711) EXECUTE FUNCTION touch(); COMMIT;",
       TRIGGER[0], "CREATE TRIGGER touch BEFORE UPDATE OF qty ON orders FOR EACH ROW WHEN (OLD.id <> 4711) EXECUTE FUNCTION touch()")
orders("type: with triggers", "ALTER TABLE orders ALTER amount TYPE float8;", *TRIGGER, "CREATE TABLE audit (n int)", "INSERT INTO audit VALUES (0)",
       "CREATE FUNCTION count_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE audit SET n = n + 1; RETURN NULL; END $$", "CREATE TRIGGER counted AFTER INSERT OR DELETE ON orders FOR EACH STATEMENT EXECUTE FUNCTION count_it()")
orders("type: beside stored generated columns", "ALTER TABLE orders ALTER amount TYPE float8;", "ALTER TABLE orders ADD total int GENERATED ALWAYS AS (qty * 2) STORED", "CREATE INDEX ON orders (total, amount)")
orders("type: generated column dropped and made again", "BEGIN; ALTER TABLE orders DROP COLUMN total; ALTER TABLE orders ALTER qty TYPE bigint; ALTER TABLE orders ADD total bigint GENERATED ALWAYS AS (qty * 2) STORED; COMMIT;",
       "ALTER TABLE orders ADD total int GENERATED ALWAYS AS (qty * 2) STORED")
orders("type: policy and rule dropped and made again", "BEGIN; DROP POLICY p ON orders; ALTER TABLE orders ALTER qty TYPE bigint; CREATE POLICY p ON orders USING (qty >= 0); COMMIT;",
       "ALTER TABLE orders ENABLE ROW LEVEL SECURITY", "CREATE POLICY p ON orders USING (qty >= 0)")
log("type: no key", "ALTER TABLE log ALTER n TYPE bigint, ALTER what TYPE varchar(50);", "CREATE INDEX ON log (n)", probe={"read": "SELECT id FROM log WHERE n = 7", "write": "UPDATE log SET what = what WHERE n = 7"})
log("type: no key, unlogged, fillfactor", "ALTER TABLE log ALTER n TYPE numeric(10,2);", "ALTER TABLE log SET UNLOGGED", "ALTER TABLE log SET (fillfactor = 80)")
log("type: with a deferrable unique key", "ALTER TABLE log ALTER n TYPE bigint;", "ALTER TABLE log ADD CONSTRAINT n_u UNIQUE (n) DEFERRABLE INITIALLY DEFERRED", "ALTER TABLE log REPLICA IDENTITY FULL")
flat("type: partitioned, plain column", "ALTER TABLE orders ALTER COLUMN qty TYPE bigint;")
flat("type: partitioned, part of the primary key", "ALTER TABLE orders ALTER COLUMN id TYPE bigint;")
flat("type: partitioned, foreign key column", "ALTER TABLE orders ALTER COLUMN account_id TYPE bigint;")
flat("type: partitioned, with USING and a trigger", "ALTER TABLE orders ALTER COLUMN note TYPE varchar(80) USING upper(note) || '?';",
     "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.qty := NEW.qty + 1; RETURN NEW; END $$", "CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW WHEN (OLD.id <> 4711) EXECUTE FUNCTION touch()",
     "COMMENT ON COLUMN orders.note IS 'n'", "COMMENT ON COLUMN orders_1.note IS 'n1'")
orders("type: inherited", "ALTER TABLE base ALTER COLUMN v TYPE bigint;", "CREATE TABLE base (id int PRIMARY KEY, v int DEFAULT 4, CHECK (v > 0))", "CREATE TABLE kid (more text, PRIMARY KEY (id)) INHERITS (base)",
       "INSERT INTO base SELECT g, g FROM generate_series(1,{n}) g", "INSERT INTO kid SELECT g, g, 'm' FROM generate_series(1,{n}) g", "CREATE INDEX ON kid (v, more)", probe={"read": "SELECT 1 FROM base WHERE id = 8", "write": "UPDATE kid SET more = more WHERE id = 8"})
hostile("type: hostile names", f'ALTER TABLE {H} ALTER ":val" TYPE bigint, ALTER "a\\b" TYPE varchar(30);', f'CREATE INDEX "i;x" ON {H} (":val", "a\\b")', f'ALTER TABLE {H} ADD CONSTRAINT "c\'k" CHECK (":val" > 0)', f'COMMENT ON COLUMN {H}.":val" IS \'$lockcast$ it\'\'s\'')
hostile("type: hostile key", f'ALTER TABLE {H} ALTER "ID" TYPE bigint;')
# --- columns
orders("column: identity with options", "ALTER TABLE orders ADD COLUMN n int GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 10 MAXVALUE 2000000000);", ignore=["n"])
log("column: identity primary key, no key before", "ALTER TABLE log ADD COLUMN key bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY;", ignore=["key"])
log("column: bigserial primary key", "ALTER TABLE log ADD COLUMN key bigserial PRIMARY KEY;", ignore=["key"])
orders("column: stored generated", "ALTER TABLE orders ADD COLUMN total numeric GENERATED ALWAYS AS (qty * amount) STORED;")
orders("column: stored generated, with all that hangs on a table", "ALTER TABLE ev ADD COLUMN total numeric(12,3) GENERATED ALWAYS AS (n * 1.5) STORED; CREATE INDEX ON ev (total);",
       "CREATE TABLE ev (id serial, n int NOT NULL CHECK (n > 0), w text COLLATE \"C\" DEFAULT 'x', acc int REFERENCES accounts (id) ON DELETE SET NULL, up int GENERATED ALWAYS AS (n + 1) STORED, gone int, PRIMARY KEY (n, id), UNIQUE (id) DEFERRABLE INITIALLY DEFERRED) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.1)",
       "ALTER TABLE ev DROP COLUMN gone", "INSERT INTO ev (n, w, acc) SELECT g, 'w' || g, 1 + g % 2000 FROM generate_series(1,{n}) g", 'CREATE INDEX "ev;i" ON ev USING btree (lower(w) text_pattern_ops) INCLUDE (acc) WITH (fillfactor = 70) WHERE n > 5',
       "COMMENT ON TABLE ev IS 'it''s'", "COMMENT ON COLUMN ev.w IS 'w'", "COMMENT ON CONSTRAINT ev_pkey ON ev IS 'pk'", 'COMMENT ON INDEX "ev;i" IS \'i\'', "ALTER TABLE ev CLUSTER ON ev_pkey", "GRANT SELECT, UPDATE (w) ON ev TO PUBLIC", "ALTER TABLE ev ALTER w SET STATISTICS 300",
       probe={"read": "SELECT 1 FROM ev WHERE n = 8", "write": "UPDATE ev SET w = w WHERE n = 8"})
hostile("column: stored generated, hostile", f'ALTER TABLE {H} ADD "g;" text COLLATE "C" GENERATED ALWAYS AS ("a\\b" || \'$lockcast$\') STORED;')
orders("column: stored generated beside a view", "ALTER TABLE orders ADD COLUMN total numeric GENERATED ALWAYS AS (qty * amount) STORED;", "CREATE VIEW v AS SELECT * FROM orders")
orders("column: uuid default with trigger", "ALTER TABLE orders ADD COLUMN u uuid NOT NULL DEFAULT gen_random_uuid();", *TRIGGER, ignore=["u"])
orders("column: clock default", "ALTER TABLE orders ADD COLUMN seen timestamptz NOT NULL DEFAULT clock_timestamp(), ADD COLUMN b int;", ignore=["seen"])
orders("column: now() is harmless", "ALTER TABLE orders ADD COLUMN seen timestamptz NOT NULL DEFAULT now();", expect="same", ignore=["seen"])
orders("column: domain with a check", "ALTER TABLE orders ADD COLUMN d amount_d DEFAULT 3;", "CREATE DOMAIN amount_d AS int CHECK (VALUE >= 0)")
orders("column: with a foreign key and unique", "ALTER TABLE orders ADD COLUMN acc int REFERENCES accounts (id), ADD COLUMN un text UNIQUE;")
parted("column: volatile default, partitioned", "ALTER TABLE orders ADD COLUMN r float8 NOT NULL DEFAULT random();", ignore=["r"])
parted("column: identity, partitioned", "ALTER TABLE orders ADD COLUMN r bigserial;", ignore=["r"])
hostile("column: hostile names", f'ALTER TABLE {H} ADD COLUMN "N;ew" uuid NOT NULL DEFAULT gen_random_uuid();', ignore=["N;ew", '"N;ew"'])
orders("column: NOT NULL without a default fails alike", "ALTER TABLE accounts ADD COLUMN IF NOT EXISTS name text; ALTER TABLE orders ALTER code SET NOT NULL, ALTER code SET DEFAULT 'x';")
# --- constraints and indexes
log("key: primary key over nullable columns", "ALTER TABLE log ADD CONSTRAINT log_key PRIMARY KEY (n, at);", "INSERT INTO orders VALUES (-1, 1)")
log("key: unique include", "ALTER TABLE log ADD UNIQUE (n) INCLUDE (what);")
parted("key: unique, partitioned", "ALTER TABLE orders_2 ADD CONSTRAINT o2 UNIQUE (id, day, qty);")
parted("index: partitioned, expression", "CREATE INDEX ON orders (lower(note), account_id) WHERE note IS NOT NULL;")
parted("index: partitioned, unique", "CREATE UNIQUE INDEX day_first ON orders_3 (day, id) INCLUDE (note);")
parted("index: partitioned, one partition has it", "CREATE INDEX by_note ON orders (note);", "CREATE INDEX mine ON orders_3 (note)")
parted("index: dropped, partitioned", "DROP INDEX orders_account;", expect="same")
parted("constraint: check, partitioned", "ALTER TABLE orders ADD CHECK (qty < 1000 AND account_id IS NOT NULL);")
parted("constraint: not null, partitioned", "ALTER TABLE orders ALTER account_id SET NOT NULL;")
parted("constraint: foreign key of a partitioned table", "ALTER TABLE orders ADD CONSTRAINT to_acc FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE SET NULL;")
parted("constraint: foreign key to a partitioned table", "ALTER TABLE pays ADD CONSTRAINT to_order FOREIGN KEY (oid, oday) REFERENCES orders (id, day);",
       "CREATE TABLE pays (id int PRIMARY KEY, oid bigint, oday date)", "INSERT INTO pays SELECT g, g, '2026-01-01'::date + g % 120 FROM generate_series(1,{n}) g", expect="window", max=17)
orders("constraint: self reference and deferrable", "ALTER TABLE orders ADD COLUMN parent bigint; ALTER TABLE orders ADD CONSTRAINT up FOREIGN KEY (parent) REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED;")
orders("constraint: check with NO INHERIT", "ALTER TABLE orders ADD CONSTRAINT c CHECK (qty >= 0) NO INHERIT, ADD CONSTRAINT d CHECK (amount > -1), ALTER COLUMN amount SET NOT NULL;")
orders("constraint: several foreign keys in one transaction", "BEGIN; ALTER TABLE orders ADD FOREIGN KEY (account_id) REFERENCES accounts (id); ALTER TABLE lines ADD FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE; CREATE INDEX ON lines (order_id); COMMIT;",
       "CREATE TABLE lines (order_id bigint, n int)", "INSERT INTO lines SELECT g, 1 FROM generate_series(1,{n}) g")
orders("constraint: exclusion", "ALTER TABLE orders ADD CONSTRAINT ex EXCLUDE USING btree (code WITH =);")
hostile("constraint: hostile foreign key", f'ALTER TABLE {H} ADD CONSTRAINT "f"";k" FOREIGN KEY (":val") REFERENCES "Sch;ema"."Ref";')
hostile("constraint: hostile check and not null", f'ALTER TABLE {H} ADD CHECK (":val" > 0 AND "a\\b" <> \'$lockcast$\'), ALTER ":val" SET NOT NULL; CREATE UNIQUE INDEX ":i" ON {H} (":val");')
# --- rows
rows("rows: update by composite key", "UPDATE ck SET v = v + 1 WHERE c > '2026-01-01 00:10';", "CREATE TABLE ck (a text, b numeric(10,2), c timestamptz, v int, PRIMARY KEY (a, c, b))",
     "INSERT INTO ck SELECT 'k' || g % 40, g / 100.0, '2026-01-01'::timestamptz + g * interval '1 s', g FROM generate_series(1,{n}) g", probe={"read": "SELECT 1 FROM orders WHERE id = 1", "write": "UPDATE ck SET v = v WHERE a = 'k7' AND b = 0.07"})
rows("rows: update with an alias and join", "UPDATE orders AS o SET note = a.name, code = DEFAULT FROM accounts AS a JOIN accounts b USING (id) WHERE a.id = o.account_id AND o.qty > 10;")
rows("rows: update by a descending key", "UPDATE dk SET v = -v;", "CREATE TABLE dk (k varchar(30), v int)", "INSERT INTO dk SELECT 'k' || g, g FROM generate_series(1,{n}) g", "ALTER TABLE dk ALTER k SET NOT NULL", "CREATE UNIQUE INDEX ON dk (k DESC NULLS LAST)",
     probe={"read": "SELECT 1 FROM orders WHERE id = 1", "write": "UPDATE dk SET v = v WHERE k = 'k70'"})
rows("rows: update with triggers", "UPDATE orders SET note = 'x' WHERE id % 2 = 0;", *TRIGGER)
rows("rows: update of generated columns' source", "UPDATE orders SET qty = qty + 1;", "ALTER TABLE orders ADD total int GENERATED ALWAYS AS (qty * 2) STORED")
rows("rows: update with subquery on another table", "UPDATE orders SET note = (SELECT name FROM accounts WHERE accounts.id = orders.account_id) WHERE EXISTS (SELECT 1 FROM accounts x WHERE x.id = orders.account_id AND x.id > 10);")
rows("rows: update that numbers the rows", "UPDATE orders o SET qty = s.r FROM (SELECT id, row_number() OVER (ORDER BY id DESC) AS r FROM orders) s WHERE s.id = o.id;")
rows("rows: update with a WITH clause", "WITH x AS (SELECT id, md5(name) AS m FROM accounts) UPDATE orders SET note = x.m FROM x WHERE x.id = orders.account_id AND orders.qty < 50;")
rows("rows: update through a view", "UPDATE v SET note = 'seen' WHERE qty < 60;", "CREATE VIEW v AS SELECT id, qty, note FROM orders WHERE qty < 90")
rows("rows: update through a view of a view, renamed", "UPDATE w AS x SET \"No;te\" = x.\"No;te\" || '!' FROM accounts a WHERE a.id = x.acc AND x.\"No;te\" IS NOT NULL;",
     'CREATE VIEW v ("Key", "No;te", qty, acc) AS SELECT o.id, o.note, o.qty, o.account_id FROM orders AS o WHERE o.qty < 90', "CREATE VIEW w AS SELECT acc, \"No;te\", \"Key\" AS k FROM v WHERE acc > 3 WITH CASCADED CHECK OPTION")
rows("rows: delete through a view", "DELETE FROM v WHERE qty > 30;", "CREATE VIEW v AS SELECT qty, id FROM orders WHERE account_id > 40")
rows("rows: update through a view that hides the key", "UPDATE v SET note = 'seen' WHERE qty < 60;", "CREATE VIEW v AS SELECT qty, note FROM orders WHERE qty < 90", expect="window")
rows("rows: update through a view with an INSTEAD OF trigger", "UPDATE v SET note = 'seen' WHERE qty < 60;", "CREATE VIEW v AS SELECT id, qty, note FROM orders WHERE qty < 90",
     "CREATE FUNCTION inst() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE orders SET note = NEW.note || '?' WHERE id = NEW.id; RETURN NEW; END $$", "CREATE TRIGGER inst INSTEAD OF UPDATE ON v FOR EACH ROW EXECUTE FUNCTION inst()", expect="window")
rows("rows: delete duplicates", "DELETE FROM orders a USING orders b WHERE a.qty = b.qty AND a.account_id = b.account_id AND a.id > b.id;")
rows("rows: delete by self read", "DELETE FROM orders WHERE id IN (SELECT max(id) FROM orders GROUP BY account_id);")
rows("rows: delete cascading", "DELETE FROM orders WHERE qty < 30;", "CREATE TABLE lines (id int PRIMARY KEY, order_id bigint REFERENCES orders (id) ON DELETE CASCADE)", "INSERT INTO lines SELECT g, g FROM generate_series(1,{n}) g", "CREATE INDEX ON lines (order_id)")
rows("rows: delete cascading two ways to rows that refer to each other", "DELETE FROM orders WHERE qty < 30;", "CREATE TABLE b (id int PRIMARY KEY, order_id bigint REFERENCES orders (id) ON DELETE CASCADE)", "INSERT INTO b SELECT g, g FROM generate_series(1,{n}) g",
     "CREATE TABLE c (id int PRIMARY KEY, order_id bigint REFERENCES orders (id) ON DELETE CASCADE, b_id int REFERENCES b (id))", "INSERT INTO c SELECT g, g, o.other FROM (SELECT id AS g, lead(id, 5000, id) OVER (PARTITION BY qty < 30 ORDER BY id) AS other FROM orders) o",
     "CREATE INDEX ON b (order_id)", "CREATE INDEX ON c (order_id)", "CREATE INDEX ON c (b_id)", expect="window")
rows("rows: delete from a tree", "DELETE FROM tree WHERE id > 1000;", "CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree (id))", "INSERT INTO tree SELECT g, NULLIF(g / 2, 0) FROM generate_series(1,{n}) g", "CREATE INDEX ON tree (up)",
     probe=PROBE_T)
rows("rows: delete from a tree, in circles, composite", "DELETE FROM tree AS t WHERE t.b % 3 <> 0 OR t.b > 900;", "CREATE TABLE tree (a int, b int, ua int, ub int, w text, PRIMARY KEY (b, a), FOREIGN KEY (ua, ub) REFERENCES tree (a, b) ON DELETE SET NULL)",
     "INSERT INTO tree SELECT 1, g, 1, CASE WHEN g > 9000 THEN 9000 + (g + 1) % 7 WHEN g % 100 = 0 THEN g ELSE 1 + g / 3 END, 'w' FROM generate_series(1,{n}) g", "CREATE INDEX ON tree (ua, ub)",
     probe={"read": "SELECT 1 FROM tree WHERE b = 3", "write": "UPDATE tree SET w = w WHERE b = 3 AND a = 1"})
rows("rows: delete from a tree, cascading", "DELETE FROM tree WHERE id > 1000 AND id % 7 = 3;", "CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree (id) ON DELETE CASCADE)", "INSERT INTO tree SELECT g, NULLIF(g / 2, 0) FROM generate_series(1,{n}) g", "CREATE INDEX ON tree (up)",
     probe=PROBE_T)
rows("rows: delete from a tree with two keys, one cascading", "DELETE FROM tree WHERE id > 1000;", "CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree (id), owner int REFERENCES tree (id) ON DELETE CASCADE)",
     "INSERT INTO tree SELECT g, NULLIF(g / 2, 0), CASE WHEN g = 900 THEN {n} END FROM generate_series(1,{n}) g", "CREATE INDEX ON tree (up)", "CREATE INDEX ON tree (owner)", probe=PROBE_T, expect="window")
rows("rows: delete from a tree that reads itself", "DELETE FROM tree t USING tree p WHERE p.id = t.up AND p.id > 500 AND NOT EXISTS (SELECT FROM tree c WHERE c.up = t.id AND c.id < 1000);",
     "CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree (id) DEFERRABLE)", "INSERT INTO tree SELECT g, NULLIF(g / 2, 0) FROM generate_series(1,{n}) g", "CREATE INDEX ON tree (up)", probe=PROBE_T)
rows("rows: delete, statement trigger", "DELETE FROM orders WHERE qty < 30;", "CREATE TABLE audit (n int)", "CREATE FUNCTION count_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES (1); RETURN NULL; END $$",
     "CREATE TRIGGER counted AFTER DELETE ON orders FOR EACH STATEMENT EXECUTE FUNCTION count_it()", expect="window")
log("rows: update without a key", "UPDATE log SET n = n * 2 + 1, what = upper(what) WHERE n % 4 <> 0;", probe={"read": READ, "write": "UPDATE log SET id = id WHERE id = (SELECT 1 + floor(random() * {n})::int)"})
log("rows: delete without a key", "DELETE FROM log WHERE n % 4 <> 0;", probe={"read": READ, "write": "UPDATE log SET id = id WHERE id = (SELECT 1 + floor(random() * {n})::int)"})
log("rows: insert from no key", "INSERT INTO target SELECT n, what FROM log WHERE n % 3 = 0;", "CREATE TABLE target (n int PRIMARY KEY, w text)", expect="same")
rows("rows: insert on conflict", "INSERT INTO target (id, w) SELECT id, note FROM orders WHERE qty > 5 ON CONFLICT (id) DO UPDATE SET w = excluded.w;", "CREATE TABLE target (id bigint PRIMARY KEY, w text)", "INSERT INTO target SELECT g, 'old' FROM generate_series(1,5000) g")
parted("rows: update, partitioned", "UPDATE orders SET note = 'n' WHERE note IS NULL;", probe={"read": PROBE_P["read"], "write": "UPDATE orders SET note = note WHERE id = (SELECT 1 + floor(random() * {n})::int)"})
parted("rows: update moving rows", "UPDATE orders SET day = day + 31, qty = qty + 1 WHERE day < '2026-03-01';")
parted("rows: delete, partitioned", "DELETE FROM orders WHERE day < '2026-02-10' AND qty > 3;")
hostile("rows: hostile update", f'UPDATE {H} SET "$lockcast$" = \'$lockcast$\', ":val" = ":val" + 1 WHERE "a\\b" <> \'x1\';')
hostile("rows: hostile delete", f'DELETE FROM {H} AS "o;1" WHERE "o;1".":val" % 3 = 1;')
orders("rows: inherited", "UPDATE base SET v = v + 1;", "CREATE TABLE base (id int PRIMARY KEY, v int)", "CREATE TABLE kid (more text) INHERITS (base)",
       "INSERT INTO base SELECT g, g FROM generate_series(1,{n}) g", "INSERT INTO kid SELECT g % 1000, g, 'm' FROM generate_series(1,{n}) g", probe={"read": "SELECT 1 FROM base WHERE id = 8", "write": "UPDATE kid SET more = more WHERE v = 8"})
# --- partitions and the rest
parted("partition: attach by range", "ALTER TABLE orders_2 DETACH PARTITION \"Orders 2b\"; ALTER TABLE orders_2 ATTACH PARTITION \"Orders 2b\" FOR VALUES FROM (2500) TO (MAXVALUE);", large=True)
parted("partition: new partition beside a default with rows", "BEGIN; CREATE TABLE orders_4 PARTITION OF orders FOR VALUES FROM ('2027-01-01') TO ('2027-02-01'); COMMIT;")
parted("partition: detached concurrently", "ALTER TABLE orders_2 DETACH PARTITION orders_2a;", "ALTER TABLE orders_2 DETACH PARTITION \"Orders 2b\"", "ALTER TABLE orders_2a ADD CONSTRAINT mine CHECK (qty < 100)", expect="rewrite", min=14)
hostile("partition: detached concurrently, hostile names", 'ALTER TABLE "Sch;ema"."P;t" DETACH PARTITION "Sch;ema"."P 1";', 'CREATE TABLE "Sch;ema"."P;t" ("K""1" int, "V" text) PARTITION BY LIST ("K""1")',
        'CREATE TABLE "Sch;ema"."P 1" PARTITION OF "Sch;ema"."P;t" FOR VALUES IN (1, NULL)', 'INSERT INTO "Sch;ema"."P;t" SELECT 1, g FROM generate_series(1,{n}) g', 'CREATE INDEX ON "Sch;ema"."P;t" ("V")', min=14)
parted("partition: detached and dropped", "ALTER TABLE orders DETACH PARTITION orders_1; DROP TABLE orders_1;", expect="same")
orders("partition: attach by hash", "ALTER TABLE hp ATTACH PARTITION hp2 FOR VALUES WITH (MODULUS 2, REMAINDER 1);", "CREATE TABLE hp (id int NOT NULL, v text NOT NULL) PARTITION BY HASH (id, v)",
       "CREATE TABLE hp1 PARTITION OF hp FOR VALUES WITH (MODULUS 2, REMAINDER 0)", "CREATE TABLE hp2 (id int NOT NULL, v text NOT NULL)",
       "INSERT INTO hp2 SELECT g, 'v' FROM generate_series(1,{n}) g WHERE satisfies_hash_partition('hp'::regclass, 2, 1, g, 'v'::text)", probe={"read": "SELECT 1 FROM hp2 WHERE id = 5", "write": WRITE}, large=True)
rows("rows: update that reads itself through a view", "UPDATE orders SET note = (SELECT max(qty) FROM v)::text WHERE qty > 3;", "CREATE VIEW v AS SELECT qty FROM orders")
rows("rows: composite key, self read, alias", "UPDATE ck AS c SET v = x.n FROM (SELECT a, count(*) AS n FROM ck GROUP BY a) x WHERE x.a = c.a AND c.v IS DISTINCT FROM 7 RETURNING c.v;",
     "CREATE TABLE ck (a text, b numeric(10,2), v int, PRIMARY KEY (a, b))", "INSERT INTO ck SELECT 'k' || g % 40, g, g FROM generate_series(1,{n}) g")
GONE = ["CREATE TABLE sub (id int PRIMARY KEY, acc int REFERENCES accounts (id), ord bigint REFERENCES orders (id) DEFERRABLE)", "INSERT INTO sub SELECT g, g, g FROM generate_series(1,2000) g",
        "CREATE TABLE subsub (id int PRIMARY KEY, sub_id int REFERENCES sub (id))", "INSERT INTO subsub SELECT g, g FROM generate_series(1,2000) g"]
orders("rest: drop tables with foreign keys on both sides", "DROP TABLE sub, subsub;", *GONE)
orders("rest: drop a table, cascading", "DROP TABLE IF EXISTS gone, sub CASCADE;", *GONE, "CREATE VIEW sees AS SELECT * FROM sub")
orders("rest: drop tables that refer to each other", "BEGIN; DROP TABLE left_, right_; CREATE TABLE left_ (id int); COMMIT;", "CREATE TABLE left_ (id int PRIMARY KEY, r int)", "CREATE TABLE right_ (id int PRIMARY KEY, l int REFERENCES left_ (id))",
       "ALTER TABLE left_ ADD FOREIGN KEY (r) REFERENCES right_ (id)", "CREATE TABLE kid () INHERITS (left_)", "DROP TABLE kid")
orders("rest: drop a column with its foreign keys", "ALTER TABLE orders DROP COLUMN account_id, DROP COLUMN qty, ADD COLUMN fresh int;", "ALTER TABLE orders ADD FOREIGN KEY (account_id) REFERENCES accounts (id)", probe={"read": READ, "write": "UPDATE orders SET code = code WHERE id = 4711"})
orders("rest: drop a referenced column, cascading", "ALTER TABLE accounts DROP COLUMN id CASCADE;", "ALTER TABLE orders ADD FOREIGN KEY (account_id) REFERENCES accounts (id)")
orders("rest: truncate referenced tables", "TRUNCATE lines, orders2;", "CREATE TABLE orders2 (id int PRIMARY KEY)", "CREATE TABLE lines (id int REFERENCES orders2 (id))", "INSERT INTO orders2 SELECT g FROM generate_series(1,5000) g")
orders("rest: rename and drop", "ALTER TABLE orders RENAME COLUMN note TO remark; ALTER TABLE orders DROP COLUMN doc; ALTER TABLE accounts RENAME TO customers; CREATE INDEX ON orders (remark);")
orders("rest: refresh", "REFRESH MATERIALIZED VIEW mv;", "CREATE MATERIALIZED VIEW mv AS SELECT id, qty FROM orders", "CREATE UNIQUE INDEX ON mv (id)", "UPDATE orders SET qty = 3 WHERE id < 900", probe={"read": "SELECT qty FROM mv WHERE id = 5", "write": WRITE})
orders("rest: set logged", "ALTER TABLE orders SET UNLOGGED;", expect="window")
orders("rest: mixed transaction", "BEGIN; SET LOCAL lock_timeout = '2s'; ALTER TABLE orders ADD COLUMN state text; UPDATE orders SET state = CASE WHEN qty > 50 THEN 'big' ELSE 'small' END; ALTER TABLE orders ALTER state SET NOT NULL, ADD CHECK (state IN ('big', 'small')); "
       "CREATE INDEX ON orders (state) WHERE state = 'big'; COMMENT ON COLUMN orders.state IS 'x'; COMMIT;", probe={"read": READ, "write": ANY_WRITE})

# --- a second table with everything that hangs on a table
FULL = [
    *[f"DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object THEN END $$" for role in ("lab_app", "lab_owner")], "GRANT USAGE, CREATE ON SCHEMA public TO lab_owner",
    "CREATE TABLE whole (id bigint GENERATED BY DEFAULT AS IDENTITY (START 7 INCREMENT 3) PRIMARY KEY, n serial, a int NOT NULL, b int, w text COLLATE \"C\" DEFAULT 'w', r int4range, CONSTRAINT pos CHECK (a >= 0)) "
    "WITH (fillfactor = 80, toast.autovacuum_enabled = false)",
    "INSERT INTO whole (a, b, w, r) SELECT g, g % 7, 'w' || g, int4range(g, g + 1) FROM generate_series(1,{n}) g",
    "CREATE TABLE kids (id int PRIMARY KEY, up bigint REFERENCES whole (id) ON DELETE CASCADE ON UPDATE CASCADE, up2 bigint CONSTRAINT \"k;2\" REFERENCES whole DEFERRABLE)",
    "INSERT INTO kids SELECT g, 7 + 3 * g, 7 FROM generate_series(1,3000) g", "CREATE INDEX ON kids (up)", "COMMENT ON CONSTRAINT \"k;2\" ON kids IS 'second'",
    "CREATE VIEW seen WITH (security_barrier) AS SELECT f.id, f.a AS \"A\", k.id AS kid FROM whole f JOIN kids k ON k.up = f.id WHERE f.a > 3",
    "CREATE VIEW seen2 AS SELECT * FROM seen", "CREATE VIEW easy AS SELECT id, a, w FROM whole WHERE a > 5 WITH LOCAL CHECK OPTION", "COMMENT ON VIEW easy IS 'it''s easy'", "ALTER VIEW easy OWNER TO lab_owner",
    "GRANT SELECT, INSERT ON easy TO lab_app", "ALTER VIEW easy ALTER COLUMN w SET DEFAULT 'from easy'", "CREATE MATERIALIZED VIEW over_it AS SELECT * FROM seen2 LIMIT 10",
    "CREATE FUNCTION note_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_WHEN = 'BEFORE' THEN NEW.w := coalesce(NEW.w, 'none'); END IF; RETURN NEW; END $$",
    "CREATE TRIGGER first_ BEFORE INSERT OR UPDATE OF w ON whole FOR EACH ROW WHEN (NEW.a > 2) EXECUTE FUNCTION note_it()", "COMMENT ON TRIGGER first_ ON whole IS 'first'",
    "CREATE TRIGGER \"odd Trigger\" AFTER UPDATE ON whole REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION note_it()", "ALTER TABLE whole DISABLE TRIGGER \"odd Trigger\"",
    "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON whole DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_it()", "ALTER TABLE whole ENABLE ALWAYS TRIGGER late",
    "ALTER TABLE whole ENABLE ROW LEVEL SECURITY", "CREATE POLICY own ON whole AS RESTRICTIVE FOR SELECT TO lab_app, lab_owner USING (a > 0)", "CREATE POLICY put ON whole FOR INSERT WITH CHECK (n >= 0)", "COMMENT ON POLICY own ON whole IS 'p'",
    "CREATE STATISTICS st (dependencies) ON a, b FROM whole", "COMMENT ON STATISTICS st IS 'two'", "ALTER STATISTICS st SET STATISTICS 55",
    "CREATE UNIQUE INDEX whole_a ON whole (a)", "ALTER TABLE whole REPLICA IDENTITY USING INDEX whole_a", "COMMENT ON INDEX whole_a IS 'ix'", "COMMENT ON TABLE whole IS 'all'", "COMMENT ON COLUMN whole.b IS 'bee'",
    "ALTER TABLE whole ALTER b SET STATISTICS 33, ALTER b SET (n_distinct = 7), ALTER w SET STORAGE EXTERNAL", "GRANT SELECT, UPDATE (w) ON whole TO lab_app", "GRANT SELECT ON whole TO PUBLIC",
    "GRANT USAGE ON SEQUENCE whole_id_seq TO lab_app", "COMMENT ON SEQUENCE whole_id_seq IS 'ids'", "ALTER TABLE whole OWNER TO lab_owner", "ALTER DEFAULT PRIVILEGES GRANT DELETE ON TABLES TO lab_app",
]
PROBE_F = {"read": "SELECT a FROM easy WHERE id = 70", "write": "UPDATE whole SET w = w WHERE id = 70"}


def full(name, migration, *more, **kw):
    case("full: " + name, FULL + list(more), migration, probe=PROBE_F, **kw)


full("generated column", "ALTER TABLE whole ADD COLUMN g bigint GENERATED ALWAYS AS (a * 2) STORED;")
full("exclusion", "ALTER TABLE whole ADD CONSTRAINT no_overlap EXCLUDE USING gist (r WITH &&);")
full("type of an excluded column", "ALTER TABLE whole ALTER r TYPE int8range USING int8range(lower(r), upper(r));", "ALTER TABLE whole ADD CONSTRAINT no_overlap EXCLUDE USING gist (r WITH &&)",
     "CREATE STATISTICS on_r (ndistinct) ON r, a FROM whole", "ALTER STATISTICS on_r SET STATISTICS 66", "ALTER STATISTICS on_r OWNER TO lab_owner", "ALTER STATISTICS st OWNER TO lab_owner")
full("type of a generated column", "ALTER TABLE whole ALTER g TYPE numeric(20,2);", "ALTER TABLE whole ADD COLUMN g bigint GENERATED ALWAYS AS (a * 2) STORED")
full("type beside a generated column that reads it", "ALTER TABLE whole DROP COLUMN g, ALTER b TYPE bigint, ADD COLUMN g bigint GENERATED ALWAYS AS (b * 2) STORED;", "ALTER TABLE whole ADD COLUMN g int GENERATED ALWAYS AS (b * 2) STORED")
full("a materialized view over the table", "ALTER TABLE whole ADD COLUMN g bigint GENERATED ALWAYS AS (a * 2) STORED;", "CREATE MATERIALIZED VIEW direct AS SELECT a FROM whole", expect="window")
full("a function over the row type", "ALTER TABLE whole ADD COLUMN g bigint GENERATED ALWAYS AS (a * 2) STORED;", "CREATE FUNCTION of_row(whole) RETURNS int LANGUAGE sql AS 'SELECT $1.a'", expect="window")
full("published", "ALTER TABLE whole ADD COLUMN g bigint GENERATED ALWAYS AS (a * 2) STORED;", "CREATE PUBLICATION pub FOR TABLE whole", "CREATE PUBLICATION \"p;b\" FOR TABLE whole, kids WITH (publish = 'insert')")
full("published with a column list and a row filter", "ALTER TABLE whole ADD COLUMN g bigint GENERATED ALWAYS AS (a * 2) STORED;",
     "CREATE PUBLICATION pub FOR TABLE whole (id, n, a) WHERE (id > 3) WITH (publish = 'insert')", min=15)
full("published with all tables", "ALTER TABLE whole ADD COLUMN g bigint GENERATED ALWAYS AS (a * 2) STORED;", "CREATE PUBLICATION pub FOR ALL TABLES", expect="window")
full("type, not excluded", "ALTER TABLE whole ALTER b TYPE bigint;", "ALTER STATISTICS st OWNER TO lab_owner")
full("key type with identity", "ALTER TABLE small_ ALTER id TYPE bigint;", "CREATE TABLE small_ (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v int)", "INSERT INTO small_ (v) SELECT g FROM generate_series(1,{n}) g",
     "GRANT USAGE ON SEQUENCE small__id_seq TO lab_app WITH GRANT OPTION", "CREATE STATISTICS sm (ndistinct) ON id, v FROM small_", "COMMENT ON STATISTICS sm IS 'x'", "ALTER STATISTICS sm OWNER TO lab_owner")

# --- more types, keys and versions
orders("type: ranges, bits, money, inet", "ALTER TABLE odd ALTER r TYPE int8range USING int8range(lower(r), upper(r)), ALTER b TYPE varbit(20), ALTER m TYPE numeric USING m::numeric, ALTER i TYPE text USING host(i);",
       "CREATE TABLE odd (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), r int4range, b bit(8), m money, i inet)",
       "INSERT INTO odd (r, b, m, i) SELECT int4range(g, g + 5), (g % 256)::bit(8), (g / 7.0)::numeric::money, '10.0.0.0'::inet + g FROM generate_series(1,{n}) g", "CREATE INDEX ON odd USING gist (r)", "CREATE INDEX ON odd USING hash (i)",
       probe={"read": "SELECT 1 FROM odd WHERE b = B'00000001' LIMIT 1", "write": "UPDATE odd SET b = b WHERE r = '[5,10)'"})
orders("type: enum to another enum, brin and partial indexes", "ALTER TABLE orders ALTER st DROP DEFAULT, ALTER st TYPE state2 USING st::text::state2, ALTER st SET DEFAULT 'c';", "CREATE TYPE state AS ENUM ('a', 'b')", "CREATE TYPE state2 AS ENUM ('b', 'a', 'c')", "ALTER TABLE orders ADD st state DEFAULT 'a'",
       "UPDATE orders SET st = 'b' WHERE qty > 50", "CREATE INDEX ON orders USING brin (id, qty)", "CREATE INDEX ON orders (qty) WHERE code IS NOT NULL")
orders("type: replica identity, cluster mark, include", "ALTER TABLE marked ALTER k TYPE bigint;", "CREATE TABLE marked (id int PRIMARY KEY, k int NOT NULL, v text)", "INSERT INTO marked SELECT g, g, 'v' FROM generate_series(1,{n}) g",
       "CREATE UNIQUE INDEX marked_k ON marked (k) INCLUDE (v) WITH (fillfactor = 80)", "ALTER TABLE marked REPLICA IDENTITY USING INDEX marked_k", "ALTER TABLE marked CLUSTER ON marked_k", probe={"read": "SELECT 1 FROM marked WHERE id = 8", "write": "UPDATE marked SET v = v WHERE id = 8"})
orders("type: default from a sequence of another schema", "ALTER TABLE ev ALTER n TYPE bigint; ALTER TABLE ev ADD CONSTRAINT pos CHECK (n > 0); CREATE INDEX ON ev (n, v); ALTER TABLE ev ADD FOREIGN KEY (n) REFERENCES big (id);", "CREATE SCHEMA \"S 2\"", 'CREATE SEQUENCE "S 2"."seq;1"',
       "CREATE TABLE ev (id int PRIMARY KEY, n int NOT NULL DEFAULT nextval('\"S 2\".\"seq;1\"'), v text)", "INSERT INTO ev (id, v) SELECT g, 'v' FROM generate_series(1,{n}) g", 'ALTER SEQUENCE "S 2"."seq;1" START 5', "CREATE TABLE big (id bigint PRIMARY KEY)", "INSERT INTO big SELECT generate_series(1,{n})",
       probe={"read": "SELECT 1 FROM ev WHERE id = 8", "write": "UPDATE ev SET v = v WHERE id = 8"})
orders("type: checks that are not valid", "ALTER TABLE orders ALTER qty TYPE bigint;", "ALTER TABLE orders ADD CONSTRAINT late CHECK (qty <> 107) NOT VALID", "ALTER TABLE orders ADD CONSTRAINT alone CHECK (qty < 1000) NO INHERIT")
orders("type: not enforced and not null not valid", "ALTER TABLE orders ALTER qty TYPE bigint;", "ALTER TABLE orders ADD CONSTRAINT ne CHECK (qty < 3) NOT ENFORCED", "ALTER TABLE orders ADD CONSTRAINT nn NOT NULL code NOT VALID", "ALTER TABLE orders ADD CONSTRAINT qn NOT NULL qty", min=18)
orders("type: beside virtual generated columns", "ALTER TABLE orders ALTER amount TYPE float8; ALTER TABLE orders ADD COLUMN twice int GENERATED ALWAYS AS (qty * 2);", "ALTER TABLE orders ADD total int GENERATED ALWAYS AS (qty * 2) VIRTUAL", min=18)
orders("type: hash partitions", "ALTER TABLE hp ALTER v TYPE bigint;", "CREATE TABLE hp (id uuid NOT NULL, v int NOT NULL, w text, PRIMARY KEY (id)) PARTITION BY HASH (id)", *[f"CREATE TABLE \"hp {i}\" PARTITION OF hp FOR VALUES WITH (MODULUS 3, REMAINDER {i})" for i in range(3)],
       "INSERT INTO hp SELECT gen_random_uuid(), g, 'w' FROM generate_series(1,{n}) g", "CREATE INDEX hp_v ON hp (v DESC NULLS LAST) INCLUDE (w)", "CREATE UNIQUE INDEX own ON \"hp 1\" (v)", probe={"read": "SELECT 1 FROM hp WHERE v = 8", "write": "UPDATE hp SET w = w WHERE v = 8"})
orders("type: char and a deterministic collation", 'ALTER TABLE words ALTER w TYPE varchar(60) COLLATE "POSIX", ALTER k TYPE text;', 'CREATE TABLE words (k char(12) COLLATE "C" PRIMARY KEY, w text COLLATE "C" UNIQUE)', "INSERT INTO words SELECT 'k' || g, 'w' || g FROM generate_series(1,{n}) g",
       probe={"read": "SELECT 1 FROM words WHERE k = 'k8'", "write": "UPDATE words SET w = w WHERE k = 'k8'"})
parted("column: identity of a partitioned table", "ALTER TABLE orders ADD COLUMN r bigint GENERATED BY DEFAULT AS IDENTITY;", ignore=["r"], min=17)
hostile("column: several at once, hostile", f'ALTER TABLE {H} ADD COLUMN "$a" text DEFAULT md5(random()::text) NOT NULL, ADD "b;" int DEFAULT 5, ADD COLUMN "c\'" bigserial;', ignore=["$a", '"$a"', "c'", '"c\'"'])
orders("key: nulls not distinct", "ALTER TABLE orders ADD CONSTRAINT nd UNIQUE NULLS NOT DISTINCT (code, note);", min=15)
orders("constraint: on a parent, for its children", "ALTER TABLE base ADD CONSTRAINT c CHECK (v > 0), ALTER v SET NOT NULL;", "CREATE TABLE base (id int PRIMARY KEY, v int)", "CREATE TABLE kid (more text, PRIMARY KEY (id)) INHERITS (base)", "CREATE TABLE kidkid () INHERITS (kid)",
       "INSERT INTO kid SELECT g, g, 'm' FROM generate_series(1,{n}) g", "INSERT INTO base SELECT g, g FROM generate_series(1,{n}) g", "INSERT INTO kidkid SELECT g, g FROM generate_series(1,{n}) g", probe={"read": "SELECT 1 FROM base WHERE id = 8", "write": "UPDATE kid SET more = more WHERE id = 8"})
orders("index: search_path and an operator class of the migration", 'SET search_path = "S 2", public; CREATE INDEX fn ON orders ("S 2".norm(note) text_pattern_ops) WHERE qty > 3;', 'CREATE SCHEMA "S 2"', 'CREATE FUNCTION "S 2".norm(t text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT lower(t) $$')
rows("rows: update by a uuid key, row security", "UPDATE u SET n = n + 1 WHERE n % 2 = 0;", "CREATE TABLE u (id uuid PRIMARY KEY, n int)", "INSERT INTO u SELECT md5(g::text)::uuid, g FROM generate_series(1,{n}) g", "ALTER TABLE u ENABLE ROW LEVEL SECURITY", "CREATE POLICY p ON u USING (n > 10)",
     probe={"read": "SELECT 1 FROM orders WHERE id = 1", "write": "UPDATE u SET n = n WHERE id = md5('7')::uuid"})
rows("rows: update of several columns from a row", "UPDATE orders SET (note, qty) = (SELECT a.name, a.id FROM accounts a WHERE a.id = orders.account_id), code = upper(code) WHERE id > 100;")
rows("rows: update with a placeholder for strings", "UPDATE orders SET note = E'it\\'s $lockcast$ where returning \"x\"' WHERE note LIKE '%a%' -- where\n AND qty > /* returning */ 5;")
rows("rows: delete from one table only", "DELETE FROM ONLY base WHERE v % 3 = 0;", "CREATE TABLE base (id int PRIMARY KEY, v int)", "CREATE TABLE kid (more text) INHERITS (base)", "INSERT INTO base SELECT g, g FROM generate_series(1,{n}) g", "INSERT INTO kid SELECT g % 1000, g, 'm' FROM generate_series(1,{n}) g",
     probe={"read": "SELECT 1 FROM base WHERE id = 8", "write": "UPDATE kid SET more = more WHERE v = 8"})
parted("rows: delete with a join, partitioned", "DELETE FROM orders o USING accounts a WHERE a.id = o.account_id AND a.id < 1500 AND o.day > '2026-01-15';")
rows("rows: insert with identity, conflicts ignored", "INSERT INTO target (k, w) SELECT o.code, o.note FROM orders o WHERE o.qty > 20 ON CONFLICT DO NOTHING;", "CREATE TABLE target (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, k text UNIQUE, w text)",
     "INSERT INTO target (k) SELECT 'c' || g FROM generate_series(1,3000) g", ignore=["id"])


def filled(value, n):
    if isinstance(value, str):
        return value.replace("{n}", str(n))
    if isinstance(value, dict):
        return {k: filled(v, n) for k, v in value.items()}
    return [filled(v, n) for v in value] if isinstance(value, list) else value


def cases(n=ROWS):
    return [filled(c, n) for c in CASES]


if __name__ == "__main__":
    print(json.dumps(cases(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS), indent=1))

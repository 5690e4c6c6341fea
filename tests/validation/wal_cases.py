"""Statements that the model of WAL and disk was not made on: other types, widths, fillfactors, TOAST, many indexes, partitions. For wal.py --set other."""
ORDERS = ["CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL, state varchar(20) NOT NULL, total float8, note text, made timestamp, paid date, flags smallint, open boolean)",
          "INSERT INTO orders SELECT g, 1 + (g::bigint * 48271 % 2147483647) % ({n} / 10), (ARRAY['new', 'packed', 'shipped', 'returned'])[1 + g % 4], g * 1.37, "
          "CASE WHEN g % 3 = 0 THEN 'note ' || repeat(chr(97 + g % 26), g % 90) END, '2021-01-01'::timestamp + g * interval '37 s', '2021-01-01'::date + g % 900, g % 7, g % 11 = 0 "
          "FROM generate_series(1, {n}) g", "VACUUM ANALYZE orders"]
SIX = ORDERS[:2] + ["CREATE INDEX ON orders (customer)", "CREATE INDEX ON orders (state)", "CREATE INDEX ON orders (made)", "CREATE INDEX ON orders (total)",
                    "CREATE INDEX ON orders (paid, customer)", "VACUUM ANALYZE orders"]
LOOSE = [s.replace("open boolean)", "open boolean) WITH (fillfactor = 80)") for s in ORDERS]
NARROW = ["CREATE TABLE pair (a int, b int)", "INSERT INTO pair SELECT g, g * 7919 % 65521 FROM generate_series(1, {n}) g", "VACUUM ANALYZE pair"]
WIDE = ["CREATE TABLE wide (id bigint PRIMARY KEY, " + ", ".join(f"n{i} int" for i in range(1, 25)) + ", body varchar(900))",
        "INSERT INTO wide SELECT g, " + ", ".join("g" if i % 3 else "NULL" for i in range(1, 25)) + ", repeat(md5(g::text), 5 + g % 12) FROM generate_series(1, {m}) g", "VACUUM ANALYZE wide"]
DOCS = ["CREATE TABLE docs (id uuid PRIMARY KEY, body jsonb, tags text[], title text, span int4range, place box, words tsvector)",
        "INSERT INTO docs SELECT md5(g::text)::uuid, jsonb_build_object('name', 'user' || g, 'age', g % 80, 'city', 'c' || g % 300, 'active', g % 2 = 0), "
        "ARRAY['t' || g % 40, 't' || g % 31, 'u' || g % 700], 'Title of ' || md5((g % 5000)::text), int4range(g, g + g % 50), box(point(g % 1000, g % 777), point(g % 1000 + 3, g % 777 + 5)), "
        "to_tsvector('simple', 'alpha' || g % 900 || ' beta' || g % 70 || ' gamma' || g) FROM generate_series(1, {m}) g", "VACUUM ANALYZE docs"]
BLOBS = ["CREATE TABLE blobs (id int PRIMARY KEY, kind int, data text)",
         "INSERT INTO blobs SELECT g, g % 5, (SELECT string_agg(md5((g * 1000 + i)::text), '') FROM generate_series(1, 100 + g % 60) i) FROM generate_series(1, {k}) g", "VACUUM ANALYZE blobs"]
PARTS = ["CREATE TABLE log (at timestamp NOT NULL, host int, line text) PARTITION BY RANGE (at)"] + [
    f"CREATE TABLE log{i} PARTITION OF log FOR VALUES FROM ('2022-0{i}-01') TO ('2022-0{i + 1}-01')" for i in range(1, 5)] + [
    "INSERT INTO log SELECT '2022-01-01'::timestamp + (g % 119) * interval '1 day' + g * interval '1 ms', g % 64, 'line ' || md5(g::text) FROM generate_series(1, {n}) g", "VACUUM ANALYZE log"]
UUIDS = ["CREATE TABLE item (id uuid PRIMARY KEY, owner uuid, price numeric(10,2), name varchar(60))",
         "INSERT INTO item SELECT md5(g::text)::uuid, md5((g % 2000)::text)::uuid, g % 9999 / 7.0, 'item number ' || g FROM generate_series(1, {n}) g", "CREATE INDEX ON item (owner)",
         "VACUUM ANALYZE item"]
CASES = [
    ("index on varchar, few values", ORDERS, "CREATE INDEX ON orders (state)"), ("index on float8", ORDERS, "CREATE INDEX ON orders (total)"),
    ("index on date, repeated", ORDERS, "CREATE INDEX ON orders (paid)"), ("index on smallint", ORDERS, "CREATE INDEX ON orders (flags)"),
    ("index on a nullable text", ORDERS, "CREATE INDEX ON orders (note)"), ("partial index, IS NULL", ORDERS, "CREATE INDEX ON orders (made) WHERE note IS NULL"),
    ("partial index on boolean", ORDERS, "CREATE INDEX ON orders (customer) WHERE open"), ("expression index, lower", ORDERS, "CREATE INDEX ON orders (lower(state), customer)"),
    ("expression index, date_trunc", ORDERS, "CREATE INDEX ON orders (date_trunc('month', made))"), ("three columns", ORDERS, "CREATE INDEX ON orders (customer, made, id)"),
    ("INCLUDE two", ORDERS, "CREATE UNIQUE INDEX ON orders (id) INCLUDE (total, state)"), ("hash on uuid", UUIDS, "CREATE INDEX ON item USING hash (owner)"),
    ("index on repeated uuid, fillfactor 60", UUIDS, "CREATE INDEX ON item (owner) WITH (fillfactor = 60)"), ("index on varchar", UUIDS, "CREATE INDEX ON item (name)"),
    ("brin on int, 4 pages per range", ORDERS, "CREATE INDEX ON orders USING brin (id) WITH (pages_per_range = 4)"), ("index on 2 ints of a narrow table", NARROW, "CREATE INDEX ON pair (b, a)"),
    ("gin text[]", DOCS, "CREATE INDEX ON docs USING gin (tags)"), ("gin jsonb documents", DOCS, "CREATE INDEX ON docs USING gin (body)"),
    ("gin documents path_ops", DOCS, "CREATE INDEX ON docs USING gin (body jsonb_path_ops)"), ("gin words", DOCS, "CREATE INDEX ON docs USING gin (words)"),
    ("gist range", DOCS, "CREATE INDEX ON docs USING gist (span)"), ("gist box", DOCS, "CREATE INDEX ON docs USING gist (place)"),
    ("spgist text", DOCS, "CREATE INDEX ON docs USING spgist (title)"), ("concurrently on text", UUIDS, "CREATE INDEX CONCURRENTLY ON item (name)"),
    ("index on partitions", PARTS, "CREATE INDEX ON log (host, at)"), ("reindex six indexes", SIX, "REINDEX TABLE orders"), ("reindex concurrently", SIX, "REINDEX INDEX CONCURRENTLY orders_made_idx"),
    ("exclusion constraint", DOCS, "ALTER TABLE docs ADD EXCLUDE USING gist (place WITH ~=)"),
    ("volatile default, narrow", NARROW, "ALTER TABLE pair ADD COLUMN r float8 DEFAULT random()"), ("text default by a function", ORDERS, "ALTER TABLE orders ADD COLUMN k text DEFAULT md5(random()::text)"),
    ("serial column", NARROW, "ALTER TABLE pair ADD COLUMN s serial"), ("varchar to text[]", ORDERS, "ALTER TABLE orders ALTER state TYPE text[] USING ARRAY[state]"),
    ("int to numeric, six indexes", SIX, "ALTER TABLE orders ALTER customer TYPE numeric"), ("timestamp to timestamptz", ORDERS, "ALTER TABLE orders ALTER made TYPE timestamptz USING made AT TIME ZONE 'Europe/Vienna'"),
    ("smallint to bigint, wide", WIDE, "ALTER TABLE wide ALTER n1 TYPE bigint"), ("uuid to text", UUIDS, "ALTER TABLE item ALTER owner TYPE text"),
    ("text to int in TOASTed rows", BLOBS, "ALTER TABLE blobs ALTER kind TYPE text"), ("rewrite of compressed values", BLOBS, "ALTER TABLE blobs ALTER data TYPE bytea USING convert_to(data, 'UTF8')"),
    ("stored generated text", UUIDS, "ALTER TABLE item ADD COLUMN label text GENERATED ALWAYS AS (name || ' of the shop') STORED"), ("rewrite of partitions", PARTS, "ALTER TABLE log ALTER host TYPE bigint"),
    ("SET LOGGED", NARROW + ["ALTER TABLE pair SET UNLOGGED", "VACUUM ANALYZE pair"], "ALTER TABLE pair SET LOGGED"),
    ("CLUSTER by customer", SIX, "CLUSTER orders USING orders_customer_idx"), ("CLUSTER in order", SIX, "CLUSTER orders USING orders_pkey"), ("VACUUM FULL with fillfactor", LOOSE, "VACUUM FULL orders"),
    ("VACUUM FULL after updates", SIX + ["UPDATE orders SET flags = 1", "ANALYZE orders"], "VACUUM FULL orders"), ("VACUUM FULL, wide", WIDE, "VACUUM FULL wide"),
    ("CTAS of a GROUP BY", ORDERS, "CREATE TABLE sums AS SELECT customer, count(*) AS n, sum(total) AS total FROM orders GROUP BY customer"),
    ("CTAS of GROUP BY on an expression", ORDERS, "CREATE TABLE sums AS SELECT customer % 100 AS c, paid, sum(total) AS total FROM orders GROUP BY 1, 2"),
    ("CTAS with a join", ORDERS, "CREATE TABLE both_ AS SELECT o.id, o.state, p.note FROM orders o JOIN orders p ON p.id = o.customer"), ("CTAS of TOAST", BLOBS, "CREATE TABLE copy_ AS SELECT * FROM blobs"),
    ("refresh of sums", ORDERS + ["CREATE MATERIALIZED VIEW m AS SELECT customer, max(made) AS last, count(*) AS n FROM orders GROUP BY customer", "ANALYZE m"], "REFRESH MATERIALIZED VIEW m"),
    ("insert select, 3 indexes, random", UUIDS + ["CREATE TABLE item2 (LIKE item INCLUDING INDEXES)", "CREATE INDEX ON item2 (name)"], "INSERT INTO item2 SELECT * FROM item"),
    ("insert into a partitioned table", PARTS, "INSERT INTO log SELECT at, host + 100, line FROM log"), ("insert into a large table, uuid key", UUIDS, "INSERT INTO item SELECT gen_random_uuid(), owner, price, name FROM item WHERE price < 300"),
    ("insert some TOAST", BLOBS + ["CREATE TABLE blobs2 (LIKE blobs)"], "INSERT INTO blobs2 SELECT * FROM blobs"),
    ("update all, no other index", ORDERS, "UPDATE orders SET flags = flags + 1"), ("update all, six indexes", SIX, "UPDATE orders SET flags = 3"), ("update an indexed date, six indexes", SIX, "UPDATE orders SET paid = paid + 1"),
    ("update all, fillfactor 80", LOOSE, "UPDATE orders SET flags = flags + 1"), ("update a fifth, fillfactor 80", LOOSE, "UPDATE orders SET flags = flags + 1 WHERE id % 5 = 0"),
    ("update one state", SIX, "UPDATE orders SET open = NOT open WHERE state = 'new'"), ("update one customer in a hundred", SIX, "UPDATE orders SET total = total + 1 WHERE customer <= {n} / 1000"),
    ("update a key range", SIX, "UPDATE orders SET flags = 5 WHERE id BETWEEN {n} / 2 AND {n} / 2 + {n} / 20"), ("update narrow rows", NARROW, "UPDATE pair SET b = b + 1"),
    ("update a column of wide rows", WIDE, "UPDATE wide SET n2 = n2 + 1"), ("update nulls to a value", ORDERS, "UPDATE orders SET note = 'none' WHERE note IS NULL"),
    ("update with uuid key", UUIDS, "UPDATE item SET price = price + 1"), ("update beside TOAST", BLOBS, "UPDATE blobs SET kind = kind + 1"), ("update from another table", ORDERS + NARROW, "UPDATE orders SET flags = 9 FROM pair WHERE pair.a = orders.id AND pair.b < 6552"),
    ("update of one partition", PARTS, "UPDATE log SET host = host + 1 WHERE at < '2022-02-01'"), ("update of partitions", PARTS, "UPDATE log SET host = host + 1"),
    ("delete by date", SIX, "DELETE FROM orders WHERE made < '2021-02-01'"), ("delete one in seven", SIX, "DELETE FROM orders WHERE flags = 3"), ("delete wide rows", WIDE, "DELETE FROM wide WHERE id % 2 = 0"),
    ("delete narrow rows", NARROW, "DELETE FROM pair"), ("delete blobs", BLOBS, "DELETE FROM blobs WHERE kind = 2"), ("delete from partitions", PARTS, "DELETE FROM log WHERE host = 7"),
]

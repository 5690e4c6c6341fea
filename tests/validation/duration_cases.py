"""Statements that the model of durations was not made on: other types, widths, orders, options, settings and majors. For durations.py --set other.

Each is {"name", "setup", "migration", "settings"?, "major"?}; contrib (citext, pg_trgm, btree_gist) is used on major 15 only, which Debian installs with it."""
SALES = ["CREATE TABLE sales (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, shop smallint NOT NULL, item int, price numeric(14,4), tax real, kind char(3), at timestamp, "
         "day date, who inet, mac macaddr, flag boolean, code varchar(12), during interval)",
         "INSERT INTO sales (shop, item, price, tax, kind, at, day, who, mac, flag, code, during) SELECT g % 300, g::bigint * 48271 % 499979, (g::bigint * 69621 % 9999991) / 333.0, random(), "
         "(ARRAY['buy','ret','gif'])[1 + g % 3], '2019-01-01'::timestamp + g * interval '91 s', '2019-01-01'::date + (g::bigint * 7919 % 1460)::int, "
         "('10.' || g % 256 || '.' || g / 256 % 256 || '.' || g / 7 % 256)::inet, ('08:00:2b:' || lpad(to_hex(g % 256), 2, '0') || ':' || lpad(to_hex(g / 256 % 256), 2, '0') || ':03')::macaddr, "
         "g % 17 = 0, 'C' || g % 5000, g % 9000 * interval '1 min' FROM generate_series(1, 400000) g", "VACUUM ANALYZE sales"]
FILES = ["CREATE TABLE files (id bigint PRIMARY KEY, owner uuid, body bytea, meta jsonb, tags int[], span tstzrange, box box, title text)",
         "INSERT INTO files SELECT g, md5((g % 900)::text)::uuid, decode(repeat(md5(g::text), 12), 'hex'), jsonb_build_object('size', g % 4096, 'mime', 'text/' || g % 12, 'sum', md5(g::text)), "
         "ARRAY[g % 50, g % 611, g], tstzrange('2022-01-01'::timestamptz + g * interval '1 min', '2022-01-01'::timestamptz + (g + g % 400) * interval '1 min'), "
         "box(point(g % 1009, g % 1013), point(g % 1009 + 2, g % 1013 + 3)), 'File ' || md5((g::bigint * 7919 % 60000)::text) FROM generate_series(1, 120000) g", "VACUUM ANALYZE files"]
WIDE = ["CREATE TABLE wide (id int, " + ", ".join(f"v{i} float8" for i in range(30)) + ", note text)",
        "INSERT INTO wide SELECT g, " + ", ".join(f"g * {i}.5" if i % 2 else "NULL" for i in range(30)) + ", CASE WHEN g % 20 = 0 THEN 'noted ' || g END FROM generate_series(1, 200000) g",
        "VACUUM ANALYZE wide"]
TOAST = ["CREATE TABLE letters (id int PRIMARY KEY, state text, body text)",
         "INSERT INTO letters SELECT g, 's' || g % 9, (SELECT string_agg(md5((g * 1000 + i)::text), ' ') FROM generate_series(1, 100 + g % 80) i) FROM generate_series(1, 6000) g", "VACUUM ANALYZE letters"]
PARTS = ["CREATE TABLE events (id bigint, at date NOT NULL, host int, line text) PARTITION BY RANGE (at)",
         "DO $$ BEGIN FOR i IN 0..19 LOOP EXECUTE format('CREATE TABLE events%s PARTITION OF events FOR VALUES FROM (%L) TO (%L)', i, '2023-01-01'::date + i * 10, "
         "'2023-01-01'::date + i * 10 + 10); END LOOP; END $$",
         "INSERT INTO events SELECT g, '2023-01-01'::date + g % 200, g % 640, 'line ' || md5(g::text) FROM generate_series(1, 500000) g", "VACUUM ANALYZE events"]
PAIRS = ["CREATE TABLE head (a int, b date, label text, PRIMARY KEY (a, b))",
         "INSERT INTO head SELECT g % 500, '2020-01-01'::date + g / 500, 'h' || g FROM generate_series(0, 99999) g", "CREATE TABLE line (id int, a int, b date, n int)",
         "INSERT INTO line SELECT g, (g::bigint * 7919 % 500)::int, '2020-01-01'::date + (g::bigint * 104729 % 200)::int, g FROM generate_series(1, 600000) g", "VACUUM ANALYZE head", "VACUUM ANALYZE line"]
LOOSE = ["CREATE TABLE loose (id int, state text, score int) WITH (fillfactor = 70)", "INSERT INTO loose SELECT g, 'open', g % 100 FROM generate_series(1, 300000) g",
         "CREATE INDEX ON loose (id)", "VACUUM ANALYZE loose"]
TRIGGER = ["CREATE TABLE watched (id int, n int, changed timestamptz)", "INSERT INTO watched SELECT g, g % 77, now() FROM generate_series(1, 150000) g",
           "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed := clock_timestamp(); RETURN NEW; END $$",
           "CREATE TRIGGER touch BEFORE UPDATE ON watched FOR EACH ROW EXECUTE FUNCTION touch()", "VACUUM ANALYZE watched"]
PEOPLE = ["CREATE TABLE people (id int, mail text, city text)",
          "INSERT INTO people SELECT g, 'user' || (g::bigint * 7919 % 400009) || '@example.org', 'City ' || (g::bigint * 31 % 977) FROM generate_series(1, 400000) g", "VACUUM ANALYZE people"]


def case(name, setup, migration, major=15, **settings):
    return {"name": name, "setup": setup, "migration": migration, "major": major, "settings": settings}


CASES = [
    case("btree on numeric, no order", SALES, "CREATE INDEX ON sales (price)"), case("btree on smallint, 300 values", SALES, "CREATE INDEX ON sales (shop)"),
    case("btree on inet", SALES, "CREATE INDEX ON sales (who)"), case("btree on macaddr, int", SALES, "CREATE INDEX ON sales (mac, item)"),
    case("btree on char(3), date", SALES, "CREATE INDEX ON sales (kind, day)"), case("btree on interval", SALES, "CREATE INDEX ON sales (during)"),
    case("covering index", SALES, "CREATE UNIQUE INDEX ON sales (id) INCLUDE (price, code)"), case("partial index, one in 17", SALES, "CREATE INDEX ON sales (item) WHERE flag"),
    case("index on date_trunc", SALES, "CREATE INDEX ON sales (date_trunc('day', at), shop)"), case("hash on int", SALES, "CREATE INDEX ON sales USING hash (item)"),
    case("brin on timestamp, 8 pages", SALES, "CREATE INDEX ON sales USING brin (at) WITH (pages_per_range = 8)"),
    case("two CHECKs", SALES, "ALTER TABLE sales ADD CHECK (price >= 0 AND tax < 2), ADD CHECK (code LIKE 'C%')"), case("numeric to float8", SALES, "ALTER TABLE sales ALTER price TYPE float8"),
    case("varchar made shorter", SALES, "ALTER TABLE sales ALTER code TYPE varchar(8)"),
    case("to an enum", SALES + ["CREATE TYPE kinds AS ENUM ('buy', 'ret', 'gif')"], "ALTER TABLE sales ALTER kind TYPE kinds USING kind::text::kinds"),
    case("column of a domain with a CHECK", SALES + ["CREATE DOMAIN cents AS bigint CHECK (VALUE >= 0)"], "ALTER TABLE sales ADD COLUMN c cents DEFAULT 7"),
    case("four workers, text", PEOPLE, "CREATE INDEX ON people (mail)", max_parallel_maintenance_workers="4"),
    case("no workers, text, 16MB", PEOPLE, "CREATE INDEX ON people (mail)", max_parallel_maintenance_workers="0", maintenance_work_mem="16MB"),
    case("text, ICU, 1GB", PEOPLE, 'CREATE INDEX ON people (city COLLATE "en-x-icu")', maintenance_work_mem="1GB"),
    case("trigrams", PEOPLE[:1] + ["CREATE EXTENSION pg_trgm"] + [PEOPLE[1].replace("400000)", "60000)"), PEOPLE[2]], "CREATE INDEX ON people USING gin (city gin_trgm_ops)"),
    case("citext", PEOPLE + ["CREATE EXTENSION citext"], "ALTER TABLE people ALTER mail TYPE citext"),
    case("CTAS with a sort, small work_mem", PEOPLE, "CREATE TABLE cities AS SELECT DISTINCT ON (city) city, id, mail FROM people ORDER BY city, id", work_mem="1MB"),
    case("gin int[], many elements", FILES, "CREATE INDEX ON files USING gin (tags)"), case("gist tstzrange", FILES, "CREATE INDEX ON files USING gist (span)"),
    case("spgist text", FILES, "CREATE INDEX ON files USING spgist (title)"), case("jsonb member index", FILES, "CREATE INDEX ON files ((meta->>'mime'), owner)"),
    case("rewrite with bytea and jsonb", FILES, "ALTER TABLE files ALTER id TYPE numeric"), case("generated from jsonb", FILES, "ALTER TABLE files ADD COLUMN size int GENERATED ALWAYS AS ((meta->>'size')::int) STORED"),
    case("30 columns, half NULL: CHECK on the last", WIDE, "ALTER TABLE wide ADD CHECK (note IS NULL OR length(note) < 80)"), case("30 columns: VACUUM FULL", WIDE, "VACUUM FULL wide"),
    case("30 columns: UPDATE one in ten", WIDE, "UPDATE wide SET v1 = 0 WHERE id % 10 = 0"), case("TOAST: rewrite", TOAST, "ALTER TABLE letters ALTER id TYPE bigint"),
    case("TOAST: CTAS", TOAST, "CREATE TABLE copies AS SELECT * FROM letters"), case("20 partitions: index", PARTS, "CREATE INDEX ON events (host)"),
    case("20 partitions: SET NOT NULL", PARTS, "ALTER TABLE events ALTER host SET NOT NULL"), case("20 partitions: UPDATE of two", PARTS, "UPDATE events SET host = host + 1 WHERE at < '2023-01-21'"),
    case("composite FOREIGN KEY", PAIRS, "ALTER TABLE line ADD FOREIGN KEY (a, b) REFERENCES head"), case("fillfactor 70: UPDATE a quarter", LOOSE, "UPDATE loose SET score = score + 1 WHERE id % 4 = 1"),
    case("fillfactor 70: UPDATE of a key", LOOSE, "UPDATE loose SET id = id + 1000000 WHERE id <= 90000"), case("UPDATE with a trigger", TRIGGER, "UPDATE watched SET n = n + 1"),
    case("13: btree on text", PEOPLE, "CREATE INDEX ON people (mail)", major=13), case("13: rewrite", SALES, "ALTER TABLE sales ALTER item TYPE bigint", major=13),
    case("17: brin with workers", SALES, "CREATE INDEX ON sales USING brin (item)", major=17), case("17: primary key after a load", PEOPLE, "ALTER TABLE people ADD PRIMARY KEY (id)", major=17),
    case("18: SET NOT NULL", SALES, "ALTER TABLE sales ALTER item SET NOT NULL", major=18), case("18: gin with workers", FILES, "CREATE INDEX ON files USING gin (tags)", major=18),
    case("18: DELETE one in three, indexed", SALES + ["CREATE INDEX ON sales (item)", "VACUUM ANALYZE sales"], "DELETE FROM sales WHERE id % 3 = 0", major=18),
]

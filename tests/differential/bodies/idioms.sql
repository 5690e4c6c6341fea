-- Bodies as migrations have them, over schema.sql. Every case is run in a database of its own; a statement ends where an empty line follows.

-- case: add-column-if-missing
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = 'app' AND table_name = 'account' AND column_name = 'phone') THEN
    ALTER TABLE app.account ADD COLUMN phone text;
  END IF;
END $$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = 'app' AND table_name = 'account' AND column_name = 'phone') THEN
    ALTER TABLE app.account ADD COLUMN phone text;
  END IF;
END $$;

-- case: add-column-by-pg-attribute
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'app.product'::regclass AND attname = 'weight' AND NOT attisdropped) THEN
    ALTER TABLE app.product ADD COLUMN weight int NOT NULL DEFAULT 0;
  END IF;
END $$;

-- case: add-column-helper-function
CREATE OR REPLACE FUNCTION pg_temp.add_col(tbl regclass, col text, def text) RETURNS void AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = tbl AND attname = col AND NOT attisdropped) THEN
    EXECUTE 'ALTER TABLE ' || tbl || ' ADD COLUMN ' || quote_ident(col) || ' ' || def;
  END IF;
END $$ LANGUAGE plpgsql;

SELECT pg_temp.add_col('app.orders', 'currency', 'char(3) NOT NULL DEFAULT ''EUR''');

SELECT pg_temp.add_col('app.orders', 'note', 'text');

-- case: add-column-helper-in-schema
SELECT app.add_column('account', 'fax');

SELECT app.add_column('account', 'fax');

SELECT app.add_column(t => 'orders', c => 'Weird Name', type => 'int');

SELECT app.add_column(v.t, v.c) FROM (VALUES ('item', 'a'), ('item', 'b'), ('product', 'a')) AS v(t, c);

-- case: duplicate-column-caught
DO $$
BEGIN
  BEGIN
    ALTER TABLE app.account ADD COLUMN name text;
  EXCEPTION WHEN duplicate_column THEN
    RAISE NOTICE 'column name already exists';
  END;
END $$;

DO $$
BEGIN
  BEGIN
    ALTER TABLE app.account ADD COLUMN phone text;
  EXCEPTION WHEN duplicate_column THEN RAISE NOTICE 'there';
  END;
END $$;

-- case: drop-column-if-present
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'orders' AND column_name = 'note' AND table_schema = 'app') THEN
    ALTER TABLE app.orders DROP COLUMN note;
  END IF;
END $$;

-- case: rename-column-if-exists
DO $$
BEGIN
  IF EXISTS (SELECT * FROM information_schema.columns WHERE table_schema = 'app' AND table_name = 'account' AND column_name = 'name')
     AND NOT EXISTS (SELECT * FROM information_schema.columns WHERE table_schema = 'app' AND table_name = 'account' AND column_name = 'full_name') THEN
    ALTER TABLE app.account RENAME COLUMN name TO full_name;
  END IF;
END $$;

-- case: rename-table-if-exists
DO $$
BEGIN
  IF to_regclass('app.legacy_user') IS NOT NULL AND to_regclass('app.old_user') IS NULL THEN
    ALTER TABLE app.legacy_user RENAME TO old_user;
  END IF;
  IF to_regclass('app.nothing') IS NOT NULL THEN
    DROP TABLE app.nothing;
  END IF;
END $$;

-- case: rename-index-if-exists
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_indexes WHERE schemaname = 'app' AND indexname = 'orders_account_id_idx') THEN
    ALTER INDEX app.orders_account_id_idx RENAME TO ix_orders_account;
  END IF;
END $$;

-- case: enum-value-guarded
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typname = 'status' AND e.enumlabel = 'lost') THEN
    ALTER TYPE app.status ADD VALUE 'lost';
  END IF;
END $$;

-- case: create-type-caught
DO $$ BEGIN
  CREATE TYPE app.status AS ENUM ('a', 'b');
EXCEPTION
  WHEN duplicate_object THEN null;
END $$;

DO $$ BEGIN
  CREATE TYPE app.colour AS ENUM ('red', 'blue');
EXCEPTION
  WHEN duplicate_object THEN null;
END $$;

ALTER TABLE app.product ADD COLUMN colour app.colour DEFAULT 'red';

-- case: add-constraint-caught
DO $$ BEGIN
  ALTER TABLE app.item ADD CONSTRAINT item_order_id_fk FOREIGN KEY (order_id) REFERENCES app.orders (id) ON DELETE CASCADE;
EXCEPTION
  WHEN duplicate_object THEN null;
END $$;

DO $$ BEGIN
  ALTER TABLE app.item ADD CONSTRAINT item_order_id_fk FOREIGN KEY (order_id) REFERENCES app.orders (id) ON DELETE CASCADE;
EXCEPTION
  WHEN duplicate_object THEN null;
END $$;

-- case: add-constraint-guarded
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'orders_total_positive') THEN
    ALTER TABLE app.orders ADD CONSTRAINT orders_total_positive CHECK (total >= 0) NOT VALID;
    ALTER TABLE app.orders VALIDATE CONSTRAINT orders_total_positive;
  END IF;
END $$;

-- case: add-constraint-by-table-constraints
DO $$
BEGIN
  IF NOT EXISTS (SELECT constraint_name FROM information_schema.table_constraints WHERE table_schema = 'app' AND table_name = 'product' AND constraint_name = 'product_sku_key') THEN
    ALTER TABLE app.product ADD CONSTRAINT product_sku_key UNIQUE (sku);
  END IF;
  IF NOT EXISTS (SELECT 1 FROM information_schema.table_constraints WHERE table_name = 'legacy_user' AND constraint_type = 'PRIMARY KEY') THEN
    ALTER TABLE app.legacy_user ADD PRIMARY KEY (id);
  END IF;
END $$;

-- case: drop-constraint-found-by-name
DO $$
DECLARE
  name text;
BEGIN
  SELECT conname INTO name FROM pg_constraint WHERE conrelid = 'app.item'::regclass AND contype = 'c';
  EXECUTE 'ALTER TABLE app.item DROP CONSTRAINT ' || quote_ident(name);
END $$;

-- case: drop-all-foreign-keys
DO $$
DECLARE
  r record;
BEGIN
  FOR r IN SELECT conname, conrelid::regclass AS tbl FROM pg_constraint WHERE contype = 'f' AND confrelid = 'app.orders'::regclass LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.tbl, r.conname);
  END LOOP;
END $$;

-- case: drop-foreign-key-by-information-schema
DO $$
DECLARE
  fk_name varchar;
BEGIN
  SELECT tc.constraint_name INTO fk_name
    FROM information_schema.table_constraints tc
    JOIN information_schema.key_column_usage kcu ON tc.constraint_name = kcu.constraint_name AND tc.table_schema = kcu.table_schema
   WHERE tc.table_schema = 'app' AND tc.table_name = 'item' AND tc.constraint_type = 'FOREIGN KEY' AND kcu.column_name = 'order_id';
  IF fk_name IS NOT NULL THEN
    EXECUTE 'ALTER TABLE app.item DROP CONSTRAINT "' || fk_name || '"';
  END IF;
END $$;

-- case: drop-checks-in-loop
DO $$
DECLARE c text;
BEGIN
  FOR c IN SELECT conname FROM pg_constraint WHERE conrelid = 'app.product'::regclass AND contype IN ('c', 'u') ORDER BY conname LOOP
    EXECUTE format('ALTER TABLE app.product DROP CONSTRAINT %I', c);
  END LOOP;
END $$;

-- case: backfill-loop-with-commit
DO $$
DECLARE n int;
BEGIN
  LOOP
    UPDATE app.account SET updated_at = now() WHERE id IN (SELECT id FROM app.account WHERE updated_at IS NULL LIMIT 2);
    GET DIAGNOSTICS n = ROW_COUNT;
    EXIT WHEN n = 0;
    COMMIT;
  END LOOP;
END $$;

-- case: backfill-by-key-range
DO $$
DECLARE
  lo bigint := 0;
  hi bigint;
BEGIN
  SELECT max(id) INTO hi FROM app.orders;
  WHILE lo <= hi LOOP
    UPDATE app.orders SET note = 'x' WHERE id > lo AND id <= lo + 2;
    lo := lo + 2;
    COMMIT;
  END LOOP;
END $$;

-- case: syntax-error-in-body
CREATE PROCEDURE app.backfill(batch int) LANGUAGE plpgsql AS $$
DECLARE n bigint := 1;
BEGIN
  WHILE n > 0 LOOP
    WITH some AS (SELECT id FROM app.orders WHERE note IS NULL ORDER BY id LIMIT batch FOR UPDATE SKIP LOCKED)
    UPDATE app.orders o SET note = 'done' FROM some WHERE o.id = some.id;
    GET DIAGNOSTICS n = ROW_COUNT;
    COMMIT;
  END LOOP;
END $$;

CALL app.backfill(3);

DROP PROCEDURE app.backfill(int);

-- case: backfill-procedure-in-batches
CREATE PROCEDURE app.backfill(batch int) LANGUAGE plpgsql AS $$
DECLARE n bigint := 1;
BEGIN
  WHILE n > 0 LOOP
    WITH few AS (SELECT id FROM app.orders WHERE note IS NULL ORDER BY id LIMIT batch FOR UPDATE SKIP LOCKED)
    UPDATE app.orders o SET note = 'done' FROM few WHERE o.id = few.id;
    GET DIAGNOSTICS n = ROW_COUNT;
    COMMIT;
  END LOOP;
END $$;

CALL app.backfill(3);

DROP PROCEDURE app.backfill(int);

-- case: backfill-fixed-rounds
DO $$
BEGIN
  FOR i IN 0..2 LOOP
    UPDATE app.item SET qty = qty WHERE id % 3 = i;
    COMMIT;
  END LOOP;
END $$;

-- case: backfill-without-commit
DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT id, mail, nick FROM app.legacy_user LOOP
    INSERT INTO app.account (email, name) VALUES (r.mail, r.nick);
  END LOOP;
END $$;

-- case: updated-at-triggers-for-tables
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['orders', 'product', 'category'] LOOP
    EXECUTE format('ALTER TABLE app.%I ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now()', t);
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON app.%I FOR EACH ROW EXECUTE FUNCTION app.touch()', t || '_touch', t);
  END LOOP;
END $$;

UPDATE app.product SET price = price + 1;

-- case: updated-at-triggers-by-column
DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT table_schema, table_name FROM information_schema.columns WHERE column_name = 'updated_at' AND table_schema = 'app' LOOP
    EXECUTE format('DROP TRIGGER IF EXISTS touch ON %I.%I', r.table_schema, r.table_name);
    EXECUTE format('CREATE TRIGGER touch BEFORE UPDATE ON %I.%I FOR EACH ROW EXECUTE PROCEDURE app.touch()', r.table_schema, r.table_name);
  END LOOP;
END $$;

UPDATE app.account SET name = 'x' WHERE id = 1;

-- case: diesel-manage-updated-at
CREATE OR REPLACE FUNCTION diesel_manage_updated_at(_tbl regclass) RETURNS VOID AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER set_updated_at BEFORE UPDATE ON %s
                    FOR EACH ROW EXECUTE PROCEDURE diesel_set_updated_at()', _tbl);
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION diesel_set_updated_at() RETURNS trigger AS $$
BEGIN
    IF (
        NEW IS DISTINCT FROM OLD AND
        NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at
    ) THEN
        NEW.updated_at := current_timestamp;
    END IF;
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;

SELECT diesel_manage_updated_at('app.account');

UPDATE app.account SET name = 'y';

-- case: audit-triggers
CREATE FUNCTION audit.record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  id bigint;
BEGIN
  IF (TG_OP = 'DELETE') THEN id := OLD.id; ELSE id := NEW.id; END IF;
  EXECUTE 'INSERT INTO audit.log (tbl, op, row_id) VALUES ($1, $2, $3)' USING TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, TG_OP, id;
  RETURN COALESCE(NEW, OLD);
END $$;

DO $$
DECLARE t regclass;
BEGIN
  FOREACH t IN ARRAY ARRAY['app.product', 'app.item']::regclass[] LOOP
    EXECUTE 'CREATE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON ' || t || ' FOR EACH ROW EXECUTE FUNCTION audit.record()';
  END LOOP;
END $$;

DELETE FROM app.item WHERE id = 1;

DELETE FROM app.item;

INSERT INTO app.product VALUES (99, 'sku99', 3);

UPDATE app.product SET id = 100 WHERE id = 99;

-- case: audit-table-per-table
DO $$
DECLARE t text;
BEGIN
  FOR t IN SELECT unnest(ARRAY['product', 'category']) LOOP
    EXECUTE format('CREATE TABLE audit.%I (LIKE app.%I, changed_at timestamptz DEFAULT now())', t || '_history', t);
    EXECUTE format($f$
      CREATE FUNCTION audit.%1$s_keep() RETURNS trigger LANGUAGE plpgsql AS $b$
      BEGIN
        INSERT INTO audit.%1$s_history SELECT OLD.*;
        RETURN OLD;
      END $b$
    $f$, t);
    EXECUTE format('CREATE TRIGGER keep BEFORE DELETE ON app.%I FOR EACH ROW EXECUTE FUNCTION audit.%I()', t, t || '_keep');
  END LOOP;
END $$;

DELETE FROM app.category WHERE id = 1;

-- case: partitions-in-loop-of-months
DO $$
DECLARE
  start date;
BEGIN
  FOR i IN 3..5 LOOP
    start := make_date(2024, i, 1);
    EXECUTE format('CREATE TABLE part.event_%s PARTITION OF part.event FOR VALUES FROM (%L) TO (%L)', to_char(start, 'YYYY_MM'), start, (start + interval '1 month')::date);
  END LOOP;
END $$;

-- case: partitions-in-loop-of-constants
DO $$
BEGIN
  FOR i IN 3..5 LOOP
    EXECUTE format('CREATE TABLE part.event_2024_%s PARTITION OF part.event FOR VALUES FROM (%L) TO (%L)', lpad(i::text, 2, '0'), '2024-' || lpad(i::text, 2, '0') || '-01', '2024-' || lpad((i + 1)::text, 2, '0') || '-01');
  END LOOP;
END $$;

-- case: partitions-hash
CREATE TABLE part.bucket (id int, v text) PARTITION BY HASH (id);

DO $$
BEGIN
  FOR i IN 0..3 LOOP
    EXECUTE 'CREATE TABLE part.bucket_' || i || ' PARTITION OF part.bucket FOR VALUES WITH (MODULUS 4, REMAINDER ' || i || ')';
  END LOOP;
END $$;

INSERT INTO part.bucket SELECT g, 'x' FROM generate_series(1, 20) g;

-- case: partitions-generate-series-dates
DO $$
DECLARE d date;
BEGIN
  FOR d IN SELECT generate_series('2024-03-01'::date, '2024-05-01'::date, '1 month')::date LOOP
    EXECUTE format('CREATE TABLE IF NOT EXISTS part.%I PARTITION OF part.event FOR VALUES FROM (%L) TO (%L)', 'event_' || to_char(d, 'YYYY_MM'), d, d + interval '1 month');
  END LOOP;
END $$;

-- case: partition-function
CREATE FUNCTION part.make(year int, month int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  name text := format('event_%s_%s', year, lpad(month::text, 2, '0'));
BEGIN
  IF to_regclass('part.' || name) IS NULL THEN
    EXECUTE format('CREATE TABLE part.%I PARTITION OF part.event FOR VALUES FROM (%L) TO (%L)', name, make_date(year, month, 1), make_date(year, month, 1) + 28);
  END IF;
  RETURN name;
END $$;

SELECT part.make(2024, 1), part.make(2024, 6);

SELECT part.make(2025, m) FROM generate_series(1, 3) m;

-- case: detach-old-partitions
DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'part.event'::regclass AND c.relname LIKE 'event_2024_0%' AND c.relkind = 'r' LOOP
    EXECUTE format('ALTER TABLE part.event DETACH PARTITION part.%I', r.relname);
    EXECUTE format('DROP TABLE part.%I', r.relname);
  END LOOP;
END $$;

-- case: index-on-every-partition
DO $$
DECLARE p regclass;
BEGIN
  FOR p IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'part.tag'::regclass ORDER BY 1 LOOP
    EXECUTE format('CREATE INDEX ON %s (event_id)', p);
  END LOOP;
END $$;

-- case: revoke-grant-loop
CREATE ROLE bodies_reader;

DO $$
DECLARE s text;
BEGIN
  FOREACH s IN ARRAY '{app,audit}'::text[] LOOP
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM public', s);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO bodies_reader', s);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO bodies_reader', s);
  END LOOP;
END $$;

DO $$
DECLARE t record;
BEGIN
  FOR t IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'audit' LOOP
    EXECUTE format('GRANT INSERT ON %I.%I TO bodies_reader', t.schemaname, t.tablename);
  END LOOP;
END $$;

DROP OWNED BY bodies_reader;

DROP ROLE bodies_reader;

-- case: role-if-missing
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app_rw') THEN
    CREATE ROLE app_rw;
  END IF;
  GRANT SELECT, INSERT ON app.orders TO app_rw;
END $$;

-- case: owner-loop
DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT tablename FROM pg_tables WHERE schemaname = 'audit' LOOP
    EXECUTE 'ALTER TABLE audit.' || quote_ident(r.tablename) || ' OWNER TO app_owner';
  END LOOP;
  FOR r IN SELECT sequence_name FROM information_schema.sequences WHERE sequence_schema = 'app' AND sequence_name = 'ticket' LOOP
    EXECUTE 'ALTER SEQUENCE app.' || r.sequence_name || ' OWNER TO app_owner';
  END LOOP;
END $$;

-- case: row-security-loop
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['account', 'orders'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('DROP POLICY IF EXISTS all_rows ON app.%I', t);
    EXECUTE format('CREATE POLICY all_rows ON app.%I USING (true)', t);
  END LOOP;
END $$;

-- case: policy-guarded
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_policies WHERE schemaname = 'app' AND tablename = 'account' AND policyname = 'p') THEN
    CREATE POLICY p ON app.account USING (id > 0);
  END IF;
END $$;

-- case: trigger-guarded
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'account_touch' AND tgrelid = 'app.account'::regclass) THEN
    CREATE TRIGGER account_touch BEFORE UPDATE ON app.account FOR EACH ROW EXECUTE FUNCTION app.touch();
  END IF;
  IF NOT EXISTS (SELECT 1 FROM information_schema.triggers WHERE trigger_name = 'item_audit') THEN
    CREATE TRIGGER item_audit AFTER INSERT ON app.item FOR EACH ROW EXECUTE FUNCTION audit.note();
  END IF;
END $$;

INSERT INTO app.item (order_id) VALUES (2);

-- case: move-data-insert-select-drop
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = 'app' AND table_name = 'legacy_user') THEN
    INSERT INTO app.account (email, name) SELECT mail, nick FROM app.legacy_user ON CONFLICT (email) DO NOTHING;
    DROP TABLE app.legacy_user;
  END IF;
END $$;

-- case: move-data-with-cte
DO $$
BEGIN
  WITH gone AS (DELETE FROM app.shipment WHERE sent < '2025-01-01' RETURNING id, item_id)
  INSERT INTO audit.log (tbl, op, row_id) SELECT 'shipment', 'D', item_id FROM gone;
END $$;

-- case: move-data-returning-id
DO $$
DECLARE
  new_id int;
  r record;
BEGIN
  FOR r IN SELECT * FROM app.legacy_user LOOP
    INSERT INTO app.account (email, name) VALUES (r.mail, r.nick) RETURNING id INTO new_id;
    INSERT INTO app.orders (account_id, total) VALUES (new_id, 0);
    UPDATE app.legacy_user SET id = new_id WHERE CURRENT OF nothing;
  END LOOP;
EXCEPTION WHEN undefined_cursor THEN
  NULL;
END $$;

-- case: move-data-current-of
DO $$
DECLARE
  c CURSOR FOR SELECT id, nick FROM app.legacy_user FOR UPDATE;
BEGIN
  FOR r IN c LOOP
    UPDATE app.legacy_user SET nick = upper(r.nick) WHERE CURRENT OF c;
  END LOOP;
END $$;

-- case: swap-tables
DO $$
BEGIN
  CREATE TABLE app.setting_new (LIKE app.setting INCLUDING ALL);
  INSERT INTO app.setting_new SELECT * FROM app.setting;
  ALTER TABLE app.setting RENAME TO setting_old;
  ALTER TABLE app.setting_new RENAME TO setting;
  DROP TABLE app.setting_old;
END $$;

-- case: sequence-restart
DO $$
DECLARE n bigint;
BEGIN
  SELECT COALESCE(MAX(id), 0) + 1 INTO n FROM app.account;
  EXECUTE 'ALTER SEQUENCE app.account_id_seq RESTART WITH ' || n;
END $$;

-- case: sequence-setval
DO $$
BEGIN
  PERFORM setval('app.account_id_seq', (SELECT max(id) FROM app.account));
  PERFORM setval(pg_get_serial_sequence('app.item', 'id'), 100, false);
END $$;

-- case: reset-all-sequences
DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT c.oid::regclass AS seq FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND n.nspname = 'app' LOOP
    PERFORM setval(r.seq, 1000);
  END LOOP;
END $$;

-- case: serial-to-identity
CREATE FUNCTION app.upgrade_serial_to_identity(tbl regclass, col name) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  colnum smallint;
  seqid oid;
  count int;
BEGIN
  SELECT attnum INTO colnum FROM pg_attribute WHERE attrelid = tbl AND attname = col;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'column does not exist';
  END IF;
  SELECT INTO seqid objid FROM pg_depend WHERE (refclassid, refobjid, refobjsubid) = ('pg_class'::regclass, tbl, colnum) AND classid = 'pg_class'::regclass AND objsubid = 0 AND deptype = 'a';
  GET DIAGNOSTICS count = ROW_COUNT;
  IF count < 1 THEN
    RAISE EXCEPTION 'no linked sequence found';
  ELSIF count > 1 THEN
    RAISE EXCEPTION 'more than one linked sequence found';
  END IF;
  EXECUTE 'ALTER TABLE ' || tbl || ' ALTER COLUMN ' || quote_ident(col) || ' DROP DEFAULT';
  UPDATE pg_depend SET deptype = 'i' WHERE (classid, objid, objsubid) = ('pg_class'::regclass, seqid, 0) AND deptype = 'a';
  UPDATE pg_attribute SET attidentity = 'd' WHERE attrelid = tbl AND attname = col;
END $$;

SELECT app.upgrade_serial_to_identity('app.item', 'id');

-- case: change-type-by-udt-name
DO $$
BEGIN
  IF (SELECT data_type FROM information_schema.columns WHERE table_schema = 'app' AND table_name = 'item' AND column_name = 'qty') = 'integer' THEN
    ALTER TABLE app.item ALTER COLUMN qty TYPE bigint;
  END IF;
END $$;

DO $$
BEGIN
  IF (SELECT data_type FROM information_schema.columns WHERE table_schema = 'app' AND table_name = 'item' AND column_name = 'qty') = 'integer' THEN
    ALTER TABLE app.item ALTER COLUMN qty TYPE bigint;
  END IF;
END $$;

-- case: set-not-null-when-nullable
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = 'app' AND table_name = 'orders' AND column_name = 'total' AND is_nullable = 'YES') THEN
    UPDATE app.orders SET total = 0 WHERE total IS NULL;
    ALTER TABLE app.orders ALTER COLUMN total SET NOT NULL;
  END IF;
END $$;

-- case: change-all-columns-of-a-type
DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT table_schema, table_name, column_name FROM information_schema.columns WHERE table_schema = 'app' AND data_type = 'character varying' AND table_name = 'product' LOOP
    EXECUTE 'ALTER TABLE ' || quote_ident(r.table_schema) || '.' || quote_ident(r.table_name) || ' ALTER COLUMN ' || quote_ident(r.column_name) || ' TYPE text';
  END LOOP;
END $$;

-- case: truncate-all-tables
DO $$
DECLARE
  statements CURSOR FOR SELECT tablename FROM pg_tables WHERE schemaname = 'audit';
BEGIN
  FOR stmt IN statements LOOP
    EXECUTE 'TRUNCATE TABLE audit.' || quote_ident(stmt.tablename) || ' CASCADE;';
  END LOOP;
END $$;

-- case: truncate-all-by-string-agg
DO $$
BEGIN
  EXECUTE (SELECT 'TRUNCATE TABLE ' || string_agg(format('%I.%I', schemaname, tablename), ', ') || ' CASCADE' FROM pg_tables WHERE schemaname = 'audit');
END $$;

-- case: drop-all-views
DO $$
DECLARE v text;
BEGIN
  FOR v IN SELECT viewname FROM pg_views WHERE schemaname = 'app' AND viewname LIKE 'v\_%' LOOP
    EXECUTE 'DROP VIEW IF EXISTS app.' || v || ' CASCADE';
  END LOOP;
END $$;

-- case: drop-functions-in-loop
DO $$
DECLARE f record;
BEGIN
  FOR f IN SELECT oid::regprocedure AS sig FROM pg_proc WHERE proname = 'over' AND pronamespace = 'app'::regnamespace LOOP
    EXECUTE 'DROP FUNCTION ' || f.sig;
  END LOOP;
END $$;

-- case: refresh-matviews
DO $$
DECLARE m record;
BEGIN
  FOR m IN SELECT schemaname, matviewname FROM pg_matviews LOOP
    EXECUTE format('REFRESH MATERIALIZED VIEW %I.%I', m.schemaname, m.matviewname);
  END LOOP;
END $$;

-- case: version-dependent
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 150000 THEN
    EXECUTE 'CREATE UNIQUE INDEX one_id_key ON app.empty_two (one_id) NULLS NOT DISTINCT';
  ELSE
    EXECUTE 'CREATE UNIQUE INDEX one_id_key ON app.empty_two (one_id)';
  END IF;
END $$;

-- case: case-statement
DO $$
DECLARE kind text := 'b';
BEGIN
  CASE kind
    WHEN 'a' THEN ALTER TABLE app.product ADD COLUMN a int;
    WHEN 'b', 'c' THEN ALTER TABLE app.category ADD COLUMN b int;
    ELSE ALTER TABLE app.item ADD COLUMN c int;
  END CASE;
  CASE WHEN kind = 'x' THEN DROP TABLE app.setting; ELSE NULL; END CASE;
END $$;

-- case: case-without-match
DO $$
DECLARE kind text := 'z';
BEGIN
  CASE kind WHEN 'a' THEN ALTER TABLE app.product ADD COLUMN a int; END CASE;
END $$;

-- case: while-counter
DO $$
DECLARE i int := 1;
BEGIN
  WHILE i <= 3 LOOP
    EXECUTE 'ALTER TABLE app.category ADD COLUMN c' || i || ' int';
    i := i + 1;
  END LOOP;
END $$;

-- case: nested-blocks-and-labels
DO $$
<<here>>
DECLARE t text := 'product';
BEGIN
  DECLARE t text := 'item';
  BEGIN
    EXECUTE format('ALTER TABLE app.%I ADD COLUMN inner_one int', t);
    EXECUTE format('ALTER TABLE app.%I ADD COLUMN outer_one int', here.t);
  END;
  EXECUTE format('COMMENT ON TABLE app.%I IS %L', t, 'x');
END $$;

-- case: inner-declaration-shadows
DO $$
DECLARE t text := 'product';
BEGIN
  DECLARE t text := 'item';
  BEGIN
    EXECUTE format('ALTER TABLE app.%I ADD COLUMN inner_one int', t);
  END;
  EXECUTE format('ALTER TABLE app.%I ADD COLUMN outer_one int', t);
END $$;

-- case: multi-statement-execute
DO $$
BEGIN
  EXECUTE 'ALTER TABLE app.category ADD COLUMN x int; CREATE INDEX ON app.category (x); UPDATE app.category SET x = 1;';
END $$;

-- case: execute-using-into
DO $$
DECLARE n bigint;
BEGIN
  EXECUTE 'SELECT count(*) FROM app.orders WHERE account_id = $1' INTO n USING 1;
  EXECUTE format('SELECT count(*) FROM %I.%I', 'app', 'item') INTO STRICT n;
END $$;

-- case: execute-from-table-is-unknown
DO $$
DECLARE t text;
BEGIN
  SELECT value INTO t FROM app.setting WHERE name = 'table';
  EXECUTE 'ALTER TABLE ' || t || ' ADD COLUMN from_setting int';
END $$;

-- case: loop-over-rows-is-unknown
DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT name, value FROM app.setting WHERE name = 'table' LOOP
    EXECUTE format('COMMENT ON TABLE %s IS %L', r.value, 'x');
  END LOOP;
END $$;

-- case: condition-on-rows
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM app.legacy_user) THEN
    ALTER TABLE app.legacy_user ADD COLUMN seen boolean;
  END IF;
  IF (SELECT count(*) FROM app.empty_one) = 0 THEN
    DROP TABLE app.empty_two;
  END IF;
END $$;

-- case: found-after-dml
DO $$
BEGIN
  UPDATE app.setting SET value = 'x' WHERE name = 'nothing';
  IF NOT FOUND THEN
    INSERT INTO app.setting VALUES ('nothing', 'x');
  END IF;
  PERFORM 1 FROM app.empty_one;
  IF FOUND THEN
    DELETE FROM app.empty_one;
  END IF;
END $$;

-- case: upsert-by-exception
DO $$
BEGIN
  INSERT INTO app.setting VALUES ('table', 'x');
EXCEPTION WHEN unique_violation THEN
  UPDATE app.setting SET value = 'x' WHERE name = 'table';
END $$;

-- case: raise-exception-when-precondition-fails
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'no_such_table') THEN
    RAISE EXCEPTION 'no_such_table is missing';
  END IF;
  DROP TABLE app.setting;
END $$;

-- case: assert
DO $$
BEGIN
  ASSERT to_regclass('app.product') IS NOT NULL, 'product is missing';
  ALTER TABLE app.product ADD COLUMN asserted int;
END $$;

-- case: assert-fails
DO $$
BEGIN
  ASSERT to_regclass('app.nothing') IS NOT NULL, 'nothing is missing';
  ALTER TABLE app.product ADD COLUMN asserted int;
END $$;

-- case: return-early
DO $$
BEGIN
  IF to_regclass('app.product') IS NOT NULL THEN
    RETURN;
  END IF;
  CREATE TABLE app.product (id int);
END $$;

-- case: exception-rolls-back
DO $$
BEGIN
  BEGIN
    ALTER TABLE app.product ADD COLUMN lost int;
    UPDATE app.category SET label = 'x';
    DROP TABLE app.no_such_table;
  EXCEPTION WHEN undefined_table OR undefined_object THEN
    ALTER TABLE app.setting ADD COLUMN kept int;
  END;
  UPDATE app.setting SET value = 'y';
END $$;

-- case: exception-rethrown
DO $$
BEGIN
  BEGIN
    DROP TABLE app.no_such_table;
  EXCEPTION WHEN others THEN
    RAISE;
  END;
END $$;

-- case: exception-of-other-kind
DO $$
BEGIN
  BEGIN
    DROP TABLE app.no_such_table;
  EXCEPTION WHEN duplicate_column THEN
    NULL;
  END;
END $$;

-- case: lock-timeout-retry
DO $$
DECLARE done boolean := false;
BEGIN
  FOR i IN 1..5 LOOP
    BEGIN
      SET LOCAL lock_timeout = '1s';
      ALTER TABLE app.account ADD COLUMN retried int;
      done := true;
      EXIT;
    EXCEPTION WHEN lock_not_available THEN
      PERFORM pg_sleep(0.01);
    END;
  END LOOP;
  IF NOT done THEN
    RAISE EXCEPTION 'no lock';
  END IF;
END $$;

-- case: lock-table-first
DO $$
BEGIN
  LOCK TABLE app.account, app.orders IN SHARE ROW EXCLUSIVE MODE;
  UPDATE app.account SET balance = (SELECT coalesce(sum(total), 0) FROM app.orders WHERE account_id = account.id);
END $$;

-- case: search-path-of-function
CREATE FUNCTION app.with_path() RETURNS void LANGUAGE plpgsql SET search_path = app, pg_temp AS $$
BEGIN
  ALTER TABLE category ADD COLUMN by_path int;
  UPDATE product SET price = price WHERE id = 1;
END $$;

SELECT app.with_path();

SELECT app.in_part();

-- case: set-search-path-in-do
DO $$
BEGIN
  SET LOCAL search_path = app;
  ALTER TABLE category ADD COLUMN by_path int;
  PERFORM set_config('search_path', 'audit', true);
  ALTER TABLE summary ADD COLUMN by_config int;
END $$;

-- case: search-path-loop-over-tenants
CREATE SCHEMA tenant_1;

CREATE SCHEMA tenant_2;

DO $$
DECLARE s text;
BEGIN
  FOR s IN SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenant\_%' LOOP
    EXECUTE format('CREATE TABLE %I.thing (id int PRIMARY KEY)', s);
  END LOOP;
  FOR s IN SELECT schema_name FROM information_schema.schemata WHERE schema_name ~ '^tenant_' ORDER BY schema_name LOOP
    EXECUTE 'SET LOCAL search_path TO ' || quote_ident(s);
    ALTER TABLE thing ADD COLUMN name text;
  END LOOP;
END $$;

-- case: overloads
SELECT app.over(1);

SELECT app.over('x'::text);

DO $$ BEGIN PERFORM app.over('y'); PERFORM app.over(2); END $$;

-- case: defaults-and-named-arguments
SELECT app.bump(1);

SELECT app.bump(a => 2, by => 3);

DO $$ DECLARE n int; BEGIN n := app.bump(by => 1, a => 3); END $$;

-- case: recursive-function
SELECT app.down(3);

-- case: polymorphic-function
SELECT app.first_of(1, 2), app.first_of('a'::text, 'b');

-- case: return-query
SELECT * FROM app.every(1, 2);

SELECT id FROM app.every(VARIADIC ARRAY[1, 2]) WHERE price > 1;

-- case: function-in-where-and-default
ALTER TABLE app.category ADD COLUMN n int DEFAULT app.down(0);

SELECT * FROM app.product WHERE app.bump(id, 0) = 0;

UPDATE app.category SET label = app.over(id);

-- case: table-function-of-helper
CREATE FUNCTION app.tables_with(c text) RETURNS TABLE (s name, t name) LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY SELECT n.nspname, r.relname FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid JOIN pg_namespace n ON n.oid = r.relnamespace WHERE a.attname = c AND r.relkind = 'r' AND n.nspname = 'app';
END $$;

DO $$
DECLARE x record;
BEGIN
  FOR x IN SELECT * FROM app.tables_with('order_id') LOOP
    EXECUTE format('CREATE INDEX ON %I.%I (order_id)', x.s, x.t);
  END LOOP;
END $$;

-- case: helper-returns-boolean
CREATE FUNCTION app.column_exists(t text, c text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = 'app' AND table_name = t AND column_name = c);
END $$;

DO $$
BEGIN
  IF NOT app.column_exists('account', 'name') THEN
    ALTER TABLE app.account ADD COLUMN name text;
  END IF;
  IF NOT app.has_column('account', 'nick') THEN
    ALTER TABLE app.account ADD COLUMN nick text;
  END IF;
END $$;

-- case: helper-with-variable-result
CREATE FUNCTION app.fk_name(t text, c text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
  SELECT k.conname INTO result FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] WHERE k.contype = 'f' AND k.conrelid = ('app.' || t)::regclass AND a.attname = c;
  RETURN result;
END $$;

DO $$
BEGIN
  EXECUTE format('ALTER TABLE app.item DROP CONSTRAINT %I', app.fk_name('item', 'product_id'));
END $$;

-- case: procedure-in-out
CREATE PROCEDURE app.take(IN t text, INOUT n bigint DEFAULT 0) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('SELECT count(*) FROM app.%I', t) INTO n;
END $$;

CALL app.take('item');

DO $$
DECLARE n bigint;
BEGIN
  CALL app.take('category', n);
  IF n IS NULL THEN DROP TABLE app.setting; END IF;
END $$;

-- case: procedure-with-commit
CALL app.archive();

CALL app.archive(days => 1);

BEGIN;

CALL app.archive(1);

ROLLBACK;

-- case: procedure-calls-procedure
CREATE PROCEDURE app.all_archives() LANGUAGE plpgsql AS $$
BEGIN
  CALL app.archive(10);
  UPDATE app.setting SET value = 'archived';
  COMMIT;
  ALTER TABLE app.setting ADD COLUMN at date;
END $$;

CALL app.all_archives();

-- case: procedure-rollback
DO $$
BEGIN
  UPDATE app.setting SET value = 'lost';
  ALTER TABLE app.setting ADD COLUMN lost int;
  ROLLBACK;
  ALTER TABLE app.category ADD COLUMN kept int;
END $$;

ALTER TABLE app.setting ADD COLUMN lost int;

-- case: sql-procedure
CREATE PROCEDURE app.clean() LANGUAGE sql AS $$
  DELETE FROM app.shipment WHERE sent IS NULL;
  DELETE FROM app.setting;
$$;

CALL app.clean();

-- case: cursor-open-fetch
DO $$
DECLARE
  c refcursor;
  x int;
BEGIN
  OPEN c FOR SELECT id FROM app.product ORDER BY id;
  LOOP
    FETCH c INTO x;
    EXIT WHEN NOT FOUND;
    UPDATE app.product SET price = price + 1 WHERE id = x;
  END LOOP;
  CLOSE c;
END $$;

-- case: cursor-with-argument
DO $$
DECLARE
  c CURSOR (lowest int) FOR SELECT id FROM app.category WHERE id > lowest;
BEGIN
  FOR r IN c(1) LOOP
    UPDATE app.category SET label = 'x' WHERE id = r.id;
  END LOOP;
END $$;

-- case: cursor-for-execute
DO $$
DECLARE c refcursor; x record;
BEGIN
  OPEN c FOR EXECUTE 'SELECT * FROM app.item';
  FETCH c INTO x;
  CLOSE c;
  FOR x IN EXECUTE format('SELECT id FROM app.%I', 'shipment') LOOP
    NULL;
  END LOOP;
END $$;

-- case: values-loop
DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT * FROM (VALUES ('product', 'a'), ('category', 'b')) AS v(t, c) LOOP
    EXECUTE format('ALTER TABLE app.%I ADD COLUMN %I int', r.t, r.c);
  END LOOP;
  FOR r IN VALUES ('setting', 'c'), ('item', 'd') LOOP
    EXECUTE format('ALTER TABLE app.%I ADD COLUMN %I int', r.column1, r.column2);
  END LOOP;
END $$;

-- case: foreach-slice
DO $$
DECLARE pair text[];
BEGIN
  FOREACH pair SLICE 1 IN ARRAY ARRAY[['product', 'a'], ['category', 'b']] LOOP
    EXECUTE format('ALTER TABLE app.%I ADD COLUMN %I int', pair[1], pair[2]);
  END LOOP;
END $$;

-- case: array-index-loop
DO $$
DECLARE
  names text[] := ARRAY['product', 'category', 'setting'];
BEGIN
  FOR i IN 1 .. array_upper(names, 1) LOOP
    EXECUTE 'ALTER TABLE app.' || names[i] || ' ADD COLUMN n' || i || ' int';
  END LOOP;
  FOR i IN REVERSE 3..2 LOOP
    EXECUTE 'COMMENT ON TABLE app.' || names[i] || ' IS ''x''';
  END LOOP;
END $$;

-- case: json-config-loop
DO $$
DECLARE
  r record;
BEGIN
  FOR r IN SELECT key, value FROM jsonb_each_text('{"product": "a", "category": "b"}'::jsonb) LOOP
    EXECUTE format('ALTER TABLE app.%I ADD COLUMN %I int', r.key, r.value);
  END LOOP;
END $$;

-- case: string-to-array-loop
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY string_to_array('product,category', ',') LOOP
    EXECUTE 'ANALYZE app.' || t;
    EXECUTE concat('ALTER TABLE app.', t, ' ADD COLUMN s int');
  END LOOP;
  FOR t IN SELECT regexp_split_to_table('setting item', ' ') LOOP
    EXECUTE 'ALTER TABLE app.' || t || ' ADD COLUMN s int';
  END LOOP;
END $$;

-- case: constant-variables
DO $$
DECLARE
  schema_name CONSTANT text := 'app';
  tbl CONSTANT text := schema_name || '.' || 'category';
  col text;
BEGIN
  col := 'made_' || 'up';
  EXECUTE 'ALTER TABLE ' || tbl || ' ADD COLUMN ' || col || ' int';
  EXECUTE 'UPDATE ' || tbl || ' SET ' || col || ' = ' || 1::text;
END $$;

-- case: regclass-cast-and-text
DO $$
DECLARE t regclass := 'app.orders';
BEGIN
  EXECUTE 'ALTER TABLE ' || t::text || ' ADD COLUMN by_class int';
  EXECUTE format('COMMENT ON TABLE %s IS %L', t, 'it''s');
END $$;

-- case: index-guarded
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = 'orders_placed_idx' AND n.nspname = 'app') THEN
    CREATE INDEX orders_placed_idx ON app.orders (placed);
  END IF;
  IF NOT EXISTS (SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = 'orders_account_id_idx') THEN
    CREATE INDEX orders_account_id_idx ON app.orders (account_id);
  END IF;
END $$;

-- case: drop-invalid-indexes
DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid LOOP
    EXECUTE 'DROP INDEX ' || r.relname;
  END LOOP;
END $$;

-- case: extension-guarded
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'plpgsql') THEN
    CREATE EXTENSION plpgsql;
  END IF;
  IF EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'no_such_extension') THEN
    CREATE EXTENSION no_such_extension;
  END IF;
END $$;

-- case: publication-guarded
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_publication WHERE pubname = 'feed') THEN
    CREATE PUBLICATION feed FOR TABLE app.orders;
  END IF;
END $$;

-- case: tablespace-and-storage-loop
DO $$
DECLARE t record;
BEGIN
  FOR t IN SELECT n.nspname, c.relname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = 'audit' ORDER BY c.relname LOOP
    EXECUTE format('ALTER TABLE %I.%I SET (autovacuum_vacuum_scale_factor = 0.05)', t.nspname, t.relname);
  END LOOP;
END $$;

-- case: disable-enable-triggers
DO $$
BEGIN
  EXECUTE 'ALTER TABLE app.orders DISABLE TRIGGER ALL';
  UPDATE app.orders SET note = 'quiet';
  EXECUTE 'ALTER TABLE app.orders ENABLE TRIGGER ALL';
END $$;

-- case: replication-role
DO $$
BEGIN
  SET LOCAL session_replication_role = replica;
  DELETE FROM app.account WHERE id = 1;
END $$;

-- case: cascade-chain
DELETE FROM app.account WHERE id = 2;

DELETE FROM app.product WHERE id = 3;

DELETE FROM app.category WHERE id = 1;

UPDATE app.account SET id = 50 WHERE id = 3;

UPDATE app.product SET id = 60 WHERE id = 4;

DELETE FROM part.event WHERE day >= '2024-02-01';

TRUNCATE app.account CASCADE;

-- case: cascade-on-empty
DELETE FROM app.empty_one;

INSERT INTO app.empty_one VALUES (1, 1, 'x');

INSERT INTO app.empty_two VALUES (1, 1);

DELETE FROM app.empty_one WHERE id = 1;

-- case: deferred-constraint-trigger
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON app.setting DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.touch();

BEGIN;

DELETE FROM app.setting;

SET CONSTRAINTS ALL IMMEDIATE;

ROLLBACK;

-- case: transition-tables
CREATE FUNCTION audit.copy_old() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit.log (tbl, op, row_id) SELECT TG_TABLE_NAME, TG_OP, id FROM old_rows;
  RETURN NULL;
END $$;

CREATE TRIGGER copy_old AFTER DELETE ON app.category REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit.copy_old();

DELETE FROM app.category WHERE id = 3;

DELETE FROM app.category;

-- case: trigger-on-partitioned
CREATE TRIGGER event_audit AFTER INSERT OR DELETE ON part.event FOR EACH ROW EXECUTE FUNCTION audit.note();

INSERT INTO part.event (id, day) VALUES (100, '2024-01-05');

INSERT INTO part.event (id, day, kind) VALUES (101, '2024-02-05', 'y'), (102, '2030-01-01', 'z');

DELETE FROM part.event WHERE day = '2024-01-05';

UPDATE part.event SET day = '2024-02-06' WHERE id = 102;

-- case: trigger-on-inheritance
CREATE TRIGGER doc_touch AFTER UPDATE ON app.doc FOR EACH ROW EXECUTE FUNCTION audit.note();

CREATE TRIGGER invoice_touch AFTER UPDATE ON app.invoice FOR EACH ROW EXECUTE FUNCTION audit.note();

UPDATE app.doc SET title = 'x';

UPDATE ONLY app.doc SET title = 'y';

INSERT INTO app.invoice VALUES (3, 't', 3, 4);

-- case: trigger-when
CREATE TRIGGER price_changed AFTER UPDATE OF price ON app.product FOR EACH ROW WHEN (OLD.price IS DISTINCT FROM NEW.price) EXECUTE FUNCTION audit.note();

UPDATE app.product SET sku = 'x' || sku;

UPDATE app.product SET price = price + 1;

-- case: trigger-calls-function
CREATE FUNCTION app.recount(a int) RETURNS void LANGUAGE sql AS 'UPDATE app.account SET balance = (SELECT coalesce(sum(total), 0) FROM app.orders WHERE account_id = a) WHERE id = a';

CREATE FUNCTION app.order_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM app.recount(NEW.account_id); RETURN NULL; END $$;

CREATE TRIGGER order_changed AFTER INSERT OR UPDATE OF total ON app.orders FOR EACH ROW EXECUTE FUNCTION app.order_changed();

INSERT INTO app.orders (account_id, total) VALUES (1, 5);

UPDATE app.orders SET note = 'x';

UPDATE app.orders SET total = total + 1;

-- case: views-and-rules
INSERT INTO app.v_account (email, name) VALUES ('v@x.org', 'v');

UPDATE app.v_account SET name = 'w' WHERE email = 'v@x.org';

INSERT INTO app.v_order (total) VALUES (3);

UPDATE app.v_order SET total = 4 WHERE id = 1;

DELETE FROM app.v_order WHERE id = 2;

INSERT INTO app.v_rule VALUES (70, 'sku70');

DELETE FROM app.v_rule WHERE id = 70;

-- case: rule-logs
CREATE RULE log_delete AS ON DELETE TO app.setting DO ALSO INSERT INTO audit.log (tbl, op) VALUES ('setting', 'DELETE');

DELETE FROM app.setting WHERE name = 'column';

CREATE RULE no_update AS ON UPDATE TO app.setting DO INSTEAD NOTHING;

UPDATE app.setting SET value = 'z';

-- case: partition-routing-trigger
CREATE TABLE part.old_style (id int, day date);

CREATE TABLE part.old_style_1 (CHECK (day < '2024-01-01')) INHERITS (part.old_style);

CREATE TABLE part.old_style_2 (CHECK (day >= '2024-01-01')) INHERITS (part.old_style);

CREATE FUNCTION part.route() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.day < '2024-01-01' THEN
    INSERT INTO part.old_style_1 VALUES (NEW.*);
  ELSE
    INSERT INTO part.old_style_2 VALUES (NEW.*);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER route BEFORE INSERT ON part.old_style FOR EACH ROW EXECUTE FUNCTION part.route();

INSERT INTO part.old_style VALUES (1, '2023-05-05');

-- case: partition-routing-dynamic-trigger
CREATE TABLE part.dyn (id int, k int);

CREATE TABLE part.dyn_1 () INHERITS (part.dyn);

CREATE FUNCTION part.dyn_route() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('INSERT INTO part.dyn_%s SELECT ($1).*', NEW.k) USING NEW;
  RETURN NULL;
END $$;

CREATE TRIGGER route BEFORE INSERT ON part.dyn FOR EACH ROW EXECUTE FUNCTION part.dyn_route();

INSERT INTO part.dyn VALUES (1, 1);

-- case: convert-to-partitioned
DO $$
BEGIN
  ALTER TABLE app.shipment RENAME TO shipment_old;
  CREATE TABLE app.shipment (LIKE app.shipment_old INCLUDING DEFAULTS) PARTITION BY RANGE (sent);
  CREATE TABLE app.shipment_2024 PARTITION OF app.shipment FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  INSERT INTO app.shipment SELECT * FROM app.shipment_old;
  DROP TABLE app.shipment_old CASCADE;
END $$;

-- case: copy-grants-between-schemas
DO $$
DECLARE
  r record;
  sql text;
BEGIN
  FOR r IN SELECT table_name FROM information_schema.tables WHERE table_schema = 'audit' AND table_type = 'BASE TABLE' LOOP
    sql := 'CREATE TABLE part.' || quote_ident(r.table_name || '_copy') || ' (LIKE audit.' || quote_ident(r.table_name) || ' INCLUDING ALL)';
    RAISE NOTICE '%', sql;
    EXECUTE sql;
  END LOOP;
END $$;

-- case: ddl-from-concatenated-list
DO $$
DECLARE
  cols text := '';
  c text;
BEGIN
  FOREACH c IN ARRAY ARRAY['a', 'b', 'c'] LOOP
    cols := cols || ', ADD COLUMN ' || c || ' int';
  END LOOP;
  EXECUTE 'ALTER TABLE app.category ' || substr(cols, 3);
END $$;

-- case: temp-table-work
DO $$
BEGIN
  CREATE TEMP TABLE todo ON COMMIT DROP AS SELECT id FROM app.account WHERE parent_id IS NULL;
  UPDATE app.account a SET balance = 1 FROM todo t WHERE t.id = a.id;
  DROP TABLE todo;
END $$;

-- case: function-replaced-then-called
CREATE OR REPLACE FUNCTION app.over(a int) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM app.category; RETURN 'new'; END $$;

SELECT app.over(1);

DROP FUNCTION app.over(int);

SELECT app.over(1);

-- case: function-dropped-after-use
CREATE FUNCTION app.once() RETURNS void AS $$
DECLARE r record;
BEGIN
  FOR r IN SELECT id FROM app.orders LOOP
    UPDATE app.orders SET note = 'once' WHERE id = r.id;
  END LOOP;
END
$$ LANGUAGE plpgsql;

SELECT app.once();

DROP FUNCTION app.once();

-- case: sql-function-with-ddl
CREATE FUNCTION app.prepare() RETURNS void LANGUAGE sql AS $$
  ALTER TABLE app.category ADD COLUMN prepared int;
  CREATE INDEX category_label_idx ON app.category (label);
  INSERT INTO app.setting VALUES ('prepared', 'yes');
$$;

SELECT app.prepare();

-- case: lateral-and-set-returning
SELECT a.id, t FROM app.account a, LATERAL app.total(a.id) AS t;

SELECT count(*) FROM app.account WHERE app.total(id) > 10;

-- case: do-in-transaction
BEGIN;

DO $$ BEGIN ALTER TABLE app.category ADD COLUMN one int; END $$;

DO $$ BEGIN UPDATE app.category SET one = 1; END $$;

COMMIT;

-- case: sql-in-exception-others
DO $$
BEGIN
  ALTER TABLE app.orders ADD CONSTRAINT orders_note_check CHECK (note <> 'bad');
  ALTER TABLE app.orders ALTER COLUMN note TYPE varchar(100);
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'skipped: %', SQLERRM;
END $$;

-- case: rails-change-column-null
DO $$
DECLARE
  batch int := 3;
  affected int := 1;
BEGIN
  WHILE affected > 0 LOOP
    WITH batch_rows AS (SELECT ctid FROM app.orders WHERE note IS NULL LIMIT batch)
    UPDATE app.orders SET note = '' WHERE ctid IN (SELECT ctid FROM batch_rows);
    GET DIAGNOSTICS affected = ROW_COUNT;
  END LOOP;
  ALTER TABLE app.orders ALTER COLUMN note SET NOT NULL;
END $$;

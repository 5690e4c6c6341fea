-- Partition pruning over several keys and types, bodies in PL/pgSQL, cascades.
CREATE SCHEMA shop; CREATE SCHEMA hist;
CREATE TYPE shop.state AS ENUM ('new','paid','done');
CREATE TABLE shop.accounts (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL, parent uuid REFERENCES shop.accounts ON DELETE SET NULL, region text NOT NULL DEFAULT 'eu');
CREATE TABLE shop.invoices (id bigserial, account_id uuid NOT NULL REFERENCES shop.accounts ON DELETE CASCADE ON UPDATE CASCADE, issued timestamptz NOT NULL, state shop.state NOT NULL DEFAULT 'new', total numeric(12,2), PRIMARY KEY (id, issued)) PARTITION BY RANGE (issued);
CREATE TABLE shop.invoices_2023 PARTITION OF shop.invoices FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE shop.invoices_2024 PARTITION OF shop.invoices FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE shop.invoices_2025 PARTITION OF shop.invoices FOR VALUES FROM ('2025-01-01') TO (MAXVALUE);
CREATE INDEX ON shop.invoices (account_id);
CREATE TABLE shop.lines (id int GENERATED ALWAYS AS IDENTITY, invoice_id bigint, issued timestamptz, qty int CHECK (qty > 0), FOREIGN KEY (invoice_id, issued) REFERENCES shop.invoices ON DELETE CASCADE);
CREATE TABLE shop.tenants (tenant int, kind text, v int, PRIMARY KEY (tenant, kind)) PARTITION BY LIST (tenant);
CREATE TABLE shop.t1 PARTITION OF shop.tenants FOR VALUES IN (1,2,3) PARTITION BY LIST (kind);
CREATE TABLE shop.t1a PARTITION OF shop.t1 FOR VALUES IN ('a');
CREATE TABLE shop.t1x PARTITION OF shop.t1 DEFAULT;
CREATE TABLE shop.t2 PARTITION OF shop.tenants FOR VALUES IN (4);
CREATE TABLE shop.tdef PARTITION OF shop.tenants DEFAULT;
CREATE TABLE shop.mk (a int, b date, c text) PARTITION BY RANGE (a, b);
CREATE TABLE shop.mk1 PARTITION OF shop.mk FOR VALUES FROM (MINVALUE, MINVALUE) TO (10, '2024-01-01');
CREATE TABLE shop.mk2 PARTITION OF shop.mk FOR VALUES FROM (10, '2024-01-01') TO (10, '2025-01-01');
CREATE TABLE shop.mk3 PARTITION OF shop.mk FOR VALUES FROM (10, '2025-01-01') TO (20, MINVALUE);
CREATE TABLE shop.hs (k text, n bigint) PARTITION BY HASH (k, n);
CREATE TABLE shop.hs0 PARTITION OF shop.hs FOR VALUES WITH (modulus 3, remainder 0);
CREATE TABLE shop.hs1 PARTITION OF shop.hs FOR VALUES WITH (modulus 3, remainder 1);
CREATE TABLE shop.hs2 PARTITION OF shop.hs FOR VALUES WITH (modulus 3, remainder 2);
CREATE TABLE shop.hu (id uuid) PARTITION BY HASH (id);
CREATE TABLE shop.hu0 PARTITION OF shop.hu FOR VALUES WITH (modulus 2, remainder 0);
CREATE TABLE shop.hu1 PARTITION OF shop.hu FOR VALUES WITH (modulus 2, remainder 1);
CREATE TABLE shop.bs (d date, s shop.state) PARTITION BY LIST (s);
CREATE TABLE shop.bs_new PARTITION OF shop.bs FOR VALUES IN ('new');
CREATE TABLE shop.bs_rest PARTITION OF shop.bs FOR VALUES IN ('paid','done');
CREATE TABLE hist.audit (id bigserial PRIMARY KEY, what text, at timestamptz DEFAULT now());
CREATE TABLE hist.counters (what text PRIMARY KEY, n bigint DEFAULT 0);
CREATE FUNCTION hist.log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO hist.audit (what) VALUES (TG_TABLE_NAME || ' ins');
  ELSIF TG_OP = 'UPDATE' AND NEW IS DISTINCT FROM OLD THEN
    INSERT INTO hist.audit (what) VALUES (TG_TABLE_NAME || ' upd');
  ELSE
    UPDATE hist.counters SET n = n + 1 WHERE what = TG_TABLE_NAME;
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER accounts_log AFTER INSERT OR UPDATE OR DELETE ON shop.accounts FOR EACH ROW EXECUTE FUNCTION hist.log();
CREATE TRIGGER invoices_log AFTER INSERT OR UPDATE OF total OR DELETE ON shop.invoices FOR EACH ROW EXECUTE FUNCTION hist.log();
CREATE FUNCTION hist.stmt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM hist.counters LIMIT 1; RETURN NULL; END $$;
CREATE TRIGGER invoices_stmt BEFORE INSERT OR DELETE ON shop.invoices FOR EACH STATEMENT EXECUTE FUNCTION hist.stmt();
CREATE VIEW shop.open_invoices AS SELECT i.*, a.name FROM shop.invoices i JOIN shop.accounts a ON a.id = i.account_id WHERE i.state <> 'done';
CREATE VIEW shop.recent AS SELECT id, issued, total FROM shop.invoices WHERE issued >= '2024-06-01' WITH CHECK OPTION;
CREATE VIEW shop.agg AS WITH x AS (SELECT account_id, sum(total) s FROM shop.invoices GROUP BY 1) SELECT a.name, x.s FROM shop.accounts a LEFT JOIN x ON x.account_id = a.id;
CREATE MATERIALIZED VIEW shop.mv AS SELECT * FROM shop.agg;
CREATE FUNCTION shop.total_of(a uuid) RETURNS numeric LANGUAGE sql STABLE AS $$ SELECT sum(total) FROM shop.invoices WHERE account_id = a $$;
CREATE FUNCTION shop.recent_of(d timestamptz) RETURNS SETOF shop.invoices LANGUAGE sql STABLE AS $$ SELECT * FROM shop.invoices WHERE issued > d $$;
CREATE FUNCTION shop.add_account(n text) RETURNS uuid LANGUAGE plpgsql AS $$ DECLARE r uuid; BEGIN INSERT INTO shop.accounts (name) VALUES (n) RETURNING id INTO r; RETURN r; END $$;
CREATE PROCEDURE shop.purge(k int) LANGUAGE plpgsql AS $$ BEGIN DELETE FROM hist.audit WHERE id < k; COMMIT; TRUNCATE hist.counters; END $$;
INSERT INTO shop.accounts (id, name) VALUES ('00000000-0000-0000-0000-000000000001','x'), ('00000000-0000-0000-0000-000000000002','y'), ('00000000-0000-0000-0000-000000000003','z');
INSERT INTO shop.invoices (account_id, issued, total) SELECT '00000000-0000-0000-0000-000000000001', timestamptz '2023-06-01' + g * interval '30 days', g FROM generate_series(1,20) g;
INSERT INTO shop.lines (invoice_id, issued, qty) SELECT id, issued, 1 FROM shop.invoices;
INSERT INTO shop.tenants SELECT g, CASE WHEN g%2=0 THEN 'a' ELSE 'b' END, g FROM generate_series(1,8) g;
INSERT INTO shop.mk SELECT g, '2024-05-05', 'c' FROM generate_series(1,15) g;
INSERT INTO hist.counters VALUES ('accounts', 0);
ANALYZE;

-- case: insert-into-shop-accounts-name-values-n
-- target:
INSERT INTO shop.accounts (name) VALUES ('n');

-- case: insert-into-shop-accounts-name-parent-values-n-0
-- target:
INSERT INTO shop.accounts (name, parent) VALUES ('n', '00000000-0000-0000-0000-000000000001');

-- case: insert-into-shop-accounts-name-select-k-from-sho
-- target:
INSERT INTO shop.accounts (name) SELECT 'k' FROM shop.accounts LIMIT 1;

-- case: update-shop-accounts-set-name-zz-where-name-z
-- target:
UPDATE shop.accounts SET name = 'zz' WHERE name = 'z';

-- case: update-shop-accounts-set-id-gen-random-uuid-wher
-- target:
UPDATE shop.accounts SET id = gen_random_uuid() WHERE name = 'y';

-- case: delete-from-shop-accounts-where-name-n
-- target:
DELETE FROM shop.accounts WHERE name = 'n';

-- case: insert-into-shop-invoices-account-id-issued-tota
-- target:
INSERT INTO shop.invoices (account_id, issued, total) VALUES ('00000000-0000-0000-0000-000000000001', '2024-03-03', 5);

-- case: insert-into-shop-invoices-account-id-issued-tota-2
-- target:
INSERT INTO shop.invoices (account_id, issued, total) VALUES ('00000000-0000-0000-0000-000000000001', now(), 5);

-- case: update-shop-invoices-set-total-0-where-issued-20
-- target:
UPDATE shop.invoices SET total = 0 WHERE issued = '2024-03-03';

-- case: update-shop-invoices-set-state-paid-where-issued
-- target:
UPDATE shop.invoices SET state = 'paid' WHERE issued >= '2024-01-01' AND issued < '2024-02-01';

-- case: update-shop-invoices-set-state-paid-where-issued-2
-- target:
UPDATE shop.invoices SET state = 'paid' WHERE issued >= now() - interval '1 month';

-- case: delete-from-shop-invoices-where-issued-2023-08-0
-- target:
DELETE FROM shop.invoices WHERE issued < '2023-08-01';

-- case: delete-from-shop-invoices-2023
-- target:
DELETE FROM shop.invoices_2023;

-- case: delete-from-shop-lines-where-invoice-id-in-selec
-- target:
DELETE FROM shop.lines WHERE invoice_id IN (SELECT id FROM shop.invoices WHERE issued > '2025-01-01');

-- case: insert-into-shop-lines-invoice-id-issued-qty-sel
-- target:
INSERT INTO shop.lines (invoice_id, issued, qty) SELECT id, issued, 2 FROM shop.open_invoices LIMIT 1;

-- case: insert-into-shop-lines-invoice-id-issued-qty-val
-- target:
INSERT INTO shop.lines (invoice_id, issued, qty) VALUES (NULL, now(), 1);

-- case: select-from-shop-open-invoices-where-issued-2025
-- target:
SELECT * FROM shop.open_invoices WHERE issued > '2025-01-01';

-- case: select-from-shop-recent
-- target:
SELECT * FROM shop.recent;

-- case: update-shop-recent-set-total-1-where-id-12
-- target:
UPDATE shop.recent SET total = 1 WHERE id = 12;

-- case: delete-from-shop-recent-where-id-1
-- target:
DELETE FROM shop.recent WHERE id = 1;

-- case: select-from-shop-agg
-- target:
SELECT * FROM shop.agg;

-- case: select-from-shop-mv
-- target:
SELECT * FROM shop.mv;

-- case: select-shop-total-of-00000000-0000-0000-0000-000
-- target:
SELECT shop.total_of('00000000-0000-0000-0000-000000000001');

-- case: select-shop-total-of-id-from-shop-accounts
-- target:
SELECT shop.total_of(id) FROM shop.accounts;

-- case: select-from-shop-recent-of-2025-01-01
-- target:
SELECT * FROM shop.recent_of('2025-01-01');

-- case: select-from-shop-recent-of-now
-- target:
SELECT * FROM shop.recent_of(now());

-- case: select-shop-add-account-q
-- target:
SELECT shop.add_account('q');

-- case: select-from-shop-tenants-where-tenant-2
-- target:
SELECT * FROM shop.tenants WHERE tenant = 2;

-- case: select-from-shop-tenants-where-tenant-2-and-kind
-- target:
SELECT * FROM shop.tenants WHERE tenant = 2 AND kind = 'a';

-- case: select-from-shop-tenants-where-tenant-in-2-4-and
-- target:
SELECT * FROM shop.tenants WHERE tenant IN (2, 4) AND kind <> 'a';

-- case: select-from-shop-tenants-where-kind-a
-- target:
SELECT * FROM shop.tenants WHERE kind = 'a';

-- case: select-from-shop-tenants-where-tenant-9
-- target:
SELECT * FROM shop.tenants WHERE tenant = 9;

-- case: select-from-shop-tenants-where-tenant-3
-- target:
SELECT * FROM shop.tenants WHERE tenant > 3;

-- case: select-from-shop-tenants-where-tenant-is-null
-- target:
SELECT * FROM shop.tenants WHERE tenant IS NULL;

-- case: select-from-shop-tenants-where-not-tenant-4
-- target:
SELECT * FROM shop.tenants WHERE NOT tenant = 4;

-- case: update-shop-tenants-set-v-1-where-tenant-4
-- target:
UPDATE shop.tenants SET v = 1 WHERE tenant = 4;

-- case: update-shop-tenants-set-tenant-4-where-tenant-1
-- target:
UPDATE shop.tenants SET tenant = 4 WHERE tenant = 1 AND kind = 'b';

-- case: insert-into-shop-tenants-values-1-q-1-77-a-1
-- target:
INSERT INTO shop.tenants VALUES (1, 'q', 1), (77, 'a', 1);

-- case: select-from-shop-mk-where-a-10
-- target:
SELECT * FROM shop.mk WHERE a = 10;

-- case: select-from-shop-mk-where-a-10-and-b-2024-05-05
-- target:
SELECT * FROM shop.mk WHERE a = 10 AND b = '2024-05-05';

-- case: select-from-shop-mk-where-a-10-and-b-2024-12-31
-- target:
SELECT * FROM shop.mk WHERE a = 10 AND b > '2024-12-31';

-- case: select-from-shop-mk-where-a-10-2
-- target:
SELECT * FROM shop.mk WHERE a < 10;

-- case: select-from-shop-mk-where-a-10-and-b-2024-01-01
-- target:
SELECT * FROM shop.mk WHERE a <= 10 AND b < '2024-01-01';

-- case: select-from-shop-mk-where-b-2024-05-05
-- target:
SELECT * FROM shop.mk WHERE b = '2024-05-05';

-- case: select-from-shop-mk-where-a-10-3
-- target:
SELECT * FROM shop.mk WHERE a > 10;

-- case: select-from-shop-mk-where-a-between-11-and-12
-- target:
SELECT * FROM shop.mk WHERE a BETWEEN 11 AND 12;

-- case: insert-into-shop-mk-values-10-2024-07-07-x
-- target:
INSERT INTO shop.mk VALUES (10, '2024-07-07', 'x');

-- case: select-from-shop-hs-where-k-abc-and-n-5
-- target:
SELECT * FROM shop.hs WHERE k = 'abc' AND n = 5;

-- case: select-from-shop-hs-where-k-abc
-- target:
SELECT * FROM shop.hs WHERE k = 'abc';

-- case: select-from-shop-hs-where-k-hello-world-a-long-k
-- target:
SELECT * FROM shop.hs WHERE k = 'hello world, a long key' AND n = -7;

-- case: select-from-shop-hs-where-k-is-null-and-n-5
-- target:
SELECT * FROM shop.hs WHERE k IS NULL AND n = 5;

-- case: select-from-shop-hu-where-id-00000000-0000-0000
-- target:
SELECT * FROM shop.hu WHERE id = '00000000-0000-0000-0000-000000000001';

-- case: select-from-shop-hu-where-id-7f9c24e8-3b12-4fef
-- target:
SELECT * FROM shop.hu WHERE id = '7f9c24e8-3b12-4fef-91e0-56a2d5a3c8f1'::uuid;

-- case: insert-into-shop-hu-values-7f9c24e8-3b12-4fef-91
-- target:
INSERT INTO shop.hu VALUES ('7f9c24e8-3b12-4fef-91e0-56a2d5a3c8f1');

-- case: select-from-shop-bs-where-s-new
-- target:
SELECT * FROM shop.bs WHERE s = 'new';

-- case: select-from-shop-bs-where-s-new-2
-- target:
SELECT * FROM shop.bs WHERE s <> 'new';

-- case: select-from-shop-bs-where-s-in-paid-done
-- target:
SELECT * FROM shop.bs WHERE s IN ('paid', 'done');

-- case: select-from-shop-bs-where-s-paid-shop-state
-- target:
SELECT * FROM shop.bs WHERE s = 'paid'::shop.state;

-- case: select-from-shop-invoices-where-issued-2024-03-0
-- target:
SELECT * FROM shop.invoices WHERE issued = '2024-03-03'::timestamptz;

-- case: select-from-shop-invoices-where-issued-2024-03-0-2
-- target:
SELECT * FROM shop.invoices WHERE issued = '2024-03-03'::date;

-- case: select-from-shop-invoices-where-issued-timestamp
-- target:
SELECT * FROM shop.invoices WHERE issued = timestamp '2024-03-03';

-- case: select-from-shop-invoices-where-issued-date-2024
-- target:
SELECT * FROM shop.invoices WHERE issued::date = '2024-03-03';

-- case: select-from-shop-invoices-where-date-trunc-month
-- target:
SELECT * FROM shop.invoices WHERE date_trunc('month', issued) = '2024-03-01';

-- case: select-from-shop-invoices-i-where-exists-select
-- target:
SELECT * FROM shop.invoices i WHERE EXISTS (SELECT 1 FROM shop.lines l WHERE l.invoice_id = i.id AND l.issued = i.issued) AND i.issued < '2024-01-01';

-- case: select-from-shop-lines-l-join-shop-invoices-i-on
-- target:
SELECT * FROM shop.lines l JOIN shop.invoices i ON i.id = l.invoice_id AND i.issued = l.issued WHERE l.issued = '2024-03-03';

-- case: select-from-shop-invoices-order-by-issued-desc-l
-- target:
SELECT * FROM shop.invoices ORDER BY issued DESC LIMIT 5;

-- case: select-count-from-shop-invoices-where-issued-bet
-- target:
SELECT count(*) FROM shop.invoices WHERE issued BETWEEN '2023-02-01' AND '2023-03-01';

-- case: with-moved-as-delete-from-shop-invoices-where-is
-- target:
WITH moved AS (DELETE FROM shop.invoices WHERE issued < '2023-07-15' RETURNING *) INSERT INTO hist.audit (what) SELECT id::text FROM moved;

-- case: with-recursive-t-as-select-id-parent-from-shop-a
-- target:
WITH RECURSIVE t AS (SELECT id, parent FROM shop.accounts WHERE parent IS NULL UNION ALL SELECT a.id, a.parent FROM shop.accounts a JOIN t ON a.parent = t.id) SELECT * FROM t;

-- case: select-from-shop-accounts-a-left-join-lateral-se
-- target:
SELECT * FROM shop.accounts a LEFT JOIN LATERAL (SELECT * FROM shop.invoices i WHERE i.account_id = a.id AND i.issued > '2025-01-01' LIMIT 1) x ON true;

-- case: select-from-shop-invoices-for-update-skip-locked
-- target:
SELECT * FROM shop.invoices FOR UPDATE SKIP LOCKED;

-- case: select-from-shop-invoices-where-issued-2025-01-0
-- target:
SELECT * FROM shop.invoices WHERE issued > '2025-01-01' FOR NO KEY UPDATE;

-- case: truncate-shop-invoices-cascade
-- target:
TRUNCATE shop.invoices CASCADE;

-- case: truncate-shop-accounts-cascade
-- target:
TRUNCATE shop.accounts CASCADE;

-- case: truncate-hist-audit-restart-identity
-- target:
TRUNCATE hist.audit RESTART IDENTITY;

-- case: insert-into-hist-tmp1-select-1
-- target:
INSERT INTO hist.tmp1 SELECT 1;

-- case: truncate-hist-tmp1
-- target:
TRUNCATE hist.tmp1;

-- case: truncate-hist-counters
-- target:
TRUNCATE hist.counters;

-- case: truncate-hist-counters-2
-- target:
TRUNCATE hist.counters;

-- case: select-from-shop-bs
-- target:
SELECT * FROM shop.bs;

-- case: select-from-shop-bs-2
-- target:
SELECT * FROM shop.bs;

-- case: do-begin-if-exists-select-1-from-information-sch
-- target:
DO $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = 'shop' AND table_name = 'lines' AND column_name = 'qty') THEN UPDATE shop.lines SET qty = 3; ELSE DELETE FROM hist.audit; END IF; END $$;

-- case: do-declare-t-text-begin-for-t-in-select-tablenam
-- target:
DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'hist' ORDER BY 1 LOOP EXECUTE format('SELECT count(*) FROM hist.%I', t); END LOOP; END $$;

-- case: do-declare-n-int-begin-select-count-into-n-from
-- target:
DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM shop.accounts; IF n > 100 THEN DELETE FROM shop.accounts; END IF; END $$;

-- case: do-begin-insert-into-hist-counters-values-a-exce
-- target:
DO $$ BEGIN INSERT INTO hist.counters VALUES ('a'); EXCEPTION WHEN unique_violation THEN UPDATE hist.counters SET n = 1; END $$;

-- case: do-begin-perform-1-from-shop-nonexistent-excepti
-- target:
DO $$ BEGIN PERFORM 1 FROM shop.nonexistent; EXCEPTION WHEN undefined_table THEN PERFORM 1 FROM shop.bs; END $$;

-- case: do-declare-r-record-begin-for-r-in-select-from-s
-- target:
DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM shop.accounts LOOP INSERT INTO hist.audit(what) VALUES (r.name); END LOOP; END $$;

-- case: do-declare-i-int-begin-for-i-in-1-3-loop-execute
-- target:
DO $$ DECLARE i int; BEGIN FOR i IN 1..3 LOOP EXECUTE 'DELETE FROM shop.mk WHERE a = $1' USING i; END LOOP; END $$;

-- case: do-begin-while-false-loop-delete-from-shop-hs-en
-- target:
DO $$ BEGIN WHILE false LOOP DELETE FROM shop.hs; END LOOP; END $$;

-- case: do-begin-case-when-1-2-then-delete-from-shop-hs
-- target:
DO $$ BEGIN CASE WHEN 1 = 2 THEN DELETE FROM shop.hs; ELSE DELETE FROM shop.hu; END CASE; END $$;

-- case: do-declare-cid-uuid-shop-add-account-r-begin-per
-- target:
DO $$ DECLARE cid uuid := shop.add_account('r'); BEGIN PERFORM shop.total_of(cid); END $$;

-- case: copy-hist-audit-to-dev-null
-- target:
COPY hist.audit TO '/dev/null';

-- case: copy-select-from-shop-recent-to-dev-null
-- target:
COPY (SELECT * FROM shop.recent) TO '/dev/null';

-- case: select-setval-hist-audit-id-seq-50-nextval-hist
-- target:
SELECT setval('hist.audit_id_seq', 50), nextval('hist.audit_id_seq'::regclass);

-- case: select-pg-get-viewdef-shop-open-invoices-true
-- target:
SELECT pg_get_viewdef('shop.open_invoices', true);

-- case: explain-analyze-costs-off-delete-from-shop-mk-wh
-- target:
EXPLAIN (ANALYZE, COSTS OFF) DELETE FROM shop.mk WHERE a = 3;

-- case: explain-delete-from-shop-accounts
-- target:
EXPLAIN DELETE FROM shop.accounts;

-- case: explain-analyze-false-insert-into-shop-accounts
-- target:
EXPLAIN (ANALYZE false) INSERT INTO shop.accounts (name) VALUES ('q');

-- case: merge-into-hist-counters-c-using-values-a-b-v-w versions: 15-
-- target:
MERGE INTO hist.counters c USING (VALUES ('a'), ('b')) v(w) ON c.what = v.w WHEN MATCHED THEN UPDATE SET n = n + 1 WHEN NOT MATCHED THEN INSERT VALUES (v.w, 1);

-- case: merge-into-shop-invoices-t-using-shop-lines-s-on versions: 15-
-- target:
MERGE INTO shop.invoices t USING shop.lines s ON t.id = s.invoice_id AND t.issued = s.issued AND t.issued >= '2025-01-01' WHEN MATCHED THEN UPDATE SET total = 3;

-- case: merge-into-shop-invoices-t-using-shop-accounts-s versions: 15-
-- target:
MERGE INTO shop.invoices t USING shop.accounts s ON t.account_id = s.id WHEN MATCHED THEN DELETE;

-- case: lock-table-shop-open-invoices-in-share-row-exclu
-- target:
LOCK TABLE shop.open_invoices IN SHARE ROW EXCLUSIVE MODE;

-- case: lock-table-shop-tenants-in-access-exclusive-mode
-- target:
LOCK TABLE shop.tenants IN ACCESS EXCLUSIVE MODE NOWAIT;

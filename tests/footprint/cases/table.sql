-- CREATE TABLE and ALTER TABLE on a schema of every kind of table.
CREATE SCHEMA m;
CREATE TYPE m.mood AS ENUM ('a','b');
CREATE TYPE m.pt AS (x int, y int);
CREATE DOMAIN m.pos AS int CHECK (VALUE > 0);
CREATE DOMAIN m.name AS text;
CREATE FUNCTION m.trg() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
CREATE FUNCTION m.vol() RETURNS int LANGUAGE plpgsql VOLATILE AS 'begin return 1; end';
CREATE FUNCTION m.stab() RETURNS int LANGUAGE sql STABLE AS 'select 1';
CREATE TABLE m.acc (id serial PRIMARY KEY, email varchar(40) NOT NULL UNIQUE, small smallserial, kind m.mood, p m.pt, amt numeric(8,2) CHECK (amt >= 0), note text, ts timestamp, up int UNIQUE DEFERRABLE, CONSTRAINT note_nn CHECK (note IS NOT NULL));
CREATE INDEX acc_lower ON m.acc (lower(email));
CREATE INDEX acc_part ON m.acc (amt) WHERE amt > 10;
CREATE INDEX acc_incl ON m.acc (up) INCLUDE (note);
CREATE STATISTICS m.acc_st ON email, note FROM m.acc;
CREATE TABLE m.ord (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, acc_id int REFERENCES m.acc ON DELETE CASCADE, acc2 int, code varchar(10), total int, gen int GENERATED ALWAYS AS (total * 2) STORED);
ALTER TABLE m.ord ADD CONSTRAINT ord_acc2 FOREIGN KEY (acc2) REFERENCES m.acc (id) NOT VALID;
ALTER TABLE m.ord ADD CONSTRAINT ord_tot CHECK (total > 0) NOT VALID;
CREATE INDEX ord_code ON m.ord (code);
CREATE INDEX ord_acc ON m.ord (acc_id, code);
CREATE TRIGGER ord_t BEFORE INSERT ON m.ord FOR EACH ROW EXECUTE FUNCTION m.trg();
CREATE VIEW m.v AS SELECT id, code FROM m.ord;
CREATE UNLOGGED TABLE m.cache (k text, v text);
CREATE TABLE m.plain (a int, b text);
CREATE UNIQUE INDEX plain_a ON m.plain (a);
CREATE UNIQUE INDEX plain_b ON m.plain (b);
-- partitioned
CREATE TABLE m.log (id bigint, at date NOT NULL, acc int REFERENCES m.acc, msg varchar(20), PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE m.log_1 PARTITION OF m.log FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE m.log_2 PARTITION OF m.log FOR VALUES FROM ('2024-02-01') TO ('2024-03-01') PARTITION BY LIST (id);
CREATE TABLE m.log_2a PARTITION OF m.log_2 FOR VALUES IN (1,2);
CREATE TABLE m.log_2d PARTITION OF m.log_2 DEFAULT;
CREATE INDEX log_msg ON m.log (msg);
CREATE TRIGGER log_t AFTER INSERT ON m.log FOR EACH ROW EXECUTE FUNCTION m.trg();
CREATE TABLE m.log_note (nid int PRIMARY KEY, lid bigint, lat date, FOREIGN KEY (lid, lat) REFERENCES m.log);
CREATE TABLE m.log_3 (LIKE m.log INCLUDING ALL);
CREATE TABLE m.log_4 (id bigint NOT NULL, at date NOT NULL CHECK (at >= '2024-05-01' AND at < '2024-06-01'), acc int, msg varchar(20));
CREATE TABLE m.lst (id int, c text) PARTITION BY LIST (c);
CREATE TABLE m.lst_a PARTITION OF m.lst FOR VALUES IN ('a');
CREATE TABLE m.lst_d PARTITION OF m.lst DEFAULT;
CREATE TABLE m.lst_b (id int, c text);
-- inheritance
CREATE TABLE m.base (id int PRIMARY KEY, nm text, cost int CHECK (cost > 0));
CREATE TABLE m.kid (extra int) INHERITS (m.base);
CREATE TABLE m.kid2 (nm text, cost int) INHERITS (m.base);
CREATE TABLE m.grand () INHERITS (m.kid);
CREATE TABLE m.loose (id int, nm text, cost int, CONSTRAINT base_cost_check CHECK (cost > 0));
CREATE TABLE m.tt OF m.pt;
CREATE MATERIALIZED VIEW m.mv AS SELECT id, code FROM m.ord;
CREATE UNIQUE INDEX mv_id ON m.mv (id);
INSERT INTO m.acc (email, note, amt) SELECT 'e'||g, 'n', g FROM generate_series(1,50) g;
INSERT INTO m.ord (acc_id, acc2, code, total) SELECT g, g, 'c'||g, g FROM generate_series(1,50) g;
INSERT INTO m.plain SELECT g, 'b'||g FROM generate_series(1,20) g;
INSERT INTO m.log SELECT g, date '2024-01-01' + (g % 50), g, 'm' FROM generate_series(1,40) g;
INSERT INTO m.log_note SELECT g, g, date '2024-01-01' + (g % 50) FROM generate_series(1,20) g;
INSERT INTO m.lst SELECT g, 'a' FROM generate_series(1,20) g;
INSERT INTO m.lst SELECT g, 'z' FROM generate_series(1,20) g;
INSERT INTO m.base SELECT g, 'n', g FROM generate_series(1,10) g;
INSERT INTO m.kid SELECT 100+g, 'n', g, 1 FROM generate_series(1,10) g;
INSERT INTO m.kid2 SELECT 200+g, 'n', g FROM generate_series(1,10) g;
INSERT INTO m.grand SELECT 300+g, 'n', g FROM generate_series(1,10) g;
INSERT INTO m.log_4 SELECT g, '2024-05-03', g, 'x' FROM generate_series(1,10) g;
REFRESH MATERIALIZED VIEW m.mv;
ANALYZE;


-- case: alter-table-m-acc-alter-column-small-type-bigint
-- target:
ALTER TABLE m.acc ALTER COLUMN small TYPE bigint;

-- case: alter-table-m-acc-alter-column-id-type-bigint
-- target:
ALTER TABLE m.acc ALTER COLUMN id TYPE bigint;

-- case: alter-table-m-ord-alter-column-id-type-int
-- target:
ALTER TABLE m.ord ALTER COLUMN id TYPE int;

-- case: alter-table-m-acc-alter-column-email-type-varchar-60
-- target:
ALTER TABLE m.acc ALTER COLUMN email TYPE varchar(60);

-- case: alter-table-m-acc-alter-column-email-type-text
-- target:
ALTER TABLE m.acc ALTER COLUMN email TYPE text;

-- case: alter-table-m-acc-alter-column-email-type-varchar-20
-- target:
ALTER TABLE m.acc ALTER COLUMN email TYPE varchar(20);

-- case: alter-table-m-acc-alter-column-note-type-varchar-100
-- target:
ALTER TABLE m.acc ALTER COLUMN note TYPE varchar(100);

-- case: alter-table-m-acc-alter-column-amt-type-numeric-10-2
-- target:
ALTER TABLE m.acc ALTER COLUMN amt TYPE numeric(10,2);

-- case: alter-table-m-acc-alter-column-amt-type-numeric
-- target:
ALTER TABLE m.acc ALTER COLUMN amt TYPE numeric;

-- case: alter-table-m-acc-alter-column-amt-type-int-using-amt-int
-- target:
ALTER TABLE m.acc ALTER COLUMN amt TYPE int USING amt::int;

-- case: alter-table-m-acc-alter-column-kind-type-text
-- target:
ALTER TABLE m.acc ALTER COLUMN kind TYPE text;

-- case: alter-table-m-acc-alter-column-ts-type-timestamp-3
-- target:
ALTER TABLE m.acc ALTER COLUMN ts TYPE timestamp(3);

-- case: alter-table-m-acc-alter-column-up-type-bigint
-- target:
ALTER TABLE m.acc ALTER COLUMN up TYPE bigint;

-- case: alter-table-m-acc-add-unique-small-deferrable
-- target:
ALTER TABLE m.acc ADD UNIQUE (small) DEFERRABLE;

-- case: alter-table-m-acc-add-unique-small
-- target:
ALTER TABLE m.acc ADD UNIQUE (small);

-- case: alter-table-m-acc-drop-constraint-acc-up-key-add-unique-up-d
-- target:
ALTER TABLE m.acc DROP CONSTRAINT acc_up_key, ADD UNIQUE (up) DEFERRABLE INITIALLY DEFERRED;

-- case: alter-table-m-acc-add-column-n1-serial
-- target:
ALTER TABLE m.acc ADD COLUMN n1 serial;

-- case: alter-table-m-acc-add-column-n2-int-default-m-vol
-- target:
ALTER TABLE m.acc ADD COLUMN n2 int DEFAULT m.vol();

-- case: alter-table-m-acc-add-column-n2-int-default-m-stab
-- target:
ALTER TABLE m.acc ADD COLUMN n2 int DEFAULT m.stab();

-- case: alter-table-m-acc-add-column-n2-m-pos
-- target:
ALTER TABLE m.acc ADD COLUMN n2 m.pos;

-- case: alter-table-m-acc-add-column-n2-m-pos-default-1
-- target:
ALTER TABLE m.acc ADD COLUMN n2 m.pos DEFAULT 1;

-- case: alter-table-m-acc-add-column-n2-m-name-default-x
-- target:
ALTER TABLE m.acc ADD COLUMN n2 m.name DEFAULT 'x';

-- case: alter-table-m-acc-add-column-n2-int-default-5-not-null
-- target:
ALTER TABLE m.acc ADD COLUMN n2 int DEFAULT 5 NOT NULL;

-- case: alter-table-m-acc-add-column-n2-int-default-5-references-m-a
-- target:
ALTER TABLE m.acc ADD COLUMN n2 int DEFAULT 5 REFERENCES m.acc(id) ;

-- case: alter-table-m-acc-add-column-n2-int-references-m-acc-id-add
-- target:
ALTER TABLE m.acc ADD COLUMN n2 int REFERENCES m.acc(id), ADD COLUMN n3 text CHECK (n3 <> '');

-- case: alter-table-m-acc-add-column-n2-uuid-default-gen-random-uuid
-- target:
ALTER TABLE m.acc ADD COLUMN n2 uuid DEFAULT gen_random_uuid() UNIQUE;

-- case: alter-table-m-acc-add-column-n2-timestamptz-default-now-add
-- target:
ALTER TABLE m.acc ADD COLUMN n2 timestamptz DEFAULT now(), ADD COLUMN n3 timestamptz DEFAULT clock_timestamp();

-- case: alter-table-m-acc-drop-column-email
-- target:
ALTER TABLE m.acc DROP COLUMN email;

-- case: alter-table-m-acc-drop-column-small
-- target:
ALTER TABLE m.acc DROP COLUMN small;

-- case: alter-table-m-acc-drop-column-note
-- target:
ALTER TABLE m.acc DROP COLUMN note;

-- case: alter-table-m-acc-drop-column-id-cascade
-- target:
ALTER TABLE m.acc DROP COLUMN id CASCADE;

-- case: alter-table-m-acc-drop-column-id
-- target:
ALTER TABLE m.acc DROP COLUMN id;

-- case: alter-table-m-acc-drop-column-nosuch
-- target:
ALTER TABLE m.acc DROP COLUMN nosuch;

-- case: alter-table-m-acc-drop-column-if-exists-nosuch
-- target:
ALTER TABLE m.acc DROP COLUMN IF EXISTS nosuch;

-- case: alter-table-m-ord-drop-column-total
-- target:
ALTER TABLE m.ord DROP COLUMN total;

-- case: alter-table-m-ord-drop-column-total-cascade
-- target:
ALTER TABLE m.ord DROP COLUMN total CASCADE;

-- case: alter-table-m-ord-drop-column-code
-- target:
ALTER TABLE m.ord DROP COLUMN code;

-- case: alter-table-m-ord-drop-column-code-cascade
-- target:
ALTER TABLE m.ord DROP COLUMN code CASCADE;

-- case: alter-table-m-ord-drop-column-acc-id
-- target:
ALTER TABLE m.ord DROP COLUMN acc_id;

-- case: alter-table-m-ord-alter-column-code-type-text
-- target:
ALTER TABLE m.ord ALTER COLUMN code TYPE text;

-- case: alter-table-m-ord-alter-column-total-type-bigint
-- target:
ALTER TABLE m.ord ALTER COLUMN total TYPE bigint;

-- case: alter-table-m-ord-alter-column-acc2-type-bigint
-- target:
ALTER TABLE m.ord ALTER COLUMN acc2 TYPE bigint;

-- case: alter-table-m-acc-alter-column-note-set-not-null
-- target:
ALTER TABLE m.acc ALTER COLUMN note SET NOT NULL;

-- case: alter-table-m-acc-alter-column-email-drop-not-null
-- target:
ALTER TABLE m.acc ALTER COLUMN email DROP NOT NULL;

-- case: alter-table-m-acc-alter-column-id-drop-not-null
-- target:
ALTER TABLE m.acc ALTER COLUMN id DROP NOT NULL;

-- case: alter-table-m-acc-alter-column-note-set-default-x
-- target:
ALTER TABLE m.acc ALTER COLUMN note SET DEFAULT 'x';

-- case: alter-table-m-acc-alter-column-note-drop-default
-- target:
ALTER TABLE m.acc ALTER COLUMN note DROP DEFAULT;

-- case: alter-table-m-ord-validate-constraint-ord-tot
-- target:
ALTER TABLE m.ord VALIDATE CONSTRAINT ord_tot;

-- case: alter-table-m-ord-validate-constraint-nosuch
-- target:
ALTER TABLE m.ord VALIDATE CONSTRAINT nosuch;

-- case: alter-table-m-ord-drop-constraint-ord-acc2
-- target:
ALTER TABLE m.ord DROP CONSTRAINT ord_acc2;

-- case: alter-table-m-ord-drop-constraint-ord-acc-id-fkey
-- target:
ALTER TABLE m.ord DROP CONSTRAINT ord_acc_id_fkey;

-- case: alter-table-m-acc-drop-constraint-acc-pkey
-- target:
ALTER TABLE m.acc DROP CONSTRAINT acc_pkey;

-- case: alter-table-m-acc-drop-constraint-acc-pkey-cascade
-- target:
ALTER TABLE m.acc DROP CONSTRAINT acc_pkey CASCADE;

-- case: alter-table-m-acc-drop-constraint-acc-email-key
-- target:
ALTER TABLE m.acc DROP CONSTRAINT acc_email_key;

-- case: alter-table-m-acc-drop-constraint-acc-amt-check
-- target:
ALTER TABLE m.acc DROP CONSTRAINT acc_amt_check;

-- case: alter-table-m-acc-drop-constraint-if-exists-nosuch
-- target:
ALTER TABLE m.acc DROP CONSTRAINT IF EXISTS nosuch;

-- case: alter-table-m-ord-alter-constraint-ord-acc-id-fkey-deferrabl
-- target:
ALTER TABLE m.ord ALTER CONSTRAINT ord_acc_id_fkey DEFERRABLE;

-- case: alter-table-m-plain-add-primary-key-a
-- target:
ALTER TABLE m.plain ADD PRIMARY KEY (a);

-- case: alter-table-m-plain-add-primary-key-using-index-plain-a
-- target:
ALTER TABLE m.plain ADD PRIMARY KEY USING INDEX plain_a;

-- case: alter-table-m-plain-add-constraint-pb-unique-using-index-pla
-- target:
ALTER TABLE m.plain ADD CONSTRAINT pb UNIQUE USING INDEX plain_b DEFERRABLE;

-- case: alter-table-m-plain-replica-identity-full
-- target:
ALTER TABLE m.plain REPLICA IDENTITY FULL;

-- case: alter-table-m-acc-replica-identity-using-index-acc-email-key
-- target:
ALTER TABLE m.acc REPLICA IDENTITY USING INDEX acc_email_key;

-- case: alter-table-m-acc-cluster-on-acc-email-key
-- target:
ALTER TABLE m.acc CLUSTER ON acc_email_key;

-- case: alter-table-m-acc-set-without-cluster
-- target:
ALTER TABLE m.acc SET WITHOUT CLUSTER;

-- case: alter-table-m-ord-add-constraint-fk3-foreign-key-total-refer
-- target:
ALTER TABLE m.ord ADD CONSTRAINT fk3 FOREIGN KEY (total) REFERENCES m.acc (up);

-- case: alter-table-m-ord-add-foreign-key-total-references-m-acc-sma
-- target:
ALTER TABLE m.ord ADD FOREIGN KEY (total) REFERENCES m.acc (small);

-- case: alter-table-m-ord-add-foreign-key-total-references-m-nosuch
-- target:
ALTER TABLE m.ord ADD FOREIGN KEY (total) REFERENCES m.nosuch;

-- case: alter-table-m-ord-add-foreign-key-nosuch-references-m-acc
-- target:
ALTER TABLE m.ord ADD FOREIGN KEY (nosuch) REFERENCES m.acc;

-- case: alter-table-m-ord-add-foreign-key-code-references-m-acc
-- target:
ALTER TABLE m.ord ADD FOREIGN KEY (code) REFERENCES m.acc;

-- case: alter-table-m-cache-set-logged
-- target:
ALTER TABLE m.cache SET LOGGED;

-- case: alter-table-m-plain-set-unlogged
-- target:
ALTER TABLE m.plain SET UNLOGGED;

-- case: alter-table-m-ord-set-unlogged
-- target:
ALTER TABLE m.ord SET UNLOGGED;

-- case: alter-table-m-acc-set-unlogged
-- target:
ALTER TABLE m.acc SET UNLOGGED;

-- case: alter-table-m-ord-enable-row-level-security
-- target:
ALTER TABLE m.ord ENABLE ROW LEVEL SECURITY;

-- case: alter-table-m-ord-disable-trigger-all
-- target:
ALTER TABLE m.ord DISABLE TRIGGER ALL;

-- case: alter-table-m-ord-disable-trigger-ord-t
-- target:
ALTER TABLE m.ord DISABLE TRIGGER ord_t;

-- case: alter-table-m-ord-disable-trigger-nosuch
-- target:
ALTER TABLE m.ord DISABLE TRIGGER nosuch;

-- case: alter-table-m-ord-set-fillfactor-70
-- target:
ALTER TABLE m.ord SET (fillfactor = 70);

-- case: alter-table-m-ord-set-autovacuum-enabled-false
-- target:
ALTER TABLE m.ord SET (autovacuum_enabled = false);

-- case: alter-table-m-ord-alter-column-gen-drop-expression
-- target:
ALTER TABLE m.ord ALTER COLUMN gen DROP EXPRESSION;

-- case: alter-table-m-ord-alter-column-id-set-generated-by-default
-- target:
ALTER TABLE m.ord ALTER COLUMN id SET GENERATED BY DEFAULT;

-- case: alter-table-m-ord-alter-column-id-set-generated-by-default-s
-- target:
ALTER TABLE m.ord ALTER COLUMN id SET GENERATED BY DEFAULT SET CACHE 20;

-- case: alter-table-m-ord-alter-column-id-drop-identity
-- target:
ALTER TABLE m.ord ALTER COLUMN id DROP IDENTITY;

-- case: alter-table-m-plain-alter-column-a-set-not-null-alter-column
-- target:
ALTER TABLE m.plain ALTER COLUMN a SET NOT NULL, ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY;

-- case: alter-table-m-plain-alter-column-a-add-generated-always-as-i
-- target:
ALTER TABLE m.plain ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY;

-- case: alter-table-m-ord-owner-to-postgres
-- target:
ALTER TABLE m.ord OWNER TO postgres;

-- case: alter-table-m-log-add-column-x-int
-- target:
ALTER TABLE m.log ADD COLUMN x int;

-- case: alter-table-m-log-add-column-x-int-default-m-vol
-- target:
ALTER TABLE m.log ADD COLUMN x int DEFAULT m.vol();

-- case: alter-table-only-m-log-add-column-x-int
-- target:
ALTER TABLE ONLY m.log ADD COLUMN x int;

-- case: alter-table-m-log-1-add-column-x-int
-- target:
ALTER TABLE m.log_1 ADD COLUMN x int;

-- case: alter-table-m-log-drop-column-msg
-- target:
ALTER TABLE m.log DROP COLUMN msg;

-- case: alter-table-m-log-drop-column-at
-- target:
ALTER TABLE m.log DROP COLUMN at;

-- case: alter-table-m-log-drop-column-acc
-- target:
ALTER TABLE m.log DROP COLUMN acc;

-- case: alter-table-m-log-alter-column-msg-type-text
-- target:
ALTER TABLE m.log ALTER COLUMN msg TYPE text;

-- case: alter-table-m-log-alter-column-msg-type-varchar-5
-- target:
ALTER TABLE m.log ALTER COLUMN msg TYPE varchar(5);

-- case: alter-table-m-log-alter-column-id-type-int
-- target:
ALTER TABLE m.log ALTER COLUMN id TYPE int;

-- case: alter-table-m-log-alter-column-msg-set-not-null
-- target:
ALTER TABLE m.log ALTER COLUMN msg SET NOT NULL;

-- case: alter-table-only-m-log-alter-column-msg-set-not-null
-- target:
ALTER TABLE ONLY m.log ALTER COLUMN msg SET NOT NULL;

-- case: alter-table-m-log-alter-column-at-set-not-null
-- target:
ALTER TABLE m.log ALTER COLUMN at SET NOT NULL;

-- case: alter-table-m-log-alter-column-at-drop-not-null
-- target:
ALTER TABLE m.log ALTER COLUMN at DROP NOT NULL;

-- case: alter-table-m-log-alter-column-msg-set-default-z
-- target:
ALTER TABLE m.log ALTER COLUMN msg SET DEFAULT 'z';

-- case: alter-table-only-m-log-alter-column-msg-set-default-z
-- target:
ALTER TABLE ONLY m.log ALTER COLUMN msg SET DEFAULT 'z';

-- case: alter-table-m-log-add-constraint-c-check-msg
-- target:
ALTER TABLE m.log ADD CONSTRAINT c CHECK (msg <> '');

-- case: alter-table-m-log-add-constraint-c-check-msg-not-valid
-- target:
ALTER TABLE m.log ADD CONSTRAINT c CHECK (msg <> '') NOT VALID;

-- case: alter-table-only-m-log-add-constraint-c-check-msg
-- target:
ALTER TABLE ONLY m.log ADD CONSTRAINT c CHECK (msg <> '');

-- case: alter-table-m-log-add-constraint-c-check-msg-no-inherit
-- target:
ALTER TABLE m.log ADD CONSTRAINT c CHECK (msg <> '') NO INHERIT;

-- case: alter-table-m-log-add-unique-at-id
-- target:
ALTER TABLE m.log ADD UNIQUE (at, id);

-- case: alter-table-m-log-add-unique-msg
-- target:
ALTER TABLE m.log ADD UNIQUE (msg);

-- case: alter-table-m-log-add-foreign-key-id-references-m-ord-not-va
-- target:
ALTER TABLE m.log ADD FOREIGN KEY (id) REFERENCES m.ord NOT VALID;

-- case: alter-table-m-log-drop-constraint-log-pkey
-- target:
ALTER TABLE m.log DROP CONSTRAINT log_pkey;

-- case: alter-table-m-log-drop-constraint-log-pkey-cascade
-- target:
ALTER TABLE m.log DROP CONSTRAINT log_pkey CASCADE;

-- case: alter-table-m-log-drop-constraint-log-acc-fkey
-- target:
ALTER TABLE m.log DROP CONSTRAINT log_acc_fkey;

-- case: alter-table-m-log-1-drop-constraint-log-1-pkey
-- target:
ALTER TABLE m.log_1 DROP CONSTRAINT log_1_pkey;

-- case: alter-table-m-log-note-drop-constraint-log-note-lid-lat-fkey
-- target:
ALTER TABLE m.log_note DROP CONSTRAINT log_note_lid_lat_fkey;

-- case: alter-table-m-log-note-alter-constraint-log-note-lid-lat-fke
-- target:
ALTER TABLE m.log_note ALTER CONSTRAINT log_note_lid_lat_fkey DEFERRABLE;

-- case: alter-table-m-log-alter-constraint-log-acc-fkey-deferrable
-- target:
ALTER TABLE m.log ALTER CONSTRAINT log_acc_fkey DEFERRABLE;

-- case: alter-table-m-log-disable-trigger-log-t
-- target:
ALTER TABLE m.log DISABLE TRIGGER log_t;

-- case: alter-table-m-log-disable-trigger-all
-- target:
ALTER TABLE m.log DISABLE TRIGGER ALL;

-- case: alter-table-m-log-disable-trigger-user
-- target:
ALTER TABLE m.log DISABLE TRIGGER USER;

-- case: alter-table-m-lst-disable-trigger-all
-- target:
ALTER TABLE m.lst DISABLE TRIGGER ALL;

-- case: alter-table-m-log-alter-column-msg-set-statistics-10
-- target:
ALTER TABLE m.log ALTER COLUMN msg SET STATISTICS 10;

-- case: alter-table-m-log-alter-column-msg-set-storage-external
-- target:
ALTER TABLE m.log ALTER COLUMN msg SET STORAGE EXTERNAL;

-- case: alter-table-m-log-replica-identity-full
-- target:
ALTER TABLE m.log REPLICA IDENTITY FULL;

-- case: alter-table-m-log-attach-partition-m-log-3-for-values-from-2
-- target:
ALTER TABLE m.log ATTACH PARTITION m.log_3 FOR VALUES FROM ('2024-03-01') TO ('2024-04-01');

-- case: alter-table-m-log-attach-partition-m-plain-for-values-from-2
-- target:
ALTER TABLE m.log ATTACH PARTITION m.plain FOR VALUES FROM ('2025-05-01') TO ('2025-06-01');

-- case: alter-table-m-log-2-attach-partition-m-log-3-for-values-in-7
-- target:
ALTER TABLE m.log_2 ATTACH PARTITION m.log_3 FOR VALUES IN (7);

-- case: alter-table-m-log-detach-partition-m-plain
-- target:
ALTER TABLE m.log DETACH PARTITION m.plain;

-- case: alter-table-m-lst-attach-partition-m-lst-b-for-values-in-b
-- target:
ALTER TABLE m.lst ATTACH PARTITION m.lst_b FOR VALUES IN ('b');

-- case: alter-table-m-lst-detach-partition-m-lst-a
-- target:
ALTER TABLE m.lst DETACH PARTITION m.lst_a;

-- case: alter-table-m-lst-detach-partition-m-lst-d
-- target:
ALTER TABLE m.lst DETACH PARTITION m.lst_d;

-- case: create-table-m-log-5-partition-of-m-log-for-values-from-2024
-- target:
CREATE TABLE m.log_5 PARTITION OF m.log FOR VALUES FROM ('2024-07-01') TO ('2024-08-01');

-- case: create-table-m-log-5-partition-of-m-log-default
-- target:
CREATE TABLE m.log_5 PARTITION OF m.log DEFAULT;

-- case: create-table-m-log-2x-partition-of-m-log-2-for-values-in-9
-- target:
CREATE TABLE m.log_2x PARTITION OF m.log_2 FOR VALUES IN (9);

-- case: create-table-m-lst-c-partition-of-m-lst-for-values-in-c-part
-- target:
CREATE TABLE m.lst_c PARTITION OF m.lst FOR VALUES IN ('c') PARTITION BY HASH (id);

-- case: create-table-m-n-id-int-primary-key-a-int-references-m-acc-l
-- target:
CREATE TABLE m.n (id int PRIMARY KEY, a int REFERENCES m.acc, l bigint, d date, FOREIGN KEY (l, d) REFERENCES m.log);

-- case: create-table-m-n-like-m-ord-including-all
-- target:
CREATE TABLE m.n (LIKE m.ord INCLUDING ALL);

-- case: create-table-m-n-like-m-log-including-all
-- target:
CREATE TABLE m.n (LIKE m.log INCLUDING ALL);

-- case: create-table-m-n-z-int-inherits-m-base
-- target:
CREATE TABLE m.n (z int) INHERITS (m.base);

-- case: create-table-m-n-z-int-unique-z-deferrable
-- target:
CREATE TABLE m.n (z int, UNIQUE (z) DEFERRABLE);

-- case: create-table-m-n-id-int-exclude-using-btree-id-with-deferrab
-- target:
CREATE TABLE m.n (id int, EXCLUDE USING btree (id WITH =) DEFERRABLE);

-- case: create-table-m-n-as-select-from-m-v
-- target:
CREATE TABLE m.n AS SELECT * FROM m.v;

-- case: create-table-m-n-as-select-a-id-count-from-m-acc-a-join-m-or
-- target:
CREATE TABLE m.n AS SELECT a.id, count(*) FROM m.acc a JOIN m.ord o ON o.acc_id = a.id GROUP BY 1;

-- case: select-into-m-n-from-m-plain
-- target:
SELECT * INTO m.n FROM m.plain;

-- case: create-table-m-plain-a-int
-- target:
CREATE TABLE m.plain (a int);

-- case: create-table-nosuch-plain-a-int
-- target:
CREATE TABLE nosuch.plain (a int);

-- case: create-table-m-n-a-int-a-text
-- target:
CREATE TABLE m.n (a int, a text);

-- case: create-table-m-n-of-m-pt-x-primary-key
-- target:
CREATE TABLE m.n OF m.pt (x PRIMARY KEY);

-- case: create-unlogged-table-m-n-id-int-references-m-acc
-- target:
CREATE UNLOGGED TABLE m.n (id int REFERENCES m.acc);

-- case: create-table-m-n-id-int-references-m-cache
-- target:
CREATE TABLE m.n (id int REFERENCES m.cache);

-- case: create-table-if-not-exists-m-plain-a-int
-- target:
CREATE TABLE IF NOT EXISTS m.plain (a int);

-- case: alter-table-m-base-add-column-z-int
-- target:
ALTER TABLE m.base ADD COLUMN z int;

-- case: alter-table-m-base-add-column-z-int-not-null-default-m-vol
-- target:
ALTER TABLE m.base ADD COLUMN z int NOT NULL DEFAULT m.vol();

-- case: alter-table-only-m-base-add-column-z-int
-- target:
ALTER TABLE ONLY m.base ADD COLUMN z int;

-- case: alter-table-m-base-drop-column-cost
-- target:
ALTER TABLE m.base DROP COLUMN cost;

-- case: alter-table-only-m-base-drop-column-cost
-- target:
ALTER TABLE ONLY m.base DROP COLUMN cost;

-- case: alter-table-m-base-drop-column-nm
-- target:
ALTER TABLE m.base DROP COLUMN nm;

-- case: alter-table-m-kid-drop-column-nm
-- target:
ALTER TABLE m.kid DROP COLUMN nm;

-- case: alter-table-m-base-alter-column-cost-type-bigint
-- target:
ALTER TABLE m.base ALTER COLUMN cost TYPE bigint;

-- case: alter-table-only-m-base-alter-column-cost-type-bigint
-- target:
ALTER TABLE ONLY m.base ALTER COLUMN cost TYPE bigint;

-- case: alter-table-m-base-alter-column-nm-set-not-null
-- target:
ALTER TABLE m.base ALTER COLUMN nm SET NOT NULL;

-- case: alter-table-only-m-base-alter-column-nm-set-not-null
-- target:
ALTER TABLE ONLY m.base ALTER COLUMN nm SET NOT NULL;

-- case: alter-table-m-base-alter-column-id-drop-not-null
-- target:
ALTER TABLE m.base ALTER COLUMN id DROP NOT NULL;

-- case: alter-table-m-base-add-check-nm
-- target:
ALTER TABLE m.base ADD CHECK (nm <> '');

-- case: alter-table-m-base-add-check-nm-no-inherit
-- target:
ALTER TABLE m.base ADD CHECK (nm <> '') NO INHERIT;

-- case: alter-table-only-m-base-add-check-nm
-- target:
ALTER TABLE ONLY m.base ADD CHECK (nm <> '');

-- case: alter-table-m-base-drop-constraint-base-cost-check
-- target:
ALTER TABLE m.base DROP CONSTRAINT base_cost_check;

-- case: alter-table-only-m-base-drop-constraint-base-cost-check
-- target:
ALTER TABLE ONLY m.base DROP CONSTRAINT base_cost_check;

-- case: alter-table-m-kid-drop-constraint-base-cost-check
-- target:
ALTER TABLE m.kid DROP CONSTRAINT base_cost_check;

-- case: alter-table-m-base-drop-constraint-base-pkey
-- target:
ALTER TABLE m.base DROP CONSTRAINT base_pkey;

-- case: alter-table-m-loose-inherit-m-base
-- target:
ALTER TABLE m.loose INHERIT m.base;

-- case: alter-table-m-loose-inherit-m-kid
-- target:
ALTER TABLE m.loose INHERIT m.kid;

-- case: alter-table-m-kid-no-inherit-m-base
-- target:
ALTER TABLE m.kid NO INHERIT m.base;

-- case: alter-table-m-plain-no-inherit-m-base
-- target:
ALTER TABLE m.plain NO INHERIT m.base;

-- case: alter-table-m-base-set-unlogged
-- target:
ALTER TABLE m.base SET UNLOGGED;

-- case: alter-table-m-tt-add-column-z-int
-- target:
ALTER TABLE m.tt ADD COLUMN z int;

-- case: alter-table-m-tt-not-of
-- target:
ALTER TABLE m.tt NOT OF;

-- case: alter-table-m-v-alter-column-code-set-default-x
-- target:
ALTER TABLE m.v ALTER COLUMN code SET DEFAULT 'x';

-- case: alter-view-m-v-set-security-barrier-true
-- target:
ALTER VIEW m.v SET (security_barrier = true);

-- case: alter-materialized-view-m-mv-cluster-on-mv-id
-- target:
ALTER MATERIALIZED VIEW m.mv CLUSTER ON mv_id;

-- case: alter-materialized-view-m-mv-set-fillfactor-50
-- target:
ALTER MATERIALIZED VIEW m.mv SET (fillfactor = 50);

-- case: alter-materialized-view-m-mv-alter-column-code-set-statistic
-- target:
ALTER MATERIALIZED VIEW m.mv ALTER COLUMN code SET STATISTICS 10;

-- case: alter-type-m-pt-add-attribute-z-int
-- target:
ALTER TYPE m.pt ADD ATTRIBUTE z int;

-- case: alter-type-m-pt-add-attribute-z-int-cascade
-- target:
ALTER TYPE m.pt ADD ATTRIBUTE z int CASCADE;

-- case: alter-type-m-pt-alter-attribute-x-type-bigint-cascade
-- target:
ALTER TYPE m.pt ALTER ATTRIBUTE x TYPE bigint CASCADE;

-- case: alter-type-m-pt-drop-attribute-x-cascade
-- target:
ALTER TYPE m.pt DROP ATTRIBUTE x CASCADE;

-- case: alter-table-m-acc-set-access-method-heap
-- target:
ALTER TABLE m.acc SET ACCESS METHOD heap;

-- case: alter-table-m-ord-rename-column-code-to-codex
-- target:
ALTER TABLE m.ord RENAME COLUMN code TO codex;

-- case: alter-table-m-acc-add-column-a1-int-drop-column-note-alter-c
-- target:
ALTER TABLE m.acc ADD COLUMN a1 int, DROP COLUMN note, ALTER COLUMN amt TYPE numeric(12,4), ADD CONSTRAINT q CHECK (a1 > 0);

-- case: alter-table-m-acc-add-constraint-acc-pk2-primary-key-small
-- target:
ALTER TABLE m.acc ADD CONSTRAINT acc_pk2 PRIMARY KEY (small);

-- case: alter-table-m-nosuch-add-column-x-int
-- target:
ALTER TABLE m.nosuch ADD COLUMN x int;

-- case: alter-table-if-exists-m-nosuch-add-column-x-int
-- target:
ALTER TABLE IF EXISTS m.nosuch ADD COLUMN x int;

-- case: alter-table-m-acc-add-column-email-text
-- target:
ALTER TABLE m.acc ADD COLUMN email text;

-- case: alter-table-m-acc-add-column-if-not-exists-email-text
-- target:
ALTER TABLE m.acc ADD COLUMN IF NOT EXISTS email text;

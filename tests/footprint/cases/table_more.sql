-- ALTER TABLE over types, partitions of partitions, keys between partitioned tables, views, policies, rules.
CREATE SCHEMA t;
CREATE TYPE addr AS (street text, zip text);
CREATE TYPE st AS ENUM ('x','y');
CREATE DOMAIN email AS varchar(80) CHECK (VALUE LIKE '%@%');
CREATE DOMAIN money2 AS numeric(12,2) DEFAULT 0;
CREATE DOMAIN nn AS int NOT NULL;
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
CREATE FUNCTION imm(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select $1 + 1';
CREATE FUNCTION plv() RETURNS text LANGUAGE plpgsql VOLATILE AS 'begin return random()::text; end';
CREATE SEQUENCE own_seq;
CREATE TABLE users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text, em email, tags text[], j jsonb, home addr, homes addr[], state st DEFAULT 'x', bal money2, cnt int DEFAULT nextval('own_seq'), created date, c1 char(10), v1 varchar(10)[], ip inet, bits bit(8), period tsrange, f4 real, i2 smallint);
CREATE INDEX users_j ON users USING gin (j);
CREATE INDEX users_name_pat ON users (name text_pattern_ops);
CREATE INDEX users_imm ON users (imm(cnt));
CREATE INDEX users_c1 ON users (c1);
CREATE INDEX users_ip ON users (ip);
CREATE UNIQUE INDEX users_cnt ON users (cnt) WHERE state = 'x';
CREATE INDEX users_i2 ON users (i2);
CREATE INDEX users_hash ON users USING hash (em);
CREATE INDEX users_brin ON users USING brin (created);
ALTER TABLE users ADD CONSTRAINT users_per EXCLUDE USING gist (period WITH &&);
CREATE TABLE self (id int PRIMARY KEY, pid int REFERENCES self, CONSTRAINT nopos CHECK (pid <> id));
CREATE TABLE par (id int, k int, note text, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
CREATE TABLE par_1 PARTITION OF par FOR VALUES IN (1);
CREATE TABLE par_2 PARTITION OF par FOR VALUES IN (2) PARTITION BY RANGE (id);
CREATE TABLE par_2a PARTITION OF par_2 FOR VALUES FROM (0) TO (100);
CREATE TABLE par_2b PARTITION OF par_2 FOR VALUES FROM (100) TO (200);
CREATE TABLE par_d PARTITION OF par DEFAULT PARTITION BY LIST (id);
CREATE TABLE par_d1 PARTITION OF par_d DEFAULT;
CREATE TABLE kid (id int PRIMARY KEY, pid int, pk int, uid uuid REFERENCES users ON UPDATE CASCADE, FOREIGN KEY (pid, pk) REFERENCES par ON DELETE SET NULL) ;
CREATE TABLE kids (id int, pid int, pk int, x int) PARTITION BY HASH (id);
CREATE TABLE kids_0 PARTITION OF kids FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE kids_1 PARTITION OF kids FOR VALUES WITH (MODULUS 2, REMAINDER 1);
ALTER TABLE kids ADD CONSTRAINT kfk FOREIGN KEY (pid, pk) REFERENCES par;
CREATE INDEX kids_x ON kids (x);
CREATE TABLE ofp (a int REFERENCES self, b int);
CREATE TABLE gen (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c text);
CREATE INDEX gen_b ON gen (b);
CREATE TABLE pol (id int, owner text, z int);
ALTER TABLE pol ENABLE ROW LEVEL SECURITY;
CREATE POLICY p1 ON pol USING (owner = current_user);
CREATE TABLE trg (id int, a int, b int);
CREATE TRIGGER t1 BEFORE UPDATE OF a ON trg FOR EACH ROW WHEN (old.b IS DISTINCT FROM new.b) EXECUTE FUNCTION tf();
CREATE TRIGGER t2 AFTER INSERT ON trg FOR EACH STATEMENT EXECUTE FUNCTION tf();
CREATE RULE r1 AS ON DELETE TO trg WHERE old.id = 0 DO INSTEAD NOTHING;
CREATE VIEW v1 AS SELECT id, name, em FROM users;
CREATE VIEW v2 AS SELECT v1.id, k.pid FROM v1 JOIN kid k ON k.uid = v1.id;
CREATE MATERIALIZED VIEW mv AS SELECT id, note FROM par;
CREATE INDEX mv_i ON mv (note);
CREATE TABLE i1 (a int, b text NOT NULL, CONSTRAINT ca CHECK (a > 0));
CREATE TABLE i2 (c int, CONSTRAINT cc CHECK (c > 0));
CREATE TABLE i12 (d int) INHERITS (i1, i2);
CREATE TABLE i3 () INHERITS (i12);
CREATE TABLE stats (a int, b int, c int);
CREATE STATISTICS sst (dependencies) ON a, b FROM stats;
CREATE FOREIGN DATA WRAPPER dum; CREATE SERVER sv FOREIGN DATA WRAPPER dum;
CREATE FOREIGN TABLE ft (a int, b text) SERVER sv;
CREATE TABLE newp (note text, k int NOT NULL, id int NOT NULL);
CREATE INDEX newp_n ON newp (note);
CREATE TABLE newpp (id int NOT NULL, k int NOT NULL, note text) PARTITION BY RANGE (id);
CREATE TABLE newpp1 PARTITION OF newpp FOR VALUES FROM (0) TO (10);
CREATE TABLE newpd (id int NOT NULL, k int NOT NULL, note text, PRIMARY KEY (id, k), CHECK (k = 9));
CREATE TABLE uniq (a int NOT NULL, b int NOT NULL, c int);
CREATE UNIQUE INDEX uniq_ab ON uniq (a, b);
CREATE UNIQUE INDEX uniq_c ON uniq (c);
CREATE UNLOGGED TABLE ul (id serial, t text);
INSERT INTO self SELECT g, NULL FROM generate_series(1,20) g;
INSERT INTO users (name, em, cnt) SELECT 'n'||g, 'e@'||g, g FROM generate_series(1,30) g;
INSERT INTO par SELECT g, 1 + g % 3, 'n' FROM generate_series(1,90) g;
INSERT INTO kid SELECT g, NULL, NULL, NULL FROM generate_series(1,20) g;
INSERT INTO kids SELECT g, g, 1 + g % 3, g FROM generate_series(1,40) g;
INSERT INTO gen SELECT g FROM generate_series(1,30) g;
INSERT INTO i1 SELECT g, 'b' FROM generate_series(1,10) g;
INSERT INTO i12 SELECT g, 'b', g FROM generate_series(1,10) g;
INSERT INTO newp SELECT 'x', 7, g FROM generate_series(1,10) g;
INSERT INTO newpp SELECT g, 8, 'x' FROM generate_series(1,9) g;
INSERT INTO newpd SELECT g, 9, 'x' FROM generate_series(1,9) g;
INSERT INTO uniq SELECT g, g, g FROM generate_series(1,9) g;
INSERT INTO stats SELECT g, g, g FROM generate_series(1,9) g;
ANALYZE;


-- case: alter-table-users-alter-column-em-type-varchar-80
-- target:
ALTER TABLE users ALTER COLUMN em TYPE varchar(80);

-- case: alter-table-users-alter-column-em-type-text
-- target:
ALTER TABLE users ALTER COLUMN em TYPE text;

-- case: alter-table-users-alter-column-name-type-email
-- target:
ALTER TABLE users ALTER COLUMN name TYPE email;

-- case: alter-table-users-alter-column-bal-type-numeric-12-2
-- target:
ALTER TABLE users ALTER COLUMN bal TYPE numeric(12,2);

-- case: alter-table-users-alter-column-bal-type-numeric-14-2
-- target:
ALTER TABLE users ALTER COLUMN bal TYPE numeric(14,2);

-- case: alter-table-users-alter-column-tags-type-varchar
-- target:
ALTER TABLE users ALTER COLUMN tags TYPE varchar[];

-- case: alter-table-users-alter-column-v1-type-varchar-20
-- target:
ALTER TABLE users ALTER COLUMN v1 TYPE varchar(20)[];

-- case: alter-table-users-alter-column-v1-type-text
-- target:
ALTER TABLE users ALTER COLUMN v1 TYPE text[];

-- case: alter-table-users-alter-column-v1-type-varchar-5
-- target:
ALTER TABLE users ALTER COLUMN v1 TYPE varchar(5)[];

-- case: alter-table-users-alter-column-j-type-json
-- target:
ALTER TABLE users ALTER COLUMN j TYPE json;

-- case: alter-table-users-alter-column-c1-type-text
-- target:
ALTER TABLE users ALTER COLUMN c1 TYPE text;

-- case: alter-table-users-alter-column-c1-type-char-20
-- target:
ALTER TABLE users ALTER COLUMN c1 TYPE char(20);

-- case: alter-table-users-alter-column-c1-type-varchar-10
-- target:
ALTER TABLE users ALTER COLUMN c1 TYPE varchar(10);

-- case: alter-table-users-alter-column-ip-type-cidr-using-ip-cidr
-- target:
ALTER TABLE users ALTER COLUMN ip TYPE cidr USING ip::cidr;

-- case: alter-table-users-alter-column-ip-type-text
-- target:
ALTER TABLE users ALTER COLUMN ip TYPE text;

-- case: alter-table-users-alter-column-i2-type-int
-- target:
ALTER TABLE users ALTER COLUMN i2 TYPE int;

-- case: alter-table-users-alter-column-i2-type-int2
-- target:
ALTER TABLE users ALTER COLUMN i2 TYPE int2;

-- case: alter-table-users-alter-column-f4-type-float8
-- target:
ALTER TABLE users ALTER COLUMN f4 TYPE float8;

-- case: alter-table-users-alter-column-bits-type-bit-varying-8
-- target:
ALTER TABLE users ALTER COLUMN bits TYPE bit varying(8);

-- case: alter-table-users-alter-column-bits-type-varbit
-- target:
ALTER TABLE users ALTER COLUMN bits TYPE varbit;

-- case: alter-table-users-alter-column-created-type-timestamp
-- target:
ALTER TABLE users ALTER COLUMN created TYPE timestamp;

-- case: alter-table-users-alter-column-period-type-tstzrange-using-n
-- target:
ALTER TABLE users ALTER COLUMN period TYPE tstzrange USING NULL;

-- case: alter-table-users-alter-column-id-type-text
-- target:
ALTER TABLE users ALTER COLUMN id TYPE text;

-- case: alter-table-users-alter-column-home-type-text
-- target:
ALTER TABLE users ALTER COLUMN home TYPE text;

-- case: alter-table-users-alter-column-tags-type-jsonb-using-to-json
-- target:
ALTER TABLE users ALTER COLUMN tags TYPE jsonb USING to_jsonb(tags);

-- case: alter-table-users-alter-column-created-set-default-now
-- target:
ALTER TABLE users ALTER COLUMN created SET DEFAULT now();

-- case: alter-table-users-add-column-a1-email-default-a-b
-- target:
ALTER TABLE users ADD COLUMN a1 email DEFAULT 'a@b';

-- case: alter-table-users-add-column-a1-money2
-- target:
ALTER TABLE users ADD COLUMN a1 money2;

-- case: alter-table-users-add-column-a1-nn-default-3
-- target:
ALTER TABLE users ADD COLUMN a1 nn DEFAULT 3;

-- case: alter-table-users-add-column-a1-text-default-plv
-- target:
ALTER TABLE users ADD COLUMN a1 text DEFAULT plv();

-- case: alter-table-users-add-column-a1-text-default-null
-- target:
ALTER TABLE users ADD COLUMN a1 text DEFAULT NULL;

-- case: alter-table-users-add-column-a1-int-default-imm-3
-- target:
ALTER TABLE users ADD COLUMN a1 int DEFAULT imm(3);

-- case: alter-table-users-add-column-a1-addr
-- target:
ALTER TABLE users ADD COLUMN a1 addr;

-- case: alter-table-users-add-column-a1-st-default-y-not-null
-- target:
ALTER TABLE users ADD COLUMN a1 st DEFAULT 'y' NOT NULL;

-- case: alter-table-users-add-column-a1-int-generated-always-as-cnt
-- target:
ALTER TABLE users ADD COLUMN a1 int GENERATED ALWAYS AS (cnt + 1) STORED;

-- case: alter-table-users-add-column-a1-text-collate-c-default-curre
-- target:
ALTER TABLE users ADD COLUMN a1 text COLLATE "C" DEFAULT current_user;

-- case: alter-table-users-add-column-a1-int-default
-- target:
ALTER TABLE users ADD COLUMN a1 int[] DEFAULT '{}';

-- case: alter-table-users-add-column-a1-timestamptz-not-null-default
-- target:
ALTER TABLE users ADD COLUMN a1 timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- case: alter-table-users-add-column-a1-uuid-not-null-default-gen-ra
-- target:
ALTER TABLE users ADD COLUMN a1 uuid NOT NULL DEFAULT gen_random_uuid(), ADD CONSTRAINT ua1 UNIQUE (a1);

-- case: alter-table-users-add-column-a1-bigserial-primary-key
-- target:
ALTER TABLE users ADD COLUMN a1 bigserial PRIMARY KEY;

-- case: alter-table-users-add-column-a1-bigint-generated-by-default
-- target:
ALTER TABLE users ADD COLUMN a1 bigint GENERATED BY DEFAULT AS IDENTITY UNIQUE;

-- case: alter-table-users-add-column-a1-int-add-column-a1-int
-- target:
ALTER TABLE users ADD COLUMN a1 int, ADD COLUMN a1 int;

-- case: alter-table-users-drop-column-em
-- target:
ALTER TABLE users DROP COLUMN em;

-- case: alter-table-users-drop-column-em-cascade
-- target:
ALTER TABLE users DROP COLUMN em CASCADE;

-- case: alter-table-users-drop-column-id
-- target:
ALTER TABLE users DROP COLUMN id;

-- case: alter-table-users-drop-column-id-cascade
-- target:
ALTER TABLE users DROP COLUMN id CASCADE;

-- case: alter-table-users-drop-column-period
-- target:
ALTER TABLE users DROP COLUMN period;

-- case: alter-table-users-drop-column-cnt-drop-column-tags
-- target:
ALTER TABLE users DROP COLUMN cnt, DROP COLUMN tags;

-- case: alter-table-users-drop-column-state
-- target:
ALTER TABLE users DROP COLUMN state;

-- case: alter-table-users-drop-constraint-users-pkey
-- target:
ALTER TABLE users DROP CONSTRAINT users_pkey;

-- case: alter-table-users-drop-constraint-users-pkey-cascade
-- target:
ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE;

-- case: alter-table-users-drop-constraint-users-per
-- target:
ALTER TABLE users DROP CONSTRAINT users_per;

-- case: alter-table-users-alter-column-name-set-not-null
-- target:
ALTER TABLE users ALTER COLUMN name SET NOT NULL;

-- case: alter-table-users-add-check-name-add-check-cnt-0-not-valid
-- target:
ALTER TABLE users ADD CHECK (name <> ''), ADD CHECK (cnt > 0) NOT VALID;

-- case: alter-table-users-add-constraint-x-exclude-using-gist-period
-- target:
ALTER TABLE users ADD CONSTRAINT x EXCLUDE USING gist (period WITH &&) WHERE (cnt > 2);

-- case: alter-table-users-alter-column-name-set-statistics-100-alter
-- target:
ALTER TABLE users ALTER COLUMN name SET STATISTICS 100, ALTER COLUMN name SET (n_distinct = 5);

-- case: alter-table-users-alter-column-name-set-storage-external
-- target:
ALTER TABLE users ALTER COLUMN name SET STORAGE EXTERNAL;

-- case: alter-table-users-set-toast-autovacuum-enabled-false
-- target:
ALTER TABLE users SET (toast.autovacuum_enabled = false);

-- case: alter-table-users-set-user-catalog-table-true
-- target:
ALTER TABLE users SET (user_catalog_table = true);

-- case: alter-table-users-reset-fillfactor
-- target:
ALTER TABLE users RESET (fillfactor);

-- case: alter-table-users-set-parallel-workers-2
-- target:
ALTER TABLE users SET (parallel_workers = 2);

-- case: alter-table-self-alter-column-id-type-bigint
-- target:
ALTER TABLE self ALTER COLUMN id TYPE bigint;

-- case: alter-table-self-alter-column-pid-type-bigint
-- target:
ALTER TABLE self ALTER COLUMN pid TYPE bigint;

-- case: alter-table-self-alter-column-id-type-bigint-alter-column-pi
-- target:
ALTER TABLE self ALTER COLUMN id TYPE bigint, ALTER COLUMN pid TYPE bigint;

-- case: alter-table-self-drop-column-id
-- target:
ALTER TABLE self DROP COLUMN id;

-- case: alter-table-self-drop-column-id-cascade
-- target:
ALTER TABLE self DROP COLUMN id CASCADE;

-- case: alter-table-self-drop-column-pid
-- target:
ALTER TABLE self DROP COLUMN pid;

-- case: alter-table-self-drop-constraint-self-pid-fkey
-- target:
ALTER TABLE self DROP CONSTRAINT self_pid_fkey;

-- case: alter-table-self-add-column-other-int-references-self
-- target:
ALTER TABLE self ADD COLUMN other int REFERENCES self;

-- case: alter-table-self-add-foreign-key-pid-references-self-id-on-d
-- target:
ALTER TABLE self ADD FOREIGN KEY (pid) REFERENCES self (id) ON DELETE CASCADE;

-- case: alter-table-self-set-unlogged
-- target:
ALTER TABLE self SET UNLOGGED;

-- case: alter-table-par-add-column-z-int-default-5
-- target:
ALTER TABLE par ADD COLUMN z int DEFAULT 5;

-- case: alter-table-par-add-column-z-text-default-plv
-- target:
ALTER TABLE par ADD COLUMN z text DEFAULT plv();

-- case: alter-table-par-add-column-z-serial
-- target:
ALTER TABLE par ADD COLUMN z serial;

-- case: alter-table-par-add-column-z-int-generated-always-as-identit
-- target:
ALTER TABLE par ADD COLUMN z int GENERATED ALWAYS AS IDENTITY;

-- case: alter-table-par-add-column-z-int-references-self
-- target:
ALTER TABLE par ADD COLUMN z int REFERENCES self;

-- case: alter-table-par-add-column-z-int-unique
-- target:
ALTER TABLE par ADD COLUMN z int UNIQUE;

-- case: alter-table-par-drop-column-note
-- target:
ALTER TABLE par DROP COLUMN note;

-- case: alter-table-par-drop-column-note-cascade
-- target:
ALTER TABLE par DROP COLUMN note CASCADE;

-- case: alter-table-par-drop-column-k
-- target:
ALTER TABLE par DROP COLUMN k;

-- case: alter-table-par-drop-column-id
-- target:
ALTER TABLE par DROP COLUMN id;

-- case: alter-table-par-alter-column-note-type-varchar-100
-- target:
ALTER TABLE par ALTER COLUMN note TYPE varchar(100);

-- case: alter-table-par-alter-column-note-set-not-null
-- target:
ALTER TABLE par ALTER COLUMN note SET NOT NULL;

-- case: alter-table-par-2-alter-column-note-set-not-null
-- target:
ALTER TABLE par_2 ALTER COLUMN note SET NOT NULL;

-- case: alter-table-par-2-alter-column-note-type-varchar-10
-- target:
ALTER TABLE par_2 ALTER COLUMN note TYPE varchar(10);

-- case: alter-table-par-2-add-check-note
-- target:
ALTER TABLE par_2 ADD CHECK (note <> '');

-- case: alter-table-par-2-add-unique-id
-- target:
ALTER TABLE par_2 ADD UNIQUE (id);

-- case: alter-table-par-2-add-foreign-key-id-references-self-not-val
-- target:
ALTER TABLE par_2 ADD FOREIGN KEY (id) REFERENCES self NOT VALID;

-- case: alter-table-par-2a-add-foreign-key-id-references-self-not-va
-- target:
ALTER TABLE par_2a ADD FOREIGN KEY (id) REFERENCES self NOT VALID;

-- case: alter-table-par-2a-add-column-z-int
-- target:
ALTER TABLE par_2a ADD COLUMN z int;

-- case: alter-table-par-2a-alter-column-note-set-not-null
-- target:
ALTER TABLE par_2a ALTER COLUMN note SET NOT NULL;

-- case: alter-table-par-2a-drop-constraint-par-2a-pkey
-- target:
ALTER TABLE par_2a DROP CONSTRAINT par_2a_pkey;

-- case: alter-table-par-2a-set-unlogged
-- target:
ALTER TABLE par_2a SET UNLOGGED;

-- case: alter-table-par-set-unlogged
-- target:
ALTER TABLE par SET UNLOGGED;

-- case: alter-table-par-cluster-on-par-pkey
-- target:
ALTER TABLE par CLUSTER ON par_pkey;

-- case: alter-table-par-enable-row-level-security
-- target:
ALTER TABLE par ENABLE ROW LEVEL SECURITY;

-- case: alter-table-par-drop-constraint-par-pkey-cascade
-- target:
ALTER TABLE par DROP CONSTRAINT par_pkey CASCADE;

-- case: alter-table-par-add-constraint-u-unique-k-id-note
-- target:
ALTER TABLE par ADD CONSTRAINT u UNIQUE (k, id, note);

-- case: alter-table-only-par-add-constraint-u-unique-k-id-note
-- target:
ALTER TABLE ONLY par ADD CONSTRAINT u UNIQUE (k, id, note);

-- case: alter-table-only-par-add-check-id-0
-- target:
ALTER TABLE ONLY par ADD CHECK (id > 0);

-- case: alter-table-only-par-drop-column-note
-- target:
ALTER TABLE ONLY par DROP COLUMN note;

-- case: alter-table-par-attach-partition-newp-for-values-in-7
-- target:
ALTER TABLE par ATTACH PARTITION newp FOR VALUES IN (7);

-- case: alter-table-par-attach-partition-newpp-for-values-in-8
-- target:
ALTER TABLE par ATTACH PARTITION newpp FOR VALUES IN (8);

-- case: alter-table-par-attach-partition-newpd-for-values-in-9
-- target:
ALTER TABLE par ATTACH PARTITION newpd FOR VALUES IN (9);

-- case: alter-table-par-attach-partition-newpd-default
-- target:
ALTER TABLE par ATTACH PARTITION newpd DEFAULT;

-- case: alter-table-par-attach-partition-newp-for-values-in-1
-- target:
ALTER TABLE par ATTACH PARTITION newp FOR VALUES IN (1);

-- case: alter-table-par-attach-partition-ft-for-values-in-11
-- target:
ALTER TABLE par ATTACH PARTITION ft FOR VALUES IN (11);

-- case: alter-table-kids-detach-partition-kids-0
-- target:
ALTER TABLE kids DETACH PARTITION kids_0;

-- case: alter-table-kids-add-column-y-int-default-3-not-null
-- target:
ALTER TABLE kids ADD COLUMN y int DEFAULT 3 NOT NULL;

-- case: alter-table-kids-drop-constraint-kfk
-- target:
ALTER TABLE kids DROP CONSTRAINT kfk;

-- case: alter-table-kids-alter-constraint-kfk-deferrable-initially-d
-- target:
ALTER TABLE kids ALTER CONSTRAINT kfk DEFERRABLE INITIALLY DEFERRED;

-- case: alter-table-kids-alter-column-x-type-bigint
-- target:
ALTER TABLE kids ALTER COLUMN x TYPE bigint;

-- case: alter-table-kids-add-primary-key-id
-- target:
ALTER TABLE kids ADD PRIMARY KEY (id);

-- case: alter-table-kids-alter-column-x-set-storage-plain
-- target:
ALTER TABLE kids ALTER COLUMN x SET STORAGE PLAIN;

-- case: alter-table-kid-drop-column-uid
-- target:
ALTER TABLE kid DROP COLUMN uid;

-- case: alter-table-kid-drop-constraint-kid-pid-pk-fkey
-- target:
ALTER TABLE kid DROP CONSTRAINT kid_pid_pk_fkey;

-- case: alter-table-kid-alter-column-uid-type-text
-- target:
ALTER TABLE kid ALTER COLUMN uid TYPE text;

-- case: alter-table-kid-alter-column-id-type-bigint
-- target:
ALTER TABLE kid ALTER COLUMN id TYPE bigint;

-- case: alter-table-kid-add-foreign-key-pid-pk-references-par-not-va
-- target:
ALTER TABLE kid ADD FOREIGN KEY (pid, pk) REFERENCES par NOT VALID;

-- case: alter-table-kid-add-foreign-key-pid-pk-references-par
-- target:
ALTER TABLE kid ADD FOREIGN KEY (pid, pk) REFERENCES par;

-- case: alter-table-kid-add-foreign-key-pid-references-par-1-id
-- target:
ALTER TABLE kid ADD FOREIGN KEY (pid) REFERENCES par_1 (id);

-- case: alter-table-ofp-add-foreign-key-b-a-references-par-id-k
-- target:
ALTER TABLE ofp ADD FOREIGN KEY (b, a) REFERENCES par (id, k);

-- case: alter-table-ofp-add-primary-key-a-add-unique-b
-- target:
ALTER TABLE ofp ADD PRIMARY KEY (a), ADD UNIQUE (b);

-- case: alter-table-ofp-set-unlogged
-- target:
ALTER TABLE ofp SET UNLOGGED;

-- case: alter-table-ul-set-logged
-- target:
ALTER TABLE ul SET LOGGED;

-- case: alter-table-gen-alter-column-a-type-bigint
-- target:
ALTER TABLE gen ALTER COLUMN a TYPE bigint;

-- case: alter-table-gen-alter-column-b-drop-expression
-- target:
ALTER TABLE gen ALTER COLUMN b DROP EXPRESSION;

-- case: alter-table-gen-alter-column-b-type-bigint
-- target:
ALTER TABLE gen ALTER COLUMN b TYPE bigint;

-- case: alter-table-gen-drop-column-a
-- target:
ALTER TABLE gen DROP COLUMN a;

-- case: alter-table-gen-drop-column-a-cascade
-- target:
ALTER TABLE gen DROP COLUMN a CASCADE;

-- case: alter-table-gen-alter-column-b-set-default-3
-- target:
ALTER TABLE gen ALTER COLUMN b SET DEFAULT 3;

-- case: alter-table-pol-alter-column-owner-type-varchar-20
-- target:
ALTER TABLE pol ALTER COLUMN owner TYPE varchar(20);

-- case: alter-table-pol-drop-column-owner
-- target:
ALTER TABLE pol DROP COLUMN owner;

-- case: alter-table-pol-drop-column-owner-cascade
-- target:
ALTER TABLE pol DROP COLUMN owner CASCADE;

-- case: alter-table-pol-force-row-level-security
-- target:
ALTER TABLE pol FORCE ROW LEVEL SECURITY;

-- case: alter-table-trg-alter-column-a-type-bigint
-- target:
ALTER TABLE trg ALTER COLUMN a TYPE bigint;

-- case: alter-table-trg-alter-column-b-type-bigint
-- target:
ALTER TABLE trg ALTER COLUMN b TYPE bigint;

-- case: alter-table-trg-drop-column-a
-- target:
ALTER TABLE trg DROP COLUMN a;

-- case: alter-table-trg-drop-column-b-cascade
-- target:
ALTER TABLE trg DROP COLUMN b CASCADE;

-- case: alter-table-trg-disable-rule-r1
-- target:
ALTER TABLE trg DISABLE RULE r1;

-- case: alter-table-trg-enable-always-trigger-t1-disable-trigger-t2
-- target:
ALTER TABLE trg ENABLE ALWAYS TRIGGER t1, DISABLE TRIGGER t2;

-- case: alter-table-trg-disable-rule-nosuch
-- target:
ALTER TABLE trg DISABLE RULE nosuch;

-- case: alter-table-v1-rename-to-v9
-- target:
ALTER TABLE v1 RENAME TO v9;

-- case: alter-view-v1-alter-column-name-set-default-a
-- target:
ALTER VIEW v1 ALTER COLUMN name SET DEFAULT 'a';

-- case: alter-table-v1-add-column-z-int
-- target:
ALTER TABLE v1 ADD COLUMN z int;

-- case: alter-table-mv-add-column-z-int
-- target:
ALTER TABLE mv ADD COLUMN z int;

-- case: alter-materialized-view-mv-alter-column-note-set-storage-pla
-- target:
ALTER MATERIALIZED VIEW mv ALTER COLUMN note SET STORAGE PLAIN;

-- case: alter-table-i1-add-column-n-int-not-null-default-2
-- target:
ALTER TABLE i1 ADD COLUMN n int NOT NULL DEFAULT 2;

-- case: alter-table-i1-drop-column-b
-- target:
ALTER TABLE i1 DROP COLUMN b;

-- case: alter-table-i1-alter-column-b-drop-not-null
-- target:
ALTER TABLE i1 ALTER COLUMN b DROP NOT NULL;

-- case: alter-table-i1-alter-column-a-set-not-null
-- target:
ALTER TABLE i1 ALTER COLUMN a SET NOT NULL;

-- case: alter-table-i1-drop-constraint-ca
-- target:
ALTER TABLE i1 DROP CONSTRAINT ca;

-- case: alter-table-i1-alter-column-a-type-bigint
-- target:
ALTER TABLE i1 ALTER COLUMN a TYPE bigint;

-- case: alter-table-i12-alter-column-a-type-bigint
-- target:
ALTER TABLE i12 ALTER COLUMN a TYPE bigint;

-- case: alter-table-i12-alter-column-d-type-bigint
-- target:
ALTER TABLE i12 ALTER COLUMN d TYPE bigint;

-- case: alter-table-i12-no-inherit-i2
-- target:
ALTER TABLE i12 NO INHERIT i2;

-- case: alter-table-i12-no-inherit-i1-inherit-i1
-- target:
ALTER TABLE i12 NO INHERIT i1, INHERIT i1;

-- case: alter-table-i3-inherit-i2
-- target:
ALTER TABLE i3 INHERIT i2;

-- case: alter-table-i1-inherit-i3
-- target:
ALTER TABLE i1 INHERIT i3;

-- case: alter-table-i2-add-column-a-int
-- target:
ALTER TABLE i2 ADD COLUMN a int;

-- case: alter-table-i2-add-column-a-bigint
-- target:
ALTER TABLE i2 ADD COLUMN a bigint;

-- case: alter-table-i12-drop-constraint-cc
-- target:
ALTER TABLE i12 DROP CONSTRAINT cc;

-- case: alter-table-stats-alter-column-a-type-bigint
-- target:
ALTER TABLE stats ALTER COLUMN a TYPE bigint;

-- case: alter-table-stats-alter-column-c-type-bigint
-- target:
ALTER TABLE stats ALTER COLUMN c TYPE bigint;

-- case: alter-table-stats-drop-column-a
-- target:
ALTER TABLE stats DROP COLUMN a;

-- case: alter-foreign-table-ft-add-column-z-int-default-4
-- target:
ALTER FOREIGN TABLE ft ADD COLUMN z int DEFAULT 4;

-- case: alter-foreign-table-ft-alter-column-a-type-bigint
-- target:
ALTER FOREIGN TABLE ft ALTER COLUMN a TYPE bigint;

-- case: alter-foreign-table-ft-add-check-a-0
-- target:
ALTER FOREIGN TABLE ft ADD CHECK (a > 0);

-- case: alter-foreign-table-ft-alter-column-a-set-not-null
-- target:
ALTER FOREIGN TABLE ft ALTER COLUMN a SET NOT NULL;

-- case: alter-foreign-table-ft-options-add-x-y
-- target:
ALTER FOREIGN TABLE ft OPTIONS (ADD x 'y');

-- case: alter-table-ft-add-primary-key-a
-- target:
ALTER TABLE ft ADD PRIMARY KEY (a);

-- case: alter-table-uniq-add-primary-key-using-index-uniq-ab
-- target:
ALTER TABLE uniq ADD PRIMARY KEY USING INDEX uniq_ab;

-- case: alter-table-uniq-add-primary-key-using-index-uniq-c
-- target:
ALTER TABLE uniq ADD PRIMARY KEY USING INDEX uniq_c;

-- case: alter-table-uniq-add-constraint-uniq-c-unique-using-index-un
-- target:
ALTER TABLE uniq ADD CONSTRAINT uniq_c UNIQUE USING INDEX uniq_c;

-- case: alter-table-uniq-add-primary-key-a-alter-column-c-set-not-nu
-- target:
ALTER TABLE uniq ADD PRIMARY KEY (a), ALTER COLUMN c SET NOT NULL, ADD CHECK (b > 0);

-- case: alter-table-uniq-replica-identity-using-index-uniq-ab
-- target:
ALTER TABLE uniq REPLICA IDENTITY USING INDEX uniq_ab;

-- case: alter-table-uniq-replica-identity-using-index-uniq-c
-- target:
ALTER TABLE uniq REPLICA IDENTITY USING INDEX uniq_c;

-- case: alter-table-uniq-replica-identity-nothing
-- target:
ALTER TABLE uniq REPLICA IDENTITY NOTHING;

-- case: alter-table-uniq-set-schema-t
-- target:
ALTER TABLE uniq SET SCHEMA t;

-- case: alter-table-uniq-owner-to-current-user
-- target:
ALTER TABLE uniq OWNER TO CURRENT_USER;

-- case: alter-table-ul-alter-column-id-add-generated-always-as-ident
-- target:
ALTER TABLE ul ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;

-- case: alter-type-addr-add-attribute-country-text
-- target:
ALTER TYPE addr ADD ATTRIBUTE country text;

-- case: alter-type-addr-drop-attribute-zip
-- target:
ALTER TYPE addr DROP ATTRIBUTE zip;

-- case: alter-type-addr-alter-attribute-zip-type-varchar-5
-- target:
ALTER TYPE addr ALTER ATTRIBUTE zip TYPE varchar(5);

-- case: create-table-n1-id-serial-uid-uuid-references-users-p-int-k
-- target:
CREATE TABLE n1 (id serial, uid uuid REFERENCES users, p int, k int, FOREIGN KEY (p, k) REFERENCES par);

-- case: create-table-n1-like-users-including-all
-- target:
CREATE TABLE n1 (LIKE users INCLUDING ALL);

-- case: create-table-n1-like-v1
-- target:
CREATE TABLE n1 (LIKE v1);

-- case: create-table-n1-like-mv-including-indexes
-- target:
CREATE TABLE n1 (LIKE mv INCLUDING INDEXES);

-- case: create-table-n1-like-gen-including-generated-like-stats-incl
-- target:
CREATE TABLE n1 (LIKE gen INCLUDING GENERATED, LIKE stats INCLUDING STATISTICS);

-- case: create-table-n1-like-ft
-- target:
CREATE TABLE n1 (LIKE ft);

-- case: create-table-n1-inherits-i12-i2
-- target:
CREATE TABLE n1 () INHERITS (i12, i2);

-- case: create-table-n1-a-bigint-inherits-i1
-- target:
CREATE TABLE n1 (a bigint) INHERITS (i1);

-- case: create-table-n1-partition-of-par-for-values-in-20
-- target:
CREATE TABLE n1 PARTITION OF par FOR VALUES IN (20);

-- case: create-table-n1-partition-of-par-for-values-in-20-partition
-- target:
CREATE TABLE n1 PARTITION OF par FOR VALUES IN (20) PARTITION BY RANGE (id);

-- case: create-table-n1-partition-of-par-2-for-values-from-500-to-60
-- target:
CREATE TABLE n1 PARTITION OF par_2 FOR VALUES FROM (500) TO (600);

-- case: create-table-n1-partition-of-par-for-values-in-1
-- target:
CREATE TABLE n1 PARTITION OF par FOR VALUES IN (1);

-- case: create-table-n1-partition-of-kids-for-values-with-modulus-4
-- target:
CREATE TABLE n1 PARTITION OF kids FOR VALUES WITH (MODULUS 4, REMAINDER 2);

-- case: create-table-n1-partition-of-users-for-values-in-1
-- target:
CREATE TABLE n1 PARTITION OF users FOR VALUES IN (1);

-- case: create-foreign-table-n1-partition-of-par-for-values-in-20-se
-- target:
CREATE FOREIGN TABLE n1 PARTITION OF par FOR VALUES IN (20) SERVER sv;

-- case: create-foreign-table-n1-a-int-check-a-0-server-sv
-- target:
CREATE FOREIGN TABLE n1 (a int CHECK (a > 0)) SERVER sv;

-- case: create-temp-table-n1-as-select-from-v2
-- target:
CREATE TEMP TABLE n1 AS SELECT * FROM v2;

-- case: create-table-n1-as-select-count-from-par
-- target:
CREATE TABLE n1 AS SELECT count(*) FROM par;

-- case: create-table-n1-as-table-kids-with-no-data
-- target:
CREATE TABLE n1 AS TABLE kids WITH NO DATA;

-- case: create-table-n1-as-values-1-a
-- target:
CREATE TABLE n1 AS VALUES (1, 'a');

-- case: create-table-n1-as-select-plv-imm-3
-- target:
CREATE TABLE n1 AS SELECT plv(), imm(3);

-- case: create-table-t-n1-as-select-from-users-where-id-in-select-ui
-- target:
CREATE TABLE t.n1 AS SELECT * FROM users WHERE id IN (SELECT uid FROM kid);

-- case: select-id-into-temp-n1-from-self-for-update
-- target:
SELECT id INTO TEMP n1 FROM self FOR UPDATE;

-- case: create-table-n1-a-int-default-nextval-own-seq-b-int-check-im
-- target:
CREATE TABLE n1 (a int DEFAULT nextval('own_seq'), b int CHECK (imm(b) > 0), c email UNIQUE, d addr);

-- case: create-table-n1-a-int-partition-by-range-b
-- target:
CREATE TABLE n1 (a int) PARTITION BY RANGE (b);

-- case: create-table-n1-a-int-primary-key-b-int-partition-by-range-b
-- target:
CREATE TABLE n1 (a int PRIMARY KEY, b int) PARTITION BY RANGE (b);

-- case: create-table-n1-a-int-primary-key-b-int-primary-key
-- target:
CREATE TABLE n1 (a int PRIMARY KEY, b int PRIMARY KEY);

-- case: create-table-n1-a-int-references-self-pid
-- target:
CREATE TABLE n1 (a int REFERENCES self (pid));

-- case: create-table-n1-a-int-references-v1
-- target:
CREATE TABLE n1 (a int REFERENCES v1);

-- case: create-temp-table-n1-a-int-references-self
-- target:
CREATE TEMP TABLE n1 (a int REFERENCES self);

-- case: create-table-n1-a-int-constraint-x-check-z-0
-- target:
CREATE TABLE n1 (a int, CONSTRAINT x CHECK (z > 0));
-- case: fk-type-numeric-to-int
CREATE TABLE fkp (i int PRIMARY KEY); CREATE TABLE fkc (n numeric);
-- target:
ALTER TABLE fkc ADD FOREIGN KEY (n) REFERENCES fkp;
-- case: fk-type-int-to-numeric
CREATE TABLE fkp (n numeric PRIMARY KEY); CREATE TABLE fkc (i int);
-- target:
ALTER TABLE fkc ADD FOREIGN KEY (i) REFERENCES fkp;
-- case: fk-type-int-to-text
CREATE TABLE fkp (t text PRIMARY KEY); CREATE TABLE fkc (i int);
-- target:
ALTER TABLE fkc ADD FOREIGN KEY (i) REFERENCES fkp;
-- case: fk-type-bigint-to-int
CREATE TABLE fkp (i int PRIMARY KEY); CREATE TABLE fkc (i bigint);
-- target:
ALTER TABLE fkc ADD FOREIGN KEY (i) REFERENCES fkp;
-- case: fk-type-varchar-to-char
CREATE TABLE fkp (i char(5) PRIMARY KEY); CREATE TABLE fkc (i varchar(5));
-- target:
ALTER TABLE fkc ADD FOREIGN KEY (i) REFERENCES fkp;
-- case: fk-type-text-to-uuid
CREATE TABLE fkp (i uuid PRIMARY KEY); CREATE TABLE fkc (i text);
-- target:
ALTER TABLE fkc ADD FOREIGN KEY (i) REFERENCES fkp;
-- case: fk-type-date-to-timestamptz
CREATE TABLE fkp (i timestamptz PRIMARY KEY); CREATE TABLE fkc (i date);
-- target:
ALTER TABLE fkc ADD FOREIGN KEY (i) REFERENCES fkp;
-- case: fk-type-other-enum
CREATE TYPE fke1 AS ENUM ('a'); CREATE TYPE fke2 AS ENUM ('a'); CREATE TABLE fkp (i fke1 PRIMARY KEY); CREATE TABLE fkc (i fke2);
-- target:
ALTER TABLE fkc ADD FOREIGN KEY (i) REFERENCES fkp;
-- case: fk-type-array
CREATE TABLE fkp (i int[] PRIMARY KEY); CREATE TABLE fkc (i int[], b bigint[]);
-- target:
ALTER TABLE fkc ADD FOREIGN KEY (i) REFERENCES fkp;
-- case: fk-type-other-array
CREATE TABLE fkp (i int[] PRIMARY KEY); CREATE TABLE fkc (i int[], b bigint[]);
-- target:
ALTER TABLE fkc ADD FOREIGN KEY (b) REFERENCES fkp;
-- case: fk-type-domain
CREATE DOMAIN fkd AS int; CREATE TABLE fkp (i int PRIMARY KEY); CREATE TABLE fkc (i fkd);
-- target:
ALTER TABLE fkc ADD FOREIGN KEY (i) REFERENCES fkp;
-- case: alter-type-fk-not-implementable
CREATE TABLE fkp (i int PRIMARY KEY); CREATE TABLE fkc (i int REFERENCES fkp);
-- target:
ALTER TABLE fkc ALTER i TYPE text;
-- case: alter-type-fk-referenced-not-implementable
CREATE TABLE fkp (i int PRIMARY KEY); CREATE TABLE fkc (i int REFERENCES fkp);
-- target:
ALTER TABLE fkp ALTER i TYPE text;
-- case: alter-type-fk-int-to-bigint
CREATE TABLE fkp (i int PRIMARY KEY); CREATE TABLE fkc (i int REFERENCES fkp);
-- target:
ALTER TABLE fkc ALTER i TYPE bigint;
-- case: alter-type-fk-char-to-varchar-key
CREATE TABLE fkp (i varchar(40) PRIMARY KEY); CREATE TABLE fkc (i char(36) REFERENCES fkp);
-- target:
ALTER TABLE fkp ALTER i TYPE varchar(50);
-- case: alter-type-fk-varchar-to-text
CREATE TABLE fkp (i varchar(40) PRIMARY KEY); CREATE TABLE fkc (i varchar(40) REFERENCES fkp);
-- target:
ALTER TABLE fkc ALTER i TYPE text;
-- case: alter-type-fk-referenced-varchar-to-text
CREATE TABLE fkp (i varchar(40) PRIMARY KEY); CREATE TABLE fkc (i varchar(40) REFERENCES fkp);
-- target:
ALTER TABLE fkp ALTER i TYPE text;
-- case: alter-type-fk-to-domain
CREATE DOMAIN fkd AS int; CREATE TABLE fkp (i int PRIMARY KEY); CREATE TABLE fkc (i int REFERENCES fkp);
-- target:
ALTER TABLE fkc ALTER i TYPE fkd;

-- Events of deferred constraints keep a table from being altered in the transaction that wrote the rows.
CREATE TABLE kind (id int PRIMARY KEY, up int);
CREATE TABLE thing (id int PRIMARY KEY, kind int, name text, CONSTRAINT thing_kind FOREIGN KEY (kind) REFERENCES kind DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE note (id int PRIMARY KEY, thing int, CONSTRAINT note_thing FOREIGN KEY (thing) REFERENCES thing DEFERRABLE);
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE seen (id int);
CREATE CONSTRAINT TRIGGER seen_late AFTER INSERT ON seen DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TABLE part (id int, kind int REFERENCES kind DEFERRABLE INITIALLY DEFERRED) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (10);
INSERT INTO kind VALUES (1), (2);

-- case: insert-then-alter
-- target:
DO $$ BEGIN INSERT INTO thing VALUES (1, 1); ALTER TABLE thing ADD COLUMN more int; END $$;

-- case: insert-null-then-alter
-- target:
DO $$ BEGIN INSERT INTO thing VALUES (1, NULL); ALTER TABLE thing ADD COLUMN more int; END $$;

-- case: insert-then-alter-other
-- target:
DO $$ BEGIN INSERT INTO thing VALUES (1, 1); ALTER TABLE kind ADD COLUMN more int; ALTER TABLE note ADD COLUMN more int; END $$;

-- case: insert-then-rename
-- target:
DO $$ BEGIN INSERT INTO thing VALUES (1, 1); ALTER TABLE thing RENAME COLUMN name TO label; END $$;

-- case: insert-then-truncate
-- target:
DO $$ BEGIN INSERT INTO thing VALUES (1, 1); TRUNCATE thing, note; END $$;

-- case: insert-then-drop
-- target:
DO $$ BEGIN INSERT INTO thing VALUES (1, 1); DROP TABLE thing CASCADE; END $$;

-- case: insert-then-index
-- target:
DO $$ BEGIN INSERT INTO thing VALUES (1, 1); CREATE INDEX ON thing (kind); END $$;

-- case: insert-then-drop-constraint-elsewhere
-- target:
DO $$ BEGIN INSERT INTO thing VALUES (1, 1); ALTER TABLE note DROP CONSTRAINT note_thing; END $$;

-- case: not-deferred
-- target:
DO $$ BEGIN INSERT INTO note VALUES (1, NULL); ALTER TABLE note ADD COLUMN more int; END $$;

-- case: set-deferred
-- target:
DO $$ BEGIN SET CONSTRAINTS ALL DEFERRED; INSERT INTO note VALUES (1, NULL); ALTER TABLE note ADD COLUMN more int; END $$;

-- case: set-deferred-by-name
-- target:
DO $$ BEGIN SET CONSTRAINTS note_thing DEFERRED; INSERT INTO note VALUES (1, NULL); ALTER TABLE note ADD COLUMN more int; END $$;

-- case: set-immediate-before
-- target:
DO $$ BEGIN SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO thing VALUES (1, 1); ALTER TABLE thing ADD COLUMN more int; END $$;

-- case: set-immediate-between
-- target:
DO $$ BEGIN INSERT INTO thing VALUES (1, 1); SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE thing ADD COLUMN more int; END $$;

-- case: set-immediate-by-name
-- target:
DO $$ BEGIN INSERT INTO thing VALUES (1, 1); SET CONSTRAINTS public.thing_kind IMMEDIATE; ALTER TABLE thing ADD COLUMN more int; END $$;

-- case: set-immediate-of-another
-- target:
DO $$ BEGIN INSERT INTO thing VALUES (1, 1); SET CONSTRAINTS note_thing IMMEDIATE; ALTER TABLE thing ADD COLUMN more int; END $$;

-- case: given-back
-- target:
DO $$ BEGIN BEGIN INSERT INTO thing VALUES (1, 1); RAISE EXCEPTION 'no'; EXCEPTION WHEN raise_exception THEN NULL; END; ALTER TABLE thing ADD COLUMN more int; END $$;

-- case: constraint-trigger
-- target:
DO $$ BEGIN INSERT INTO seen VALUES (1); ALTER TABLE seen ADD COLUMN more int; END $$;

-- case: before-trigger-that-keeps-the-row-out
CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER a BEFORE INSERT ON thing FOR EACH ROW EXECUTE FUNCTION away();
-- target:
DO $$ BEGIN INSERT INTO thing VALUES (1, 1); ALTER TABLE thing ADD COLUMN more int; END $$;

-- case: no-row
-- target:
DO $$ BEGIN INSERT INTO thing SELECT id, 1 FROM seen; UPDATE thing SET kind = 2; DELETE FROM kind WHERE id = 77; ALTER TABLE thing ADD COLUMN more int; ALTER TABLE kind ADD COLUMN more int; END $$;

-- case: constraint-trigger-at-once
-- target:
DO $$ BEGIN SET CONSTRAINTS seen_late IMMEDIATE; INSERT INTO seen VALUES (1); ALTER TABLE seen ADD COLUMN more int; END $$;

-- case: partitioned-table-of-the-one-that-is-written
-- target:
DO $$ BEGIN INSERT INTO part_1 VALUES (1, 1); CREATE TABLE part_2 PARTITION OF part FOR VALUES FROM (10) TO (20); END $$;

-- case: copy-of-the-table
-- target:
DO $$ BEGIN INSERT INTO thing VALUES (1, 1); CREATE TABLE copy AS SELECT * FROM thing; ALTER TABLE copy ADD COLUMN more int; END $$;

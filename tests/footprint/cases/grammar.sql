-- What statements made of every production of the grammar have shown (tests/differential/server_grammar.py): expressions that DDL evaluates, ALTER TABLE of an
-- index, rules behind foreign keys and views, ONLY with keys.
CREATE SEQUENCE numbers;
CREATE TABLE author (id int PRIMARY KEY, name text, born date);
CREATE TABLE book (id int PRIMARY KEY, author int REFERENCES author ON DELETE CASCADE, title text, price int);
CREATE TABLE note (id int, what text);
CREATE RULE book_note AS ON DELETE TO book DO ALSO INSERT INTO note (what) VALUES ('gone');
CREATE FUNCTION next_number() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT nextval(''numbers'')';
CREATE FUNCTION looks(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM 1 FROM public.author WHERE false; RETURN $1; END $$;
CREATE INDEX book_title ON book (title);
CREATE VIEW shown AS SELECT id, what FROM note;
CREATE RULE shown_keep AS ON DELETE TO shown DO INSTEAD NOTHING;
CREATE TABLE base (id int PRIMARY KEY, len int);
CREATE TABLE derived (more int) INHERITS (base);
CREATE TABLE below () INHERITS (derived);
CREATE TABLE loan (id int, kind int, book int REFERENCES book, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
CREATE TABLE fine (id int, loan int, kind int, FOREIGN KEY (loan, kind) REFERENCES loan);
CREATE FOREIGN DATA WRAPPER dummy;
CREATE SERVER away FOREIGN DATA WRAPPER dummy;
CREATE FOREIGN TABLE far (a int, b text) SERVER away;
INSERT INTO author VALUES (1, 'a'), (2, 'b');
INSERT INTO book VALUES (1, 1, 'x', 3), (2, 1, 'y', 4);
INSERT INTO derived VALUES (1, 2, 3);
-- case: add-column-default-nextval
-- target:
ALTER TABLE book ADD COLUMN number bigint DEFAULT nextval('numbers');
-- case: add-column-default-function-with-nextval
-- target:
ALTER TABLE book ADD COLUMN number bigint DEFAULT next_number();
-- case: add-column-default-nextval-without-rows
-- target:
ALTER TABLE fine ADD COLUMN number bigint DEFAULT nextval('numbers');
-- case: add-column-default-that-is-evaluated-once
-- target:
ALTER TABLE fine ADD COLUMN number int DEFAULT looks(1);
-- case: add-column-generated-by-a-function-that-locks
-- target:
ALTER TABLE book ADD COLUMN number int GENERATED ALWAYS AS (looks(id)) STORED;
-- case: type-using-a-function-that-locks
-- target:
ALTER TABLE book ALTER COLUMN price TYPE bigint USING looks(price);
-- case: check-by-a-function-that-locks
-- target:
ALTER TABLE book ADD CHECK (looks(price) > 0);
-- case: check-not-valid-by-a-function-that-locks
-- target:
ALTER TABLE book ADD CHECK (looks(price) > 0) NOT VALID;
-- case: index-of-a-function-that-locks
-- target:
CREATE INDEX ON book (looks(price));
-- case: index-where-a-function-locks
-- target:
CREATE INDEX ON book (price) WHERE looks(price) > 1;
-- case: reindex-of-a-function-that-locks
CREATE INDEX ON book (looks(price));
-- target:
REINDEX TABLE book;
-- case: analyze-of-a-function-that-locks
CREATE INDEX ON book (looks(price));
-- target:
ANALYZE book;
-- case: alter-table-of-an-index-set
-- target:
ALTER TABLE book_title SET (fillfactor = 70);
-- case: alter-table-of-an-index-reset
-- target:
ALTER TABLE book_pkey RESET (fillfactor);
-- case: alter-table-of-a-partitioned-index-tablespace
-- target:
ALTER TABLE loan_pkey SET TABLESPACE pg_default;
-- case: cascade-through-a-rule
-- target:
DELETE FROM author WHERE id = 1;
-- case: delete-from-a-view-that-does-nothing
-- target:
DELETE FROM shown WHERE id = 1;
-- case: delete-from-a-view-that-does-nothing-using
-- target:
DELETE FROM shown USING book b WHERE b.id = 1;
-- case: primary-key-of-only-a-parent (versions: -17)
-- target:
ALTER TABLE ONLY derived ADD PRIMARY KEY (len);
-- case: primary-key-of-a-parent
-- target:
ALTER TABLE derived ADD PRIMARY KEY (len);
-- case: partition-between-two-keys
-- target:
CREATE TABLE loan1 PARTITION OF loan FOR VALUES IN (1);
-- case: type-of-a-foreign-tables-column
-- target:
ALTER TABLE far ALTER COLUMN a TYPE jsonb;
-- case: comment-on-the-rule-of-a-view
-- target:
COMMENT ON RULE "_RETURN" ON shown IS 'x';
-- case: analyze-no-column-of-a-view
-- target:
ANALYZE shown (missing);
-- case: analyze-a-column-twice-of-nothing
-- target:
ANALYZE loan (id, id);
-- case: foreign-key-of-a-missing-column-of-a-partitioned-table
CREATE TABLE loan1 PARTITION OF loan FOR VALUES IN (1);
-- target:
ALTER TABLE loan ADD FOREIGN KEY (id, missing) REFERENCES loan;
-- case: drop-system-column
-- target:
ALTER TABLE book DROP COLUMN ctid;
-- case: options-of-a-table
-- target:
ALTER TABLE book OPTIONS (ADD a 'b');
-- case: trigger-of-a-sequence
-- target:
ALTER TABLE numbers ENABLE TRIGGER missing;
-- case: rule-of-an-index
-- target:
ALTER TABLE book_title ENABLE RULE missing;
-- case: attach-to-a-plain-table
-- target:
ALTER TABLE book ATTACH PARTITION note DEFAULT;
-- case: schema-of-an-index
-- target:
ALTER TABLE book_title SET SCHEMA missing;
-- case: alter-view-of-a-table
-- target:
ALTER VIEW book RENAME TO other;
-- case: rename-column-of-a-sequence
-- target:
ALTER TABLE numbers RENAME COLUMN log_cnt TO other;
-- case: rename-the-rule-of-a-view
-- target:
ALTER RULE "_RETURN" ON shown RENAME TO other;
-- case: alter-system-catalogue
-- target:
ALTER TABLE pg_class ADD COLUMN missing missing;
-- case: comment-on-another-kind
-- target:
COMMENT ON MATERIALIZED VIEW book IS 'x';
-- case: comment-on-a-column-of-a-sequence
-- target:
COMMENT ON COLUMN numbers.last_value IS 'x';
-- case: grant-on-an-index
-- target:
GRANT SELECT ON book_title TO PUBLIC;
-- case: grant-usage-on-a-table
-- target:
GRANT USAGE ON book TO PUBLIC;
-- case: grant-delete-on-a-column
-- target:
GRANT DELETE (title) ON book TO PUBLIC;
-- case: grant-usage-on-a-sequence-as-a-table
-- target:
GRANT USAGE ON numbers TO PUBLIC;
-- case: rule-on-a-sequence
-- target:
CREATE RULE r AS ON INSERT TO numbers DO INSTEAD NOTHING;
-- case: policy-on-a-view
-- target:
CREATE POLICY p ON shown USING (missing);
-- case: trigger-referencing-a-row
-- target:
CREATE TRIGGER t AFTER INSERT ON book REFERENCING NEW ROW AS x FOR EACH ROW EXECUTE FUNCTION missing();
-- case: copy-to-a-sequence
-- target:
COPY numbers FROM '/dev/null';
-- case: cluster-a-view
-- target:
CLUSTER shown USING missing;
-- case: delete-from-an-index
-- target:
DELETE FROM book_title WHERE missing = 1;
-- case: insert-into-a-composite-type
CREATE TYPE pair AS (a int, b int);
-- target:
INSERT INTO pair VALUES (1, 2);
-- case: unlogged-materialized-view
-- target:
CREATE UNLOGGED MATERIALIZED VIEW seen AS SELECT 1;
-- case: index-reset-of-a-view-parameter
-- target:
ALTER TABLE book_title RESET (security_barrier);
-- case: index-reset-of-its-own-parameter
-- target:
ALTER INDEX book_title RESET (fillfactor);
-- case: rule-nothing-in-place-of-a-subquery
CREATE VIEW titles AS SELECT title, name FROM book JOIN author ON author.id = book.author;
-- target:
DELETE FROM shown WHERE EXISTS (SELECT 1 FROM titles);
-- case: write-sequence
-- target:
UPDATE numbers SET last_value = 3;
-- case: insert-sequence
-- target:
INSERT INTO numbers VALUES (1, 2, false);
-- case: write-materialized-view
CREATE MATERIALIZED VIEW kept AS SELECT id FROM book;
-- target:
DELETE FROM kept;
-- case: explain-write-materialized-view
CREATE MATERIALIZED VIEW kept AS SELECT id FROM book;
-- target:
EXPLAIN INSERT INTO kept VALUES (1);
-- case: lock-rows-of-a-sequence
-- target:
SELECT * FROM numbers FOR UPDATE;
-- case: merge-sequence (versions: 15-18)
-- target:
MERGE INTO numbers USING note ON true WHEN MATCHED THEN DELETE;
-- case: drop-column-of-a-key-not-enforced (versions: 18)
CREATE TABLE wish (id int, author int REFERENCES author NOT ENFORCED);
-- target:
ALTER TABLE wish DROP COLUMN author;
-- case: drop-table-with-a-key-not-enforced (versions: 18)
CREATE TABLE wish (id int, author int REFERENCES author NOT ENFORCED);
-- target:
DROP TABLE wish;
-- case: drop-constraint-not-enforced (versions: 18)
CREATE TABLE wish (id int, author int CONSTRAINT wished REFERENCES author NOT ENFORCED);
-- target:
ALTER TABLE wish DROP CONSTRAINT wished;
-- case: exclude-beside-a-foreign-partition (versions: 17-18)
CREATE TABLE meter (id int, at int) PARTITION BY LIST (at);
CREATE TABLE meter1 PARTITION OF meter FOR VALUES IN (1);
CREATE FOREIGN TABLE meter2 PARTITION OF meter FOR VALUES IN (2) SERVER away;
-- target:
ALTER TABLE meter ADD EXCLUDE USING btree (at WITH =) DEFERRABLE;
-- case: merge-with-one-row-of-constants (versions: 15-18)
CREATE TABLE shard (id int, v text) PARTITION BY LIST (id);
CREATE TABLE shard1 PARTITION OF shard FOR VALUES IN (1);
CREATE TABLE shard2 PARTITION OF shard FOR VALUES IN (2);
-- target:
MERGE INTO shard x USING (SELECT 1 AS q, 'a' AS v) s ON x.id = s.q WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN DO NOTHING;
-- case: merge-with-one-row-of-values (versions: 15-18)
CREATE TABLE shard (id int, v text) PARTITION BY LIST (id);
CREATE TABLE shard1 PARTITION OF shard FOR VALUES IN (1);
CREATE TABLE shard2 PARTITION OF shard FOR VALUES IN (2);
-- target:
MERGE INTO shard x USING (VALUES (1, 'a')) s (q, v) ON s.q = x.id WHEN MATCHED THEN DELETE;
-- case: merge-with-two-rows-of-values (versions: 15-18)
CREATE TABLE shard (id int, v text) PARTITION BY LIST (id);
CREATE TABLE shard1 PARTITION OF shard FOR VALUES IN (1);
CREATE TABLE shard2 PARTITION OF shard FOR VALUES IN (2);
-- target:
MERGE INTO shard x USING (VALUES (1, 'a'), (2, 'b')) s (q, v) ON s.q = x.id WHEN MATCHED THEN DELETE;
-- case: merge-with-a-volatile-row (versions: 15-18)
CREATE TABLE shard (id int, v text) PARTITION BY LIST (id);
CREATE TABLE shard1 PARTITION OF shard FOR VALUES IN (1);
CREATE TABLE shard2 PARTITION OF shard FOR VALUES IN (2);
-- target:
MERGE INTO shard x USING (SELECT 1 AS q, random() AS r) s ON x.id = s.q WHEN MATCHED THEN DELETE;
-- case: update-from-one-row-of-a-cte
CREATE TABLE shard (id int, v text) PARTITION BY LIST (id);
CREATE TABLE shard1 PARTITION OF shard FOR VALUES IN (1);
CREATE TABLE shard2 PARTITION OF shard FOR VALUES IN (2);
-- target:
WITH s (q) AS (VALUES (1)) UPDATE shard x SET v = 'b' FROM s WHERE x.id = s.q;
-- case: update-from-one-row-of-a-materialized-cte
CREATE TABLE shard (id int, v text) PARTITION BY LIST (id);
CREATE TABLE shard1 PARTITION OF shard FOR VALUES IN (1);
CREATE TABLE shard2 PARTITION OF shard FOR VALUES IN (2);
-- target:
WITH s (q) AS MATERIALIZED (VALUES (1)) UPDATE shard x SET v = 'b' FROM s WHERE x.id = s.q;
-- case: join-of-one-row-of-constants
CREATE TABLE shard (id int, v text) PARTITION BY LIST (id);
CREATE TABLE shard1 PARTITION OF shard FOR VALUES IN (1);
CREATE TABLE shard2 PARTITION OF shard FOR VALUES IN (2);
-- target:
SELECT * FROM (SELECT 1 AS q) s LEFT JOIN shard x ON x.id = s.q;
-- case: join-of-one-row-that-may-be-null
CREATE TABLE shard (id int, v text) PARTITION BY LIST (id);
CREATE TABLE shard1 PARTITION OF shard FOR VALUES IN (1);
CREATE TABLE shard2 PARTITION OF shard FOR VALUES IN (2);
-- target:
SELECT * FROM shard x LEFT JOIN (SELECT 1 AS q) s ON x.id = s.q;
-- case: where-on-one-row-that-may-be-null
CREATE TABLE shard (id int, v text) PARTITION BY LIST (id);
CREATE TABLE shard1 PARTITION OF shard FOR VALUES IN (1);
CREATE TABLE shard2 PARTITION OF shard FOR VALUES IN (2);
-- target:
SELECT * FROM shard x LEFT JOIN (SELECT 1 AS q) s ON true WHERE x.id = s.q OR s.q IS NULL;
-- case: view-of-one-row
CREATE TABLE shard (id int, v text) PARTITION BY LIST (id);
CREATE TABLE shard1 PARTITION OF shard FOR VALUES IN (1);
CREATE TABLE shard2 PARTITION OF shard FOR VALUES IN (2);
CREATE VIEW one AS SELECT 1 AS q;
-- target:
SELECT * FROM shard x, one WHERE x.id = one.q;
-- case: missing-table-after-a-known-extension
CREATE EXTENSION citext;
-- target:
TRUNCATE gone;
-- case: policy-for-insert-with-using
-- target:
CREATE POLICY mine ON book FOR INSERT USING (price > 0);
-- case: policy-for-select-with-check
-- target:
CREATE POLICY mine ON book FOR SELECT USING (true) WITH CHECK (price > 0);
-- case: policy-of-all-commands-with-both
-- target:
CREATE POLICY mine ON book USING (true) WITH CHECK (price > 0);
-- case: policy-for-delete-altered-with-check
CREATE POLICY mine ON book FOR DELETE USING (true);
-- target:
ALTER POLICY mine ON book WITH CHECK (price > 0);
-- case: policy-for-insert-altered-with-using
CREATE POLICY mine ON book FOR INSERT WITH CHECK (true);
-- target:
ALTER POLICY mine ON book USING (price > 0);
-- case: policy-for-update-altered-with-both
CREATE POLICY mine ON book FOR UPDATE USING (true);
-- target:
ALTER POLICY mine ON book USING (true) WITH CHECK (price > 0);
-- case: grant-option-to-public
-- target:
GRANT SELECT ON book TO PUBLIC WITH GRANT OPTION;
-- case: of-an-enum
CREATE TYPE mood AS ENUM ('good');
-- target:
ALTER TABLE note OF mood;
-- case: of-the-row-type-of-a-table
-- target:
ALTER TABLE note OF book;
-- case: alter-constraint-of-a-partition
CREATE TABLE loan1 PARTITION OF loan FOR VALUES IN (1);
-- target:
ALTER TABLE loan1 ALTER CONSTRAINT loan_book_fkey DEFERRABLE;

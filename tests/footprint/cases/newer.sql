-- What 16 to 18 brought, asked by hand: NOT NULL constraints, enforcement, virtual columns; and the types of what is assigned.
CREATE DOMAIN small AS int CHECK (VALUE > 0);
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE zoo (id int PRIMARY KEY, k int NOT NULL, s small, m mood, d xml, g int GENERATED ALWAYS AS (id) STORED NOT NULL);
CREATE TABLE cage (id int, k int NOT NULL, s small, m mood, d xml, g int GENERATED ALWAYS AS (id) STORED NOT NULL);
CREATE TABLE visit (id int NOT NULL, k int, note text) PARTITION BY RANGE (id);
CREATE TABLE visit1 PARTITION OF visit FOR VALUES FROM (1) TO (10);
-- case: virtual-column-over-a-domain versions: 18-
-- target:
ALTER TABLE zoo ADD COLUMN v int GENERATED ALWAYS AS (s + 1) VIRTUAL;
-- case: type-over-a-child-with-another-name-of-not-null
ALTER TABLE cage ALTER COLUMN id SET NOT NULL, INHERIT zoo;
-- target:
ALTER TABLE zoo ALTER COLUMN k TYPE bigint;
-- case: type-over-a-child-with-the-same-name-of-not-null
CREATE TABLE inner_cage () INHERITS (zoo);
ALTER TABLE inner_cage ALTER COLUMN k SET NOT NULL;
-- target:
ALTER TABLE zoo ALTER COLUMN k TYPE bigint;
-- case: expression-over-a-child-with-another-name-of-not-null versions: 17-
ALTER TABLE cage ALTER COLUMN id SET NOT NULL, INHERIT zoo;
-- target:
ALTER TABLE zoo ALTER COLUMN g SET EXPRESSION AS (id + 1);
-- case: not-null-of-only-a-partitioned-table
ALTER TABLE visit1 ALTER COLUMN k SET NOT NULL;
-- target:
ALTER TABLE ONLY visit ALTER COLUMN k SET NOT NULL;
-- case: not-null-with-two-names versions: 18-
-- target:
CREATE TABLE t (id int CONSTRAINT a NOT NULL, CONSTRAINT b NOT NULL id);
-- case: not-null-of-like-with-another-name versions: 18-
-- target:
CREATE TABLE t (LIKE zoo, CONSTRAINT b NOT NULL k);
-- case: not-null-named-the-second-time versions: 18-
-- target:
CREATE TABLE t (id int NOT NULL, CONSTRAINT b NOT NULL id);
-- case: primary-key-over-not-null-of-its-own versions: 18-
-- target:
CREATE TABLE t (id int NOT NULL NO INHERIT, PRIMARY KEY (id));
-- case: primary-key-over-an-inherited-name versions: 18-
CREATE TABLE up (id int CONSTRAINT named NOT NULL);
-- target:
CREATE TABLE t (PRIMARY KEY (id)) INHERITS (up);
-- case: type-under-a-key-that-is-not-enforced versions: 18-
ALTER TABLE cage ADD CONSTRAINT of_zoo FOREIGN KEY (k) REFERENCES zoo NOT ENFORCED;
-- target:
ALTER TABLE cage ALTER COLUMN k TYPE bigint;
-- case: validate-what-is-not-enforced versions: 18-
ALTER TABLE cage ADD CONSTRAINT positive CHECK (k > 0) NOT ENFORCED;
-- target:
ALTER TABLE cage VALIDATE CONSTRAINT positive;
-- case: alter-a-constraint-of-a-partition
ALTER TABLE visit ADD CONSTRAINT of_zoo FOREIGN KEY (k) REFERENCES zoo;
-- target:
ALTER TABLE visit1 ALTER CONSTRAINT of_zoo DEFERRABLE;
-- case: domain-not-enforced versions: 18-
-- target:
CREATE DOMAIN d AS int CHECK (VALUE > 0) NOT ENFORCED;
-- case: domain-with-a-key
-- target:
CREATE DOMAIN d AS int UNIQUE;
-- case: like-with-expression-statistics versions: 14-
CREATE STATISTICS s ON (k + 1) FROM cage;
CREATE TABLE copy (LIKE cage INCLUDING STATISTICS);
-- target:
ALTER TABLE copy ALTER COLUMN k TYPE bigint;
-- case: second-primary-key-of-no-order
-- target:
ALTER TABLE zoo ADD PRIMARY KEY (d);
-- case: primary-key-asks-below-first versions: 18-
-- target:
ALTER TABLE ONLY visit ADD COLUMN n int, ADD PRIMARY KEY (id, k);
-- case: exclusion-condition-comes-first
-- target:
ALTER TABLE zoo ADD PRIMARY KEY (k), ADD EXCLUDE (id WITH =) WHERE (nothing > 1);
-- case: conflict-with-a-rule-that-does-nothing
CREATE RULE r AS ON INSERT TO cage DO ALSO NOTHING;
-- target:
INSERT INTO cage (id, k) VALUES (1, 2) ON CONFLICT DO NOTHING;
-- case: conflict-with-a-rule-for-update-that-does-nothing
CREATE RULE r AS ON UPDATE TO cage DO ALSO NOTHING;
-- target:
INSERT INTO cage (id, k) VALUES (1, 2) ON CONFLICT DO NOTHING;
-- case: merge-over-a-disabled-rule versions: 15-
CREATE RULE r AS ON UPDATE TO cage DO ALSO NOTHING;
ALTER TABLE cage DISABLE RULE r;
-- target:
MERGE INTO cage USING zoo ON cage.id = zoo.id WHEN MATCHED THEN DELETE;
-- case: update-with-another-type
-- target:
UPDATE visit SET k = note;
-- case: update-with-a-type-that-is-assigned
-- target:
UPDATE visit SET note = k, k = 2.5;
-- case: update-with-an-untyped-literal
-- target:
UPDATE zoo SET m = 'sad', s = '3';
-- case: update-an-enum-with-text
-- target:
UPDATE zoo SET m = visit.note FROM visit WHERE visit.id = zoo.id;
-- case: insert-an-enum-of-text
-- target:
INSERT INTO zoo (id, k, m) SELECT id, k, note FROM visit;
-- case: insert-untyped-literals
-- target:
INSERT INTO zoo SELECT 1, '2', '3', 'sad';
-- case: merge-with-another-type versions: 15-
-- target:
MERGE INTO visit USING zoo ON visit.id = zoo.id WHEN MATCHED THEN UPDATE SET k = zoo.m;
-- case: conflict-with-another-type
CREATE UNIQUE INDEX ON cage (id);
-- target:
INSERT INTO cage (id, k) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET m = excluded.k;
-- case: conflict-over-a-key-without-overlaps versions: 18-
CREATE TABLE stay (room int4range, during daterange, PRIMARY KEY (room, during WITHOUT OVERLAPS));
-- target:
INSERT INTO stay VALUES ('[1,2)', '[2020-01-01,2021-01-01)') ON CONFLICT (room, during) DO NOTHING;
-- case: conflict-update-over-a-key-without-overlaps versions: 18-
CREATE TABLE stay (room int4range, during daterange, CONSTRAINT once PRIMARY KEY (room, during WITHOUT OVERLAPS));
-- target:
INSERT INTO stay VALUES ('[1,2)', '[2020-01-01,2021-01-01)') ON CONFLICT ON CONSTRAINT once DO UPDATE SET room = '[2,3)';
-- case: key-over-a-period-of-a-partitioned-table versions: 18-
CREATE TABLE stay (room int4range, during daterange, PRIMARY KEY (room, during WITHOUT OVERLAPS)) PARTITION BY LIST (room);
CREATE TABLE stay1 PARTITION OF stay FOR VALUES IN ('[1,2)');
CREATE TABLE meal (room int4range, during daterange);
-- target:
ALTER TABLE meal ADD FOREIGN KEY (room, PERIOD during) REFERENCES stay;
-- case: validate-a-key-over-a-period versions: 18-
CREATE TABLE stay (room int4range, during daterange, PRIMARY KEY (room, during WITHOUT OVERLAPS)) PARTITION BY LIST (room);
CREATE TABLE stay1 PARTITION OF stay FOR VALUES IN ('[1,2)');
CREATE TABLE meal (room int4range, during daterange, CONSTRAINT at FOREIGN KEY (room, PERIOD during) REFERENCES stay NOT ENFORCED);
ALTER TABLE meal DROP CONSTRAINT at, ADD CONSTRAINT at FOREIGN KEY (room, PERIOD during) REFERENCES stay NOT VALID;
-- target:
ALTER TABLE meal VALIDATE CONSTRAINT at;
-- case: merge-into-a-materialized-view versions: 15-
CREATE MATERIALIZED VIEW seen AS SELECT id FROM zoo;
-- target:
MERGE INTO seen USING zoo ON seen.id = zoo.id WHEN MATCHED THEN DELETE;
-- case: merge-into-a-table-with-rules-and-wrong-names versions: 15-
CREATE RULE r AS ON UPDATE TO cage DO ALSO NOTHING;
-- target:
MERGE INTO cage USING zoo ON cage.nothing = zoo.id WHEN MATCHED THEN DELETE;
-- case: view-that-writes
-- target:
CREATE VIEW seen AS WITH gone AS (DELETE FROM cage RETURNING id) SELECT * FROM gone;
-- case: materialized-view-that-writes
-- target:
CREATE MATERIALIZED VIEW seen AS WITH gone AS (DELETE FROM cage RETURNING id) SELECT * FROM gone;
-- case: copy-a-column-twice
-- target:
COPY cage (id, id) FROM '/dev/null';
-- case: copy-into-a-view-whose-trigger-reads
CREATE VIEW seen AS SELECT zoo.id, cage.k FROM zoo JOIN cage ON zoo.id = cage.id;
CREATE FUNCTION reads() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM visit; RETURN NEW; END $$;
CREATE TRIGGER t INSTEAD OF INSERT ON seen FOR EACH ROW EXECUTE FUNCTION reads();
-- target:
COPY seen FROM '/dev/null';
-- case: unlogged-and-partitioned
-- target:
CREATE UNLOGGED TABLE t (id int) PARTITION BY RANGE (id);
-- case: access-method-that-is-not versions: 15-
-- target:
ALTER TABLE cage SET ACCESS METHOD nothing;
-- case: login-trigger-with-tags versions: 17-
CREATE FUNCTION enters() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
-- target:
CREATE EVENT TRIGGER t ON login WHEN TAG IN ('REINDEX') EXECUTE FUNCTION enters();
-- case: analyze-only-the-table-above
-- target:
ANALYZE ONLY visit;
-- case: index-of-a-number-with-a-collation
-- target:
CREATE INDEX ON cage (k COLLATE "C");
-- case: index-of-text-with-a-collation
-- target:
CREATE INDEX ON visit (note COLLATE "C");
-- case: validate-a-key-that-a-partition-has-already versions: 18-
CREATE TABLE own (id int NOT NULL, k int, note text, CONSTRAINT of_zoo FOREIGN KEY (k) REFERENCES zoo);
ALTER TABLE visit ATTACH PARTITION own FOR VALUES FROM (10) TO (20);
ALTER TABLE visit ADD CONSTRAINT of_zoo FOREIGN KEY (k) REFERENCES zoo NOT VALID;
-- target:
ALTER TABLE visit VALIDATE CONSTRAINT of_zoo;

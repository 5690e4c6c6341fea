-- What publications' column lists and row filters forbid, and what goes with their columns (15 and later).
CREATE TABLE letter (id int PRIMARY KEY, stamp int, body text, weight int);
CREATE TABLE parcel (id int PRIMARY KEY, size int) PARTITION BY RANGE (id);
CREATE TABLE parcel1 PARTITION OF parcel FOR VALUES FROM (0) TO (10);
-- case: type-of-a-filtered-column (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter WHERE (stamp > 3);
-- target:
ALTER TABLE letter ALTER COLUMN stamp TYPE bigint;
-- case: type-of-a-listed-column (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter (id, stamp);
-- target:
ALTER TABLE letter ALTER COLUMN stamp TYPE bigint;
-- case: type-of-a-column-that-is-not-listed (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter (id, stamp);
-- target:
ALTER TABLE letter ALTER COLUMN weight TYPE bigint;
-- case: drop-a-listed-column (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter (id, stamp);
-- target:
ALTER TABLE letter DROP COLUMN stamp;
-- case: drop-a-listed-column-cascade (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter (id, stamp), parcel;
-- target:
ALTER TABLE letter DROP COLUMN stamp CASCADE;
-- case: drop-a-filtered-column-cascade (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter WHERE (stamp > 3);
-- target:
ALTER TABLE letter DROP COLUMN stamp CASCADE;
-- case: drop-a-table-with-a-list (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter (id, stamp);
-- target:
DROP TABLE letter;
-- case: drop-a-publication-with-a-list (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter (id, stamp);
-- target:
DROP PUBLICATION mail;
-- case: update-under-a-list-without-the-key (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter (stamp);
-- target:
UPDATE letter SET body = 'x' WHERE id = 1;
-- case: update-under-a-list-with-the-key (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter (stamp, id);
-- target:
UPDATE letter SET body = 'x' WHERE id = 1;
-- case: delete-under-a-filter-of-another-column (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter WHERE (stamp > 3);
-- target:
DELETE FROM letter WHERE id = 1;
-- case: delete-under-a-filter-that-publishes-inserts (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter WHERE (stamp > 3) WITH (publish = 'insert, update');
-- target:
DELETE FROM letter WHERE id = 1;
-- case: update-under-a-list-and-a-full-identity (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter (id, stamp);
ALTER TABLE letter REPLICA IDENTITY FULL;
-- target:
UPDATE letter SET body = 'x' WHERE id = 1;
-- case: update-a-partition-under-its-parents-filter (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE parcel WHERE (size > 1) WITH (publish_via_partition_root = true);
-- target:
UPDATE parcel1 SET size = 2 WHERE id = 1;
-- case: list-of-a-partitioned-table-by-partition (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter;
-- target:
ALTER PUBLICATION mail SET TABLE parcel (id);
-- case: set-a-table-with-another-list (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter (id, stamp), parcel;
-- target:
ALTER PUBLICATION mail SET TABLE letter (id);
-- case: by-partition-with-a-list-of-the-root (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE parcel (id) WITH (publish_via_partition_root = true);
-- target:
ALTER PUBLICATION mail SET (publish_via_partition_root = false);
-- case: filter-that-is-not-simple (versions: 15-18)
CREATE PUBLICATION mail;
-- target:
ALTER PUBLICATION mail ADD TABLE letter WHERE (random() < weight);
-- case: list-and-schema (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter (id);
-- target:
ALTER PUBLICATION mail ADD TABLES IN SCHEMA public;
-- case: drop-with-a-list (versions: 15-18)
CREATE PUBLICATION mail FOR TABLE letter (id);
-- target:
ALTER PUBLICATION mail DROP TABLE letter (id);
-- case: table-twice-with-a-list (versions: 15-18)
CREATE PUBLICATION mail;
-- target:
ALTER PUBLICATION mail ADD TABLE letter (id), letter;
-- case: column-twice-in-a-list (versions: 15-18)
CREATE PUBLICATION mail;
-- target:
ALTER PUBLICATION mail ADD TABLE letter (id, id);
-- case: update-without-identity-13
CREATE TABLE note (t text);
CREATE PUBLICATION mail FOR TABLE note;
-- target:
UPDATE note SET t = 'x';

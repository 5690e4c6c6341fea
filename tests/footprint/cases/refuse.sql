-- Statements that the server refuses once it looks at what is there.
CREATE TABLE reel (id int PRIMARY KEY, n int, t text);
CREATE UNIQUE INDEX reel_t ON reel (t) WHERE n > 0;
CREATE TABLE spool (id int NOT NULL, n int, t text) PARTITION BY RANGE (id);
CREATE TABLE spool1 PARTITION OF spool FOR VALUES FROM (0) TO (10);
CREATE VIEW tally AS SELECT n, count(*) AS c FROM reel GROUP BY n;
CREATE VIEW plain AS SELECT id, n FROM reel;
CREATE TABLE ruled (id int PRIMARY KEY, n int);
CREATE RULE copied AS ON INSERT TO ruled DO ALSO INSERT INTO reel (id) VALUES (new.id);
CREATE PUBLICATION one FOR TABLE reel;
CREATE PUBLICATION every FOR ALL TABLES;

-- case: insert-into-a-view-that-groups
-- target:
INSERT INTO tally (n) VALUES (1);
-- case: update-a-view-that-groups
-- target:
UPDATE tally SET n = 1;
-- case: delete-from-a-view-that-groups
-- target:
DELETE FROM tally;
-- case: insert-through-a-simple-view
-- target:
INSERT INTO plain (id) VALUES (1);
-- case: merge-into-a-ruled-table (versions: 15-18)
-- target:
MERGE INTO ruled r USING reel e ON r.id = e.id WHEN MATCHED THEN DO NOTHING;
-- case: merge-into-a-view (versions: 15-18)
-- target:
MERGE INTO plain r USING ruled e ON r.id = e.id WHEN MATCHED THEN UPDATE SET n = 1;
-- case: conflict-on-nothing-unique
-- target:
INSERT INTO reel (id) VALUES (1) ON CONFLICT (n) DO NOTHING;
-- case: conflict-on-a-partial-index-unnamed
-- target:
INSERT INTO reel (id, t) VALUES (1, 'a') ON CONFLICT (t) DO NOTHING;
-- case: conflict-on-more-than-the-key
-- target:
INSERT INTO reel (id) VALUES (1) ON CONFLICT (id, n) DO UPDATE SET n = 1;
-- case: conflict-on-the-key
-- target:
INSERT INTO reel (id) VALUES (1) ON CONFLICT (id) DO NOTHING;
-- case: conflict-on-a-ruled-table
-- target:
INSERT INTO ruled (id) VALUES (1) ON CONFLICT DO NOTHING;
-- case: storage-of-an-integer
-- target:
ALTER TABLE reel ALTER COLUMN n SET STORAGE EXTERNAL;
-- case: plain-storage-of-an-integer
-- target:
ALTER TABLE reel ALTER COLUMN n SET STORAGE PLAIN;
-- case: compression-of-an-integer (versions: 14-18)
-- target:
ALTER TABLE reel ALTER COLUMN n SET COMPRESSION pglz;
-- case: column-of-a-partition-if-missing
-- target:
ALTER TABLE spool1 ADD COLUMN IF NOT EXISTS n int;
-- case: access-method-of-a-partitioned-table (versions: 15-18)
-- target:
ALTER TABLE spool SET ACCESS METHOD heap;
-- case: drop-not-null-of-only-the-parent
-- target:
ALTER TABLE ONLY spool ALTER COLUMN id DROP NOT NULL;
-- case: drop-identity-of-a-partition
-- target:
ALTER TABLE spool1 ALTER COLUMN n DROP IDENTITY IF EXISTS;
-- case: uncluster-a-partitioned-table
-- target:
ALTER TABLE spool SET WITHOUT CLUSTER;
-- case: cluster-a-partitioned-table-on-nothing
-- target:
ALTER TABLE spool CLUSTER ON nothing;
-- case: unlog-a-published-table
-- target:
ALTER TABLE reel SET UNLOGGED;
-- case: unlog-a-table-that-all-tables-covers
-- target:
ALTER TABLE ruled SET UNLOGGED;
-- case: add-to-all-tables
-- target:
ALTER PUBLICATION every ADD TABLE ruled;
-- case: insert-into-a-column-that-is-not-there
-- target:
INSERT INTO reel (nope) VALUES (1);
-- case: update-a-column-that-is-not-there
-- target:
UPDATE reel SET nope = 1;
-- case: unique-over-a-column-twice
-- target:
ALTER TABLE reel ADD UNIQUE (n, n);
-- case: lock-rows-of-a-view-of-a-union
CREATE VIEW pair AS SELECT id FROM reel UNION ALL SELECT id FROM ruled;
-- target:
SELECT * FROM pair FOR UPDATE;
-- case: lock-rows-of-a-view-that-groups
-- target:
SELECT * FROM tally FOR UPDATE;
-- case: lock-rows-of-a-union-in-brackets
-- target:
SELECT * FROM (SELECT id FROM reel UNION SELECT id FROM ruled) x FOR UPDATE;
-- case: cluster-on-a-partial-index
-- target:
CLUSTER reel USING reel_t;
-- case: mark-a-partial-index-clustered
-- target:
ALTER TABLE reel CLUSTER ON reel_t;
-- case: cluster-on-a-hash-index
CREATE INDEX reel_h ON reel USING hash (n);
-- target:
CLUSTER reel USING reel_h;
-- case: cluster-on-a-plain-index
-- target:
CLUSTER reel USING reel_pkey;

-- CREATE and ALTER of everything that is neither table nor index; RENAME, OWNER, SET SCHEMA, COMMENT, GRANT.
CREATE SCHEMA zoo;
CREATE SCHEMA barn;
CREATE TYPE zoo.mood AS ENUM ('calm', 'wild');
CREATE TYPE zoo.point AS (x int, y int);
CREATE DOMAIN zoo.name AS text CHECK (VALUE <> '');
CREATE DOMAIN zoo.nick AS zoo.name;
CREATE DOMAIN zoo.unused AS int;
CREATE SEQUENCE zoo.tag;
CREATE FUNCTION zoo.watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE zoo.keeper (id int PRIMARY KEY, name zoo.name UNIQUE);
CREATE TABLE zoo.animal (id serial PRIMARY KEY, keeper int REFERENCES zoo.keeper, nick zoo.nick, mood zoo.mood, home zoo.point, weight int,
    CONSTRAINT animal_weight CHECK (weight > 0));
CREATE INDEX animal_mood ON zoo.animal (mood);
CREATE TABLE zoo.feeding (id bigint GENERATED ALWAYS AS IDENTITY, on_day date, animal int REFERENCES zoo.animal, CONSTRAINT feeding_pos CHECK (animal > 0)) PARTITION BY RANGE (on_day);
CREATE TABLE zoo.feeding_1 PARTITION OF zoo.feeding FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE zoo.feeding_2 PARTITION OF zoo.feeding FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE INDEX feeding_day ON zoo.feeding (on_day);
CREATE TRIGGER feeding_watch AFTER INSERT ON zoo.feeding FOR EACH ROW EXECUTE FUNCTION zoo.watch();
CREATE TRIGGER animal_watch BEFORE UPDATE ON zoo.animal FOR EACH ROW EXECUTE FUNCTION zoo.watch();
CREATE RULE keeper_stay AS ON DELETE TO zoo.keeper DO INSTEAD NOTHING;
CREATE POLICY keeper_see ON zoo.keeper USING (true);
CREATE TABLE zoo.cage (id int, note text, CONSTRAINT cage_id CHECK (id > 0));
CREATE TABLE zoo.tank (litres int) INHERITS (zoo.cage);
CREATE TABLE zoo.spots OF zoo.point;
CREATE VIEW zoo.calm AS SELECT id, nick, weight FROM zoo.animal WHERE mood = 'calm';
CREATE VIEW zoo.calm_heavy AS SELECT * FROM zoo.calm WHERE weight > 100;
CREATE MATERIALIZED VIEW zoo.by_mood AS SELECT mood, count(*) AS n FROM zoo.animal GROUP BY mood;
CREATE UNIQUE INDEX by_mood_mood ON zoo.by_mood (mood);
CREATE STATISTICS zoo.animal_st ON keeper, weight FROM zoo.animal;
CREATE PUBLICATION zoo_pub FOR TABLE zoo.keeper, zoo.cage;
INSERT INTO zoo.keeper SELECT g, 'k' || g FROM generate_series(1, 9) g;
INSERT INTO zoo.animal (keeper, nick, mood, weight) SELECT 1 + g % 9, 'a' || g, 'calm', g FROM generate_series(1, 30) g;

-- case: rename-table
-- target:
ALTER TABLE zoo.animal RENAME TO beast;
-- case: rename-taken
-- target:
ALTER TABLE zoo.animal RENAME TO keeper;
-- case: rename-if-exists
-- target:
ALTER TABLE IF EXISTS zoo.nothing RENAME TO x;
-- case: rename-column
-- target:
ALTER TABLE zoo.animal RENAME COLUMN weight TO mass;
-- case: rename-column-missing
-- target:
ALTER TABLE zoo.animal RENAME COLUMN nothing TO mass;
-- case: rename-column-taken
-- target:
ALTER TABLE zoo.animal RENAME COLUMN weight TO mood;
-- case: rename-column-partitioned
-- target:
ALTER TABLE zoo.feeding RENAME COLUMN animal TO pet;
-- case: rename-column-of-partition
-- target:
ALTER TABLE zoo.feeding_1 RENAME COLUMN animal TO pet;
-- case: rename-column-parent
-- target:
ALTER TABLE zoo.cage RENAME COLUMN note TO remark;
-- case: rename-column-only-parent
-- target:
ALTER TABLE ONLY zoo.cage RENAME COLUMN note TO remark;
-- case: rename-column-view
-- target:
ALTER VIEW zoo.calm RENAME COLUMN nick TO nickname;
-- case: rename-attribute
-- target:
ALTER TYPE zoo.point RENAME ATTRIBUTE x TO across;
-- case: rename-attribute-cascade
-- target:
ALTER TYPE zoo.point RENAME ATTRIBUTE x TO across CASCADE;
-- case: rename-constraint-check
-- target:
ALTER TABLE zoo.animal RENAME CONSTRAINT animal_weight TO w;
-- case: rename-constraint-key
-- target:
ALTER TABLE zoo.animal RENAME CONSTRAINT animal_pkey TO animal_pk;
-- case: rename-constraint-foreign-key
-- target:
ALTER TABLE zoo.animal RENAME CONSTRAINT animal_keeper_fkey TO fk;
-- case: rename-constraint-inherited
-- target:
ALTER TABLE zoo.cage RENAME CONSTRAINT cage_id TO c;
-- case: rename-constraint-child
-- target:
ALTER TABLE zoo.tank RENAME CONSTRAINT cage_id TO c;
-- case: rename-constraint-partitioned
-- target:
ALTER TABLE zoo.feeding RENAME CONSTRAINT feeding_pos TO p;
-- case: rename-constraint-key-of-partition
ALTER TABLE zoo.feeding ADD CONSTRAINT feeding_key UNIQUE (id, on_day);
-- target:
ALTER TABLE zoo.feeding_1 RENAME CONSTRAINT feeding_1_id_on_day_key TO p;
-- case: rename-constraint-foreign-key-of-partition
-- target:
ALTER TABLE zoo.feeding_1 RENAME CONSTRAINT feeding_animal_fkey TO p;
-- case: rename-constraint-check-of-partition
-- target:
ALTER TABLE zoo.feeding_1 RENAME CONSTRAINT feeding_pos TO p;
-- case: rename-constraint-only
-- target:
ALTER TABLE ONLY zoo.cage RENAME CONSTRAINT cage_id TO c;
-- case: rename-constraint-two-parents
CREATE TABLE zoo.shelf (id int, CONSTRAINT cage_id CHECK (id > 0)); ALTER TABLE zoo.tank INHERIT zoo.shelf;
-- target:
ALTER TABLE zoo.cage RENAME CONSTRAINT cage_id TO c;
-- case: rename-constraint-diamond
CREATE TABLE zoo.shelf () INHERITS (zoo.cage); ALTER TABLE zoo.tank INHERIT zoo.shelf;
-- target:
ALTER TABLE zoo.cage RENAME CONSTRAINT cage_id TO c;
-- case: rename-constraint-key-taken
CREATE TABLE zoo.taken ();
-- target:
ALTER TABLE zoo.animal RENAME CONSTRAINT animal_pkey TO taken;
-- case: rename-constraint-key-taken-constraint
-- target:
ALTER TABLE zoo.animal RENAME CONSTRAINT animal_pkey TO animal_weight;
-- case: rename-constraint-check-taken
-- target:
ALTER TABLE zoo.animal RENAME CONSTRAINT animal_weight TO animal_pkey;
-- case: rename-constraint-missing
-- target:
ALTER TABLE zoo.animal RENAME CONSTRAINT nothing TO x;
-- case: rename-trigger
-- target:
ALTER TRIGGER animal_watch ON zoo.animal RENAME TO aw;
-- case: rename-trigger-partitioned
-- target:
ALTER TRIGGER feeding_watch ON zoo.feeding RENAME TO fw;
-- case: rename-trigger-of-partition
-- target:
ALTER TRIGGER feeding_watch ON zoo.feeding_1 RENAME TO fw;
-- case: rename-trigger-missing
-- target:
ALTER TRIGGER nothing ON zoo.animal RENAME TO aw;
-- case: rename-rule
-- target:
ALTER RULE keeper_stay ON zoo.keeper RENAME TO ks;
-- case: rename-policy
-- target:
ALTER POLICY keeper_see ON zoo.keeper RENAME TO kp;
-- case: rename-view
-- target:
ALTER VIEW zoo.calm RENAME TO quiet;
-- case: rename-view-by-alter-table
-- target:
ALTER TABLE zoo.calm RENAME TO quiet;
-- case: rename-matview
-- target:
ALTER MATERIALIZED VIEW zoo.by_mood RENAME TO moods;
-- case: rename-sequence
-- target:
ALTER SEQUENCE zoo.tag RENAME TO label;
-- case: rename-enum
-- target:
ALTER TYPE zoo.mood RENAME TO temper;
-- case: rename-composite
-- target:
ALTER TYPE zoo.point RENAME TO spot;
-- case: rename-domain
-- target:
ALTER DOMAIN zoo.name RENAME TO label;
-- case: rename-domain-constraint
-- target:
ALTER DOMAIN zoo.name RENAME CONSTRAINT name_check TO nc;
-- case: rename-schema
-- target:
ALTER SCHEMA zoo RENAME TO park;
-- case: rename-schema-taken
-- target:
ALTER SCHEMA zoo RENAME TO barn;
-- case: rename-function
-- target:
ALTER FUNCTION zoo.watch() RENAME TO look;
-- case: rename-statistics
-- target:
ALTER STATISTICS zoo.animal_st RENAME TO st;
-- case: rename-enum-value
-- target:
ALTER TYPE zoo.mood RENAME VALUE 'wild' TO 'fierce';
-- case: rename-enum-value-missing
-- target:
ALTER TYPE zoo.mood RENAME VALUE 'happy' TO 'fierce';
-- case: set-schema-table
-- target:
ALTER TABLE zoo.animal SET SCHEMA barn;
-- case: set-schema-partitioned
-- target:
ALTER TABLE zoo.feeding SET SCHEMA barn;
-- case: set-schema-view
-- target:
ALTER VIEW zoo.calm SET SCHEMA barn;
-- case: set-schema-matview
-- target:
ALTER MATERIALIZED VIEW zoo.by_mood SET SCHEMA barn;
-- case: set-schema-sequence
-- target:
ALTER SEQUENCE zoo.tag SET SCHEMA barn;
-- case: set-schema-owned-sequence
-- target:
ALTER SEQUENCE zoo.animal_id_seq SET SCHEMA barn;
-- case: set-schema-type
-- target:
ALTER TYPE zoo.mood SET SCHEMA barn;
-- case: set-schema-composite
-- target:
ALTER TYPE zoo.point SET SCHEMA barn;
-- case: set-schema-function
-- target:
ALTER FUNCTION zoo.watch() SET SCHEMA barn;
-- case: set-schema-missing
-- target:
ALTER TABLE zoo.animal SET SCHEMA nowhere;
-- case: set-schema-same
-- target:
ALTER TABLE zoo.animal SET SCHEMA zoo;
-- case: set-schema-taken
CREATE TABLE barn.animal (a int);
-- target:
ALTER TABLE zoo.animal SET SCHEMA barn;
-- case: owner-type
-- target:
ALTER TYPE zoo.mood OWNER TO postgres;
-- case: owner-composite
-- target:
ALTER TYPE zoo.point OWNER TO postgres;
-- case: owner-schema
-- target:
ALTER SCHEMA zoo OWNER TO postgres;
-- case: owner-function
-- target:
ALTER FUNCTION zoo.watch() OWNER TO postgres;
-- case: comment-table
-- target:
COMMENT ON TABLE zoo.animal IS 'x';
-- case: comment-column
-- target:
COMMENT ON COLUMN zoo.animal.weight IS 'x';
-- case: comment-column-missing
-- target:
COMMENT ON COLUMN zoo.animal.nothing IS 'x';
-- case: comment-index
-- target:
COMMENT ON INDEX zoo.animal_mood IS 'x';
-- case: comment-view
-- target:
COMMENT ON VIEW zoo.calm IS 'x';
-- case: comment-matview
-- target:
COMMENT ON MATERIALIZED VIEW zoo.by_mood IS 'x';
-- case: comment-constraint
-- target:
COMMENT ON CONSTRAINT animal_weight ON zoo.animal IS 'x';
-- case: comment-domain-constraint
-- target:
COMMENT ON CONSTRAINT name_check ON DOMAIN zoo.name IS 'x';
-- case: comment-trigger
-- target:
COMMENT ON TRIGGER animal_watch ON zoo.animal IS 'x';
-- case: comment-policy
-- target:
COMMENT ON POLICY keeper_see ON zoo.keeper IS 'x';
-- case: comment-rule
-- target:
COMMENT ON RULE keeper_stay ON zoo.keeper IS 'x';
-- case: comment-type
-- target:
COMMENT ON TYPE zoo.mood IS 'x';
-- case: comment-composite-column
-- target:
COMMENT ON COLUMN zoo.point.x IS 'x';
-- case: comment-function
-- target:
COMMENT ON FUNCTION zoo.watch() IS 'x';
-- case: comment-schema
-- target:
COMMENT ON SCHEMA zoo IS 'x';
-- case: comment-missing
-- target:
COMMENT ON TABLE zoo.nothing IS 'x';
-- case: grant-table
-- target:
GRANT SELECT ON zoo.animal TO public;
-- case: grant-two
-- target:
GRANT SELECT ON zoo.animal, zoo.calm TO public;
-- case: grant-columns
-- target:
GRANT SELECT (weight), UPDATE (weight) ON zoo.animal TO public;
-- case: grant-sequence
-- target:
GRANT USAGE ON SEQUENCE zoo.tag TO public;
-- case: grant-all-in-schema
-- target:
GRANT SELECT ON ALL TABLES IN SCHEMA zoo TO public;
-- case: grant-function
-- target:
GRANT EXECUTE ON FUNCTION zoo.watch() TO public;
-- case: grant-schema
-- target:
GRANT USAGE ON SCHEMA zoo TO public;
-- case: grant-type
-- target:
GRANT USAGE ON TYPE zoo.mood TO public;
-- case: revoke-table
-- target:
REVOKE ALL ON zoo.animal FROM public;
-- case: default-privileges
-- target:
ALTER DEFAULT PRIVILEGES IN SCHEMA zoo GRANT SELECT ON TABLES TO public;
-- case: create-view
-- target:
CREATE VIEW zoo.v AS SELECT a.id, k.name FROM zoo.animal a JOIN zoo.keeper k ON k.id = a.keeper;
-- case: create-view-on-view
-- target:
CREATE VIEW zoo.v AS SELECT * FROM zoo.calm_heavy;
-- case: create-view-exists
-- target:
CREATE VIEW zoo.calm AS SELECT 1 AS one;
-- case: create-view-missing-table
-- target:
CREATE VIEW zoo.v AS SELECT * FROM zoo.nothing;
-- case: replace-view
-- target:
CREATE OR REPLACE VIEW zoo.calm AS SELECT id, nick, weight, mood FROM zoo.animal;
-- case: replace-view-fewer-columns
-- target:
CREATE OR REPLACE VIEW zoo.calm AS SELECT id, nick FROM zoo.animal;
-- case: replace-view-other-name
-- target:
CREATE OR REPLACE VIEW zoo.calm AS SELECT id, nick AS n, weight FROM zoo.animal;
-- case: replace-view-other-type
-- target:
CREATE OR REPLACE VIEW zoo.calm AS SELECT id, nick, weight::text AS weight FROM zoo.animal;
-- case: create-matview
-- target:
CREATE MATERIALIZED VIEW zoo.m AS SELECT keeper, sum(weight) FROM zoo.animal GROUP BY keeper;
-- case: create-matview-no-data
-- target:
CREATE MATERIALIZED VIEW zoo.m AS SELECT * FROM zoo.calm WITH NO DATA;
-- case: create-matview-if-not-exists
-- target:
CREATE MATERIALIZED VIEW IF NOT EXISTS zoo.by_mood AS SELECT 1 AS one;
-- case: create-enum
-- target:
CREATE TYPE zoo.size AS ENUM ('s', 'm');
-- case: create-enum-exists
-- target:
CREATE TYPE zoo.mood AS ENUM ('s', 'm');
-- case: create-composite
-- target:
CREATE TYPE zoo.box AS (a zoo.point, b zoo.point);
-- case: create-type-named-as-table
-- target:
CREATE TYPE zoo.animal AS ENUM ('s', 'm');
-- case: create-range
-- target:
CREATE TYPE zoo.span AS RANGE (subtype = int);
-- case: enum-add
-- target:
ALTER TYPE zoo.mood ADD VALUE 'sad' BEFORE 'wild';
-- case: enum-add-exists
-- target:
ALTER TYPE zoo.mood ADD VALUE 'calm';
-- case: enum-add-if-not-exists
-- target:
ALTER TYPE zoo.mood ADD VALUE IF NOT EXISTS 'calm';
-- case: enum-add-no-neighbour
-- target:
ALTER TYPE zoo.mood ADD VALUE 'sad' BEFORE 'nothing';
-- case: create-domain
-- target:
CREATE DOMAIN zoo.d AS int CHECK (VALUE > 0);
-- case: domain-add-constraint
-- target:
ALTER DOMAIN zoo.name ADD CONSTRAINT short CHECK (length(VALUE) < 100);
-- case: domain-add-not-valid
-- target:
ALTER DOMAIN zoo.name ADD CONSTRAINT short CHECK (length(VALUE) < 100) NOT VALID;
-- case: domain-validate
ALTER DOMAIN zoo.name ADD CONSTRAINT short CHECK (length(VALUE) < 100) NOT VALID;
-- target:
ALTER DOMAIN zoo.name VALIDATE CONSTRAINT short;
-- case: domain-not-null
-- target:
ALTER DOMAIN zoo.nick SET NOT NULL;
-- case: domain-not-null-unused
-- target:
ALTER DOMAIN zoo.unused SET NOT NULL;
-- case: domain-drop-not-null
-- target:
ALTER DOMAIN zoo.nick DROP NOT NULL;
-- case: domain-default
-- target:
ALTER DOMAIN zoo.nick SET DEFAULT 'x';
-- case: domain-drop-constraint
-- target:
ALTER DOMAIN zoo.name DROP CONSTRAINT name_check;
-- case: domain-drop-constraint-missing
-- target:
ALTER DOMAIN zoo.name DROP CONSTRAINT nothing;
-- case: create-trigger
-- target:
CREATE TRIGGER t AFTER UPDATE OF weight ON zoo.animal FOR EACH ROW WHEN (NEW.weight > 3) EXECUTE FUNCTION zoo.watch();
-- case: create-trigger-exists
-- target:
CREATE TRIGGER animal_watch AFTER UPDATE ON zoo.animal FOR EACH ROW EXECUTE FUNCTION zoo.watch();
-- case: replace-trigger (versions: 14-)
-- target:
CREATE OR REPLACE TRIGGER animal_watch AFTER UPDATE ON zoo.animal FOR EACH ROW EXECUTE FUNCTION zoo.watch();
-- case: create-trigger-no-function
-- target:
CREATE TRIGGER t AFTER UPDATE ON zoo.animal FOR EACH ROW EXECUTE FUNCTION zoo.nothing();
-- case: create-trigger-partitioned
-- target:
CREATE TRIGGER t AFTER UPDATE ON zoo.feeding FOR EACH ROW EXECUTE FUNCTION zoo.watch();
-- case: create-statement-trigger-partitioned
-- target:
CREATE TRIGGER t AFTER UPDATE ON zoo.feeding EXECUTE FUNCTION zoo.watch();
-- case: create-trigger-parent
-- target:
CREATE TRIGGER t AFTER UPDATE ON zoo.cage FOR EACH ROW EXECUTE FUNCTION zoo.watch();
-- case: create-constraint-trigger
-- target:
CREATE CONSTRAINT TRIGGER t AFTER INSERT ON zoo.animal FROM zoo.keeper DEFERRABLE FOR EACH ROW EXECUTE FUNCTION zoo.watch();
-- case: create-trigger-view
-- target:
CREATE TRIGGER t INSTEAD OF INSERT ON zoo.calm FOR EACH ROW EXECUTE FUNCTION zoo.watch();
-- case: create-rule
-- target:
CREATE RULE r AS ON UPDATE TO zoo.cage DO ALSO INSERT INTO zoo.keeper SELECT id, 'x' FROM zoo.animal WHERE id = NEW.id;
-- case: replace-rule
-- target:
CREATE OR REPLACE RULE keeper_stay AS ON DELETE TO zoo.keeper DO INSTEAD NOTHING;
-- case: create-policy
-- target:
CREATE POLICY p ON zoo.animal FOR SELECT USING (keeper IN (SELECT id FROM zoo.keeper));
-- case: create-policy-exists
-- target:
CREATE POLICY keeper_see ON zoo.keeper USING (false);
-- case: alter-policy
-- target:
ALTER POLICY keeper_see ON zoo.keeper USING (id > 0);
-- case: alter-policy-missing
-- target:
ALTER POLICY nothing ON zoo.keeper USING (id > 0);
-- case: create-function-sql
-- target:
CREATE FUNCTION zoo.heavy() RETURNS bigint LANGUAGE sql AS 'select count(*) from zoo.calm_heavy';
-- case: create-function-sql-two
-- target:
CREATE FUNCTION zoo.move(int) RETURNS void LANGUAGE sql AS 'update zoo.animal set keeper = $1; delete from zoo.keeper where id = $1';
-- case: create-function-atomic (versions: 14-)
-- target:
CREATE FUNCTION zoo.heavy() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM zoo.calm_heavy; END;
-- case: create-function-plpgsql
-- target:
CREATE FUNCTION zoo.heavy() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM zoo.animal); END $$;
-- case: create-function-exists
-- target:
CREATE FUNCTION zoo.watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
-- case: replace-function
-- target:
CREATE OR REPLACE FUNCTION zoo.watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
-- case: replace-function-other-type
-- target:
CREATE OR REPLACE FUNCTION zoo.watch() RETURNS int LANGUAGE sql AS 'select 1';
-- case: create-procedure
-- target:
CREATE PROCEDURE zoo.p(a int) LANGUAGE sql AS 'insert into zoo.keeper values (a, ''x'')';
-- case: alter-function
-- target:
ALTER FUNCTION zoo.watch() STABLE;
-- case: create-sequence
-- target:
CREATE SEQUENCE zoo.s OWNED BY zoo.animal.weight;
-- case: create-sequence-exists
-- target:
CREATE SEQUENCE zoo.tag;
-- case: create-sequence-if-not-exists
-- target:
CREATE SEQUENCE IF NOT EXISTS zoo.tag;
-- case: alter-sequence-restart
-- target:
ALTER SEQUENCE zoo.tag RESTART WITH 5;
-- case: alter-sequence-increment
-- target:
ALTER SEQUENCE zoo.tag INCREMENT BY 2;
-- case: alter-sequence-max
-- target:
ALTER SEQUENCE zoo.tag MAXVALUE 1000;
-- case: alter-sequence-cache
-- target:
ALTER SEQUENCE zoo.tag CACHE 10;
-- case: alter-sequence-cycle
-- target:
ALTER SEQUENCE zoo.tag CYCLE;
-- case: alter-sequence-start
-- target:
ALTER SEQUENCE zoo.tag START WITH 7;
-- case: alter-sequence-owned
-- target:
ALTER SEQUENCE zoo.tag OWNED BY zoo.animal.weight;
-- case: alter-sequence-owned-none
-- target:
ALTER SEQUENCE zoo.animal_id_seq OWNED BY NONE;
-- case: alter-sequence-type
-- target:
ALTER SEQUENCE zoo.tag AS int;
-- case: create-sequence-owned
-- target:
CREATE SEQUENCE zoo.x OWNED BY zoo.animal.weight;
-- case: create-sequence-owned-other-schema
-- target:
CREATE SEQUENCE barn.x OWNED BY zoo.animal.weight;
-- case: create-sequence-owned-other-owner
CREATE ROLE case_owner; ALTER TABLE zoo.cage OWNER TO case_owner;
-- target:
CREATE SEQUENCE zoo.x OWNED BY zoo.cage.id;
-- case: create-sequence-owned-other-owner-and-schema
CREATE ROLE case_owner2; ALTER TABLE zoo.cage OWNER TO case_owner2;
-- target:
CREATE SEQUENCE barn.x OWNED BY zoo.cage.id;
-- case: create-sequence-owned-view
-- target:
CREATE SEQUENCE zoo.x OWNED BY zoo.calm.id;
-- case: create-sequence-owned-matview
-- target:
CREATE SEQUENCE zoo.x OWNED BY zoo.by_mood.n;
-- case: create-sequence-owned-sequence
-- target:
CREATE SEQUENCE zoo.x OWNED BY zoo.tag.last_value;
-- case: create-sequence-owned-missing-table
-- target:
CREATE SEQUENCE zoo.x OWNED BY zoo.nothing.id;
-- case: create-sequence-owned-missing-column
-- target:
CREATE SEQUENCE zoo.x OWNED BY zoo.animal.nothing;
-- case: create-sequence-owned-one-name
-- target:
CREATE SEQUENCE zoo.x OWNED BY animal;
-- case: alter-sequence-owned-other-schema
CREATE SEQUENCE barn.x;
-- target:
ALTER SEQUENCE barn.x OWNED BY zoo.animal.weight;
-- case: alter-sequence-owned-other-owner
CREATE ROLE case_owner3; ALTER SEQUENCE zoo.tag OWNER TO case_owner3;
-- target:
ALTER SEQUENCE zoo.tag OWNED BY zoo.animal.weight;
-- case: alter-sequence-owned-identity
-- target:
ALTER SEQUENCE zoo.feeding_id_seq OWNED BY zoo.feeding.animal;
-- case: alter-sequence-owned-identity-none
-- target:
ALTER SEQUENCE zoo.feeding_id_seq OWNED BY NONE;
-- case: alter-sequence-owned-identity-missing-column
-- target:
ALTER SEQUENCE zoo.feeding_id_seq OWNED BY zoo.feeding.nothing;
-- case: alter-sequence-owned-index
-- target:
ALTER SEQUENCE zoo.tag OWNED BY zoo.animal_mood.mood;
-- case: alter-sequence-missing
-- target:
ALTER SEQUENCE zoo.nothing RESTART;
-- case: alter-sequence-if-exists
-- target:
ALTER SEQUENCE IF EXISTS zoo.nothing RESTART;
-- case: alter-sequence-table
-- target:
ALTER SEQUENCE zoo.animal RESTART;
-- case: create-publication
-- target:
CREATE PUBLICATION p FOR TABLE zoo.animal, zoo.cage;
-- case: create-publication-only
-- target:
CREATE PUBLICATION p FOR TABLE ONLY zoo.cage;
-- case: create-publication-partitioned
-- target:
CREATE PUBLICATION p FOR TABLE zoo.feeding;
-- case: create-publication-all
-- target:
CREATE PUBLICATION p FOR ALL TABLES;
-- case: create-publication-exists
-- target:
CREATE PUBLICATION zoo_pub FOR TABLE zoo.animal;
-- case: alter-publication-add
-- target:
ALTER PUBLICATION zoo_pub ADD TABLE zoo.animal;
-- case: alter-publication-drop
-- target:
ALTER PUBLICATION zoo_pub DROP TABLE zoo.keeper;
-- case: alter-publication-set
-- target:
ALTER PUBLICATION zoo_pub SET TABLE zoo.animal;
-- case: alter-publication-options
-- target:
ALTER PUBLICATION zoo_pub SET (publish = 'insert');
-- case: create-statistics
-- target:
CREATE STATISTICS zoo.st ON keeper, mood FROM zoo.animal;
-- case: create-statistics-exists
-- target:
CREATE STATISTICS zoo.animal_st ON keeper, mood FROM zoo.animal;
-- case: alter-statistics
-- target:
ALTER STATISTICS zoo.animal_st SET STATISTICS 100;
-- case: create-schema
-- target:
CREATE SCHEMA farm;
-- case: create-schema-exists
-- target:
CREATE SCHEMA zoo;
-- case: create-schema-if-not-exists
-- target:
CREATE SCHEMA IF NOT EXISTS zoo;
-- case: create-schema-elements
-- target:
CREATE SCHEMA farm CREATE VIEW loud AS SELECT * FROM zoo.animal CREATE TABLE cows (id int REFERENCES zoo.animal);
-- case: create-aggregate
-- target:
CREATE AGGREGATE zoo.total (int) (SFUNC = int4pl, STYPE = int);
-- case: create-operator
-- target:
CREATE OPERATOR zoo.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
-- case: create-cast
-- target:
CREATE CAST (zoo.point AS text) WITH INOUT;
-- case: create-event-trigger
CREATE FUNCTION zoo.ev() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
-- target:
CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION zoo.ev();
-- case: create-extension
-- target:
CREATE EXTENSION pgcrypto;
-- case: create-collation
-- target:
CREATE COLLATION zoo.c (provider = libc, locale = 'C');
-- case: create-text-search
-- target:
CREATE TEXT SEARCH CONFIGURATION zoo.ts (COPY = simple);
-- case: create-database-in-block
-- target:
CREATE DATABASE other;
-- case: alter-system-in-block
-- target:
ALTER SYSTEM SET work_mem = '8MB';
-- case: notify
-- target:
NOTIFY zoo;
-- case: depends-trigger
CREATE EXTENSION pgcrypto;
-- target:
ALTER TRIGGER animal_watch ON zoo.animal DEPENDS ON EXTENSION pgcrypto;
-- case: depends-index
CREATE EXTENSION pgcrypto;
-- target:
ALTER INDEX zoo.animal_mood DEPENDS ON EXTENSION pgcrypto;
-- case: extension-add-table
CREATE EXTENSION pgcrypto;
-- target:
ALTER EXTENSION pgcrypto ADD TABLE zoo.cage;
-- case: disable-trigger-all-partitioned
-- target:
ALTER TABLE zoo.feeding DISABLE TRIGGER ALL;
-- case: disable-trigger-user-partitioned
-- target:
ALTER TABLE zoo.feeding DISABLE TRIGGER USER;
-- case: disable-trigger-partitioned
-- target:
ALTER TABLE zoo.feeding DISABLE TRIGGER feeding_watch;
-- case: disable-trigger-only-partitioned
-- target:
ALTER TABLE ONLY zoo.feeding DISABLE TRIGGER feeding_watch;
-- case: disable-trigger-all-none
DROP TRIGGER feeding_watch ON zoo.feeding;
-- target:
ALTER TABLE zoo.feeding DISABLE TRIGGER ALL;
-- case: alter-identity-sequence
-- target:
ALTER SEQUENCE zoo.feeding_id_seq OWNED BY NONE;
-- case: refresh-concurrently-unpopulated
REFRESH MATERIALIZED VIEW zoo.by_mood WITH NO DATA;
-- target:
REFRESH MATERIALIZED VIEW CONCURRENTLY zoo.by_mood;
-- case: refresh-concurrently-unpopulated-no-index
REFRESH MATERIALIZED VIEW zoo.by_mood WITH NO DATA; DROP INDEX zoo.by_mood_mood;
-- target:
REFRESH MATERIALIZED VIEW CONCURRENTLY zoo.by_mood;
-- case: refresh-concurrently-no-index
DROP INDEX zoo.by_mood_mood;
-- target:
REFRESH MATERIALIZED VIEW CONCURRENTLY zoo.by_mood;
-- case: refresh-concurrently-no-data
-- target:
REFRESH MATERIALIZED VIEW CONCURRENTLY zoo.by_mood WITH NO DATA;
-- case: create-view-column-twice
-- target:
CREATE VIEW zoo.x AS SELECT id, 1 AS id FROM zoo.animal;
-- case: create-view-column-twice-star
-- target:
CREATE VIEW zoo.x AS SELECT * FROM zoo.animal a JOIN zoo.keeper k ON k.id = a.keeper;
-- case: create-view-column-twice-renamed
-- target:
CREATE VIEW zoo.x (a, b) AS SELECT id, 1 AS id FROM zoo.animal;
-- case: create-matview-column-twice
-- target:
CREATE MATERIALIZED VIEW zoo.x AS SELECT id, 1 AS id FROM zoo.animal;
-- case: create-table-as-column-twice
-- target:
CREATE TABLE zoo.x AS SELECT id, 1 AS id FROM zoo.animal;
-- case: select-into-column-twice
-- target:
SELECT id, 1 AS id INTO zoo.x FROM zoo.animal;

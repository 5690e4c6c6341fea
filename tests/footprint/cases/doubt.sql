-- What comes after a statement that cannot be followed: what would be refused locks what it locks if it is not; and what can be told still is.
CREATE TABLE a (id int PRIMARY KEY, v text);
CREATE TABLE b (id int PRIMARY KEY, v text);

-- case: trigger-made-unseen-is-dropped
DO $$ BEGIN EXECUTE reverse(reverse('CREATE TRIGGER unseen BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()')); END $$;
-- target:
DROP TRIGGER unseen ON a;

-- case: policy-made-unseen-is-dropped
DO $$ BEGIN EXECUTE reverse(reverse('CREATE POLICY unseen ON a')); END $$;
-- target:
DROP POLICY unseen ON a;

-- case: rule-made-unseen-is-dropped
DO $$ BEGIN EXECUTE reverse(reverse('CREATE RULE unseen AS ON INSERT TO a DO ALSO NOTIFY x')); END $$;
-- target:
DROP RULE unseen ON a;

-- case: table-dropped-unseen-is-made-again
DO $$ BEGIN EXECUTE reverse(reverse('DROP TABLE b')); END $$;
-- target:
CREATE TABLE b (id int REFERENCES a, v text);

-- case: role-made-perhaps-leaves-relations-known
DO $$ BEGIN IF (SELECT count(*) FROM pg_class) < 0 THEN CREATE ROLE perhaps; ALTER ROLE perhaps NOLOGIN; GRANT perhaps TO CURRENT_USER; END IF; END $$;
-- target:
DROP INDEX no_such_index;

-- case: type-made-unseen-is-a-column's
DO $$ BEGIN EXECUTE reverse(reverse('CREATE TYPE unseen AS ENUM (''x'')')); END $$;
CREATE TABLE c (id int PRIMARY KEY, k unseen NOT NULL);
ALTER TYPE unseen ADD VALUE 'y';
-- target:
ALTER TABLE c ADD COLUMN l unseen DEFAULT 'x';

-- case: column-takes-a-type-made-unseen
DO $$ BEGIN EXECUTE reverse(reverse('CREATE TYPE unseen AS ENUM (''x'')')); END $$;
-- target:
ALTER TABLE a ALTER COLUMN v TYPE unseen USING v::unseen;

-- case: column-of-a-type-made-unseen-is-indexed
DO $$ BEGIN EXECUTE reverse(reverse('CREATE TYPE unseen AS ENUM (''x'')')); END $$;
CREATE TABLE c (id int PRIMARY KEY, k unseen[] NOT NULL);
-- target:
CREATE INDEX ON c (k);

-- case: schema-made-unseen-has-a-table
DO $$ BEGIN EXECUTE reverse(reverse('CREATE SCHEMA unseen')); END $$;
CREATE TABLE unseen.c (id int PRIMARY KEY);
-- target:
ALTER TABLE unseen.c ADD COLUMN v text;

-- case: server-made-unseen-has-a-table
CREATE EXTENSION postgres_fdw;
DO $$ BEGIN EXECUTE reverse(reverse('CREATE SERVER unseen FOREIGN DATA WRAPPER postgres_fdw')); END $$;
CREATE FOREIGN TABLE f (id int) SERVER unseen;
-- target:
ALTER FOREIGN TABLE f ADD COLUMN v text;

-- case: type-changed-unseen-is-what-a-key-refers-to
CREATE TABLE up (id text PRIMARY KEY); CREATE TABLE down (up_id int);
DO $$ BEGIN EXECUTE reverse(reverse('ALTER TABLE up ALTER COLUMN id TYPE int USING id::int')); END $$;
-- target:
ALTER TABLE down ADD FOREIGN KEY (up_id) REFERENCES up;

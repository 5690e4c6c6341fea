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

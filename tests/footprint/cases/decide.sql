-- Bodies that decide by the catalogue.
CREATE TYPE mood AS ENUM ('a','b');
CREATE TABLE users (id serial PRIMARY KEY, email varchar(100) UNIQUE, m mood, n integer, created timestamptz);
CREATE TABLE posts (id bigserial PRIMARY KEY, user_id int REFERENCES users(id), title text, CONSTRAINT t_len CHECK (length(title) < 100));
CREATE TABLE comments (id bigserial PRIMARY KEY, post_id bigint CONSTRAINT c_p REFERENCES posts(id), user_id int REFERENCES users(id));
CREATE INDEX comments_idx ON comments (post_id);
CREATE VIEW vu AS SELECT id, email FROM users;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();

-- case: do-begin-if-select-count-from-information-schema
-- target:
DO $$ BEGIN IF (SELECT count(*) FROM information_schema.columns WHERE table_name='users' AND table_schema=current_schema() AND column_name='age') = 0 THEN ALTER TABLE users ADD COLUMN age int; END IF; END $$;

-- case: do-declare-t-text-begin-select-data-type-into-t
-- target:
DO $$ DECLARE t text; BEGIN SELECT data_type INTO t FROM information_schema.columns WHERE table_name='users' AND column_name='n'; IF t = 'integer' THEN ALTER TABLE users ALTER COLUMN n TYPE bigint; END IF; END $$;

-- case: do-declare-c-text-begin-select-conname-into-c-fr
-- target:
DO $$ DECLARE c text; BEGIN SELECT conname INTO c FROM pg_constraint WHERE conrelid='comments'::regclass AND confrelid='posts'::regclass; EXECUTE format('ALTER TABLE comments DROP CONSTRAINT %I', c); END $$;

-- case: do-begin-if-not-exists-select-1-from-pg-enum-e-j
-- target:
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_enum e JOIN pg_type t ON e.enumtypid = t.oid WHERE t.typname='mood' AND e.enumlabel='c') THEN ALTER TYPE mood ADD VALUE 'c'; END IF; END $$;

-- case: do-begin-if-exists-select-1-from-pg-attribute-wh
-- target:
DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 'public.posts'::regclass AND attname='title' AND NOT attisdropped) THEN ALTER TABLE posts RENAME COLUMN title TO subject; END IF; END $$;

-- case: do-declare-t-text-begin-for-t-in-select-unnest-a
-- target:
DO $$ DECLARE t text; BEGIN FOR t IN SELECT unnest(ARRAY['posts','comments']) LOOP EXECUTE format('ALTER TABLE %I ADD COLUMN deleted boolean', t); END LOOP; END $$;

-- case: do-declare-t-text-begin-for-t-in-values-posts-co
-- target:
DO $$ DECLARE t text; BEGIN FOR t IN VALUES ('posts'),('comments') LOOP EXECUTE format('CREATE INDEX %s_del ON %I (deleted)', t, t); END LOOP; END $$;

-- case: do-declare-arr-text-posts-comments-t-text-begin
-- target:
DO $$ DECLARE arr text[] := '{posts,comments}'; t text; BEGIN FOREACH t IN ARRAY arr LOOP EXECUTE 'ALTER TABLE ' || t || ' DROP COLUMN IF EXISTS deleted'; END LOOP; END $$;

-- case: do-declare-r-record-begin-for-r-in-select-table
-- target:
DO $$ DECLARE r record; BEGIN FOR r IN (SELECT table_name FROM information_schema.tables WHERE table_schema='public' AND table_type = 'BASE TABLE') LOOP EXECUTE 'ALTER TABLE ' || quote_ident(r.table_name) || ' ADD COLUMN tenant int'; END LOOP; END $$;

-- case: do-declare-r-record-begin-for-r-in-select-c-conn
-- target:
DO $$ DECLARE r record; BEGIN FOR r IN SELECT c.conname, c.conrelid::regclass AS tbl FROM pg_constraint c WHERE c.contype = 'f' AND c.confrelid = 'users'::regclass LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.tbl, r.conname); END LOOP; END $$;

-- case: do-begin-perform-1-from-pg-indexes-where-indexna
-- target:
DO $$ BEGIN PERFORM 1 FROM pg_indexes WHERE indexname = 'comments_idx'; IF NOT FOUND THEN CREATE INDEX comments_idx ON comments (post_id); ELSE DROP INDEX comments_idx; END IF; END $$;

-- case: do-begin-if-exists-select-1-from-pg-constraint-c
-- target:
DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) WHERE c.conrelid = 'users'::regclass AND a.attname = 'email' AND c.contype = 'u') THEN ALTER TABLE users ALTER COLUMN email SET NOT NULL; END IF; END $$;

-- case: do-begin-execute-select-string-agg-format-alter
-- target:
DO $$ BEGIN EXECUTE (SELECT string_agg(format('ALTER TABLE %I SET (fillfactor = 80)', relname), '; ') FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace); END $$;

-- case: do-begin-if-current-setting-server-version-num-i
-- target:
DO $$ BEGIN IF current_setting('server_version_num')::int >= 120000 THEN ALTER TABLE users ADD COLUMN g int GENERATED ALWAYS AS (n + 1) STORED; ELSE ALTER TABLE posts ADD COLUMN g int; END IF; END $$;

-- case: do-begin-if-not-exists-select-from-pg-trigger-wh
-- target:
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'users_touch' AND NOT tgisinternal) THEN RAISE EXCEPTION 'x'; END IF; DROP TRIGGER users_touch ON users; END $$;

-- case: do-begin-if-exists-select-1-from-information-sch
-- target:
DO $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.table_constraints tc JOIN information_schema.constraint_column_usage u USING (constraint_name) WHERE tc.table_name = 'posts') THEN ALTER TABLE posts ADD COLUMN z1 int; END IF; END $$;

-- case: do-begin-if-exists-select-1-from-information-sch-2
-- target:
DO $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.table_constraints tc, information_schema.constraint_column_usage u WHERE tc.constraint_name = u.constraint_name AND tc.table_name = 'posts' AND tc.constraint_type = 'PRIMARY KEY') THEN ALTER TABLE posts ADD COLUMN z2 int; END IF; END $$;

-- case: do-declare-i-int-begin-for-i-in-1-3-loop-execute
-- target:
DO $$ DECLARE i int; BEGIN FOR i IN 1..3 LOOP EXECUTE format('CREATE TABLE users_%s (LIKE users)', i); END LOOP; END $$;

-- case: do-begin-create-table-if-not-exists-users-id-int
-- target:
DO $$ BEGIN CREATE TABLE IF NOT EXISTS users (id int); ALTER TABLE IF EXISTS nope ADD COLUMN x int; END $$;

-- case: do-declare-n-int-select-count-from-pg-views-wher
-- target:
DO $$ DECLARE n int := (SELECT count(*) FROM pg_views WHERE viewname = 'vu'); BEGIN IF n > 0 THEN DROP VIEW vu; END IF; END $$;

-- case: do-begin-begin-alter-table-users-add-constraint
-- target:
DO $$ BEGIN BEGIN ALTER TABLE users ADD CONSTRAINT uq UNIQUE (n); EXCEPTION WHEN duplicate_table OR duplicate_object THEN RAISE NOTICE 'exists'; END; END $$;

-- case: do-begin-begin-alter-table-users-add-constraint-2
-- target:
DO $$ BEGIN BEGIN ALTER TABLE users ADD CONSTRAINT uq UNIQUE (n); EXCEPTION WHEN duplicate_table OR duplicate_object THEN RAISE NOTICE 'exists'; END; END $$;

-- case: do-declare-has-col-boolean-begin-select-exists-s
-- target:
DO $$ DECLARE has_col boolean; BEGIN SELECT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'h') INTO has_col; IF has_col THEN ALTER TABLE users DROP COLUMN h; END IF; END $$;

-- case: do-begin-if-not-exists-select-1-from-pg-class-c
-- target:
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = 'ix_posts' AND n.nspname = 'public') THEN CREATE INDEX ix_posts ON posts (user_id); END IF; END $$;

-- case: do-declare-r-record-begin-for-r-in-select-sequen
-- target:
DO $$ DECLARE r record; BEGIN FOR r IN SELECT sequence_name FROM information_schema.sequences WHERE sequence_schema = 'public' LOOP EXECUTE format('SELECT setval(%L, 1000, false)', r.sequence_name); END LOOP; END $$;
-- case: function-default-arguments
CREATE TABLE hd (id int); CREATE FUNCTION stamp(t text, made boolean DEFAULT true, col text DEFAULT 'made_at') RETURNS void LANGUAGE plpgsql AS $$ BEGIN IF made THEN EXECUTE format('ALTER TABLE %I ADD COLUMN %I timestamptz', t, col); END IF; END $$;
-- target:
SELECT stamp('hd');
-- case: function-named-arguments
CREATE TABLE hd (id int); CREATE FUNCTION stamp(t text, made boolean DEFAULT true, col text DEFAULT 'made_at') RETURNS void LANGUAGE plpgsql AS $$ BEGIN IF made THEN EXECUTE format('ALTER TABLE %I ADD COLUMN %I timestamptz', t, col); END IF; END $$;
-- target:
SELECT stamp('hd', col => 'x');
-- case: aggregate-in-expression
CREATE TABLE hd (id int); CREATE INDEX hd_1 ON hd (id); CREATE INDEX hd_2 ON hd (id);
-- target:
DO $$ BEGIN IF (SELECT count(*) = 2 FROM pg_indexes WHERE indexname IN ('hd_1', 'hd_2')) THEN EXECUTE 'DROP INDEX hd_2'; END IF; END $$;
-- case: loop-over-sql-function
CREATE TABLE hd_deleted (id int); CREATE TABLE hd2_deleted (id int); CREATE FUNCTION deleted_tables() RETURNS SETOF name LANGUAGE sql AS $$ SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relkind IN ('r') AND c.relname OPERATOR(pg_catalog.~) '^(.+_deleted)$' COLLATE pg_catalog.default $$;
-- target:
DO $$ DECLARE t text; BEGIN FOR t IN SELECT deleted_tables() LOOP EXECUTE format('CREATE INDEX ON %I (id)', t); END LOOP; END $$;
-- case: ordered-names
CREATE TABLE hd (z int, a int, CONSTRAINT u UNIQUE (z, a));
-- target:
DO $$ DECLARE n text; BEGIN SELECT string_agg(attname, '_') INTO n FROM (SELECT attname FROM pg_attribute WHERE attrelid = 'hd'::regclass AND attnum > 0 ORDER BY attname) q; EXECUTE format('ALTER TABLE hd RENAME CONSTRAINT u TO %I', n); END $$;
-- case: setting-that-nobody-made
CREATE TABLE hd (id int);
-- target:
DO $$ DECLARE c text = coalesce(current_setting('app.column', true), 'id'); BEGIN EXECUTE format('ALTER TABLE hd DROP COLUMN %I', c); END $$;
-- case: index-on-collated-column
CREATE TABLE hd (id int, name text);
-- target:
CREATE INDEX hd_n ON hd (id, (name COLLATE "C"));

-- case: computed-and-numbered-columns
CREATE TABLE gen (id int GENERATED ALWAYS AS IDENTITY, n int, twice int GENERATED ALWAYS AS (n * 2) STORED)
-- target:
DO $$ DECLARE r record; BEGIN FOR r IN SELECT column_name, is_generated, is_identity FROM information_schema.columns WHERE table_name = 'gen' AND table_schema = 'public' LOOP IF r.is_generated = 'ALWAYS' THEN EXECUTE format('ALTER TABLE gen DROP COLUMN %I', r.column_name); ELSIF r.is_identity = 'YES' THEN LOCK TABLE posts IN SHARE MODE; ELSE LOCK TABLE comments IN SHARE MODE; END IF; END LOOP; END $$

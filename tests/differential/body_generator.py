"""What server_bodies.py draws its bodies from: functions, procedures, triggers, rules and DO blocks over bodies/schema.sql, and what runs them.

    Bodies(rng, major).script()      a list of statements

A text that EXECUTE runs is made of constants in one of the ways that migrations have; some are made of rows, which nobody can know beforehand.
"""

TABLES = {  # name: (an integer column, a text column)
    "app.account": ("parent_id", "name"), "app.orders": ("account_id", "note"), "app.item": ("qty", None), "app.category": ("parent_id", "label"), "app.setting": (None, "value"),
    "app.legacy_user": ("id", "nick"), "app.empty_one": ("k", "note"), "app.doc": ("k", "title"), "app.invoice": ("amount", "title"), "part.event": ("account_id", None),
    "part.tag": (None, "tag"), "audit.log": ("row_id", "op"), "part.event_2024_01": ("account_id", None), "app.product": ("price", "sku"), "app.shipment": ("item_id", None)}
READ = list(TABLES) + ["app.v_account", "app.v_order", "app.m_total", "audit.summary", "app.empty_two"]
PLAIN = ["app.category", "app.setting", "app.legacy_user", "app.empty_one", "app.product", "app.orders", "app.item", "audit.log"]  # whose columns the bodies change


class Bodies:
    def __init__(self, rng, major):
        self.r, self.major, self.n = rng, major, 0
        self.functions, self.procedures, self.triggers, self.variables, self.added = [], [], [], [], []

    # --- chance -----------------------------------------------------------------------------------------------------------------------

    def chance(self, p):
        return self.r.random() < p

    def pick(self, *choices):
        return self.r.choice([c for c in choices if c])

    def fresh(self, stem):
        self.n += 1
        return f"{stem}{self.n}"

    def call(self, *makers):
        """One of the makers that has something to give."""
        for _ in range(10):
            made = self.r.choice(makers)()
            if made:
                return made
        return "NULL;"

    # --- SQL --------------------------------------------------------------------------------------------------------------------------------

    def table(self):
        return self.r.choice(list(TABLES))

    def query(self):
        t, o = self.r.choice(READ), self.r.choice(READ)
        return self.pick(f"SELECT count(*) FROM {t}", f"SELECT 1 FROM {t} LIMIT 1", f"SELECT count(*) FROM {t} a, {o} b WHERE false", f"SELECT 1 FROM {t} WHERE EXISTS (SELECT 1 FROM {o})")

    def dml(self):
        t = self.table()
        number, text = TABLES[t]
        where = self.pick("", "", " WHERE false", f" WHERE {number} > 2" if number else "", f" WHERE {text} = 'x'" if text else "")
        return self.pick(
            f"UPDATE {t} SET {number} = {number}{where}" if number else None, f"UPDATE {t} SET {text} = {text}{where}" if text else None, f"DELETE FROM {t}{where}",
            f"INSERT INTO audit.log (tbl, op, row_id) VALUES ('{t}', 'X', 1)", f"INSERT INTO audit.log (tbl) SELECT 'y' FROM {self.r.choice(READ)}", f"INSERT INTO app.legacy_user VALUES (1, 'a@b', 'n')",
            f"INSERT INTO app.orders (total) VALUES ({self.r.randint(1, 9)})", "INSERT INTO app.category VALUES (nextval('app.ticket') + 100, NULL, 'n')",
            f"INSERT INTO app.setting VALUES ('{self.fresh('s')}', 'v') ON CONFLICT (name) DO UPDATE SET value = 'w'", "UPDATE app.v_account SET name = 'z' WHERE id = 1", "UPDATE app.v_order SET total = 3 WHERE id = 1",
            f"INSERT INTO app.v_rule VALUES ({self.n + 1000}, 'sku{self.n + 1000}')", f"INSERT INTO part.event (id, day) VALUES ({self.n + 100}, '2024-01-0{self.r.randint(1, 9)}')",
            f"INSERT INTO part.event (id, day, kind) VALUES ({self.n + 100}, '2024-0{self.r.randint(1, 4)}-03', '{self.r.choice('xy')}')", f"WITH d AS (DELETE FROM app.shipment RETURNING id) INSERT INTO audit.log (row_id) SELECT id FROM d",
            f"SELECT 1 FROM {t} FOR UPDATE" if not t.startswith("part") else None)

    def ddl(self):
        t, c = self.r.choice(PLAIN), self.fresh("c")
        self.added.append((t, c))
        old = self.r.choice(self.added)
        number = TABLES[t][0]
        return self.pick(
            f"ALTER TABLE {t} ADD COLUMN {c} int", f"ALTER TABLE {t} ADD COLUMN IF NOT EXISTS {c} text DEFAULT 'x'", f"CREATE INDEX {self.fresh('i')} ON {t} ({number})" if number else None, f"COMMENT ON TABLE {t} IS 'x'",
            f"ALTER TABLE {old[0]} DROP COLUMN IF EXISTS {old[1]}", f"CREATE TABLE IF NOT EXISTS app.{self.fresh('t')} (id int PRIMARY KEY, a int REFERENCES app.product)", f"ALTER TABLE {t} DISABLE TRIGGER USER",
            f"ALTER TABLE {t} ADD CONSTRAINT {self.fresh('k')} CHECK ({number} IS NULL OR {number} < 1000000){self.pick(' NOT VALID', ' ')}" if number else None, f"LOCK TABLE {t} IN {self.pick('SHARE', 'EXCLUSIVE', 'ROW SHARE')} MODE",
            f"ANALYZE {t}", f"CREATE TEMP TABLE {self.fresh('tt')} AS SELECT * FROM {self.r.choice(READ)}", f"TRUNCATE {self.pick('app.empty_two', 'app.shipment', 'app.setting')}", f"DROP TABLE IF EXISTS app.{c}")

    def sql(self):
        return self.dml() if self.chance(0.65) else self.ddl()

    # --- expressions -----------------------------------------------------------------------------------------------------------------------

    def condition(self):
        """What the catalogue or constants answer, for the most part."""
        t = self.table()
        schema, name = t.split(".")
        missing = self.chance(0.4)
        return self.pick(
            f"to_regclass('{t}{'_no' if missing else ''}') IS {self.pick('NOT ', ' ')}NULL", f"{self.pick('NOT ', ' ')}EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = '{schema}' AND table_name = '{name}' AND column_name = '{TABLES[t][0] or 'x'}')",
            f"{self.pick('NOT ', ' ')}EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '{schema}' AND c.relname = '{name}')", f"(SELECT count(*) FROM pg_constraint WHERE conrelid = '{t}'::regclass AND contype = 'f') > {self.r.randint(0, 1)}",
            f"1 {self.pick('=', '<', '>')} {self.r.randint(0, 2)}", "TG_OP = 'INSERT'" if "new" in self.variables else None, f"EXISTS (SELECT 1 FROM {t})", f"n {self.pick('>', '<=')} 1" if "n" in self.variables else None, "t LIKE 'app.%'" if "t" in self.variables else None,
            f"current_setting('server_version_num')::int >= {self.pick('140000', '170000')}", f"app.has_column('{name}', 'id')", "FOUND" if self.variables else None, "NEW.id IS NOT NULL" if "new" in self.variables else None,
            "TG_TABLE_NAME = 'orders'" if "new" in self.variables else None)

    def text_of(self, sql):
        """An expression that gives the statement."""
        quoted = "'" + sql.replace("'", "''") + "'"
        t = next((t for t in PLAIN if t in sql), None)
        schema, name = (t or "a.b").split(".")
        template = sql.replace("'", "''").replace("%", "%%")
        return self.pick(
            quoted, f"$q${sql}$q$", f"format('{template.replace(t, '%I.%I')}', {', '.join([f'{chr(39)}{schema}{chr(39)}, {chr(39)}{name}{chr(39)}'] * template.count(t))})" if t else None,
            f"'{sql.replace(chr(39), chr(39) * 2).replace(t, chr(39) + ' || quote_ident(' + chr(39) + schema + chr(39) + ') || ' + chr(39) + '.' + chr(39) + ' || quote_ident(' + chr(39) + name + chr(39) + ') || ' + chr(39))}'" if t else None,
            f"replace('{sql.replace(chr(39), chr(39) * 2).replace(t, '@@')}', '@@', '{t}')" if t else None, f"concat_ws(' ', {', '.join(chr(39) + w.replace(chr(39), chr(39) * 2) + chr(39) for w in sql.split())})" if "''" not in sql else None,
            f"format('{template.replace(t, '%s')}', {', '.join([chr(39) + t + chr(39) + '::regclass'] * template.count(t))})" if t else None, f"CASE WHEN {self.condition()} THEN {quoted} ELSE 'SELECT 1' END", f"upper('x') || ' ' || {quoted}" if False else None)

    # --- statements of a body ---------------------------------------------------------------------------------------------------------------

    def one_sql(self):
        return f"{self.sql()};" if not self.quiet else f"{self.dml()};"

    def simple(self):
        sql = self.sql() if not self.quiet else self.dml()
        query = self.query()
        if sql.startswith("SELECT"):
            return f"PERFORM {sql[7:]};"
        return self.pick(
            f"{sql};", f"{sql};", f"EXECUTE {self.text_of(sql)};", f"EXECUTE {self.text_of(sql)};", f"PERFORM {query[7:]};", f"m := ({query});" if "m" in self.variables and "LIMIT" not in query and "EXISTS" not in query else None,
            f"SELECT count(*) INTO n FROM {self.r.choice(READ)};" if "n" in self.variables else None, f"n := n + {self.r.randint(0, 2)};" if "n" in self.variables else None, f"t := '{self.r.choice(PLAIN)}';" if "t" in self.variables else None,
            "EXECUTE 'COMMENT ON TABLE ' || t || ' IS ''t''';" if "t" in self.variables and not self.quiet else None, f"PERFORM {self.r.choice(self.functions)};" if self.functions and self.chance(0.7) else None,
            f"GET DIAGNOSTICS n = ROW_COUNT;" if "n" in self.variables else None, f"EXECUTE 'SELECT count(*) FROM {self.r.choice(READ)}' INTO n;" if "n" in self.variables else None, "RAISE NOTICE 'note %', 1;", "NULL;",
            f"DELETE FROM {self.pick('app.item', 'app.shipment', 'app.empty_one')} WHERE id = $1;" if False else None, f"CALL {self.r.choice(self.procedures)};" if self.procedures and not self.quiet and self.chance(0.3) else None)

    def unknown(self):
        return self.pick("EXECUTE 'COMMENT ON TABLE ' || (SELECT value FROM app.setting WHERE name = 'table') || ' IS ''u''';", "EXECUTE (SELECT 'ANALYZE ' || value FROM app.setting WHERE name = 'table');")

    def some(self, depth, n=2):
        return " ".join(self.statement(depth + 1) for _ in range(self.r.randint(1, n)))

    def branch(self, depth):
        if self.chance(0.25):
            return f"IF {self.condition()} THEN {self.some(depth)} ELSIF {self.condition()} THEN {self.some(depth)} ELSE {self.some(depth)} END IF;"
        if self.chance(0.2):
            return f"CASE {self.pick('1', '2', chr(39) + 'a' + chr(39))} WHEN 1 THEN {self.some(depth)} WHEN 2 THEN {self.some(depth)} ELSE {self.some(depth)} END CASE;".replace("CASE 'a' WHEN 1 THEN", "CASE 'a' WHEN 'a' THEN").replace("WHEN 2 THEN", "WHEN 2 THEN") \
                if self.chance(0.5) else f"CASE WHEN {self.condition()} THEN {self.some(depth)} ELSE {self.some(depth)} END CASE;"
        return f"IF {self.condition()} THEN {self.some(depth)}{self.pick('', f' ELSE {self.some(depth)}')} END IF;"

    def loop(self, depth):
        kept, self.quiet = self.quiet, True  # what changes the catalogue twice would fail
        inner = self.some(depth, 1)
        self.quiet = kept
        i = self.fresh("v")
        tables = self.r.sample(PLAIN, 2)
        shape = self.r.randint(0, 8)
        comment = inner if kept else f"EXECUTE format('COMMENT ON TABLE %s IS %L', {i}, 'x'); {inner}"
        if shape == 0:
            return f"FOR {i} IN {self.pick('1..2', 'REVERSE 2..1', '1..5 BY 3', '2..1')} LOOP {inner}{self.pick('', f' EXIT WHEN {i} = 1;', f' CONTINUE WHEN {i} = 1; {self.dml()};'.replace('SELECT 1', 'PERFORM 1'))} END LOOP;"
        if shape == 1:
            return f"DECLARE {i} text; BEGIN FOREACH {i} IN ARRAY ARRAY['{tables[0]}', '{tables[1]}'] LOOP {comment} END LOOP; END;"
        if shape == 2:
            return f"DECLARE {i} text; BEGIN FOR {i} IN SELECT x FROM unnest('{{{','.join(tables)}}}'::text[]) AS x LOOP {comment} END LOOP; END;"
        if shape == 3:
            body = f"EXECUTE 'COMMENT ON TABLE ' || {i}.a || '.' || quote_ident({i}.b) || ' IS NULL';" if not kept else inner
            return f"DECLARE {i} record; BEGIN FOR {i} IN SELECT * FROM (VALUES ('{tables[0].split('.')[0]}', '{tables[0].split('.')[1]}'), ('{tables[1].split('.')[0]}', '{tables[1].split('.')[1]}')) v(a, b) LOOP {body} END LOOP; END;"
        if shape == 4:
            body = f"EXECUTE format('ANALYZE %I.%I', {i}.nspname, {i}.relname);" if not kept else inner
            return f"DECLARE {i} record; BEGIN FOR {i} IN SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '{self.pick('audit', 'part')}' AND c.relkind = 'r' ORDER BY c.relname LOOP {body} END LOOP; END;"
        if shape == 5:
            return f"DECLARE {i} int := 0; BEGIN WHILE {i} < {self.r.randint(0, 2)} LOOP {inner} {i} := {i} + 1; END LOOP; END;"
        if shape == 6:
            return f"DECLARE {i} record; BEGIN FOR {i} IN {self.query()} LOOP {inner} END LOOP; END;"
        if shape == 7:
            return f"DECLARE {i} CURSOR FOR {self.query()}; BEGIN OPEN {i}; CLOSE {i}; {inner} END;"
        return f"DECLARE {i} int := 0; BEGIN LOOP {i} := {i} + 1; EXIT WHEN {i} > {self.r.randint(0, 2)}; {inner} END LOOP; END;"

    def caught(self, depth):
        name, state = self.r.choice([("undefined_table", "DROP TABLE app.no_such;"), ("duplicate_table", "CREATE TABLE app.setting (id int);"), ("duplicate_column", "ALTER TABLE app.setting ADD COLUMN name text;"),
                                     ("raise_exception", "RAISE EXCEPTION 'no';"), ("undefined_column", "ALTER TABLE app.category RENAME COLUMN no_such TO x;"), ("division_by_zero", "RAISE division_by_zero;"), ("data_exception", "RAISE SQLSTATE '22003';"), ("undefined_function", "PERFORM app.no_such(1);")])
        handler = self.pick(name, "others", f"unique_violation OR {name}")
        fails = state if self.chance(0.6) else "NULL;"
        return f"BEGIN {self.some(depth)} {fails} EXCEPTION WHEN {handler} THEN {self.some(depth)} END;"

    def statement(self, depth=0):
        if depth < 3 and self.chance(0.4):
            return self.call(lambda: self.branch(depth), lambda: self.branch(depth), lambda: self.loop(depth), lambda: self.loop(depth), lambda: self.caught(depth))
        return self.unknown() if not self.quiet and self.chance(0.02) else self.simple()

    def body(self, variables=(), end="", quiet=False, commit=False):
        kept = self.variables
        self.variables, self.quiet = [*variables, "n", "m", "t"], quiet
        parts = [self.statement() for _ in range(self.r.randint(1, 4))]
        if commit and self.chance(0.7):
            parts.insert(self.r.randint(0, len(parts)), self.pick("COMMIT;", "COMMIT;", "ROLLBACK;"))
        self.variables = kept
        return f"DECLARE n bigint := 1; m bigint; t text := '{self.r.choice(PLAIN)}'; BEGIN {' '.join(parts)} {end}END"

    quiet = False

    # --- statements of a script -------------------------------------------------------------------------------------------------------------

    def function(self):
        name, kind = f"app.{self.fresh('f')}", self.r.randint(0, 6)
        extra = self.pick("", "", "", " STABLE" if False else "", " SECURITY DEFINER", " SET search_path = app, part, audit", " STRICT")
        if kind <= 2:
            made = f"CREATE FUNCTION {name}(a int DEFAULT 1, b text DEFAULT 'app.product') RETURNS int LANGUAGE plpgsql{extra} AS $f$ {self.body(end='RETURN a; ', quiet=self.chance(0.6))} $f$"
            uses = [f"{name}()", f"{name}(2)", f"{name}(b => 'x')", f"{name}(3, 'app.setting')"]
        elif kind == 3:
            made = f"CREATE FUNCTION {name}(t text) RETURNS void LANGUAGE plpgsql AS $f$ BEGIN IF to_regclass('app.' || t) IS NOT NULL THEN EXECUTE format('UPDATE app.%I SET id = id', t); {self.dml().replace('SELECT 1', 'PERFORM 1')}; END IF; END $f$"
            uses = [f"{name}('item')", f"{name}('no_such')", f"{name}(t => 'category')"]
        elif kind == 4:
            made = f"CREATE FUNCTION {name}() RETURNS void LANGUAGE sql{extra.replace(' STRICT', '')} AS $f$ {self.dml()}; {self.query()}; {self.dml()}; SELECT; $f$".replace("SELECT;", "SELECT NULL::void;")
            made = made.replace("SELECT NULL::void;", "UPDATE app.setting SET value = value;")
            uses = [f"{name}()"]
        elif kind == 5:
            made = f"CREATE FUNCTION {name}(x int) RETURNS bigint LANGUAGE sql STABLE AS $f$ SELECT count(*) FROM {self.r.choice(READ)} WHERE x > 0 $f$"
            uses = [f"{name}(1)", f"{name}(NULL)"]
        else:
            made = f"CREATE FUNCTION {name}() RETURNS SETOF bigint LANGUAGE plpgsql AS $f$ BEGIN RETURN QUERY SELECT count(*) FROM {self.r.choice(READ)}; RETURN QUERY EXECUTE 'SELECT count(*) FROM {self.r.choice(READ)}'; {self.dml().replace('SELECT 1', 'PERFORM 1')}; RETURN NEXT 1; END $f$"
            uses = []
            self.later = f"SELECT * FROM {name}()"
        self.functions += uses
        return made

    later = None

    def procedure(self):
        name = f"app.{self.fresh('p')}"
        commit = self.chance(0.5)
        made = f"CREATE PROCEDURE {name}(a int DEFAULT 2) LANGUAGE plpgsql AS $p$ {self.body(commit=commit)} $p$"
        self.procedures += [f"{name}()", f"{name}(1)"]
        return made

    def trigger_function(self):
        name = f"app.{self.fresh('g')}"
        end = self.pick("RETURN NEW; ", "RETURN COALESCE(NEW, OLD); ", "RETURN NULL; ", "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; ")
        self.triggers.append(name)
        return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $g$ {self.body(variables=['new'], end=end, quiet=True)} $g$"

    def trigger(self):
        if not self.triggers:
            return self.trigger_function()
        t, f = self.table(), self.r.choice(self.triggers)
        event = self.pick("INSERT", "UPDATE", "DELETE", "INSERT OR DELETE", "UPDATE OR DELETE", "INSERT OR UPDATE OR DELETE", f"UPDATE OF {TABLES[t][0]}" if TABLES[t][0] else None)
        level, when = self.pick("ROW", "ROW", "STATEMENT"), self.pick("BEFORE", "AFTER", "AFTER")
        transition = "REFERENCING NEW TABLE AS nn " if when == "AFTER" and event == "INSERT" and self.chance(0.3) and (level == "STATEMENT" or t not in ("part.event", "part.tag", "app.invoice", "part.event_2024_01")) else ""
        condition = f"WHEN (NEW.{TABLES[t][0]} > 1) " if level == "ROW" and TABLES[t][0] and event in ("INSERT", "UPDATE") and self.chance(0.2) else ""
        return f"CREATE TRIGGER {self.fresh('z')} {when} {event} ON {t} {transition}FOR EACH {level} {condition}EXECUTE FUNCTION {f}()"

    def rule(self):
        t = self.r.choice(["app.legacy_user", "app.setting", "app.empty_one", "app.doc"])
        event = self.pick("INSERT", "UPDATE", "DELETE")  # a cached plan of what a rule made nothing of locks nothing: no function writes to app.doc
        return f"CREATE RULE {self.fresh('u')} AS ON {event} TO {t} DO {self.pick('ALSO', 'ALSO', 'INSTEAD')} {self.pick('INSERT INTO audit.log (tbl) VALUES (' + chr(39) + 'r' + chr(39) + ')', 'UPDATE app.category SET label = label', 'NOTHING' if t == 'app.doc' else None, 'DELETE FROM app.shipment')}"

    def key(self):
        t, c = self.r.choice([("app.category", "parent_id"), ("app.item", "product_id"), ("app.orders", "account_id"), ("part.event", "account_id"), ("app.account", "parent_id"), ("app.empty_two", "one_id")])
        o = {"parent_id": t, "product_id": "app.product", "account_id": "app.account", "one_id": "app.empty_one"}[c]
        return f"ALTER TABLE {t} ADD CONSTRAINT {self.fresh('fk')} FOREIGN KEY ({c}) REFERENCES {o} ON DELETE {self.pick('CASCADE', 'SET NULL', 'SET DEFAULT', 'RESTRICT', 'NO ACTION')} ON UPDATE {self.pick('CASCADE', 'SET NULL', 'NO ACTION')}{self.pick('', ' DEFERRABLE', ' DEFERRABLE INITIALLY DEFERRED')}"

    def written(self):
        """DML with what hangs on it: triggers, keys, rules."""
        t = self.r.choice(["app.account", "app.product", "app.category", "app.orders", "app.empty_one", "part.event", "app.item"])
        return self.pick(self.dml(), self.dml(), f"DELETE FROM {t}", f"DELETE FROM {t} WHERE id = {self.r.randint(1, 6)}", f"UPDATE {t} SET id = id + 1000 WHERE id = {self.r.randint(1, 6)}",
                         f"TRUNCATE {t} CASCADE" if self.chance(0.2) else None)

    def run(self):
        used = self.r.choice(self.functions) if self.functions else None
        if self.later and self.chance(0.5):
            made, self.later = self.later, None
            return made
        return self.pick(f"SELECT {used}" if used else None, f"SELECT {used}" if used else None, f"SELECT 1 FROM app.product WHERE id = 1 AND {used} IS NULL" if used else None,
                         f"CALL {self.r.choice(self.procedures)}" if self.procedures else None, f"DO $d$ {self.body(commit=self.chance(0.3))} $d$", f"DO $d$ {self.body()} $d$",
                         f"SELECT app.down({self.r.randint(0, 3)})", f"SELECT app.over({self.pick('1', chr(39) + 'x' + chr(39) + '::text')})")

    def statement_of_script(self):
        return self.r.choice([self.function, self.function, self.procedure, self.trigger_function, self.trigger, self.trigger, self.rule, self.key, self.written, self.written, self.written, self.run, self.run, self.run,
                              self.run, self.run])()

    def script(self, length=16):
        return [" ".join(self.statement_of_script().split()) for _ in range(length)]

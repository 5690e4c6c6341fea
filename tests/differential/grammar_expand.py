"""Makes statements of grammar_table.py's templates, over what a database has."""
import random
import re

import grammar_table as table

LOOK = """
SELECT 'c', c.oid::regclass::text, a.attname, CASE WHEN a.atttypid::regtype::text IN ('integer', 'bigint', 'smallint', 'lib.qty') THEN 'i' WHEN a.atttypid::regtype::text IN ('text', 'character varying', 'lib.isbn') THEN 't' ELSE '' END
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE a.attnum > 0 AND NOT a.attisdropped AND c.oid >= 16384
UNION ALL SELECT CASE contype WHEN 'f' THEN 'f' WHEN 'c' THEN 'h' ELSE 'k' END, conrelid::regclass::text, conname, '' FROM pg_constraint WHERE conrelid >= 16384 AND (contype <> 'n' OR connoinherit)
UNION ALL SELECT CASE WHEN indisunique THEN 'u' ELSE 'x' END, indrelid::regclass::text, c.relname, '' FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indrelid >= 16384
UNION ALL SELECT 'g', tgrelid::regclass::text, tgname, '' FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'l', ev_class::regclass::text, rulename, '' FROM pg_rewrite WHERE ev_class >= 16384
UNION ALL SELECT 'p', inhrelid::regclass::text, inhparent::regclass::text, '' FROM pg_inherits
UNION ALL SELECT 'q', inhparent::regclass::text, inhrelid::regclass::text, '' FROM pg_inherits ORDER BY 1, 2, 3"""
VERSIONS = re.compile(r"^(\d\d)(?:-(\d\d)|\+) ")
SAMPLED = re.compile(r"\[([^\[\]{}]*)\]")
PRODUCT = re.compile(r"\{([^{}]*)\}")
NAMED = re.compile(r"<(\w+)>")
WORD = re.compile(r"(?<![\w$@])(\$[a-z]|@)(?![\w@])")
GROUPS = {"k": "kfhu", "x": "xu", "h": "h"}  # a constraint of any sort, an index of any sort
DESTRUCTIVE = re.compile(r"(INSERT|UPDATE|DELETE|MERGE|COPY)\b.*pg_catalog\.")  # a superuser may write catalogues
TEMPORARY = "CREATE TEMP TABLE tmp (id int PRIMARY KEY, n int UNIQUE, t text, serial serial, CONSTRAINT tmp_n CHECK (n > 0))"


def quoted(name):
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else '"' + name + '"'


class World:
    """What each relation has: columns, constraints, indexes ..."""

    def __init__(self, cursor, major):
        cursor.execute(LOOK)
        self.major, self.has = major, {}
        for sort, relation, name, more in cursor.fetchall():
            for s in {sort, more} if sort == "c" and more else {sort}:
                self.has.setdefault((relation, s), []).append(name if s in "pq" else quoted(name))
        self.has[("pg_temp.tmp", "c")] = ["id", "n", "t", "serial"]
        self.has.update({("pg_temp.tmp", "i"): ["id", "n"], ("pg_temp.tmp", "t"): ["t"], ("pg_temp.tmp", "k"): ["tmp_n", "tmp_pkey"], ("pg_temp.tmp", "u"): ["tmp_n_key"]})

    def pick(self, rng, relation, sort):
        found = [n for s in GROUPS.get(sort, sort) for n in self.has.get((relation, s), [])]
        return rng.choice(found) if found else "oid" if relation == "pg_catalog.pg_class" else "missing"


def of_version(text, major):
    m = VERSIONS.match(text)
    return not m or int(m[1]) <= major <= int(m[2] or 99)


def alternatives(text, major):
    """Those of a|b|c that the version has."""
    return [VERSIONS.sub("", a) for a in re.split(r"\|(?![^\[\]]*\])", text) if of_version(a, major)]


def product(text, major):
    """Every way through the braces and the names of a template."""
    m = PRODUCT.search(text) if "{" in text else NAMED.search(text)
    n = NAMED.search(text)
    if n and n[1] == "rel":
        return [x.replace("\0", n[1]) for r in relations(major) for x in product(text[:n.start()] + r + text[n.end():], major)]
    if n and (not m or n[1] in table.NAMED):
        return [x for a in table.NAMED[n[1]] for x in product(text[:n.start()] + a + text[n.end():], major)]
    if not m:
        return [text]
    return [x for a in alternatives(m[1], major) for x in product(text[:m.start()] + a + text[m.end():], major)]


def relations(major):
    found = re.findall(r'(?:"[^"]*"|[^"\s])+', table.RELATIONS)
    return [r for r in found if major >= 18 or r not in ("lib.virt", "lib.period")]


def sampled(text, major, rng, turn):
    """One way through the brackets; turn: which, of those with fewer the rest by chance."""
    while m := SAMPLED.search(text):
        found = alternatives(m[1], major)
        text = text[:m.start()] + (found[turn] if turn < len(found) else rng.choice(found)) + text[m.end():] if found else "\0"
    return text


def turns(text, major):
    return max([len(alternatives(m, major)) for m in SAMPLED.findall(text)], default=1)


def relation_of(text, major):
    """The relation that a statement speaks of, the first that it names."""
    found = [(text.find(r), -len(r), r) for r in relations(major) if re.search(re.escape(r) + r'(?![\w"])', text)]
    return min(found)[2] if found else "lib.book"


def fill(text, world, rng):
    relation = relation_of(text, world.major)
    return WORD.sub(lambda m: relation if m[0] == "@" else world.pick(rng, relation, m[0][1]), text)


def templates(major):
    """[template] of the version: ALTER TABLE's commands on every relation, then the other statements."""
    found = []
    for line in table.COMMANDS.split("\n"):
        if line and of_version(line, major):
            found.append(f"ALTER TABLE [||||IF EXISTS ][|||ONLY ]<rel> {VERSIONS.sub('', line)}")
    found += [f"ALTER TABLE [||ONLY ]<rel> \1{i}, \1{i + 1}" for i in range(3)]
    for line in table.STATEMENTS.split("\n"):
        if line and not line.startswith("--") and of_version(line, major):
            found.append(VERSIONS.sub("", line))
    return found


def commands(major, rng):
    """A random command of ALTER TABLE, for several in one."""
    lines = [x for x in table.COMMANDS.split("\n") if x and not re.match(r"(\d\d\S* )?(RENAME|SET SCHEMA|ATTACH|DETACH)", x)]
    while True:
        line = rng.choice(lines)
        if of_version(line, major):
            return rng.choice(product(VERSIONS.sub("", line), major))


def statements(world, seed):
    """[(set-up or None, statement)] of every template, first one of each; what the seed decides are the brackets, the names and the order."""
    found, seen = [], set()
    for t in templates(world.major):
        each = product(t, world.major)
        random.Random(f"{seed} {t}").shuffle(each)
        for n, text in enumerate(each):
            rng = random.Random(f"{seed} {text}")
            for turn in range(turns(text, world.major) if len(each) == 1 else 1):
                one = re.sub("\1.", lambda _: commands(world.major, rng), text)
                one = " ".join(fill(sampled(one, world.major, rng, turn if len(each) == 1 else 99), world, rng).split()).replace(" ARRAY [", " ARRAY[")
                if "\0" not in one and one not in seen and not DESTRUCTIVE.match(one):
                    seen.add(one)
                    found.append((n + turn, TEMPORARY if "pg_temp.tmp" in one else None, one))
    random.Random(seed).shuffle(found)
    return [x[1:] for x in sorted(found, key=lambda x: x[0])]

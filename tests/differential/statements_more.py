"""More of what server_random_script.py draws from: what PostgreSQL users write besides tables and queries, and the newer versions' own sorts of constraints.

Each generator takes a World of statements.py and gives SQL, or None when the database has nothing for it.
"""
import server_random_wide as wide
import statements_newer


def one(w, *choices):
    found = [c for c in choices if c]
    return w.r.choice(found) if found else None


def many(w):
    """ALTER TABLE with many subcommands."""
    t = w.rel("rrp")
    return t and f"ALTER TABLE {t} " + ", ".join(wide.subcommand(w, t) for _ in range(w.r.randint(4, 6)))


def partitioned_index(w):
    """An index of a partitioned table put together from its partitions'."""
    p, i = w.rel("p"), w.pick("idx")
    x = next((x for x in w.rows if x[0] == "pcn" and f"{x[1]}.{x[2]}" == p and w.chance(0.6)), None)
    c = p and w.column(p)
    if not x or not c:
        return None
    above = next((y for y in w.rows if y[0] == "idx" and f"{y[1]}.{y[2]}" == p and w.chance(0.6)), None)
    below = next((y for y in w.rows if y[0] == "idx" and y[1] == x[5] and y[2] == x[3] and w.chance(0.6)), i)
    return one(w, f"CREATE INDEX {w.fresh('px')} ON ONLY {p} ({c})", f"CREATE INDEX {w.fresh('px')} ON {x[5]}.{x[3]} ({c})", above and below and f"ALTER INDEX {above[1]}.{above[3]} ATTACH PARTITION {below[1]}.{below[3]}",
               f"REINDEX INDEX {w.maybe(0.3, 'CONCURRENTLY ')}{above[1]}.{above[3]}" if above else None, f"REINDEX TABLE {w.maybe(0.3, 'CONCURRENTLY ')}{p}", f"ALTER TABLE {p} DROP COLUMN {c}")


def settings_of(w):
    x, i, m, v = w.pick("rel", "rp"), w.pick("idx"), w.rel("m"), w.rel("v")
    t = x and f"{x[1]}.{x[2]}"
    return one(w, i and f"ALTER INDEX {i[1]}.{i[3]} ALTER COLUMN 1 SET STATISTICS 100", i and f"ALTER INDEX {i[1]}.{i[3]} RESET (fillfactor)", i and f"ALTER INDEX {i[1]}.{i[3]} SET (fastupdate = off)",
               m and f"ALTER MATERIALIZED VIEW {m} {w.r.choice(['SET (autovacuum_enabled = off)', 'ALTER COLUMN k SET STATISTICS 5', 'RENAME COLUMN k TO kk', 'SET WITHOUT CLUSTER', 'SET ACCESS METHOD heap'])}",
               v and f"ALTER VIEW {v} {w.r.choice(['SET (security_barrier = true)', 'RESET (security_barrier)', 'RENAME COLUMN k TO kk', 'ALTER COLUMN k DROP DEFAULT'])}",
               t and f"ALTER TABLE {t} {w.r.choice(['SET LOGGED', 'SET UNLOGGED', 'SET TABLESPACE pg_default', 'SET (parallel_workers = 2)', 'RESET (toast.autovacuum_enabled)', 'SET (nothing = 1)'])}",
               "ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE pg_default", t and f"SECURITY LABEL ON TABLE {t} IS 'x'", t and f"ALTER TABLE {t} RENAME CONSTRAINT nothing TO {w.fresh('c')}")


def rights(w):
    x, f, s = w.pick("rel", "rpv"), w.pick("fun"), w.rel("S")
    return one(w, x and f"GRANT ALL ON {x[1]}.{x[2]} TO app_rw WITH GRANT OPTION", x and f"REVOKE GRANT OPTION FOR SELECT ON {x[1]}.{x[2]} FROM app_rw CASCADE", f and f"GRANT EXECUTE ON FUNCTION {f[1]}.{f[2]}({f[3]}) TO app_ro",
               "GRANT USAGE, CREATE ON SCHEMA s1 TO app_rw", "GRANT SELECT ON ALL TABLES IN SCHEMA s1, s2 TO app_ro", s and f"REVOKE ALL ON SEQUENCE {s} FROM PUBLIC", "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA s1 TO app_ro",
               "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC", "GRANT app_ro TO app_rw")


def publications(w):
    t, b, o = w.rel("rrp"), w.pick("pub"), w.rel("rrp")
    c = t and w.column(t)
    if not c:
        return None
    lists = w.r.choice(["", f" ({c})", f" (id, {c})", f" ({c}) WHERE ({c} IS NOT NULL)", " WHERE (k > 1)"]) if w.major >= 15 else ""
    return one(w, f"CREATE PUBLICATION {w.fresh('b')} FOR TABLE {t}{lists}" + (f", {o}" if o and w.chance(0.3) else ""), b and f"ALTER PUBLICATION {b[2]} {w.r.choice(['ADD', 'SET'])} TABLE {t}{lists}",
               b and w.major >= 15 and f"ALTER PUBLICATION {b[2]} {w.r.choice(['ADD', 'DROP', 'SET'])} TABLES IN SCHEMA {w.schema()}", f"ALTER TABLE {t} DROP COLUMN {c}{w.cascade()}", f"ALTER TABLE {t} ALTER COLUMN {c} TYPE text",
               b and f"ALTER PUBLICATION {b[2]} SET (publish_via_partition_root = true)", f"UPDATE {t} SET {c} = NULL", f"DELETE FROM {t}", f"ALTER TABLE {t} REPLICA IDENTITY {w.r.choice(['FULL', 'DEFAULT', 'NOTHING'])}")


def newer(w):
    t, o, k, p = w.rel("rrp"), w.rel("rrp"), w.pick("con", "f", 4), w.rel("p")
    c = t and w.column(t)
    name = f"{w.schema()}.{w.fresh('t')}"
    if not c or not o:
        return None
    return one(w, w.major >= 15 and f"ALTER TABLE {t} ADD UNIQUE NULLS NOT DISTINCT ({c})", w.major >= 15 and f"CREATE UNIQUE INDEX {w.fresh('x')} ON {t} ({c}) NULLS NOT DISTINCT",
               w.major >= 15 and f"ALTER TABLE {t} ADD FOREIGN KEY ({c}) REFERENCES {o} (id) ON DELETE SET NULL ({c})", w.major >= 17 and p and f"ALTER TABLE {p} ADD EXCLUDE USING btree (k WITH =)",
               w.major >= 17 and f"MERGE INTO {t} a USING {o} b ON a.k = b.k WHEN NOT MATCHED BY SOURCE THEN UPDATE SET v = NULL RETURNING merge_action(), a.k",
               w.major >= 18 and f"CREATE TABLE {name} (id int4range, valid daterange, k int, v text, PRIMARY KEY (id, valid WITHOUT OVERLAPS))",
               w.major >= 18 and f"CREATE TABLE {name} (id int PRIMARY KEY, k int, v text, g int GENERATED ALWAYS AS (k * 2) VIRTUAL, CONSTRAINT {w.fresh('nn')} NOT NULL k NO INHERIT)",
               w.major >= 18 and k and f"ALTER TABLE {k[1]}.{k[2]} ALTER CONSTRAINT {k[3]} {w.r.choice(['ENFORCED', 'NOT ENFORCED'])}", w.major >= 18 and f"ALTER TABLE {t} ADD COLUMN {w.fresh('g')} int GENERATED ALWAYS AS (k + 1)",
               w.major >= 18 and f"ALTER TABLE {t} ADD CONSTRAINT {w.fresh('nn')} NOT NULL {c} NOT VALID", w.major >= 18 and f"VACUUM ONLY {t}", w.major >= 18 and f"ANALYZE ONLY {t}",
               w.major >= 18 and f"UPDATE {t} SET k = 3 RETURNING OLD.k, NEW.k", f"ALTER TABLE {t} DISABLE TRIGGER {w.r.choice(['ALL', 'USER'])}", f"ALTER TABLE {t} ENABLE TRIGGER ALL",
               f"ALTER TABLE {t} ADD CONSTRAINT {w.fresh('fk')} FOREIGN KEY ({c}) REFERENCES {t} (id) DEFERRABLE INITIALLY DEFERRED", f"ALTER TABLE {t} ADD UNIQUE ({c}) DEFERRABLE")


def servers(w):
    """What the database has besides schemas."""
    p = w.rel("p")
    return one(w, "CREATE EXTENSION IF NOT EXISTS btree_gist", "CREATE EXTENSION IF NOT EXISTS citext SCHEMA s1", w.chance(0.3) and "DROP EXTENSION IF EXISTS citext CASCADE", "CREATE FOREIGN DATA WRAPPER dummy",
               "CREATE SERVER far FOREIGN DATA WRAPPER dummy", f"CREATE FOREIGN TABLE {w.schema()}.{w.fresh('ft')} (id int, k int, v text) SERVER far",
               p and f"CREATE FOREIGN TABLE {w.schema()}.{w.fresh('ft')} PARTITION OF {p} DEFAULT SERVER far", w.chance(0.3) and f"DROP SERVER far{w.cascade()}",
               "CREATE FUNCTION s1.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$", f"CREATE EVENT TRIGGER {w.fresh('et')} ON ddl_command_end EXECUTE FUNCTION s1.watch()",
               "DROP FUNCTION s1.watch() CASCADE", "SET search_path = s2, s1", "RESET search_path", "SET session_replication_role = replica", "RESET session_replication_role")


MORE = [many] * 4 + [partitioned_index] * 4 + [settings_of] * 3 + [rights] * 2 + [publications] * 4 + [newer] * 6 + [servers] * 2 + statements_newer.NEWER

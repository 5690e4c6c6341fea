"""What two databases must have in common after a migration and its rewrite: schema by name, rows by column name."""

SCHEMA = """
SELECT 'column', c.oid::regclass::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull::text, a.attidentity::text, a.attgenerated::text,
       pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum), a.attcollation::regcollation::text, a.attacl::text,
       (SELECT string_agg(o, ',') FROM unnest(a.attoptions) o WHERE o LIKE 'n_distinct%')
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema', 'pg_toast')) AND c.relkind IN ('r','p','v','m','f')
UNION ALL SELECT 'index', indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid::text, indisunique::text, indisprimary::text,
       indisclustered::text, obj_description(indexrelid, 'pg_class'), indisreplident::text, indimmediate::text,
       (SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = indexrelid)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
 WHERE c.relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema', 'pg_toast'))
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname::text, pg_get_constraintdef(oid), convalidated::text, condeferrable::text, condeferred::text,
       contype::text, obj_description(oid, 'pg_constraint'), CASE contype WHEN 'c' THEN connoinherit END::text, CASE WHEN contype <> 'n' THEN conislocal END::text, coninhcount::text
  FROM pg_constraint WHERE connamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema'))
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname::text, pg_get_triggerdef(oid), NULL, tgenabled::text, obj_description(oid, 'pg_trigger'), NULL, NULL, NULL, NULL, NULL
  FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'policy', polrelid::regclass::text, polname::text, polcmd::text, polpermissive::text, polroles::regrole[]::text, pg_get_expr(polqual, polrelid),
       pg_get_expr(polwithcheck, polrelid), obj_description(oid, 'pg_policy'), NULL, NULL, NULL FROM pg_policy
UNION ALL SELECT 'relation', oid::regclass::text, relkind::text, relpersistence::text, pg_get_userbyid(relowner)::text,
       (SELECT string_agg(concat(grantee, ' ', privilege_type, ' ', is_grantable), ',' ORDER BY grantee, privilege_type) FROM
         aclexplode(coalesce(relacl, CASE WHEN relkind NOT IN ('i', 'I') THEN acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner) END))),
       concat(relrowsecurity, ' ', relforcerowsecurity, ' ', relreplident), array_to_string(reloptions, ','), obj_description(oid),
       CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END, reltablespace::text, (SELECT array_to_string(x.reloptions, ',') FROM pg_class x WHERE x.oid = c.reltoastrelid)
  FROM pg_class c WHERE relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema', 'pg_toast'))
UNION ALL SELECT 'function', pronamespace::regnamespace::text, proname::text, md5(prosrc), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM pg_proc WHERE pronamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema')) AND probin IS NULL
UNION ALL SELECT 'statistics', stxrelid::regclass::text, stxname::text, regexp_replace(def, ' ON .* FROM ', ' '), obj_description(oid, 'pg_statistic_ext'), pg_get_userbyid(stxowner)::text,
       (SELECT string_agg(x, ', ' ORDER BY x) FROM regexp_split_to_table(substring(def FROM ' ON (.*) FROM '), ', ') x), stxstattarget::text, NULL, NULL, NULL, NULL
  FROM pg_statistic_ext, pg_get_statisticsobjdef(oid) def
UNION ALL SELECT 'publication', format('%I.%I', schemaname, tablename), pubname::text, (SELECT string_agg(x, ',' ORDER BY x) FROM jsonb_array_elements_text(to_jsonb(v)->'attnames') x),
       to_jsonb(v)->>'rowfilter', NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM pg_publication_tables v
UNION ALL SELECT 'sequence', s.seqrelid::regclass::text, format_type(seqtypid, NULL), seqstart::text, seqincrement::text, seqmax::text, seqmin::text, seqcache::text,
       seqcycle::text, (SELECT d.refobjid::regclass::text || '.' || a.attname || d.deptype::text FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
       WHERE d.objid = s.seqrelid AND d.deptype IN ('a','i')), NULL, NULL FROM pg_sequence s
ORDER BY 1, 2, 3, 4"""


def schema(server, db):
    return [tuple(str(x) for x in r) for r in server.rows(SCHEMA, db=db)]


def data(server, db, ignore=()):
    """Rows of every table, in no order: {table: (count, hash)}."""
    out = {}
    with server.connect(db) as c:
        cur = c.cursor()
        cur.execute("SELECT c.oid, c.oid::regclass::text FROM pg_class c WHERE relkind IN ('r','m') AND relnamespace NOT IN "
                    "(SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema', 'pg_toast')) ORDER BY 2")
        for oid, table in cur.fetchall():
            cur.execute("SELECT attname, quote_ident(attname) FROM pg_attribute WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped ORDER BY 1", (oid,))
            cols = [q for n, q in cur.fetchall() if n not in ignore]
            cur.execute(f"SELECT count(*), coalesce(sum(hashtextextended(row({', '.join(cols) or 'NULL'})::text, 0)::numeric), 0) FROM ONLY {table}")
            out[table] = cur.fetchone()
    return out


def difference(a, b):
    """The first rows that one has and the other has not, as text; "" when equal."""
    return "; ".join([f"only in the rewrite: {x}" for x in b if x not in a][:2] + [f"only in the original: {x}" for x in a if x not in b][:2])

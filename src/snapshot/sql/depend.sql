-- Dependencies between objects of users (pg_depend). A default is named by its column, the _RETURN rule by its view. Left out is what
-- follows from the objects themselves: schemas, row and array types, internal triggers.
WITH class(oid, name) AS (VALUES
  ('pg_class'::regclass, 'relation'), ('pg_type'::regclass, 'type'), ('pg_proc'::regclass, 'function'), ('pg_constraint'::regclass, 'constraint'),
  ('pg_attrdef'::regclass, 'default'), ('pg_trigger'::regclass, 'trigger'), ('pg_rewrite'::regclass, 'rule'), ('pg_policy'::regclass, 'policy'),
  ('pg_namespace'::regclass, 'namespace'), ('pg_extension'::regclass, 'extension'), ('pg_statistic_ext'::regclass, 'statistics'),
  ('pg_publication'::regclass, 'publication'), ('pg_publication_rel'::regclass, 'publication_rel'), ('pg_operator'::regclass, 'operator'), ('pg_opclass'::regclass, 'opclass'),
  ('pg_opfamily'::regclass, 'opfamily'), ('pg_cast'::regclass, 'cast'), ('pg_collation'::regclass, 'collation'),
  ('pg_event_trigger'::regclass, 'event_trigger'), ('pg_foreign_server'::regclass, 'other'), ('pg_foreign_data_wrapper'::regclass, 'other'),
  ('pg_language'::regclass, 'other'), ('pg_ts_config'::regclass, 'other'), ('pg_ts_dict'::regclass, 'other'), ('pg_conversion'::regclass, 'other'),
  ('pg_am'::regclass, 'other'))
SELECT CASE WHEN w.oid IS NOT NULL THEN 'relation' ELSE c.name END AS class, coalesce(a.adrelid, w.ev_class, d.objid) AS oid,
       coalesce(a.adnum, d.objsubid) AS subid, r.name AS refclass, coalesce(ra.adrelid, d.refobjid) AS refoid,
       coalesce(ra.adnum, d.refobjsubid) AS refsubid, d.deptype
FROM pg_depend d
JOIN class c ON c.oid = d.classid
JOIN class r ON r.oid = d.refclassid
LEFT JOIN pg_attrdef a ON d.classid = 'pg_attrdef'::regclass AND a.oid = d.objid
LEFT JOIN pg_attrdef ra ON d.refclassid = 'pg_attrdef'::regclass AND ra.oid = d.refobjid
LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid AND w.rulename = '_RETURN'
LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
LEFT JOIN pg_type y ON d.classid = 'pg_type'::regclass AND y.oid = d.objid
WHERE d.objid >= 16384 AND (d.refobjid >= 16384 AND d.refclassid <> 'pg_namespace'::regclass OR d.refclassid = 'pg_extension'::regclass)
  AND (t.oid IS NULL OR NOT t.tgisinternal OR t.tgparentid <> 0 AND t.tgconstraint = 0)
  AND (y.oid IS NULL OR y.typrelid = 0 AND (y.typelem = 0 OR y.typlen <> -1 OR d.deptype <> 'i'))
  AND (w.oid IS NULL OR d.refobjid <> w.ev_class)
ORDER BY 1, 2, 3, 4, 5, 6, 7

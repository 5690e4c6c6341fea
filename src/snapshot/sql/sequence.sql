-- Sequences that a column owns: serial ('a') and identity ('i').
SELECT d.objid AS relid, d.refobjid AS owner_rel, d.refobjsubid AS owner_att, d.deptype
FROM pg_depend d
JOIN pg_class c ON c.oid = d.objid
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND c.relkind = 'S' AND d.refobjsubid > 0
  AND d.deptype IN ('a', 'i') AND d.objid >= 16384
ORDER BY d.objid

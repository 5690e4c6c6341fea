-- The queries of views and materialized views. Deparsing one locks every relation in it. $1: as in relation.sql.
SELECT c.oid AS relid,
       CASE WHEN $1::oid[] IS NOT NULL AND c.oid <> ALL ($1::oid[])
              AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refobjid = ANY ($1::oid[]))
            THEN pg_get_viewdef(c.oid) END AS definition
FROM pg_class c
JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename = '_RETURN'
WHERE c.oid >= 16384 AND c.relkind IN ('v', 'm') AND c.relpersistence <> 't'
ORDER BY c.oid

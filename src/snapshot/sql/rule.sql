-- Rules, but for those that make a view. $1: as in relation.sql.
SELECT r.oid, r.rulename AS name, r.ev_class AS relid, r.ev_type AS event, r.is_instead AS instead, r.ev_enabled AS enabled,
       CASE WHEN $1::oid[] IS NOT NULL AND r.ev_class <> ALL ($1::oid[])
              AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refobjid = ANY ($1::oid[]))
            THEN pg_get_ruledef(r.oid) END AS def
FROM pg_rewrite r
WHERE r.oid >= 16384 AND r.rulename <> '_RETURN'
ORDER BY r.oid

-- Functions and procedures. Deparsing an SQL-standard body locks every relation in it. $1: as in relation.sql.
SELECT p.oid, p.proname AS name, p.pronamespace AS schema, pg_get_userbyid(p.proowner) AS owner, p.prokind AS kind, p.provolatile AS volatility,
       p.proisstrict AS isstrict, p.proretset AS retset, p.prosecdef AS secdef, p.proleakproof AS leakproof, p.provariadic <> 0 AS variadic,
       p.prorettype AS rettype, p.proargtypes AS argtypes, p.pronargdefaults AS ndefaults,
       CASE WHEN p.proargmodes IS NULL THEN p.proargnames ELSE
         ARRAY(SELECT u.name FROM unnest(p.proargnames, p.proargmodes) WITH ORDINALITY u(name, mode, n) WHERE u.mode IN ('i', 'b', 'v') ORDER BY u.n)
       END AS argnames,
       CASE WHEN p.proargmodes IS NOT NULL THEN
         ARRAY(SELECT u.type FROM unnest(p.proallargtypes, p.proargmodes) WITH ORDINALITY u(type, mode, n) WHERE u.mode IN ('o', 'b', 't') ORDER BY u.n)
       END AS outtypes,
       CASE WHEN p.proargmodes IS NOT NULL THEN
         ARRAY(SELECT u.name FROM unnest(p.proargnames, p.proargmodes) WITH ORDINALITY u(name, mode, n) WHERE u.mode IN ('o', 'b', 't') ORDER BY u.n)
       END AS outnames,
       l.lanname AS language, CASE WHEN l.lanname IN ('sql', 'plpgsql') THEN p.prosrc END AS source,
       CASE WHEN l.lanname IN ('sql', 'plpgsql') AND p.prokind IN ('f', 'p') AND $1::oid[] IS NOT NULL
              AND ([[pg_proc.prosqlbody? p.prosqlbody IS NULL : true]]
                   OR NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refobjid = ANY ($1::oid[])))
            THEN pg_get_functiondef(p.oid) END AS def,
       p.proconfig AS config
FROM pg_proc p
JOIN pg_language l ON l.oid = p.prolang
WHERE p.oid >= 16384
ORDER BY p.oid

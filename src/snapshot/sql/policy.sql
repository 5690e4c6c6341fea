-- Row security policies. $1: as in relation.sql.
SELECT p.oid, p.polname AS name, p.polrelid AS relid, p.polcmd AS cmd,
       CASE WHEN p.polqual IS NOT NULL AND p.polrelid <> ALL ($1::oid[]) THEN pg_get_expr(p.polqual, p.polrelid) END AS qual,
       CASE WHEN p.polwithcheck IS NOT NULL AND p.polrelid <> ALL ($1::oid[]) THEN pg_get_expr(p.polwithcheck, p.polrelid) END AS with_check,
       ARRAY(SELECT pg_get_userbyid(u.role) FROM unnest(p.polroles) u(role) WHERE u.role <> 0) AS roles
FROM pg_policy p
WHERE p.oid >= 16384
ORDER BY p.oid

-- Schemas of the users, `public` among them; pg_temp_N and pg_toast_temp_N are other sessions' own.
SELECT n.oid, n.nspname AS name, pg_get_userbyid(n.nspowner) AS owner
FROM pg_namespace n
WHERE n.oid >= 16384 AND n.nspname !~ '^pg_(toast_)?temp_' OR n.nspname = 'public'
ORDER BY n.oid

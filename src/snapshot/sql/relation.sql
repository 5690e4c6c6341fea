-- Relations of all kinds; temporary ones are other sessions' own. $1: relations that others have locked, NULL: deparse nothing.
SELECT c.oid, c.relname AS name, c.relnamespace AS schema, pg_get_userbyid(c.relowner) AS owner, c.relkind, c.relpersistence, c.relreplident,
       c.relrowsecurity, c.relforcerowsecurity, c.relispartition, c.relhassubclass, c.relispopulated AS ispopulated,
       c.reltype, c.reloftype, c.reltoastrelid AS toastrelid, am.amname AS am, ts.spcname AS tablespace,
       (SELECT s.srvname FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid AND c.relkind = 'f')
         AS foreign_server,
       c.reloptions AS options, c.relpages, c.reltuples, c.relallvisible,
       CASE WHEN c.relpartbound IS NOT NULL AND c.oid <> ALL ($1::oid[]) THEN pg_get_expr(c.relpartbound, c.oid) END AS partbound,
       (SELECT t.typarray FROM pg_type t WHERE t.oid = c.reltype) AS rowarray
FROM pg_class c
LEFT JOIN pg_am am ON am.oid = c.relam
LEFT JOIN pg_tablespace ts ON ts.oid = c.reltablespace
WHERE c.oid >= 16384 AND c.relpersistence <> 't'
ORDER BY c.oid

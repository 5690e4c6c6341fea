-- Progress tables of files that `lockcast rewrite` wrote: by name and exact columns. Who writes into one now runs the file.
SELECT format('%I.%I', n.nspname, c.relname) AS state,
       (SELECT min(l.pid) FROM pg_locks l WHERE l.relation = c.oid AND l.mode = 'RowExclusiveLock' AND l.granted
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS pid
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relname ~ '^lockcast_[0-9a-z]+$'
  AND (SELECT string_agg(a.attname || ' ' || a.atttypid::regtype, ',' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
      = 'step integer,done boolean,reached text[],stop text[],rows bigint'
  AND has_table_privilege(c.oid, 'SELECT')
ORDER BY 1
LIMIT 16

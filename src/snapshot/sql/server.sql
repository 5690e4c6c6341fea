-- The server and this connection to it. $1: the host as libpq knows it. $2: its cores, as the user said.
SELECT current_setting('server_version_num') AS version_num, current_setting('server_version') AS version, d.datname AS database,
       session_user AS user, $1 AS host, pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS collate,
       extract(epoch FROM pg_postmaster_start_time()) * 1000 AS started_at, extract(epoch FROM clock_timestamp()) * 1000 AS now,
       extract(epoch FROM pg_stat_get_db_stat_reset_time(d.oid)) * 1000 AS stats_reset,
       pg_is_in_recovery() AS in_recovery, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser,
       (SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datid IS NOT NULL
          AND coalesce(backend_type, 'client backend') = 'client backend') AS client_backends,
       (SELECT count(*) FROM pg_stat_replication) AS replicas, $2::int AS cores
FROM pg_database d
WHERE d.datname = current_database()

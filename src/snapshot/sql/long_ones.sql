-- Is there any sign of long transactions: one in flight, or sessions that spend over 2 % of the time idle in transaction? Before 14, which
-- does not count that time, clients are a sign.
SELECT EXISTS (SELECT FROM pg_stat_activity a
                WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
                  AND a.xact_start < clock_timestamp() - interval '250 ms')
    OR coalesce((SELECT (to_jsonb(d) ->> 'idle_in_transaction_time')::float8 >
                        0.02 * 1000 * extract(epoch FROM clock_timestamp() - coalesce(d.stats_reset, pg_postmaster_start_time()))
                   FROM pg_stat_database d WHERE d.datname = current_database()),
                EXISTS (SELECT FROM pg_stat_activity a
                         WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
                           AND current_setting('server_version_num')::int < 140000))

-- Standbys and other receivers of WAL.
SELECT r.application_name AS application, r.state, r.sync_state,
       CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn) END AS lag_bytes,
       extract(epoch FROM r.write_lag) * 1000 AS write_lag_ms, extract(epoch FROM r.flush_lag) * 1000 AS flush_lag_ms,
       extract(epoch FROM r.replay_lag) * 1000 AS replay_lag_ms
FROM pg_stat_replication r
ORDER BY r.application_name COLLATE "C", r.pid

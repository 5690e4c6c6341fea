-- Settings that decide what a migration does, as a new session of this role finds them (reset_val: our own SET LOCALs are left out).
SELECT name, reset_val AS value, unit
FROM pg_settings
WHERE name LIKE 'autovacuum%' OR name IN (
  'application_name', 'array_nulls', 'block_size', 'check_function_bodies', 'checkpoint_completion_target', 'checkpoint_timeout', 'commit_delay',
  'constraint_exclusion', 'cpu_index_tuple_cost', 'cpu_operator_cost', 'cpu_tuple_cost', 'data_checksums', 'DateStyle', 'deadlock_timeout',
  'default_statistics_target', 'default_table_access_method', 'default_tablespace', 'default_toast_compression', 'default_transaction_deferrable',
  'default_transaction_isolation', 'default_transaction_read_only', 'effective_cache_size', 'effective_io_concurrency', 'enable_partition_pruning',
  'fsync', 'full_page_writes', 'gin_pending_list_limit', 'hash_mem_multiplier', 'hot_standby_feedback', 'idle_in_transaction_session_timeout',
  'idle_session_timeout', 'IntervalStyle', 'jit', 'lo_compat_privileges', 'lock_timeout', 'log_lock_waits', 'logical_decoding_work_mem',
  'maintenance_io_concurrency', 'maintenance_work_mem', 'max_connections', 'max_locks_per_transaction', 'max_parallel_maintenance_workers',
  'max_parallel_workers', 'max_parallel_workers_per_gather', 'max_pred_locks_per_transaction', 'max_prepared_transactions',
  'max_replication_slots', 'max_standby_archive_delay', 'max_standby_streaming_delay', 'max_wal_senders', 'max_wal_size',
  'max_worker_processes', 'min_parallel_index_scan_size', 'min_parallel_table_scan_size', 'min_wal_size', 'parallel_leader_participation',
  'password_encryption', 'pg_stat_statements.max', 'pg_stat_statements.track', 'pg_stat_statements.track_utility', 'quote_all_identifiers', 'random_page_cost',
  'reserved_connections', 'row_security', 'search_path', 'seq_page_cost', 'server_encoding', 'session_replication_role', 'shared_buffers',
  'standard_conforming_strings', 'statement_timeout', 'superuser_reserved_connections', 'synchronous_commit', 'synchronous_standby_names',
  'temp_buffers', 'temp_file_limit', 'temp_tablespaces', 'TimeZone', 'track_activity_query_size', 'track_counts', 'transaction_timeout',
  'transform_null_equals', 'vacuum_cost_delay', 'vacuum_cost_limit', 'vacuum_freeze_max_age', 'wal_block_size', 'wal_buffers',
  'wal_compression', 'wal_init_zero', 'wal_level', 'wal_log_hints', 'wal_segment_size', 'wal_skip_threshold', 'work_mem', 'xmlbinary', 'xmloption')
ORDER BY name COLLATE "C"

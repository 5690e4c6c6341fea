// The SQL of a role that may read what a snapshot needs, and nothing else.
#include "api/internal.h"

static const char script[] =
    "-- A role for `lockcast snapshot` and `lockcast review`: it reads statistics and never writes.\n"
    "-- Run as a superuser or as the owner of the database; give it a password with \\password lockcast.\n"
    "CREATE ROLE lockcast LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;\n"
    "ALTER ROLE lockcast SET default_transaction_read_only = on;\n"
    "ALTER ROLE lockcast SET lock_timeout = '200ms';\n"
    "\n"
    "-- Sessions, locks, settings and statements of all roles (PostgreSQL 10 and newer).\n"
    "GRANT pg_monitor TO lockcast;\n"
    "\n"
    "-- Column statistics (pg_stats shows those of readable columns only) and EXPLAIN of queries. No value of a column is read.\n"
    "-- PostgreSQL 14 and newer:\n"
    "GRANT pg_read_all_data TO lockcast;\n"
    "-- PostgreSQL 13, instead, for each schema:\n"
    "--   GRANT USAGE ON SCHEMA public TO lockcast;\n"
    "--   GRANT SELECT ON ALL TABLES IN SCHEMA public TO lockcast;\n"
    "\n"
    "-- Traffic: pg_stat_statements must be in shared_preload_libraries, and in this database:\n"
    "CREATE EXTENSION IF NOT EXISTS pg_stat_statements;\n"
    "\n"
    "-- EXPLAIN of UPDATE and DELETE asks for the right to do them. Without it, rows are estimated from statistics. On a clone "
    "only:\n"
    "--   GRANT pg_write_all_data TO lockcast;   -- PostgreSQL 14 and newer; default_transaction_read_only still holds\n"
    "--\n"
    "-- `lockcast calibrate` makes temporary tables, on a clone:\n"
    "--   GRANT TEMPORARY ON DATABASE ... TO lockcast; ALTER ROLE lockcast RESET default_transaction_read_only;\n"
    "-- `lockcast rehearse` runs the migration, on a clone, as the role that runs it in production.\n";

const char *lockcast_grants(void)
{
    return script;
}

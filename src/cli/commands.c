// The table of commands.
#include "cli/cli.h"

const struct cli_command cli_commands[] = {
    {"review", "[CONNECTION] [OPTIONS] FILE...", "forecast each statement of the migrations, in order, and the whole deploy",
     cmd_review,
     "FILE is a migration (- is standard input), or a folder of them; several are applied one after the other, as a deploy "
     "would.\n"
     "CONNECTION is psql's (-h -p -U -d, PG* variables, service file, .pgpass): a staging clone. It is only read.\n"
     "Without a connection and without --snapshot, sizes and traffic are unknown.",
     "  lockcast review -d shop_clone migrations/0042_orders.sql\n"
     "  lockcast review --snapshot prod.json --format markdown migrations/"},
    {"snapshot", "[CONNECTION] [OPTIONS] -o FILE [MIGRATION...]",
     "keep catalogue, sizes, traffic and settings of a server in a file", cmd_snapshot,
     "The server is only read, in short transactions that wait for no lock. Texts of queries are kept without their literals.\n"
     "With MIGRATIONs the planner is asked about their queries, and its answers are kept too. A snapshot of the same database\n"
     "that FILE has already becomes a point of its hour-of-week profile.",
     "  lockcast snapshot -h prod-replica -d shop --sample 30s -o shop.json\n"
     "  lockcast review --snapshot shop.json migrations/"},
    {"grants", "[OPTIONS]", "print the SQL of a role that may read what lockcast needs", cmd_grants,
     "Nothing is connected to: read it, then run it with psql.", "  lockcast grants | psql -d shop"},
    {"simulate", "[OPTIONS] SCENARIO.json|TEST.spec", "run a scenario file or an isolation test with no server at all",
     cmd_simulate,
     "SCENARIO.json says what the server, its traffic, its long transactions and the migration are (docs/scenarios-format.md).\n"
     "scenarios/ has public incidents to copy from.\n"
     "TEST.spec is an isolation test as PostgreSQL's own are: sessions, steps and permutations. Its transcript is printed as\n"
     "isolationtester prints it, without what queries return, for the PostgreSQL of --server-version.",
     "  lockcast simulate scenarios/gocardless-2015.json\n"
     "  lockcast simulate --format json --replications 1000 mine.json\n"
     "  lockcast simulate --server-version 17 mine.spec"},
    {"calibrate", "[CONNECTION] [OPTIONS] -o FILE", "measure a server's speed in temporary tables", cmd_calibrate,
     "Scans, sorts by key type, index builds, rewrites, WAL, updates: in temporary tables of one session, nothing else is "
     "touched.\n"
     "`lockcast review --calibration FILE` then prices with this server's constants. Run it while the server is otherwise quiet.",
     "  lockcast calibrate -d shop_clone -o shop_clone.calibration.json"},
    {"rewrite", "[CONNECTION] [OPTIONS] FILE... -o DIR",
     "write the safer, batched version of each migration as SQL that psql runs", cmd_rewrite,
     "DIR/<name of the file> ends in the same schema and data as the original, in steps that nobody waits for; psql runs it as "
     "it is,\n"
     "and runs it again after an interruption. DIR/<name>.rollback.sql undoes it where that is possible.",
     "  lockcast rewrite -d shop_clone migrations/0042_orders.sql -o safer/\n"
     "  psql -X -v ON_ERROR_STOP=1 -d shop -f safer/0042_orders.sql\n"
     "  lockcast rewrite --snapshot prod.json --diff migrations/0042_orders.sql"},
    {"render", "[OPTIONS] REPORT.json", "turn a JSON report into any other format", cmd_render,
     "REPORT.json is what `lockcast review --format json` wrote; - is standard input. No server and no migration is needed.",
     "  lockcast render report.json --format markdown"},
    {"merge", "[OPTIONS] PART.json...", "put the parts of a sharded run together", cmd_merge,
     "PART.json are the JSON reports of `lockcast review --shard I/N` or `lockcast plan --shard I/N`, all of them,\n"
     "in any order. What comes out is byte for byte what one run would have written.",
     "  lockcast plan --snapshot prod.json --shard 1/2 --format json -o 1.json 0042_orders.sql\n"
     "  lockcast plan --snapshot prod.json --shard 2/2 --format json -o 2.json 0042_orders.sql\n"
     "  lockcast merge 1.json 2.json"},
    {"comment", "--provider github|gitlab [OPTIONS] REPORT.json", "create or update the one comment of a pull or merge request",
     cmd_comment,
     "The comment is found again by a hidden marker and by its author. Repository, number and token come from the CI's "
     "environment\n"
     "or from the options; a token is never an argument. See docs/ci.md for the two-job form that is safe for forks.",
     "  lockcast comment --provider github report.json\n"
     "  lockcast comment --provider gitlab --dry-run report.json"},
    {"rehearse", "[CONNECTION] --this-is-a-clone [OPTIONS] FILE...",
     "really run the migration on a clone, and hold the forecast against it", cmd_rehearse,
     "Every statement runs in the transactions that its framework gives it; a second connection sees its locks, waits and time.\n"
     "Refused where it looks like production: other clients, replication, no --this-is-a-clone. It stops at the first error "
     "(exit\n"
     "status 1) and leaves no transaction open. With --traffic SNAPSHOT its times are scaled to that snapshot's sizes. --ledger "
     "FILE\n"
     "keeps forecast and actual time; with it, later forecasts for this server correct themselves.",
     "  lockcast rehearse -d shop_clone --this-is-a-clone migrations/0042_orders.sql\n"
     "  lockcast rehearse -d shop_clone --this-is-a-clone --rollback --ledger shop.ledger --format json 0042_orders.sql\n"
     "  lockcast review -d shop_clone --ledger shop.ledger migrations/0043_next.sql"},
    {"watch", "[CONNECTION] [OPTIONS]", "show what runs on a live server: how far it is, how long it still takes, who waits",
     cmd_watch,
     "Index builds, CLUSTER and VACUUM FULL, VACUUM, ANALYZE, COPY, the backfills of `lockcast rewrite`, and other schema "
     "changes:\n"
     "phase, amount done, rate, time left as an interval, whom they wait for and who waits behind them. With --forecast beside "
     "what\n"
     "`lockcast review --format json` said. Read-only; it never waits for a lock that a user's session could hold. --format "
     "json\n"
     "writes a line for each look. It ends with Ctrl-C, with --once, or when --pid's process has nothing more to run.",
     "  lockcast watch -d shop\n"
     "  lockcast watch -d shop --forecast report.json --interval 5\n"
     "  lockcast watch -d shop --pid 4711 --format json >> build.jsonl"},
    {"plan", "[CONNECTION] [OPTIONS] FILE...", "capacity planning: the deploy over growth of tables and traffic", cmd_plan,
     "Forecasts the same deploy for tables and traffic grown by each multiple, and looks for the growth until which it stays "
     "harmless.",
     "  lockcast plan -d shop_clone --growth 1,2,5,10 --traffic-growth 1,3 0042_orders.sql"},
    {0},
};

const struct cli_command *cli_find_command(const char *name)
{
    for (const struct cli_command *c = cli_commands; c->name; c++)
        if (cli_is(c->name, name))
            return c;
    return NULL;
}

// lockcast grants: the SQL of a role that may read what a snapshot needs, and nothing else.
#include "cli/cli.h"

int cmd_grants(struct cli_run *run)
{
    const char *sql = lockcast_grants();

    if (run->o.nargs)
        return cli_usage_error(run, "`lockcast grants` takes no files");
    return cli_write(run, (struct lockcast_text){sql, strlen(sql)});
}

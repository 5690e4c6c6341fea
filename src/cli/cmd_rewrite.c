// lockcast rewrite: the safer, batched version of each migration, as SQL that psql runs.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/cli.h"

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

// Writes DIR/NAME with `suffix` in place of the name's own, where one is given: "0042.sql" -> "0042.rollback.sql".
static int write_one(const struct cli_run *run, const char *path, const char *suffix, struct lockcast_text text)
{
    const char *name = base_name(path), *dot = suffix ? strrchr(name, '.') : NULL;
    int len = (int)(dot && dot != name ? (size_t)(dot - name) : strlen(name)), status;
    char *target = NULL;

    if (asprintf(&target, "%s/%.*s%s", run->o.output, len, name, suffix ? suffix : "") < 0)
        return cli_error(EXIT_INTERNAL, NULL, "out of memory");
    status = cli_write_file(target, text);
    free(target);
    return status;
}

static int deliver(const struct cli_run *run, const struct lockcast_rewrite *r)
{
    struct lockcast_text told = run->o.diff ? r->diff : r->notes;
    int status = EXIT_DONE;

    if (!run->o.diff)
        status = write_one(run, r->path, NULL, r->sql);
    if (status == EXIT_DONE && !run->o.diff)
        status = write_one(run, r->path, ".rollback.sql", r->rollback_sql);
    if (status == EXIT_DONE && !run->o.quiet && fwrite(told.text, 1, told.len, stdout) != told.len)
        status = cli_error(EXIT_DELIVERY, NULL, "cannot write to standard output");
    return status;
}

int cmd_rewrite(struct cli_run *run)
{
    struct lockcast_options options = cli_lockcast_options(run);
    const struct lockcast_rewrite *files;
    int nfiles, status;

    if (!run->o.output && !run->o.diff)
        return cli_usage_error(run, "where to? give a folder with -o DIR, or --diff");
    if (!run->o.nargs)
        return cli_usage_error(run, "which migration? give files or a folder");
    if ((status = cli_open(run)) != EXIT_DONE)
        return status;
    if (lockcast_rewrite(run->l, run->o.args, run->o.nargs, &options, &files, &nfiles) != LOCKCAST_OK)
        return cli_failed(run);
    if (!run->o.diff && mkdir(run->o.output, 0777) != 0 && errno != EEXIST)
        return cli_error(EXIT_DELIVERY, NULL, "cannot make the folder %s: %s", run->o.output, strerror(errno));
    for (int i = 0; status == EXIT_DONE && i < nfiles; i++)
        status = deliver(run, &files[i]);
    if (status == EXIT_DONE && fflush(stdout) != 0)
        status = cli_error(EXIT_DELIVERY, NULL, "cannot write to standard output");
    return status;
}

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

// "20240101_a/migration.sql": the name with its folder's, NULL where that is no name.
static const char *with_folder(const char *path)
{
    const char *name = base_name(path), *folder = name - (name > path);

    while (folder > path && folder[-1] != '/')
        folder--;
    if (folder == name || strncmp(folder, "./", 2) == 0 || strncmp(folder, "../", 3) == 0)
        return NULL;
    return folder;
}

// What a file is called in DIR: its own name, with its folder's where files of several folders have the same (Prisma, Diesel). NULL: no name
// tells it from the others.
static const char *name_of(const struct lockcast_rewrite *files, int nfiles, int i)
{
    const char *name = base_name(files[i].path), *longer = with_folder(files[i].path);
    bool alone = true;

    for (int k = 0; k < nfiles; k++)
        alone = alone && (k == i || !cli_is(base_name(files[k].path), name));
    for (int k = 0; !alone && longer && k < i; k++)
        if (cli_is(with_folder(files[k].path), longer))
            return NULL;
    return alone ? name : longer;
}

static int make_folder(const char *path)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return EXIT_DONE;
    return cli_error(EXIT_DELIVERY, NULL, "cannot make the folder %s: %s", path, strerror(errno));
}

// A migration is not replaced by what was made of it.
static int refuse_original(const char *target, const struct lockcast_rewrite *files, int nfiles)
{
    const char *name = base_name(target);
    struct stat there, original;

    if (stat(target, &there) != 0)
        return EXIT_DONE;
    for (int i = 0; i < nfiles; i++)
        if (cli_is(base_name(files[i].path), name) && stat(files[i].path, &original) == 0 && there.st_dev == original.st_dev &&
            there.st_ino == original.st_ino)
            return cli_error(EXIT_USAGE, "Give another folder with -o.", "%s is the migration itself: it is not overwritten",
                             target);
    return EXIT_DONE;
}

struct rewritten {
    const struct lockcast_rewrite *files;
    int nfiles;
};

// Writes DIR/NAME with `suffix` in place of the name's own, where one is given: "0042.sql" -> "0042.rollback.sql".
static int write_one(const struct cli_run *run, const struct rewritten *all, const char *name, const char *suffix,
                     struct lockcast_text text)
{
    const char *dot = suffix ? strrchr(base_name(name), '.') : NULL;
    int len = (int)(dot && dot != base_name(name) ? (size_t)(dot - name) : strlen(name)), status = EXIT_DONE;
    char *target = NULL;

    if (asprintf(&target, "%s/%.*s%s", run->o.output, len, name, suffix ? suffix : "") < 0)
        return cli_error(EXIT_INTERNAL, NULL, "out of memory");
    if (base_name(name) != name) {
        char *slash = strrchr(target, '/');
        *slash = '\0';
        status = make_folder(target);
        *slash = '/';
    }
    if (status == EXIT_DONE)
        status = refuse_original(target, all->files, all->nfiles);
    if (status == EXIT_DONE)
        status = cli_write_file(target, text);
    free(target);
    return status;
}

static int deliver(const struct cli_run *run, const struct rewritten *all, int i)
{
    const struct lockcast_rewrite *r = &all->files[i];
    struct lockcast_text told = run->o.diff ? r->diff : r->notes;
    const char *name = name_of(all->files, all->nfiles, i);
    int status = EXIT_DONE;

    if (!run->o.diff && !name)
        return cli_usage_error(run, "%s: another file has the same name; rewrite them one by one", r->path);
    if (!run->o.diff)
        status = write_one(run, all, name, NULL, r->sql);
    if (status == EXIT_DONE && !run->o.diff)
        status = write_one(run, all, name, ".rollback.sql", r->rollback_sql);
    if (status == EXIT_DONE && !run->o.diff && r->bridge_sql.len)
        status = write_one(run, all, name, ".bridge.sql", r->bridge_sql);
    if (status == EXIT_DONE && !run->o.diff && r->settings.len)
        status = write_one(run, all, name, ".sql.conf", r->settings);
    if (status == EXIT_DONE && !run->o.quiet && fwrite(told.text, 1, told.len, stdout) != told.len)
        status = cli_error(EXIT_DELIVERY, NULL, "cannot write to standard output");
    return status;
}

int cmd_rewrite(struct cli_run *run)
{
    struct lockcast_options options = cli_lockcast_options(run);
    struct rewritten all;
    int status;

    if (!run->o.output && !run->o.diff)
        return cli_usage_error(run, "where to? give a folder with -o DIR, or --diff");
    if (!run->o.nargs)
        return cli_usage_error(run, "which migration? give files or a folder");
    if ((status = cli_open(run)) != EXIT_DONE)
        return status;
    if (lockcast_rewrite(run->l, run->o.args, run->o.nargs, &options, &all.files, &all.nfiles) != LOCKCAST_OK)
        return cli_failed(run);
    if (!run->o.diff)
        status = make_folder(run->o.output);
    for (int i = 0; status == EXIT_DONE && i < all.nfiles; i++)
        status = deliver(run, &all, i);
    if (status == EXIT_DONE && fflush(stdout) != 0)
        status = cli_error(EXIT_DELIVERY, NULL, "cannot write to standard output");
    return status;
}

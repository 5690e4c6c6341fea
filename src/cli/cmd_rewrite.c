// lockcast rewrite: the safer, batched version of each migration, as SQL that psql runs.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clean.h"
#include "base/str.h"
#include "cli/cli.h"
#include "review/review.h"
#include "rewrite/diff.h"

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

// "0042.sql" -> "0042.rollback.sql"
static const char *rollback_name(struct cli_run *run, const char *name)
{
    const char *dot = strrchr(name, '.');

    return lc_printf(run->arena, "%.*s.rollback.sql", (int)(dot && dot != name ? (size_t)(dot - name) : strlen(name)), name);
}

static enum lc_code write_files(struct cli_run *run, const struct rewrite_file *r, struct lc_error *err)
{
    const char *name = base_name(r->forecast->file->path);
    const char *path = lc_printf(run->arena, "%s/%s", run->o.output, name);
    enum lc_code code = cli_write_file(run->arena, path, r->sql, strlen(r->sql), err);

    if (code != LC_OK)
        return code;
    path = lc_printf(run->arena, "%s/%s", run->o.output, rollback_name(run, name));
    return cli_write_file(run->arena, path, r->rollback_sql, strlen(r->rollback_sql), err);
}

// Names and messages have a stranger's text in them.
static const char *line_of(struct cli_run *run, const char *text)
{
    struct lc_str s;

    lc_str_init(&s, run->arena, LC_STR_MAX);
    lc_clean_line(&s, text ? text : "");
    return s.text;
}

static void tell(struct cli_run *run, const struct rewrite_file *r, struct lc_str *out)
{
    lc_str_addf(out, "%s: %s\n", line_of(run, r->forecast->file->path), r->changed ? "rewritten" : "stays as it is");
    for (int k = 0; k < r->len; k++) {
        const struct rewrite_stmt *s = &r->stmts[k];
        if (s->verdict == REWRITE_SAME)
            continue;
        lc_str_addf(out, "  %d: %s: %s\n", r->forecast->stmts[k].stmt->sql.line,
                    s->verdict == REWRITE_STEPS    ? s->recipe
                    : s->verdict == REWRITE_WINDOW ? "needs a window"
                                                   : "not modelled",
                    line_of(run, s->why));
    }
}

static enum lc_code deliver(struct cli_run *run, const struct review *review, struct lc_error *err)
{
    struct lc_str out;
    enum lc_code code = LC_OK;

    lc_str_init(&out, run->arena, LC_STR_MAX);
    if (!run->o.diff && mkdir(run->o.output, 0777) != 0 && errno != EEXIST)
        return lc_fail(err, LC_E_DELIVERY, "cannot make the folder %s: %s", run->o.output, strerror(errno));
    for (int i = 0; code == LC_OK && i < review->forecast.len; i++) {
        const struct rewrite_file *r = &review->rewrites[i];
        const char *path = r->forecast->file->path;
        if (run->o.diff) {
            rewrite_diff(run->arena, lc_printf(run->arena, "a/%s", path), lc_printf(run->arena, "b/%s", path),
                         r->forecast->file->text, r->sql, &out);
            continue;
        }
        code = write_files(run, r, err);
        tell(run, r, &out);
    }
    if (code == LC_OK && out.len && !run->o.quiet && fwrite(out.text, 1, out.len, stdout) != out.len)
        code = lc_fail(err, LC_E_DELIVERY, "cannot write to standard output");
    return code;
}

int cmd_rewrite(struct cli_run *run)
{
    struct snapshot *snap = NULL;
    struct server *server = NULL;
    struct migration_set set = {0};
    struct review_options options;
    struct review review = {0};
    struct lc_error err = {0};
    int status = EXIT_DONE;

    if (!run->o.output && !run->o.diff)
        return cli_usage_error(run, "where to? give a folder with -o DIR, or --diff");
    if (cli_read_migrations(run, &set, &err) != LC_OK || cli_open_snapshot(run, &snap, &server, &err) != LC_OK ||
        cli_review_options(run, server, &options, &err) != LC_OK)
        status = cli_fail(&err);
    options.forecast.no_traffic = true;
    options.rewrite.whole_files = true;
    if (status == EXIT_DONE &&
        (review_run(run->arena, snap, &set, &options, &review, &err) != LC_OK || deliver(run, &review, &err) != LC_OK))
        status = cli_fail(&err);
    cli_watch_interrupt(NULL);
    server_close(server);
    return status;
}

// Paths to files, files to formats, formats to statements.
#include "migration/migration.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "migration/folder.h"
#include "migration/markers.h"
#include "migration/read_file.h"
#include "migration/suppressions.h"

// In the order in which they are tried: what has markers of its own first, plain SQL last.
static const struct migration_format *const formats[] = {
    &migration_goose,     &migration_sql_migrate, &migration_dbmate,  &migration_tern,   &migration_node_pg_migrate,
    &migration_liquibase, &migration_sqitch,      &migration_drizzle, &migration_atlas,  &migration_prisma,
    &migration_hasura,    &migration_diesel,      &migration_sqlx,    &migration_bun,    &migration_golang_migrate,
    &migration_refinery,  &migration_flyway,      &migration_alembic, &migration_django, &migration_rails,
    &migration_supabase,  &migration_plain,
};
#define NFORMATS ((int)(sizeof formats / sizeof *formats))

static const struct migration_format *find_format(const char *name)
{
    for (int i = 0; name && i < NFORMATS; i++)
        if (lc_streq(formats[i]->name, name))
            return formats[i];
    return NULL;
}

const char *const *migration_formats(void)
{
    static const char *const names[] = {"plain",     "goose",          "sql-migrate", "dbmate", "tern",     "node-pg-migrate",
                                        "liquibase", "sqitch",         "drizzle",     "atlas",  "prisma",   "diesel",
                                        "sqlx",      "golang-migrate", "refinery",    "flyway", "supabase", "hasura",
                                        "bun",       "alembic",        "django",      "rails",  NULL};

    return names;
}

int migration_new_unit(const struct migration_input *in)
{
    return ++*in->units;
}

static struct migration_stmt *new_statements(struct lc_arena *arena, struct migration_file *out, int n)
{
    if (n > out->cap - out->len) {
        int cap = (out->len + n) * 2;
        struct migration_stmt *all = LC_NEW_ARRAY(arena, struct migration_stmt, cap);
        if (out->len)
            memcpy(all, out->stmts, (size_t)out->len * sizeof *all);
        out->stmts = all;
        out->cap = cap;
    }
    out->len += n;
    return out->stmts + out->len - n;
}

enum lc_code migration_add_sql(struct lc_arena *arena, const struct migration_input *in, size_t offset, size_t len, int line,
                               enum migration_wrap wrap, int unit, struct migration_file *out, struct lc_error *err)
{
    struct lc_sql_script script;
    enum lc_code code = lc_sql_parse(arena, in->text + offset, len, &script, err);
    struct migration_stmt *all;

    if (code != LC_OK) {
        lc_error_at(err, in->path, err && err->line ? err->line + line - 1 : line);
        return code;
    }
    all = new_statements(arena, out, script.len);
    for (int i = 0; i < script.len; i++) {
        all[i] = (struct migration_stmt){.sql = script.stmts[i], .wrap = wrap, .unit = wrap == MIGRATION_AUTOCOMMIT ? 0 : unit};
        all[i].sql.line += line - 1;
        all[i].sql.offset += offset;
        if (all[i].sql.error && line > 1) {
            struct lc_error *moved = lc_memdup(arena, all[i].sql.error, sizeof *moved);
            moved->line += line - 1;
            all[i].sql.error = moved;
        }
    }
    return LC_OK;
}

void migration_add_problem(struct lc_arena *arena, struct migration_file *out, int line, const char *text, const char *message,
                           const char *hint)
{
    struct migration_stmt *m = new_statements(arena, out, 1);
    struct lc_error *e = LC_NEW(arena, struct lc_error);

    (void)lc_fail(e, LC_E_INPUT, "%s", message);
    lc_error_hint(e, "%s", hint);
    e->line = line;
    *m = (struct migration_stmt){.sql = {.text = text, .len = 0, .line = line, .error = e}};
}

void migration_as_string(struct migration_file *out, int first, int unit)
{
    bool several = out->len - first > 1;

    for (int i = first; i < out->len; i++) {
        out->stmts[i].wrap = several ? MIGRATION_IMPLICIT : MIGRATION_AUTOCOMMIT;
        out->stmts[i].unit = several ? unit : 0;
    }
}

const char *migration_variable(const struct migration_options *options, const char *name, size_t len)
{
    for (int i = options->nvariables - 1; i >= 0; i--)
        if (strncmp(options->variables[i], name, len) == 0 && options->variables[i][len] == '=')
            return options->variables[i] + len + 1;
    return NULL;
}

const struct migration_format *migration_choose(struct lc_arena *arena, const struct migration_input *in,
                                                const struct migration_format *wanted, const char **reason)
{
    if (wanted) {
        *reason = "chosen by --input-format";
        return wanted;
    }
    for (int i = 0; i < NFORMATS; i++)
        if ((*reason = formats[i]->detect(arena, in)))
            return formats[i];
    return &migration_plain;
}

static enum lc_code expand(struct lc_arena *arena, const char *path, const struct migration_format *wanted,
                           struct migration_entries *out, struct lc_error *err)
{
    struct migration_entry e = {.in = {.path = path}};
    struct stat st;
    enum lc_code code;

    if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        size_t n = strlen(path);
        while (n > 1 && path[n - 1] == '/')
            n--;
        return migration_read_folder(arena, lc_strndup(arena, path, n), wanted, out, err);
    }
    code = migration_read_file(arena, path, &e.in, err);
    if (code == LC_OK) {
        e.format = migration_choose(arena, &e.in, wanted, &e.reason);
        LC_PUSH(arena, out, e);
    }
    return code;
}

// migrations/*.sql of a shell names the down parts, too: one whose up part is named is not run.
static bool is_other_half(struct lc_arena *arena, const struct migration_entries *all, const struct migration_entry *e)
{
    const char *up;

    if (e->in.folder || !lc_ends(e->in.path, "down.sql"))
        return false;
    up = lc_printf(arena, "%.*sup.sql", (int)(strlen(e->in.path) - strlen("down.sql")), e->in.path);
    for (int i = 0; i < all->len; i++)
        if (strcmp(all->items[i].in.path, up) == 0)
            return true;
    return false;
}

static void override_transaction(struct migration_file *f, enum migration_tx_choice choice, int unit)
{
    for (int i = 0; choice != MIGRATION_TX_AUTO && i < f->len; i++) {
        f->stmts[i].wrap = choice == MIGRATION_TX_NONE ? MIGRATION_AUTOCOMMIT : MIGRATION_TRANSACTION;
        f->stmts[i].unit = choice == MIGRATION_TX_NONE ? 0 : choice == MIGRATION_TX_ALL ? 1 : unit;
    }
}

// What a migration in code runs is not read; the server's catalogue, or its SQL, says it.
static void tell_code(struct lc_arena *arena, const struct migration_entry *e, struct migration_file *f)
{
    migration_add_problem(arena, f, 1, file_name(e->in.path),
                          lc_printf(arena, "%s is a migration written in code: what it runs is not known", file_name(e->in.path)),
                          "Give the SQL that it runs, or review against a catalogue that has it (--connection, --snapshot).");
}

static enum lc_code read_entry(struct lc_arena *arena, const struct migration_entry *e, const struct migration_options *options,
                               int unit, struct migration_file *f, struct lc_error *err)
{
    enum lc_code code = LC_OK;

    *f = (struct migration_file){
        .path = e->in.path, .format = e->format->name, .reason = e->reason, .text = e->in.text, .size = e->in.size};
    f->session = e->joins ? MIGRATION_SESSION_GOES_ON : e->format->session;
    if (e->in_code)
        tell_code(arena, e, f);
    else
        code = e->format->read(arena, &e->in, options, unit, f, err);
    if (code == LC_OK && e->problem)
        migration_add_problem(arena, f, 1, "", lc_printf(arena, "%s refuses the folder: %s", e->format->name, e->problem),
                              e->remedy);
    override_transaction(f, options->transaction, unit);
    suppressions_find(arena, f);
    return code;
}

// What runs around a migration runs in a transaction if that one does.
static void follow_migrations(const struct migration_entries *all, struct migration_set *out)
{
    for (int i = 0, end; all->len == out->len && i < all->len; i = end) {
        const struct migration_file *main = &out->files[i];
        for (end = i + 1; end < all->len && all->items[end].joins; end++)
            main = all->items[end].around ? main : &out->files[end];
        for (int k = i; k < end && main->len; k++)
            for (int n = 0; all->items[k].around && n < out->files[k].len; n++) {
                out->files[k].stmts[n].wrap = main->stmts[0].wrap;
                out->files[k].stmts[n].unit = main->stmts[0].unit;
            }
    }
}

static enum lc_code no_format(struct lc_arena *arena, const char *name, struct lc_error *err)
{
    struct lc_str names;

    lc_str_init(&names, arena, LC_STR_MAX);
    for (int i = 0; i < NFORMATS; i++)
        lc_str_addf(&names, "%s%s", i ? ", " : "", formats[i]->name);
    (void)lc_fail(err, LC_E_USAGE, "there is no input format \"%s\"", name);
    lc_error_hint(err, "There are %s.", names.text);
    return LC_E_USAGE;
}

enum lc_code migration_read(struct lc_arena *arena, const char *const *paths, int npaths, const struct migration_options *options,
                            struct migration_set *out, struct lc_error *err)
{
    const struct migration_format *wanted = find_format(options->input_format), *before = NULL;
    struct migration_entries all = {0};
    enum lc_code code = LC_OK;
    int units = 1, unit = 0; // 1: --transaction all

    if (options->input_format && !wanted)
        return no_format(arena, options->input_format, err);
    for (int i = 0; code == LC_OK && i < npaths; i++)
        code = expand(arena, paths[i], wanted, &all, err);
    if (code != LC_OK)
        return code;
    out->len = 0;
    out->files = LC_NEW_ARRAY(arena, struct migration_file, all.len);
    for (int i = 0; code == LC_OK && i < all.len; i++) {
        struct migration_entry *e = &all.items[i];
        if (is_other_half(arena, &all, e))
            continue;
        e->in.units = &units;
        if (!e->joins && (!e->format->groups || before != e->format))
            unit = ++units;
        before = e->format;
        code = read_entry(arena, e, options, unit, &out->files[out->len++], err);
    }
    if (code == LC_OK)
        follow_migrations(&all, out);
    return code;
}

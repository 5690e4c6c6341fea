// Paths to files, files to formats, formats to statements.
#include "migration/migration.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "migration/internal.h"
#include "migration/read_file.h"

static const struct migration_format *const formats[] = {&migration_plain};
#define NFORMATS ((int)(sizeof formats / sizeof *formats))

struct paths LC_ARRAY(struct migration_input);

static const struct migration_format *find_format(const char *name)
{
    for (int i = 0; i < NFORMATS; i++)
        if (lc_streq(formats[i]->name, name))
            return formats[i];
    return NULL;
}

enum lc_code migration_add_sql(struct lc_arena *arena, const struct migration_input *in, size_t offset, size_t len, enum migration_wrap wrap,
                               int unit, struct migration_file *out, struct lc_error *err)
{
    struct lc_sql_script script;
    enum lc_code code = lc_sql_parse(arena, in->text + offset, len, &script, err);
    struct migration_stmt *all;
    int line = 0;

    if (code != LC_OK) {
        lc_error_at(err, in->path, err ? err->line : 0);
        return code;
    }
    for (size_t i = 0; i < offset; i++)
        line += in->text[i] == '\n';
    all = LC_NEW_ARRAY(arena, struct migration_stmt, out->len + script.len);
    if (out->len)
        memcpy(all, out->stmts, (size_t)out->len * sizeof *all);
    for (int i = 0; i < script.len; i++) {
        struct migration_stmt *m = &all[out->len + i];
        m->sql = script.stmts[i];
        m->sql.line += line;
        m->sql.offset += offset;
        m->wrap = wrap;
        m->unit = wrap == MIGRATION_AUTOCOMMIT ? 0 : unit;
    }
    out->stmts = all;
    out->len += script.len;
    return LC_OK;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct migration_input *)a)->path, ((const struct migration_input *)b)->path);
}

static enum lc_code list_folder(struct lc_arena *arena, const char *folder, struct paths *out, struct lc_error *err)
{
    DIR *dir = opendir(folder);
    const struct dirent *e;
    int first = out->len;

    if (!dir) {
        (void)lc_fail(err, LC_E_INPUT, "cannot open: %s", strerror(errno));
        lc_error_at(err, folder, 0);
        return LC_E_INPUT;
    }
    while ((e = readdir(dir))) {
        struct migration_input in = {.path = lc_printf(arena, "%s/%s", folder, e->d_name), .folder = folder};
        if (lc_ends(e->d_name, ".sql"))
            LC_PUSH(arena, out, in);
    }
    (void)closedir(dir);
    qsort(out->items + first, (size_t)(out->len - first), sizeof *out->items, by_path);
    if (out->len == first) {
        (void)lc_fail(err, LC_E_INPUT, "the folder has no .sql file");
        lc_error_at(err, folder, 0);
        return LC_E_INPUT;
    }
    return LC_OK;
}

static enum lc_code expand(struct lc_arena *arena, const char *path, struct paths *out, struct lc_error *err)
{
    struct migration_input in = {.path = path};
    struct stat st;

    if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return list_folder(arena, path, out, err);
    LC_PUSH(arena, out, in);
    return LC_OK;
}

static const struct migration_format *choose(struct lc_arena *arena, const struct migration_input *in, const char *wanted, const char **reason)
{
    if (wanted) {
        *reason = "chosen by --input-format";
        return find_format(wanted);
    }
    for (int i = 0; i < NFORMATS; i++)
        if ((*reason = formats[i]->detect(arena, in)))
            return formats[i];
    return NULL;
}

static void override_transaction(struct migration_file *f, enum migration_tx_choice choice, int unit)
{
    for (int i = 0; choice != MIGRATION_TX_AUTO && i < f->len; i++) {
        f->stmts[i].wrap = choice == MIGRATION_TX_NONE ? MIGRATION_AUTOCOMMIT : MIGRATION_TRANSACTION;
        f->stmts[i].unit = choice == MIGRATION_TX_NONE ? 0 : choice == MIGRATION_TX_ALL ? 1 : unit;
    }
}

enum lc_code migration_read(struct lc_arena *arena, const char *const *paths, int npaths, const struct migration_options *options,
                            struct migration_set *out, struct lc_error *err)
{
    struct paths all = {0};
    enum lc_code code = LC_OK;

    if (options->input_format && !find_format(options->input_format))
        return lc_fail(err, LC_E_USAGE, "there is no input format \"%s\"", options->input_format);
    for (int i = 0; code == LC_OK && i < npaths; i++)
        code = expand(arena, paths[i], &all, err);
    out->files = LC_NEW_ARRAY(arena, struct migration_file, all.len);
    for (int i = 0; code == LC_OK && i < all.len; i++) {
        struct migration_input *in = &all.items[i];
        struct migration_file *f = &out->files[out->len++];
        const struct migration_format *format;
        code = migration_read_file(arena, in->path, in, err);
        if (code != LC_OK)
            break;
        format = choose(arena, in, options->input_format, &f->reason);
        *f = (struct migration_file){.path = in->path, .format = format->name, .reason = f->reason, .text = in->text, .size = in->size};
        code = format->read(arena, in, options, format->groups ? 1 : i + 1, f, err);
        override_transaction(f, options->transaction, i + 1);
    }
    return code;
}

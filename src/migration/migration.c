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

// In the order in which they are tried: what has markers of its own first, plain SQL last.
static const struct migration_format *const formats[] = {
    &migration_goose,   &migration_sql_migrate, &migration_dbmate, &migration_tern,   &migration_node_pg_migrate,
    &migration_drizzle, &migration_atlas,       &migration_prisma, &migration_diesel, &migration_golang_migrate,
    &migration_flyway,  &migration_refinery,    &migration_sqlx,   &migration_plain,
};
#define NFORMATS ((int)(sizeof formats / sizeof *formats))

struct paths LC_ARRAY(struct migration_input);

static const struct migration_format *find_format(const char *name)
{
    for (int i = 0; i < NFORMATS; i++)
        if (lc_streq(formats[i]->name, name))
            return formats[i];
    return NULL;
}

enum lc_code migration_add_sql(struct lc_arena *arena, const struct migration_input *in, size_t offset, size_t len, int line,
                               enum migration_wrap wrap, int unit, struct migration_file *out, struct lc_error *err)
{
    struct lc_sql_script script;
    enum lc_code code = lc_sql_parse(arena, in->text + offset, len, &script, err);

    if (code != LC_OK) {
        lc_error_at(err, in->path, err && err->line ? err->line + line - 1 : line);
        return code;
    }
    if (out->len + script.len > out->cap) {
        int cap = (out->len + script.len) * 2;
        struct migration_stmt *all = LC_NEW_ARRAY(arena, struct migration_stmt, cap);
        if (out->len)
            memcpy(all, out->stmts, (size_t)out->len * sizeof *all);
        out->stmts = all;
        out->cap = cap;
    }
    for (int i = 0; i < script.len; i++) {
        struct migration_stmt *m = &out->stmts[out->len++];
        m->sql = script.stmts[i];
        m->sql.line += line - 1;
        m->sql.offset += offset;
        m->wrap = wrap;
        m->unit = wrap == MIGRATION_AUTOCOMMIT ? 0 : unit;
    }
    return LC_OK;
}

// Names in the order that people and frameworks mean: runs of digits by their value.
static int compare_names(const char *a, const char *b)
{
    while (*a && *b) {
        size_t na = strspn(a, "0123456789"), nb = strspn(b, "0123456789");
        if (na && nb) {
            const char *ea = a + na, *eb = b + nb;
            for (; *a == '0' && a + 1 < ea; a++)
                ;
            for (; *b == '0' && b + 1 < eb; b++)
                ;
            if (ea - a != eb - b)
                return ea - a < eb - b ? -1 : 1;
            if (strncmp(a, b, (size_t)(ea - a)) != 0)
                return strncmp(a, b, (size_t)(ea - a));
            a = ea;
            b = eb;
            continue;
        }
        if (*a != *b)
            return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
        a++;
        b++;
    }
    return *a ? 1 : *b ? -1 : 0;
}

// Flyway runs repeatable migrations (R__) after all versioned ones.
static int by_path(const void *a, const void *b)
{
    const char *x = ((const struct migration_input *)a)->path, *y = ((const struct migration_input *)b)->path;
    const char *fx = strrchr(x, '/'), *fy = strrchr(y, '/');
    bool rx = lc_starts(fx ? fx + 1 : x, "R__"), ry = lc_starts(fy ? fy + 1 : y, "R__");

    if (rx != ry)
        return rx ? 1 : -1;
    return compare_names(x, y);
}

// A folder's file for one migration: NAME.sql itself, or NAME/up.sql, NAME/migration.sql (diesel, Prisma). NULL: not one.
static const char *migration_in(struct lc_arena *arena, const char *folder, const char *name)
{
    static const char *const inside[] = {"up.sql", "migration.sql"};
    const char *path = lc_printf(arena, "%s/%s", folder, name);
    struct stat st;

    if (name[0] == '.' || stat(path, &st) != 0)
        return NULL;
    if (S_ISREG(st.st_mode))
        return lc_ends(name, ".sql") ? path : NULL;
    for (size_t i = 0; S_ISDIR(st.st_mode) && i < sizeof inside / sizeof *inside; i++) {
        const char *file = lc_printf(arena, "%s/%s", path, inside[i]);
        if (stat(file, &st) == 0 && S_ISREG(st.st_mode))
            return file;
        if (stat(path, &st) != 0)
            return NULL;
    }
    return NULL;
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
        struct migration_input in = {.path = migration_in(arena, folder, e->d_name), .folder = folder};
        if (in.path)
            LC_PUSH(arena, out, in);
    }
    (void)closedir(dir);
    qsort(out->items + first, (size_t)(out->len - first), sizeof *out->items, by_path);
    if (out->len == first) {
        (void)lc_fail(err, LC_E_INPUT, "the folder has no migration (NAME.sql, NAME/up.sql, NAME/migration.sql)");
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

static const struct migration_format *choose(struct lc_arena *arena, const struct migration_input *in, const char *wanted,
                                             const char **reason)
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
        struct migration_file *f = &out->files[out->len];
        const struct migration_format *format;
        code = migration_read_file(arena, in->path, in, err);
        if (code != LC_OK)
            break;
        format = choose(arena, in, options->input_format, &f->reason);
        if (in->folder && format->skip && format->skip(in))
            continue;
        out->len++;
        *f = (struct migration_file){
            .path = in->path, .format = format->name, .reason = f->reason, .text = in->text, .size = in->size};
        code = format->read(arena, in, options, format->groups ? 1 : i + 1, f, err);
        override_transaction(f, options->transaction, i + 1);
    }
    return code;
}

// A folder's migrations: which files a deploy runs, and in which order.
#include "migration/folder.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/map.h"
#include "base/str.h"
#include "migration/markers.h"
#include "migration/read_file.h"

#define MAX_DEPTH 8
#define MAX_FILES 200000

struct found {
    const char *path;
    bool deep; // below a folder in the folder, and not NAME/up.sql or NAME/migration.sql
};
struct found_list LC_ARRAY(struct found);

static enum lc_code fail_at(struct lc_error *err, const char *path, const char *what)
{
    (void)lc_fail(err, LC_E_INPUT, "%s", what);
    lc_error_at(err, path, 0);
    return LC_E_INPUT;
}

static bool is_framework_file(const char *name)
{
    return lc_streq(name, "up.sql") || lc_streq(name, "migration.sql");
}

static enum lc_code walk(struct lc_arena *arena, const char *folder, int depth, struct found_list *out, struct lc_error *err);

static enum lc_code look_at(struct lc_arena *arena, const char *folder, const char *name, int depth, struct found_list *out,
                            struct lc_error *err)
{
    struct found f = {lc_printf(arena, "%s/%s", folder, name), depth > 1 || (depth == 1 && !is_framework_file(name))};
    struct stat st;

    if (name[0] == '.' || lstat(f.path, &st) != 0)
        return LC_OK;
    // a link to a folder is not followed: it could lead around in a circle
    if (S_ISDIR(st.st_mode))
        return depth < MAX_DEPTH ? walk(arena, f.path, depth + 1, out, err) : LC_OK;
    if (!lc_ends(name, ".sql") || lc_streq(name, "down.sql"))
        return LC_OK;
    if (S_ISLNK(st.st_mode)) {
        if (stat(f.path, &st) != 0)
            return fail_at(err, f.path, lc_printf(arena, "cannot open: %s", strerror(errno)));
        if (S_ISDIR(st.st_mode))
            return LC_OK;
    }
    if (!S_ISREG(st.st_mode))
        return LC_OK;
    if (out->len >= MAX_FILES)
        return fail_at(err, folder, lc_printf(arena, "more than %d migrations", MAX_FILES));
    LC_PUSH(arena, out, f);
    return LC_OK;
}

static enum lc_code walk(struct lc_arena *arena, const char *folder, int depth, struct found_list *out, struct lc_error *err)
{
    DIR *dir = opendir(folder);
    const struct dirent *e;
    enum lc_code code = LC_OK;

    if (!dir)
        return fail_at(err, folder, lc_printf(arena, "cannot open: %s", strerror(errno)));
    while (code == LC_OK && (e = readdir(dir)))
        code = look_at(arena, folder, e->d_name, depth, out, err);
    (void)closedir(dir);
    return code;
}

static bool exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static enum lc_code add(struct lc_arena *arena, const char *folder, const char *path, const struct migration_format *wanted,
                        struct migration_entries *out, struct lc_error *err)
{
    struct migration_entry e = {.in = {.path = path, .folder = folder}};
    enum lc_code code = migration_read_file(arena, path, &e.in, err);

    if (code != LC_OK)
        return code;
    e.in.folder = folder;
    e.format = migration_choose(arena, &e.in, wanted, &e.reason);
    LC_PUSH(arena, out, e);
    return LC_OK;
}

// A name of a plan or a journal, which may not lead out of the folder.
static bool is_inside(const char *name)
{
    return *name && *name != '/' && !lc_starts(name, "../") && !strstr(name, "/../") && !lc_ends(name, "/..");
}

// --- Drizzle ---------------------------------------------------------------------------------------------------

// drizzle-team/drizzle-orm src/migrator.ts readMigrationFiles: the journal has the order, and what is not in it is not run
static enum lc_code read_journal(struct lc_arena *arena, const char *folder, const char *path, struct migration_entries *out,
                                 struct lc_error *err)
{
    struct migration_input journal = {.path = path};
    enum lc_code code = migration_read_file(arena, path, &journal, err);
    cJSON *root;
    const cJSON *entry;

    if (code != LC_OK)
        return code;
    root = cJSON_Parse(journal.text);
    if (!cJSON_IsArray(cJSON_GetObjectItem(root, "entries")))
        code = fail_at(err, path, "the journal is no JSON with \"entries\"");
    cJSON_ArrayForEach(entry, cJSON_GetObjectItem(root, "entries"))
    {
        const char *tag = cJSON_GetStringValue(cJSON_GetObjectItem(entry, "tag"));
        if (code != LC_OK || !tag || !is_inside(tag))
            continue;
        if (!exists(lc_printf(arena, "%s/%s.sql", folder, tag))) {
            code =
                fail_at(err, path,
                        lc_printf(arena, "the journal has \"%s\", and there is no %s.sql: Drizzle refuses the folder", tag, tag));
            continue;
        }
        code = add(arena, folder, lc_printf(arena, "%s/%s.sql", folder, tag), &migration_drizzle, out, err);
        if (code == LC_OK)
            out->items[out->len - 1].reason = "detected: meta/_journal.json";
    }
    cJSON_Delete(root);
    return code;
}

// --- sqitch ----------------------------------------------------------------------------------------------------

struct change {
    const char *name;
    struct LC_ARRAY(const char *) tags; // that follow it
    int next;                           // where the plan has the name again (reworks it); 0: nowhere
};

struct changes LC_ARRAY(struct change);

// sqitchers/sqitch lib/App/Sqitch/Plan.pm _parse: [+]name [dependencies] timestamp planner # note; @tag; %pragma
static void parse_plan(struct lc_arena *arena, const char *text, struct changes *out)
{
    while (*text) {
        size_t len = strcspn(text, "\r\n"), n;
        const char *p = text + strspn(text, " \t"), *name;
        bool revert = *p == '-';
        text += len;
        text += strspn(text, "\r\n");
        if (*p == '+' || *p == '-')
            p += 1 + strspn(p + 1, " \t");
        n = strcspn(p, " \t\r\n");
        if (!n || *p == '#' || *p == '%' || revert)
            continue;
        name = lc_strndup(arena, p + (*p == '@'), n - (*p == '@'));
        if (*p != '@') {
            LC_PUSH(arena, out, (struct change){.name = name});
            continue;
        }
        if (out->len && is_inside(name))
            LC_PUSH(arena, &out->items[out->len - 1].tags, name);
    }
}

static void find_reworked(struct lc_arena *arena, struct changes *all)
{
    struct lc_map later;

    lc_map_init(&later, arena);
    for (int i = all->len - 1; i >= 0; i--) {
        all->items[i].next = (int)(intptr_t)lc_map_get(&later, all->items[i].name);
        (void)lc_map_put(&later, all->items[i].name, (void *)(intptr_t)i);
    }
}

// The deploy script. That of a change which is reworked later has one of the tags between the two in its name: the latest that has a file
// (App/Sqitch/Plan.pm _parse, rework_tags; Plan/Change.pm path_segments).
static const char *script_of(struct lc_arena *arena, const char *top, const struct changes *all, int i)
{
    enum { MAX_TRIES = 1000 };
    const struct change *c = &all->items[i];
    const char *first = NULL;
    int tries = 0;

    for (int k = c->next - 1; k >= i && tries < MAX_TRIES; k--)
        for (int t = 0; t < all->items[k].tags.len && tries < MAX_TRIES; t++, tries++) {
            const char *path = lc_printf(arena, "%s/deploy/%s@%s.sql", top, c->name, all->items[k].tags.items[t]);
            if (exists(path))
                return path;
            first = first ? first : path;
        }
    return first ? first : lc_printf(arena, "%s/deploy/%s.sql", top, c->name);
}

// A value of the section [core] of sqitch.conf, a path in the folder; NULL: it is not set.
static const char *core_value(struct lc_arena *arena, const char *conf, const char *key)
{
    bool core = false;

    for (const char *line = conf; line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
        const char *p = line + strspn(line, " \t"), *name;
        if (*p == '[')
            core = lc_starts(p, "[core]");
        if (!core || !lc_starts(p, key) || !strchr(" \t=", p[strlen(key)]))
            continue;
        p += strlen(key);
        p += strspn(p, " \t=");
        p += lc_starts(p, "./") ? 2 : 0;
        name = lc_strndup(arena, p, strcspn(p, " \t\r\n"));
        return is_inside(name) && !lc_streq(name, ".") ? name : NULL;
    }
    return NULL;
}

struct project { // of sqitch
    const char *folder, *plan, *top;
};

// lib/App/Sqitch/Target.pm: core.plan_file, or sqitch.plan in core.top_dir. Without sqitch.conf both are where the plan is.
static bool find_plan(struct lc_arena *arena, const char *folder, struct project *out)
{
    const char *conf = read_beside(arena, lc_printf(arena, "%s/", folder), "sqitch.conf");
    const char *top = core_value(arena, conf, "top_dir"), *plan = core_value(arena, conf, "plan_file");

    *out = (struct project){.folder = folder, .top = top ? lc_printf(arena, "%s/%s", folder, top) : folder};
    out->plan = plan ? lc_printf(arena, "%s/%s", folder, plan) : lc_printf(arena, "%s/sqitch.plan", out->top);
    if (exists(out->plan))
        return true;
    out->plan = lc_printf(arena, "%s/sqitch.plan", folder);
    return exists(out->plan);
}

// The folder's project, or, for "deploy" itself, that of the folder around it.
static bool find_project(struct lc_arena *arena, const char *folder, struct project *out)
{
    const char *deploy = "/deploy";
    size_t len = strlen(folder), n = strlen(deploy);

    if (find_plan(arena, folder, out))
        return true;
    if (lc_streq(folder, deploy + 1))
        return find_plan(arena, ".", out);
    return lc_ends(folder, deploy) && len > n && find_plan(arena, lc_strndup(arena, folder, len - n), out);
}

static enum lc_code read_plan(struct lc_arena *arena, const struct project *project, struct migration_entries *out,
                              struct lc_error *err)
{
    const char *folder = project->folder, *path = project->plan, *top = project->top;
    struct migration_input plan = {.path = path};
    enum lc_code code = migration_read_file(arena, path, &plan, err);
    struct changes changes = {0};

    if (code == LC_OK)
        parse_plan(arena, plan.text, &changes);
    find_reworked(arena, &changes);
    for (int i = 0; code == LC_OK && i < changes.len; i++) {
        if (!is_inside(changes.items[i].name))
            continue;
        if (!exists(script_of(arena, top, &changes, i))) {
            code = fail_at(err, path,
                           lc_printf(arena, "the plan has \"%s\", and there is no %s: sqitch refuses to deploy it",
                                     changes.items[i].name, script_of(arena, top, &changes, i)));
            continue;
        }
        code = add(arena, folder, script_of(arena, top, &changes, i), &migration_sqitch, out, err);
        if (code == LC_OK)
            out->items[out->len - 1].reason = "detected: sqitch.plan";
    }
    return code;
}

// --- everything else -------------------------------------------------------------------------------------------

// The format of most files that have marks; NULL: none has.
static const struct migration_format *common_format(const struct migration_entries *all)
{
    enum { MAX_FORMATS = 32 };
    const struct migration_format *seen[MAX_FORMATS] = {0};
    int count[MAX_FORMATS] = {0}, n = 0, best = 0;

    for (int i = 0; i < all->len; i++) {
        int k = 0;
        if (all->items[i].format == &migration_plain)
            continue;
        while (k < n && seen[k] != all->items[i].format)
            k++;
        if (k == MAX_FORMATS)
            continue;
        n += k == n;
        seen[k] = all->items[i].format;
        count[k]++;
        best = count[k] > count[best] ? k : best;
    }
    return seen[best];
}

static int compare_entries(const void *a, const void *b, void *compare)
{
    int (*const *order)(const char *, const char *) = compare;

    return (*order)(((const struct migration_entry *)a)->in.path, ((const struct migration_entry *)b)->in.path);
}

// One framework runs a folder: a file that looks like its own is, though it looks like another's, too (a comment like that one's marker).
static bool is_of(struct lc_arena *arena, const struct migration_entry *e, const struct migration_format *common)
{
    return e->format == &migration_plain ? common->adopts : common->detect(arena, &e->in) != NULL;
}

// Files of the format without marks of their own; callbacks and such that the framework does not run as migrations.
static void settle(struct lc_arena *arena, struct migration_entries *all, const struct migration_format *common)
{
    int n = 0;

    for (int i = 0; i < all->len; i++) {
        struct migration_entry *e = &all->items[i];
        if (common && e->format != common && is_of(arena, e, common)) {
            e->format = common;
            e->reason = lc_printf(arena, "as other files of the folder: %s", common->name);
        }
        if (common && common->looks_at && !common->looks_at(file_name(e->in.path)))
            continue;
        if (!e->format->skip || !e->format->skip(&e->in))
            all->items[n++] = *e;
    }
    all->len = n;
}

// Checkpoints that have files before them: a database that has run those does not run them.
static void leave_out_repeats(struct lc_arena *arena, struct migration_entries *all)
{
    int n = 0;

    for (int i = 0; i < all->len; i++) {
        const struct migration_format *f = all->items[i].format;
        if (i == 0 || !f->stands_for_all_before || !f->stands_for_all_before(arena, &all->items[i].in))
            all->items[n++] = all->items[i];
    }
    all->len = n;
}

// The name that has the version.
static const char *name_of(const struct migration_format *format, const struct migration_entry *e)
{
    return format->needs_in_folder ? folder_name(e->in.path) : file_name(e->in.path);
}

// The first folder in `folder` by name that lacks the file; NULL: none does.
static const char *folder_without(struct lc_arena *arena, const char *folder, const char *file)
{
    DIR *dir = opendir(folder);
    const struct dirent *e;
    const char *first = NULL;
    struct stat st;

    while (dir && (e = readdir(dir))) {
        const char *path = lc_printf(arena, "%s/%s", folder, e->d_name);
        if (e->d_name[0] == '.' || (first && strcmp(e->d_name, first) > 0) || lstat(path, &st) != 0 || !S_ISDIR(st.st_mode))
            continue;
        if (!exists(lc_printf(arena, "%s/%s", path, file)))
            first = lc_strdup(arena, e->d_name);
    }
    if (dir)
        (void)closedir(dir);
    return first;
}

// diesel's valid_sql_migration_directory, Prisma's read_migration_script.
static void check_folders(struct lc_arena *arena, const char *folder, struct migration_entries *all,
                          const struct migration_format *common)
{
    const char *lacks =
        common && common->needs_in_folder && all->len ? folder_without(arena, folder, common->needs_in_folder) : NULL;

    if (!lacks || all->items[0].problem)
        return;
    all->items[0].problem = lc_printf(arena, "%s has no %s", lacks, common->needs_in_folder);
    all->items[0].remedy = "Give the folder the file, or remove the folder.";
}

// What the framework refuses the folder for: a file's own problem, a number that two files have, or that none has.
static void check_versions(struct lc_arena *arena, struct migration_entries *all, const struct migration_format *common)
{
    for (int i = 0; common && common->problem && i < all->len; i++) {
        all->items[i].problem = common->problem(arena, &all->items[i].in);
        all->items[i].remedy = common->remedy;
    }
    for (int i = 0; common && common->versions != VERSIONS_ANY && i < all->len; i++) {
        struct migration_entry *e = &all->items[i];
        const char *name = name_of(common, e), *before = i ? name_of(common, &e[-1]) : "0";
        if (i && common->compare_versions(before, name) == 0)
            e->problem = lc_printf(arena, "%s has the version of %s", name, before);
        else if (common->versions == VERSIONS_WITHOUT_GAP && strtoll(name, NULL, 10) != strtoll(before, NULL, 10) + 1)
            e->problem = lc_printf(arena, "version %lld is missing", strtoll(before, NULL, 10) + 1);
        else
            continue;
        e->remedy = "Give each file a version of its own, in order.";
    }
}

// Puts what runs around each migration there. What it runs over a connection of its own has none.
static void put_around(struct lc_arena *arena, struct migration_entries *all, const struct migration_format *common)
{
    struct migration_entries out = {0}, before = {0}, after = {0};

    for (int i = 0; i < all->len; i++) {
        struct migration_entry e = all->items[i];
        int where = common->around(file_name(e.in.path));
        e.around = true;
        if (where)
            LC_PUSH(arena, where < 0 ? &before : &after, e);
    }
    for (int i = 0; i < all->len; i++) {
        struct migration_entry e = all->items[i];
        bool alone = common->runs_alone(file_name(e.in.path));
        if (common->around(file_name(e.in.path)))
            continue;
        for (int k = 0; !alone && k < before.len; k++) {
            before.items[k].joins = k > 0;
            LC_PUSH(arena, &out, before.items[k]);
        }
        e.joins = !alone && before.len > 0;
        LC_PUSH(arena, &out, e);
        for (int k = 0; !alone && k < after.len; k++) {
            after.items[k].joins = true;
            LC_PUSH(arena, &out, after.items[k]);
        }
    }
    *all = out;
}

static enum lc_code add_found(struct lc_arena *arena, const char *folder, const struct found_list *found, bool deep,
                              const struct migration_format *wanted, struct migration_entries *out, struct lc_error *err)
{
    enum lc_code code = LC_OK;

    for (int i = 0; code == LC_OK && i < found->len; i++)
        if (found->items[i].deep == deep)
            code = add(arena, folder, found->items[i].path, wanted, out, err);
    return code;
}

// Is the name one of the format's migrations written in code? They are numbered as its others are.
static bool is_code(const struct migration_format *format, const char *name)
{
    bool numbered = is_numbered(name, '_') || is_numbered(name, '-') || (*name == 'V' && strstr(name, "__"));
    const char *dot = strrchr(name, '.');

    if (!numbered || !dot || lc_ends(name, "_test.go") || lc_ends(name, ".d.ts"))
        return false;
    for (const char *p = format->code; *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");
        if (strlen(dot) == n && strncmp(dot, p, n) == 0)
            return true;
        p += n;
    }
    return false;
}

// What is written in code runs in its place among the others, and is not read.
static void add_code(struct lc_arena *arena, const char *folder, const struct migration_format *format,
                     struct migration_entries *out)
{
    DIR *dir = opendir(folder);
    const struct dirent *e;

    while (dir && (e = readdir(dir))) {
        const char *path = lc_printf(arena, "%s/%s", folder, e->d_name);
        struct migration_input in = {.path = path, .folder = folder, .text = ""};
        if (is_code(format, e->d_name) && exists(path) && out->len < MAX_FILES)
            LC_PUSH(arena, out,
                    (struct migration_entry){.in = in, .format = format, .reason = "a migration in code", .in_code = true});
    }
    if (dir)
        (void)closedir(dir);
}

// Hasura's folders are databases: their migrations do not meet.
static enum lc_code check_database(struct lc_arena *arena, const char *folder, const struct migration_entries *all,
                                   struct lc_error *err)
{
    const char *first = all->items[0].in.path;
    size_t len = (size_t)(folder_name(first) - first);

    for (int i = 1; i < all->len; i++) {
        const char *path = all->items[i].in.path;
        if ((size_t)(folder_name(path) - path) == len && strncmp(path, first, len) == 0)
            continue;
        (void)fail_at(err, folder, "the folder has migrations of several databases");
        lc_error_hint(err, "Name one of them: %.*s, or %.*s.", (int)len - 1, first, (int)(folder_name(path) - path) - 1, path);
        return LC_E_INPUT;
    }
    (void)arena;
    return LC_OK;
}

// Scripts of sqitch without their plan have no order.
static enum lc_code check_plan(struct lc_arena *arena, const char *folder, const struct migration_entries *all,
                               struct lc_error *err)
{
    for (int i = 0; i < all->len; i++) {
        const char *path = all->items[i].in.path, *deploy = strstr(path, "/deploy/");
        const char *top = deploy ? lc_strndup(arena, path, (size_t)(deploy - path)) : "";
        if (!deploy || !exists(lc_printf(arena, "%s/sqitch.plan", top)))
            continue;
        (void)fail_at(err, folder, lc_printf(arena, "the order of its scripts is in %s/sqitch.plan", top));
        lc_error_hint(err, "Name that folder: %s.", top);
        return LC_E_INPUT;
    }
    return LC_OK;
}

static enum lc_code read_files(struct lc_arena *arena, const char *folder, const struct migration_format *wanted,
                               struct migration_entries *out, struct lc_error *err)
{
    struct found_list found = {0};
    const struct migration_format *common;
    int (*order)(const char *, const char *) = compare_by_number;
    enum lc_code code = walk(arena, folder, 0, &found, err);

    if (code == LC_OK)
        code = add_found(arena, folder, &found, false, wanted, out, err);
    common = wanted ? wanted : common_format(out);
    if (code == LC_OK && (out->len == 0 || (common && common->nested)))
        code = add_found(arena, folder, &found, true, wanted, out, err);
    common = common ? common : common_format(out);
    settle(arena, out, common);
    if (common && common->code)
        add_code(arena, folder, common, out);
    if (common && common->compare)
        order = common->compare;
    if (out->len)
        qsort_r(out->items, (size_t)out->len, sizeof *out->items, compare_entries, &order);
    if (code == LC_OK && common && common->one_database && out->len)
        code = check_database(arena, folder, out, err);
    if (code == LC_OK && common == &migration_sqitch)
        code = check_plan(arena, folder, out, err);
    if (common && common->stands_for_all_before)
        leave_out_repeats(arena, out);
    check_versions(arena, out, common);
    check_folders(arena, folder, out, common);
    if (common && common->around)
        put_around(arena, out, common);
    return code;
}

enum lc_code migration_read_folder(struct lc_arena *arena, const char *folder, const struct migration_format *wanted,
                                   struct migration_entries *out, struct lc_error *err)
{
    const char *journal = lc_printf(arena, "%s/meta/_journal.json", folder);
    struct migration_entries all = {0};
    struct project project;
    enum lc_code code;

    if ((!wanted || wanted == &migration_drizzle) && exists(journal))
        code = read_journal(arena, folder, journal, &all, err);
    else if ((!wanted || wanted == &migration_sqitch) && find_project(arena, folder, &project))
        code = read_plan(arena, &project, &all, err);
    else
        code = read_files(arena, folder, wanted, &all, err);
    if (code == LC_OK && all.len == 0) {
        (void)fail_at(err, folder, "the folder has no migration (NAME.sql, NAME/up.sql, NAME/migration.sql)");
        lc_error_hint(err, "What migrations written in code run can be given as SQL (alembic upgrade --sql, sqlmigrate, a log).");
        return LC_E_INPUT;
    }
    for (int i = 0; i < all.len; i++)
        LC_PUSH(arena, out, all.items[i]);
    return code;
}

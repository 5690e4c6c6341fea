// Transactions of the catalogue: every change of a word is noted, and undone backwards. Settings, which obey them too.
#include "catalog/internal.h"

#include <string.h>

#include "base/str.h"

void cat_set_word(struct catalog *cat, void **where, void *value)
{
    if (*where == value)
        return;
    if (cat->levels.len)
        LC_PUSH(cat->arena, &cat->undo, (struct cat_undo){where, *where});
    *where = value;
}

void cat_begin(struct catalog *cat)
{
    cat->loading = false;
    LC_PUSH(cat->arena, &cat->levels, cat->undo.len);
}

// What SET LOCAL set lasts until here (AtEOXact_GUC, guc.c).
void cat_end_local_settings(struct catalog *cat)
{
    for (LC_EACH(e, &cat->settings)) {
        struct cat_setting *s = e->value;

        cat_set_word(cat, &s->value, s->session);
    }
    cat_set_word(cat, (void **)&cat->path, cat->session_path);
}

void cat_commit(struct catalog *cat)
{
    if (!cat->levels.len)
        return;
    cat->levels.len--;
    if (cat->levels.len)
        return;
    cat->undo.len = 0;
    cat_end_local_settings(cat);
}

void cat_rollback(struct catalog *cat)
{
    int mark;

    if (!cat->levels.len)
        return;
    mark = cat->levels.items[--cat->levels.len];
    cat->names_lost += cat->undo.len > mark;
    while (cat->undo.len > mark) {
        struct cat_undo *u = &cat->undo.items[--cat->undo.len];

        *u->where = u->old;
    }
}

// One name of a list as SplitIdentifierString (varlena.c) reads it: quoted, or folded to lower case. *p is moved past it.
static const char *next_identifier(struct catalog *cat, const char **p)
{
    const char *s = *p;
    struct lc_str name;
    bool quoted = *s == '"';

    lc_str_init(&name, cat->arena, LC_STR_MAX);
    if (quoted)
        s++;
    for (; *s && (quoted || (*s != ',' && *s != ' ' && *s != '\t' && *s != '\n')); s++) {
        if (quoted && *s == '"' && *++s != '"')
            break;
        lc_str_addc(&name, !quoted && *s >= 'A' && *s <= 'Z' ? (char)(*s - 'A' + 'a') : *s);
    }
    *p = s;
    return name.text;
}

static struct cat_path *parse_path(struct catalog *cat, const char *list)
{
    struct cat_path *path = LC_NEW(cat->arena, struct cat_path);
    struct cat_names LC_ARRAY(const char *) names = {0};

    for (const char *p = list; *p;) {
        if (*p == ',' || *p == ' ' || *p == '\t' || *p == '\n') {
            p++;
            continue;
        }
        LC_PUSH(cat->arena, &names, next_identifier(cat, &p));
    }
    path->names = names.items;
    path->len = names.len;
    return path;
}

static void set_path(struct catalog *cat, struct cat_path *path, bool local)
{
    cat_set_word(cat, &cat->path, path);
    if (!local)
        cat_set_word(cat, &cat->session_path, path);
}

static void set_value(struct catalog *cat, const char *name, const char *value, bool local)
{
    struct cat_setting *s = lc_map_get(&cat->settings, name);
    void *copy = value ? lc_strdup(cat->arena, value) : NULL;

    if (!s) {
        s = LC_NEW(cat->arena, struct cat_setting);
        (void)lc_map_put(&cat->settings, lc_strdup(cat->arena, name), s);
        if (strcmp(name, "role") == 0)
            cat->role = s;
        else if (strcmp(name, "session_authorization") == 0)
            cat->session_authorization = s;
    }
    cat_set_word(cat, &s->value, copy);
    if (!local)
        cat_set_word(cat, &s->session, copy);
}

void cat_set_setting(struct catalog *cat, const char *name, const char *value, bool local)
{
    if (strcmp(name, "search_path") == 0)
        set_path(cat, parse_path(cat, value ? value : "\"$user\", public"), local);
    set_value(cat, name, value, local);
}

void cat_keep_settings(struct catalog *cat)
{
    if (cat->start_path)
        return; // of the first session
    for (LC_EACH(e, &cat->settings)) {
        struct cat_setting *s = e->value;

        s->start = s->session;
    }
    cat->start_path = cat->session_path;
}

void cat_reset_setting(struct catalog *cat, const char *name)
{
    struct cat_setting *s = lc_map_get(&cat->settings, name);

    if (s) {
        cat_set_word(cat, &s->value, s->start);
        cat_set_word(cat, &s->session, s->start);
    }
    if (cat->start_path && strcmp(name, "search_path") == 0)
        set_path(cat, cat->start_path, false);
}

// GUC_NO_RESET_ALL (guc_tables.c), of those that decide anything here.
static bool outlives_reset_all(const char *name)
{
    static const char *const names[] = {"role", "session_authorization", "transaction_read_only", "transaction_isolation",
                                        "transaction_deferrable"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

void cat_reset_settings(struct catalog *cat, bool all)
{
    for (LC_EACH(e, &cat->settings)) {
        struct cat_setting *s = e->value;

        // "lockcast.": default privileges, the day; no settings of the session's
        if ((!all && outlives_reset_all(e->key)) || lc_starts(e->key, "lockcast."))
            continue;
        cat_set_word(cat, &s->value, s->start);
        cat_set_word(cat, &s->session, s->start);
    }
    if (cat->start_path)
        set_path(cat, cat->start_path, false);
}

const char *cat_setting(const struct catalog *cat, const char *name)
{
    const struct cat_setting *s = lc_map_get(&cat->settings, name);

    return s ? s->value : NULL;
}

void cat_set_search_path(struct catalog *cat, const char *const *schemas, int n)
{
    struct lc_str list;

    lc_str_init(&list, cat->arena, LC_STR_MAX);
    for (int i = 0; i < n; i++) {
        lc_str_add(&list, i ? ", \"" : "\"");
        for (const char *p = schemas[i]; *p; p++) {
            if (*p == '"')
                lc_str_addc(&list, '"');
            lc_str_addc(&list, *p);
        }
        lc_str_addc(&list, '"');
    }
    cat_set_setting(cat, "search_path", list.text, false);
}

int cat_search_path(const struct catalog *cat, const char *const **schemas)
{
    const struct cat_path *path = cat->path;

    *schemas = path->names;
    return path->len;
}

const char *cat_user(const struct catalog *cat)
{
    const char *role = cat->role ? cat->role->value : NULL;

    if (role && strcmp(role, "none") != 0)
        return role;
    return cat->session_authorization ? cat->session_authorization->value : NULL;
}

// Footprints of statements as a snapshot keeps them when it may not keep their texts: what they lock, by name.
//
// One line each, fields parted by tabs: "begin"; or "query", then "lock SCHEMA NAME MODE certain|likely|perhaps", "rows SCHEMA NAME ROWMODE" and
// "keys SCHEMA NAME" (rows locked FOR KEY SHARE by foreign-key checks).
#include <string.h>

#include "base/str.h"
#include "sql/sql.h"
#include "traffic/internal.h"

// Names with control characters would break the lines; nobody has them but to do that.
static bool plain(const char *name)
{
    for (; name && *name; name++)
        if ((unsigned char)*name < 0x20)
            return false;
    return name != NULL;
}

static void put(struct lc_str *out, const struct catalog *cat, const char *what, const struct cat_relation *rel)
{
    lc_str_addf(out, "\n%s\t%s\t%s", what, cat_schema_name(cat, rel->o.schema), rel->o.name);
}

static const char *const row_modes[] = {"update", "no key update", "share", "key share"};
static const struct {
    const char *word;
    double sure;
} words[] = {{"certain", 1}, {"likely", 0.9}, {"perhaps", 0.5}};

static const char *sure_word(double sure)
{
    return words[sure >= 1 ? 0 : sure > 0.5 ? 1 : 2].word;
}

static double word_sure(const char *word)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (lc_streq(word, words[i].word))
            return words[i].sure;
    return words[2].sure;
}

static const char *store(const struct snapshot *snap, const Node *tree, const char *query)
{
    struct traffic_build b = {.arena = snap->arena, .snap = snap};
    struct traffic_statement s = {0};
    struct lc_str out;

    if (traffic_is_begin(tree))
        return "begin";
    if (!traffic_footprint(&b, tree, query, &s))
        return NULL;
    lc_str_init(&out, snap->arena, (size_t)1 << 20);
    lc_str_add(&out, "query");
    for (int i = 0; i < s.nlocks; i++) {
        const struct cat_relation *rel = cat_relation(snap->cat, s.locks[i].relation);
        if (!rel || !plain(rel->o.name) || !plain(cat_schema_name(snap->cat, rel->o.schema)))
            continue;
        put(&out, snap->cat, "lock", rel);
        lc_str_addf(&out, "\t%s\t%s", lc_lockmode_name(s.locks[i].mode), sure_word(s.locks[i].sure));
        if (s.row_locks == rel->o.oid) {
            put(&out, snap->cat, "rows", rel);
            lc_str_addf(&out, "\t%s", row_modes[s.row_mode]);
        }
    }
    for (int i = 0; i < s.nkeys; i++) {
        const struct cat_relation *rel = cat_relation(snap->cat, s.keys[i]);
        if (rel && plain(rel->o.name) && plain(cat_schema_name(snap->cat, rel->o.schema)))
            put(&out, snap->cat, "keys", rel);
    }
    return out.text;
}

void traffic_store_footprints(struct snapshot *snap)
{
    for (int i = 0; i < snap->traffic.nstatements; i++) {
        const struct snap_statement *row = &snap->traffic.statements[i];
        struct lc_error err;
        const Node *tree = row->query ? lc_sql_parse_one(snap->arena, row->query, &err) : NULL;
        const char *text = tree ? store(snap, tree, row->query) : NULL;
        if (text)
            snapshot_set_footprint(snap, i, text);
    }
}

// --- and back -------------------------------------------------------------------------------------------------------------------

#define FIELDS 5

// The fields of one line; *p is moved past it. Missing ones are "".
static void split(struct lc_arena *arena, const char **p, const char *fields[FIELDS])
{
    size_t len = strcspn(*p, "\n");
    char *line = lc_strndup(arena, *p, len);

    *p += len + ((*p)[len] == '\n');
    for (int i = 0; i < FIELDS; i++) {
        size_t n = strcspn(line, "\t");
        bool last = line[n] == '\0';
        fields[i] = line;
        line[n] = '\0';
        line += last ? n : n + 1;
    }
}

static void restore_line(struct traffic_build *b, const char *fields[FIELDS], struct traffic_statement *s, int max)
{
    const struct cat_relation *rel = cat_find_relation(b->snap->cat, fields[1], fields[2]);

    if (!rel)
        return;
    if (strcmp(fields[0], "rows") == 0) {
        s->row_locks = rel->o.oid;
        s->row_mode = TRAFFIC_ROW_UPDATE; // a file that does not say
        for (int i = 0; i < (int)(sizeof row_modes / sizeof *row_modes); i++)
            if (strcmp(fields[3], row_modes[i]) == 0)
                s->row_mode = (enum traffic_row_mode)i;
    } else if (strcmp(fields[0], "keys") == 0 && s->nkeys < max)
        s->keys[s->nkeys++] = rel->o.oid;
    else if (strcmp(fields[0], "lock") == 0 && s->nlocks < max && lc_lockmode_parse(fields[3]) != LC_NO_LOCK)
        s->locks[s->nlocks++] = (struct traffic_lock){rel->o.oid, lc_lockmode_parse(fields[3]), word_sure(fields[4]), 0, 0};
}

enum traffic_stored traffic_restore_footprint(struct traffic_build *b, const char *text, struct traffic_statement *s)
{
    const char *fields[FIELDS];
    int lines = 0;

    if (strcmp(text, "begin") == 0)
        return TRAFFIC_STORED_BEGIN;
    split(b->arena, &text, fields);
    if (strcmp(fields[0], "query") != 0)
        return TRAFFIC_STORED_NOTHING;
    for (const char *p = text; *p; p++)
        lines += *p == '\n';
    s->locks = LC_NEW_ARRAY(b->arena, struct traffic_lock, lines + 1);
    s->keys = LC_NEW_ARRAY(b->arena, Oid, lines + 1);
    while (*text) {
        split(b->arena, &text, fields);
        restore_line(b, fields, s, lines + 1);
    }
    return TRAFFIC_STORED_QUERY;
}

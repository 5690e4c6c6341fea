// COPY: a table or a query out, rows in (commands/copy.c DoCopy, copyfrom.c).
#include "footprint/fp_query.h"

#include <string.h>

#include "base/str.h"

static NodeList *targets(struct fp_session *s, const NodeList *names)
{
    NodeList *out = LC_NEW(s->arena, NodeList);

    if (!names->length)
        return NULL;
    out->items = LC_NEW_ARRAY(s->arena, Node *, names->length);
    for (LIST_EACH(i, names)) {
        ResTarget *t = LC_NEW(s->arena, ResTarget);
        t->tag = T_ResTarget;
        t->name = node_string(names->items[i]);
        out->items[out->length++] = (Node *)(void *)t;
    }
    return out;
}

// CopyGetAttnums (commands/copy.c)
static bool check_columns(struct fp_session *s, const struct cat_relation *rel, const NodeList *names)
{
    for (int i = 0; !s->traffic && !s->uncertain && rel->natts && i < names->length; i++) {
        const char *name = node_string(names->items[i]);
        const struct cat_attribute *att = name ? cat_find_column(rel, name) : NULL;
        if (name && !att)
            fp_refuse(s, "42703", "column \"%s\" of relation \"%s\" does not exist", name, rel->o.name);
        else if (att && att->generated)
            fp_refuse(s, "42P10", "column \"%s\" is a generated column", name);
    }
    return !s->fp->fails;
}

static void copy_from(struct fp_session *s, const CopyStmt *stmt)
{
    const struct cat_relation *rel = fq_find(s, stmt->relation);
    struct fq_write w = {.rel = rel, .op = FQ_INSERT, .cols = targets(s, &stmt->attlist)};

    if (!rel)
        return;
    fp_lock_mode(s, rel, LC_ROW_EXCLUSIVE, &fq_rules[FQ_TARGET]);
    if (!check_columns(s, rel, &stmt->attlist))
        return;
    if (rel->relkind == 'v') {
        fq_fire(s, rel, TRIGGER_TYPE_INSERT, TRIGGER_TYPE_INSTEAD, true, &w);
        return;
    }
    (void)fp_add_work(s, FP_COPY_IN, rel, "COPY FROM");
    fq_execute_write(s, &w);
}

static void copy_to(struct fp_session *s, const CopyStmt *stmt)
{
    const struct cat_relation *rel = fq_find(s, stmt->relation);

    if (!rel)
        return;
    fp_lock_mode(s, rel, LC_ACCESS_SHARE, &fq_rules[FQ_READ]);
    if (rel->relkind == 'r' && !check_columns(s, rel, &stmt->attlist))
        return;
    if (rel->relkind == 'v')
        fp_refuse(s, "42809", "cannot copy from view \"%s\"", rel->o.name);
    else if (rel->relkind == 'p' && cat_major(s->cat) < 19)
        fp_refuse(s, "42809", "cannot copy from partitioned table \"%s\"", rel->o.name);
    else
        (void)fp_add_work(s, FP_SCAN, rel, "COPY TO");
}

void fp_copy(struct fp_session *s, const CopyStmt *stmt)
{
    if (stmt->query)
        (void)fq_run(s, stmt->query, FQ_EXECUTE);
    else if (stmt->is_from)
        copy_from(s, stmt);
    else
        copy_to(s, stmt);
}

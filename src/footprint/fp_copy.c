// COPY: a table or a query out, rows in (commands/copy.c DoCopy, copyfrom.c).
#include "footprint/fp_query.h"

#include <string.h>

#include "base/str.h"
#include "catalog/expr.h"

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

// DoCopy (commands/copy.c): what rows must meet, then the columns (CopyGetAttnums), whatever kind of relation it is.
static bool check_columns(struct fp_session *s, const struct cat_relation *rel, const NodeList *names, const Node *where)
{
    struct cat_scope scope = cat_scope_of(s->arena, rel);
    struct lc_error err = {0};

    if (where && !s->traffic && !s->uncertain && rel->natts && cat_check_expr_names(s->cat, &scope, where, &err) != LC_OK) {
        fp_refuse(s, err.detail, "%s", err.message);
        return false;
    }
    for (int i = 0; !s->traffic && !s->uncertain && rel->natts && i < names->length; i++) {
        const char *name = node_string(names->items[i]);
        const struct cat_attribute *att = name ? cat_find_column(rel, name) : NULL;
        if (name && !att)
            fp_refuse(s, "42703", "column \"%s\" of relation \"%s\" does not exist", name, rel->o.name);
        else if (att && att->generated)
            fp_refuse(s, "42P10", "column \"%s\" is a generated column", name);
        for (int k = 0; name && k < i; k++)
            if (lc_streq(name, node_string(names->items[k])))
                fp_refuse(s, "42701", "column \"%s\" specified more than once", name);
    }
    return !s->fp->fails;
}

// CopyFrom (commands/copyfrom.c): FREEZE only where a rollback takes the rows away with their file.
static bool can_freeze(struct fp_session *s, const struct cat_relation *rel)
{
    if (rel->relkind == 'p')
        fp_refuse(s, "0A000", "cannot perform COPY FREEZE on a partitioned table");
    else if (!s->uncertain && !(s->body && s->level == 0) && !fp_has_new_storage(s, rel))
        fp_refuse(s, "55000",
                  "cannot perform COPY FREEZE because the table was not created or truncated in the current subtransaction");
    return !s->fp->fails;
}

// CopyFrom
static bool refuse_destination(struct fp_session *s, const struct cat_relation *rel)
{
    if (strchr("rfp", rel->relkind) ||
        (rel->relkind == 'v' && fq_has_trigger(s->cat, rel, TRIGGER_TYPE_INSTEAD | TRIGGER_TYPE_INSERT)))
        return false;
    fp_refuse(s, "42809", "cannot copy to %s \"%s\"", cat_relation_kind(rel), rel->o.name);
    return true;
}

static void copy_from(struct fp_session *s, const CopyStmt *stmt)
{
    const struct cat_relation *rel = fq_find(s, stmt->relation);
    struct fq_write w = {.rel = rel, .op = FQ_INSERT, .cols = targets(s, &stmt->attlist)};

    if (!rel)
        return;
    fp_lock_mode(s, rel, LC_ROW_EXCLUSIVE, &fq_rules[FQ_TARGET]);
    if (!check_columns(s, rel, &stmt->attlist, stmt->whereClause) || refuse_destination(s, rel))
        return;
    if (rel->relkind == 'v') {
        bool was = s->uncertain;
        s->uncertain = true; // the file may be empty
        fq_fire(s, rel, TRIGGER_TYPE_INSERT, TRIGGER_TYPE_INSTEAD, true, &w);
        s->uncertain = was;
        return;
    }
    if (fq_option_on(&stmt->options, "freeze") && !can_freeze(s, rel))
        return;
    (void)fp_add_work(s, FP_COPY_IN, rel, "COPY FROM");
    fq_execute_write(s, &w);
}

// BeginCopyTo
static bool refuse_source(struct fp_session *s, const struct cat_relation *rel)
{
    if (rel->relkind == 'r' || (rel->relkind == 'm' && cat_major(s->cat) >= 18) ||
        (rel->relkind == 'p' && cat_major(s->cat) >= 19))
        return false;
    fp_refuse(s, "42809", "cannot copy from %s \"%s\"", rel->relkind == 'p' ? "partitioned table" : cat_relation_kind(rel),
              rel->o.name);
    return true;
}

static void copy_to(struct fp_session *s, const CopyStmt *stmt)
{
    const struct cat_relation *rel = fq_find(s, stmt->relation);

    if (!rel)
        return;
    fp_lock_mode(s, rel, LC_ACCESS_SHARE, &fq_rules[FQ_READ]);
    if (!check_columns(s, rel, &stmt->attlist, NULL) || refuse_source(s, rel))
        return;
    if (rel->relkind == 'm' && cat_major(s->cat) >= 18 && !rel->ispopulated)
        fp_refuse(s, "0A000", "cannot copy from unpopulated materialized view \"%s\"", rel->o.name);
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

// Rewriting: views are replaced by their definitions, row security adds its conditions, writes through a view go to its base table
// (rewriteHandler.c fireRIRrules, rewriteTargetView, AcquireRewriteLocks).
#include "footprint/fp_query.h"

#include <limits.h>

#include "base/str.h"

#define MAX_RANGE_TABLE 10001 // views of views double: what is beyond has been noted

// fireRIRrules (rewrite/rewriteHandler.c): a view that CREATE OR REPLACE VIEW has made read itself.
static bool reads_itself(struct fq_query *q, const struct fq_rel *r)
{
    const struct fq_rel *up = r->within;

    while (up && up->rel->o.oid != r->rel->o.oid)
        up = up->within;
    if (up && !q->s->uncertain && !q->s->traffic)
        fp_refuse(q->s, "42P17", "infinite recursion detected in rules for relation \"%s\"", r->rel->o.name);
    return up != NULL;
}

static void expand_view(struct fq_query *q, struct fq_rel *r)
{
    const SelectStmt *def = AS(SelectStmt, r->rel->view_query);
    int before = q->rels.len;
    bool conditional = q->conditional, uncertain = q->s->uncertain;

    if (!def) {
        fp_note(q->s, "unknown-view", true, "the definition of view %s is not known: what it reads is not known",
                cat_qualified_name(q->s->cat, r->rel));
        return;
    }
    q->conditional = true;
    q->s->uncertain |= r->uncertain;
    q->in_view = true;
    r->view = fq_select(q, def, NULL, r->mode == LC_ROW_SHARE);
    q->in_view = false;
    for (int i = before; i < q->rels.len; i++)
        q->rels.items[i]->within = r;
    q->s->uncertain = uncertain;
    q->conditional = conditional;
    if (r->view) {
        r->view->parent = r->level;
        r->view->pulled_up = r->view->simple;
    }
}

// check_enable_rls (utils/misc/rls.c): owners and superusers are exempt. Who runs the traffic is often not known.
static bool row_security_applies(const struct fp_session *s, const struct cat_relation *rel)
{
    const char *user = cat_user(s->cat);

    if (!rel->relrowsecurity || lc_streq(cat_setting(s->cat, "is_superuser"), "on"))
        return false;
    return !user || !rel->o.owner || rel->relforcerowsecurity || !lc_streq(user, rel->o.owner);
}

static void add_policies(struct fq_query *q, const struct fq_rel *r)
{
    bool uncertain = q->s->uncertain, conditional = q->conditional;
    struct fq_level *level;

    if (!row_security_applies(q->s, r->rel))
        return;
    q->s->uncertain = q->conditional = true; // superusers and BYPASSRLS are not known here
    level = fq_new_level(q, NULL);
    for (int i = 0; i < r->rel->policies.len; i++) {
        const struct cat_policy *p = cat_policy(q->s->cat, r->rel->policies.items[i]);
        if (p)
            fq_expr(q, level, p->qual);
        if (p && r->mode == LC_ROW_EXCLUSIVE)
            fq_expr(q, level, p->check);
    }
    q->s->uncertain = uncertain;
    q->conditional = conditional;
}

// The policies of a relation say the same wherever it stands; one that reads its own table would never come to an end.
static bool has_been(const struct fq_query *q, int n)
{
    for (int i = 0; i < n; i++)
        if (q->rels.items[i]->rel->o.oid == q->rels.items[n]->rel->o.oid && q->rels.items[i]->mode >= q->rels.items[n]->mode)
            return true;
    return false;
}

void fq_rewrite(struct fq_query *q)
{
    for (int i = 0; i < q->rels.len; i++) {
        struct fq_rel *r = q->rels.items[i];
        if (r->rewritten)
            continue;
        r->rewritten = true;
        if (r->rel->relkind == 'v' && reads_itself(q, r))
            continue;
        if (r->rel->relkind == 'v' && q->rels.len < MAX_RANGE_TABLE)
            expand_view(q, r);
        else if (r->rel->policies.len && !has_been(q, i))
            add_policies(q, r);
    }
}

// --- writing through views -----------------------------------------------------------------------------------------------------

const RangeVar *fp_view_from(const struct cat_relation *view)
{
    const SelectStmt *def = AS(SelectStmt, view->view_query);

    if (!def || def->op > SETOP_NONE || def->fromClause.length != 1 || def->distinctClause.length || def->groupClause.length ||
        def->havingClause || def->limitCount || def->limitOffset || def->withClause || def->windowClause.length)
        return NULL;
    return LIST_GET(RangeVar, &def->fromClause, 0);
}

bool fq_view_inherits(const struct cat_relation *view)
{
    const RangeVar *from = fp_view_from(view);

    return !from || from->inh;
}

bool fq_view_refused(const struct cat_relation *view)
{
    return view->relkind == 'v' && AS(SelectStmt, view->view_query) && !fp_view_from(view);
}

bool fq_view_updatable(const struct catalog *cat, const struct cat_relation *view)
{
    const RangeVar *from = view->relkind == 'v' ? fp_view_from(view) : NULL;

    return from && cat_find_rangevar(cat, from);
}

const struct cat_relation *fq_view_base(struct fq_query *q, const struct cat_relation *view, enum lc_lockmode mode)
{
    const SelectStmt *def = AS(SelectStmt, view->view_query);
    const RangeVar *from = fp_view_from(view);
    const struct cat_relation *base = from ? cat_find_rangevar(q->s->cat, from) : NULL;
    struct fq_level *level;
    bool conditional = q->conditional;

    if (!base)
        return NULL;
    fq_lock(q, base, mode, FQ_VIEW);
    // subqueries of the view go along, even into an INSERT
    level = fq_new_level(q, NULL);
    q->conditional = true;
    fq_exprs(q, level, &def->targetList);
    fq_expr(q, level, def->whereClause);
    q->conditional = conditional;
    return base;
}

const char *fq_view_column(const struct cat_relation *view, const char *column)
{
    const struct cat_attribute *att = cat_find_column(view, column);
    const SelectStmt *def = AS(SelectStmt, view->view_query);
    const ResTarget *target = att && def ? LIST_GET(ResTarget, &def->targetList, 0) : NULL;
    const ColumnRef *ref;

    if (!target || att->attnum > def->targetList.length)
        return column;
    target = LIST_GET(ResTarget, &def->targetList, att->attnum - 1);
    ref = target ? AS(ColumnRef, target->val) : NULL;
    return ref && list_last_name(&ref->fields) ? list_last_name(&ref->fields) : column;
}

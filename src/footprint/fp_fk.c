// Foreign keys when rows are written: the look-up in the referenced table, and what changes of a referenced key do to the referencing one
// (ri_triggers.c).
#include "footprint/fp_query.h"

#include <string.h>

#include "base/str.h"

static bool is_null_const(const Node *value)
{
    const A_Const *c = AS(A_Const, value);

    return c && c->isnull;
}

enum known { NO, PERHAPS, YES };

// Is the column of this row not null?
static enum known has_value(const struct fq_write *w, const struct cat_relation *rel, const struct cat_attribute *att, int row)
{
    bool isdefault;
    const Node *value = fq_row_value(w, rel, att->name, row, &isdefault);

    if (isdefault)
        return !att->def && !att->identity && !att->generated ? NO : att->notnull ? YES : PERHAPS;
    if (value && is_null_const(value))
        return NO;
    return IsA(value, A_Const) || att->notnull ? YES : PERHAPS;
}

bool fq_brings_value(const struct fq_write *w, const struct cat_relation *rel, const struct cat_attribute *att)
{
    if (w->op != FQ_INSERT)
        return fq_sets_column(w, rel, att->attnum);
    for (int row = 0; row < (w->values ? w->values->length : 1); row++)
        if (has_value(w, rel, att, row) != NO)
            return true;
    return false;
}

// Does an INSERT look the key up: is every column of it not null in some row?
static enum known checks(const struct fq_write *w, const struct cat_relation *rel, const struct cat_constraint *con)
{
    enum known best = NO;
    int rows = w->values ? w->values->length : 1;

    for (int row = 0; row < rows && best != YES; row++) {
        enum known all = YES;
        for (int i = 0; i < con->conkey.len; i++) {
            int att = con->conkey.items[i];
            enum known one = att > 0 && att <= rel->natts ? has_value(w, rel, &rel->attrs[att - 1], row) : PERHAPS;
            all = one < all ? one : all;
        }
        best = all > best ? all : best;
    }
    return best;
}

static bool sets_any(const struct fq_write *w, const struct cat_relation *rel, const struct cat_attnums *cols)
{
    for (int i = 0; i < cols->len; i++)
        if (fq_sets_column(w, rel, cols->items[i]))
            return true;
    return false;
}

// SELECT ... FROM [ONLY] rel, or a write, as the check's own query does it.
static void visit(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode, enum fq_rule_id rule)
{
    fp_lock_mode(s, rel, mode, &fq_rules[rule]);
    if (rel)
        fq_lock_indexes(s, rel, mode, false);
}

static void visit_all(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode, enum fq_rule_id rule)
{
    visit(s, rel, mode, rule);
    if (rel && rel->relkind == 'p') {
        fq_maybe_parents(s, rel);
        fq_lock_children(s, rel, mode, rule);
    }
}

// The constraint towards one partition of the referenced table, beside the one towards the whole.
static bool is_clone(const struct fp_session *s, const struct cat_constraint *con)
{
    const struct cat_constraint *parent = con->conparentid ? cat_constraint(s->cat, con->conparentid) : NULL;

    return parent && parent->conrelid == con->conrelid;
}

// The check may wait for COMMIT: SET CONSTRAINTS is good only in a transaction block.
static bool is_deferred(const struct fp_session *s, const struct cat_constraint *con)
{
    return con->condeferred || (con->condeferrable && s->level > 0);
}

// The work of the queries, one for each row that is written. A constraint's copies on partitions are the same work.
static void add_rows(struct fp_session *s, enum fp_fk fk, const struct cat_relation *rel, const struct cat_relation *other,
                     const struct cat_constraint *con)
{
    static const char *const words[] = {[FP_FK_LOOK_UP] = "look up the keys in",
                                        [FP_FK_LOOK_TWICE] = "look for rows that refer to them in",
                                        [FP_FK_LOOK] = "look for rows that refer to them in",
                                        [FP_FK_DELETE] = "delete the rows that refer to them in",
                                        [FP_FK_UPDATE] = "update the rows that refer to them in"};
    struct fp_work *w;

    for (int i = 0; i < s->fp->work.len; i++) {
        const struct cat_constraint *old = s->fp->work.items[i].constraint;
        if (s->fp->work.items[i].kind == FP_FK_ROWS && (old == con || old->o.oid == con->conparentid))
            return;
    }
    if (s->traffic)
        return;
    w = fp_add_work(s, FP_FK_ROWS, rel, lc_printf(s->arena, "%s %s, row by row", words[fk], rel->o.name));
    w->fk = fk;
    w->other = other;
    w->constraint = con;
}

void fp_own_rows(struct fp_session *s, const struct cat_relation *rel)
{
    if (!s->traffic)
        (void)lc_map_puti(&s->own_rows, rel->o.oid, s);
}

// Has this transaction written rows of it? One that it updates again is checked even where its key stays: the check of the row before may have
// been waiting for this one (RI_FKey_fk_upd_check_required, utils/adt/ri_triggers.c).
bool fq_is_own(const struct fp_session *s, const struct cat_relation *rel)
{
    return lc_map_geti(&s->own_rows, rel->o.oid) != NULL;
}

void fq_fk_child(struct fp_session *s, const struct cat_relation *rel, const struct fq_write *w)
{
    bool was = s->uncertain;

    for (int i = 0; i < rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(s->cat, rel->constraints.items[i]);
        const struct cat_relation *pk = con && con->contype == 'f' ? cat_relation(s->cat, con->confrelid) : NULL;
        enum known sure = YES;
        if (!pk || is_clone(s, con) || con->conenforced == false || !fq_trigger_enabled(s, con->check_enabled) ||
            (w->op == FQ_UPDATE && !sets_any(w, rel, &con->conkey) && !fq_is_own(s, rel)))
            continue;
        fp_queue_constraint(s, rel, con,
                            w->op == FQ_INSERT &&
                                !fq_has_trigger(s->cat, rel, TRIGGER_TYPE_BEFORE | TRIGGER_TYPE_ROW | TRIGGER_TYPE_INSERT));
        if (w->op == FQ_INSERT && w->rows)
            sure = checks(w, rel, con);
        if (sure == NO && !is_deferred(s, con)) // opened before it is seen that there is nothing to look up (RI_FKey_check)
            fp_lock_briefly(s, pk, LC_ROW_SHARE, &fq_rules[FQ_FK_CHECK]);
        if (sure == NO)
            continue;
        s->uncertain = was || sure == PERHAPS || w->op == FQ_UPDATE || is_deferred(s, con);
        visit(s, pk, LC_ROW_SHARE, FQ_FK_CHECK);
        if (!w->values && !w->default_values) // of a few rows it is nothing
            add_rows(s, FP_FK_LOOK_UP, pk, rel, con);
        s->uncertain = true; // which partition depends on the key
        if (pk->relkind == 'p') {
            fq_maybe_parents(s, pk);
            fq_lock_children(s, pk, LC_ROW_SHARE, FQ_FK_CHECK);
        }
        s->uncertain = was;
    }
}

// The columns of a SET NULL, SET DEFAULT or CASCADE as an UPDATE names them.
static NodeList *key_columns(struct fp_session *s, const struct cat_relation *fk, const struct cat_constraint *con)
{
    NodeList *set = LC_NEW(s->arena, NodeList);

    set->items = LC_NEW_ARRAY(s->arena, Node *, con->conkey.len + 1);
    for (int i = 0; i < con->conkey.len; i++) {
        int att = con->conkey.items[i];
        ResTarget *t = LC_NEW(s->arena, ResTarget);
        if (att < 1 || att > fk->natts)
            continue;
        t->tag = T_ResTarget;
        t->name = fk->attrs[att - 1].name;
        set->items[set->length++] = (Node *)(void *)t;
    }
    return set;
}

// Statement triggers of the referencing table fire too: the action is a statement of its own.
static void act(struct fp_session *s, const struct cat_relation *rel, const struct cat_relation *fk,
                const struct cat_constraint *con, char action, enum fq_op op)
{
    struct fq_write w = {.rel = fk, .op = FQ_UPDATE, .inh = fk->relkind == 'p'};

    switch (action) {
    case 'c':
    case 'n':
    case 'd':
        visit_all(s, fk, LC_ROW_EXCLUSIVE, FQ_FK_WRITE);
        w.op = action == 'c' && op == FQ_DELETE ? FQ_DELETE : FQ_UPDATE;
        add_rows(s, w.op == FQ_DELETE ? FP_FK_DELETE : FP_FK_UPDATE, fk, rel, con);
        w.set = w.op == FQ_UPDATE ? key_columns(s, fk, con) : NULL;
        if (!fk->rules.len || fq_fire_rules(s, &w))
            fq_execute_write(s, &w);
        if (action == 'd')
            visit_all(s, fk, LC_ROW_SHARE, FQ_FK_READ);
        break;
    default:
        fp_lock_mode(s, fk, LC_ROW_SHARE, &fq_rules[FQ_FK_READ]); // ri_restrict opens it before anything else
        if (action != 'r') // NO ACTION first looks whether the key is there again (ri_Check_Pk_Match)
            visit_all(s, rel, LC_ROW_SHARE, FQ_FK_READ);
        visit_all(s, fk, LC_ROW_SHARE, FQ_FK_READ);
        add_rows(s, action == 'r' ? FP_FK_LOOK : FP_FK_LOOK_TWICE, fk, rel, con);
    }
}

void fq_fk_parent(struct fp_session *s, const struct cat_relation *rel, const struct fq_write *w)
{
    bool was = s->uncertain;

    s->uncertain = true;
    for (int i = 0; i < rel->referencing.len; i++) {
        const struct cat_constraint *con = cat_constraint(s->cat, rel->referencing.items[i]);
        const struct cat_relation *fk = con ? cat_relation(s->cat, con->conrelid) : NULL;
        // those of the partitions of the referencing table come with their parent
        if (!fk || con->conenforced == false || (con->conparentid && fk->relispartition) ||
            !fq_trigger_enabled(s, con->action_enabled))
            continue;
        if (w->op == FQ_UPDATE && !sets_any(w, rel, &con->confkey))
            continue;
        if ((w->op == FQ_DELETE ? con->confdeltype : con->confupdtype) == 'a')
            fp_queue_constraint(s, rel, con, false);
        act(s, rel, fk, con, w->op == FQ_DELETE ? con->confdeltype : con->confupdtype, w->op);
    }
    s->uncertain = was;
}

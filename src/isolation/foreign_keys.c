// Keys: which columns are one, unique indexes (nbtinsert.c _bt_check_unique), and the triggers of foreign keys (ri_triggers.c).
#include <string.h>

#include "isolation/world.h"

static const char *value_at(const char *const *values, int n, int attnum)
{
    return attnum <= n ? values[attnum - 1] : NULL;
}

static bool same(const char *a, const char *b)
{
    return a && b ? compare_values(a, b) == 0 : a == b;
}

// RelationGetIndexAttrBitmap, INDEX_ATTR_BITMAP_KEY: unique, of columns only, not partial.
static const struct cat_index *key_index(const struct session *s, Oid oid)
{
    const struct cat_relation *rel = cat_relation(s->cat, oid);
    const struct cat_index *x = rel ? rel->index : NULL;

    if (!x || !x->unique || x->predicate)
        return NULL;
    for (int i = 0; i < x->natts; i++)
        if (x->keys[i] == 0)
            return NULL;
    return x;
}

bool changes_key(const struct session *s, const struct cat_relation *rel, const char **old, const char **new, int n)
{
    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_index *x = key_index(s, rel->indexes.items[i]);

        for (int k = 0; x && k < x->nkeyatts; k++)
            if (!same(value_at(old, n, x->keys[k]), value_at(new, n, x->keys[k])))
                return true;
    }
    return false;
}

// ---- unique indexes ------------------------------------------------------------------------------------------------------------------------

static bool equal_key(const struct cat_index *x, const struct version *v, const char **values)
{
    for (int k = 0; k < x->nkeyatts; k++) {
        const char *a = value_at(v->values, v->nvalues, x->keys[k]), *b = values[x->keys[k] - 1];

        if (!a || !b || compare_values(a, b) != 0)
            return false;
    }
    return true;
}

// Whoever may yet make or undo the duplicate is waited for. NONE: there is one.
static enum got check_one(struct world *w, struct session *s, const struct version *v)
{
    const struct row_member *u = updater_of(v);

    if (v->xmin->status == XACT_ABORTED)
        return GOT;
    if (v->xmin->status == XACT_RUNNING && !is_mine(s, v->xmin))
        return wait_for_xact(w, s, v->xmin, LockWaitBlock) == FAIL ? FAIL : WAIT;
    if (!u)
        return NONE;
    if (u->xact->status == XACT_RUNNING && !is_mine(s, u->xact))
        return wait_for_xact(w, s, u->xact, LockWaitBlock) == FAIL ? FAIL : WAIT;
    return GOT;
}

enum got unique_check(struct world *w, struct session *s, const struct cat_relation *rel, const struct version *v,
                      const char **values, struct version **found)
{
    const struct rows *rows = rows_of(w, s, rel);

    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(s->cat, rel->indexes.items[i]);
        const struct cat_index *x = key_index(s, rel->indexes.items[i]);

        for (int k = 0; x && k < rows->versions.len; k++) {
            enum got got = rows->versions.items[k] == v || !equal_key(x, rows->versions.items[k], values)
                               ? GOT
                               : check_one(w, s, rows->versions.items[k]);

            *found = rows->versions.items[k];
            if (got == NONE && v)
                return world_error(w, s, "duplicate key value violates unique constraint \"%s\"", index->o.name);
            if (got != GOT)
                return got;
        }
    }
    return GOT;
}

// ---- foreign keys ----------------------------------------------------------------------------------------------------------------------------

static void push_check(struct world *w, struct session *s, const struct op *op)
{
    const struct cat_constraint *c = op->constraint;

    if (c->condeferrable && c->condeferred && s->in_block && !s->implicit)
        LC_PUSH(w->arena, &s->deferred, *op);
    else
        LC_PUSH(w->arena, &s->x.ops, *op);
}

static const char **key_values(struct world *w, const struct cat_attnums *key, const struct version *v, bool *any_null)
{
    const char **out = LC_NEW_ARRAY(w->arena, const char *, key->len + 1);

    *any_null = false;
    for (int i = 0; i < key->len; i++) {
        out[i] = value_at(v->values, v->nvalues, key->items[i]);
        *any_null |= !out[i];
    }
    return out;
}

static bool key_changed(const struct cat_attnums *key, const struct version *old, const struct version *new)
{
    for (int i = 0; i < key->len; i++)
        if (!same(value_at(old->values, old->nvalues, key->items[i]), value_at(new->values, new->nvalues, key->items[i])))
            return true;
    return false;
}

// The partition that has the key, and its columns there; without one op->rel stays NULL, and the key is not there.
static void find_leaf(struct world *w, struct session *s, struct op *op, const struct cat_relation *pk,
                      const struct cat_attnums *key)
{
    int *keys = LC_NEW_ARRAY(w->arena, int, key->len + 1);
    const char **values = LC_NEW_ARRAY(w->arena, const char *, pk->natts + 1);

    for (int i = 0; i < key->len; i++) {
        keys[i] = key->items[i];
        values[key->items[i] - 1] = op->key_values[i];
    }
    op->rel = pk;
    while (op->rel && op->rel->relkind == 'p') {
        const struct cat_relation *parent = op->rel;

        op->rel = partition_for(w, s, parent, &values);
        for (int i = 0; op->rel && i < key->len; i++)
            keys[i] = cat_find_column(op->rel, parent->attrs[keys[i] - 1].name)->attnum;
    }
    if (op->rel && lc_map_get(&w->detached, cat_qualified_name(s->cat, op->rel))) // whatever older snapshots see
        op->rel = NULL;
    op->keys = keys;
    op->nkeys = key->len;
}

// A foreign key to a partitioned table has a copy for each partition, which has no trigger on the referencing side.
static bool is_copy_for_partition(const struct session *s, const struct cat_constraint *c)
{
    const struct cat_constraint *parent = c->conparentid ? cat_constraint(s->cat, c->conparentid) : NULL;

    return parent && parent->conrelid == c->conrelid;
}

// RI_FKey_check: the new row's key must be there. An update that leaves the key alone is not looked at, unless this transaction inserted the row.
static void check_referenced(struct world *w, struct session *s, const struct cat_constraint *c, const struct version *old,
                             const struct version *new)
{
    struct op op = {.kind = OP_FK_KEY, .constraint = c, .strength = ROW_KEY_SHARE, .policy = LockWaitBlock, .limit = -1};
    const struct cat_relation *pk;
    bool any_null;

    if (old && !key_changed(&c->conkey, old, new) && !is_mine(s, old->xmin))
        return;
    op.key_values = key_values(w, &c->conkey, new, &any_null);
    pk = cat_relation(s->cat, c->confrelid);
    if (any_null || !pk)
        return;
    find_leaf(w, s, &op, pk, &c->confkey);
    push_check(w, s, &op);
}

static enum op_kind reaction(char action)
{
    return action == 'c' ? OP_DELETE : action == 'n' || action == 'd' ? OP_UPDATE : OP_FK_ROWS;
}

// RI_FKey_noaction_*, _restrict_*, _cascade_*, _setnull_*: what becomes of the rows that refer to the key that goes.
static void check_referencing(struct world *w, struct session *s, const struct cat_constraint *c, const struct version *old,
                              const struct version *new)
{
    struct op op = {.constraint = c, .strength = ROW_KEY_SHARE, .policy = LockWaitBlock, .limit = -1};
    char action = new ? c->confupdtype : c->confdeltype;
    struct cat_oids all = {0};
    bool any_null;

    if (new && !key_changed(&c->confkey, old, new))
        return;
    op.kind = new &&action == 'c' ? OP_UPDATE : reaction(action);
    op.keys = c->conkey.items;
    op.nkeys = c->conkey.len;
    op.key_values = key_values(w, &c->confkey, old, &any_null);
    if (new &&action == 'c')
        op.values = key_values(w, &c->confkey, new, &any_null);
    if (any_null)
        return;
    cat_inheritors(s->cat, c->conrelid, &all);
    for (int i = 0; i < all.len; i++) {
        op.rel = cat_relation(s->cat, all.items[i]);
        if (op.rel)
            push_check(w, s, &op);
    }
}

// ---- validation: RI_Initial_Check ------------------------------------------------------------------------------------------------------------

static bool has_key(struct world *w, struct session *s, const struct cat_constraint *c, const struct version *v)
{
    const struct cat_relation *pk = cat_relation(s->cat, c->confrelid);
    struct op op = {0};
    bool any_null;

    op.key_values = key_values(w, &c->conkey, v, &any_null);
    if (any_null || !pk)
        return true;
    find_leaf(w, s, &op, pk, &c->confkey);
    for (int i = 0; op.rel && i < rows_of(w, s, op.rel)->versions.len; i++) {
        const struct version *other = rows_of(w, s, op.rel)->versions.items[i];
        bool equal = visible(s, other, w->commits);

        for (int k = 0; k < op.nkeys && equal; k++)
            equal = same(value_at(other->values, other->nvalues, op.keys[k]), op.key_values[k]);
        if (equal)
            return true;
    }
    return false;
}

static enum got validate_table(struct world *w, struct session *s, const struct cat_relation *rel)
{
    const struct rows *rows = rows_of(w, s, rel);

    for (int i = 0; i < rel->constraints.len; i++) {
        const struct cat_constraint *c = cat_constraint(s->cat, rel->constraints.items[i]);

        for (int k = 0; c && c->contype == 'f' && c->convalidated && !is_copy_for_partition(s, c) && k < rows->versions.len; k++)
            if (visible(s, rows->versions.items[k], w->commits) && !has_key(w, s, c, rows->versions.items[k]))
                return world_error(w, s, "insert or update on table \"%s\" violates foreign key constraint \"%s\"", rel->o.name,
                                   c->o.name);
    }
    return GOT;
}

static const RangeVar *validated(const AlterTableStmt *a, const AlterTableCmd *cmd)
{
    const Constraint *c = AS(Constraint, cmd->def);
    const PartitionCmd *p = AS(PartitionCmd, cmd->def);

    if (cmd->subtype == AT_AttachPartition)
        return p ? p->name : NULL;
    return cmd->subtype == AT_ValidateConstraint || (cmd->subtype == AT_AddConstraint && c && c->contype == CONSTR_FOREIGN)
               ? a->relation
               : NULL;
}

enum got validate_keys(struct world *w, struct session *s, const Node *stmt)
{
    const AlterTableStmt *a = AS(AlterTableStmt, stmt);

    for (int i = 0; a && i < a->cmds.length; i++) {
        const AlterTableCmd *cmd = LIST_GET(AlterTableCmd, &a->cmds, i);
        const RangeVar *rv = cmd ? validated(a, cmd) : NULL;
        const struct cat_relation *rel = rv ? cat_find_rangevar(s->cat, rv) : NULL;
        struct cat_oids all = {0};

        if (rel)
            cat_inheritors(s->cat, rel->o.oid, &all);
        for (int k = 0; k < all.len; k++)
            if (validate_table(w, s, cat_relation(s->cat, all.items[k])) != GOT)
                return FAIL;
    }
    return GOT;
}

// ---- DETACH PARTITION ----------------------------------------------------------------------------------------------------------------------

void note_detach(struct world *w, struct session *s, const Node *stmt)
{
    const AlterTableStmt *a = AS(AlterTableStmt, stmt);
    const AlterTableCmd *cmd = a && a->cmds.length ? LIST_GET(AlterTableCmd, &a->cmds, 0) : NULL;
    const PartitionCmd *p = cmd && cmd->subtype == AT_DetachPartition ? AS(PartitionCmd, cmd->def) : NULL;

    s->x.referencing.len = 0;
    s->x.partition = p ? cat_find_rangevar(s->cat, p->name) : NULL;
    for (int i = 0; s->x.partition && i < s->x.partition->referencing.len; i++) {
        const struct cat_constraint *c = cat_constraint(s->cat, s->x.partition->referencing.items[i]);

        if (c && is_copy_for_partition(s, c))
            LC_PUSH(w->arena, &s->x.referencing, c);
    }
}

static bool refers(struct world *w, const struct session *s, const struct cat_constraint *c, const struct version *fk)
{
    const struct rows *pk = rows_of(w, s, s->x.partition);

    for (int i = 0; i < pk->versions.len; i++) {
        const struct version *v = pk->versions.items[i];
        bool equal = visible(s, v, w->commits);

        for (int k = 0; k < c->conkey.len && equal; k++) {
            const char *a = value_at(fk->values, fk->nvalues, c->conkey.items[k]);

            equal = a && same(a, value_at(v->values, v->nvalues, c->confkey.items[k]));
        }
        if (equal)
            return true;
    }
    return false;
}

// RI_PartitionRemove_Check.
enum got check_detach(struct world *w, struct session *s)
{
    for (int i = 0; i < s->x.referencing.len; i++) {
        const struct cat_constraint *c = s->x.referencing.items[i];
        const struct rows *rows = rows_of(w, s, cat_relation(s->cat, c->conrelid));

        for (int k = 0; k < rows->versions.len; k++)
            if (visible(s, rows->versions.items[k], w->commits) && refers(w, s, c, rows->versions.items[k]))
                return world_error(w, s, "removing partition \"%s\" violates foreign key constraint \"%s\"",
                                   s->x.partition->o.name, c->o.name);
    }
    s->x.referencing.len = 0;
    return GOT;
}

// ---- after a row -----------------------------------------------------------------------------------------------------------------------------

void queue_key_checks(struct world *w, struct session *s, const struct cat_relation *rel, const struct version *old,
                      const struct version *new)
{
    for (int i = 0; i < rel->constraints.len && new; i++) {
        const struct cat_constraint *c = cat_constraint(s->cat, rel->constraints.items[i]);

        if (c && c->contype == 'f' && !is_copy_for_partition(s, c))
            check_referenced(w, s, c, old, new);
    }
    for (int i = 0; i < rel->referencing.len && old; i++) {
        const struct cat_constraint *c = cat_constraint(s->cat, rel->referencing.items[i]);

        if (c)
            check_referencing(w, s, c, old, new);
    }
}

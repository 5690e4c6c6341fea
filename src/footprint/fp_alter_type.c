// ALTER COLUMN TYPE: whether the table is written anew, and what hangs on the column and is made anew with it (ATPrepAlterColumnType,
// RememberAllDependentForRebuilding, ATPostAlterTypeCleanup in commands/tablecmds.c).
#include <string.h>

#include "footprint/fp_table.h"

static const struct fp_rule rebuilt_index = {"alter-type/index",
                                             LC_ACCESS_EXCLUSIVE,
                                             0,
                                             0,
                                             "an index over the column is dropped and made again",
                                             "tablecmds.c ATPostAlterTypeCleanup"};
static const struct fp_rule rebuilt_table = {"alter-type/index-table", LC_SHARE, 0, 0, "an index over the column is made again",
                                             "indexcmds.c DefineIndex"};
static const struct fp_rule rebuilt_deferrable = {
    "alter-type/deferrable-key",      LC_SHARE_ROW_EXCLUSIVE, 0, 0, "the trigger of a deferrable key is made again",
    "index.c index_constraint_create"};
static const struct fp_rule rebuilt_key = {"alter-type/foreign-key",
                                           LC_ACCESS_EXCLUSIVE,
                                           0,
                                           0,
                                           "a foreign key over the column is dropped and made again: both tables are locked",
                                           "tablecmds.c ATPostAlterTypeCleanup"};
static const struct fp_rule rebuilt_comment = {"alter-type/comment",
                                               LC_ACCESS_SHARE,
                                               0,
                                               0,
                                               "the comment of a constraint over the column is written again",
                                               "tablecmds.c RebuildConstraintComment"};
static const struct fp_rule rebuilt_statistics = {"alter-type/statistics",
                                                  LC_SHARE_UPDATE_EXCLUSIVE,
                                                  14,
                                                  0,
                                                  "extended statistics over the column are made again",
                                                  "tablecmds.c ATPostAlterTypeCleanup"};

// --- what depends on the column --------------------------------------------------------------------------------------------------------------

struct dependents {
    struct fp_alter *a;
    const struct cat_relation *rel;
    int attnum;
    const char *refusal; // of the message "cannot alter type of a column %s"
    struct cat_oids indexes, constraints, statistics;
};

static void push_once(struct lc_arena *arena, struct cat_oids *list, Oid oid)
{
    if (!cat_oids_has(list, oid))
        LC_PUSH(arena, list, oid);
}

static void depends_relation(struct dependents *d, struct cat_address object)
{
    const struct cat_relation *rel = cat_relation(d->a->s->cat, object.oid);

    if (rel && rel->index)
        push_once(d->a->s->arena, &d->indexes, object.oid);
    else if (rel && (rel->relkind == 'v' || rel->relkind == 'm'))
        d->refusal = "used by a view or rule";
    else if (rel && object.oid == d->rel->o.oid && object.subid && object.subid != d->attnum &&
             rel->attrs[object.subid - 1].generated)
        d->refusal = "used by a generated column";
}

static void depends(const struct cat_depend *edge, void *context)
{
    struct dependents *d = context;

    switch (edge->object.class) {
    case CAT_RELATION:
        depends_relation(d, edge->object);
        break;
    case CAT_CONSTRAINT:
        push_once(d->a->s->arena, &d->constraints, edge->object.oid);
        break;
    case CAT_STATISTICS:
        push_once(d->a->s->arena, &d->statistics, edge->object.oid);
        break;
    case CAT_ATTRDEF:
        if (edge->object.oid != d->rel->o.oid || edge->object.subid != d->attnum)
            d->refusal = "used by a generated column";
        break;
    case CAT_RULE:
        d->refusal = "used by a view or rule";
        break;
    case CAT_TRIGGER:
        d->refusal = "used in a trigger definition";
        break;
    case CAT_POLICY:
        d->refusal = "used in a policy definition";
        break;
    case CAT_PROC:
        d->refusal = "used by a function or procedure";
        break;
    case CAT_PUBLICATION_REL: // of a column list as well
        d->refusal = "used by a publication WHERE clause";
        break;
    default:
        break;
    }
}

// --- indexes (CheckIndexCompatible, commands/indexcmds.c) -----------------------------------------------------------------------------------------

// Does the index over the column stay what it is under the new type, so that its file can be taken over?
static bool index_compatible(const struct fp_alter *a, const struct cat_relation *index, int attnum, Oid type,
                             const char *collation)
{
    const struct cat_index *ind = index->index;

    if (ind->predicate || !ind->valid || index->relkind == 'I' || index->relispartition || ind->exclusion)
        return false;
    for (int i = 0; i < ind->natts; i++) {
        if (!ind->keys[i])
            return false;
        if (ind->keys[i] != attnum || i >= ind->nkeyatts)
            continue;
        const struct cat_opclass *opclass = cat_opclass(a->s->cat, ind->opclasses[i]);
        if (!lc_streq(ind->collations[i], collation) ||
            ((!opclass || opclass->isdefault) && cat_default_opclass(a->s->cat, type, index->am) != ind->opclasses[i]))
            return false;
    }
    return true;
}

static void remember_index(struct fp_alter *a, Oid relid, const struct cat_relation *index, bool compatible)
{
    struct fp_alter_rel *r = fp_alter_rel(a, relid);
    bool known = cat_oids_has(&r->rebuilt, index->o.oid);

    if (!known)
        LC_PUSH(a->s->arena, &r->dropped, index);
    push_once(a->s->arena, &r->rebuilt, index->o.oid);
    if (compatible && !known)
        push_once(a->s->arena, &r->kept, index->o.oid);
    for (int i = 0; !compatible && i < r->kept.len; i++)
        if (r->kept.items[i] == index->o.oid)
            r->kept.items[i] = r->kept.items[--r->kept.len];
}

// --- constraints ----------------------------------------------------------------------------------------------------------------------------------

static Oid topmost(const struct fp_alter *a, Oid constraint)
{
    const struct cat_constraint *con = cat_constraint(a->s->cat, constraint);

    while (con && con->conparentid && cat_constraint(a->s->cat, con->conparentid))
        con = cat_constraint(a->s->cat, con->conparentid);
    return con ? con->o.oid : constraint;
}

static void remember_key(struct fp_alter *a, Oid oid)
{
    struct fp_key key = {.constraint = oid};

    for (int i = 0; i < a->keys.len; i++)
        if (a->keys.items[i].constraint == oid)
            return;
    (void)cat_foreign_key_operators(a->s->cat, cat_constraint(a->s->cat, oid), &key.operators);
    LC_PUSH(a->s->arena, &a->keys, key);
}

static void remember_constraint(struct fp_alter *a, struct dependents *d, Oid oid)
{
    const struct cat_constraint *con = cat_constraint(a->s->cat, oid);

    if (con->commented && con->conislocal && !con->conparentid) // ATPostAlterTypeCleanup leaves inherited ones to the parent's
        fp_lock(a->s, cat_relation(a->s->cat, con->conrelid), &rebuilt_comment);
    if (con->contype == 'f') {
        remember_key(a, topmost(a, oid));
    } else if (con->contype == 'c' && con->conrelid == d->rel->o.oid) {
        if (con->convalidated)
            fp_need_scan(a, d->rel->o.oid, "check of a CHECK constraint that is made again", con->expr);
    } else if (con->conindid && con->conrelid == d->rel->o.oid) {
        push_once(a->s->arena, &d->indexes, con->conindid);
    }
}

void fp_rebuild_dependents(struct fp_alter *a, Oid relid, const AlterTableCmd *cmd)
{
    struct cat_address column = {CAT_RELATION, relid, 0};
    struct dependents d = {.a = a, .rel = cat_relation(a->s->cat, relid)};
    const ColumnDef *def = AS(ColumnDef, cmd->def);
    const struct cat_attribute *att = cat_find_column(d.rel, cmd->name);
    const char *collation = def && def->collClause ? list_last_name(&def->collClause->collname) : NULL;
    Oid type = att ? att->type : InvalidOid;
    int typmod = -1;

    if (!att)
        return;
    if (def && cat_resolve_type(a->s->cat, def->typeName, &type, &typmod, NULL) != LC_OK)
        return;
    if (!def)
        collation = att->collation;
    column.subid = d.attnum = att->attnum;
    cat_each_dependent(a->s->cat, column, depends, &d);
    struct lc_error err = {0};
    if (def && cat_default_casts(a->s->cat, d.rel, att, def->typeName, &err) != LC_OK)
        return; // refused when it is applied
    if (d.refusal) {
        bool generated = strstr(d.refusal, "generated") != NULL; // a syntax error, it was said until 14
        fp_refuse(a->s, generated && cat_major(a->s->cat) < 15 ? "42601" : "0A000", "cannot alter type of a column %s",
                  d.refusal);
        return;
    }
    for (int i = 0; i < d.constraints.len; i++)
        remember_constraint(a, &d, d.constraints.items[i]);
    for (int i = 0; i < d.indexes.len; i++) {
        const struct cat_relation *index = cat_relation(a->s->cat, d.indexes.items[i]);
        remember_index(a, relid, index, index_compatible(a, index, att->attnum, type, collation));
    }
    if (d.statistics.len)
        fp_lock(a->s, d.rel, &rebuilt_statistics);
}

// USING column::type.
static bool casts_column(const Node *expr, const char *column)
{
    const TypeCast *cast = AS(TypeCast, expr);
    const ColumnRef *ref = cast ? AS(ColumnRef, cast->arg) : NULL;

    return ref && ref->fields.length == 1 && lc_streq(list_last_name(&ref->fields), column);
}

static void judge_type(struct fp_alter *a, Oid relid, const AlterTableCmd *cmd)
{
    const ColumnDef *def = AS(ColumnDef, cmd->def);
    const struct cat_relation *rel = cat_relation(a->s->cat, relid);
    const struct cat_attribute *att = def ? cat_find_column(rel, cmd->name) : NULL;
    Oid type = InvalidOid;
    int typmod = -1;

    if (!att || cat_resolve_type(a->s->cat, def->typeName, &type, &typmod, NULL) != LC_OK)
        return;
    (void)fp_alter_rel(a, relid);
    fp_rebuild_dependents(a, relid, cmd);
    if (att->generated == 'v') // it has no values (ATPrepAlterColumnType)
        return;
    if (!cat_type_change_rewrites(a->s->cat, rel, att, type, typmod, def->raw_default))
        return;
    fp_need_rewrite(a, relid, "rewrite for a new column type", def->raw_default);
    fp_run_expr_later(a, relid, def->raw_default);
    if (!def->raw_default || casts_column(def->raw_default, cmd->name)) {
        fp_alter_rel(a, relid)->cast_from = att->type;
        fp_alter_rel(a, relid)->cast_to = type;
    }
}

void fp_alter_type(struct fp_alter *a, const AlterTableCmd *cmd)
{
    struct cat_oids all = {0}, typed = fp_typed_tables(a, cmd);

    cat_inheritors(a->s->cat, a->rel, &all);
    for (int i = 0; i < (a->recurse ? all.len : 1); i++)
        judge_type(a, a->recurse ? all.items[i] : a->rel, cmd);
    for (int i = 0; i < typed.len; i++) {
        struct cat_oids below = {0};
        fp_lock_below(a, typed.items[i], &fp_alter_children);
        cat_inheritors(a->s->cat, typed.items[i], &below);
        for (int k = 0; k < below.len; k++)
            judge_type(a, below.items[k], cmd);
    }
}

// --- after the last change of type (ATPostAlterTypeCleanup) -----------------------------------------------------------------------------------------

// The table whose triggers go, and its partitions: inheritance children have none.
static void lock_tree(struct fp_session *s, Oid rel, const struct fp_rule *rule)
{
    struct cat_oids all = {0};

    if (cat_relation(s->cat, rel)->relkind == 'p')
        cat_inheritors(s->cat, rel, &all);
    else
        fp_lock(s, cat_relation(s->cat, rel), rule);
    for (int i = 0; i < all.len; i++) // until 14 only relations with rows of their own had the triggers that are dropped
        if (cat_major(s->cat) >= 15 || cat_relation(s->cat, all.items[i])->relkind != 'p')
            fp_lock(s, cat_relation(s->cat, all.items[i]), rule);
}

static void drop_old(struct fp_alter *a)
{
    for (int i = 0; i < a->keys.len; i++) {
        const struct cat_constraint *con = cat_constraint(a->s->cat, a->keys.items[i].constraint);
        if (con) {
            fp_lock(a->s, cat_relation(a->s->cat, con->conrelid), &rebuilt_key);
            lock_tree(a->s, con->conrelid, &rebuilt_key);
            if (con->conenforced) // else it has no triggers
                lock_tree(a->s, con->confrelid, &rebuilt_key);
        }
    }
    for (int i = 0; i < a->rels.len; i++)
        for (int k = 0; k < a->rels.items[i].dropped.len; k++)
            fp_lock(a->s, a->rels.items[i].dropped.items[k], &rebuilt_index);
}

static void build_again(struct fp_alter *a, struct fp_alter_rel *r)
{
    const struct cat_relation *rel = cat_relation(a->s->cat, r->oid);

    if (r->rebuilt.len)
        fp_lock(a->s, rel, &rebuilt_table);
    for (int k = 0; k < r->rebuilt.len; k++)
        if (cat_relation(a->s->cat, r->rebuilt.items[k]) && !cat_relation(a->s->cat, r->rebuilt.items[k])->index->immediate)
            fp_lock(a->s, rel, &rebuilt_deferrable);
    for (int k = 0; k < r->rebuilt.len && !r->rewrite; k++) {
        const struct cat_relation *index = cat_relation(a->s->cat, r->rebuilt.items[k]);
        if (!index || cat_oids_has(&r->kept, index->o.oid) || index->relkind == 'I')
            continue;
        fp_scan(a->s, rel);
        (void)fp_add_index_work(a->s, FP_INDEX_BUILD, rel, index, lc_printf(a->s->arena, "build of %s", index->o.name));
    }
}

// Is the key known to hold still (old_check_ok, ATAddForeignKeyConstraint)? Only while nothing was written anew and the operators stay.
static bool still_holds(const struct fp_alter *a, const struct fp_key *key, const struct cat_constraint *con,
                        const struct cat_key_operators *now)
{
    for (int i = 0; i < a->rels.len; i++)
        if (a->rels.items[i].rewrite && (a->rels.items[i].oid == con->conrelid || a->rels.items[i].oid == con->confrelid))
            return false;
    for (int i = 0; i < now->len && i < key->operators.len; i++)
        if (!cat_key_operators_equal(&key->operators.items[i], &now->items[i]))
            return false;
    return true;
}

static void make_keys_again(struct fp_alter *a)
{
    for (int i = 0; i < a->keys.len; i++) {
        const struct cat_constraint *con = cat_constraint(a->s->cat, a->keys.items[i].constraint);
        struct fp_fk_check check = {0};
        struct cat_key_operators now = {0};
        if (!con)
            continue;
        if (!cat_foreign_key_operators(a->s->cat, con, &now)) {
            fp_refuse(a->s, "42804", "foreign key constraint \"%s\" cannot be implemented", con->o.name);
            return;
        }
        check = (struct fp_fk_check){con->conrelid, con->confrelid, con->o.oid, NULL, con->conperiod};
        fp_create_foreign_key(a->s, con->conrelid, con->confrelid, a->rule->mode, con->conenforced, NULL);
        if (con->convalidated && !still_holds(a, &a->keys.items[i], con, &now))
            LC_PUSH(a->s->arena, &a->checks, check);
    }
}

void fp_after_type(struct fp_alter *a)
{
    bool any = a->keys.len > 0;

    for (int i = 0; i < a->rels.len; i++)
        any = any || a->rels.items[i].rebuilt.len > 0;
    if (!any || a->after_type || a->s->fp->fails)
        return;
    a->after_type = true;
    drop_old(a);
    for (int i = 0; i < a->rels.len; i++)
        build_again(a, &a->rels.items[i]);
    make_keys_again(a);
}

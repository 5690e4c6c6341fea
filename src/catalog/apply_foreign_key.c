// Foreign keys and their likes on partitions of both sides (ATAddForeignKeyConstraint, addFkRecurseReferenced, addFkRecurseReferencing,
// CloneForeignKeyConstraints in commands/tablecmds.c).
#include <string.h>

#include "catalog/apply_internal.h"

struct fk_names {
    const char **items;
    int len;
};

struct foreign_key {
    struct catalog *cat;
    struct lc_error *err;
    const char *name;
    struct fk_names columns, referenced;
    char updtype, deltype, matchtype;
    bool deferrable, deferred, validated, enforced, period;
};

static struct fk_names names_of(struct lc_arena *arena, const NodeList *list)
{
    struct fk_names names = {LC_NEW_ARRAY(arena, const char *, list->length + 1), list->length};

    for (LIST_EACH(i, list))
        names.items[i] = node_string(list->items[i]);
    return names;
}

static struct fk_names names_of_keys(struct lc_arena *arena, const struct cat_relation *rel, const struct cat_attnums *keys)
{
    struct fk_names names = {LC_NEW_ARRAY(arena, const char *, keys->len + 1), keys->len};

    for (int i = 0; i < keys->len; i++) {
        int att = keys->items[i]; // 0: a column that a new key names and the table does not have
        names.items[i] = att >= 1 && att <= rel->natts ? rel->attrs[att - 1].name : NULL;
    }
    return names;
}

static struct cat_attnums numbers(struct lc_arena *arena, const struct cat_relation *rel, const struct fk_names *names)
{
    struct cat_attnums out = {0};

    for (int i = 0; i < names->len; i++) {
        const struct cat_attribute *att = names->items[i] ? cat_find_column(rel, names->items[i]) : NULL;
        LC_PUSH(arena, &out, att ? att->attnum : 0);
    }
    return out;
}

static enum lc_code columns_exist(const struct foreign_key *fk, const struct cat_relation *rel, const struct fk_names *names)
{
    for (int i = 0; i < names->len; i++)
        if (!names->items[i] || !cat_find_column(rel, names->items[i]))
            return cat_error(fk->err, "42703", "column \"%s\" referenced in foreign key constraint does not exist",
                             names->items[i] ? names->items[i] : "");
    return LC_OK;
}

// transformFkeyCheckAttrs: a unique index over exactly these columns, in any order; for PERIOD one WITHOUT OVERLAPS.
static bool index_covers(const struct cat_relation *index, const struct cat_attnums *keys, bool period, bool *deferrable)
{
    const struct cat_index *ind = index->index;

    if (period ? !ind->exclusion : !ind->unique)
        return false;
    if (ind->nkeyatts != keys->len || ind->predicate || !ind->valid)
        return false;
    for (int i = 0; i < keys->len; i++) {
        bool found = false;
        for (int k = 0; k < ind->nkeyatts; k++)
            found = found || ind->keys[k] == keys->items[i];
        if (!found)
            return false;
    }
    *deferrable = *deferrable || !ind->immediate;
    return ind->immediate;
}

static enum lc_code referenced_index(struct foreign_key *fk, const struct cat_relation *pk, Oid *index)
{
    struct lc_arena *arena = cat_arena(fk->cat);
    const struct cat_constraint *primary = cat_primary_key(fk->cat, pk);

    if (fk->referenced.len == 0) {
        if (!primary)
            return cat_error(fk->err, "42704", "there is no primary key for referenced table \"%s\"", pk->o.name);
        fk->referenced = names_of_keys(arena, pk, &primary->conkey);
        *index = primary->conindid;
        return LC_OK;
    }
    struct cat_attnums keys = numbers(arena, pk, &fk->referenced);
    bool deferrable = false;
    for (int i = 0; i < pk->indexes.len; i++) {
        const struct cat_relation *candidate = cat_relation(fk->cat, pk->indexes.items[i]);
        if (index_covers(candidate, &keys, fk->period, &deferrable)) {
            *index = candidate->o.oid;
            return LC_OK;
        }
    }
    if (deferrable)
        return cat_error(fk->err, "55000", "cannot use a deferrable unique constraint for referenced table \"%s\"", pk->o.name);
    return cat_error(fk->err, "42830", "there is no unique constraint matching given keys for referenced table \"%s\"",
                     pk->o.name);
}

static enum lc_code types_match(const struct foreign_key *fk, const struct cat_relation *rel, const struct cat_relation *pk,
                                Oid index)
{
    for (int i = 0; i < fk->columns.len; i++) {
        const struct cat_attribute *a = cat_find_column(rel, fk->columns.items[i]),
                                   *b = cat_find_column(pk, fk->referenced.items[i]);
        struct cat_key_operator op;

        if (!cat_key_operator(fk->cat, b->type, a->type, cat_index_opclass(cat_relation(fk->cat, index), b->attnum), &op))
            return cat_error(fk->err, "42804", "foreign key constraint \"%s\" cannot be implemented", fk->name);
    }
    return LC_OK;
}

// validateFkOnDeleteSetColumns, and what a generated column cannot be set to (ATAddForeignKeyConstraint).
static enum lc_code check_actions(const struct foreign_key *fk, const struct cat_relation *rel, const Constraint *con)
{
    for (LIST_EACH(i, &con->fk_del_set_cols)) {
        const char *name = node_string(con->fk_del_set_cols.items[i]);
        bool found = false;
        for (int k = 0; name && k < fk->columns.len; k++)
            found = found || strcmp(fk->columns.items[k], name) == 0;
        if (name && !cat_find_column(rel, name))
            return cat_error(fk->err, "42703", "column \"%s\" referenced in foreign key constraint does not exist", name);
        if (name && !found)
            return cat_error(fk->err, "42P10", "column \"%s\" referenced in ON DELETE SET action must be part of foreign key",
                             name);
    }
    for (int i = 0; i < fk->columns.len; i++) {
        const struct cat_attribute *att = cat_find_column(rel, fk->columns.items[i]);
        if (!att->generated)
            continue;
        if (fk->updtype == 'n' || fk->updtype == 'd' || fk->updtype == 'c')
            return cat_error(fk->err, "42601", "invalid %s action for foreign key constraint containing generated column",
                             "ON UPDATE");
        if (fk->deltype == 'n' || fk->deltype == 'd')
            return cat_error(fk->err, "42601", "invalid %s action for foreign key constraint containing generated column",
                             "ON DELETE");
        if (att->generated == 'v')
            return cat_error(fk->err, "0A000", "foreign key constraints on virtual generated columns are not supported");
    }
    return LC_OK;
}

// Persistence of the two sides (ATAddForeignKeyConstraint).
static enum lc_code persistence_fits(const struct foreign_key *fk, const struct cat_relation *rel, const struct cat_relation *pk)
{
    if (rel->relpersistence == 'p' && pk->relpersistence != 'p')
        return cat_error(fk->err, "42P16", "constraints on permanent tables may reference only permanent tables");
    if (rel->relpersistence == 'u' && pk->relpersistence == 't')
        return cat_error(fk->err, "42P16", "constraints on unlogged tables may reference only permanent or unlogged tables");
    if (rel->relpersistence == 't' && pk->relpersistence != 't')
        return cat_error(fk->err, "42P16", "constraints on temporary tables may reference only temporary tables");
    return LC_OK;
}

// addFkConstraint: a name that is taken on this table makes way; 18 derives it from the constraint's own name.
static const char *free_name(const struct foreign_key *fk, const struct cat_relation *rel)
{
    struct lc_arena *arena = cat_arena(fk->cat);

    if (!cat_find_constraint(fk->cat, rel, fk->name))
        return fk->name;
    if (cat_major(fk->cat) >= 18) {
        for (int i = 1;; i++) {
            const char *name = cat_make_object_name(arena, fk->name, NULL, lc_printf(arena, "%d", i));
            if (!cat_constraint_name_used(fk->cat, name, rel->o.schema))
                return name;
        }
    }
    return cat_choose_constraint_name(fk->cat, rel->o.name, cat_join_names(arena, fk->columns.items, fk->columns.len), "fkey",
                                      rel->o.schema);
}

static Oid store(struct foreign_key *fk, Oid relid, Oid pkid, Oid index, Oid parent)
{
    struct lc_arena *arena = cat_arena(fk->cat);
    const struct cat_relation *rel = cat_relation(fk->cat, relid), *pk = cat_relation(fk->cat, pkid);
    struct cat_constraint *con = cat_new_constraint(fk->cat, 'f', free_name(fk, rel), relid);

    con->conkey = numbers(arena, rel, &fk->columns);
    con->confkey = numbers(arena, pk, &fk->referenced);
    con->confrelid = pkid;
    con->conindid = index;
    con->confupdtype = fk->updtype;
    con->confdeltype = fk->deltype;
    con->confmatchtype = fk->matchtype;
    con->condeferrable = fk->deferrable;
    con->condeferred = fk->deferred;
    con->convalidated = fk->validated;
    con->conenforced = fk->enforced;
    con->conperiod = fk->period;
    con->conparentid = parent;
    con->conislocal = !parent;
    con->coninhcount = parent ? 1 : 0;
    con->connoinherit = !parent && rel->relkind != 'p';
    cat_publish_constraint(fk->cat, con);
    return con->o.oid;
}

// index_get_partition: the index of `partition` that is attached to `index`.
Oid cat_index_of_partition(const struct catalog *cat, const struct cat_relation *partition, Oid index)
{
    for (int i = 0; i < partition->indexes.len; i++) {
        const struct cat_relation *candidate = cat_relation(cat, partition->indexes.items[i]);
        for (int k = 0; k < candidate->parents.len; k++)
            if (candidate->parents.items[k] == index)
                return candidate->o.oid;
    }
    return InvalidOid;
}

// The order of a partition descriptor is that of the bounds, the default partition last (partition_bounds_create); that of creation stands for it.
static struct cat_oids in_bound_order(const struct foreign_key *fk, const struct cat_relation *rel)
{
    struct cat_oids out = {0};

    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < rel->children.len; i++)
            if (cat_relation(fk->cat, rel->children.items[i])->partdefault == (pass == 1))
                LC_PUSH(cat_arena(fk->cat), &out, rel->children.items[i]);
    return out;
}

static void recurse_referenced(struct foreign_key *fk, Oid rel, Oid pkid, Oid index, Oid constraint)
{
    const struct cat_relation *pk = cat_relation(fk->cat, pkid);
    struct cat_oids children = in_bound_order(fk, pk);

    for (int i = 0; pk->relkind == 'p' && i < children.len; i++) {
        Oid part_index = cat_index_of_partition(fk->cat, cat_relation(fk->cat, children.items[i]), index);
        Oid made = store(fk, rel, children.items[i], part_index, constraint);
        recurse_referenced(fk, rel, children.items[i], part_index, made);
    }
}

static bool same_numbers(const struct cat_attnums *a, const struct cat_attnums *b)
{
    for (int i = 0; i < a->len && a->len == b->len; i++)
        if (a->items[i] != b->items[i])
            return false;
    return a->len == b->len;
}

static bool is_among(const struct cat_oids *list, Oid oid)
{
    for (int i = 0; list && i < list->len; i++)
        if (list->items[i] == oid)
            return true;
    return false;
}

void cat_own_foreign_keys(const struct catalog *cat, const struct cat_relation *rel, struct cat_oids *out)
{
    for (int i = 0; i < rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(cat, rel->constraints.items[i]);
        int at = out->len;
        if (!con || con->contype != 'f' || con->conrelid != rel->o.oid ||
            (con->conparentid && is_among(&rel->constraints, con->conparentid)))
            continue;
        LC_PUSH(cat_arena(cat), out, con->o.oid);
        for (; at > 0 && strcmp(cat_constraint(cat, out->items[at - 1])->o.name, con->o.name) > 0; at--)
            out->items[at] = out->items[at - 1];
        out->items[at] = con->o.oid;
    }
}

// tryAttachPartitionForeignKey: a like foreign key of the partition, which then needs no new one.
const struct cat_constraint *cat_attachable_foreign_key(const struct catalog *cat, const struct cat_relation *partition,
                                                        const struct cat_constraint *parent, const struct cat_oids *taken)
{
    const struct cat_constraint *first = NULL;
    struct lc_arena *arena = cat_arena(cat);
    const struct cat_relation *rel = cat_relation(cat, parent->conrelid);
    struct fk_names names = names_of_keys(arena, rel, &parent->conkey);
    struct cat_attnums keys = numbers(arena, partition, &names);

    for (int i = 0; i < partition->constraints.len; i++) {
        const struct cat_constraint *c = cat_constraint(cat, partition->constraints.items[i]);
        if (c->contype == 'f' && c->conrelid == partition->o.oid && c->confrelid == parent->confrelid && !c->conparentid &&
            c->condeferrable == parent->condeferrable && c->condeferred == parent->condeferred &&
            c->confupdtype == parent->confupdtype && c->confdeltype == parent->confdeltype &&
            c->confmatchtype == parent->confmatchtype && same_numbers(&c->conkey, &keys) &&
            same_numbers(&c->confkey, &parent->confkey) && !is_among(taken, c->o.oid) &&
            (!first || strcmp(c->o.name, first->o.name) < 0))
            first = c;
    }
    return first;
}

// Its rows for each partition of the referenced table, which the parent's key has too, go (RemoveInheritedConstraint).
static void drop_clones(struct catalog *cat, Oid constraint)
{
    struct cat_oids children = cat_child_constraints(cat, constraint);

    for (int i = 0; i < children.len; i++) {
        drop_clones(cat, children.items[i]);
        cat_remove(cat, cat_constraint(cat, children.items[i]));
    }
}

static void attach_key(struct catalog *cat, Oid key, Oid parent)
{
    if (cat_relation(cat, cat_constraint(cat, key)->confrelid)->relkind == 'p') {
        struct cat_oids children = cat_child_constraints(cat, key);
        for (int i = 0; i < children.len; i++)
            if (cat_constraint(cat, children.items[i])->conrelid == cat_constraint(cat, key)->conrelid) {
                drop_clones(cat, children.items[i]);
                cat_remove(cat, cat_constraint(cat, children.items[i]));
            }
    }
    cat_set_parent_constraint(cat, key, parent);
}

static void recurse_referencing(struct foreign_key *fk, Oid relid, Oid pk, Oid index, Oid constraint);

static void add_to_partition(struct foreign_key *fk, Oid partition, Oid pk, Oid index, Oid constraint)
{
    const struct cat_constraint *like =
        cat_attachable_foreign_key(fk->cat, cat_relation(fk->cat, partition), cat_constraint(fk->cat, constraint), NULL);

    if (like) {
        attach_key(fk->cat, like->o.oid, constraint);
        if (fk->validated && !like->convalidated)
            cat_modify_constraint(fk->cat, like->o.oid)->convalidated = true;
        return;
    }
    recurse_referencing(fk, partition, pk, index, store(fk, partition, pk, index, constraint));
}

static void recurse_referencing(struct foreign_key *fk, Oid relid, Oid pk, Oid index, Oid constraint)
{
    const struct cat_relation *rel = cat_relation(fk->cat, relid);
    struct cat_oids children = in_bound_order(fk, rel);

    for (int i = 0; rel->relkind == 'p' && i < children.len; i++)
        add_to_partition(fk, children.items[i], pk, index, constraint);
}

static char first_or(const char *text, char otherwise)
{
    return text && text[0] ? text[0] : otherwise;
}

// What 18 asks of PERIOD (ATAddForeignKeyConstraint), and of the referenced columns (transformFkeyCheckAttrs).
static enum lc_code check_period(const struct foreign_key *fk, const Constraint *con)
{
    const char *action = fk->updtype != 'a' ? "ON UPDATE" : fk->deltype != 'a' ? "ON DELETE" : NULL;

    if (con->pk_with_period && !con->fk_with_period)
        return cat_error(fk->err, "42830", "foreign key uses PERIOD on the referenced table but not the referencing table");
    if (con->fk_with_period && con->pk_attrs.length && !con->pk_with_period)
        return cat_error(fk->err, "42830", "foreign key uses PERIOD on the referencing table but not the referenced table");
    for (int i = 0; i < con->pk_attrs.length; i++)
        for (int k = 0; k < i; k++)
            if (lc_streq(node_string(con->pk_attrs.items[i]), node_string(con->pk_attrs.items[k])))
                return cat_error(fk->err, "42830", "foreign key referenced-columns list must not contain duplicates");
    if (con->fk_with_period && action)
        return cat_error(fk->err, "0A000", "unsupported %s action for foreign key constraint using PERIOD", action);
    return LC_OK;
}

static enum lc_code check_key(struct foreign_key *fk, const Constraint *con, const struct cat_relation *rel,
                              const struct cat_relation *pk, bool recurse, Oid *index)
{
    enum lc_code rc;

    if (!recurse && rel->relkind == 'p')
        return cat_error(fk->err, "42809",
                         "cannot use ONLY for foreign key on partitioned table \"%s\" referencing relation \"%s\"", rel->o.name,
                         pk->o.name);
    if (pk->relkind != 'r' && pk->relkind != 'p')
        return cat_error(fk->err, "42809", "referenced relation \"%s\" is not a table", pk->o.name);
    if (cat_major(fk->cat) < 18 && rel->relkind == 'p' && con->skip_validation && !con->initially_valid)
        return cat_error(fk->err, "42809",
                         "cannot add NOT VALID foreign key on partitioned table \"%s\" referencing relation \"%s\"", rel->o.name,
                         pk->o.name);
    if ((rc = persistence_fits(fk, rel, pk)) != LC_OK || (rc = columns_exist(fk, rel, &fk->columns)) != LC_OK ||
        (rc = columns_exist(fk, pk, &fk->referenced)) != LC_OK || (rc = check_period(fk, con)) != LC_OK ||
        (rc = referenced_index(fk, pk, index)) != LC_OK)
        return rc;
    if (!con->fk_with_period && *index && lc_streq(cat_relation(fk->cat, *index)->am, "gist")) // WITHOUT OVERLAPS
        return cat_error(fk->err, "42830", "foreign key must use PERIOD when referencing a primary key using WITHOUT OVERLAPS");
    if ((rc = check_actions(fk, rel, con)) != LC_OK)
        return rc;
    if (fk->referenced.len != fk->columns.len)
        return cat_error(fk->err, "42830", "number of referencing and referenced columns for foreign key disagree");
    return types_match(fk, rel, pk, *index);
}

enum lc_code cat_add_foreign_key(struct catalog *cat, Oid relid, const Constraint *con, bool recurse, struct lc_error *err)
{
    struct lc_arena *arena = cat_arena(cat);
    const struct cat_relation *rel = cat_relation(cat, relid), *pk;
    struct foreign_key fk = {.cat = cat,
                             .err = err,
                             .name = con->conname,
                             .columns = names_of(arena, &con->fk_attrs),
                             .referenced = names_of(arena, &con->pk_attrs),
                             .updtype = first_or(con->fk_upd_action, 'a'),
                             .deltype = first_or(con->fk_del_action, 'a'),
                             .matchtype = first_or(con->fk_matchtype, 's'),
                             .deferrable = con->deferrable,
                             .deferred = con->initdeferred,
                             .enforced = cat_constraint_enforced(con),
                             .period = con->fk_with_period};
    Oid index = InvalidOid, made;
    enum lc_code rc = cat_open_rangevar(cat, con->pktable, &pk, err);

    if (rc != LC_OK)
        return rc;
    fk.validated = (!con->skip_validation || con->initially_valid) && fk.enforced;
    if (fk.name && cat_find_constraint(cat, rel, fk.name))
        return cat_error(err, "42710", "constraint \"%s\" for relation \"%s\" already exists", fk.name, rel->o.name);
    if (!fk.name)
        fk.name = cat_choose_constraint_name(cat, rel->o.name, cat_join_names(arena, fk.columns.items, fk.columns.len), "fkey",
                                             rel->o.schema);
    if ((rc = check_key(&fk, con, rel, pk, recurse, &index)) != LC_OK)
        return rc;
    made = store(&fk, relid, pk->o.oid, index, InvalidOid);
    recurse_referenced(&fk, relid, pk->o.oid, index, made);
    recurse_referencing(&fk, relid, pk->o.oid, index, made);
    return LC_OK;
}

static struct foreign_key like_of(struct catalog *cat, const struct cat_constraint *con)
{
    struct lc_arena *arena = cat_arena(cat);

    return (struct foreign_key){.cat = cat,
                                .name = con->o.name,
                                .columns = names_of_keys(arena, cat_relation(cat, con->conrelid), &con->conkey),
                                .referenced = names_of_keys(arena, cat_relation(cat, con->confrelid), &con->confkey),
                                .updtype = con->confupdtype,
                                .deltype = con->confdeltype,
                                .matchtype = con->confmatchtype,
                                .deferrable = con->condeferrable,
                                .deferred = con->condeferred,
                                .validated = con->convalidated,
                                .enforced = con->conenforced,
                                .period = con->conperiod};
}

static bool parent_is_among(const struct catalog *cat, const struct cat_constraint *con, const struct cat_oids *constraints)
{
    (void)cat;
    for (int i = 0; con->conparentid && i < constraints->len; i++)
        if (constraints->items[i] == con->conparentid)
            return true;
    return false;
}

// CloneFkReferenced: keys that point at the parent point at the new partition too.
static void clone_referenced(struct catalog *cat, const struct cat_relation *parent, Oid partition)
{
    struct cat_oids keys = parent->referencing;

    for (int i = 0; i < keys.len; i++) {
        const struct cat_constraint *con = cat_constraint(cat, keys.items[i]);
        if (!con || parent_is_among(cat, con, &keys))
            continue;
        struct foreign_key fk = like_of(cat, con);
        Oid index = cat_index_of_partition(cat, cat_relation(cat, partition), con->conindid);
        Oid made = store(&fk, con->conrelid, partition, index, con->o.oid);
        recurse_referenced(&fk, con->conrelid, partition, index, made);
    }
}

void cat_clone_foreign_keys(struct catalog *cat, Oid parentid, Oid partition)
{
    const struct cat_relation *parent = cat_relation(cat, parentid);
    struct cat_oids keys = {0};

    cat_own_foreign_keys(cat, parent, &keys);
    for (int i = 0; i < keys.len; i++) {
        const struct cat_constraint *con = cat_constraint(cat, keys.items[i]);
        struct foreign_key fk = like_of(cat, con);
        Oid before = con->o.oid;
        const struct cat_constraint *like = cat_attachable_foreign_key(cat, cat_relation(cat, partition), con, NULL);
        if (like) {
            attach_key(cat, like->o.oid, before);
            continue;
        }
        recurse_referencing(&fk, partition, con->confrelid, con->conindid,
                            store(&fk, partition, con->confrelid, con->conindid, before));
    }
    clone_referenced(cat, parent, partition);
}

static void stand_alone(struct catalog *cat, const struct cat_constraint *con)
{
    struct cat_constraint *m = cat_modify_constraint(cat, con->o.oid);
    struct foreign_key fk = like_of(cat, con);

    m->conparentid = InvalidOid;
    m->coninhcount = 0;
    m->conislocal = true;
    cat_undepend(cat, cat_address(CAT_CONSTRAINT, con->o.oid, 0), CAT_NONE);
    // 15 makes what enforces it on the referenced side's partitions, which came with the parent's key before
    if (cat_major(cat) >= 15)
        recurse_referenced(&fk, con->conrelid, con->confrelid, con->conindid, con->o.oid);
}

void cat_detach_foreign_keys(struct catalog *cat, Oid parent, Oid partition)
{
    struct cat_oids keys = cat_relation(cat, partition)->constraints, in = cat_relation(cat, partition)->referencing;

    for (int i = 0; i < keys.len; i++) {
        const struct cat_constraint *con = cat_constraint(cat, keys.items[i]);
        const struct cat_constraint *up = con ? cat_constraint(cat, con->conparentid) : NULL;
        if (!con || con->contype != 'f' || con->conrelid != partition || !up || up->conrelid != parent)
            continue;
        if (cat_major(cat) < 15 && cat_relation(cat, con->confrelid)->relkind == 'p')
            cat_remove(cat, con); // 13 and 14 lose a key that points at a partitioned table
        else
            stand_alone(cat, con);
    }
    for (int i = 0; i < in.len; i++) {
        const struct cat_constraint *con = cat_constraint(cat, in.items[i]);
        const struct cat_constraint *up = con ? cat_constraint(cat, con->conparentid) : NULL;
        if (up && up->confrelid == parent) {
            struct cat_addresses targets = {0};
            struct lc_error ignored;
            cat_modify_constraint(cat, con->o.oid)->conparentid = InvalidOid;
            cat_undepend(cat, cat_address(CAT_CONSTRAINT, con->o.oid, 0), CAT_NONE);
            LC_PUSH(cat_arena(cat), &targets, cat_address(CAT_CONSTRAINT, con->o.oid, 0));
            (void)!cat_drop(cat, &targets, true, &ignored);
        }
    }
}

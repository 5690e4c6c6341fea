// Applies CREATE TABLE in all its forms (transformCreateStmt, parser/parse_utilcmd.c; DefineRelation, commands/tablecmds.c).
#include <string.h>

#include "catalog/apply_internal.h"
#include "catalog/object_address.h"
#include "catalog/oids.h"

struct pending { // what waits until the relation is there
    int attnum;
    struct cat_column_plan plan;
    const Node *cooked; // the default of a parent or of LIKE, taken as it is stored
    bool conflicting;   // defaults of several parents
    int not_nulls;      // parents whose NOT NULL is inherited
    bool own_not_null;
};

struct inherited_check {
    const struct cat_constraint *con;
    int count;
};

struct table {
    struct catalog *cat;
    struct lc_arena *scratch; // of what is forgotten with this struct
    struct lc_error *err;
    const CreateStmt *stmt;
    struct cat_relation *rel;
    struct LC_ARRAY(struct pending) pending;
    struct cat_constraint_nodes constraints;        // CHECK, keys and foreign keys, in order
    struct LC_ARRAY(struct inherited_check) checks; // from parents
    struct LC_ARRAY(const struct cat_relation *) parents;
    struct LC_ARRAY(const TableLikeClause *) likes;
};

// --- columns -----------------------------------------------------------------------------------------------------------------------------

static struct cat_attribute *find_column(struct table *t, const char *name)
{
    for (int i = 0; i < t->rel->natts; i++)
        if (!t->rel->attrs[i].isdropped && lc_streq(t->rel->attrs[i].name, name))
            return &t->rel->attrs[i];
    return NULL;
}

static struct pending *pending_of(struct table *t, int attnum)
{
    struct pending p = {.attnum = attnum};

    for (int i = 0; i < t->pending.len; i++)
        if (t->pending.items[i].attnum == attnum)
            return &t->pending.items[i];
    LC_PUSH(t->scratch, &t->pending, p);
    return &t->pending.items[t->pending.len - 1];
}

static void keep_constraints(struct table *t, const struct cat_column_plan *plan)
{
    for (int i = 0; i < plan->constraints.len; i++)
        LC_PUSH(cat_arena(t->cat), &t->constraints, plan->constraints.items[i]);
}

// A definition that meets a column of a parent or of the type (MergeAttributes; OF and PARTITION OF give options only).
static enum lc_code merge_definition(struct table *t, struct cat_attribute *att, const ColumnDef *def,
                                     const struct cat_column_plan *plan)
{
    struct pending *p = pending_of(t, att->attnum);

    if (def->typeName) {
        Oid type = InvalidOid;
        int typmod = -1;
        enum lc_code rc = cat_resolve_type(t->cat, def->typeName, &type, &typmod, t->err);
        if (rc != LC_OK)
            return rc;
        if (type != att->type || typmod != att->typmod)
            return cat_error(t->err, "42804", "column \"%s\" has a type conflict", att->name);
        att->islocal = true;
    }
    if (att->inhcount > 0) {
        enum lc_code rc = cat_merge_child_column(t->cat, att, def, plan, t->err);
        if (rc != LC_OK)
            return rc;
    }
    att->notnull = att->notnull || plan->notnull;
    p->conflicting = p->conflicting && !plan->def;
    p->own_not_null = plan->notnull;
    if (plan->identity)
        att->identity = plan->identity;
    if (plan->generated)
        att->generated = plan->generated;
    Node *kept = plan->def ? NULL : p->plan.def;
    const char *kept_name = plan->notnull_name ? plan->notnull_name : plan->notnull ? NULL : p->plan.notnull_name;
    p->plan = *plan;
    p->plan.notnull_name = kept_name;
    if (kept)
        p->plan.def = kept;
    keep_constraints(t, plan);
    return LC_OK;
}

static enum lc_code add_definition(struct table *t, const ColumnDef *def)
{
    struct cat_column_plan plan = cat_plan_column(t->cat, def);
    struct cat_attribute *att = find_column(t, def->colname);
    const struct cat_clause_context context = {t->rel->o.name,
                                               cat_major(t->cat),
                                               t->stmt->ofTypename != NULL,
                                               t->stmt->partbound != NULL,
                                               t->stmt->partspec != NULL,
                                               t->rel->relkind == 'f'};
    enum lc_code rc = cat_check_clauses(&context, def, t->err);

    if (rc != LC_OK)
        return rc;
    if (att && ((att->inhcount > 0 && !(att->islocal && def->typeName)) || t->rel->reloftype))
        return merge_definition(t, att, def, &plan);
    if (att)
        return cat_error(t->err, "42701", "column \"%s\" specified more than once", def->colname);
    if (!def->typeName)
        return cat_error(t->err, "42703", "column \"%s\" does not exist", def->colname);
    if ((rc = cat_append_column(t->cat, t->rel, def, &plan, t->err)) != LC_OK)
        return rc;
    pending_of(t, t->rel->natts)->plan = plan;
    pending_of(t, t->rel->natts)->own_not_null = plan.notnull;
    keep_constraints(t, &plan);
    return LC_OK;
}

// --- OF, INHERITS, LIKE ---------------------------------------------------------------------------------------------------------------------

enum lc_code cat_check_of_type(const struct catalog *cat, const struct cat_type *type, const TypeName *name,
                               const struct cat_relation **row, struct lc_error *err)
{
    *row = type ? cat_relation(cat, type->relid) : NULL;
    if (!type)
        return cat_error(err, "42704", "type \"%s\" does not exist", lc_sql_type_name(cat_arena(cat), name));
    if (!*row || (*row)->relkind != 'c')
        return cat_error(err, "42809", "type %s is not a composite type", type->o.name);
    return LC_OK;
}

static enum lc_code add_type_columns(struct table *t)
{
    const struct cat_type *type = cat_find_typename(t->cat, t->stmt->ofTypename, NULL);
    const struct cat_relation *rel;
    enum lc_code rc = cat_check_of_type(t->cat, type, t->stmt->ofTypename, &rel, t->err);

    if (rc != LC_OK)
        return rc;
    t->rel->reloftype = type->o.oid;
    for (int i = 0; i < rel->natts; i++)
        if (!rel->attrs[i].isdropped)
            cat_append_attribute(t->cat, t->rel, rel->attrs[i].name, rel->attrs[i].type, rel->attrs[i].typmod)->collation =
                rel->attrs[i].collation;
    return LC_OK;
}

static struct cat_attribute *copy_attribute(struct table *t, const struct cat_attribute *from)
{
    struct cat_attribute *att = cat_append_attribute(t->cat, t->rel, from->name, from->type, from->typmod);

    att->collation = from->collation;
    att->storage = from->storage;
    att->compression = from->compression;
    return att;
}

static enum lc_code inherit_column(struct table *t, const struct cat_relation *parent, const struct cat_attribute *up)
{
    const struct cat_constraint *nn = cat_not_null_constraint(t->cat, parent, up->attnum);
    struct cat_attribute *att = find_column(t, up->name);

    if (!att) {
        att = copy_attribute(t, up);
        att->islocal = false;
        att->generated = up->generated;
        if (t->stmt->partbound && cat_major(t->cat) >= 17)
            att->identity = up->identity;
    } else {
        enum lc_code rc = cat_merge_inherited_column(t->cat, att, up, t->err);
        if (rc != LC_OK)
            return rc;
    }
    att->inhcount++;
    att->notnull = att->notnull || (up->notnull && !(nn && nn->connoinherit));
    struct pending *p = pending_of(t, att->attnum);
    p->not_nulls += up->notnull && !(nn && nn->connoinherit);
    p->conflicting = p->conflicting || cat_defaults_differ(p->plan.def, up->def);
    if (up->def)
        p->cooked = p->plan.def = up->def;
    if (nn && !nn->connoinherit && !p->plan.notnull_name)
        p->plan.notnull_name = nn->o.name;
    return LC_OK;
}

static enum lc_code check_conflicts(const struct table *t)
{
    for (int i = 0; i < t->pending.len; i++) {
        const struct cat_attribute *att = &t->rel->attrs[t->pending.items[i].attnum - 1];
        if (t->pending.items[i].conflicting)
            return cat_error(t->err, "42611", "column \"%s\" inherits conflicting %s", att->name,
                             att->generated ? "generation expressions" : "default values");
    }
    return LC_OK;
}

static void inherit_checks(struct table *t, const struct cat_relation *parent)
{
    for (int i = 0; i < parent->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(t->cat, parent->constraints.items[i]);
        struct inherited_check check = {con, 1};
        bool merged = false;
        if (!con || con->contype != 'c' || con->conrelid != parent->o.oid || con->connoinherit)
            continue;
        for (int k = 0; k < t->checks.len; k++)
            if (lc_streq(t->checks.items[k].con->o.name, con->o.name)) {
                t->checks.items[k].count++;
                merged = true;
            }
        if (!merged)
            LC_PUSH(cat_arena(t->cat), &t->checks, check);
    }
}

// Temporary and permanent relations do not mix (MergeAttributes).
static enum lc_code check_persistence(const struct table *t, const struct cat_relation *parent)
{
    bool child_temp = t->rel->relpersistence == 't', parent_temp = parent->relpersistence == 't';

    if (t->stmt->partbound && child_temp != parent_temp)
        return cat_error(t->err, "42809", "cannot create a %s relation as partition of %s relation \"%s\"",
                         child_temp ? "temporary" : "permanent", child_temp ? "permanent" : "temporary", parent->o.name);
    if (parent_temp && !child_temp)
        return cat_error(t->err, "42809", "cannot inherit from temporary relation \"%s\"", parent->o.name);
    return LC_OK;
}

static enum lc_code add_parents(struct table *t)
{
    for (LIST_EACH(i, &t->stmt->inhRelations)) {
        const struct cat_relation *parent;
        enum lc_code rc = cat_open_rangevar(t->cat, LIST_GET(RangeVar, &t->stmt->inhRelations, i), &parent, t->err);
        if (rc != LC_OK)
            return rc;
        for (int k = 0; k < i; k++) // asked by DefineRelation of all before any is looked at
            if (cat_find_rangevar(t->cat, LIST_GET(RangeVar, &t->stmt->inhRelations, k)) == parent)
                return cat_error(t->err, "42P07", "relation \"%s\" would be inherited from more than once", parent->o.name);
    }
    for (LIST_EACH(i, &t->stmt->inhRelations)) {
        const struct cat_relation *parent = cat_find_rangevar(t->cat, LIST_GET(RangeVar, &t->stmt->inhRelations, i));
        enum lc_code rc;
        if (!t->stmt->partbound && parent->relkind == 'p')
            return cat_error(t->err, "42809", "cannot inherit from partitioned table \"%s\"", parent->o.name);
        if (!t->stmt->partbound && parent->relispartition)
            return cat_error(t->err, "42809", "cannot inherit from partition \"%s\"", parent->o.name);
        if (t->stmt->partbound && parent->relkind != 'p')
            return cat_error(t->err, "42P17", "\"%s\" is not partitioned", parent->o.name);
        if ((rc = check_persistence(t, parent)) != LC_OK)
            return rc;
        LC_PUSH(cat_arena(t->cat), &t->parents, parent);
        for (int k = 0; k < parent->natts; k++)
            if (!parent->attrs[k].isdropped && (rc = inherit_column(t, parent, &parent->attrs[k])) != LC_OK)
                return rc;
        inherit_checks(t, parent);
    }
    return LC_OK;
}

// LIKE's options as 13 numbers them; 14 put COMPRESSION in the second place, and so did every grammar that lockcast builds with.
enum like_option {
    LIKE_CONSTRAINTS = 1 << 2,
    LIKE_DEFAULTS = 1 << 3,
    LIKE_GENERATED = 1 << 4,
    LIKE_IDENTITY = 1 << 5,
    LIKE_INDEXES = 1 << 6,
    LIKE_STATISTICS = 1 << 7,
    LIKE_STORAGE = 1 << 8
};

static void like_column(struct table *t, const struct cat_relation *source, const struct cat_attribute *from, int64_t options)
{
    const struct cat_constraint *nn = cat_not_null_constraint(t->cat, source, from->attnum);
    struct cat_attribute *inherited = find_column(t, from->name), *att = inherited ? inherited : copy_attribute(t, from);
    struct pending *p = pending_of(t, att->attnum);

    att->islocal = true;
    att->notnull = from->notnull || (inherited && inherited->notnull);
    p->plan.name = from->name;
    p->plan.notnull_name = nn ? nn->o.name : NULL;
    p->plan.notnull_no_inherit = nn && nn->connoinherit;
    p->own_not_null = from->notnull;
    if (!inherited && (!(options & LIKE_STORAGE) || t->rel->relkind == 'f')) {
        att->storage = cat_storage_char(t->cat, NULL, att->type);
        att->compression = NULL;
    }
    if (from->def && (from->generated ? options & LIKE_GENERATED : options & LIKE_DEFAULTS)) {
        p->cooked = p->plan.def = from->def;
        att->generated = from->generated;
    }
    if (from->identity && (options & LIKE_IDENTITY) && t->rel->relkind != 'f')
        p->plan.identity = att->identity = from->identity;
}

static enum lc_code add_like(struct table *t, const TableLikeClause *like)
{
    const struct cat_relation *source;
    enum lc_code rc;

    if (t->rel->relkind == 'f' && cat_major(t->cat) < 18)
        return cat_error(t->err, "0A000", "LIKE is not supported for creating foreign tables");
    if ((rc = cat_open_rangevar(t->cat, like->relation, &source, t->err)) != LC_OK)
        return rc;
    if (!strchr("rvmcpf", source->relkind))
        return cat_error(t->err, "42809", "relation \"%s\" is invalid in LIKE clause", source->o.name);
    for (int i = 0; i < source->natts; i++) {
        if (source->attrs[i].isdropped)
            continue;
        const struct cat_attribute *old = find_column(t, source->attrs[i].name);
        if (old && (old->inhcount == 0 || old->islocal))
            return cat_error(t->err, "42701", "column \"%s\" specified more than once", source->attrs[i].name);
        if (old && (old->type != source->attrs[i].type || old->typmod != source->attrs[i].typmod))
            return cat_error(t->err, "42804", "column \"%s\" has a type conflict", old->name);
        like_column(t, source, &source->attrs[i], like->options);
    }
    LC_PUSH(cat_arena(t->cat), &t->likes, like);
    return LC_OK;
}

static Constraint *check_node(struct lc_arena *arena, const struct cat_constraint *con)
{
    Constraint *node = LC_NEW(arena, Constraint);

    node->tag = T_Constraint;
    node->contype = CONSTR_CHECK;
    node->conname = con->o.name;
    node->raw_expr = con->expr;
    node->is_no_inherit = con->connoinherit;
    node->is_enforced = con->conenforced;
    return node;
}

static void like_checks(struct table *t, const TableLikeClause *like)
{
    const struct cat_relation *source = cat_find_rangevar(t->cat, like->relation);

    for (int i = 0; (like->options & LIKE_CONSTRAINTS) && i < source->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(t->cat, source->constraints.items[i]);
        if (con && con->contype == 'c' && con->conrelid == source->o.oid)
            LC_PUSH(cat_arena(t->cat), &t->constraints, check_node(cat_arena(t->cat), con));
    }
}

// What the expressions of the statistics need, columns by their number in the new table.
struct like_depend {
    const struct table *t;
    const struct cat_relation *source;
    struct cat_addresses refs;
};

static void collect_reference(const struct cat_depend *edge, void *context)
{
    struct like_depend *d = context;
    struct cat_address ref = edge->ref;
    const struct cat_relation *rel = cat_relation(d->t->cat, d->t->rel->o.oid);

    if (ref.class == CAT_RELATION && ref.oid == d->source->o.oid) {
        const struct cat_attribute *att = ref.subid > 0 ? cat_find_column(rel, d->source->attrs[ref.subid - 1].name) : NULL;
        ref = cat_address(CAT_RELATION, rel->o.oid, att ? att->attnum : 0);
    }
    if (ref.class != CAT_NAMESPACE && (ref.class != CAT_RELATION || ref.subid))
        LC_PUSH(cat_arena(d->t->cat), &d->refs, ref);
}

static void like_expressions(struct table *t, const struct cat_relation *source, Oid from, Oid copy)
{
    struct like_depend d = {t, source, {0}};

    cat_each_dependency(t->cat, cat_address(CAT_STATISTICS, from, 0), collect_reference, &d);
    for (int i = 0; i < d.refs.len; i++)
        cat_depend(t->cat, cat_address(CAT_STATISTICS, copy, 0), d.refs.items[i],
                   d.refs.items[i].class == CAT_RELATION ? 'a' : 'n');
}

static void like_statistics(struct table *t, const struct cat_relation *source)
{
    struct lc_arena *arena = cat_arena(t->cat);

    for (int i = 0; i < source->statistics.len; i++) {
        const struct cat_other *from = cat_other(t->cat, CAT_STATISTICS, source->statistics.items[i]);
        struct cat_other *copy = lc_memdup(arena, from, sizeof *from);
        struct LC_ARRAY(const char *) names = {0};
        copy->columns = (struct cat_attnums){0};
        for (int k = 0; k < from->columns.len; k++) {
            const char *name = from->columns.items[k] > 0 ? source->attrs[from->columns.items[k] - 1].name : "expr";
            const struct cat_attribute *att = cat_find_column(cat_relation(t->cat, t->rel->o.oid), name);
            LC_PUSH(arena, &names, name);
            LC_PUSH(arena, &copy->columns, att ? att->attnum : 0);
        }
        copy->relid = t->rel->o.oid;
        copy->o.oid = cat_new_oid(t->cat);
        copy->o.created = true;
        copy->o.schema = t->rel->o.schema;
        copy->o.name =
            cat_choose_name(t->cat, t->rel->o.name, cat_join_names(arena, names.items, names.len), "stat", t->rel->o.schema);
        cat_add(t->cat, &copy->o);
        like_expressions(t, source, from->o.oid, copy->o.oid);
    }
}

// expandTableLikeClause: indexes and statistics come when the table is there.
static enum lc_code like_indexes(struct table *t, const TableLikeClause *like)
{
    const struct cat_relation *source = cat_find_rangevar(t->cat, like->relation);
    enum lc_code rc = LC_OK;

    bool indexes = (like->options & LIKE_INDEXES) && t->rel->relkind != 'f'; // 18: a foreign table gets none
    for (int i = 0; indexes && i < source->indexes.len && rc == LC_OK; i++) {
        const struct cat_relation *index = cat_relation(t->cat, source->indexes.items[i]);
        IndexStmt *stmt = cat_clone_index_stmt(t->cat, index);
        Oid made;
        rc = cat_define_index(t->cat, t->rel->o.oid, stmt, NULL, &made, t->err);
    }
    if (rc == LC_OK && (like->options & LIKE_STATISTICS))
        like_statistics(t, source);
    return rc;
}

// --- PARTITION BY -----------------------------------------------------------------------------------------------------------------------------

static char strategy_char(const PartitionSpec *spec)
{
    switch (spec->strategy) {
    case PARTITION_STRATEGY_LIST:
        return 'l';
    case PARTITION_STRATEGY_HASH:
        return 'h';
    default:
        return 'r';
    }
}

static Oid key_opclass(const struct catalog *cat, const PartitionElem *elem, Oid type, char strategy)
{
    const char *am = strategy == 'h' ? "hash" : "btree";
    const struct cat_opclass *named =
        elem->opclass.length ? cat_find_opclass(cat, list_schema_name(&elem->opclass), list_last_name(&elem->opclass), am) : NULL;

    return named ? named->o.oid : cat_default_opclass(cat, type, am);
}

// ComputePartitionAttrs
static enum lc_code check_key_expr(const struct table *t, const struct cat_scope *scope, const Node *expr)
{
    struct cat_attnums used = {0};
    enum lc_code rc = cat_check_expr_kind(t->cat, scope, CAT_EXPR_PARTITION, expr, t->err);

    cat_expr_columns(t->cat, t->rel, expr, &used, NULL);
    for (int i = 0; i < used.len && rc == LC_OK; i++) {
        const struct cat_attribute *att = cat_attribute_at(t->rel, used.items[i]);
        if (att && att->generated)
            rc = cat_error(t->err, "42P17", "cannot use generated column in partition key");
    }
    return rc;
}

static enum lc_code add_partition_key(struct table *t, const PartitionSpec *spec)
{
    struct lc_arena *arena = cat_arena(t->cat);
    struct cat_partition_key *key = &t->rel->partkey;
    struct cat_scope scope = cat_scope_of(arena, t->rel);
    enum lc_code rc;

    key->strategy = strategy_char(spec);
    if (key->strategy == 'l' && spec->partParams.length > 1)
        return cat_error(t->err, "42P17", "cannot use \"list\" partition strategy with more than one column");
    if (t->stmt->options.length)
        return cat_error(t->err, "42809", "cannot specify storage parameters for a partitioned table");
    key->natts = spec->partParams.length;
    key->keys = LC_NEW_ARRAY(arena, int, key->natts + 1);
    key->exprs = LC_NEW_ARRAY(arena, Node *, key->natts + 1);
    key->opclasses = LC_NEW_ARRAY(arena, Oid, key->natts + 1);
    for (LIST_EACH(i, &spec->partParams)) {
        const PartitionElem *elem = LIST_GET(PartitionElem, &spec->partParams, i);
        const struct cat_attribute *att = elem && elem->name ? find_column(t, elem->name) : NULL;
        if (elem && elem->name && !att)
            return cat_error(t->err, "42703", "column \"%s\" named in partition key does not exist", elem->name);
        if (att && att->generated)
            return cat_error(t->err, "42P17", "cannot use generated column in partition key");
        if (!att && elem && (rc = check_key_expr(t, &scope, elem->expr)) != LC_OK)
            return rc;
        if (!att && elem && cat_reads_generated(t->cat, t->rel, elem->expr, false))
            return cat_error(t->err, "42P17", "cannot use generated column in partition key");
        if (elem && elem->collation.length)
            cat_depend_collation(t->cat, cat_address(CAT_RELATION, t->rel->o.oid, 0), list_schema_name(&elem->collation),
                                 list_last_name(&elem->collation));
        if (att) {
            key->keys[i] = att->attnum;
            key->opclasses[i] = key_opclass(t->cat, elem, att->type, key->strategy);
        } else if (elem) {
            key->exprs[i] = elem->expr;
        }
    }
    return LC_OK;
}

// --- what waits for the relation -----------------------------------------------------------------------------------------------------------

static enum lc_code make_sequences(struct table *t)
{
    enum lc_code rc = LC_OK;

    for (int i = 0; i < t->pending.len && rc == LC_OK; i++) {
        const struct pending *p = &t->pending.items[i];
        if (p->plan.serial || p->plan.identity)
            rc = cat_make_column_sequence(t->cat, t->rel->o.oid, p->attnum, &p->plan, t->err);
    }
    return rc;
}

static enum lc_code set_defaults(struct table *t)
{
    for (int i = 0; i < t->pending.len; i++) {
        const struct pending *p = &t->pending.items[i];
        bool cooked = p->plan.def && p->plan.def == p->cooked;
        enum lc_code rc = cooked ? LC_OK : cat_check_default(t->cat, t->rel->o.oid, p->attnum, p->plan.def, t->err);
        if (rc != LC_OK)
            return rc;
        if (p->plan.def)
            cat_set_default(t->cat, t->rel->o.oid, p->attnum, p->plan.def);
    }
    return LC_OK;
}

static void store_inherited_checks(struct table *t)
{
    for (int i = 0; i < t->checks.len; i++) {
        const struct inherited_check *check = &t->checks.items[i];
        struct cat_constraint *con = cat_new_constraint(t->cat, 'c', check->con->o.name, t->rel->o.oid);
        con->expr = check->con->expr;
        con->conenforced = check->con->conenforced;
        con->convalidated = check->con->conenforced;
        con->conislocal = false;
        con->coninhcount = check->count;
        cat_expr_columns(t->cat, cat_relation(t->cat, t->rel->o.oid), con->expr, &con->conkey, NULL);
        cat_publish_constraint(t->cat, con);
    }
}

// 18 keeps NOT NULL in pg_constraint (AddRelationNotNullConstraints, catalog/heap.c).
static void store_not_nulls(struct table *t)
{
    const struct cat_relation *rel = cat_relation(t->cat, t->rel->o.oid);

    for (int i = 1; cat_major(t->cat) >= 18 && i <= rel->natts; i++) {
        const struct cat_attribute *att = &rel->attrs[i - 1];
        const struct cat_column_plan *plan = &pending_of(t, i)->plan;
        struct cat_constraint *con;
        const char *name = plan->notnull_name;
        if (!att->notnull)
            continue;
        if (!name)
            name = cat_choose_constraint_name(t->cat, rel->o.name, att->name, "not_null", rel->o.schema);
        con = cat_new_constraint(t->cat, 'n', name, rel->o.oid);
        LC_PUSH(cat_arena(t->cat), &con->conkey, i);
        con->connoinherit = plan->notnull_no_inherit;
        con->conislocal = pending_of(t, i)->own_not_null;
        con->coninhcount = pending_of(t, i)->not_nulls;
        cat_publish_constraint(t->cat, con);
    }
}

static bool is_named(const struct table *t, const char *name, int upto)
{
    for (int i = 0; i < upto; i++)
        if (t->pending.items[i].own_not_null && lc_streq(t->pending.items[i].plan.notnull_name, name))
            return true;
    return false;
}

// AddRelationNotNullConstraints: names that users gave, and NO INHERIT against what is inherited.
static enum lc_code check_not_nulls(const struct table *t)
{
    for (int i = 0; cat_major(t->cat) >= 18 && i < t->pending.len; i++) {
        const struct pending *p = &t->pending.items[i];
        const char *column = t->rel->attrs[p->attnum - 1].name;
        if (p->plan.notnull_no_inherit && p->own_not_null && t->rel->relkind == 'p')
            return cat_error(t->err, "0A000", "not-null constraints on partitioned tables cannot be NO INHERIT");
        if (p->plan.notnull_no_inherit && p->own_not_null && p->not_nulls)
            return cat_error(t->err, "42804", "cannot define not-null constraint with NO INHERIT on column \"%s\"", column);
        if (p->own_not_null && p->plan.notnull_name && is_named(t, p->plan.notnull_name, i) && t->likes.len == 0)
            return cat_error(t->err, "42710", "constraint \"%s\" for relation \"%s\" already exists", p->plan.notnull_name,
                             t->rel->o.name);
    }
    return LC_OK;
}

static bool same_key(const Constraint *a, const Constraint *b)
{
    if (a->keys.length != b->keys.length || a->including.length != b->including.length || a->deferrable != b->deferrable ||
        a->initdeferred != b->initdeferred || a->nulls_not_distinct != b->nulls_not_distinct || a->contype == CONSTR_EXCLUSION ||
        b->contype == CONSTR_EXCLUSION)
        return false;
    for (LIST_EACH(i, &a->keys))
        if (!lc_streq(node_string(a->keys.items[i]), node_string(b->keys.items[i])))
            return false;
    return true;
}

// transformIndexConstraints (parser/parse_utilcmd.c): the primary key first, and a key that says the same as an earlier one is left out.
// That one; NULL: there is none.
static Constraint *said_before(const struct table *t, int n)
{
    const Constraint *con = t->constraints.items[n];

    for (int i = 0; i < t->constraints.len; i++) {
        Constraint *other = t->constraints.items[i];
        bool earlier =
            other->contype == CONSTR_PRIMARY ? con->contype != CONSTR_PRIMARY : other->contype == CONSTR_UNIQUE && i < n;
        if (i != n && earlier && con->contype == CONSTR_UNIQUE && same_key(con, other))
            return other;
    }
    return NULL;
}

// A key without a name has that of the first one left out for it.
static void take_names(const struct table *t)
{
    for (int i = 0; i < t->constraints.len; i++) {
        Constraint *kept = said_before(t, i);
        if (kept && !kept->conname)
            kept->conname = t->constraints.items[i]->conname;
    }
}

static int step_of(const Constraint *con)
{
    static const ConstrType order[][3] = {{CONSTR_CHECK}, {CONSTR_PRIMARY}, {CONSTR_UNIQUE, CONSTR_EXCLUSION}, {CONSTR_FOREIGN}};

    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 3; k++)
            if (order[i][k] == con->contype)
                return i;
    return -1;
}

static enum lc_code add_constraint(struct table *t, Constraint *con)
{
    const struct cat_constraint *old =
        con->conname ? cat_find_constraint(t->cat, cat_relation(t->cat, t->rel->o.oid), con->conname) : NULL;

    // MergeWithExistingConstraint: a parent's constraint of that name and expression is taken for the table's own
    if (old && old->coninhcount > 0 && old->contype == 'c' && con->contype == CONSTR_CHECK)
        return cat_merge_check(t->cat, old, con, true, true, t->err);
    if (con->contype == CONSTR_FOREIGN)
        con->skip_validation = false; // transformFKConstraints: the table is empty
    if (con->contype == CONSTR_CHECK)
        con->skip_validation = false;
    return cat_add_constraint(t->cat, t->rel->o.oid, con, true, t->err);
}

// Constraints of one step; CHECK ones with a name of their own come first, so that a made name makes way (AddRelationNewConstraints).
static enum lc_code add_constraints(struct table *t, int step)
{
    enum lc_code rc = LC_OK;

    for (int i = 0; i < t->constraints.len && rc == LC_OK; i++)
        if (step_of(t->constraints.items[i]) == step && !said_before(t, i))
            rc = add_constraint(t, t->constraints.items[i]);
    return rc;
}

// CreateForeignTable (commands/foreigncmds.c): the server is looked for when the table is there.
static enum lc_code find_server(struct table *t)
{
    const char *name = t->rel->foreign_server;
    const struct cat_other *server = name ? cat_find_what(t->cat, cat_what(OBJECT_FOREIGN_SERVER), NULL, name) : NULL;

    if (name && !server && !cat_has_unknown_extension(t->cat))
        return cat_error(t->err, "42704", "server \"%s\" does not exist", name);
    if (server)
        cat_depend(t->cat, cat_address(CAT_RELATION, t->rel->o.oid, 0), cat_address(CAT_OTHER, server->o.oid, 0), 'n');
    return LC_OK;
}

static enum lc_code finish(struct table *t)
{
    enum lc_code rc = make_sequences(t);

    if (rc == LC_OK)
        rc = set_defaults(t);
    store_inherited_checks(t);
    for (int i = 0; i < t->parents.len; i++)
        cat_store_inheritance(t->cat, t->rel->o.oid, t->parents.items[i]->o.oid, t->stmt->partbound != NULL);
    if (rc == LC_OK &&
        t->stmt->partbound) // DefineRelation: its bound, indexes and triggers come before its own CHECK constraints
        rc = cat_make_partition(t->cat, t->parents.items[0]->o.oid, t->rel->o.oid, t->stmt->partbound, t->err);
    if (rc == LC_OK)
        rc = add_constraints(t, 0);
    store_not_nulls(t);
    if (rc == LC_OK)
        rc = find_server(t);
    take_names(t);
    for (int step = 1; step <= 2 && rc == LC_OK; step++)
        rc = add_constraints(t, step);
    for (int i = 0; i < t->likes.len && rc == LC_OK; i++)
        rc = like_indexes(t, t->likes.items[i]);
    return rc == LC_OK ? add_constraints(t, 3) : rc;
}

// --- the statement ---------------------------------------------------------------------------------------------------------------------------

static enum lc_code check_duplicates(const struct table *t)
{
    for (LIST_EACH(i, &t->stmt->tableElts))
        for (int k = 0; k < i && t->stmt->tableElts.length < 2000; k++) {
            const ColumnDef *a = LIST_GET(ColumnDef, &t->stmt->tableElts, i), *b = LIST_GET(ColumnDef, &t->stmt->tableElts, k);
            if (a && b && lc_streq(a->colname, b->colname))
                return cat_error(t->err, "42701", "column \"%s\" specified more than once", a->colname);
        }
    return LC_OK;
}

static enum lc_code add_elements(struct table *t)
{
    Constraint *last = NULL;
    enum lc_code rc = check_duplicates(t);

    if (rc != LC_OK)
        return rc;
    cat_reserve_attributes(t->cat, t->rel, t->stmt->tableElts.length);
    for (LIST_EACH(i, &t->stmt->tableElts)) {
        const Node *item = t->stmt->tableElts.items[i];
        if (IsA(item, ColumnDef)) {
            rc = add_definition(t, AS(ColumnDef, item));
        } else if (IsA(item, TableLikeClause)) {
            rc = add_like(t, AS(TableLikeClause, item));
        } else if (IsA(item, Constraint)) {
            last = lc_memdup(cat_arena(t->cat), item, sizeof *last);
            LC_PUSH(cat_arena(t->cat), &t->constraints, last);
        }
        if (rc != LC_OK)
            return rc;
    }
    for (LIST_EACH(i, &t->stmt->constraints)) {
        const Constraint *con = LIST_GET(Constraint, &t->stmt->constraints, i);
        if (con)
            LC_PUSH(cat_arena(t->cat), &t->constraints, lc_memdup(cat_arena(t->cat), con, sizeof *con));
    }
    for (int i = 0; i < t->likes.len; i++)
        like_checks(t, t->likes.items[i]);
    return check_conflicts(t);
}

// A column's NOT NULL constraints are one (AddRelationNotNullConstraints in catalog/heap.c, 18).
static enum lc_code merge_not_null(struct table *t, const struct cat_attribute *att, bool had, const Constraint *con)
{
    struct cat_column_plan *plan = &pending_of(t, att->attnum)->plan;

    if (had && plan->notnull_no_inherit != con->is_no_inherit && cat_major(t->cat) >= 18)
        return cat_error(t->err, "42601", "conflicting NO INHERIT declaration for not-null constraint on column \"%s\"",
                         att->name);
    if (had && plan->notnull_name && con->conname && strcmp(plan->notnull_name, con->conname) != 0)
        return cat_error(t->err, "42601", "conflicting not-null constraint names \"%s\" and \"%s\"", plan->notnull_name,
                         con->conname);
    if (!had || con->conname)
        plan->notnull_name = con->conname;
    plan->notnull_no_inherit = con->is_no_inherit;
    return LC_OK;
}

// NOT NULL that a key or a table constraint brings, before the columns are stored; keys come last (transformIndexConstraints).
static enum lc_code mark_constraints(struct table *t, ConstrType type)
{
    enum lc_code rc = LC_OK;

    for (int i = 0; i < t->constraints.len; i++) {
        const Constraint *con = t->constraints.items[i];
        for (int k = 0; con->contype == type && k < con->keys.length && rc == LC_OK; k++) {
            struct cat_attribute *att = find_column(t, node_string(con->keys.items[k]));
            struct pending *p = att ? pending_of(t, att->attnum) : NULL;
            if (!att)
                continue;
            if (type == CONSTR_NOTNULL)
                rc = merge_not_null(t, att, p->own_not_null, con);
            else if (p->own_not_null && p->plan.notnull_no_inherit && att->islocal)
                rc = cat_error(t->err, "42601", "conflicting NO INHERIT declaration for not-null constraint on column \"%s\"",
                               att->name);
            if (type == CONSTR_PRIMARY && !p->own_not_null) // a constraint of the table's own, without the parent's name
                p->plan.notnull_name = NULL;
            att->notnull = p->own_not_null = true;
        }
    }
    return rc;
}

static enum lc_code mark_not_null(struct table *t)
{
    enum lc_code rc = mark_constraints(t, CONSTR_NOTNULL);

    return rc == LC_OK ? mark_constraints(t, CONSTR_PRIMARY) : rc;
}

static char persistence(const RangeVar *rv)
{
    if (rv->schemaname && strcmp(rv->schemaname, "pg_temp") == 0)
        return 't';
    return rv->relpersistence && rv->relpersistence[0] ? rv->relpersistence[0] : 'p';
}

static const char *partition_tablespace(const struct catalog *cat, const CreateStmt *stmt)
{
    const struct cat_relation *parent =
        stmt->partbound && stmt->inhRelations.length ? cat_find_rangevar(cat, LIST_GET(RangeVar, &stmt->inhRelations, 0)) : NULL;

    return parent ? parent->tablespace : NULL;
}

static enum lc_code create_in(struct catalog *cat, struct lc_arena *scratch, const CreateStmt *stmt, const char *server,
                              struct lc_error *err)
{
    struct table t = {.cat = cat, .scratch = scratch, .err = err, .stmt = stmt};
    char kind = server ? 'f' : stmt->partspec ? 'p' : 'r';
    Oid schema;
    enum lc_code rc = cat_creation_namespace(cat, stmt->relation, &schema, err);

    if (rc != LC_OK)
        return rc;
    if (cat_find_relation(cat, cat_schema_name(cat, schema), stmt->relation->relname))
        return stmt->if_not_exists ? LC_OK : cat_error(err, "42P07", "relation \"%s\" already exists", stmt->relation->relname);
    if (kind == 'p' && persistence(stmt->relation) == 'u' && cat_major(cat) >= 18)
        return cat_error(err, "0A000", "partitioned tables cannot be unlogged");
    t.rel = cat_new_relation(cat, kind, stmt->relation->relname, schema);
    t.rel->relpersistence = persistence(stmt->relation);
    if (kind == 'p' && t.rel->relpersistence == 'u' && cat_major(cat) >= 18)
        return cat_error(err, "0A000", "partitioned tables cannot be unlogged");
    if ((rc = cat_choose_tablespace(cat, stmt->tablespacename, partition_tablespace(cat, stmt), &t.rel->tablespace, err)) !=
        LC_OK)
        return rc;
    t.rel->foreign_server = server;
    t.rel->options = cat_reloptions_text(cat, NULL, &stmt->options, NULL, false);
    if (stmt->accessMethod)
        t.rel->am = stmt->accessMethod;
    if (stmt->ofTypename && (rc = add_type_columns(&t)) != LC_OK)
        return rc;
    if ((rc = add_parents(&t)) != LC_OK || (rc = add_elements(&t)) != LC_OK)
        return rc;
    if ((rc = mark_not_null(&t)) != LC_OK || (rc = check_not_nulls(&t)) != LC_OK)
        return rc;
    if (stmt->partspec && (rc = add_partition_key(&t, stmt->partspec)) != LC_OK)
        return rc;
    if ((rc = cat_publish_relation(cat, t.rel, err)) != LC_OK)
        return rc;
    return finish(&t);
}

static enum lc_code create(struct catalog *cat, const CreateStmt *stmt, const char *server, struct lc_error *err)
{
    struct lc_arena *scratch = lc_arena_scratch(cat_arena(cat));
    size_t mark = lc_arena_mark(scratch);
    enum lc_code rc = create_in(cat, scratch, stmt, server, err);

    lc_arena_reset(scratch, mark);
    return rc;
}

// CREATE TABLE AS and SELECT INTO (create_ctas_internal, commands/createas.c).
static enum lc_code create_as(struct catalog *cat, const IntoClause *into, const Node *query, bool if_not_exists,
                              struct lc_error *err)
{
    struct cat_attribute *columns = NULL;
    struct cat_relation *rel;
    Oid schema;
    enum lc_code rc = cat_creation_namespace(cat, into->rel, &schema, err);

    if (rc != LC_OK)
        return rc;
    if (cat_find_relation(cat, cat_schema_name(cat, schema), into->rel->relname))
        return if_not_exists ? LC_OK : cat_error(err, "42P07", "relation \"%s\" already exists", into->rel->relname);
    rel = cat_new_relation(cat, 'r', into->rel->relname, schema);
    rel->relpersistence = persistence(into->rel);
    if ((rc = cat_choose_tablespace(cat, into->tableSpaceName, NULL, &rel->tablespace, err)) != LC_OK)
        return rc;
    rel->options = cat_reloptions_text(cat, NULL, &into->options, NULL, false);
    rel->size.known = into->skipData; // how much the query brings is not known
    if (into->accessMethod)
        rel->am = into->accessMethod;
    int n = cat_query_columns(cat, NULL, query, &columns);
    if (n && into->colNames.length > n) // BuildDescForRelation's caller, create_ctas_nodata
        return cat_error(err, "42601", "too many column names were specified");
    cat_reserve_attributes(cat, rel, n);
    for (int i = 0; i < n; i++) {
        const char *name = i < into->colNames.length ? node_string(into->colNames.items[i]) : columns[i].name;
        Oid type = columns[i].type == InvalidOid || columns[i].type == UNKNOWNOID ? TEXTOID : columns[i].type;
        cat_append_attribute(cat, rel, name, type, columns[i].typmod)->collation = columns[i].collation;
    }
    rc = cat_check_query_columns(cat, rel, err);
    return rc == LC_OK ? cat_publish_relation(cat, rel, err) : rc;
}

enum lc_code cat_apply_table(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err)
{
    const CreateForeignTableStmt *foreign = AS(CreateForeignTableStmt, stmt);
    const CreateTableAsStmt *as = AS(CreateTableAsStmt, stmt);
    const SelectStmt *select = AS(SelectStmt, stmt);

    *mine = true;
    if (IsA(stmt, CreateStmt))
        return create(cat, AS(CreateStmt, stmt), NULL, err);
    if (foreign && foreign->base)
        return create(cat, foreign->base, foreign->servername, err);
    if (IsA(stmt, AlterTableStmt))
        return cat_apply_alter_table(cat, AS(AlterTableStmt, stmt), err);
    if (as && as->into && as->objtype != OBJECT_MATVIEW)
        return create_as(cat, as->into, as->query, as->if_not_exists, err);
    if (select && select->intoClause)
        return create_as(cat, select->intoClause, stmt, false, err);
    if (IsA(stmt, AlterTableMoveAllStmt))
        return cat_apply_move_all(cat, AS(AlterTableMoveAllStmt, stmt), err);
    *mine = false;
    return LC_OK;
}

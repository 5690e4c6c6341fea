// Creating an index, its constraint and its likes on partitions (DefineIndex, commands/indexcmds.c; index_create, catalog/index.c).
#include <string.h>

#include "catalog/apply_internal.h"
#include "catalog/coerce.h"
#include "catalog/internal.h"

#define INDOPTION_DESC 1
#define INDOPTION_NULLS_FIRST 2
#define INDEX_MAX_KEYS 32

// --- operator classes --------------------------------------------------------------------------------------------------------------

struct opclass_search {
    const char *am, *name;
    Oid found;
};

static void match_opclass(const struct cat_object *object, void *context)
{
    struct opclass_search *search = context;
    const struct cat_opclass *opclass = (const struct cat_opclass *)(const void *)object;

    if (!search->found && lc_streq(opclass->am, search->am) && strcmp(object->name, search->name) == 0)
        search->found = object->oid;
}

static Oid find_opclass(const struct catalog *cat, const char *am, const NodeList *names)
{
    struct opclass_search search = {am, list_last_name(names), InvalidOid};

    if (!search.name)
        return InvalidOid;
    builtin_each(cat->builtin, CAT_OPCLASS, match_opclass, &search);
    cat_each(cat, CAT_OPCLASS, match_opclass, &search);
    return search.found;
}

// --- the parts of a definition -----------------------------------------------------------------------------------------------------

struct definition {
    struct catalog *cat;
    const struct cat_relation *rel;
    const IndexStmt *stmt;
    const struct cat_index_options *options;
    const char *am, *name;
    struct cat_relation *index;
    struct cat_index *ind;
    struct cat_scope scope; // of its expressions
    struct lc_error *err;
};

static const IndexElem *element(const struct definition *d, int i)
{
    const NodeList *keys = &d->stmt->indexParams;

    return i < keys->length ? LIST_GET(IndexElem, keys, i)
                            : LIST_GET(IndexElem, &d->stmt->indexIncludingParams, i - keys->length);
}

static bool name_taken(const char *const *names, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

// ChooseIndexColumnNames: names of the index's own columns.
static const char **column_names(const struct definition *d, int natts)
{
    struct lc_arena *arena = cat_arena(d->cat);
    const char **names = LC_NEW_ARRAY(arena, const char *, natts);

    for (int i = 0; i < natts; i++) {
        const IndexElem *elem = element(d, i);
        const char *wanted = elem->indexcolname ? elem->indexcolname : elem->name;
        if (!wanted && elem->expr)
            wanted = cat_figure_colname(elem->expr);
        if (!wanted)
            wanted = "expr";
        names[i] = wanted;
        for (int k = 1; name_taken(names, i, names[i]); k++)
            names[i] = lc_printf(arena, "%s%d", wanted, k);
    }
    return names;
}

// ChooseIndexName.
static const char *index_name(const struct definition *d, const char *const *names, int natts)
{
    const IndexStmt *stmt = d->stmt;
    Oid schema = d->rel->o.schema;

    if (stmt->idxname)
        return stmt->idxname;
    if (stmt->primary)
        return cat_choose_index_name(d->cat, d->rel->o.name, NULL, "pkey", schema, true);
    const char *columns = cat_join_names(cat_arena(d->cat), names, natts);
    // a copy of a key WITHOUT OVERLAPS has operators like an exclusion constraint (generateClonedIndexStmt)
    if (stmt->excludeOpNames.length || (stmt->transformed && stmt->unique && lc_streq(stmt->accessMethod, "gist")))
        return cat_choose_index_name(d->cat, d->rel->o.name, columns, "excl", schema, true);
    if (stmt->isconstraint)
        return cat_choose_index_name(d->cat, d->rel->o.name, columns, "key", schema, true);
    return cat_choose_index_name(d->cat, d->rel->o.name, columns, "idx", schema, false);
}

static bool find_system_column(const Node *node, void *context)
{
    const ColumnRef *ref = AS(ColumnRef, node);
    const char *name = ref ? list_last_name(&ref->fields) : NULL;

    if (name && cat_is_system_column(name) && strcmp(name, "tableoid") != 0)
        *(bool *)context = true;
    return true;
}

static enum lc_code check_expression(const struct definition *d, enum cat_expr_kind kind, const Node *expr)
{
    bool system = false;

    if (d->stmt->transformed)
        return LC_OK; // the like of an index that was checked
    node_walk(expr, find_system_column, &system);
    if (system)
        return cat_error(d->err, "0A000", "index creation on system columns is not supported");
    return cat_check_expr_kind(d->cat, &d->scope, kind, expr, d->err);
}

// ComputeIndexAttrs: "(column)" and "(column COLLATE x)" are that column.
static const char *plain_column(const IndexElem *elem, const char **collation)
{
    const CollateClause *collate = AS(CollateClause, elem->expr);
    const ColumnRef *ref = AS(ColumnRef, collate ? collate->arg : elem->expr);

    if (collate && ref)
        *collation = list_last_name(&collate->collname);
    return elem->name ? elem->name : ref ? list_last_name(&ref->fields) : NULL;
}

static enum lc_code key_column(struct definition *d, int i, const IndexElem *elem, Oid *type, int *typmod)
{
    const char *collation = NULL, *name = plain_column(elem, &collation);
    const struct cat_attribute *att;

    if (!name) {
        d->ind->exprs[i] = elem->expr;
        *typmod = -1;
        *type = cat_expr_type(d->cat, &d->scope, elem->expr, typmod);
        return check_expression(d, CAT_EXPR_INDEX, elem->expr);
    }
    att = cat_find_column(d->rel, name);
    if (!att && cat_is_system_column(name))
        return cat_error(d->err, "0A000", "index creation on system columns is not supported");
    if (!att && d->stmt->isconstraint)
        return cat_error(d->err, "42703", "column \"%s\" named in key does not exist", name);
    if (!att)
        return cat_error(d->err, "42703", "column \"%s\" does not exist", name);
    d->ind->keys[i] = att->attnum;
    d->ind->collations[i] = collation ? collation : att->collation;
    *type = att->type;
    *typmod = att->typmod;
    return LC_OK;
}

static const struct access_method {
    const char *name;
    bool unique, multicol, include, order, exclusion;
    int include_major; // the first that can INCLUDE
} access_methods[] = {
    {"btree", true, true, true, true, true, 0},    {"hash", false, false, false, false, true, 0},
    {"gist", false, true, true, false, true, 0},   {"gin", false, true, false, false, false, 0},
    {"brin", false, true, false, false, false, 0}, {"spgist", false, false, true, false, true, 14},
};

bool cat_is_index_method(const char *name)
{
    for (size_t i = 0; i < sizeof access_methods / sizeof *access_methods; i++)
        if (lc_streq(access_methods[i].name, name))
            return true;
    return false;
}

// ResolveOpClass.
static enum lc_code check_opclass(const struct definition *d, int i, Oid type)
{
    const struct cat_type *t = cat_type(d->cat, type);
    // of a user's row types there are but record_ops, of arrays array_ops, of enums enum_ops, ...
    bool known = t && (cat_base_type(d->cat, type, NULL) < FirstNormalObjectId || strchr("cerm", t->typtype) ||
                       coerce_element_type(d->cat, type));

    const struct cat_opclass *named =
        i < d->ind->nkeyatts && element(d, i)->opclass.length ? cat_opclass(d->cat, d->ind->opclasses[i]) : NULL;

    if (named && known && !coerce_is_binary(d->cat, type, named->intype))
        return cat_error(d->err, "42804", "operator class \"%s\" does not accept data type %s",
                         list_last_name(&element(d, i)->opclass), cat_format_type(d->cat, type, -1));
    if (i >= d->ind->nkeyatts || d->ind->opclasses[i] || element(d, i)->opclass.length || !known ||
        cat_has_unknown_extension(d->cat))
        return LC_OK;
    return cat_error(d->err, "42704", "data type %s has no default operator class for access method \"%s\"",
                     cat_format_type(d->cat, type, -1), d->am);
}

static void key_details(struct definition *d, int i, const IndexElem *elem, Oid type)
{
    int option = 0;

    if (elem->collation.length)
        d->ind->collations[i] = list_last_name(&elem->collation);
    if (i >= d->ind->nkeyatts)
        return;
    d->ind->opclasses[i] =
        elem->opclass.length ? find_opclass(d->cat, d->am, &elem->opclass) : cat_default_opclass(d->cat, type, d->am);
    if (elem->ordering == SORTBY_DESC)
        option |= INDOPTION_DESC;
    if (elem->nulls_ordering == SORTBY_NULLS_FIRST ||
        (elem->nulls_ordering != SORTBY_NULLS_LAST && elem->ordering == SORTBY_DESC))
        option |= INDOPTION_NULLS_FIRST;
    d->ind->options[i] = option;
}

static enum lc_code fill_columns(struct definition *d, const char *const *names, int natts)
{
    cat_reserve_attributes(d->cat, d->index, natts);
    for (int i = 0; i < natts; i++) {
        const IndexElem *elem = element(d, i);
        Oid type = InvalidOid;
        int typmod = -1;
        enum lc_code rc = key_column(d, i, elem, &type, &typmod);
        if (rc == LC_OK && elem->collation.length && i < d->ind->nkeyatts)
            rc = cat_check_collation(d->cat, type, d->err);
        if (rc != LC_OK)
            return rc;
        key_details(d, i, elem, type);
        if ((rc = check_opclass(d, i, type)) != LC_OK)
            return rc;
        (void)cat_append_attribute(d->cat, d->index, names[i], type, typmod);
    }
    return LC_OK;
}

static void new_index(struct definition *d, int natts)
{
    struct lc_arena *arena = cat_arena(d->cat);
    const IndexStmt *stmt = d->stmt;
    struct cat_index *ind = LC_NEW(arena, struct cat_index);

    ind->indrelid = d->rel->o.oid;
    ind->natts = natts;
    ind->nkeyatts = stmt->indexParams.length;
    ind->keys = LC_NEW_ARRAY(arena, int, natts);
    ind->exprs = LC_NEW_ARRAY(arena, Node *, natts);
    ind->collations = LC_NEW_ARRAY(arena, const char *, natts);
    ind->opclasses = LC_NEW_ARRAY(arena, Oid, ind->nkeyatts);
    ind->options = LC_NEW_ARRAY(arena, int, ind->nkeyatts);
    ind->predicate = stmt->whereClause;
    ind->unique = stmt->unique || stmt->primary;
    ind->primary = stmt->primary;
    ind->exclusion = stmt->excludeOpNames.length > 0 || stmt->iswithoutoverlaps;
    ind->immediate = !stmt->deferrable;
    ind->valid = ind->ready = ind->live = true;
    ind->nulls_not_distinct = stmt->nulls_not_distinct;
    d->index = cat_new_relation(d->cat, d->rel->relkind == 'p' ? 'I' : 'i', d->name, d->rel->o.schema);
    d->index->relpersistence = d->rel->relpersistence;
    d->index->am = d->am;
    d->index->tablespace = stmt->tableSpace;
    d->index->options = cat_reloptions_text(d->cat, NULL, &stmt->options, NULL, false);
    d->index->index = ind;
    d->ind = ind;
}

static const char *column_name(const struct cat_relation *rel, int attnum)
{
    return attnum >= 1 && attnum <= rel->natts ? rel->attrs[attnum - 1].name : NULL;
}

// An exclusion constraint must compare the partition key for equality (17+). The like of a parent's index has been judged there.
static enum lc_code check_exclusion(const struct definition *d, int j)
{
    const NodeList *operators = &d->stmt->excludeOpNames;
    const List *names = j < operators->length ? LIST_GET(List, operators, j) : NULL;
    const char *op = names ? list_last_name(&names->items) : NULL;

    if (!op || d->options->parent_constraint || lc_streq(op, "="))
        return LC_OK;
    return cat_error(d->err, "0A000", "cannot match partition key to index on column \"%s\" using non-equal operator \"%s\"",
                     column_name(d->rel, d->ind->keys[j]), op);
}

// Unique constraints of a partitioned table must contain its partition key (DefineIndex).
static enum lc_code check_partition_key(const struct definition *d)
{
    const struct cat_partition_key *key = &d->rel->partkey;

    if (d->rel->relkind != 'p' || !(d->ind->unique || d->ind->exclusion))
        return LC_OK;
    for (int i = 0; i < key->natts; i++) {
        bool found = false;
        if (key->keys[i] == 0)
            return cat_error(d->err, "0A000", "unsupported %s constraint with partition key definition",
                             d->ind->primary ? "PRIMARY KEY" : "UNIQUE");
        for (int j = 0; j < d->ind->nkeyatts && !found; j++) {
            found = d->ind->keys[j] == key->keys[i];
            if (found && check_exclusion(d, j) != LC_OK)
                return LC_E_SERVER;
        }
        if (!found)
            return cat_error(d->err, "0A000", "unique constraint on partitioned table must include all partitioning columns");
    }
    return LC_OK;
}

static enum lc_code virtual_column(const struct definition *d, bool primary)
{
    return cat_error(d->err, "0A000", "%s on virtual generated columns are not supported",
                     primary                 ? "primary keys"
                     : d->stmt->isconstraint ? "unique constraints"
                                             : "indexes");
}

// DefineIndex, 18.
static enum lc_code check_virtual(const struct definition *d)
{
    for (int i = 0; i < d->ind->natts; i++)
        if (d->ind->keys[i] > 0 && d->rel->attrs[d->ind->keys[i] - 1].generated == 'v')
            return virtual_column(d, d->stmt->primary);
    for (int i = 0; i < d->ind->natts; i++)
        if (cat_reads_generated(d->cat, d->rel, d->ind->exprs[i], true))
            return virtual_column(d, false);
    return cat_reads_generated(d->cat, d->rel, d->ind->predicate, true) ? virtual_column(d, false) : LC_OK;
}

// --- the constraint (index_create) ------------------------------------------------------------------------------

static Oid make_constraint(struct definition *d)
{
    char contype = d->ind->primary ? 'p' : d->ind->unique ? 'u' : 'x';
    struct cat_constraint *con = cat_new_constraint(d->cat, contype, d->name, d->rel->o.oid);

    for (int i = 0; i < d->ind->nkeyatts; i++)
        LC_PUSH(cat_arena(d->cat), &con->conkey, d->ind->keys[i]);
    con->conindid = d->index->o.oid;
    con->condeferrable = d->stmt->deferrable;
    con->condeferred = d->stmt->initdeferred;
    con->connoinherit = true;
    if (d->options->parent_constraint) {
        con->conparentid = d->options->parent_constraint;
        con->conislocal = false;
        con->coninhcount = 1;
        con->connoinherit = false;
    }
    cat_publish_constraint(d->cat, con);
    return con->o.oid;
}

static void record_dependencies(struct definition *d)
{
    struct cat_address self = cat_address(CAT_RELATION, d->index->o.oid, 0);

    for (int i = 0; i < d->ind->natts; i++)
        cat_depend_expr(d->cat, self, d->rel, d->ind->exprs[i], 'n', 'a');
    for (int i = 0; i < d->ind->nkeyatts; i++)
        cat_depend_collation(d->cat, self, NULL, d->ind->collations[i]);
    cat_depend_expr(d->cat, self, d->rel, d->ind->predicate, 'n', 'a');
}

void cat_set_parent_index(struct catalog *cat, Oid index, Oid parent)
{
    cat_link_inherits(cat, index, parent);
    cat_modify_relation(cat, index)->relispartition = true;
}

// ConstraintSetParentConstraint (catalog/pg_constraint.c).
void cat_set_parent_constraint(struct catalog *cat, Oid constraint, Oid parent)
{
    struct cat_constraint *con = cat_modify_constraint(cat, constraint);

    con->conislocal = false;
    con->coninhcount = 1;
    con->conparentid = parent;
}

// --- partitions ------------------------------------------------------------------------------------------------------------------------

static bool same_key(const struct cat_relation *rel1, const struct cat_relation *rel2, int i)
{
    const struct cat_index *a = rel1->index, *b = rel2->index;

    return i >= a->nkeyatts || (a->opclasses[i] == b->opclasses[i] && lc_streq(a->collations[i], b->collations[i]));
}

// CompareIndexInfo (catalog/index.c): could `b`, an index of tb, be the like of `a`, an index of ta?
bool cat_index_matches(const struct catalog *cat, const struct cat_relation *rel1, const struct cat_relation *rel2)
{
    const struct cat_index *a = rel1->index, *b = rel2->index;
    const struct cat_relation *ta = cat_relation(cat, a->indrelid), *tb = cat_relation(cat, b->indrelid);

    if (a->unique != b->unique || a->natts != b->natts || a->nkeyatts != b->nkeyatts || !lc_streq(rel1->am, rel2->am) ||
        a->nulls_not_distinct != b->nulls_not_distinct || a->exclusion || b->exclusion)
        return false;
    for (int i = 0; i < a->natts; i++) {
        if ((a->keys[i] == 0) != (b->keys[i] == 0) || !same_key(rel1, rel2, i))
            return false;
        if (a->keys[i] ? !lc_streq(column_name(ta, a->keys[i]), column_name(tb, b->keys[i]))
                       : !node_equal(a->exprs[i], b->exprs[i]))
            return false;
    }
    return node_equal(a->predicate, b->predicate);
}

static bool attach_existing(struct definition *d, const struct cat_relation *partition, Oid constraint)
{
    const struct cat_relation *mine = cat_relation(d->cat, d->index->o.oid);

    for (int i = 0; i < partition->indexes.len; i++) {
        const struct cat_relation *other = cat_relation(d->cat, partition->indexes.items[i]);
        if (other->relispartition || !cat_index_matches(d->cat, mine, other))
            continue;
        if (constraint && !other->index->constraint)
            continue;
        cat_set_parent_index(d->cat, other->o.oid, d->index->o.oid);
        if (constraint)
            cat_set_parent_constraint(d->cat, other->index->constraint, constraint);
        return true;
    }
    return false;
}

static enum lc_code create_on_partition(struct definition *d, Oid partition, Oid constraint)
{
    IndexStmt *like = lc_memdup(cat_arena(d->cat), d->stmt, sizeof *d->stmt);
    struct cat_index_options options = {.parent_index = d->index->o.oid, .parent_constraint = constraint};
    Oid created;

    like->idxname = NULL;
    like->if_not_exists = false;
    return cat_define_index(d->cat, partition, like, &options, &created, d->err);
}

static enum lc_code recurse(struct definition *d, Oid constraint)
{
    struct cat_oids children = cat_relation(d->cat, d->rel->o.oid)->children;
    enum lc_code rc = LC_OK;

    for (int i = 0; i < children.len && rc == LC_OK; i++) {
        const struct cat_relation *partition = cat_relation(d->cat, children.items[i]);
        if (partition->relkind == 'f') {
            if (d->stmt->unique || d->stmt->primary)
                return cat_error(d->err, "42809", "cannot create unique index on partitioned table \"%s\"", d->rel->o.name);
            continue;
        }
        if (!attach_existing(d, partition, constraint))
            rc = create_on_partition(d, partition->o.oid, constraint);
    }
    return rc;
}

// --- the statement -------------------------------------------------------------------------------------------------------------------

static enum lc_code check_target(const struct definition *d)
{
    if (!strchr("rpm", d->rel->relkind))
        return cat_error(d->err, "42809", "cannot create index on relation \"%s\"", d->rel->o.name);
    if (d->rel->relkind == 'p' && d->stmt->concurrent)
        return cat_error(d->err, "0A000", "cannot create index on partitioned table \"%s\" concurrently", d->rel->o.name);
    if (d->stmt->indexParams.length + d->stmt->indexIncludingParams.length > INDEX_MAX_KEYS)
        return cat_error(d->err, "54011", "cannot use more than %d columns in an index", INDEX_MAX_KEYS);
    for (LIST_EACH(i, &d->stmt->indexParams))
        if (!LIST_GET(IndexElem, &d->stmt->indexParams, i))
            return cat_error(d->err, "XX000", "the index's columns are not understood");
    return LC_OK;
}

// index_check_primary_key (catalog/index.c): once the columns are known to be good for an index.
static enum lc_code check_primary(const struct definition *d)
{
    if (d->stmt->primary && cat_primary_key(d->cat, d->rel))
        return cat_error(d->err, "42P16", "multiple primary keys for table \"%s\" are not allowed", d->rel->o.name);
    return LC_OK;
}

// What the built-in access methods can do (IndexAmRoutine: amcanunique, amcanmulticol, amcaninclude, amcanorder, amgettuple).
static enum lc_code cannot(const struct definition *d, const char *what)
{
    return cat_error(d->err, "0A000", "access method \"%s\" does not support %s", d->am, what);
}

static enum lc_code check_access_method(const struct definition *d)
{
    const struct access_method *am = NULL;
    const IndexStmt *stmt = d->stmt;

    for (size_t i = 0; i < sizeof access_methods / sizeof *access_methods; i++)
        if (strcmp(access_methods[i].name, d->am) == 0)
            am = &access_methods[i];
    if (!am)
        return LC_OK;                                                                                // an extension's
    if ((stmt->unique || stmt->primary) && !am->unique && !stmt->isconstraint && !stmt->transformed) // WITHOUT OVERLAPS
        return cannot(d, "unique indexes");
    if (stmt->indexIncludingParams.length && !(am->include && cat_major(d->cat) >= am->include_major))
        return cannot(d, "included columns");
    if (stmt->indexParams.length > 1 && !am->multicol)
        return cannot(d, "multicolumn indexes");
    if (stmt->excludeOpNames.length && d->rel->relkind == 'p' && cat_major(d->cat) < 17) // transformTableConstraint
        return cat_error(d->err, "0A000", "exclusion constraints are not supported on partitioned tables");
    if (stmt->excludeOpNames.length && !am->exclusion)
        return cannot(d, "exclusion constraints");
    for (LIST_EACH(i, &stmt->indexParams)) {
        const IndexElem *elem = LIST_GET(IndexElem, &stmt->indexParams, i);
        if (elem && !am->order && elem->ordering != SORTBY_DEFAULT && elem->ordering != 0)
            return cannot(d, "ASC/DESC options");
        if (elem && !am->order && elem->nulls_ordering != SORTBY_NULLS_DEFAULT && elem->nulls_ordering != 0 && !stmt->transformed)
            return cannot(d, "NULLS FIRST/LAST options");
    }
    return LC_OK;
}

// transformIndexStmt (parse_utilcmd.c): the predicate's and the expressions' names come before all else.
static enum lc_code check_names(const struct definition *d)
{
    const NodeList *elems = &d->stmt->indexParams;
    enum lc_code rc = d->stmt->transformed ? LC_OK : cat_check_expr_names(d->cat, &d->scope, d->stmt->whereClause, d->err);

    for (int i = 0; rc == LC_OK && !d->stmt->transformed && i < elems->length; i++) {
        const IndexElem *elem = LIST_GET(IndexElem, elems, i);
        rc = elem ? cat_check_expr_names(d->cat, &d->scope, elem->expr, d->err) : LC_OK;
    }
    return rc;
}

static bool exists_already(const struct definition *d)
{
    return cat_find_relation(d->cat, cat_schema_name(d->cat, d->rel->o.schema), d->name) != NULL;
}

enum lc_code cat_define_index(struct catalog *cat, Oid rel, const IndexStmt *stmt, const struct cat_index_options *options,
                              Oid *index, struct lc_error *err)
{
    static const struct cat_index_options none = {0};
    struct definition d = {
        .cat = cat, .rel = cat_relation(cat, rel), .stmt = stmt, .options = options ? options : &none, .err = err};
    int natts = stmt->indexParams.length + stmt->indexIncludingParams.length;
    Oid constraint = InvalidOid;
    enum lc_code rc;

    *index = InvalidOid;
    d.scope = cat_scope_of(cat_arena(cat), d.rel);
    if ((rc = check_names(&d)) != LC_OK || (rc = check_target(&d)) != LC_OK)
        return rc;
    d.am = lc_streq(stmt->accessMethod, "rtree") ? "gist" : stmt->accessMethod ? stmt->accessMethod : "btree";
    if ((rc = check_access_method(&d)) != LC_OK)
        return rc;
    const char **names = column_names(&d, natts);
    d.name = index_name(&d, names, natts);
    if (stmt->if_not_exists && exists_already(&d))
        return LC_OK;
    new_index(&d, natts);
    if ((rc = check_expression(&d, CAT_EXPR_PREDICATE, stmt->whereClause)) != LC_OK ||
        (rc = fill_columns(&d, names, natts)) != LC_OK || (rc = check_primary(&d)) != LC_OK ||
        (rc = check_partition_key(&d)) != LC_OK || (rc = check_virtual(&d)) != LC_OK)
        return rc;
    if (d.rel->relkind == 'p' && d.options->only && d.rel->children.len > 0)
        d.ind->valid = false;
    if ((rc = cat_publish_relation(cat, d.index, err)) != LC_OK)
        return rc;
    if (stmt->isconstraint || stmt->primary) {
        constraint = make_constraint(&d);
        struct cat_relation *mine = cat_modify_relation(cat, d.index->o.oid);
        mine->index = lc_memdup(cat_arena(cat), mine->index, sizeof *mine->index);
        mine->index->constraint = constraint;
    }
    record_dependencies(&d);
    if (d.options->parent_index)
        cat_set_parent_index(cat, d.index->o.oid, d.options->parent_index);
    *index = d.index->o.oid;
    return d.rel->relkind == 'p' && !d.options->only ? recurse(&d, constraint) : LC_OK;
}

// --- an index as a statement -----------------------------------------------------------------------------------------------------------

static Node *string_node(struct lc_arena *arena, const char *text)
{
    String *s = LC_NEW(arena, String);

    s->tag = T_String;
    s->sval = text;
    return (Node *)s;
}

static NodeList single(struct lc_arena *arena, const char *text)
{
    Node **items = LC_NEW(arena, Node *);

    items[0] = string_node(arena, text);
    return (NodeList){1, items};
}

static Node *clone_element(const struct catalog *cat, const struct cat_relation *source, int i)
{
    struct lc_arena *arena = cat_arena(cat);
    const struct cat_index *ind = source->index;
    const struct cat_relation *table = cat_relation(cat, ind->indrelid);
    IndexElem *elem = LC_NEW(arena, IndexElem);

    elem->tag = T_IndexElem;
    elem->name = ind->keys[i] ? column_name(table, ind->keys[i]) : NULL;
    elem->expr = ind->keys[i] ? NULL : ind->exprs[i];
    elem->indexcolname = i < source->natts ? source->attrs[i].name : NULL; // kept when the table's column is renamed
    if (ind->collations[i])
        elem->collation = single(arena, ind->collations[i]);
    if (i >= ind->nkeyatts)
        return (Node *)elem;
    const struct cat_opclass *opclass = cat_opclass(cat, ind->opclasses[i]);
    if (opclass && !opclass->isdefault)
        elem->opclass = single(arena, opclass->o.name);
    elem->ordering = ind->options[i] & INDOPTION_DESC ? SORTBY_DESC : SORTBY_DEFAULT;
    elem->nulls_ordering = ind->options[i] & INDOPTION_NULLS_FIRST ? SORTBY_NULLS_FIRST : SORTBY_NULLS_LAST;
    return (Node *)elem;
}

static NodeList clone_elements(const struct catalog *cat, const struct cat_relation *source, int from, int to)
{
    NodeList list = {to - from, LC_NEW_ARRAY(cat_arena(cat), Node *, to - from + 1)};

    for (int i = from; i < to; i++)
        list.items[i - from] = clone_element(cat, source, i);
    return list;
}

IndexStmt *cat_clone_index_stmt(const struct catalog *cat, const struct cat_relation *source)
{
    const struct cat_index *ind = source->index;
    const struct cat_constraint *con = cat_constraint(cat, ind->constraint);
    IndexStmt *stmt = LC_NEW(cat_arena(cat), IndexStmt);

    stmt->tag = T_IndexStmt;
    stmt->accessMethod = source->am;
    stmt->tableSpace = source->tablespace;
    stmt->unique = ind->unique;
    stmt->primary = ind->primary;
    stmt->nulls_not_distinct = ind->nulls_not_distinct;
    stmt->isconstraint = con != NULL;
    stmt->deferrable = con && con->condeferrable;
    stmt->initdeferred = con && con->condeferred;
    stmt->whereClause = ind->predicate;
    stmt->transformed = true;
    stmt->indexParams = clone_elements(cat, source, 0, ind->nkeyatts);
    stmt->indexIncludingParams = clone_elements(cat, source, ind->nkeyatts, ind->natts);
    stmt->iswithoutoverlaps = ind->exclusion && ind->unique;
    if (ind->exclusion)
        stmt->excludeOpNames = single(cat_arena(cat), "&&"); // any: only its presence matters to the catalogue
    return stmt;
}

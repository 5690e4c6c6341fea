// Constraints: CHECK, NOT NULL, keys and their indexes, as CREATE TABLE and ALTER TABLE make, change and drop them (tablecmds.c).
#include <string.h>

#include "catalog/apply_internal.h"

struct cat_constraint *cat_new_constraint(struct catalog *cat, char contype, const char *name, Oid rel)
{
    struct cat_constraint *con = LC_NEW(cat_arena(cat), struct cat_constraint);
    const struct cat_relation *r = cat_relation(cat, rel);

    con->o = (struct cat_object){CAT_CONSTRAINT, cat_new_oid(cat), name, r->o.schema, NULL, true};
    con->contype = contype;
    con->conrelid = rel;
    con->convalidated = con->conenforced = con->conislocal = true;
    return con;
}

void cat_publish_constraint(struct catalog *cat, struct cat_constraint *con)
{
    struct cat_address self = cat_address(CAT_CONSTRAINT, con->o.oid, 0);

    cat_add(cat, &con->o);
    if (con->conrelid)
        cat_depend_expr(cat, self, cat_relation(cat, con->conrelid), con->expr, 'n', 'a');
}

static enum lc_code duplicate(const struct catalog *cat, Oid rel, const char *name, struct lc_error *err)
{
    return cat_error(err, "42710", "constraint \"%s\" for relation \"%s\" already exists", name, cat_relation(cat, rel)->o.name);
}

enum lc_code cat_missing_column(const struct cat_relation *rel, const char *name, struct lc_error *err)
{
    return cat_error(err, "42703", "column \"%s\" of relation \"%s\" does not exist", name, rel->o.name);
}

// --- CHECK (ATAddCheckNNConstraint, AddRelationNewConstraints in catalog/heap.c) ---------------------------------------------------------

static const char *check_name(const struct catalog *cat, const struct cat_relation *rel, const struct cat_attnums *columns)
{
    const char *column = columns->len == 1 && columns->items[0] > 0 ? rel->attrs[columns->items[0] - 1].name : NULL;

    return cat_choose_constraint_name(cat, rel->o.name, column, "check", rel->o.schema);
}

static enum lc_code conflict(const struct catalog *cat, const struct cat_constraint *old, const char *what, struct lc_error *err)
{
    return cat_error(err, "42P17", "constraint \"%s\" conflicts with %s constraint on relation \"%s\"", old->o.name, what,
                     cat_relation(cat, old->conrelid)->o.name);
}

enum lc_code cat_merge_check(struct catalog *cat, const struct cat_constraint *old, const Constraint *con, bool allow, bool local,
                             struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, old->conrelid);
    bool enforced = cat_constraint_enforced(con);
    struct cat_constraint *c;

    if (local && !old->conislocal && !rel->relispartition)
        allow = true;
    if (!allow || old->contype != 'c' || !node_equal(old->expr, con->raw_expr))
        return duplicate(cat, old->conrelid, old->o.name, err);
    if (old->connoinherit)
        return conflict(cat, old, "non-inherited", err);
    if (old->coninhcount > 0 && con->is_no_inherit)
        return conflict(cat, old, "inherited", err);
    if (!con->skip_validation && old->conenforced && !old->convalidated)
        return conflict(cat, old, "NOT VALID", err);
    if ((!local && enforced && !old->conenforced) || (local && !enforced && old->conenforced))
        return conflict(cat, old, "NOT ENFORCED", err);
    c = cat_modify_constraint(cat, old->o.oid);
    if (rel->relispartition) {
        c->coninhcount = 1;
        c->conislocal = false;
    } else if (local) {
        c->conislocal = true;
    } else {
        c->coninhcount++;
    }
    if (enforced && !c->conenforced)
        c->conenforced = c->convalidated = true;
    return LC_OK;
}

static enum lc_code check_columns_exist(const struct cat_relation *rel, const Node *expr, struct lc_error *err);

static enum lc_code add_check(struct catalog *cat, Oid relid, const Constraint *con, const char **name, bool recurse,
                              bool recursing, struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, relid);
    const struct cat_constraint *old = *name ? cat_find_constraint(cat, rel, *name) : NULL;
    struct cat_attnums columns = {0};
    struct cat_oids children;
    struct cat_constraint *c;
    enum lc_code rc;

    if (old)
        return cat_merge_check(cat, old, con, recursing, !recursing, err);
    if (con->is_no_inherit && rel->relkind == 'p')
        return cat_error(err, "42P16", "cannot add NO INHERIT constraint to partitioned table \"%s\"", rel->o.name);
    struct cat_scope scope = cat_scope_of(cat_arena(cat), rel);
    if ((rc = check_columns_exist(rel, con->raw_expr, err)) != LC_OK ||
        (rc = cat_check_expr_kind(cat, &scope, CAT_EXPR_CHECK, con->raw_expr, err)) != LC_OK)
        return rc;
    cat_expr_columns(cat, rel, con->raw_expr, &columns, NULL);
    if (!*name)
        *name = check_name(cat, rel, &columns);
    c = cat_new_constraint(cat, 'c', *name, relid);
    c->conkey = columns;
    c->expr = con->raw_expr;
    c->convalidated = !con->skip_validation && (cat_major(cat) < 18 || cat_constraint_enforced(con));
    c->conenforced = cat_major(cat) < 18 || cat_constraint_enforced(con);
    c->connoinherit = con->is_no_inherit;
    c->conislocal = !recursing;
    c->coninhcount = recursing ? 1 : 0;
    cat_publish_constraint(cat, c);
    children = cat_relation(cat, relid)->children;
    if (con->is_no_inherit || children.len == 0)
        return LC_OK;
    if (!recurse)
        return cat_error(err, "42P16", "constraint must be added to child tables too");
    for (int i = 0; i < children.len && rc == LC_OK; i++)
        rc = add_check(cat, children.items[i], con, name, recurse, true, err);
    return rc;
}

struct column_check {
    const struct cat_relation *rel;
    const char *missing;
};

static bool visit_column(const Node *node, void *context)
{
    struct column_check *check = context;
    const ColumnRef *ref = AS(ColumnRef, node);
    const char *name = ref ? list_last_name(&ref->fields) : NULL;

    if (IsA(node, SubLink))
        return false;
    if (name && ref->fields.length == 1 && !cat_find_column(check->rel, name) && strcmp(name, check->rel->o.name) != 0 &&
        !cat_is_system_column(name))
        check->missing = name;
    return true;
}

bool cat_is_system_column(const char *name)
{
    static const char *const names[] = {"tableoid", "cmax", "xmax", "cmin", "xmin", "ctid"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static enum lc_code check_columns_exist(const struct cat_relation *rel, const Node *expr, struct lc_error *err)
{
    struct column_check check = {rel, NULL};

    node_walk(expr, visit_column, &check);
    return check.missing ? cat_error(err, "42703", "column \"%s\" does not exist", check.missing) : LC_OK;
}

bool cat_constraint_enforced(const Constraint *con)
{
    // a grammar without ENFORCED leaves both fields zero: then every constraint is enforced
    return lc_sql_grammar() < 180000 || con->is_enforced;
}

// --- keys: PRIMARY KEY, UNIQUE, EXCLUDE (transformIndexConstraint, parser/parse_utilcmd.c) ---------------------------------------------------

static Node *key_element(struct lc_arena *arena, const Node *item)
{
    IndexElem *elem = LC_NEW(arena, IndexElem);

    elem->tag = T_IndexElem;
    elem->name = node_string(item);
    return (Node *)elem;
}

static NodeList key_elements(struct lc_arena *arena, const NodeList *names)
{
    NodeList list = {names->length, LC_NEW_ARRAY(arena, Node *, names->length + 1)};

    for (LIST_EACH(i, names))
        list.items[i] = key_element(arena, names->items[i]);
    return list;
}

// EXCLUDE: each item is a list of an IndexElem and an operator's name.
static NodeList exclusion_elements(struct lc_arena *arena, const NodeList *exclusions, NodeList *operators)
{
    NodeList list = {exclusions->length, LC_NEW_ARRAY(arena, Node *, exclusions->length + 1)};

    *operators = (NodeList){exclusions->length, LC_NEW_ARRAY(arena, Node *, exclusions->length + 1)};
    for (LIST_EACH(i, exclusions)) {
        const List *pair = LIST_GET(List, exclusions, i);
        list.items[i] = pair && pair->items.length > 0 ? pair->items.items[0] : NULL;
        operators->items[i] = pair && pair->items.length > 1 ? pair->items.items[1] : NULL;
    }
    return list;
}

IndexStmt *cat_constraint_index(struct lc_arena *arena, const Constraint *con)
{
    IndexStmt *stmt = LC_NEW(arena, IndexStmt);

    stmt->tag = T_IndexStmt;
    stmt->idxname = con->conname;
    stmt->unique = con->contype != CONSTR_EXCLUSION;
    stmt->primary = con->contype == CONSTR_PRIMARY;
    stmt->isconstraint = true;
    stmt->deferrable = con->deferrable;
    stmt->initdeferred = con->initdeferred;
    stmt->nulls_not_distinct = con->nulls_not_distinct;
    stmt->iswithoutoverlaps = con->without_overlaps;
    stmt->options = con->options;
    stmt->tableSpace = con->indexspace;
    stmt->whereClause = con->where_clause;
    stmt->accessMethod = con->access_method ? con->access_method : con->without_overlaps ? "gist" : "btree";
    if (con->contype == CONSTR_EXCLUSION)
        stmt->indexParams = exclusion_elements(arena, &con->exclusions, &stmt->excludeOpNames);
    else
        stmt->indexParams = key_elements(arena, &con->keys);
    stmt->indexIncludingParams = key_elements(arena, &con->including);
    return stmt;
}

static enum lc_code check_overlaps(const struct catalog *cat, const struct cat_relation *rel, const Constraint *con,
                                   struct lc_error *err)
{
    const char *last = con->keys.length ? node_string(con->keys.items[con->keys.length - 1]) : NULL;
    const struct cat_attribute *att = last ? cat_find_column(rel, last) : NULL;
    const struct cat_type *type = att ? cat_type(cat, cat_base_type(cat, att->type, NULL)) : NULL;

    if (type && !strchr("rm", type->typtype))
        return cat_error(err, "42804", "column \"%s\" in WITHOUT OVERLAPS is not a range or multirange type", last);
    if (con->keys.length < 2)
        return cat_error(err, "42601", "constraint using WITHOUT OVERLAPS needs at least two columns");
    return LC_OK;
}

// transformIndexStmt, of an exclusion constraint's condition; a primary key's columns, which are marked NOT NULL before the index is made.
static enum lc_code check_names(const struct catalog *cat, const struct cat_relation *rel, const Constraint *con,
                                struct lc_error *err)
{
    struct cat_scope scope = cat_scope_of(cat_arena(cat), rel);

    for (int i = 0; con->contype == CONSTR_PRIMARY && i < con->keys.length; i++)
        if (!cat_find_column(rel, node_string(con->keys.items[i])))
            return cat_error(err, "42703", "column \"%s\" of relation \"%s\" does not exist", node_string(con->keys.items[i]),
                             rel->o.name);
    return cat_check_expr_names(cat, &scope, con->where_clause, err);
}

enum lc_code cat_transform_key(const struct catalog *cat, Oid rel, const Constraint *con, struct lc_error *err)
{
    enum lc_code rc;

    for (int i = 0; i < con->keys.length; i++)
        for (int k = 0; k < i; k++)
            if (lc_streq(node_string(con->keys.items[i]), node_string(con->keys.items[k])))
                return cat_error(err, "42701", "column \"%s\" appears twice in %s constraint", node_string(con->keys.items[i]),
                                 con->contype == CONSTR_PRIMARY ? "primary key" : "unique");
    if (con->without_overlaps && (rc = check_overlaps(cat, cat_relation(cat, rel), con, err)) != LC_OK)
        return rc;
    return check_names(cat, cat_relation(cat, rel), con, err);
}

bool cat_key_recurses(const struct catalog *cat, const struct cat_relation *rel, bool recurse)
{
    return recurse || rel->relkind == 'p' || cat_major(cat) >= 18;
}

enum lc_code cat_add_key(struct catalog *cat, Oid rel, const Constraint *con, bool recurse, struct lc_error *err)
{
    IndexStmt *stmt = cat_constraint_index(cat_arena(cat), con);
    struct cat_not_null not_null = {.recurse = cat_key_recurses(cat, cat_relation(cat, rel), recurse)};
    struct cat_index_options options = {.only = !recurse};
    enum lc_code rc = LC_OK;
    Oid index;

    if ((rc = cat_transform_key(cat, rel, con, err)) != LC_OK)
        return rc;
    if (con->conname && cat_find_constraint(cat, cat_relation(cat, rel), con->conname))
        return cat_error(err, "42P07", "relation \"%s\" already exists", con->conname);
    for (int i = 0; con->contype == CONSTR_PRIMARY && i < con->keys.length && rc == LC_OK; i++) {
        const char *column = node_string(con->keys.items[i]);
        rc = cat_primary_key_column(cat, rel, column, recurse, err);
        // ATPrepAddPrimaryKey: a constraint that is there stays what it is, inherited or not
        if (rc == LC_OK &&
            !cat_not_null_constraint(cat, cat_relation(cat, rel), cat_find_column(cat_relation(cat, rel), column)->attnum))
            rc = cat_set_not_null(cat, rel, column, NULL, &not_null, err);
    }
    return rc == LC_OK ? cat_define_index(cat, rel, stmt, &options, &index, err) : rc;
}

// transformIndexConstraint (parse_utilcmd.c), of USING INDEX.
static enum lc_code may_be_key(const struct catalog *cat, const struct cat_relation *rel, const struct cat_relation *index,
                               const Constraint *con, struct lc_error *err)
{
    const struct cat_index *x = index ? index->index : NULL;

    if (!index)
        return cat_error(err, "42704", "index \"%s\" does not exist", con->indexname);
    if (!x)
        return cat_error(err, "42809", "\"%s\" is not an index", con->indexname);
    if (x->constraint)
        return cat_error(err, "55000", "index \"%s\" is already associated with a constraint", con->indexname);
    if (x->indrelid != rel->o.oid)
        return cat_error(err, "55000", "index \"%s\" does not belong to table \"%s\"", con->indexname, rel->o.name);
    if (!x->valid)
        return cat_error(err, "55000", "index \"%s\" is not valid", con->indexname);
    if (!x->unique)
        return cat_error(err, "42809", "\"%s\" is not a unique index", con->indexname);
    for (int i = 0; i < x->natts; i++)
        if (!x->keys[i])
            return cat_error(err, "42809", "index \"%s\" contains expressions", con->indexname);
    if (x->predicate)
        return cat_error(err, "42809", "\"%s\" is a partial index", con->indexname);
    for (int i = 0; i < x->nkeyatts; i++) {
        const struct cat_opclass *opclass = cat_opclass(cat, x->opclasses[i]);
        if (x->options[i] || (opclass && !opclass->isdefault))
            return cat_error(err, "42809", "index \"%s\" column number %d does not have default sorting behavior", con->indexname,
                             i + 1);
    }
    return LC_OK;
}

// ADD CONSTRAINT ... USING INDEX (ATExecAddIndexConstraint).
enum lc_code cat_add_key_using_index(struct catalog *cat, Oid relid, const Constraint *con, bool recurse, struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, relid);
    const struct cat_relation *index = cat_find_relation(cat, cat_schema_name(cat, rel->o.schema), con->indexname);
    const char *name = con->conname ? con->conname : con->indexname;
    struct cat_not_null not_null = {.recurse = cat_key_recurses(cat, rel, recurse)};
    struct cat_relation *mine;
    struct cat_constraint *c;
    enum lc_code rc;

    if ((rc = may_be_key(cat, rel, index, con, err)) != LC_OK)
        return rc;
    if (rel->relkind == 'p')
        return cat_error(err, "0A000", "ALTER TABLE / ADD CONSTRAINT USING INDEX is not supported on partitioned tables");
    if (con->contype == CONSTR_PRIMARY && cat_primary_key(cat, rel))
        return cat_error(err, "42P16", "multiple primary keys for table \"%s\" are not allowed", rel->o.name);
    for (int i = 0; con->contype == CONSTR_PRIMARY && i < index->index->nkeyatts; i++)
        if (index->index->keys[i] &&
            (rc = cat_set_not_null(cat, relid, rel->attrs[index->index->keys[i] - 1].name, NULL, &not_null, err)) != LC_OK)
            return rc;
    if (strcmp(name, index->o.name) != 0) {
        if (cat_find_relation(cat, cat_schema_name(cat, rel->o.schema), name))
            return cat_error(err, "42P07", "relation \"%s\" already exists", name);
        cat_rename(cat, index, name, index->o.schema);
    }
    c = cat_new_constraint(cat, con->contype == CONSTR_PRIMARY ? 'p' : 'u', name, relid);
    for (int i = 0; i < index->index->nkeyatts; i++)
        LC_PUSH(cat_arena(cat), &c->conkey, index->index->keys[i]);
    c->conindid = index->o.oid;
    c->condeferrable = con->deferrable;
    c->condeferred = con->initdeferred;
    c->connoinherit = true;
    cat_publish_constraint(cat, c);
    mine = cat_modify_relation(cat, index->o.oid);
    mine->index = lc_memdup(cat_arena(cat), mine->index, sizeof *mine->index);
    mine->index->constraint = c->o.oid;
    mine->index->primary = con->contype == CONSTR_PRIMARY;
    mine->index->immediate = !con->deferrable;
    cat_undepend(cat, cat_address(CAT_RELATION, index->o.oid, 0), CAT_RELATION);
    return LC_OK;
}

// --- one Constraint node ------------------------------------------------------------------------------------------------------------------

enum lc_code cat_add_constraint(struct catalog *cat, Oid rel, const Constraint *con, bool recurse, struct lc_error *err)
{
    const char *name = con->conname;
    struct cat_not_null how = {
        .recurse = recurse, .no_inherit = con->is_no_inherit, .not_valid = con->skip_validation, .only = !recurse};

    switch (con->contype) {
    case CONSTR_CHECK:
        return add_check(cat, rel, con, &name, recurse, false, err);
    case CONSTR_NOTNULL:
        if (con->is_no_inherit && cat_relation(cat, rel)->relkind == 'p')
            return cat_error(err, "0A000", "not-null constraints on partitioned tables cannot be NO INHERIT");
        return cat_set_not_null(cat, rel, con->keys.length ? node_string(con->keys.items[0]) : "", name, &how, err);
    case CONSTR_PRIMARY:
    case CONSTR_UNIQUE:
    case CONSTR_EXCLUSION:
        return con->indexname ? cat_add_key_using_index(cat, rel, con, recurse, err) : cat_add_key(cat, rel, con, recurse, err);
    case CONSTR_FOREIGN:
        return cat_add_foreign_key(cat, rel, con, recurse, err);
    default:
        return LC_OK;
    }
}

// --- DROP, VALIDATE, ALTER CONSTRAINT ----------------------------------------------------------------------------------------------------------

static enum lc_code missing_constraint(const struct cat_relation *rel, const char *name, struct lc_error *err)
{
    return cat_error(err, "42704", "constraint \"%s\" of relation \"%s\" does not exist", name, rel->o.name);
}

static enum lc_code drop_from_children(struct catalog *cat, const struct cat_oids *children, const struct cat_constraint *con,
                                       bool recurse, bool cascade, struct lc_error *err)
{
    enum lc_code rc = LC_OK;

    for (int i = 0; i < children->len && rc == LC_OK; i++) {
        const struct cat_relation *child = cat_relation(cat, children->items[i]);
        const struct cat_constraint *c = cat_find_constraint_like(cat, child, con);
        if (!c || c->contype != con->contype)
            continue;
        struct cat_constraint *m = cat_modify_constraint(cat, c->o.oid);
        m->coninhcount--;
        if (recurse && m->coninhcount == 0 && !m->conislocal)
            rc = cat_drop_constraint(cat, child->o.oid, c->o.name,
                                     &(struct cat_drop_options){.cascade = cascade, .recurse = true}, err);
        else if (!recurse && m->coninhcount == 0)
            m->conislocal = true;
    }
    return rc;
}

enum lc_code cat_drop_constraint(struct catalog *cat, Oid relid, const char *name, const struct cat_drop_options *options,
                                 struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, relid);
    const struct cat_constraint *con = cat_find_constraint(cat, rel, name);
    struct cat_oids children = rel->children;
    struct cat_addresses targets = {0};
    enum lc_code rc;

    if (!con)
        return options->missing_ok ? LC_OK : missing_constraint(rel, name, err);
    if (con->coninhcount > 0)
        return cat_error(err, "42P16", "cannot drop inherited constraint \"%s\" of relation \"%s\"", name, rel->o.name);
    if (con->contype == 'n')
        rc = cat_drop_not_null(cat, relid, rel->attrs[con->conkey.items[0] - 1].name, false, true, err);
    else
        rc = LC_OK;
    LC_PUSH(cat_arena(cat), &targets, cat_address(CAT_CONSTRAINT, con->o.oid, 0));
    if (rc == LC_OK && cat_constraint(cat, con->o.oid))
        rc = cat_drop(cat, &targets, options->cascade, err);
    if (rc != LC_OK || con->connoinherit || (con->contype != 'c' && con->contype != 'n') || children.len == 0)
        return rc;
    if (!options->recurse && rel->relkind == 'p' && cat_major(cat) < 18)
        return cat_error(err, "42P16", "cannot remove constraint from only the partitioned table when partitions exist");
    return drop_from_children(cat, &children, con, options->recurse, options->cascade, err);
}

static void validate_foreign_keys(struct catalog *cat, const struct cat_relation *child)
{
    for (int k = 0; k < child->constraints.len; k++) {
        const struct cat_constraint *c = cat_constraint(cat, child->constraints.items[k]);
        if (c->conrelid == child->o.oid && c->contype == 'f' && c->conparentid && !c->convalidated)
            cat_modify_constraint(cat, c->o.oid)->convalidated = true;
    }
}

static void validate_children(struct catalog *cat, const struct cat_relation *rel, const struct cat_constraint *con)
{
    struct cat_oids below = {0};

    cat_inheritors(cat, rel->o.oid, &below);
    for (int i = 0; i < below.len; i++) {
        const struct cat_relation *child = cat_relation(cat, below.items[i]);
        const struct cat_constraint *c = con->contype == 'f' ? NULL : cat_find_constraint_like(cat, child, con);
        if (con->contype == 'f')
            validate_foreign_keys(cat, child);
        else if (c && c->contype == con->contype && !c->convalidated)
            cat_modify_constraint(cat, c->o.oid)->convalidated = true;
    }
}

enum lc_code cat_validate_constraint(struct catalog *cat, Oid relid, const char *name, struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, relid);
    const struct cat_constraint *con = cat_find_constraint(cat, rel, name);

    if (!con)
        return missing_constraint(rel, name, err);
    if (con->contype != 'f' && con->contype != 'c' && !(con->contype == 'n' && cat_major(cat) >= 18))
        return cat_error(err, "42809", "constraint \"%s\" of relation \"%s\" is not a foreign key or check constraint", name,
                         rel->o.name);
    if (!con->conenforced)
        return cat_error(err, "55000", "cannot validate NOT ENFORCED constraint");
    if (con->convalidated)
        return LC_OK;
    cat_modify_constraint(cat, con->o.oid)->convalidated = true;
    validate_children(cat, rel, con);
    return LC_OK;
}

static void alter_one(struct catalog *cat, Oid constraint, const struct cat_alter_constraint *how)
{
    struct cat_constraint *c = cat_modify_constraint(cat, constraint);

    if (how->deferrability) {
        c->condeferrable = how->deferrable;
        c->condeferred = how->initdeferred;
    }
    if (how->enforceability && c->conenforced != how->enforced) { // ATExecAlterConstrEnforceability
        c->conenforced = how->enforced;
        c->convalidated = how->enforced;
    }
}

struct constraint_children {
    struct catalog *cat;
    Oid parent;
    struct cat_oids found;
};

static void match_child(const struct cat_object *object, void *context)
{
    struct constraint_children *search = context;
    const struct cat_constraint *con = (const struct cat_constraint *)(const void *)object;

    if (con->conparentid == search->parent)
        LC_PUSH(cat_arena(search->cat), &search->found, object->oid);
}

struct cat_oids cat_child_constraints(struct catalog *cat, Oid parent)
{
    struct constraint_children search = {cat, parent, {0}};

    cat_each(cat, CAT_CONSTRAINT, match_child, &search);
    return search.found;
}

static void alter_tree(struct catalog *cat, Oid constraint, const struct cat_alter_constraint *how)
{
    struct cat_oids below = cat_child_constraints(cat, constraint);

    alter_one(cat, constraint, how);
    for (int i = 0; i < below.len; i++)
        alter_tree(cat, below.items[i], how);
}

enum lc_code cat_alter_constraint(struct catalog *cat, Oid relid, const char *name, const struct cat_alter_constraint *how,
                                  struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, relid);
    const struct cat_constraint *con = cat_find_constraint(cat, rel, name);

    if (!con)
        return missing_constraint(rel, name, err);
    if (how->inheritability)
        return cat_alter_inheritability(cat, con, how->noinherit, err);
    if (con->contype != 'f')
        return cat_error(err, "42809", "constraint \"%s\" of relation \"%s\" is not a foreign key constraint", name, rel->o.name);
    if (con->conparentid)
        return cat_error(err, cat_major(cat) >= 18 ? "55000" : "XX000", "cannot alter constraint \"%s\" on relation \"%s\"", name,
                         rel->o.name);
    alter_tree(cat, con->o.oid, how);
    return LC_OK;
}

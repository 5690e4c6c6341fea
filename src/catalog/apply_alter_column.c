// ALTER TABLE's subcommands about columns: ADD, DROP, TYPE, storage (commands/tablecmds.c).
#include <string.h>

#include "catalog/apply_internal.h"
#include "catalog/oids.h"

enum lc_code cat_alter_on_inheritors(const struct alter *a, Oid rel, enum lc_code (*one)(const struct alter *a, Oid rel))
{
    struct cat_oids all = {0};
    enum lc_code rc = LC_OK;

    if (!a->recurse)
        return one(a, rel);
    cat_inheritors(a->cat, rel, &all);
    for (int i = 0; i < all.len && rc == LC_OK; i++)
        rc = one(a, all.items[i]);
    return rc;
}

enum lc_code cat_alter_open_column(const struct alter *a, Oid relid, const struct cat_attribute **att)
{
    const struct cat_relation *rel = cat_relation(a->cat, relid);

    *att = a->cmd->name ? cat_find_column(rel, a->cmd->name) : NULL;
    if (*att)
        return LC_OK;
    if (a->cmd->name && cat_is_system_column(a->cmd->name))
        return cat_error(a->err, "0A000", "cannot alter system column \"%s\"", a->cmd->name);
    return cat_missing_column(rel, a->cmd->name ? a->cmd->name : "", a->err);
}

struct cat_attribute *cat_alter_modify_column(const struct alter *a, Oid rel, int attnum)
{
    return cat_modify_attribute(cat_modify_relation(a->cat, rel), attnum);
}

// --- ADD COLUMN (ATExecAddColumn) -------------------------------------------------------------------------------------------------------------

static enum lc_code merge_column(const struct alter *a, Oid relid, const struct cat_attribute *old, const ColumnDef *def)
{
    Oid type = InvalidOid;
    int typmod = -1;
    enum lc_code rc = cat_resolve_type(a->cat, def->typeName, &type, &typmod, a->err);

    if (rc != LC_OK)
        return rc;
    if (type != old->type || typmod != old->typmod)
        return cat_error(a->err, "42804", "child table \"%s\" has different type for column \"%s\"",
                         cat_relation(a->cat, relid)->o.name, def->colname);
    cat_alter_modify_column(a, relid, old->attnum)->inhcount++;
    return LC_OK;
}

// Asked before whether there is such a column already.
static enum lc_code may_have_own(const struct alter *a, const struct cat_relation *rel)
{
    if (rel->reloftype && !a->recursing)
        return cat_error(a->err, "42809", "cannot add column to typed table");
    if (rel->relispartition && !a->recursing)
        return cat_error(a->err, "42809", "cannot add column to a partition");
    return LC_OK;
}

static enum lc_code can_add(const struct alter *a, const struct cat_relation *rel, const ColumnDef *def)
{
    struct cat_column_plan plan = cat_plan_column(a->cat, def);
    const struct cat_clause_context context = {
        .table = rel->o.name, .major = cat_major(a->cat), .partitioned = rel->relkind == 'p', .foreign = rel->relkind == 'f'};
    enum lc_code rc = a->recursing ? LC_OK : cat_check_clauses(&context, def, a->err);
    if (rc != LC_OK)
        return rc;
    bool shared = rel->relkind == 'p' && cat_major(a->cat) >= 17; // partitions share the identity
    if (plan.identity && a->recurse && !a->recursing && rel->children.len && !shared)
        return cat_error(a->err, "42P16", "cannot recursively add identity column to table that has child tables");
    return LC_OK;
}

static enum lc_code add_sequence_and_default(const struct alter *a, Oid relid, int attnum, const struct cat_column_plan *plan)
{
    enum lc_code rc = cat_check_default(a->cat, relid, attnum, plan->def, a->err);

    if (rc != LC_OK)
        return rc;
    if (plan->def)
        cat_set_default(a->cat, relid, attnum, plan->def);
    if ((plan->serial || plan->identity) && !a->recursing)
        rc = cat_make_column_sequence(a->cat, relid, attnum, plan, a->err);
    return rc;
}

static enum lc_code add_column_here(const struct alter *a, Oid relid, const ColumnDef *def, Node **serial_default,
                                    const char **nn_name)
{
    struct cat_relation *rel = cat_modify(a->cat, cat_relation(a->cat, relid));
    struct cat_column_plan plan = cat_plan_column(a->cat, def);
    struct cat_not_null how = {.inherited = a->recursing ? 1 : 0, .no_inherit = plan.notnull_no_inherit};
    enum lc_code rc;

    if (a->recursing && (cat_major(a->cat) < 17 || !rel->relispartition))
        plan.identity = 0;
    if (a->recursing && *serial_default)
        plan.def = *serial_default;
    cat_reserve_attributes(a->cat, rel, 1);
    if ((rc = cat_append_column(a->cat, rel, def, &plan, a->err)) != LC_OK)
        return rc;
    struct cat_attribute *att = &rel->attrs[rel->natts - 1];
    int attnum = att->attnum;
    bool filled = (plan.def && !cat_is_plain_null(a->cat, att, plan.def)) || plan.serial || plan.identity;
    if (filled && (rc = cat_rowtype_unused(a->cat, rel, a->err)) != LC_OK)
        return rc;
    att->notnull = false;
    if (a->recursing && !rel->reloftype) {
        att->islocal = false;
        att->inhcount = 1;
    }
    cat_depend_column(a->cat, rel, attnum);
    if ((rc = add_sequence_and_default(a, relid, attnum, &plan)) != LC_OK)
        return rc;
    *serial_default = cat_relation(a->cat, relid)->attrs[attnum - 1].def;
    if (!plan.notnull)
        return LC_OK;
    if (!*nn_name)
        *nn_name = plan.notnull_name;
    if ((rc = cat_set_not_null(a->cat, relid, def->colname, *nn_name, &how, a->err)) == LC_OK && !*nn_name) {
        const struct cat_constraint *nn = cat_not_null_constraint(a->cat, cat_relation(a->cat, relid), attnum);
        *nn_name = nn ? nn->o.name : NULL; // children get the same
    }
    return rc;
}

static enum lc_code add_column(const struct alter *a, Oid relid, Node *serial_default, const char *nn_name)
{
    const ColumnDef *def = AS(ColumnDef, a->cmd->def);
    const struct cat_relation *rel = cat_relation(a->cat, relid);
    const struct cat_attribute *old = def ? cat_find_column(rel, def->colname) : NULL;
    struct alter below = *a;
    struct cat_oids children;
    enum lc_code rc;

    if (!def)
        return LC_OK;
    if ((rc = may_have_own(a, rel)) != LC_OK)
        return rc;
    if (old && a->recursing)
        return merge_column(a, relid, old, def);
    if (old && a->cmd->missing_ok)
        return LC_OK;
    if (old)
        return cat_error(a->err, "42701", "column \"%s\" of relation \"%s\" already exists", def->colname, rel->o.name);
    if (rel->natts >= MAX_HEAP_ATTRIBUTES)
        return cat_error(a->err, "54011", "tables can have at most %d columns", MAX_HEAP_ATTRIBUTES);
    if ((rc = can_add(a, rel, def)) != LC_OK || (rc = add_column_here(a, relid, def, &serial_default, &nn_name)) != LC_OK)
        return rc;
    below.recursing = true;
    children = cat_relation(a->cat, relid)->children;
    if (!a->recurse && children.len) // asked last
        return cat_error(a->err, "42P16", "column must be added to child tables too");
    if (rel->relkind == 'c') // ATTypedTableRecursion: tables OF this type
        return cat_alter_typed_tables(&below, relid, cat_alter_add_column);
    for (int i = 0; i < children.len && rc == LC_OK; i++)
        rc = add_column(&below, children.items[i], serial_default, nn_name);
    return rc;
}

enum lc_code cat_alter_add_column(const struct alter *a, Oid rel)
{
    return add_column(a, rel, NULL, NULL);
}

struct typed_tables {
    const struct alter *a;
    Oid type;
    struct cat_oids found;
};

static void match_typed(const struct cat_object *object, void *context)
{
    struct typed_tables *search = context;

    if (((const struct cat_relation *)(const void *)object)->reloftype == search->type)
        LC_PUSH(cat_arena(search->a->cat), &search->found, object->oid);
}

enum lc_code cat_alter_typed_tables(const struct alter *a, Oid relid, cat_alter_fn one)
{
    struct typed_tables search = {a, cat_relation(a->cat, relid)->reltype, {0}};
    struct alter below = *a;
    enum lc_code rc = LC_OK;

    if (cat_relation(a->cat, relid)->relkind != 'c')
        return LC_OK;
    below.recurse = true; // to what inherits from them, whatever was asked of the type itself
    cat_each(a->cat, CAT_RELATION, match_typed, &search);
    if (search.found.len && a->cmd->behavior != DROP_CASCADE)
        return cat_error(a->err, "2BP01", "cannot alter type \"%s\" because it is the type of a typed table",
                         cat_relation(a->cat, relid)->o.name);
    for (int i = 0; i < search.found.len && rc == LC_OK; i++)
        rc = one(&below, search.found.items[i]);
    return rc;
}

// --- DROP COLUMN (ATExecDropColumn) -------------------------------------------------------------------------------------------------------------

static enum lc_code can_drop(const struct alter *a, const struct cat_relation *rel, const struct cat_attribute *att)
{
    for (int i = 0; i < rel->partkey.natts; i++) {
        struct cat_attnums used = {0};
        if (rel->partkey.exprs[i])
            cat_expr_columns(a->cat, rel, rel->partkey.exprs[i], &used, NULL);
        bool in_key = rel->partkey.keys[i] == att->attnum;
        for (int k = 0; k < used.len; k++)
            in_key = in_key || used.items[k] == att->attnum;
        if (in_key)
            return cat_error(a->err, "42P16",
                             "cannot drop column \"%s\" because it is part of the partition key of relation \"%s\"", att->name,
                             rel->o.name);
    }
    if (att->inhcount > 0 && !a->recursing)
        return cat_error(a->err, "42P16", "cannot drop inherited column \"%s\"", att->name);
    if (rel->reloftype && !a->recursing)
        return cat_error(a->err, "42809", "cannot drop column from typed table");
    if (!a->recurse && rel->relkind == 'p' && rel->children.len)
        return cat_error(a->err, "42P16", "cannot drop column from only the partitioned table when partitions exist");
    return LC_OK;
}

static enum lc_code collect_column(const struct alter *a, Oid relid, struct cat_addresses *targets)
{
    const struct cat_relation *rel = cat_relation(a->cat, relid);
    const struct cat_attribute *att = cat_find_column(rel, a->cmd->name);
    struct alter below = *a;
    enum lc_code rc;

    if (!att && cat_is_system_column(a->cmd->name))
        return cat_error(a->err, "0A000", "cannot drop system column \"%s\"", a->cmd->name);
    if (!att)
        return a->cmd->missing_ok || a->recursing ? LC_OK : cat_missing_column(rel, a->cmd->name, a->err);
    if ((rc = can_drop(a, rel, att)) != LC_OK)
        return rc;
    below.recursing = true;
    for (int i = 0; i < rel->children.len && rc == LC_OK; i++) {
        Oid childid = rel->children.items[i];
        const struct cat_attribute *down = cat_find_column(cat_relation(a->cat, childid), a->cmd->name);
        if (!down)
            continue;
        if (a->recurse && down->inhcount == 1 && !down->islocal) {
            rc = collect_column(&below, childid, targets);
        } else {
            struct cat_attribute *m = cat_alter_modify_column(a, childid, down->attnum);
            m->inhcount--;
            if (!a->recurse)
                m->islocal = true;
        }
    }
    LC_PUSH(cat_arena(a->cat), targets, cat_address(CAT_RELATION, relid, att->attnum));
    return rc;
}

enum lc_code cat_alter_drop_column(const struct alter *a, Oid relid)
{
    struct cat_addresses targets = {0};
    struct alter below = *a;
    enum lc_code rc = collect_column(a, relid, &targets);

    if (rc != LC_OK || targets.len == 0)
        return rc;
    if (cat_relation(a->cat, relid)->relkind == 'c') {
        below.recursing = true;
        if ((rc = cat_alter_typed_tables(&below, relid, cat_alter_drop_column)) != LC_OK)
            return rc;
    }
    return cat_drop(a->cat, &targets, a->cmd->behavior == DROP_CASCADE, a->err);
}

// --- TYPE (ATExecAlterColumnType) -----------------------------------------------------------------------------------------------------------------

static enum lc_code has_opclass(const struct alter *a, const struct cat_relation *index, int key, Oid type)
{
    const struct cat_opclass *opclass = cat_opclass(a->cat, index->index->opclasses[key]);

    if ((opclass && !opclass->isdefault) || cat_has_unknown_extension(a->cat) || cat_default_opclass(a->cat, type, index->am))
        return LC_OK;
    return cat_error(a->err, "42704", "data type %s has no default operator class for access method \"%s\"",
                     cat_format_type(a->cat, type, -1), index->am);
}

static enum lc_code indexes_take(const struct alter *a, Oid relid, int attnum, Oid type)
{
    const struct cat_relation *rel = cat_relation(a->cat, relid);
    enum lc_code rc = LC_OK;

    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(a->cat, rel->indexes.items[i]);
        for (int k = 0; k < index->index->nkeyatts && rc == LC_OK; k++)
            if (index->index->keys[k] == attnum)
                rc = has_opclass(a, index, k, type);
    }
    return rc;
}

// A default must be cast to the new type by itself; USING is not asked (ATExecAlterColumnType).
static enum lc_code default_casts(const struct alter *a, const struct cat_relation *rel, const struct cat_attribute *att,
                                  Oid type, int typmod)
{
    struct cat_scope scope = cat_scope_of(cat_arena(a->cat), rel);
    int unused;
    Oid from = att->def ? cat_expr_type(a->cat, &scope, att->def, &unused) : InvalidOid;

    if (!att->def || att->identity || !from || from == type)
        return LC_OK;
    if (from == UNKNOWNOID)
        from = att->type; // the default was made one of the column's type
    if (cat_find_coercion(a->cat, from, type, 'a', NULL) != CAT_COERCE_NONE)
        return LC_OK;
    return cat_error(a->err, "42804",
                     att->generated ? "generation expression for column \"%s\" cannot be cast automatically to type %s"
                                    : "default for column \"%s\" cannot be cast automatically to type %s",
                     att->name, cat_format_type(a->cat, type, typmod));
}

enum lc_code cat_default_casts(const struct catalog *cat, const struct cat_relation *rel, const struct cat_attribute *att,
                               const TypeName *tn, struct lc_error *err)
{
    struct alter a = {.cat = (struct catalog *)(uintptr_t)cat, .err = err};
    Oid type = InvalidOid;
    int typmod = -1;
    enum lc_code rc = cat_resolve_type(cat, tn, &type, &typmod, err);

    return rc == LC_OK ? default_casts(&a, rel, att, type, typmod) : rc;
}

struct typed_expr {
    const Node *expr;
    enum cat_expr_kind kind;
};

// Expressions over the table whose type can be told now: predicates, index expressions, CHECKs; as ATPostAlterTypeCleanup reads them again.
struct typed_exprs LC_ARRAY(struct typed_expr);

static struct typed_exprs known_expressions(const struct alter *a, Oid relid, int attnum)
{
    const struct cat_relation *rel = cat_relation(a->cat, relid);
    struct cat_scope scope = cat_scope_of(cat_arena(a->cat), rel);
    struct typed_exprs all = {0}, out = {0};
    int typmod;

    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_index *x = cat_relation(a->cat, rel->indexes.items[i])->index;
        for (int k = 0; k < x->natts; k++)
            LC_PUSH(cat_arena(a->cat), &all, (struct typed_expr){x->exprs[k], CAT_EXPR_INDEX});
        LC_PUSH(cat_arena(a->cat), &all, (struct typed_expr){x->predicate, CAT_EXPR_PREDICATE});
    }
    for (int i = 0; i < rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(a->cat, rel->constraints.items[i]);
        if (con && con->contype == 'c')
            LC_PUSH(cat_arena(a->cat), &all, (struct typed_expr){con->expr, CAT_EXPR_CHECK});
    }
    for (int i = 0; i < all.len; i++) {
        struct cat_attnums used = {0};
        bool uses = false;
        if (!all.items[i].expr)
            continue;
        cat_expr_columns(a->cat, rel, all.items[i].expr, &used, NULL);
        for (int k = 0; k < used.len; k++)
            uses = uses || used.items[k] == attnum;
        if (!uses || !cat_expr_type(a->cat, &scope, all.items[i].expr, &typmod))
            continue;
        all.items[i].expr = cat_stored_expression(a->cat, &scope, all.items[i].expr);
        LC_PUSH(cat_arena(a->cat), &out, all.items[i]);
    }
    return out;
}

static enum lc_code still_known(const struct alter *a, Oid relid, const struct typed_exprs *exprs)
{
    struct cat_scope scope = cat_scope_of(cat_arena(a->cat), cat_relation(a->cat, relid));
    int typmod;

    for (int i = 0; i < exprs->len; i++) {
        const struct typed_expr *x = &exprs->items[i];
        enum lc_code rc = cat_transform_expr_kind(a->cat, &scope, x->kind, x->expr, a->err);
        Oid type = rc == LC_OK ? cat_expr_type(a->cat, &scope, x->expr, &typmod) : InvalidOid;
        if (rc != LC_OK)
            return rc;
        if (!type)
            return cat_error(a->err, "42883", "an expression over column \"%s\" has no operator or function for its new type",
                             a->cmd->name);
        if (x->kind != CAT_EXPR_INDEX && cat_find_coercion(a->cat, type, BOOLOID, 'a', NULL) == CAT_COERCE_NONE)
            return cat_error(a->err, "42804", "argument of %s must be type boolean, not type %s",
                             x->kind == CAT_EXPR_CHECK ? "CHECK" : "WHERE", cat_format_type(a->cat, type, -1));
    }
    for (int i = 0; i < exprs->len; i++) { // when they are made again
        enum lc_code rc = cat_check_expr_kind(a->cat, &scope, exprs->items[i].kind, exprs->items[i].expr, a->err);
        if (rc != LC_OK)
            return rc;
    }
    return LC_OK;
}

static void retype_indexes(const struct alter *a, Oid relid, int attnum, Oid type, int typmod, const char *collation)
{
    struct cat_oids indexes = cat_relation(a->cat, relid)->indexes;

    for (int i = 0; i < indexes.len; i++) {
        const struct cat_relation *index = cat_relation(a->cat, indexes.items[i]);
        for (int k = 0; k < index->index->natts; k++) {
            const struct cat_constraint *con = cat_constraint(a->cat, index->index->constraint);
            if (index->index->keys[k] != attnum)
                continue;
            if (con && !con->conparentid) // it is made again (index_constraint_create, catalog/index.c)
                cat_modify_constraint(a->cat, con->o.oid)->connoinherit = true;
            struct cat_relation *m = cat_modify_relation(a->cat, index->o.oid);
            struct cat_index *ind = lc_memdup(cat_arena(a->cat), m->index, sizeof *ind);
            m->index = ind;
            if (k < m->natts) { // an index of a snapshot has no columns of its own
                m->attrs[k].type = type;
                m->attrs[k].typmod = typmod;
            }
            ind->collations = lc_memdup(cat_arena(a->cat), ind->collations, sizeof *ind->collations * (size_t)ind->natts);
            ind->collations[k] = collation;
            if (k >= ind->nkeyatts)
                continue;
            ind->opclasses = lc_memdup(cat_arena(a->cat), ind->opclasses, sizeof *ind->opclasses * (size_t)ind->nkeyatts);
            const struct cat_opclass *opclass = cat_opclass(a->cat, ind->opclasses[k]);
            if (!opclass || opclass->isdefault)
                ind->opclasses[k] = cat_default_opclass(a->cat, type, index->am);
        }
    }
}

static void collect_below(struct catalog *cat, Oid index, struct cat_oids *out)
{
    const struct cat_relation *rel = cat_relation(cat, index);

    for (int i = 0; i < rel->children.len; i++) {
        LC_PUSH(cat_arena(cat), out, rel->children.items[i]);
        collect_below(cat, rel->children.items[i], out);
    }
}

static const char *made_name(struct catalog *cat, const struct cat_relation *index)
{
    struct lc_arena *arena = cat_arena(cat);
    const struct cat_relation *table = cat_relation(cat, index->index->indrelid);
    const char **names = LC_NEW_ARRAY(arena, const char *, index->index->natts + 1);
    bool constraint = index->index->constraint != InvalidOid;

    if (index->index->primary)
        return cat_choose_index_name(cat, table->o.name, NULL, "pkey", table->o.schema, true);
    for (int i = 0; i < index->index->natts; i++)
        names[i] = index->index->keys[i] ? table->attrs[index->index->keys[i] - 1].name
                   : i < index->natts    ? index->attrs[i].name
                                         : "expr";
    return cat_choose_index_name(cat, table->o.name, cat_join_names(arena, names, index->index->natts),
                                 constraint ? "key" : "idx", table->o.schema, constraint);
}

// A partitioned table's index is dropped and made again with its partitions': theirs get names that the server makes.
static void rename_rebuilt(const struct alter *a, Oid relid, int attnum)
{
    const struct cat_relation *rel = cat_relation(a->cat, relid);
    struct cat_oids below = {0};

    for (int i = 0; rel->relkind == 'p' && i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(a->cat, rel->indexes.items[i]);
        for (int k = 0; !index->parents.len && k < index->index->natts; k++)
            if (index->index->keys[k] == attnum) {
                collect_below(a->cat, index->o.oid, &below);
                break;
            }
    }
    for (int i = 0; i < below.len; i++) {
        const struct cat_relation *index = cat_relation(a->cat, below.items[i]);
        const struct cat_constraint *con = cat_constraint(a->cat, index->index->constraint);
        const char *away = lc_printf(cat_arena(a->cat), "pg.rebuilt.%u", index->o.oid);
        cat_rename(a->cat, index, away, index->o.schema);
        if (con)
            cat_rename(a->cat, con, away, con->o.schema);
    }
    for (int i = 0; i < below.len; i++) {
        const struct cat_relation *index = cat_relation(a->cat, below.items[i]);
        const struct cat_constraint *con = cat_constraint(a->cat, index->index->constraint);
        const char *name = made_name(a->cat, index);
        cat_rename(a->cat, index, name, index->o.schema);
        if (con)
            cat_rename(a->cat, con, name, con->o.schema);
    }
}

static enum lc_code on_partition_key(const struct alter *a, const struct cat_relation *rel, const struct cat_attribute *att)
{
    bool found = false;

    for (int i = 0; i < rel->partkey.natts; i++) {
        struct cat_attnums used = {0};
        if (!rel->partkey.keys[i])
            cat_expr_columns(a->cat, rel, rel->partkey.exprs[i], &used, NULL);
        found |= rel->partkey.keys[i] == att->attnum;
        for (int k = 0; k < used.len; k++)
            found |= used.items[k] == att->attnum;
    }
    if (found)
        return cat_error(a->err, "42P16", "cannot alter column \"%s\" because it is part of the partition key of relation \"%s\"",
                         att->name, rel->o.name);
    return LC_OK;
}

static enum lc_code can_cast(const struct alter *a, const struct cat_relation *rel, const struct cat_attribute *att,
                             const ColumnDef *def)
{
    struct cat_scope scope = cat_scope_of(cat_arena(a->cat), rel);
    Oid type = InvalidOid, from = att->type;
    int typmod = -1;
    enum lc_code rc = cat_resolve_type(a->cat, def->typeName, &type, &typmod, a->err);

    if (rc != LC_OK || rel->relkind == 'c' || (rel->relkind == 'f' && !def->raw_default)) // ATPrepAlterColumnType: no rows
        return rc;
    if (att->generated == 'v') // its expression is what must be cast, and is asked later
        return cat_check_virtual_type(a->cat, att->name, type, a->err);
    if (def->raw_default)
        from = cat_expr_type(a->cat, &scope, def->raw_default, &typmod);
    if (!from || from == UNKNOWNOID || from == type || cat_find_coercion(a->cat, from, type, 'a', NULL) != CAT_COERCE_NONE)
        return LC_OK;
    if (def->raw_default)
        return cat_error(a->err, "42804", "result of USING clause for column \"%s\" cannot be cast automatically to type %s",
                         att->name, cat_format_type(a->cat, type, -1));
    return cat_error(a->err, "42804", "column \"%s\" cannot be cast automatically to type %s", att->name,
                     cat_format_type(a->cat, type, -1));
}

static enum lc_code type_here(const struct alter *a, Oid relid)
{
    const ColumnDef *def = AS(ColumnDef, a->cmd->def);
    const struct cat_attribute *att;
    Oid type = InvalidOid;
    int typmod = -1;
    enum lc_code rc = cat_alter_open_column(a, relid, &att);

    if (rc != LC_OK || (rc = cat_resolve_type(a->cat, def->typeName, &type, &typmod, a->err)) != LC_OK)
        return rc;
    const struct cat_relation *rel = cat_relation(a->cat, relid);
    if ((rc = can_cast(a, rel, att, def)) != LC_OK || (rc = on_partition_key(a, rel, att)) != LC_OK)
        return rc;
    const char *collation = def->collClause ? list_last_name(&def->collClause->collname) : NULL;
    int attnum = att->attnum;
    if ((rc = default_casts(a, rel, att, type, typmod)) != LC_OK || (rc = indexes_take(a, relid, attnum, type)) != LC_OK)
        return rc;
    struct typed_exprs exprs = {0};
    if (type != att->type) // of another length only, every expression stays what it was
        exprs = known_expressions(a, relid, attnum);
    struct cat_attribute *m = cat_alter_modify_column(a, relid, attnum);
    m->type = type;
    m->typmod = typmod;
    m->collation = collation;
    m->storage = cat_storage_char(a->cat, NULL, type);
    m->hasmissing = false;
    m->stats = NULL;
    // as a snapshot told it; the column's fields tell what is needed now (ATExecAlterColumnType deletes both)
    cat_undepend(a->cat, cat_address(CAT_RELATION, relid, attnum), CAT_TYPE);
    cat_undepend(a->cat, cat_address(CAT_RELATION, relid, attnum), CAT_COLLATION);
    retype_indexes(a, relid, attnum, type, typmod, collation);
    return still_known(a, relid, &exprs);
}

struct rowtype_use {
    const struct catalog *cat;
    Oid type;
    bool domain; // columns of the type itself do not count
    const struct cat_relation *by;
    const char *column;
};

#define MAX_TYPE_DEPTH 32

static bool holds_type(const struct catalog *cat, Oid type, Oid wanted, int depth)
{
    const struct cat_type *t = cat_type(cat, type);
    const struct cat_relation *row = t && t->typtype == 'c' && t->relid ? cat_relation(cat, t->relid) : NULL;

    if (type == wanted || depth > MAX_TYPE_DEPTH)
        return type == wanted;
    if (t && t->typtype == 'd')
        return holds_type(cat, t->basetype, wanted, depth + 1);
    for (int i = 0; row && row->relkind == 'c' && i < row->natts; i++)
        if (!row->attrs[i].isdropped && row->attrs[i].type >= FirstNormalObjectId &&
            holds_type(cat, row->attrs[i].type, wanted, depth + 1))
            return true;
    return t && t->category == 'A' && t->elem && holds_type(cat, t->elem, wanted, depth + 1);
}

static bool is_domain_over(const struct catalog *cat, Oid type, Oid domain)
{
    const struct cat_type *t = cat_type(cat, type);

    for (int i = 0; i < MAX_TYPE_DEPTH && t && t->typtype == 'd' && t->o.oid != domain; i++)
        t = cat_type(cat, t->basetype);
    return t && t->o.oid == domain;
}

static void match_rowtype(const struct cat_object *object, void *context)
{
    struct rowtype_use *use = context;
    const struct cat_relation *rel = (const struct cat_relation *)(const void *)object;

    for (int i = 0; !use->by && strchr("rmp", rel->relkind) && i < rel->natts; i++)
        if (!rel->attrs[i].isdropped && rel->attrs[i].type >= FirstNormalObjectId &&
            !(use->domain && is_domain_over(use->cat, rel->attrs[i].type, use->type)) &&
            holds_type(use->cat, rel->attrs[i].type, use->type, 0)) {
            use->by = rel;
            use->column = rel->attrs[i].name;
        }
}

// find_composite_type_dependencies: a row type that columns hold cannot change under them.
enum lc_code cat_rowtype_unused(const struct catalog *cat, const struct cat_relation *rel, struct lc_error *err)
{
    struct rowtype_use use = {cat, rel->reltype, false, NULL, NULL};

    if (cat_type_in_use(cat, rel->reltype) || rel->relkind == 'c')
        cat_each(cat, CAT_RELATION, match_rowtype, &use);
    if (!use.by)
        return LC_OK;
    return cat_error(err, "0A000", "cannot alter %s \"%s\" because column \"%s.%s\" uses its row type",
                     rel->relkind == 'c'   ? "type"
                     : rel->relkind == 'f' ? "foreign table"
                                           : "table",
                     rel->o.name, use.by->o.name, use.column);
}

// get_rels_with_domain (typecmds.c): arrays and composites of the domain, which nobody can look into, must not be columns.
enum lc_code cat_domain_uncontained(const struct catalog *cat, const struct cat_type *domain, struct lc_error *err)
{
    struct rowtype_use use = {cat, domain->o.oid, true, NULL, NULL};

    cat_each(cat, CAT_RELATION, match_rowtype, &use);
    if (!use.by)
        return LC_OK;
    return cat_error(err, "0A000", "cannot alter type \"%s\" because column \"%s.%s\" uses it",
                     cat_format_type(cat, domain->o.oid, -1), use.by->o.name, use.column);
}

// USING is for what has rows of its own to write anew.
static enum lc_code may_transform(const struct alter *a, Oid relid)
{
    struct cat_oids all = {0};

    if (a->recurse)
        cat_inheritors(a->cat, relid, &all);
    else
        LC_PUSH(cat_arena(a->cat), &all, relid);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *rel = cat_relation(a->cat, all.items[i]);
        if (rel->relkind != 'r' && rel->relkind != 'p')
            return cat_error(a->err, "42809", "\"%s\" is not a table", rel->o.name);
    }
    return LC_OK;
}

// ATPrepAlterColumnType's recursion: below, the column comes from nowhere else and is in no partition key.
static enum lc_code fits_below(const struct alter *a, Oid relid)
{
    struct cat_oids all = {0};
    enum lc_code rc = LC_OK;

    cat_inheritors(a->cat, relid, &all);
    for (int i = 1; i < all.len && rc == LC_OK; i++) {
        const struct cat_relation *child = cat_relation(a->cat, all.items[i]);
        const struct cat_attribute *att = cat_find_column(child, a->cmd->name);
        if (!att)
            return cat_missing_column(child, a->cmd->name, a->err);
        if (att->inhcount > cat_parents_among(child, &all))
            return cat_error(a->err, "42P16", "cannot alter inherited column \"%s\" of relation \"%s\"", att->name,
                             child->o.name);
        rc = on_partition_key(a, child, att);
    }
    return rc;
}

enum lc_code cat_prepare_alter_type(const struct alter *a, Oid relid)
{
    const struct cat_relation *rel = cat_relation(a->cat, relid);
    const ColumnDef *def = AS(ColumnDef, a->cmd->def);
    struct cat_scope scope = cat_scope_of(cat_arena(a->cat), rel);
    const struct cat_attribute *att;
    enum lc_code rc = def ? cat_check_expr_kind(a->cat, &scope, CAT_EXPR_USING, def->raw_default, a->err) : LC_OK;

    if (rc != LC_OK || !def)
        return rc;
    if (rel->reloftype)
        return cat_error(a->err, "42809", "cannot alter column type of typed table");
    if ((rc = cat_alter_open_column(a, relid, &att)) != LC_OK)
        return rc;
    if (att->generated && def->raw_default)
        return cat_error(a->err, "42611", "cannot specify USING when altering type of generated column");
    if (att->inhcount > 0)
        return cat_error(a->err, "42P16", "cannot alter inherited column \"%s\"", att->name);
    if ((rc = on_partition_key(a, rel, att)) != LC_OK || (rc = can_cast(a, rel, att, def)) != LC_OK)
        return rc;
    if (def->raw_default && (rc = may_transform(a, relid)) != LC_OK)
        return rc;
    if (strchr("pcf", rel->relkind) && (rc = cat_rowtype_unused(a->cat, rel, a->err)) != LC_OK)
        return rc;
    if (!a->recurse && rel->children.len)
        return cat_error(a->err, "42P16", "type of inherited column \"%s\" must be changed in child tables too", att->name);
    return a->recurse ? fits_below(a, relid) : LC_OK;
}

static enum lc_code type_below(const struct alter *a, Oid relid)
{
    return cat_alter_on_inheritors(a, relid, type_here);
}

enum lc_code cat_alter_type(const struct alter *a, Oid relid)
{
    const struct cat_relation *rel = cat_relation(a->cat, relid);
    const struct cat_attribute *att;
    enum lc_code rc = cat_alter_open_column(a, relid, &att);

    if (rc != LC_OK || !AS(ColumnDef, a->cmd->def))
        return rc;
    if (rel->reloftype)
        return cat_error(a->err, "42809", "cannot alter column type of typed table");
    if (att->inhcount > 0)
        return cat_error(a->err, "42P16", "cannot alter inherited column \"%s\"", att->name);
    if ((rc = cat_rowtype_unused(a->cat, rel, a->err)) != LC_OK)
        return rc;
    if (!a->recurse && rel->children.len)
        return cat_error(a->err, "42P16", "type of inherited column \"%s\" must be changed in child tables too", att->name);
    int attnum = att->attnum;
    rc = cat_alter_on_inheritors(a, relid, type_here);
    if (rc == LC_OK) {
        rename_rebuilt(a, relid, attnum);
        rc = cat_readd_not_nulls(a->cat, relid, a->cmd->name, a->err);
    }
    return rc == LC_OK && rel->relkind == 'c' ? cat_alter_typed_tables(a, relid, type_below) : rc;
}

// --- storage, compression, options -----------------------------------------------------------------------------------------------------------------

// TypeIsToastable; a type that is not known may be.
static bool is_toastable(const struct catalog *cat, Oid type)
{
    const struct cat_type *t = cat_type(cat, type);

    return !t || t->storage != 'p';
}

static enum lc_code storage_here(const struct alter *a, Oid relid)
{
    const struct cat_attribute *att;
    enum lc_code rc = cat_alter_open_column(a, relid, &att);

    if (rc != LC_OK)
        return rc;
    char storage = cat_storage_char(a->cat, node_string(a->cmd->def), att->type);
    if (storage != 'p' && !is_toastable(a->cat, att->type))
        return cat_error(a->err, "0A000", "column data type %s can only have storage PLAIN",
                         cat_format_type(a->cat, att->type, -1));
    cat_alter_modify_column(a, relid, att->attnum)->storage = storage;
    return LC_OK;
}

enum lc_code cat_alter_storage(const struct alter *a, Oid rel)
{
    return cat_alter_on_inheritors(a, rel, storage_here);
}

enum lc_code cat_alter_compression(const struct alter *a, Oid relid)
{
    const struct cat_attribute *att;
    enum lc_code rc = cat_alter_open_column(a, relid, &att);

    if (rc != LC_OK)
        return rc;
    const char *method = node_string(a->cmd->def);
    if (method && strcmp(method, "default") != 0 && !is_toastable(a->cat, att->type)) // GetAttributeCompression
        return cat_error(a->err, "0A000", "column data type %s does not support compression",
                         cat_format_type(a->cat, att->type, -1));
    cat_alter_modify_column(a, relid, att->attnum)->compression = method;
    return LC_OK;
}

// ATExecSetStatistics: of an index only expressions have statistics, and columns of it are given by number.
enum lc_code cat_alter_statistics(const struct alter *a, Oid relid)
{
    const struct cat_relation *rel = cat_relation(a->cat, relid);
    const struct cat_attribute *att;
    int num = (int)a->cmd->num;

    if (a->cmd->name) {
        enum lc_code rc = cat_alter_open_column(a, relid, &att);
        return rc == LC_OK && att->generated == 'v'
                   ? cat_error(a->err, "0A000", "cannot alter statistics on virtual generated column \"%s\"", a->cmd->name)
                   : rc;
    }
    if (!rel->index)
        return cat_error(a->err, "0A000", "cannot refer to non-index column by number");
    if (num < 1 || num > rel->index->natts)
        return cat_error(a->err, "42703", "column number %d of relation \"%s\" does not exist", num, rel->o.name);
    if (num > rel->index->nkeyatts)
        return cat_error(a->err, "0A000", "cannot alter statistics on included column of index \"%s\"", rel->o.name);
    if (rel->index->keys[num - 1])
        return cat_error(a->err, "0A000", "cannot alter statistics on non-expression column of index \"%s\"", rel->o.name);
    return LC_OK;
}

enum lc_code cat_alter_column_options(const struct alter *a, Oid relid)
{
    const struct cat_attribute *att;
    const List *options = AS(List, a->cmd->def);
    enum lc_code rc = cat_alter_open_column(a, relid, &att);

    if (rc == LC_OK && options) {
        const char *text = cat_reloptions_text(a->cat, att->options, &options->items, NULL, a->cmd->subtype == AT_ResetOptions);
        cat_alter_modify_column(a, relid, att->attnum)->options = text;
    }
    return rc;
}

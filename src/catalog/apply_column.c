// Columns: from a column definition to an attribute, its default, its sequence and the constraints written beside it (transformColumnDefinition,
// parser/parse_utilcmd.c; StoreAttrDefault, catalog/pg_attrdef.c).
#include <string.h>

#include "catalog/apply_internal.h"
#include "catalog/apply_misc.h"
#include "catalog/oids.h"

static const struct {
    const char *name, *type;
} serials[] = {
    {"smallserial", "int2"}, {"serial2", "int2"},   {"serial", "int4"},
    {"serial4", "int4"},     {"bigserial", "int8"}, {"serial8", "int8"},
};

// The type behind serial; NULL: not one. Only an unqualified name counts.
const char *cat_serial_type(const TypeName *tn)
{
    const char *name = tn && tn->names.length == 1 && !tn->pct_type ? node_string(tn->names.items[0]) : NULL;

    for (size_t i = 0; name && i < sizeof serials / sizeof *serials; i++)
        if (strcmp(serials[i].name, name) == 0)
            return serials[i].type;
    return NULL;
}

enum lc_code cat_resolve_type(const struct catalog *cat, const TypeName *tn, Oid *type, int *typmod, struct lc_error *err)
{
    const char *serial = cat_serial_type(tn);
    const struct cat_type *t = serial ? cat_find_type(cat, "pg_catalog", serial) : cat_find_typename(cat, tn, typmod);

    if (serial)
        *typmod = -1;
    if (!t)
        return cat_error(err, "42704", "type \"%s\" does not exist", lc_sql_type_name(cat_arena(cat), tn));
    *type = t->o.oid;
    return LC_OK;
}

// --- constraints written beside a column ----------------------------------------------------------------------------------------------

static NodeList one_name(struct lc_arena *arena, const char *name)
{
    String *s = LC_NEW(arena, String);
    Node **items = LC_NEW(arena, Node *);

    s->tag = T_String;
    s->sval = name;
    items[0] = (Node *)s;
    return (NodeList){1, items};
}

// DEFERRABLE, ENFORCED and the like follow the constraint that they belong to (transformConstraintAttrs).
static void apply_attribute(Constraint *last, const Constraint *attribute)
{
    if (!last)
        return;
    switch (attribute->contype) {
    case CONSTR_ATTR_DEFERRABLE:
        last->deferrable = true;
        break;
    case CONSTR_ATTR_DEFERRED:
        last->deferrable = last->initdeferred = true;
        break;
    case CONSTR_ATTR_ENFORCED:
        last->is_enforced = true;
        break;
    case CONSTR_ATTR_NOT_ENFORCED:
        last->is_enforced = false;
        last->skip_validation = true;
        break;
    default:
        break;
    }
}

static void add_default(struct cat_column_plan *plan, const Constraint *con)
{
    if (con->contype == CONSTR_DEFAULT) {
        plan->def = con->raw_expr;
    } else if (con->contype == CONSTR_GENERATED) {
        plan->def = con->raw_expr;
        plan->generated = con->generated_kind && con->generated_kind[0] == 'v' ? 'v' : 's';
    } else if (con->contype == CONSTR_IDENTITY) {
        plan->identity = con->generated_when ? con->generated_when[0] : 'd';
        plan->sequence_options = con->options;
        plan->notnull = true;
    }
}

static void add_constraint(struct lc_arena *arena, struct cat_column_plan *plan, const Constraint *con)
{
    Constraint *copy = lc_memdup(arena, con, sizeof *con);

    if (con->contype == CONSTR_FOREIGN)
        copy->fk_attrs = one_name(arena, plan->name);
    else if (con->contype != CONSTR_CHECK && con->contype != CONSTR_EXCLUSION)
        copy->keys = one_name(arena, plan->name);
    if (con->contype == CONSTR_PRIMARY)
        plan->notnull = true;
    LC_PUSH(arena, &plan->constraints, copy);
}

struct cat_column_plan cat_plan_column(struct catalog *cat, const ColumnDef *def)
{
    struct lc_arena *arena = cat_arena(cat);
    struct cat_column_plan plan = {.name = def->colname, .def = def->raw_default, .notnull = def->is_not_null};

    plan.serial = cat_serial_type(def->typeName) != NULL;
    if (plan.serial)
        plan.notnull = true;
    if (def->identity && def->identity[0])
        plan.identity = def->identity[0];
    if (def->generated && def->generated[0])
        plan.generated = def->generated[0];
    for (LIST_EACH(i, &def->constraints)) {
        const Constraint *con = LIST_GET(Constraint, &def->constraints, i);
        if (!con)
            continue;
        if (con->contype == CONSTR_NOTNULL) {
            plan.notnull = true;
            plan.notnull_name = con->conname;
            plan.notnull_no_inherit = con->is_no_inherit;
        } else if (con->contype == CONSTR_DEFAULT || con->contype == CONSTR_GENERATED || con->contype == CONSTR_IDENTITY) {
            add_default(&plan, con);
        } else if (con->contype >= CONSTR_ATTR_DEFERRABLE) {
            apply_attribute(plan.constraints.len ? plan.constraints.items[plan.constraints.len - 1] : NULL, con);
        } else if (con->contype != CONSTR_NULL) {
            add_constraint(arena, &plan, con);
        }
    }
    return plan;
}

// --- defaults -------------------------------------------------------------------------------------------------------------------------------

// AddRelationNewConstraints (heap.c): a plain NULL is no default. A cast to a length, or to a domain, makes it more than plain.
bool cat_is_plain_null(const struct catalog *cat, const struct cat_attribute *att, const Node *def)
{
    const struct cat_type *type = cat_type(cat, att->type);
    const TypeCast *cast = AS(TypeCast, def);
    Oid to = att->type;
    int typmod = -1;

    if (cast && cat_resolve_type(cat, cast->typeName, &to, &typmod, NULL) != LC_OK)
        return false;
    const A_Const *constant = AS(A_Const, cast ? cast->arg : def);
    return constant && constant->isnull && att->typmod == -1 && typmod == -1 && to == att->type && type && type->typtype != 'd';
}

void cat_set_default(struct catalog *cat, Oid relid, int attnum, Node *def)
{
    struct cat_relation *rel = cat_modify_relation(cat, relid);
    struct cat_attribute *att = cat_modify_attribute(rel, attnum);
    struct cat_address self = cat_address(CAT_ATTRDEF, relid, attnum);
    struct cat_address column = cat_address(CAT_RELATION, relid, attnum);

    cat_undepend(cat, self, CAT_NONE);
    if (def && !att->generated && cat_is_plain_null(cat, att, def))
        def = NULL;
    att->def = def;
    att->def_text = NULL;
    if (!def)
        return;
    if (att->generated && cat_major(cat) < 15) { // before 15 a generated column itself depends on what it is made from
        cat_depend_expr(cat, column, rel, def, 'a', 'a');
        return;
    }
    cat_depend_expr(cat, self, rel, def, 'n', 'n');
    // an untyped literal is a constant of the column's type, and stays one when that changes (find_expr_references_walker)
    if (AS(A_Const, def) && att->type >= FirstNormalObjectId)
        cat_depend(cat, self, cat_address(CAT_TYPE, att->type, 0), 'n');
}

// transformColumnRef, scanNSItemForColumn: what a generation expression may not name.
static enum lc_code check_generation(const struct catalog *cat, const struct cat_relation *rel, const Node *def,
                                     struct lc_error *err)
{
    struct cat_attnums columns = {0};
    bool whole = false;

    if (!def)
        return LC_OK;
    cat_expr_columns(cat, rel, def, &columns, &whole);
    for (int i = 0; i < columns.len; i++)
        if (columns.items[i] > 0 && rel->attrs[columns.items[i] - 1].generated)
            return cat_error(err, "42P17", "cannot use generated column \"%s\" in column generation expression",
                             rel->attrs[columns.items[i] - 1].name);
    return whole ? cat_error(err, "42P17", "cannot use whole-row variable in column generation expression") : LC_OK;
}

// coerce_record_to_complex (parse_coerce.c): ROW(..) has as many values as the type has columns.
static bool row_fits(const struct catalog *cat, const Node *def, Oid type)
{
    const RowExpr *row = AS(RowExpr, def);
    const struct cat_type *t = row ? cat_type(cat, cat_base_type(cat, type, NULL)) : NULL;
    const struct cat_relation *rel = t && t->typtype == 'c' ? cat_relation(cat, t->relid) : NULL;
    int n = 0;

    for (int i = 0; rel && i < rel->natts; i++)
        n += !rel->attrs[i].isdropped;
    return !rel || n == row->args.length;
}

enum lc_code cat_check_virtual_type(const struct catalog *cat, const char *column, Oid type, struct lc_error *err)
{
    const struct cat_type *t = cat_type(cat, type);

    if (t && t->typtype == 'd')
        return cat_error(err, "0A000", "virtual generated column \"%s\" cannot have a domain type", column);
    if (type >= FirstNormalObjectId)
        return cat_error(err, "0A000", "virtual generated column \"%s\" cannot have a user-defined type", column);
    return LC_OK;
}

static bool is_user_type(const struct cat_relation *rel, struct cat_address used)
{
    if (used.class == CAT_RELATION && used.subid > 0 && used.oid == rel->o.oid) // a column, by the type that it has there
        return rel->attrs[used.subid - 1].type >= FirstNormalObjectId;
    return used.class == CAT_TYPE && used.oid >= FirstNormalObjectId;
}

// CheckAttributeType and check_virtual_generated_security (catalog/heap.c, 18): nothing that a user made.
static enum lc_code check_virtual(const struct catalog *cat, const struct cat_relation *rel, const struct cat_attribute *att,
                                  const Node *def, struct lc_error *err)
{
    struct cat_scope scope = cat_scope_of(cat_arena(cat), rel);
    struct cat_addresses used = {0};
    enum lc_code rc;

    if (att->generated != 'v' || !def)
        return LC_OK;
    if ((rc = cat_check_virtual_type(cat, att->name, att->type, err)) != LC_OK)
        return rc;
    cat_expr_dependencies(cat, &scope, def, &used);
    for (int i = 0; i < used.len; i++) {
        if (used.items[i].class == CAT_PROC && used.items[i].oid >= FirstNormalObjectId)
            return cat_error(err, "0A000", "generation expression uses user-defined function");
        if (is_user_type(rel, used.items[i]))
            return cat_error(err, "0A000", "generation expression uses user-defined type");
    }
    return LC_OK;
}

// cookDefault (catalog/heap.c): the expression must be cast to the column's type by itself.
enum lc_code cat_check_default(const struct catalog *cat, Oid relid, int attnum, const Node *def, struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, relid);
    const struct cat_attribute *att = &rel->attrs[attnum - 1];
    struct cat_scope scope = cat_scope_of(cat_arena(cat), rel);
    int typmod;
    Oid type = def ? cat_expr_type(cat, &scope, def, &typmod) : InvalidOid;
    enum lc_code rc = cat_check_expr_kind(cat, &scope, att->generated ? CAT_EXPR_GENERATED : CAT_EXPR_DEFAULT, def, err);

    if (rc != LC_OK || (att->generated && (rc = check_generation(cat, rel, def, err)) != LC_OK) ||
        (rc = check_virtual(cat, rel, att, def, err)) != LC_OK)
        return rc;
    if (type == RECORDOID && !row_fits(cat, def, att->type))
        return cat_error(err, "42846", "cannot cast type record to %s", cat_format_type(cat, att->type, -1));
    if (!type || type == RECORDOID || type == UNKNOWNOID || type == att->type || !att->type ||
        cat_find_coercion(cat, type, att->type, 'a', NULL) != CAT_COERCE_NONE)
        return LC_OK;
    return cat_error(err, "42804", "column \"%s\" is of type %s but default expression is of type %s", att->name,
                     cat_format_type(cat, att->type, -1), cat_format_type(cat, type, -1));
}

// The sequence behind a serial or identity column (generateSerialExtraStmts).
enum lc_code cat_make_column_sequence(struct catalog *cat, Oid relid, int attnum, const struct cat_column_plan *plan,
                                      struct lc_error *err)
{
    struct lc_arena *arena = cat_arena(cat);
    const struct cat_relation *rel = cat_relation(cat, relid);
    Oid schema = rel->o.schema;
    const char *name = NULL;
    struct cat_relation *seq;

    for (LIST_EACH(i, &plan->sequence_options)) {
        const DefElem *option = LIST_GET(DefElem, &plan->sequence_options, i);
        const List *names = option && lc_streq(option->defname, "sequence_name") ? AS(List, option->arg) : NULL;
        if (names) {
            name = list_last_name(&names->items);
            if (list_schema_name(&names->items) && !(schema = cat_schema_oid(cat, list_schema_name(&names->items))))
                return cat_error(err, "3F000", "schema \"%s\" does not exist", list_schema_name(&names->items));
        }
    }
    if (!name)
        name = cat_choose_name(cat, rel->o.name, plan->name, "seq", schema);
    // 15 made sequences of unlogged tables unlogged
    seq = cat_define_sequence(cat, name, schema, rel->relpersistence == 'u' && cat_major(cat) < 15 ? 'p' : rel->relpersistence);
    if (!seq)
        return cat_error(err, "42P07", "relation \"%s\" already exists", name);
    if (plan->serial) {
        const char *text = lc_quote_literal(arena, lc_quote_name(arena, cat_schema_name(cat, schema), name));
        Node *def = lc_sql_parse_expr(arena, lc_printf(arena, "nextval(%s::regclass)", text));
        cat_set_default(cat, relid, attnum, def);
        cat_depend(cat, cat_address(CAT_ATTRDEF, relid, attnum), cat_address(CAT_RELATION, seq->o.oid, 0), 'n');
    }
    cat_own_sequence(cat, seq->o.oid, relid, attnum, plan->serial ? 'a' : 'i');
    cat_set_owner(cat, seq->o.oid, cat_relation(cat, relid)->o.owner); // generateSerialExtraStmts
    return LC_OK;
}

static char storage_of(const char *name, char otherwise)
{
    static const struct {
        const char *name;
        char storage;
    } names[] = {{"plain", 'p'}, {"external", 'e'}, {"extended", 'x'}, {"main", 'm'}};

    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
        if (lc_strieq(names[i].name, name))
            return names[i].storage;
    return otherwise;
}

char cat_storage_char(const struct catalog *cat, const char *name, Oid type)
{
    const struct cat_type *t = cat_type(cat, type);

    return storage_of(name, t && t->storage ? t->storage : 'p');
}

// transformColumnDefinition: of default, identity and generation expression a column has one.
static enum lc_code check_sources(const struct cat_relation *rel, const ColumnDef *def, const struct cat_column_plan *plan,
                                  struct lc_error *err)
{
    bool has_default = plan->serial || def->raw_default;

    for (LIST_EACH(i, &def->constraints)) {
        const Constraint *con = LIST_GET(Constraint, &def->constraints, i);
        has_default = has_default || (con && con->contype == CONSTR_DEFAULT);
    }
    if (has_default && plan->identity)
        return cat_error(err, "42601", "both default and identity specified for column \"%s\" of table \"%s\"", def->colname,
                         rel->o.name);
    if (has_default && plan->generated)
        return cat_error(err, "42601", "both default and generation expression specified for column \"%s\" of table \"%s\"",
                         def->colname, rel->o.name);
    if (plan->identity && plan->generated)
        return cat_error(err, "42601", "both identity and generation expression specified for column \"%s\" of table \"%s\"",
                         def->colname, rel->o.name);
    return LC_OK;
}

enum lc_code cat_check_collation(const struct catalog *cat, Oid type, struct lc_error *err)
{
    const struct cat_type *t = cat_type(cat, cat_base_type(cat, type, NULL));

    if (t && t->o.oid < FirstNormalObjectId && t->category && strchr("NDBTIG", t->category))
        return cat_error(err, "42804", "collations are not supported by type %s", cat_format_type(cat, type, -1));
    return LC_OK;
}

// A column's type: of no pseudo-type, the types of identity (commands/sequence.c init_params), and those without collations.
static enum lc_code check_type(const struct catalog *cat, const ColumnDef *def, const struct cat_column_plan *plan, Oid type,
                               struct lc_error *err)
{
    enum lc_code rc = cat_check_attribute_type(cat, def->colname, type, err);

    if (rc != LC_OK)
        return rc;
    if (plan->identity && type != INT2OID && type != INT4OID && type != INT8OID)
        return cat_error(err, "22023", "identity column type must be smallint, integer, or bigint");
    return def->collClause ? cat_check_collation(cat, type, err) : LC_OK;
}

// The attribute without its default (BuildDescForRelation).
enum lc_code cat_append_column(struct catalog *cat, struct cat_relation *rel, const ColumnDef *def,
                               const struct cat_column_plan *plan, struct lc_error *err)
{
    Oid type = InvalidOid;
    int typmod = -1;
    enum lc_code rc = cat_resolve_type(cat, def->typeName, &type, &typmod, err);
    struct cat_attribute *att;

    if (rc != LC_OK)
        return rc;
    if (cat_is_system_column(def->colname))
        return cat_error(err, "42701", "column name \"%s\" conflicts with a system column name", def->colname);
    if ((rc = check_sources(rel, def, plan, err)) != LC_OK || (rc = check_type(cat, def, plan, type, err)) != LC_OK)
        return rc;
    att = cat_append_attribute(cat, rel, def->colname, type, typmod);
    att->collation = def->collClause ? list_last_name(&def->collClause->collname) : NULL;
    att->notnull = plan->notnull;
    att->identity = plan->identity;
    att->generated = plan->generated;
    att->compression = def->compression;
    att->storage = storage_of(def->storage_name, att->storage);
    return LC_OK;
}

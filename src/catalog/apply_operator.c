// Applies statements about operators, casts, operator classes and families, access methods (operatorcmds.c, functioncmds.c, opclasscmds.c).
#include <string.h>

#include "catalog/apply_misc.h"
#include "catalog/internal.h"

static enum lc_code create_operator(struct catalog *cat, const DefineStmt *stmt, struct lc_error *err)
{
    struct cat_operator *op = LC_NEW(cat_arena(cat), struct cat_operator);
    Oid schema = InvalidOid, types[2];
    enum lc_code rc = cat_names_namespace(cat, &stmt->defnames, &schema, err);

    if (rc != LC_OK)
        return rc;
    op->o = (struct cat_object){CAT_OPERATOR, cat_new_oid(cat), list_last_name(&stmt->defnames), schema, cat_user(cat), true};
    op->left = cat_option_type(cat, &stmt->definition, "leftarg");
    op->right = cat_option_type(cat, &stmt->definition, "rightarg");
    int n = 0;
    if (op->left)
        types[n++] = op->left;
    if (op->right)
        types[n++] = op->right;
    const struct cat_proc *proc = cat_option_function(cat, &stmt->definition, "function", types, n);
    if (!proc)
        proc = cat_option_function(cat, &stmt->definition, "procedure", types, n);
    op->proc = proc ? proc->o.oid : InvalidOid;
    op->result = proc ? proc->rettype : InvalidOid;
    cat_add(cat, &op->o);
    return LC_OK;
}

// --- casts ------------------------------------------------------------------------------------------------------------------------------

struct cat_cast *cat_add_cast(struct catalog *cat, Oid source, Oid target, char context, char method)
{
    struct cat_cast *cast = LC_NEW(cat_arena(cat), struct cat_cast);

    cast->o = (struct cat_object){CAT_CAST, cat_new_oid(cat), cat_cast_name(cat, source, target), InvalidOid, NULL, true};
    cast->source = source;
    cast->target = target;
    cast->context = context;
    cast->method = method;
    cat_add(cat, &cast->o);
    return cast;
}

// CreateCast (functioncmds.c), CastCreate (catalog/pg_cast.c)
static enum lc_code create_cast(struct catalog *cat, const CreateCastStmt *stmt, struct lc_error *err)
{
    Oid source = cat_type_of(cat, stmt->sourcetype), target = cat_type_of(cat, stmt->targettype);
    const struct cat_proc *func = stmt->func ? cat_find_function(cat, stmt->func) : NULL;
    char context = stmt->context == COERCION_IMPLICIT ? 'i' : stmt->context == COERCION_ASSIGNMENT ? 'a' : 'e';
    struct cat_cast *cast;

    if (!source || !target)
        return cat_error(err, "42704", "type \"%s\" does not exist",
                         list_last_name(source ? &stmt->targettype->names : &stmt->sourcetype->names));
    if (cat_find_object(cat, CAT_CAST, InvalidOid, cat_cast_name(cat, source, target)))
        return cat_error(err, "42710", "cast from type %s to type %s already exists", cat_format_type(cat, source, -1),
                         cat_format_type(cat, target, -1));
    cast = cat_add_cast(cat, source, target, context, stmt->func ? 'f' : stmt->inout ? 'i' : 'b');
    ((struct cat_cast *)cat_modify(cat, cast))->func = func ? func->o.oid : InvalidOid;
    return LC_OK;
}

// --- access methods, operator classes and families ------------------------------------------------------------------------------------------

static bool is_access_method(const struct catalog *cat, const char *name)
{
    return cat_is_index_method(name) || cat_find_what(cat, cat_what(OBJECT_ACCESS_METHOD), NULL, name) ||
           cat_has_unknown_extension(cat);
}

// get_table_am_oid
enum lc_code cat_check_table_method(const struct catalog *cat, const char *name, struct lc_error *err)
{
    if (!name || lc_streq(name, "heap") || is_access_method(cat, name))
        return LC_OK;
    return cat_error(err, "42704", "access method \"%s\" does not exist", name);
}

// CreateAccessMethod (amcmds.c)
static enum lc_code create_access_method(struct catalog *cat, const CreateAmStmt *stmt, struct lc_error *err)
{
    const char *what = cat_what(OBJECT_ACCESS_METHOD);
    struct cat_other *am;
    const struct cat_proc *handler =
        cat_find_proc(cat, list_schema_name(&stmt->handler_name), list_last_name(&stmt->handler_name), NULL, 0);

    if (cat_find_what(cat, what, NULL, stmt->amname))
        return cat_error(err, "42710", "access method \"%s\" already exists", stmt->amname);
    am = cat_add_other(cat, CAT_OTHER, what, stmt->amname, InvalidOid);
    if (handler && handler->o.oid >= FirstNormalObjectId)
        cat_depend(cat, cat_address(CAT_OTHER, am->o.oid, 0), cat_address(CAT_PROC, handler->o.oid, 0), 'n');
    return LC_OK;
}

// An operator family of this name, schema and access method; those of a snapshot do not say which method they are for.
static const struct cat_other *find_family(const struct catalog *cat, Oid schema, const char *name, const char *am)
{
    for (const struct cat_named *n = cat_first_named(cat, CAT_OPFAMILY, schema, name); n;
         n = cat_next_named(n->next, CAT_OPFAMILY, schema, name)) {
        const struct cat_other *f = (const struct cat_other *)(const void *)n->slot->object;

        if (!f->am || lc_streq(f->am, am))
            return f;
    }
    return NULL;
}

static struct cat_other *add_family(struct catalog *cat, Oid schema, const char *name, const char *am)
{
    struct cat_other *family = cat_add_other(cat, CAT_OPFAMILY, "operator family", name, schema);

    family->am = am;
    return family;
}

// DefineOpFamily (opclasscmds.c)
static enum lc_code create_family(struct catalog *cat, const CreateOpFamilyStmt *stmt, struct lc_error *err)
{
    const char *name = list_last_name(&stmt->opfamilyname);
    Oid schema = InvalidOid;
    enum lc_code rc = cat_names_namespace(cat, &stmt->opfamilyname, &schema, err);

    if (rc != LC_OK)
        return rc;
    if (!is_access_method(cat, stmt->amname))
        return cat_error(err, "42704", "access method \"%s\" does not exist", stmt->amname);
    if (find_family(cat, schema, name, stmt->amname))
        return cat_error(err, "42710", "operator family \"%s\" for access method \"%s\" already exists", name, stmt->amname);
    (void)add_family(cat, schema, name, stmt->amname);
    return LC_OK;
}

// The class's entries of pg_amop and pg_amproc are its own (storeOperators, storeProcedures): it needs what they name.
static void depend_on_items(struct catalog *cat, const struct cat_opclass *class, const NodeList *items)
{
    struct cat_address self = cat_address(CAT_OPCLASS, class->o.oid, 0);
    enum { OPERATOR = 1, FUNCTION }; // OPCLASS_ITEM_*, nodes/parsenodes.h

    for (LIST_EACH(i, items)) {
        const CreateOpClassItem *item = LIST_GET(CreateOpClassItem, items, i);
        const struct cat_proc *proc = item && item->itemtype == FUNCTION ? cat_find_function(cat, item->name) : NULL;
        const struct cat_operator *op = NULL;

        if (item && item->itemtype == OPERATOR && item->name) {
            const NodeList *args = &item->name->objargs;
            Oid left = args->length == 2 ? cat_type_of(cat, LIST_GET(TypeName, args, 0)) : class->intype;
            Oid right = args->length == 2 ? cat_type_of(cat, LIST_GET(TypeName, args, 1)) : class->intype;

            op =
                cat_find_operator(cat, list_schema_name(&item->name->objname), list_last_name(&item->name->objname), left, right);
        }
        if (proc && proc->o.oid >= FirstNormalObjectId)
            cat_depend(cat, self, cat_address(CAT_PROC, proc->o.oid, 0), 'n');
        if (op && op->o.oid >= FirstNormalObjectId)
            cat_depend(cat, self, cat_address(CAT_OPERATOR, op->o.oid, 0), 'n');
    }
}

// The family that is named, else the one of the class's own name, which is made where there is none (DefineOpClass). NULL: a built-in one.
static const struct cat_other *family_of(struct catalog *cat, const CreateOpClassStmt *stmt, Oid schema, const char *name)
{
    const NodeList *named = &stmt->opfamilyname;
    const struct cat_other *f;

    if (named->length) {
        const char *in = list_schema_name(named);

        f = cat_find_other(cat, CAT_OPFAMILY, in, list_last_name(named));
        return f && (!f->am || lc_streq(f->am, stmt->amname)) ? f : NULL;
    }
    f = find_family(cat, schema, name, stmt->amname);
    return f ? f : add_family(cat, schema, name, stmt->amname);
}

// DefineOpClass (opclasscmds.c)
static enum lc_code create_class(struct catalog *cat, const CreateOpClassStmt *stmt, struct lc_error *err)
{
    const char *name = list_last_name(&stmt->opclassname);
    Oid schema = InvalidOid, type = cat_type_of(cat, stmt->datatype);
    enum lc_code rc = cat_names_namespace(cat, &stmt->opclassname, &schema, err);
    const struct cat_opclass *other;
    struct cat_opclass *class;

    if (rc != LC_OK)
        return rc;
    if (!is_access_method(cat, stmt->amname))
        return cat_error(err, "42704", "access method \"%s\" does not exist", stmt->amname);
    if (!type)
        return cat_error(err, "42704", "type \"%s\" does not exist",
                         stmt->datatype ? list_last_name(&stmt->datatype->names) : "");
    if (cat_find_opclass(cat, cat_schema_name(cat, schema), name, stmt->amname))
        return cat_error(err, "42710", "operator class \"%s\" for access method \"%s\" already exists", name, stmt->amname);
    other = stmt->isDefault ? cat_opclass(cat, cat_default_opclass(cat, type, stmt->amname)) : NULL;
    if (other && other->intype == type)
        return cat_error(err, "42710", "could not make operator class \"%s\" be default for type %s", name,
                         list_last_name(&stmt->datatype->names));
    const struct cat_other *family = family_of(cat, stmt, schema, name);
    class = LC_NEW(cat_arena(cat), struct cat_opclass);
    class->o = (struct cat_object){CAT_OPCLASS, cat_new_oid(cat), name, schema, cat_user(cat), true};
    class->am = stmt->amname;
    class->family = family ? family->o.oid : InvalidOid;
    class->intype = type;
    class->isdefault = stmt->isDefault;
    cat_add(cat, &class->o);
    depend_on_items(cat, class, &stmt->items);
    return LC_OK;
}

enum lc_code cat_apply_operator(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err)
{
    *mine = true;
    switch (nodeTag(stmt)) {
    case T_DefineStmt:
        *mine = AS(DefineStmt, stmt)->kind == OBJECT_OPERATOR;
        return *mine ? create_operator(cat, AS(DefineStmt, stmt), err) : LC_OK;
    case T_CreateCastStmt:
        return create_cast(cat, AS(CreateCastStmt, stmt), err);
    case T_CreateAmStmt:
        return create_access_method(cat, AS(CreateAmStmt, stmt), err);
    case T_CreateOpFamilyStmt:
        return create_family(cat, AS(CreateOpFamilyStmt, stmt), err);
    case T_CreateOpClassStmt:
        return create_class(cat, AS(CreateOpClassStmt, stmt), err);
    default:
        *mine = false;
        return LC_OK;
    }
}

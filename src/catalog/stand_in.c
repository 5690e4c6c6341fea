// Stand-ins for the types, schemas and servers that a statement names and nothing seen has made, where what is not known may have made them.
#include <string.h>

#include "catalog/apply_misc.h"
#include "catalog/internal.h"

struct brought {
    const struct catalog *cat;
    const struct cat_object *extension; // the one that may have brought it; NULL: several may
    int extensions;
};

struct needs {
    const struct catalog *cat;
    struct LC_ARRAY(const TypeName *) types;
};

static bool collect(const Node *node, void *context)
{
    struct needs *n = context;
    const TypeName *tn = AS(TypeName, node);

    if (tn && !tn->pct_type && tn->names.length && tn->names.length <= 2 && !cat_serial_type(tn) &&
        !lc_starts(list_schema_name(&tn->names), "pg_") &&
        !cat_find_type(n->cat, list_schema_name(&tn->names), list_last_name(&tn->names)))
        LC_PUSH(cat_arena(n->cat), &n->types, tn);
    return true;
}

// Statements whose type names are types that they use, and not what they make, change or drop.
static bool uses_types(const struct catalog *cat, const Node *stmt)
{
    static const NodeTag uses[] = {T_CreateStmt,
                                   T_CreateForeignTableStmt,
                                   T_AlterTableStmt,
                                   T_CreateTableAsStmt,
                                   T_ViewStmt,
                                   T_CreateDomainStmt,
                                   T_CompositeTypeStmt,
                                   T_CreateRangeStmt,
                                   T_IndexStmt,
                                   T_RuleStmt,
                                   T_CreatePolicyStmt,
                                   T_SelectStmt,
                                   T_InsertStmt,
                                   T_UpdateStmt,
                                   T_DeleteStmt,
                                   T_MergeStmt,
                                   T_CreateFunctionStmt,
                                   T_CreateTrigStmt,
                                   T_CopyStmt};
    const CreateFunctionStmt *f = AS(CreateFunctionStmt, stmt);

    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        if (uses[i] == nodeTag(stmt)) // a function in C may declare the type that it belongs to (TypeShellMake)
            return !f || !lc_strieq("c", cat_option_text(cat, &f->options, "language"));
    return false;
}

// The schema in which a statement makes something; NULL: it does not say.
static const char *made_in(const Node *stmt)
{
    const RangeVar *made = NULL;
    const NodeList *names = NULL;

    switch (nodeTag(stmt)) {
    case T_CreateStmt:
        made = AS(CreateStmt, stmt)->relation;
        break;
    case T_CreateForeignTableStmt:
        made = AS(CreateForeignTableStmt, stmt)->base ? AS(CreateForeignTableStmt, stmt)->base->relation : NULL;
        break;
    case T_ViewStmt:
        made = AS(ViewStmt, stmt)->view;
        break;
    case T_CreateTableAsStmt:
        made = AS(CreateTableAsStmt, stmt)->into ? AS(CreateTableAsStmt, stmt)->into->rel : NULL;
        break;
    case T_CreateSeqStmt:
        made = AS(CreateSeqStmt, stmt)->sequence;
        break;
    case T_CreateFunctionStmt:
        names = &AS(CreateFunctionStmt, stmt)->funcname;
        break;
    case T_CreateEnumStmt:
        names = &AS(CreateEnumStmt, stmt)->typeName;
        break;
    case T_CreateDomainStmt:
        names = &AS(CreateDomainStmt, stmt)->domainname;
        break;
    default:
        break;
    }
    return made ? made->schemaname : names ? list_schema_name(names) : NULL;
}

static void count_unknown(const struct cat_object *object, void *context)
{
    struct brought *b = context;

    if (object->created && strcmp(object->name, "plpgsql") != 0 && !cat_extension_is_known(b->cat, object->name))
        b->extension = b->extensions++ ? NULL : object;
}

static struct brought brought(const struct catalog *cat)
{
    struct brought b = {.cat = cat};

    cat_each(cat, CAT_EXTENSION, count_unknown, &b);
    return b;
}

bool cat_has_unknown_extension(const struct catalog *cat)
{
    return brought(cat).extensions > 0;
}

static Oid needed_schema(struct catalog *cat, const char *name, cat_missing_fn missing, void *context)
{
    Oid schema = name ? cat_schema_oid(cat, name) : cat_creation_schema(cat);

    if (schema || !name || lc_starts(name, "pg_")) // nobody makes those (IsReservedName)
        return schema;
    missing(lc_printf(cat_arena(cat), "schema \"%s\" does not exist", name), context);
    return cat_add_other(cat, CAT_NAMESPACE, "schema", name, InvalidOid)->o.oid;
}

// As DefineType would make it of any type that has a length of its own: nothing else is known.
static void add_type(struct catalog *cat, const TypeName *tn, Oid schema, const struct cat_object *extension)
{
    struct cat_type *t = LC_NEW(cat_arena(cat), struct cat_type);

    t->o = (struct cat_object){CAT_TYPE, cat_new_oid(cat), list_last_name(&tn->names), schema, cat_user(cat), true};
    t->typtype = 'b';
    t->category = 'U';
    t->typtypmod = t->len = -1;
    t->align = 'i';
    t->storage = 'x';
    t->stand_in = true;
    cat_add(cat, &t->o);
    if (extension)
        cat_depend(cat, cat_address(CAT_TYPE, t->o.oid, 0), cat_address(CAT_EXTENSION, extension->oid, 0), 'e');
}

static void stand_in_types(struct catalog *cat, const struct needs *needs, const struct brought *b, cat_missing_fn missing,
                           void *context)
{
    for (int i = 0; i < needs->types.len; i++) {
        const TypeName *tn = needs->types.items[i];
        const char *schema = list_schema_name(&tn->names), *name = list_last_name(&tn->names);
        Oid in = cat_find_type(cat, schema, name) ? InvalidOid : needed_schema(cat, schema, missing, context);

        if (!in)
            continue;
        if (!b->extensions)
            missing(lc_printf(cat_arena(cat), "type \"%s\" does not exist", name), context);
        add_type(cat, tn, in, b->extension);
    }
}

static void stand_in_server(struct catalog *cat, const char *name, cat_missing_fn missing, void *context)
{
    if (cat_find_what(cat, cat_what(OBJECT_FOREIGN_SERVER), NULL, name))
        return;
    missing(lc_printf(cat_arena(cat), "server \"%s\" does not exist", name), context);
    (void)cat_add_other(cat, CAT_OTHER, cat_what(OBJECT_FOREIGN_SERVER), name, InvalidOid);
}

void cat_stand_in(struct catalog *cat, const Node *stmt, bool unknown_effects, cat_missing_fn missing, void *context)
{
    struct needs needs = {.cat = cat};
    struct brought b = {.cat = cat};
    const CreateForeignTableStmt *foreign = AS(CreateForeignTableStmt, stmt);

    if (!unknown_effects && !cat_has_any(cat, CAT_EXTENSION))
        return;
    if (uses_types(cat, stmt))
        node_walk(stmt, collect, &needs);
    if (needs.types.len)
        b = brought(cat);
    if (unknown_effects || b.extensions)
        stand_in_types(cat, &needs, &b, missing, context);
    if (unknown_effects && made_in(stmt))
        (void)needed_schema(cat, made_in(stmt), missing, context);
    if (unknown_effects && foreign)
        stand_in_server(cat, foreign->servername, missing, context);
}

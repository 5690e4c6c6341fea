// Which object a statement names: get_object_address (catalog/objectaddress.c) and RemoveRelations' look-up (commands/tablecmds.c).
#include "catalog/object_address.h"

#include <string.h>

#include "base/str.h"
#include "catalog/apply_internal.h"

struct kind_row { // how a kind of relation is called, and which relkinds it takes
    ObjectType type;
    const char *relkinds, *what, *missing_sqlstate, *wrong;
};

static const struct kind_row kinds[] = {
    // dropmsgstringarray (commands/tablecmds.c)
    {OBJECT_TABLE, "rp", "table", "42P01", "is not a table"},
    {OBJECT_SEQUENCE, "S", "sequence", "42P01", "is not a sequence"},
    {OBJECT_VIEW, "v", "view", "42P01", "is not a view"},
    {OBJECT_MATVIEW, "m", "materialized view", "42P01", "is not a materialized view"},
    {OBJECT_INDEX, "iI", "index", "42704", "is not an index"},
    {OBJECT_FOREIGN_TABLE, "f", "foreign table", "42P01", "is not a foreign table"},
};

static const struct kind_row *kind_of(ObjectType type)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].type == type)
            return &kinds[i];
    return NULL;
}

const char *cat_wrong_kind(ObjectType type, const struct cat_relation *rel)
{
    const struct kind_row *kind = kind_of(type);

    if (type == OBJECT_TYPE)
        return rel->relkind == 'c' ? NULL : "is not a composite type";
    return kind && !strchr(kind->relkinds, rel->relkind) ? kind->wrong : NULL;
}

bool cat_is_relation_type(ObjectType type)
{
    return kind_of(type) != NULL;
}

struct what_row {
    ObjectType type;
    const char *what;
    bool kept;
};

static const struct what_row whats[] = {
    {OBJECT_FDW, "foreign-data wrapper", true},
    {OBJECT_FOREIGN_SERVER, "server", true},
    {OBJECT_LANGUAGE, "language", true},
    {OBJECT_CONVERSION, "conversion", true},
    {OBJECT_ACCESS_METHOD, "access method", true},
    {OBJECT_SUBSCRIPTION, "subscription", true},
    {OBJECT_TSCONFIGURATION, "text search configuration", true},
    {OBJECT_TSDICTIONARY, "text search dictionary", true},
    {OBJECT_TSPARSER, "text search parser", true},
    {OBJECT_TSTEMPLATE, "text search template", true},
    {OBJECT_TRANSFORM, "transform", true},
    {OBJECT_USER_MAPPING, "user mapping", true},
};

const char *cat_what(ObjectType type)
{
    for (size_t i = 0; i < sizeof whats / sizeof whats[0]; i++)
        if (whats[i].type == type)
            return whats[i].what;
    return NULL;
}

NodeList cat_node_list(const Node *node)
{
    const List *list = AS(List, node);

    return list ? list->items : (NodeList){0};
}

RangeVar *cat_make_rangevar_n(struct lc_arena *arena, const NodeList *names, int n)
{
    RangeVar *rv = LC_NEW(arena, RangeVar);

    rv->tag = T_RangeVar;
    rv->inh = true;
    rv->relpersistence = "p";
    rv->relname = n > 0 ? node_string(names->items[n - 1]) : NULL;
    rv->schemaname = n > 1 ? node_string(names->items[n - 2]) : NULL;
    return rv;
}

RangeVar *cat_make_rangevar(struct lc_arena *arena, const NodeList *names)
{
    return cat_make_rangevar_n(arena, names, names->length);
}

const char *cat_object_name(const Node *object)
{
    switch (nodeTag(object)) {
    case T_List:
        return list_last_name(&AS(List, object)->items);
    case T_TypeName:
        return list_last_name(&AS(TypeName, object)->names);
    case T_ObjectWithArgs:
        return list_last_name(&AS(ObjectWithArgs, object)->objname);
    default:
        return node_string(object);
    }
}

// --- relations --------------------------------------------------------------------------------------------------------------------

static bool unknown_schema(const struct catalog *cat, const RangeVar *rv)
{
    return rv->schemaname && cat_schema_oid(cat, rv->schemaname) == InvalidOid;
}

static enum lc_code relation_target(const struct catalog *cat, const RangeVar *rv, bool missing_ok, struct cat_target *target,
                                    struct lc_error *err)
{
    const struct cat_relation *rel = cat_find_rangevar(cat, rv);

    if (rel) {
        target->relation = rel;
        target->address = cat_address(CAT_RELATION, rel->o.oid, 0);
        return LC_OK;
    }
    return missing_ok ? LC_OK : cat_open_rangevar(cat, rv, &rel, err);
}

enum lc_code cat_drop_target(const struct catalog *cat, ObjectType type, const Node *object, bool missing_ok,
                             struct cat_target *target, struct lc_error *err)
{
    const struct kind_row *kind = kind_of(type);

    if (!kind)
        return cat_object_address(cat, type, object, missing_ok, target, err);
    NodeList names = cat_node_list(object);
    const RangeVar *rv = cat_make_rangevar(cat_arena(cat), &names);
    const struct cat_relation *rel = cat_find_rangevar(cat, rv);

    *target = (struct cat_target){.kept = true};
    if (!rel && missing_ok)
        return LC_OK;
    if (!rel && unknown_schema(cat, rv))
        return cat_error(err, "3F000", "schema \"%s\" does not exist", rv->schemaname);
    if (!rel)
        return cat_error(err, kind->missing_sqlstate, "%s \"%s\" does not exist", kind->what, rv->relname);
    if (!strchr(kind->relkinds, rel->relkind))
        return cat_error(err, "42809", "\"%s\" %s", rel->o.name, kind->wrong);
    target->relation = rel;
    target->address = cat_address(CAT_RELATION, rel->o.oid, 0);
    return LC_OK;
}

// get_object_address_attribute, and OBJECT_DEFAULT.
static enum lc_code column_target(const struct catalog *cat, ObjectType type, const NodeList *names, bool missing_ok,
                                  struct cat_target *target, struct lc_error *err)
{
    const RangeVar *rv = cat_make_rangevar_n(cat_arena(cat), names, names->length - 1);
    const char *column = node_string(names->items[names->length - 1]);
    enum lc_code rc = relation_target(cat, rv, missing_ok, target, err);

    if (rc != LC_OK || !target->relation)
        return rc;
    const struct cat_attribute *att = cat_find_column(target->relation, column);
    target->address.class = CAT_NONE;
    if (!att && missing_ok)
        return LC_OK;
    if (!att)
        return cat_error(err, "42703", "column \"%s\" of relation \"%s\" does not exist", column, target->relation->o.name);
    target->address = cat_address(type == OBJECT_DEFAULT ? CAT_ATTRDEF : CAT_RELATION, target->relation->o.oid, att->attnum);
    return LC_OK;
}

static Oid find_named(const struct catalog *cat, enum cat_class class, const struct cat_oids *oids, const char *name)
{
    for (int i = 0; i < oids->len; i++) {
        const struct cat_object *o = cat_get(cat, class, oids->items[i]);

        if (o && lc_streq(o->name, name))
            return o->oid;
    }
    return InvalidOid;
}

// get_object_address_relobject: a trigger, a rule, a policy, a constraint of a table.
static enum lc_code relobject_target(const struct catalog *cat, ObjectType type, const NodeList *names, bool missing_ok,
                                     struct cat_target *target, struct lc_error *err)
{
    const RangeVar *rv = cat_make_rangevar_n(cat_arena(cat), names, names->length - 1);
    const char *name = node_string(names->items[names->length - 1]);
    enum lc_code rc = relation_target(cat, rv, missing_ok, target, err);

    if (rc != LC_OK || !target->relation)
        return rc;
    const struct cat_relation *rel = target->relation;
    enum cat_class class = type == OBJECT_TRIGGER  ? CAT_TRIGGER
                           : type == OBJECT_RULE   ? CAT_RULE
                           : type == OBJECT_POLICY ? CAT_POLICY
                                                   : CAT_CONSTRAINT;
    const struct cat_oids *oids = type == OBJECT_TRIGGER  ? &rel->triggers
                                  : type == OBJECT_RULE   ? &rel->rules
                                  : type == OBJECT_POLICY ? &rel->policies
                                                          : &rel->constraints;
    const char *what = type == OBJECT_TRIGGER  ? "trigger"
                       : type == OBJECT_RULE   ? "rule"
                       : type == OBJECT_POLICY ? "policy"
                                               : "constraint";
    Oid oid = find_named(cat, class, oids, name);

    bool of_view = type == OBJECT_RULE && strchr("vm", rel->relkind) && lc_streq(name, "_RETURN"); // there, though not kept

    target->address = cat_address(oid ? class : CAT_NONE, oid, 0);
    if (!oid && !missing_ok && !of_view)
        return cat_error(err, "42704", "%s \"%s\" for %s \"%s\" does not exist", what, name,
                         type == OBJECT_RULE ? "relation" : "table", rel->o.name);
    return LC_OK;
}

// --- functions --------------------------------------------------------------------------------------------------------------------

static int input_types(const ObjectWithArgs *func, const TypeName **types, int max)
{
    int n = 0;

    if (func->objfuncargs.length) {
        for (LIST_EACH(i, &func->objfuncargs)) {
            const FunctionParameter *p = LIST_GET(FunctionParameter, &func->objfuncargs, i);

            if (p && p->mode != FUNC_PARAM_OUT && p->mode != FUNC_PARAM_TABLE && n < max)
                types[n++] = p->argType;
        }
        return n;
    }
    for (LIST_EACH(i, &func->objargs))
        if (n < max)
            types[n++] = LIST_GET(TypeName, &func->objargs, i);
    return n;
}

static bool same_arguments(const struct catalog *cat, const struct cat_proc *proc, const TypeName *const *types, int n)
{
    if (proc->nargs != n)
        return false;
    for (int i = 0; i < n; i++) {
        const struct cat_type *t = types[i] ? cat_find_typename(cat, types[i], NULL) : NULL;

        if (!t || t->o.oid != proc->argtypes[i])
            return false;
    }
    return true;
}

#define MAX_CANDIDATES 256
#define MAX_ARGUMENTS 100 // FUNC_MAX_ARGS

const struct cat_proc *cat_find_function(const struct catalog *cat, const ObjectWithArgs *func)
{
    const struct cat_proc *procs[MAX_CANDIDATES];
    const TypeName *types[MAX_ARGUMENTS];
    int n = cat_find_procs(cat, list_schema_name(&func->objname), list_last_name(&func->objname), procs, MAX_CANDIDATES);
    int nargs = input_types(func, types, MAX_ARGUMENTS);

    if (func->args_unspecified)
        return n == 1 ? procs[0] : NULL;
    for (int i = 0; i < n; i++)
        if (same_arguments(cat, procs[i], types, nargs))
            return procs[i];
    return NULL;
}

static const char *signature(const struct catalog *cat, const ObjectWithArgs *func)
{
    const TypeName *types[MAX_ARGUMENTS];
    int nargs = input_types(func, types, MAX_ARGUMENTS);
    struct lc_str s;

    lc_str_init(&s, cat_arena(cat), 4096);
    if (list_schema_name(&func->objname))
        lc_str_addf(&s, "%s.", list_schema_name(&func->objname));
    lc_str_addf(&s, "%s(", list_last_name(&func->objname));
    for (int i = 0; i < nargs; i++) {
        int typmod = -1;
        const struct cat_type *t = types[i] ? cat_find_typename(cat, types[i], &typmod) : NULL;

        lc_str_addf(&s, "%s%s", i ? ", " : "",
                    t          ? cat_format_type(cat, t->o.oid, -1)
                    : types[i] ? list_last_name(&types[i]->names)
                               : "none");
    }
    lc_str_addc(&s, ')');
    return s.text;
}

static enum lc_code function_target(const struct catalog *cat, ObjectType type, const ObjectWithArgs *func, bool missing_ok,
                                    struct cat_target *target, struct lc_error *err)
{
    const struct cat_proc *proc = func ? cat_find_function(cat, func) : NULL;
    const char *what = type == OBJECT_AGGREGATE ? "aggregate" : type == OBJECT_PROCEDURE ? "procedure" : "function";
    const struct cat_proc *procs[2];

    if (proc && ((type == OBJECT_FUNCTION && proc->kind == 'p') || (type == OBJECT_PROCEDURE && proc->kind != 'p')))
        return cat_error(err, "42809", "%s is not a %s", func->args_unspecified ? proc->o.name : signature(cat, func), what);
    if (proc) {
        target->address = cat_address(CAT_PROC, proc->o.oid, 0);
        return LC_OK;
    }
    if (!func)
        return LC_OK;
    if (func->args_unspecified &&
        cat_find_procs(cat, list_schema_name(&func->objname), list_last_name(&func->objname), procs, 2) == 2)
        return cat_error(err, "42725", "%s name \"%s\" is not unique", what, list_last_name(&func->objname));
    if (missing_ok)
        return LC_OK;
    if (func->args_unspecified)
        return cat_error(err, "42883", "could not find a %s named \"%s\"", what, list_last_name(&func->objname));
    return cat_error(err, "42883", "%s %s does not exist", what, signature(cat, func));
}

// --- operators, casts, and what has only a name -------------------------------------------------------------------------------------

struct search {
    const struct catalog *cat;
    const char *what, *name, *schema;
    Oid left, right, found;
};

static void match_operator(const struct cat_object *o, void *context)
{
    struct search *s = context;
    const struct cat_operator *op = (const struct cat_operator *)(const void *)o;

    if (lc_streq(o->name, s->name) && op->left == s->left && op->right == s->right &&
        (!s->schema || lc_streq(cat_schema_name(s->cat, o->schema), s->schema)))
        s->found = o->oid;
}

static void match_cast(const struct cat_object *o, void *context)
{
    struct search *s = context;
    const struct cat_cast *cast = (const struct cat_cast *)(const void *)o;

    if (cast->source == s->left && cast->target == s->right)
        s->found = o->oid;
}

static void match_what(const struct cat_object *o, void *context)
{
    struct search *s = context;
    const struct cat_other *other = (const struct cat_other *)(const void *)o;

    if (lc_streq(o->name, s->name) && lc_streq(other->what, s->what) &&
        (!s->schema || lc_streq(cat_schema_name(s->cat, o->schema), s->schema)))
        s->found = o->oid;
}

const struct cat_other *cat_find_what(const struct catalog *cat, const char *what, const char *schema, const char *name)
{
    struct search s = {.cat = cat, .what = what, .name = name, .schema = schema};

    cat_each(cat, CAT_OTHER, match_what, &s);
    return s.found ? cat_other(cat, CAT_OTHER, s.found) : NULL;
}

static Oid type_oid(const struct catalog *cat, const Node *node)
{
    const TypeName *tn = AS(TypeName, node);
    const struct cat_type *t = tn ? cat_find_typename(cat, tn, NULL) : NULL;

    return t ? t->o.oid : InvalidOid;
}

static void operator_target(const struct catalog *cat, const ObjectWithArgs *op, struct cat_target *target)
{
    struct search s = {.cat = cat};

    if (!op || op->objargs.length != 2)
        return;
    s.name = list_last_name(&op->objname);
    s.schema = list_schema_name(&op->objname);
    s.left = type_oid(cat, op->objargs.items[0]);
    s.right = type_oid(cat, op->objargs.items[1]);
    cat_each(cat, CAT_OPERATOR, match_operator, &s);
    target->address = cat_address(s.found ? CAT_OPERATOR : CAT_NONE, s.found, 0);
}

static void cast_target(const struct catalog *cat, const NodeList *types, struct cat_target *target)
{
    struct search s = {.cat = cat};

    if (types->length != 2)
        return;
    s.left = type_oid(cat, types->items[0]);
    s.right = type_oid(cat, types->items[1]);
    cat_each(cat, CAT_CAST, match_cast, &s);
    target->address = cat_address(s.found ? CAT_CAST : CAT_NONE, s.found, 0);
}

// get_object_address_opcf: the access method stands before the name.
static enum lc_code opclass_target(const struct catalog *cat, ObjectType type, const NodeList *names, bool missing_ok,
                                   struct cat_target *target, struct lc_error *err)
{
    const char *am = names->length > 1 ? node_string(names->items[0]) : NULL, *name = list_last_name(names);
    const char *schema = names->length > 2 ? node_string(names->items[names->length - 2]) : NULL;
    const struct cat_opclass *class = type == OBJECT_OPCLASS && am ? cat_find_opclass(cat, schema, name, am) : NULL;
    const struct cat_other *family = type == OBJECT_OPFAMILY ? cat_find_other(cat, CAT_OPFAMILY, schema, name) : NULL;

    if (class)
        target->address = cat_address(CAT_OPCLASS, class->o.oid, 0);
    if (family && (!family->am || lc_streq(family->am, am)))
        target->address = cat_address(CAT_OPFAMILY, family->o.oid, 0);
    // the built-in families are not kept
    if (!class && type == OBJECT_OPCLASS && !missing_ok && !cat_has_unknown_extension(cat))
        return cat_error(err, "42704", "operator class \"%s\" does not exist for access method \"%s\"", name, am ? am : "");
    return LC_OK;
}

static enum lc_code type_target(const struct catalog *cat, ObjectType type, const TypeName *tn, bool missing_ok,
                                struct cat_target *target, struct lc_error *err)
{
    const struct cat_type *t = tn ? cat_find_typename(cat, tn, NULL) : NULL;

    if (t && type == OBJECT_DOMAIN && t->typtype != 'd')
        return cat_error(err, "42809", "\"%s\" is not a domain", t->o.name);
    if (t) {
        target->address = cat_address(CAT_TYPE, t->o.oid, 0);
        target->relation = cat_relation(cat, t->relid);
        return LC_OK;
    }
    if (missing_ok || !tn)
        return LC_OK;
    const char *schema = list_schema_name(&tn->names);
    if (schema && !cat_schema_oid(cat, schema))
        return cat_error(err, "3F000", "schema \"%s\" does not exist", schema);
    return cat_error(err, "42704", "type \"%s%s%s\" does not exist", schema ? schema : "", schema ? "." : "",
                     list_last_name(&tn->names));
}

// A constraint of a domain: List(TypeName, String).
static enum lc_code domain_constraint_target(const struct catalog *cat, const NodeList *names, bool missing_ok,
                                             struct cat_target *target, struct lc_error *err)
{
    const TypeName *tn = names->length ? AS(TypeName, names->items[0]) : NULL;
    const char *name = names->length > 1 ? node_string(names->items[1]) : NULL;
    enum lc_code rc = type_target(cat, OBJECT_DOMAIN, tn, missing_ok, target, err);
    const struct cat_type *t = target->address.class == CAT_TYPE ? cat_type(cat, target->address.oid) : NULL;

    if (rc != LC_OK || !t)
        return rc;
    Oid oid = find_named(cat, CAT_CONSTRAINT, &t->constraints, name);
    target->address = cat_address(oid ? CAT_CONSTRAINT : CAT_NONE, oid, 0);
    if (!oid && !missing_ok)
        return cat_error(err, "42704", "constraint \"%s\" for domain %s does not exist", name, t->o.name);
    return LC_OK;
}

struct class_row { // objects with a class and a name of their own
    ObjectType type;
    enum cat_class class;
    bool qualified; // may have a schema
    const char *what, *sqlstate;
};

static const struct class_row classes[] = {
    {OBJECT_SCHEMA, CAT_NAMESPACE, false, "schema", "3F000"},
    {OBJECT_EXTENSION, CAT_EXTENSION, false, "extension", "42704"},
    {OBJECT_PUBLICATION, CAT_PUBLICATION, false, "publication", "42704"},
    {OBJECT_EVENT_TRIGGER, CAT_EVENT_TRIGGER, false, "event trigger", "42704"},
    {OBJECT_STATISTIC_EXT, CAT_STATISTICS, true, "statistics object", "42704"},
    {OBJECT_COLLATION, CAT_COLLATION, true, "collation", "42704"},
};

static const struct class_row *class_of(ObjectType type)
{
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (classes[i].type == type)
            return &classes[i];
    return NULL;
}

struct named {
    const char *name, *schema;
    const struct catalog *cat;
    Oid found;
};

static void match_name(const struct cat_object *o, void *context)
{
    struct named *n = context;

    if (lc_streq(o->name, n->name) && (!n->schema || lc_streq(cat_schema_name(n->cat, o->schema), n->schema)))
        n->found = o->oid;
}

static enum lc_code class_target(const struct catalog *cat, const struct class_row *row, const Node *object, bool missing_ok,
                                 struct cat_target *target, struct lc_error *err)
{
    NodeList names = cat_node_list(object);
    const char *name = cat_object_name(object);
    const char *schema = row->qualified ? list_schema_name(&names) : NULL;
    Oid oid = InvalidOid;

    if (row->class == CAT_NAMESPACE) {
        oid = cat_schema_oid(cat, name);
    } else if (row->class == CAT_PUBLICATION || row->class == CAT_EXTENSION || row->class == CAT_EVENT_TRIGGER) {
        struct named n = {.name = name, .cat = cat};

        cat_each(cat, row->class, match_name, &n);
        oid = n.found;
    } else {
        const struct cat_other *o = cat_find_other(cat, row->class, schema, name);

        oid = o ? o->o.oid : InvalidOid;
    }
    target->address = cat_address(oid ? row->class : CAT_NONE, oid, 0);
    if (!oid && !missing_ok)
        return cat_error(err, row->sqlstate, "%s \"%s\" does not exist", row->what, name);
    return LC_OK;
}

static enum lc_code other_target(const struct catalog *cat, ObjectType type, const Node *object, bool missing_ok,
                                 struct cat_target *target, struct lc_error *err)
{
    const struct class_row *row = class_of(type);
    const char *what = cat_what(type);
    NodeList names = cat_node_list(object);

    if (row)
        return class_target(cat, row, object, missing_ok, target, err);
    target->kept = what != NULL;
    if (!what)
        return LC_OK;
    const struct cat_other *o = cat_find_what(cat, what, list_schema_name(&names), cat_object_name(object));
    target->address = cat_address(o ? CAT_OTHER : CAT_NONE, o ? o->o.oid : InvalidOid, 0);
    if (!o && !missing_ok && (type == OBJECT_FOREIGN_SERVER || type == OBJECT_FDW))
        return cat_error(err, "42704", "%s \"%s\" does not exist", what, cat_object_name(object));
    return LC_OK;
}

enum lc_code cat_object_address(const struct catalog *cat, ObjectType type, const Node *object, bool missing_ok,
                                struct cat_target *target, struct lc_error *err)
{
    NodeList names = cat_node_list(object);

    *target = (struct cat_target){.kept = true};
    if (cat_is_relation_type(type))
        return relation_target(cat, cat_make_rangevar(cat_arena(cat), &names), missing_ok, target, err);
    switch (type) {
    case OBJECT_COLUMN:
    case OBJECT_ATTRIBUTE:
    case OBJECT_DEFAULT:
        return names.length > 1 ? column_target(cat, type, &names, missing_ok, target, err)
                                : cat_error(err, "42601", "column name must be qualified");
    case OBJECT_TRIGGER:
    case OBJECT_RULE:
    case OBJECT_POLICY:
    case OBJECT_TABCONSTRAINT:
        return names.length > 1 ? relobject_target(cat, type, &names, missing_ok, target, err) : LC_OK;
    case OBJECT_TYPE:
    case OBJECT_DOMAIN: {
        TypeName tn = {.tag = T_TypeName, .names = names, .typemod = -1}; // ALTER TYPE gives a plain list

        return type_target(cat, type, names.length ? &tn : AS(TypeName, object), missing_ok, target, err);
    }
    case OBJECT_DOMCONSTRAINT:
        return domain_constraint_target(cat, &names, missing_ok, target, err);
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
    case OBJECT_ROUTINE:
    case OBJECT_AGGREGATE:
        return function_target(cat, type, AS(ObjectWithArgs, object), missing_ok, target, err);
    case OBJECT_OPERATOR:
        operator_target(cat, AS(ObjectWithArgs, object), target);
        return LC_OK;
    case OBJECT_OPCLASS:
    case OBJECT_OPFAMILY:
        return opclass_target(cat, type, &names, missing_ok, target, err);
    case OBJECT_CAST:
        cast_target(cat, &names, target);
        return LC_OK;
    default:
        return other_target(cat, type, object, missing_ok, target, err);
    }
}

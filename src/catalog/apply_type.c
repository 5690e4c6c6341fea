// Applies statements about types and domains (typecmds.c, pg_enum.c).
#include <stdlib.h>
#include <string.h>

#include "catalog/apply_misc.h"
#include "catalog/bind.h"
#include "catalog/internal.h"
#include "catalog/oids.h"

static enum lc_code name_is_free(const struct catalog *cat, Oid schema, const char *name, struct lc_error *err)
{
    const struct cat_type *t = cat_find_type(cat, cat_schema_name(cat, schema), name);

    if (t && t->o.schema == schema && !(t->elem && t->category == 'A')) // an array type gives way (moveArrayTypeName)
        return cat_error(err, "42710", "type \"%s\" already exists", name);
    return LC_OK;
}

// A type that is only declared yet, to be used by its own functions (TypeShellMake): nobody makes pseudo-types otherwise.
static const struct cat_type *shell(const struct catalog *cat, Oid schema, const char *name)
{
    const struct cat_type *t = cat_find_type(cat, cat_schema_name(cat, schema), name);

    return t && t->o.schema == schema && t->typtype == 'p' && t->o.oid >= FirstNormalObjectId ? t : NULL;
}

static enum lc_code new_type(struct catalog *cat, const NodeList *names, char typtype, struct cat_type **type,
                             struct lc_error *err)
{
    struct cat_type *t = LC_NEW(cat_arena(cat), struct cat_type);
    Oid schema = InvalidOid;
    enum lc_code rc = cat_names_namespace(cat, names, &schema, err);

    if (rc != LC_OK || (rc = name_is_free(cat, schema, list_last_name(names), err)) != LC_OK)
        return rc;
    t->o = (struct cat_object){CAT_TYPE, cat_new_oid(cat), list_last_name(names), schema, cat_user(cat), true};
    t->typtype = typtype;
    t->typtypmod = -1;
    t->len = -1;
    t->align = 'i';
    t->storage = 'x';
    *type = t;
    return LC_OK;
}

// --- enums ----------------------------------------------------------------------------------------------------------------------------------

static enum lc_code create_enum(struct catalog *cat, const CreateEnumStmt *stmt, struct lc_error *err)
{
    struct cat_type *t;
    enum lc_code rc = new_type(cat, &stmt->typeName, 'e', &t, err);

    if (rc != LC_OK)
        return rc;
    t->category = 'E';
    t->len = 4;
    t->byval = true;
    t->storage = 'p';
    t->labels = LC_NEW_ARRAY(cat_arena(cat), const char *, stmt->vals.length + 1);
    for (LIST_EACH(i, &stmt->vals))
        t->labels[t->nlabels++] = node_string(stmt->vals.items[i]);
    cat_add(cat, &t->o);
    return LC_OK;
}

static int find_label(const struct cat_type *t, const char *label)
{
    for (int i = 0; i < t->nlabels; i++)
        if (lc_streq(t->labels[i], label))
            return i;
    return -1;
}

static enum lc_code rename_label(struct catalog *cat, const struct cat_type *t, const AlterEnumStmt *stmt, struct lc_error *err)
{
    int at = find_label(t, stmt->oldVal);

    if (at < 0)
        return cat_error(err, "22023", "\"%s\" is not an existing enum label", stmt->oldVal);
    if (find_label(t, stmt->newVal) >= 0)
        return cat_error(err, "42710", "enum label \"%s\" already exists", stmt->newVal);
    struct cat_type *copy = cat_modify(cat, t);
    copy->labels = lc_memdup(cat_arena(cat), t->labels, sizeof *t->labels * (size_t)t->nlabels);
    copy->labels[at] = stmt->newVal;
    return LC_OK;
}

static enum lc_code add_label(struct catalog *cat, const struct cat_type *t, const AlterEnumStmt *stmt, struct lc_error *err)
{
    int at = t->nlabels;

    if (find_label(t, stmt->newVal) >= 0)
        return stmt->skipIfNewValExists ? LC_OK : cat_error(err, "42710", "enum label \"%s\" already exists", stmt->newVal);
    if (stmt->newValNeighbor) {
        at = find_label(t, stmt->newValNeighbor);
        if (at < 0)
            return cat_error(err, "22023", "\"%s\" is not an existing enum label", stmt->newValNeighbor);
        at += stmt->newValIsAfter;
    }
    struct cat_type *copy = cat_modify(cat, t);
    copy->labels = LC_NEW_ARRAY(cat_arena(cat), const char *, t->nlabels + 1);
    for (int i = 0, k = 0; i <= t->nlabels; i++)
        copy->labels[i] = i == at ? stmt->newVal : t->labels[k++];
    copy->nlabels++;
    return LC_OK;
}

static enum lc_code find_type(const struct catalog *cat, const NodeList *names, const struct cat_type **type,
                              struct lc_error *err)
{
    TypeName tn = {.tag = T_TypeName, .names = *names, .typemod = -1};
    struct cat_target target;
    enum lc_code rc = cat_object_address(cat, OBJECT_TYPE, (const Node *)(const void *)&tn, false, &target, err);

    *type = rc == LC_OK ? cat_type(cat, target.address.oid) : NULL;
    return rc;
}

static enum lc_code alter_enum(struct catalog *cat, const AlterEnumStmt *stmt, struct lc_error *err)
{
    const struct cat_type *t;
    enum lc_code rc = find_type(cat, &stmt->typeName, &t, err);

    if (rc != LC_OK)
        return rc;
    if (t->stand_in)
        return LC_OK;
    if (t->typtype != 'e')
        return cat_error(err, "42809", "%s is not an enum", cat_format_type(cat, t->o.oid, -1));
    return stmt->oldVal ? rename_label(cat, t, stmt, err) : add_label(cat, t, stmt, err);
}

// --- domains ----------------------------------------------------------------------------------------------------------------------------------

static void depend_constraint(struct catalog *cat, const struct cat_constraint *con)
{
    struct cat_addresses refs = {0};

    cat_expression_dependencies(cat, NULL, con->expr, &refs);
    for (int i = 0; i < refs.len; i++)
        cat_depend(cat, cat_address(CAT_CONSTRAINT, con->o.oid, 0), refs.items[i], 'n');
}

static const struct cat_constraint *find_constraint(const struct catalog *cat, const struct cat_type *t, const char *name)
{
    for (int i = 0; i < t->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(cat, t->constraints.items[i]);

        if (con && lc_streq(con->o.name, name))
            return con;
    }
    return NULL;
}

// domainAddCheckConstraint
static enum lc_code add_check(struct catalog *cat, Oid domain, const Constraint *def, struct lc_error *err)
{
    const struct cat_type *t = cat_type(cat, domain);
    const char *name = def->conname;

    if (name && find_constraint(cat, t, name))
        return cat_error(err, "42710", "constraint \"%s\" for domain \"%s\" already exists", name, t->o.name);
    if (!name)
        name = cat_choose_constraint_name(cat, t->o.name, NULL, "check", t->o.schema);
    struct cat_constraint *con = LC_NEW(cat_arena(cat), struct cat_constraint);
    con->o = (struct cat_object){CAT_CONSTRAINT, cat_new_oid(cat), name, t->o.schema, NULL, true};
    con->contype = 'c';
    con->contypid = domain;
    con->expr = def->raw_expr;
    con->convalidated = !def->skip_validation;
    con->conenforced = true;
    cat_add(cat, &con->o);
    depend_constraint(cat, con);
    return LC_OK;
}

// domainAddNotNullConstraint: since 17 it has a name.
static void add_not_null(struct catalog *cat, Oid domain, const char *name)
{
    const struct cat_type *t = cat_type(cat, domain);
    struct cat_constraint *con = LC_NEW(cat_arena(cat), struct cat_constraint);

    ((struct cat_type *)cat_modify(cat, t))->notnull = true;
    if (cat_major(cat) < 17)
        return;
    if (!name)
        name = cat_choose_constraint_name(cat, t->o.name, NULL, "not_null", t->o.schema);
    con->o = (struct cat_object){CAT_CONSTRAINT, cat_new_oid(cat), name, t->o.schema, NULL, true};
    con->contype = 'n';
    con->contypid = domain;
    con->convalidated = con->conenforced = true;
    cat_add(cat, &con->o);
}

static enum lc_code drop_not_null(struct catalog *cat, const struct cat_type *t, struct lc_error *err)
{
    struct cat_addresses targets = {0};

    ((struct cat_type *)cat_modify(cat, t))->notnull = false;
    for (int i = 0; i < t->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(cat, t->constraints.items[i]);
        if (con && con->contype == 'n')
            LC_PUSH(cat_arena(cat), &targets, cat_address(CAT_CONSTRAINT, con->o.oid, 0));
    }
    return targets.len ? cat_drop(cat, &targets, false, err) : LC_OK;
}

// DefineDomain: what a domain cannot have.
static enum lc_code check_clause(const Constraint *con, struct lc_error *err)
{
    static const struct {
        ConstrType type;
        const char *sqlstate, *message;
    } refused[] = {
        {CONSTR_UNIQUE, "42601", "unique constraints not possible for domains"},
        {CONSTR_PRIMARY, "42601", "primary key constraints not possible for domains"},
        {CONSTR_EXCLUSION, "42601", "exclusion constraints not possible for domains"},
        {CONSTR_FOREIGN, "42601", "foreign key constraints not possible for domains"},
        {CONSTR_ATTR_DEFERRABLE, "0A000", "specifying constraint deferrability not supported for domains"},
        {CONSTR_ATTR_NOT_DEFERRABLE, "0A000", "specifying constraint deferrability not supported for domains"},
        {CONSTR_ATTR_DEFERRED, "0A000", "specifying constraint deferrability not supported for domains"},
        {CONSTR_ATTR_IMMEDIATE, "0A000", "specifying constraint deferrability not supported for domains"},
        {CONSTR_GENERATED, "0A000", "specifying GENERATED not supported for domains"},
        {CONSTR_IDENTITY, "0A000", "specifying GENERATED not supported for domains"},
        {CONSTR_ATTR_ENFORCED, "42P17", "specifying constraint enforceability not supported for domains"},
        {CONSTR_ATTR_NOT_ENFORCED, "42P17", "specifying constraint enforceability not supported for domains"},
    };

    for (size_t i = 0; con && i < sizeof refused / sizeof *refused; i++)
        if (con->contype == refused[i].type)
            return cat_error(err, refused[i].sqlstate, "%s", refused[i].message);
    return LC_OK;
}

static enum lc_code create_domain(struct catalog *cat, const CreateDomainStmt *stmt, struct lc_error *err)
{
    struct cat_type *t;
    int typmod = -1;
    const struct cat_type *base = stmt->typeName ? cat_find_typename(cat, stmt->typeName, &typmod) : NULL;
    enum lc_code rc = new_type(cat, &stmt->domainname, 'd', &t, err);

    if (rc != LC_OK)
        return rc;
    if (!base)
        return cat_error(err, "42704", "type \"%s\" does not exist", list_last_name(&stmt->typeName->names));
    t->category = base->category;
    t->len = base->len;
    t->byval = base->byval;
    t->align = base->align;
    t->storage = base->storage;
    t->basetype = base->o.oid;
    t->typtypmod = typmod;
    t->collation = stmt->collClause ? list_last_name(&stmt->collClause->collname) : base->collation;
    for (LIST_EACH(i, &stmt->constraints)) {
        const Constraint *con = LIST_GET(Constraint, &stmt->constraints, i);

        if ((rc = check_clause(con, err)) != LC_OK)
            return rc;
        if (con && con->contype == CONSTR_NOTNULL)
            t->notnull = true;
        else if (con && con->contype == CONSTR_DEFAULT)
            t->def = con->raw_expr;
    }
    cat_add(cat, &t->o);
    for (LIST_EACH(i, &stmt->constraints)) {
        const Constraint *con = LIST_GET(Constraint, &stmt->constraints, i);

        if (con && con->contype == CONSTR_NOTNULL)
            add_not_null(cat, t->o.oid, con->conname);
        if (con && con->contype == CONSTR_CHECK && (rc = add_check(cat, t->o.oid, con, err)) != LC_OK)
            return rc;
    }
    return LC_OK;
}

static enum lc_code drop_check(struct catalog *cat, const struct cat_type *t, const AlterDomainStmt *stmt, struct lc_error *err)
{
    const struct cat_constraint *con = find_constraint(cat, t, stmt->name);
    struct cat_addresses targets = {0};

    if (!con && stmt->missing_ok)
        return LC_OK;
    if (con && con->contype == 'n')
        return drop_not_null(cat, t, err);
    if (!con)
        return cat_error(err, "42704", "constraint \"%s\" of domain \"%s\" does not exist", stmt->name, t->o.name);
    LC_PUSH(cat_arena(cat), &targets, cat_address(CAT_CONSTRAINT, con->o.oid, 0));
    return cat_drop(cat, &targets, stmt->behavior == DROP_CASCADE, err);
}

static enum lc_code validate_check(struct catalog *cat, const struct cat_type *t, const AlterDomainStmt *stmt,
                                   struct lc_error *err)
{
    const struct cat_constraint *con = find_constraint(cat, t, stmt->name);

    if (!con)
        return cat_error(err, "42704", "constraint \"%s\" of domain \"%s\" does not exist", stmt->name, t->o.name);
    if (con->contype != 'c')
        return cat_error(err, "42809", "constraint \"%s\" of domain \"%s\" is not a check constraint", stmt->name, t->o.name);
    cat_modify_constraint(cat, con->o.oid)->convalidated = true;
    return LC_OK;
}

static enum lc_code alter_domain(struct catalog *cat, const AlterDomainStmt *stmt, struct lc_error *err)
{
    const struct cat_type *t;
    const Constraint *con = AS(Constraint, stmt->def);
    enum lc_code rc = find_type(cat, &stmt->typeName, &t, err);

    if (rc != LC_OK)
        return rc;
    if (t->typtype != 'd')
        return cat_error(err, "42809", "%s is not a domain", cat_format_type(cat, t->o.oid, -1));
    switch (stmt->subtype ? stmt->subtype[0] : 0) {
    case 'T':
        ((struct cat_type *)cat_modify(cat, t))->def = stmt->def;
        return LC_OK;
    case 'N':
        return drop_not_null(cat, t, err);
    case 'O':
        if (!t->notnull)
            add_not_null(cat, t->o.oid, NULL);
        return LC_OK;
    case 'C':
        if (con && con->contype == CONSTR_NOTNULL) {
            if (!t->notnull)
                add_not_null(cat, t->o.oid, con->conname);
            return LC_OK;
        }
        return con ? add_check(cat, t->o.oid, con, err) : LC_OK;
    case 'X':
        return drop_check(cat, t, stmt, err);
    case 'V':
        return validate_check(cat, t, stmt, err);
    default:
        return LC_OK;
    }
}

// --- composite, range and base types ---------------------------------------------------------------------------------------------------------------

static enum lc_code create_composite(struct catalog *cat, const CompositeTypeStmt *stmt, struct lc_error *err)
{
    Oid schema = InvalidOid;
    enum lc_code rc = cat_creation_namespace(cat, stmt->typevar, &schema, err);

    if (rc != LC_OK || (rc = name_is_free(cat, schema, stmt->typevar->relname, err)) != LC_OK)
        return rc;
    struct cat_relation *rel = cat_new_relation(cat, 'c', stmt->typevar->relname, schema);
    cat_reserve_attributes(cat, rel, stmt->coldeflist.length);
    for (LIST_EACH(i, &stmt->coldeflist)) {
        const ColumnDef *def = LIST_GET(ColumnDef, &stmt->coldeflist, i);
        Oid type = InvalidOid;
        int typmod = -1;

        if (!def)
            continue;
        if ((rc = cat_resolve_type(cat, def->typeName, &type, &typmod, err)) != LC_OK)
            return rc;
        struct cat_attribute *att = cat_append_attribute(cat, rel, def->colname, type, typmod);
        att->collation = def->collClause ? list_last_name(&def->collClause->collname) : NULL;
    }
    return cat_publish_relation(cat, rel, err);
}

// makeMultirangeTypeName: "range" in the name becomes "multirange", else "_multirange" is added.
static const char *multirange_name(struct catalog *cat, const char *name)
{
    const char *at = strstr(name, "range");

    if (at)
        return lc_printf(cat_arena(cat), "%.*smulti%s", (int)(at - name), name, at);
    return lc_printf(cat_arena(cat), "%s_multirange", name);
}

// makeRangeConstructors, makeMultirangeConstructors: functions with the type's name.
static void add_constructor(struct catalog *cat, const struct cat_type *range, Oid subtype, int nargs, bool variadic)
{
    struct cat_proc *p = LC_NEW(cat_arena(cat), struct cat_proc);

    p->o = (struct cat_object){CAT_PROC, cat_new_oid(cat), range->o.name, range->o.schema, range->o.owner, true};
    p->kind = 'f';
    p->volatility = 'i';
    p->rettype = range->o.oid;
    p->variadic = variadic;
    p->nargs = nargs;
    p->argtypes = LC_NEW_ARRAY(cat_arena(cat), Oid, nargs);
    p->argnames = LC_NEW_ARRAY(cat_arena(cat), const char *, nargs);
    for (int i = 0; i < nargs; i++)
        p->argtypes[i] = i < 2 ? subtype : TEXTOID;
    p->language = "internal";
    cat_add(cat, &p->o);
    cat_depend(cat, cat_address(CAT_PROC, p->o.oid, 0), cat_address(CAT_TYPE, range->o.oid, 0), 'i');
}

static enum lc_code create_range(struct catalog *cat, const CreateRangeStmt *stmt, struct lc_error *err)
{
    struct cat_type *t;
    const DefElem *sub = cat_option(&stmt->params, "subtype");
    const TypeName *tn = sub ? AS(TypeName, sub->arg) : NULL;
    const struct cat_type *subtype = tn ? cat_find_typename(cat, tn, NULL) : NULL;
    enum lc_code rc = new_type(cat, &stmt->typeName, 'r', &t, err);

    if (rc != LC_OK)
        return rc;
    if (!subtype)
        return cat_error(err, "42704", "type \"%s\" does not exist", tn ? list_last_name(&tn->names) : "");
    t->category = 'R';
    t->rngsubtype = subtype->o.oid;
    const DefElem *named = cat_option(&stmt->params, "multirange_type_name");
    const TypeName *multi_name = named ? AS(TypeName, named->arg) : NULL;
    const char *name = multi_name ? list_last_name(&multi_name->names) : multirange_name(cat, t->o.name);
    Oid schema = t->o.schema;
    if (multi_name && (rc = cat_names_namespace(cat, &multi_name->names, &schema, err)) != LC_OK)
        return rc;
    const struct cat_type *taken = cat_find_type(cat, cat_schema_name(cat, schema), name);
    if (cat_major(cat) >= 14 && taken && taken->o.schema == schema && !taken->elem)
        return cat_error(err, "42710", "type \"%s\" already exists", name);
    cat_add(cat, &t->o);
    add_constructor(cat, t, subtype->o.oid, 2, false);
    add_constructor(cat, t, subtype->o.oid, 3, false);
    if (cat_major(cat) < 14)
        return LC_OK;
    struct cat_type *multi = LC_NEW(cat_arena(cat), struct cat_type);
    *multi = *t;
    multi->o.oid = cat_new_oid(cat);
    multi->o.name = name;
    multi->o.schema = schema;
    multi->typtype = 'm';
    multi->array = InvalidOid;
    multi->rngsubtype = InvalidOid;
    cat_add(cat, &multi->o);
    ((struct cat_type *)cat_modify(cat, cat_type(cat, t->o.oid)))->multirange = multi->o.oid;
    cat_depend(cat, cat_address(CAT_TYPE, multi->o.oid, 0), cat_address(CAT_TYPE, t->o.oid, 0), 'i');
    add_constructor(cat, multi, InvalidOid, 0, false);
    add_constructor(cat, multi, t->o.oid, 1, false);
    add_constructor(cat, multi, cat_type(cat, t->o.oid)->array, 1, true);
    const struct cat_cast *cast = cat_add_cast(cat, t->o.oid, multi->o.oid, 'e', 'f'); // DefineRange (typecmds.c)
    cat_depend(cat, cat_address(CAT_CAST, cast->o.oid, 0), cat_address(CAT_TYPE, t->o.oid, 0), 'i');
    return LC_OK;
}

enum lc_code cat_make_shell_type(struct catalog *cat, const NodeList *names, struct lc_error *err)
{
    struct cat_type *t;
    enum lc_code rc = new_type(cat, names, 'p', &t, err);

    if (rc != LC_OK)
        return rc;
    t->category = 'P';
    t->len = 4;
    t->byval = true;
    cat_add(cat, &t->o);
    return LC_OK;
}

// INTERNALLENGTH, LIKE and the rest of what decides how values are stored.
static void fill_base(struct catalog *cat, struct cat_type *t, const NodeList *definition)
{
    const DefElem *like = cat_option(definition, "like");
    const TypeName *tn = like ? AS(TypeName, like->arg) : NULL;
    const struct cat_type *model = tn ? cat_find_typename(cat, tn, NULL) : NULL;
    const char *length = cat_option_text(cat, definition, "internallength");

    t->typtype = 'b';
    t->category = 'U';
    t->len = model ? model->len : length && length[0] >= '0' && length[0] <= '9' ? (int)strtol(length, NULL, 10) : -1;
    t->byval = model ? model->byval : cat_option_true(definition, "passedbyvalue", false);
    t->align = model ? model->align : 'i';
    t->storage = model ? model->storage : t->len == -1 ? 'x' : 'p';
}

// CREATE TYPE name (INPUT = ...), or a shell type (DefineType).
static enum lc_code create_base(struct catalog *cat, const DefineStmt *stmt, struct lc_error *err)
{
    const char *name = list_last_name(&stmt->defnames);
    const struct cat_type *declared;
    Oid schema = InvalidOid;
    enum lc_code rc;

    if (stmt->definition.length == 0)
        return cat_make_shell_type(cat, &stmt->defnames, err);
    rc = cat_names_namespace(cat, &stmt->defnames, &schema, err);
    if (rc != LC_OK)
        return rc;
    declared = shell(cat, schema, name);
    if (!declared && (rc = name_is_free(cat, schema, name, err)) != LC_OK)
        return rc;
    if (!declared)
        return cat_error(err, "42710", "type \"%s\" does not exist", name);
    struct cat_type *t = cat_modify(cat, declared);
    fill_base(cat, t, &stmt->definition);
    cat_register_implicit_types(cat, cat_slot(cat, CAT_TYPE, t->o.oid));
    return LC_OK;
}

enum lc_code cat_apply_type(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err)
{
    const DefineStmt *define = AS(DefineStmt, stmt);

    *mine = true;
    if (define && define->kind == OBJECT_TYPE)
        return create_base(cat, define, err);
    switch (nodeTag(stmt)) {
    case T_CreateEnumStmt:
        return create_enum(cat, AS(CreateEnumStmt, stmt), err);
    case T_AlterEnumStmt:
        return alter_enum(cat, AS(AlterEnumStmt, stmt), err);
    case T_CreateDomainStmt:
        return create_domain(cat, AS(CreateDomainStmt, stmt), err);
    case T_AlterDomainStmt:
        return alter_domain(cat, AS(AlterDomainStmt, stmt), err);
    case T_CompositeTypeStmt:
        return create_composite(cat, AS(CompositeTypeStmt, stmt), err);
    case T_CreateRangeStmt:
        return create_range(cat, AS(CreateRangeStmt, stmt), err);
    default:
        *mine = false;
        return LC_OK;
    }
}

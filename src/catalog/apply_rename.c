// Applies RENAME, SET SCHEMA, OWNER TO (commands/alter.c, tablecmds.c) and REASSIGN OWNED.
#include <string.h>

#include "catalog/apply_misc.h"
#include "catalog/internal.h"

// --- relations, columns, constraints --------------------------------------------------------------------------------------------------

static enum lc_code name_is_free(const struct catalog *cat, Oid schema, const char *name, struct lc_error *err)
{
    const struct cat_relation *other = cat_find_relation(cat, cat_schema_name(cat, schema), name);

    return other ? cat_error(err, "42P07", "relation \"%s\" already exists", name) : LC_OK;
}

// RenameConstraintById: the constraint's name among those of its table.
static enum lc_code constraint_name_is_free(const struct catalog *cat, const struct cat_constraint *con, const char *name,
                                            struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, con->conrelid);

    if (rel && cat_find_constraint(cat, rel, name))
        return cat_error(err, "42710", "constraint \"%s\" for relation \"%s\" already exists", name, rel->o.name);
    return LC_OK;
}

// RenameRelationInternal: the row type, and the constraint of an index, have the relation's name.
static enum lc_code rename_relation(struct catalog *cat, Oid oid, const char *name, struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, oid);
    const char *old = rel->o.name, *schema = cat_schema_name(cat, rel->o.schema);
    enum lc_code rc = name_is_free(cat, rel->o.schema, name, err);

    if (rc != LC_OK)
        return rc;
    const struct cat_constraint *con = rel->index ? cat_constraint(cat, rel->index->constraint) : NULL;
    if (con && (rc = constraint_name_is_free(cat, con, name, err)) != LC_OK)
        return rc;
    cat_rename(cat, rel, name, rel->o.schema);
    if (con)
        cat_rename(cat, con, name, con->o.schema);
    rel = cat_relation(cat, oid);
    cat_rename_relation_in_trees(cat, rel, schema, old);
    return LC_OK;
}

static enum lc_code rename_relation_stmt(struct catalog *cat, const RenameStmt *stmt, struct lc_error *err)
{
    const struct cat_relation *rel = cat_find_rangevar(cat, stmt->relation);
    enum lc_code rc;

    if (!rel && stmt->missing_ok)
        return LC_OK;
    if ((rc = cat_open_rangevar(cat, stmt->relation, &rel, err)) != LC_OK)
        return rc;
    if (stmt->renameType != OBJECT_TABLE && stmt->renameType != OBJECT_INDEX && cat_wrong_kind(stmt->renameType, rel))
        return cat_error(err, "42809", "\"%s\" %s", rel->o.name, cat_wrong_kind(stmt->renameType, rel));
    return rename_relation(cat, rel->o.oid, stmt->newname, err);
}

int cat_parents_among(const struct cat_relation *rel, const struct cat_oids *all)
{
    int n = 0;

    for (int i = 0; i < rel->parents.len; i++)
        for (int k = 0; k < all->len; k++)
            n += rel->parents.items[i] == all->items[k];
    return n;
}

// One table of those of the statement.
static enum lc_code rename_one_column(struct catalog *cat, Oid oid, const struct cat_oids *all, const RenameStmt *stmt,
                                      struct lc_error *err)
{
    const char *old = stmt->subname, *name = stmt->newname;
    const struct cat_relation *rel = cat_relation(cat, oid);
    const struct cat_attribute *att = cat_find_column(rel, old);

    if (!att && rel->index && !rel->natts)
        return LC_OK; // a snapshot has no names of an index's columns
    if (!att)
        return cat_error(err, "42703", "column \"%s\" does not exist", old);
    if (att->inhcount > cat_parents_among(rel, all))
        return cat_error(err, "42P16", "cannot rename inherited column \"%s\"", old);
    if (cat_find_column(rel, name))
        return cat_error(err, "42701", "column \"%s\" of relation \"%s\" already exists", name, rel->o.name);
    cat_modify_attribute(cat_modify_relation(cat, oid), att->attnum)->name = name;
    cat_rename_column_in_trees(cat, cat_relation(cat, oid), old, name);
    return LC_OK;
}

struct typed {
    Oid type;
    struct cat_oids tables;
    struct lc_arena *arena;
};

static void push_typed(const struct cat_object *o, void *context)
{
    struct typed *t = context;
    const struct cat_relation *rel = (const struct cat_relation *)(const void *)o;

    if (t->type && rel->reloftype == t->type)
        LC_PUSH(t->arena, &t->tables, o->oid);
}

static enum lc_code rename_column(struct catalog *cat, const struct cat_relation *rel, const RenameStmt *stmt,
                                  struct lc_error *err)
{
    struct cat_oids all = {0};
    struct typed typed = {.type = rel->relkind == 'c' ? rel->reltype : InvalidOid, .arena = cat_arena(cat)};
    enum lc_code rc = LC_OK;

    if (rel->reloftype)
        return cat_error(err, "42809", "cannot rename column of typed table");
    const struct cat_attribute *att = cat_find_column(rel, stmt->subname);
    if (att && att->inhcount > 0)
        return cat_error(err, "42P16", "cannot rename inherited column \"%s\"", stmt->subname);
    if (stmt->relation->inh)
        cat_inheritors(cat, rel->o.oid, &all);
    else
        LC_PUSH(cat_arena(cat), &all, rel->o.oid);
    if (!stmt->relation->inh && rel->children.len)
        return cat_error(err, "42P16", "inherited column \"%s\" must be renamed in child tables too", stmt->subname);
    if (typed.type)
        cat_each(cat, CAT_RELATION, push_typed, &typed);
    if (typed.tables.len && stmt->behavior != DROP_CASCADE)
        return cat_error(err, "2BP01", "cannot alter type \"%s\" because it is the type of a typed table", rel->o.name);
    for (int i = 0; i < typed.tables.len; i++)
        cat_inheritors(cat, typed.tables.items[i], &all);
    for (int i = 1; i <= all.len && rc == LC_OK; i++) // renameatt_internal: those below first
        rc = rename_one_column(cat, all.items[i % all.len], &all, stmt, err);
    return rc;
}

static enum lc_code rename_column_stmt(struct catalog *cat, const RenameStmt *stmt, struct lc_error *err)
{
    const struct cat_relation *rel = cat_find_rangevar(cat, stmt->relation);
    enum lc_code rc;

    if (!rel && stmt->missing_ok)
        return LC_OK;
    if ((rc = cat_open_rangevar(cat, stmt->relation, &rel, err)) != LC_OK)
        return rc;
    return rename_column(cat, rel, stmt, err);
}

static enum lc_code rename_constraint(struct catalog *cat, Oid rel_oid, const RenameStmt *stmt, struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, rel_oid);
    const struct cat_constraint *con = cat_find_constraint(cat, rel, stmt->subname);
    enum lc_code rc;

    if (!con)
        return cat_error(err, "42704", "constraint \"%s\" for table \"%s\" does not exist", stmt->subname, rel->o.name);
    if (strchr("pux", con->contype) && cat_relation(cat, con->conindid))
        return rename_relation(cat, con->conindid, stmt->newname, err); // and the constraint with it
    if ((rc = constraint_name_is_free(cat, con, stmt->newname, err)) != LC_OK)
        return rc;
    cat_rename(cat, con, stmt->newname, con->o.schema);
    return LC_OK;
}

// Only these have one name in a whole tree of tables (rename_constraint_internal; NOT NULL has a name since 18).
static bool renamed_with_children(const struct cat_constraint *con)
{
    return con && strchr("cn", con->contype) && !con->connoinherit;
}

// rename_constraint_internal's refusals for one table of a tree.
static enum lc_code inherits_elsewhere(const struct catalog *cat, Oid oid, const struct cat_oids *all, const RenameStmt *stmt,
                                       struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, oid);
    const struct cat_constraint *con = cat_find_constraint(cat, rel, stmt->subname);

    if (!renamed_with_children(con))
        return LC_OK;
    if (!stmt->relation->inh && rel->children.len)
        return cat_error(err, "42P16", "inherited constraint \"%s\" must be renamed in child tables too", stmt->subname);
    if (con->coninhcount > cat_parents_among(rel, all))
        return cat_error(err, "42P16", "cannot rename inherited constraint \"%s\"", stmt->subname);
    return LC_OK;
}

static enum lc_code rename_constraint_stmt(struct catalog *cat, const RenameStmt *stmt, struct lc_error *err)
{
    const struct cat_relation *rel = cat_find_rangevar(cat, stmt->relation);
    struct cat_oids all = {0};
    enum lc_code rc;

    if (!rel && stmt->missing_ok)
        return LC_OK;
    if ((rc = cat_open_rangevar(cat, stmt->relation, &rel, err)) != LC_OK)
        return rc;
    if (rel->reloftype) // renameatt_check, tablecmds.c, is asked here, too
        return cat_error(err, "42809", "cannot rename column of typed table");
    if (renamed_with_children(cat_find_constraint(cat, rel, stmt->subname)) && stmt->relation->inh)
        cat_inheritors(cat, rel->o.oid, &all);
    else
        LC_PUSH(cat_arena(cat), &all, rel->o.oid);
    for (int i = 0; i < all.len && rc == LC_OK; i++) {
        if ((rc = inherits_elsewhere(cat, all.items[i], &all, stmt, err)) == LC_OK)
            rc = rename_constraint(cat, all.items[i], stmt, err);
    }
    return rc;
}

// --- triggers, rules, policies -----------------------------------------------------------------------------------------------------------

// renametrig: since 15 the clones on partitions have the same name.
static void rename_trigger(struct catalog *cat, Oid trigger, const char *name)
{
    const struct cat_trigger *t = cat_trigger(cat, trigger);
    const struct cat_relation *rel = cat_relation(cat, t->relid);

    cat_rename(cat, t, name, t->o.schema);
    if (cat_major(cat) < 15)
        return;
    for (int i = 0; rel && i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(cat, rel->children.items[i]);

        for (int k = 0; child && k < child->triggers.len; k++) {
            const struct cat_trigger *clone = cat_trigger(cat, child->triggers.items[k]);

            if (clone && clone->parent == trigger)
                rename_trigger(cat, clone->o.oid, name);
        }
    }
}

static const char *relobject_what(ObjectType type)
{
    return type == OBJECT_TRIGGER ? "trigger" : type == OBJECT_RULE ? "rule" : "policy";
}

static enum lc_code rename_relobject(struct catalog *cat, const RenameStmt *stmt, struct lc_error *err)
{
    const struct cat_relation *rel = cat_find_rangevar(cat, stmt->relation);
    struct lc_arena *arena = cat_arena(cat);
    List *names = LC_NEW(arena, List);
    struct cat_target target, other;
    enum lc_code rc;

    if (!rel && stmt->missing_ok)
        return LC_OK;
    if ((rc = cat_open_rangevar(cat, stmt->relation, &rel, err)) != LC_OK)
        return rc;
    String *parts = LC_NEW_ARRAY(arena, String, 3);
    names->tag = T_List;
    names->items.length = 3;
    names->items.items = LC_NEW_ARRAY(arena, Node *, 3);
    for (int i = 0; i < 3; i++) {
        parts[i].tag = T_String;
        names->items.items[i] = (Node *)(void *)&parts[i];
    }
    parts[0].sval = cat_schema_name(cat, rel->o.schema);
    parts[1].sval = rel->o.name;
    parts[2].sval = stmt->newname;
    rc = cat_object_address(cat, stmt->renameType, (Node *)(void *)names, true, &other, err);
    parts[2].sval = stmt->subname;
    if (rc == LC_OK)
        rc = cat_object_address(cat, stmt->renameType, (Node *)(void *)names, stmt->missing_ok, &target, err);
    if (rc != LC_OK || target.address.class == CAT_NONE)
        return rc;
    if (other.address.class != CAT_NONE)
        return cat_error(err, "42710", "%s \"%s\" for %s \"%s\" already exists", relobject_what(stmt->renameType), stmt->newname,
                         stmt->renameType == OBJECT_TRIGGER || stmt->renameType == OBJECT_RULE ? "relation" : "table",
                         rel->o.name);
    const struct cat_trigger *trigger = stmt->renameType == OBJECT_TRIGGER ? cat_trigger(cat, target.address.oid) : NULL;
    if (trigger && trigger->parent && cat_major(cat) >= 15) // renametrig
        return cat_error(err, cat_major(cat) < 18 ? "XX000" : "0A000", "cannot rename trigger \"%s\" on table \"%s\"",
                         trigger->o.name, rel->o.name);
    if (trigger)
        rename_trigger(cat, target.address.oid, stmt->newname);
    else
        cat_rename(cat, cat_get(cat, target.address.class, target.address.oid), stmt->newname, InvalidOid);
    return LC_OK;
}

// --- everything else ------------------------------------------------------------------------------------------------------------------------

// The name of a type with a relation is the relation's.
static enum lc_code rename_type(struct catalog *cat, const struct cat_target *target, const char *name, struct lc_error *err)
{
    const struct cat_type *t = cat_type(cat, target->address.oid);

    if (target->relation && target->relation->relkind == 'c')
        return rename_relation(cat, target->relation->o.oid, name, err);
    if (cat_find_type(cat, cat_schema_name(cat, t->o.schema), name))
        return cat_error(err, "42710", "type \"%s\" already exists", name);
    cat_rename(cat, t, name, t->o.schema);
    return LC_OK;
}

// May two objects of one class, name and schema be?
static bool same_key(const struct cat_object *a, const struct cat_object *b)
{
    const void *x = a, *y = b;
    const struct cat_operator *o = x, *r = y;

    switch (a->class) {
    case CAT_PROC:
        return cat_same_arguments(x, y);
    case CAT_OPERATOR:
        return o->left == r->left && o->right == r->right;
    case CAT_OPCLASS:
        return lc_streq(((const struct cat_opclass *)x)->am, ((const struct cat_opclass *)y)->am);
    case CAT_OPFAMILY:
        return lc_streq(((const struct cat_other *)x)->am, ((const struct cat_other *)y)->am);
    case CAT_OTHER:
        return lc_streq(((const struct cat_other *)x)->what, ((const struct cat_other *)y)->what);
    default:
        return true;
    }
}

// AlterObjectRename_internal, AlterObjectNamespace_internal: report_name_conflict, report_namespace_conflict (commands/alter.c)
static enum lc_code check_free(const struct catalog *cat, const struct cat_object *o, const char *name, Oid schema,
                               struct lc_error *err)
{
    for (const struct cat_named *n = cat_first_named(cat, o->class, schema, name); n;
         n = cat_next_named(n->next, o->class, schema, name))
        if (n->slot->object != o && same_key(n->slot->object, o))
            return cat_error(err, o->class == CAT_PROC ? "42723" : "42710", "%s already exists",
                             cat_describe(cat, cat_address(o->class, n->slot->object->oid, 0)));
    return LC_OK;
}

static enum lc_code rename_other(struct catalog *cat, const RenameStmt *stmt, struct lc_error *err)
{
    String name = {.tag = T_String, .sval = stmt->subname};
    const Node *object = stmt->object ? stmt->object : (const Node *)(const void *)&name;
    struct cat_target target;
    enum lc_code rc = cat_object_address(cat, stmt->renameType, object, stmt->missing_ok, &target, err);

    if (rc != LC_OK || target.address.class == CAT_NONE)
        return rc;
    if (target.address.class == CAT_TYPE)
        return rename_type(cat, &target, stmt->newname, err);
    const struct cat_object *o = cat_get(cat, target.address.class, target.address.oid);
    if (target.address.class == CAT_NAMESPACE && cat_schema_oid(cat, stmt->newname))
        return cat_error(err, "42P06", "schema \"%s\" already exists", stmt->newname);
    if ((rc = check_free(cat, o, stmt->newname, o->schema, err)) != LC_OK)
        return rc;
    const char *old = o->name;
    cat_rename(cat, o, stmt->newname, o->schema);
    if (target.address.class == CAT_NAMESPACE)
        cat_rename_relation_in_trees(cat, NULL, old, stmt->newname);
    return LC_OK;
}

// A domain's constraint: object is the domain, subname the constraint.
static enum lc_code rename_domain_constraint(struct catalog *cat, const RenameStmt *stmt, struct lc_error *err)
{
    NodeList names = cat_node_list(stmt->object);
    TypeName tn = {.tag = T_TypeName, .names = names, .typemod = -1};
    const struct cat_type *t = cat_find_typename(cat, &tn, NULL);

    for (int i = 0; t && i < t->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(cat, t->constraints.items[i]);

        if (con && lc_streq(con->o.name, stmt->subname)) {
            cat_rename(cat, con, stmt->newname, con->o.schema);
            return LC_OK;
        }
    }
    return t ? cat_error(err, "42704", "constraint \"%s\" for domain %s does not exist", stmt->subname, t->o.name) : LC_OK;
}

struct in_tablespace {
    struct catalog *cat;
    const char *name;
    struct cat_oids found;
};

static void find_in_tablespace(const struct cat_object *object, void *context)
{
    struct in_tablespace *t = context;

    if (lc_streq(((const struct cat_relation *)(const void *)object)->tablespace, t->name))
        LC_PUSH(cat_arena(t->cat), &t->found, object->oid);
}

// The catalogue has a tablespace only as the name that its relations keep.
static enum lc_code rename_tablespace(struct catalog *cat, const RenameStmt *stmt)
{
    struct in_tablespace t = {cat, stmt->subname, {0}};

    cat_each(cat, CAT_RELATION, find_in_tablespace, &t);
    for (int i = 0; i < t.found.len; i++)
        cat_modify_relation(cat, t.found.items[i])->tablespace = stmt->newname;
    return LC_OK;
}

enum lc_code cat_apply_rename(struct catalog *cat, const RenameStmt *stmt, struct lc_error *err)
{
    switch (stmt->renameType) {
    case OBJECT_TABLE:
    case OBJECT_SEQUENCE:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_INDEX:
    case OBJECT_FOREIGN_TABLE:
        return rename_relation_stmt(cat, stmt, err);
    case OBJECT_COLUMN:
    case OBJECT_ATTRIBUTE:
        return rename_column_stmt(cat, stmt, err);
    case OBJECT_TABCONSTRAINT:
        return rename_constraint_stmt(cat, stmt, err);
    case OBJECT_DOMCONSTRAINT:
        return rename_domain_constraint(cat, stmt, err);
    case OBJECT_TRIGGER:
    case OBJECT_RULE:
    case OBJECT_POLICY:
        return rename_relobject(cat, stmt, err);
    case OBJECT_ROLE:
    case OBJECT_DATABASE:
        return LC_OK;
    case OBJECT_TABLESPACE:
        return rename_tablespace(cat, stmt);
    default:
        return rename_other(cat, stmt, err);
    }
}

// --- SET SCHEMA -----------------------------------------------------------------------------------------------------------------------------

struct moving {
    struct catalog *cat;
    Oid from, to;
    struct cat_oids sequences;
};

static void push_sequence(const struct cat_depend *d, void *context)
{
    struct moving *m = context;
    const struct cat_relation *rel = d->object.class == CAT_RELATION ? cat_relation(m->cat, d->object.oid) : NULL;

    if (rel && rel->relkind == 'S' && d->ref.subid && strchr("ai", d->deptype))
        LC_PUSH(cat_arena(m->cat), &m->sequences, rel->o.oid);
}

static void move_relation(struct catalog *cat, Oid oid, Oid schema)
{
    const struct cat_relation *rel = cat_relation(cat, oid);
    const char *old = cat_schema_name(cat, rel->o.schema);

    cat_rename(cat, rel, rel->o.name, schema);
    rel = cat_relation(cat, oid);
    cat_rename_relation_in_trees(cat, rel, old, rel->o.name);
}

// AlterTableNamespaceInternal: indexes, own sequences and constraints go along.
static void move_table(struct catalog *cat, Oid oid, Oid schema)
{
    const struct cat_relation *rel = cat_relation(cat, oid);
    struct moving m = {cat, rel->o.schema, schema, {0}};

    cat_each_dependent(cat, cat_address(CAT_RELATION, oid, 0), push_sequence, &m);
    move_relation(cat, oid, schema);
    rel = cat_relation(cat, oid);
    for (int i = 0; i < rel->indexes.len; i++)
        move_relation(cat, rel->indexes.items[i], schema);
    for (int i = 0; i < m.sequences.len; i++)
        move_relation(cat, m.sequences.items[i], schema);
    for (int i = 0; i < rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(cat, rel->constraints.items[i]);

        if (con)
            cat_rename(cat, con, con->o.name, schema);
    }
}

// The schema is looked up when the object is found (AlterTableNamespace, ExecAlterObjectSchemaStmt).
static enum lc_code schema_exists(Oid schema, const AlterObjectSchemaStmt *stmt, struct lc_error *err)
{
    return schema ? LC_OK : cat_error(err, "3F000", "schema \"%s\" does not exist", stmt->newschema);
}

static enum lc_code set_schema_relation(struct catalog *cat, const AlterObjectSchemaStmt *stmt, Oid schema, struct lc_error *err)
{
    const struct cat_relation *rel = cat_find_rangevar(cat, stmt->relation);
    enum lc_code rc;

    if (!rel && stmt->missing_ok)
        return LC_OK;
    if ((rc = cat_open_rangevar(cat, stmt->relation, &rel, err)) != LC_OK)
        return rc;
    if (rel->relkind == 'S' && rel->seq_owner_rel)
        return cat_error(err, "0A000", "cannot move an owned sequence into another schema");
    if ((rc = schema_exists(schema, stmt, err)) != LC_OK)
        return rc;
    if (rel->o.schema == schema)
        return LC_OK;
    if (cat_find_relation(cat, stmt->newschema, rel->o.name))
        return cat_error(err, "42P07", "relation \"%s\" already exists in schema \"%s\"", rel->o.name, stmt->newschema);
    move_table(cat, rel->o.oid, schema);
    return LC_OK;
}

static void move_member(const struct cat_depend *d, void *context)
{
    struct moving *m = context;

    if (d->deptype == 'e')
        LC_PUSH(cat_arena(m->cat), &m->sequences, (Oid)d->object.class);
    if (d->deptype == 'e')
        LC_PUSH(cat_arena(m->cat), &m->sequences, d->object.oid);
}

static void move_extension(struct catalog *cat, const struct cat_object *ext, Oid schema)
{
    struct moving m = {cat, ext->schema, schema, {0}};

    cat_each_dependent(cat, cat_address(CAT_EXTENSION, ext->oid, 0), move_member, &m);
    for (int i = 0; i + 1 < m.sequences.len; i += 2) {
        const struct cat_object *o = cat_get(cat, (enum cat_class)m.sequences.items[i], m.sequences.items[i + 1]);

        if (o && o->schema && o->schema == ext->schema)
            cat_rename(cat, o, o->name, schema);
    }
    cat_rename(cat, ext, ext->name, schema);
}

enum lc_code cat_apply_set_schema(struct catalog *cat, const AlterObjectSchemaStmt *stmt, struct lc_error *err)
{
    Oid schema = cat_schema_oid(cat, stmt->newschema);
    struct cat_target target;
    enum lc_code rc;

    if (cat_is_relation_type(stmt->objectType))
        return set_schema_relation(cat, stmt, schema, err);
    rc = cat_object_address(cat, stmt->objectType, stmt->object, stmt->missing_ok, &target, err);
    if (rc == LC_OK && (target.address.class != CAT_NONE || !stmt->missing_ok))
        rc = schema_exists(schema, stmt, err);
    if (rc != LC_OK || target.address.class == CAT_NONE)
        return rc;
    const struct cat_object *o = cat_get(cat, target.address.class, target.address.oid);
    if (target.address.class == CAT_EXTENSION)
        move_extension(cat, o, schema);
    else if (target.address.class == CAT_TYPE && target.relation)
        move_relation(cat, target.relation->o.oid, schema);
    else if (o->schema != schema && (rc = check_free(cat, o, o->name, schema, err)) == LC_OK)
        cat_rename(cat, o, o->name, schema);
    return rc;
}

// --- OWNER ------------------------------------------------------------------------------------------------------------------------------------

static void set_owner(struct catalog *cat, const struct cat_object *o, const char *owner)
{
    struct cat_object *copy = cat_modify(cat, o);

    copy->owner = owner;
}

enum lc_code cat_apply_owner(struct catalog *cat, const AlterOwnerStmt *stmt, struct lc_error *err)
{
    struct cat_target target;
    enum lc_code rc = cat_object_address(cat, stmt->objectType, stmt->object, false, &target, err);

    if (rc != LC_OK || target.address.class == CAT_NONE)
        return rc;
    set_owner(cat, cat_get(cat, target.address.class, target.address.oid), cat_role_owner(cat, stmt->newowner));
    if (target.address.class == CAT_TYPE && target.relation)
        set_owner(cat, &target.relation->o, cat_role_owner(cat, stmt->newowner));
    return LC_OK;
}

struct reassign {
    struct lc_arena *arena;
    const char *from;
    struct cat_addresses found;
};

static void push_owned(const struct cat_object *o, void *context)
{
    struct reassign *r = context;

    if (o->oid >= FirstNormalObjectId && lc_streq(o->owner, r->from))
        LC_PUSH(r->arena, &r->found, cat_address(o->class, o->oid, 0));
}

enum lc_code cat_apply_reassign(struct catalog *cat, const ReassignOwnedStmt *stmt, struct lc_error *err)
{
    (void)err;
    for (LIST_EACH(i, &stmt->roles)) {
        struct reassign r = {cat_arena(cat), cat_role_owner(cat, LIST_GET(RoleSpec, &stmt->roles, i)), {0}};

        for (int c = CAT_NONE + 1; c < CAT_CLASS_COUNT; c++)
            if (c != CAT_ATTRDEF)
                cat_each(cat, (enum cat_class)c, push_owned, &r);
        for (int k = 0; k < r.found.len; k++)
            set_owner(cat, cat_get(cat, r.found.items[k].class, r.found.items[k].oid), cat_role_owner(cat, stmt->newrole));
    }
    return LC_OK;
}

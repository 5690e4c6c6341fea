// Relations, columns and sequences as CREATE statements make them, with the dependencies that the server records (catalog/heap.c).
#include <string.h>

#include "catalog/apply_internal.h"
#include "catalog/coerce.h"
#include "catalog/expr.h"
#include "catalog/oids.h"

// Its own copy of attrs, with room for so many.
static void copy_attrs(struct catalog *cat, struct cat_relation *rel, int room)
{
    struct cat_attribute *attrs = LC_NEW_ARRAY(cat_arena(cat), struct cat_attribute, room);

    if (rel->natts)
        memcpy(attrs, rel->attrs, sizeof *attrs * (size_t)rel->natts);
    rel->attrs = attrs;
    rel->room = room;
}

struct cat_relation *cat_modify_relation(struct catalog *cat, Oid oid)
{
    struct cat_relation *rel = cat_modify(cat, cat_relation(cat, oid));

    if (!rel->room)
        copy_attrs(cat, rel, rel->natts);
    return rel;
}

void cat_reserve_attributes(struct catalog *cat, struct cat_relation *rel, int more)
{
    if (rel->natts + more > rel->room)
        copy_attrs(cat, rel, rel->natts + more);
}

struct cat_attribute *cat_modify_attribute(struct cat_relation *rel, int attnum)
{
    return attnum >= 1 && attnum <= rel->natts ? &rel->attrs[attnum - 1] : NULL;
}

struct cat_constraint *cat_modify_constraint(struct catalog *cat, Oid oid)
{
    return cat_modify(cat, cat_constraint(cat, oid));
}

struct cat_relation *cat_new_relation(struct catalog *cat, char relkind, const char *name, Oid schema)
{
    struct cat_relation *rel = LC_NEW(cat_arena(cat), struct cat_relation);

    rel->o = (struct cat_object){CAT_RELATION, cat_new_oid(cat), name, schema, cat_user(cat), true};
    rel->relkind = relkind;
    rel->relpersistence = 'p';
    rel->relreplident = relkind == 'r' || relkind == 'p' || relkind == 'm' ? 'd' : 'n';
    rel->ispopulated = true;
    rel->new_storage = true;
    rel->size.known = true;
    rel->size.exact = true;
    rel->size.tuples = 0;
    if (relkind == 'r' || relkind == 'm')
        rel->am = cat_default_am(cat, NULL);
    return rel;
}

enum lc_code cat_check_attribute_type(const struct catalog *cat, const char *name, Oid type, struct lc_error *err)
{
    const struct cat_type *t = cat_type(cat, cat_base_type(cat, type, NULL));

    return t && t->typtype == 'p' ? cat_error(err, "42P16", "column \"%s\" has pseudo-type %s", name, t->o.name) : LC_OK;
}

enum lc_code cat_check_query_columns(const struct catalog *cat, const struct cat_relation *rel, struct lc_error *err)
{
    for (int i = 1; i < rel->natts; i++)
        for (int k = 0; k < i; k++)
            if (lc_streq(rel->attrs[i].name, rel->attrs[k].name))
                return cat_error(err, "42701", "column \"%s\" specified more than once", rel->attrs[i].name);
    for (int i = 0; i < rel->natts; i++) {
        if (coerce_is_polymorphic(rel->attrs[i].type))
            continue; // a call whose arguments have not been told
        enum lc_code rc = cat_check_attribute_type(cat, rel->attrs[i].name, rel->attrs[i].type, err);
        if (rc != LC_OK)
            return rc;
    }
    return LC_OK;
}

enum lc_code cat_publish_relation(struct catalog *cat, struct cat_relation *rel, struct lc_error *err)
{
    bool rowtype = strchr("rpvmfc", rel->relkind) != NULL;

    if (rel->natts > MAX_HEAP_ATTRIBUTES) // CheckAttributeNamesTypes
        return cat_error(err, "54011", "tables can have at most %d columns", MAX_HEAP_ATTRIBUTES);
    if (cat_find_relation(cat, cat_schema_name(cat, rel->o.schema), rel->o.name))
        return cat_error(err, "42P07", "relation \"%s\" already exists", rel->o.name);
    // heap_create
    if (lc_streq(cat_schema_name(cat, rel->o.schema), "pg_catalog") && !strchr("iI", rel->relkind) &&
        !lc_strieq(cat_setting(cat, "allow_system_table_mods"), "on"))
        return cat_error(err, "42501", "permission denied to create \"pg_catalog.%s\"", rel->o.name);
    // heap_create_with_catalog: a type of that name (an array type gives way) is in the way of the row type
    if (rowtype) {
        const struct cat_type *type = cat_find_type(cat, cat_schema_name(cat, rel->o.schema), rel->o.name);
        if (type && type->o.schema == rel->o.schema && !type->elem)
            return cat_error(err, "42710", "type \"%s\" already exists", rel->o.name);
    }
    cat_add(cat, &rel->o);
    for (int i = 1; i <= rel->natts; i++)
        cat_depend_column(cat, rel, i);
    return LC_OK;
}

struct cat_attribute *cat_append_attribute(struct catalog *cat, struct cat_relation *rel, const char *name, Oid type, int typmod)
{
    const struct cat_type *t = cat_type(cat, type);
    struct cat_attribute *att;

    if (rel->natts >= rel->room)
        copy_attrs(cat, rel, rel->natts + 4);
    att = &rel->attrs[rel->natts];
    att->name = name;
    att->attnum = ++rel->natts;
    att->type = type;
    att->typmod = typmod;
    att->islocal = true;
    att->storage = t && t->storage ? t->storage : 'p';
    return att;
}

void cat_depend_collation(struct catalog *cat, struct cat_address object, const char *schema, const char *name)
{
    const struct cat_other *collation = name ? cat_find_other(cat, CAT_COLLATION, schema, name) : NULL;

    if (collation && collation->o.oid >= FirstNormalObjectId)
        cat_depend(cat, object, cat_address(CAT_COLLATION, collation->o.oid, 0), 'n');
}

void cat_depend_column(struct catalog *cat, const struct cat_relation *rel, int attnum)
{
    const struct cat_attribute *att = &rel->attrs[attnum - 1];

    if (!att->isdropped)
        cat_depend_collation(cat, cat_address(CAT_RELATION, rel->o.oid, attnum), NULL, att->collation);
}

void cat_depend_expr(struct catalog *cat, struct cat_address object, const struct cat_relation *rel, const Node *expr,
                     char deptype, char self_deptype)
{
    struct cat_attnums columns = {0};
    struct cat_addresses refs = {0};
    bool whole = false;

    if (!expr)
        return;
    if (rel) {
        struct cat_scope scope = cat_scope_of(cat_arena(cat), rel);
        cat_expr_columns(cat, rel, expr, &columns, &whole);
        cat_expr_dependencies(cat, &scope, expr, &refs);
    } else {
        cat_expr_dependencies(cat, NULL, expr, &refs);
    }
    for (int i = 0; i < columns.len; i++)
        cat_depend(cat, object, cat_address(CAT_RELATION, rel->o.oid, columns.items[i]), self_deptype);
    if (whole)
        cat_depend(cat, object, cat_address(CAT_RELATION, rel->o.oid, 0), self_deptype);
    for (int i = 0; i < refs.len; i++) {
        struct cat_address ref = refs.items[i];
        bool self = rel && ref.class == CAT_RELATION && ref.oid == rel->o.oid;
        if (!self && ref.oid >= FirstNormalObjectId)
            cat_depend(cat, object, ref, deptype);
    }
}

static bool is_temp(const RangeVar *rv)
{
    return (rv->relpersistence && rv->relpersistence[0] == 't') || (rv->schemaname && strcmp(rv->schemaname, "pg_temp") == 0);
}

enum lc_code cat_creation_namespace(const struct catalog *cat, const RangeVar *rv, Oid *schema, struct lc_error *err)
{
    bool own_schema = lc_starts(rv->schemaname, "pg_temp");
    if (rv->schemaname && !own_schema && rv->relpersistence && rv->relpersistence[0] == 't')
        return cat_error(err, "42P16", "cannot create temporary relation in non-temporary schema");
    if (own_schema && rv->relpersistence && rv->relpersistence[0] == 'u')
        return cat_error(err, "42P16", "only temporary relations may be created in temporary schemas");
    if (is_temp(rv)) {
        *schema = cat_schema_oid(cat, "pg_temp");
        return LC_OK;
    }
    if (rv->schemaname) {
        *schema = cat_schema_oid(cat, rv->schemaname);
        return *schema ? LC_OK : cat_error(err, "3F000", "schema \"%s\" does not exist", rv->schemaname);
    }
    *schema = cat_creation_schema(cat);
    return *schema ? LC_OK : cat_error(err, "3F000", "no schema has been selected to create in");
}

// GetDefaultTablespace (commands/tablespace.c): what is named, what the partitioned table has, default_tablespace.
enum lc_code cat_choose_tablespace(const struct catalog *cat, const char *named, const char *parent, const char **out,
                                   struct lc_error *err)
{
    const char *setting = cat_setting(cat, "default_tablespace");

    *out = named ? named : parent ? parent : setting && *setting && !lc_streq(setting, "pg_default") ? setting : NULL;
    if (lc_streq(*out, "pg_global"))
        return cat_error(err, "22023", "only shared relations can be placed in pg_global tablespace");
    return LC_OK;
}

enum lc_code cat_open_rangevar(const struct catalog *cat, const RangeVar *rv, const struct cat_relation **rel,
                               struct lc_error *err)
{
    *rel = cat_find_rangevar(cat, rv);
    if (*rel)
        return LC_OK;
    if (rv->schemaname)
        return cat_error(err, "42P01", "relation \"%s.%s\" does not exist", rv->schemaname, rv->relname);
    return cat_error(err, "42P01", "relation \"%s\" does not exist", rv->relname);
}

// --- sequences ---------------------------------------------------------------------------------------------------------------------

struct cat_relation *cat_define_sequence(struct catalog *cat, const char *name, Oid schema, char relpersistence)
{
    struct cat_relation *seq = cat_new_relation(cat, 'S', name, schema);
    struct lc_error ignored;

    seq->relpersistence = relpersistence;
    cat_reserve_attributes(cat, seq, 3);
    (void)cat_append_attribute(cat, seq, "last_value", INT8OID, -1);
    (void)cat_append_attribute(cat, seq, "log_cnt", INT8OID, -1);
    (void)cat_append_attribute(cat, seq, "is_called", BOOLOID, -1);
    return cat_publish_relation(cat, seq, &ignored) == LC_OK ? seq : NULL;
}

void cat_own_sequence(struct catalog *cat, Oid sequence, Oid rel, int attnum, char deptype)
{
    struct cat_relation *seq = cat_modify(cat, cat_relation(cat, sequence));

    cat_undepend(cat, cat_address(CAT_RELATION, sequence, 0), CAT_RELATION); // as a snapshot told it
    seq->seq_owner_rel = rel;
    seq->seq_owner_att = rel ? attnum : 0;
    seq->seq_deptype = rel ? deptype : 0;
    if (rel)
        cat_link_sequence(cat, sequence);
}

// Applies CREATE and ALTER PUBLICATION: members with their column lists and row filters (publicationcmds.c, catalog/pg_publication.c).
#include <string.h>

#include "catalog/apply_misc.h"
#include "catalog/bind.h"

struct member { // PublicationRelInfo
    Oid rel;
    const PublicationTable *table;
};

struct members LC_ARRAY(struct member);

struct change {
    struct catalog *cat;
    struct cat_publication *pub; // a copy that may be changed
    AlterPublicationAction action;
    struct members members; // the tables that the statement names, and their children
    struct cat_oids schemas;
    struct lc_error *err;
};

struct member_search {
    Oid rel;
    bool found;
};

static void match_member(const struct cat_object *object, void *context)
{
    const struct cat_publication *pub = (const void *)object;
    struct member_search *search = context;

    for (int i = 0; i < pub->relations.len; i++)
        search->found |= pub->relations.items[i] == search->rel;
}

bool cat_is_published(const struct catalog *cat, const struct cat_relation *rel)
{
    struct member_search search = {.rel = rel->o.oid};

    cat_each(cat, CAT_PUBLICATION, match_member, &search);
    return search.found;
}

// --- what the statement names (OpenTableList, ObjectsInPublicationToOids) -------------------------------------------------------------------------

static struct member *find_member(struct change *c, Oid rel)
{
    for (int i = 0; i < c->members.len; i++)
        if (c->members.items[i].rel == rel)
            return &c->members.items[i];
    return NULL;
}

static enum lc_code redundant(const struct change *c, const struct cat_relation *rel, const PublicationTable *one,
                              const PublicationTable *other)
{
    if (one->whereClause || other->whereClause)
        return cat_error(c->err, "42710", "conflicting or redundant WHERE clauses for table \"%s\"", rel->o.name);
    if (one->columns.length || other->columns.length)
        return cat_error(c->err, "42710", "conflicting or redundant column lists for table \"%s\"", rel->o.name);
    return LC_OK;
}

static enum lc_code open_table(struct change *c, const PublicationTable *table)
{
    const struct cat_relation *rel;
    struct cat_oids all = {0};
    enum lc_code rc = cat_open_rangevar(c->cat, table->relation, &rel, c->err);

    if (rc != LC_OK)
        return rc;
    const struct member *known = find_member(c, rel->o.oid);
    if (known)
        return redundant(c, rel, table, known->table);
    if (table->relation->inh && rel->relkind != 'p') // children of inheritance are members of their own
        cat_inheritors(c->cat, rel->o.oid, &all);
    else
        LC_PUSH(cat_arena(c->cat), &all, rel->o.oid);
    for (int i = 0; i < all.len && rc == LC_OK; i++) {
        known = find_member(c, all.items[i]);
        if (known)
            rc = redundant(c, rel, table, known->table);
        else
            LC_PUSH(cat_arena(c->cat), &c->members, (struct member){all.items[i], table});
    }
    return rc;
}

static enum lc_code open_objects(struct change *c, const NodeList *objects)
{
    enum lc_code rc = LC_OK;

    for (int i = 0; i < objects->length && rc == LC_OK; i++) {
        const PublicationObjSpec *spec = LIST_GET(PublicationObjSpec, objects, i);
        Oid schema = InvalidOid;

        if (spec && spec->pubobjtype == PUBLICATIONOBJ_TABLES_IN_SCHEMA) {
            schema = cat_schema_oid(c->cat, spec->name);
            if (!schema)
                rc = cat_error(c->err, "3F000", "schema \"%s\" does not exist", spec->name ? spec->name : "");
        } else if (spec && spec->pubobjtype == PUBLICATIONOBJ_TABLES_IN_CUR_SCHEMA) {
            schema = cat_creation_schema(c->cat);
        }
        if (schema && !cat_oids_has(&c->schemas, schema))
            LC_PUSH(cat_arena(c->cat), &c->schemas, schema);
        if (spec && spec->pubtable)
            rc = open_table(c, spec->pubtable);
    }
    return rc;
}

// --- what may be published --------------------------------------------------------------------------------------------------------------------------

// TransformPubWhereClauses: only columns, constants and what is built in and immutable.
static enum lc_code check_filter(const struct change *c, const struct cat_relation *rel, const Node *where)
{
    struct cat_scope scope = cat_scope_of(cat_arena(c->cat), rel);
    struct cat_addresses refs = {0};
    bool known = true;
    enum lc_code rc;

    if (rel->relkind == 'p' && !c->pub->viaroot)
        return cat_error(c->err, "22023", "cannot use publication WHERE clause for relation \"%s\"", rel->o.name);
    if ((rc = cat_check_expr_names(c->cat, &scope, where, c->err)) != LC_OK)
        return rc;
    cat_expr_dependencies(c->cat, &scope, where, &refs);
    bool simple = true;
    for (int i = 0; i < refs.len; i++) {
        const struct cat_address *r = &refs.items[i];
        const struct cat_attribute *att = r->class == CAT_RELATION ? cat_attribute_at(rel, r->subid) : NULL;
        simple &= r->class == CAT_RELATION ? !att || att->type < FirstNormalObjectId : r->oid < FirstNormalObjectId;
    }
    if (!simple || (cat_expr_volatility(c->cat, &scope, where, &known) != 'i' && known))
        return cat_error(c->err, "0A000", "invalid publication WHERE expression");
    return LC_OK;
}

// CheckPubRelationColumnList
static enum lc_code check_list(const struct change *c, const struct cat_relation *rel)
{
    bool schemas = c->schemas.len || (c->action == AP_AddObjects && c->pub->schemas.len);

    if (schemas || (rel->relkind == 'p' && !c->pub->viaroot))
        return cat_error(c->err, "22023", "cannot use column list for relation \"%s.%s\" in publication \"%s\"",
                         cat_schema_name(c->cat, rel->o.schema), rel->o.name, c->pub->o.name);
    return LC_OK;
}

// pub_collist_validate
static enum lc_code check_columns(const struct change *c, const struct cat_relation *rel, const NodeList *columns)
{
    for (LIST_EACH(i, columns)) {
        const char *name = node_string(columns->items[i]);
        const struct cat_attribute *att = name ? cat_find_column(rel, name) : NULL;
        if (name && cat_is_system_column(name))
            return cat_error(c->err, "42P10", "cannot use system column \"%s\" in publication column list", name);
        if (!att)
            return cat_error(c->err, "42703", "column \"%s\" of relation \"%s\" does not exist", name ? name : "", rel->o.name);
        if (att->generated && (cat_major(c->cat) < 18 || att->generated == 'v'))
            return cat_error(c->err, "42P10", "cannot use %sgenerated column \"%s\" in publication column list",
                             cat_major(c->cat) < 18 ? "" : "virtual ", name);
        for (int k = 0; k < i; k++)
            if (lc_streq(node_string(columns->items[k]), name))
                return cat_error(c->err, "42710", "duplicate column \"%s\" in publication column list", name);
    }
    return LC_OK;
}

// publication_add_relation, check_publication_add_relation
static enum lc_code check_member(const struct change *c, const struct cat_relation *rel, const PublicationTable *table)
{
    if (c->action == AP_AddObjects && cat_oids_has(&c->pub->relations, rel->o.oid))
        return cat_error(c->err, "42710", "relation \"%s\" is already member of publication \"%s\"", rel->o.name, c->pub->o.name);
    if (!strchr("rp", rel->relkind) || rel->relpersistence != 'p' || rel->o.oid < FirstNormalObjectId)
        return cat_error(c->err, "22023", "cannot add relation \"%s\" to publication", rel->o.name);
    return check_columns(c, rel, &table->columns);
}

static enum lc_code check_members(const struct change *c)
{
    enum lc_code rc = LC_OK;

    for (int i = 0; i < c->members.len && rc == LC_OK; i++)
        if (c->members.items[i].table->whereClause)
            rc = check_filter(c, cat_relation(c->cat, c->members.items[i].rel), c->members.items[i].table->whereClause);
    for (int i = 0; i < c->members.len && rc == LC_OK; i++)
        if (c->members.items[i].table->columns.length)
            rc = check_list(c, cat_relation(c->cat, c->members.items[i].rel));
    for (int i = 0; i < c->members.len && rc == LC_OK; i++)
        rc = check_member(c, cat_relation(c->cat, c->members.items[i].rel), c->members.items[i].table);
    return rc;
}

// --- members come and go ----------------------------------------------------------------------------------------------------------------------------

static void leave(struct change *c, Oid rel)
{
    const struct cat_publication_rel *part = cat_published_part(c->cat, c->pub->o.oid, rel);
    struct cat_oids kept = {0};

    for (int i = 0; i < c->pub->relations.len; i++)
        if (c->pub->relations.items[i] != rel)
            LC_PUSH(cat_arena(c->cat), &kept, c->pub->relations.items[i]);
    c->pub->relations = kept;
    if (part)
        cat_remove(c->cat, part);
}

static void enter(struct change *c, const struct member *m)
{
    const struct cat_relation *rel = cat_relation(c->cat, m->rel);
    struct cat_addresses refs = {0};

    LC_PUSH(cat_arena(c->cat), &c->pub->relations, m->rel);
    if (!m->table->whereClause && !m->table->columns.length)
        return;
    struct cat_publication_rel *part = LC_NEW(cat_arena(c->cat), struct cat_publication_rel);
    part->o = (struct cat_object){CAT_PUBLICATION_REL, cat_new_oid(c->cat), rel->o.name, InvalidOid, NULL, true};
    part->pubid = c->pub->o.oid;
    part->relid = m->rel;
    for (LIST_EACH(i, &m->table->columns))
        LC_PUSH(cat_arena(c->cat), &part->columns, cat_find_column(rel, node_string(m->table->columns.items[i]))->attnum);
    if (m->table->whereClause) {
        part->where = cat_bind_expression(c->cat, m->table->whereClause);
        cat_expression_dependencies(c->cat, rel, part->where, &refs);
    }
    cat_add(c->cat, &part->o);
    for (int i = 0; i < refs.len; i++)
        cat_depend(c->cat, cat_address(CAT_PUBLICATION_REL, part->o.oid, 0), refs.items[i], 'n');
}

static void add_members(struct change *c)
{
    while (c->action == AP_SetObjects && c->pub->relations.len)
        leave(c, c->pub->relations.items[0]);
    for (int i = 0; i < c->members.len; i++)
        enter(c, &c->members.items[i]);
}

// PublicationDropTables
static enum lc_code drop_members(struct change *c)
{
    for (int i = 0; i < c->members.len; i++) {
        const struct cat_relation *rel = cat_relation(c->cat, c->members.items[i].rel);
        if (c->members.items[i].table->columns.length)
            return cat_error(c->err, "42601", "column list must not be specified in ALTER PUBLICATION ... DROP");
        if (!cat_oids_has(&c->pub->relations, rel->o.oid))
            return cat_error(c->err, "42704", "relation \"%s\" is not part of the publication", rel->o.name);
        if (c->members.items[i].table->whereClause)
            return cat_error(c->err, "42601", "cannot use a WHERE clause when removing a table from a publication");
        leave(c, rel->o.oid);
    }
    return LC_OK;
}

// AlterPublicationSchemas
static enum lc_code change_schemas(struct change *c)
{
    struct cat_oids kept = {0};

    if (c->action == AP_SetObjects) {
        c->pub->schemas = c->schemas;
        return LC_OK;
    }
    for (int i = 0; i < c->pub->relations.len && c->action == AP_AddObjects && c->schemas.len; i++) {
        const struct cat_publication_rel *part = cat_published_part(c->cat, c->pub->o.oid, c->pub->relations.items[i]);
        if (part && part->columns.len)
            return cat_error(c->err, "22023", "cannot add schema to publication \"%s\"", c->pub->o.name);
    }
    for (int i = 0; i < c->schemas.len; i++)
        if (cat_oids_has(&c->pub->schemas, c->schemas.items[i]) == (c->action == AP_AddObjects))
            return cat_error(c->err, c->action == AP_AddObjects ? "42710" : "42704",
                             c->action == AP_AddObjects ? "schema \"%s\" is already member of publication \"%s\""
                                                        : "tables from schema \"%s\" are not part of the publication",
                             cat_schema_name(c->cat, c->schemas.items[i]), c->pub->o.name);
    for (int i = 0; i < c->pub->schemas.len; i++)
        if (c->action == AP_AddObjects || !cat_oids_has(&c->schemas, c->pub->schemas.items[i]))
            LC_PUSH(cat_arena(c->cat), &kept, c->pub->schemas.items[i]);
    for (int i = 0; i < c->schemas.len && c->action == AP_AddObjects; i++)
        LC_PUSH(cat_arena(c->cat), &kept, c->schemas.items[i]);
    c->pub->schemas = kept;
    return LC_OK;
}

// --- options (parse_publication_options) ------------------------------------------------------------------------------------------------------------

static void read_options(struct cat_publication *pub, const NodeList *options)
{
    const DefElem *publish = cat_option(options, "publish"), *generated = cat_option(options, "publish_generated_columns");
    const char *what = publish ? node_string(publish->arg) : NULL;

    if (what) {
        pub->update = strstr(what, "update") != NULL;
        pub->delete = strstr(what, "delete") != NULL;
    }
    pub->viaroot = cat_option_true(options, "publish_via_partition_root", pub->viaroot);
    if (generated)
        pub->generated = lc_streq(node_string(generated->arg), "stored");
}

// AlterPublicationOptions: a partitioned table has neither list nor filter when its partitions are published each for itself.
static enum lc_code check_options(const struct catalog *cat, const struct cat_publication *pub, struct lc_error *err)
{
    for (int i = 0; i < pub->relations.len && !pub->viaroot; i++) {
        const struct cat_relation *rel = cat_relation(cat, pub->relations.items[i]);
        if (rel && rel->relkind == 'p' && cat_published_part(cat, pub->o.oid, rel->o.oid))
            return cat_error(err, "22023", "cannot set parameter \"publish_via_partition_root\" to false for publication \"%s\"",
                             pub->o.name);
    }
    return LC_OK;
}

// --- statements -------------------------------------------------------------------------------------------------------------------------------------

static enum lc_code find_publication(const struct catalog *cat, const char *name, bool missing_ok, struct cat_target *target,
                                     struct lc_error *err)
{
    String node = {.tag = T_String, .sval = name};

    return cat_object_address(cat, OBJECT_PUBLICATION, (const Node *)(const void *)&node, missing_ok, target, err);
}

enum lc_code cat_apply_create_publication(struct catalog *cat, const CreatePublicationStmt *stmt, struct lc_error *err)
{
    struct cat_target target;
    enum lc_code rc = find_publication(cat, stmt->pubname, true, &target, err);

    if (rc != LC_OK)
        return rc;
    if (target.address.class != CAT_NONE)
        return cat_error(err, "42710", "publication \"%s\" already exists", stmt->pubname);
    struct cat_publication *pub = LC_NEW(cat_arena(cat), struct cat_publication);
    struct change c = {.cat = cat, .pub = pub, .action = AP_SetObjects, .err = err};
    pub->o = (struct cat_object){CAT_PUBLICATION, cat_new_oid(cat), stmt->pubname, InvalidOid, cat_user(cat), true};
    pub->alltables = stmt->for_all_tables;
    pub->update = pub->delete = true;
    read_options(pub, &stmt->options);
    if ((rc = open_objects(&c, &stmt->pubobjects)) != LC_OK || (rc = check_members(&c)) != LC_OK)
        return rc;
    pub->schemas = c.schemas;
    cat_add(cat, &pub->o);
    add_members(&c);
    return LC_OK;
}

enum lc_code cat_apply_alter_publication(struct catalog *cat, const AlterPublicationStmt *stmt, struct lc_error *err)
{
    struct cat_target target;
    enum lc_code rc = find_publication(cat, stmt->pubname, false, &target, err);

    if (rc != LC_OK)
        return rc;
    struct cat_publication *pub = cat_modify(cat, cat_get(cat, CAT_PUBLICATION, target.address.oid));
    struct change c = {.cat = cat, .pub = pub, .action = stmt->action, .err = err};
    if (stmt->options.length) {
        read_options(pub, &stmt->options);
        rc = check_options(cat, pub, err);
    }
    if (rc != LC_OK || !stmt->pubobjects.length)
        return rc;
    if (pub->alltables) // CheckAlterPublication
        return cat_error(err, "55000", "publication \"%s\" is defined as FOR ALL TABLES", stmt->pubname);
    if ((rc = open_objects(&c, &stmt->pubobjects)) != LC_OK)
        return rc;
    rc = stmt->action == AP_DropObjects ? drop_members(&c) : check_members(&c);
    if (rc == LC_OK && stmt->action != AP_DropObjects)
        add_members(&c);
    return rc == LC_OK ? change_schemas(&c) : rc;
}

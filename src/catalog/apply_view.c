// Applies statements about views, materialized views and rules (view.c, createas.c, matview.c).
#include <string.h>

#include "catalog/apply_misc.h"
#include "catalog/bind.h"
#include "catalog/oids.h"
#include "sql/sql.h"

static void depend_on_query(struct catalog *cat, Oid view, const Node *query)
{
    struct cat_address self = cat_address(CAT_RELATION, view, 0);
    struct cat_addresses refs = {0};

    cat_body_dependencies(cat, query, &refs);
    for (int i = 0; i < refs.len; i++)
        if (refs.items[i].oid != view)
            cat_depend(cat, self, refs.items[i], 'n');
}

// Tables that are not there (checked only where the query names plain relations: what functions give is not known).
struct missing {
    const struct catalog *cat;
    const RangeVar *rv;
    struct names LC_ARRAY(const char *) ctes;
};

static bool collect_cte(const Node *node, void *context)
{
    struct missing *m = context;

    if (IsA(node, CommonTableExpr))
        LC_PUSH(cat_arena(m->cat), &m->ctes, AS(CommonTableExpr, node)->ctename);
    return true;
}

static bool find_missing(const Node *node, void *context)
{
    struct missing *m = context;
    const RangeVar *rv = AS(RangeVar, node);

    if (IsA(node, LockingClause)) // FOR UPDATE OF names what FROM calls it
        return false;
    if (!rv || m->rv || cat_find_rangevar(m->cat, rv))
        return true;
    for (int i = 0; i < m->ctes.len && !rv->schemaname; i++)
        if (lc_streq(m->ctes.items[i], rv->relname))
            return true;
    m->rv = rv;
    return true;
}

static enum lc_code check_relations(const struct catalog *cat, const Node *query, struct lc_error *err)
{
    struct missing m = {.cat = cat};
    const struct cat_relation *rel;

    node_walk(query, collect_cte, &m);
    node_walk(query, find_missing, &m);
    return m.rv ? cat_open_rangevar(cat, m.rv, &rel, err) : LC_OK;
}

struct columns {
    struct cat_attribute *cols;
    int n; // 0: nothing can be told
};

static struct columns query_columns(const struct catalog *cat, const Node *query)
{
    struct columns c;

    c.n = cat_query_columns(cat, NULL, query, &c.cols);
    for (int i = 0; i < c.n; i++)
        if (c.cols[i].type == UNKNOWNOID) // resolveTargetListUnknowns
            c.cols[i].type = TEXTOID;
    return c;
}

static void name_columns(struct columns *c, const NodeList *aliases)
{
    for (LIST_EACH(i, aliases)) {
        const char *name = node_string(aliases->items[i]);

        if (name && i < c->n)
            c->cols[i].name = name;
    }
}

static void append_columns(struct catalog *cat, struct cat_relation *rel, const struct columns *c, int from)
{
    if (from < c->n)
        cat_reserve_attributes(cat, rel, c->n - from);
    for (int i = from; i < c->n; i++)
        cat_append_attribute(cat, rel, c->cols[i].name, c->cols[i].type, c->cols[i].typmod)->collation = c->cols[i].collation;
}

// Query.hasModifyingCTE (DefineView in view.c, transformCreateTableAsStmt in analyze.c): the statement's own WITH, which alone may have such.
static bool has_modifying_cte(const Node *query)
{
    const SelectStmt *select = AS(SelectStmt, query);
    const WithClause *with = select ? select->withClause : NULL;

    for (int i = 0; with && i < with->ctes.length; i++) {
        const CommonTableExpr *cte = LIST_GET(CommonTableExpr, &with->ctes, i);
        if (cte && cte->ctequery && !IsA(cte->ctequery, SelectStmt))
            return true;
    }
    return false;
}

// --- CREATE VIEW ----------------------------------------------------------------------------------------------------------------------------

static bool uses_temporary(const struct catalog *cat, const struct cat_addresses *refs)
{
    for (int i = 0; i < refs->len; i++) {
        const struct cat_relation *rel = refs->items[i].class == CAT_RELATION ? cat_relation(cat, refs->items[i].oid) : NULL;

        if (rel && rel->relpersistence == 't')
            return true;
    }
    return false;
}

// isQueryUsingTempRelation (parse_relation.c)
static bool is_over_temporary(const struct catalog *cat, const Node *query)
{
    struct cat_addresses refs = {0};

    cat_body_dependencies(cat, query, &refs);
    return uses_temporary(cat, &refs);
}

// checkViewColumns (view.c): columns may only be added at the end.
static enum lc_code check_columns(const struct catalog *cat, const struct cat_relation *old, const struct columns *c,
                                  struct lc_error *err)
{
    if (c->n == 0)
        return LC_OK;
    if (c->n < old->natts)
        return cat_error(err, "42P16", "cannot drop columns from view");
    for (int i = 0; i < old->natts; i++) {
        const struct cat_attribute *a = &old->attrs[i], *b = &c->cols[i];

        if (!lc_streq(a->name, b->name))
            return cat_error(err, "42P16", "cannot change name of view column \"%s\" to \"%s\"", a->name, b->name);
        if (b->type && (a->type != b->type || (a->typmod >= 0 && b->typmod >= 0 && a->typmod != b->typmod)))
            return cat_error(err, "42P16", "cannot change data type of view column \"%s\" from %s to %s", a->name,
                             cat_format_type(cat, a->type, a->typmod), cat_format_type(cat, b->type, b->typmod));
    }
    return LC_OK;
}

// DefineView (view.c): WITH CHECK OPTION is one more option, behind those written.
static const char *view_options(const struct catalog *cat, const ViewStmt *stmt)
{
    const char *options = cat_reloptions_text(cat, NULL, &stmt->options, NULL, false);
    const char *check = stmt->withCheckOption == LOCAL_CHECK_OPTION      ? "check_option=local"
                        : stmt->withCheckOption == CASCADED_CHECK_OPTION ? "check_option=cascaded"
                                                                         : NULL;

    return check && options ? lc_printf(cat_arena(cat), "%s,%s", options, check) : check ? check : options;
}

static enum lc_code replace_view(struct catalog *cat, const struct cat_relation *old, const ViewStmt *stmt,
                                 const struct columns *c, struct lc_error *err)
{
    enum lc_code rc;

    if (old->relkind != 'v')
        return cat_error(err, "42809", "\"%s\" is not a view", old->o.name);
    if ((rc = check_columns(cat, old, c, err)) != LC_OK)
        return rc;
    struct cat_relation *rel = cat_modify_relation(cat, old->o.oid);
    append_columns(cat, rel, c, rel->natts);
    rel->view_query = cat_bind_expression(cat, stmt->query);
    rel->view_text = NULL;
    rel->options = view_options(cat, stmt);
    cat_undepend(cat, cat_address(CAT_RELATION, old->o.oid, 0), CAT_NONE);
    depend_on_query(cat, old->o.oid, stmt->query);
    return LC_OK;
}

static enum lc_code create_view(struct catalog *cat, const ViewStmt *stmt, struct lc_error *err)
{
    const struct cat_relation *old = cat_find_rangevar(cat, stmt->view);
    Oid schema = InvalidOid;
    enum lc_code rc = check_relations(cat, stmt->query, err);
    bool temporary;

    if (rc == LC_OK && has_modifying_cte(stmt->query))
        return cat_error(err, "0A000", "views must not contain data-modifying statements in WITH");
    if (rc != LC_OK || (rc = cat_creation_namespace(cat, stmt->view, &schema, err)) != LC_OK)
        return rc;
    temporary = is_over_temporary(cat, stmt->query);
    if (temporary && stmt->view->schemaname && !lc_streq(stmt->view->schemaname, "pg_temp")) // RangeVarAdjustRelationPersistence
        return cat_error(err, "42P16", "cannot create temporary relation in non-temporary schema");
    struct columns c = query_columns(cat, stmt->query);
    name_columns(&c, &stmt->aliases);
    if (old && stmt->replace && old->o.schema == schema)
        return replace_view(cat, old, stmt, &c, err);
    struct cat_relation *view = cat_new_relation(cat, 'v', stmt->view->relname, schema);
    view->relpersistence = stmt->view->relpersistence ? stmt->view->relpersistence[0] : 'p';
    if (temporary) {
        view->relpersistence = 't';
        view->o.schema = stmt->view->schemaname ? schema : cat_schema_oid(cat, "pg_temp");
    }
    append_columns(cat, view, &c, 0);
    view->view_query = cat_bind_expression(cat, stmt->query);
    view->options = view_options(cat, stmt);
    if ((rc = cat_check_query_columns(cat, view, err)) == LC_OK && (rc = cat_publish_relation(cat, view, err)) == LC_OK)
        depend_on_query(cat, view->o.oid, stmt->query);
    return rc;
}

// --- CREATE MATERIALIZED VIEW ------------------------------------------------------------------------------------------------

static enum lc_code create_matview(struct catalog *cat, const CreateTableAsStmt *stmt, struct lc_error *err)
{
    const RangeVar *rv = stmt->into->rel;
    Oid schema = InvalidOid;
    enum lc_code rc = cat_creation_namespace(cat, rv, &schema, err);

    if (rc != LC_OK)
        return rc;
    if (stmt->if_not_exists && cat_find_relation(cat, cat_schema_name(cat, schema), rv->relname))
        return LC_OK;
    if ((rc = check_relations(cat, stmt->query, err)) != LC_OK)
        return rc;
    if (has_modifying_cte(stmt->query))
        return cat_error(err, "0A000", "materialized views must not use data-modifying statements in WITH");
    if (is_over_temporary(cat, stmt->query)) // transformCreateTableAsStmt
        return cat_error(err, "0A000", "materialized views must not use temporary tables or views");
    struct columns c = query_columns(cat, stmt->query);
    if (c.n && stmt->into->colNames.length > c.n) // create_ctas_nodata
        return cat_error(err, "42601", "too many column names were specified");
    name_columns(&c, &stmt->into->colNames);
    struct cat_relation *rel = cat_new_relation(cat, 'm', rv->relname, schema);
    rel->relpersistence = rv->relpersistence ? rv->relpersistence[0] : 'p';
    rel->options = cat_reloptions_text(cat, NULL, &stmt->into->options, NULL, false);
    rel->tablespace = stmt->into->tableSpaceName;
    rel->size.known = stmt->into->skipData;
    append_columns(cat, rel, &c, 0);
    rel->view_query = cat_bind_expression(cat, stmt->query);
    rel->ispopulated = !stmt->into->skipData;
    if ((rc = cat_check_query_columns(cat, rel, err)) == LC_OK && (rc = cat_publish_relation(cat, rel, err)) == LC_OK)
        depend_on_query(cat, rel->o.oid, stmt->query);
    return rc;
}

static enum lc_code refresh(struct catalog *cat, const RefreshMatViewStmt *stmt, struct lc_error *err)
{
    const struct cat_relation *rel;
    enum lc_code rc = cat_open_rangevar(cat, stmt->relation, &rel, err);

    if (rc != LC_OK)
        return rc;
    if (rel->relkind != 'm')
        return cat_error(err, "0A000", "\"%s\" is not a materialized view", rel->o.name);
    struct cat_relation *copy = cat_modify(cat, rel);
    copy->ispopulated = !stmt->skipData;
    return LC_OK;
}

enum lc_code cat_apply_view(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err)
{
    *mine = true;
    switch (nodeTag(stmt)) {
    case T_ViewStmt:
        return create_view(cat, AS(ViewStmt, stmt), err);
    case T_CreateTableAsStmt:
        return create_matview(cat, AS(CreateTableAsStmt, stmt), err);
    case T_RefreshMatViewStmt:
        return refresh(cat, AS(RefreshMatViewStmt, stmt), err);
    case T_RuleStmt:
        return cat_apply_create_rule(cat, AS(RuleStmt, stmt), err);
    default:
        *mine = false;
        return LC_OK;
    }
}

// DELETE from a table with a foreign key to itself: the rows that go are computed first, and go in batches, children before their parents.
//
// Precondition: a key to go by, and one such foreign key, whose action is not CASCADE (with CASCADE alone any order ends alike: recipe_rows.c; with
// both a row would cascade to one that others, which go later, still refer to). Proof: ri_triggers.c checks NO ACTION and RESTRICT, and does SET
// NULL and SET DEFAULT, when the statement ends: no row of an earlier batch is referred to by one that stays in a later batch. Rows that refer to each other in a circle go together, in one last statement. Rollback: none, it is named.
#include "rewrite/computed.h"

// The key that sets an order, NULL: none; n counts those that cascade, too.
static const struct cat_constraint *self_key(const struct rw *rw, const struct cat_relation *rel, int *n)
{
    const struct cat_constraint *found = NULL;

    *n = 0;
    for (int i = 0; i < rel->referencing.len; i++) {
        const struct cat_constraint *con = cat_constraint(rw->cat, rel->referencing.items[i]);
        if (con->conrelid != rel->o.oid)
            continue;
        ++*n;
        if (con->confdeltype != 'c')
            found = con;
    }
    return found;
}

bool rw_deletes_in_order(const struct rw *rw, const struct cat_relation *rel)
{
    int n;

    return self_key(rw, rel, &n) != NULL;
}

static void add_columns(struct computed *c, const struct cat_attnums *columns, char letter, struct lc_str *types,
                        struct lc_str *row)
{
    struct rw *rw = c->rw;

    for (int i = 0; i < columns->len; i++) {
        const struct cat_attribute *att = &c->s->rel->attrs[columns->items[i] - 1];
        lc_str_addf(types, "%c%d %s%s, ", letter, i + 1, cat_format_type(rw->cat, att->type, att->typmod),
                    att->collation ? lc_printf(rw->arena, " COLLATE %s", att->collation) : "");
        lc_str_addf(row, ", %s.%s", c->alias, lc_quote_ident(rw->arena, att->name));
    }
}

// "a.f1 = b.r1 AND a.f2 = b.r2"; the operators of the columns of b.
static const char *equal(struct rw *rw, const struct rw_texts *ops, const char *a, char of_a, const char *b, char of_b)
{
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    for (int i = 1; i <= ops->len; i++)
        lc_str_addf(&s, "%s%s.%c%d %s %s.%c%d", i > 1 ? " AND " : "", a, of_a, i, ops->items[i - 1], b, of_b, i);
    return s.text;
}

static const char *list(struct rw *rw, int n, const char *prefix, char letter)
{
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    for (int i = 1; i <= n; i++)
        lc_str_addf(&s, "%s%s%c%d", i > 1 ? ", " : "", prefix, letter, i);
    return s.text;
}

// Depth from the topmost row that goes; the deepest first.
static const char *put_in_order(struct computed *c, const struct cat_constraint *con, const char *ordered)
{
    struct rw *rw = c->rw;
    int n = con->conkey.len, nk = c->keys.len;
    const char *up, *itself = equal(rw, &c->equals, "p", 'k', "x", 'k');
    struct rw_texts ops = {0};

    for (int i = 0; i < n; i++) {
        const char *op = rw_operator(rw, c->s->rel->attrs[con->confkey.items[i] - 1].type, "=", false);
        LC_PUSH(rw->arena, &ops, op ? op : "=");
    }
    up = equal(rw, &ops, "p", 'r', "x", 'f');

    return lc_printf(
        rw->arena,
        "INSERT INTO %s WITH RECURSIVE down AS (\n"
        "    SELECT %s, %s, 0 AS depth FROM %s x WHERE NOT EXISTS (SELECT FROM %s p WHERE %s AND NOT (%s))\n"
        "    UNION ALL SELECT %s, %s, p.depth " RW_OP("+") " 1 FROM down p JOIN %s x ON %s AND NOT (%s))\n"
                                                           "SELECT pg_catalog.row_number() OVER (ORDER BY d.depth DESC), %s, "
                                                           "x.was FROM down d JOIN %s x ON %s;\nANALYZE %s;",
        ordered, list(rw, nk, "x.", 'k'), list(rw, n, "x.", 'r'), c->table, c->table, up, itself, list(rw, nk, "x.", 'k'),
        list(rw, n, "x.", 'r'), c->table, up, itself, list(rw, nk, "x.", 'k'), c->table,
        equal(rw, &c->equals, "x", 'k', "d", 'k'), ordered);
}

static const char *drop_both(struct rw *rw, const struct computed *c, const char *ordered)
{
    return lc_printf(rw->arena, "DROP TABLE %s;\nDROP TABLE %s;", ordered, c->table);
}

static enum rewrite_verdict in_order(struct computed *c, const struct cat_constraint *con, struct lc_str *types,
                                     struct lc_str *row)
{
    struct rw *rw = c->rw;
    const char *schema = cat_schema_name(rw->cat, c->s->rel->o.schema), *rows = rw_helper(rw, "rows"),
               *name = rw_helper(rw, "order");
    const char *ordered = lc_quote_name(rw->arena, schema, name), *create;
    struct rw_batch b = {.alias = ROW, .tail = "", .irreversible = true, .rows = rw_rows(rw, c->s->rel)};

    c->table = lc_quote_name(rw->arena, schema, rows);
    create = lc_printf(rw->arena, "CREATE TABLE %s (n bigint PRIMARY KEY, %swas bigint)", ordered, c->types.text);
    add_columns(c, &con->conkey, 'f', types, row);
    add_columns(c, &con->confkey, 'r', types, row);
    c->more_types = types->text;
    c->more_row = row->text;
    c->more_sql = lc_printf(rw->arena, "CREATE INDEX ON %s (%s);\nCREATE INDEX ON %s (%s);\n", c->table,
                            list(rw, con->conkey.len, "", 'f'), c->table, list(rw, con->conkey.len, "", 'r'));
    rw_compute(c);
    (void)rw_calm(rw, lc_printf(rw->arena, "%s;\n%s", create, put_in_order(c, con, ordered)),
                  "Puts children before their parents, as the table's foreign key to itself wants them to go.", NULL);
    rw_apply(rw, create);
    b.rel = cat_find_relation(rw->cat, schema, name);
    if (!b.rel)
        return rw_window(rw, RW_WINDOW_KEY_TYPES);
    b.head = lc_printf(rw->arena, "DELETE FROM %s USING %s AS " ROW " WHERE %s", c->target_text, ordered, rw_computed_join(c));
    b.what = lc_printf(rw->arena, "DELETE FROM %s", c->s->name);
    b.why = "Deletes the rows batch by batch, from the leaves up; each commits, and an interrupted run goes on where it was.";
    b.rollback = rw_lost_rows(rw, c->s);
    rw_keep_table(rw, c->s->rel);
    rw_add_batch(rw, &b);
    (void)rw_calm(
        rw,
        lc_printf(rw->arena, "DELETE FROM %s USING %s AS " ROW " WHERE %sNOT EXISTS (SELECT FROM %s lockcast_done WHERE %s);",
                  c->target_text, c->table, rw_computed_join(c), ordered, equal(rw, &c->equals, "lockcast_done", 'k', ROW, 'k')),
        "Rows that refer to each other in a circle, if there are any, go together.", NULL);
    (void)rw_retry(rw, drop_both(rw, c, ordered), "The tables of results are not needed any more.", NULL);
    return REWRITE_STEPS;
}

enum rewrite_verdict rw_self_delete(struct rw *rw, const struct rw_stmt *s)
{
    struct computed c;
    struct lc_str types, row;
    const struct cat_constraint *con;
    int n;

    con = self_key(rw, s->rel, &n);
    if (n != 1 || s->rel->relkind != 'r' || s->rel->children.len || con->conparentid)
        return rw_window(rw, RW_WINDOW_SELF_KEYS);
    if (!rw_computed_delete_start(&c, rw, s))
        return rw_window(rw, RW_WINDOW_SELF_NO_KEY);
    lc_str_init(&types, rw->arena, LC_STR_MAX);
    lc_str_init(&row, rw->arena, LC_STR_MAX);
    rw_why(rw, "ordered-delete",
           "One DELETE holds the locks of all its rows until it ends. The table refers to itself, so the rows that go are "
           "computed first, and go in batches, children before their parents.");
    return in_order(&c, con, &types, &row);
}

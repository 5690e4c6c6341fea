// UPDATE and DELETE that read the table they change: what they do is computed once, from one snapshot, into a table; then done in batches.
//
// Precondition: a key to go by, and new values that do not depend on the old values of the columns that are set: those may change while the
// batches run. A row that is to be deleted must still be what it was; a row that is to be updated, if the condition looks at what is set.
#include <string.h>

#include "rewrite/computed.h"
#include "sql/lexer.h"

// IS DISTINCT FROM is no clause.
static size_t find_clause(const char *text, size_t at, const char *word)
{
    size_t len = strlen(text), found = rw_find_keyword(text, at, word);

    for (;;) {
        struct lc_token t = lc_lex_word(text, len, at), last = t;
        for (; t.kind != LC_TOKEN_END && t.start < found; t = lc_lex_word(text, len, t.start + t.len))
            last = t;
        if (found >= len || !lc_token_is(text, &last, "distinct"))
            return found;
        at = found + strlen(word);
        found = rw_find_keyword(text, at, word);
    }
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

// Cuts the clauses; `at` is where the target's text starts, `word` is FROM or USING.
static void cut_clauses(struct computed *c, size_t at, size_t target_end, size_t clauses, const char *word, bool has_where)
{
    const char *text = c->s->text;
    struct lc_arena *arena = c->rw->arena;
    size_t end = find_clause(text, clauses, "returning"), where = has_where ? find_clause(text, clauses, "where") : end;
    size_t from = c->from->length ? find_clause(text, clauses, word) : where;

    c->target_text = rw_cut(arena, text, at, least(target_end, least(from, where)));
    if (c->from->length)
        c->from_text = rw_cut(arena, text, from + strlen(word), where);
    if (has_where)
        c->where_text = rw_cut(arena, text, where + strlen("where"), end);
}

static bool take_keys(struct computed *c, const NodeList *changed)
{
    struct rw *rw = c->rw;
    struct cat_attnums keys = {0};

    rw_batch_key(rw, c->s->rel, changed, &keys);
    for (int i = 0; i < keys.len; i++) {
        const struct cat_attribute *att = &c->s->rel->attrs[keys.items[i] - 1];
        const char *name = lc_quote_ident(rw->arena, att->name);
        const char *op = rw_operator(rw, att->type, "=", false);
        LC_PUSH(rw->arena, &c->keys, name);
        LC_PUSH(rw->arena, &c->equals, op);
        lc_str_addf(&c->types, "k%d %s%s, ", i + 1, cat_format_type(rw->cat, att->type, att->typmod),
                    att->collation ? lc_printf(rw->arena, " COLLATE %s", att->collation) : "");
        lc_str_addf(&c->row, "%s%s.%s", i ? ", " : "", c->alias, name);
    }
    return keys.len > 0;
}

const char *rw_computed_keys(const struct computed *c)
{
    struct lc_str s;

    lc_str_init(&s, c->rw->arena, LC_STR_MAX);
    for (int i = 0; i < c->keys.len; i++)
        lc_str_addf(&s, "%sk%d", i ? ", " : "", i + 1);
    return s.text;
}

// --- the new values of an UPDATE ----------------------------------------------------------------------------------------------------------

struct own {
    const struct computed *c;
    const NodeList *set;
    bool any;
};

// A reference to a column that is set, in the target or maybe in it.
static bool visit_own(const Node *node, void *context)
{
    struct own *o = context;
    const ColumnRef *ref = AS(ColumnRef, node);
    const char *name = ref && ref->fields.length ? list_last_name(&ref->fields) : NULL;
    const char *of = ref && ref->fields.length > 1 ? node_string(ref->fields.items[ref->fields.length - 2]) : NULL;

    for (int i = 0; name && i < o->set->length; i++)
        o->any |= lc_streq(LIST_GET(ResTarget, o->set, i)->name, name) &&
                  (!of || lc_streq(lc_quote_ident(o->c->rw->arena, of), o->c->alias));
    return true;
}

static bool mentions_set(const struct computed *c, const NodeList *set, const Node *node)
{
    struct own own = {c, set, false};

    node_walk(node, visit_own, &own);
    return own.any;
}

static bool take_value(struct computed *c, const NodeList *set, const ResTarget *t, const char *item, int n)
{
    struct rw *rw = c->rw;
    const struct cat_attribute *att = cat_find_column(c->s->rel, t->name);
    size_t at = rw_name_end(item, 0), len = strlen(item);
    struct lc_token equals = lc_lex_word(item, len, at);
    const char *name = lc_quote_ident(rw->arena, t->name);

    if (!att || t->indirection.length || !t->val || IsA(t->val, MultiAssignRef) || IsA(t->val, SetToDefault) || equals.len != 1 ||
        item[equals.start] != '=' || mentions_set(c, set, t->val))
        return false;
    lc_str_addf(&c->types, "v%d %s, ", n, cat_format_type(rw->cat, att->type, att->typmod));
    lc_str_addf(&c->row, ", (%s)", rw_cut(rw->arena, item, equals.start + 1, len));
    lc_str_addf(&c->set, "%s%s = " ROW ".v%d", n > 1 ? ", " : "", name, n);
    LC_PUSH(rw->arena, &c->columns, name);
    return true;
}

static bool take_values(struct computed *c, const NodeList *set, size_t from, size_t to)
{
    struct rw_texts items = {0};

    rw_split_list(c->rw->arena, rw_cut(c->rw->arena, c->s->text, from, to), 0, &items);
    if (items.len != set->length)
        return false;
    for (int i = 0; i < items.len; i++)
        if (!take_value(c, set, LIST_GET(ResTarget, set, i), items.items[i], i + 1))
            return false;
    return true;
}

// --- the steps ----------------------------------------------------------------------------------------------------------------------------

static const char *fingerprint(const struct computed *c, const char *of)
{
    return lc_printf(c->rw->arena, "pg_catalog.hashtextextended(row(%s)::pg_catalog.text, 0)",
                     of ? of : lc_printf(c->rw->arena, "%s.*", c->alias));
}

static const char *columns_of(const struct computed *c)
{
    struct lc_str s;

    lc_str_init(&s, c->rw->arena, LC_STR_MAX);
    for (int i = 0; i < c->columns.len; i++)
        lc_str_addf(&s, "%s%s.%s", i ? ", " : "", c->alias, c->columns.items[i]);
    return c->columns.len ? s.text : NULL;
}

void rw_compute(struct computed *c)
{
    struct rw *rw = c->rw;
    const char *create = lc_printf(rw->arena, "CREATE TABLE %s (%s%s%sPRIMARY KEY (%s))", c->table, c->types.text,
                                   c->more_types ? c->more_types : "", c->unchanged ? "was bigint, " : "", rw_computed_keys(c));
    struct lc_str q;

    lc_str_init(&q, rw->arena, LC_STR_MAX);
    lc_str_addf(&q, "%s;\n%sINSERT INTO %s SELECT ", create, c->with, c->table);
    if (c->from_text) {
        lc_str_add(&q, "DISTINCT ON (");
        for (int i = 0; i < c->keys.len; i++)
            lc_str_addf(&q, "%s%s.%s", i ? ", " : "", c->alias, c->keys.items[i]);
        lc_str_add(&q, ") ");
    }
    lc_str_addf(&q, "%s%s%s%s\n  FROM %s%s%s%s%s;\n%sANALYZE %s;", c->row.text, c->more_row ? c->more_row : "",
                c->unchanged ? ", " : "", c->unchanged ? fingerprint(c, columns_of(c)) : "", c->target_text,
                c->from_text ? ", " : "", c->from_text ? c->from_text : "", c->where_text ? " WHERE " : "",
                c->where_text ? c->where_text : "", c->more_sql ? c->more_sql : "", c->table);
    (void)rw_calm(rw, q.text, "Computes what is to be done, from one snapshot as the original would, while others write.", NULL);
    rw_apply(rw, create);
}

const char *rw_computed_join(const struct computed *c)
{
    struct lc_str s;

    lc_str_init(&s, c->rw->arena, LC_STR_MAX);
    for (int i = 0; i < c->keys.len; i++)
        lc_str_addf(&s, "%s.%s %s " ROW ".k%d AND ", c->alias, c->keys.items[i], c->equals.items[i], i + 1);
    if (c->unchanged)
        lc_str_addf(&s, "%s " RW_OP("=") " " ROW ".was AND ", fingerprint(c, columns_of(c)));
    return s.text;
}

static enum rewrite_verdict in_batches(struct computed *c, const char *what)
{
    struct rw *rw = c->rw;
    const char *schema = cat_schema_name(rw->cat, c->s->rel->o.schema), *name = rw_helper(rw, "rows");
    struct rw_batch b = {.alias = ROW, .tail = "", .irreversible = true, .rows = rw_rows(rw, c->s->rel)};

    c->table = lc_quote_name(rw->arena, schema, name);
    rw_compute(c);
    b.rel = cat_find_relation(rw->cat, schema, name);
    if (!b.rel)
        return rw_window(rw, RW_WINDOW_KEY_TYPES);
    b.head = c->set.len ? lc_printf(rw->arena, "UPDATE %s SET %s FROM %s AS " ROW " WHERE %s", c->target_text, c->set.text,
                                    c->table, rw_computed_join(c))
                        : lc_printf(rw->arena, "DELETE FROM %s USING %s AS " ROW " WHERE %s", c->target_text, c->table,
                                    rw_computed_join(c));
    b.what = lc_printf(rw->arena, "%s %s", what, c->s->name);
    b.why = "Does it batch by batch; each commits, and an interrupted run goes on where it was.";
    b.rollback = lc_printf(rw->arena, "The old rows of %s are lost, but for a copy made before.", c->s->name);
    rw_keep_table(rw, c->s->rel);
    rw_add_batch(rw, &b);
    (void)rw_retry(rw, lc_printf(rw->arena, "DROP TABLE %s;", c->table), "The table of results is not needed any more.", NULL);
    return REWRITE_STEPS;
}

static void start(struct computed *c, const char *word)
{
    struct lc_arena *arena = c->rw->arena;
    size_t verb = rw_find_keyword(c->s->text, 0, word);

    c->alias = lc_quote_ident(arena, c->target->alias ? c->target->alias->aliasname : c->target->relname);
    c->with = verb ? lc_printf(arena, "%s ", rw_cut(arena, c->s->text, 0, verb)) : "";
    lc_str_init(&c->types, arena, LC_STR_MAX);
    lc_str_init(&c->set, arena, LC_STR_MAX);
    lc_str_init(&c->row, arena, LC_STR_MAX);
}

enum rewrite_verdict rw_computed_update(struct rw *rw, const struct rw_stmt *s)
{
    const UpdateStmt *u = AS(UpdateStmt, s->tree);
    struct computed c = {.rw = rw, .s = s, .target = u->relation, .from = &u->fromClause};
    size_t at, set, end;

    start(&c, "update");
    at = rw_find_keyword(s->text, 0, "update") + strlen("update");
    set = rw_find_keyword(s->text, rw_name_end(s->text, (size_t)u->relation->location), "set") + strlen("set");
    cut_clauses(&c, at, set - strlen("set"), set, "from", u->whereClause != NULL);
    end = least(
        u->fromClause.length ? find_clause(s->text, set, "from") : strlen(s->text),
        least(u->whereClause ? find_clause(s->text, set, "where") : strlen(s->text), find_clause(s->text, set, "returning")));
    if (!take_keys(&c, &u->targetList))
        return rw_window(rw, RW_WINDOW_NO_KEY);
    if (!take_values(&c, &u->targetList, set, end))
        return rw_window(rw, RW_WINDOW_OLD_VALUES);
    c.unchanged = mentions_set(&c, &u->targetList, u->whereClause);
    rw_why(rw, "computed-update",
           "One UPDATE holds the locks of all its rows until it ends. It reads the table that it changes, so "
           "what it does is computed first, and then done in batches.");
    return in_batches(&c, "UPDATE");
}

// False: there is no key.
bool rw_computed_delete_start(struct computed *c, struct rw *rw, const struct rw_stmt *s)
{
    const DeleteStmt *d = AS(DeleteStmt, s->tree);
    size_t verb = rw_find_keyword(s->text, 0, "delete"), at = rw_find_keyword(s->text, verb, "from") + strlen("from");

    *c = (struct computed){.rw = rw, .s = s, .target = d->relation, .from = &d->usingClause, .unchanged = true};
    start(c, "delete");
    cut_clauses(c, at, strlen(s->text), rw_name_end(s->text, (size_t)d->relation->location), "using", d->whereClause != NULL);
    return take_keys(c, NULL);
}

enum rewrite_verdict rw_computed_delete(struct rw *rw, const struct rw_stmt *s)
{
    struct computed c;

    if (!rw_computed_delete_start(&c, rw, s))
        return rw_window(rw, RW_WINDOW_NO_KEY);
    rw_why(rw, "computed-delete",
           "One DELETE holds the locks of all its rows until it ends. It reads the table that it changes, so "
           "what it does is computed first, and then done in batches.");
    return in_batches(&c, "DELETE FROM");
}

// Batches: a statement with a range condition, run again and again in a DO block that commits each time and knows where it was.
//
// By key: the batch is the next n keys of a unique index over NOT NULL columns; its upper end is kept in the progress table in the
// same transaction, so every key is passed exactly once, whatever interrupts the loop. Without a key: by ranges of pages (ctid).
#include <math.h>

#include "rewrite/internal.h"

#define FIRST_ROWS 1000.0
#define LEAST_ROWS 50
#define MOST_ROWS 50000
// The migration's own statement, and triggers that are deferred to its COMMIT, find names as the original does.
#define OTHERS_PATH "PERFORM pg_catalog.set_config('search_path', lockcast_path, true);\n"

struct key {
    const struct cat_relation *rel;
    const struct cat_index *index;      // NULL: none
    const struct cat_relation *through; // the view that shows it; NULL: none between
};

// A child table by inheritance has the column, but maybe not the parent's NOT NULL: its rows without a key would be passed over.
static bool null_in_child(const struct rw *rw, const struct cat_relation *rel, const char *column)
{
    struct cat_oids all = {0};

    cat_inheritors(rw->cat, rel->o.oid, &all);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *child = cat_relation(rw->cat, all.items[i]);
        const struct cat_attribute *att = child ? cat_find_column(child, column) : NULL;
        if (!att || !att->notnull)
            return true;
    }
    return false;
}

// ORDER BY goes by the type's default operator class (lookup_type_cache), so > and <= must be its members: citext's are in the extension's schema, and
// text's have another order. A class and its operators are made in one schema.
static const char *operator_schema(const struct rw *rw, Oid oid)
{
    const struct cat_type *type = cat_type(rw->cat, oid);
    const struct cat_opclass *class;
    const char *schema;

    while (type && type->typtype == 'd')
        type = cat_type(rw->cat, type->basetype);
    if (!type || type->typtype != 'b' || type->elem || type->o.oid < FirstNormalObjectId)
        return type ? "pg_catalog" : NULL; // enums, arrays and ranges share pg_catalog's
    class = cat_opclass(rw->cat, cat_default_opclass(rw->cat, type->o.oid, "btree"));
    schema = class ? cat_schema_name(rw->cat, class->o.schema) : NULL;
    return schema && class->intype == type->o.oid && cat_find_operator(rw->cat, schema, ">", type->o.oid, type->o.oid) ? schema
                                                                                                                       : NULL;
}

const char *rw_operator(const struct rw *rw, Oid type, const char *op, bool own)
{
    const char *schema = operator_schema(rw, type);

    if (!schema || (own && lc_streq(schema, "pg_catalog")))
        return schema ? op : NULL;
    return lc_printf(rw->arena, "OPERATOR(%s.%s)", lc_quote_ident(rw->arena, schema), op);
}

const char *rw_equal(const struct rw *rw, const struct cat_relation *rel, const struct cat_attnums *columns, const char *a,
                     const char *b)
{
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    for (int i = 0; i < columns->len; i++) {
        const struct cat_attribute *att = &rel->attrs[columns->items[i] - 1];
        const char *name = lc_quote_ident(rw->arena, att->name), *op = rw_operator(rw, att->type, "=", false);
        lc_str_addf(&s, "%s%s%s %s %s%s", i ? " AND " : "", a, name, op ? op : "=", b, name);
    }
    return s.text;
}

static bool usable(const struct rw *rw, const struct cat_relation *rel, const struct cat_relation *index)
{
    const struct cat_index *x = index ? index->index : NULL;

    if (!x || !x->unique || !x->valid || !x->live || !x->immediate || x->predicate || !lc_streq(index->am, "btree"))
        return false;
    for (int i = 0; i < x->nkeyatts; i++)
        if (x->keys[i] <= 0 || null_in_child(rw, rel, rel->attrs[x->keys[i] - 1].name) ||
            !operator_schema(rw, rel->attrs[x->keys[i] - 1].type) || (x->nkeyatts > 1 && x->options && x->options[i]))
            return false;
    return true;
}

// As the statement calls the column; NULL: its view hides it.
static const char *seen_as(const struct rw *rw, const struct key *key, const char *column)
{
    return key->through ? rw_view_column(rw, key->through, column) : column;
}

// Does the statement leave the key alone, and can it name its columns?
static bool keeps_key(const struct rw *rw, const struct key *key, const struct cat_index *x, const NodeList *changed)
{
    for (int k = 0; k < x->nkeyatts; k++) {
        const char *name = seen_as(rw, key, key->rel->attrs[x->keys[k] - 1].name);
        if (!name)
            return false;
        for (int i = 0; changed && i < changed->length; i++) {
            const ResTarget *t = LIST_GET(ResTarget, changed, i);
            if (t && lc_streq(t->name, name))
                return false;
        }
    }
    return true;
}

static struct key choose_key(const struct rw *rw, const struct cat_relation *rel, const struct cat_relation *through,
                             const NodeList *changed)
{
    struct key key = {rel, NULL, through};

    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(rw->cat, rel->indexes.items[i]);
        const struct cat_index *x = index ? index->index : NULL;
        if (usable(rw, rel, index) && keeps_key(rw, &key, x, changed) &&
            (!key.index || x->primary || (!key.index->primary && x->nkeyatts < key.index->nkeyatts)))
            key.index = x;
    }
    return key;
}

bool rw_has_key(const struct rw *rw, const struct rw_batch *b)
{
    return choose_key(rw, b->rel, b->through, b->changed).index != NULL;
}

void rw_batch_key(const struct rw *rw, const struct cat_relation *rel, const NodeList *changed, struct cat_attnums *out)
{
    struct key key = choose_key(rw, rel, NULL, changed);

    for (int i = 0; key.index && i < key.index->nkeyatts; i++)
        LC_PUSH(rw->arena, out, key.index->keys[i]);
}

static const char *key_column(const struct rw *rw, const struct key *key, int i)
{
    return lc_quote_ident(rw->arena, key->rel->attrs[key->index->keys[i] - 1].name);
}

// "prefix.a, prefix.b" or "v_1, v_2": `names` NULL for columns.
static const char *list(const struct rw *rw, const struct key *key, const char *prefix, bool variables, const char *format)
{
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    for (int i = 0; i < key->index->nkeyatts; i++) {
        const char *name = variables ? lc_printf(rw->arena, "%s%d", prefix, i + 1)
                           : prefix  ? lc_printf(rw->arena, "%s.%s", prefix, key_column(rw, key, i))
                                     : key_column(rw, key, i);
        lc_str_addf(&s, "%s%s%s", i ? ", " : "", name, format);
    }
    return s.text;
}

static Oid key_type(const struct key *key, int i)
{
    return key->rel->attrs[key->index->keys[i] - 1].type;
}

// With an alias as the statement calls the column, else ("" or NULL) as its table does.
static const char *left_side(const struct rw *rw, const struct key *key, const char *alias, int i)
{
    if (!alias || !*alias)
        return key_column(rw, key, i);
    return lc_printf(rw->arena, "%s.%s", alias,
                     lc_quote_ident(rw->arena, seen_as(rw, key, key->rel->attrs[key->index->keys[i] - 1].name)));
}

// A comparison of rows takes the operators of all columns by one name: "a >= x AND (a > x OR b >= y)" where they are in several schemas.
static const char *compare_columns(const struct rw *rw, const struct key *key, const char *alias, const char *op,
                                   const char *variables, int i)
{
    const char *left = left_side(rw, key, alias, i), *right = lc_printf(rw->arena, "%s%d", variables, i + 1);
    char strict[2] = {*op, '\0'};

    if (i + 1 == key->index->nkeyatts)
        return lc_printf(rw->arena, "%s %s %s", left, rw_operator(rw, key_type(key, i), op, !alias), right);
    return lc_printf(rw->arena, "(%s %s %s AND (%s %s %s OR %s))", left,
                     rw_operator(rw, key_type(key, i), *op == '>' ? ">=" : "<=", !alias), right, left,
                     rw_operator(rw, key_type(key, i), strict, !alias), right,
                     compare_columns(rw, key, alias, op, variables, i + 1));
}

// "(a, b) <= (lockcast_hi_1, lockcast_hi_2)"; an alias, "" for none, is for where the migration's own text is beside it, NULL for where it is not.
static const char *compare(const struct rw *rw, const struct key *key, const char *alias, const char *op, const char *variables)
{
    const char *right = list(rw, key, variables, true, ""), *named = rw_operator(rw, key_type(key, 0), op, !alias);
    struct lc_str left;

    lc_str_init(&left, rw->arena, LC_STR_MAX);
    for (int i = 0; i < key->index->nkeyatts; i++) {
        if (!lc_streq(named, rw_operator(rw, key_type(key, i), op, !alias)))
            return compare_columns(rw, key, alias, op, variables, 0);
        lc_str_addf(&left, "%s%s", i ? ", " : "", left_side(rw, key, alias, i));
    }
    if (key->index->nkeyatts == 1)
        return lc_printf(rw->arena, "%s %s %s", left.text, named, right);
    return lc_printf(rw->arena, "(%s) %s (%s)", left.text, named, right);
}

static void declare(struct rw *rw, const struct key *key, const char *name, const char *table, struct lc_str *s)
{
    for (int i = 0; i < key->index->nkeyatts; i++)
        lc_str_addf(s, "    lockcast_%s_%d %s.%s%%TYPE;\n", name, i + 1, table, key_column(rw, key, i));
}

// Rows per batch to begin with: few, for the loop finds the right number within some batches; fewer where the forecast knows of slow rows.
static int first_rows(const struct rw *rw)
{
    double rows = FIRST_ROWS;

    for (int i = 0; i < rw->fs->cost.len; i++) {
        const struct cost_item *item = &rw->fs->cost.items[i];
        if (item->rows > 1000 && item->ms.p90 > 0)
            rows = fmin(rows, 0.1 * rw->target_ms / (item->ms.p90 / item->rows));
    }
    return (int)fmax(LEAST_ROWS, rows);
}

static void add_declarations(struct lc_str *s, int rows, double total)
{
    lc_str_addf(s, "    lockcast_batch integer := %d; -- rows; follows the time that a batch takes\n", rows);
    lc_str_addf(s, "    lockcast_total double precision := %.0f; -- rows, as the planner knew them\n", fmax(total, 1));
    lc_str_add(s, "    lockcast_passed bigint := 0;\n"
                  "    lockcast_rows bigint;\n"
                  "    lockcast_failures integer := 0;\n"
                  "    lockcast_waited integer := 0; -- seconds, for replicas\n"
                  "    lockcast_began pg_catalog.timestamptz := pg_catalog.clock_timestamp();\n"
                  "    lockcast_told pg_catalog.timestamptz := pg_catalog.clock_timestamp();\n"
                  "    lockcast_started pg_catalog.timestamptz;\n"
                  "    lockcast_path constant pg_catalog.text := pg_catalog.current_setting('search_path');\n"
                  "    lockcast_ms double precision;\n");
}

// Triggers of the table would do what the original, which rewrites the heap, does not do.
static void add_batch_begin(const struct rw *rw, const struct rw_batch *b, struct lc_str *s)
{
    lc_str_addf(s,
                "        lockcast_started := pg_catalog.clock_timestamp();\n"
                "        BEGIN\n"
                "            PERFORM pg_catalog.set_config('lock_timeout', '%.0fms', true);\n",
                rw_lock_timeout(rw));
    if (b->quiet_triggers)
        lc_str_add(s, "            -- the table's own triggers must not see this (needs a superuser, or SET on this parameter)\n"
                      "            PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);\n");
}

static void add_batch_end(const struct rw *rw, const struct rw_batch *b, struct lc_str *s)
{
    lc_str_addf(s,
                "        EXCEPTION WHEN lock_not_available OR deadlock_detected THEN\n"
                "            lockcast_failures := lockcast_failures + 1;\n"
                "            IF lockcast_failures > 500 THEN RAISE; END IF;\n"
                "            lockcast_batch := greatest(lockcast_batch / 2, %d);\n"
                "            PERFORM pg_catalog.pg_sleep(0.05 + 0.2 * pg_catalog.random());\n"
                "        END;\n"
                "        " OTHERS_PATH "        COMMIT;\n        " RW_SET_PATH
                "        lockcast_ms := 1000 * extract(epoch FROM pg_catalog.clock_timestamp() - lockcast_started);\n"
                "        IF lockcast_ms > %.0f THEN\n"
                "            lockcast_batch := greatest(lockcast_batch / 2, %d);\n"
                "        ELSIF lockcast_ms < %.0f THEN\n"
                "            lockcast_batch := least(lockcast_batch + lockcast_batch / 2, %d);\n"
                "        END IF;\n",
                LEAST_ROWS, 0.6 * rw->target_ms, LEAST_ROWS, 0.3 * rw->target_ms, MOST_ROWS);
    lc_str_addf(
        s,
        "        IF pg_catalog.clock_timestamp() > lockcast_told + interval '5 s' AND lockcast_passed > 0 THEN\n"
        "            lockcast_told := pg_catalog.clock_timestamp();\n"
        "            RAISE NOTICE '%%: %% %% done, about %% left', %s, pg_catalog.round(least(99, 100 * lockcast_passed / "
        "lockcast_total)), '%%',\n"
        "                pg_catalog.make_interval(secs => pg_catalog.round(extract(epoch FROM lockcast_told - "
        "lockcast_began)::numeric)\n"
        "                    * greatest(0, lockcast_total - lockcast_passed) / lockcast_passed);\n"
        "        END IF;\n"
        "        -- leave room for others, and wait for replicas that lag\n"
        "        PERFORM pg_catalog.pg_sleep(least(0.1, lockcast_ms / 5000));\n"
        "        WHILE lockcast_waited < 600 AND (SELECT pg_catalog.max(replay_lag) FROM pg_catalog.pg_stat_replication) > "
        "interval '10 s' LOOP\n"
        "            COMMIT;\n            " RW_SET_PATH "            PERFORM pg_catalog.pg_sleep(1);\n"
        "            lockcast_waited := lockcast_waited + 1;\n"
        "            IF lockcast_waited = 600 THEN\n"
        "                RAISE NOTICE 'a replica lags for ten minutes, maybe on purpose: not waiting for replicas any more';\n"
        "            END IF;\n"
        "        END LOOP;\n"
        "        IF lockcast_waited < 600 THEN lockcast_waited := 0; END IF;\n",
        lc_quote_literal(rw->arena, b->what));
}

// --- by key -------------------------------------------------------------------------------------------------------------------------------

// The table, and the statement's own condition on it: "t AS a WHERE (condition)", "t WHERE true".
static const char *own_rows(const struct rw *rw, const struct rw_batch *b)
{
    const char *table = cat_qualified_name(rw->cat, b->rel);

    return b->condition ? lc_printf(rw->arena, "%s AS %s WHERE (%s)", table, b->alias, b->condition)
                        : lc_printf(rw->arena, "%s WHERE true", table);
}

struct key_reads {
    const struct key *key;
    bool other;
};

static bool visit_column(const Node *node, void *context)
{
    struct key_reads *r = context;
    const ColumnRef *ref = AS(ColumnRef, node);
    bool found = !ref;

    for (int i = 0; !found && i < r->key->index->nkeyatts; i++)
        found = lc_streq(cat_attribute_at(r->key->rel, r->key->index->keys[i])->name, list_last_name(&ref->fields));
    r->other |= !found;
    return true;
}

// Does the condition cut the keys themselves, so that the loop passes those that meet it and no others?
static bool cuts_keys(const struct rw_batch *b, const struct key *key)
{
    struct key_reads r = {key, false};

    node_walk(b->where, visit_column, &r);
    return b->where && !r.other;
}

static double rows_passed(const struct rw *rw, const struct rw_batch *b, const struct key *key)
{
    for (int i = 0; cuts_keys(b, key) && i < rw->fs->cost.len; i++)
        if (rw->fs->fp.work.items[i].kind == FP_QUERY && rw->fs->cost.items[i].rows > 0)
            return rw->fs->cost.items[i].rows;
    return b->rows > 0 ? b->rows : rw_rows(rw, b->rel);
}

// What passing the keys takes, as a query for the planner: no batch changes rows without looking for its end first.
static const char *passing(const struct rw *rw, const struct rw_batch *b, const struct key *key)
{
    const char *from = cuts_keys(b, key) ? own_rows(rw, b) : cat_qualified_name(rw->cat, b->rel),
               *keys = list(rw, key, NULL, false, "");

    return lc_printf(rw->arena, "SELECT pg_catalog.count(*) FROM (SELECT %s FROM %s ORDER BY %s) AS lockcast_keys;", keys, from,
                     keys);
}

static const char *texts(const struct rw *rw, const struct key *key, const char *name)
{
    return list(rw, key, lc_printf(rw->arena, "lockcast_%s_", name), true, "::text");
}

static const char *variables(const struct rw *rw, const struct key *key, const char *name)
{
    return list(rw, key, lc_printf(rw->arena, "lockcast_%s_", name), true, "");
}

static void add_resume(struct rw *rw, const struct rw_batch *b, const struct key *key, int step, struct lc_str *s)
{
    int n = key->index->nkeyatts;
    const char *order = list(rw, key, NULL, false, " DESC");

    lc_str_add(s, "    SELECT ");
    for (int i = 0; i < n; i++)
        lc_str_addf(s, "reached[%d], stop[%d], ", i + 1, i + 1);
    lc_str_add(s, "rows INTO ");
    for (int i = 0; i < n; i++)
        lc_str_addf(s, "lockcast_at_%d, lockcast_stop_%d, ", i + 1, i + 1);
    lc_str_addf(s, "lockcast_passed\n      FROM %s WHERE step = %d;\n", rw_state(rw), step);
    lc_str_addf(s,
                "    IF NOT FOUND THEN -- rows that come later are none of the statement's\n"
                "        lockcast_passed := 0;\n"
                "        " OTHERS_PATH "        SELECT %s INTO %s FROM %s ORDER BY %s LIMIT 1;\n        " RW_SET_PATH
                "        INSERT INTO %s (step, stop) VALUES (%d, ARRAY[%s]);\n"
                "        COMMIT;\n        " RW_SET_PATH "    END IF;\n",
                list(rw, key, NULL, false, ""), variables(rw, key, "stop"), own_rows(rw, b), order, rw_state(rw), step,
                texts(rw, key, "stop"));
}

// The batch ends at its n-th key, or where the loop ends: there it is counted.
static void add_range_end(struct rw *rw, const struct key *key, const char *table, struct lc_str *s)
{
    const char *cols = list(rw, key, NULL, false, ""), *hi = variables(rw, key, "hi");
    const char *rest = lc_printf(rw->arena, "%s AND %s", compare(rw, key, NULL, ">=", "lockcast_lo_"),
                                 compare(rw, key, NULL, "<=", "lockcast_stop_"));

    lc_str_addf(s,
                "            lockcast_rows := lockcast_batch;\n"
                "            SELECT %s INTO %s FROM %s WHERE %s ORDER BY %s OFFSET lockcast_batch - 1 LIMIT 1;\n"
                "            IF NOT FOUND THEN\n"
                "                SELECT pg_catalog.count(*) INTO lockcast_rows FROM %s WHERE %s;\n",
                cols, hi, table, rest, cols, table, rest);
    for (int i = 1; i <= key->index->nkeyatts; i++)
        lc_str_addf(s, "                lockcast_hi_%d := lockcast_stop_%d;\n", i, i);
    lc_str_add(s, "            END IF;\n");
}

static void add_next_range(struct rw *rw, const struct rw_batch *b, const struct key *key, const char *table, struct lc_str *s)
{
    const char *cols = list(rw, key, NULL, false, ""), *lo = variables(rw, key, "lo");
    const char *stop = compare(rw, key, NULL, "<=", "lockcast_stop_");

    lc_str_addf(s,
                "            IF lockcast_at_1 IS NULL THEN\n"
                "                " OTHERS_PATH "                SELECT %s INTO %s FROM %s AND %s ORDER BY %s LIMIT 1;\n"
                "            ELSE\n"
                "                SELECT %s INTO %s FROM %s WHERE %s AND %s ORDER BY %s LIMIT 1;\n"
                "            END IF;\n"
                "            EXIT WHEN NOT FOUND;\n            " RW_SET_PATH,
                cols, lo, own_rows(rw, b), compare(rw, key, "", "<=", "lockcast_stop_"), cols, cols, lo, table,
                compare(rw, key, NULL, ">", "lockcast_at_"), stop, cols);
    add_range_end(rw, key, table, s);
}

static const char *keyset_loop(struct rw *rw, const struct rw_batch *b, const struct key *key, int step, int rows)
{
    const char *table = cat_qualified_name(rw->cat, b->rel);
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    lc_str_add(&s, "#variable_conflict use_column\nDECLARE\n");
    declare(rw, key, "at", table, &s);
    declare(rw, key, "lo", table, &s);
    declare(rw, key, "hi", table, &s);
    declare(rw, key, "stop", table, &s);
    add_declarations(&s, rows, rows_passed(rw, b, key));
    lc_str_add(&s, "BEGIN\n    " RW_SET_PATH);
    add_resume(rw, b, key, step, &s);
    lc_str_add(&s, "    LOOP\n");
    add_batch_begin(rw, b, &s);
    add_next_range(rw, b, key, table, &s);
    lc_str_addf(&s, "            " OTHERS_PATH "            %s%s AND %s%s;\n            " RW_SET_PATH, b->head,
                compare(rw, key, b->alias, ">=", "lockcast_lo_"), compare(rw, key, b->alias, "<=", "lockcast_hi_"), b->tail);
    lc_str_addf(&s, "            UPDATE %s SET reached = ARRAY[%s], rows = rows + lockcast_rows WHERE step = %d;\n", rw_state(rw),
                texts(rw, key, "hi"), step);
    for (int i = 0; i < key->index->nkeyatts; i++)
        lc_str_addf(&s, "            lockcast_at_%d := lockcast_hi_%d;\n", i + 1, i + 1);
    lc_str_add(&s, "            lockcast_passed := lockcast_passed + lockcast_rows;\n");
    add_batch_end(rw, b, &s);
    lc_str_addf(&s, "    END LOOP;\n    " RW_SET_PATH "    UPDATE %s SET done = true WHERE step = %d;\nEND", rw_state(rw), step);
    return s.text;
}

// --- without a key ------------------------------------------------------------------------------------------------------------------------

// 13 has no TID range scan (nodeTidrangescan.c is 14's): there the line pointers are counted up, at most 291 in a page of 8 kB.
static const char *page_condition(const struct rw *rw, const char *alias)
{
    if (cat_major(rw->cat) >= 14)
        return lc_printf(rw->arena,
                         "%s.ctid " RW_OP(">=") " pg_catalog.format('(%%s,0)', lockcast_page)::pg_catalog.tid AND %s.ctid " RW_OP(
                             "<") " pg_catalog.format('(%%s,0)', lockcast_page " RW_OP("+") " lockcast_step)::pg_catalog.tid",
                         alias, alias);
    return lc_printf(rw->arena,
                     "%s.ctid " RW_OP("=") " ANY (ARRAY(SELECT pg_catalog.format('(%%s,%%s)', p, i)::pg_catalog.tid FROM "
                                           "pg_catalog.generate_series(lockcast_page, "
                                           "(lockcast_page " RW_OP("+") " lockcast_step) " RW_OP(
                                               "-") " 1) p,"
                                                    " pg_catalog.generate_series(1, 291) i))",
                     alias);
}

// Rows move while others update them, maybe behind the place where the loop is: passes are made until one finds nothing.
static const char *page_loop(struct rw *rw, const struct rw_batch *b, const struct cat_relation *heap, int rows)
{
    const char *table = cat_qualified_name(rw->cat, heap);
    double per_page =
        heap->size.known && heap->size.pages > 0 && heap->size.tuples > 0 ? heap->size.tuples / heap->size.pages : 50;
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    lc_str_add(&s, "#variable_conflict use_column\nDECLARE\n    lockcast_page bigint;\n    lockcast_pages bigint;\n    "
                   "lockcast_step bigint;\n"
                   "    lockcast_found bigint;\n    lockcast_passes integer := 0;\n");
    add_declarations(&s, rows, rw_rows(rw, heap));
    lc_str_addf(&s,
                "BEGIN\n    " RW_SET_PATH "    LOOP -- passes\n"
                "    lockcast_page := 0;\n"
                "    lockcast_found := 0;\n"
                "    lockcast_pages := pg_catalog.pg_relation_size(%s::pg_catalog.regclass) / "
                "pg_catalog.current_setting('block_size')::bigint;\n"
                "    WHILE lockcast_page < lockcast_pages LOOP\n"
                "        lockcast_step := greatest(1, lockcast_batch / %d);\n",
                lc_quote_literal(rw->arena, table), (int)fmax(1, per_page));
    add_batch_begin(rw, b, &s);
    lc_str_addf(&s, "            " OTHERS_PATH "            %s%s%s;\n", b->head, page_condition(rw, b->alias), b->tail);
    lc_str_addf(&s,
                "            GET DIAGNOSTICS lockcast_rows = ROW_COUNT;\n            " RW_SET_PATH
                "            lockcast_found := lockcast_found + lockcast_rows;\n"
                "            lockcast_passed := lockcast_passed + lockcast_step * %d;\n"
                "            lockcast_page := lockcast_page + lockcast_step;\n",
                (int)fmax(1, per_page));
    add_batch_end(rw, b, &s);
    lc_str_addf(
        &s, "    END LOOP;\n    lockcast_passes := lockcast_passes + 1;\n    EXIT WHEN lockcast_found = 0%s;\n    END LOOP;\nEND",
        b->passes ? lc_printf(rw->arena, " OR lockcast_passes >= %d", b->passes) : "");
    return s.text;
}

static void add_loop(struct rw *rw, const struct rw_batch *b, const char *body, const char *passing, int rows)
{
    const char *tag = rw_dollar(rw->arena, body);
    struct rewrite_step *step = rw_loop(rw, lc_printf(rw->arena, "DO %s\n%s %s;", tag, body, tag), b->why, b->rollback);

    step->batch_rows = rows;
    step->all_rows = lc_printf(rw->arena, "%strue%s;", b->head, b->tail);
    step->passing = passing;
    step->irreversible = b->irreversible;
}

static void add_page_loops(struct rw *rw, const struct rw_batch *b, int rows)
{
    struct cat_oids all = {0};

    cat_inheritors(rw->cat, b->rel->o.oid, &all);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *heap = cat_relation(rw->cat, all.items[i]);
        struct rw_batch part = *b;
        if (!heap || heap->relkind == 'p' || heap->relkind == 'f')
            continue;
        if (all.len > 1) // ctids mean something in one heap only
            part.head = lc_printf(rw->arena, "%s%s.tableoid " RW_OP("=") " %s::pg_catalog.regclass AND ", b->head, b->alias,
                                  lc_quote_literal(rw->arena, cat_qualified_name(rw->cat, heap)));
        add_loop(rw, &part, page_loop(rw, &part, heap, rows), NULL, rows);
    }
}

void rw_add_batch(struct rw *rw, const struct rw_batch *b)
{
    struct key key = choose_key(rw, b->rel, b->through, b->changed);
    int rows = first_rows(rw);

    rw->quiet |= b->quiet_triggers;

    if (key.index)
        add_loop(rw, b, keyset_loop(rw, b, &key, rw->number + 1, rows), passing(rw, b, &key), rows);
    else
        add_page_loops(rw, b, rows);
}

// What the catalogue costs: 50,000 tables with keys and indexes, look-ups, changes under undo, deletion, planned expressions.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/str.h"
#include "catalog/apply.h"
#include "catalog/expr.h"
#include "sql/sql.h"

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct lc_arena *arena;
static struct catalog *cat;

static struct cat_object head(enum cat_class class, const char *fmt, int i)
{
    return (struct cat_object){.class = class, .oid = cat_new_oid(cat), .name = lc_printf(arena, fmt, i), .schema = 2200};
}

static Oid add_index(const char *fmt, int i, Oid table, int column, Oid constraint)
{
    struct cat_relation *x = LC_NEW(arena, struct cat_relation);

    x->o = head(CAT_RELATION, fmt, i);
    x->relkind = 'i';
    x->index = LC_NEW(arena, struct cat_index);
    *x->index = (struct cat_index){.indrelid = table, .nkeyatts = 1, .natts = 1, .valid = true, .constraint = constraint};
    x->index->keys = LC_NEW_ARRAY(arena, int, 1);
    x->index->keys[0] = column;
    cat_add(cat, &x->o);
    return x->o.oid;
}

static void add_table(int i)
{
    struct cat_relation *t = LC_NEW(arena, struct cat_relation);
    struct cat_constraint *pk = LC_NEW(arena, struct cat_constraint), *fk = LC_NEW(arena, struct cat_constraint);

    t->o = head(CAT_RELATION, "table_%d", i);
    t->relkind = 'r';
    t->natts = 10;
    t->attrs = LC_NEW_ARRAY(arena, struct cat_attribute, 10);
    for (int k = 0; k < 10; k++)
        t->attrs[k] = (struct cat_attribute){.name = lc_printf(arena, "column_%d", k), .attnum = k + 1, .type = 23, .typmod = -1};
    cat_add(cat, &t->o);
    pk->o = head(CAT_CONSTRAINT, "table_%d_pkey", i);
    pk->contype = 'p';
    pk->conrelid = t->o.oid;
    LC_PUSH(arena, &pk->conkey, 1);
    pk->conindid = add_index("table_%d_pkey", i, t->o.oid, 1, pk->o.oid);
    cat_add(cat, &pk->o);
    (void)add_index("table_%d_x", i, t->o.oid, 2, InvalidOid);
    if (i % 10 == 0)
        return;
    fk->o = head(CAT_CONSTRAINT, "table_%d_fkey", i);
    fk->contype = 'f';
    fk->conrelid = t->o.oid;
    fk->confrelid = cat_find_relation(cat, NULL, lc_printf(arena, "table_%d", i - i % 10))->o.oid;
    LC_PUSH(arena, &fk->conkey, 2);
    LC_PUSH(arena, &fk->confkey, 1);
    cat_add(cat, &fk->o);
}

static void report(const char *what, double since, int n, size_t bytes)
{
    printf("%-40s %8.2f us each %10.1f bytes each\n", what, (now_ms() - since) * 1000 / n,
           (double)(lc_arena_used(arena) - bytes) / n);
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 50000, found = 0;
    struct cat_addresses targets = {0}, deleted = {0};
    size_t bytes = 0;
    double start;
    Node *expr, *stmt;

    arena = lc_arena_new((size_t)8 << 30, NULL, NULL);
    start = now_ms();
    cat = cat_new(arena, 170000);
    report("cat_new", start, 1, bytes);
    start = now_ms();
    bytes = lc_arena_used(arena);
    for (int i = 0; i < n; i++)
        add_table(i);
    report("table, 2 indexes, 2 constraints", start, n, bytes);
    start = now_ms();
    bytes = lc_arena_used(arena);
    for (int i = 0; i < n; i++)
        found += cat_find_relation(cat, NULL, lc_printf(arena, "table_%d", i)) != NULL;
    report("look-up along search_path", start, n, bytes);
    start = now_ms();
    bytes = lc_arena_used(arena);
    cat_begin(cat);
    for (int i = 0; i < n; i++)
        (void)cat_modify(cat, cat_find_relation(cat, "public", lc_printf(arena, "table_%d", i)));
    cat_rollback(cat);
    report("modify and undo", start, n, bytes);
    start = now_ms();
    bytes = lc_arena_used(arena);
    for (int i = 0; i < 1000; i++) {
        targets.len = deleted.len = 0;
        LC_PUSH(arena, &targets,
                (struct cat_address){CAT_RELATION, cat_find_relation(cat, NULL, lc_printf(arena, "table_%d", i))->o.oid, 0});
        found += cat_deletion(cat, &targets, true, &deleted, NULL, NULL) == LC_OK;
    }
    report("DROP ... CASCADE of a table", start, 1000, bytes);
    expr = lc_sql_parse_expr(arena, "coalesce(lower(left(md5(random()::text), 8)), 'x' || now()::date::text)");
    start = now_ms();
    bytes = lc_arena_used(arena);
    for (int i = 0; i < 10000; i++)
        found += cat_expr_volatility(cat, NULL, expr, NULL) == 'v';
    report("volatility of a default", start, 10000, bytes);
    stmt = lc_sql_parse_one(
        arena, "SELECT a.*, count(*) FROM table_1 a JOIN table_2 b ON a.column_1 = b.column_2 WHERE b.column_3 > 5 GROUP BY 1",
        NULL);
    start = now_ms();
    bytes = lc_arena_used(arena);
    for (int i = 0; i < 10000; i++) {
        struct cat_addresses deps = {0};

        cat_query_dependencies(cat, NULL, stmt, &deps);
        found += deps.len;
    }
    report("dependencies of a query", start, 10000, bytes);
    printf("%d\n", found);
    lc_arena_free(arena);
    return 0;
}

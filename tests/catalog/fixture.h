// A catalogue and objects for it, made by hand.
#ifndef TESTS_CATALOG_FIXTURE_H
#define TESTS_CATALOG_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/str.h"
#include "catalog/catalog.h"
#include "catalog/expr.h"
#include "catalog/oids.h"
#include "sql/sql.h"

static struct lc_arena *arena;
static struct catalog *cat;

static inline int setup(void **state)
{
    (void)state;
    arena = lc_arena_new((size_t)1 << 30, NULL, NULL);
    cat = cat_new(arena, 150018);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    lc_arena_free(arena);
    return 0;
}

static inline struct cat_object head(enum cat_class class, const char *name)
{
    return (struct cat_object){.class = class, .oid = cat_new_oid(cat), .name = lc_strdup(arena, name), .schema = 2200};
}

// "id:integer note:text" to columns; a type may have an exclamation mark: NOT NULL.
static inline void add_columns(struct cat_relation *rel, const char *spec)
{
    struct lc_list LC_ARRAY(struct cat_attribute) list = {0};
    char *copy = lc_strdup(arena, spec), *save = NULL;

    for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
        char *colon = strchr(w, ':'), *bang = strchr(w, '!');
        struct cat_attribute a = {.attnum = list.len + 1, .islocal = true, .notnull = bang != NULL, .typmod = -1};
        Node *e;
        const TypeCast *c;

        *colon = '\0';
        if (bang)
            *bang = '\0';
        a.name = w;
        e = lc_sql_parse_expr(arena, lc_printf(arena, "NULL::%s", colon + 1));
        c = AS(TypeCast, e);
        assert_non_null(c);
        assert_non_null(cat_find_typename(cat, c->typeName, &a.typmod));
        a.type = cat_find_typename(cat, c->typeName, &a.typmod)->o.oid;
        LC_PUSH(arena, &list, a);
    }
    rel->attrs = list.items;
    rel->natts = list.len;
}

static inline struct cat_relation *new_table(const char *name, const char *columns)
{
    struct cat_relation *rel = LC_NEW(arena, struct cat_relation);

    rel->o = head(CAT_RELATION, name);
    rel->relkind = 'r';
    rel->relpersistence = 'p';
    add_columns(rel, columns);
    cat_add(cat, &rel->o);
    return rel;
}

static inline struct cat_relation *new_index(const char *name, const struct cat_relation *table, int attnum)
{
    struct cat_relation *rel = LC_NEW(arena, struct cat_relation);

    rel->o = head(CAT_RELATION, name);
    rel->relkind = 'i';
    rel->relpersistence = 'p';
    rel->index = LC_NEW(arena, struct cat_index);
    rel->index->indrelid = table->o.oid;
    rel->index->nkeyatts = rel->index->natts = 1;
    rel->index->keys = LC_NEW_ARRAY(arena, int, 1);
    rel->index->keys[0] = attnum;
    rel->index->valid = true;
    cat_add(cat, &rel->o);
    return rel;
}

static inline struct cat_constraint *new_constraint(const char *name, char contype, const struct cat_relation *table, int attnum)
{
    struct cat_constraint *con = LC_NEW(arena, struct cat_constraint);

    con->o = head(CAT_CONSTRAINT, name);
    con->contype = contype;
    con->conrelid = table->o.oid;
    con->convalidated = con->conenforced = con->conislocal = true;
    if (attnum)
        LC_PUSH(arena, &con->conkey, attnum);
    return con;
}

#endif

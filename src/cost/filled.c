// What a deploy puts into the tables and materialized views that it makes: later statements find it there, though no catalogue has its size.
#include <math.h>

#include "base/map.h"
#include "cost/price.h"

struct cost_filled {
    struct lc_arena *arena;
    struct lc_map sizes; // oid -> struct cat_sizes
    struct lc_map texts; // oid -> the statement that made a materialized view: the planner can be asked about it
};

struct cost_filled *cost_filled_new(struct lc_arena *arena)
{
    struct cost_filled *f = LC_NEW(arena, struct cost_filled);

    f->arena = arena;
    lc_map_init(&f->sizes, arena);
    lc_map_init(&f->texts, arena);
    return f;
}

const struct cat_relation *price_filled(const struct pricing *p, const struct cat_relation *rel)
{
    const struct cost_filled *f = p->options->filled;
    const struct cat_sizes *size = f && rel && rel->o.created ? lc_map_geti(&f->sizes, rel->o.oid) : NULL;
    struct cat_relation *copy;

    if (!size)
        return rel;
    copy = lc_memdup(p->arena, rel, sizeof *rel);
    copy->size = *size;
    return copy;
}

// Rows of an INSERT come to those that are there; a query that fills a table anew takes their place.
void price_fill(const struct pricing *p, const struct cat_relation *rel, double rows, double bytes, bool adds)
{
    struct cost_filled *f = p->options->filled;
    struct cat_sizes *old, *size;

    if (!f || !rel || !rel->o.created || rows < 1)
        return;
    old = lc_map_geti(&f->sizes, rel->o.oid);
    size = LC_NEW(f->arena, struct cat_sizes);
    *size = (struct cat_sizes){.known = true, .exact = true, .tuples = rows, .bytes = bytes, .pages = ceil(bytes / COST_PAGE)};
    if (adds && old) {
        size->tuples += old->tuples;
        size->bytes += old->bytes;
        size->pages += old->pages;
    }
    (void)lc_map_puti(&f->sizes, rel->o.oid, size);
}

const char *price_filling_text(const struct pricing *p, const struct fp_work *w)
{
    struct cost_filled *f = p->options->filled;
    char *text;

    if (!f || !w->rel || !w->rel->o.created || w->rel->relkind != 'm')
        return w->sql;
    if (!w->sql)
        return lc_map_geti(&f->texts, w->rel->o.oid);
    text = lc_strdup(f->arena, w->sql);
    (void)lc_map_puti(&f->texts, w->rel->o.oid, text);
    return w->sql;
}

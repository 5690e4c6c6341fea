// What the catalogue shows when a file has run to its end: a second run then finds its progress table gone and does nothing.
//
// The catalogue as the file finds it is held against the catalogue as it leaves it; only what differs is a fact.
#include "rewrite/internal.h"

static void add(struct rw *rw, const char *condition)
{
    lc_str_addf(&rw->facts, " AND\n    %s", condition);
}

static const char *literal_name(struct rw *rw, const struct cat_relation *rel)
{
    return lc_quote_literal(rw->arena, cat_qualified_name(rw->cat, rel));
}

// A name that is taken already shows nothing when it is there at the end.
static void remember_name(struct rw *rw, const char *kind, const char *of, const char *name)
{
    (void)lc_map_put(&rw->taken, lc_printf(rw->arena, "%s %s %s", kind, of, name), rw);
}

static bool was_taken(struct rw *rw, const char *kind, const char *of, const char *name)
{
    return lc_map_get(&rw->taken, lc_printf(rw->arena, "%s %s %s", kind, of, name)) != NULL;
}

static void remember(struct rw *rw, const struct cat_relation *locked)
{
    const char *schema = cat_schema_name(rw->cat, locked->o.schema);
    const struct cat_relation *rel = cat_relation(rw->cat, locked->o.oid);

    if (schema && cat_find_relation(rw->cat, schema, locked->o.name))
        remember_name(rw, "relation", schema, locked->o.name);
    if (!rel || rel->o.created || rel->relpersistence == 't')
        return;
    (void)lc_map_puti(&rw->before, rel->o.oid, (void *)(uintptr_t)rel);
    for (int i = 0; i < rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(rw->cat, rel->constraints.items[i]);
        if (con)
            remember_name(rw, "constraint", lc_printf(rw->arena, "%u", rel->o.oid), con->o.name);
    }
}

void rw_facts_begin(struct rw *rw, const struct forecast_file *f)
{
    lc_map_init(&rw->before, rw->arena);
    lc_map_init(&rw->taken, rw->arena);
    lc_str_init(&rw->facts, rw->arena, LC_STR_MAX);
    for (int k = 0; k < f->len; k++)
        for (int i = 0; i < f->stmts[k].fp.locks.len; i++)
            remember(rw, f->stmts[k].fp.locks.items[i].rel);
}

static void compare_columns(struct rw *rw, const struct cat_relation *before, const struct cat_relation *after)
{
    for (int i = 0; i < after->natts; i++) {
        const struct cat_attribute *a = &after->attrs[i], *b = a->isdropped ? NULL : cat_find_column(before, a->name);
        if (a->isdropped || (b && b->type == a->type && b->typmod == a->typmod && b->notnull == a->notnull))
            continue;
        add(rw, lc_printf(rw->arena,
                          "EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid " RW_OP(
                              "=") " pg_catalog.to_regclass(%s) AND attname " RW_OP("=") " %s AND NOT attisdropped%s%s)",
                          literal_name(rw, after), lc_quote_literal(rw->arena, a->name),
                          a->notnull        ? " AND attnotnull"
                          : b && b->notnull ? " AND NOT attnotnull"
                                            : "",
                          b && (b->type != a->type || b->typmod != a->typmod)
                              ? lc_printf(rw->arena, " AND pg_catalog.format_type(atttypid, atttypmod) " RW_OP("<>") " %s",
                                          lc_quote_literal(rw->arena, cat_format_type(rw->cat, b->type, b->typmod)))
                              : ""));
    }
}

static void compare_constraints(struct rw *rw, const struct cat_relation *after)
{
    const char *of = lc_printf(rw->arena, "%u", after->o.oid);

    for (int i = 0; i < after->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(rw->cat, after->constraints.items[i]);
        if (con && con->contype != 'n' && !was_taken(rw, "constraint", of, con->o.name))
            add(rw, lc_printf(rw->arena,
                              "EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid " RW_OP(
                                  "=") " pg_catalog.to_regclass(%s) AND conname " RW_OP("=") " %s)",
                              literal_name(rw, after), lc_quote_literal(rw->arena, con->o.name)));
    }
}

static void compare_dropped(struct rw *rw, const struct cat_relation *before, const struct cat_relation *after)
{
    for (int i = 0; i < before->natts; i++) {
        const struct cat_attribute *b = &before->attrs[i];
        if (!b->isdropped && !cat_find_column(after, b->name))
            add(rw, lc_printf(rw->arena,
                              "NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid " RW_OP(
                                  "=") " pg_catalog.to_regclass(%s) AND "
                                       "attname " RW_OP("=") " %s)",
                              literal_name(rw, after), lc_quote_literal(rw->arena, b->name)));
    }
}

static void compare_place(struct rw *rw, const struct cat_relation *before, const struct cat_relation *after)
{
    if ((!lc_streq(before->o.name, after->o.name) || before->o.schema != after->o.schema) &&
        !was_taken(rw, "relation", cat_schema_name(rw->cat, after->o.schema), after->o.name)) {
        add(rw, lc_printf(rw->arena, "pg_catalog.to_regclass(%s) IS NOT NULL", literal_name(rw, after)));
        if (!cat_find_relation(rw->cat, cat_schema_name(rw->cat, before->o.schema), before->o.name)) // a bridge has both names
            add(rw, lc_printf(rw->arena, "pg_catalog.to_regclass(%s) IS NULL", literal_name(rw, before)));
    }
    if (!before->parents.len != !after->parents.len)
        add(rw,
            lc_printf(rw->arena,
                      "%sEXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhrelid " RW_OP("=") " pg_catalog.to_regclass(%s))",
                      after->parents.len ? "" : "NOT ", literal_name(rw, after)));
}

// A relation that the file makes, or one that it found.
static void compare_relation(struct rw *rw, const struct cat_relation *locked)
{
    const struct cat_relation *before = lc_map_geti(&rw->before, locked->o.oid), *after = cat_relation(rw->cat, locked->o.oid);

    if (!before && locked->o.created) // made anew in this walk: known by its name only
        after = cat_find_relation(rw->cat, cat_schema_name(rw->cat, locked->o.schema), locked->o.name);

    if (locked->relpersistence == 't')
        return;
    if (before && !after && cat_find_relation(rw->cat, cat_schema_name(rw->cat, before->o.schema), before->o.name))
        return; // another has its name
    if (before && !after)
        add(rw, lc_printf(rw->arena, "pg_catalog.to_regclass(%s) IS NULL", literal_name(rw, before)));
    else if (after && after->o.created && !was_taken(rw, "relation", cat_schema_name(rw->cat, after->o.schema), after->o.name))
        add(rw, lc_printf(rw->arena, "pg_catalog.to_regclass(%s) IS NOT NULL", literal_name(rw, after)));
    else if (before && (before->relkind == 'r' || before->relkind == 'p') && before != after) {
        compare_place(rw, before, after);
        compare_dropped(rw, before, after);
        compare_columns(rw, before, after);
        compare_constraints(rw, after);
    }
}

static bool is_toast(const struct rw *rw, const struct cat_relation *rel)
{
    const struct cat_relation *of = rel->index ? cat_relation(rw->cat, rel->index->indrelid) : NULL;

    return rel->relkind == 't' || rel->toastfor || (of && (of->relkind == 't' || of->toastfor));
}

void rw_facts_end(struct rw *rw, const struct forecast_file *f)
{
    struct lc_map seen;

    lc_map_init(&seen, rw->arena);
    for (int k = 0; k < f->len; k++)
        for (int i = 0; i < f->stmts[k].fp.locks.len; i++) {
            const struct cat_relation *rel = f->stmts[k].fp.locks.items[i].rel;
            if (is_toast(rw, rel) || lc_map_puti(&seen, rel->o.oid, rw))
                continue;
            compare_relation(rw, rel);
        }
}

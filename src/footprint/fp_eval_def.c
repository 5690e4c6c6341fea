// Definitions of constraints as the server writes them (src/backend/utils/adt/ruleutils.c pg_get_constraintdef_worker).
#include "base/str.h"
#include "footprint/fp_eval.h"

static const char *action_of(char type)
{
    switch (type) {
    case 'r':
        return "RESTRICT";
    case 'c':
        return "CASCADE";
    case 'n':
        return "SET NULL";
    case 'd':
        return "SET DEFAULT";
    default:
        return NULL; // NO ACTION is not written
    }
}

static void add_columns(struct lc_str *out, struct fp_session *s, Oid relid, const int *keys, int n)
{
    const struct cat_relation *rel = cat_relation(s->cat, relid);

    for (int i = 0; i < n; i++) {
        bool known = rel && keys[i] > 0 && keys[i] <= rel->natts;
        lc_str_addf(out, "%s%s", i ? ", " : "", known ? lc_quote_ident(s->arena, rel->attrs[keys[i] - 1].name) : "?");
    }
}

// generate_relation_name: with its schema where search_path does not find it.
static const char *relation_name(struct fp_session *s, const struct cat_relation *rel)
{
    const char *name = lc_quote_ident(s->arena, rel->o.name);

    if (cat_find_relation(s->cat, NULL, rel->o.name) == rel)
        return name;
    return lc_printf(s->arena, "%s.%s", lc_quote_ident(s->arena, cat_schema_name(s->cat, rel->o.schema)), name);
}

static void add_foreign_key(struct lc_str *out, struct fp_session *s, const struct cat_constraint *con)
{
    const struct cat_relation *other = cat_relation(s->cat, con->confrelid);
    const char *on_update = action_of(con->confupdtype), *on_delete = action_of(con->confdeltype);

    lc_str_add(out, "FOREIGN KEY (");
    add_columns(out, s, con->conrelid, con->conkey.items, con->conkey.len);
    lc_str_addf(out, ") REFERENCES %s(", other ? relation_name(s, other) : "?");
    add_columns(out, s, con->confrelid, con->confkey.items, con->confkey.len);
    lc_str_addf(out, ")%s", con->confmatchtype == 'f' ? " MATCH FULL" : "");
    if (on_update)
        lc_str_addf(out, " ON UPDATE %s", on_update);
    if (on_delete)
        lc_str_addf(out, " ON DELETE %s", on_delete);
}

static void add_key(struct lc_str *out, struct fp_session *s, const struct cat_constraint *con)
{
    const struct cat_relation *index = cat_relation(s->cat, con->conindid);
    const struct cat_index *x = index ? index->index : NULL;

    lc_str_addf(out, "%s%s(", con->contype == 'p' ? "PRIMARY KEY " : "UNIQUE ",
                x && x->nulls_not_distinct ? "NULLS NOT DISTINCT " : "");
    add_columns(out, s, con->conrelid, con->conkey.items, con->conkey.len);
    lc_str_addf(out, "%s)", con->conperiod ? " WITHOUT OVERLAPS" : "");
    if (x && x->natts > x->nkeyatts) {
        lc_str_add(out, " INCLUDE (");
        add_columns(out, s, con->conrelid, x->keys + x->nkeyatts, x->natts - x->nkeyatts);
        lc_str_add(out, ")");
    }
}

const char *fp_constraint_definition(struct fp_session *s, const struct cat_constraint *con)
{
    struct lc_str out;

    if (con->contype == 'f' ? con->conperiod : con->contype != 'p' && con->contype != 'u')
        return con->def_text;
    lc_str_init(&out, s->arena, LC_STR_MAX);
    if (con->contype == 'f')
        add_foreign_key(&out, s, con);
    else
        add_key(&out, s, con);
    lc_str_addf(&out, "%s%s", con->condeferrable ? " DEFERRABLE" : "", con->condeferred ? " INITIALLY DEFERRED" : "");
    if (cat_major(s->cat) >= 18 && !con->conenforced)
        lc_str_add(&out, " NOT ENFORCED");
    else if (!con->convalidated)
        lc_str_add(&out, " NOT VALID");
    return out.text;
}

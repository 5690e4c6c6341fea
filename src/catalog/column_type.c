// ALTER COLUMN TYPE: must the table be written anew (ATColumnChangeRequiresRewrite, commands/tablecmds.c)? Domains.
#include "catalog/expr.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "catalog/expr_tree.h"

// DomainHasConstraints (typcache.c): CHECK or NOT NULL, of the domain or of one below it.
bool cat_domain_has_constraints(const struct catalog *cat, Oid type)
{
    for (int i = 0; i < 32; i++) {
        const struct cat_type *t = cat_type(cat, type);

        if (!t || t->typtype != 'd')
            return false;
        if (t->notnull)
            return true;
        for (int k = 0; k < t->constraints.len; k++) {
            const struct cat_constraint *c = cat_constraint(cat, t->constraints.items[k]);

            if (c && (c->contype == 'c' || c->contype == 'n'))
                return true;
        }
        type = t->basetype;
    }
    return false;
}

// TimestampTimestampTzRequiresRewrite (timestamp.c): not when the session's zone is a constant offset of zero. A zone that is not known counts as
// another one: a rewrite that does not come is the smaller surprise.
static bool zone_needs_rewrite(const struct catalog *cat)
{
    static const char *const zero[] = {"UTC",     "UCT",      "GMT",       "Zulu",      "Greenwich",     "Universal",
                                       "Etc/UTC", "Etc/UCT",  "Etc/GMT",   "Etc/Zulu",  "GMT0",          "GMT+0",
                                       "GMT-0",   "Etc/GMT0", "Etc/GMT+0", "Etc/GMT-0", "Etc/Greenwich", "Etc/Universal",
                                       "0",       "+0",       "-0",        "+00",       "-00",           "+00:00"};
    const char *zone = cat_setting(cat, "timezone");

    for (size_t i = 0; zone && i < sizeof zero / sizeof *zero; i++)
        if (strcasecmp(zone, zero[i]) == 0)
            return false;
    return true;
}

#define F_TIMESTAMP_TIMESTAMPTZ 2027 // timestamp(timestamptz), pg_proc.dat
#define F_TIMESTAMPTZ_TIMESTAMP 2028 // timestamptz(timestamp)

static bool requires_rewrite(const struct catalog *cat, const struct expr *e, int attnum)
{
    for (;;) {
        if (e->kind == X_VAR && e->attnum == attnum)
            return false;
        if (e->kind == X_FUNC) {
            if (!e->proc || (e->proc->o.oid != F_TIMESTAMP_TIMESTAMPTZ && e->proc->o.oid != F_TIMESTAMPTZ_TIMESTAMP) ||
                zone_needs_rewrite(cat))
                return true;
        } else if (e->kind == X_DOMAIN) {
            if (cat_domain_has_constraints(cat, e->type))
                return true;
        } else if (e->kind != X_RELABEL) {
            return true;
        }
        e = e->args[0];
    }
}

// ATPrepAlterColumnType: the column or the USING expression, made the new type as in an assignment, and planned.
bool cat_type_change_rewrites(const struct catalog *cat, const struct cat_relation *rel, const struct cat_attribute *att,
                              Oid type, int typmod, const Node *using)
{
    struct cat_scope scope = cat_scope_of(cat_arena(cat), rel);
    struct analysis a;
    struct expr *e;

    analysis_begin(&a, cat);
    if (using) {
        e = expr_analyze(&a, &scope, using);
    } else {
        e = expr_new(&a, X_VAR, att->type, att->typmod);
        e->rel = rel;
        e->attnum = att->attnum;
    }
    e = expr_coerce(&a, e, type, typmod, 'a');
    bool rewrites = !e || requires_rewrite(cat, expr_plan(&a, e), att->attnum);
    analysis_end(&a);
    return rewrites;
}

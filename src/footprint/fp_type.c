// Domains and composite types (typecmds.c).
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "footprint/fp_object.h"

static const struct fp_rule domain_table = {"alter-domain/table",
                                            LC_SHARE,
                                            0,
                                            0,
                                            "every row with a value of the domain is checked, while no one writes",
                                            "typecmds.c get_rels_with_domain"};

struct domain_users {
    struct lc_arena *arena;
    struct LC_ARRAY(struct cat_depend) all;
};

struct domain_walk {
    struct fp_session *s;
    const Node *expr;
    const char *what;
    int depth;
};

static void walk_domain(struct domain_walk *w, Oid type);

static void check_column(const struct cat_depend *d, void *context)
{
    struct domain_walk *w = context;

    if (d->object.class == CAT_TYPE) {
        const struct cat_type *t = cat_type(w->s->cat, d->object.oid);

        if (t && t->typtype == 'd' && w->depth < 32) {
            w->depth++;
            walk_domain(w, t->o.oid);
            w->depth--;
        }
        return;
    }
    const struct cat_relation *rel =
        d->object.class == CAT_RELATION && d->object.subid > 0 ? cat_relation(w->s->cat, d->object.oid) : NULL;
    if (!rel)
        return;
    if (!strchr("rm", rel->relkind)) { // no storage: the lock is given back
        fp_lock_briefly(w->s, rel, domain_table.mode, &domain_table);
        return;
    }
    fp_lock(w->s, rel, &domain_table);
    for (int i = 0; i < w->s->fp->scans.len; i++)
        if (w->s->fp->scans.items[i] == rel)
            return;
    fp_scan(w->s, rel);
    struct fp_work *work = fp_add_work(w->s, FP_SCAN, rel, w->what);
    work->expr = w->expr;
}

static void collect(const struct cat_depend *d, void *context)
{
    struct domain_users *users = context;

    LC_PUSH(users->arena, &users->all, *d);
}

static int by_age(const void *a, const void *b)
{
    const struct cat_address *x = &((const struct cat_depend *)a)->object, *y = &((const struct cat_depend *)b)->object;

    return x->oid != y->oid ? (x->oid > y->oid) - (x->oid < y->oid) : (x->subid > y->subid) - (x->subid < y->subid);
}

// get_rels_with_domain: tables with a column of the domain, or of a domain over it; what was made first comes first.
static void walk_domain(struct domain_walk *w, Oid type)
{
    struct domain_users users = {.arena = w->s->arena};

    cat_each_dependent(w->s->cat, (struct cat_address){CAT_TYPE, type, 0}, collect, &users);
    if (users.all.len > 1)
        qsort(users.all.items, (size_t)users.all.len, sizeof *users.all.items, by_age);
    for (int i = 0; i < users.all.len; i++)
        check_column(&users.all.items[i], w);
}

static void check_domain(struct fp_session *s, const struct cat_type *domain, const Node *expr, const char *what)
{
    struct domain_walk w = {.s = s, .expr = expr, .what = what};
    struct lc_error err = {0};

    if (cat_domain_uncontained(s->cat, domain, &err) != LC_OK) {
        fp_refuse(s, err.detail, "%s", err.message);
        return;
    }
    walk_domain(&w, domain->o.oid);
}

static bool has_constraint(const struct fp_session *s, const struct cat_type *domain, const char *name)
{
    bool found = false;

    for (int i = 0; i < domain->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(s->cat, domain->constraints.items[i]);
        found |= con && lc_streq(con->o.name, name);
    }
    return found;
}

// AlterDomainStmt.subtype: T default, N drop not null, O set not null, C add constraint, X drop constraint, V validate.
void fp_alter_domain(struct fp_session *s, const AlterDomainStmt *stmt)
{
    TypeName tn = {.tag = T_TypeName, .names = stmt->typeName, .typemod = -1};
    const struct cat_type *domain = cat_find_typename(s->cat, &tn, NULL);
    const Constraint *con = AS(Constraint, stmt->def);
    char subtype = stmt->subtype ? stmt->subtype[0] : 0;

    fp_metadata(s, NULL, "domain");
    if (!domain || domain->typtype != 'd')
        return;
    if ((subtype == 'O' || (con && con->contype == CONSTR_NOTNULL)) && !domain->notnull)
        check_domain(s, domain, NULL, "check of the domain's NOT NULL");
    else if (subtype == 'C' && con && con->contype == CONSTR_CHECK && !con->skip_validation)
        check_domain(s, domain, con->raw_expr, "check of the domain's constraint");
    else if (subtype == 'V' && has_constraint(s, domain, stmt->name))
        check_domain(s, domain, NULL, "check of the domain's constraint");
}

void fp_create_composite(struct fp_session *s, const CompositeTypeStmt *stmt, bool *applied)
{
    *applied = true;
    if (fp_apply_now(s, (const Node *)(const void *)stmt))
        fp_lock_created(s, cat_find_rangevar(s->cat, stmt->typevar));
    fp_metadata(s, NULL, "composite type");
}

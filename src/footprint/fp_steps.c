// Small steps that statements about objects and indexes share.
#include <stdarg.h>
#include <string.h>

#include "base/str.h"
#include "catalog/apply.h"
#include "footprint/fp_object.h"

void fp_lock_all(struct fp_session *s, const struct cat_oids *rels, const struct fp_rule *rule)
{
    for (int i = 0; i < rels->len; i++)
        fp_lock(s, cat_relation(s->cat, rels->items[i]), rule);
}

void fp_lock_inheritors(struct fp_session *s, const struct cat_relation *rel, const struct fp_rule *rule)
{
    struct cat_oids all = {0};

    cat_inheritors(s->cat, rel->o.oid, &all);
    fp_lock_all(s, &all, rule);
}

void fp_lock_kept(struct fp_session *s, const struct cat_relation *rel, const struct fp_rule *rule)
{
    fp_lock_session(s, rel, rule->mode, rule);
}

static const struct fp_rule created_rule = {"create/new-relation",
                                            LC_ACCESS_EXCLUSIVE,
                                            0,
                                            0,
                                            "the relation is new: nobody else can see it before the transaction commits",
                                            "heap.c heap_create"};

void fp_lock_created(struct fp_session *s, const struct cat_relation *rel)
{
    fp_lock_created_by(s, rel, &created_rule);
}

void fp_lock_created_by(struct fp_session *s, const struct cat_relation *rel, const struct fp_rule *rule)
{
    int before = s->fp->locks.len;

    fp_lock(s, rel, rule);
    for (int i = before; i < s->fp->locks.len; i++)
        s->fp->locks.items[i].created = true;
}

void fp_metadata(struct fp_session *s, const struct cat_relation *rel, const char *what)
{
    fp_add_work(s, FP_METADATA, rel, what);
}

bool fp_apply_now(struct fp_session *s, const Node *stmt)
{
    struct lc_error err = {0};

    if (cat_apply(s->cat, stmt, &err) == LC_OK)
        return true;
    fp_refuse(s, err.detail, "%s", err.message);
    return false;
}

bool fp_is_partitioned(const struct cat_relation *rel)
{
    return rel->relkind == 'p' || rel->relkind == 'I';
}

bool fp_has_storage(const struct cat_relation *rel)
{
    return strchr("rmSit", rel->relkind) != NULL;
}

bool fp_is_temporary(const struct cat_relation *rel)
{
    return rel->relpersistence == 't';
}

const struct cat_relation *fp_shadow_relation(struct fp_session *s, const struct cat_relation *like, const char *suffix)
{
    struct cat_relation *shadow = lc_memdup(s->arena, like, sizeof *like);

    shadow->o.oid = cat_new_oid(s->cat);
    shadow->o.name = lc_printf(s->arena, "%s%s", like->o.name, suffix);
    shadow->o.created = true;
    return shadow;
}

const char *fp_text(struct fp_session *s, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    const char *text = lc_vprintf(s->arena, fmt, args);
    va_end(args);
    return text;
}

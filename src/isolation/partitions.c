// Rows and partitions: where a row belongs, and what the server says when it is not there (execPartition.c, partbounds.c, tablecmds.c).
#include <string.h>

#include "isolation/world.h"

static const char **in_parent(struct world *w, const struct cat_relation *child, const struct cat_relation *parent,
                              const char **values)
{
    const char **out = LC_NEW_ARRAY(w->arena, const char *, parent->natts + 1);

    for (int i = 0; i < parent->natts; i++) {
        const struct cat_attribute *a = parent->attrs[i].isdropped ? NULL : cat_find_column(child, parent->attrs[i].name);

        if (a)
            out[i] = values[a->attnum - 1];
    }
    return out;
}

bool routes_rows(const struct cat_relation *rel)
{
    return rel && rel->partkey.strategy && rel->partkey.strategy != 'h' && rel->partkey.keys[0] != 0;
}

bool is_misplaced(struct world *w, struct session *s, const struct cat_relation *rel, const char **values)
{
    while (rel->relispartition && !rel->detach_pending) {
        const struct cat_relation *parent = cat_relation(s->cat, cat_partition_parent(rel));
        const char **above = parent ? in_parent(w, rel, parent, values) : NULL, **below = above;

        if (!routes_rows(parent))
            return false;
        if (partition_for(w, s, parent, &below) != rel)
            return true;
        values = above;
        rel = parent;
    }
    return false;
}

const struct cat_relation *place_of(struct world *w, struct session *s, const struct cat_relation *rel, const char ***values)
{
    while (rel->relispartition) {
        const struct cat_relation *parent = cat_relation(s->cat, cat_partition_parent(rel));

        if (!parent)
            return NULL;
        *values = in_parent(w, rel, parent, *values);
        rel = parent;
    }
    while (rel && rel->relkind == 'p')
        rel = partition_for(w, s, rel, values);
    return rel;
}

// ---- ATTACH PARTITION --------------------------------------------------------------------------------------------------------------------

static enum got scan_misplaced(struct world *w, struct session *s, const struct cat_relation *top, const char *message)
{
    struct cat_oids all = {0};

    cat_inheritors(s->cat, top->o.oid, &all);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *rel = cat_relation(s->cat, all.items[i]);
        const struct rows *rows = rows_of(w, s, rel);

        for (int k = 0; k < rows->versions.len; k++) {
            struct version *v = rows->versions.items[k];

            if (v->nvalues >= rel->natts && visible(s, v, w->commits) && is_misplaced(w, s, rel, v->values))
                return world_error(w, s, message, rel->o.name);
        }
    }
    return GOT;
}

enum got check_attach(struct world *w, struct session *s, const Node *stmt)
{
    const AlterTableStmt *a = AS(AlterTableStmt, stmt);
    const AlterTableCmd *cmd = a && a->cmds.length ? LIST_GET(AlterTableCmd, &a->cmds, 0) : NULL;
    const PartitionCmd *p = cmd && cmd->subtype == AT_AttachPartition ? AS(PartitionCmd, cmd->def) : NULL;
    const struct cat_relation *parent = p ? cat_find_rangevar(s->cat, a->relation) : NULL;
    const struct cat_relation *part = p ? cat_find_rangevar(s->cat, p->name) : NULL;
    const struct cat_relation *other = parent ? cat_relation(s->cat, cat_default_partition(s->cat, parent)) : NULL;

    if (part && part->relispartition &&
        scan_misplaced(w, s, part, "partition constraint of relation \"%s\" is violated by some row") != GOT)
        return FAIL;
    if (other && other != part)
        return scan_misplaced(w, s, other,
                              "updated partition constraint for default partition \"%s\" would be violated by some row");
    return GOT;
}

// ---- what was found before a wait, and is another thing after it --------------------------------------------------------------------------

// The way of the first row of an INSERT, as the partitions were when its table was locked.
const char *first_partition(const struct session *s)
{
    for (int i = 0; i < s->x.ops.len; i++)
        if (s->x.ops.items[i].kind == OP_INSERT)
            return s->x.ops.items[i].first;
    return NULL;
}

static const char *mismatch(struct world *w, struct session *s, const struct cat_relation *child,
                            const struct cat_relation *parent)
{
    for (int i = 0; i < parent->natts; i++) {
        const struct cat_attribute *p = &parent->attrs[i], *c = p->isdropped ? NULL : cat_find_column(child, p->name);

        if (p->isdropped)
            continue;
        if (!c)
            return lc_printf(w->arena, "could not find inherited attribute \"%s\" of relation \"%s\"", p->name, child->o.name);
        if (c->type != p->type)
            return lc_printf(w->arena, "attribute \"%s\" of relation \"%s\" does not match parent's type", p->name,
                             child->o.name);
    }
    (void)s;
    return NULL;
}

// A child is locked after it has been listed as one; if it is none any more by then, its columns must still fit (make_inh_translation_list).
const char *lost_child(struct world *w, struct session *s, const struct footprint *old, int nevents)
{
    for (int i = 0; i < nevents; i++) {
        const struct fp_lock *l =
            old->events.items[i].kind == FP_EVENT_LOCK ? &old->locks.items[old->events.items[i].index] : NULL;
        const struct cat_relation *was = l && l->rel->relkind == 'r' && l->rel->parents.len ? l->rel : NULL;
        const struct cat_relation *child = was ? cat_relation(s->cat, was->o.oid) : NULL;
        const struct cat_relation *parent = was ? cat_relation(s->cat, was->parents.items[0]) : NULL;
        const char *message = child && parent && child->parents.len == 0 ? mismatch(w, s, child, parent) : NULL;

        if (message)
            return message;
    }
    return NULL;
}

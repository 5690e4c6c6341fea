// Events of deferred constraints that wait for COMMIT (trigger.c): a table that has some is not altered, dropped or emptied in the same transaction.
#include "footprint/fp_query.h"

#include <string.h>

#include "base/str.h"

struct event {
    Oid rel, constraint; // of a constraint trigger: the trigger's
    bool certain;        // false: if a row was written, or its key changed
    int level;           // of the savepoint
};

struct deferral { // SET CONSTRAINTS; constraint InvalidOid: ALL
    Oid constraint;
    bool deferred;
};

struct fp_pending {
    struct LC_ARRAY(struct event) events;
    struct LC_ARRAY(struct deferral) set;
};

static struct fp_pending *pending_of(struct fp_session *s)
{
    if (!s->pending)
        s->pending = LC_NEW(s->arena, struct fp_pending);
    return s->pending;
}

// A partition's constraint follows the topmost one, which SET CONSTRAINTS names.
static Oid topmost(const struct fp_session *s, Oid oid)
{
    for (const struct cat_constraint *con = cat_constraint(s->cat, oid); con && con->conparentid;
         con = cat_constraint(s->cat, oid))
        oid = con->conparentid;
    return oid;
}

// afterTriggerCheckState
static bool is_deferred(struct fp_session *s, Oid constraint, bool deferrable, bool deferred)
{
    for (int i = s->pending ? s->pending->set.len - 1 : -1; deferrable && i >= 0; i--) {
        const struct deferral *d = &s->pending->set.items[i];
        if (!d->constraint || d->constraint == topmost(s, constraint))
            return d->deferred;
    }
    return deferrable && deferred;
}

static void queue(struct fp_session *s, const struct cat_relation *rel, Oid constraint, bool certain)
{
    struct event e = {rel->o.oid, constraint, certain && !s->uncertain, s->level};

    if (s->traffic || rel->relkind == 'p') // the events are those of the partitions
        return;
    for (int i = 0; i < pending_of(s)->events.len; i++) {
        const struct event *old = &s->pending->events.items[i];
        if (old->rel == e.rel && old->constraint == constraint && old->certain >= e.certain)
            return;
    }
    LC_PUSH(s->arena, &s->pending->events, e);
}

void fp_queue_constraint(struct fp_session *s, const struct cat_relation *rel, const struct cat_constraint *con, bool certain)
{
    if (is_deferred(s, con->o.oid, con->condeferrable, con->condeferred))
        queue(s, rel, topmost(s, con->o.oid), certain);
}

void fp_queue_trigger(struct fp_session *s, const struct cat_relation *rel, const struct cat_trigger *t, bool certain)
{
    if (is_deferred(s, t->o.oid, t->deferrable, t->initdeferred))
        queue(s, rel, t->o.oid, certain);
}

// AfterTriggerPendingOnRel, for CheckTableNotInUse (commands/tablecmds.c).
void fp_check_pending(struct fp_session *s, const struct cat_relation *rel, const char *command)
{
    const struct event *found = NULL;

    for (int i = 0; rel && s->pending && i < s->pending->events.len; i++) {
        const struct event *e = &s->pending->events.items[i];
        if (e->rel == rel->o.oid && (!found || e->certain))
            found = e;
    }
    if (found && found->certain && !s->uncertain)
        fp_refuse(s, "55006", "cannot %s \"%s\" because it has pending trigger events", command, rel->o.name);
    else if (found)
        fp_note(s, "pending-trigger-events", false,
                "refused (55006, pending trigger events) if rows of %s that a deferred constraint has yet to check were written "
                "before in this transaction: SET CONSTRAINTS ALL IMMEDIATE checks them",
                cat_qualified_name(s->cat, rel));
}

// --- SET CONSTRAINTS ------------------------------------------------------------------------------------------------------------

struct named {
    struct fp_session *s;
    const RangeVar *name;
    struct cat_oids found;
};

static void match(const struct cat_object *o, void *context)
{
    struct named *n = context;

    const struct cat_trigger *t = o->class == CAT_TRIGGER ? cat_trigger(n->s->cat, o->oid) : NULL;
    const struct cat_constraint *con = t ? NULL : cat_constraint(n->s->cat, o->oid);
    const struct cat_relation *rel = cat_relation(n->s->cat, t ? t->relid : con ? con->conrelid : InvalidOid);

    if (rel && lc_streq(o->name, n->name->relname) &&
        (!n->name->schemaname || lc_streq(cat_schema_name(n->s->cat, rel->o.schema), n->name->schemaname)))
        LC_PUSH(n->s->arena, &n->found, topmost(n->s, o->oid));
}

static void fire(struct fp_session *s, Oid constraint)
{
    struct fp_pending *p = pending_of(s);
    int kept = 0;

    for (int i = 0; i < p->events.len; i++)
        if (constraint && p->events.items[i].constraint != constraint)
            p->events.items[kept++] = p->events.items[i];
    p->events.len = kept;
}

static void set(struct fp_session *s, Oid constraint, bool deferred)
{
    LC_PUSH(s->arena, &pending_of(s)->set, ((struct deferral){constraint, deferred}));
    if (!deferred)
        fire(s, constraint);
}

void fp_set_constraints(struct fp_session *s, const ConstraintsSetStmt *stmt)
{
    struct named n = {.s = s};

    if (s->level == 0 && s->top_level) // a warning
        return;
    if (!stmt->constraints.length)
        set(s, InvalidOid, stmt->deferred);
    for (LIST_EACH(i, &stmt->constraints)) {
        n.name = LIST_GET(RangeVar, &stmt->constraints, i);
        n.found.len = 0;
        if (!n.name)
            continue;
        cat_each(s->cat, CAT_CONSTRAINT, match, &n);
        cat_each(s->cat, CAT_TRIGGER, match, &n);
        for (int k = 0; k < n.found.len; k++)
            set(s, n.found.items[k], stmt->deferred);
    }
}

// --- the end of transactions --------------------------------------------------------------------------------------------------------

void fp_pending_end(struct fp_session *s)
{
    if (s->pending)
        s->pending->events.len = s->pending->set.len = 0;
}

void fp_pending_leave(struct fp_session *s, bool commit)
{
    int kept = 0;

    for (int i = 0; s->pending && i < s->pending->events.len; i++) {
        struct event e = s->pending->events.items[i];
        if (e.level > s->level && !commit)
            continue;
        e.level = e.level > s->level ? s->level : e.level;
        s->pending->events.items[kept++] = e;
    }
    if (s->pending)
        s->pending->events.len = kept;
}

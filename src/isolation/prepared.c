// Prepared transactions: their locks, rows and changes of the catalogue wait for COMMIT PREPARED without a session (twophase.c).
#include <string.h>

#include "isolation/world.h"

static struct prepared *find(struct world *w, const char *gid)
{
    for (int i = 0; i < w->prepared.len; i++)
        if (w->prepared.items[i].gid && lc_streq(w->prepared.items[i].gid, gid))
            return &w->prepared.items[i];
    return NULL;
}

// A process of the lock table that nobody is: -1: there is none left.
static int free_process(const struct world *w)
{
    for (int proc = w->nsessions + 1; proc <= w->nsessions + SPEC_PREPARED; proc++) {
        bool taken = false;

        for (int i = 0; i < w->prepared.len; i++)
            taken |= w->prepared.items[i].gid && w->prepared.items[i].proc == proc;
        if (!taken)
            return proc;
    }
    return -1;
}

enum got prepare_transaction(struct world *w, struct session *s, const char *gid)
{
    struct prepared p = {.gid = gid, .proc = free_process(w), .vxid = s->vxid};

    if (!s->in_block || s->implicit)
        return GOT; // a warning: there is no transaction in progress
    if (s->aborted) {
        end_transaction(w, s, false);
        return GOT;
    }
    if (find(w, gid))
        return world_error(w, s, "transaction identifier \"%s\" is already in use", gid);
    if (p.proc < 0)
        return world_error(w, s, "maximum number of prepared transactions reached");
    for (int i = 0; i < s->xacts.len; i++) {
        s->xacts.items[i]->session = p.proc;
        LC_PUSH(w->arena, &p.xacts, s->xacts.items[i]);
    }
    for (int i = 0; i < s->log.len; i++)
        LC_PUSH(w->arena, &p.log, s->log.items[i]);
    lt_move_locks(spec_locks(w->run), s->number, p.proc);
    LC_PUSH(w->arena, &w->prepared, p);
    s->xacts.len = 0;
    end_transaction(w, s, false); // for the session it is over
    return GOT;
}

int prepared_vxid(struct world *w, struct prepared *p)
{
    if (p->vxid < 0) {
        p->vxid = spec_object(w->run, lc_printf(w->arena, "prepared transaction %s", p->gid));
        (void)lt_acquire(spec_locks(w->run), p->proc, p->vxid, LC_EXCLUSIVE, false);
    }
    return p->vxid;
}

enum got finish_prepared(struct world *w, struct session *s, const char *gid, bool commit)
{
    struct prepared *p = find(w, gid);

    if (s->in_block && !s->implicit)
        return world_error(w, s, "%s PREPARED cannot run inside a transaction block", commit ? "COMMIT" : "ROLLBACK");
    if (!p)
        return world_error(w, s, "prepared transaction with identifier \"%s\" does not exist", gid);
    w->commits++;
    for (int i = 0; i < p->xacts.len; i++) {
        p->xacts.items[i]->status = commit ? XACT_COMMITTED : XACT_ABORTED;
        p->xacts.items[i]->committed_at = w->commits;
    }
    for (int i = 0; i < p->log.len && commit; i++)
        if (changes_catalog(p->log.items[i]->tree))
            LC_PUSH(w->arena, &w->committed, ((struct committed){.session = -1, .stmt = p->log.items[i]}));
    p->gid = NULL;
    p->vxid = -1;
    lt_release_all(spec_locks(w->run), p->proc, true);
    return GOT;
}

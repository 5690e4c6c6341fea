// Looking at one session from another: its relation locks and its waits. Not for other rooms.
#ifndef LC_REHEARSE_TRACE_H
#define LC_REHEARSE_TRACE_H

#include "base/lockmode.h"
#include "base/map.h"
#include "snapshot/server.h"

struct traced_lock {
    uint32_t relid;
    enum lc_lockmode mode;
};
struct traced_locks { // a set
    struct traced_list LC_ARRAY(struct traced_lock) list;
    struct lc_map known;
};

struct trace {
    struct lc_arena *arena;
    struct server *tracer;
    const char *look, *blockers; // the queries, for the session that is looked at
    struct lc_map renewed;       // oid -> the oid that it had before the deploy
    struct traced_locks during;  // granted at any look of the statement at hand
    struct traced_locks held;    // at the last exact look: what the open transaction holds
    double wait_ms;              // of the statement at hand
    bool waiting;
    const char *behind;
};

// Prepares `tracer` for looking at the session of process `pid`: read-only, with short timeouts.
enum lc_code trace_open(struct trace *t, struct lc_arena *arena, struct server *tracer, int pid,
                        struct lc_error *err) LC_MUST_CHECK;
// A statement begins: forgets what was seen of the one before, but for what the transaction holds.
void trace_statement(struct trace *t);
// One look, `ms` after the last. A look that the server does not answer in time is left out.
void trace_look(struct trace *t, double ms);
// A concurrent command may have put a new relation under this name (qualified): it goes on as the one it replaced.
void trace_renew(struct trace *t, uint32_t relid, const char *name);
// The session's transaction has ended: it holds nothing.
void trace_forget(struct trace *t);
// A look at a session that runs nothing: `held` is then exactly what its transaction holds. false: there was no answer.
bool trace_exactly(struct trace *t);
bool traced_has(const struct traced_locks *locks, uint32_t relid, enum lc_lockmode mode);

#endif

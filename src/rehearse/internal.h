// What the files of the room share. Not for other rooms.
#ifndef LC_REHEARSE_INTERNAL_H
#define LC_REHEARSE_INTERNAL_H

#include "rehearse/rehearse.h"
#include "rehearse/trace.h"

// Holds one statement's forecast against its trace. `before`: what the transaction held; `exact`: t->held is what it
// holds after it.
void rehearse_compare(struct lc_arena *arena, const struct catalog *cat, const struct trace *t, const struct traced_locks *before,
                      bool exact, struct rehearsed_stmt *out);
// Runs every statement of out->files; what the server answers to them is no error.
enum lc_code rehearse_deploy(struct lc_arena *arena, struct server *tracer, struct server *runner, bool rollback,
                             struct rehearsal *out, struct lc_error *err) LC_MUST_CHECK;
// Scales what was measured to the sizes of options->production.
enum lc_code rehearse_scale(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set,
                            const struct rehearse_options *options, struct rehearsal *out, struct lc_error *err) LC_MUST_CHECK;

#endif

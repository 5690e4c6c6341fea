// PostgreSQL's isolation-test files run without a server: a step's SQL becomes the locks of its footprint, the locks of its rows, and the
// transcript that isolationtester prints, but for what queries return.
//
// A room of its own, because it needs both what a statement locks (footprint) and the lock manager (sim), and nothing of traffic or time.
#ifndef LC_ISOLATION_ISOLATION_H
#define LC_ISOLATION_ISOLATION_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

// Runs the file's text on a server of that major version (13 .. 18). `out` is the transcript: result sets, notices and warnings are left out,
// and lines beginning with "# not modelled:" at its end say what was not followed. Fails on a file that is no isolation test, and
// when a permutation waits for ever.
enum lc_code isolation_run(const char *text, const char *file, int major, struct lc_arena *arena, struct lc_str *out,
                           struct lc_error *err) LC_MUST_CHECK;

#endif

// The footprints of a whole deploy, before anything is priced or simulated.
#ifndef LC_FORECAST_FOOTPRINTS_H
#define LC_FORECAST_FOOTPRINTS_H

#include "forecast/forecast.h"

// Fills out->files with every statement's footprint, applying each to `cat`.
void forecast_footprints(struct lc_arena *arena, struct catalog *cat, const struct migration_set *set, struct forecast *out);

// Comes to every statement in order, in the transaction that its framework gives it; whoever visits calls fp_statement.
typedef void (*forecast_visit)(struct fp_session *s, int file, int stmt, void *context);
void forecast_walk(struct catalog *cat, const struct migration_file *const *files, int nfiles, forecast_visit visit,
                   void *context);

#endif

// The speeds of one server: measured by `lockcast calibrate`, kept as a JSON file, used by every price.
#ifndef LC_COST_CALIBRATION_H
#define LC_COST_CALIBRATION_H

#include "base/arena.h"
#include "base/error.h"
#include "cost/constants.h"
#include "snapshot/snapshot.h"

#define CALIBRATION_SCHEMA "lockcast/calibration/1"

struct calibrated {
    double median; // in the constant's unit
    double sigma;  // deviation of the logarithm, of what a later statement will find
    int n;         // measurements behind it; 0: not measured, the default stands
};

struct calibration_setting {
    const char *name, *value;
};

struct calibration {
    int version_num;
    const char *server; // label
    const char *date;   // "2026-11-20"
    struct calibrated constants[COST_IDS];
    struct calibration_settings LC_ARRAY(struct calibration_setting) settings; // that the speeds depend on
    const char *path;                                                          // of the file it was read from
    const char *name; // tells calibrations apart: server, date and a checksum of the file
};

// The constant to use: measured, or the documented default.
struct calibrated calibration_constant(const struct calibration *c, enum cost_id id); // c may be NULL
enum lc_code calibration_read(struct lc_arena *arena, const char *path, struct calibration **out,
                              struct lc_error *err) LC_MUST_CHECK;
// LC_E_INPUT when it was measured on another major version than `snap`'s server. Else what differs in settings that the speeds depend on: a
// sentence each, at most `max` of them in `warnings`.
enum lc_code calibration_check(struct lc_arena *arena, const struct calibration *c, const struct snapshot *snap,
                               const char **warnings, int max, int *nwarnings, struct lc_error *err) LC_MUST_CHECK;
// The file's text; same calibration, same bytes.
const char *calibration_write(struct lc_arena *arena, const struct calibration *c);
// Measures on temporary tables of this session, for at most about budget_s seconds. `progress` may be NULL.
enum lc_code calibration_measure(struct server *server, struct lc_arena *arena, double budget_s,
                                 void (*progress)(void *context, const char *what), void *context, struct calibration **out,
                                 struct lc_error *err) LC_MUST_CHECK;

#endif

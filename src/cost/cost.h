// How long each piece of a footprint's work takes on a server, as a distribution; and its WAL, disk and temporary space.
//
// Constants are measured on that server by `calibrate`, or documented defaults; each carries its spread, so the total is p10, p50, p90.
#ifndef LC_COST_COST_H
#define LC_COST_COST_H

#include "base/quantiles.h"
#include "footprint/footprint.h"
#include "snapshot/snapshot.h"

struct cost_item { // of one struct fp_work
    const char *what;
    const struct cat_relation *rel;
    double rows, bytes;   // worked on; < 0: not known
    struct quantiles ms;  // wall time on an otherwise idle server
    double cpu_share;     // of that time, computing; the rest waits for the disk
    double cores;         // computing on so many (parallel workers)
    struct quantiles wal; // WAL written, bytes: p10 without, p50 with an image of each page that changes (full_page_writes)
    double disk_bytes, temp_bytes; // space that stays; extra space at the peak: temporary files and new storage beside the old
    double kept_bytes;             // of temp_bytes: what stays to the end of the transaction
    bool known;                    // false: no size or no price; `basis` says what is missing
    // Where the figure comes from: "calibrated", "default constants", "planner", "never analysed: size not known".
    const char *basis;
};

struct cost {
    struct cost_item *items; // one per fp_work, in the same order
    int len;
    struct quantiles total_ms; // all items, with the statement's own overhead
    struct quantiles wal;
    double disk_bytes, temp_bytes;
    bool known;
};

struct calibration; // calibration.h
struct ledger;      // ledger.h

struct cost_filled; // filled.c

struct cost_options {
    const struct calibration *calibration; // NULL: documented defaults
    const struct ledger *ledger;           // of earlier rehearsals, corrects what is forecast; NULL: none
    double speed_ratio;                    // how many times faster production is than the clone; 0: 1
    bool cold_cache;
    // Tables have grown so many times since the planner was asked; 0: 1. The catalogue's own sizes are taken as they are.
    double growth;
    bool in_batches;            // the statement stands for batches that commit, and are its rows together
    struct cost_filled *filled; // what earlier statements of the deploy put into tables that it makes; NULL: not remembered
    struct server *server;      // whom the planner's answers are asked from; NULL: only what the snapshot keeps
};

// A memory for the statements of one deploy, priced in their order.
struct cost_filled *cost_filled_new(struct lc_arena *arena);
// The cost of one statement's footprint. `snap` gives sizes, settings and the planner's answers (asked for through it where it is live).
enum lc_code cost_statement(struct lc_arena *arena, struct snapshot *snap, const struct cost_options *options,
                            const struct footprint *fp, struct cost *out, struct lc_error *err) LC_MUST_CHECK;

#endif

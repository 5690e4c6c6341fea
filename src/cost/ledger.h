// The ledger of one server: forecasts and what rehearsals then measured, a JSON line per statement. Later forecasts correct
// themselves by it.
#ifndef LC_COST_LEDGER_H
#define LC_COST_LEDGER_H

#include "base/quantiles.h"
#include "base/str.h"
#include "footprint/footprint.h"

#define LEDGER_SCHEMA "lockcast/ledger/1"

struct ledger; // read, and summed up by server, calibration and kind of work

struct ledger_work {
    enum fp_work_kind kind;
    double p50_ms; // its part of the forecast
};

struct ledger_entry {   // one statement that has run
    const char *server; // label
    int version_num;
    const char *fingerprint, *command; // of the statement, without its literals
    const char *calibration;           // that it was forecast with: its name; NULL: documented defaults
    struct ledger_works LC_ARRAY(struct ledger_work) work;
    struct quantiles forecast_ms; // without any correction by a ledger: what a correction is made from
    double actual_ms;             // without waits for locks
};

// Fails on a line that is no entry; a file that is not there is empty when `missing_ok`.
enum lc_code ledger_read(struct lc_arena *arena, const char *path, bool missing_ok, struct ledger **out,
                         struct lc_error *err) LC_MUST_CHECK;
// Corrects a forecast time of one kind of work on this server: p50 by the median of what was off, the interval widened where its
// spread was larger. false: the ledger (may be NULL) knows nothing of it, nothing is changed.
// `calibration` as in struct ledger_entry: what was forecast with another one tells nothing of this one's errors.
bool ledger_correct(const struct ledger *ledger, const char *server, const char *calibration, enum fp_work_kind kind,
                    struct quantiles *ms);
// Adds the entry's line.
void ledger_line(struct lc_str *out, const struct ledger_entry *entry);
// Appends lines to the file at once.
enum lc_code ledger_append(const char *path, const char *text, size_t len, struct lc_error *err) LC_MUST_CHECK;

#endif

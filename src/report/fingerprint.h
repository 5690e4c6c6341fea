// What tells one finding from another, wherever in its file it stands.
#ifndef LC_REPORT_FINGERPRINT_H
#define LC_REPORT_FINGERPRINT_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/arena.h"

struct found {                          // a finding, with where it is
    const char *path;                   // relative where the report's was, without "./"
    int line;                           // 1-based
    const char *rule, *severity;        // severity: "caution" or "danger" ("safe": a note)
    const char *message, *why, *source; // one clean line each; "" when absent
    const char *suppression;            // NULL: not suppressed
    bool known;                         // suppressed because the baseline has it
    const char *fingerprint;            // policy/baseline.h
    const cJSON *statement;             // NULL: the deploy as a whole
};

struct found_list {
    struct found *items;
    int len, cap;
};

// Every finding of a report (checked), in its order. Where the deploy is worse than each of its statements, one more says so.
void report_findings(struct lc_arena *arena, const cJSON *report, struct found_list *out);

#endif

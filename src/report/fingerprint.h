// What tells one finding from another, wherever in its file it stands.
#ifndef LC_REPORT_FINGERPRINT_H
#define LC_REPORT_FINGERPRINT_H

#include <cjson/cJSON.h>

#include "base/arena.h"

struct found {                          // a finding, with where it is
    const char *path;                   // relative where the report's was, without "./"
    int line;                           // 1-based
    const char *rule, *severity;        // severity: "caution" or "danger" ("safe": a note)
    const char *message, *why, *source; // one clean line each; "" when absent
    const char *suppression;            // NULL: not suppressed
    const char *fingerprint; // SHA-256 over path, rule, the statement without its layout, and which of its equals it is; in hex
    const cJSON *statement;  // NULL: the deploy as a whole
};

struct found_list {
    struct found *items;
    int len, cap;
};

// Every finding of a report (checked), in its order. Where the deploy is worse than each of its statements, one more says so.
void report_findings(struct lc_arena *arena, const cJSON *report, struct found_list *out);
// Base64 of the SHA-256 of a text: for a Content-Security-Policy.
const char *report_sha256_base64(struct lc_arena *arena, const char *text);

#endif

// One review, many forms: one file per format. No format knows where it is sent.
//
// The JSON report is the canonical one: `lockcast render` makes every other form from it (report_from_json), and `review --format X` goes the
// same way, so both agree by construction.
#ifndef LC_REPORT_REPORT_H
#define LC_REPORT_REPORT_H

#include <cjson/cJSON.h>

#include "base/str.h"
#include "report/shard.h"
#include "review/review.h"

struct report_options {
    bool verbose;              // harmless statements in full too
    bool colors;               // text: SGR colours
    int width;                 // text: columns; 0: 80
    size_t budget;             // markdown: bytes at most; 0: no limit
    struct report_shard shard; // json: only this part's files
    void (*write)(void *context, const char *text,
                  size_t len); // json of a review: takes what is made, piece by piece; NULL: nobody
    void *context;
};

// The report of a review in a format of the contract's list.
enum lc_code report_review(const char *format, const struct review *review, const struct report_options *options,
                           struct lc_arena *arena, struct lc_str *out, struct lc_error *err) LC_MUST_CHECK;
// The same from a parsed JSON report ("lockcast/review/1"), which is hostile: it is checked first.
enum lc_code report_from_json(const char *format, const cJSON *report, const struct report_options *options,
                              struct lc_arena *arena, struct lc_str *out, struct lc_error *err) LC_MUST_CHECK;

// --- formats ---------------------------------------------------------------------------------------------------------------
// The JSON report, written straight from the review: no tree of 100,000 statements is built, and with `write` no text of all of them either.
void report_json(const struct review *review, const struct report_options *options, struct lc_str *out);
void report_text(const cJSON *report, const struct report_options *options, struct lc_str *out);
void report_markdown(const cJSON *report, const struct report_options *options, struct lc_str *out);
void report_html(const cJSON *report, const struct report_options *options, struct lc_str *out);
void report_sarif(const cJSON *report, const struct report_options *options, struct lc_str *out);
void report_junit(const cJSON *report, const struct report_options *options, struct lc_str *out);
void report_gitlab(const cJSON *report, const struct report_options *options, struct lc_str *out);

#endif

// A page of the text report: what its parts share. Not for other rooms.
#ifndef LC_REPORT_PAGE_H
#define LC_REPORT_PAGE_H

#include "report/report.h"

struct page {
    struct lc_str *out;
    struct lc_arena *arena;
    const struct report_options *o;
    int width;
};

// Fit to be shown: no control characters, no commands of a CI.
const char *page_clean(struct page *p, const char *text);
// A line of the deploy's part: its label, and `text` wrapped beside it. An empty label goes on with the one before.
void page_figure(struct page *p, const char *label, const char *text);

// The worst moment, who is in the way, deadlocks and retries (text_queue.c).
void page_queue(struct page *p, const cJSON *report);

#endif

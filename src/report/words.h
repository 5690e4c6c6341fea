// How intervals are said, and how a report's tree is read: the same in every format.
#ifndef LC_REPORT_WORDS_H
#define LC_REPORT_WORDS_H

#include <cjson/cJSON.h>

#include "base/quantiles.h"
#include "base/str.h"
#include "base/words.h"

const char *words_times(struct lc_arena *arena, struct quantiles q);  // "4.2 s (3.1 .. 6.0 s)"
const char *words_counts(struct lc_arena *arena, struct quantiles q); // "18 (12 .. 25)"
const char *words_plural(struct quantiles q);                         // behind it: "", or "s"

// Reading a report's tree, which may come from a stranger: absent or of another type gives the neutral value.
const char *json_text(const cJSON *object, const char *name); // "" when absent
double json_number(const cJSON *object, const char *name, double otherwise);
int json_bool(const cJSON *object, const char *name, int otherwise);
struct quantiles json_quantiles(const cJSON *object, const char *name);
const cJSON *json_item(const cJSON *object, const char *name);

// words_blocked_by of a mode's name.
const char *words_blocks(const char *mode);

#endif

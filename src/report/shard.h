// A run in parts: which share each has, and putting the parts together.
//
// A part of a review has every N-th migration and the whole deploy's forecast, which no part can make without the others' statements; a part
// of a plan has every N-th cell of its table. What is shared must be the same in all parts: a part of another run is refused.
#ifndef LC_REPORT_SHARD_H
#define LC_REPORT_SHARD_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/error.h"

#define REPORT_MAX_SHARDS 1000

struct report_shard {
    int part, of; // part 1 .. of; of = 0: all in one
};

// Is item i (from 0) this part's?
bool shard_has(struct report_shard shard, int i);
// Marks a document with its share.
void shard_mark(cJSON *doc, struct report_shard shard, int items);
// Leaves the migrations of one share in a review's tree, and marks it.
void report_take_share(cJSON *report, struct report_shard shard);
// All parts, in any order -> the document that one run would have written; free it with cJSON_Delete. The parts are hostile: they are checked. `names` are the
// parts' file names, for errors.
enum lc_code report_merge(const cJSON *const *parts, const char *const *names, int n, cJSON **out,
                          struct lc_error *err) LC_MUST_CHECK;

#endif

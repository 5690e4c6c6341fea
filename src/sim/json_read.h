// Reading a JSON document strictly: every key is known, every value has its type and range, and a message names its place.
//
// The first error stays; after it every call gives a default, so that a caller need not look after each.
#ifndef LC_SIM_JSON_READ_H
#define LC_SIM_JSON_READ_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

struct json_reader {
    struct lc_arena *arena;
    struct lc_error *err;
    enum lc_code code; // of the first error
};

// One value and where it stands: "migration.steps[3]".
struct json_at {
    const cJSON *value; // NULL: not there
    const char *path;
};

enum lc_code jr_fail(struct json_reader *r, const char *path, const char *fmt, ...) LC_PRINTF(3, 4);
// The member of an object; its value is NULL when it is missing.
struct json_at jr_get(struct json_reader *r, struct json_at object, const char *key);
struct json_at jr_item(struct json_reader *r, struct json_at array, int i);
// Is it an object with no other keys than these? NULL ends the list.
bool jr_object(struct json_reader *r, struct json_at at, const char *const *keys);
int jr_count(struct json_reader *r, struct json_at at); // items of an array; 0 when missing
// A member as a number in low..high, text, or flag. `otherwise` when it is missing.
double jr_number(struct json_reader *r, struct json_at object, const char *key, double otherwise, double low, double high);
const char *jr_text(struct json_reader *r, struct json_at object, const char *key, const char *otherwise);
bool jr_flag(struct json_reader *r, struct json_at object, const char *key);
// A member as one of these words: its index.
int jr_word(struct json_reader *r, struct json_at object, const char *key, const char *const *words, int otherwise);
// A member as an array of texts, or one text alone.
const char *const *jr_texts(struct json_reader *r, struct json_at object, const char *key, int *n);

#endif

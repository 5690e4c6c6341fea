// Parsing a JSON document of a user's: what is wrong, and on which line.
#ifndef LC_BASE_JSON_H
#define LC_BASE_JSON_H

#include <cjson/cJSON.h>

#include "base/error.h"

// LC_E_INPUT names `file` and the line. `text` has `len` bytes and a NUL behind them; free *out with cJSON_Delete, NULL after a failure.
enum lc_code lc_json_parse(const char *file, const char *text, size_t len, cJSON **out, struct lc_error *err) LC_MUST_CHECK;

#endif

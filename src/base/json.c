// Parsing a JSON document: the whole text must be one.
#include "base/json.h"

#include <stdbool.h>
#include <string.h>

static int line_of(const char *text, const char *end)
{
    int line = 1;

    for (; end && text < end && *text; text++)
        line += *text == '\n';
    return line;
}

enum lc_code lc_json_parse(const char *file, const char *text, size_t len, cJSON **out, struct lc_error *err)
{
    const char *end = NULL;
    bool empty = text[strspn(text, " \t\r\n")] == '\0';

    *out = cJSON_ParseWithLengthOpts(text, len + 1, &end, true);
    if (*out)
        return LC_OK;
    (void)lc_fail(err, LC_E_INPUT, empty ? "the file is empty: a JSON document is wanted" : "this is no JSON");
    lc_error_at(err, file, empty ? 1 : line_of(text, end));
    return LC_E_INPUT;
}

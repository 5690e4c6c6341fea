// Writing JSON straight into a string: a report of 100,000 statements needs no tree of its own.
//
// The structure is well-formed by construction; names and texts are anybody's and are escaped (invalid UTF-8 becomes U+FFFD).
#ifndef LC_REPORT_WRITER_H
#define LC_REPORT_WRITER_H

#include <stdbool.h>

#include "base/quantiles.h"
#include "base/str.h"

struct json_writer {
    struct lc_str *out;
    int depth;
    bool filled; // the object or array at hand has an item already
    bool lines;  // one line for the whole document
};

// `name` NULL: an item of an array, or the document itself.
void json_open(struct json_writer *w, const char *name, char bracket);                 // '{' or '['
void json_close(struct json_writer *w, char bracket);                                  // '}' or ']'
void json_put_text(struct json_writer *w, const char *name, const char *text);         // NULL: null
void json_put_number(struct json_writer *w, const char *name, double n, int decimals); // rounded; not finite: null
void json_put_bool(struct json_writer *w, const char *name, bool b);
void json_put_null(struct json_writer *w, const char *name);

// Three decimals are more than any figure of a forecast means, and keep the bytes equal over compilers.
#define JSON_DECIMALS 3
void json_put_quantiles(struct json_writer *w, const char *name, struct quantiles q);

#endif

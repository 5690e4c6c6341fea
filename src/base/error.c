// Filling error values.
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum lc_code lc_fail(struct lc_error *err, enum lc_code code, const char *fmt, ...)
{
    va_list args;

    if (!err)
        return code;
    memset(err, 0, sizeof *err);
    err->code = code;
    va_start(args, fmt);
    (void)vsnprintf(err->message, sizeof err->message, fmt, args);
    va_end(args);
    return code;
}

void lc_error_detail(struct lc_error *err, const char *fmt, ...)
{
    va_list args;

    if (!err)
        return;
    va_start(args, fmt);
    (void)vsnprintf(err->detail, sizeof err->detail, fmt, args);
    va_end(args);
}

void lc_error_hint(struct lc_error *err, const char *fmt, ...)
{
    va_list args;

    if (!err)
        return;
    va_start(args, fmt);
    (void)vsnprintf(err->hint, sizeof err->hint, fmt, args);
    va_end(args);
}

void lc_error_at(struct lc_error *err, const char *file, int line)
{
    if (!err)
        return;
    (void)snprintf(err->file, sizeof err->file, "%s", file ? file : "");
    err->line = line;
}

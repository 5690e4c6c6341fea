// A handle: its memory, its error, its end, and what may be asked without one.
#include <stdio.h>
#include <stdlib.h>

#include "api/internal.h"
#include "sql/sql.h"

#define ARENA_MAX ((size_t)16 * 1024 * 1024 * 1024)

const char *lockcast_version(void)
{
    return LOCKCAST_VERSION;
}

int lockcast_grammar(void)
{
    return lc_sql_grammar() / 10000;
}

const char *lockcast_verdict_name(enum lockcast_verdict verdict)
{
    return severity_name(verdict == LOCKCAST_DANGER    ? SEVERITY_DANGER
                         : verdict == LOCKCAST_CAUTION ? SEVERITY_CAUTION
                                                       : SEVERITY_SAFE);
}

struct lockcast *lockcast_new(lockcast_exhausted_fn exhausted, void *context)
{
    struct lockcast *l = calloc(1, sizeof *l);

    if (!l)
        return NULL;
    l->arena = lc_arena_new(ARENA_MAX, exhausted, context);
    if (!l->arena) {
        free(l);
        return NULL;
    }
    l->exhausted = exhausted;
    l->exhausted_context = context;
    return l;
}

void lockcast_close(struct lockcast *l)
{
    if (!l)
        return;
    l->asked = NULL;
    api_watch_close(l);
    server_close(l->runner);
    server_close(l->server);
    lc_arena_free(l->arena);
    free(l);
}

static enum lockcast_status status_of(enum lc_code code)
{
    switch (code) {
    case LC_OK:
        return LOCKCAST_OK;
    case LC_E_USAGE:
    case LC_E_INPUT:
        return LOCKCAST_INPUT;
    case LC_E_CONNECT:
    case LC_E_SERVER:
        return LOCKCAST_SERVER;
    case LC_E_DELIVERY:
        return LOCKCAST_DELIVERY;
    case LC_E_INTERRUPTED:
        return LOCKCAST_INTERRUPTED;
    case LC_E_INTERNAL:
    case LC_E_NOMEM:
        break;
    }
    return LOCKCAST_INTERNAL;
}

struct lc_error *api_begin(struct lockcast *l)
{
    l->err = (struct lc_error){0};
    l->line[0] = '\0';
    return &l->err;
}

enum lockcast_status api_end(struct lockcast *l, enum lc_code code)
{
    const struct lc_error *e = &l->err;

    if (code == LC_OK)
        (void)api_begin(l); // whoever went on after an error has left nothing behind
    else if (e->file[0] && e->line)
        (void)snprintf(l->line, sizeof l->line, "%s:%d: %s", e->file, e->line, e->message);
    else
        (void)snprintf(l->line, sizeof l->line, "%s%s%s", e->file, e->file[0] ? ": " : "", e->message);
    return status_of(code);
}

enum lockcast_status api_end_text(struct lockcast *l, enum lc_code code, const struct lc_str *out, struct lockcast_text *text)
{
    *text = code == LC_OK ? (struct lockcast_text){out->text, out->len} : (struct lockcast_text){"", 0};
    return api_end(l, code);
}

struct lc_str api_str(struct lockcast *l)
{
    struct lc_str s;

    lc_str_init(&s, l->arena, LC_STR_MAX);
    return s;
}

const char *lockcast_error(const struct lockcast *l)
{
    return l ? l->line : "out of memory";
}

struct lockcast_failure lockcast_failure(const struct lockcast *l)
{
    if (!l)
        return (struct lockcast_failure){LOCKCAST_INTERNAL, "", 0, "out of memory", "", ""};
    return (struct lockcast_failure){status_of(l->err.code), l->err.file,   l->err.line,
                                     l->err.message,         l->err.detail, l->err.hint};
}

int lockcast_cancel(struct lockcast *l)
{
    if (!l || !l->asked)
        return 0;
    server_cancel(l->asked);
    return 1;
}

enum lc_code api_need_database(const struct lockcast *l, struct lc_error *err)
{
    return l->snap ? LC_OK : lc_fail(err, LC_E_USAGE, "no database has been opened");
}

void api_set_verdict(struct lockcast *l, const char *name)
{
    l->verdict = lc_streq(name, "danger") ? LOCKCAST_DANGER : lc_streq(name, "caution") ? LOCKCAST_CAUTION : LOCKCAST_SAFE;
}

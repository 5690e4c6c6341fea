// Comments that silence a rule for the next statement.
#include "migration/suppressions.h"

#include <string.h>

struct found LC_ARRAY(struct migration_suppression);

static const char *past_blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    return p;
}

static const char *past_word(const char *p, const char *end, const char *word)
{
    size_t n = strlen(word);

    p = past_blanks(p, end);
    return (size_t)(end - p) >= n && strncmp(p, word, n) == 0 ? p + n : NULL;
}

// name=value or name="a value"; NULL: it is not there
static const char *attribute(struct lc_arena *arena, const char *p, const char *end, const char *name)
{
    size_t n = strlen(name);

    for (; p < end; p++) {
        const char *value = p + n + 1, *stop = value;
        if ((size_t)(end - p) <= n || strncmp(p, name, n) != 0 || p[n] != '=' || (p[-1] != ' ' && p[-1] != '\t'))
            continue;
        if (value < end && *value == '"') {
            for (stop = ++value; stop < end && *stop != '"'; stop++)
                ;
        } else {
            while (stop < end && *stop != ' ' && *stop != '\t' && *stop != '\r')
                stop++;
        }
        return lc_strndup(arena, value, (size_t)(stop - value));
    }
    return NULL;
}

static bool is_rule(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

// `p` is behind "ignore": RULE[,RULE] and what the comment says of them.
static void add_rules(struct lc_arena *arena, const char *p, const char *end, int line, struct found *out)
{
    const char *rest = past_blanks(p, end);

    if (rest == p)
        return;
    for (;;) {
        const char *rule = rest;
        while (rest < end && is_rule(*rest))
            rest++;
        if (rest == rule)
            return;
        LC_PUSH(arena, out,
                (struct migration_suppression){lc_strndup(arena, rule, (size_t)(rest - rule)),
                                               attribute(arena, rest, end, "reason"), attribute(arena, rest, end, "until"),
                                               line});
        rest = past_blanks(rest, end);
        if (rest >= end || *rest != ',')
            return;
        rest = past_blanks(rest + 1, end);
    }
}

void suppressions_find(struct lc_arena *arena, struct migration_file *file)
{
    struct found all = {0};
    const char *end = file->text + file->size;
    int n = 0;

    for (const char *p = file->text, *eol; p < end; p = eol + 1) {
        const char *mark;
        eol = memchr(p, '\n', (size_t)(end - p));
        eol = eol ? eol : end;
        n++;
        for (mark = p; (mark = memmem(mark, (size_t)(eol - mark), "--", 2)); mark++) {
            const char *q = past_word(mark + 2, eol, "lockcast:");
            if (q && (q = past_word(q, eol, "ignore"))) {
                add_rules(arena, q, eol, n, &all);
                break;
            }
        }
    }
    file->suppressions = all.items;
    file->nsuppressions = all.len;
}

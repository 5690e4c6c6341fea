// Conditions that PL/pgSQL catches and raises: their names (plerrcodes.h, made of utils/errcodes.txt) and what they match.
#include <string.h>

#include "base/str.h"
#include "embedded.h"
#include "footprint/fp_body.h"

struct row { // of the table: "name<TAB>state"
    const char *name, *state;
    size_t len;
};

static const char *next_row(const char *p, struct row *row)
{
    const char *tab = strchr(p, '\t'), *end = tab ? strchr(tab, '\n') : NULL;

    if (!end)
        return NULL;
    *row = (struct row){p, tab + 1, (size_t)(tab - p)};
    return end + 1;
}

// exception_matches_conditions (pl_exec.c): a state that ends in 000 stands for its whole class.
static bool matches(const char *state, const char *sqlstate)
{
    return strncmp(state, sqlstate, 5) == 0 || (strncmp(state + 2, "000", 3) == 0 && strncmp(state, sqlstate, 2) == 0);
}

static bool names(const char *name, size_t len, const char *sqlstate)
{
    struct row row;

    for (const char *p = lc_file_conditions_tsv; (p = next_row(p, &row));)
        if (row.len == len && strncmp(row.name, name, len) == 0 && matches(row.state, sqlstate))
            return true;
    return false;
}

// One of the conditions of a WHEN, in lower case. OTHERS is neither a cancelled query nor an assertion that failed.
static bool catches_one(const char *condition, size_t len, const char *sqlstate)
{
    char state[6] = "";
    const char *quote = memchr(condition, '\'', len);

    if (len == strlen("others") && strncmp(condition, "others", len) == 0)
        return strcmp(sqlstate, "57014") != 0 && strcmp(sqlstate, "P0004") != 0;
    if (!lc_starts(condition, "sqlstate") || !quote || condition + len < quote + 6)
        return names(condition, len, sqlstate);
    for (int i = 0; i < 5; i++)
        state[i] = (char)(quote[1 + i] >= 'a' && quote[1 + i] <= 'z' ? quote[1 + i] - 32 : quote[1 + i]);
    return matches(state, sqlstate);
}

bool body_catches(const char *handler, const char *sqlstate)
{
    const char *end;

    for (; handler; handler = end ? end + strlen(" or ") : NULL) {
        handler += strspn(handler, " \t\r\n");
        end = strstr(handler, " or ");
        size_t len = end ? (size_t)(end - handler) : strlen(handler);
        while (len && strchr(" \t\r\n", handler[len - 1]))
            len--;
        if (catches_one(handler, len, sqlstate))
            return true;
    }
    return false;
}

const char *body_state_of(struct lc_arena *arena, const char *condition)
{
    struct row row;

    for (const char *p = lc_file_conditions_tsv; condition && (p = next_row(p, &row));)
        if (row.len == strlen(condition) && strncmp(row.name, condition, row.len) == 0)
            return lc_strndup(arena, row.state, 5);
    return condition && strlen(condition) == 5 ? condition : "P0001";
}

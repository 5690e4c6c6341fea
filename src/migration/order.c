// The orders in which frameworks run the files of a folder.
#include <string.h>

#include "base/str.h"
#include "migration/folder.h"
#include "migration/markers.h"

static int sign(int n)
{
    return n < 0 ? -1 : n > 0;
}

// Two runs of digits by their value, however long. Moves both behind them.
static int compare_digits(const char **a, const char **b)
{
    size_t na = strspn(*a, "0123456789"), nb = strspn(*b, "0123456789");
    const char *x = *a, *y = *b;
    int c;

    *a += na;
    *b += nb;
    for (; na > 1 && *x == '0'; x++)
        na--;
    for (; nb > 1 && *y == '0'; y++)
        nb--;
    c = na != nb ? (na < nb ? -1 : 1) : strncmp(x, y, na);
    return sign(c);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

int compare_by_number(const char *a, const char *b)
{
    const char *x = a, *y = b;

    while (*x && *y) {
        if (is_digit(*x) && is_digit(*y)) {
            int c = compare_digits(&x, &y);
            if (c)
                return c;
            continue;
        }
        if (*x != *y)
            return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
        x++;
        y++;
    }
    return *x ? 1 : *y ? -1 : sign(strcmp(a, b));
}

int compare_bytes(const char *a, const char *b)
{
    return sign(strcmp(a, b));
}

// The folder that the file lies in ("2017-08-31-230457_x" of ".../2017-08-31-230457_x/up.sql").
const char *folder_name(const char *path)
{
    const char *p = file_name(path);

    if (p == path)
        return path;
    for (p--; p > path && p[-1] != '/'; p--)
        ;
    return p;
}

// diesel-rs/diesel diesel_migrations/migrations_internals/src/lib.rs version_from_string: what is before the '_' without its '-', as a string.
// Of two folders' names.
int compare_diesel_versions(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a == '-')
            a++;
        while (*b == '-')
            b++;
        if (*a == '_' || *b == '_' || *a == '/' || *b == '/' || !*a || !*b || *a != *b)
            break;
    }
    if (*a == *b)
        return 0;
    return strchr("_/", *a) ? (strchr("_/", *b) ? 0 : -1) : strchr("_/", *b) ? 1 : (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

int compare_diesel(const char *a, const char *b)
{
    const char *x = folder_name(a), *y = folder_name(b);
    int c = compare_diesel_versions(x, y);

    return c ? c : compare_bytes(x, y);
}

// Callbacks around versioned and repeatable migrations (flyway-core org/flywaydb/core/internal/command/DbMigrate.java).
static int flyway_phase(const char *name)
{
    static const struct {
        const char *begins;
        int phase;
    } phases[] = {{"beforeValidate", -3},     {"afterValidate", -2},
                  {"beforeMigrate", -1},      {"afterVersioned", 2},
                  {"beforeRepeatables", 3},   {"R__", 4},
                  {"afterMigrateApplied", 5}, {"afterMigrate", 6},
                  {"beforeEach", 7},          {"afterEach", 8}};

    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++)
        if (lc_starts(name, phases[i].begins))
            return phases[i].phase;
    return 1;
}

// org/flywaydb/core/api/MigrationVersion.java: parts between '.' or '_' by value, missing ones are 0
static int compare_versions(const char *a, const char *b)
{
    while (is_digit(*a) || is_digit(*b)) {
        const char *x = is_digit(*a) ? a : "0", *y = is_digit(*b) ? b : "0";
        bool from_a = x == a, from_b = y == b;
        int c = compare_digits(&x, &y);
        if (c)
            return c;
        a = from_a ? x : a;
        b = from_b ? y : b;
        a += (*a == '.' || *a == '_') && is_digit(a[1]);
        b += (*b == '.' || *b == '_') && is_digit(b[1]);
    }
    return 0;
}

int compare_numbers(const char *a, const char *b)
{
    const char *x = a, *y = b;

    return is_digit(*a) && is_digit(*b) ? compare_digits(&x, &y) : 1;
}

int compare_flyway_versions(const char *a, const char *b)
{
    return *a == *b && is_digit(a[1]) && is_digit(b[1]) ? compare_versions(a + 1, b + 1) : 1;
}

int compare_flyway(const char *a, const char *b)
{
    const char *x = file_name(a), *y = file_name(b);
    int px = flyway_phase(x), py = flyway_phase(y), c;

    if (px != py)
        return px < py ? -1 : 1;
    c = px == 1 ? compare_versions(x + (*x != '\0'), y + (*y != '\0')) : compare_bytes(x, y);
    return c ? c : compare_bytes(a, b);
}

// How figures are said.
#include "base/words.h"

#include <math.h>

const char *words_time(struct lc_arena *arena, double ms)
{
    if (ms < 0.95)
        return "under 1 ms";
    if (ms < 999.5)
        return lc_printf(arena, "%.0f ms", ms);
    if (ms < 59.95e3)
        return lc_printf(arena, "%.1f s", ms / 1e3);
    if (ms < 3570e3)
        return lc_printf(arena, "%.0f min %02.0f s", floor(round(ms / 1e3) / 60), fmod(round(ms / 1e3), 60));
    return lc_printf(arena, "%.1f h", ms / 3600e3);
}

const char *words_bytes(struct lc_arena *arena, double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    int u = 0;

    for (; bytes >= 999.5 && u < 4; u++)
        bytes /= 1024;
    return lc_printf(arena, bytes < 9.95 && u ? "%.1f %s" : "%.0f %s", bytes, units[u]);
}

const char *words_count(struct lc_arena *arena, double n)
{
    double rounded = round(n);

    if (rounded >= 1e6)
        return lc_printf(arena, "%.1f M", rounded / 1e6);
    if (rounded >= 1000)
        return lc_printf(arena, "%.0f,%03.0f", floor(rounded / 1000), fmod(rounded, 1000));
    return lc_printf(arena, "%.0f", rounded);
}

const char *words_blocked_by(enum lc_lockmode mode)
{
    if (mode == LC_ACCESS_EXCLUSIVE)
        return "every query";
    if (mode == LC_EXCLUSIVE)
        return "all but plain SELECT";
    if (mode >= LC_SHARE)
        return "every write";
    return mode == LC_SHARE_UPDATE_EXCLUSIVE ? "schema changes, VACUUM" : "schema changes";
}

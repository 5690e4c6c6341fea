// The lock modes' names and the conflict table, as PostgreSQL's lock.c has them (unchanged from 13 to 18).
#include "base/lockmode.h"

#include <stddef.h>

#include "base/str.h"

// The modes from `mode` to ACCESS EXCLUSIVE.
#define FROM(mode) ((lc_lockmask)(0x1FEu & ~((1u << (unsigned)(mode)) - 1u)))

const lc_lockmask lc_lock_conflicts[LC_LOCKMODES] = {
    [LC_NO_LOCK] = 0,
    [LC_ACCESS_SHARE] = LC_LOCKBIT(LC_ACCESS_EXCLUSIVE),
    [LC_ROW_SHARE] = FROM(LC_EXCLUSIVE),
    [LC_ROW_EXCLUSIVE] = FROM(LC_SHARE),
    [LC_SHARE_UPDATE_EXCLUSIVE] = FROM(LC_SHARE_UPDATE_EXCLUSIVE),
    [LC_SHARE] = (lc_lockmask)(FROM(LC_ROW_EXCLUSIVE) & ~LC_LOCKBIT(LC_SHARE)),
    [LC_SHARE_ROW_EXCLUSIVE] = FROM(LC_ROW_EXCLUSIVE),
    [LC_EXCLUSIVE] = FROM(LC_ROW_SHARE),
    [LC_ACCESS_EXCLUSIVE] = FROM(LC_ACCESS_SHARE),
};

static const struct {
    const char *name, *sql, *typical;
} modes[LC_LOCKMODES] = {
    {"NoLock", "NONE", "nothing"},
    {"AccessShareLock", "ACCESS SHARE", "SELECT"},
    {"RowShareLock", "ROW SHARE", "SELECT FOR UPDATE, foreign-key checks"},
    {"RowExclusiveLock", "ROW EXCLUSIVE", "INSERT, UPDATE, DELETE, MERGE"},
    {"ShareUpdateExclusiveLock", "SHARE UPDATE EXCLUSIVE", "VACUUM, ANALYZE, CREATE INDEX CONCURRENTLY, VALIDATE CONSTRAINT"},
    {"ShareLock", "SHARE", "CREATE INDEX"},
    {"ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE", "CREATE TRIGGER, ADD FOREIGN KEY"},
    {"ExclusiveLock", "EXCLUSIVE", "REFRESH MATERIALIZED VIEW CONCURRENTLY"},
    {"AccessExclusiveLock", "ACCESS EXCLUSIVE", "most ALTER TABLE, DROP, TRUNCATE, VACUUM FULL"},
};

const char *lc_lockmode_name(enum lc_lockmode mode)
{
    return (unsigned)mode < LC_LOCKMODES ? modes[mode].name : "INVALID";
}

const char *lc_lockmode_sql(enum lc_lockmode mode)
{
    return (unsigned)mode < LC_LOCKMODES ? modes[mode].sql : "INVALID";
}

const char *lc_lockmode_typical(enum lc_lockmode mode)
{
    return (unsigned)mode < LC_LOCKMODES ? modes[mode].typical : "nothing";
}

enum lc_lockmode lc_lockmode_parse(const char *text)
{
    for (int m = LC_ACCESS_SHARE; text != NULL && m < LC_LOCKMODES; m++)
        if (lc_strieq(text, modes[m].name) || lc_strieq(text, modes[m].sql))
            return (enum lc_lockmode)m;
    return LC_NO_LOCK;
}

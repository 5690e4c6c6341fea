// PostgreSQL's eight table lock modes: numbers, both spellings, and which conflicts with which (lockdefs.h, lock.c LockConflicts).
#ifndef LC_BASE_LOCKMODE_H
#define LC_BASE_LOCKMODE_H

#include <stdbool.h>
#include <stdint.h>

// The numbers are the server's own (lockdefs.h). A higher number is not a superset of a lower one: SHARE does not conflict
// with itself, SHARE UPDATE EXCLUSIVE does.
enum lc_lockmode {
    LC_NO_LOCK = 0,
    LC_ACCESS_SHARE = 1,
    LC_ROW_SHARE = 2,
    LC_ROW_EXCLUSIVE = 3,
    LC_SHARE_UPDATE_EXCLUSIVE = 4,
    LC_SHARE = 5,
    LC_SHARE_ROW_EXCLUSIVE = 6,
    LC_EXCLUSIVE = 7,
    LC_ACCESS_EXCLUSIVE = 8,
};

#define LC_LOCKMODES 9 // size of an array indexed by mode; 0 is LC_NO_LOCK

typedef uint16_t lc_lockmask; // a set of modes: bit `mode` is set

#define LC_LOCKBIT(mode) ((lc_lockmask)(1u << (unsigned)(mode)))

// The modes that conflict with `mode`; 0 for LC_NO_LOCK.
extern const lc_lockmask lc_lock_conflicts[LC_LOCKMODES];

static inline bool lc_lockmodes_conflict(enum lc_lockmode a, enum lc_lockmode b)
{
    return (lc_lock_conflicts[a] & LC_LOCKBIT(b)) != 0;
}

// "AccessShareLock", as in pg_locks; "INVALID" outside 0..8, "NoLock" for 0.
const char *lc_lockmode_name(enum lc_lockmode mode);
// "ACCESS SHARE", as in SQL's LOCK TABLE; "NONE" for 0.
const char *lc_lockmode_sql(enum lc_lockmode mode);
// Either spelling, ASCII case ignored; LC_NO_LOCK when it is neither.
enum lc_lockmode lc_lockmode_parse(const char *text);
// What usually takes it: "SELECT", "INSERT, UPDATE, DELETE", ... for explanations.
const char *lc_lockmode_typical(enum lc_lockmode mode);

#endif

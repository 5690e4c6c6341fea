// One session that runs a migration: the locks it holds, its transaction block, and the recording of a statement's footprint.
//
// Locks are known by (relation, mode), as the server's local lock table knows them (lock.c LockAcquireExtended): a mode that is held already
// is not taken again. Each remembers the subtransaction that took it, because ROLLBACK TO gives back what came after the savepoint
// (resowner.c ResourceOwnerReleaseInternal).
#include "footprint/internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "catalog/apply_internal.h"

struct held_lock {
    Oid oid;
    enum lc_lockmode mode;
    int level;
    bool session;
};

struct held_note {
    bool certain;  // false: perhaps a row or a branch took it
    int statement; // that recorded it last
    int lock;      // and where in its footprint
};

struct savepoint {
    const char *name; // NULL: a subtransaction of a body
    int locks_before; // of the footprint at hand, for subtransactions inside one statement
    Oid watermark;    // of what encloses it
    int emptied;
};

struct fp_held {
    struct LC_ARRAY(struct held_lock) locks;
    struct lc_map index; // (oid, mode) -> struct held_note, present while held
    struct LC_ARRAY(struct savepoint) savepoints;
};

struct fp_session *fp_session_new(struct catalog *cat)
{
    cat_keep_settings(cat);
    return fp_session_in(cat, cat_arena(cat));
}

// "lockcast.today": days since 1970, as whoever runs the forecast says.
static long today(const struct catalog *cat)
{
    const char *text = cat_setting(cat, "lockcast.today");

    return text ? strtol(text, NULL, 10) - 10957 : 0;
}

struct fp_session *fp_session_in(struct catalog *cat, struct lc_arena *arena)
{
    struct fp_session *s = LC_NEW(arena, struct fp_session);

    s->cat = cat;
    s->arena = arena;
    s->held = LC_NEW(arena, struct fp_held);
    s->today = today(cat);
    lc_map_init(&s->held->index, arena);
    lc_map_init(&s->own_rows, arena);
    return s;
}

// --- held locks --------------------------------------------------------------------------------------------------------------

static uint64_t lock_key(Oid oid, enum lc_lockmode mode)
{
    return (uint64_t)oid << 4 | (uint64_t)mode;
}

static struct held_note *note_of(const struct fp_session *s, Oid oid, enum lc_lockmode mode)
{
    return lc_map_geti(&s->held->index, lock_key(oid, mode));
}

static bool is_held(const struct fp_session *s, Oid oid, enum lc_lockmode mode)
{
    const struct held_note *note = note_of(s, oid, mode);

    return note && note->certain;
}

static void hold(struct fp_session *s, Oid oid, enum lc_lockmode mode, bool session)
{
    struct held_lock h = {oid, mode, s->level, session};
    struct held_note *note = LC_NEW(s->arena, struct held_note);

    LC_PUSH(s->arena, &s->held->locks, h);
    *note = (struct held_note){!s->uncertain, s->statement, s->fp ? s->fp->locks.len : 0};
    (void)lc_map_puti(&s->held->index, lock_key(oid, mode), note);
}

// Gives back every lock for which `level` is below its own; session locks only when all go.
static void release_above(struct fp_session *s, int level, bool keep_session)
{
    struct fp_held *h = s->held;
    int kept = 0;

    for (int i = 0; i < h->locks.len; i++) {
        struct held_lock l = h->locks.items[i];
        if (l.level <= level || (keep_session && l.session))
            h->locks.items[kept++] = l;
        else
            (void)lc_map_puti(&h->index, lock_key(l.oid, l.mode), NULL);
    }
    h->locks.len = kept;
}

static void release_all(struct fp_session *s)
{
    release_above(s, -1, false);
    lc_map_clear(&s->held->index);
    lc_map_clear(&s->own_rows);
    fp_pending_end(s);
}

// --- recording -----------------------------------------------------------------------------------------------------------------

static void add_event(struct fp_session *s, enum fp_event_kind kind, int index, const struct cat_relation *rel,
                      enum lc_lockmode mode)
{
    struct fp_event e = {kind, mode, index, rel};

    LC_PUSH(s->arena, &s->fp->events, e);
}

// The name that it had when the statement began: its locks are told under one.
static const char *name_before(const struct fp_session *s, const struct cat_relation *rel)
{
    const char *old = s->old_names ? lc_map_geti(s->old_names, rel->o.oid) : NULL;

    return old ? old : cat_qualified_name(s->cat, rel);
}

void fp_keep_name(struct fp_session *s, const struct cat_relation *rel)
{
    if (!rel || rel->o.oid > s->watermark)
        return;
    if (!s->old_names) {
        s->old_names = LC_NEW(s->arena, struct lc_map);
        lc_map_init(s->old_names, s->arena);
    }
    if (!lc_map_geti(s->old_names, rel->o.oid))
        (void)lc_map_puti(s->old_names, rel->o.oid, (void *)(uintptr_t)cat_qualified_name(s->cat, rel));
    for (int i = 0; i < rel->indexes.len; i++)
        fp_keep_name(s, cat_relation(s->cat, rel->indexes.items[i]));
}

static void record(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode, const struct fp_rule *rule,
                   enum fp_release released)
{
    struct fp_lock lock = {.rel = rel,
                           .name = name_before(s, rel),
                           .mode = mode,
                           .released = released,
                           .created = rel->o.created && rel->o.oid > s->watermark,
                           .certain = !s->uncertain,
                           .phase = s->phase,
                           .rule = rule};

    LC_PUSH(s->arena, &s->fp->locks, lock);
    if (s->cached)
        fp_cache_disturb(s, rel, mode);
    add_event(s, FP_EVENT_LOCK, s->fp->locks.len - 1, rel, mode);
}

// The mode is held already. One that only perhaps is held is recorded again, once per statement: it may be this one that takes it.
static void take_again(struct fp_session *s, struct held_note *note, const struct cat_relation *rel, enum lc_lockmode mode,
                       const struct fp_rule *rule)
{
    bool uncertain = s->uncertain;

    if (note->certain)
        return;
    if (note->statement != s->statement) {
        *note = (struct held_note){false, s->statement, s->fp->locks.len};
        s->uncertain = true;
        record(s, rel, mode, rule, FP_COMMIT);
        s->uncertain = uncertain;
    } else if (!uncertain) {
        s->fp->locks.items[note->lock].certain = true; // recorded as uncertain, it turns out to be taken in any case
    }
    note->certain = !uncertain;
}

void fp_lock_mode(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode, const struct fp_rule *rule)
{
    struct held_note *note = rel ? note_of(s, rel->o.oid, mode) : NULL;

    if (!rel || mode == LC_NO_LOCK)
        return;
    if (note) {
        take_again(s, note, rel, mode, rule);
        return;
    }
    hold(s, rel->o.oid, mode, false);
    record(s, rel, mode, rule, FP_COMMIT);
}

void fp_lock_sequence(struct fp_session *s, const struct cat_relation *seq, const struct fp_rule *rule)
{
    int level = s->level;

    s->level = 0;
    fp_lock_mode(s, seq, LC_ROW_EXCLUSIVE, rule);
    s->level = level;
}

void fp_lock(struct fp_session *s, const struct cat_relation *rel, const struct fp_rule *rule)
{
    if (rule && fp_rule_holds(s, rule))
        fp_lock_mode(s, rel, rule->mode, rule);
}

void fp_lock_dead(struct fp_session *s, const struct cat_relation *rel, const struct fp_rule *rule)
{
    int before = s->fp->locks.len;

    fp_lock(s, rel, rule);
    for (int i = before; i < s->fp->locks.len; i++)
        s->fp->locks.items[i].dead = true;
}

void fp_lock_briefly(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode, const struct fp_rule *rule)
{
    if (!rel || is_held(s, rel->o.oid, mode))
        return;
    record(s, rel, mode, rule, FP_STATEMENT);
    add_event(s, FP_EVENT_RELEASE, s->fp->locks.len - 1, rel, mode);
}

void fp_lock_session(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode, const struct fp_rule *rule)
{
    if (!rel)
        return;
    if (!is_held(s, rel->o.oid, mode))
        record(s, rel, mode, rule, FP_COMMIT);
    hold(s, rel->o.oid, mode, true);
    for (int i = s->fp->locks.len - 1; i >= 0; i--)
        if (s->fp->locks.items[i].rel->o.oid == rel->o.oid && s->fp->locks.items[i].mode == mode)
            s->fp->locks.items[i].session = true;
}

bool fp_rule_holds(const struct fp_session *s, const struct fp_rule *rule)
{
    int major = cat_major(s->cat);

    return (!rule->min_major || major >= rule->min_major) && (!rule->max_major || major <= rule->max_major);
}

const struct fp_rule *fp_pick(const struct fp_session *s, const struct fp_rule *rules, int n, const char *id)
{
    for (int i = 0; i < n; i++)
        if (strcmp(rules[i].id, id) == 0 && fp_rule_holds(s, &rules[i]))
            return &rules[i];
    return NULL;
}

static bool among(const struct fp_rels *rels, const struct cat_relation *rel)
{
    for (int i = 0; i < rels->len; i++)
        if (rels->items[i]->o.oid == rel->o.oid)
            return true;
    return false;
}

void fp_rewrite(struct fp_session *s, const struct cat_relation *rel)
{
    if (rel && !(rel->o.created && rel->o.oid > s->watermark) && !among(&s->fp->rewrites, rel))
        LC_PUSH(s->arena, &s->fp->rewrites, rel);
    if (rel && s->level > 0)
        LC_PUSH(s->arena, &s->emptied, rel->o.oid);
}

void fp_scan(struct fp_session *s, const struct cat_relation *rel)
{
    if (rel && !among(&s->fp->scans, rel))
        LC_PUSH(s->arena, &s->fp->scans, rel);
}

struct fp_work *fp_add_work(struct fp_session *s, enum fp_work_kind kind, const struct cat_relation *rel, const char *what)
{
    struct fp_work w = {.kind = kind, .rel = rel, .what = what, .phase = s->phase, .certain = !s->uncertain};

    LC_PUSH(s->arena, &s->fp->work, w);
    add_event(s, FP_EVENT_WORK, s->fp->work.len - 1, rel, LC_NO_LOCK);
    return &s->fp->work.items[s->fp->work.len - 1];
}

void fp_wait_lockers(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode)
{
    add_event(s, FP_EVENT_WAIT_LOCKERS, 0, rel, mode);
}

void fp_wait_snapshots(struct fp_session *s)
{
    add_event(s, FP_EVENT_WAIT_SNAPSHOTS, 0, NULL, LC_NO_LOCK);
}

void fp_next_phase(struct fp_session *s)
{
    if (s->phase == 0) {
        for (int i = 0; i < s->fp->locks.len; i++)
            s->fp->locks.items[i].phase = 1;
        for (int i = 0; i < s->fp->work.len; i++)
            s->fp->work.items[i].phase = 1;
        s->phase = 1;
    }
    s->phase++;
    lc_map_init(&s->written, s->arena);
    lc_map_clear(&s->own_rows);
    fp_pending_end(s);
    release_above(s, -1, true);
    add_event(s, FP_EVENT_COMMIT, 0, NULL, LC_NO_LOCK);
}

void fp_note(struct fp_session *s, const char *rule, bool unknown, const char *fmt, ...)
{
    struct fp_note note = {.rule = rule, .unknown = unknown};
    va_list args;

    va_start(args, fmt);
    note.message = lc_vprintf(s->arena, fmt, args);
    va_end(args);
    for (int i = 0; i < s->fp->notes.len; i++)
        if (strcmp(s->fp->notes.items[i].message, note.message) == 0)
            return;
    LC_PUSH(s->arena, &s->fp->notes, note);
}

// Errors that say that the catalogue lacks what an extension may have brought.
static bool may_be_brought(const char *sqlstate)
{
    static const char *const states[] = {"42P01", "42883", "42704", "3F000"};

    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(sqlstate, states[i]) == 0)
            return true;
    return false;
}

// Errors that say what the catalogue has or lacks.
static bool is_doubtful(const struct fp_session *s, const char *sqlstate)
{
    static const struct {
        const char *state;
        enum fp_effects from; // what must be unknown
    } states[] = {{"42701", FP_UNKNOWN_COLUMNS}, {"42P16", FP_UNKNOWN_COLUMNS}, {"42703", FP_UNKNOWN_OBJECTS},
                  {"42883", FP_UNKNOWN_OBJECTS}, {"42P01", FP_UNKNOWN_OBJECTS}, {"42704", FP_UNKNOWN_OBJECTS},
                  {"3F000", FP_UNKNOWN_OBJECTS}, {"42P07", FP_UNKNOWN_OBJECTS}, {"42710", FP_UNKNOWN_OBJECTS},
                  {"42P06", FP_UNKNOWN_OBJECTS}, {"42723", FP_UNKNOWN_OBJECTS}, {"42830", FP_UNKNOWN_OBJECTS},
                  {"42804", FP_UNKNOWN_OBJECTS}};

    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(sqlstate, states[i].state) == 0 && s->unknown_effects >= states[i].from)
            return true;
    return may_be_brought(sqlstate) && cat_has_unknown_extension(s->cat);
}

void fp_refuse(struct fp_session *s, const char *sqlstate, const char *fmt, ...)
{
    va_list args;

    if (s->fp->fails)
        return;
    va_start(args, fmt);
    if (is_doubtful(s, sqlstate)) {
        s->doubted = true;
        fp_note(s, "may-fail", true, "%s, unless an earlier statement whose effects are not known made it so",
                lc_vprintf(s->arena, fmt, args));
        va_end(args);
        return;
    }
    s->fp->fails = true;
    s->fp->error = LC_NEW(s->arena, struct lc_error);
    (void)lc_fail(s->fp->error, LC_E_SERVER, "%s", lc_vprintf(s->arena, fmt, args));
    va_end(args);
    lc_error_detail(s->fp->error, "%s", sqlstate);
}

bool fp_prevent_in_block(struct fp_session *s, const char *command)
{
    if (s->level == 0 && s->top_level && !s->implicit) {
        if (s->phase == 0)
            s->phase = 1;
        return false;
    }
    // xact.c PreventInTransactionBlock
    fp_refuse(s, "25001", s->top_level ? "%s cannot run inside a transaction block" : "%s cannot be executed from a function",
              command);
    return true;
}

// --- transactions ----------------------------------------------------------------------------------------------------------------

void fp_block_begin(struct fp_session *s)
{
    cat_begin(s->cat);
    s->level = 1;
    s->aborted = false;
    s->block_watermark = cat_last_oid(s->cat);
    s->emptied.len = s->emptied_from = 0;
    s->transaction++;
}

void fp_block_end(struct fp_session *s, bool commit)
{
    fp_on_commit(s, commit && !s->aborted);
    for (; s->level > 0; s->level--) {
        if (commit && !s->aborted)
            cat_commit(s->cat);
        else
            cat_rollback(s->cat);
    }
    cat_end_local_settings(s->cat); // a forecast that is taken back later runs at a level of its own
    s->held->savepoints.len = 0;
    s->aborted = s->implicit = s->framework = false;
    release_all(s);
}

void fp_savepoint(struct fp_session *s, const char *name)
{
    struct savepoint p = {name, s->fp ? s->fp->locks.len : 0, s->block_watermark, s->emptied_from};

    LC_PUSH(s->arena, &s->held->savepoints, p);
    s->block_watermark = cat_last_oid(s->cat);
    s->emptied_from = s->emptied.len;
    cat_begin(s->cat);
    s->level++;
}

// The innermost savepoint of that name; -1: none.
static int find_savepoint(const struct fp_session *s, const char *name)
{
    for (int i = s->held->savepoints.len - 1; i >= 0; i--)
        if (lc_streq(s->held->savepoints.items[i].name, name))
            return i;
    return -1;
}

static void end_levels(struct fp_session *s, int level, bool commit)
{
    for (; s->level > level; s->level--) {
        if (commit)
            cat_commit(s->cat);
        else
            cat_rollback(s->cat);
    }
}

// What it created or emptied is its parent's now (AtEOSubXact_RelationCache), or is no more.
static void leave_savepoint(struct fp_session *s, const struct savepoint *p, bool commit)
{
    if (!commit)
        s->emptied.len = s->emptied_from;
    fp_pending_leave(s, commit);
    s->block_watermark = p->watermark;
    s->emptied_from = p->emptied;
}

bool fp_savepoint_release(struct fp_session *s, const char *name)
{
    int i = find_savepoint(s, name);

    if (i < 0)
        return false;
    end_levels(s, i + 1, true);
    leave_savepoint(s, &s->held->savepoints.items[i], true);
    for (int k = 0; k < s->held->locks.len; k++)
        if (s->held->locks.items[k].level > s->level)
            s->held->locks.items[k].level = s->level;
    s->held->savepoints.len = i;
    return true;
}

bool fp_savepoint_rollback(struct fp_session *s, const char *name)
{
    int i = find_savepoint(s, name);
    struct savepoint p;

    if (i < 0)
        return false;
    p = s->held->savepoints.items[i];
    end_levels(s, i + 1, false);
    release_above(s, s->level, false);
    s->held->savepoints.len = i;
    leave_savepoint(s, &p, false);
    s->aborted = false;
    fp_savepoint(s, p.name);
    return true;
}

void fp_sub_begin(struct fp_session *s)
{
    fp_savepoint(s, NULL);
}

void fp_sub_end(struct fp_session *s, bool commit)
{
    struct savepoint p;

    if (s->held->savepoints.len == 0)
        return;
    p = s->held->savepoints.items[--s->held->savepoints.len];
    end_levels(s, s->level - 1, commit);
    leave_savepoint(s, &p, commit);
    if (commit) {
        for (int k = 0; k < s->held->locks.len; k++)
            if (s->held->locks.items[k].level > s->level)
                s->held->locks.items[k].level = s->level;
        return;
    }
    release_above(s, s->level, false);
    lc_map_init(&s->written, s->arena); // what was followed has been given back
    for (int i = p.locks_before; i < s->fp->locks.len; i++)
        if (!note_of(s, s->fp->locks.items[i].rel->o.oid, s->fp->locks.items[i].mode))
            s->fp->locks.items[i].released = FP_STATEMENT;
}

void fp_transaction_begin(struct fp_session *s)
{
    fp_block_begin(s);
    s->framework = true;
}

void fp_transaction_end(struct fp_session *s)
{
    if (s->level > 0)
        fp_block_end(s, true);
}

void fp_implicit_begin(struct fp_session *s)
{
    fp_block_begin(s);
    s->implicit = true;
}

void fp_implicit_end(struct fp_session *s)
{
    if (s->level > 0 && s->implicit)
        fp_block_end(s, true);
}

void fp_statement_locks_end(struct fp_session *s)
{
    release_all(s);
}

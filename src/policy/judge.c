// The rules: each looks at one statement of a forecast and finds something, or nothing.
//
// A rule is a row {name, test}; a test answers with the severity and the figures. What a statement locks and for how long comes from the
// forecast alone: no rule knows a statement by its keywords.
#include "policy/policy.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "base/words.h"
#include "policy/baseline.h"

#define DEPLOY_RULE "deploy"

struct look { // one statement, as the rules see it
    struct lc_arena *arena;
    const struct catalog *cat;
    const struct policy *policy;
    const struct forecast *forecast;
    const struct forecast_stmt *f;
    const struct fp_lock *strongest; // the lock that keeps most others waiting; NULL: none on a relation that existed before
    double hold_p50_ms, hold_p90_ms; // how long it is held: to the end of the statement's transaction
    struct lc_map *seen;             // of fingerprints
};

typedef bool (*rule_test)(const struct look *l, struct finding *out);

const char *severity_name(enum severity severity)
{
    static const char *const names[] = {"safe", "caution", "danger"};

    return names[severity];
}

void policy_default(struct policy *policy)
{
    *policy = (struct policy){.caution_blocked_ms = 100,
                              .danger_blocked_ms = 1000,
                              .caution_hold_ms = 200,
                              .danger_hold_ms = 1000,
                              .caution_delayed = 10,
                              .danger_delayed = 100,
                              .danger_pool_probability = 0.1};
}

// --- the rules -------------------------------------------------------------------------------------------------------------------------

static bool would_fail(const struct look *l, struct finding *out)
{
    const struct footprint *fp = &l->f->fp;

    if (fp->skipped) {
        out->message = "Not reached: an earlier statement of this transaction fails.";
        out->severity = SEVERITY_CAUTION;
        return true;
    }
    if (!fp->fails)
        return false;
    out->severity = SEVERITY_DANGER;
    out->message = lc_printf(l->arena, "The server will refuse it: %s (SQLSTATE %s).", fp->error->message, fp->error->detail);
    return true;
}

static bool is_known(const struct look *l)
{
    return l->f->cost.known || l->f->cost.len == 0;
}

// Held so long that those behind it notice: by the forecast's own figures where traffic is known, by the hold time where it is not.
static enum severity hold_severity(const struct look *l)
{
    if (!l->strongest || l->strongest->mode < LC_SHARE)
        return SEVERITY_SAFE;
    if (!is_known(l))
        return SEVERITY_DANGER;
    if (l->hold_p90_ms >= l->policy->danger_hold_ms)
        return SEVERITY_DANGER;
    return l->hold_p90_ms >= l->policy->caution_hold_ms ? SEVERITY_CAUTION : SEVERITY_SAFE;
}

static const char *hold_text(const struct look *l)
{
    if (!is_known(l))
        return "for a time that is not known";
    return lc_printf(l->arena, "for %s (up to %s in 9 of 10 deploys)", words_time(l->arena, l->hold_p50_ms),
                     words_time(l->arena, l->hold_p90_ms));
}

static const char *size_of(const struct look *l, const struct cat_relation *rel)
{
    if (!rel->size.known)
        return "of unknown size";
    return words_bytes(l->arena, rel->size.bytes + rel->size.toast_bytes);
}

static bool rewrites_table(const struct look *l, struct finding *out)
{
    const struct fp_rels *r = &l->f->fp.rewrites;

    for (int i = 0; i < r->len; i++) {
        if (!strchr("rmp", r->items[i]->relkind) || hold_severity(l) == SEVERITY_SAFE)
            continue;
        out->severity = hold_severity(l);
        out->message = lc_printf(l->arena, "Writes %s (%s) anew while %s is held: %s waits %s.",
                                 cat_qualified_name(l->cat, r->items[i]), size_of(l, r->items[i]),
                                 lc_lockmode_sql(l->strongest->mode), words_blocked_by(l->strongest->mode), hold_text(l));
        return true;
    }
    return false;
}

static bool builds_index(const struct look *l, struct finding *out)
{
    for (int i = 0; i < l->f->fp.work.len; i++) {
        const struct fp_work *w = &l->f->fp.work.items[i];
        if (w->kind != FP_INDEX_BUILD || !w->rel || hold_severity(l) == SEVERITY_SAFE || l->f->fp.rewrites.len)
            continue;
        out->severity = hold_severity(l);
        out->message = lc_printf(l->arena, "Builds an index on %s (%s) while %s is held: %s waits %s.",
                                 cat_qualified_name(l->cat, w->rel), size_of(l, w->rel), lc_lockmode_sql(l->strongest->mode),
                                 words_blocked_by(l->strongest->mode), hold_text(l));
        return true;
    }
    return false;
}

static bool scans_table(const struct look *l, struct finding *out)
{
    const struct fp_rels *r = &l->f->fp.scans;

    if (r->len == 0 || hold_severity(l) == SEVERITY_SAFE || l->f->fp.rewrites.len || builds_index(l, out))
        return false;
    out->severity = hold_severity(l);
    out->message = lc_printf(l->arena, "Reads all of %s (%s) while %s is held: %s waits %s.",
                             cat_qualified_name(l->cat, r->items[0]), size_of(l, r->items[0]),
                             lc_lockmode_sql(l->strongest->mode), words_blocked_by(l->strongest->mode), hold_text(l));
    return true;
}

static bool holds_long(const struct look *l, struct finding *out)
{
    if (hold_severity(l) == SEVERITY_SAFE || l->f->fp.rewrites.len || l->f->fp.scans.len)
        return false;
    out->severity = hold_severity(l);
    out->message =
        lc_printf(l->arena, "Takes %s on %s and keeps it to the end of the transaction: %s waits %s.",
                  lc_lockmode_sql(l->strongest->mode), l->strongest->name, words_blocked_by(l->strongest->mode), hold_text(l));
    return true;
}

// The wait before the lock: what looks harmless stands behind somebody, and everybody behind it.
static bool queues(const struct look *l, struct finding *out)
{
    double wait = l->f->lock_wait_ms.p90;
    double longest = 0, sessions = 0;

    for (int i = 0; i < l->f->nchains; i++) {
        const struct forecast_chain *c = &l->f->chains[i];
        if (strcmp(c->behind, "this statement") != 0)
            continue;
        longest = fmax(longest, c->longest_wait_ms.p90);
        sessions += c->sessions.p50;
    }
    if (wait < l->policy->caution_blocked_ms || longest < l->policy->caution_blocked_ms || !l->strongest)
        return false;
    out->severity = longest >= l->policy->danger_blocked_ms ? SEVERITY_DANGER : SEVERITY_CAUTION;
    out->message =
        lc_printf(l->arena,
                  "Waits for its lock on %s behind transactions in flight (%s, up to %s in 9 of 10 deploys), and "
                  "whatever comes meanwhile waits behind it%s, the longest up to %s.",
                  l->strongest->name, words_time(l->arena, l->f->lock_wait_ms.p50), words_time(l->arena, wait),
                  sessions >= 0.5 ? lc_printf(l->arena, ": about %.0f session%s", sessions, round(sessions) == 1 ? "" : "s") : "",
                  words_time(l->arena, longest));
    return true;
}

// A statement that touches rows is no lock on the table, but its row locks and its snapshot stay to the end of the transaction.
static bool long_dml(const struct look *l, struct finding *out)
{
    for (int i = 0; i < l->f->fp.work.len && i < l->f->cost.len; i++) {
        const struct fp_work *w = &l->f->fp.work.items[i];
        if (w->kind != FP_QUERY || !w->query || IsA(w->query, SelectStmt) || !w->rel || w->rel->o.created)
            continue;
        if (l->f->cost.items[i].known && l->hold_p90_ms < l->policy->danger_hold_ms)
            continue;
        out->severity =
            l->f->cost.items[i].known && l->hold_p90_ms < 5 * l->policy->danger_hold_ms ? SEVERITY_CAUTION : SEVERITY_DANGER;
        out->message = lc_printf(l->arena, "Writes rows of %s (%s) in one statement: whoever writes the same rows waits %s.",
                                 cat_qualified_name(l->cat, w->rel),
                                 l->f->cost.items[i].rows >= 0
                                     ? lc_printf(l->arena, "%s rows", words_count(l->arena, l->f->cost.items[i].rows))
                                     : "their number is not known",
                                 hold_text(l));
        return true;
    }
    return false;
}

static bool size_not_known(const struct look *l, struct finding *out)
{
    if (is_known(l) || !l->f->cost.len || (l->strongest && l->strongest->mode >= LC_SHARE))
        return false;
    out->severity = SEVERITY_CAUTION;
    out->message = "How long it takes is not known: the sizes of its tables are not.";
    return true;
}

static bool brief_exclusive_without_timeout(const struct look *l, struct finding *out)
{
    if (!l->strongest || l->strongest->mode < LC_SHARE_ROW_EXCLUSIVE || l->f->fp.lock_timeout_ms > 0 || l->forecast->simulated)
        return false;
    if (hold_severity(l) != SEVERITY_SAFE)
        return false;
    out->severity = SEVERITY_CAUTION;
    out->message = lc_printf(
        l->arena,
        "Takes %s on %s without lock_timeout, and the traffic is not known: behind a long transaction %s would wait with it.",
        lc_lockmode_sql(l->strongest->mode), l->strongest->name, words_blocked_by(l->strongest->mode));
    return true;
}

#define LONG_REPLAY_MS 10e3 // so far behind nobody likes to read a standby

static const char *standbys_text(const struct look *l)
{
    return l->forecast->standbys == 1 ? "the standby" : lc_printf(l->arena, "%d standbys", l->forecast->standbys);
}

static const char *delay_text(const struct look *l)
{
    double ms = l->forecast->standby_delay_ms;

    if (isnan(ms))
        return "";
    return ms < 0 ? " (-1: never)" : lc_printf(l->arena, " (%s)", words_time(l->arena, ms));
}

// A standby replays the lock: its readers wait as long as the primary's, and for as long as the WAL in between takes.
static bool stops_standby_readers(const struct look *l, struct finding *out)
{
    const struct forecast_standby *s = &l->f->standby;
    double longest = l->hold_p90_ms + s->replay_ms.p90;

    if (!l->forecast->standbys || !s->stops || longest < l->policy->caution_hold_ms)
        return false;
    out->severity = longest >= l->policy->danger_hold_ms ? SEVERITY_DANGER : SEVERITY_CAUTION;
    out->message = lc_printf(
        l->arena,
        "On %s every query on %s waits as well: the lock is replayed there and held for %s%s. Queries that hold the relation "
        "there are cancelled after max_standby_streaming_delay%s, and until then nothing is replayed.",
        standbys_text(l), s->stops, is_known(l) ? words_time(l->arena, l->hold_p50_ms) : "a time that is not known",
        s->replay_ms.p50 >= 1
            ? lc_printf(l->arena, ", and for about %s more while its WAL is replayed", words_time(l->arena, s->replay_ms.p50))
            : "",
        delay_text(l));
    return true;
}

static bool delays_standbys(const struct look *l, struct finding *out)
{
    const struct forecast_standby *s = &l->f->standby;
    struct finding ignored;

    if (!l->forecast->standbys || s->replay_ms.p50 < LONG_REPLAY_MS || stops_standby_readers(l, &ignored))
        return false;
    out->severity = SEVERITY_CAUTION;
    out->message = lc_printf(
        l->arena,
        "Writes about %s of WAL, which %s replays for about %s: what it shows is that much older where it is written faster.",
        words_bytes(l->arena, l->f->cost.wal.p50), standbys_text(l), words_time(l->arena, s->replay_ms.p50));
    return true;
}

static const struct {
    const char *name;
    rule_test test;
} rules[] = {
    {"would-fail", would_fail},
    {"table-rewrite", rewrites_table},
    {"blocking-index-build", builds_index},
    {"blocking-scan", scans_table},
    {"long-lock", holds_long},
    {"lock-queue", queues},
    {"long-write", long_dml},
    {"standby-readers", stops_standby_readers},
    {"standby-lag", delays_standbys},
    {"size-not-known", size_not_known},
    {"no-lock-timeout", brief_exclusive_without_timeout},
};
#define NRULES ((int)(sizeof rules / sizeof *rules))
#define MAX_NOTES 5 // of one statement: a body may have hundreds, and the first tell enough

// --- judging ---------------------------------------------------------------------------------------------------------------------------

static const struct fp_lock *strongest_lock(const struct footprint *fp)
{
    const struct fp_lock *best = NULL;

    for (int i = 0; i < fp->locks.len; i++) {
        const struct fp_lock *l = &fp->locks.items[i];
        if (l->created || l->rel->o.created || l->released == FP_STATEMENT)
            continue;
        if (!best || l->mode > best->mode)
            best = l;
    }
    return best;
}

// For each statement, the sum of its duration and of those that follow in its transaction.
static struct quantiles *hold_times(struct lc_arena *arena, const struct forecast_file *file)
{
    struct quantiles *hold = LC_NEW_ARRAY(arena, struct quantiles, file->len);

    for (int k = file->len; k-- > 0;) {
        const struct forecast_stmt *f = &file->stmts[k];
        bool held_on = k + 1 < file->len && f->fp.transaction != 0 && f[1].fp.transaction == f->fp.transaction;

        hold[k].p50 = f->duration_ms.p50 + (held_on ? hold[k + 1].p50 : 0);
        hold[k].p90 = f->duration_ms.p90 + (held_on ? hold[k + 1].p90 : 0);
    }
    return hold;
}

static long days_of(const char *date)
{
    struct tm tm = {0};

    if (!date || !strptime(date, "%Y-%m-%d", &tm))
        return -1;
    return (long)(timegm(&tm) / 86400);
}

// A comment "-- lockcast: ignore RULE" stands between the statement before and this one.
static void suppress(const struct migration_file *file, int k, long today, struct finding *f)
{
    int from = k ? file->stmts[k - 1].sql.line : 0, to = file->stmts[k].sql.line;

    for (int i = 0; i < file->nsuppressions; i++) {
        const struct migration_suppression *s = &file->suppressions[i];
        bool over = s->until && days_of(s->until) < today;
        if (s->line < from || s->line > to || over || (strcmp(s->rule, f->rule) != 0 && strcmp(s->rule, "all") != 0))
            continue;
        f->suppressed = true;
        f->suppression = s->reason ? s->reason : "";
    }
}

bool policy_has_rule(const char *name)
{
    if (strcmp(name, DEPLOY_RULE) == 0)
        return true;
    for (int i = 0; i < NRULES; i++)
        if (strcmp(rules[i].name, name) == 0)
            return true;
    return false;
}

// What the configuration says about this finding's rule; false: the rule is off.
static bool configure(const struct policy *policy, struct finding *f)
{
    const struct policy_rule *last = NULL;

    for (int i = 0; i < policy->rules.len; i++)
        if (strcmp(policy->rules.items[i].rule, f->rule) == 0)
            last = &policy->rules.items[i];
    if (last && !last->off)
        f->severity = last->severity;
    return !last || !last->off;
}

// What was known before, and no less severe, is not reported again.
static void hold_against_baseline(struct look *l, const char *path, const char *sql, struct finding *f)
{
    if (!l->policy->baseline && !l->policy->fingerprints)
        return;
    f->fingerprint = baseline_fingerprint(l->arena, l->seen, path, f->rule, sql);
    if (f->suppressed || !baseline_has(l->policy->baseline, f->fingerprint, f->severity))
        return;
    f->suppressed = f->known = true;
    f->suppression = "it is in the baseline";
}

struct judging { // of one statement
    const struct forecast_file *file;
    int k;
    long today;
    struct findings LC_ARRAY(struct finding) found;
    enum severity severity;
};

static void add_finding(struct look *l, struct judging *j, struct finding f)
{
    suppress(j->file->file, j->k, j->today, &f);
    hold_against_baseline(l, j->file->file->path, l->f->stmt->sql.text, &f);
    if (!f.suppressed && f.severity > j->severity)
        j->severity = f.severity;
    LC_PUSH(l->arena, &j->found, f);
}

// What the footprint says: what is not known is danger, whatever the configuration says; the rest is good to know.
static void tell_notes(struct look *l, struct judging *j, bool unknown)
{
    for (int i = 0, told = 0; i < l->f->fp.notes.len && told < MAX_NOTES; i++) {
        const struct fp_note *n = &l->f->fp.notes.items[i];

        if (n->unknown != unknown)
            continue;
        add_finding(
            l, j,
            (struct finding){.rule = n->rule, .severity = unknown ? SEVERITY_DANGER : SEVERITY_SAFE, .message = n->message});
        told++;
    }
}

static void judge_statement(struct look *l, const struct forecast_file *file, int k, long today, struct policy_stmt *out)
{
    struct judging j = {.file = file, .k = k, .today = today};

    l->f = &file->stmts[k];
    l->strongest = strongest_lock(&l->f->fp);
    tell_notes(l, &j, true);
    for (int i = 0; i < NRULES; i++) {
        struct finding f = {.rule = rules[i].name};

        if (!rules[i].test(l, &f) || !configure(l->policy, &f))
            continue;
        if (l->strongest && l->strongest->rule && rules[i].test != would_fail) {
            f.why = l->strongest->rule->why;
            f.source = l->strongest->rule->source;
        }
        add_finding(l, &j, f);
    }
    tell_notes(l, &j, false);
    *out = (struct policy_stmt){j.found.items, j.found.len, j.severity};
}

// The deploy as a whole can be dangerous where no single statement is.
static enum severity deploy_severity(const struct policy *p, const struct forecast *f)
{
    if (!f->simulated)
        return SEVERITY_SAFE;
    if (f->pool_exhausted_probability >= p->danger_pool_probability || f->delayed_transactions.p90 >= p->danger_delayed)
        return SEVERITY_DANGER;
    return f->delayed_transactions.p90 >= p->caution_delayed ? SEVERITY_CAUTION : SEVERITY_SAFE;
}

static enum severity judge_deploy(struct look *l, struct finding *f)
{
    const struct forecast *forecast = l->forecast;
    enum severity severity = deploy_severity(l->policy, forecast);

    *f = (struct finding){.rule = DEPLOY_RULE, .severity = severity, .message = "The deploy as a whole keeps too much waiting."};
    if (severity == SEVERITY_SAFE || forecast->len == 0 || !configure(l->policy, f)) {
        *f = (struct finding){0};
        return SEVERITY_SAFE;
    }
    hold_against_baseline(l, forecast->files[0].file->path, "", f);
    return f->suppressed ? SEVERITY_SAFE : f->severity;
}

enum severity policy_judge(struct lc_arena *arena, const struct catalog *cat, const struct policy *policy,
                           const struct forecast *forecast, long today, struct policy_file *out, struct finding *deploy)
{
    struct lc_map seen;
    struct look l = {.arena = arena, .cat = cat, .policy = policy, .forecast = forecast, .seen = &seen};
    enum severity worst;

    lc_map_init(&seen, arena);
    worst = judge_deploy(&l, deploy);
    for (int i = 0; i < forecast->len; i++) {
        const struct forecast_file *file = &forecast->files[i];
        const struct quantiles *hold = hold_times(arena, file);

        out[i].stmts = LC_NEW_ARRAY(arena, struct policy_stmt, file->len);
        out[i].len = file->len;
        for (int k = 0; k < file->len; k++) {
            l.hold_p50_ms = hold[k].p50;
            l.hold_p90_ms = hold[k].p90;
            judge_statement(&l, file, k, today, &out[i].stmts[k]);
            if (out[i].stmts[k].severity > worst)
                worst = out[i].stmts[k].severity;
        }
    }
    return worst;
}

// Footprints, costs and traffic to a sim_model.
//
// Only relations that the migration locks become objects: whatever else the traffic locks cannot keep it waiting, nor be kept.
#include "forecast/model.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

// What no server was asked for: assumed, and small beside what is asked for.
#define STATEMENT_OVERHEAD_MS 0.3 // round trip, parse and plan of a statement that does nothing
#define COMMIT_MS 0.2             // the end of a transaction
#define QUERY_MS 0.09    // protocol, parse, plan and commit of a query of the traffic: computing that its own time does not have
#define QUERY_SIGMA 0.35 // ... how far off that may be: the backlog drains at the speed that it leaves
#define CLIENT_MS 0.06   // a connection is taken that much longer than anybody works
#define MIN_RATE_SIGMA 0.03
#define ROW_SKEW 0.7 // a range of a quarter of the rows has 3 % to 57 % of the traffic's (p10, p90)

struct builder {
    struct lc_arena *arena;
    const struct forecast_options *options;
    const struct snapshot *snap;
    struct lc_map objects; // relation oid -> its index + 1
    struct names LC_ARRAY(const char *) names;
    struct steps LC_ARRAY(struct sim_step) steps;
    struct factors LC_ARRAY(struct sim_factor) factors;
    double lock_timeout_ms, statement_timeout_ms;
    int open;     // number of the open transaction, 0: none
    bool deletes; // rows are deleted, or their keys changed: then foreign-key checks wait
    struct doubts LC_ARRAY(double) doubts;
    const char *doubtful;            // the text whose doubts come last,
    int doubts_before;               // ... after so many
    int shared[FP_UNKNOWN_WORK + 1]; // factor of each kind of work of the statement at hand, 0: none yet
    int query_factor;                // of what a query needs beside its own time
};

static int object_of(const struct builder *b, Oid rel)
{
    return (int)(intptr_t)lc_map_geti(&b->objects, rel) - 1;
}

static void add_object(struct builder *b, const struct fp_lock *l)
{
    if (l->created || lc_map_geti(&b->objects, l->rel->o.oid))
        return;
    LC_PUSH(b->arena, &b->names, l->name);
    (void)lc_map_puti(&b->objects, l->rel->o.oid, (void *)(intptr_t)b->names.len);
}

static void step(struct builder *b, struct sim_step s)
{
    LC_PUSH(b->arena, &b->steps, s);
}

// --- the migration -----------------------------------------------------------------------------------------------------------------

// Work whose quantiles are q: its median, times a factor drawn once per deploy. What makes one partition's index slower than forecast (the
// machine, the cache, the constant) makes the others' so: pieces of one kind in one statement share it.
static struct sim_dist work_time(struct builder *b, const char *label, enum fp_work_kind kind, struct quantiles q)
{
    struct sim_dist d = sim_constant(q.p50);
    double sigma = q.p50 > 0 && q.p10 > 0 ? log(q.p90 / q.p10) / (2 * Z90) : 0;
    struct sim_factor factor = {label, sigma};

    if (!(sigma > 0))
        return d;
    if (!b->shared[kind] || fabs(b->factors.items[b->shared[kind] - 1].sigma - sigma) > 0.3 * sigma) {
        LC_PUSH(b->arena, &b->factors, factor);
        b->shared[kind] = b->factors.len;
    }
    d.factor = b->shared[kind];
    return d;
}

// Rows of a table, or of all partitions of one: before 14 the server counts none for the top.
static double tuples_of(const struct builder *b, const struct cat_relation *rel)
{
    struct cat_oids all = {0};
    double sum = 0;

    if (!rel || rel->relkind != 'p' || rel->size.tuples >= 1)
        return rel ? rel->size.tuples : 0;
    cat_inheritors(b->snap->cat, rel->o.oid, &all);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *leaf = cat_relation(b->snap->cat, all.items[i]);

        sum += leaf && leaf->relkind != 'p' && leaf->size.tuples > 0 ? leaf->size.tuples : 0;
    }
    return sum;
}

static void lock_step(struct builder *b, const struct fp_lock *l)
{
    int object = object_of(b, l->rel->o.oid);
    struct sim_step s = {.kind = SIM_LOCK, .object = object, .mode = l->mode, .nowait = l->nowait};

    if (object < 0 || l->created || l->dead)
        return;
    s.until = l->session ? SIM_TO_SESSION : l->released == FP_STATEMENT ? SIM_TO_STATEMENT : SIM_TO_COMMIT;
    step(b, s);
}

// Rows that a foreign key's queries lock: the keys that are looked up, and the rows that cascade.
static void foreign_key_rows(struct builder *b, const struct fp_work *w, const struct cost_item *c, struct sim_step *s)
{
    static const enum sim_row_mode modes[] = {
        [FP_FK_LOOK_UP] = SIM_ROW_KEY_SHARE, [FP_FK_DELETE] = SIM_ROW_UPDATE, [FP_FK_UPDATE] = SIM_ROW_NO_KEY_UPDATE};

    if (w->fk == FP_FK_LOOK || w->fk == FP_FK_LOOK_TWICE) // finds none, or fails
        return;
    s->object = object_of(b, w->rel->o.oid);
    s->row_mode = modes[w->fk];
    s->rows = s->object >= 0 ? fmin(1, c->rows / tuples_of(b, w->rel)) : 0;
    b->deletes |= w->fk == FP_FK_DELETE;
}

static void work_step(struct builder *b, const struct fp_work *w, const struct cost_item *c)
{
    struct sim_step s = {
        .kind = w->kind == FP_SLEEP ? SIM_SLEEP : SIM_WORK, .cpu_share = c->cpu_share, .cores = c->cores, .object = -1};

    s.ms = work_time(b, c->what, w->kind, c->ms);
    // rows that an INSERT writes are its own until it commits
    if (w->kind == FP_QUERY && w->rel && w->query && !IsA(w->query, SelectStmt) && !IsA(w->query, InsertStmt)) {
        s.object = object_of(b, w->rel->o.oid);
        s.row_mode = (enum sim_row_mode)traffic_row_mode(b->snap->cat, w->rel, w->query);
        b->deletes |= s.row_mode == SIM_ROW_UPDATE;
        s.rows = s.object >= 0 && c->rows > 0 && tuples_of(b, w->rel) > 0 ? fmin(1, c->rows / tuples_of(b, w->rel)) : 0;
    }
    if (w->kind == FP_FK_ROWS && c->rows > 0 && tuples_of(b, w->rel) > 0)
        foreign_key_rows(b, w, c, &s);
    if (s.object < 0)
        s.object = 0;
    if (c->ms.p50 > 0)
        step(b, s);
}

static void event_step(struct builder *b, const struct forecast_stmt *f, const struct fp_event *e)
{
    switch (e->kind) {
    case FP_EVENT_LOCK:
        lock_step(b, &f->fp.locks.items[e->index]);
        break;
    case FP_EVENT_WORK:
        if (e->index < f->cost.len)
            work_step(b, &f->fp.work.items[e->index], &f->cost.items[e->index]);
        break;
    case FP_EVENT_WAIT_LOCKERS:
        if (object_of(b, e->rel->o.oid) >= 0)
            step(b, (struct sim_step){.kind = SIM_WAIT_LOCKERS, .object = object_of(b, e->rel->o.oid), .mode = e->mode});
        break;
    case FP_EVENT_WAIT_SNAPSHOTS:
        step(b, (struct sim_step){.kind = SIM_WAIT_SNAPSHOTS});
        break;
    case FP_EVENT_COMMIT:
        step(b, (struct sim_step){.kind = SIM_COMMIT});
        step(b, (struct sim_step){.kind = SIM_BEGIN});
        break;
    case FP_EVENT_RELEASE: // the lock's own `until` says so
        break;
    }
}

static void set_timeouts(struct builder *b, const struct footprint *fp)
{
    if (fp->lock_timeout_ms != b->lock_timeout_ms)
        step(b, (struct sim_step){.kind = SIM_SET, .setting = SIM_LOCK_TIMEOUT, .ms = sim_constant(fp->lock_timeout_ms)});
    if (fp->statement_timeout_ms != b->statement_timeout_ms)
        step(b,
             (struct sim_step){.kind = SIM_SET, .setting = SIM_STATEMENT_TIMEOUT, .ms = sim_constant(fp->statement_timeout_ms)});
    b->lock_timeout_ms = fp->lock_timeout_ms;
    b->statement_timeout_ms = fp->statement_timeout_ms;
}

static void commit(struct builder *b)
{
    if (!b->open)
        return;
    step(b, (struct sim_step){.kind = SIM_WORK, .ms = sim_constant(COMMIT_MS), .cpu_share = 0.5});
    step(b, (struct sim_step){.kind = SIM_COMMIT});
    b->open = 0;
}

static void statement_steps(struct builder *b, const struct forecast_stmt *f, int index)
{
    const struct footprint *fp = &f->fp;
    bool own = fp->transaction == 0;

    if (own || fp->transaction != b->open)
        commit(b);
    set_timeouts(b, fp);
    if (own || fp->transaction != b->open)
        step(b, (struct sim_step){.kind = SIM_BEGIN});
    b->open = own ? -1 : fp->transaction;
    step(b, (struct sim_step){.kind = SIM_STATEMENT, .statement = index, .label = f->stmt->sql.text});
    memset(b->shared, 0, sizeof b->shared);
    for (int i = 0; i < fp->events.len; i++)
        event_step(b, f, &fp->events.items[i]);
    step(b, (struct sim_step){.kind = SIM_WORK, .ms = sim_constant(STATEMENT_OVERHEAD_MS), .cpu_share = 0.7});
    if (!fp->in_block)
        commit(b);
}

static void migration_program(struct builder *b, const struct forecast *f, struct forecast_model *m)
{
    for (int i = 0; i < f->len; i++)
        m->nstmts += f->files[i].len;
    m->stmts = LC_NEW_ARRAY(b->arena, struct forecast_stmt *, m->nstmts);
    m->nstmts = 0;
    for (int i = 0; i < f->len && !m->refused; i++)
        for (int k = 0; k < f->files[i].len && !m->refused; k++) {
            struct forecast_stmt *stmt = &f->files[i].stmts[k];
            if (stmt->fp.fails)
                m->refused = stmt;
            else
                statement_steps(b, stmt, m->nstmts);
            if (!m->refused)
                m->stmts[m->nstmts++] = stmt;
        }
    commit(b);
    m->sim.migration.program = (struct sim_program){b->steps.items, b->steps.len};
    m->sim.migration.nstatements = m->nstmts;
    if (b->options->retry)
        m->sim.migration.retry = *b->options->retry;
}

// --- traffic -------------------------------------------------------------------------------------------------------------------------

// One draw for all locks of a text that are as likely: they are in the same branch, for all that is known.
static int doubt_of(struct builder *b, const char *label, double sure)
{
    if (b->doubtful != label)
        b->doubts_before = b->doubts.len;
    b->doubtful = label;
    for (int i = b->doubts_before; i < b->doubts.len; i++)
        if (b->doubts.items[i] >= sure && b->doubts.items[i] <= sure)
            return i + 1;
    LC_PUSH(b->arena, &b->doubts, sure);
    return b->doubts.len;
}

static void traffic_locks(struct builder *b, const char *label, const struct traffic_lock *locks, int n)
{
    for (int i = 0; i < n; i++) {
        int object = object_of(b, locks[i].relation);
        struct sim_step s = {.kind = SIM_LOCK, .object = object, .mode = locks[i].mode, .from = locks[i].from, .to = locks[i].to};
        if (object < 0)
            continue;
        if (locks[i].sure < 1) // so or not in a whole deploy: it widens the answer
            s.doubt = doubt_of(b, label, locks[i].sure);
        step(b, s);
    }
}

static void row_step(struct builder *b, const struct cat_relation *rel, enum sim_row_mode mode, const struct traffic_statement *s,
                     const struct traffic_lock *choice)
{
    double rows = tuples_of(b, rel);
    struct sim_step row = {
        .kind = SIM_ROW_LOCK, .object = object_of(b, rel->o.oid), .keys = rows >= 1 ? rows : 1e6, .row_mode = mode};

    row.probability = s && s->rows < 1 ? s->rows : 0;
    row.from = choice ? choice->from : 0;
    row.to = choice ? choice->to : 0;
    if (row.object >= 0)
        step(b, row);
}

// A row of a partition is a row of the table above it, and the other way round: the migration may name either.
static void row_steps(struct builder *b, Oid oid, enum sim_row_mode mode, const struct traffic_statement *s)
{
    const struct cat_relation *rel = cat_relation(b->snap->cat, oid), *up = rel;

    if (!rel)
        return;
    row_step(b, rel, mode, s, NULL);
    while (up->relispartition && up->parents.len > 0 && (up = cat_relation(b->snap->cat, up->parents.items[0])))
        row_step(b, up, mode, s, NULL);
    for (int i = 0; s && rel->relkind == 'p' && i < s->nlocks; i++) {
        const struct cat_relation *leaf = s->locks[i].to > 0 ? cat_relation(b->snap->cat, s->locks[i].relation) : NULL;

        if (leaf && leaf->relispartition && leaf->relkind != 'p' && !leaf->index)
            row_step(b, leaf, mode, s, &s->locks[i]);
    }
}

static struct sim_step query_overhead(const struct builder *b)
{
    struct sim_step s = {.kind = SIM_WORK, .ms = sim_constant(QUERY_MS), .cpu_share = 1};

    s.ms.factor = b->query_factor;
    return s;
}

static struct sim_program class_program(struct builder *b, const struct traffic_class *c)
{
    struct sim_program p;

    b->steps = (struct steps){0};
    for (int i = 0; i < c->len; i++) {
        const struct traffic_statement *s = &c->statements[i];
        double mean = s->mean_ms > 0 ? s->mean_ms : 0.05;
        step(b, (struct sim_step){.kind = SIM_STATEMENT, .label = s->label});
        traffic_locks(b, s->label, s->locks, s->nlocks);
        step(b, (struct sim_step){
                    .kind = SIM_WORK, .ms = sim_lognormal_mean(mean, s->stddev_ms > 0 ? s->stddev_ms : mean), .cpu_share = 0.9});
        if (s->row_locks && s->rows > 0)
            row_steps(b, s->row_locks, (enum sim_row_mode)s->row_mode, s);
        for (int k = 0; k < s->nkeys; k++)
            if (b->deletes)
                row_steps(b, s->keys[k], SIM_ROW_KEY_SHARE, NULL);
        step(b, query_overhead(b));
        step(b, (struct sim_step){.kind = SIM_SLEEP, .ms = sim_constant(CLIENT_MS)});
        if (s->idle_ms > 0)
            step(b, (struct sim_step){.kind = SIM_SLEEP, .ms = sim_gamma(s->idle_ms, s->idle_cv)});
    }
    p = (struct sim_program){b->steps.items, b->steps.len};
    return p;
}

// What the options say of the application, and of what is between it and the server.
static void application(const struct forecast_options *o, struct sim_class *c)
{
    c->connection_held_ms = sim_constant(o->connection_held_ms);
    c->client_timeout_ms = o->client_timeout_ms;
    c->client_retries = o->client_retries;
    c->retry_delay_ms = sim_exponential(o->retry_delay_ms);
}

static void add_classes(struct builder *b, const struct traffic *t, struct sim_model *m)
{
    struct sim_class *classes = LC_NEW_ARRAY(b->arena, struct sim_class, t->nclasses);
    struct sim_factor rate = {"traffic", fmax(t->rate_sigma, MIN_RATE_SIGMA)};
    struct sim_factor query = {"a query's overhead", QUERY_SIGMA};
    double growth = b->options->traffic_growth > 0 ? b->options->traffic_growth : 1;
    int factor;

    LC_PUSH(b->arena, &b->factors, rate);
    factor = b->factors.len;
    LC_PUSH(b->arena, &b->factors, query);
    b->query_factor = b->factors.len;
    for (int i = 0; i < t->nclasses; i++) {
        const struct traffic_class *c = &t->classes[i];
        classes[i] = (struct sim_class){
            .label = c->label, .rate_per_s = c->rate_per_s * growth, .rate_factor = factor, .outside_pool = c->outside_pool};
        application(b->options, &classes[i]);
        classes[i].program = class_program(b, c);
    }
    m->classes = classes;
    m->nclasses = t->nclasses;
}

static enum sim_long_kind long_kind(char kind)
{
    switch (kind) {
    case 'a':
        return SIM_AUTOVACUUM;
    case 'w':
        return SIM_AUTOVACUUM_WRAPAROUND;
    case 'v':
        return SIM_MANUAL_VACUUM;
    case 'p':
        return SIM_PREPARED;
    default:
        return SIM_CLIENT;
    }
}

// How much longer a transaction of this age goes on: what is left of its usual length; of one that outlived that, or whose kind is
// new, as long again as it has lasted (the median of a scale-free law: it is as likely to double its age as not).
static struct sim_dist residual(const struct traffic_long *l)
{
    double age = l->age_ms > 0 ? l->age_ms : 0;

    if (l->kind == 'p')
        return sim_forever();
    if (l->hold_ms > age)
        return sim_lognormal(l->hold_ms - age, l->hold_sd_ms > 0 ? fmin(1.0, l->hold_sd_ms / l->hold_ms) : 0.15);
    return sim_lognormal(fmax(age, 100), 1.2);
}

static void add_longs(struct builder *b, const struct traffic *t, struct sim_model *m)
{
    struct sim_long *longs = LC_NEW_ARRAY(b->arena, struct sim_long, t->nlongs);

    for (int i = 0; i < t->nlongs; i++) {
        const struct traffic_long *l = &t->longs[i];
        struct sim_held *held = LC_NEW_ARRAY(b->arena, struct sim_held, l->nlocks);
        bool again = l->every_ms > 0 && l->hold_ms > 0;
        int n = 0;
        for (int k = 0; k < l->nlocks; k++)
            if (object_of(b, l->locks[k].relation) >= 0)
                held[n++] = (struct sim_held){object_of(b, l->locks[k].relation), l->locks[k].mode};
        longs[i] = (struct sim_long){.label = l->label,
                                     .kind = long_kind(l->kind),
                                     .locks = held,
                                     .nlocks = n,
                                     .snapshot = l->snapshot,
                                     .xid = l->xid,
                                     .cores = l->cores};
        longs[i].presence = again ? SIM_STATIONARY : SIM_IN_FLIGHT;
        longs[i].age_ms = l->age_ms;
        longs[i].residual_ms = residual(l);
        longs[i].hold_ms = l->hold_sd_ms > 0 ? sim_lognormal_mean(l->hold_ms, l->hold_sd_ms) : sim_constant(l->hold_ms);
        longs[i].every_ms = again ? sim_constant(l->every_ms) : sim_constant(0);
    }
    m->longs = longs;
    m->nlongs = t->nlongs;
}

// --- the server ----------------------------------------------------------------------------------------------------------------------

static double cores_of(const struct builder *b)
{
    if (b->options->cores > 0)
        return b->options->cores;
    return b->snap->server.cores > 0 ? b->snap->server.cores : 4;
}

static int pool_of(const struct builder *b)
{
    if (b->options->pool > 0)
        return b->options->pool;
    return b->snap->server.client_backends > 0 ? b->snap->server.client_backends : 20;
}

#define HORIZON_MS 120000.0    // longer than anybody looks on; what may take longer gets longer
#define MOST_WAIT_MS 1800000.0 // ... but whoever waits half an hour for a lock will not get it

// Time in which the deploy will be over, if it ever is: its work, its retries, and those in its way.
static double horizon_of(const struct forecast *f, const struct sim_model *m)
{
    double work = 0, wait = 0, tries = 0;

    for (int i = 0; i < f->len; i++)
        for (int k = 0; k < f->files[i].len; k++)
            work += f->files[i].stmts[k].cost.total_ms.p90;
    for (int i = 0; i < m->nlongs; i++)
        if (m->longs[i].nlocks && m->longs[i].kind != SIM_PREPARED)
            wait = fmax(wait, fmax(sim_dist_mean(&m->longs[i].residual_ms), sim_dist_mean(&m->longs[i].hold_ms)));
    for (int i = 0; i < m->migration.retry.ntries; i++)
        tries += m->migration.retry.tries[i].lock_timeout_ms + m->migration.retry.tries[i].sleep_ms;
    return fmin(1e9, HORIZON_MS + 4 * work + fmin(MOST_WAIT_MS, 4 * wait) + tries);
}

void forecast_build_model(struct lc_arena *arena, const struct snapshot *snap, const struct forecast_options *options,
                          const struct forecast *f, struct forecast_model *model)
{
    struct builder b = {.arena = arena, .options = options, .snap = snap};
    double deadlock_ms = snapshot_setting_ms(snap, "deadlock_timeout");

    memset(model, 0, sizeof *model);
    lc_map_init(&b.objects, arena);
    for (int i = 0; i < f->len; i++)
        for (int k = 0; k < f->files[i].len; k++)
            for (int l = 0; l < f->files[i].stmts[k].fp.locks.len; l++)
                add_object(&b, &f->files[i].stmts[k].fp.locks.items[l]);
    migration_program(&b, f, model);
    add_classes(&b, &f->traffic, &model->sim);
    add_longs(&b, &f->traffic, &model->sim);
    model->sim.objects = b.names.items;
    model->sim.nobjects = b.names.len;
    model->sim.factors = b.factors.items;
    model->sim.nfactors = b.factors.len;
    model->sim.doubts = b.doubts.items;
    model->sim.ndoubts = b.doubts.len;
    model->sim.server_version = cat_major(snap->cat);
    model->sim.cores = cores_of(&b);
    model->sim.pool = pool_of(&b);
    model->sim.pooler = options->pooler;
    model->sim.row_skew = ROW_SKEW;
    model->sim.horizon_ms = horizon_of(f, &model->sim);
    model->sim.deadlock_timeout_ms = deadlock_ms > 0 ? deadlock_ms : 0;
    // Nobody knows when the migration will start: soon after the look, so that what is in flight now still matters.
    model->sim.lead_ms = sim_uniform(500, 4000);
}

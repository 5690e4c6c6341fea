// Advisory locks: of a session, taken as often as they must be given back, or of a transaction (lockfuncs.c).
#include <string.h>

#include "isolation/world.h"

static const struct advisory_function {
    const char *name;
    bool shared, transaction, conditional, unlock;
} functions[] = {
    {"pg_advisory_lock", false, false, false, false},        {"pg_advisory_lock_shared", true, false, false, false},
    {"pg_advisory_xact_lock", false, true, false, false},    {"pg_advisory_xact_lock_shared", true, true, false, false},
    {"pg_try_advisory_lock", false, false, true, false},     {"pg_try_advisory_lock_shared", true, false, true, false},
    {"pg_try_advisory_xact_lock", false, true, true, false}, {"pg_try_advisory_xact_lock_shared", true, true, true, false},
    {"pg_advisory_unlock", false, false, false, true},       {"pg_advisory_unlock_shared", true, false, false, true},
    {"pg_advisory_unlock_all", false, false, false, true},
};

static const struct advisory_function *find(const char *name)
{
    for (size_t i = 0; name && i < sizeof functions / sizeof *functions; i++)
        if (lc_streq(functions[i].name, name))
            return &functions[i];
    return NULL;
}

bool is_advisory(const FuncCall *f)
{
    return f && find(list_last_name(&f->funcname)) != NULL;
}

bool is_advisory_name(const char *name)
{
    return find(name) != NULL;
}

struct call_finder {
    const struct world *w;
    bool found;
};

static bool visit(const Node *node, void *context)
{
    struct call_finder *finder = context;
    const FuncCall *f = AS(FuncCall, node);

    if (f && (is_advisory(f) || lc_streq(list_last_name(&f->funcname), "pg_cancel_backend") ||
              lc_streq(list_last_name(&f->funcname), "pg_terminate_backend") || own_function(finder->w, f)))
        finder->found = true;
    return true;
}

bool has_calls(const struct world *w, const Node *node)
{
    struct call_finder finder = {w, false};

    if (node)
        node_walk(node, visit, &finder);
    return finder.found;
}

static struct advisory *held_advisory(struct session *s, int object, enum lc_lockmode mode)
{
    for (int i = 0; i < s->advisory.len; i++)
        if (s->advisory.items[i].object == object && s->advisory.items[i].mode == mode && s->advisory.items[i].count > 0)
            return &s->advisory.items[i];
    return NULL;
}

static void count_one(struct world *w, struct session *s, int object, enum lc_lockmode mode)
{
    struct advisory *a = held_advisory(s, object, mode);

    if (a)
        a->count++;
    else
        LC_PUSH(w->arena, &s->advisory, ((struct advisory){object, 1, mode}));
}

static void unlock_one(struct world *w, struct session *s, struct advisory *a)
{
    if (!a || --a->count > 0)
        return;
    lt_release(spec_locks(w->run), s->number, a->object, a->mode);
}

static void unlock_all(struct world *w, struct session *s)
{
    for (int i = 0; i < s->advisory.len; i++)
        if (s->advisory.items[i].count > 0) {
            s->advisory.items[i].count = 1;
            unlock_one(w, s, &s->advisory.items[i]);
        }
    s->advisory.len = 0;
}

// Takes it for the session: it outlives the transaction.
static enum got lock_session(struct world *w, struct session *s, int object, enum lc_lockmode mode, bool nowait)
{
    enum got got = GOT;

    s->x.pending_session = true;
    if (!held_advisory(s, object, mode)) {
        int before = s->held.len;

        got = take_lock(w, s, object, mode, nowait);
        s->held.len = before; // end_transaction is not to count it
        if (got == GOT || got == WAIT)
            lt_mark_session(spec_locks(w->run), s->number, object, mode);
    }
    if (got != WAIT)
        s->x.pending_session = false;
    if (got == GOT)
        count_one(w, s, object, mode);
    return got;
}

static bool key_of(struct world *w, struct session *s, const struct row_env *env, const FuncCall *f, struct lc_str *name)
{
    lc_str_add(name, "advisory");
    for (LIST_EACH(i, &f->args)) {
        struct value v = eval_expr(w, s, env, f->args.items[i]);

        if (v.kind != V_TEXT)
            return false;
        lc_str_addf(name, " %s", v.text);
    }
    return true;
}

static struct value text_value(const char *text)
{
    return (struct value){V_TEXT, text};
}

static struct value lock_value(struct world *w, struct session *s, const struct advisory_function *f, int object)
{
    enum lc_lockmode mode = f->shared ? LC_SHARE : LC_EXCLUSIVE;
    enum got got;

    if (f->transaction && s->x.in_worker && !holds(w, s, object, mode))
        LC_PUSH(w->arena, &s->x.of_workers, ((struct held){object, 0, mode}));
    if (s->x.calls_seen++ < s->x.calls_done)
        return text_value(f->conditional ? "t" : ""); // it has it since this expression was first tried
    if (s->x.pending_session) {                       // has waited for it
        s->x.pending_session = false;
        count_one(w, s, object, mode);
        s->x.calls_done++;
        return text_value("");
    }
    got = f->transaction ? take_lock(w, s, object, mode, f->conditional) : lock_session(w, s, object, mode, f->conditional);
    if (got == WAIT)
        return (struct value){V_WAIT, NULL};
    if (got == FAIL)
        return (struct value){V_FAIL, NULL};
    s->x.calls_done += got == GOT;
    s->x.calls_seen -= got == NONE;
    return text_value(f->conditional ? got == GOT ? "t" : "f" : "");
}

struct value call_advisory(struct world *w, struct session *s, const struct row_env *env, const FuncCall *f, const char *name_run)
{
    const struct advisory_function *a = find(name_run);
    struct lc_str name;
    int object;

    lc_str_init(&name, w->arena, LC_STR_MAX);
    if (!key_of(w, s, env, f, &name))
        return (struct value){V_UNKNOWN, NULL};
    if (a->unlock && f->args.length == 0) {
        unlock_all(w, s);
        return text_value("");
    }
    object = spec_object(w->run, name.text);
    if (!a->unlock)
        return lock_value(w, s, a, object);
    unlock_one(w, s, held_advisory(s, object, a->shared ? LC_SHARE : LC_EXCLUSIVE));
    return text_value("t");
}

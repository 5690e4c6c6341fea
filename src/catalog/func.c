// Which function a call means: FuncnameGetCandidates (namespace.c), func_get_detail and func_select_candidate (parse_func.c).
#include "catalog/coerce.h"

#include <string.h>

#include "base/str.h"
#include "catalog/internal.h"
#include "catalog/oids.h"

struct candidates LC_ARRAY(struct func_candidate);

struct search {
    const struct catalog *cat;
    struct lc_arena *arena; // forgotten when the search is over
    const struct func_call *call;
    struct candidates list;
    int pathpos;
};

// MatchNamedCall: the call's argument i is the function's argument map[i].
static bool match_names(const struct func_call *call, const struct cat_proc *p, int *map)
{
    bool taken[FUNC_MAX_ARGS] = {0};
    int n = 0;

    for (int i = 0; i < call->nargs; i++) {
        int at = i;

        if (call->argnames[i]) {
            for (at = 0; at < p->nargs; at++)
                if (p->argnames && p->argnames[at] && strcmp(p->argnames[at], call->argnames[i]) == 0)
                    break;
        }
        if (at >= p->nargs || taken[at])
            return false;
        taken[at] = true;
        map[n++] = at;
    }
    for (int at = 0; at < p->nargs; at++) {
        if (!taken[at] && at < p->nargs - p->ndefaults)
            return false;
        if (!taken[at])
            map[n++] = at;
    }
    return true;
}

static Oid *effective_args(const struct search *s, const struct cat_proc *p, int nargs, bool variadic, const int *map)
{
    Oid *args = LC_NEW_ARRAY(s->arena, Oid, nargs ? nargs : 1);
    Oid last = p->nargs ? p->argtypes[p->nargs - 1] : InvalidOid;
    Oid elem = coerce_element_type(s->cat, last);

    if (last == ANYOID)
        elem = ANYOID;
    if (last == ANYARRAYOID)
        elem = ANYELEMENTOID;
    if (last == ANYCOMPATIBLEARRAYOID)
        elem = ANYCOMPATIBLEOID;
    for (int i = 0; i < nargs; i++)
        args[i] = variadic && i >= p->nargs - 1 ? elem : p->argtypes[map ? map[i] : i];
    return args;
}

// < 0: the new one is better, > 0: the old one, 0: neither.
static int preference(const struct func_candidate *old, const struct func_candidate *new)
{
    if (new->pathpos != old->pathpos)
        return new->pathpos - old->pathpos;
    if (new->nvargs && !old->nvargs)
        return 1;
    return !new->nvargs && old->nvargs ? -1 : 0;
}

static void add_candidate(struct search *s, struct func_candidate *c)
{
    int cmp = c->nargs - c->ndargs;

    for (int i = 0; i < s->list.len; i++) {
        struct func_candidate *old = &s->list.items[i];
        int better;

        if (cmp != old->nargs - old->ndargs || memcmp(old->args, c->args, (size_t)cmp * sizeof(Oid)) != 0)
            continue;
        better = preference(old, c);
        if (better == 0)
            old->oid = InvalidOid;
        else if (better < 0)
            *old = *c;
        return;
    }
    LC_PUSH(s->arena, &s->list, *c);
}

static void consider(struct search *s, const struct cat_proc *p)
{
    const struct func_call *call = s->call;
    struct func_candidate c = {.oid = p->o.oid, .pathpos = s->pathpos};
    int map[FUNC_MAX_ARGS];
    bool variadic = p->variadic && !call->variadic && !call->argnames && p->nargs <= call->nargs;

    if (p->nargs > FUNC_MAX_ARGS || (call->argnames && p->variadic && !call->variadic))
        return;
    if (p->nargs > call->nargs && call->nargs + p->ndefaults < p->nargs)
        return;
    if (p->nargs < call->nargs && !variadic)
        return;
    if (call->argnames && !match_names(call, p, map))
        return;
    c.ndargs = p->nargs > call->nargs ? p->nargs - call->nargs : 0;
    c.nargs = p->nargs > call->nargs ? p->nargs : call->nargs;
    c.nvargs = variadic ? c.nargs - p->nargs + 1 : 0;
    c.args = effective_args(s, p, c.nargs, variadic, call->argnames ? map : NULL);
    if (call->argnames)
        c.map = lc_memdup(s->arena, map, (size_t)c.nargs * sizeof *map);
    add_candidate(s, &c);
}

static void search_schema(struct search *s, Oid schema)
{
    const char *name = s->call->name;

    for (const struct cat_named *n = cat_first_named(s->cat, CAT_PROC, schema, name); n;
         n = cat_next_named(n->next, CAT_PROC, schema, name))
        consider(s, (const struct cat_proc *)(const void *)n->slot->object);
}

static void search_all(struct search *s)
{
    struct cat_oids path = {0};

    if (s->call->schema) {
        search_schema(s, cat_schema_oid(s->cat, s->call->schema));
        return;
    }
    cat_lookup_path(s->cat, false, s->arena, &path);
    for (int i = 0; i < path.len; i++, s->pathpos++)
        search_schema(s, path.items[i]);
}

// --- choosing ------------------------------------------------------------------------------------------------------------

struct choice {
    const struct catalog *cat;
    const Oid *input; // domains reduced to their base types
    int nargs;
    struct func_candidate *all;
    int *left, nleft; // indexes of candidates still in the race
};

typedef int (*score_fn)(const struct choice *c, const struct func_candidate *candidate);

static int exact_matches(const struct choice *c, const struct func_candidate *f)
{
    int n = 0;

    for (int i = 0; i < c->nargs; i++)
        n += c->input[i] != UNKNOWNOID && f->args[i] == c->input[i];
    return n;
}

static int exact_or_preferred(const struct choice *c, const struct func_candidate *f)
{
    int n = 0;

    for (int i = 0; i < c->nargs; i++) {
        bool preferred;

        if (c->input[i] == UNKNOWNOID)
            continue;
        n += f->args[i] == c->input[i] ||
             (coerce_category(c->cat, f->args[i], &preferred) == coerce_category(c->cat, c->input[i], NULL) && preferred);
    }
    return n;
}

static void keep_best(struct choice *c, score_fn score)
{
    int best = -1, n = 0;

    for (int i = 0; i < c->nleft; i++) {
        int points = score(c, &c->all[c->left[i]]);

        if (points > best) {
            best = points;
            n = 0;
        }
        if (points == best)
            c->left[n++] = c->left[i];
    }
    c->nleft = n;
}

// The category that all candidates agree on for argument i, or 'S' when one takes strings; 0: conflict.
static char agreed_category(const struct choice *c, int i, bool *preferred)
{
    char slot = 0;
    bool conflict = false;

    *preferred = false;
    for (int k = 0; k < c->nleft; k++) {
        bool p;
        char category = coerce_category(c->cat, c->all[c->left[k]].args[i], &p);

        if (!slot || (category != slot && category == 'S')) {
            slot = category;
            *preferred = p;
        } else if (category == slot) {
            *preferred |= p;
        } else {
            conflict = true;
        }
    }
    return conflict && slot != 'S' ? 0 : slot;
}

static bool fits_categories(const struct choice *c, const struct func_candidate *f, const char *slots, const bool *preferred)
{
    for (int i = 0; i < c->nargs; i++) {
        bool p;

        if (c->input[i] != UNKNOWNOID)
            continue;
        if (coerce_category(c->cat, f->args[i], &p) != slots[i] || (preferred[i] && !p))
            return false;
    }
    return true;
}

static void resolve_unknowns(struct choice *c)
{
    char slots[FUNC_MAX_ARGS] = {0};
    bool preferred[FUNC_MAX_ARGS] = {0};
    int *kept = LC_NEW_ARRAY(lc_arena_scratch(c->cat->arena), int, c->nleft), n = 0;

    for (int i = 0; i < c->nargs; i++) {
        if (c->input[i] != UNKNOWNOID)
            continue;
        slots[i] = agreed_category(c, i, &preferred[i]);
        if (!slots[i])
            return;
    }
    for (int k = 0; k < c->nleft; k++)
        if (fits_categories(c, &c->all[c->left[k]], slots, preferred))
            kept[n++] = c->left[k];
    if (n) {
        c->left = kept;
        c->nleft = n;
    }
}

// All known arguments of one type: suppose that the unknown ones are of it too.
static int suppose_one_type(const struct choice *c)
{
    Oid known = InvalidOid, types[FUNC_MAX_ARGS];
    int found = -1;

    for (int i = 0; i < c->nargs; i++) {
        if (c->input[i] == UNKNOWNOID)
            continue;
        if (known && known != c->input[i])
            return -1;
        known = c->input[i];
    }
    if (!known)
        return -1;
    for (int i = 0; i < c->nargs; i++)
        types[i] = known;
    for (int k = 0; k < c->nleft; k++) {
        if (!coerce_can(c->cat, c->nargs, types, c->all[c->left[k]].args, 'i'))
            continue;
        if (found >= 0)
            return -1;
        found = c->left[k];
    }
    return found;
}

static int select_candidate(struct choice *c)
{
    bool unknowns = false;

    for (int i = 0; i < c->nargs; i++)
        unknowns |= c->input[i] == UNKNOWNOID;
    keep_best(c, exact_matches);
    if (c->nleft > 1)
        keep_best(c, exact_or_preferred);
    if (c->nleft == 1)
        return c->left[0];
    if (!unknowns)
        return -1;
    resolve_unknowns(c);
    return c->nleft == 1 ? c->left[0] : suppose_one_type(c);
}

int func_select(const struct catalog *cat, const Oid *argtypes, int nargs, struct func_candidate *candidates, int n)
{
    Oid input[FUNC_MAX_ARGS];
    struct choice c = {.cat = cat, .input = input, .nargs = nargs, .all = candidates};

    if (!n || nargs > FUNC_MAX_ARGS)
        return -1;
    c.left = LC_NEW_ARRAY(lc_arena_scratch(cat->arena), int, n);
    for (int i = 0; i < n; i++)
        if (coerce_can(cat, nargs, argtypes, candidates[i].args, 'i'))
            c.left[c.nleft++] = i;
    if (c.nleft <= 1)
        return c.nleft ? c.left[0] : -1;
    for (int i = 0; i < nargs; i++)
        input[i] = cat_base_type(cat, argtypes[i], NULL);
    return select_candidate(&c);
}

// text(varchar_column): a call with the name of a type and one argument may be a cast.
static Oid as_coercion(const struct catalog *cat, const struct func_call *call)
{
    const struct cat_type *target = cat_find_type(cat, call->schema, call->name);
    enum cat_coercion path;

    if (!target || call->nargs != 1 || call->argnames)
        return InvalidOid;
    if (call->argtypes[0] == UNKNOWNOID)
        return target->o.oid;
    path = cat_find_coercion(cat, call->argtypes[0], target->o.oid, 'e', NULL);
    if (path == CAT_COERCE_BINARY)
        return target->o.oid;
    if (path != CAT_COERCE_IO)
        return InvalidOid;
    if (target->category == 'S' && (call->argtypes[0] == RECORDOID || coerce_is_composite(cat, call->argtypes[0])))
        return InvalidOid;
    return target->o.oid;
}

// `args` and `map` are as many as the call has arguments, or the function.
static struct func_found found(const struct catalog *cat, const struct func_call *call, const struct func_candidate *c)
{
    struct lc_arena *arena = call->arena ? call->arena : cat->arena;
    struct func_found f = {.proc = c->oid ? cat_proc(cat, c->oid) : NULL, .ndargs = c->ndargs};

    f.declared = lc_memdup(arena, c->args, (size_t)c->nargs * sizeof *c->args);
    f.map = c->map ? lc_memdup(arena, c->map, (size_t)c->nargs * sizeof *c->map) : NULL;
    if (!f.proc)
        return f;
    f.type = f.proc->rettype;
    if (!coerce_resolve_generics(cat, call->nargs, call->argtypes, f.declared, &f.type))
        f.type = InvalidOid;
    return f;
}

// The best of those that are found, with its arguments in `args` and `map`. False: none; *type is then what the call casts to, if anything.
static bool choose(struct search *s, struct func_candidate *best, Oid *args, int *map, Oid *type)
{
    const struct func_call *call = s->call;
    int n = -1;

    search_all(s);
    for (int i = 0; i < s->list.len && n < 0; i++)
        if (call->nargs == 0 || memcmp(s->list.items[i].args, call->argtypes, (size_t)call->nargs * sizeof(Oid)) == 0)
            n = i;
    if (n < 0) {
        *type = as_coercion(s->cat, call);
        if (*type)
            return false;
        n = func_select(s->cat, call->argtypes, call->nargs, s->list.items, s->list.len);
    }
    if (n < 0)
        return false;
    *best = s->list.items[n];
    best->args = memcpy(args, best->args, (size_t)best->nargs * sizeof *args);
    if (best->map)
        best->map = memcpy(map, best->map, (size_t)best->nargs * sizeof *map);
    return true;
}

struct func_found func_find(const struct catalog *cat, const struct func_call *call)
{
    struct search s = {.cat = cat, .arena = lc_arena_scratch(cat->arena), .call = call};
    size_t mark = lc_arena_mark(s.arena);
    struct func_found none = {0};
    struct func_candidate best;
    Oid args[FUNC_MAX_ARGS];
    int map[FUNC_MAX_ARGS];
    bool any;

    if (call->nargs > FUNC_MAX_ARGS)
        return none;
    any = choose(&s, &best, args, map, &none.type);
    lc_arena_reset(s.arena, mark);
    return any ? found(cat, call, &best) : none;
}

const struct cat_proc *cat_find_proc(const struct catalog *cat, const char *schema, const char *name, const Oid *argtypes,
                                     int nargs)
{
    struct func_call call = {.schema = schema, .name = name, .argtypes = argtypes, .nargs = nargs};
    const struct cat_proc *p = NULL;

    if (!name)
        return NULL;
    if (argtypes || nargs == 0)
        p = func_find(cat, &call).proc;
    else
        (void)cat_find_procs(cat, schema, name, &p, 1);
    return p;
}

int cat_find_procs(const struct catalog *cat, const char *schema, const char *name, const struct cat_proc **procs, int max)
{
    struct cat_oids path = {0};
    int n = 0;

    if (!name)
        return 0;
    if (schema)
        LC_PUSH(cat->arena, &path, cat_schema_oid(cat, schema));
    else
        cat_lookup_path(cat, false, cat->arena, &path);
    for (int i = 0; i < path.len; i++)
        for (const struct cat_named *e = cat_first_named(cat, CAT_PROC, path.items[i], name); e && n < max;
             e = cat_next_named(e->next, CAT_PROC, path.items[i], name))
            procs[n++] = (const struct cat_proc *)(const void *)e->slot->object;
    return n;
}

// What a DROP takes along: findDependentObjects and reportDependentObjects (catalog/dependency.c).
#include "catalog/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { // DEPFLAG_* of dependency.c
    ORIGINAL = 0x01,
    NORMAL = 0x02,
    AUTO = 0x04,
    INTERNAL = 0x08,
    PARTITION = 0x10,
    EXTENSION = 0x20,
    REVERSE = 0x40,
    IS_PART = 0x80,
    SUBOBJECT = 0x100,
};

#define MAX_DEPTH 4000 // of the recursion; the server has max_stack_depth
#define MAX_REPORTED 20
#define DEPENDENT_OBJECTS_STILL_EXIST "2BP01"

struct found { // a dependent object that waits for its visit
    struct cat_address address;
    int flags;
    int refsubid; // the column it depends on; 0: the whole
    bool by_rule; // a view, whose rule depends: it is met when the rule is visited
};
struct founds LC_ARRAY(struct found);

struct target {
    struct cat_address address, dependee;
    int flags;
    int next; // index + 1 of the next target of the same object (its columns)
};

struct visit {
    const struct cat_address *object;
    int flags;
    struct visit *outer;
};

struct deletion {
    const struct catalog *cat;
    const struct cat_addresses *pending;
    struct targets LC_ARRAY(struct target) list;
    struct lc_map index;          // class and oid -> &heads[..] as index + 1
    struct cat_addresses *locked; // the relations that AcquireDeletionLock locks, in its order; NULL: nobody asks
    struct lc_error *err;
    enum lc_code code;
};

static bool same(const struct cat_address *a, const struct cat_address *b)
{
    return a->class == b->class && a->oid == b->oid && a->subid == b->subid;
}

static bool same_object(const struct cat_address *a, const struct cat_address *b)
{
    return a->class == b->class && a->oid == b->oid;
}

static bool on_stack(const struct cat_address *object, int flags, struct visit *stack)
{
    bool found = false;

    for (struct visit *v = stack; v; v = v->outer) {
        if (!same_object(v->object, object))
            continue;
        if (v->object->subid == object->subid) {
            v->flags |= flags;
            found = true;
        } else if (v->object->subid == 0) {
            found = true;
        }
    }
    return found;
}

// object_address_present_add_flags.
static bool scheduled(struct deletion *d, const struct cat_address *object, int flags)
{
    const int *head = lc_map_geti(&d->index, cat_key(object->class, object->oid));
    bool found = false;

    for (int i = head ? *head : 0; i; i = d->list.items[i - 1].next) {
        struct target *t = &d->list.items[i - 1];

        if (t->address.subid == object->subid) {
            t->flags |= flags;
            found = true;
        } else if (t->address.subid == 0) {
            found = true;
        } else if (object->subid == 0 && flags) {
            t->flags |= flags | SUBOBJECT;
        }
    }
    return found;
}

static void schedule(struct deletion *d, const struct cat_address *object, int flags, struct cat_address dependee)
{
    uint64_t key = cat_key(object->class, object->oid);
    int *head = lc_map_geti(&d->index, key);

    if (!head) {
        head = LC_NEW(d->cat->arena, int);
        (void)lc_map_puti(&d->index, key, head);
    }
    LC_PUSH(d->cat->arena, &d->list, (struct target){*object, dependee, flags, *head});
    *head = d->list.len;
}

static void refuse(struct deletion *d, const struct cat_address *object, const struct cat_address *owner)
{
    const char *what = cat_describe(d->cat, *owner);

    d->code = lc_fail(d->err, LC_E_SERVER, "cannot drop %s because %s requires it", cat_describe(d->cat, *object), what);
    if (!d->err)
        return;
    lc_error_detail(d->err, DEPENDENT_OBJECTS_STILL_EXIST);
    lc_error_hint(d->err, "You can drop %s instead.", what);
}

static bool is_pinned(const struct cat_address *a)
{
    return a->oid < FirstNormalObjectId && !(a->class == CAT_NAMESPACE && a->oid == PG_PUBLIC_NAMESPACE);
}

struct owners {
    struct deletion *d;
    const struct cat_address *object;
    struct visit *stack;
    int flags;
    struct cat_address owning, partition, reverse; // class CAT_NONE: none
    bool skip;                                     // the owner is a target too: it will come along
};

static void look_at_owner(const struct cat_depend *dep, void *context)
{
    struct owners *o = context;

    if (o->skip || o->reverse.class || (same_object(&dep->ref, o->object) && o->object->subid == 0))
        return;
    if (dep->deptype == 'P' || dep->deptype == 'S') {
        if (dep->deptype == 'P' || !(o->flags & IS_PART))
            o->partition = dep->ref;
        o->flags |= IS_PART;
        return;
    }
    if (dep->deptype != 'i' && dep->deptype != 'e')
        return;
    if (!o->stack) {
        for (int i = 0; i < o->d->pending->len; i++)
            if (same(&o->d->pending->items[i], &dep->ref) ||
                (same_object(&o->d->pending->items[i], &dep->ref) && !o->d->pending->items[i].subid))
                o->skip = true;
        if (!o->owning.class || dep->deptype == 'e')
            o->owning = dep->ref;
    } else if (!on_stack(&dep->ref, 0, o->stack)) {
        o->reverse = dep->ref;
    }
}

static void lock(struct deletion *d, struct cat_address object)
{
    if (d->locked && object.class == CAT_RELATION)
        LC_PUSH(d->cat->arena, d->locked, object);
}

static bool is_view(const struct catalog *cat, const struct cat_address *a)
{
    const struct cat_relation *rel = a->class == CAT_RELATION ? cat_relation(cat, a->oid) : NULL;

    return rel && (rel->relkind == 'v' || rel->relkind == 'm');
}

struct dependents {
    struct deletion *d;
    const struct cat_address *object;
    struct founds found;
};

static int flag_of(char deptype)
{
    switch (deptype) {
    case 'n':
        return NORMAL;
    case 'i':
        return INTERNAL;
    case 'P':
    case 'S':
        return PARTITION;
    case 'e':
        return EXTENSION;
    default:
        return AUTO;
    }
}

static void look_at_dependent(const struct cat_depend *dep, void *context)
{
    struct dependents *s = context;

    if (same_object(&dep->object, s->object) && s->object->subid == 0)
        return;
    LC_PUSH(s->d->cat->arena, &s->found,
            (struct found){dep->object, flag_of(dep->deptype), dep->ref.subid,
                           dep->ref.class != CAT_NAMESPACE && dep->ref.class != CAT_EXTENSION && dep->ref.class != CAT_OTHER &&
                               is_view(s->d->cat, &dep->object)});
}

// pg_depend_reference_index; of one column's dependents the older ones have come first.
static int compare_scan(const void *a, const void *b)
{
    const struct found *x = a, *y = b;

    if (x->refsubid != y->refsubid)
        return x->refsubid < y->refsubid ? -1 : 1;
    return (x->address.oid > y->address.oid) - (x->address.oid < y->address.oid);
}

// Dependents are locked as the scan meets them, before any is visited.
static void lock_found(struct deletion *d, struct founds *found)
{
    if (!d->locked || !found->len)
        return;
    qsort(found->items, (size_t)found->len, sizeof *found->items, compare_scan);
    for (int i = 0; i < found->len; i++)
        if (!found->items[i].by_rule)
            lock(d, found->items[i].address);
}

static int compare(const void *a, const void *b)
{
    const struct cat_address *x = &((const struct found *)a)->address, *y = &((const struct found *)b)->address;

    if (x->oid != y->oid)
        return x->oid > y->oid ? -1 : 1; // the newest first
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    return (x->subid > y->subid) - (x->subid < y->subid);
}

static void visit(struct deletion *d, const struct cat_address *object, int flags, struct visit *stack, int depth);

static void visit_dependents(struct deletion *d, struct visit *self, int depth)
{
    struct dependents deps = {.d = d, .object = self->object};

    cat_each_dependent(d->cat, *self->object, look_at_dependent, &deps);
    lock_found(d, &deps.found);
    if (deps.found.len > 1)
        qsort(deps.found.items, (size_t)deps.found.len, sizeof *deps.found.items, compare);
    for (int i = 0; i < deps.found.len && d->code == LC_OK; i++)
        visit(d, &deps.found.items[i].address, deps.found.items[i].flags, self, depth + 1);
}

static void visit(struct deletion *d, const struct cat_address *object, int flags, struct visit *stack, int depth)
{
    struct owners o = {.d = d, .object = object, .stack = stack, .flags = flags};
    struct visit self = {.object = object, .outer = stack};

    if (on_stack(object, flags, stack) || scheduled(d, object, flags))
        return;
    if (stack && is_view(d->cat, object)) // by its rule, which it needs
        lock(d, *object);
    if (is_pinned(object) || depth > MAX_DEPTH) {
        d->code = depth > MAX_DEPTH ? lc_fail(d->err, LC_E_SERVER, "stack depth limit exceeded")
                                    : lc_fail(d->err, LC_E_SERVER, "cannot drop %s because it is required by the database system",
                                              cat_describe(d->cat, *object));
        if (d->err)
            lc_error_detail(d->err, "%s", depth > MAX_DEPTH ? "54001" : DEPENDENT_OBJECTS_STILL_EXIST);
        return;
    }
    cat_each_dependency(d->cat, *object, look_at_owner, &o);
    if (o.skip)
        return;
    if (o.reverse.class) {
        lock(d, o.reverse);
        visit(d, &o.reverse, REVERSE, stack, depth + 1);
        (void)scheduled(d, object, flags);
        return;
    }
    if (o.owning.class) {
        refuse(d, object, o.partition.class ? &o.partition : &o.owning);
        return;
    }
    self.flags = o.flags;
    visit_dependents(d, &self, depth);
    schedule(d, object, self.flags,
             self.flags & IS_PART ? o.partition
             : stack              ? *stack->object
                                  : (struct cat_address){CAT_NONE, InvalidOid, 0});
}

static bool blocks(const struct target *t)
{
    return !(t->flags & (ORIGINAL | SUBOBJECT | AUTO | INTERNAL | PARTITION | EXTENSION));
}

static void report(struct deletion *d, bool cascade)
{
    struct lc_str lines;
    int n = 0;

    for (int i = 0; i < d->list.len; i++)
        if ((d->list.items[i].flags & IS_PART) && !(d->list.items[i].flags & PARTITION)) {
            refuse(d, &d->list.items[i].address, &d->list.items[i].dependee);
            return;
        }
    if (cascade)
        return;
    lc_str_init(&lines, d->cat->arena, LC_STR_MAX);
    for (int i = d->list.len - 1; i >= 0; i--) {
        const struct target *t = &d->list.items[i];

        if (blocks(t) && n++ < MAX_REPORTED)
            lc_str_addf(&lines, "%s%s depends on %s", lines.len ? "; " : "", cat_describe(d->cat, t->address),
                        cat_describe(d->cat, t->dependee));
    }
    if (!n)
        return;
    if (d->pending->len == 1)
        d->code = lc_fail(d->err, LC_E_SERVER, "cannot drop %s because other objects depend on it",
                          cat_describe(d->cat, d->pending->items[0]));
    else
        d->code = lc_fail(d->err, LC_E_SERVER, "cannot drop desired object(s) because other objects depend on them");
    if (d->err) {
        lc_error_detail(d->err, DEPENDENT_OBJECTS_STILL_EXIST);
        lc_error_hint(d->err, "%s", lines.text);
    }
}

enum lc_code cat_deletion(const struct catalog *cat, const struct cat_addresses *targets, bool cascade,
                          struct cat_addresses *deleted, struct cat_addresses *locked, struct lc_error *err)
{
    struct deletion d = {.cat = cat, .pending = targets, .locked = locked, .err = err, .code = LC_OK};

    lc_map_init(&d.index, cat->arena);
    for (int i = 0; i < targets->len && d.code == LC_OK; i++)
        visit(&d, &targets->items[i], ORIGINAL, NULL, 0);
    if (d.code == LC_OK)
        report(&d, cascade);
    for (int i = 0; i < d.list.len && d.code == LC_OK; i++)
        LC_PUSH(cat->arena, deleted, d.list.items[i].address);
    return d.code;
}

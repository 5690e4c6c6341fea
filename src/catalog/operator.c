// Which operator an expression means (parser/parse_oper.c), and operator classes (commands/indexcmds.c).
#include "catalog/coerce.h"

#include <string.h>

#include "base/str.h"
#include "catalog/apply_internal.h"
#include "catalog/internal.h"
#include "catalog/oids.h"

struct operators LC_ARRAY(struct func_candidate);

static const struct cat_operator *exact_in(const struct catalog *cat, const struct cat_oids *path, const char *name, Oid left,
                                           Oid right)
{
    for (int i = 0; i < path->len; i++)
        for (const struct cat_named *n = cat_first_named(cat, CAT_OPERATOR, path->items[i], name); n;
             n = cat_next_named(n->next, CAT_OPERATOR, path->items[i], name)) {
            const struct cat_operator *op = (const struct cat_operator *)(const void *)n->slot->object;

            if (op->left == left && op->right == right)
                return op;
        }
    return NULL;
}

// binary_oper_exact: an untyped side is supposed to be of the other's type, then of its base type.
static const struct cat_operator *exact(const struct catalog *cat, const struct cat_oids *path, const char *name, Oid left,
                                        Oid right)
{
    bool unknown = left && (left == UNKNOWNOID || right == UNKNOWNOID);
    const struct cat_operator *op;
    Oid base;

    if (unknown && left == UNKNOWNOID)
        left = right;
    else if (unknown)
        right = left;
    op = exact_in(cat, path, name, left, right);
    base = cat_base_type(cat, left, NULL);
    if (!op && unknown && base != left)
        op = exact_in(cat, path, name, base, base);
    return op;
}

static void add_operator(const struct catalog *cat, struct operators *list, const struct cat_operator *op, int pathpos)
{
    Oid *args = LC_NEW_ARRAY(cat->arena, Oid, 2);

    for (int i = 0; i < list->len; i++) { // hidden by one earlier in the path
        const struct cat_operator *old = cat_operator(cat, list->items[i].oid);

        if (old->left == op->left && old->right == op->right)
            return;
    }
    args[0] = op->left ? op->left : op->right;
    args[1] = op->right;
    LC_PUSH(cat->arena, list,
            (struct func_candidate){.oid = op->o.oid, .args = args, .nargs = op->left ? 2 : 1, .pathpos = pathpos});
}

static const struct cat_operator *best(const struct catalog *cat, const struct cat_oids *path, const char *name, Oid left,
                                       Oid right)
{
    struct lc_arena *scratch = lc_arena_scratch(cat->arena);
    size_t mark = lc_arena_mark(scratch);
    struct operators list = {0};
    Oid types[2] = {left ? left : right, right};
    int at;

    for (int i = 0; i < path->len; i++)
        for (const struct cat_named *n = cat_first_named(cat, CAT_OPERATOR, path->items[i], name); n;
             n = cat_next_named(n->next, CAT_OPERATOR, path->items[i], name)) {
            const struct cat_operator *op = (const struct cat_operator *)(const void *)n->slot->object;

            if ((op->left == InvalidOid) == (left == InvalidOid) && op->right)
                add_operator(cat, &list, op, i);
        }
    at = func_select(cat, types, left ? 2 : 1, list.items, list.len);
    lc_arena_reset(scratch, mark);
    return at >= 0 ? cat_operator(cat, list.items[at].oid) : NULL;
}

struct found_operator {
    const char *name;
    Oid left, right;
    const struct cat_operator *op; // NULL: there is none
};

// What the built-in operators answer for built-in types does not change while nobody has made operators or casts.
static bool is_settled(const struct catalog *cat, const char *schema, Oid left, Oid right)
{
    return !schema && left < FirstNormalObjectId && right < FirstNormalObjectId && !cat->by_class[CAT_OPERATOR].len &&
           !cat->by_class[CAT_CAST].len;
}

static const struct cat_operator *search_operator(const struct catalog *cat, const char *schema, const char *name, Oid left,
                                                  Oid right)
{
    struct cat_oids path = {0};
    const struct cat_operator *op;

    if (schema)
        LC_PUSH(cat->arena, &path, cat_schema_oid(cat, schema));
    else
        cat_lookup_path(cat, false, cat->arena, &path);
    op = exact(cat, &path, name, left, right);
    return op ? op : best(cat, &path, name, left, right);
}

const struct cat_operator *cat_find_operator(const struct catalog *cat, const char *schema, const char *name, Oid left, Oid right)
{
    uint64_t key;
    struct found_operator *found;

    if (!name)
        return NULL;
    if (!is_settled(cat, schema, left, right))
        return search_operator(cat, schema, name, left, right);
    key = lc_hash(name) ^ ((uint64_t)left << 32 | right) * UINT64_C(0x9e3779b97f4a7c15);
    found = lc_map_geti(&cat->found_operators, key);
    if (found && found->left == left && found->right == right && strcmp(found->name, name) == 0)
        return found->op;
    found = LC_NEW(cat->arena, struct found_operator);
    *found = (struct found_operator){lc_strdup(cat->arena, name), left, right, search_operator(cat, schema, name, left, right)};
    (void)lc_map_puti(&cat->self->found_operators, key, found);
    return found->op;
}

struct opclass_search {
    const struct catalog *cat;
    const char *am;
    Oid type;
    Oid exact, compatible, preferred;
    int ncompatible, npreferred, nexact;
};

// GetDefaultOpClass: an exact match, else the only binary-coercible one, else the only one of a preferred type.
static void consider_opclass(const struct cat_object *o, void *context)
{
    struct opclass_search *s = context;
    const struct cat_opclass *c = (const struct cat_opclass *)(const void *)o;
    bool preferred;

    if (!c->isdefault || strcmp(c->am, s->am) != 0)
        return;
    if (c->intype == s->type) {
        s->nexact++;
        s->exact = o->oid;
    } else if (!s->nexact && coerce_is_binary(s->cat, s->type, c->intype)) {
        if (coerce_category(s->cat, s->type, NULL) == coerce_category(s->cat, c->intype, &preferred) && preferred) {
            s->npreferred++;
            s->preferred = o->oid;
        }
        s->ncompatible++;
        s->compatible = o->oid;
    }
}

static Oid search_default_opclass(const struct catalog *cat, Oid type, const char *am)
{
    struct opclass_search s = {.cat = cat, .am = am, .type = type};

    builtin_each(cat->builtin, CAT_OPCLASS, consider_opclass, &s);
    cat_each(cat, CAT_OPCLASS, consider_opclass, &s);
    if (s.nexact == 1)
        return s.exact;
    if (s.nexact)
        return InvalidOid;
    if (s.npreferred == 1)
        return s.preferred;
    return s.ncompatible == 1 ? s.compatible : InvalidOid;
}

struct found_opclass {
    const char *am;
    Oid type, opclass;
};

Oid cat_default_opclass(const struct catalog *cat, Oid type, const char *am)
{
    Oid base = cat_base_type(cat, type, NULL);
    uint64_t key = lc_hash(am) ^ base * UINT64_C(0x9e3779b97f4a7c15);
    struct found_opclass *found;

    if (base >= FirstNormalObjectId || cat->by_class[CAT_OPCLASS].len || cat->by_class[CAT_CAST].len)
        return search_default_opclass(cat, base, am);
    found = lc_map_geti(&cat->found_opclasses, key);
    if (found && found->type == base && strcmp(found->am, am) == 0)
        return found->opclass;
    found = LC_NEW(cat->arena, struct found_opclass);
    *found = (struct found_opclass){lc_strdup(cat->arena, am), base, search_default_opclass(cat, base, am)};
    (void)lc_map_puti(&cat->self->found_opclasses, key, found);
    return found->opclass;
}

// cache_array_element_properties, cache_record_field_properties: arrays and rows are ordered where what they are made of is.
bool cat_is_unordered(const struct catalog *cat, Oid type)
{
    Oid base = cat_base_type(cat, type, NULL), element = coerce_element_type(cat, base);
    const struct cat_type *t = cat_type(cat, base);
    const struct cat_relation *row = t && t->typtype == 'c' ? cat_relation(cat, t->relid) : NULL;

    if (element)
        return cat_is_unordered(cat, element);
    for (int i = 0; row && i < row->natts; i++)
        if (!row->attrs[i].isdropped && cat_is_unordered(cat, row->attrs[i].type))
            return true;
    return t && !row && !strchr("erm", t->typtype) && !cat_has_unknown_extension(cat) && !cat_default_opclass(cat, base, "btree");
}

const struct cat_opclass *cat_find_opclass(const struct catalog *cat, const char *schema, const char *name, const char *am)
{
    struct cat_oids path = {0};

    if (schema)
        LC_PUSH(cat->arena, &path, cat_schema_oid(cat, schema));
    else
        cat_lookup_path(cat, false, cat->arena, &path);
    for (int i = 0; i < path.len; i++)
        for (const struct cat_named *n = cat_first_named(cat, CAT_OPCLASS, path.items[i], name); n;
             n = cat_next_named(n->next, CAT_OPCLASS, path.items[i], name)) {
            const struct cat_opclass *c = (const struct cat_opclass *)(const void *)n->slot->object;

            if (strcmp(c->am, am) == 0)
                return c;
        }
    return NULL;
}

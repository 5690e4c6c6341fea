// Helpers on parse trees, each one loop over the field tables.
#include "sql/nodes.h"

#include <string.h>

#include "base/str.h"
#include "sql/fields.h"

const char *node_tag_name(NodeTag tag)
{
    return lc_node_type(tag)->name;
}

const char *node_string(const Node *node)
{
    const String *string = AS(String, node);

    return string ? string->sval : NULL;
}

static const char *name_from_end(const NodeList *names, int n)
{
    return names && names->length >= n ? node_string(names->items[names->length - n]) : NULL;
}

const char *list_last_name(const NodeList *names)
{
    return name_from_end(names, 1);
}

const char *list_schema_name(const NodeList *names)
{
    return name_from_end(names, 2);
}

static const void *field_at(const Node *node, const struct lc_field *field)
{
    return (const char *)node + field->offset;
}

void node_walk(const Node *node, node_visitor visit, void *context)
{
    if (!node || !visit(node, context))
        return;
    for (const struct lc_field *f = lc_node_type(node->tag)->fields; f->kind != LC_FIELD_END; f++) {
        if (f->kind == LC_FIELD_LIST)
            node_walk_list(field_at(node, f), visit, context);
        else if (f->kind == LC_FIELD_NODE || f->kind == LC_FIELD_PTR)
            node_walk(*(Node *const *)field_at(node, f), visit, context);
    }
}

void node_walk_list(const NodeList *list, node_visitor visit, void *context)
{
    for (LIST_EACH(i, list))
        node_walk(list->items[i], visit, context);
}

// Fields that say where in the text something stands: _equalXxx in src/backend/nodes ignores them too (COMPARE_LOCATION_FIELD).
static bool is_location(const struct lc_field *field)
{
    return lc_ends(field->name, "location") || lc_ends(field->name, "list_start") || lc_ends(field->name, "list_end") ||
           lc_streq(field->name, "stmt_len");
}

static bool list_equal(const NodeList *a, const NodeList *b)
{
    if (a->length != b->length)
        return false;
    for (LIST_EACH(i, a))
        if (!node_equal(a->items[i], b->items[i]))
            return false;
    return true;
}

static bool field_equal(const struct lc_field *field, const void *a, const void *b)
{
    switch ((enum lc_field_kind)field->kind) {
    case LC_FIELD_STR:
        return lc_streq(*(const char *const *)a, *(const char *const *)b);
    case LC_FIELD_BOOL:
        return *(const bool *)a == *(const bool *)b;
    case LC_FIELD_INT:
        return *(const int64_t *)a == *(const int64_t *)b || is_location(field);
    case LC_FIELD_ENUM:
        return memcmp(a, b, sizeof(NodeTag)) == 0;
    case LC_FIELD_NODE:
    case LC_FIELD_PTR:
        return node_equal(*(Node *const *)a, *(Node *const *)b);
    case LC_FIELD_LIST:
        return list_equal(a, b);
    case LC_FIELD_END:
        break;
    }
    return true;
}

bool node_equal(const Node *a, const Node *b)
{
    if (a == b)
        return true;
    if (nodeTag(a) != nodeTag(b) || !a)
        return false;
    for (const struct lc_field *f = lc_node_type(a->tag)->fields; f->kind != LC_FIELD_END; f++)
        if (!field_equal(f, field_at(a, f), field_at(b, f)))
            return false;
    return true;
}

static void copy_list(struct lc_arena *arena, NodeList *list)
{
    Node **items = LC_NEW_ARRAY(arena, Node *, list->length + 1);

    for (LIST_EACH(i, list))
        items[i] = node_copy(arena, list->items[i]);
    list->items = items;
}

Node *node_copy(struct lc_arena *arena, const Node *node)
{
    if (!node)
        return NULL;
    const struct lc_node_type *type = lc_node_type(node->tag);
    Node *copy = lc_memdup(arena, node, type->size);

    for (const struct lc_field *f = type->fields; f->kind != LC_FIELD_END; f++) {
        void *field = (char *)copy + f->offset;

        if (f->kind == LC_FIELD_LIST)
            copy_list(arena, field);
        else if (f->kind == LC_FIELD_NODE || f->kind == LC_FIELD_PTR)
            *(Node **)field = node_copy(arena, *(Node *const *)field);
    }
    return copy;
}

// The field tables, made from nodes.def and enums.def by the preprocessor.
#include "sql/fields.h"

#include <stddef.h>
#include <string.h>

// One number for each enum type.
enum {
#define ENUM(name) ENUM_##name,
#define VALUE(name, v)
#define END_ENUM(name)
#include "sql/enums.def"
#undef ENUM
#undef VALUE
#undef END_ENUM
};

struct enumerator {
    const char *name;
    size_t len;
};

#define ENUM(name) static const struct enumerator name##_values[] = {
#define VALUE(name, v) {#v, sizeof #v - 1},
#define END_ENUM(name)                                                                                                           \
    {                                                                                                                            \
        NULL, 0                                                                                                                  \
    }                                                                                                                            \
    }                                                                                                                            \
    ;
#include "sql/enums.def"
#undef ENUM
#undef VALUE
#undef END_ENUM

static const struct enumerator *const enums[] = {
#define ENUM(name) name##_values,
#define VALUE(name, v)
#define END_ENUM(name)
#include "sql/enums.def"
#undef ENUM
#undef VALUE
#undef END_ENUM
};

#define FIELD(n, f, kind, type) {#f, sizeof #f - 1, kind, offsetof(n, f), type},
#define NODE(name) static const struct lc_field name##_fields[] = {
#define END_NODE(name)                                                                                                           \
    {                                                                                                                            \
        NULL, 0, LC_FIELD_END, 0, 0                                                                                              \
    }                                                                                                                            \
    }                                                                                                                            \
    ;
#define F_STR(n, f) FIELD(n, f, LC_FIELD_STR, 0)
#define F_BOOL(n, f) FIELD(n, f, LC_FIELD_BOOL, 0)
#define F_INT(n, f) FIELD(n, f, LC_FIELD_INT, 0)
#define F_ENUM(n, e, f) FIELD(n, f, LC_FIELD_ENUM, ENUM_##e)
#define F_NODE(n, f) FIELD(n, f, LC_FIELD_NODE, 0)
#define F_PTR(n, t, f) FIELD(n, f, LC_FIELD_PTR, T_##t)
#define F_LIST(n, f) FIELD(n, f, LC_FIELD_LIST, 0)
#include "sql/nodes.def"
// clang-format off
// By hand, because the proto has them as a oneof or not at all.
NODE(A_Const) F_BOOL(A_Const, isnull) F_NODE(A_Const, val) F_INT(A_Const, location) END_NODE(A_Const)
NODE(UnknownNode) F_STR(UnknownNode, name) END_NODE(UnknownNode)
    // clang-format on
    static const struct lc_field no_fields[] = {{NULL, 0, LC_FIELD_END, 0, 0}};
#undef NODE
#undef END_NODE
#undef F_STR
#undef F_BOOL
#undef F_INT
#undef F_ENUM
#undef F_NODE
#undef F_PTR
#undef F_LIST

static const struct lc_node_type types[NODE_TAG_COUNT] = {
    {"", sizeof(Node), no_fields},
#define NODE(name) {#name, sizeof(name), name##_fields},
#define END_NODE(name)
#define F_STR(n, f)
#define F_BOOL(n, f)
#define F_INT(n, f)
#define F_ENUM(n, e, f)
#define F_NODE(n, f)
#define F_PTR(n, t, f)
#define F_LIST(n, f)
#include "sql/nodes.def"
    {"A_Const", sizeof(A_Const), A_Const_fields},
    {"Unknown", sizeof(UnknownNode), UnknownNode_fields},
};

const struct lc_node_type *lc_node_type(NodeTag tag)
{
    return &types[(unsigned)tag < NODE_TAG_COUNT ? tag : T_Invalid];
}

static int compare(const char *name, size_t len, const char *other)
{
    int order = strncmp(name, other, len);

    return order ? order : other[len] ? -1 : 0;
}

// nodes.def is in the order of strcmp; the tags after T_A_Const are not from there.
NodeTag lc_node_tag(const char *name, size_t len)
{
    int low = T_Invalid + 1, high = T_A_Const - 1;

    if (len == strlen("A_Const") && !memcmp(name, "A_Const", len))
        return T_A_Const;
    while (low <= high) {
        int middle = (low + high) / 2;
        int order = compare(name, len, types[middle].name);

        if (order == 0)
            return (NodeTag)middle;
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return T_Invalid;
}

int lc_enum_value(int type, const char *name, size_t len)
{
    const struct enumerator *values = enums[type];

    for (int i = 0; values[i].name; i++)
        if (values[i].len == len && !memcmp(values[i].name, name, len))
            return i;
    return 0;
}

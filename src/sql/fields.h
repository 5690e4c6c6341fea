// For the sql room only: every node's fields as tables, so that decoding, walking and comparing are one loop each.
#ifndef LC_SQL_FIELDS_H
#define LC_SQL_FIELDS_H

#include <stdint.h>

#include "sql/nodes.h"

enum lc_field_kind {
    LC_FIELD_END,
    LC_FIELD_STR,
    LC_FIELD_BOOL,
    LC_FIELD_INT,
    LC_FIELD_ENUM,
    LC_FIELD_NODE,
    LC_FIELD_PTR,
    LC_FIELD_LIST
};

struct lc_field {
    const char *name;
    uint16_t len; // of name
    uint16_t kind;
    uint16_t offset;
    uint16_t type; // LC_FIELD_PTR: the NodeTag it points to; LC_FIELD_ENUM: index for lc_enum_value
};

struct lc_node_type {
    const char *name;
    uint32_t size;
    const struct lc_field *fields; // closed by LC_FIELD_END
};

// The type of a tag; T_Invalid gives a type without fields.
const struct lc_node_type *lc_node_type(NodeTag tag);
// T_Invalid when no node is called that.
NodeTag lc_node_tag(const char *name, size_t len);
// 0 when the enum has no such value.
int lc_enum_value(int type, const char *name, size_t len);

#endif

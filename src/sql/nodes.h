// The raw parse tree as plain C structs, named as PostgreSQL names them (src/include/nodes/parsenodes.h, primnodes.h, value.h).
//
// The structs, their tags and their enums come from nodes.def and enums.def, the union of the grammars that lockcast builds
// with; a field that the grammar at hand does not know stays zero, but for Constraint.is_enforced, which is true before 18, and
// returningList, which is filled from 18's returningClause. A string that is absent is NULL.
#ifndef LC_SQL_NODES_H
#define LC_SQL_NODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

// clang-format off
// Enumerators, with PostgreSQL's names. The value 0 is the proto's *_UNDEFINED: absent, or not known to this build.
#define ENUM(name) typedef enum name {
#define VALUE(name, v) v,
#define END_ENUM(name) name##__count } name;
#include "sql/enums.def"
#undef ENUM
#undef VALUE
#undef END_ENUM

typedef enum NodeTag {
    T_Invalid = 0,
#define NODE(name) T_##name,
#define END_NODE(name)
#define F_STR(n, f)
#define F_BOOL(n, f)
#define F_INT(n, f)
#define F_ENUM(n, e, f)
#define F_NODE(n, f)
#define F_PTR(n, t, f)
#define F_LIST(n, f)
#include "sql/nodes.def"
#undef NODE
    T_A_Const,
    T_Unknown, // a node that this build does not know: `struct UnknownNode`
    NODE_TAG_COUNT,
#define NODE(name)
} NodeTag;

typedef struct Node {
    NodeTag tag;
} Node;

// A list of nodes, by value. `length` 0 is an absent or empty list; an item may be NULL where the grammar has a hole.
typedef struct NodeList {
    int length;
    Node **items;
} NodeList;

#undef NODE
#define NODE(name) typedef struct name name;
#include "sql/nodes.def"
#undef NODE
#undef END_NODE
#undef F_STR
#undef F_BOOL
#undef F_INT
#undef F_ENUM
#undef F_NODE
#undef F_PTR
#undef F_LIST

#define NODE(name)                                                                                                               \
    struct name {                                                                                                                \
        NodeTag tag;
#define END_NODE(name) }                                                                                                         \
    ;
#define F_STR(n, f) const char *f;
#define F_BOOL(n, f) bool f;
#define F_INT(n, f) int64_t f;
#define F_ENUM(n, e, f) e f;
#define F_NODE(n, f) Node *f;
#define F_PTR(n, t, f) t *f;
#define F_LIST(n, f) NodeList f;
#include "sql/nodes.def"
#undef NODE
#undef END_NODE
#undef F_STR
#undef F_BOOL
#undef F_INT
#undef F_ENUM
#undef F_NODE
#undef F_PTR
#undef F_LIST
// clang-format on

// A literal. `val` is an Integer, Float (fval, as text), Boolean, String (sval) or BitString (bsval); NULL when isnull.
typedef struct A_Const {
    NodeTag tag;
    bool isnull;
    Node *val;
    int64_t location;
} A_Const;

typedef struct UnknownNode {
    NodeTag tag;
    const char *name; // as the parser calls it
} UnknownNode;

#define nodeTag(node) ((node) ? ((const Node *)(node))->tag : T_Invalid)
#define IsA(node, Type) (nodeTag(node) == T_##Type)
// The node as a Type, or NULL when it is absent or something else.
#define AS(Type, node) (IsA(node, Type) ? (const Type *)(const void *)(node) : NULL)
// for (LIST_EACH(i, &stmt->cmds)) { const AlterTableCmd *cmd = LIST_GET(AlterTableCmd, &stmt->cmds, i); ... }: NULL where the item is something else.
// clang-format off
#define LIST_EACH(i, list) int i = 0; i < (list)->length; i++
// clang-format on
#define LIST_GET(Type, list, i) AS(Type, (list)->items[i])

// The name of a tag as the parser spells it ("AlterTableStmt").
const char *node_tag_name(NodeTag tag);
// The string of a String node; NULL for anything else.
const char *node_string(const Node *node);
// The last item of a qualified name (a list of String), and the one before it (NULL when there is none).
const char *list_last_name(const NodeList *names);
const char *list_schema_name(const NodeList *names);
// Calls `visit` for every node below and including `node`, parents first; a false result leaves that node's children out.
typedef bool (*node_visitor)(const Node *node, void *context);
void node_walk(const Node *node, node_visitor visit, void *context);
void node_walk_list(const NodeList *list, node_visitor visit, void *context);
// Are two trees equal, locations left aside?
bool node_equal(const Node *a, const Node *b);
// A deep copy that may be changed: lists and nodes are new, strings are shared.
Node *node_copy(struct lc_arena *arena, const Node *node);

#endif

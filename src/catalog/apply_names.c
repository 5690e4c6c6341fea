// Names that the server makes for indexes, constraints and sequences (makeObjectName, ChooseRelationName and ChooseIndexName in
// commands/indexcmds.c, ChooseConstraintName in catalog/pg_constraint.c).
#include <string.h>

#include "base/str.h"
#include "catalog/apply_internal.h"
#include "catalog/internal.h"

#define NAMEDATALEN 64

// The longest prefix of whole UTF-8 characters in at most `max` bytes (pg_mbcliplen).
static int clip(const char *text, int len, int max)
{
    int n = len < max ? len : max;

    while (n > 0 && n < len && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--;
    return n;
}

static char *put_part(char *to, const char *text, int len)
{
    memcpy(to, text, (size_t)len);
    return to + len;
}

// makeObjectName: always shorter than NAMEDATALEN, because the two names give way; the label is one of the server's own.
static void make_object_name(char out[NAMEDATALEN], const char *name1, const char *name2, const char *label)
{
    int nlabel = label ? (int)strnlen(label, NAMEDATALEN - 3) : 0, overhead = (name2 ? 1 : 0) + (label ? nlabel + 1 : 0);
    int n1 = (int)strlen(name1), n2 = name2 ? (int)strlen(name2) : 0;
    int avail = NAMEDATALEN - 1 - overhead;
    int full1 = n1, full2 = n2;
    char *to = out;

    while (n1 + n2 > avail) {
        if (n1 > n2)
            n1--;
        else
            n2--;
    }
    to = put_part(to, name1, clip(name1, full1, n1));
    if (name2)
        to = put_part(put_part(to, "_", 1), name2, clip(name2, full2, n2));
    if (label)
        to = put_part(put_part(to, "_", 1), label, nlabel);
    *to = '\0';
}

const char *cat_make_object_name(struct lc_arena *arena, const char *name1, const char *name2, const char *label)
{
    char name[NAMEDATALEN];

    make_object_name(name, name1, name2, label);
    return lc_strdup(arena, name);
}

bool cat_constraint_name_used(const struct catalog *cat, const char *name, Oid schema)
{
    return cat_find_object(cat, CAT_CONSTRAINT, schema, name) != NULL;
}

static bool relation_name_used(const struct catalog *cat, const char *name, Oid schema)
{
    if (!cat_schema_name(cat, schema))
        return cat_find_relation(cat, NULL, name) != NULL;
    return cat_find_object(cat, CAT_RELATION, schema, name) != NULL;
}

// How many names were taken when the last one was chosen: none of them is looked for again before one may have become free.
struct chosen {
    char first[NAMEDATALEN];
    Oid schema;
    bool relation, constraint;
    int pass;
    unsigned names_lost;
};

static int *passes_taken(const struct catalog *cat, const char *first, Oid schema, bool relation, bool constraint)
{
    uint64_t key = lc_hash(first) ^ ((uint64_t)schema << 2 | (uint64_t)relation << 1 | constraint) * UINT64_C(0x9E3779B97F4A7C15);
    struct chosen *c = lc_map_geti(&cat->chosen_names, key);

    if (c && c->schema == schema && c->relation == relation && c->constraint == constraint && c->names_lost == cat->names_lost &&
        strcmp(c->first, first) == 0)
        return &c->pass;
    if (!c) {
        c = LC_NEW(cat->arena, struct chosen);
        (void)lc_map_puti(&cat->self->chosen_names, key, c);
    }
    *c = (struct chosen){.schema = schema, .relation = relation, .constraint = constraint, .names_lost = cat->names_lost};
    memcpy(c->first, first, strlen(first) + 1);
    return &c->pass;
}

static bool is_used(const struct catalog *cat, const char *name, Oid schema, bool relation, bool constraint)
{
    return (relation && relation_name_used(cat, name, schema)) || (constraint && cat_constraint_name_used(cat, name, schema));
}

static const char *choose(const struct catalog *cat, const char *name1, const char *name2, const char *label, Oid schema,
                          bool relation, bool constraint)
{
    char name[NAMEDATALEN], modlabel[NAMEDATALEN];
    int nlabel = label ? (int)strnlen(label, NAMEDATALEN / 2) : 0;
    int *pass;

    make_object_name(name, name1, name2, label);
    if (!is_used(cat, name, schema, relation, constraint))
        return lc_strdup(cat_arena(cat), name);
    pass = passes_taken(cat, name, schema, relation, constraint);
    if (!cat_schema_name(cat, schema))
        *pass = 0; // relations are looked for along the search_path
    do {
        (void)lc_int(put_part(modlabel, label ? label : "", nlabel), ++*pass);
        make_object_name(name, name1, name2, modlabel);
    } while (is_used(cat, name, schema, relation, constraint));
    --*pass; // this one is free yet
    return lc_strdup(cat_arena(cat), name);
}

const char *cat_choose_name(const struct catalog *cat, const char *name1, const char *name2, const char *label, Oid schema)
{
    return choose(cat, name1, name2, label, schema, true, false);
}

const char *cat_choose_index_name(const struct catalog *cat, const char *table, const char *columns, const char *label,
                                  Oid schema, bool isconstraint)
{
    return choose(cat, table, columns, label, schema, true, isconstraint);
}

const char *cat_choose_constraint_name(const struct catalog *cat, const char *table, const char *columns, const char *label,
                                       Oid schema)
{
    return choose(cat, table, columns, label, schema, false, true);
}

const char *cat_join_names(struct lc_arena *arena, const char *const *names, int n)
{
    struct lc_str s;

    lc_str_init(&s, arena, (size_t)NAMEDATALEN * 40);
    for (int i = 0; i < n && s.len < NAMEDATALEN; i++) {
        if (i > 0)
            lc_str_addc(&s, '_');
        lc_str_add(&s, names[i]);
    }
    return s.text;
}

static const char *figure(const Node *node, int *strength);

static const char *figure_cast(const TypeCast *cast, int *strength)
{
    const char *name = figure(cast->arg, strength);

    if (*strength > 1 || !cast->typeName)
        return name;
    *strength = 1;
    return list_last_name(&cast->typeName->names);
}

static const char *last_field(const NodeList *fields)
{
    for (int i = fields->length - 1; i >= 0; i--)
        if (node_string(fields->items[i]))
            return node_string(fields->items[i]);
    return NULL;
}

static const char *figure_value_function(const SQLValueFunction *f)
{
    static const struct {
        SQLValueFunctionOp op;
        const char *name;
    } names[] = {
        {SVFOP_CURRENT_DATE, "current_date"},
        {SVFOP_CURRENT_TIME, "current_time"},
        {SVFOP_CURRENT_TIME_N, "current_time"},
        {SVFOP_CURRENT_TIMESTAMP, "current_timestamp"},
        {SVFOP_CURRENT_TIMESTAMP_N, "current_timestamp"},
        {SVFOP_LOCALTIME, "localtime"},
        {SVFOP_LOCALTIME_N, "localtime"},
        {SVFOP_LOCALTIMESTAMP, "localtimestamp"},
        {SVFOP_LOCALTIMESTAMP_N, "localtimestamp"},
        {SVFOP_CURRENT_ROLE, "current_role"},
        {SVFOP_CURRENT_USER, "current_user"},
        {SVFOP_USER, "user"},
        {SVFOP_SESSION_USER, "session_user"},
        {SVFOP_CURRENT_CATALOG, "current_catalog"},
        {SVFOP_CURRENT_SCHEMA, "current_schema"},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].op == f->op)
            return names[i].name;
    return NULL;
}

// One name for nodes that always have the same.
static const char *figure_fixed(const Node *node)
{
    const MinMaxExpr *m = AS(MinMaxExpr, node);

    switch (nodeTag(node)) {
    case T_CoalesceExpr:
        return "coalesce";
    case T_MinMaxExpr:
        return m->op == IS_GREATEST ? "greatest" : "least";
    case T_A_ArrayExpr:
        return "array";
    case T_RowExpr:
        return "row";
    case T_GroupingFunc:
        return "grouping";
    case T_XmlSerialize:
        return "xmlserialize";
    case T_SQLValueFunction:
        return figure_value_function((const SQLValueFunction *)(const void *)node);
    default:
        return NULL;
    }
}

static const char *figure_sublink(const SubLink *sub, int *strength)
{
    const SelectStmt *select = AS(SelectStmt, sub->subselect);
    const ResTarget *target = select && select->targetList.length > 0 ? LIST_GET(ResTarget, &select->targetList, 0) : NULL;

    if (sub->subLinkType == EXISTS_SUBLINK || sub->subLinkType == ARRAY_SUBLINK) {
        *strength = 2;
        return sub->subLinkType == EXISTS_SUBLINK ? "exists" : "array";
    }
    if (sub->subLinkType != EXPR_SUBLINK || !target)
        return NULL;
    if (target->name) {
        *strength = 2;
        return target->name;
    }
    return figure(target->val, strength);
}

// FigureColnameInternal (parser/parse_target.c); strength 0: no name, 1: weak, 2: strong.
static const char *figure(const Node *node, int *strength)
{
    const char *name = NULL;

    *strength = 0;
    switch (nodeTag(node)) {
    case T_ColumnRef:
        name = last_field(&((const ColumnRef *)(const void *)node)->fields);
        break;
    case T_A_Indirection:
        name = last_field(&((const A_Indirection *)(const void *)node)->indirection);
        if (!name)
            return figure(((const A_Indirection *)(const void *)node)->arg, strength);
        break;
    case T_FuncCall:
        name = list_last_name(&((const FuncCall *)(const void *)node)->funcname);
        break;
    case T_A_Expr:
        if (((const A_Expr *)(const void *)node)->kind == AEXPR_NULLIF)
            name = "nullif";
        break;
    case T_TypeCast:
        return figure_cast((const TypeCast *)(const void *)node, strength);
    case T_JsonFuncExpr:
        name = ((const JsonFuncExpr *)(const void *)node)->op == JSON_EXISTS_OP  ? "json_exists"
               : ((const JsonFuncExpr *)(const void *)node)->op == JSON_QUERY_OP ? "json_query"
                                                                                 : "json_value";
        break;
    case T_CollateClause:
        return figure(((const CollateClause *)(const void *)node)->arg, strength);
    case T_SubLink:
        return figure_sublink((const SubLink *)(const void *)node, strength);
    case T_CaseExpr:
        name = figure(((const CaseExpr *)(const void *)node)->defresult, strength);
        if (*strength > 1)
            return name;
        *strength = 1;
        return "case";
    default:
        name = figure_fixed(node);
        break;
    }
    *strength = name ? 2 : 0;
    return name;
}

const char *cat_figure_colname(const Node *expr)
{
    int strength;

    return figure(expr, &strength);
}

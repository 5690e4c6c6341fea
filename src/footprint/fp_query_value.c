// Constants as a partition key's type sees them: what the planner folds, how values compare, how hash partitions hash them.
#include "footprint/fp_query.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "catalog/expr.h"
#include "catalog/oids.h"

#define USECS_PER_DAY 86400000000LL

static struct fq_value unknown(void)
{
    return (struct fq_value){.kind = FQV_UNKNOWN};
}

static struct fq_value integer(int64_t i)
{
    return (struct fq_value){.kind = FQV_INT, .i = i};
}

static bool is_integer_type(Oid type)
{
    return type == INT8OID || type == INT2OID || type == INT4OID || type == OIDOID;
}

static bool is_text_type(Oid type)
{
    return type == TEXTOID || type == VARCHAROID || type == BPCHAROID;
}

// --- literals ------------------------------------------------------------------------------------------------------------------

// Days since 2000-01-01 (date2j, utils/adt/datetime.c).
static int64_t day_number(int64_t y, int64_t m, int64_t d)
{
    int64_t century, julian;

    if (m > 2) {
        m += 1;
        y += 4800;
    } else {
        m += 13;
        y += 4799;
    }
    century = y / 100;
    julian = y * 365 - 32167;
    julian += y / 4 - century + century / 4;
    julian += 7834 * m / 256 + d;
    return julian - 2451545;
}

// ISO dates and timestamps; false for what depends on the clock or on DateStyle.
static bool parse_time(const char *text, int64_t *days, int64_t *usecs, int64_t *offset_secs)
{
    int y, mo, d, h = 0, mi = 0, n = 0, used = 0;
    double sec = 0;

    *usecs = *offset_secs = 0;
    if (sscanf(text, " %4d-%2d-%2d%n", &y, &mo, &d, &n) != 3 || mo < 1 || mo > 12 || d < 1 || d > 31)
        return false;
    *days = day_number(y, mo, d);
    text += n;
    if (*text == 'T' || *text == 't')
        text++;
    if (sscanf(text, " %2d:%2d%n", &h, &mi, &used) == 2) {
        text += used;
        if (*text == ':' && sscanf(text, ":%lf%n", &sec, &used) == 1)
            text += used;
    }
    *usecs = ((int64_t)h * 60 + mi) * 60000000LL + (int64_t)(sec * 1e6 + 0.5);
    while (*text == ' ')
        text++;
    if ((*text == '+' || *text == '-') && isdigit((unsigned char)text[1])) {
        int oh = 0, om = 0, sign = *text == '-' ? -1 : 1;
        (void)sscanf(text + 1, "%2d:%2d", &oh, &om);
        *offset_secs = sign * (oh * 3600 + om * 60);
        return true;
    }
    return *text == '\0' || lc_strieq(text, "z") || lc_strieq(text, "utc");
}

static struct fq_value parse_enum(const struct catalog *cat, const char *text, Oid type)
{
    const struct cat_type *t = cat_type(cat, type);

    for (int i = 0; t && t->typtype == 'e' && i < t->nlabels; i++)
        if (lc_streq(t->labels[i], text))
            return integer(i);
    return unknown();
}

static struct fq_value parse_bool(const char *text)
{
    if (lc_strieq(text, "t") || lc_strieq(text, "true") || lc_strieq(text, "yes") || lc_strieq(text, "on") || lc_streq(text, "1"))
        return integer(1);
    if (lc_strieq(text, "f") || lc_strieq(text, "false") || lc_strieq(text, "no") || lc_strieq(text, "off") ||
        lc_streq(text, "0"))
        return integer(0);
    return unknown();
}

static struct fq_value parse_literal(const struct catalog *cat, const char *text, Oid type);

static struct fq_value form(const char *text)
{
    return text ? (struct fq_value){.kind = FQV_FORM, .s = text} : unknown();
}

// One end of a discrete range, as the number that it has in canonical form; false: not one that is read here.
static bool range_end(const struct catalog *cat, const char *text, Oid subtype, bool inclusive, bool upper, const char **out)
{
    struct fq_value v;

    if (!*text) {
        *out = "";
        return true;
    }
    v = parse_literal(cat, text, subtype);
    if (v.kind != FQV_INT)
        return false;
    *out = lc_printf(cat_arena(cat), "%lld", (long long)(inclusive == upper ? v.i + 1 : v.i));
    return true;
}

// int4range, int8range and daterange: "[1,2]" is "[1,3)" (rangetypes.c int4range_canonical).
static const char *range_form(const struct catalog *cat, const char *text, Oid subtype)
{
    size_t len = strlen(text);
    const char *comma = strchr(text, ','), *low, *high;
    struct lc_arena *arena = cat_arena(cat);

    if (lc_strieq(text, "empty"))
        return "empty";
    if ((!is_integer_type(subtype) && subtype != DATEOID) || len < 3 || !comma || strpbrk(text, "\"\\") ||
        !strchr("[(", text[0]) || !strchr("])", text[len - 1]))
        return NULL;
    const char *a = lc_strndup(arena, text + 1, (size_t)(comma - text - 1)),
               *b = lc_strndup(arena, comma + 1, len - (size_t)(comma - text) - 2);
    // an end that is given moves to where it is included below and excluded above
    if (!range_end(cat, a, subtype, text[0] == '[', false, &low) ||
        !range_end(cat, b, subtype, text[len - 1] == ']', true, &high))
        return NULL;
    if (*low && *high && strtoll(low, NULL, 10) >= strtoll(high, NULL, 10))
        return "empty";
    return lc_printf(arena, "[%s,%s)", low, high);
}

// What one item of an array or of a row is written like; NULL: not read here.
static const char *item_form(const struct catalog *cat, const char *text, Oid type)
{
    struct fq_value v = parse_literal(cat, text, type);

    if (v.kind == FQV_INT)
        return lc_printf(cat_arena(cat), "%lld", (long long)v.i);
    return v.kind == FQV_TEXT && *text && !lc_strieq(text, "null") ? text : NULL;
}

// "{1, 2}" and "(1,2)" item by item; quoted items are not read.
static const char *list_form(const struct catalog *cat, const char *text, const struct cat_type *t,
                             const struct cat_relation *row)
{
    struct lc_str out;
    int n = 0;
    bool array = !row;

    if (*text != (array ? '{' : '(') || strpbrk(text, "\"\\") || strpbrk(text + 1, "{("))
        return NULL;
    lc_str_init(&out, cat_arena(cat), LC_STR_MAX);
    for (text++; *text && !strchr("})", *text); n++) {
        size_t len = strcspn(text, ",})");
        const char *item = lc_strndup(cat_arena(cat), text, len);
        if (row && n >= row->natts)
            return NULL;
        item = item_form(cat, item + (array ? strspn(item, " ") : 0), array ? t->elem : row->attrs[n].type);
        if (!item)
            return NULL;
        lc_str_addf(&out, "%s%s", n ? "," : "", item);
        text += len + (text[len] == ',');
    }
    return *text && !text[1] ? out.text ? out.text : "" : NULL;
}

// Types whose values are only compared for being equal.
static struct fq_value parse_form(const struct catalog *cat, const char *text, Oid type)
{
    const struct cat_type *t = cat_type(cat, type);
    const struct cat_relation *row = t && t->typtype == 'c' ? cat_relation(cat, t->relid) : NULL;

    if (t && t->typtype == 'r')
        return form(range_form(cat, text, t->rngsubtype));
    return t && (row || (t->elem && t->len == -1)) ? form(list_form(cat, text, t, row)) : unknown();
}

// An untyped literal takes the type of what it is compared with.
static struct fq_value parse_literal(const struct catalog *cat, const char *text, Oid type)
{
    int64_t days, usecs, offset;
    char *end;

    type = cat_base_type(cat, type, NULL);
    if (is_integer_type(type)) {
        int64_t i = strtoll(text, &end, 10);
        return end != text && *end == '\0' ? integer(i) : unknown();
    }
    if (type == NUMERICOID || type == FLOAT4OID || type == FLOAT8OID) {
        double d = strtod(text, &end);
        return end != text && *end == '\0' ? (struct fq_value){.kind = FQV_REAL, .d = d} : unknown();
    }
    if (type == DATEOID)
        return parse_time(text, &days, &usecs, &offset) ? integer(days) : unknown();
    if (type == TIMESTAMPOID)
        return parse_time(text, &days, &usecs, &offset) ? integer(days * USECS_PER_DAY + usecs) : unknown();
    if (type == TIMESTAMPTZOID)
        return parse_time(text, &days, &usecs, &offset) ? integer(days * USECS_PER_DAY + usecs - offset * 1000000LL) : unknown();
    if (type == BOOLOID)
        return parse_bool(text);
    if (is_text_type(type) || type == UUIDOID)
        return (struct fq_value){.kind = FQV_TEXT, .s = text};
    const struct fq_value label = parse_enum(cat, text, type);
    return label.kind == FQV_UNKNOWN ? parse_form(cat, text, type) : label;
}

// --- constant expressions --------------------------------------------------------------------------------------------------------

static struct fq_value convert(struct fq_value v, Oid from, Oid to)
{
    if (v.kind == FQV_NULL || v.kind == FQV_UNKNOWN || from == to)
        return v;
    if (is_integer_type(from) && is_integer_type(to))
        return v;
    if (is_integer_type(from) && (to == NUMERICOID || to == FLOAT8OID || to == FLOAT4OID))
        return (struct fq_value){.kind = FQV_REAL, .d = (double)v.i};
    if ((from == NUMERICOID || from == FLOAT8OID || from == FLOAT4OID) &&
        (to == FLOAT8OID || (to == NUMERICOID && from == NUMERICOID)))
        return v;
    if ((from == TEXTOID || from == VARCHAROID) && (to == TEXTOID || to == VARCHAROID))
        return v;
    // datetime_ops compares across types; with timestamptz the operators are stable, so the planner does not prune
    if (from == DATEOID && to == TIMESTAMPOID)
        return integer(v.i * USECS_PER_DAY);
    return unknown();
}

// A value with a type of its own, compared with a column of `type`. Date columns and timestamps: scaled by the caller's compare.
static struct fq_value not_evaluated(const struct catalog *cat, const Node *expr, bool *param);

static const char *without_underscores(const struct catalog *cat, const char *text)
{
    char *out = lc_strdup(cat_arena(cat), text), *to = out;

    for (; *text; text++)
        if (*text != '_')
            *to++ = *text;
    *to = '\0';
    return out;
}

static struct fq_value constant(const struct catalog *cat, const A_Const *c, Oid type)
{
    if (c->isnull || !c->val)
        return (struct fq_value){.kind = FQV_NULL};
    if (IsA(c->val, String))
        return parse_literal(cat, node_string(c->val), type);
    type = cat_base_type(cat, type, NULL);
    if (IsA(c->val, Integer))
        return convert(integer(((const Integer *)(const void *)c->val)->ival), INT4OID, type);
    if (IsA(c->val, Boolean))
        return type == BOOLOID ? integer(((const Boolean *)(const void *)c->val)->boolval) : unknown();
    if (IsA(c->val, Float)) {
        const char *text = ((const Float *)(const void *)c->val)->fval;
        if (text && strchr(text, '_'))
            text = without_underscores(cat, text);
        if (text && !strpbrk(text, ".eE"))
            return convert(integer(strtoll(text, NULL, 10)), INT8OID, type);
        return text ? convert((struct fq_value){.kind = FQV_REAL, .d = strtod(text, NULL)}, NUMERICOID, type) : unknown();
    }
    return unknown();
}

static bool is_string_const(const Node *expr)
{
    const A_Const *c = AS(A_Const, expr);

    return c && (c->isnull || IsA(c->val, String));
}

static struct fq_value cast(const struct catalog *cat, const TypeCast *tc, Oid type, bool *param)
{
    const struct cat_type *t = cat_find_typename(cat, tc->typeName, NULL);
    struct fq_value v;

    if (!t)
        return unknown();
    v = is_string_const(tc->arg) ? constant(cat, AS(A_Const, tc->arg), t->o.oid) : fq_evaluate(cat, tc->arg, t->o.oid, param);
    if (t->o.oid == TIMESTAMPOID && type == DATEOID && v.kind == FQV_INT && v.i % USECS_PER_DAY == 0)
        return integer(v.i / USECS_PER_DAY);
    return convert(v, cat_base_type(cat, t->o.oid, NULL), cat_base_type(cat, type, NULL));
}

static struct fq_value arithmetic(const struct catalog *cat, const A_Expr *e, Oid type, bool *param)
{
    const char *op = list_last_name(&e->name);
    Oid right = type == DATEOID ? (Oid)INT4OID : type;
    struct fq_value a = {.kind = FQV_INT}, b;

    if (e->kind != AEXPR_OP || !op || !e->rexpr || strlen(op) != 1 || !strchr("+-*", *op) ||
        (!is_integer_type(type) && type != DATEOID))
        return not_evaluated(cat, (const Node *)(const void *)e, param);
    if (e->lexpr)
        a = fq_evaluate(cat, e->lexpr, type, param);
    b = fq_evaluate(cat, e->rexpr, right, param);
    if (a.kind != FQV_INT || b.kind != FQV_INT)
        return a.kind == FQV_NULL ? a : b.kind == FQV_NULL ? b : unknown();
    return integer(*op == '+'   ? (int64_t)((uint64_t)a.i + (uint64_t)b.i)
                   : *op == '-' ? (int64_t)((uint64_t)a.i - (uint64_t)b.i)
                                : (int64_t)((uint64_t)a.i * (uint64_t)b.i));
}

static char *fold_case(const struct catalog *cat, const char *text, bool up)
{
    char *out = lc_strdup(cat_arena(cat), text);

    for (char *c = out; *c; c++) {
        if ((unsigned char)*c > 127)
            return NULL; // the collation's matter
        *c = (char)(up ? toupper((unsigned char)*c) : tolower((unsigned char)*c));
    }
    return out;
}

// The few functions that partition keys are made of: abs, lower, upper.
static struct fq_value function(const struct catalog *cat, const FuncCall *call, Oid type, bool *param)
{
    const char *name = list_last_name(&call->funcname);
    struct fq_value v = unknown();

    type = cat_base_type(cat, type, NULL);
    if (call->args.length == 1 && !list_schema_name(&call->funcname) &&
        ((lc_streq(name, "abs") && is_integer_type(type)) ||
         ((lc_streq(name, "lower") || lc_streq(name, "upper")) && is_text_type(type))))
        v = fq_evaluate(cat, call->args.items[0], type, param);
    if (v.kind == FQV_INT && lc_streq(name, "abs"))
        v.i = v.i < 0 ? (int64_t)(0 - (uint64_t)v.i) : v.i;
    if (v.kind == FQV_TEXT) {
        v.s = fold_case(cat, v.s, lc_streq(name, "upper"));
        v.kind = v.s ? FQV_TEXT : FQV_UNKNOWN;
    }
    return v.kind == FQV_UNKNOWN ? not_evaluated(cat, (const Node *)(const void *)call, param) : v;
}

// What is not evaluated here: is it constant for the planner all the same?
static struct fq_value not_evaluated(const struct catalog *cat, const Node *expr, bool *param)
{
    bool known = true;

    if (cat_expr_volatility(cat, NULL, expr, &known) == 'i' || !known)
        *param = true;
    return unknown();
}

struct fq_value fq_evaluate(const struct catalog *cat, const Node *expr, Oid type, bool *param)
{
    switch (nodeTag(expr)) {
    case T_A_Const:
        return constant(cat, AS(A_Const, expr), type);
    case T_TypeCast:
        return cast(cat, AS(TypeCast, expr), type, param);
    case T_A_Expr:
        return arithmetic(cat, AS(A_Expr, expr), cat_base_type(cat, type, NULL), param);
    case T_ParamRef:
    case T_ColumnRef: // a variable of a body
        *param = true;
        return unknown();
    case T_FuncCall:
        return function(cat, AS(FuncCall, expr), type, param);
    default: // subqueries, CURRENT_DATE: known only when the statement runs
        return unknown();
    }
}

int fq_compare(struct fq_value a, struct fq_value b)
{
    if ((a.kind == FQV_TEXT || a.kind == FQV_FORM) && a.kind == b.kind)
        return strcmp(a.s, b.s);
    if (a.kind == FQV_REAL || b.kind == FQV_REAL) {
        double x = a.kind == FQV_REAL ? a.d : (double)a.i, y = b.kind == FQV_REAL ? b.d : (double)b.i;
        return x < y ? -1 : x > y;
    }
    return a.i < b.i ? -1 : a.i > b.i;
}

// --- hashing (common/hashfn.c; partbounds.c compute_partition_hash_value) ---------------------------------------------------------

#define HASH_PARTITION_SEED 0x7A5B22367996DCFDULL

static uint32_t rot(uint32_t x, int k)
{
    return x << k | x >> (32 - k);
}

static void mix(uint32_t *a, uint32_t *b, uint32_t *c)
{
    static const int turns[6] = {4, 6, 8, 16, 19, 4};

    for (int i = 0; i < 6; i++) {
        uint32_t *x = i % 3 == 0   ? a
                      : i % 3 == 1 ? b
                                   : c,
                 *y = i % 3 == 0   ? c
                      : i % 3 == 1 ? a
                                   : b,
                 *z = i % 3 == 0   ? b
                      : i % 3 == 1 ? c
                                   : a;
        *x -= *y;
        *x ^= rot(*y, turns[i]);
        *y += *z;
    }
}

static uint64_t final(uint32_t a, uint32_t b, uint32_t c)
{
    c ^= b, c -= rot(b, 14);
    a ^= c, a -= rot(c, 11);
    b ^= a, b -= rot(a, 25);
    c ^= b, c -= rot(b, 16);
    a ^= c, a -= rot(c, 4);
    b ^= a, b -= rot(a, 14);
    c ^= b, c -= rot(b, 24);
    return (uint64_t)b << 32 | c;
}

static void start_hash(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t len)
{
    *a = *b = *c = 0x9e3779b9u + len + 3923095u;
    *a += (uint32_t)(HASH_PARTITION_SEED >> 32);
    *b += (uint32_t)HASH_PARTITION_SEED;
    mix(a, b, c);
}

static uint64_t hash_uint32(uint32_t k)
{
    uint32_t a, b, c;

    start_hash(&a, &b, &c, sizeof k);
    return final(a + k, b, c);
}

static uint64_t hash_bytes(const unsigned char *k, size_t len)
{
    uint32_t a, b, c, w[3];
    size_t rest = len;

    start_hash(&a, &b, &c, (uint32_t)len);
    for (; rest >= 12; rest -= 12, k += 12) {
        memcpy(w, k, 12);
        a += w[0], b += w[1], c += w[2];
        mix(&a, &b, &c);
    }
    // the lowest byte of c is reserved for the length
    for (size_t i = 0; i < rest; i++) {
        if (i < 4)
            a += (uint32_t)k[i] << (8 * i);
        else if (i < 8)
            b += (uint32_t)k[i] << (8 * (i - 4));
        else
            c += (uint32_t)k[i] << (8 * (i - 7));
    }
    return final(a, b, c);
}

static bool hash_uuid(const char *text, uint64_t *hash)
{
    unsigned char raw[16];
    int n = 0;

    for (; *text; text++) {
        int v = isdigit((unsigned char)*text)    ? *text - '0'
                : isxdigit((unsigned char)*text) ? tolower((unsigned char)*text) - 'a' + 10
                                                 : -1;
        if (v < 0)
            continue;
        if (n >= 32)
            return false;
        raw[n / 2] = (unsigned char)(n % 2 ? raw[n / 2] | v : v << 4);
        n++;
    }
    *hash = n == 32 ? hash_bytes(raw, 16) : 0;
    return n == 32;
}

bool fq_hash_extended(const struct catalog *cat, struct fq_value v, Oid type, uint64_t *hash)
{
    type = cat_base_type(cat, type, NULL);
    if (v.kind == FQV_INT && (type == INT4OID || type == INT2OID || type == DATEOID || type == OIDOID)) {
        *hash = hash_uint32((uint32_t)v.i);
        return true;
    }
    if (v.kind == FQV_INT && (type == INT8OID || type == TIMESTAMPOID || type == TIMESTAMPTZOID)) {
        uint32_t lo = (uint32_t)v.i, hi = (uint32_t)((uint64_t)v.i >> 32); // hashint8extended
        *hash = hash_uint32(lo ^ (v.i >= 0 ? hi : ~hi));
        return true;
    }
    if (v.kind == FQV_TEXT && (type == TEXTOID || type == VARCHAROID)) {
        *hash = hash_bytes((const unsigned char *)v.s, strlen(v.s));
        return true;
    }
    return v.kind == FQV_TEXT && type == UUIDOID && hash_uuid(v.s, hash);
}

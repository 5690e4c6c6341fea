// libpg_query's JSON to structs, read once from front to back with the field tables.
//
// A reader of its own instead of a JSON library, because no intermediate tree is needed: a third of the memory for large
// statements, and no nesting limit below ours. Fields that the tables do not know are passed over.
#include "sql/decode.h"

#include <pg_query.h>
#include <stdlib.h>
#include <string.h>

#include "sql/fields.h"
#include "sql/lexer.h"

struct decoder {
    struct lc_arena *arena;
    struct lc_tags *tags;
    const char *at;     // the next byte of the JSON
    const char *end;    // of the JSON
    const char *source; // the SQL text
    size_t source_len;
    int depth;
    const char *problem;             // the first; reading stops there
    struct LC_ARRAY(Node *) pending; // items of the lists being read
};

struct key {
    const char *text;
    size_t len;
};

static Node *decode_node(struct decoder *d);
static Node *decode_struct(struct decoder *d, NodeTag tag);

static void fail(struct decoder *d, const char *problem)
{
    if (!d->problem)
        d->problem = problem;
    d->at = d->end;
}

// Takes `c` if it is next. libpg_query writes no blanks outside of strings.
static bool take(struct decoder *d, char c)
{
    if (*d->at != c)
        return false;
    d->at++;
    return true;
}

static void expect(struct decoder *d, char c)
{
    if (!take(d, c))
        fail(d, "libpg_query's answer is not what this build expects");
}

// The first quote, backslash or NUL. Eight bytes are looked at at once: keys and names are most of the answer.
static const char *plain_end(const struct decoder *d, const char *p)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    const uint64_t ones = UINT64_C(0x0101010101010101);

    for (uint64_t bytes, quote, escape, found; (size_t)(d->end - p) >= sizeof bytes; p += sizeof bytes) {
        memcpy(&bytes, p, sizeof bytes);
        quote = bytes ^ ones * '"';
        escape = bytes ^ ones * '\\';
        found = (((quote - ones) & ~quote) | ((escape - ones) & ~escape)) & ones * 0x80; // its lowest bit is the first byte's
        if (found)
            return p + __builtin_ctzll(found) / 8;
    }
#endif
    while (*p && *p != '"' && *p != '\\')
        p++;
    return p;
}

// The bytes between two quotes, escapes not undone. `at` is behind the closing quote afterwards.
static struct key raw_string(struct decoder *d)
{
    struct key s;
    const char *p;

    expect(d, '"');
    s.text = d->at;
    p = plain_end(d, d->at);
    while (*p == '\\')
        p = plain_end(d, p + (p[1] ? 2 : 1));
    s.len = (size_t)(p - s.text);
    d->at = p;
    expect(d, '"');
    return s;
}

static char *put_utf8(char *out, unsigned code)
{
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3F));
    } else {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    }
    return out;
}

// libpg_query escapes control characters only; others stand for themselves, so there are no surrogate pairs.
static const char *put_unescaped(char **out, const char *escape)
{
    static const char letters[] = "nrtbf", meaning[] = "\n\r\t\b\f";
    const char *letter = strchr(letters, *escape);

    if (*escape == 'u' && strnlen(escape, 5) == 5) {
        char digits[5] = {escape[1], escape[2], escape[3], escape[4], 0};
        *out = put_utf8(*out, (unsigned)strtoul(digits, NULL, 16));
        return escape + 5;
    }
    *(*out)++ = letter ? meaning[letter - letters] : *escape;
    return escape + 1;
}

static const char *decode_string(struct decoder *d)
{
    struct key raw = raw_string(d);
    char *text = lc_strndup(d->arena, raw.text, raw.len), *out;
    const char *p = memchr(raw.text, '\\', raw.len), *end = raw.text + raw.len;

    if (!p)
        return text;
    out = text + (p - raw.text);
    while (p < end) {
        if (*p == '\\')
            p = put_unescaped(&out, p + 1);
        else
            *out++ = *p++;
    }
    *out = '\0';
    return text;
}

static bool is_scalar_byte(char c)
{
    return c && c != ',' && c != ']' && c != '}';
}

// Passes over any value, without recursion.
static void skip_value(struct decoder *d)
{
    int open = 0;

    do {
        if (*d->at == '"')
            (void)raw_string(d);
        else if (*d->at == '{' || *d->at == '[')
            open++, d->at++;
        else if (*d->at == '}' || *d->at == ']')
            open--, d->at++;
        else if (*d->at)
            d->at++;
        else
            fail(d, "libpg_query's answer ends early");
        while (!open && is_scalar_byte(*d->at))
            d->at++;
    } while (open > 0 && !d->problem);
}

// Goes through the members of an object: expect(d, '{'), then while (next_key(d, &key)) read the value.
static bool next_key(struct decoder *d, struct key *key)
{
    if (take(d, '}') || d->problem)
        return false;
    (void)take(d, ',');
    *key = raw_string(d);
    expect(d, ':');
    return !d->problem;
}

static bool key_is(const struct key *key, const char *name)
{
    return strlen(name) == key->len && !memcmp(name, key->text, key->len);
}

static int64_t decode_int(struct decoder *d)
{
    bool negative = *d->at == '-';
    const char *p = d->at + negative;
    int64_t value = 0;

    while (*p >= '0' && *p <= '9' && p - d->at < 18) // so many digits fit
        value = value * 10 + (*p++ - '0');
    if (is_scalar_byte(*p)) {
        value = strtoll(d->at, NULL, 10);
        skip_value(d);
        return value;
    }
    d->at = p;
    return negative ? -value : value;
}

// The grammar of 15 has PartitionSpec.strategy as the word that the user wrote (transformPartitionSpec, tablecmds.c); later ones an enum.
static int strategy_by_word(const struct key *word)
{
    static const char *const words[] = {
        [PARTITION_STRATEGY_LIST] = "list", [PARTITION_STRATEGY_RANGE] = "range", [PARTITION_STRATEGY_HASH] = "hash"};

    for (int i = 1; i < (int)(sizeof words / sizeof *words); i++)
        if (words[i] && strlen(words[i]) == word->len && !strncasecmp(words[i], word->text, word->len))
            return i;
    return 0;
}

static int decode_enum(struct decoder *d, int type)
{
    struct key name = raw_string(d);
    int value = lc_enum_value(type, name.text, name.len);

    return value ? value : strategy_by_word(&name);
}

static NodeList decode_list(struct decoder *d)
{
    int first = d->pending.len;
    NodeList list = {0};

    expect(d, '[');
    while (!take(d, ']') && !d->problem) {
        Node *item;

        (void)take(d, ',');
        item = decode_node(d);
        LC_PUSH(d->arena, &d->pending, item);
    }
    list.length = d->pending.len - first;
    if (list.length)
        list.items = lc_memdup(d->arena, d->pending.items + first, (size_t)list.length * sizeof *list.items);
    d->pending.len = first;
    return list;
}

// A number where this build expects a node: AlterStatsStmt.stxstattarget was an int before 17.
static Node *decode_number_node(struct decoder *d)
{
    Integer *node = LC_NEW(d->arena, Integer);

    node->tag = T_Integer;
    node->ival = decode_int(d);
    return (Node *)node;
}

static bool is_number_byte(char c)
{
    return c == '-' || (c >= '0' && c <= '9');
}

// What a value of the field's kind begins with. One that begins otherwise, because its type is another in this grammar, is passed over.
static bool fits(const struct decoder *d, enum lc_field_kind kind)
{
    char c = *d->at;

    switch (kind) {
    case LC_FIELD_STR:
    case LC_FIELD_ENUM:
        return c == '"';
    case LC_FIELD_BOOL:
        return c == 't' || c == 'f';
    case LC_FIELD_INT:
        return is_number_byte(c);
    case LC_FIELD_NODE:
        return c == '{' || is_number_byte(c);
    case LC_FIELD_PTR:
        return c == '{';
    case LC_FIELD_LIST:
        return c == '[';
    case LC_FIELD_END:
        break;
    }
    return false;
}

static void decode_field(struct decoder *d, const struct lc_field *field, void *to)
{
    enum lc_field_kind kind = (enum lc_field_kind)field->kind;

    if (!fits(d, kind)) {
        skip_value(d);
        return;
    }
    switch (kind) {
    case LC_FIELD_STR:
        *(const char **)to = decode_string(d);
        break;
    case LC_FIELD_BOOL:
        *(bool *)to = *d->at == 't';
        skip_value(d);
        break;
    case LC_FIELD_INT:
        *(int64_t *)to = decode_int(d);
        break;
    case LC_FIELD_ENUM: {
        int value = decode_enum(d, field->type);
        memcpy(to, &value, sizeof value);
        break;
    }
    case LC_FIELD_NODE:
        *(Node **)to = *d->at == '{' ? decode_node(d) : decode_number_node(d);
        break;
    case LC_FIELD_PTR:
        *(Node **)to = decode_struct(d, (NodeTag)field->type);
        break;
    case LC_FIELD_LIST:
        *(NodeList *)to = decode_list(d);
        break;
    case LC_FIELD_END:
        break;
    }
}

// Members come in nearly the order of the table: so look behind the last one first.
static const struct lc_field *find_field(const struct lc_field *fields, const struct lc_field *next, const struct key *key)
{
    for (const struct lc_field *f = next; f->kind != LC_FIELD_END; f++)
        if (f->len == key->len && !memcmp(f->name, key->text, key->len))
            return f;
    for (const struct lc_field *f = fields; f < next; f++)
        if (f->len == key->len && !memcmp(f->name, key->text, key->len))
            return f;
    return NULL;
}

// {"ival":{"ival":1},"location":7}: the value's member is called after its type.
static Node *decode_const(struct decoder *d)
{
    static const struct {
        const char *key;
        NodeTag tag;
    } values[] = {{"ival", T_Integer}, {"sval", T_String}, {"fval", T_Float}, {"boolval", T_Boolean}, {"bsval", T_BitString}};
    A_Const *node = LC_NEW(d->arena, A_Const);
    struct key key;

    node->tag = T_A_Const;
    expect(d, '{');
    while (next_key(d, &key)) {
        NodeTag tag = T_Invalid;

        for (size_t i = 0; i < sizeof values / sizeof *values; i++)
            if (key_is(&key, values[i].key))
                tag = values[i].tag;
        if (tag)
            node->val = decode_struct(d, tag);
        else if (key_is(&key, "location"))
            node->location = decode_int(d);
        else if (key_is(&key, "isnull"))
            node->isnull = *d->at == 't', skip_value(d);
        else
            skip_value(d);
    }
    return (Node *)node;
}

// libpg_query 15 leaves out an Integer's value when it is negative, as if it were 0 (_outInteger, pg_query_outfuncs_json.c).
// So it is read again from the text: the first number after `location`, its signs counted. At most a few words lie between,
// as in "INCREMENT BY -1" or "fillfactor = -1".
static int64_t integer_in_text(const char *source, size_t len, int64_t location, int max_words)
{
    bool negative = false;

    for (size_t at = location > 0 ? (size_t)location : 0; at < len && max_words;) {
        struct lc_token token = lc_lex(source, len, at);

        at = token.start + token.len;
        if (token.kind == LC_TOKEN_NUMBER)
            return strtoll(source + token.start, NULL, 10) * (negative ? -1 : 1);
        if (token.kind == LC_TOKEN_OTHER && source[token.start] == '-')
            negative = !negative;
        else if (token.kind != LC_TOKEN_BLANK && token.kind != LC_TOKEN_COMMENT)
            max_words--;
    }
    return 0;
}

static void restore_sign(struct decoder *d, Node *value, int64_t location, int max_words)
{
    if (IsA(value, Integer) && !((Integer *)value)->ival)
        ((Integer *)value)->ival = integer_in_text(d->source, d->source_len, location, max_words);
}

// RETURNING is a clause with a list in it from 18 on: readers of the list need not know.
static void copy_returning(NodeList *list, const ReturningClause *clause)
{
    if (clause)
        *list = clause->exprs;
}

// Makes trees of different grammars look alike.
static void mend(struct decoder *d, Node *node)
{
    switch (node->tag) {
    case T_A_Const:
        restore_sign(d, ((A_Const *)node)->val, ((A_Const *)node)->location, 1);
        break;
    case T_DefElem:
        restore_sign(d, ((DefElem *)node)->arg, ((DefElem *)node)->location, 5);
        break;
    case T_Constraint: // NOT ENFORCED is new in 18
        if (PG_VERSION_NUM < 180000)
            ((Constraint *)node)->is_enforced = true;
        break;
    case T_InsertStmt:
        copy_returning(&((InsertStmt *)node)->returningList, ((InsertStmt *)node)->returningClause);
        break;
    case T_UpdateStmt:
        copy_returning(&((UpdateStmt *)node)->returningList, ((UpdateStmt *)node)->returningClause);
        break;
    case T_DeleteStmt:
        copy_returning(&((DeleteStmt *)node)->returningList, ((DeleteStmt *)node)->returningClause);
        break;
    case T_MergeStmt:
        copy_returning(&((MergeStmt *)node)->returningList, ((MergeStmt *)node)->returningClause);
        break;
    default:
        break;
    }
}

static Node *decode_members(struct decoder *d, NodeTag tag)
{
    const struct lc_node_type *type = lc_node_type(tag);
    const struct lc_field *next = type->fields;
    Node *node = lc_alloc(d->arena, type->size);
    struct key key;

    node->tag = tag;
    expect(d, '{');
    while (next_key(d, &key)) {
        const struct lc_field *field = find_field(type->fields, next, &key);

        if (!field) {
            skip_value(d);
            continue;
        }
        decode_field(d, field, (char *)node + field->offset);
        next = field + 1;
    }
    return node;
}

static Node *decode_struct(struct decoder *d, NodeTag tag)
{
    Node *node;

    if (++d->depth > LC_SQL_MAX_DEPTH) {
        fail(d, "the statement is nested too deeply");
        return NULL;
    }
    node = tag == T_A_Const ? decode_const(d) : decode_members(d, tag);
    d->depth--;
    if (!d->problem)
        mend(d, node);
    return node;
}

static Node *decode_unknown(struct decoder *d, const struct key *name)
{
    UnknownNode *node = LC_NEW(d->arena, UnknownNode);

    node->tag = T_Unknown;
    node->name = lc_strndup(d->arena, name->text, name->len);
    skip_value(d);
    return (Node *)node;
}

static NodeTag find_tag(struct decoder *d, const struct key *key)
{
    enum { PLACES = sizeof d->tags->found / sizeof *d->tags->found };
    size_t place = key->len ? ((size_t)key->text[0] * 5 + (size_t)key->text[key->len - 1] * 3 + key->len) % PLACES : 0;
    NodeTag tag = (NodeTag)d->tags->found[place];

    if (tag && key_is(key, lc_node_type(tag)->name))
        return tag;
    tag = lc_node_tag(key->text, key->len);
    d->tags->found[place] = (uint16_t)tag;
    return tag;
}

// {"SelectStmt":{...}}, or {} where the tree has a hole.
static Node *decode_node(struct decoder *d)
{
    Node *node = NULL;
    struct key key;

    expect(d, '{');
    while (next_key(d, &key)) {
        NodeTag tag = find_tag(d, &key);

        node = tag ? decode_struct(d, tag) : decode_unknown(d, &key);
    }
    return node;
}

// [{"stmt":{...},"stmt_len":7},...]: items without a tag, unlike in other lists.
static void decode_statements(struct decoder *d, NodeList *stmts)
{
    expect(d, '[');
    while (!take(d, ']') && !d->problem) {
        Node *item;

        (void)take(d, ',');
        item = decode_struct(d, T_RawStmt);
        LC_PUSH(d->arena, &d->pending, item);
    }
    stmts->items = d->pending.items;
    stmts->length = d->pending.len;
    memset(&d->pending, 0, sizeof d->pending);
}

enum lc_code lc_decode(struct lc_arena *arena, struct lc_tags *tags, const char *json, const char *source, NodeList *stmts,
                       struct lc_error *err)
{
    struct decoder d = {
        .arena = arena, .tags = tags, .at = json, .end = json + strlen(json), .source = source, .source_len = strlen(source)};
    struct key key;

    memset(stmts, 0, sizeof *stmts);
    expect(&d, '{');
    while (next_key(&d, &key)) {
        if (key_is(&key, "stmts"))
            decode_statements(&d, stmts);
        else
            skip_value(&d);
    }
    return d.problem ? lc_fail(err, LC_E_INPUT, "%s", d.problem) : LC_OK;
}

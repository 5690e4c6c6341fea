// Identifiers, names and literals as SQL text.
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sql/sql.h"

// Every keyword that is not UNRESERVED_KEYWORD in the kwlist.h of any version from 13 to 18, in the order of strcmp.
// clang-format off
static const char *const quoted_keywords[] = {
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between", "bigint",
    "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce", "collate", "collation",
    "column", "concurrently", "constraint", "create", "cross", "current_catalog", "current_date", "current_role",
    "current_schema", "current_time", "current_timestamp", "current_user", "dec", "decimal", "default", "deferrable", "desc",
    "distinct", "do", "else", "end", "except", "exists", "extract", "false", "fetch", "float", "for", "foreign", "freeze",
    "from", "full", "grant", "greatest", "group", "grouping", "having", "ilike", "in", "initially", "inner", "inout", "int",
    "integer", "intersect", "interval", "into", "is", "isnull", "join", "json", "json_array", "json_arrayagg", "json_exists",
    "json_object", "json_objectagg", "json_query", "json_scalar", "json_serialize", "json_table", "json_value", "lateral",
    "leading", "least", "left", "like", "limit", "localtime", "localtimestamp", "merge_action", "national", "natural", "nchar",
    "none", "normalize", "not", "notnull", "null", "nullif", "numeric", "offset", "on", "only", "or", "order", "out", "outer",
    "overlaps", "overlay", "placing", "position", "precision", "primary", "real", "references", "returning", "right", "row",
    "select", "session_user", "setof", "similar", "smallint", "some", "substring", "symmetric", "system_user", "table",
    "tablesample", "then", "time", "timestamp", "to", "trailing", "treat", "trim", "true", "union", "unique", "user", "using",
    "values", "varchar", "variadic", "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat", "xmlelement",
    "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable",
};
// clang-format on

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_quoted_keyword(const char *name)
{
    return bsearch(&name, quoted_keywords, sizeof quoted_keywords / sizeof *quoted_keywords, sizeof *quoted_keywords,
                   compare_words) != NULL;
}

static bool is_plain(const char *name)
{
    bool letters = true;

    if ((*name < 'a' || *name > 'z') && *name != '_')
        return false;
    for (const char *p = name; *p; p++) {
        if ((*p < 'a' || *p > 'z') && (*p < '0' || *p > '9') && *p != '_')
            return false;
        letters &= *p < '0' || *p > '9';
    }
    return !letters || !is_quoted_keyword(name); // no keyword has a digit in it
}

static const char *enclose(struct lc_arena *arena, const char *text, const char *open, char quote, bool backslashes)
{
    struct lc_str s;

    lc_str_init(&s, arena, LC_STR_MAX);
    lc_str_add(&s, open);
    for (; *text; text++) {
        if (*text == quote || (*text == '\\' && backslashes))
            lc_str_addc(&s, *text);
        lc_str_addc(&s, *text);
    }
    lc_str_addc(&s, quote);
    return s.text;
}

const char *lc_quote_ident(struct lc_arena *arena, const char *name)
{
    return is_plain(name) ? name : enclose(arena, name, "\"", '"', false);
}

static const char *join_names(struct lc_arena *arena, const char *schema, const char *name)
{
    size_t before = strlen(schema), after = strlen(name);
    char *text = lc_alloc(arena, before + after + 2);

    memcpy(text, schema, before);
    text[before] = '.';
    memcpy(text + before + 1, name, after);
    return text;
}

const char *lc_quote_name(struct lc_arena *arena, const char *schema, const char *name)
{
    if (!schema || !*schema)
        return lc_quote_ident(arena, name);
    return join_names(arena, lc_quote_ident(arena, schema), lc_quote_ident(arena, name));
}

const char *lc_quote_literal(struct lc_arena *arena, const char *text)
{
    bool backslashes = strchr(text, '\\') != NULL;

    return enclose(arena, text, backslashes ? "E'" : "'", '\'', backslashes);
}

// Functions and casts of the evaluator: format, quote_ident, to_regclass, current_setting, replace, ... Those of dates are in
// fp_eval_date.c.
#include "footprint/fp_eval.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

// --- text --------------------------------------------------------------------------------------------------------------------------------

static struct fp_val fn_quote_ident(struct fp_args *a)
{
    return fpv_text(lc_quote_ident(a->env->s->arena, a->v[0].text));
}

static struct fp_val fn_quote_literal(struct fp_args *a)
{
    return fpv_text(lc_quote_literal(a->env->s->arena, a->v[0].text));
}

static struct fp_val change_case(struct fp_args *a, int (*change)(int))
{
    char *text = lc_strdup(a->env->s->arena, a->v[0].text);

    for (char *p = text; *p; p++)
        *p = (char)((unsigned char)*p < 128 ? change((unsigned char)*p) : *p);
    return fpv_text(text);
}

static struct fp_val fn_lower(struct fp_args *a)
{
    return change_case(a, tolower);
}

static struct fp_val fn_upper(struct fp_args *a)
{
    return change_case(a, toupper);
}

static struct fp_val fn_replace(struct fp_args *a)
{
    struct lc_str out;
    const char *t, *from;
    size_t len;

    if (a->n != 3)
        return fpv_unknown();
    lc_str_init(&out, a->env->s->arena, LC_STR_MAX);
    from = a->v[1].text;
    len = strlen(from);
    for (t = a->v[0].text; *t;) {
        if (len && strncmp(t, from, len) == 0) {
            lc_str_add(&out, a->v[2].text);
            t += len;
        } else {
            lc_str_addc(&out, *t++);
        }
    }
    return fpv_text(out.text);
}

// Lengths are in characters: those of other texts are not counted here.
static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 128)
            return false;
    return true;
}

static struct fp_val fn_length(struct fp_args *a)
{
    return is_ascii(a->v[0].text) ? fpv_number((double)strlen(a->v[0].text)) : fpv_unknown();
}

// left and right (utils/adt/varlena.c text_left): a negative number leaves out as many.
static struct fp_val cut(struct fp_args *a, bool right)
{
    size_t len = strlen(a->v[0].text), n;
    double want = a->n == 2 && a->v[1].kind == FPV_NUMBER ? a->v[1].number : 0;

    if (a->n != 2 || a->v[1].kind != FPV_NUMBER || !is_ascii(a->v[0].text))
        return fpv_unknown();
    want = want < 0 ? (double)len + want : want;
    n = want <= 0 ? 0 : want < (double)len ? (size_t)want : len;
    return fpv_text(right ? a->v[0].text + (len - n) : lc_strndup(a->env->s->arena, a->v[0].text, n));
}

static struct fp_val fn_left(struct fp_args *a)
{
    return cut(a, false);
}

static struct fp_val fn_right(struct fp_args *a)
{
    return cut(a, true);
}

static struct fp_val trim(struct fp_args *a, bool left, bool right)
{
    const char *set = a->n > 1 ? a->v[1].text : " ", *text = a->v[0].text;
    size_t len;

    if (!is_ascii(set))
        return fpv_unknown();
    text += left ? strspn(text, set) : 0;
    for (len = strlen(text); right && len && strchr(set, text[len - 1]); len--)
        ;
    return fpv_text(lc_strndup(a->env->s->arena, text, len));
}

static struct fp_val fn_btrim(struct fp_args *a)
{
    return trim(a, true, true);
}

static struct fp_val fn_ltrim(struct fp_args *a)
{
    return trim(a, true, false);
}

static struct fp_val fn_rtrim(struct fp_args *a)
{
    return trim(a, false, true);
}

#define MAX_PADDED 1000

// lpad and rpad (utils/adt/oracle_compat.c): too long a text is cut at its end.
static struct fp_val pad(struct fp_args *a, bool left)
{
    const char *text = a->v[0].text, *fill = a->n > 2 ? a->v[2].text : " ";
    size_t len = strlen(text), n;
    struct lc_str out;

    if (a->n < 2 || a->v[1].kind != FPV_NUMBER || a->v[1].number > MAX_PADDED || !is_ascii(text) || !is_ascii(fill))
        return fpv_unknown();
    n = a->v[1].number > 0 ? (size_t)a->v[1].number : 0;
    lc_str_init(&out, a->env->s->arena, LC_STR_MAX);
    lc_str_addn(&out, left ? "" : text, left ? 0 : len < n ? len : n);
    for (size_t i = 0; *fill && len + i < n; i++)
        lc_str_addc(&out, fill[i % strlen(fill)]);
    lc_str_addn(&out, left ? text : "", left ? (len < n ? len : n) : 0);
    return fpv_text(out.text);
}

static struct fp_val fn_lpad(struct fp_args *a)
{
    return pad(a, true);
}

static struct fp_val fn_rpad(struct fp_args *a)
{
    return pad(a, false);
}

static struct fp_val fn_quote_nullable(struct fp_args *a)
{
    if (a->n != 1 || a->v[0].kind == FPV_UNKNOWN || !a->v[0].text)
        return a->n == 1 && a->v[0].kind == FPV_NULL ? fpv_text("NULL") : fpv_unknown();
    return fpv_text(lc_quote_literal(a->env->s->arena, a->v[0].text));
}

static struct fp_val fn_split_part(struct fp_args *a)
{
    const char *t, *sep;
    int n;

    if (a->n != 3 || a->v[2].number < 1 || a->v[2].number > INT_MAX || !*a->v[1].text)
        return fpv_unknown();
    t = a->v[0].text, sep = a->v[1].text;
    for (n = (int)a->v[2].number; n > 1 && t; n--) {
        t = strstr(t, sep);
        t = t ? t + strlen(sep) : NULL;
    }
    if (!t)
        return fpv_text("");
    return fpv_text(strstr(t, sep) ? lc_strndup(a->env->s->arena, t, (size_t)(strstr(t, sep) - t)) : t);
}

// As the type's output function prints it; a cast to text spells booleans out.
static const char *as_output(const struct fp_val *v)
{
    return v->kind == FPV_BOOL ? (v->number != 0 ? "t" : "f") : v->text;
}

static struct fp_val join(struct fp_args *a, int from, const char *sep)
{
    struct lc_str out;

    lc_str_init(&out, a->env->s->arena, LC_STR_MAX);
    for (int i = from, n = 0; i < a->n; i++) {
        if (a->v[i].kind == FPV_UNKNOWN || a->v[i].kind == FPV_ARRAY || (a->v[i].kind != FPV_NULL && !a->v[i].text))
            return fpv_unknown();
        if (a->v[i].kind != FPV_NULL)
            lc_str_addf(&out, "%s%s", n++ ? sep : "", as_output(&a->v[i]));
    }
    return fpv_text(out.text);
}

static struct fp_val fn_concat(struct fp_args *a)
{
    return join(a, 0, "");
}

static struct fp_val fn_concat_ws(struct fp_args *a)
{
    return a->n && a->v[0].kind == FPV_TEXT ? join(a, 1, a->v[0].text) : fpv_unknown();
}

static struct fp_val fn_array_to_string(struct fp_args *a)
{
    struct fp_args items = {.env = a->env};

    if (a->n < 2 || a->v[0].kind != FPV_ARRAY || a->v[1].kind != FPV_TEXT || a->v[0].nitems > FP_MAX_ARGS)
        return fpv_unknown();
    items.n = a->v[0].nitems;
    for (int i = 0; i < items.n; i++) {
        items.v[i] = a->v[0].items[i];
        items.v[i].text = fpv_str(a->env->s, items.v[i]);
    }
    return join(&items, 0, a->v[1].text);
}

static bool format_one(struct fp_args *a, struct lc_str *out, char type, const struct fp_val *v)
{
    // a day's midnight as a literal is the same value for every type that it may be given to
    const char *text = type == 'L' && v->kind == FPV_TIMESTAMP ? fp_midnight(a->env->s, *v) : as_output(v);

    if (v->kind == FPV_UNKNOWN || v->kind == FPV_ARRAY || (v->kind != FPV_NULL && !text))
        return false;
    if (type == 'L')
        lc_str_add(out, v->kind == FPV_NULL ? "NULL" : lc_quote_literal(a->env->s->arena, text));
    else if (v->kind != FPV_NULL)
        lc_str_add(out, type == 'I' ? lc_quote_ident(a->env->s->arena, text) : text);
    return v->kind != FPV_NULL || type != 'I';
}

// text_format, utils/adt/varlena.c; widths are not followed.
static struct fp_val fn_format(struct fp_args *a)
{
    struct lc_str out;
    int next = 1;

    if (!a->n || a->v[0].kind != FPV_TEXT)
        return fpv_unknown();
    lc_str_init(&out, a->env->s->arena, LC_STR_MAX);
    for (const char *f = a->v[0].text; *f; f++) {
        int position = 0, used = 0;
        if (*f != '%') {
            lc_str_addc(&out, *f);
            continue;
        }
        if (*++f == '%') {
            lc_str_addc(&out, '%');
            continue;
        }
        if (sscanf(f, "%d$%n", &position, &used) == 1 && used > 0)
            f += used;
        else
            position = next;
        next = position + 1;
        if (!*f || !strchr("sIL", *f) || position < 1 || position >= a->n || !format_one(a, &out, *f, &a->v[position]))
            return fpv_unknown();
    }
    return fpv_text(out.text);
}

static struct fp_val fn_substring(struct fp_args *a)
{
    size_t len = strlen(a->v[0].text), from, n;

    if (a->n < 2 || !is_ascii(a->v[0].text) || a->v[1].kind != FPV_NUMBER || a->v[1].number < 1 ||
        (a->n > 2 && (a->v[2].kind != FPV_NUMBER || a->v[2].number < 0)))
        return fpv_unknown();
    from = a->v[1].number - 1 < (double)len ? (size_t)a->v[1].number - 1 : len;
    n = a->n > 2 && a->v[2].number < (double)(len - from) ? (size_t)a->v[2].number : len - from;
    return fpv_text(lc_strndup(a->env->s->arena, a->v[0].text + from, n));
}

static struct fp_val fn_strpos(struct fp_args *a)
{
    const char *at = a->n == 2 ? strstr(a->v[0].text, a->v[1].text) : NULL;

    return a->n == 2 ? fpv_number(at ? (double)(at - a->v[0].text) + 1 : 0) : fpv_unknown();
}

#define MAX_PATTERN 200 // longer patterns are not for a regular expression of a stranger

// -1: the pattern is not understood. POSIX extended regular expressions stand in for the server's.
static int match(const char *text, const char *pattern, bool fold, regmatch_t *m, size_t nmatch)
{
    regex_t re;
    int found;

    if (strlen(pattern) > MAX_PATTERN || strlen(text) > 10000 || strpbrk(pattern, "\\{") ||
        regcomp(&re, pattern, REG_EXTENDED | (fold ? REG_ICASE : 0)) != 0)
        return -1;
    found = regexec(&re, text, nmatch, m, 0) == 0;
    regfree(&re);
    return found;
}

struct fp_val fp_eval_match(struct fp_val a, struct fp_val b, bool fold, bool negated)
{
    int found = a.kind == FPV_TEXT && b.kind == FPV_TEXT ? match(a.text, b.text, fold, NULL, 0) : -1;

    if (a.kind == FPV_NULL || b.kind == FPV_NULL)
        return fpv_null();
    return found < 0 ? fpv_unknown() : fpv_bool(found != negated);
}

static struct fp_val fn_regexp_replace(struct fp_args *a)
{
    struct lc_str out;
    const char *text = a->v[0].text;
    bool global = a->n > 3 && strchr(a->v[3].text, 'g'), again = true;

    if (a->n < 3 || strchr(a->v[2].text, '\\'))
        return fpv_unknown();
    lc_str_init(&out, a->env->s->arena, LC_STR_MAX);
    while (again && *text) {
        regmatch_t m;
        int found = match(text, a->v[1].text, false, &m, 1);
        if (found < 0)
            return fpv_unknown();
        if (!found || (m.rm_eo == m.rm_so && global))
            break;
        lc_str_addn(&out, text, (size_t)m.rm_so);
        lc_str_add(&out, a->v[2].text);
        text += m.rm_eo;
        again = global;
    }
    lc_str_add(&out, text);
    return fpv_text(out.text);
}

static struct fp_val fn_string_to_array(struct fp_args *a)
{
    struct fp_val v = {.kind = FPV_ARRAY};
    size_t len = a->n == 2 ? strlen(a->v[1].text) : 0;

    if (len && !*a->v[0].text)
        return v; // '{}'
    if (!len)
        return fpv_unknown();
    v.items = LC_NEW_ARRAY(a->env->s->arena, struct fp_val, strlen(a->v[0].text) + 1);
    for (const char *t = a->v[0].text; t;) {
        const char *end = strstr(t, a->v[1].text);
        v.items[v.nitems++] = fpv_text(end ? lc_strndup(a->env->s->arena, t, (size_t)(end - t)) : t);
        t = end ? end + len : NULL;
    }
    return v;
}

// Where the pattern is a text like any other.
static struct fp_val fn_regexp_split(struct fp_args *a)
{
    return a->n == 2 && !strpbrk(a->v[1].text, "\\^$.|?*+()[]{}") && *a->v[0].text ? fn_string_to_array(a) : fpv_unknown();
}

// --- the catalogue ---------------------------------------------------------------------------------------------------------------------------

static struct fp_val fn_to_regclass(struct fp_args *a)
{
    const struct cat_relation *rel = fq_find_by_text(a->env->s, a->v[0].text);

    return rel ? fpv_regclass(a->env->s, rel) : fpv_null();
}

static struct fp_val fn_to_regtype(struct fp_args *a)
{
    const char *dot = strrchr(a->v[0].text, '.');
    const char *schema = dot ? lc_strndup(a->env->s->arena, a->v[0].text, (size_t)(dot - a->v[0].text)) : NULL;
    const struct cat_type *t = cat_find_type(a->env->s->cat, schema, dot ? dot + 1 : a->v[0].text);

    return t ? (struct fp_val){.kind = FPV_TEXT, .text = t->o.name, .oid = t->o.oid} : fpv_null();
}

static struct fp_val fn_to_regnamespace(struct fp_args *a)
{
    Oid oid = cat_schema_oid(a->env->s->cat, a->v[0].text);

    return oid ? (struct fp_val){.kind = FPV_TEXT, .text = a->v[0].text, .oid = oid} : fpv_null();
}

static struct fp_val fn_current_setting(struct fp_args *a)
{
    const char *name = a->v[0].text, *value;

    if (lc_strieq(name, "server_version_num"))
        return fpv_text(lc_printf(a->env->s->arena, "%d", cat_version_num(a->env->s->cat)));
    value = cat_setting(a->env->s->cat, name);
    if (!value && name && strchr(name, '.') && a->n == 2 && fp_truth(a->v[1]) == 1)
        return fpv_null(); // a parameter of the application that nobody has set
    return value ? fpv_text(value) : fpv_unknown();
}

static struct fp_val fn_current_schema(struct fp_args *a)
{
    const char *const *path;
    int n = cat_search_path(a->env->s->cat, &path);

    for (int i = 0; i < n; i++)
        if (cat_schema_oid(a->env->s->cat, path[i]))
            return fpv_text(path[i]);
    return fpv_null();
}

static struct fp_val fn_first(struct fp_args *a)
{
    return a->n ? a->v[0] : fpv_unknown();
}

static struct fp_val fn_visible(struct fp_args *a)
{
    const struct cat_relation *rel = cat_relation(a->env->s->cat, a->v[0].oid);

    return rel ? fpv_bool(cat_find_relation(a->env->s->cat, NULL, rel->o.name) == rel) : fpv_unknown();
}

static struct fp_val fn_constraintdef(struct fp_args *a)
{
    const struct cat_constraint *con = cat_constraint(a->env->s->cat, a->v[0].oid);
    const char *text = con ? fp_constraint_definition(a->env->s, con) : NULL;

    return text ? fpv_text(text) : fpv_unknown();
}

static struct fp_val fn_current_database(struct fp_args *a)
{
    const char *name = cat_setting(a->env->s->cat, "lockcast.database");

    return fpv_text(name ? name : "postgres");
}

static struct fp_val fn_current_schemas(struct fp_args *a)
{
    const char *const *path;
    int n = cat_search_path(a->env->s->cat, &path);
    struct fp_val v = {.kind = FPV_ARRAY, .items = LC_NEW_ARRAY(a->env->s->arena, struct fp_val, n + 1)};

    for (int i = 0; i < n; i++)
        if (cat_schema_oid(a->env->s->cat, path[i]))
            v.items[v.nitems++] = fpv_text(path[i]);
    return v;
}

// array_length and array_upper of a dimension: they are the same, for bounds begin at 1.
static struct fp_val fn_array_length(struct fp_args *a)
{
    struct fp_val v = a->v[0];
    double dimension = a->n > 1 && a->v[1].kind == FPV_NUMBER ? a->v[1].number : 0;

    if (v.kind != FPV_ARRAY || v.shift || dimension < 1)
        return fpv_unknown();
    for (; dimension > 1 && v.kind == FPV_ARRAY; dimension--)
        v = v.nitems ? v.items[0] : fpv_null();
    return v.kind == FPV_ARRAY && v.nitems ? fpv_number(v.nitems) : fpv_null();
}

static struct fp_val fn_array_lower(struct fp_args *a)
{
    struct fp_val length = fn_array_length(a);

    return length.kind == FPV_NUMBER ? fpv_number(1) : length;
}

static int elements(const struct fp_val *v)
{
    int n = v->nitems && v->items[0].kind == FPV_ARRAY ? 0 : v->nitems;

    for (int i = 0; n == 0 && i < v->nitems; i++)
        n += elements(&v->items[i]);
    return n;
}

static struct fp_val fn_cardinality(struct fp_args *a)
{
    int n = 0;

    if (a->v[0].kind != FPV_ARRAY)
        return fpv_unknown();
    for (int i = 0; i < a->v[0].nitems; i++)
        n += a->v[0].items[i].kind == FPV_ARRAY ? elements(&a->v[0].items[i]) : 1;
    return fpv_number(n);
}

static struct fp_val fn_array_join(struct fp_args *a)
{
    bool arrays = a->n == 2 && (a->v[0].kind == FPV_ARRAY || a->v[1].kind == FPV_ARRAY);

    return arrays ? fp_eval_join(a->env, a->v[0], a->v[1]) : fpv_unknown();
}

static struct fp_val fn_nullif(struct fp_args *a)
{
    if (a->n != 2 || a->v[0].kind == FPV_TIMESTAMP || a->v[0].kind == FPV_INTERVAL)
        return fpv_unknown();
    return lc_streq(a->v[0].text, a->v[1].text) ? fpv_null() : fn_first(a);
}

static struct fp_val fn_generate_series(struct fp_args *a)
{
    struct fp_val v = {.kind = FPV_ARRAY};

    if (a->n == 3 && (a->v[0].kind == FPV_DATE || a->v[0].kind == FPV_TIMESTAMP || a->v[2].kind == FPV_INTERVAL))
        return fp_date_series(a);
    double from = a->v[0].number, to = a->v[1].number, step = a->n == 3 ? a->v[2].number : 1;

    if (a->n < 2 || a->n > 3 || a->v[0].kind != FPV_NUMBER || a->v[1].kind != FPV_NUMBER ||
        (a->n == 3 && a->v[2].kind != FPV_NUMBER) || step == 0 || (to - from) / step > 2000)
        return fpv_unknown();
    v.items = LC_NEW_ARRAY(a->env->s->arena, struct fp_val, 2002);
    for (double n = from; step > 0 ? n <= to : n >= to; n += step)
        v.items[v.nitems++] = fpv_number(n);
    return v;
}

static const struct {
    const char *name;
    bool strict; // NULL in, NULL out; unknown in, unknown out
    struct fp_val (*run)(struct fp_args *);
} functions[] = {
    {"format", false, fn_format},
    {"quote_ident", true, fn_quote_ident},
    {"quote_literal", true, fn_quote_literal},
    {"lower", true, fn_lower},
    {"upper", true, fn_upper},
    {"replace", true, fn_replace},
    {"length", true, fn_length},
    {"char_length", true, fn_length},
    {"left", true, fn_left},
    {"split_part", true, fn_split_part},
    {"concat", false, fn_concat},
    {"concat_ws", false, fn_concat_ws},
    {"substring", true, fn_substring},
    {"substr", true, fn_substring},
    {"strpos", true, fn_strpos},
    {"regexp_replace", true, fn_regexp_replace},
    {"string_to_array", true, fn_string_to_array},
    {"pg_get_expr", true, fn_first},
    {"pg_table_is_visible", true, fn_visible},
    {"pg_get_constraintdef", true, fn_constraintdef},
    {"current_database", false, fn_current_database},
    {"current_schemas", true, fn_current_schemas},
    {"right", true, fn_right},
    {"array_to_string", false, fn_array_to_string},
    {"array_length", false, fn_array_length},
    {"array_upper", false, fn_array_length},
    {"array_lower", false, fn_array_lower},
    {"cardinality", false, fn_cardinality},
    {"array_append", false, fn_array_join},
    {"array_prepend", false, fn_array_join},
    {"array_cat", false, fn_array_join},
    {"to_regclass", true, fn_to_regclass},
    {"to_regtype", true, fn_to_regtype},
    {"to_regnamespace", true, fn_to_regnamespace},
    {"current_setting", true, fn_current_setting},
    {"current_schema", false, fn_current_schema},
    {"now", false, fp_now},
    {"transaction_timestamp", false, fp_now},
    {"date_trunc", true, fp_date_trunc},
    {"to_char", true, fp_to_char},
    {"nullif", true, fn_nullif},
    {"btrim", true, fn_btrim},
    {"ltrim", true, fn_ltrim},
    {"rtrim", true, fn_rtrim},
    {"lpad", true, fn_lpad},
    {"rpad", true, fn_rpad},
    {"quote_nullable", false, fn_quote_nullable},
    {"regexp_split_to_table", true, fn_regexp_split},
    {"regexp_split_to_array", true, fn_regexp_split},
    {"string_to_table", true, fn_string_to_array},
    {"make_date", true, fp_make_date},
    {"date_part", true, fp_date_part},
    {"extract", true, fp_date_part},
    {"generate_series", true, fn_generate_series},
    {"unnest", false, fn_first},
};

// The others want a text, and what these print as depends on settings.
static bool takes_times(const char *name)
{
    return lc_starts(name, "date_") || strcmp(name, "to_char") == 0 || strcmp(name, "extract") == 0 ||
           strcmp(name, "generate_series") == 0;
}

struct fp_val fp_eval_call(struct fp_env *env, const FuncCall *call)
{
    const char *name = list_last_name(&call->funcname), *schema = list_schema_name(&call->funcname);
    struct fp_args a = {.env = env};
    bool null = false, unknown = false, array = false, timed = false;
    const struct fp_val *returned = env->s->results ? lc_map_geti(env->s->results, (uintptr_t)call) : NULL;

    for (int i = 0; env->aggs && i < env->aggs->len; i++)
        if (env->aggs->items[i].call == call)
            return env->aggs->items[i].value;
    if (returned)
        return *returned;
    if (!name || call->args.length > FP_MAX_ARGS)
        return fpv_unknown();
    if (schema && strcmp(schema, "pg_catalog") != 0)
        return fp_eval_user_call(env, call);
    for (LIST_EACH(i, &call->args)) {
        a.v[a.n] = fp_eval(env, call->args.items[i]);
        null |= a.v[a.n].kind == FPV_NULL;
        array |= a.v[a.n].kind == FPV_ARRAY;
        a.v[a.n].text = fpv_str(env->s, a.v[a.n]);
        timed |= a.v[a.n].kind == FPV_TIMESTAMP || a.v[a.n].kind == FPV_INTERVAL;
        unknown |= a.v[a.n++].kind == FPV_UNKNOWN;
    }
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (strcmp(functions[i].name, name) != 0)
            continue;
        if (functions[i].strict && (unknown || null || array || !a.n))
            return unknown || array || !a.n ? fpv_unknown() : fpv_null();
        if (functions[i].strict && timed && !takes_times(name))
            return fpv_unknown();
        return functions[i].run(&a);
    }
    return fp_eval_user_call(env, call);
}

// --- casts -------------------------------------------------------------------------------------------------------------------------------------

static struct fp_val cast_regclass(struct fp_env *env, struct fp_val v)
{
    const struct cat_relation *rel =
        fp_oid_of(v) || v.kind == FPV_NUMBER ? cat_relation(env->s->cat, fp_oid_of(v)) : fq_find_by_text(env->s, v.text);

    return rel ? fpv_regclass(env->s, rel) : fpv_unknown();
}

static struct fp_val cast_array(struct fp_env *env, struct fp_val v)
{
    struct fp_val out = {.kind = FPV_ARRAY};

    if (v.kind == FPV_ARRAY)
        return v;
    if (v.kind != FPV_TEXT || *v.text != '{' || strpbrk(v.text, "\"\\"))
        return fpv_unknown();
    out.items = LC_NEW_ARRAY(env->s->arena, struct fp_val, strlen(v.text));
    for (const char *t = v.text + 1; *t && *t != '}';) {
        size_t len = strcspn(t, ",}");
        out.items[out.nitems++] = fpv_text(lc_strndup(env->s->arena, t, len));
        t += len + (t[len] == ',');
    }
    return out;
}

static struct fp_val cast_bool(struct fp_val v)
{
    static const char *const yes[] = {"t", "true", "y", "yes", "on", "1"}, *const no[] = {"f", "false", "n", "no", "off", "0"};

    if (v.kind == FPV_BOOL || v.kind == FPV_NUMBER)
        return fpv_bool(v.number != 0);
    for (size_t i = 0; v.kind == FPV_TEXT && i < sizeof yes / sizeof *yes; i++) {
        if (lc_strieq(v.text, yes[i]) || lc_strieq(v.text, no[i]))
            return fpv_bool(lc_strieq(v.text, yes[i]));
    }
    return fpv_unknown();
}

// What an integer type takes without rounding; a numeric keeps the digits that it was written with.
static struct fp_val cast_number(struct fp_val v)
{
    char *end;
    double n = v.kind == FPV_TEXT ? strtod(v.text, &end) : v.number;

    if (v.kind == FPV_TEXT && (end == v.text || *end || v.oid))
        return fpv_unknown();
    if (v.kind != FPV_TEXT && v.kind != FPV_NUMBER && v.kind != FPV_BOOL)
        return fpv_unknown();
    return fabs(n) < 9e15 && n == floor(n) ? fpv_number(n) : fpv_unknown();
}

static bool has_modifier(const TypeName *type)
{
    return type->typmods.length > 0;
}

static int length_modifier(const TypeName *type)
{
    const A_Const *c = has_modifier(type) ? AS(A_Const, type->typmods.items[0]) : NULL;
    const Integer *i = c ? AS(Integer, c->val) : NULL;

    return i ? (int)i->ival : -1;
}

// A text type: as it is, unless it would be cut or padded.
static struct fp_val cast_text(struct fp_env *env, struct fp_val v, const char *name, const TypeName *type)
{
    const char *text = fpv_str(env->s, v);
    size_t len = text ? strlen(text) : 0;

    if (!text || !is_ascii(text))
        return text && !has_modifier(type) ? fpv_text(text) : fpv_unknown();
    if (strcmp(name, "name") == 0 && len > 63)
        return fpv_unknown();
    if (has_modifier(type) &&
        (length_modifier(type) < (int)len || (strcmp(name, "bpchar") == 0 && length_modifier(type) != (int)len)))
        return fpv_unknown();
    return v.kind == FPV_TEXT ? v : fpv_text(text);
}

// Enums, and domains over what is known here.
static struct fp_val cast_own(struct fp_env *env, struct fp_val v, const TypeName *type)
{
    const struct cat_type *t = cat_find_typename(env->s->cat, type, NULL);

    for (int i = 0; i < 32 && t && t->typtype == 'd'; i++)
        t = cat_type(env->s->cat, t->basetype);
    if (t && t->typtype == 'e')
        return v;
    return t && t->category == 'S' && v.kind == FPV_TEXT ? v : fpv_unknown();
}

static struct fp_val cast_procedure(struct fp_env *env, struct fp_val v, bool arguments)
{
    const struct cat_proc *p = v.kind == FPV_NUMBER ? cat_proc(env->s->cat, fp_oid_of(v)) : NULL;

    return p ? fp_procedure(env->s, p, arguments) : fpv_unknown();
}

struct fp_val fp_eval_cast(struct fp_env *env, struct fp_val v, const TypeName *type)
{
    static const char *const texts[] = {"text", "varchar", "bpchar", "name"};
    const char *name = list_last_name(&type->names);

    if (v.kind == FPV_UNKNOWN || v.kind == FPV_NULL || !name)
        return v;
    if (type->arrayBounds.length || lc_starts(name, "_"))
        return cast_array(env, v);
    if (v.kind == FPV_ARRAY)
        return fpv_unknown();
    if (strcmp(name, "regclass") == 0)
        return cast_regclass(env, v);
    if (strcmp(name, "regnamespace") == 0 && v.kind == FPV_TEXT)
        return (struct fp_val){.kind = FPV_TEXT, .text = v.text, .oid = cat_schema_oid(env->s->cat, v.text)};
    if (strcmp(name, "regtype") == 0 && v.kind == FPV_TEXT) {
        struct fp_args a = {.env = env, .n = 1, .v = {v}};
        return fn_to_regtype(&a);
    }
    if (strcmp(name, "regprocedure") == 0 || strcmp(name, "regproc") == 0)
        return cast_procedure(env, v, strcmp(name, "regprocedure") == 0);
    if (strcmp(name, "oid") == 0)
        return v.oid ? fpv_oid(v.oid) : v.kind == FPV_NUMBER ? v : cast_number(v);
    if (fp_is_time_type(name))
        return fp_cast_time(env, v, name);
    if (strcmp(name, "bool") == 0)
        return cast_bool(v);
    if (lc_starts(name, "int") || lc_starts(name, "float") || (strcmp(name, "numeric") == 0 && !has_modifier(type)))
        return strcmp(name, "numeric") == 0 && v.kind == FPV_NUMBER ? v : cast_number(v);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(name, texts[i]) == 0)
            return cast_text(env, v, name, type);
    return cast_own(env, v, type);
}

// Storage parameters as text, "fillfactor=70,user_catalog_table=true" (transformRelOptions, access/common/reloptions.c).
#include <string.h>

#include "catalog/apply_internal.h"

struct option {
    const char *name, *value;
};
struct options LC_ARRAY(struct option);

static const char *value_text(struct lc_arena *arena, const Node *arg)
{
    const A_Const *constant = AS(A_Const, arg);
    const TypeName *type = AS(TypeName, arg);
    const Node *value = constant ? constant->val : arg;

    if (!arg)
        return "true";
    if (AS(Integer, value))
        return lc_printf(arena, "%lld", (long long)AS(Integer, value)->ival);
    if (AS(Float, value))
        return AS(Float, value)->fval;
    if (AS(Boolean, value))
        return AS(Boolean, value)->boolval ? "true" : "false";
    if (node_string(value))
        return node_string(value);
    return type && list_last_name(&type->names) ? list_last_name(&type->names) : "";
}

static void set_option(struct lc_arena *arena, struct options *options, const char *name, const char *value)
{
    struct option o = {name, value};

    for (int i = 0; i < options->len; i++)
        if (lc_strieq(options->items[i].name, name)) {
            options->items[i].value = value;
            return;
        }
    LC_PUSH(arena, options, o);
}

static void read_options(struct lc_arena *arena, const char *text, struct options *options)
{
    while (text && *text) {
        const char *end = strchr(text, ','), *equals = strchr(text, '=');
        size_t len = end ? (size_t)(end - text) : strlen(text);
        if (equals && equals < text + len)
            set_option(arena, options, lc_strndup(arena, text, (size_t)(equals - text)),
                       lc_strndup(arena, equals + 1, len - (size_t)(equals - text) - 1));
        text = end ? end + 1 : NULL;
    }
}

const char *cat_reloptions_text(const struct catalog *cat, const char *old, const NodeList *list, const char *nspace, bool reset)
{
    struct lc_arena *arena = cat_arena(cat);
    struct options options = {0};
    struct lc_str text;

    read_options(arena, old, &options);
    for (LIST_EACH(i, list)) {
        const DefElem *elem = LIST_GET(DefElem, list, i);
        if (elem && elem->defname && lc_streq(elem->defnamespace, nspace) && strcmp(elem->defname, "oids") != 0)
            set_option(arena, &options, elem->defname, reset ? NULL : value_text(arena, elem->arg));
    }
    lc_str_init(&text, arena, 4096);
    for (int i = 0; i < options.len; i++)
        if (options.items[i].value)
            lc_str_addf(&text, "%s%s=%s", text.len ? "," : "", options.items[i].name, options.items[i].value);
    return text.len ? text.text : NULL;
}

// Answers questions about the catalogue on its standard input, one per line, so that scripts can hold the answers against servers.
//
//   version 150018             a new, empty catalogue
//   sql CREATE TABLE ...       parsed and applied; answers ok or the error
//   set timezone UTC
//   volatility EXPR            i, s, v; ? after it: not known
//   type TABLE EXPR            format_type of an expression over a table (- for none)
//   columns SELECT ...         name type, name type, ...
//   rewrites TABLE COLUMN TYPE [USING EXPR]
//   coercion SOURCE TARGET CONTEXT
//   notnull TABLE COLUMN       does a CHECK prove it?
//   attach TABLE PARENT BOUND  do its constraints prove the bound?
//   excludes TABLE PARENT BOUND    do they prove that nothing in it belongs there?
//   deletion CASCADE|RESTRICT DROP TABLE a, b
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "catalog/apply.h"
#include "catalog/expr.h"
#include "sql/sql.h"

static struct lc_arena *arena;
static struct catalog *cat;

static char *word(char **line)
{
    char *w = *line + strspn(*line, " "), *end = w + strcspn(w, " ");

    *line = *end ? end + 1 : end;
    *end = '\0';
    return w;
}

static void sql(const char *text)
{
    struct lc_error err = {0};
    Node *tree = lc_sql_parse_one(arena, text, &err);

    if (!tree || cat_apply(cat, tree, &err) != LC_OK)
        printf("error %s\n", err.message);
    else
        printf("ok\n");
}

static const TypeName *type_name(const char *text)
{
    Node *e = lc_sql_parse_expr(arena, lc_printf(arena, "NULL::%s", text));
    const TypeCast *c = AS(TypeCast, e);

    return c ? c->typeName : NULL;
}

static void volatility(const char *text)
{
    bool known = true;
    Node *e = lc_sql_parse_expr(arena, text);
    char v = e ? cat_expr_volatility(cat, NULL, e, &known) : '!';

    printf("%c%s\n", v, known ? "" : "?");
}

static void type_of(char *rest)
{
    const struct cat_relation *rel = cat_find_regclass(cat, word(&rest));
    struct cat_scope scope = cat_scope_of(arena, rel);
    Node *e = lc_sql_parse_expr(arena, rest);
    int typmod = -1;
    Oid type = e ? cat_expr_type(cat, &scope, e, &typmod) : InvalidOid;

    printf("%s\n", type ? cat_format_type(cat, type, typmod) : "?");
}

static void columns(const char *text)
{
    struct cat_attribute *cols = NULL;
    int n = cat_query_columns(cat, NULL, lc_sql_parse_one(arena, text, &(struct lc_error){0}), &cols);

    for (int i = 0; i < n; i++)
        printf("%s%s %s", i ? ", " : "", cols[i].name, cols[i].type ? cat_format_type(cat, cols[i].type, cols[i].typmod) : "?");
    printf("\n");
}

static void rewrites(char *rest)
{
    const struct cat_relation *rel = cat_find_regclass(cat, word(&rest));
    const struct cat_attribute *att = rel ? cat_find_column(rel, word(&rest)) : NULL;
    char *using = strstr(rest, " USING ");
    int typmod = -1;
    const struct cat_type *type;

    if (using)
        *using = '\0';
    type = type_name(rest) ? cat_find_typename(cat, type_name(rest), &typmod) : NULL;
    if (!att || !type)
        printf("?\n");
    else
        printf("%s\n",
               cat_type_change_rewrites(cat, rel, att, type->o.oid, typmod, using ? lc_sql_parse_expr(arena, using + 7) : NULL)
                   ? "yes"
                   : "no");
}

static void coercion(char *rest)
{
    static const char *const names[] = {"none", "binary", "func", "array", "io"};
    const struct cat_type *source = cat_type(cat, (Oid)atoi(word(&rest))), *target = cat_type(cat, (Oid)atoi(word(&rest)));
    char context = *word(&rest);

    printf("%s\n", source && target ? names[cat_find_coercion(cat, source->o.oid, target->o.oid, context, NULL)] : "?");
}

static void notnull(char *rest)
{
    const struct cat_relation *rel = cat_find_regclass(cat, word(&rest));
    const struct cat_attribute *att = rel ? cat_find_column(rel, word(&rest)) : NULL;

    printf("%s\n", !att ? "?" : cat_proves_not_null(cat, rel, att->attnum) ? "yes" : "no");
}

static void partition(char *rest, bool attach)
{
    const struct cat_relation *rel = cat_find_regclass(cat, word(&rest)), *parent = cat_find_regclass(cat, word(&rest));
    const char *text = lc_printf(arena, "ALTER TABLE p ATTACH PARTITION t %s", rest);
    const AlterTableStmt *alter = AS(AlterTableStmt, lc_sql_parse_one(arena, text, &(struct lc_error){0}));
    const AlterTableCmd *cmd = alter ? LIST_GET(AlterTableCmd, &alter->cmds, 0) : NULL;
    const PartitionCmd *def = cmd ? AS(PartitionCmd, cmd->def) : NULL;

    if (!rel || !parent || !def)
        printf("?\n");
    else if (attach)
        printf("%s\n", cat_proves_partition(cat, rel, parent, def->bound) ? "yes" : "no");
    else
        printf("%s\n", cat_proves_not_in_partition(cat, rel, parent, def->bound) ? "yes" : "no");
}

static struct cat_address target_of(const DropStmt *drop, const Node *object)
{
    const List *names = AS(List, object);
    const struct cat_relation *rel = names ? cat_find_names(cat, &names->items) : NULL;
    const struct cat_type *type = IsA(object, TypeName) ? cat_find_typename(cat, AS(TypeName, object), NULL) : NULL;

    if (drop->removeType == OBJECT_SCHEMA)
        return (struct cat_address){CAT_NAMESPACE, cat_schema_oid(cat, node_string(object)), 0};
    if (rel)
        return (struct cat_address){CAT_RELATION, rel->o.oid, 0};
    return (struct cat_address){type ? CAT_TYPE : CAT_NONE, type ? type->o.oid : InvalidOid, 0};
}

static void add_targets(const Node *stmt, struct cat_addresses *targets)
{
    const DropStmt *drop = AS(DropStmt, stmt);
    const AlterTableStmt *alter = AS(AlterTableStmt, stmt);
    const AlterTableCmd *cmd = alter && alter->cmds.length ? LIST_GET(AlterTableCmd, &alter->cmds, 0) : NULL;
    const struct cat_relation *rel = alter ? cat_find_rangevar(cat, alter->relation) : NULL;
    const struct cat_attribute *att = cmd && rel ? cat_find_column(rel, cmd->name) : NULL;

    if (att)
        LC_PUSH(arena, targets, (struct cat_address){CAT_RELATION, rel->o.oid, att->attnum});
    for (int i = 0; drop && i < drop->objects.length; i++) {
        struct cat_address a = target_of(drop, drop->objects.items[i]);

        if (a.oid)
            LC_PUSH(arena, targets, a);
    }
}

static void deletion(char *rest)
{
    bool cascade = strcmp(word(&rest), "CASCADE") == 0;
    struct cat_addresses targets = {0}, deleted = {0};
    struct lc_error err = {0};

    add_targets(lc_sql_parse_one(arena, rest, &(struct lc_error){0}), &targets);
    if (cat_deletion(cat, &targets, cascade, &deleted, NULL, &err) != LC_OK)
        printf("error %s: %s\n", err.message, err.hint);
    else if (!deleted.len)
        printf("none\n");
    for (int i = 0; i < deleted.len; i++)
        printf("%s%s%s", i ? "; " : "", cat_describe(cat, deleted.items[i]), i == deleted.len - 1 ? "\n" : "");
}

static void set(char *rest)
{
    char *name = word(&rest);

    cat_set_setting(cat, name, rest, false);
    printf("ok\n");
}

static void answer(char *line)
{
    const char *command = word(&line);

    if (strcmp(command, "sql") == 0)
        sql(line);
    else if (strcmp(command, "set") == 0)
        set(line);
    else if (strcmp(command, "volatility") == 0)
        volatility(line);
    else if (strcmp(command, "type") == 0)
        type_of(line);
    else if (strcmp(command, "columns") == 0)
        columns(line);
    else if (strcmp(command, "rewrites") == 0)
        rewrites(line);
    else if (strcmp(command, "coercion") == 0)
        coercion(line);
    else if (strcmp(command, "notnull") == 0)
        notnull(line);
    else if (strcmp(command, "attach") == 0 || strcmp(command, "excludes") == 0)
        partition(line, *command == 'a');
    else if (strcmp(command, "deletion") == 0)
        deletion(line);
    else
        printf("? %s\n", command);
    fflush(stdout);
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;

    while (getline(&line, &size, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "version ", 8) == 0) {
            lc_arena_free(arena);
            arena = lc_arena_new((size_t)1 << 30, NULL, NULL);
            cat = cat_new(arena, atoi(line + 8));
            printf("ok\n");
            fflush(stdout);
        } else if (cat) {
            answer(line);
        }
    }
    free(line);
    lc_arena_free(arena);
    return 0;
}

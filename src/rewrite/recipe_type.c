// ALTER COLUMN TYPE that writes the table anew: a second column, kept in step by a trigger, filled in batches, indexed and constrained while
// others work (type_carry.c), and put in place of the first in one short transaction (type_swap.c).
//
// Precondition: no exclusion constraint on the column (recipe_copy.c), no foreign key to a partitioned table. The server itself refuses the change where a view,
// rule, policy, trigger or generated column uses the column (ATExecAlterColumnType), so these cannot be in the way. What hangs on the column
// (default, comments, privileges, statistics, owned sequence, identity) is read from the catalogue in the swap. Rollback: the same the other way.
#include <string.h>

#include "rewrite/type_change.h"

// --- the new column ---------------------------------------------------------------------------------------------------------------------

static const char *function_body(const struct type_change *c)
{
    struct lc_arena *arena = c->rw->arena;

    if (c->simple)
        return lc_printf(arena, "BEGIN\n    NEW.%s := NEW.%s;\n    RETURN NEW;\nEND", c->new, c->col);
    return lc_printf(arena,
                     "#variable_conflict use_column\nBEGIN\n    SELECT %s INTO NEW.%s FROM (SELECT NEW.*) AS %s;\n"
                     "    RETURN NEW;\nEND",
                     c->value, c->new, lc_quote_ident(arena, c->rel->o.name));
}

// A partitioned table's row trigger is for every partition, those to come too (CreateTriggerFiringOn); inheritance has no such thing.
static const char *make_triggers(const struct type_change *c)
{
    struct rw *rw = c->rw;
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    for (int i = 0; i < c->tables.len; i++) {
        const struct cat_relation *rel = cat_relation(rw->cat, c->tables.items[i]);
        const char *table = cat_qualified_name(rw->cat, rel);
        if (c->rel->relkind == 'r' || rel == c->rel)
            lc_str_addf(&s,
                        "\nCREATE TRIGGER %s BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION %s();\n"
                        "ALTER TABLE %s ENABLE ALWAYS TRIGGER %s;",
                        c->trigger, table, c->fn, table, c->trigger);
    }
    return s.text;
}

static void add_column(struct type_change *c)
{
    struct rw *rw = c->rw;
    const char *body = function_body(c), *tag = rw_dollar(rw->arena, body);

    (void)rw_retry(rw,
                   lc_printf(rw->arena,
                             "ALTER TABLE %s ADD COLUMN %s %s;\nCREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql%s AS "
                             "%s\n%s %s;\nREVOKE ALL ON FUNCTION %s() FROM PUBLIC;%s",
                             c->table, c->new, c->type, c->fn, c->simple ? "" : " SECURITY DEFINER SET search_path FROM CURRENT",
                             tag, body, tag, c->fn, make_triggers(c)),
                   "Adds the new column, empty, and a trigger that keeps it in step with every write from here on.", NULL);
}

static void fill_column(struct type_change *c)
{
    struct rw *rw = c->rw;
    struct rw_batch b = {.rel = c->rel, .tail = "", .passes = 2};

    b.alias = lc_quote_ident(rw->arena, c->rel->o.name);
    b.head = lc_printf(rw->arena, "UPDATE %s SET %s = %s WHERE %s IS NULL AND (%s) IS DISTINCT FROM NULL AND ", c->table, c->new,
                       c->value, c->new, c->value);
    b.what = lc_printf(rw->arena, "filling the new %s of %s", c->col, c->table);
    b.why = "Fills the new column in the rows that are there, batch by batch.";
    b.quiet_triggers = rw_has_update_triggers(rw, c->rel);
    rw_add_batch(rw, &b);
}

// --- which changes ------------------------------------------------------------------------------------------------------------------------

static bool changes_anything(const struct rw_stmt *s)
{
    for (int i = 0; i < s->fp.work.len; i++)
        if (s->fp.work.items[i].kind == FP_REWRITE || s->fp.work.items[i].kind == FP_INDEX_BUILD ||
            s->fp.work.items[i].kind == FP_SCAN || s->fp.work.items[i].kind == FP_FK_CHECK)
            return true;
    return false;
}

// Children before parents: cat_inheritors() has parents first.
static void take_tables(struct type_change *c)
{
    struct cat_oids all = {0};

    cat_inheritors(c->rw->cat, c->rel->o.oid, &all);
    for (int i = all.len - 1; i >= 0; i--)
        LC_PUSH(c->rw->arena, &c->tables, all.items[i]);
}

static enum rw_window no_way(const struct type_change *c)
{
    if (c->att->generated)
        return RW_WINDOW_TYPE_GENERATED;
    for (int i = 0; i < c->tables.len; i++) {
        const struct cat_relation *rel = cat_relation(c->rw->cat, c->tables.items[i]);
        const struct cat_attribute *att = rel ? cat_find_column(rel, c->att->name) : NULL;
        if (!att || rel->relkind == 'f')
            return RW_WINDOW_TYPE_FOREIGN;
        if (rel != c->rel && (att->islocal || att->inhcount > 1))
            return RW_WINDOW_TYPE_CHILD;
    }
    return RW_WINDOW_NONE;
}

static void read_change(struct type_change *c, const ColumnDef *def)
{
    struct rw *rw = c->rw;
    const char *text = c->s->text;
    size_t type = (size_t)def->typeName->location, using = rw_find_keyword(text, type, "using");
    struct lc_str *lists[] = {&c->locks, &c->drop_keys, &c->drop_indexes, &c->name_nulls, &c->name_indexes, &c->name_keys};

    c->table = c->s->name;
    c->col = lc_quote_ident(rw->arena, c->att->name);
    c->new_raw = rw_helper(rw, "new");
    c->new = lc_quote_ident(rw->arena, c->new_raw);
    c->type = rw_cut(rw->arena, text, type, using);
    c->simple = !def->raw_default;
    c->value = c->simple ? c->col : lc_printf(rw->arena, "(%s)", rw_cut(rw->arena, text, using + strlen("using"), strlen(text)));
    c->fn = lc_quote_name(rw->arena, cat_schema_name(rw->cat, c->rel->o.schema), rw_helper(rw, "sync"));
    // BEFORE triggers run in the order of their names: after those that change the row
    c->trigger = lc_printf(rw->arena, "zzzz_%s", c->new_raw);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        lc_str_init(lists[i], rw->arena, LC_STR_MAX);
}

// An exclusion constraint's index cannot be built beside the old one, and a generated column cannot be filled: a second table has both.
static bool by_copy(struct type_change *c)
{
    struct rw *rw = c->rw;
    struct rw_copy copy = {
        .why =
            "The change writes the whole table anew under a lock that stops even readers; a second table is filled while all go "
            "on, and takes the place of the first.",
        .change = c->s->sub,
        .column = c->att->generated ? NULL : c->att->name,
        .value = c->simple ? lc_printf(rw->arena, "%s.%s", lc_quote_ident(rw->arena, c->rel->o.name), c->col) : c->value,
        .rollback =
            lc_printf(rw->arena, "ALTER TABLE %s ALTER COLUMN %s TYPE %s; -- `lockcast rewrite` tells how to do it calmly",
                      c->table, c->col, cat_format_type(rw->cat, c->att->type, c->att->typmod)),
    };

    return rw_by_copy(rw, c->s, &copy);
}

static bool is_excluded(struct type_change *c)
{
    for (int i = 0; i < c->rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(c->rw->cat, c->rel->constraints.items[i]);
        const struct cat_relation *index = con->contype == 'x' ? cat_relation(c->rw->cat, con->conindid) : NULL;
        if (index && rw_type_index_uses(c, c->rel, index))
            return true;
    }
    return false;
}

enum rewrite_verdict rw_alter_type(struct rw *rw, const struct rw_stmt *s)
{
    const ColumnDef *def = AS(ColumnDef, s->cmd->def);
    struct type_change c = {.rw = rw, .s = s, .rel = s->rel, .att = s->rel ? cat_find_column(s->rel, s->cmd->name) : NULL};
    enum rw_window why;
    int at = rw->steps.len;

    if (!c.att || !def || (s->rel->relkind != 'r' && s->rel->relkind != 'p') || !changes_anything(s) || !rw_large(rw, s->rel))
        return REWRITE_SAME;
    take_tables(&c);
    read_change(&c, def);
    if ((c.att->generated || is_excluded(&c)) && by_copy(&c))
        return REWRITE_STEPS;
    why = no_way(&c);
    if (why)
        return rw_window(rw, why);
    rw_why(rw, "type-by-new-column",
           "The change writes the whole table anew under a lock that stops even readers; a second column is filled while all "
           "go on, and takes the place of the first (it becomes the table's last column).");
    rw_check_not_valid(rw, s->rel);
    rw_check_visible(rw, s->rel);
    rw_check_subscribers(rw, s->rel, c.new, c.type);
    add_column(&c);
    fill_column(&c);
    if (!rw_type_carry(&c))
        return rw_window(rw, RW_WINDOW_TYPE_HANGS);
    rw_type_swap(&c);
    for (; at < rw->steps.len; at++)
        rw->steps.items[at].of_change = true;
    return REWRITE_STEPS;
}

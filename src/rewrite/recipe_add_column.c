// ADD COLUMN that writes the table anew or reads it: the column first, empty; then default, rows, NOT NULL and constraints one after the other.
//
// Precondition: the default is volatile, or constraints stand beside the column. Not for GENERATED ... STORED and for domains with constraints,
// whose rows only a rewrite of the table can fill (tablecmds.c ATExecAddColumn). Rollback: DROP COLUMN.
#include <string.h>

#include "rewrite/internal.h"

struct item { // one constraint of the column, as written
    const Constraint *con;
    const char *text;
};

struct column {
    struct rw *rw;
    const struct rw_stmt *s;
    const ColumnDef *def;
    const char *col, *base, *type; // quoted; "ADD COLUMN c int"; "int COLLATE ..."
    struct LC_ARRAY(struct item) items;
    const Constraint *identity, *generated;
    const char *default_text, *identity_text;
    bool not_null;
};

static bool is_attribute(const Constraint *con) // DEFERRABLE and the like, which belong to the constraint before them
{
    return con->contype == CONSTR_ATTR_DEFERRABLE || con->contype == CONSTR_ATTR_NOT_DEFERRABLE ||
           con->contype == CONSTR_ATTR_DEFERRED || con->contype == CONSTR_ATTR_IMMEDIATE;
}

static size_t next_location(const struct column *c, int i)
{
    for (int k = i + 1; k < c->def->constraints.length; k++) {
        const Constraint *con = LIST_GET(Constraint, &c->def->constraints, k);
        if (con && !is_attribute(con))
            return (size_t)con->location;
    }
    return strlen(c->s->text);
}

static void take(struct column *c, const Constraint *con, const char *text)
{
    switch (con->contype) {
    case CONSTR_NOTNULL:
        c->not_null = true;
        break;
    case CONSTR_DEFAULT:
        c->default_text = text + rw_find_keyword(text, 0, "default") + strlen("default");
        break;
    case CONSTR_IDENTITY:
        c->identity = con;
        c->identity_text = text;
        c->not_null = true;
        break;
    case CONSTR_GENERATED:
        c->generated = con;
        break;
    case CONSTR_CHECK:
    case CONSTR_UNIQUE:
    case CONSTR_PRIMARY:
    case CONSTR_FOREIGN:
        LC_PUSH(c->rw->arena, &c->items, (struct item){con, text});
        c->not_null |= con->contype == CONSTR_PRIMARY;
        break;
    default:
        break;
    }
}

static void read_column(struct column *c)
{
    const char *text = c->s->text;
    size_t type = (size_t)c->def->typeName->location, end = strlen(text);

    for (LIST_EACH(i, &c->def->constraints)) {
        const Constraint *con = LIST_GET(Constraint, &c->def->constraints, i);
        if (!con || is_attribute(con))
            continue;
        if ((size_t)con->location < end)
            end = (size_t)con->location;
        take(c, con, rw_cut(c->rw->arena, text, (size_t)con->location, next_location(c, i)));
    }
    c->col = lc_quote_ident(c->rw->arena, c->def->colname);
    c->type = rw_cut(c->rw->arena, text, type, end);
    c->base =
        rw_cut(c->rw->arena, text, rw_find_keyword(text, rw_name_end(text, (size_t)c->s->alter->relation->location), "add"), end);
}

static const char *alter(struct column *c, const char *rest)
{
    return lc_printf(c->rw->arena, "ALTER TABLE %s %s", c->s->name, rest);
}

// --- constraints beside the column ----------------------------------------------------------------------------------------------------------

static const char *without_name(const struct item *item)
{
    if (!item->con->conname)
        return item->text;
    return item->text + rw_name_end(item->text, rw_find_keyword(item->text, 0, "constraint") + strlen("constraint"));
}

static const char *as_table_constraint(struct column *c, const struct item *item)
{
    const char *name =
        item->con->conname ? lc_printf(c->rw->arena, "CONSTRAINT %s ", lc_quote_ident(c->rw->arena, item->con->conname)) : "";
    const char *text = without_name(item);
    size_t at = 0;

    switch (item->con->contype) {
    case CONSTR_UNIQUE:
        at = rw_find_keyword(text, 0, "unique") + strlen("unique");
        return alter(c, lc_printf(c->rw->arena, "ADD %sUNIQUE%s (%s)%s", name,
                                  item->con->nulls_not_distinct ? " NULLS NOT DISTINCT" : "", c->col,
                                  item->con->nulls_not_distinct ? "" : text + at));
    case CONSTR_PRIMARY:
        at = rw_find_keyword(text, 0, "key") + strlen("key");
        return alter(c, lc_printf(c->rw->arena, "ADD %sPRIMARY KEY (%s)%s", name, c->col, text + at));
    case CONSTR_FOREIGN:
        return alter(c, lc_printf(c->rw->arena, "ADD %sFOREIGN KEY (%s) %s", name, c->col, text));
    default:
        return alter(c, lc_printf(c->rw->arena, "ADD %s%s", name, text));
    }
}

static void add_constraints(struct column *c)
{
    if (c->not_null && !c->identity)
        rw_part(c->rw, alter(c, lc_printf(c->rw->arena, "ALTER COLUMN %s SET NOT NULL", c->col)), "Changes the catalogue only.");
    for (int i = 0; i < c->items.len; i++)
        rw_part(c->rw, as_table_constraint(c, &c->items.items[i]), "Changes the catalogue only.");
}

// --- default, serial, identity ------------------------------------------------------------------------------------------------------------------

static void fill(struct column *c, const char *value, const char *why)
{
    struct rw *rw = c->rw;
    struct rw_batch b = {.rel = c->s->rel, .tail = "", .passes = 20, .why = why};

    b.alias = lc_quote_ident(rw->arena, c->s->rel->o.name);
    b.head = lc_printf(rw->arena, "UPDATE %s SET %s = %s WHERE %s IS NULL AND ", c->s->name, c->col, value, c->col);
    b.what = lc_printf(rw->arena, "filling %s of %s", c->col, c->s->name);
    b.quiet_triggers = rw_has_update_triggers(rw, b.rel);
    rw_add_batch(rw, &b);
}

static void add_empty(struct column *c, const char *before, const char *after, const char *why)
{
    struct rw *rw = c->rw;

    (void)rw_retry(rw, lc_printf(rw->arena, "%sALTER TABLE %s %s;\n%s", before, c->s->name, c->base, after), why,
                   lc_printf(rw->arena, "ALTER TABLE %s DROP COLUMN IF EXISTS %s;", c->s->name, c->col));
    rw_apply(rw, lc_printf(rw->arena, "ALTER TABLE %s ADD COLUMN %s %s", c->s->name, c->col, c->type));
}

static void with_default(struct column *c)
{
    add_empty(c, "",
              lc_printf(c->rw->arena, "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s;", c->s->name, c->col, c->default_text),
              "Adds the column, empty, with its default for new rows.");
    fill(c, "DEFAULT", "Gives the rows that are there their default, batch by batch.");
}

static const char *serial_type(const ColumnDef *def)
{
    static const char *const names[][2] = {{"serial", "integer"}, {"serial4", "integer"},      {"bigserial", "bigint"},
                                           {"serial8", "bigint"}, {"smallserial", "smallint"}, {"serial2", "smallint"}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (def->typeName->names.length == 1 && lc_streq(list_last_name(&def->typeName->names), names[i][0]))
            return names[i][1];
    return NULL;
}

static const char *made_sequence(const struct column *c)
{
    for (int i = 0; i < c->s->fp.locks.len; i++)
        if (c->s->fp.locks.items[i].created && c->s->fp.locks.items[i].rel->relkind == 'S')
            return c->s->fp.locks.items[i].rel->o.name;
    return cat_choose_name(c->rw->cat, c->s->rel->o.name, c->def->colname, "seq", c->s->rel->o.schema);
}

// The server gives a serial column's sequence to the table's owner (generateSerialExtraStmts), and OWNED BY insists on it.
static const char *own_sequence(const struct column *c, const char *seq)
{
    const char *owner = c->s->rel->o.owner;

    return owner ? lc_printf(c->rw->arena, "ALTER SEQUENCE %s OWNER TO %s;\n", seq, lc_quote_ident(c->rw->arena, owner)) : "";
}

static void with_serial(struct column *c, const char *type)
{
    struct rw *rw = c->rw;
    const char *seq = lc_quote_name(rw->arena, cat_schema_name(rw->cat, c->s->rel->o.schema), made_sequence(c));
    const char *literal = lc_quote_literal(rw->arena, seq);

    c->type = type;
    c->base = lc_printf(rw->arena, "ADD COLUMN %s %s", c->col, type);
    c->not_null = true;
    add_empty(c, lc_printf(rw->arena, "CREATE SEQUENCE %s AS %s;\n%s", seq, type, own_sequence(c, seq)),
              lc_printf(rw->arena,
                        "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT pg_catalog.nextval(%s::pg_catalog.regclass);\nALTER SEQUENCE "
                        "%s OWNED BY %s.%s;",
                        c->s->name, c->col, literal, seq, c->s->name, c->col),
              "Adds the column, empty, with its sequence for new rows.");
    fill(c, "DEFAULT", "Numbers the rows that are there, batch by batch.");
}

// The identity can come only when the column is NOT NULL (ATExecAddIdentity); until then a sequence of its own numbers old and new rows.
static void with_identity(struct column *c)
{
    struct rw *rw = c->rw;
    const char *helper = rw_helper(rw, "seq");
    const char *seq = lc_quote_name(rw->arena, cat_schema_name(rw->cat, c->s->rel->o.schema), helper),
               *literal = lc_quote_literal(rw->arena, seq);
    const char *options = strchr(c->identity_text, '('), *swap, *tag;

    add_empty(c,
              lc_printf(rw->arena, "CREATE SEQUENCE %s AS %s %s;\n%s", seq, c->type,
                        options ? rw_cut(rw->arena, options, 1, strlen(options) - 1) : "", own_sequence(c, seq)),
              lc_printf(rw->arena,
                        "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT pg_catalog.nextval(%s::pg_catalog.regclass);\nALTER SEQUENCE "
                        "%s OWNED BY %s.%s;",
                        c->s->name, c->col, literal, seq, c->s->name, c->col),
              "Adds the column, empty, and numbers new rows.");
    fill(c, "DEFAULT", "Numbers the rows that are there, batch by batch.");
    rw_part(rw, alter(c, lc_printf(rw->arena, "ALTER COLUMN %s SET NOT NULL", c->col)), "Changes the catalogue only.");
    swap = lc_printf(rw->arena,
                     "DECLARE\n    v bigint;\n    c boolean;\nBEGIN\nALTER TABLE %s ALTER COLUMN %s DROP DEFAULT;\n"
                     "SELECT last_value, is_called INTO v, c FROM %s;\nDROP SEQUENCE %s;\n"
                     "ALTER TABLE %s ALTER COLUMN %s ADD %s;\nPERFORM pg_catalog.setval(pg_catalog.pg_get_serial_sequence(%s, "
                     "%s), v, c);\nEND",
                     c->s->name, c->col, seq, seq, c->s->name, c->col,
                     c->identity_text + rw_find_keyword(c->identity_text, 0, "generated"),
                     lc_quote_literal(rw->arena, c->s->name), lc_quote_literal(rw->arena, c->def->colname));
    tag = rw_dollar(rw->arena, swap);
    (void)rw_retry(rw, lc_printf(rw->arena, "DO %s\n%s %s;", tag, swap, tag),
                   "Makes it an identity column, which goes on counting where it was.", NULL);
}

// --- which of these ---------------------------------------------------------------------------------------------------------------------------------

static bool reads_table(const struct rw_stmt *s)
{
    for (int i = 0; i < s->fp.work.len; i++)
        if (s->fp.work.items[i].kind != FP_METADATA)
            return true;
    return s->fp.scans.len > 0;
}

static const char *keep_constraints(struct column *c)
{
    return lc_printf(c->rw->arena, "%s%s%s%s", c->base,
                     c->default_text ? lc_printf(c->rw->arena, " DEFAULT %s", c->default_text) : "",
                     c->not_null && c->default_text ? " NOT NULL" : "", "");
}

static enum rewrite_verdict only_constraints(struct column *c)
{
    rw_why(c->rw, "add-column-then-constraints",
           "The constraints written beside the column read or index the whole table under its lock; they can come after it.");
    c->base = keep_constraints(c);
    if (c->default_text)
        c->not_null = false;
    (void)rw_retry(c->rw, lc_printf(c->rw->arena, "ALTER TABLE %s %s;", c->s->name, c->base),
                   "Adds the column: catalogue changes only.",
                   lc_printf(c->rw->arena, "ALTER TABLE %s DROP COLUMN IF EXISTS %s;", c->s->name, c->col));
    rw_apply(c->rw, alter(c, c->base));
    add_constraints(c);
    return REWRITE_STEPS;
}

// Constraints beside the column, and the NOT NULL of 18, would be named after the second table.
static bool by_copy(struct column *c)
{
    struct rw_copy copy = {
        .why = "A stored generated column can only be filled by writing the whole table anew; a second table is filled "
               "while all go on, and takes the place of the first.",
        .change = c->s->sub,
        .rollback = alter(c, lc_printf(c->rw->arena, "DROP COLUMN IF EXISTS %s;", c->col)),
    };

    return !c->items.len && !(c->not_null && cat_major(c->rw->cat) >= 18) && rw_by_copy(c->rw, c->s, &copy);
}

enum rewrite_verdict rw_add_column(struct rw *rw, const struct rw_stmt *s)
{
    struct column c = {.rw = rw, .s = s, .def = AS(ColumnDef, s->cmd->def)};
    const char *serial;

    if (!s->rel || !c.def || !reads_table(s) || !rw_large(rw, s->rel))
        return REWRITE_SAME;
    read_column(&c);
    if (!s->fp.rewrites.len)
        return c.items.len ? only_constraints(&c) : REWRITE_SAME;
    if (c.generated && by_copy(&c))
        return REWRITE_STEPS;
    if (c.generated)
        return rw_window(rw, RW_WINDOW_STORED);
    serial = serial_type(c.def);
    if (!serial && !c.identity && !c.default_text)
        return rw_window(rw, RW_WINDOW_DOMAIN);
    rw_why(rw, "add-column-in-steps",
           "A value for every row would write the whole table anew under a lock that stops even readers; the column can come "
           "empty and be filled in batches.");
    rw_check_not_valid(rw, s->rel);
    rw_check_visible(rw, s->rel);
    if (c.identity)
        with_identity(&c);
    else if (serial)
        with_serial(&c, serial);
    else
        with_default(&c);
    add_constraints(&c);
    return REWRITE_STEPS;
}

// ATTACH PARTITION: a CHECK that proves the bound makes the scan unnecessary.
//
// Proof: tablecmds.c QueuePartitionConstraintValidation skips the scan when ConstraintImpliedByRelConstraint; get_qual_from_partbound
// (partbounds.c) says what has to be implied. Rollback: DETACH, ATTACH.
#include <string.h>

#include "rewrite/internal.h"
#include "sql/lexer.h"

struct bound {
    struct rw *rw;
    const struct rw_stmt *s;
    const PartitionBoundSpec *spec;
    struct rw_texts from, to, list; // as written
    struct lc_str out;
};

static const char *key_column(const struct bound *b, int i)
{
    const struct cat_partition_key *k = &b->s->rel->partkey;

    return k->keys[i] > 0 ? lc_quote_ident(b->rw->arena, b->s->rel->attrs[k->keys[i] - 1].name) : NULL;
}

// As the migration's own values are compared with it: the operators of the key's type.
static const char *key_operator(const struct bound *b, int i, const char *op)
{
    const char *named = rw_operator(b->rw, b->s->rel->attrs[b->s->rel->partkey.keys[i] - 1].type, op, false);

    return named ? named : op;
}

// The parts of the parentheses after `word`; false: there are none.
static bool values_after(struct bound *b, const char *text, const char *word, struct rw_texts *out)
{
    size_t at = rw_find_keyword(text, 0, word), open = at + strcspn(text + at, "("), len = strlen(text);
    int depth = 0;

    for (struct lc_token t = lc_lex_word(text, len, open); t.kind != LC_TOKEN_END; t = lc_lex_word(text, len, t.start + t.len)) {
        if (t.kind != LC_TOKEN_OTHER)
            continue;
        depth += text[t.start] == '(' ? 1 : text[t.start] == ')' ? -1 : 0;
        if (depth == 0) {
            rw_split_list(b->rw->arena, rw_cut(b->rw->arena, text, open + 1, t.start), 0, out);
            return true;
        }
    }
    return false;
}

static bool is_null(const char *value)
{
    return lc_strieq(value, "null");
}

// IS NOT NULL and (in the order of the key): a > lo or a = lo and (b >= lo ...)
static const char *range_side(struct bound *b, const struct rw_texts *values, int i, bool lower)
{
    const char *col = key_column(b, i), *value = values->items[i], *next;
    bool last = i + 1 == values->len;

    if (lc_strieq(value, lower ? "minvalue" : "maxvalue"))
        return NULL;
    if (lc_strieq(value, "minvalue") || lc_strieq(value, "maxvalue"))
        return "false";
    if (last)
        return lc_printf(b->rw->arena, "%s %s %s", col, key_operator(b, i, lower ? ">=" : "<"), value);
    next = range_side(b, values, i + 1, lower);
    if (!next)
        return lc_printf(b->rw->arena, "%s %s %s", col, key_operator(b, i, lower ? ">=" : "<="), value);
    return lc_printf(b->rw->arena, "(%s %s %s OR (%s %s %s AND %s))", col, key_operator(b, i, lower ? ">" : "<"), value, col,
                     key_operator(b, i, "="), value, next);
}

static bool range_check(struct bound *b)
{
    const char *low, *high;

    for (int i = 0; i < b->s->rel->partkey.natts; i++) {
        if (!key_column(b, i))
            return false;
        lc_str_addf(&b->out, "%s%s IS NOT NULL", i ? " AND " : "", key_column(b, i));
    }
    if (b->from.len != b->s->rel->partkey.natts || b->to.len != b->from.len)
        return false;
    low = range_side(b, &b->from, 0, true);
    high = range_side(b, &b->to, 0, false);
    if (low)
        lc_str_addf(&b->out, " AND %s", low);
    if (high)
        lc_str_addf(&b->out, " AND %s", high);
    return true;
}

static bool list_check(struct bound *b)
{
    const char *col = b->s->rel->partkey.natts == 1 ? key_column(b, 0) : NULL;
    bool null = false;
    int n = 0;

    if (!col)
        return false;
    for (int i = 0; i < b->list.len; i++)
        null |= is_null(b->list.items[i]);
    lc_str_addf(&b->out, null ? "(%s IS NULL OR (" : "(%s IS NOT NULL AND (", col);
    for (int i = 0; i < b->list.len; i++)
        if (!is_null(b->list.items[i]))
            lc_str_addf(&b->out, "%s%s %s %s", n++ ? " OR " : "", col, key_operator(b, 0, "="), b->list.items[i]);
    lc_str_add(&b->out, "))");
    return n > 0;
}

// The call that the server itself makes of the bound (get_qual_for_hash): equal expressions prove one another.
static bool hash_check(struct bound *b)
{
    lc_str_addf(&b->out, "pg_catalog.satisfies_hash_partition(%s::pg_catalog.regclass::pg_catalog.oid, %d, %d",
                lc_quote_literal(b->rw->arena, b->s->name), (int)b->spec->modulus, (int)b->spec->remainder);
    for (int i = 0; i < b->s->rel->partkey.natts; i++) {
        if (!key_column(b, i))
            return false;
        lc_str_addf(&b->out, ", %s", key_column(b, i));
    }
    lc_str_add(&b->out, ")");
    return true;
}

static const char *bound_check(struct rw *rw, const struct rw_stmt *s, const PartitionBoundSpec *spec)
{
    struct bound b = {.rw = rw, .s = s, .spec = spec};

    lc_str_init(&b.out, rw->arena, LC_STR_MAX);
    if (spec->is_default)
        return NULL;
    if (s->rel->partkey.strategy == 'r' && values_after(&b, s->text, "from", &b.from) && values_after(&b, s->text, "to", &b.to) &&
        range_check(&b))
        return b.out.text;
    if (s->rel->partkey.strategy == 'l' && values_after(&b, s->text, "in", &b.list) && list_check(&b))
        return b.out.text;
    if (s->rel->partkey.strategy == 'h' && hash_check(&b))
        return b.out.text;
    return NULL;
}

static void add_proof(struct rw *rw, const char *table, const char *con, const char *check)
{
    (void)rw_retry(rw, lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s) NOT VALID;", table, con, check),
                   "Says what the bound says; the rows that are there are not looked at yet.", NULL);
    (void)rw_calm(rw, lc_printf(rw->arena, "ALTER TABLE %s VALIDATE CONSTRAINT %s;", table, con),
                  "Reads the table while others read and write it.", NULL);
}

enum rewrite_verdict rw_attach(struct rw *rw, const struct rw_stmt *s)
{
    const PartitionCmd *cmd = AS(PartitionCmd, s->cmd->def);
    const struct cat_relation *part = cmd && cmd->name ? cat_find_rangevar(rw->cat, cmd->name) : NULL;
    Oid default_oid = s->rel ? cat_default_partition(rw->cat, s->rel) : InvalidOid;
    const struct cat_relation *other = default_oid ? cat_relation(rw->cat, default_oid) : NULL;
    const char *check, *con = rw_helper(rw, "bound"), *con2 = rw_helper(rw, "rest"), *drops = "";
    bool any = false;

    if (!s->rel || !part || s->rel->relkind != 'p' || !cmd->bound || (!s->fp.scans.len && !s->fp.work.len))
        return REWRITE_SAME;
    check = bound_check(rw, s, cmd->bound);
    if (!check)
        return rw_window(rw, RW_WINDOW_BOUND);
    rw_why(rw, "attach-by-check",
           "ATTACH PARTITION reads the new partition under a lock that stops even its readers; a validated CHECK proves the "
           "bound first.");
    if (rw_large(rw, part)) {
        add_proof(rw, cat_qualified_name(rw->cat, part), con, check);
        drops = lc_printf(rw->arena, "\nALTER TABLE %s DROP CONSTRAINT %s;", cat_qualified_name(rw->cat, part), con);
        any = true;
    }
    if (other && rw_large(rw, other)) {
        add_proof(rw, cat_qualified_name(rw->cat, other), con2, lc_printf(rw->arena, "NOT (%s)", check));
        drops = lc_printf(rw->arena, "%s\nALTER TABLE %s DROP CONSTRAINT %s;", drops, cat_qualified_name(rw->cat, other), con2);
        any = true;
    }
    if (!any)
        return REWRITE_SAME;
    (void)rw_retry(rw, lc_printf(rw->arena, "%s;%s", s->text, drops),
                   "Attaches without reading; then the CHECK is not needed any more.",
                   lc_printf(rw->arena, "ALTER TABLE %s DETACH PARTITION %s;", s->name, cat_qualified_name(rw->cat, part)));
    return REWRITE_STEPS;
}

// CREATE TABLE ... PARTITION OF reads the default partition under its lock (check_default_partition_contents).
enum rewrite_verdict rw_create_partition(struct rw *rw, const struct rw_stmt *s)
{
    const CreateStmt *create = AS(CreateStmt, s->tree);
    const RangeVar *rv = create->partbound && create->inhRelations.length ? LIST_GET(RangeVar, &create->inhRelations, 0) : NULL;
    const struct cat_relation *parent = rv ? cat_find_rangevar(rw->cat, rv) : NULL;
    Oid default_oid = parent ? cat_default_partition(rw->cat, parent) : InvalidOid;
    const struct cat_relation *other = default_oid ? cat_relation(rw->cat, default_oid) : NULL;
    struct rw_stmt of = *s;
    const char *check, *con;

    if (!other || !rw_large(rw, other))
        return REWRITE_SAME;
    of.rel = parent;
    of.name = cat_qualified_name(rw->cat, parent);
    check = bound_check(rw, &of, create->partbound);
    if (!check)
        return rw_window(rw, RW_WINDOW_DEFAULT_BOUND);
    rw_why(rw, "partition-by-check",
           "A new partition makes PostgreSQL read the default partition under a lock that stops even its "
           "readers; a validated CHECK proves first that none of its rows belong to the new one.");
    con = rw_helper(rw, "rest");
    add_proof(rw, cat_qualified_name(rw->cat, other), con, lc_printf(rw->arena, "NOT (%s)", check));
    (void)rw_retry(
        rw, lc_printf(rw->arena, "%s;\nALTER TABLE %s DROP CONSTRAINT %s;", s->text, cat_qualified_name(rw->cat, other), con),
        "Makes the partition without reading; then the CHECK is not needed any more.", rw_rollback_of(rw, s->text));
    return REWRITE_STEPS;
}

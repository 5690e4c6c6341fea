// ADD CONSTRAINT: CHECK and FOREIGN KEY NOT VALID, then VALIDATE; UNIQUE and PRIMARY KEY over an index that was built concurrently.
//
// Proof: tablecmds.c AlterTableGetLockLevel: VALIDATE CONSTRAINT takes SHARE UPDATE EXCLUSIVE; ADD ... USING INDEX reads nothing.
// Rollback: DROP CONSTRAINT.
#include <string.h>

#include "rewrite/internal.h"

static const char *drop_constraint(struct rw *rw, const char *table, const char *con)
{
    return lc_printf(rw->arena, "ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s;", table, con);
}

// The subcommand's text after ADD [CONSTRAINT name]: the grammar puts the constraint's location at CONSTRAINT or at its first word.
static const char *body_of(struct rw *rw, const struct rw_stmt *s, const Constraint *con)
{
    const char *text = s->sub;
    size_t at = rw_find_keyword(text, 0, "add") + strlen("add");

    if (con->conname)
        at = rw_name_end(text, rw_find_keyword(text, at, "constraint") + strlen("constraint"));
    return rw_cut(rw->arena, text, at, strlen(text));
}

static enum rewrite_verdict validate_later(struct rw *rw, const struct rw_stmt *s, const Constraint *con, const char *name)
{
    const char *quoted = lc_quote_ident(rw->arena, name);

    rw_why(rw, con->contype == CONSTR_FOREIGN ? "foreign-key-not-valid" : "check-not-valid",
           con->contype == CONSTR_FOREIGN ? "ADD FOREIGN KEY checks every row while nobody can write to either table; NOT VALID "
                                            "and VALIDATE check them while all go on."
                                          : "ADD CHECK reads the whole table under a lock that stops even readers; NOT VALID and "
                                            "VALIDATE read it while all go on.");
    (void)rw_retry(
        rw, lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s %s NOT VALID;", s->name, quoted, body_of(rw, s, con)),
        "Holds for new rows from here on; the rows that are there are not looked at yet.", drop_constraint(rw, s->name, quoted));
    (void)rw_calm(rw, lc_printf(rw->arena, "ALTER TABLE %s VALIDATE CONSTRAINT %s;", s->name, quoted),
                  "Reads the table while others read and write it.", NULL);
    return REWRITE_STEPS;
}

// --- foreign keys of partitioned tables ------------------------------------------------------------------------------------------------

// Before 18 a partitioned table takes no NOT VALID foreign key (ATAddForeignKeyConstraint); a partition does, and its valid key is taken over
// when the parent gets the same (tryAttachPartitionForeignKey).
static enum rewrite_verdict partitioned_key(struct rw *rw, const struct rw_stmt *s, const Constraint *con, const char *name)
{
    struct cat_oids all = {0};
    const char *quoted = lc_quote_ident(rw->arena, name), *body = body_of(rw, s, con);

    rw_why(rw, "foreign-key-partitioned",
           "Each partition gets the key NOT VALID and validates it; the parent then takes these over without reading.");
    cat_inheritors(rw->cat, s->rel->o.oid, &all);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *part = cat_relation(rw->cat, all.items[i]);
        const char *table = cat_qualified_name(rw->cat, part);
        if (part->relkind != 'r')
            continue;
        (void)rw_retry(rw, lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s %s NOT VALID;", table, quoted, body),
                       "Holds for new rows of the partition from here on.", NULL);
        (void)rw_calm(rw, lc_printf(rw->arena, "ALTER TABLE %s VALIDATE CONSTRAINT %s;", table, quoted),
                      "Reads the partition while others write.", NULL);
    }
    (void)rw_retry(rw, lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s %s;", s->name, quoted, body),
                   "Takes the partitions' keys over; nothing is read.", drop_constraint(rw, s->name, quoted));
    return REWRITE_STEPS;
}

// --- UNIQUE and PRIMARY KEY ---------------------------------------------------------------------------------------------------------------

static const char *columns(struct rw *rw, const NodeList *names)
{
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    for (LIST_EACH(i, names))
        lc_str_addf(&s, "%s%s", i ? ", " : "", lc_quote_ident(rw->arena, node_string(names->items[i])));
    return s.text;
}

// The parts of UNIQUE (...) that belong to the index: INCLUDE, NULLS NOT DISTINCT, WITH, tablespace.
static const char *index_tail(struct rw *rw, const struct rw_stmt *s, const Constraint *con)
{
    struct lc_str t;
    size_t with = rw_find_keyword(s->sub, 0, "with");

    lc_str_init(&t, rw->arena, LC_STR_MAX);
    lc_str_addf(&t, " (%s)", columns(rw, &con->keys));
    if (con->including.length)
        lc_str_addf(&t, " INCLUDE (%s)", columns(rw, &con->including));
    if (con->nulls_not_distinct)
        lc_str_add(&t, " NULLS NOT DISTINCT");
    if (con->options.length && s->sub[with]) {
        const char *open = strchr(s->sub + with, '(');
        const char *close = open ? strchr(open, ')') : NULL;
        if (close)
            lc_str_addf(&t, " WITH %.*s", (int)(close - open + 1), open);
    }
    if (con->indexspace)
        lc_str_addf(&t, " TABLESPACE %s", lc_quote_ident(rw->arena, con->indexspace));
    return t.text;
}

static void build_and_promote(struct rw *rw, const struct cat_relation *rel, const Constraint *con, const char *name,
                              const char *tail, bool undo)
{
    const char *table = cat_qualified_name(rw->cat, rel), *schema = cat_schema_name(rw->cat, rel->o.schema),
               *quoted = lc_quote_ident(rw->arena, name);

    rw_build_index(rw, lc_printf(rw->arena, "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS %s ON %s%s", quoted, table, tail),
                   schema, name, "Builds the unique index while others read and write; from here on it is enforced.", undo);
    (void)rw_retry(rw,
                   lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s%s%s;", table, quoted,
                             con->contype == CONSTR_PRIMARY ? "PRIMARY KEY" : "UNIQUE", quoted,
                             con->deferrable ? " DEFERRABLE" : "", con->initdeferred ? " INITIALLY DEFERRED" : ""),
                   "Makes the index the constraint's; nothing is read.", undo ? drop_constraint(rw, table, quoted) : NULL);
}

static void prove_key_columns(struct rw *rw, const struct rw_stmt *s, const Constraint *con)
{
    for (LIST_EACH(i, &con->keys)) {
        const char *column = node_string(con->keys.items[i]);
        const struct cat_attribute *att = cat_find_column(s->rel, column);
        if (con->contype == CONSTR_PRIMARY && att && !att->notnull)
            rw_prove_not_null(rw, s->rel, column);
    }
}

// The names of the partitions' constraints are those that the server chooses.
static bool partitioned_unique(struct rw *rw, const struct rw_stmt *s, const Constraint *con, const char *tail)
{
    struct cat_oids all = {0};

    cat_inheritors(rw->cat, s->rel->o.oid, &all);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *part = cat_relation(rw->cat, all.items[i]), *index = NULL;
        for (int k = 0; k < s->fp.locks.len; k++)
            if (s->fp.locks.items[k].created && s->fp.locks.items[k].rel->index &&
                s->fp.locks.items[k].rel->index->indrelid == part->o.oid)
                index = s->fp.locks.items[k].rel;
        if (part->relkind == 'r' && index)
            build_and_promote(rw, part, con, index->o.name, tail, false);
        else if (part->relkind != 'p')
            return false;
    }
    return true;
}

static enum rewrite_verdict key_using_index(struct rw *rw, const struct rw_stmt *s, const Constraint *con, const char *name)
{
    const char *tail = index_tail(rw, s, con);

    rw_why(
        rw, con->contype == CONSTR_PRIMARY ? "primary-key-using-index" : "unique-using-index",
        "The index of the constraint would be built under a lock that stops even readers; it can be built concurrently before.");
    prove_key_columns(rw, s, con);
    if (s->rel->relkind != 'p') {
        build_and_promote(rw, s->rel, con, name, tail, true);
        return REWRITE_STEPS;
    }
    if (!partitioned_unique(rw, s, con, tail))
        return rw_window(rw, RW_WINDOW_MATCHING_INDEX);
    (void)rw_retry(rw,
                   lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s %s;", s->name, lc_quote_ident(rw->arena, name),
                             body_of(rw, s, con)),
                   "Takes the partitions' constraints over; nothing is built.",
                   drop_constraint(rw, s->name, lc_quote_ident(rw->arena, name)));
    return REWRITE_STEPS;
}

static bool exclusion_by_copy(struct rw *rw, const struct rw_stmt *s, const Constraint *con, const char *name)
{
    const char *quoted = lc_quote_ident(rw->arena, name);

    struct rw_copy copy = {
        .why = "An exclusion constraint builds its index under a lock that stops even readers; a second table that has it "
               "is filled while all go on, and takes the place of the first.",
        .change = lc_printf(rw->arena, "ADD CONSTRAINT %s %s", quoted, body_of(rw, s, con)),
        .rollback = drop_constraint(rw, s->name, quoted),
    };

    return rw_by_copy(rw, s, &copy);
}

enum rewrite_verdict rw_add_constraint(struct rw *rw, const struct rw_stmt *s)
{
    const Constraint *con = AS(Constraint, s->cmd->def);
    const struct cat_relation *ref = con && con->pktable ? cat_find_rangevar(rw->cat, con->pktable) : NULL;
    const struct cat_constraint *added;

    if (!s->rel || !con || con->indexname || con->skip_validation || s->rel->relkind == 'f')
        return REWRITE_SAME;
    if (!rw_large(rw, s->rel) && !(ref && rw_large(rw, ref)))
        return REWRITE_SAME;
    if (!rw_after(rw, s, &added) || !added)
        return REWRITE_SAME;
    switch (con->contype) {
    case CONSTR_CHECK:
        return s->fp.scans.len ? validate_later(rw, s, con, added->o.name) : REWRITE_SAME;
    case CONSTR_FOREIGN:
        if (ref && ref->relkind == 'p' && cat_major(rw->cat) < 18)
            return rw_window(rw, RW_WINDOW_TO_PARTITIONED);
        if (s->rel->relkind == 'p' && cat_major(rw->cat) < 18)
            return partitioned_key(rw, s, con, added->o.name);
        return validate_later(rw, s, con, added->o.name);
    case CONSTR_UNIQUE:
    case CONSTR_PRIMARY:
        if (con->without_overlaps)
            return rw_window(rw, RW_WINDOW_OVERLAPS);
        return key_using_index(rw, s, con, added->o.name);
    case CONSTR_EXCLUSION:
        if (exclusion_by_copy(rw, s, con, added->o.name))
            return REWRITE_STEPS;
        return rw_window(rw, RW_WINDOW_EXCLUSION);
    default:
        return REWRITE_SAME;
    }
}

// Applies CREATE and ALTER SEQUENCE (commands/sequence.c).
#include <string.h>

#include "catalog/apply_misc.h"

// What process_owned_by asks of the table: its kind, and the sequence's own owner and schema.
static enum lc_code may_own(const struct cat_relation *rel, const struct cat_relation *seq, struct lc_error *err)
{
    if (!strchr("rfvp", rel->relkind))
        return cat_error(err, "42809", "sequence cannot be owned by relation \"%s\"", rel->o.name);
    if (seq->o.owner && rel->o.owner && !lc_streq(seq->o.owner, rel->o.owner))
        return cat_error(err, "55000", "sequence must have same owner as table it is linked to");
    if (seq->o.schema != rel->o.schema)
        return cat_error(err, "55000", "sequence must be in same schema as table it is linked to");
    return LC_OK;
}

// The column of OWNED BY; none for OWNED BY NONE.
static enum lc_code owner_column(const struct catalog *cat, const struct cat_relation *seq, const NodeList *names, Oid *table,
                                 int *attnum, struct lc_error *err)
{
    const char *column = node_string(names->items[names->length - 1]);
    const struct cat_relation *rel;
    enum lc_code rc;

    if (names->length == 1)
        return lc_streq(column, "none") ? LC_OK : cat_error(err, "42601", "invalid OWNED BY option");
    if ((rc = cat_open_rangevar(cat, cat_make_rangevar_n(cat_arena(cat), names, names->length - 1), &rel, err)) != LC_OK ||
        (rc = may_own(rel, seq, err)) != LC_OK)
        return rc;
    const struct cat_attribute *att = cat_find_column(rel, column);
    if (!att)
        return cat_error(err, "42703", "column \"%s\" of relation \"%s\" does not exist", column, rel->o.name);
    *table = rel->o.oid;
    *attnum = att->attnum;
    return LC_OK;
}

// process_owned_by: OWNED BY table.column, or NONE.
static enum lc_code own(struct catalog *cat, Oid sequence, const NodeList *options, struct lc_error *err)
{
    const struct cat_relation *seq = cat_relation(cat, sequence);
    const DefElem *owned = cat_option(options, "owned_by");
    NodeList names = owned ? cat_node_list(owned->arg) : (NodeList){0};
    Oid table = InvalidOid;
    int attnum = 0;
    enum lc_code rc;

    if (!names.length)
        return LC_OK;
    if ((rc = owner_column(cat, seq, &names, &table, &attnum, err)) != LC_OK)
        return rc;
    if (seq->seq_deptype == 'i')
        return cat_error(err, "0A000", "cannot change ownership of identity sequence");
    cat_own_sequence(cat, sequence, table, attnum, table ? 'a' : 0);
    return LC_OK;
}

enum lc_code cat_apply_create_sequence(struct catalog *cat, const CreateSeqStmt *stmt, struct lc_error *err)
{
    Oid schema = InvalidOid;
    enum lc_code rc = cat_creation_namespace(cat, stmt->sequence, &schema, err);
    char persistence = stmt->sequence->relpersistence ? stmt->sequence->relpersistence[0] : 'p';

    if (rc != LC_OK)
        return rc;
    if (cat_find_relation(cat, cat_schema_name(cat, schema), stmt->sequence->relname)) {
        if (stmt->if_not_exists)
            return LC_OK;
        return cat_error(err, "42P07", "relation \"%s\" already exists", stmt->sequence->relname);
    }
    const struct cat_relation *seq = cat_define_sequence(cat, stmt->sequence->relname, schema, persistence);
    return seq ? own(cat, seq->o.oid, &stmt->options, err) : LC_OK;
}

enum lc_code cat_apply_alter_sequence(struct catalog *cat, const AlterSeqStmt *stmt, struct lc_error *err)
{
    const struct cat_relation *seq = cat_find_rangevar(cat, stmt->sequence);
    enum lc_code rc;

    if (!seq && stmt->missing_ok)
        return LC_OK;
    if ((rc = cat_open_rangevar(cat, stmt->sequence, &seq, err)) != LC_OK)
        return rc;
    if (seq->relkind != 'S')
        return cat_error(err, "42809", "\"%s\" is not a sequence", seq->o.name);
    return own(cat, seq->o.oid, &stmt->options, err);
}

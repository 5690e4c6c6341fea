// SET LOGGED and SET UNLOGGED of ALTER TABLE (ATPrepCmd, ATPrepChangePersistence, ATRewriteTables in commands/tablecmds.c).
#include <string.h>

#include "catalog/apply_internal.h"

// Permanent tables may not reference unlogged ones.
static enum lc_code can_change_persistence(const struct alter *a, const struct cat_relation *rel, char persistence)
{
    const struct cat_oids *keys = persistence == 'p' ? &rel->constraints : &rel->referencing;

    for (int i = 0; i < keys->len; i++) {
        const struct cat_constraint *con = cat_constraint(a->cat, keys->items[i]);
        Oid other = persistence == 'p' ? con->confrelid : con->conrelid;
        const struct cat_relation *o = con->contype == 'f' ? cat_relation(a->cat, other) : NULL;
        if (o && other != rel->o.oid && o->relpersistence != persistence)
            return cat_error(a->err, "42P16",
                             persistence == 'p'
                                 ? "could not change table \"%s\" to logged because it references unlogged table \"%s\""
                                 : "could not change table \"%s\" to unlogged because it references logged table \"%s\"",
                             rel->o.name, o->o.name);
    }
    return LC_OK;
}

static void set_persistence(struct catalog *cat, Oid rel, char persistence)
{
    struct cat_relation *m = cat_modify(cat, cat_relation(cat, rel));

    m->relpersistence = persistence;
}

// ATPrepChangePersistence.
static enum lc_code prepare_persistence(const struct alter *a, const struct cat_relation *rel, char persistence)
{
    if (rel->relpersistence == 't')
        return cat_error(a->err, "42P16", "cannot change logged status of table \"%s\" because it is temporary", rel->o.name);
    if (rel->relpersistence == persistence)
        return LC_OK;
    if (persistence == 'u' && cat_is_published(a->cat, rel))
        return cat_error(a->err, "55000", "cannot change table \"%s\" to unlogged because it is part of a publication",
                         rel->o.name);
    return can_change_persistence(a, rel, persistence);
}

// What SET LOGGED or SET UNLOGGED asks for; 0: another subcommand.
static char wanted_persistence(const AlterTableCmd *cmd)
{
    return cmd->subtype == AT_SetLogged ? 'p' : cmd->subtype == AT_SetUnLogged ? 'u' : 0;
}

// Has a subcommand before this one changed the persistence (ATPrepCmd's chgPersistence)? What is so already counts for nothing.
static bool changes_persistence_before(const AlterTableStmt *stmt, const AlterTableCmd *cmd, const struct cat_relation *rel)
{
    for (LIST_EACH(i, &stmt->cmds)) {
        const AlterTableCmd *earlier = LIST_GET(AlterTableCmd, &stmt->cmds, i);
        char wanted = !earlier || earlier == cmd ? 0 : wanted_persistence(earlier);
        if (earlier == cmd || (wanted && wanted != rel->relpersistence))
            return earlier != cmd;
    }
    return false;
}

enum lc_code cat_prepare_persistence(const struct alter *a, const AlterTableStmt *stmt, const struct cat_relation *rel)
{
    if (changes_persistence_before(stmt, a->cmd, rel))
        return cat_error(a->err, "0A000", "cannot change persistence setting twice");
    return prepare_persistence(a, rel, wanted_persistence(a->cmd));
}

enum lc_code cat_alter_persistence(const struct alter *a, Oid relid)
{
    char persistence = wanted_persistence(a->cmd);
    const struct cat_relation *rel = cat_relation(a->cat, relid);
    struct cat_oids indexes = rel->indexes, sequences = {0};
    enum lc_code rc;

    if ((rc = prepare_persistence(a, rel, persistence)) != LC_OK)
        return rc;
    if (rel->relpersistence == persistence || rel->relkind == 'p')
        return LC_OK; // until 17 it is accepted, and nothing comes of it
    // ATRewriteTables: those of new columns become the table's own after it only
    for (int i = 1; cat_major(a->cat) >= 15 && i <= a->natts; i++)
        cat_owned(a->cat, relid, i, &sequences);
    set_persistence(a->cat, relid, persistence);
    for (int i = 0; i < indexes.len; i++)
        set_persistence(a->cat, indexes.items[i], persistence);
    for (int i = 0; i < sequences.len; i++)
        set_persistence(a->cat, sequences.items[i], persistence);
    return LC_OK;
}

// Statements for which there is no safe way: why, and the least bad way. With the size of the window, by the forecast, each is one text.
#include "base/words.h"
#include "rewrite/internal.h"

#define QUIET "the hour that `lockcast plan` finds best, with lock_timeout and tries"
#define SECOND_TABLE                                                                                                             \
    "a new table that is made so, filled in batches while a trigger keeps it in step, and takes the first one's name (or a "     \
    "view does)"
#define BY_HAND "a loop of the application's that changes some thousand rows per transaction"

struct row {
    const char *why, *way;
};

static const struct row rows[] = {
    [RW_WINDOW_OTHER] = {"Its lock stops others for long, and lockcast knows no way around it.", QUIET},
    [RW_WINDOW_CLUSTER] = {"CLUSTER writes the table anew and stops even readers.",
                           "the extension pg_repack, which does the same with short locks; else " QUIET},
    [RW_WINDOW_VACUUM_FULL] = {"VACUUM FULL writes the table anew and stops even readers.",
                               "the extension pg_repack, which does the same with short locks, or plain VACUUM, after which the "
                               "table itself fills the space again; else " QUIET},
    [RW_WINDOW_TABLESPACE] =
        {"The blocks are copied while even readers wait.",
         "indexes by REINDEX (TABLESPACE ...) CONCURRENTLY, from 14 on; the table by pg_repack --tablespace, "
         "or " SECOND_TABLE "; else " QUIET},
    [RW_WINDOW_LOGGED] = {"SET LOGGED writes the table and its WAL anew and stops even readers.", SECOND_TABLE "; else " QUIET},
    [RW_WINDOW_UNLOGGED] = {"SET UNLOGGED writes the table anew and stops even readers.", SECOND_TABLE "; else " QUIET},
    [RW_WINDOW_ACCESS_METHOD] = {"Another access method means a new heap, and even readers wait for it.",
                                 SECOND_TABLE "; else " QUIET},
    [RW_WINDOW_REFRESH] = {"REFRESH stops every reader of the view; CONCURRENTLY needs a unique index over plain columns, which "
                           "the view does not have.",
                           "CREATE UNIQUE INDEX on the view once, in such a window, and CONCURRENTLY from then on; else a second "
                           "view beside it, refreshed and renamed into its place"},
    [RW_WINDOW_TRANSACTION] = {"Its transaction uses savepoints or is rolled back, so it cannot be taken apart.",
                               "write its statements without savepoints, each in a transaction of its own, for which there are "
                               "safe ways; else " QUIET},
    [RW_WINDOW_STORED] =
        {"A stored generated column can only be filled by writing the whole table anew; PostgreSQL has no way to "
         "make a column generated later, and something hangs on the table that a second one in its place would "
         "leave behind.",
         "an ordinary column, filled in batches and kept by a trigger; on 18 a VIRTUAL one; else " QUIET},
    [RW_WINDOW_DOMAIN] = {"A domain with constraints makes PostgreSQL write the whole table anew.",
                          "a column of the base type, filled in batches, with the domain's constraints as CHECK ... NOT VALID, "
                          "which VALIDATE CONSTRAINT reads later under a lock that stops nobody; else " QUIET},
    [RW_WINDOW_KEY_TYPES] = {"lockcast cannot tell the types of its key.", BY_HAND},
    [RW_WINDOW_NO_KEY] =
        {"It reads the table that it changes, and there is no key by which its rows could be told apart.",
         "a unique index first (CREATE UNIQUE INDEX CONCURRENTLY), over a column that tells the rows apart: then "
         "it can be done in batches"},
    [RW_WINDOW_OLD_VALUES] = {"It reads the table that it changes, and its new values depend on the old ones, which others may "
                              "change while batches run.",
                              "a second column for the new values, filled in batches, which then takes the first one's place"},
    [RW_WINDOW_WITH] = {"Its WITH clause changes rows, too, which each batch would do anew.",
                        "its parts as statements of their own, one after the other: each can be done in batches"},
    [RW_WINDOW_TRIGGERS] = {"A statement-level trigger or a rule would run for every batch instead of once.",
                            "if it does no harm for it to run once a batch, " BY_HAND "; else " QUIET},
    [RW_WINDOW_REFERENCED] = {"It changes a column that foreign keys refer to: in batches they would be checked before all rows "
                              "are changed.",
                              "new rows beside the old ones, the rows that refer to them moved in batches, and the old ones "
                              "deleted last; else " QUIET},
    [RW_WINDOW_CASCADE] = {"Rows of other tables go along, and refer to each other: the end of a batch may find one too early.",
                           "the rows that refer to it first, by a DELETE of their own, table by table: each can be done in "
                           "batches"},
    [RW_WINDOW_WHERE] = {"lockcast cannot tell where its WHERE is.", BY_HAND},
    [RW_WINDOW_VIEW] =
        {"It changes rows through a view that does not show a key of its table, or that is more than a selection of "
         "its rows.",
         "name the table instead of the view: then it can be done in batches"},
    [RW_WINDOW_SELF_KEYS] = {"The table refers to itself by several foreign keys, or has children: lockcast knows no order in "
                             "which its rows can go in batches.",
                             "an UPDATE first, in batches, that sets those references to NULL in the rows that go; else " QUIET},
    [RW_WINDOW_SELF_NO_KEY] = {"The table has a foreign key to itself, and no key by which its rows could be put in an order.",
                               "a unique index first (CREATE UNIQUE INDEX CONCURRENTLY): then it can be done in batches"},
    [RW_WINDOW_TO_PARTITIONED] =
        {"It refers to a partitioned table: before 18 VALIDATE CONSTRAINT leaves the keys to its partitions "
         "not valid, so it can only be added valid.",
         "a trigger that looks the row up until the server is 18, or the key without delay in " QUIET},
    [RW_WINDOW_OVERLAPS] = {"A key WITHOUT OVERLAPS builds its index under a lock that stops even readers; it cannot be built "
                            "concurrently.",
                            SECOND_TABLE "; else " QUIET},
    [RW_WINDOW_EXCLUSION] =
        {"An exclusion constraint builds its index under a lock that stops even readers; it cannot be built "
         "concurrently, and something hangs on the table that a second one in its place would leave behind.",
         "an index that is built concurrently and a trigger that looks for an overlap, under an advisory lock; "
         "else " QUIET},
    [RW_WINDOW_MATCHING_INDEX] =
        {"A partition has a matching index already, or is a foreign table: lockcast does not know how to "
         "tie them.",
         "the constraint on each partition by CREATE UNIQUE INDEX CONCURRENTLY and ADD CONSTRAINT ... USING "
         "INDEX, and then on the parent; else " QUIET},
    [RW_WINDOW_FOREIGN_PARTITION] =
        {"A partition is a foreign table: PostgreSQL makes no index there, and lockcast does not know "
         "how to go on.",
         "CREATE INDEX ... ON ONLY the parent, and CONCURRENTLY on each partition that is a table"},
    [RW_WINDOW_BOUND] = {"The bound cannot be written as a CHECK that proves it, so the partition is read under the lock.",
                         QUIET},
    [RW_WINDOW_DEFAULT_BOUND] =
        {"The bound cannot be written as a CHECK that proves it for the default partition, which is read "
         "under the lock.",
         "DETACH the default partition CONCURRENTLY first (14 on), if no row goes there meanwhile; else " QUIET},
    [RW_WINDOW_TYPE_GENERATED] = {"A generated column can only be written anew, and something hangs on the table that a second "
                                  "table in its place would leave behind.",
                                  "an ordinary column of the new type, filled in batches and kept by a trigger; else " QUIET},
    [RW_WINDOW_TYPE_FOREIGN] = {"A partition is a foreign table, whose rows a batch cannot fill.",
                                "a second column in every partition and on the foreign server, filled there; else " QUIET},
    [RW_WINDOW_TYPE_CHILD] = {"A child table has the column by itself, too, so it would keep the old one.",
                              "a second column of the new type, kept by a trigger and filled in batches, that the application "
                              "changes to; else " QUIET},
    [RW_WINDOW_TYPE_HANGS] =
        {"Something that hangs on the column (an exclusion constraint on a table that others hang on, a foreign "
         "key to a partitioned table, a definition that is not known) cannot be made anew while others work.",
         "drop what hangs on it first, change the type by a rewrite, and make that anew (constraints NOT VALID, "
         "then VALIDATE); else " QUIET},
};

static bool is_there(const struct fp_lock *l)
{
    return !l->created && !l->rel->o.created && !l->rel->index && !l->rel->toastfor;
}

// The strongest lock on a table or view that the statement finds.
static const struct fp_lock *strongest(const struct footprint *fp)
{
    const struct fp_lock *best = NULL;

    for (int i = 0; i < fp->locks.len; i++)
        if (is_there(&fp->locks.items[i]) && (!best || fp->locks.items[i].mode > best->mode))
            best = &fp->locks.items[i];
    return best;
}

// Up to three tables that it locks so.
static const char *tables_of(struct rw *rw, enum lc_lockmode mode)
{
    int n = 0;
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    for (int i = 0; i < rw->fp.locks.len; i++) {
        const struct fp_lock *l = &rw->fp.locks.items[i];
        if (l->mode != mode || !is_there(l))
            continue;
        if (n++ < 3)
            lc_str_addf(&s, "%s%s", n > 1 ? ", " : "", l->name);
    }
    if (n > 3)
        lc_str_addf(&s, " and %d more", n - 3);
    return s.text;
}

static const char *who_waits(struct rw *rw)
{
    const struct fp_lock *l = strongest(&rw->fp);

    if (!l)
        return "nobody waits for a table that is there; it works";
    if (!lc_lockmodes_conflict(l->mode, LC_ROW_EXCLUSIVE))
        return lc_printf(rw->arena, "whoever changes its rows in %s waits", tables_of(rw, l->mode));
    return lc_printf(rw->arena, "%s of %s waits", words_blocked_by(l->mode), tables_of(rw, l->mode));
}

static const char *how_long(struct rw *rw)
{
    const struct cost *cost = &rw->fs->cost;

    if (!cost->known || cost->total_ms.p90 <= 0)
        return "for a time that is not known";
    return lc_printf(rw->arena, "for about %s, %s in 1 of 10 runs", words_time(rw->arena, cost->total_ms.p50),
                     words_time(rw->arena, cost->total_ms.p90));
}

const char *rw_window_text(struct rw *rw, enum rw_window w)
{
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    lc_str_addf(&s, "%s It needs a window: ", rows[w].why);
    lc_str_addf(&s, "%s %s. The least bad way: %s.", who_waits(rw), how_long(rw), rows[w].way);
    return s.text;
}

enum rewrite_verdict rw_window(struct rw *rw, enum rw_window w)
{
    rw->why = rw_window_text(rw, w);
    return REWRITE_WINDOW;
}

// --- statements without a recipe -----------------------------------------------------------------------------------------------------------

struct tagged {
    NodeTag tag;
    AlterTableType sub;
    enum rw_window window;
};

static const struct tagged tagged[] = {
    {T_ClusterStmt, 0, RW_WINDOW_CLUSTER},
    {T_VacuumStmt, 0, RW_WINDOW_VACUUM_FULL},
    {T_AlterTableStmt, AT_SetTableSpace, RW_WINDOW_TABLESPACE},
    {T_AlterTableStmt, AT_SetLogged, RW_WINDOW_LOGGED},
    {T_AlterTableStmt, AT_SetUnLogged, RW_WINDOW_UNLOGGED},
    {T_AlterTableStmt, AT_SetAccessMethod, RW_WINDOW_ACCESS_METHOD},
};

enum rewrite_verdict rw_no_safe_way(struct rw *rw, const struct rw_stmt *s)
{
    for (size_t i = 0; i < sizeof tagged / sizeof *tagged; i++)
        if (nodeTag(s->tree) == tagged[i].tag &&
            (tagged[i].tag != T_AlterTableStmt || (s->cmd && s->cmd->subtype == tagged[i].sub)))
            return rw_window(rw, tagged[i].window);
    if (s->alter && !s->fp.rewrites.len && !s->fp.scans.len)
        return REWRITE_SAME;
    return rw_window(rw, RW_WINDOW_OTHER);
}

// CREATE and ALTER SEQUENCE (sequence.c).
#include "base/str.h"
#include "footprint/fp_object.h"

#define RULE(name, id, mode, why, source) static const struct fp_rule name = {id, mode, 0, 0, why, source}

RULE(alter_sequence, "alter-sequence/sequence", LC_SHARE_ROW_EXCLUSIVE, "nextval() waits while the sequence's parameters change",
     "sequence.c AlterSequence");
RULE(open_sequence, "alter-sequence/open", LC_ROW_EXCLUSIVE, "the sequence's row is read and written",
     "sequence.c lock_and_open_sequence");
RULE(owned_table, "sequence/owner-table", LC_ACCESS_SHARE, "the table of OWNED BY is looked up", "sequence.c process_owned_by");

static void lock_owner_table(struct fp_session *s, const NodeList *options)
{
    const DefElem *owned = cat_option(options, "owned_by");
    NodeList names = owned ? cat_node_list(owned->arg) : (NodeList){0};

    if (names.length > 1) // otherwise OWNED BY NONE
        fp_lock(s, cat_find_rangevar(s->cat, cat_make_rangevar_n(s->arena, &names, names.length - 1)), &owned_table);
}

void fp_create_sequence(struct fp_session *s, const CreateSeqStmt *stmt, bool *applied)
{
    const struct cat_relation *old = cat_find_rangevar(s->cat, stmt->sequence);

    *applied = true;
    if (!fp_apply_now(s, (const Node *)(const void *)stmt) || old)
        return;
    fp_lock_created(s, cat_find_rangevar(s->cat, stmt->sequence));
    lock_owner_table(s, &stmt->options);
    fp_metadata(s, cat_find_rangevar(s->cat, stmt->sequence), "sequence");
}

// Every option but OWNED BY writes the sequence anew (init_params' need_seq_rewrite).
static bool rewrites_sequence(const NodeList *options)
{
    for (LIST_EACH(i, options)) {
        const DefElem *def = LIST_GET(DefElem, options, i);

        if (def && !lc_streq(def->defname, "owned_by"))
            return true;
    }
    return false;
}

void fp_alter_sequence(struct fp_session *s, const AlterSeqStmt *stmt)
{
    const struct cat_relation *seq = cat_find_rangevar(s->cat, stmt->sequence);

    if (!seq)
        return;
    fp_lock(s, seq, &alter_sequence);
    fp_lock(s, seq, &open_sequence);
    if (rewrites_sequence(&stmt->options))
        fp_rewrite(s, seq);
    lock_owner_table(s, &stmt->options);
    fp_metadata(s, seq, "sequence");
}

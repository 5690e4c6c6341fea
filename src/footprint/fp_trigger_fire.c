// Triggers that a write fires (trigger.c): which, and what their functions do.
#include "footprint/fp_query.h"

#include <string.h>

#include "base/str.h"

// TriggerEnabled: session_replication_role decides between O and R.
bool fq_trigger_enabled(const struct fp_session *s, char enabled)
{
    bool replica = lc_streq(cat_setting(s->cat, "session_replication_role"), "replica");

    return enabled == 'A' || (enabled ? enabled : 'O') == (replica ? 'R' : 'O');
}

static bool is_meant(const struct fp_session *s, const struct cat_relation *rel, const struct cat_trigger *t, int event,
                     int timing, bool row, const struct fq_write *w)
{
    int when = t->type & (TRIGGER_TYPE_BEFORE | TRIGGER_TYPE_INSTEAD);

    if (!(t->type & event) || when != timing || ((t->type & TRIGGER_TYPE_ROW) != 0) != row || !fq_trigger_enabled(s, t->enabled))
        return false;
    for (int i = 0; event == TRIGGER_TYPE_UPDATE && w && i < t->columns.len; i++)
        if (fq_sets_column(w, rel, t->columns.items[i]))
            return true;
    return event != TRIGGER_TYPE_UPDATE || !w || t->columns.len == 0;
}

static const char *op_name(int event)
{
    return event == TRIGGER_TYPE_INSERT   ? "INSERT"
           : event == TRIGGER_TYPE_UPDATE ? "UPDATE"
           : event == TRIGGER_TYPE_DELETE ? "DELETE"
                                          : "TRUNCATE";
}

void fq_fire(struct fp_session *s, const struct cat_relation *rel, int event, int timing, bool row, const struct fq_write *w)
{
    bool was = s->uncertain;

    for (int i = 0; i < rel->triggers.len; i++) {
        const struct cat_trigger *t = cat_trigger(s->cat, rel->triggers.items[i]);
        const struct cat_proc *proc;
        if (!t || !is_meant(s, rel, t, event, timing, row, w))
            continue;
        if (row && timing == 0)
            fp_queue_trigger(s, rel, t,
                             event == TRIGGER_TYPE_INSERT && !t->when &&
                                 !fq_has_trigger(s->cat, rel, TRIGGER_TYPE_BEFORE | TRIGGER_TYPE_ROW | TRIGGER_TYPE_INSERT));
        proc = cat_proc(s->cat, t->funcid);
        s->uncertain = was || t->when || t->initdeferred;
        if (proc)
            fq_trigger_proc(s, proc, &(struct fp_firing){t, rel, op_name(event)});
        s->uncertain = was;
    }
}

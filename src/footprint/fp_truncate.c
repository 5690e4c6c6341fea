// TRUNCATE: children, referencing tables, new storage, sequences, triggers (commands/tablecmds.c ExecuteTruncate, ExecuteTruncateGuts).
#include "footprint/fp_query.h"

#include <string.h>

#include "base/str.h"

struct truncate {
    struct fp_session *s;
    struct LC_ARRAY(const struct cat_relation *) rels;
};

static bool has(const struct truncate *t, Oid oid)
{
    for (int i = 0; i < t->rels.len; i++)
        if (t->rels.items[i]->o.oid == oid)
            return true;
    return false;
}

static void add(struct truncate *t, const struct cat_relation *rel)
{
    if (!rel || has(t, rel->o.oid))
        return;
    fp_lock_mode(t->s, rel, LC_ACCESS_EXCLUSIVE, &fq_rules[FQ_TRUNCATE]);
    fp_check_pending(t->s, rel, "TRUNCATE");
    LC_PUSH(t->s->arena, &t->rels, rel);
}

static void add_named(struct truncate *t, const RangeVar *rv)
{
    const struct cat_relation *rel = fq_find(t->s, rv);
    struct cat_oids all = {0};

    if (!rel)
        return;
    if (!strchr("rp", rel->relkind) && !(rel->relkind == 'f' && cat_major(t->s->cat) >= 14)) {
        fp_refuse(t->s, "42809", "\"%s\" is not a table", rel->o.name);
        return;
    }
    if (!rv->inh && rel->relkind == 'p') {
        fp_refuse(t->s, "42809", "cannot truncate only a partitioned table");
        return;
    }
    add(t, rel);
    if (rv->inh)
        cat_inheritors(t->s->cat, rel->o.oid, &all);
    for (int i = 0; i < all.len; i++)
        add(t, cat_relation(t->s->cat, all.items[i]));
}

// The table that the whole key references: a key of a partition points at the topmost table through its parents.
static const struct cat_relation *topmost(const struct truncate *t, const struct cat_constraint *con)
{
    for (int i = 0; con->conparentid && i < 64; i++) {
        const struct cat_constraint *up = cat_constraint(t->s->cat, con->conparentid);
        if (!up)
            break;
        con = up;
    }
    return cat_relation(t->s->cat, con->confrelid);
}

// Whatever references the topmost table comes too, its partitions among them.
static void add_all_referencing(struct truncate *t, const struct cat_relation *top)
{
    for (int k = 0; top && k < top->referencing.len; k++) {
        const struct cat_constraint *con = cat_constraint(t->s->cat, top->referencing.items[k]);
        if (con)
            add(t, cat_relation(t->s->cat, con->conrelid));
    }
}

// pg_class.relhastriggers, as far as the catalogue tells: keys that are not enforced have none.
static bool has_triggers(const struct catalog *cat, const struct cat_relation *rel)
{
    bool found = rel->relkind == 'p' || rel->triggers.len;

    for (int i = 0; i < rel->constraints.len && !found; i++) {
        const struct cat_constraint *con = cat_constraint(cat, rel->constraints.items[i]);
        found =
            con && con->contype && strchr("fpux", con->contype) && (con->contype == 'f' ? con->conenforced : con->condeferrable);
    }
    for (int i = 0; i < rel->referencing.len && !found; i++) {
        const struct cat_constraint *con = cat_constraint(cat, rel->referencing.items[i]);
        found = con && con->conenforced;
    }
    return found;
}

// heap_truncate_find_FKs, until nothing new comes. Without CASCADE a foreign key from outside the list refuses the statement.
static void add_referencing(struct truncate *t, bool cascade)
{
    for (int i = 0; i < t->rels.len && !t->s->fp->fails; i++) {
        const struct cat_relation *rel = t->rels.items[i];
        for (int k = 0; k < rel->referencing.len; k++) {
            const struct cat_constraint *con = cat_constraint(t->s->cat, rel->referencing.items[k]);
            const struct cat_relation *fk = con ? cat_relation(t->s->cat, con->conrelid) : NULL;
            if (!fk || has(t, fk->o.oid) || (!cascade && !has_triggers(t->s->cat, rel))) // heap_truncate_check_FKs
                continue;
            if (cascade) {
                add(t, fk);
                add_all_referencing(t, topmost(t, con));
            } else {
                fp_refuse(t->s, "0A000", "cannot truncate a table referenced in a foreign key constraint");
            }
        }
    }
}

struct sequences {
    struct truncate *t;
};

static bool is_restarted(const struct cat_relation *seq, const struct sequences *c)
{
    return seq->relkind == 'S' && seq->seq_owner_rel && has(c->t, seq->seq_owner_rel);
}

static void lock_sequence(const struct cat_object *object, void *context)
{
    const struct cat_relation *seq = (const struct cat_relation *)(const void *)object;
    struct sequences *c = context;

    if (is_restarted(seq, c))
        fp_lock_mode(c->t->s, seq, LC_ACCESS_EXCLUSIVE, &fq_rules[FQ_TRUNCATE_SEQUENCE]);
}

// ResetSequence, once the tables are empty.
static void restart(const struct cat_object *object, void *context)
{
    const struct cat_relation *seq = (const struct cat_relation *)(const void *)object;
    struct sequences *c = context;

    if (!is_restarted(seq, c))
        return;
    fp_lock_mode(c->t->s, seq, LC_ROW_EXCLUSIVE, &fq_rules[FQ_SEQUENCE]);
    fp_rewrite(c->t->s, seq);
}

static bool is_emptied(const struct fp_session *s, Oid oid)
{
    for (int i = s->emptied_from; i < s->emptied.len; i++)
        if (s->emptied.items[i] == oid)
            return true;
    return false;
}

static void new_storage(struct fp_session *s, const struct cat_relation *rel)
{
    struct cat_relation *own;

    (void)fp_add_work(s, FP_TRUNCATE, rel, "truncate");
    if (s->traffic)
        return;
    own = cat_modify(s->cat, rel);
    own->size = (struct cat_sizes){.known = true, .exact = true};
}

bool fp_has_new_storage(const struct fp_session *s, const struct cat_relation *rel)
{
    return s->level > 0 && (rel->o.oid > s->block_watermark || is_emptied(s, rel->o.oid));
}

// A table whose storage is of this (sub)transaction is emptied in place (ExecuteTruncateGuts, tablecmds.c).
static void empty(struct fp_session *s, const struct cat_relation *rel)
{
    bool in_place = fp_has_new_storage(s, rel);

    if (rel->relkind == 'f' || rel->relkind == 'p')
        return;
    if (!in_place) {
        fp_lock_mode(s, rel, LC_SHARE, &fq_rules[FQ_TRUNCATE_REINDEX]);
        fp_rewrite(s, rel);
    }
    if (rel->indexes.len)
        fp_scan(s, rel); // to build them again
    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(s->cat, rel->indexes.items[i]);
        fp_lock_mode(s, index, LC_ACCESS_EXCLUSIVE, &fq_rules[FQ_TRUNCATE_REINDEX]);
        if (!in_place)
            fp_rewrite(s, index);
        new_storage(s, index);
    }
    new_storage(s, rel);
}

void fp_truncate(struct fp_session *s, const TruncateStmt *stmt)
{
    struct truncate t = {.s = s};
    struct sequences seqs = {&t};

    for (LIST_EACH(i, &stmt->relations))
        add_named(&t, LIST_GET(RangeVar, &stmt->relations, i));
    add_referencing(&t, stmt->behavior == DROP_CASCADE);
    if (s->fp->fails)
        return;
    if (stmt->restart_seqs)
        cat_each(s->cat, CAT_RELATION, lock_sequence, &seqs);
    for (int i = 0; i < t.rels.len; i++) {
        if (cat_major(s->cat) < 14) // InitResultRelInfo reads the bound of every partition
            fp_read_bounds(s, t.rels.items[i], &fq_rules[FQ_PARENT_QUAL]);
        fq_fire(s, t.rels.items[i], TRIGGER_TYPE_TRUNCATE, TRIGGER_TYPE_BEFORE, false, NULL);
    }
    for (int i = 0; i < t.rels.len; i++)
        empty(s, t.rels.items[i]);
    if (stmt->restart_seqs)
        cat_each(s->cat, CAT_RELATION, restart, &seqs);
    for (int i = 0; i < t.rels.len; i++)
        fq_fire(s, t.rels.items[i], TRIGGER_TYPE_TRUNCATE, 0, false, NULL);
}

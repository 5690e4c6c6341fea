// The expressions that DDL evaluates, for every row or once: what the functions in them lock and read.
#include "footprint/fp_query.h"
#include "footprint/fp_table.h"

void fp_run_expr(struct fp_session *s, const struct cat_relation *rel, const Node *expr)
{
    struct fq_query q;
    struct fq_level *level;
    struct fq_rel *r = LC_NEW(s->arena, struct fq_rel);

    if (!expr)
        return;
    fq_init(&q, s, FQ_EXECUTE);
    level = fq_new_level(&q, NULL);
    r->rel = rel;
    r->level = level;
    LC_PUSH(q.arena, &level->sources, (struct fq_source){.alias = rel->o.name, .rel = r});
    fq_expr(&q, level, expr);
    fq_plan_calls(&q);
    fq_execute_calls(&q, NULL);
}

// FormIndexDatum and the predicate (heapam_index_build_range_scan, compute_index_stats).
void fp_run_index_exprs(struct fp_session *s, const struct cat_relation *rel, const struct cat_relation *index)
{
    if (!index->index || fp_is_empty(rel))
        return;
    fp_run_expr(s, rel, index->index->predicate);
    for (int i = 0; index->index->exprs && i < index->index->natts; i++)
        fp_run_expr(s, rel, index->index->exprs[i]);
}

struct fp_work *fp_add_index_work(struct fp_session *s, enum fp_work_kind kind, const struct cat_relation *rel,
                                  const struct cat_relation *index, const char *what)
{
    struct fp_work *work = fp_add_work(s, kind, rel, what);

    work->index = index;
    fp_run_index_exprs(s, rel, index);
    return work;
}

// Bodies in PL/pgSQL.
#include "footprint/fp_query.h"

void fp_body(struct fp_session *s, const char *create, const struct cat_proc *proc, const FuncCall *call, const struct cat_relation *trigger_rel,
             const char *trigger_op)
{
    (void)s, (void)create, (void)proc, (void)call, (void)trigger_rel, (void)trigger_op;
}

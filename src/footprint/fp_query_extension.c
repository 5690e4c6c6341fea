// What functions in C of contrib modules read: queries that they are given as texts, and relations whose names they are given.
#include "footprint/fp_eval.h"

#include <string.h>

#include "catalog/oids.h"

struct reader {
    const char *prefix; // of the function's name
    int relation;       // the argument that names a relation; -1: the first is a query, and so is the second where it is a text
    const char *source;
};

static const struct reader readers[] = {
    {"crosstab", -1, "crosstab, crosstab_hash (contrib/tablefunc/tablefunc.c)"},
    {"connectby", 0, "build_tuplestore_recursively (contrib/tablefunc/tablefunc.c)"},
    {"xpath_table", 2, "xpath_table (contrib/xml2/xpath.c)"},
    {"dblink_build_sql_insert", 0, "get_tuple_of_interest (contrib/dblink/dblink.c)"},
    {"dblink_build_sql_update", 0, "get_tuple_of_interest (contrib/dblink/dblink.c)"},
};

static void run(struct fq_query *q, const FuncCall *call, const struct cat_proc *p, const struct reader *reader)
{
    if (reader->relation < 0) {
        for (int i = 0; i < 2 && i < call->args.length && i < p->nargs && p->argtypes[i] == TEXTOID; i++)
            fq_run_text(q, fq_text_argument(q->s, call, i));
        return;
    }
    const char *relation = fq_text_argument(q->s, call, reader->relation);
    fq_run_text(q, relation ? lc_printf(q->arena, "SELECT * FROM %s", relation) : NULL);
}

void fq_extension_function(struct fq_query *q, const FuncCall *call, const struct cat_proc *p)
{
    bool was = q->s->uncertain;

    if (q->stage < FQ_EXECUTE)
        return;
    q->s->uncertain |= q->conditional;
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (strncmp(p->o.name, readers[i].prefix, strlen(readers[i].prefix)) == 0)
            run(q, call, p, &readers[i]);
    q->s->uncertain = was;
}

// Plain SQL as psql -f runs it: every statement by itself unless the file says BEGIN.
#include "migration/internal.h"

static const char *detect(struct lc_arena *arena, const struct migration_input *in)
{
    (void)arena, (void)in;
    return "nothing else fits: plain SQL, as psql -f runs it";
}

static enum lc_code read_plain(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                               int unit, struct migration_file *out, struct lc_error *err)
{
    (void)options;
    return migration_add_sql(arena, in, 0, in->size, 1, MIGRATION_AUTOCOMMIT, unit, out, err);
}

const struct migration_format migration_plain = {"plain", detect, read_plain, NULL, false};

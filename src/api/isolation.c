// Running an isolation test with no server at all.
#include "isolation/isolation.h"
#include "api/internal.h"
#include "migration/read_file.h"
#include "sql/sql.h"

#define TEST_MAX ((size_t)16 * 1024 * 1024)

static enum lc_code isolation_test(struct lockcast *l, const char *path, int major, struct lc_str *report, struct lc_error *err)
{
    struct migration_input in = {0};
    enum lc_code code = LC_OK;

    if (major != 0 && (major < 13 || major > 18))
        return lc_fail(err, LC_E_USAGE, "--server-version takes 13 to 18, not %d", major);
    code = migration_read_file(l->arena, path, &in, err);
    if (code == LC_OK && in.size > TEST_MAX) {
        code = lc_fail(err, LC_E_INPUT, "an isolation test has at most %zu bytes", TEST_MAX);
        lc_error_at(err, path, 0);
    }
    if (code != LC_OK)
        return code;
    return isolation_run(in.text, path, major ? major : lc_sql_grammar() / 10000, l->arena, report, err);
}

enum lockcast_status lockcast_isolation_test(struct lockcast *l, const char *path, int server_version,
                                             struct lockcast_text *report)
{
    struct lc_str out = api_str(l);
    enum lc_code code = isolation_test(l, path, server_version, &out, api_begin(l));

    return api_end_text(l, code, &out, report);
}

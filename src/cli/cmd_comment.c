// lockcast comment: create or update the one comment of a pull or merge request.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/map.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/read_report.h"
#include "forge/forge.h"
#include "migration/read_file.h"
#include "report/report.h"

static const char *first_of(const char *option, const char *const *variables)
{
    for (; !option && *variables; variables++)
        if (getenv(*variables) && *getenv(*variables))
            option = getenv(*variables);
    return option;
}

static const char *trimmed(struct lc_arena *arena, const char *text)
{
    size_t len = text ? strlen(text) : 0;

    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    return text ? lc_strndup(arena, text, len) : NULL;
}

static enum lc_code find_token(struct cli_run *run, bool github, struct forge_target *t, struct lc_error *err)
{
    static const char *const github_tokens[] = {"GITHUB_TOKEN", "GH_TOKEN", NULL}, *const gitlab_tokens[] = {"GITLAB_TOKEN",
                                                                                                             NULL};
    struct migration_input in = {0};
    enum lc_code code = LC_OK;

    if (run->o.token_file)
        code = migration_read_file(run->arena, run->o.token_file, &in, err);
    t->token = run->o.token_file ? in.text : first_of(NULL, github ? github_tokens : gitlab_tokens);
    t->token = trimmed(run->arena, t->token);
    return code;
}

// The pull request's number from GITHUB_REF (refs/pull/7/merge).
static const char *number_from_ref(struct lc_arena *arena)
{
    const char *ref = getenv("GITHUB_REF");

    if (!lc_starts(ref, "refs/pull/"))
        return NULL;
    ref += strlen("refs/pull/");
    return lc_strndup(arena, ref, strspn(ref, "0123456789"));
}

static enum lc_code find_target(struct cli_run *run, struct forge_target *t, struct lc_error *err)
{
    static const char *const github[][3] = {
        {"GITHUB_API_URL", NULL}, {"GITHUB_REPOSITORY", NULL}, {"LOCKCAST_PULL_REQUEST", NULL}};
    static const char *const gitlab[][3] = {{"CI_API_V4_URL", NULL}, {"CI_PROJECT_ID", NULL}, {"CI_MERGE_REQUEST_IID", NULL}};
    static const char *const heads[] = {"LOCKCAST_HEAD", "GITHUB_SHA", "CI_COMMIT_SHA", NULL};
    bool is_github = !lc_streq(run->o.provider, "gitlab");
    enum lc_code code = find_token(run, is_github, t, err);

    t->provider = is_github ? FORGE_GITHUB : FORGE_GITLAB;
    t->api_url = first_of(run->o.api_url, is_github ? github[0] : gitlab[0]);
    t->repository = first_of(run->o.repository, is_github ? github[1] : gitlab[1]);
    t->request = first_of(run->o.pull_request, is_github ? github[2] : gitlab[2]);
    t->head = first_of(NULL, heads);
    if (!t->head)
        t->head = "";
    if (is_github && !t->request)
        t->request = number_from_ref(run->arena);
    if (!t->api_url)
        t->api_url = is_github ? "https://api.github.com" : "https://gitlab.com/api/v4";
    if (code != LC_OK || run->o.dry_run)
        return code;
    if (!t->repository || !t->request || !*t->request || t->request[strspn(t->request, "0123456789")])
        return lc_fail(err, LC_E_USAGE, "which request? give --repository and --pull-request, or run in its CI job");
    if (!t->token || !*t->token) {
        (void)lc_fail(err, LC_E_USAGE, "there is no token");
        lc_error_hint(err, "Set %s, or give --token-file.", is_github ? "GITHUB_TOKEN" : "GITLAB_TOKEN");
        return LC_E_USAGE;
    }
    return LC_OK;
}

// Without --key: one comment for each set of migration files.
static const char *key_of(struct cli_run *run, const cJSON *report)
{
    const cJSON *m, *path;
    struct lc_str all;

    if (run->o.comment_key)
        return run->o.comment_key;
    lc_str_init(&all, run->arena, LC_STR_MAX);
    cJSON_ArrayForEach(m, cJSON_GetObjectItemCaseSensitive(report, "migrations"))
    {
        path = cJSON_GetObjectItemCaseSensitive(m, "path");
        lc_str_addf(&all, "%s\n", cJSON_IsString(path) ? path->valuestring : "");
    }
    return lc_printf(run->arena, "%016llx", (unsigned long long)lc_hash(all.text));
}

static const char *now_text(struct lc_arena *arena)
{
    time_t now = time(NULL);
    struct tm tm;
    char text[32] = "";

    if (gmtime_r(&now, &tm))
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return lc_strdup(arena, text);
}

static enum lc_code deliver(struct cli_run *run, const struct forge_target *t, const char *body, struct lc_error *err)
{
    static const char *const words[] = {"created", "updated", "left as it is: nothing has changed",
                                        "left as it is: it is newer than this report"};
    const char *text = forge_text(run->arena, t, body);
    enum forge_done done;
    enum lc_code code;

    if (run->o.dry_run)
        return cli_write(run, text, strlen(text), err);
    code = forge_comment(run->arena, t, body, &done, err);
    if (code == LC_OK && !run->o.quiet)
        (void)fprintf(stderr, "lockcast: the comment was %s\n", words[done]);
    return code;
}

int cmd_comment(struct cli_run *run)
{
    struct forge_target t = {0};
    struct report_options how = {0};
    struct lc_error err = {0};
    struct lc_str body;
    cJSON *report = NULL;
    int status = EXIT_DONE;

    if (run->o.nargs != 1)
        return cli_usage_error(run, "which report? give one JSON file, or - for standard input");
    lc_str_init(&body, run->arena, LC_STR_MAX);
    if (cli_read_report(run, run->o.args[0], &report, &err) != LC_OK || find_target(run, &t, &err) != LC_OK) {
        status = cli_fail(&err);
    } else {
        t.key = key_of(run, report);
        t.generated = now_text(run->arena);
        how.budget = forge_limit(t.provider) - 512;
        if (report_from_json("markdown", report, &how, run->arena, &body, &err) != LC_OK ||
            deliver(run, &t, body.text, &err) != LC_OK)
            status = cli_fail(&err);
    }
    cJSON_Delete(report);
    return status;
}

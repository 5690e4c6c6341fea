// lockcast comment: create or update the one comment of a pull or merge request; where it goes is in the CI's environment.
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"

static const char *first_of(const char *option, const char *const *variables)
{
    for (; !option && *variables; variables++)
        if (getenv(*variables) && *getenv(*variables))
            option = getenv(*variables);
    return option;
}

// The pull request's number from GITHUB_REF (refs/pull/7/merge), in `out`; NULL: it names none.
static const char *number_from_ref(char *out, size_t size)
{
    static const char prefix[] = "refs/pull/";
    const char *ref = getenv("GITHUB_REF");

    if (!ref || strncmp(ref, prefix, sizeof prefix - 1) != 0)
        return NULL;
    ref += sizeof prefix - 1;
    (void)snprintf(out, size, "%.*s", (int)strspn(ref, "0123456789"), ref);
    return out;
}

static struct lockcast_request find_request(const struct cli_options *o, char *number, size_t size)
{
    static const char *const github[][3] = {{"GITHUB_API_URL", NULL},
                                            {"GITHUB_REPOSITORY", NULL},
                                            {"LOCKCAST_PULL_REQUEST", NULL},
                                            {"GITHUB_TOKEN", "GH_TOKEN", NULL}};
    static const char *const gitlab[][3] = {
        {"CI_API_V4_URL", NULL}, {"CI_PROJECT_ID", NULL}, {"CI_MERGE_REQUEST_IID", NULL}, {"GITLAB_TOKEN", NULL}};
    static const char *const heads[] = {"LOCKCAST_HEAD", "GITHUB_SHA", "CI_COMMIT_SHA", NULL};
    bool is_gitlab = cli_is(o->provider, "gitlab");
    const char *const(*names)[3] = is_gitlab ? gitlab : github;
    struct lockcast_request r = {.provider = o->provider,
                                 .api_url = first_of(o->api_url, names[0]),
                                 .repository = first_of(o->repository, names[1]),
                                 .request = first_of(o->pull_request, names[2]),
                                 .token = first_of(NULL, names[3]),
                                 .token_file = o->token_file,
                                 .key = o->comment_key,
                                 .head = first_of(NULL, heads)};

    if (!is_gitlab && !r.request)
        r.request = number_from_ref(number, size);
    return r;
}

static int post(const struct cli_run *run, const struct lockcast_request *request)
{
    static const char *const words[] = {"created", "updated", "left as it is: nothing has changed",
                                        "left as it is: it is newer than this report"};
    enum lockcast_delivery done;

    if (lockcast_comment(run->l, run->o.args[0], request, &done) != LOCKCAST_OK)
        return cli_failed(run);
    if (!run->o.quiet)
        (void)fprintf(stderr, "lockcast: the comment was %s\n", words[done]);
    return EXIT_DONE;
}

int cmd_comment(struct cli_run *run)
{
    char number[32];
    struct lockcast_request request = find_request(&run->o, number, sizeof number);
    struct lockcast_text text;

    if (run->o.nargs != 1)
        return cli_usage_error(run, "which report? give one JSON file, or - for standard input");
    if (!run->o.dry_run)
        return cli_refuse(run, "output", "the comment is posted; add --dry-run") == EXIT_DONE ? post(run, &request) : EXIT_USAGE;
    if (lockcast_comment_text(run->l, run->o.args[0], &request, &text) != LOCKCAST_OK)
        return cli_failed(run);
    return cli_write(run, text);
}

// The one comment of a pull or merge request.
#include <ctype.h>
#include <string.h>
#include <time.h>

#include "api/internal.h"
#include "base/map.h"
#include "forge/forge.h"
#include "migration/read_file.h"
#include "report/words.h"

#define MARKER_BYTES 512 // of the comment's limit, for what forge adds

static const char *trimmed(struct lc_arena *arena, const char *text)
{
    size_t len = text ? strlen(text) : 0;

    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    return text ? lc_strndup(arena, text, len) : NULL;
}

static enum lc_code find_token(struct lockcast *l, const struct lockcast_request *r, struct forge_target *t, struct lc_error *err)
{
    struct migration_input in = {0};
    enum lc_code code = r->token_file ? migration_read_file(l->arena, r->token_file, &in, err) : LC_OK;

    t->token = trimmed(l->arena, r->token_file ? in.text : r->token);
    if (code != LC_OK || (t->token && *t->token))
        return code;
    (void)lc_fail(err, LC_E_USAGE, "there is no token");
    lc_error_hint(err, "Set %s, or give --token-file.", t->provider == FORGE_GITHUB ? "GITHUB_TOKEN" : "GITLAB_TOKEN");
    return LC_E_USAGE;
}

// Without a key of the user's: one comment for each set of migration files.
static const char *key_of(struct lockcast *l, const cJSON *report)
{
    struct lc_str all = api_str(l);
    const cJSON *m;

    cJSON_ArrayForEach(m, json_item(report, "migrations")) lc_str_addf(&all, "%s\n", json_text(m, "path"));
    return lc_printf(l->arena, "%016llx", (unsigned long long)lc_hash(all.text));
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

// Everything of the comment but where it goes to.
static enum lc_code write_body(struct lockcast *l, const char *path, const struct lockcast_request *r, struct forge_target *t,
                               struct lc_str *body, struct lc_error *err)
{
    struct report_options how = {0};
    cJSON *report = NULL;
    enum lc_code code = LC_OK;

    t->provider = lc_streq(r->provider, "gitlab") ? FORGE_GITLAB : FORGE_GITHUB;
    if (r->provider && t->provider == FORGE_GITHUB && !lc_streq(r->provider, "github"))
        code = lc_fail(err, LC_E_USAGE, "the provider is github or gitlab, not \"%s\"", r->provider);
    if (code == LC_OK)
        code = api_read_report(l, path, &report, err);
    if (code == LC_OK) {
        t->key = r->key ? r->key : key_of(l, report);
        t->head = r->head ? r->head : "";
        t->generated = now_text(l->arena);
        how.budget = forge_limit(t->provider) - MARKER_BYTES;
        code = report_from_json("markdown", report, &how, l->arena, body, err);
    }
    cJSON_Delete(report);
    return code;
}

// OWNER/NAME, of the characters that GitHub has in either.
static bool is_github_repository(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t owner = strspn(text, letters), name = text[owner] == '/' ? strspn(text + owner + 1, letters) : 0;

    return owner && name && !text[owner + 1 + name];
}

static enum lc_code find_target(struct lockcast *l, const struct lockcast_request *r, struct forge_target *t,
                                struct lc_error *err)
{
    t->api_url = r->api_url ? r->api_url : t->provider == FORGE_GITHUB ? "https://api.github.com" : "https://gitlab.com/api/v4";
    t->repository = r->repository;
    t->request = r->request;
    if (!t->repository || !t->request || !*t->request)
        return lc_fail(err, LC_E_USAGE, "which request? give --repository and --pull-request, or run in its CI job");
    if (t->request[strspn(t->request, "0123456789")])
        return lc_fail(err, LC_E_USAGE, "the number of a request is digits, not \"%s\"", t->request);
    if (t->provider == FORGE_GITHUB && !is_github_repository(t->repository))
        return lc_fail(err, LC_E_USAGE, "a repository on GitHub is OWNER/NAME, not \"%s\"", t->repository);
    return find_token(l, r, t, err);
}

enum lockcast_status lockcast_comment(struct lockcast *l, const char *path, const struct lockcast_request *request,
                                      enum lockcast_delivery *done)
{
    static const struct lockcast_request nothing;
    const struct lockcast_request *r = request ? request : &nothing;
    struct lc_error *err = api_begin(l);
    struct lc_str body = api_str(l);
    struct forge_target t = {0};
    enum forge_done how = FORGE_UNCHANGED;
    enum lc_code code = write_body(l, path, r, &t, &body, err);

    if (code == LC_OK)
        code = find_target(l, r, &t, err);
    if (code == LC_OK)
        code = forge_comment(l->arena, &t, body.text, &how, err);
    *done = how == FORGE_CREATED   ? LOCKCAST_CREATED
            : how == FORGE_UPDATED ? LOCKCAST_UPDATED
            : how == FORGE_NEWER   ? LOCKCAST_NEWER
                                   : LOCKCAST_UNCHANGED;
    return api_end(l, code);
}

enum lockcast_status lockcast_comment_text(struct lockcast *l, const char *path, const struct lockcast_request *request,
                                           struct lockcast_text *text)
{
    static const struct lockcast_request nothing;
    struct lc_error *err = api_begin(l);
    struct lc_str body = api_str(l), out = api_str(l);
    struct forge_target t = {0};
    enum lc_code code = write_body(l, path, request ? request : &nothing, &t, &body, err);

    if (code == LC_OK)
        lc_str_add(&out, forge_text(l->arena, &t, body.text));
    return api_end_text(l, code, &out, text);
}

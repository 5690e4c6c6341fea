// Finding, creating and updating the one comment. What differs between the forges is a row of a table.
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "forge/forge.h"
#include "forge/http.h"

#define MARKER "<!-- lockcast:v1 "
#define PAGES_MAX 200

struct dialect {
    const char *list, *one, *user; // URL patterns: repository, request; repository, comment; none
    const char *update_method, *auth_header;
    const char *author;     // the object of a comment that has the author
    const char *permission; // what is missing at 401, 403, 404
    size_t limit;
};

// GitHub: REST API, issues/comments. GitLab: notes API. Limits as measured by others: 65,536 characters and 1,048,576 bytes.
static const struct dialect dialects[] = {
    [FORGE_GITHUB] =
        {"%s/repos/%s/issues/%s/comments", "%s/repos/%s/issues/comments/%s", "%s/user", "PATCH", "Authorization: Bearer %s",
         "user",
         "The token needs `pull-requests: write`. On a pull request from a fork it has not: use the two jobs of docs/ci.md.",
         65000},
    [FORGE_GITLAB] = {"%s/projects/%s/merge_requests/%s/notes", "%s/projects/%s/merge_requests/%s/notes", "%s/user", "PUT",
                      "PRIVATE-TOKEN: %s", "author",
                      "The token needs the `api` scope and the Reporter role; CI_JOB_TOKEN cannot post notes.", 1000000},
};

struct found { // the newest comment of our key
    const char *id, *body, *generated;
    struct ids LC_ARRAY(const char *) extra; // older ones of the same key
};

struct talk {
    struct lc_arena *arena;
    const struct forge_target *t;
    const struct dialect *d;
    const char *me; // login or name of the token's user; NULL: the forge does not tell
    struct lc_error *err;
};

size_t forge_limit(enum forge_provider provider)
{
    return dialects[provider].limit;
}

// Percent-encodes what could end the marker or an attribute of it.
static const char *attribute(struct lc_arena *arena, const char *value)
{
    struct lc_str s;

    lc_str_init(&s, arena, 4096);
    for (const unsigned char *p = (const unsigned char *)value; *p; p++) {
        if ((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || strchr("._:/", *p))
            lc_str_addc(&s, (char)*p);
        else
            lc_str_addf(&s, "%%%02X", *p);
    }
    return s.text;
}

const char *forge_text(struct lc_arena *arena, const struct forge_target *t, const char *body)
{
    return lc_printf(arena, MARKER "key=%s head=%s generated=%s -->\n%s", attribute(arena, t->key), attribute(arena, t->head),
                     attribute(arena, t->generated), body);
}

static enum lc_code request(const struct talk *k, const char *method, const char *url, const char *body,
                            struct http_response *out)
{
    const char *headers[] = {lc_printf(k->arena, k->d->auth_header, k->t->token), "Accept: application/json",
                             "Content-Type: application/json", NULL};
    struct http_request r = {method, url, headers, body, k->t->retries ? k->t->retries : 4};
    enum lc_code code = http_send(k->arena, &r, out, k->err);

    if (code != LC_OK)
        return code;
    if (out->status >= 200 && out->status < 300)
        return LC_OK;
    (void)lc_fail(k->err, LC_E_DELIVERY, "%s %s: HTTP %ld", method, url, out->status);
    lc_error_detail(k->err, "%.400s", out->body);
    if (out->status == 401 || out->status == 403 || out->status == 404)
        lc_error_hint(k->err, "%s", k->d->permission);
    return LC_E_DELIVERY;
}

// Who the token is. A GitHub Actions token may not ask: then any bot's comment with our marker counts as ours.
static void ask_who(struct talk *k)
{
    struct http_response r;
    struct lc_error *outer = k->err, ignored;
    cJSON *user;
    const cJSON *name;

    k->err = &ignored;
    if (request(k, "GET", lc_printf(k->arena, k->d->user, k->t->api_url), NULL, &r) == LC_OK && (user = cJSON_Parse(r.body))) {
        name = cJSON_GetObjectItemCaseSensitive(user, k->t->provider == FORGE_GITHUB ? "login" : "username");
        k->me = cJSON_IsString(name) ? lc_strdup(k->arena, name->valuestring) : NULL;
        cJSON_Delete(user);
    }
    k->err = outer;
}

static const char *text_of(const cJSON *o, const char *name)
{
    const cJSON *s = cJSON_GetObjectItemCaseSensitive(o, name);

    return cJSON_IsString(s) ? s->valuestring : "";
}

static bool is_mine(const struct talk *k, const cJSON *comment)
{
    const cJSON *author = cJSON_GetObjectItemCaseSensitive(comment, k->d->author);

    if (k->me)
        return lc_streq(text_of(author, k->t->provider == FORGE_GITHUB ? "login" : "username"), k->me);
    return k->t->provider == FORGE_GITHUB && lc_streq(text_of(author, "type"), "Bot");
}

// The value of an attribute in the marker line of a comment; "" when it has none.
static const char *marker_value(struct lc_arena *arena, const char *body, const char *name)
{
    const char *end = strstr(body, "-->"), *p = strstr(body, name);

    if (!p || !end || p > end)
        return "";
    p += strlen(name);
    return lc_strndup(arena, p, strcspn(p, " \n"));
}

static void consider(const struct talk *k, const cJSON *comment, struct found *f)
{
    const char *body = text_of(comment, "body"), *id;
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(comment, "id");

    if (!lc_starts(body, MARKER) || !lc_streq(marker_value(k->arena, body, "key="), attribute(k->arena, k->t->key)) ||
        !cJSON_IsNumber(number) || !is_mine(k, comment))
        return;
    id = lc_printf(k->arena, "%.0f", number->valuedouble);
    if (f->id && strtod(f->id, NULL) > number->valuedouble) {
        LC_PUSH(k->arena, &f->extra, id);
        return;
    }
    if (f->id)
        LC_PUSH(k->arena, &f->extra, f->id);
    f->id = id;
    f->body = lc_strdup(k->arena, body);
    f->generated = marker_value(k->arena, body, "generated=");
}

static enum lc_code find(const struct talk *k, const char *list, struct found *f)
{
    const char *url = lc_printf(k->arena, "%s?per_page=100", list);

    for (int page = 0; url && page < PAGES_MAX; page++) {
        struct http_response r;
        enum lc_code code = request(k, "GET", url, NULL, &r);
        cJSON *comments;
        const cJSON *c;
        if (code != LC_OK)
            return code;
        comments = cJSON_Parse(r.body);
        if (!cJSON_IsArray(comments)) {
            cJSON_Delete(comments);
            return lc_fail(k->err, LC_E_DELIVERY, "GET %s: the answer is no list of comments", url);
        }
        cJSON_ArrayForEach(c, comments)
        {
            consider(k, c, f);
        }
        cJSON_Delete(comments);
        // a page elsewhere would be given our token: only the API's own address is followed
        url = r.next && lc_starts(r.next, k->t->api_url) ? r.next : NULL;
    }
    return LC_OK;
}

// GitLab wants a project's path as one segment: group%2Fname.
static const char *repository_in_url(struct lc_arena *arena, const struct forge_target *t)
{
    struct lc_str s;

    if (t->provider == FORGE_GITHUB)
        return t->repository;
    lc_str_init(&s, arena, 4096);
    for (const char *p = t->repository; *p; p++)
        lc_str_add(&s, *p == '/' ? "%2F" : (const char[]){*p, 0});
    return s.text;
}

static const char *url_of(const struct talk *k, const char *list, const char *id)
{
    if (k->t->provider == FORGE_GITLAB)
        return lc_printf(k->arena, "%s/%s", list, id);
    return lc_printf(k->arena, k->d->one, k->t->api_url, repository_in_url(k->arena, k->t), id);
}

static const char *payload(struct lc_arena *arena, const char *text)
{
    cJSON *o = cJSON_CreateObject();
    char *json;
    const char *copy;

    (void)cJSON_AddStringToObject(o, "body", text);
    json = cJSON_PrintUnformatted(o);
    copy = lc_strdup(arena, json ? json : "{}");
    free(json);
    cJSON_Delete(o);
    return copy;
}

static const char *after_marker(const char *body)
{
    const char *end = strchr(body, '\n');

    return end ? end + 1 : "";
}

static enum lc_code put(const struct talk *k, const char *list, const struct found *f, const char *body, enum forge_done *done)
{
    const char *text = forge_text(k->arena, k->t, body);
    struct http_response r;

    if (!f->id) {
        *done = FORGE_CREATED;
        return request(k, "POST", list, payload(k->arena, text), &r);
    }
    if (strcmp(after_marker(f->body), body) == 0) {
        *done = FORGE_UNCHANGED;
        return LC_OK;
    }
    if (strcmp(f->generated, k->t->generated) > 0) {
        *done = FORGE_NEWER;
        return LC_OK;
    }
    *done = FORGE_UPDATED;
    return request(k, k->d->update_method, url_of(k, list, f->id), payload(k->arena, text), &r);
}

enum lc_code forge_comment(struct lc_arena *arena, const struct forge_target *target, const char *body, enum forge_done *done,
                           struct lc_error *err)
{
    struct talk k = {arena, target, &dialects[target->provider], NULL, err};
    const char *list = lc_printf(arena, k.d->list, target->api_url, repository_in_url(arena, target), target->request);
    struct found f = {0};
    enum lc_code code;

    ask_who(&k);
    code = find(&k, list, &f);
    if (code == LC_OK)
        code = put(&k, list, &f, body, done);
    for (int i = 0; code == LC_OK && i < f.extra.len; i++) {
        struct http_response r;
        code = request(&k, "DELETE", url_of(&k, list, f.extra.items[i]), NULL, &r);
    }
    return code;
}

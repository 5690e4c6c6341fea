// HTTP over libcurl, with bounded answers, timeouts and patience.
#include "forge/http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/str.h"

#define ANSWER_MAX ((size_t)32 * 1024 * 1024)
#define TIMEOUT_S 30L
#define LONGEST_WAIT_S 60L

struct answer {
    struct lc_arena *arena;
    struct lc_str body;
    const char *next;
    long retry_after_s;
};

static size_t take_body(char *data, size_t size, size_t n, void *context)
{
    struct answer *a = context;

    lc_str_addn(&a->body, data, size * n);
    return a->body.full ? 0 : size * n;
}

// Link: <https://...?page=2>; rel="next", <...>; rel="last"
static const char *next_link(struct lc_arena *arena, const char *header)
{
    const char *rel = strstr(header, "rel=\"next\""), *open = NULL;

    for (const char *p = header; rel && p < rel; p++)
        if (*p == '<')
            open = p + 1;
    return open && strchr(open, '>') ? lc_strndup(arena, open, (size_t)(strchr(open, '>') - open)) : NULL;
}

static size_t take_header(char *data, size_t size, size_t n, void *context)
{
    struct answer *a = context;
    const char *line = lc_strndup(a->arena, data, size * n);

    if (strncasecmp(line, "link:", 5) == 0)
        a->next = next_link(a->arena, line);
    if (strncasecmp(line, "retry-after:", 12) == 0)
        a->retry_after_s = strtol(line + 12, NULL, 10);
    return size * n;
}

static void set_up(CURL *curl, const struct http_request *r, struct curl_slist *headers, struct answer *a)
{
    (void)curl_easy_setopt(curl, CURLOPT_URL, r->url);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, r->method);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, TIMEOUT_S);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "lockcast/" LOCKCAST_VERSION);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, a);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, a);
    if (r->body) {
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(r->body));
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, r->body);
    }
}

static void wait_s(double seconds)
{
    struct timespec t = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};

    (void)nanosleep(&t, NULL);
}

static bool may_pass(CURLcode code, long status)
{
    return code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT || code == CURLE_RECV_ERROR ||
           code == CURLE_GOT_NOTHING || (code == CURLE_OK && (status == 429 || status >= 500));
}

enum lc_code http_send(struct lc_arena *arena, const struct http_request *r, struct http_response *out, struct lc_error *err)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = NULL;
    CURLcode code = CURLE_FAILED_INIT;
    struct answer a;

    for (const char *const *h = r->headers; h && *h; h++)
        headers = curl_slist_append(headers, *h);
    for (int attempt = 0; curl; attempt++) {
        a = (struct answer){.arena = arena};
        lc_str_init(&a.body, arena, ANSWER_MAX);
        set_up(curl, r, headers, &a);
        code = curl_easy_perform(curl);
        out->status = 0;
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &out->status);
        if (!may_pass(code, out->status) || attempt >= r->retries)
            break;
        wait_s(a.retry_after_s > 0 ? (double)(a.retry_after_s < LONGEST_WAIT_S ? a.retry_after_s : LONGEST_WAIT_S)
                                   : 0.5 * (double)(1 << attempt));
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    if (code != CURLE_OK)
        return lc_fail(err, LC_E_DELIVERY, "%s %s: %s", r->method, r->url, curl_easy_strerror(code));
    out->body = a.body.text;
    out->next = a.next;
    return LC_OK;
}

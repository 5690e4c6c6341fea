// One HTTP request with retries: the only place that touches libcurl.
#ifndef LC_FORGE_HTTP_H
#define LC_FORGE_HTTP_H

#include "base/arena.h"
#include "base/error.h"

struct http_request {
    const char *method; // "GET", "POST", "PATCH", "PUT", "DELETE"
    const char *url;
    const char *const *headers; // "Name: value", NULL-terminated
    const char *body;           // NULL: none
    int retries;                // after a failure that may pass: 429, 5xx, a broken connection
};

struct http_response {
    long status;
    const char *body; // NUL-terminated
    const char *next; // URL of the Link header's rel="next", or NULL
};

// Follows no redirects to other hosts. LC_E_DELIVERY when no answer can be had; any status is an answer.
enum lc_code http_send(struct lc_arena *arena, const struct http_request *request, struct http_response *response,
                       struct lc_error *err) LC_MUST_CHECK;

#endif

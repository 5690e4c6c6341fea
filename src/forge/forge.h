// One comment on a pull or merge request, created or updated. It knows nothing of what is in the comment.
//
// The comment is found again by a hidden marker in its first line *and* by its author, on all pages; the newest is updated, others of
// the same key are deleted; an identical body is left alone, and a newer one is never overwritten (CI jobs end in any order).
#ifndef LC_FORGE_FORGE_H
#define LC_FORGE_FORGE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

enum forge_provider { FORGE_GITHUB, FORGE_GITLAB };

struct forge_target {
    enum forge_provider provider;
    const char *api_url;    // "https://api.github.com"; no slash at the end
    const char *repository; // "owner/name", or GitLab's project id or path
    const char *request;    // number of the pull or merge request
    const char *token;
    const char *key;       // tells several comments of one request apart
    const char *head;      // commit that the report is about, or ""
    const char *generated; // RFC 3339, UTC: when the report was made
    int retries;           // of a request that fails for the moment; 0: 4
};

enum forge_done { FORGE_CREATED, FORGE_UPDATED, FORGE_UNCHANGED, FORGE_NEWER };

// The most that one comment may hold, bytes, the marker included.
size_t forge_limit(enum forge_provider provider);
// The comment's whole text: marker line, then `body`.
const char *forge_text(struct lc_arena *arena, const struct forge_target *target, const char *body);
// LC_E_DELIVERY when it cannot be posted: the hint says which permission is missing.
enum lc_code forge_comment(struct lc_arena *arena, const struct forge_target *target, const char *body, enum forge_done *done,
                           struct lc_error *err) LC_MUST_CHECK;

#endif

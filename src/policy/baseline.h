// The baseline: findings that were known before, told from new ones by their fingerprints.
#ifndef LC_POLICY_BASELINE_H
#define LC_POLICY_BASELINE_H

#include "base/map.h"
#include "policy/policy.h"

#define BASELINE_SCHEMA "lockcast/baseline/1"

struct baseline; // as read from a file

// Fails on what is no baseline: err names the file and the line.
enum lc_code baseline_read(struct lc_arena *arena, const char *path, struct baseline **out, struct lc_error *err) LC_MUST_CHECK;
// Was a finding known, and at least as severe? `baseline` may be NULL.
bool baseline_has(const struct baseline *baseline, const char *fingerprint, enum severity severity);

// A path as fingerprints have it: one clean line without "./" before it; "-" for none.
const char *baseline_path(struct lc_arena *arena, const char *path);
// What tells a finding from another, wherever in its file it stands: SHA-256, in hex, over path, rule, the statement without its layout, and which
// of its equals it is, which `seen` counts (an empty map at first).
const char *baseline_fingerprint(struct lc_arena *arena, struct lc_map *seen, const char *path, const char *rule,
                                 const char *sql);

#endif

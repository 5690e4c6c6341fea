// Values of settings as PostgreSQL writes and reads them: "64MB", "5s", "on" (guc.c).
#ifndef LC_SNAPSHOT_SETTINGS_H
#define LC_SNAPSHOT_SETTINGS_H

#include <stdbool.h>

#include "base/arena.h"

// pg_settings.reset_val and unit as SHOW writes them: "16384", "8kB" -> "128MB". unit may be NULL.
const char *setting_with_unit(struct lc_arena *arena, const char *value, const char *unit);
// Bytes and milliseconds. NAN: no value (NULL), or none of that kind. A bare number is in the setting's own unit, which `name` tells.
double setting_bytes(const char *name, const char *value);
double setting_ms(const char *name, const char *value);
// A number without a unit; NAN otherwise.
double setting_number(const char *value);
// `otherwise`: no value (NULL), or neither a way to write true nor one to write false.
bool setting_bool(const char *value, bool otherwise);

#endif

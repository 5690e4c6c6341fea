// Which locks of a deploy are held from when to when, as a drawing and as a table.
#ifndef LC_REPORT_TIMELINE_H
#define LC_REPORT_TIMELINE_H

#include <cjson/cJSON.h>

#include "base/str.h"

// An SVG without script and without style attributes (its classes: .hold .wait .axis .t), and the same figures as an HTML table. Medians;
// locks that keep queries or writes waiting first, then as they are taken. Nothing where no lock is held.
void timeline_html(struct lc_str *out, const cJSON *report);

#endif

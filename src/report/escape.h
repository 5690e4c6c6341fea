// Text of strangers inside Markdown and HTML: shown, never obeyed.
#ifndef LC_REPORT_ESCAPE_H
#define LC_REPORT_ESCAPE_H

#include "base/str.h"

// One line of text for HTML: cleaned (base/clean.h), with & < > " ' as entities.
void html_text(struct lc_str *out, const char *text);
// The same with line ends kept: for <pre>.
void html_block(struct lc_str *out, const char *text);
// One line of prose for Markdown, also inside a table cell: no construct of Markdown, no mention, no reference, no link is left active.
void md_text(struct lc_str *out, const char *text);
// <code>text</code>, safe in a table cell.
void md_code(struct lc_str *out, const char *text);
// A fenced block whose fence is longer than any run of backticks inside.
void md_block(struct lc_str *out, const char *language, const char *text);

#endif

// Writing a baseline: a line for each finding, so that a version control system shows what came and went.
#include "report/baseline.h"

#include "base/clean.h"
#include "policy/baseline.h"
#include "report/writer.h"

#define SQL_COLUMNS 100 // of a statement: for the reader, not for comparing

static void add(struct json_writer *w, const char *path, const struct finding *f, const char *sql)
{
    struct lc_arena *arena = w->out->arena;
    struct lc_str line, text;
    struct json_writer one = {.out = &line};

    if (!f->rule || !f->fingerprint || f->severity == SEVERITY_SAFE || (f->suppressed && !f->known))
        return;
    lc_str_init(&line, arena, LC_STR_MAX);
    lc_str_init(&text, arena, LC_STR_MAX);
    lc_clean_line(&text, sql);
    json_put_text(&one, NULL, lc_cut(arena, text.text, SQL_COLUMNS));
    lc_str_addf(w->out, "%s\n    {\"fingerprint\": \"%s\", \"severity\": \"%s\", \"rule\": \"%s\",\n     \"path\": ",
                w->filled ? "," : "", f->fingerprint, severity_name(f->severity), f->rule);
    one = (struct json_writer){.out = w->out};
    json_put_text(&one, NULL, baseline_path(arena, path));
    lc_str_addf(w->out, ", \"statement\": %s}", line.text);
    w->filled = true;
}

void report_baseline(const struct review *review, struct lc_str *out)
{
    struct json_writer w = {.out = out};

    lc_str_addf(out, "{\n  \"schema\": \"%s\",\n  \"findings\": [", BASELINE_SCHEMA);
    for (int i = 0; i < review->forecast.len; i++) {
        const struct forecast_file *file = &review->forecast.files[i];
        if (i == 0)
            add(&w, file->file->path, &review->deploy, "");
        for (int k = 0; k < file->len; k++)
            for (int n = 0; n < review->policies[i].stmts[k].len; n++)
                add(&w, file->file->path, &review->policies[i].stmts[k].findings[n], file->stmts[k].stmt->sql.text);
    }
    lc_str_addf(out, "%s]\n}\n", w.filled ? "\n  " : "");
}

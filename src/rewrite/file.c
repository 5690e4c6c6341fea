// The rewritten file for psql: progress table, every step guarded by it, and the rollback file.
#include <stdlib.h>
#include <string.h>

#include "base/clean.h"

#include "rewrite/internal.h"

#define SESSION_PATH_OWN                                                                                                         \
    "SELECT pg_catalog.current_setting('search_path') AS lockcast_path \\gset\nSET search_path = " RW_PATH ";\n"
#define SESSION_PATH_BACK "SELECT pg_catalog.set_config('search_path', :'lockcast_path', false) AS lockcast_path \\gset\n"
#define LOCK_CLASS 0x6c6f636b // of the advisory lock that a run holds: "lock"

static void add_header(struct rw *rw, const struct forecast_file *f, struct lc_str *s)
{
    const char *format = f->file->format;

    lc_str_add(s, "-- Written by lockcast: the same end as the original, in steps that nobody waits for.\n"
                  "--   psql -X -v ON_ERROR_STOP=1 -f THIS_FILE\n"
                  "-- Interrupted at any point it can be run again: it goes on where it was. It commits each step, so it must "
                  "not run inside of a\n"
                  "-- transaction");
    if (format && !lc_streq(format, "plain"))
        lc_str_addf(s, "; with %s, run it with psql and then mark the migration as applied", lc_cut(rw->arena, format, 40));
    lc_str_add(s, ".\n");
    if (!rw->facts.len && !rw->options->history_table)
        lc_str_add(s,
                   "-- When it has run to its end nothing shows that it did, for it changes rows only: do not run it then (with "
                   "--history it knows).\n");
    lc_str_add(s, "\n");
}

// Rows alone do not show that a file has run to its end; the history does.
static void add_complete_by_history(struct rw *rw, struct lc_str *s)
{
    const char *history = rw->options->history_table;

    lc_str_addf(
        s,
        "SELECT pg_catalog.to_regclass(%s) IS NULL AND pg_catalog.to_regclass(%s) IS NOT NULL AS lockcast_complete \\gset\n"
        "\\if :lockcast_complete\n"
        "SELECT EXISTS (SELECT FROM %s WHERE step " RW_OP("=") " 0 AND statement " RW_OP(
            "=") " 'finished %s') AS lockcast_complete \\gset\n\\endif\n",
        lc_quote_literal(rw->arena, rw_state(rw)), lc_quote_literal(rw->arena, history), history, rw->hash);
}

static bool knows_its_end(const struct rw *rw)
{
    return rw->facts.len || rw->options->history_table;
}

// A run that ended has dropped its progress table; what it made shows that it did.
static void add_complete(struct rw *rw, struct lc_str *s)
{
    if (!knows_its_end(rw))
        return;
    if (rw->facts.len)
        lc_str_addf(s, "SELECT pg_catalog.to_regclass(%s) IS NULL%s AS lockcast_complete \\gset\n",
                    lc_quote_literal(rw->arena, rw_state(rw)), rw->facts.text);
    else
        add_complete_by_history(rw, s);
    lc_str_add(s, "\\if :lockcast_complete\n\\echo Nothing to do: this file has run to its end before.\n\\else\n");
}

const char *rw_lock_key(const struct rw *rw)
{
    return lc_printf(rw->arena, "%d, %d", LOCK_CLASS, (int)(uint32_t)strtol(rw->hash, NULL, 16));
}

const char *rw_refuse_transaction(const struct rw *rw, const char *hint)
{
    return lc_printf(
        rw->arena,
        "    IF pg_catalog.now() " RW_OP(
            "<>") " pg_catalog.statement_timestamp() THEN\n"
                  "        RAISE EXCEPTION 'this file commits each of its steps: it cannot run inside of a transaction'\n"
                  "            USING HINT = %s;\n    END IF;\n",
        lc_quote_literal(rw->arena, hint));
}

// Two runs at once would do the same batches twice: what is left of a killed one goes on in the server until its statement ends. It is waited for
// without a snapshot that is kept, which CREATE INDEX CONCURRENTLY of the other run would wait for.
static void add_lock(const struct rw *rw, struct lc_str *s)
{
    lc_str_addf(s,
                "DO $lockcast$\nDECLARE\n    told boolean := false;\nBEGIN\n"
                "%s    WHILE NOT pg_catalog.pg_try_advisory_lock(%s) LOOP\n"
                "        IF NOT told THEN RAISE NOTICE 'another session still runs this file, maybe what is left of an "
                "interrupted run: waiting for it'; END IF;\n"
                "        told := true;\n        COMMIT;\n        PERFORM pg_catalog.pg_sleep(0.2);\n    END LOOP;\n"
                "END $lockcast$;\n",
                rw_refuse_transaction(rw, "Run it with psql -f, without --single-transaction (-1) and without BEGIN."),
                rw_lock_key(rw));
}

static void add_settings(const struct rw *rw, struct lc_str *s)
{
    lc_str_add(s, "\\set ON_ERROR_STOP on\nSET statement_timeout = 0;\nSET lock_timeout = 0;\n"
                  "SET default_transaction_isolation = 'read committed';\n");
    if (cat_major(rw->cat) >= 17)
        lc_str_add(s, "SET transaction_timeout = 0;\n");
}

static void add_begin(struct rw *rw, struct lc_str *s)
{
    const char *check = rw_check_state(rw);

    if (check)
        lc_str_addf(s, "%s\n", check);
    lc_str_add(s, "SET client_min_messages = warning;\n");
    if (rw->quiet)
        lc_str_add(
            s, "-- Batches must not fire the table's own triggers. It ends here, before anything is changed, where the role may "
               "not do that:\n"
               "-- it takes a superuser, or from 15 on GRANT SET ON PARAMETER session_replication_role.\n"
               "SET session_replication_role = replica;\nRESET session_replication_role;\n");
    lc_str_addf(s,
                "CREATE TABLE IF NOT EXISTS %s (step integer PRIMARY KEY, done boolean NOT NULL DEFAULT false, reached "
                "pg_catalog.text[], "
                "stop pg_catalog.text[],\n"
                "    rows bigint NOT NULL DEFAULT 0);\nSET client_min_messages = notice;\n",
                rw_state(rw));
    if (rw->options->history_table)
        lc_str_addf(s,
                    "CREATE TABLE IF NOT EXISTS %s (file pg_catalog.text, step integer, statement pg_catalog.text, forecast_ms "
                    "double precision, "
                    "started pg_catalog.timestamptz,\n"
                    "    finished pg_catalog.timestamptz, who pg_catalog.text);\n",
                    rw->options->history_table);
}

static const char *done_row(struct rw *rw, int number)
{
    return lc_printf(rw->arena, "INSERT INTO %s (step, done) VALUES (%d, true);", rw_state(rw), number);
}

// The step's text between EXECUTE's quotes; set_config(..., true) lasts to the end of the subtransaction at least.
static const char *retry_block(struct rw *rw, const struct rewrite_step *step, const char *before, const char *after)
{
    const char *quote = rw_dollar(rw->arena, step->sql);
    struct rw_tries tries = rw_tries_of(rw);
    const char *body =
        lc_printf(rw->arena,
                  "DECLARE\n"
                  "    attempt integer := 0;\n"
                  "%s"
                  "BEGIN\n%s"
                  "    LOOP\n"
                  "        attempt := attempt " RW_OP(
                      "+") " 1;\n"
                           "        BEGIN\n"
                           "            PERFORM pg_catalog.set_config('lock_timeout', %s, true);\n"
                           "%s"
                           "            EXECUTE %s%s%s;\n"
                           "            %s\n"
                           "            RETURN;\n"
                           "        EXCEPTION WHEN lock_not_available OR deadlock_detected THEN\n"
                           "            IF attempt " RW_OP(">=") " %s THEN RAISE; END IF;\n"
                                                                 "        END;\n"
                                                                 "        COMMIT;\n"
                                                                 "        PERFORM pg_catalog.pg_sleep(%s " RW_OP(
                                                                     "*") " (0.5 " RW_OP("+") " pg_catalog.random()));\n"
                                                                                              "    END LOOP;\n"
                                                                                              "END",
                  tries.declare, before, tries.timeout, step->machine ? "            " RW_SET_PATH : "", quote, step->sql, quote,
                  after, tries.last, tries.sleep);
    const char *outer = rw_dollar(rw->arena, body);

    return lc_printf(rw->arena, "DO %s\n%s %s;", outer, body, outer);
}

const char *rw_retry_block(struct rw *rw, const struct rewrite_step *step, bool guard)
{
    return retry_block(
        rw, step,
        guard
            ? lc_printf(rw->arena, "    IF EXISTS (SELECT FROM %s WHERE step " RW_OP("=") " %d AND done) THEN RETURN; END IF;\n",
                        rw_state(rw), step->number)
            : "",
        done_row(rw, step->number));
}

static void add_history(struct rw *rw, const struct rewrite_step *step, const char *path, struct lc_str *s)
{
    const char *ms = step->priced ? lc_printf(rw->arena, "%.1f", step->cost.total_ms.p50) : "NULL";

    if (!rw->options->history_table)
        return;
    lc_str_addf(s, "INSERT INTO %s VALUES (%s, %d, %s, %s, :'lockcast_started', pg_catalog.clock_timestamp(), session_user);\n",
                rw->options->history_table, lc_quote_literal(rw->arena, path), step->number,
                lc_quote_literal(rw->arena, step->sql), ms);
}

static void add_guarded(struct rw *rw, const struct rewrite_step *step, struct lc_str *s)
{
    switch (step->form) {
    case REWRITE_FORM_RETRY:
        lc_str_addf(s, "%s\n", rw_retry_block(rw, step, false));
        break;
    case REWRITE_FORM_CALM:
        lc_str_addf(s, "BEGIN;\n%s%s\n%s\nCOMMIT;\n", step->machine ? "SET LOCAL search_path = " RW_PATH ";\n" : "", step->sql,
                    done_row(rw, step->number));
        break;
    case REWRITE_FORM_OUTSIDE:
        lc_str_addf(s, "%s%s\n%s%s\n", step->machine ? SESSION_PATH_OWN : "", step->sql, step->machine ? SESSION_PATH_BACK : "",
                    done_row(rw, step->number));
        break;
    case REWRITE_FORM_LOOP:
        lc_str_addf(s, "%s\nINSERT INTO %s AS s (step, done) VALUES (%d, true) ON CONFLICT (step) DO UPDATE SET done = true;\n",
                    step->sql, rw_state(rw), step->number);
        break;
    case REWRITE_FORM_SESSION:
        break;
    }
}

// What a reader may want to do before the step: it is not part of the rewrite, which ends as the original does.
static void add_offers(struct rw *rw, const struct rewrite_step *step, struct lc_str *s)
{
    const struct rewrite_backup *b = &step->backup;

    if (step->release)
        lc_str_add(s, rw_comment(rw->arena, lc_printf(rw->arena, "It takes %s.", step->release)));
    if (!b->sql)
        return;
    lc_str_add(s, rw_comment(rw->arena, lc_printf(rw->arena, "This keeps %s%s (--backup makes it a step):\n%s", b->of,
                                                  b->bytes >= 0 ? lc_printf(rw->arena, ", about %.1f MB in %.1f s",
                                                                            b->bytes / 1e6, b->cost.total_ms.p50 / 1e3)
                                                                : "",
                                                  b->sql)));
}

void rw_step_heading(const struct rewrite_step *step, struct lc_str *s)
{
    lc_str_addf(s, "\n-- %d.%s", step->number, step->why ? " " : "");
    lc_clean_line(s, step->why); // names are in it, and a line end would end the comment
    lc_str_addc(s, '\n');
}

static void add_step(struct rw *rw, const struct rewrite_step *step, const char *path, struct lc_str *s)
{
    rw_step_heading(step, s);
    add_offers(rw, step, s);
    if (step->form == REWRITE_FORM_SESSION) {
        lc_str_addf(s, "%s\n", step->sql);
        return;
    }
    if (rw->options->history_table)
        lc_str_add(s, "SELECT pg_catalog.clock_timestamp() AS lockcast_started \\gset\n");
    lc_str_addf(
        s,
        "SELECT NOT EXISTS (SELECT FROM %s WHERE step " RW_OP("=") " %d AND done) AS lockcast_todo \\gset\n\\if :lockcast_todo\n",
        rw_state(rw), step->number);
    add_guarded(rw, step, s);
    add_history(rw, step, path, s);
    lc_str_add(s, "\\endif\n");
}

// --- kept statements ------------------------------------------------------------------------------------------------------------------

// Neighbours of one transaction that stop nobody stay together: SET LOCAL, deferred constraints and temporary tables count on it.
static bool joins(const struct forecast_stmt *a, const struct rewrite_stmt *ra, const struct forecast_stmt *b,
                  const struct rewrite_stmt *rb)
{
    return a->fp.in_block && b->fp.in_block && a->fp.transaction == b->fp.transaction && ra->verdict == REWRITE_SAME &&
           rb->verdict == REWRITE_SAME && ra->len == 1 && rb->len == 1 && ra->steps[0].form == REWRITE_FORM_CALM &&
           rb->steps[0].form == REWRITE_FORM_CALM;
}

static void join_kept(struct rw *rw, const struct forecast_file *f, struct rewrite_file *out)
{
    int last = -1;

    for (int k = 0; k < f->len; k++) {
        struct rewrite_stmt *r = &out->stmts[k];
        if (!r->len)
            continue;
        if (last >= 0 && joins(&f->stmts[last], &out->stmts[last], &f->stmts[k], r)) {
            struct rewrite_step *to = &out->stmts[last].steps[0];
            to->sql = lc_printf(rw->arena, "%s\n%s", to->sql, r->steps[0].sql);
            if (r->steps[0].rollback)
                to->rollback =
                    to->rollback ? lc_printf(rw->arena, "%s\n%s", r->steps[0].rollback, to->rollback) : r->steps[0].rollback;
            r->len = 0;
        } else {
            last = k;
        }
    }
}

static void write_rollback(struct rw *rw, const struct forecast_file *f, struct rewrite_file *out)
{
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    lc_str_add(
        &s,
        "-- Written by lockcast: undoes the migration, last step first. Look at the comments: what they name cannot be undone.\n"
        "SET statement_timeout = 0;\nSET lock_timeout = 0;\n");
    for (int k = f->len - 1; k >= 0; k--)
        for (int i = out->stmts[k].len - 1; i >= 0; i--) {
            const struct rewrite_step *step = &out->stmts[k].steps[i];
            if (step->irreversible)
                lc_str_addf(&s, "\n%s", rw_comment(rw->arena, step->rollback ? step->rollback : "This step cannot be undone."));
            else if (step->rollback)
                lc_str_addf(&s, "\n%s\n", step->rollback);
        }
    out->rollback_sql = s.text;
}

static void write_bridge(struct rw *rw, const struct forecast_file *f, struct rewrite_file *out)
{
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    for (int k = 0; k < f->len; k++)
        for (int i = 0; i < out->stmts[k].len; i++) {
            struct rewrite_step step = out->stmts[k].steps[i];
            if (!step.bridge)
                continue;
            step.sql = step.bridge;
            lc_str_addf(&s, "\n%s\n", retry_block(rw, &step, "", ""));
        }
    if (s.len)
        out->bridge_sql =
            lc_printf(rw->arena,
                      "-- Written by lockcast: run this before the application's release; the migration takes it away "
                      "again.\nSET statement_timeout = 0;\n%s",
                      s.text);
}

// A file that stays as it is: its own text, or, where the framework's file holds more than the up part, its statements.
static const char *unchanged(struct rw *rw, const struct forecast_file *f)
{
    struct lc_str s;

    if (lc_streq(f->file->format, "plain") && f->file->text)
        return f->file->text;
    lc_str_init(&s, rw->arena, LC_STR_MAX);
    for (int k = 0; k < f->len; k++)
        lc_str_addf(&s, "%s;\n", f->stmts[k].stmt->sql.text);
    return s.text;
}

static void add_end(struct rw *rw, const char *path, struct lc_str *s)
{
    if (rw->options->history_table)
        lc_str_addf(s,
                    "\nBEGIN;\nINSERT INTO %s (file, step, statement, finished, who) VALUES (%s, 0, 'finished %s', "
                    "pg_catalog.clock_timestamp(), "
                    "session_user);\nDROP TABLE %s;\nCOMMIT;\n",
                    rw->options->history_table, lc_quote_literal(rw->arena, path), rw->hash, rw_state(rw));
    else
        lc_str_addf(s, "\nDROP TABLE %s;\n", rw_state(rw));
    if (knows_its_end(rw))
        lc_str_add(s, "\\endif\n");
}

void rw_write_file(struct rw *rw, const struct forecast_file *f, struct rewrite_file *out)
{
    struct lc_str s;

    write_rollback(rw, f, out);
    if (!out->changed) {
        out->sql = unchanged(rw, f);
        return;
    }
    write_bridge(rw, f, out);
    join_kept(rw, f, out);
    lc_str_init(&s, rw->arena, LC_STR_MAX);
    add_header(rw, f, &s);
    add_settings(rw, &s);
    add_lock(rw, &s);
    add_complete(rw, &s);
    add_begin(rw, &s);
    for (int k = 0; k < f->len; k++)
        for (int i = 0; i < out->stmts[k].len; i++)
            add_step(rw, &out->stmts[k].steps[i], f->file->path, &s);
    add_end(rw, f->file->path, &s);
    out->sql = s.text;
}

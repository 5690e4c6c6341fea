// The table of options, and parsing, checking and --help made from it.
#include "cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

// COUNT and POSITIVE: of what there is none of at 0, so that a 0 would pass for an option that was not given.
enum kind { TEXT, NUMBER, COUNT, REAL, POSITIVE, FLAG, VARIABLE };

struct option_row {
    const char *name;
    char letter;
    enum kind kind;
    size_t offset;
    const char *commands; // space-separated; "*": all
    const char *argument; // NULL for a flag
    const char *choices;  // a|b|c, or NULL
    const char *help;
};

#define AT(field) offsetof(struct cli_options, field)
#define DB "review snapshot calibrate rewrite rehearse plan watch"
#define FORECAST "review rewrite rehearse plan"
#define TRAFFIC "review rewrite plan" // ... with traffic: a rehearsal has none, it is alone on its clone
#define JUDGE "review plan"           // ... and with a verdict

static const struct option_row rows[] = {
    {"host", 'h', TEXT, AT(server.host), DB, "HOST", NULL, "database server host or socket folder"},
    {"port", 'p', TEXT, AT(server.port), DB, "PORT", NULL, "database server port"},
    {"username", 'U', TEXT, AT(server.user), DB, "NAME", NULL, "database user name"},
    {"dbname", 'd', TEXT, AT(server.dbname), DB, "DBNAME", NULL, "database name, URI or connection string"},
    {"snapshot", 0, TEXT, AT(snapshot), "review rewrite plan", "FILE", NULL,
     "read catalogue, sizes and traffic from a snapshot file instead of a server"},
    {"server-version", 0, COUNT, AT(server_version), "review rewrite plan simulate", "N", NULL,
     "without a server: assume PostgreSQL N (13 to 18) and an empty catalogue"},
    {"traffic", 0, TEXT, AT(traffic), "review rewrite plan", "FILE", NULL,
     "take traffic from this snapshot, e.g. production's; catalogue and sizes stay"},
    {"traffic", 0, TEXT, AT(traffic), "rehearse", "FILE", NULL, "scale what was measured to the sizes of this snapshot"},
    {"calibration", 0, TEXT, AT(calibration), FORECAST, "FILE", NULL, "speeds measured by `lockcast calibrate`"},
    {"ledger", 0, TEXT, AT(ledger), FORECAST, "FILE", NULL,
     "forecasts and measured times of rehearsals on this server: corrects the forecast"},
    {"config", 0, TEXT, AT(config), JUDGE, "FILE", NULL, "configuration (default: lockcast.ini, where there is one)"},
    {"baseline", 0, TEXT, AT(baseline), JUDGE, "FILE", NULL, "findings known before: they are not reported again"},
    {"write-baseline", 0, TEXT, AT(write_baseline), "review", "FILE", NULL,
     "keep this run's findings as the baseline of later ones; exit with 0"},
    {"format", 0, TEXT, AT(format), "review render", "FORMAT", "text|json|markdown|html|sarif|junit|gitlab",
     "form of the report (default text)"},
    {"format", 0, TEXT, AT(format), "merge", "FORMAT", "json|text|markdown|html|sarif|junit|gitlab",
     "form of the report (default json; a plan has no other)"},
    {"format", 0, TEXT, AT(format), "plan rehearse simulate watch", "FORMAT", "text|json", "form of the report (default text)"},
    {"format", 0, TEXT, AT(rewrite_format), "rewrite", "FORM", "psql|framework",
     "for psql (default), or for goose or Flyway as the migration is"},
    {"output", 'o', TEXT, AT(output), "rewrite", "DIR", NULL, "the folder to write to; it is made where there is none"},
    {"output", 'o', TEXT, AT(output), "snapshot", "FILE", NULL, "the file to write; - is standard output"},
    {"output", 'o', TEXT, AT(output), "review render merge plan rehearse simulate calibrate comment grants watch", "FILE", NULL,
     "write there instead of to standard output"},
    {"pool-size", 0, COUNT, AT(pool_size), TRAFFIC, "N", NULL, "connections that the application may hold"},
    {"pooler", 0, TEXT, AT(pooler), TRAFFIC, "MODE", "none|session|transaction",
     "who hands out connections (default none: the application itself)"},
    {"connection-held", 0, REAL, AT(connection_held_ms), TRAFFIC, "MS", NULL,
     "a connection stays taken so long after its transaction (default 0; not with --pooler=transaction)"},
    {"client-timeout", 0, REAL, AT(client_timeout_ms), TRAFFIC, "MS", NULL,
     "the application gives up so long after it asked (default: never)"},
    {"client-retries", 0, NUMBER, AT(client_retries), TRAFFIC, "N", NULL, "... and asks again so often (default 0)"},
    {"retry-delay", 0, REAL, AT(retry_delay_ms), TRAFFIC, "MS", NULL, "... so long after, on average (default 100)"},
    {"cores", 0, COUNT, AT(cores), FORECAST " snapshot", "N", NULL, "CPU cores of the server"},
    {"seed", 0, NUMBER, AT(seed), TRAFFIC " simulate", "N", NULL, "seed of the simulation (default 1)"},
    {"replications", 0, COUNT, AT(replications), TRAFFIC " simulate", "N", NULL, "runs of the simulation"},
    {"fail-on", 0, TEXT, AT(fail_on), "review", "LEVEL", "danger|caution|never", "exit with 1 at this verdict (default danger)"},
    {"fail-on", 0, TEXT, AT(fail_on), "render merge", "LEVEL", "danger|caution|never",
     "exit with 1 at this verdict (default never)"},
    {"no-traffic", 0, FLAG, AT(no_traffic), TRAFFIC, NULL, NULL, "locks and durations only: do not look at traffic"},
    {"no-traffic", 0, FLAG, AT(no_traffic), "snapshot", NULL, NULL, "catalogue, sizes and settings only"},
    {"no-rewrite", 0, FLAG, AT(no_rewrite), "review", NULL, NULL, "do not look for a safer way"},
    {"input-format", 0, TEXT, AT(input_format), FORECAST, "NAME", NULL, "format of the migration files (default: detected)"},
    {"transaction", 0, TEXT, AT(transaction), FORECAST, "WHO", "auto|file|all|none",
     "what runs in one transaction (default auto: the framework's rule)"},
    {"variable", 'v', VARIABLE, 0, FORECAST, "NAME=VALUE", NULL, "a psql variable or placeholder of the files"},
    {"retry", 0, TEXT, AT(retry), TRAFFIC, "POLICY", NULL,
     "lock_timeout and retries as this tool does them: none, gitlab, pgroll, ...; a wrong name lists all"},
    {"speed-ratio", 0, POSITIVE, AT(speed_ratio), FORECAST, "R", NULL, "production is R times as fast as the clone"},
    {"cold-cache", 0, FLAG, AT(cold_cache), FORECAST, NULL, NULL, "assume that tables are not in memory"},
    {"date", 0, TEXT, AT(date), TRAFFIC, "DAY", NULL, "the day on which it will run, for names made of it (default: today)"},
    {"shard", 0, TEXT, AT(shard_text), "review plan", "I/N", NULL,
     "do only part I of N; `lockcast merge` puts the parts together"},
    {"trace", 0, TEXT, AT(trace), "simulate review", "FILE", NULL, "write a Chrome trace of one simulated run"},
    {"sample", 0, TEXT, AT(sample), "review snapshot plan rewrite", "TIME", NULL, "watch the server so long, e.g. 30s"},
    {"no-query-text", 0, FLAG, AT(no_query_text), "snapshot", NULL, NULL, "keep fingerprints of queries, not their texts"},
    {"growth", 0, TEXT, AT(growth), "plan", "LIST", NULL, "table sizes as multiples of today's, e.g. 1,2,5,10"},
    {"traffic-growth", 0, TEXT, AT(traffic_growth), "plan", "LIST", NULL, "traffic as multiples of today's, e.g. 1,2,5"},
    {"this-is-a-clone", 0, FLAG, AT(clone), "rehearse", NULL, NULL, "confirm that the migration may really run on this database"},
    {"rollback", 0, FLAG, AT(rollback), "rehearse", NULL, NULL, "undo afterwards what a transaction can undo"},
    {"history", 0, TEXT, AT(history), "rewrite", "TABLE", NULL, "let the rewritten file record each step in this table"},
    {"backup", 0, FLAG, AT(backup), "rewrite", NULL, NULL, "keep copies of what rewritten steps delete, overwrite or drop"},
    {"bridge", 0, FLAG, AT(bridge), "rewrite", NULL, NULL, "write a file of views that have both names of what is renamed"},
    {"diff", 0, FLAG, AT(diff), "rewrite", NULL, NULL, "print a unified diff of the migration instead of writing files"},
    {"target-hold", 0, POSITIVE, AT(target_hold_ms), "rewrite review", "MS", NULL,
     "longest time that a batch may hold its locks (default 100)"},
    {"forecast", 0, TEXT, AT(forecast), "watch", "FILE", NULL, "a JSON report of `lockcast review`, to hold what runs against"},
    {"interval", 0, POSITIVE, AT(interval_s), "watch", "S", NULL, "seconds between two looks (default 2)"},
    {"once", 0, FLAG, AT(once), "watch", NULL, NULL, "report once, from two looks, and end"},
    {"pid", 0, COUNT, AT(pid), "watch", "PID", NULL, "watch this process only, until it has nothing to run"},
    {"provider", 0, TEXT, AT(provider), "comment", "NAME", "github|gitlab", "whose pull or merge request (default github)"},
    {"repository", 0, TEXT, AT(repository), "comment", "OWNER/NAME", NULL, "default: from the CI's environment"},
    {"pull-request", 0, TEXT, AT(pull_request), "comment", "N", NULL, "default: from the CI's environment"},
    {"api-url", 0, TEXT, AT(api_url), "comment", "URL", NULL, "default: from the CI's environment"},
    {"token-file", 0, TEXT, AT(token_file), "comment", "FILE", NULL, "default: GITHUB_TOKEN, GH_TOKEN or GITLAB_TOKEN"},
    {"key", 0, TEXT, AT(comment_key), "comment", "TEXT", NULL, "tells several comments of one request apart"},
    {"dry-run", 0, FLAG, AT(dry_run), "comment", NULL, NULL, "print the comment instead of posting it"},
    {"time-budget", 0, POSITIVE, AT(time_budget_s), "calibrate", "S", NULL, "measure for at most so many seconds (default 15)"},
    {"quiet", 'q', FLAG, AT(quiet), "*", NULL, NULL, "no progress and no notes on standard error"},
    {"verbose", 0, FLAG, AT(verbose), "review render merge rehearse watch", NULL, NULL, "everything, harmless statements too"},
    {"no-color", 0, FLAG, AT(no_color), "*", NULL, NULL, "no colours (NO_COLOR does the same)"},
    {"help", '?', FLAG, AT(help), "*", NULL, NULL, "show this help"},
    {"version", 'V', FLAG, AT(version), "*", NULL, NULL, "show the version and the grammar"},
};
#define NROWS ((int)(sizeof rows / sizeof *rows))

// Options of one command that have no effect together: the first is refused beside the second.
static const struct {
    const char *name, *beside, *why;
} exclusive[] = {
    {"snapshot", "host", "it takes the place of a connection"},
    {"snapshot", "port", "it takes the place of a connection"},
    {"snapshot", "username", "it takes the place of a connection"},
    {"snapshot", "dbname", "it takes the place of a connection"},
    {"server-version", "snapshot", "the snapshot has its server's own version"},
    {"server-version", "host", "the server tells its version"},
    {"server-version", "port", "the server tells its version"},
    {"server-version", "username", "the server tells its version"},
    {"server-version", "dbname", "the server tells its version"},
    {"sample", "snapshot", "it watches a server"},
    {"output", "diff", "a diff is printed"},
};

// Options that one script gives to every command which reads migrations: without effect they are said to have none, not refused.
#define COMMON "config pool-size seed replications no-traffic server-version"

// Options that name a file which the run writes.
#define WRITTEN "output write-baseline trace"

static bool has_word(const char *words, const char *word)
{
    size_t len = strlen(word);

    for (const char *p = words; (p = strstr(p, word)); p += len)
        if ((p == words || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0'))
            return true;
    return false;
}

static bool takes(const struct option_row *row, const struct cli_command *command)
{
    return strcmp(row->commands, "*") == 0 || has_word(row->commands, command->name);
}

static bool bears(const struct option_row *row, const struct cli_command *command)
{
    return takes(row, command) || (has_word(COMMON, row->name) && has_word(FORECAST, command->name));
}

// "2/5"
static int set_shard(struct cli_options *o)
{
    char *end = NULL;
    long part = strtol(o->shard_text, &end, 10), of = *end == '/' ? strtol(end + 1, &end, 10) : 0;

    if (*end || part < 1 || part > of || of > LOCKCAST_MAX_PARTS)
        return cli_error(EXIT_USAGE, NULL, "--shard takes I/N with I from 1 to N and N at most %d, not \"%s\"",
                         LOCKCAST_MAX_PARTS, o->shard_text);
    o->part = (int)part;
    o->of = (int)of;
    return EXIT_DONE;
}

#define SECONDS_A_DAY (24 * 60 * 60L)

// Days since 1970 of "2027-01-31"; 0: it is no such day, or before 1970-01-02.
static long day_of(const char *text)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%d", &tm);
    int day = tm.tm_mday; // timegm makes 3 March of 31 February

    return end && !*end && timegm(&tm) > 0 && tm.tm_mday == day ? (long)(timegm(&tm) / SECONDS_A_DAY) : 0;
}

// SOURCE_DATE_EPOCH (reproducible-builds.org) stands for the clock where --date does not.
static int set_date(struct cli_options *o)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");

    o->today = o->date ? day_of(o->date) : epoch ? strtol(epoch, NULL, 10) / SECONDS_A_DAY : 0;
    if (o->date && !o->today)
        return cli_error(EXIT_USAGE, NULL, "--date takes a day such as 2027-01-31, not \"%s\"", o->date);
    return EXIT_DONE;
}

static bool is_choice(const char *choices, const char *value)
{
    size_t len = strlen(value);

    for (const char *p = choices; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
        if (strncmp(p, value, len) == 0 && (p[len] == '|' || p[len] == '\0') && len)
            return true;
    return false;
}

// What the library has as an int; a seed is larger.
static int64_t maximum(const struct option_row *row)
{
    return cli_is(row->name, "seed") ? INT64_MAX : INT32_MAX;
}

static int set_whole(const struct option_row *row, int64_t *field, const char *value)
{
    int64_t least = row->kind == COUNT;
    char *end;

    errno = 0;
    *field = strtoll(value, &end, 10);
    if (errno || end == value || *end || *field < least || *field > maximum(row))
        return cli_error(EXIT_USAGE, NULL, "--%s takes a whole number from %" PRId64 " to %" PRId64 ", not \"%s\"", row->name,
                         least, maximum(row), value);
    return EXIT_DONE;
}

static int set_real(const struct option_row *row, double *field, const char *value)
{
    char *end;

    errno = 0;
    *field = strtod(value, &end);
    if (errno || end == value || *end || !isfinite(*field) || *field < 0 || (row->kind == POSITIVE && *field == 0))
        return cli_error(EXIT_USAGE, NULL, "--%s takes a number %s, not \"%s\"", row->name,
                         row->kind == POSITIVE ? "above 0" : "from 0 on", value);
    return EXIT_DONE;
}

static int set_option(const struct option_row *row, struct cli_options *o, const char *value)
{
    void *field = (char *)o + row->offset;

    if (row->kind == TEXT && row->argument && (cli_is(row->argument, "FILE") || cli_is(row->argument, "DIR")) && !*value)
        return cli_error(EXIT_USAGE, NULL, "--%s needs a name, not \"\"", row->name);
    if (row->choices && !is_choice(row->choices, value))
        return cli_error(EXIT_USAGE, NULL, "--%s takes %s, not \"%s\"", row->name, row->choices, value);
    switch (row->kind) {
    case FLAG:
        *(bool *)field = true;
        return EXIT_DONE;
    case TEXT:
        *(const char **)field = value;
        return EXIT_DONE;
    case VARIABLE:
        if (!strchr(value, '=') || *value == '=')
            return cli_error(EXIT_USAGE, NULL, "--%s takes NAME=VALUE, not \"%s\"", row->name, value);
        o->variables[o->nvariables++] = value;
        return EXIT_DONE;
    case NUMBER:
    case COUNT:
        return set_whole(row, field, value);
    case REAL:
    case POSITIVE:
        return set_real(row, field, value);
    }
    return EXIT_DONE;
}

// getopt's tables for one command; long_options[i].val is 256 + the row.
static void getopt_tables(const struct cli_command *command, struct option *longs, char *shorts)
{
    *shorts++ = ':';
    for (int i = 0; i < NROWS; i++) {
        if (!bears(&rows[i], command))
            continue;
        *longs++ = (struct option){rows[i].name, rows[i].kind == FLAG ? no_argument : required_argument, NULL, 256 + i};
        if (!rows[i].letter)
            continue;
        *shorts++ = rows[i].letter;
        if (rows[i].kind != FLAG)
            *shorts++ = ':';
    }
    *shorts = '\0';
    *longs = (struct option){0};
}

static int row_of(const struct cli_command *command, int c)
{
    if (c >= 256)
        return c - 256;
    for (int i = 0; i < NROWS; i++)
        if (rows[i].letter == c && bears(&rows[i], command))
            return i;
    return -1;
}

// Whose option this is ("--seed=7", "--seed"), where it is not this command's: "review rewrite". False: nobody's.
static bool add_others(const char *text, char *others, size_t size)
{
    size_t len = strncmp(text, "--", 2) == 0 ? strcspn(text + 2, "=") : 0, used = 0;

    for (int i = 0; len && i < NROWS && used < size; i++)
        if (strlen(rows[i].name) == len && strncmp(rows[i].name, text + 2, len) == 0)
            used += (size_t)snprintf(others + used, size - used, "%s%s", used ? " " : "", rows[i].commands);
    return used > 0;
}

static int unknown_option(const struct cli_command *command, char **argv, int c)
{
    const char *text = argv[optind - 1];
    char hint[240], others[160];

    if (c != ':' && !(optopt && optopt < 256) && add_others(text, others, sizeof others))
        (void)snprintf(hint, sizeof hint, "It would have no effect here. It is an option of: %s.", others);
    else
        (void)snprintf(hint, sizeof hint, "`lockcast %s --help` lists the options.", command->name);
    if (c == ':')
        return cli_error(EXIT_USAGE, hint, "%s needs a value", text);
    if (optopt && optopt < 256)
        return cli_error(EXIT_USAGE, hint, "`lockcast %s` has no option -%c", command->name, optopt);
    return cli_error(EXIT_USAGE, hint, "`lockcast %s` has no option %s", command->name, text);
}

bool cli_takes(const struct cli_command *command, const char *name)
{
    for (int i = 0; i < NROWS; i++)
        if (cli_is(rows[i].name, name) && takes(&rows[i], command))
            return true;
    return false;
}

bool cli_given(const struct cli_run *run, const char *name)
{
    for (int i = 0; i < NROWS; i++)
        if (run->o.given[i] && cli_is(rows[i].name, name))
            return true;
    return false;
}

static void note_no_effect(const struct cli_run *run, const char *name, const char *where, const char *why)
{
    if (!run->o.quiet)
        (void)fprintf(stderr, "lockcast: note: --%s has no effect %s: %s\n", name, where, why);
}

static int without_effect(const struct cli_run *run, const char *name, const char *where, const char *why)
{
    if (!has_word(COMMON, name))
        return cli_usage_error(run, "--%s has no effect %s: %s", name, where, why);
    note_no_effect(run, name, where, why);
    return EXIT_DONE;
}

int cli_refuse(const struct cli_run *run, const char *name, const char *why)
{
    return cli_given(run, name) ? without_effect(run, name, "here", why) : EXIT_DONE;
}

static int check_together(const struct cli_run *run)
{
    char where[32];
    int status = EXIT_DONE;

    for (size_t i = 0; status == EXIT_DONE && i < sizeof exclusive / sizeof *exclusive; i++) {
        (void)snprintf(where, sizeof where, "beside --%s", exclusive[i].beside);
        if (cli_given(run, exclusive[i].name) && cli_given(run, exclusive[i].beside))
            status = without_effect(run, exclusive[i].name, where, exclusive[i].why);
    }
    if (status == EXIT_DONE && cli_is(run->o.pooler, "transaction") && cli_given(run, "connection-held"))
        note_no_effect(run, "connection-held", "beside --pooler=transaction", "the connection goes back with the transaction");
    for (int i = 0; status == EXIT_DONE && i < NROWS; i++)
        if (run->o.given[i] && !cli_takes(run->command, rows[i].name))
            status = without_effect(run, rows[i].name, "here", "the command has no use for it");
    return status;
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat one, other;

    return stat(a, &one) == 0 && stat(b, &other) == 0 && S_ISREG(one.st_mode) && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

// The value of a row whose option names a file, where it was given; NULL: it was not.
static const char *given_file(const struct cli_options *o, int row)
{
    bool is_file = rows[row].kind == TEXT && rows[row].argument && cli_is(rows[row].argument, "FILE");

    return is_file && o->given[row] ? *(const char *const *)((const char *)o + rows[row].offset) : NULL;
}

// What a run writes takes no place of what it reads; but a baseline is kept up to date.
static int check_overwritten(const struct cli_options *o)
{
    for (int w = 0; w < NROWS; w++) {
        const char *written = has_word(WRITTEN, rows[w].name) ? given_file(o, w) : NULL;
        bool read = false;

        for (int i = 0; written && i < o->nargs; i++)
            read |= is_same_file(written, o->args[i]);
        for (int r = 0; written && r < NROWS; r++) {
            bool kept = cli_is(rows[w].name, "write-baseline") && cli_is(rows[r].name, "baseline");
            const char *other = kept || has_word(WRITTEN, rows[r].name) ? NULL : given_file(o, r);
            read |= other && is_same_file(written, other);
        }
        if (read)
            return cli_error(EXIT_USAGE, "Give another name.", "--%s: %s would be overwritten, and is read", rows[w].name,
                             written);
    }
    return EXIT_DONE;
}

int cli_parse_options(struct cli_run *run, int argc, char **argv)
{
    struct cli_options *o = &run->o;
    struct option longs[NROWS + 1];
    char shorts[2 * NROWS + 2];
    int c, status = EXIT_DONE;

    *o = (struct cli_options){.seed = 1,
                              .retry_delay_ms = 100,
                              .variables = calloc((size_t)argc + 1, sizeof *o->variables),
                              .given = calloc(NROWS, sizeof *o->given)};
    if (!o->variables || !o->given)
        return cli_error(EXIT_INTERNAL, NULL, "out of memory");
    getopt_tables(run->command, longs, shorts);
    optind = 1;
    opterr = 0;
    while (status == EXIT_DONE && (c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        int row = c == '?' && optopt == '?' ? row_of(run->command, '?') : c == '?' || c == ':' ? -1 : row_of(run->command, c);
        if (c == '?' && optopt == 0 && cli_is(argv[optind - 1], "-?"))
            row = row_of(run->command, '?');
        status = row < 0 ? unknown_option(run->command, argv, c) : set_option(&rows[row], o, optarg);
        if (row >= 0)
            o->given[row] = true;
    }
    o->args = (const char *const *)(argv + optind);
    o->nargs = argc - optind;
    for (int i = 0; status == EXIT_DONE && i < o->nargs; i++)
        if (!*o->args[i])
            status = cli_usage_error(run, "a file's name is empty");
    if (status == EXIT_DONE && !o->help && !o->version && (status = check_together(run)) == EXIT_DONE)
        status = check_overwritten(o);
    if (status == EXIT_DONE)
        status = set_date(o);
    return status == EXIT_DONE && o->shard_text ? set_shard(o) : status;
}

static void option_line(const struct option_row *row)
{
    char left[64];

    (void)snprintf(left, sizeof left, "%c%c%s --%s%s%s", row->letter ? '-' : ' ', row->letter ? row->letter : ' ',
                   row->letter ? "," : " ", row->name, row->argument ? "=" : "", row->argument ? row->argument : "");
    (void)printf("  %-30s %s\n", left, row->help);
    if (row->choices)
        (void)printf("  %-30s   %s\n", "", row->choices);
}

void cli_help(const struct cli_command *command)
{
    (void)printf("lockcast %s: %s\n\nUsage:\n  lockcast %s%s%s\n\n", command->name, command->summary, command->name,
                 *command->arguments ? " " : "", command->arguments);
    if (command->description)
        (void)printf("%s\n\n", command->description);
    (void)printf("Options:\n");
    for (int i = 0; i < NROWS; i++)
        if (takes(&rows[i], command))
            option_line(&rows[i]);
    if (command->examples)
        (void)printf("\nExamples:\n%s\n", command->examples);
}

// liblockcast: what a PostgreSQL migration will do to live traffic, as a library.
//
//     struct lockcast *l = NULL;
//     const char *const files[] = {"0042_orders.sql"};
//     const char *json;
//     if (lockcast_open_snapshot("shop.json", &l) == LOCKCAST_OK && lockcast_review(l, files, 1, NULL, &json) == LOCKCAST_OK)
//         puts(json);
//     else
//         fprintf(stderr, "%s\n", lockcast_error(l));
//     lockcast_close(l);
//
// One handle is used by one thread at a time; several handles are independent of each other. Nothing is printed and no signal handler is
// set. A call fails with an error value; only when the machine's memory, or the 16 GB that one handle may hold, is used up does the process abort.
#ifndef LOCKCAST_H
#define LOCKCAST_H

#ifdef __cplusplus
extern "C" {
#endif

enum lockcast_status { // the same numbers as the program's exit status
    LOCKCAST_OK = 0,
    LOCKCAST_INPUT = 2,    // an argument, a file or its content is wrong
    LOCKCAST_SERVER = 3,   // no server, or it refused
    LOCKCAST_INTERNAL = 5, // a bug of ours
};

struct lockcast; // a database as one look saw it: catalogue, sizes, traffic, settings

// Options of a review; a structure of zeros is the default of everything.
struct lockcast_options {
    const char *format;      // "json" (default), "text", "markdown", "html", "sarif", "junit", "gitlab"
    const char *config;      // a configuration file; NULL: the built-in thresholds, whatever the working folder holds
    int pool_size;           // connections that the application may hold; 0: not known
    int cores;               // CPU cores of the server; 0: not known
    int replications;        // runs of the simulation; 0: default
    unsigned long long seed; // 0: 1. The same input and seed give the same bytes
    int no_traffic;          // locks and durations only
    int no_rewrite;          // do not look for a safer way
    long today;              // days since 1970, for suppressions with an end; 0: today
};

// "0.1.0".
const char *lockcast_version(void);
// The major version of the PostgreSQL grammar inside, such as 15.
int lockcast_grammar(void);

// Looks at a live server, read-only; a conninfo string or a URI as libpq takes it. All three of these set *out also when they fail (NULL
// only without any memory): it then has the error, and is to be closed.
enum lockcast_status lockcast_open_server(const char *conninfo, struct lockcast **out);
// Reads a file of `lockcast snapshot`.
enum lockcast_status lockcast_open_snapshot(const char *path, struct lockcast **out);
// Starts from an empty catalogue of a major version, 13 to 18; 0: the grammar's own.
enum lockcast_status lockcast_open_empty(int major, struct lockcast **out);

// Forecasts the files and folders, one after the other, as a deploy would run them. *report lives until the handle is closed; it is NULL
// after a failure. The handle's database is as before afterwards: another review starts from the same state. `options` may be NULL.
enum lockcast_status lockcast_review(struct lockcast *l, const char *const *paths, int npaths,
                                     const struct lockcast_options *options, const char **report);

// What went wrong in the last call, as the program would say it ("FILE:LINE: what"); "" when nothing did. A NULL handle has no memory.
const char *lockcast_error(const struct lockcast *l);
// Ends the connection and frees everything. NULL is allowed.
void lockcast_close(struct lockcast *l);

#ifdef __cplusplus
}
#endif

#endif

// Errors as values: what went wrong, with everything that a user needs to mend it.
//
// A function that can fail returns enum lc_code (LC_OK is 0) and fills a struct lc_error that its caller gave it. The leaf that
// finds the problem fills it; callers add the location if they know it better, and pass it on. Nobody below cli prints or exits.
#ifndef LC_BASE_ERROR_H
#define LC_BASE_ERROR_H

#define LC_MUST_CHECK __attribute__((warn_unused_result))
#define LC_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

enum lc_code {
    LC_OK = 0,
    LC_E_USAGE,       // the command line is wrong
    LC_E_INPUT,       // a file or its content is wrong
    LC_E_CONNECT,     // no server, or it refused
    LC_E_SERVER,      // the server answered with an error
    LC_E_DELIVERY,    // a report could not be delivered
    LC_E_INTERNAL,    // a bug of ours
    LC_E_NOMEM,       // memory or a buffer's maximum is exhausted
    LC_E_INTERRUPTED, // the user pressed Ctrl-C
};

struct lc_error {
    enum lc_code code;
    char message[512]; // one line, lower case, no full stop
    char detail[512];  // empty, or what was found
    char hint[512];    // empty, or what to do: a sentence
    char file[256];    // empty, or the input that the error is in
    int line;          // 1-based line in `file`; 0: not known
};

// Fills `err` (may be NULL) and returns `code`. Longer messages are cut.
enum lc_code lc_fail(struct lc_error *err, enum lc_code code, const char *fmt, ...) LC_PRINTF(3, 4);

// Adds the detail, the hint or the location to an error that has been filled already.
void lc_error_detail(struct lc_error *err, const char *fmt, ...) LC_PRINTF(2, 3);
void lc_error_hint(struct lc_error *err, const char *fmt, ...) LC_PRINTF(2, 3);
void lc_error_at(struct lc_error *err, const char *file, int line);

#endif

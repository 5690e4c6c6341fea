// Reading a snapshot's JSON document, strictly: what is read is decided by subjects.def, so nothing nests and nothing is guessed.
//
// The text is decoded in place: a string never grows, and the character behind a number is read before it becomes the number's NUL.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "base/utf8.h"
#include "snapshot/tables.h"

struct reader {
    struct lc_arena *arena;
    struct snap_tables *tables;
    char *text, *p, *end; // *end is NUL
    const char *name;     // of the file
    const char *subject;  // being read; NULL: none
    int row;              // of it
    struct lc_error *err;
    bool seen[SNAP_SUBJECTS];
    bool seen_schema, seen_tool;
};

// --- errors -----------------------------------------------------------------------------------------------------------------------

static int line_of(const struct reader *r, const char *at)
{
    int line = 1;
    for (const char *p = r->text; p < at; p++) {
        line += *p == '\n';
    }
    return line;
}

static enum lc_code bad(struct reader *r, const char *fmt, ...) LC_PRINTF(2, 3);
static enum lc_code bad(struct reader *r, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const char *message = lc_vprintf(r->arena, fmt, args);
    va_end(args);
    (void)lc_fail(r->err, LC_E_INPUT, "%s%s", message, *r->text && r->p >= r->end ? ": the file ends here" : "");
    if (r->subject) {
        lc_error_detail(r->err, "in \"%s\", row %d", r->subject, r->row);
    }
    lc_error_hint(r->err, "Take the snapshot again: lockcast snapshot -o FILE.");
    lc_error_at(r->err, r->name, line_of(r, r->p));
    return LC_E_INPUT;
}

// --- tokens -----------------------------------------------------------------------------------------------------------------------

static void skip_blanks(struct reader *r)
{
    while (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t') {
        r->p++;
    }
}

static bool take(struct reader *r, char c)
{
    skip_blanks(r);
    if (*r->p != c) {
        return false;
    }
    r->p++;
    return true;
}

static enum lc_code expect(struct reader *r, char c, const char *where)
{
    return take(r, c) ? LC_OK : bad(r, "\"%c\" expected %s", c, where);
}

static int hex_value(const char *p)
{
    int value = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

static char *put_utf8(char *to, unsigned code)
{
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xC0 | code >> 6);
        *to++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *to++ = (char)(0xE0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    } else {
        *to++ = (char)(0xF0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 0x3F));
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    }
    return to;
}

// r->p is behind "\u"; a surrogate comes in a pair. NULL: not a character, or NUL.
static char *unicode_escape(struct reader *r, char *to)
{
    int code = hex_value(r->p);
    if (code <= 0 || (code >= 0xDC00 && code <= 0xDFFF)) {
        return NULL;
    }
    r->p += 4;
    if (code >= 0xD800) {
        int low = code > 0xDBFF ? 0 : r->p[0] == '\\' && r->p[1] == 'u' ? hex_value(r->p + 2) : -1;
        if (code > 0xDBFF) {
            return put_utf8(to, (unsigned)code);
        }
        if (low < 0xDC00 || low > 0xDFFF) {
            return NULL;
        }
        r->p += 6;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    return put_utf8(to, (unsigned)code);
}

static char *escape(struct reader *r, char *to)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    char c = *r->p++;
    const char *found = c ? strchr(names, c) : NULL;
    if (found) {
        *to++ = values[found - names];
        return to;
    }
    return c == 'u' ? unicode_escape(r, to) : NULL;
}

// A string, decoded in place.
static enum lc_code read_string(struct reader *r, const char **out)
{
    if (!take(r, '"')) {
        return bad(r, "%sa string expected", r->seen_schema ? "" : "this is no snapshot: ");
    }
    char *from = r->p, *to = from;
    while (*r->p != '"') {
        if ((unsigned char)*r->p < 0x20) {
            return bad(r, r->p == r->end ? "the file ends inside a string" : "a control character inside a string");
        }
        if (*r->p == '\\') {
            r->p++;
            to = escape(r, to);
            if (!to) {
                return bad(r, "an escape that is no character");
            }
        } else {
            *to++ = *r->p++;
        }
    }
    r->p++;
    *to = 0;
    *out = from;
    return LC_OK;
}

// --- cells, rows, subjects -------------------------------------------------------------------------------------------------------

struct token {
    const char *text;
    char *end; // of a number or word: becomes NUL once the character there has been read; NULL: nothing to do
};

static const char *const cell_names[] = {[SNAP_TEXT] = "a string",
                                         [SNAP_BOOL] = "true or false",
                                         [SNAP_INT] = "an integer",
                                         [SNAP_NUM] = "a number",
                                         [SNAP_LIST] = "a string"};

static bool fits(enum snap_cell type, const char *word)
{
    switch (type) {
    case SNAP_BOOL:
        return strcmp(word, "true") == 0 || strcmp(word, "false") == 0;
    case SNAP_INT:
        return snap_is_int(word);
    case SNAP_NUM:
        return snap_is_number(word);
    default:
        return false;
    }
}

static enum lc_code read_word(struct reader *r, const struct snap_column *column, struct token *token)
{
    char *from = r->p;
    r->p += strcspn(r->p, " \n\r\t,]}[{:\"");
    char behind = *r->p;
    *r->p = 0;
    bool is_null = strcmp(from, "null") == 0, good = is_null || fits(column->type, from);
    *r->p = behind;
    if (!good) {
        r->p = from;
        return bad(r, "\"%s\" must be %s or null", column->name, cell_names[column->type]);
    }
    *token = (struct token){is_null                     ? NULL
                            : column->type == SNAP_BOOL ? (*from == 't' ? "t" : "f")
                                                        : from,
                            is_null ? NULL : r->p};
    return LC_OK;
}

static enum lc_code read_cell(struct reader *r, const struct snap_column *column, struct token *token)
{
    skip_blanks(r);
    if (*r->p == '"' && (column->type == SNAP_TEXT || column->type == SNAP_LIST)) {
        token->end = NULL;
        return read_string(r, &token->text);
    }
    return read_word(r, column, token);
}

struct order { // of the columns in the file
    int subject_column[64];
    int n;
};

static enum lc_code read_row(struct reader *r, enum snap_subject subject, const struct order *order)
{
    const struct snap_subject_spec *spec = &snap_specs[subject];
    const char **row = snap_add_row(r->arena, r->tables, subject);
    enum lc_code code = expect(r, '[', "before a row");
    for (int c = 0; !code && c < order->n; c++) {
        struct token token = {0};
        code = read_cell(r, &spec->columns[order->subject_column[c]], &token);
        if (!code) {
            code = expect(r, c + 1 < order->n ? ',' : ']', "between values: a row has as many as there are columns");
        }
        row[order->subject_column[c]] = token.text;
        if (token.end) {
            *token.end = 0;
        }
    }
    return code;
}

static enum lc_code read_rows(struct reader *r, enum snap_subject subject, const struct order *order)
{
    enum lc_code code = expect(r, '[', "before the rows");
    if (code || take(r, ']')) {
        return code;
    }
    do {
        r->row++;
        code = r->row > SNAP_MAX_ROWS ? bad(r, "more than %d rows", SNAP_MAX_ROWS) : read_row(r, subject, order);
    } while (!code && take(r, ','));
    return code ? code : expect(r, ']', "behind the rows");
}

static int find_column(const struct snap_subject_spec *spec, const char *name)
{
    for (int c = 0; c < spec->ncols; c++) {
        if (strcmp(spec->columns[c].name, name) == 0) {
            return c;
        }
    }
    return -1;
}

static enum lc_code add_column(struct reader *r, const struct snap_subject_spec *spec, const char *name, struct order *order)
{
    int column = find_column(spec, name);
    if (column < 0) {
        return bad(r, "\"%s\" has a column \"%.60s\" that this version does not know", spec->name, name);
    }
    for (int i = 0; i < order->n; i++) {
        if (order->subject_column[i] == column) {
            return bad(r, "\"%s\" has the column \"%s\" twice", spec->name, name);
        }
    }
    order->subject_column[order->n++] = column;
    return LC_OK;
}

static enum lc_code read_columns(struct reader *r, enum snap_subject subject, struct order *order)
{
    enum lc_code code = expect(r, '[', "before the columns");
    do {
        const char *name = NULL;
        code = code ? code : read_string(r, &name);
        code = code ? code : add_column(r, &snap_specs[subject], name, order);
    } while (!code && take(r, ','));
    return code ? code : expect(r, ']', "behind the columns");
}

static enum lc_code read_key(struct reader *r, const char *wanted)
{
    const char *key;
    enum lc_code code = read_string(r, &key);
    if (!code && strcmp(key, wanted) != 0) {
        code = bad(r, "\"%s\" expected, not \"%.60s\"", wanted, key);
    }
    return code ? code : expect(r, ':', "behind a name");
}

static enum lc_code read_subject(struct reader *r, enum snap_subject subject)
{
    struct order order = {.n = 0};
    if (r->seen[subject]) {
        return bad(r, "\"%s\" is there twice", snap_specs[subject].name);
    }
    r->seen[subject] = true;
    enum lc_code code = expect(r, '{', "before a table");
    code = code ? code : read_key(r, "columns");
    code = code ? code : read_columns(r, subject, &order);
    code = code ? code : expect(r, ',', "behind the columns");
    code = code ? code : read_key(r, "rows");
    r->subject = snap_specs[subject].name;
    r->row = 0;
    code = code ? code : read_rows(r, subject, &order);
    r->subject = code ? r->subject : NULL;
    return code ? code : expect(r, '}', "behind a table");
}

// --- the document ------------------------------------------------------------------------------------------------------------------

static enum lc_code read_schema(struct reader *r)
{
    const char *schema;
    enum lc_code code = read_string(r, &schema);
    if (code || strcmp(schema, SNAPSHOT_SCHEMA) == 0) {
        r->seen_schema = true;
        return code;
    }
    code = bad(r, "the schema is \"%.60s\", not \"%s\"", schema, SNAPSHOT_SCHEMA);
    if (lc_starts(schema, "lockcast/snapshot/")) {
        lc_error_hint(r->err, "It was written by another version of lockcast: use that one, or take the snapshot again.");
    }
    return code;
}

static enum lc_code read_tool(struct reader *r)
{
    const char *value;
    enum lc_code code = expect(r, '{', "before the tool");
    code = code ? code : read_key(r, "name");
    code = code ? code : read_string(r, &value);
    code = code ? code : expect(r, ',', "behind the tool's name");
    code = code ? code : read_key(r, "version");
    code = code ? code : read_string(r, &value);
    r->seen_tool = true;
    return code ? code : expect(r, '}', "behind the tool");
}

static enum lc_code read_member(struct reader *r)
{
    const char *key;
    enum lc_code code = read_string(r, &key);
    code = code ? code : expect(r, ':', "behind a name");
    if (code) {
        return code;
    }
    if (!r->seen_schema) {
        return strcmp(key, "schema") == 0 ? read_schema(r)
                                          : bad(r, "this is no snapshot: \"schema\" must come first, not \"%.60s\"", key);
    }
    if (!r->seen_tool && strcmp(key, "tool") == 0) {
        return read_tool(r);
    }
    for (int s = 0; s < SNAP_SUBJECTS; s++) {
        if (strcmp(snap_specs[s].name, key) == 0) {
            return read_subject(r, (enum snap_subject)s);
        }
    }
    return bad(r, "\"%.60s\" is nothing that this version knows", key);
}

static enum lc_code read_document(struct reader *r)
{
    if (!take(r, '{')) {
        return bad(r, *r->p ? "this is no snapshot: it does not begin with \"{\"" : "the file is empty");
    }
    enum lc_code code;
    do {
        code = read_member(r);
    } while (!code && take(r, ','));
    code = code ? code : expect(r, '}', "at the end");
    skip_blanks(r);
    return code || r->p == r->end ? code : bad(r, "there is something behind the end");
}

static enum lc_code check_bytes(struct reader *r, size_t len)
{
    if (memchr(r->text, 0, len)) {
        r->p = memchr(r->text, 0, len);
        return bad(r, "a NUL byte: this is no JSON");
    }
    for (size_t at = 0, step; at < len; at += step) {
        step = lc_utf8_length(r->text + at, len - at);
        if (step == 0) {
            r->p = r->text + at;
            return bad(r, "invalid UTF-8");
        }
    }
    return LC_OK;
}

// A server row decides the version of everything else.
static enum lc_code check_content(struct reader *r)
{
    int version =
        snap_nrows(r->tables, SUBJECT_server) == 1 ? snap_int(snap_row(r->tables, SUBJECT_server, 0)[C_server_version_num]) : 0;
    r->p = r->text;
    if (version < 130000 || version > 990000) {
        return bad(r, "\"server\" must have one row with a version_num of 13 or newer");
    }
    return LC_OK;
}

enum lc_code snapshot_from_text(char *text, size_t len, const char *name, struct lc_arena *arena, struct snapshot **out,
                                struct lc_error *err)
{
    struct lc_error own = {0};
    struct reader r = {
        .arena = arena, .tables = LC_NEW(arena, struct snap_tables), .text = text, .p = text, .end = text + len, .name = name};
    r.err = err ? err : &own;
    *out = NULL;
    enum lc_code code = check_bytes(&r, len);
    code = code ? code : read_document(&r);
    code = code ? code : check_content(&r);
    struct snapshot *snap = code ? NULL : snap_build(arena, r.tables, SNAP_FILE, name);
    if (snap && r.tables->damaged) {
        r.p = r.text;
        code = bad(&r, "the catalogue contradicts itself in %d places: no server has this", r.tables->damaged);
    }
    *out = code ? NULL : snap;
    return code;
}

// --- the file -----------------------------------------------------------------------------------------------------------------------

static enum lc_code file_error(struct lc_error *err, const char *path, const char *why)
{
    (void)lc_fail(err, LC_E_INPUT, "cannot read the snapshot: %s", why);
    lc_error_hint(err, "%s", "`lockcast snapshot -o FILE` writes one.");
    lc_error_at(err, path, 0);
    return LC_E_INPUT;
}

// Until the end of the file or of the buffer; a pipe gives less at a time.
static ssize_t read_all(int fd, char *text, size_t max)
{
    size_t len = 0;
    for (;;) {
        ssize_t n = read(fd, text + len, max - len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return n < 0 ? -1 : (ssize_t)len;
        }
        len += (size_t)n;
    }
}

static enum lc_code read_open_file(int fd, const char *path, struct lc_arena *arena, struct snapshot **out, struct lc_error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
        return file_error(err, path, S_ISDIR(st.st_mode) ? "it is a folder" : strerror(errno));
    }
    if (!S_ISREG(st.st_mode)) {
        return file_error(err, path, "it is no regular file");
    }
    if ((size_t)st.st_size > SNAPSHOT_MAX_BYTES) {
        return file_error(err, path, "it is larger than 1 GB");
    }
    char *text = lc_alloc(arena, (size_t)st.st_size + 1);
    ssize_t len = read_all(fd, text, (size_t)st.st_size);
    if (len < 0) {
        return file_error(err, path, strerror(errno));
    }
    text[len] = 0;
    return snapshot_from_text(text, (size_t)len, path, arena, out, err);
}

enum lc_code snapshot_from_file(const char *path, struct lc_arena *arena, struct snapshot **out, struct lc_error *err)
{
    *out = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return file_error(err, path, strerror(errno));
    }
    enum lc_code code = read_open_file(fd, path, arena, out, err);
    (void)close(fd);
    return code;
}

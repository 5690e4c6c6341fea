// Reading one migration file whole: regular text, valid UTF-8, no NUL byte, of bearable size.
#include "migration/read_file.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"

#define CHUNK ((size_t)64 * 1024)

static enum lc_code read_all(FILE *f, const char *path, struct lc_str *out, struct lc_error *err)
{
    char buffer[CHUNK];
    size_t n;

    while ((n = fread(buffer, 1, sizeof buffer, f)) > 0) {
        lc_str_addn(out, buffer, n);
        if (out->full) {
            (void)lc_fail(err, LC_E_INPUT, "the file is larger than %zu MB", out->max / 1024 / 1024);
            lc_error_at(err, path, 0);
            return LC_E_INPUT;
        }
    }
    if (ferror(f)) {
        (void)lc_fail(err, LC_E_INPUT, "cannot read: %s", strerror(errno));
        lc_error_at(err, path, 0);
        return LC_E_INPUT;
    }
    return LC_OK;
}

// Length of the valid UTF-8 sequence at p (RFC 3629), 0: not valid.
static size_t utf8_len(const unsigned char *p, size_t left)
{
    size_t n = p[0] < 0x80                   ? 1
               : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
               : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
               : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
                                             : 0;

    if (n == 0 || n > left)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
        (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return n;
}

static bool is_utf16(const char *text, size_t size)
{
    return size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0);
}

static enum lc_code check_text(const char *path, const char *text, size_t size, struct lc_error *err)
{
    int line = 1;

    for (size_t i = 0; i < size;) {
        const unsigned char *p = (const unsigned char *)text + i;
        size_t n = utf8_len(p, size - i);
        if (*p == '\n')
            line++;
        if (n == 0 || *p == '\0') {
            (void)lc_fail(err, LC_E_INPUT, *p ? "the file is not valid UTF-8 (byte 0x%02x)" : "the file has a NUL byte (0x%02x)",
                          *p);
            lc_error_at(err, path, line);
            lc_error_hint(err, "%s",
                          is_utf16(text, size) ? "It begins like UTF-16. Convert it, e.g. with iconv -f UTF-16 -t UTF-8."
                          : *p                 ? "Convert it, e.g. with iconv -f LATIN1 -t UTF-8."
                                               : "Is it a binary, or UTF-16? Convert it to UTF-8.");
            return LC_E_INPUT;
        }
        i += n;
    }
    return LC_OK;
}

static const char *extension(const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');

    return dot ? dot : "";
}

// A link in a pull request may lead anywhere, and what a migration says is shown. One that leads out of its folder and of the working
// folder has to lead to a file of its own kind.
static bool leads_astray(struct lc_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *folder = slash ? lc_strndup(arena, path, (size_t)(slash - path) + 1) : ".";
    char real[PATH_MAX];
    struct stat st;

    if (!*extension(path) || lstat(path, &st) != 0 || !S_ISLNK(st.st_mode) || !realpath(path, real)) // /dev/stdin is one, too
        return false;
    return !migration_lies_below(path, folder) && !migration_lies_below(path, ".") && !lc_streq(extension(real), extension(path));
}

enum lc_code migration_read_file(struct lc_arena *arena, const char *path, struct migration_input *out, struct lc_error *err)
{
    bool standard = strcmp(path, "-") == 0;
    bool astray = !standard && leads_astray(arena, path);
    FILE *f = standard ? stdin : astray ? NULL : fopen(path, "rb");
    struct lc_str text;
    enum lc_code code;

    if (astray) {
        (void)lc_fail(err, LC_E_INPUT,
                      "it is a link that leads out of its folder and of the working folder, to no file of its kind");
        lc_error_at(err, path, 0);
        lc_error_hint(err, "Name the file that it leads to, if it is meant.");
        return LC_E_INPUT;
    }
    if (!f) {
        (void)lc_fail(err, LC_E_INPUT, "cannot open: %s", strerror(errno));
        lc_error_at(err, path, 0);
        return LC_E_INPUT;
    }
    lc_str_init(&text, arena, LC_SQL_MAX_BYTES);
    code = read_all(f, path, &text, err);
    if (!standard)
        (void)fclose(f);
    if (code == LC_OK)
        code = check_text(path, text.text, text.len, err);
    out->path = path;
    out->text = text.text;
    out->size = text.len;
    if (lc_starts(out->text, "\xef\xbb\xbf")) { // a byte order mark is no part of the SQL
        out->text += 3;
        out->size -= 3;
    }
    return code;
}

bool migration_lies_below(const char *path, const char *folder)
{
    char real[PATH_MAX], top[PATH_MAX];
    size_t n;

    if (!realpath(path, real) || !realpath(folder, top))
        return false;
    n = strlen(top);
    return strncmp(real, top, n) == 0 && (real[n] == '/' || (n && top[n - 1] == '/'));
}

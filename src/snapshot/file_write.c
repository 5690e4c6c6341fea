// Writing a snapshot as one JSON document: beside the file, then renamed, so that nobody ever reads half of one.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "snapshot/tables.h"

static void put_string(FILE *f, const char *text)
{
    (void)fputc('"', f);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '"' || *p == '\\') {
            (void)fputc('\\', f);
            (void)fputc(*p, f);
        } else if (*p < 0x20 || *p == 0x7f) {
            (void)fprintf(f, "\\u%04x", *p);
        } else {
            (void)fputc(*p, f);
        }
    }
    (void)fputc('"', f);
}

static void put_cell(FILE *f, enum snap_cell type, const char *cell)
{
    if (!cell) {
        (void)fputs("null", f);
    } else if (type == SNAP_BOOL) {
        (void)fputs(snap_bool(cell) ? "true" : "false", f);
    } else if (type == SNAP_INT || type == SNAP_NUM) {
        (void)fputs(snap_is_number(cell) ? cell : "null", f);
    } else {
        put_string(f, cell);
    }
}

// --no-query-text: the texts are left out here, whoever filled them in.
static bool is_query_text(enum snap_subject subject, int column)
{
    return (subject == SUBJECT_statement && column == C_statement_query) ||
           (subject == SUBJECT_session && column == C_session_query);
}

static void put_subject(FILE *f, const struct snapshot *snap, enum snap_subject subject)
{
    const struct snap_tables *tables = snap->tables;
    const struct snap_subject_spec *spec = &snap_specs[subject];
    (void)fprintf(f, "\"%s\": {\"columns\": [", spec->name);
    for (int c = 0; c < spec->ncols; c++) {
        (void)fprintf(f, "%s\"%s\"", c ? ", " : "", spec->columns[c].name);
    }
    (void)fputs("], \"rows\": [", f);
    for (int r = 0; r < snap_nrows(tables, subject); r++) {
        const char *const *row = snap_row(tables, subject, r);
        (void)fputs(r ? ",\n[" : "\n[", f);
        for (int c = 0; c < spec->ncols; c++) {
            (void)fputs(c ? "," : "", f);
            put_cell(f, spec->columns[c].type, snap->no_query_text && is_query_text(subject, c) ? NULL : row[c]);
        }
        (void)fputc(']', f);
    }
    (void)fputs("]}", f);
}

static void put_document(FILE *f, const struct snapshot *snap)
{
    (void)fprintf(f, "{\"schema\": \"%s\",\n\"tool\": {\"name\": \"lockcast\", \"version\": \"%s\"}", SNAPSHOT_SCHEMA,
                  LOCKCAST_VERSION);
    for (int s = 0; s < SNAP_SUBJECTS; s++) {
        (void)fputs(",\n", f);
        put_subject(f, snap, (enum snap_subject)s);
    }
    (void)fputs("}\n", f);
}

static enum lc_code write_error(struct lc_error *err, const char *path)
{
    (void)lc_fail(err, LC_E_DELIVERY, "cannot write %s: %s", path, strerror(errno));
    lc_error_hint(err, "Is there room, and may you write in that folder?");
    return LC_E_DELIVERY;
}

// Everything is on the disk before the name changes.
static bool finish(FILE *f)
{
    bool good = fflush(f) == 0 && !ferror(f) && fsync(fileno(f)) == 0;
    return fclose(f) == 0 && good;
}

enum lc_code snapshot_write_to(const struct snapshot *snap, FILE *stream, struct lc_error *err)
{
    put_document(stream, snap);
    return fflush(stream) == 0 && !ferror(stream) ? LC_OK : write_error(err, "the snapshot");
}

// A device, a pipe or a terminal cannot be replaced: renaming a file over it would be the end of it.
static enum lc_code write_in_place(const struct snapshot *snap, const char *path, struct lc_error *err)
{
    FILE *f = fopen(path, "wb");
    enum lc_code code;

    if (!f)
        return write_error(err, path);
    put_document(f, snap);
    code = fflush(f) == 0 && !ferror(f) ? LC_OK : write_error(err, path);
    if (fclose(f) != 0 && code == LC_OK)
        code = write_error(err, path);
    return code;
}

static enum lc_code write_and_rename(const struct snapshot *snap, const char *path, const struct stat *old, struct lc_error *err)
{
    const char *temp = lc_printf(snap->arena, "%s.%ld.tmp", path, (long)getpid());
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "wb");
    enum lc_code code;
    bool kept;

    if (!f) {
        code = write_error(err, path);
        if (fd >= 0)
            (void)close(fd);
        return code;
    }
    kept = !old || fchmod(fd, old->st_mode & 07777) == 0;
    put_document(f, snap);
    if (finish(f) && kept && rename(temp, path) == 0)
        return LC_OK;
    code = write_error(err, path);
    (void)unlink(temp);
    return code;
}

enum lc_code snapshot_write(const struct snapshot *snap, const char *path, struct lc_error *err)
{
    struct stat st;
    bool exists = stat(path, &st) == 0;
    char *target; // a symbolic link stays one
    enum lc_code code;

    if (exists && !S_ISREG(st.st_mode))
        return write_in_place(snap, path, err);
    target = exists ? realpath(path, NULL) : NULL;
    code = write_and_rename(snap, target ? target : path, exists ? &st : NULL, err);
    free(target);
    return code;
}

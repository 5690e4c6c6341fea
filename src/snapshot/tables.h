// The rows of a snapshot, as read from the server or from the file: one table per subject of subjects.def. Not for other rooms.
#ifndef LC_SNAPSHOT_TABLES_H
#define LC_SNAPSHOT_TABLES_H

#include "base/str.h"
#include "snapshot/snapshot.h"

enum snap_cell { SNAP_TEXT, SNAP_BOOL, SNAP_INT, SNAP_NUM, SNAP_LIST };

// enum snap_subject { SUBJECT_server, ... }
enum snap_subject {
#define SUBJECT(subject, part) SUBJECT_##subject,
#define COL(subject, column, type)
#define END(subject)
#include "snapshot/subjects.def"
#undef SUBJECT
#undef COL
#undef END
    SNAP_SUBJECTS,
};

// enum { C_relation_oid, C_relation_name, ..., C_relation_ncols }
#define SUBJECT(subject, part) enum {
#define COL(subject, column, type) C_##subject##_##column,
#define END(subject)                                                                                                             \
    C_##subject##_ncols                                                                                                          \
    }                                                                                                                            \
    ;
#include "snapshot/subjects.def"
#undef SUBJECT
#undef COL
#undef END

struct snap_column {
    const char *name;
    enum snap_cell type;
};

struct snap_subject_spec {
    const char *name;
    enum snap_part part;
    const struct snap_column *columns;
    int ncols;
};
extern const struct snap_subject_spec snap_specs[SNAP_SUBJECTS];

// Cells are text in the arena, row by row; NULL is null. BOOL: "t" or "f"; INT and NUM: a JSON number.
struct snap_table {
    struct snap_cells LC_ARRAY(const char *) cells;
    int nrows;
};

struct snap_tables {
    struct snap_table t[SNAP_SUBJECTS];
    int damaged; // rows that contradict others, found when the catalogue was built
};

#define SNAP_MAX_ROWS 50000000

// Room for one more row: its cells, all NULL, to be filled by the caller.
const char **snap_add_row(struct lc_arena *arena, struct snap_tables *tables, enum snap_subject subject);
static inline const char *const *snap_row(const struct snap_tables *tables, enum snap_subject subject, int row)
{
    return tables->t[subject].cells.items + (size_t)row * (size_t)snap_specs[subject].ncols;
}
static inline int snap_nrows(const struct snap_tables *tables, enum snap_subject subject)
{
    return tables->t[subject].nrows;
}

// Values of cells. A NULL cell is 0, NAN, false, and no items.
uint32_t snap_oid(const char *cell);
int snap_int(const char *cell);
double snap_num(const char *cell);
static inline bool snap_bool(const char *cell)
{
    return cell && cell[0] == 't';
}
static inline char snap_char(const char *cell) // the first character, 0: none
{
    return cell ? cell[0] : 0;
}
struct snap_list LC_ARRAY(const char *);                               // items may be NULL
struct snap_list snap_list(struct lc_arena *arena, const char *cell);  // an array literal of one dimension
struct snap_list snap_words(struct lc_arena *arena, const char *cell); // "1 2 3", as int2vector and oidvector

// Is it a number as JSON writes them?
bool snap_is_number(const char *text);
bool snap_is_int(const char *text);
const char *snap_format_num(struct lc_arena *arena, double value); // NULL for NAN and infinities

// Parts and gaps.
void snap_mark_part(struct lc_arena *arena, struct snap_tables *tables, enum snap_part part, const char *taken_at,
                    const char *server);
void snap_add_gap(struct lc_arena *arena, struct snap_tables *tables, enum snap_part part, const char *what, const char *why,
                  const char *hint);

// From the rows to the value that other rooms use.
struct snapshot *snap_build(struct lc_arena *arena, struct snap_tables *tables, enum snap_origin origin, const char *path);
void snap_build_catalog(struct snapshot *snap);
void snap_build_traffic(struct snapshot *snap);
void snap_build_plans(struct snapshot *snap);

#endif

// From rows to the catalogue: what the build_*.c files share. Not for other rooms.
#ifndef LC_SNAPSHOT_BUILD_H
#define LC_SNAPSHOT_BUILD_H

#include "catalog/catalog.h"
#include "snapshot/tables.h"
#include "sql/sql.h"

struct build {
    struct snapshot *snap;
    struct lc_arena *arena;
    const struct snap_tables *tables;
    double block_size;
    struct lc_map exprs, statements; // texts parsed already
    struct lc_map relations, attributes, column_stats, indexes, partition_keys, sequences, views, sizes,
        counters;               // oid -> row number + 1
    struct lc_map toast_owners; // TOAST table -> its table
    int unparsed;               // texts that this grammar does not accept
    int damaged;                // rows that contradict others
    bool clients;               // of this database were at work
};

// An expression; NULL for NULL, and for what does not parse, which is counted.
Node *build_expr(struct build *b, const char *text);
// A statement; likewise.
Node *build_statement(struct build *b, const char *text);
// Words as numbers.
struct cat_oids build_oids(struct build *b, struct snap_list words);
struct cat_attnums build_attnums(struct build *b, struct snap_list words);
// Row numbers + 1 of a subject by a column with an oid (the first of several), and the row of an oid; NULL: none.
struct lc_map build_index(struct build *b, enum snap_subject subject, int column);
const char *const *build_find(const struct build *b, const struct lc_map *index, enum snap_subject subject, Oid oid);

static inline struct cat_object build_head(enum cat_class class, const char *oid, const char *name, const char *schema,
                                           const char *owner)
{
    return (struct cat_object){
        .class = class, .oid = snap_oid(oid), .name = name ? name : "", .schema = snap_oid(schema), .owner = owner};
}

// Cuts links that no server has, and counts them in b->damaged.
void build_check(struct build *b);
void build_names(struct build *b);   // schemas, extensions, types: before the relations
void build_objects(struct build *b); // constraints, triggers, functions, ..., dependencies: after them

#endif

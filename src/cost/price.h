// What the pricing files share: a sum of terms with its spread, and the server that runs the work. Not for other rooms.
#ifndef LC_COST_PRICE_H
#define LC_COST_PRICE_H

#include "cost/calibration.h"
#include "cost/compress.h"
#include "cost/cost.h"

#define COST_PAGE 8192.0

#define PRICE_SCATTERED 16 // indexes of a statement whose pages are followed from checkpoint to checkpoint

struct price { // of one piece of work; terms move together, because what makes one slow makes the others slow
    double ms, weighted_sigma, extra_sigma; // extra: what this model of the work is off by, beyond its constants
    double wal_bytes, disk_bytes, temp_bytes;
    double kept_bytes;  // new storage beside the old one, which goes at the end of the transaction
    double image_sigma; // of the images' share of WAL: what compression leaves
    double again;       // images of pages that later checkpoints let change for the first time again
    struct {
        double pages, changes, used;
    } scattered[PRICE_SCATTERED]; // of indexes where changes go to any page
    int nscattered;
    double images, more_images; // WAL of pages changed for the first time since a checkpoint: expected, and at most beyond that
    double size_sigma;          // of WAL and sizes: deviation of the logarithm, beyond PRICE_SIZE_SIGMA
    double cores;
};

struct compression_ratio { // what wal_compression leaves of a page's image, and the deviation of its logarithm
    double share, sigma;
};

struct pricing { // the server, as far as it decides prices
    struct lc_arena *arena;
    struct snapshot *snap;
    const struct cost_options *options;
    const struct footprint *fp;
    double maintenance_work_mem, work_mem, shared_buffers; // bytes
    double max_parallel_maintenance_workers, max_parallel_workers, min_parallel_table_scan_pages;
    double cores;
    bool wal, full_page_writes, fsync;
    bool minimal;                   // wal_level: new storage is synchronised instead of logged (RelationNeedsWAL, utils/rel.h)
    bool new_storage;               // and this is such storage
    bool hint_images;               // hint bits are logged (XLogHintBitIsNeeded, access/xlog.h)
    enum compression compression;   // of images
    struct compression_ratio ratio; // of those of the storage at hand
    double skip_threshold;
    double checkpoint_bytes; // of WAL, after which a checkpoint begins
    const struct cost *done; // the statement's items so far
    Oid warm;                // a table that the statement has read before, into shared_buffers; InvalidOid: none
};

// Adds `count` units of one constant.
void price_term(const struct pricing *p, struct price *to, enum cost_id id, double count);
void price_wal(const struct pricing *p, struct price *to, double records, double bytes); // of permanent relations
// Whole pages, as new indexes are logged: `used` bytes of them, without the hole.
void price_wal_pages(const struct pricing *p, struct price *to, double pages, double used);
// Images of `pages` pages of a relation, `most` at most, with `used` bytes on each (price_wal.c).
void price_images(const struct pricing *p, struct price *to, const struct cat_relation *rel, double pages, double most,
                  double used);
// The same with a ratio at hand.
void price_images_of(const struct pricing *p, struct price *to, const struct cat_relation *rel, struct compression_ratio ratio,
                     double pages, double most, double used);
// The images of a heap's pages, of a btree's with so many rows to a key, of another index's (price_compress.c).
struct compression_ratio price_heap_ratio(const struct pricing *p, const struct cat_relation *rel);
struct compression_ratio price_btree_ratio(const struct pricing *p, const struct cat_relation *rel, const struct cat_index *ix,
                                           double same);
struct compression_ratio price_toast_ratio(const struct pricing *p, const struct cat_relation *rel);
struct compression_ratio price_index_ratio(const struct pricing *p, const struct cat_relation *rel,
                                           const struct cat_relation *index); // price_index.c
struct quantiles price_catalogue_wal(const struct pricing *p);                // price_catalogue.c
// Changes that go to any of an index's pages; `used` bytes of each in an image.
void price_scattered(const struct pricing *p, struct price *to, double pages, double changes, double used);
void price_checkpoints(const struct pricing *p, struct price *to); // at the end: what checkpoints while it runs add
// The end of new storage of so many bytes that was not logged.
void price_skipped(const struct pricing *p, struct price *to, double bytes);
// How many of `pages` pages are changed when `rows` places on them are: next to each other, or anywhere.
double price_touched(double pages, double rows, double all, bool together);
struct quantiles price_wal_spread(const struct price *t);
void price_unsure(struct price *to, double sigma); // of sizes
void price_sync(const struct pricing *p, struct price *to, double bytes);
// Adds `part`, of which `lanes` processes do an equal share at the same time.
void price_add_shared(struct price *to, const struct price *part, double lanes);
void price_widen(struct price *to, double sigma);

// A relation's size: pages, rows, bytes of a row and of one of its columns, estimated where it was never analysed.
double price_pages(const struct cat_relation *rel);
double price_rows(const struct cat_relation *rel);
const Node *price_where(const Node *query); // of a SELECT, UPDATE, DELETE, or of what an INSERT selects; NULL: it has none
double price_row_bytes(const struct cat_relation *rel);
struct price_row { // of a heap
    double tuple;  // its own bytes with its header, not aligned
    double bytes;  // of the page
    bool exact;    // every row has just this width
    double guess;  // bytes of it that nobody has seen: columns that are new or of another type
};
struct price_row price_row_of(const struct pricing *p, const struct cat_relation *rel); // as it is (price_row.c)
// As it is when written anew. `expr`: what the column whose type changes is made from; NULL: no such column, or a cast.
struct price_row price_new_row_of(const struct pricing *p, const struct cat_relation *rel, const Node *expr);
// Bytes of the column whose type changes, as its values were: what the pages have beside the other columns.
double price_old_width(const struct pricing *p, const struct cat_relation *rel);
struct price_row price_row_of_width(double width); // as the planner has its width
// With so many bytes more, on pages that are filled to this share.
struct price_row price_wider_row(const struct price_row *row, double more, double fill);
double price_insert_record(const struct price_row *row); // WAL of inserting it
// Bytes of a heap that is filled in bulk, with the empty pages at its end: a rewrite, CREATE TABLE AS, REFRESH.
double price_bulk_bytes(const struct pricing *p, double bytes);
double price_fillfactor(const struct cat_relation *rel, double otherwise); // of a heap or an index, 0.1 .. 1
double price_column_bytes(const struct catalog *cat, const struct cat_relation *rel, int attnum);
bool price_is_logged(const struct pricing *p, const struct cat_relation *rel);

// The check of a foreign key where the planner reads the keys from an index of theirs: false, and nothing added, where it does not.
// `rows`: of those without a NULL.
bool price_keys_by_index(const struct pricing *p, struct price *to, const struct fp_work *w, double rows);
// Where the planner looks each of them up in the referenced key's index: what that costs; false, and nothing added, where it does not.
bool price_looks_up_keys(const struct pricing *p, struct price *to, const struct fp_work *w, double rows);

// Tables by the names that an expression knows them by (price_distinct.c).
struct price_scope_item {
    const struct cat_relation *rel;
    const char *name;
};
struct price_scope LC_ARRAY(struct price_scope_item);
void price_scope_of(const struct pricing *p, const NodeList *from, struct price_scope *out);
// At most so many values; HUGE_VAL: nobody knows. *assumed is set where it is not known from statistics or by the expression itself.
double price_distinct(const struct price_scope *scope, const Node *expr, bool *assumed);
// At most so many groups of a query's GROUP BY or DISTINCT; HUGE_VAL: it has none, or nobody knows.
double price_groups(const struct pricing *p, const Node *query, bool *assumed);
int price_group_items(const Node *query);          // expressions that it groups by
const SelectStmt *price_select(const Node *query); // the query itself, or what an INSERT selects; NULL: neither

// Of a query's result, beside the planner's width: NULLs' bytes of a row that are not there, and values out of line of all rows
// (price_output.c). Columns are known that are taken as they are from a table.
struct price_output {
    double null_bytes, toast_bytes;
};
void price_query_output(const struct pricing *p, const Node *query, const struct snap_plan *plan, struct price_output *out);

// The tables below a partitioned table, or of an inheritance tree, each with its part of the rows that a statement changes (price_leaves.c).
struct price_leaf {
    const struct cat_relation *rel;
    double rows;
};
struct price_leaves {
    struct price_leaf *items;
    int len, cap;
    bool known; // the size of one of them, at least
};
bool price_has_leaves(const struct fp_work *w);
void price_leaves_of(const struct pricing *p, const struct fp_work *w, const struct snap_plan *plan, double rows,
                     struct price_leaves *out);

// A relation of this deploy with what the statements before have put into it; others as they are (filled.c).
const struct cat_relation *price_filled(const struct pricing *p, const struct cat_relation *rel);
void price_fill(const struct pricing *p, const struct cat_relation *rel, double rows, double bytes, bool adds);
// The text to ask the planner about: a REFRESH has that of the statement that made its view in this deploy.
const char *price_filling_text(const struct pricing *p, const struct fp_work *w);

// The queries of a foreign key for the rows that another piece of the statement's work has written (price_fk_rows.c).
void price_fk_rows(const struct pricing *p, struct price *to, const struct fp_work *w, struct cost_item *out);

// Each adds one piece of work.
void price_fk(const struct pricing *p, struct price *to, const struct fp_work *w); // price_fk.c
void price_scan(const struct pricing *p, struct price *to, const struct cat_relation *rel, const Node *expr);
void price_read_pages(const struct pricing *p, struct price *to, const struct cat_relation *rel);
// `id`: what a row costs; pages: of the new heap.
void price_heap_write(const struct pricing *p, struct price *to, enum cost_id id, double rows, const struct price_row *row);
// A table's values out of line, stored again, and so many bytes of them, stored beside `heap` bytes.
void price_toast_write(const struct pricing *p, struct price *to, const struct cat_relation *rel);
void price_toast_new(const struct pricing *p, struct price *to, double bytes, double heap);
// `bytes` take the place of `old` ones, which go at the end.
void price_replace(struct price *to, double bytes, double old);
void price_expr(const struct pricing *p, struct price *to, const struct cat_relation *rel, const Node *expr,
                double rows); // price_expr.c
void price_cast(const struct pricing *p, struct price *to,
                const struct fp_work *w); // of a column whose type changes without an expression
// `changed`: the old width of a column without statistics, whose type changes; 0: not known (price_width.c).
double price_expr_width(const struct pricing *p, const struct cat_relation *rel, const Node *expr, double changed);
void price_index_build(const struct pricing *p, struct price *to, const struct fp_work *w);    // price_index.c
void price_index_validate(const struct pricing *p, struct price *to, const struct fp_work *w); // price_index.c
double price_index_bytes(const struct pricing *p, const struct cat_relation *rel, const struct cat_relation *index,
                         double rows); // price_index.c
void price_sort(const struct pricing *p, struct price *to, enum cost_id id, double rows, double memory_each,
                double memory);    // price_sort.c
double price_misses(double bytes); // how much of a random access to so many bytes goes to memory (price_sort.c)
void price_merge(const struct pricing *p, struct price *to, enum cost_id id, double rows, double runs); // price_sort.c
struct price_gin_size { // bytes of a GIN index: entries with short lists of rows, long lists, and all of its pages
    double keys, entries, lists, list_pages, used, bytes, sigma;
};
double price_gin_keys(const struct pricing *p, const struct fp_work *w); // of one row, on average (price_gin.c)
struct price_gin_size price_gin_size(const struct pricing *p, const struct fp_work *w, double rows);
double price_gin_spill(const struct price_gin_size *size, double parts); // temporary files of a parallel build
double price_entry_bytes(const struct pricing *p, const struct cat_relation *rel,
                         const struct cat_relation *index); // price_index.c
enum cost_id price_sort_constant(const struct pricing *p, const struct cat_relation *rel,
                                 const struct cat_index *ix);                                               // price_sort.c
const struct cat_attribute *price_first_column(const struct cat_relation *rel, const struct cat_index *ix); // NULL: an expression
bool price_comes_sorted(const struct cat_relation *rel, const struct cat_index *ix);                        // price_sort.c
void price_cluster(const struct pricing *p, struct price *to, const struct fp_work *w);                     // price_sort.c
// Changed rows (price_change.c). kept: share of them whose new version goes to the page of the old one.
void price_update_change(const struct pricing *p, struct price *to, const struct fp_work *w, double rows, double kept);
void price_delete_change(const struct pricing *p, struct price *to, const struct fp_work *w, double rows);
// By triggers for each row; event: TRIGGER_TYPE_INSERT, _UPDATE or _DELETE; set: an UPDATE's columns, else NULL (price_trigger.c).
void price_triggers(const struct pricing *p, struct price *to, const struct cat_relation *rel, int event, const NodeList *set,
                    double rows);
void price_pruning(const struct pricing *p, struct price *to, const struct cat_relation *rel); // by reading all of a table
void price_entry_changes(const struct pricing *p, struct price *to, const struct cat_relation *rel, const struct fp_work *w,
                         double rows);
void price_query(const struct pricing *p, struct price *to, const struct fp_work *w, struct cost_item *out); // price_query.c

#endif

// What the pricing files share: a sum of terms with its spread, and the server that runs the work. Not for other rooms.
#ifndef LC_COST_PRICE_H
#define LC_COST_PRICE_H

#include "cost/calibration.h"
#include "cost/cost.h"

#define COST_PAGE 8192.0

struct price { // of one piece of work; terms move together, because what makes one slow makes the others slow
    double ms, weighted_sigma, extra_sigma; // extra: what this model of the work is off by, beyond its constants
    double wal_bytes, disk_bytes, temp_bytes;
    double cores;
};

struct pricing { // the server, as far as it decides prices
    struct lc_arena *arena;
    struct snapshot *snap;
    const struct cost_options *options;
    const struct footprint *fp;
    double maintenance_work_mem, work_mem; // bytes
    double max_parallel_maintenance_workers, min_parallel_table_scan_pages;
    double cores;
    bool wal, full_page_writes;
};

// Adds `count` units of one constant.
void price_term(const struct pricing *p, struct price *to, enum cost_id id, double count);
void price_wal(const struct pricing *p, struct price *to, double records, double bytes); // of permanent relations

// A relation's size: pages, rows, bytes of a row and of one of its columns, estimated where it was never analysed.
double price_pages(const struct cat_relation *rel);
double price_rows(const struct cat_relation *rel);
double price_row_bytes(const struct cat_relation *rel);
double price_column_bytes(const struct catalog *cat, const struct cat_relation *rel, int attnum);
int price_operators(const Node *expr); // operators and calls in an expression, at least 1; 0 for none

// Adds one piece of work.
void price_scan(const struct pricing *p, struct price *to, const struct cat_relation *rel, const Node *expr);
void price_heap_write(const struct pricing *p, struct price *to, double rows, double row_bytes, bool page_images);
void price_index_build(const struct pricing *p, struct price *to, const struct fp_work *w);                  // price_index.c
void price_query(const struct pricing *p, struct price *to, const struct fp_work *w, struct cost_item *out); // price_query.c

#endif

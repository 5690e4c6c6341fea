// From rows to the catalogue: relations with their columns and sizes, and what hangs on them. (Types, functions, ...: build_objects.c.)
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/build.h"

// --- values -----------------------------------------------------------------------------------------------------------------

static Node *parse_cached(struct build *b, struct lc_map *cache, const char *text,
                          Node *(*parse)(struct lc_arena *arena, const char *text))
{
    if (!text) {
        return NULL;
    }
    Node *node = lc_map_get(cache, text);
    if (!node) {
        node = parse(b->arena, text);
        if (!node) {
            b->unparsed++;
            return NULL;
        }
        (void)lc_map_put(cache, text, node);
    }
    return node;
}

// Trees are never changed, so equal texts share one: thousands of defaults are now().
Node *build_expr(struct build *b, const char *text)
{
    return parse_cached(b, &b->exprs, text, lc_sql_parse_expr);
}

static Node *parse_statement(struct lc_arena *arena, const char *text)
{
    return lc_sql_parse_one(arena, text, NULL);
}

Node *build_statement(struct build *b, const char *text)
{
    return parse_cached(b, &b->statements, text, parse_statement);
}

// pg_get_expr of several expressions gives them with commas between: "lower(a), (b + 1)".
static NodeList expr_list(struct build *b, const char *text)
{
    const SelectStmt *select = text ? AS(SelectStmt, build_statement(b, lc_printf(b->arena, "SELECT %s", text))) : NULL;
    return select ? select->targetList : (NodeList){0};
}

static Node *list_expr(const NodeList *list, int i)
{
    const ResTarget *target = i < list->length ? LIST_GET(ResTarget, list, i) : NULL;
    return target ? target->val : NULL;
}

struct cat_oids build_oids(struct build *b, struct snap_list words)
{
    struct cat_oids oids = {0};
    for (int i = 0; i < words.len; i++) {
        LC_PUSH(b->arena, &oids, snap_oid(words.items[i]));
    }
    return oids;
}

struct cat_attnums build_attnums(struct build *b, struct snap_list words)
{
    struct cat_attnums attnums = {0};
    for (int i = 0; i < words.len; i++) {
        LC_PUSH(b->arena, &attnums, snap_int(words.items[i]));
    }
    return attnums;
}

static const char *join_options(struct build *b, const char *list)
{
    struct snap_list items = snap_list(b->arena, list);
    struct lc_str s;
    if (items.len == 0) {
        return NULL;
    }
    lc_str_init(&s, b->arena, LC_STR_MAX);
    for (int i = 0; i < items.len; i++) {
        lc_str_addf(&s, "%s%s", i ? "," : "", items.items[i] ? items.items[i] : "");
    }
    return s.text;
}

// Row numbers of a subject by a column with an oid; the first of several.
struct lc_map build_index(struct build *b, enum snap_subject subject, int column)
{
    struct lc_map map;
    lc_map_init(&map, b->arena);
    for (int i = snap_nrows(b->tables, subject) - 1; i >= 0; i--) {
        Oid oid = snap_oid(snap_row(b->tables, subject, i)[column]);
        (void)lc_map_puti(&map, oid, (void *)((uintptr_t)i + 1));
    }
    return map;
}

const char *const *build_find(const struct build *b, const struct lc_map *index, enum snap_subject subject, Oid oid)
{
    uintptr_t i = (uintptr_t)lc_map_geti(index, oid);
    return i ? snap_row(b->tables, subject, (int)(i - 1)) : NULL;
}

// --- columns -----------------------------------------------------------------------------------------------------------------

static struct cat_attribute attribute(struct build *b, const char *const *row)
{
    return (struct cat_attribute){
        .name = row[C_attribute_name],
        .attnum = snap_int(row[C_attribute_attnum]),
        .type = snap_oid(row[C_attribute_type]),
        .typmod = row[C_attribute_typmod] ? snap_int(row[C_attribute_typmod]) : -1,
        .collation = row[C_attribute_collation],
        .isdropped = snap_bool(row[C_attribute_isdropped]),
        .notnull = snap_bool(row[C_attribute_notnull]),
        .hasmissing = snap_bool(row[C_attribute_hasmissing]),
        .islocal = snap_bool(row[C_attribute_islocal]),
        .inhcount = snap_int(row[C_attribute_inhcount]),
        .identity = snap_char(row[C_attribute_identity]),
        .generated = snap_char(row[C_attribute_generated]),
        .storage = snap_char(row[C_attribute_storage]),
        .compression = row[C_attribute_compression],
        .def = build_expr(b, row[C_attribute_def]),
        .def_text = row[C_attribute_def],
        .options = join_options(b, row[C_attribute_options]),
    };
}

#define MAX_ATTNUM 1600 // MaxHeapAttributeNumber, access/htup_details.h

// Rows of one relation lie together, in the order of their numbers: attrs[n].attnum == n + 1, or the file is damaged.
static void add_attributes(struct build *b, struct cat_relation *rel)
{
    uintptr_t first = (uintptr_t)lc_map_geti(&b->attributes, rel->o.oid);
    int nrows = snap_nrows(b->tables, SUBJECT_attribute), n = 0;
    if (!first) {
        return;
    }
    for (int i = (int)(first - 1);
         i < nrows && snap_oid(snap_row(b->tables, SUBJECT_attribute, i)[C_attribute_relid]) == rel->o.oid; i++) {
        n++;
    }
    rel->attrs = LC_NEW_ARRAY(b->arena, struct cat_attribute, n);
    for (int i = 0; i < n && i < MAX_ATTNUM; i++) {
        struct cat_attribute att = attribute(b, snap_row(b->tables, SUBJECT_attribute, (int)(first - 1) + i));
        if (att.attnum != i + 1 || !att.name) {
            b->damaged++;
            return;
        }
        rel->attrs[rel->natts++] = att;
    }
}

static double known(double value)
{
    return isfinite(value) && value > 0 ? value : 0;
}

static void add_column_stats(struct build *b, struct cat_relation *rel)
{
    uintptr_t first = (uintptr_t)lc_map_geti(&b->column_stats, rel->o.oid);
    int nrows = snap_nrows(b->tables, SUBJECT_column_stats);
    for (int i = (int)first - 1; first && i < nrows; i++) {
        const char *const *row = snap_row(b->tables, SUBJECT_column_stats, i);
        int attnum = snap_int(row[C_column_stats_attnum]);
        if (snap_oid(row[C_column_stats_relid]) != rel->o.oid) {
            return;
        }
        if (attnum >= 1 && attnum <= rel->natts) {
            struct cat_column_stats *stats = LC_NEW(b->arena, struct cat_column_stats);
            *stats = (struct cat_column_stats){
                .null_frac = snap_num(row[C_column_stats_null_frac]),
                .avg_width = snap_num(row[C_column_stats_avg_width]),
                .n_distinct = snap_num(row[C_column_stats_n_distinct]),
                .correlation = row[C_column_stats_correlation] ? snap_num(row[C_column_stats_correlation]) : 0,
                .elem_count = known(snap_num(row[C_column_stats_elem_count])),
                .elem_covered = known(snap_num(row[C_column_stats_elem_covered])),
                .elem_kinds = known(snap_num(row[C_column_stats_elem_kinds])),
                .elem_least = known(snap_num(row[C_column_stats_elem_least])),
            };
            rel->attrs[attnum - 1].stats = stats;
        }
    }
}

// --- sizes ------------------------------------------------------------------------------------------------------------------

#define ENOUGH_FETCHES 1000 // pages asked for, until the share of hits among them says something
#define ENOUGH_SCANS 100    // of a table and its indexes since the counters were reset, until it counts as used; assumed
#define AT_WORK_MS 1000     // a client that changed its state so shortly ago is at work; assumed

// The width of a row's data as get_rel_data_width (optimizer/util/plancat.c) guesses it, without statistics.
static double data_width(const struct build *b, const struct cat_relation *rel)
{
    double width = 0;
    for (int i = 0; i < rel->natts; i++) {
        const struct cat_attribute *att = &rel->attrs[i];
        const struct cat_type *type = att->isdropped ? NULL : cat_type(b->snap->cat, att->type);
        int len = type ? type->len : -1;
        if (!att->isdropped) {
            width += att->stats                              ? att->stats->avg_width
                     : len > 0                               ? len
                     : att->typmod > 4 && att->typmod < 1004 ? (att->typmod - 4) / 2.0
                                                             : 32;
        }
    }
    return width;
}

// Rows of a table whose size is known, as estimate_rel_size (plancat.c): the density at the last VACUUM or ANALYZE times the pages of
// now; never analysed: what fits into its pages. Counters know the rows of a table that was filled since the last reset.
static double estimate_tuples(const struct build *b, const struct cat_relation *rel, double reltuples, double relpages,
                              const char *const *counters)
{
    if (reltuples >= 0 && relpages > 0) {
        return floor(reltuples / relpages * rel->size.pages + 0.5);
    }
    double live = counters ? known(snap_num(counters[C_table_counter_n_live_tup])) : 0;
    if (live > 0 || rel->size.pages <= 0) {
        return live > 0 ? live : rel->size.exact ? 0 : reltuples;
    }
    const double page_header = 24, line_pointer = 4, tuple_header = 24;
    double width = data_width(b, rel);
    return floor(rel->size.pages * (b->block_size - page_header) / (width + tuple_header + line_pointer));
}

// NAN: not known. Counters of a table with rows that count none are new: those of a database just copied, restored, or reset.
static double dead_tuples(const char *const *counters, double reltuples)
{
    double live = counters ? known(snap_num(counters[C_table_counter_n_live_tup])) : 0,
           dead = counters ? known(snap_num(counters[C_table_counter_n_dead_tup])) : 0;

    return live == 0 && dead == 0 && reltuples > 0 ? NAN : dead;
}

// Is a client of this database at work, as far as the looks saw?
static bool has_clients(const struct build *b)
{
    for (int r = 0; r < snap_nrows(b->tables, SUBJECT_session); r++) {
        const char *const *row = snap_row(b->tables, SUBJECT_session, r), *type = row[C_session_backend_type];
        if (snap_bool(row[C_session_this_database]) && (!type || lc_streq(type, "client backend")) &&
            snap_num(row[C_session_state_ms]) < AT_WORK_MS)
            return true;
    }
    return false;
}

static bool in_use(const struct build *b, const char *const *counters)
{
    static const int windows[] = {C_table_counter_window_ins, C_table_counter_window_upd, C_table_counter_window_del,
                                  C_table_counter_window_seq_scan, C_table_counter_window_idx_scan};

    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++)
        if (known(snap_num(counters[windows[i]])) > 0)
            return true;
    return b->clients &&
           known(snap_num(counters[C_table_counter_idx_scan])) + known(snap_num(counters[C_table_counter_seq_scan])) >=
               ENOUGH_SCANS;
}

// The hits among pages asked for, of a table that traffic was seen to use: what it uses over and over stays where it is. Of another table
// the counters only say where its pages were once. Backends report what they counted once a second (pgstat.c PGSTAT_MIN_INTERVAL), so that
// a short look may see none of it: a table that was scanned often is taken to be in use while clients are at work.
static double cached_share(const struct build *b, const char *const *counters)
{
    double fetched = counters ? known(snap_num(counters[C_table_counter_blocks_fetched])) : 0;

    return fetched >= ENOUGH_FETCHES && in_use(b, counters)
               ? fmin(known(snap_num(counters[C_table_counter_blocks_hit])) / fetched, 1)
               : 0;
}

static void set_size(struct build *b, struct cat_relation *rel, const char *const *row)
{
    const char *const *exact = build_find(b, &b->sizes, SUBJECT_size, rel->o.oid);
    const char *const *counters = build_find(b, &b->counters, SUBJECT_table_counter, rel->o.oid);
    double relpages = known(snap_num(row[C_relation_relpages])), reltuples = snap_num(row[C_relation_reltuples]);
    if (!strchr("rmitpIS", rel->relkind) || rel->relkind == 0) {
        return;
    }
    bool storage = strchr("rmit", rel->relkind) != NULL;
    rel->size.known = storage && (exact || relpages > 0);
    rel->size.exact = exact && exact[C_size_bytes];
    rel->size.bytes = rel->size.exact ? known(snap_num(exact[C_size_bytes])) : relpages * b->block_size;
    rel->size.pages = ceil(rel->size.bytes / b->block_size);
    rel->size.allvisible_pages = known(snap_num(row[C_relation_relallvisible]));
    rel->size.dead_tuples = dead_tuples(counters, reltuples);
    rel->size.cached_share = cached_share(b, counters);
    rel->size.fresh = exact && snap_bool(exact[C_size_fresh]);
    rel->size.tuples = strchr("rm", rel->relkind) ? estimate_tuples(b, rel, reltuples, relpages, counters) : reltuples;
    b->snap->server.database_bytes += rel->size.bytes;
}

static double size_of(const struct build *b, Oid oid)
{
    const struct cat_relation *rel = oid ? cat_relation(b->snap->cat, oid) : NULL;
    return rel ? rel->size.bytes : 0;
}

// Once all relations are there: what a table keeps outside of its heap.
static void set_toast_bytes(struct build *b, struct cat_relation *rel)
{
    const struct cat_relation *toast = rel->toastrelid ? cat_relation(b->snap->cat, rel->toastrelid) : NULL;
    rel->size.toast_bytes = size_of(b, rel->toastrelid);
    for (int i = 0; toast && i < toast->indexes.len; i++) {
        rel->size.toast_bytes += size_of(b, toast->indexes.items[i]);
    }
}

// --- relations ----------------------------------------------------------------------------------------------------------------

static struct cat_index *index_of(struct build *b, const char *const *row)
{
    struct cat_index *ix = LC_NEW(b->arena, struct cat_index);
    struct snap_list keys = snap_words(b->arena, row[C_index_keys]), collations = snap_list(b->arena, row[C_index_collations]);
    struct cat_oids opclasses = build_oids(b, snap_words(b->arena, row[C_index_opclasses]));
    struct cat_attnums options = build_attnums(b, snap_words(b->arena, row[C_index_indoption]));
    NodeList exprs = expr_list(b, row[C_index_exprs]);
    int expr = 0, nkeys = snap_int(row[C_index_nkeyatts]);
    *ix = (struct cat_index){
        .indrelid = snap_oid(row[C_index_relid]),
        .natts = keys.len,
        .nkeyatts = nkeys < 0          ? 0
                    : nkeys > keys.len ? keys.len
                                       : nkeys,
        .keys = LC_NEW_ARRAY(b->arena, int, keys.len),
        .exprs = LC_NEW_ARRAY(b->arena, Node *, keys.len),
        .opclasses = LC_NEW_ARRAY(b->arena, Oid, keys.len),
        .collations = LC_NEW_ARRAY(b->arena, const char *, keys.len),
        .options = LC_NEW_ARRAY(b->arena, int, keys.len),
        .predicate = build_expr(b, row[C_index_predicate]),
        .def_text = row[C_index_def],
        .unique = snap_bool(row[C_index_unique]),
        .primary = snap_bool(row[C_index_primary]),
        .exclusion = snap_bool(row[C_index_exclusion]),
        .immediate = snap_bool(row[C_index_immediate]),
        .clustered = snap_bool(row[C_index_clustered]),
        .valid = snap_bool(row[C_index_valid]),
        .ready = snap_bool(row[C_index_ready]),
        .live = snap_bool(row[C_index_live]),
        .replident = snap_bool(row[C_index_replident]),
        .nulls_not_distinct = snap_bool(row[C_index_nulls_not_distinct]),
    };
    for (int i = 0; i < keys.len; i++) {
        ix->keys[i] = snap_int(keys.items[i]);
        ix->exprs[i] = ix->keys[i] == 0 ? list_expr(&exprs, expr++) : NULL;
        ix->opclasses[i] = i < opclasses.len ? opclasses.items[i] : InvalidOid;
        ix->collations[i] = i < collations.len ? collations.items[i] : NULL;
        ix->options[i] = i < options.len ? options.items[i] : 0;
    }
    return ix;
}

static struct cat_partition_key partition_key(struct build *b, const char *const *row)
{
    struct snap_list keys = snap_words(b->arena, row[C_partition_key_keys]);
    struct cat_oids opclasses = build_oids(b, snap_words(b->arena, row[C_partition_key_opclasses]));
    NodeList exprs = expr_list(b, row[C_partition_key_exprs]);
    struct cat_partition_key key = {.strategy = snap_char(row[C_partition_key_strategy]), .natts = keys.len};
    int expr = 0;
    key.keys = LC_NEW_ARRAY(b->arena, int, keys.len);
    key.exprs = LC_NEW_ARRAY(b->arena, Node *, keys.len);
    key.opclasses = LC_NEW_ARRAY(b->arena, Oid, keys.len);
    for (int i = 0; i < keys.len; i++) {
        key.keys[i] = snap_int(keys.items[i]);
        key.exprs[i] = key.keys[i] == 0 ? list_expr(&exprs, expr++) : NULL;
        key.opclasses[i] = i < opclasses.len ? opclasses.items[i] : InvalidOid;
    }
    return key;
}

// pg_get_expr(relpartbound) is the text behind ATTACH PARTITION.
static void set_bound(struct build *b, struct cat_relation *rel, const char *text)
{
    const AlterTableStmt *alter =
        text ? AS(AlterTableStmt, build_statement(b, lc_printf(b->arena, "ALTER TABLE p ATTACH PARTITION c %s", text))) : NULL;
    const AlterTableCmd *cmd = alter ? LIST_GET(AlterTableCmd, &alter->cmds, 0) : NULL;
    const PartitionCmd *part = cmd ? AS(PartitionCmd, cmd->def) : NULL;
    if (part && part->bound) {
        rel->partbound = (Node *)part->bound;
        rel->partbound_text = text;
        rel->partdefault = part->bound->is_default;
    }
}

static void set_view(struct build *b, struct cat_relation *rel)
{
    const char *const *row = build_find(b, &b->views, SUBJECT_view, rel->o.oid);
    const char *check = rel->options ? strstr(rel->options, "check_option=") : NULL;
    if (row) {
        rel->view_text = row[C_view_definition];
        rel->view_query = build_statement(b, rel->view_text);
    }
    if (check) {
        check += strlen("check_option=");
        rel->view_check_option = lc_strndup(b->arena, check, strcspn(check, ","));
    }
}

static struct cat_relation *relation_of(struct build *b, const char *const *row)
{
    struct cat_relation *rel = LC_NEW(b->arena, struct cat_relation);
    *rel = (struct cat_relation){
        .o = build_head(CAT_RELATION, row[C_relation_oid], row[C_relation_name], row[C_relation_schema], row[C_relation_owner]),
        .relkind = snap_char(row[C_relation_relkind]),
        .relpersistence = snap_char(row[C_relation_relpersistence]),
        .relreplident = snap_char(row[C_relation_relreplident]),
        .relrowsecurity = snap_bool(row[C_relation_relrowsecurity]),
        .relforcerowsecurity = snap_bool(row[C_relation_relforcerowsecurity]),
        .relispartition = snap_bool(row[C_relation_relispartition]),
        .relhassubclass = snap_bool(row[C_relation_relhassubclass]),
        .ispopulated = snap_bool(row[C_relation_ispopulated]),
        .reltype = snap_oid(row[C_relation_reltype]),
        .rowarray = snap_oid(row[C_relation_rowarray]),
        .reloftype = snap_oid(row[C_relation_reloftype]),
        .toastrelid = snap_oid(row[C_relation_toastrelid]),
        .am = row[C_relation_am],
        .tablespace = row[C_relation_tablespace],
        .foreign_server = row[C_relation_foreign_server],
        .options = join_options(b, row[C_relation_options]),
    };
    return rel;
}

static void add_details(struct build *b, struct cat_relation *rel, const char *const *row)
{
    const char *const *index = build_find(b, &b->indexes, SUBJECT_index, rel->o.oid);
    const char *const *key = build_find(b, &b->partition_keys, SUBJECT_partition_key, rel->o.oid);
    const char *const *sequence = build_find(b, &b->sequences, SUBJECT_sequence, rel->o.oid);
    rel->toastfor = (Oid)(uintptr_t)lc_map_geti(&b->toast_owners, rel->o.oid);
    add_attributes(b, rel);
    add_column_stats(b, rel);
    rel->index = index ? index_of(b, index) : NULL;
    rel->partkey = key ? partition_key(b, key) : (struct cat_partition_key){0};
    set_bound(b, rel, row[C_relation_partbound]);
    if (sequence) {
        rel->seq_owner_rel = snap_oid(sequence[C_sequence_owner_rel]);
        rel->seq_owner_att = snap_int(sequence[C_sequence_owner_att]);
        rel->seq_deptype = snap_char(sequence[C_sequence_deptype]);
    }
    set_view(b, rel);
    set_size(b, rel, row);
}

// Indexes come after their tables; `indexes` says which of the two is wanted.
static void add_relations(struct build *b, bool indexes)
{
    for (int i = 0; i < snap_nrows(b->tables, SUBJECT_relation); i++) {
        const char *const *row = snap_row(b->tables, SUBJECT_relation, i);
        char kind = snap_char(row[C_relation_relkind]);
        if ((kind == 'i' || kind == 'I') == indexes && row[C_relation_name] && kind && strchr("rpiISvmcft", kind)) {
            struct cat_relation *rel = relation_of(b, row);
            add_details(b, rel, row);
            if (!indexes || rel->index) {
                cat_add(b->snap->cat, &rel->o);
            }
        }
    }
}

static void finish_relations(struct build *b)
{
    for (int i = 0; i < snap_nrows(b->tables, SUBJECT_relation); i++) {
        const char *const *row = snap_row(b->tables, SUBJECT_relation, i);
        const struct cat_relation *rel =
            snap_oid(row[C_relation_toastrelid]) ? cat_relation(b->snap->cat, snap_oid(row[C_relation_oid])) : NULL;
        if (rel && rel->toastrelid) {
            set_toast_bytes(b, cat_modify(b->snap->cat, rel));
        }
    }
}

static void add_inheritance(struct build *b)
{
    for (int i = 0; i < snap_nrows(b->tables, SUBJECT_inherits); i++) {
        const char *const *row = snap_row(b->tables, SUBJECT_inherits, i);
        Oid child = snap_oid(row[C_inherits_child]), parent = snap_oid(row[C_inherits_parent]);
        if (!cat_relation(b->snap->cat, child) || !cat_relation(b->snap->cat, parent)) {
            continue;
        }
        cat_link_inherits(b->snap->cat, child, parent);
        if (snap_bool(row[C_inherits_detach_pending])) {
            struct cat_relation *rel = cat_modify(b->snap->cat, cat_relation(b->snap->cat, child));
            rel->detach_pending = true;
        }
    }
}

// --- the whole ------------------------------------------------------------------------------------------------------------------

static void index_rows(struct build *b)
{
    b->relations = build_index(b, SUBJECT_relation, C_relation_oid);
    build_check(b);
    b->attributes = build_index(b, SUBJECT_attribute, C_attribute_relid);
    b->column_stats = build_index(b, SUBJECT_column_stats, C_column_stats_relid);
    b->indexes = build_index(b, SUBJECT_index, C_index_oid);
    b->partition_keys = build_index(b, SUBJECT_partition_key, C_partition_key_relid);
    b->sequences = build_index(b, SUBJECT_sequence, C_sequence_relid);
    b->views = build_index(b, SUBJECT_view, C_view_relid);
    b->sizes = build_index(b, SUBJECT_size, C_size_relid);
    b->counters = build_index(b, SUBJECT_table_counter, C_table_counter_relid);
    b->clients = has_clients(b);
    lc_map_init(&b->toast_owners, b->arena);
    for (int i = 0; i < snap_nrows(b->tables, SUBJECT_relation); i++) {
        const char *const *row = snap_row(b->tables, SUBJECT_relation, i);
        if (snap_oid(row[C_relation_toastrelid])) {
            (void)lc_map_puti(&b->toast_owners, snap_oid(row[C_relation_toastrelid]),
                              (void *)(uintptr_t)snap_oid(row[C_relation_oid]));
        }
    }
}

void snap_build_catalog(struct snapshot *snap)
{
    struct build b = {.snap = snap, .arena = snap->arena, .tables = snap->tables};
    double block_size = snapshot_setting_number(snap, "block_size");
    b.block_size = block_size > 0 ? block_size : 8192;
    lc_map_init(&b.exprs, b.arena);
    lc_map_init(&b.statements, b.arena);
    index_rows(&b);
    snap->server.database_bytes = 0;
    build_names(&b);
    add_relations(&b, false);
    add_relations(&b, true);
    finish_relations(&b);
    add_inheritance(&b);
    build_objects(&b);
    snap->tables->damaged = b.damaged;
    if (b.unparsed) {
        LC_PUSH(snap->arena, &snap->gaps,
                (struct snap_gap){SNAP_PART_CATALOG,
                                  lc_printf(snap->arena, "%d definitions that this grammar does not know", b.unparsed),
                                  "the server is newer than the grammar", "Build lockcast with a newer libpg_query."});
    }
}

// An in-memory PostgreSQL catalogue: what footprints, costs and rewrites need to know, look-up by search_path, and undo.
//
// Objects are immutable once published: whoever changes one asks for a writable copy (cat_modify), which a ROLLBACK puts back.
// So pointers stay valid for the whole run, and a pointer taken before a statement shows the world as it was before it.
// Names are as the catalogue has them: unquoted, case kept. Field names are PostgreSQL's (pg_class.relkind, pg_index.indisvalid).
#ifndef LC_CATALOG_CATALOG_H
#define LC_CATALOG_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "sql/nodes.h"

typedef uint32_t Oid;
#define InvalidOid ((Oid)0)
#define FirstNormalObjectId ((Oid)16384)   // access/transam.h: below it, what initdb made
#define FirstUnpinnedObjectId ((Oid)12000) // the same: below it, the system catalogues (IsSystemClass)

enum cat_class {
    CAT_NONE,
    CAT_RELATION, // pg_class: struct cat_relation
    CAT_TYPE,     // pg_type: struct cat_type
    CAT_PROC,     // pg_proc: struct cat_proc
    CAT_CONSTRAINT,
    CAT_ATTRDEF, // only as an end of a dependency: oid is the relation, subid the column
    CAT_TRIGGER,
    CAT_RULE, // pg_rewrite
    CAT_POLICY,
    CAT_NAMESPACE,
    CAT_EXTENSION,
    CAT_STATISTICS, // pg_statistic_ext
    CAT_PUBLICATION,
    CAT_OPERATOR,
    CAT_OPCLASS,
    CAT_OPFAMILY,
    CAT_CAST,
    CAT_COLLATION,
    CAT_EVENT_TRIGGER,
    CAT_PUBLICATION_REL, // pg_publication_rel, of members that have a column list or a row filter
    CAT_OTHER,           // foreign data wrappers, servers, text search objects, languages, ...: name and owner only
    CAT_CLASS_COUNT,
};

struct cat_address { // an ObjectAddress: subid is a column number, else 0
    enum cat_class class;
    Oid oid;
    int subid;
};

struct cat_oids LC_ARRAY(Oid);
struct cat_attnums LC_ARRAY(int);

static inline bool cat_oids_has(const struct cat_oids *list, Oid oid)
{
    for (int i = list->len - 1; i >= 0; i--) // what came last is asked for most often
        if (list->items[i] == oid)
            return true;
    return false;
}

struct cat_object { // the head of every object
    enum cat_class class;
    Oid oid;
    const char *name;
    Oid schema;        // pg_namespace oid; InvalidOid where it has none
    const char *owner; // role name; NULL: not known
    bool created;      // by a migration of this run
};

struct cat_column_stats {                                 // pg_stats
    double null_frac, avg_width, n_distinct, correlation; // avg_width in bytes
    double elem_count;                                    // distinct elements of a value on average (arrays); 0: not known
    double elem_covered; // so many of them are among the most common ones that ANALYZE keeps (arrays, tsvector); 0: not known
    double elem_kinds;   // there are so many of these, each in so large a part of the rows at least
    double elem_least;
};

struct cat_attribute {
    const char *name;
    int attnum;
    Oid type;
    int typmod; // -1: none
    int inhcount;
    bool isdropped, notnull, hasmissing, islocal;
    char identity;         // 'a', 'd' or 0
    char generated;        // 's', 'v' or 0
    char storage;          // p m e x
    const char *collation; // NULL: the type's own
    const char *compression;
    Node *def; // default or generation expression; NULL: none
    const char *def_text;
    const char *options;                  // attoptions; NULL: none
    const struct cat_column_stats *stats; // shared by every version of the column; NULL: there are none
};

struct cat_sizes { // of one relation's main storage, as its snapshot knew them
    bool known;
    bool exact;         // from pg_relation_size, not relpages
    bool filled;        // this run may have brought rows since
    uint64_t valued;    // and other values than NULL into these columns: bit attnum - 1, the last for all from 64 on
    double tuples;      // pg_class.reltuples, -1: never analysed
    double pages;       // blocks of the main fork
    double bytes;       // main fork
    double toast_bytes; // TOAST table and its index
    double allvisible_pages;
    double dead_tuples;  // NAN: nothing counted them
    double cached_share; // of its pages, in shared_buffers while traffic uses it; 0: not known
    bool fresh;          // made since the last checkpoint: its pages need no images in WAL (full_page_writes); false: not known
};

struct cat_index { // pg_index
    Oid indrelid;
    int nkeyatts, natts;
    int *keys;      // attnums, 0: expression; natts items
    Node **exprs;   // natts items, NULL where keys[i] is not 0
    Oid *opclasses; // nkeyatts items
    const char **collations;
    int *options;         // indoption
    Node *predicate;      // NULL: not partial
    const char *def_text; // pg_get_indexdef; NULL: not known
    bool unique, primary, exclusion, immediate, clustered, valid, ready, live, replident, nulls_not_distinct;
    Oid constraint; // the constraint it belongs to
};

struct cat_partition_key {
    char strategy; // r l h, 0: not partitioned
    int natts;
    int *keys; // attnums, 0: expression
    Node **exprs;
    Oid *opclasses;
};

struct cat_qualified { // what a relation was last called, by names that it and its schema may still have
    const char *schema, *name, *text;
};

struct cat_relation {
    struct cat_object o;
    struct cat_qualified qualified; // of cat_qualified_name
    struct cat_index *index;        // of kinds i and I
    char relkind;                   // r p i I S v m c f t
    char relpersistence;            // p u t
    char relreplident;
    bool relrowsecurity, relforcerowsecurity, relispartition, relhassubclass, ispopulated;
    Oid reltype, rowarray, reloftype, toastrelid; // rowarray: the array type of the row type
    Oid toastfor;                                 // of a TOAST table: whose it is
    const char *am;                               // "heap", "btree", ...; NULL: none
    const char *tablespace;
    const char *foreign_server;
    const char *options;                  // reloptions, "fillfactor=70,..."; NULL: none
    struct cat_attribute *attrs;          // attrs[n].attnum == n + 1
    int natts;                            // dropped ones included
    int room;                             // of attrs, while the relation is being made or changed (cat_append_attribute)
    struct cat_oids indexes, constraints; // constraints: conrelid is this relation
    struct cat_oids referencing;          // foreign keys whose confrelid is this relation
    struct cat_oids triggers, rules, policies, statistics;
    struct cat_oids parents,
        children; // pg_inherits (partitions and partitioned indexes too); children in the order locked: by oid
    struct cat_partition_key partkey; // of kinds p and (copied from nothing) I
    Node *partbound;                  // PartitionBoundSpec of a partition
    const char *partbound_text;       // pg_get_expr(relpartbound): "FOR VALUES IN (1)"; NULL: not known
    bool partdefault;
    bool detach_pending;
    Oid seq_owner_rel; // of a sequence: OWNED BY
    int seq_owner_att;
    char seq_deptype; // 'a' serial, 'i' identity
    Node *view_query; // SelectStmt of a view or materialized view
    const char *view_text;
    const char *view_check_option;
    struct cat_sizes size;
    bool new_storage; // created or given a new relfilenode in the transaction at hand: empty locks, no traffic, no WAL at minimal
};

struct cat_constraint { // pg_constraint
    struct cat_object o;
    char contype; // c f p u x n t
    Oid conrelid, contypid, conindid, confrelid, conparentid;
    struct cat_attnums conkey, confkey;
    char confupdtype, confdeltype; // a r c n d
    char confmatchtype;
    bool convalidated, conenforced, connoinherit, condeferrable, condeferred, conislocal, conperiod;
    int coninhcount;
    bool commented;                     // COMMENT ON CONSTRAINT
    char check_enabled, action_enabled; // tgenabled of a foreign key's triggers on conrelid and on confrelid; 0: O
    Node *expr;                         // CHECK
    const char *def_text;               // pg_get_constraintdef; NULL: not known
};

#define TRIGGER_TYPE_ROW (1 << 0) // catalog/pg_trigger.h
#define TRIGGER_TYPE_BEFORE (1 << 1)
#define TRIGGER_TYPE_INSERT (1 << 2)
#define TRIGGER_TYPE_DELETE (1 << 3)
#define TRIGGER_TYPE_UPDATE (1 << 4)
#define TRIGGER_TYPE_TRUNCATE (1 << 5)
#define TRIGGER_TYPE_INSTEAD (1 << 6)

struct cat_trigger { // pg_trigger; the internal ones of foreign keys are not kept: they follow from the constraints
    struct cat_object o;
    Oid relid, funcid, constraint, parent, constrrelid;
    int type;     // TRIGGER_TYPE_*
    char enabled; // O D R A
    bool deferrable, initdeferred;
    struct cat_attnums columns; // UPDATE OF
    Node *when;
    NodeList args; // what its function is given: strings
};

struct cat_rule { // pg_rewrite, but for the _RETURN rule of views: that is view_query
    struct cat_object o;
    Oid relid;
    CmdType event;
    bool instead;
    char enabled;
    Node *where;
    NodeList actions;
    const char *def_text;
};

struct cat_policy {
    struct cat_object o;
    Oid relid;
    char cmd; // r a w d *
    Node *qual, *check;
    const char *const *roles; // NULL behind the last; NULL: PUBLIC
};

struct cat_type {
    struct cat_object o;
    char typtype; // b c d e p r m
    char category;
    bool preferred, notnull, byval;
    int len; // -1: variable
    char align, storage;
    Oid basetype; // of a domain
    int typtypmod;
    Oid elem, array, relid;
    Oid rngsubtype, multirange; // of a range type
    const char *collation;
    char inputvolatile, outputvolatile; // of typinput and typoutput; 0: follows from typtype
    Node *def;                          // of a domain
    struct cat_oids constraints;        // of a domain, contype c (and n since 17)
    bool stand_in;                      // of a type of which nothing but the name is known (cat_stand_in)
    const char **labels;                // of an enum
    int nlabels;
};

struct cat_proc {
    struct cat_object o;
    char kind;       // f p a w
    char volatility; // i s v
    bool isstrict, retset, secdef, leakproof, variadic;
    Oid rettype;
    Oid *argtypes; // input arguments
    int nargs, ndefaults;
    const char **argnames; // input arguments, NULL items allowed; NULL: none is named
    const char **outnames; // OUT, INOUT and TABLE columns, nout items
    Oid *outtypes;
    int nout;
    Node **argdefaults;   // of the last ndefaults input arguments; NULL: not known
    const char *language; // sql, plpgsql, c, internal, ...
    const char *source;   // prosrc of sql and plpgsql; else NULL
    const char *def_text; // pg_get_functiondef (for PL/pgSQL's parser); NULL: not known
    Node *sqlbody;        // BEGIN ATOMIC / RETURN body
    const char *config;   // SET clauses; NULL: none
};

struct cat_cast {
    struct cat_object o;
    Oid source, target, func;
    char context; // e a i
    char method;  // f b i
};

struct cat_operator {
    struct cat_object o;
    Oid left, right, result, proc, commutator, negator;
};

struct cat_opclass {
    struct cat_object o;
    const char *am;
    Oid family, intype, keytype;
    bool isdefault;
};

struct cat_publication {
    struct cat_object o;
    bool alltables, update, delete; // what it publishes, as far as that forbids anything
    bool viaroot, generated;        // publish_via_partition_root, publish_generated_columns = stored
    struct cat_oids relations, schemas;
};

struct cat_publication_rel {
    struct cat_object o;
    Oid pubid, relid;
    struct cat_attnums columns; // none: all
    Node *where;                // NULL: all rows
};

struct cat_other { // also namespaces (public, ...), extensions, statistics (relid), collations, event triggers
    struct cat_object o;
    const char *what; // "server", "text search configuration", "event trigger", ...
    Oid relid;        // statistics: the table; else InvalidOid
    struct cat_attnums columns;
    const char *version;
    const char *am; // operator families; NULL: not known
    // event triggers
    const char *event;       // "ddl_command_start", ...
    const char *const *tags; // of the commands that it is for, NULL behind the last; NULL: all
    Oid funcid;
    char enabled; // O D R A
};

struct cat_depend { // pg_depend: `object` needs `ref`
    struct cat_address object, ref;
    char deptype; // n a i e x P S
};

struct catalog;

// --- life ------------------------------------------------------------------------------------------------------------

// An empty database of the given server (version_num such as 150018): pg_catalog's own objects, schema public, nothing else.
struct catalog *cat_new(struct lc_arena *arena, int version_num);
struct lc_arena *cat_arena(const struct catalog *cat);
int cat_version_num(const struct catalog *cat);
int cat_major(const struct catalog *cat); // 13 .. 18

// Transactions: cat_begin opens a level (BEGIN, or a savepoint), cat_commit keeps and cat_rollback undoes all since the innermost.
void cat_begin(struct catalog *cat);
void cat_commit(struct catalog *cat);
void cat_rollback(struct catalog *cat);

// --- settings that decide look-ups --------------------------------------------------------------------------------------

// search_path as a list of schema names ("$user" included); a change is undone by ROLLBACK like any other.
void cat_set_search_path(struct catalog *cat, const char *const *schemas, int n);
int cat_search_path(const struct catalog *cat, const char *const **schemas);
// A run-time setting (lower-case name): from the snapshot, SET, SET LOCAL, set_config(); NULL: not known.
void cat_set_setting(struct catalog *cat, const char *name, const char *value, bool local);
const char *cat_setting(const struct catalog *cat, const char *name);
const char *cat_user(const struct catalog *cat);
// What is set when it is first called is what every session starts with; cat_reset_settings goes back to it: `all` of it, as a new session and
// DISCARD ALL do, or as RESET ALL does, which leaves the role as it is (GUC_NO_RESET_ALL).
void cat_keep_settings(struct catalog *cat);
void cat_reset_settings(struct catalog *cat, bool all);
void cat_end_local_settings(struct catalog *cat); // a transaction ends: SET LOCAL is over
void cat_reset_setting(struct catalog *cat, const char *name);

// --- objects ---------------------------------------------------------------------------------------------------------

// An oid that no object of the server has, for one that a statement creates.
Oid cat_new_oid(struct catalog *cat);
Oid cat_last_oid(const struct catalog *cat); // what is created from now on has a greater one
// Publishes a new object (its head filled, oid from cat_new_oid or the server's); one of the same oid is replaced. Ends of links (see below) may
// come in any order. A relation without reltype gets a row type and a type without array gets an array type, both made when asked for.
void cat_add(struct catalog *cat, struct cat_object *object);
const struct cat_object *cat_get(const struct catalog *cat, enum cat_class class, Oid oid); // NULL: none
// Whoever is about to look at all of these indexes has them fetched from memory together, instead of waiting for one after the other.
void cat_fetch_indexes(const struct catalog *cat, const struct cat_oids *indexes);
// A copy that may be changed until the statement ends; undone by cat_rollback. Arrays inside are shared: copy them before changing them. A relation
// that the same step of a statement has changed already (ALTER TABLE's subcommands are steps) is not copied again: what was read of it changes, too.
void *cat_modify(struct catalog *cat, const void *object);
// The only way to change a name or a schema: look-ups follow it, and so do row and array types.
void cat_rename(struct catalog *cat, const void *object, const char *name, Oid schema);
void cat_remove(struct catalog *cat, const void *object); // the object and its dependencies' edges, not its dependents

// The object of that class and oid; NULL when there is none.
const struct cat_relation *cat_relation(const struct catalog *cat, Oid oid);
const struct cat_type *cat_type(const struct catalog *cat, Oid oid);
// The same, but NULL when nothing has a column or an argument of this type, and nobody has made it: row types are many and seldom used.
const struct cat_type *cat_type_in_use(const struct catalog *cat, Oid oid);
const struct cat_proc *cat_proc(const struct catalog *cat, Oid oid);
const struct cat_constraint *cat_constraint(const struct catalog *cat, Oid oid);
const struct cat_trigger *cat_trigger(const struct catalog *cat, Oid oid);
const struct cat_rule *cat_rule(const struct catalog *cat, Oid oid);
const struct cat_policy *cat_policy(const struct catalog *cat, Oid oid);
const struct cat_opclass *cat_opclass(const struct catalog *cat, Oid oid);
const struct cat_operator *cat_operator(const struct catalog *cat, Oid oid);
const struct cat_publication *cat_publication(const struct catalog *cat, Oid oid);
const struct cat_publication_rel *cat_publication_rel(const struct catalog *cat, Oid oid);
// The column list and row filter with which a publication has the relation; NULL: it has neither.
const struct cat_publication_rel *cat_published_part(const struct catalog *cat, Oid publication, Oid rel);
const struct cat_other *cat_other(const struct catalog *cat, enum cat_class class, Oid oid);

// Every live object of a class that was added (not pg_catalog's own, not row and array types that come with others), in order of creation.
typedef void (*cat_visit)(const struct cat_object *object, void *context);
void cat_each(const struct catalog *cat, enum cat_class class, cat_visit visit, void *context);
bool cat_has_any(const struct catalog *cat, enum cat_class class); // was one of the class ever there?

// CREATE EXTENSION: the extension and, for the contrib extensions, its types, functions, operators, casts, operator classes, views, and the
// extensions that it requires. Of another extension nothing but the name is known.
Oid cat_add_extension(struct catalog *cat, const char *name, Oid schema);
bool cat_extension_is_known(const struct catalog *cat, const char *name);
// Is there an extension of this run of whose relations, functions, operators and the like nothing is known? A snapshot has all of its own.
bool cat_has_unknown_extension(const struct catalog *cat);

// --- look-up by name ----------------------------------------------------------------------------------------------------

// The object of that name in a schema (InvalidOid for classes that have none); for functions, operators and opclasses the first of several.
const struct cat_object *cat_find_object(const struct catalog *cat, enum cat_class class, Oid schema, const char *name);
// schema NULL: along the search_path (pg_temp and pg_catalog first, as RangeVarGetRelid does). InvalidOid: none.
Oid cat_schema_oid(const struct catalog *cat, const char *name);
const char *cat_schema_name(const struct catalog *cat, Oid oid);
const struct cat_relation *cat_find_relation(const struct catalog *cat, const char *schema, const char *name);
const struct cat_relation *cat_find_rangevar(const struct catalog *cat, const RangeVar *rv);
const struct cat_relation *cat_find_names(const struct catalog *cat, const NodeList *names); // a list of String
const struct cat_relation *cat_find_regclass(const struct catalog *cat, const char *text);   // 'public.orders'::regclass
const struct cat_type *cat_find_type(const struct catalog *cat, const char *schema, const char *name);
const struct cat_type *cat_find_typename(const struct catalog *cat, const TypeName *tn, int *typmod); // typmod may be NULL
// A schema NULL: along the search_path for classes that live in schemas. Operators: see cat_find_operator.
const struct cat_other *cat_find_other(const struct catalog *cat, enum cat_class class, const char *schema, const char *name);
// Functions of that name, best match of the argument types first (func_select_candidate, parse_func.c); argtypes NULL: any.
const struct cat_proc *cat_find_proc(const struct catalog *cat, const char *schema, const char *name, const Oid *argtypes,
                                     int nargs);
int cat_find_procs(const struct catalog *cat, const char *schema, const char *name, const struct cat_proc **procs, int max);
// oper() of parse_oper.c: left InvalidOid for a prefix operator, UNKNOWNOID for an untyped literal. NULL: none or ambiguous.
const struct cat_operator *cat_find_operator(const struct catalog *cat, const char *schema, const char *name, Oid left,
                                             Oid right);
const struct cat_opclass *cat_find_opclass(const struct catalog *cat, const char *schema, const char *name, const char *am);
// The schema in which CREATE puts an unqualified name; InvalidOid: no schema has been selected.
Oid cat_creation_schema(const struct catalog *cat);
const struct cat_attribute *cat_attribute_at(const struct cat_relation *rel,
                                             int attnum); // NULL: a system column, an expression, none
const struct cat_attribute *cat_find_column(const struct cat_relation *rel, const char *name); // dropped ones are not found
const struct cat_constraint *cat_find_constraint(const struct catalog *cat, const struct cat_relation *rel, const char *name);
// The NOT NULL constraint of a column (findNotNullConstraintAttnum, catalog/pg_constraint.c): from 18 on; NULL: none.
const struct cat_constraint *cat_not_null_constraint(const struct catalog *cat, const struct cat_relation *rel, int attnum);
// A child's counterpart of its parent's constraint: a NOT NULL by its column's name, any other by its own, of whatever kind that is
// (dropconstraint_internal, QueueCheckConstraintValidation in commands/tablecmds.c).
const struct cat_constraint *cat_find_constraint_like(const struct catalog *cat, const struct cat_relation *child,
                                                      const struct cat_constraint *con);
const struct cat_trigger *cat_find_trigger(const struct catalog *cat, const struct cat_relation *rel, const char *name);
const struct cat_constraint *cat_primary_key(const struct catalog *cat, const struct cat_relation *rel); // NULL: none

// "public.orders", quoted where SQL needs it: how reports and the contract name a relation.
const char *cat_qualified_name(const struct catalog *cat, const void *object);
// As the server's messages name it: without schema where search_path finds it; functions with their argument types.
const char *cat_visible_name(const struct catalog *cat, const void *object);
const char *cat_proc_signature(const struct catalog *cat, const struct cat_proc *proc);
const char *cat_relation_kind(const struct cat_relation *rel); // "table", "materialized view", "index"
// getObjectDescription (catalog/objectaddress.c): "constraint orders_pkey on table orders", "column id of table orders".
const char *cat_describe(const struct catalog *cat, struct cat_address a);
// format_type: "numeric(10,2)".
const char *cat_format_type(const struct catalog *cat, Oid type, int typmod);

// --- links (kept by whoever adds or removes an object) --------------------------------------------------------------------

void cat_link_inherits(struct catalog *cat, Oid child, Oid parent); // keeps parents and children
void cat_unlink_inherits(struct catalog *cat, Oid child, Oid parent);
void cat_link_sequence(struct catalog *cat, Oid sequence); // after its seq_owner_rel has changed
// cat_add and cat_remove keep, by themselves: indexes of indrelid; constraints of conrelid, contypid and confrelid; triggers,
// rules, policies, statistics of relid; toastrelid (from the TOAST table's toastfor).

// Sequences that a column of `rel` owns (serial, identity, OWNED BY); attnum 0: of any column. In the order of their oids.
void cat_owned(const struct catalog *cat, Oid rel, int attnum, struct cat_oids *out);

// --- dependencies (pg_depend) ---------------------------------------------------------------------------------------------

// What the objects' own fields tell is visited without being told: a column's type, an index's table and constraint, constraints, triggers and their
// functions, TOAST, row and array types, parents of inheritance and partitions, OWNED BY, schemas, argument types. Tell the rest: whatever an
// expression, a query or a body refers to (cat_expr_dependencies), and what belongs to an extension ('e'). Telling twice does no harm.
// A view's query is the view's own (CAT_RELATION), not its rule's.
void cat_depend(struct catalog *cat, struct cat_address object, struct cat_address ref, char deptype);
void cat_undepend(struct catalog *cat, struct cat_address object, enum cat_class refclass); // CAT_NONE: all classes
void cat_undepend_relation(struct catalog *cat, Oid relid, Oid refrelid); // the relation's own, not its columns'
typedef void (*cat_depend_visit)(const struct cat_depend *d, void *context);
void cat_each_dependent(const struct catalog *cat, struct cat_address ref, cat_depend_visit visit,
                        void *context); // subid 0: whole object and its columns
void cat_each_dependency(const struct catalog *cat, struct cat_address object, cat_depend_visit visit, void *context);

struct cat_addresses LC_ARRAY(struct cat_address);
// What DROP OWNED BY the roles drops: what they own, and the policies that are for nobody else; the policies that only lose a role are apart.
void cat_owned_by(const struct catalog *cat, const NodeList *roles, struct cat_addresses *owned, struct cat_oids *policies);
// What DROP of `targets` deletes, in the order of findDependentObjects (catalog/dependency.c), the targets included, and if asked the
// relations among them in the order in which it locks them, without the targets. Without cascade it fails, as the server does, when something
// depends on them; `err` then names it.
enum lc_code cat_deletion(const struct catalog *cat, const struct cat_addresses *targets, bool cascade,
                          struct cat_addresses *deleted, struct cat_addresses *locked, struct lc_error *err) LC_MUST_CHECK;

// --- inheritance and partitions -------------------------------------------------------------------------------------------

// The relation and everything below it, breadth first as find_all_inheritors (catalog/pg_inherits.c).
void cat_inheritors(const struct catalog *cat, Oid rel, struct cat_oids *out);
Oid cat_partition_parent(const struct cat_relation *rel); // InvalidOid: not a partition
Oid cat_default_partition(const struct catalog *cat, const struct cat_relation *rel);

#endif

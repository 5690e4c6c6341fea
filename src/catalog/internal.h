// What the files behind catalog.h share. Not for other rooms.
#ifndef LC_CATALOG_INTERNAL_H
#define LC_CATALOG_INTERNAL_H

#include "base/intmap.h"
#include "catalog/catalog.h"

#define PG_CATALOG_NAMESPACE ((Oid)11) // catalog/pg_namespace.dat
#define PG_TOAST_NAMESPACE ((Oid)99)
#define PG_PUBLIC_NAMESPACE ((Oid)2200)
#define INFORMATION_SCHEMA_OID ((Oid)13000) // ours: the server's depends on its build
#define PG_TEMP_NAMESPACE ((Oid)13001)      // the one schema of temporary objects

struct cat_named { // a hint that `slot` had this name once: whoever looks compares with the object as it is now
    struct cat_slot *slot;
    struct cat_named *next;
    struct cat_named *last; // of the first hint: where the next one goes
};

struct cat_slot { // the place of one (class, oid): `object` is NULL while it does not exist
    struct cat_object *object;
    enum cat_class class;
    Oid oid;
    unsigned step;         // in which `object` was made (cat_step)
    bool listed;           // in by_class
    struct cat_named hint; // of its first name
    const char *name;      // its last one: what is reported after the end of a schema, or after a ROLLBACK, still needs it
};

struct cat_slots LC_ARRAY(struct cat_slot *);

#define CAT_PAGE 32
struct cat_page { // the slots of so many oids in a row
    struct cat_slot slots[CAT_PAGE];
};

#define CAT_LEAF 64 // pages
struct cat_leaf {
    struct cat_page *pages[CAT_LEAF];
};

#define CAT_RECENT 64 // leaves
struct cat_recent {
    Oid number;
    struct cat_leaf *leaf;
};

struct cat_undo { // a word as it was before a change
    void **where;
    void *old;
};

struct cat_edge { // one explicit row of pg_depend
    struct cat_depend d;
    void *live; // NULL: taken back
};
struct cat_edges LC_ARRAY(struct cat_edge *);

struct cat_pending { // a link whose other end is not there yet
    enum cat_class class;
    Oid oid;
};
struct cat_pendings LC_ARRAY(struct cat_pending);

struct cat_path { // search_path
    const char **names;
    int len;
};

struct cat_setting {
    void *value, *session; // session: what SET LOCAL gives way to at the end of the transaction
    void *start;           // what a new session has
};

struct builtin;

struct catalog {
    struct lc_arena *arena;
    struct catalog *self; // for what is made when it is asked for: no change that a caller could see
    int version_num;
    bool loading;                     // until the first cat_begin: links are written in place
    struct lc_map leaves;             // oid / CAT_PAGE / CAT_LEAF -> cat_leaf: the first class that has an oid has its slot there
    struct lc_map slots;              // class and oid -> cat_slot, of the other classes
    struct lc_intmap names;           // hash of class, schema, name -> cat_named
    struct lc_intmap rowtypes;        // reltype -> its relation's cat_slot
    struct lc_intmap reserved_arrays; // oid kept for the array type of a row type -> the relation\'s cat_slot
    struct lc_intmap arrays;          // array type's oid -> its element's cat_slot
    struct lc_intmap used_types;      // oids of types that columns and arguments have
    struct lc_intmap dependents;      // class and oid of the referenced object -> cat_edges
    struct lc_intmap dependencies;    // the same of the dependent object
    struct lc_map pending;            // class and oid of the missing end -> cat_pendings
    struct lc_map settings;           // name -> cat_setting
    struct lc_map roles;              // name -> roles.c's slot of a role of this run
    struct lc_map acls;               // class and oid -> acl.c's slot of what was granted on an object
    struct lc_intmap sequences;       // relation's oid -> cat_slots of sequences that it owned once
    struct lc_intmap partition_orders; // partitioned table's oid -> cat_partition_order
    struct lc_map found_operators;     // of cat_find_operator
    struct lc_map found_opclasses;     // of cat_default_opclass
    struct lc_map chosen_names;        // of cat_choose_name and its like
    unsigned names_lost;               // so often may a name have become free
    struct cat_slots by_class[CAT_CLASS_COUNT];
    struct cat_undos LC_ARRAY(struct cat_undo) undo;
    struct cat_levels LC_ARRAY(int) levels;                 // length of `undo` at each cat_begin
    const struct cat_setting *role, *session_authorization; // of `settings`; NULL: never set
    void *path, *session_path, *start_path;                 // struct cat_path
    Oid next_oid;
    unsigned step, last_step;             // step 0: between them
    struct cat_recent recent[CAT_RECENT]; // of leaves: each has one place only
    struct builtin *builtin;
};

// A pointer that is undone by cat_rollback.
void cat_set_word(struct catalog *cat, void **where, void *value);

// Class and oid as one key of the objects' map.
uint64_t cat_key(enum cat_class class, Oid oid);
struct cat_slot *cat_slot(struct catalog *cat, enum cat_class class, Oid oid);             // made when there is none
struct cat_slot *cat_known_slot(const struct catalog *cat, enum cat_class class, Oid oid); // NULL: there is none
// A step of a statement: nobody looks at a relation as it was in the middle of it, so one copy of it is changed again and again.
void cat_step_begin(struct catalog *cat);
void cat_step_end(struct catalog *cat);
// cat_modify for those who take away from a list that somebody may be going through: always another copy.
void *cat_modify_anew(struct catalog *cat, const struct cat_object *object);
void cat_name_object(struct catalog *cat, struct cat_slot *slot);
// Objects of one name, one after the other: for (n = cat_first_named(...); n; n = cat_next_named(n->next, ...)) n->slot->object.
const struct cat_named *cat_first_named(const struct catalog *cat, enum cat_class class, Oid schema, const char *name);
const struct cat_named *cat_next_named(const struct cat_named *n, enum cat_class class, Oid schema, const char *name);
const char *cat_cast_name(struct catalog *cat, Oid source, Oid target); // what a cast is found by
// The schemas of a look-up in order: pg_temp (unless `temp` is false) and pg_catalog in front where search_path does not name them.
void cat_lookup_path(const struct catalog *cat, bool temp, struct lc_arena *arena, struct cat_oids *out);
void cat_forget_edges(struct catalog *cat, enum cat_class class, Oid oid);

// --- links.c ---
void cat_link(struct catalog *cat, const struct cat_object *object);
void cat_unlink(struct catalog *cat, const struct cat_object *object);
void cat_link_pending(struct catalog *cat, const struct cat_object *object);

// --- derived.c: dependencies that follow from the objects' fields ---
void cat_each_derived_dependent(const struct catalog *cat, struct cat_address ref, cat_depend_visit visit, void *context);
void cat_each_derived_dependency(const struct catalog *cat, struct cat_address object, cat_depend_visit visit, void *context);

// --- implicit.c: row types and array types, made when they are asked for ---
void cat_register_implicit_types(struct catalog *cat, struct cat_slot *slot);
void cat_forget_implicit_types(struct catalog *cat, const struct cat_object *object);
void cat_rename_implicit_types(struct catalog *cat, const struct cat_object *object);
void cat_note_used_types(struct catalog *cat, const struct cat_object *object);
const struct cat_type *cat_type_in_use(const struct catalog *cat, Oid oid); // NULL: there is none, or nothing can refer to it
struct cat_object *cat_implicit_type(const struct catalog *cat, Oid oid);
const struct cat_type *cat_implicit_type_named(const struct catalog *cat, Oid schema, const char *name);

// --- builtin.c: pg_catalog's own objects, made when they are asked for ---
struct cat_amop { // pg_amop of btree and hash
    Oid family;
    bool btree;
    int strategy;
    Oid lefttype, righttype, operator;
};
struct builtin *builtin_new(struct catalog *cat);
struct cat_object *builtin_get(struct builtin *b, enum cat_class class, Oid oid);
// Publishes every built-in object of that name, in pg_catalog or information_schema.
void builtin_by_name(struct builtin *b, enum cat_class class, const char *name);
// Every built-in object of a class.
void builtin_each(struct builtin *b, enum cat_class class, cat_visit visit, void *context);
const struct cat_amop *builtin_amops(struct builtin *b, int *n);

#endif

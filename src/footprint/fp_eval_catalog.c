// The catalogues and catalogue views that bodies ask: pg_class, pg_constraint, information_schema.columns, ...
//
// One row of a table is an object of the in-memory catalogue, or an item of it (a column, a label): `sub`.
#include "footprint/fp_eval.h"

#include <string.h>

#include "base/str.h"
#include "catalog/oids.h"

struct ctx {
    struct fp_session *s;
    const void *object;
    int sub;
};

typedef struct fp_val (*getter)(const struct ctx *c);

struct column {
    const char *name;
    getter get;
};

struct fp_table {
    const char *schema, *name;
    enum cat_class class;
    const char *kinds;                 // relations: of which kinds; NULL: all
    int (*count)(const struct ctx *c); // items of one object; NULL: one
    bool (*is)(const struct ctx *c);   // more to ask of the object; NULL: nothing
    const struct column *columns;
    bool system; // the server's own objects are rows too
};

#define REL(c) ((const struct cat_relation *)(c)->object)
#define OBJ(c) ((const struct cat_object *)(c)->object)
#define ATT(c) (&REL(c)->attrs[(c)->sub])
#define CON(c) ((const struct cat_constraint *)(c)->object)

static struct fp_val character(const struct ctx *c, char ch)
{
    return fpv_text(lc_printf(c->s->arena, "%c", ch));
}

static struct fp_val yes_no(bool b)
{
    return fpv_text(b ? "YES" : "NO");
}

static struct fp_val o_oid(const struct ctx *c)
{
    return fpv_oid(OBJ(c)->oid);
}

static struct fp_val o_name(const struct ctx *c)
{
    return fpv_text(OBJ(c)->name);
}

static struct fp_val o_schema(const struct ctx *c)
{
    return fpv_oid(OBJ(c)->schema);
}

static struct fp_val o_schemaname(const struct ctx *c)
{
    return fpv_text(cat_schema_name(c->s->cat, OBJ(c)->schema));
}

static struct fp_val o_owner(const struct ctx *c)
{
    return OBJ(c)->owner ? fpv_text(OBJ(c)->owner) : fpv_unknown();
}

static struct fp_val v_unknown(const struct ctx *c)
{
    (void)c;
    return fpv_unknown();
}

// A value that is there, whatever it is.
static struct fp_val some(void)
{
    return (struct fp_val){.kind = FPV_UNKNOWN, .some = true};
}

static struct fp_val v_false(const struct ctx *c)
{
    (void)c;
    return fpv_bool(false);
}

static struct fp_val v_database(const struct ctx *c)
{
    const char *name = cat_setting(c->s->cat, "lockcast.database");

    return fpv_text(name ? name : "postgres");
}

// --- relations ---------------------------------------------------------------------------------------------------------------------

static struct fp_val r_kind(const struct ctx *c)
{
    return character(c, REL(c)->relkind);
}

static struct fp_val r_persistence(const struct ctx *c)
{
    return character(c, REL(c)->relpersistence);
}

static struct fp_val r_ispartition(const struct ctx *c)
{
    return fpv_bool(REL(c)->relispartition);
}

static struct fp_val r_replident(const struct ctx *c)
{
    return character(c, REL(c)->relreplident ? REL(c)->relreplident : 'd');
}

static struct fp_val r_forcerowsecurity(const struct ctx *c)
{
    return fpv_bool(REL(c)->relforcerowsecurity);
}

static struct fp_val r_populated(const struct ctx *c)
{
    return fpv_bool(REL(c)->relkind != 'm' || REL(c)->ispopulated);
}

static struct fp_val r_type(const struct ctx *c)
{
    return fpv_oid(REL(c)->reltype);
}

static struct fp_val r_oftype(const struct ctx *c)
{
    return fpv_oid(REL(c)->reloftype);
}

static struct fp_val r_rowsecurity(const struct ctx *c)
{
    return fpv_bool(REL(c)->relrowsecurity);
}

static struct fp_val r_hasindex(const struct ctx *c)
{
    return fpv_bool(REL(c)->indexes.len > 0);
}

static struct fp_val r_tuples(const struct ctx *c)
{
    return REL(c)->size.known ? fpv_number(REL(c)->size.tuples) : fpv_unknown();
}

static struct fp_val r_natts(const struct ctx *c)
{
    return fpv_number(REL(c)->natts);
}

static struct fp_val r_tabletype(const struct ctx *c)
{
    return fpv_text(REL(c)->relkind == 'v' ? "VIEW" : REL(c)->relkind == 'f' ? "FOREIGN" : "BASE TABLE");
}

static void add_datums(struct fp_session *s, struct lc_str *out, const NodeList *datums)
{
    for (LIST_EACH(i, datums)) {
        const Node *node = datums->items[i];
        const PartitionRangeDatum *d = AS(PartitionRangeDatum, node);
        const ColumnRef *ref = AS(ColumnRef, node);
        struct fp_val v;
        long steps = 100;
        struct fp_env env = {.s = s, .steps = &steps};
        lc_str_add(out, i ? ", " : "");
        if (d && d->kind != PARTITION_RANGE_DATUM_VALUE)
            lc_str_add(out, d->kind == PARTITION_RANGE_DATUM_MINVALUE ? "MINVALUE" : "MAXVALUE");
        else if (ref)
            lc_str_add(out, list_last_name(&ref->fields));
        else if ((v = fp_eval(&env, d ? d->value : node)).kind == FPV_UNKNOWN)
            out->full = true;
        else
            lc_str_add(out, v.kind == FPV_NULL ? "NULL" : lc_quote_literal(s->arena, fpv_str(s, v)));
    }
}

// pg_get_expr(relpartbound, oid)
static struct fp_val r_partbound(const struct ctx *c)
{
    const PartitionBoundSpec *b = AS(PartitionBoundSpec, REL(c)->partbound);
    struct lc_str out;

    if (REL(c)->partdefault || (b && b->is_default))
        return fpv_text("DEFAULT");
    if (!b)
        return fpv_null();
    lc_str_init(&out, c->s->arena, LC_STR_MAX);
    if (b->listdatums.length) {
        lc_str_add(&out, "FOR VALUES IN (");
        add_datums(c->s, &out, &b->listdatums);
    } else if (b->lowerdatums.length) {
        lc_str_add(&out, "FOR VALUES FROM (");
        add_datums(c->s, &out, &b->lowerdatums);
        lc_str_add(&out, ") TO (");
        add_datums(c->s, &out, &b->upperdatums);
    } else {
        lc_str_addf(&out, "FOR VALUES WITH (modulus %lld, remainder %lld", (long long)b->modulus, (long long)b->remainder);
    }
    lc_str_add(&out, ")");
    return out.full ? fpv_unknown() : fpv_text(out.text);
}

static const struct column pg_class[] = {{"relpartbound", r_partbound},
                                         {"oid", o_oid},
                                         {"relname", o_name},
                                         {"relnamespace", o_schema},
                                         {"relkind", r_kind},
                                         {"relpersistence", r_persistence},
                                         {"relispartition", r_ispartition},
                                         {"relrowsecurity", r_rowsecurity},
                                         {"relhasindex", r_hasindex},
                                         {"reltuples", r_tuples},
                                         {"relnatts", r_natts},
                                         {"relreplident", r_replident},
                                         {"relforcerowsecurity", r_forcerowsecurity},
                                         {"relispopulated", r_populated},
                                         {"reltype", r_type},
                                         {"reloftype", r_oftype},
                                         {"relowner", v_unknown},
                                         {NULL, NULL}};
static const struct column pg_tables[] = {
    {"schemaname", o_schemaname}, {"tablename", o_name}, {"tableowner", o_owner}, {"rowsecurity", r_rowsecurity}, {NULL, NULL}};
static const struct column pg_views[] = {{"schemaname", o_schemaname}, {"viewname", o_name}, {NULL, NULL}};
static const struct column pg_matviews[] = {{"schemaname", o_schemaname}, {"matviewname", o_name}, {NULL, NULL}};
static const struct column pg_sequences[] = {{"schemaname", o_schemaname}, {"sequencename", o_name}, {NULL, NULL}};
static const struct column is_sequences[] = {{"sequence_schema", o_schemaname}, {"sequence_name", o_name}, {NULL, NULL}};
static const struct column is_tables[] = {{"table_catalog", v_database},
                                          {"table_schema", o_schemaname},
                                          {"table_name", o_name},
                                          {"table_type", r_tabletype},
                                          {NULL, NULL}};
static const struct column is_views[] = {{"table_schema", o_schemaname}, {"table_name", o_name}, {NULL, NULL}};

// --- columns -------------------------------------------------------------------------------------------------------------------------

static int count_atts(const struct ctx *c)
{
    return REL(c)->natts;
}

static bool is_live(const struct ctx *c)
{
    return !ATT(c)->isdropped;
}

static struct fp_val a_relid(const struct ctx *c)
{
    return fpv_oid(REL(c)->o.oid);
}

static struct fp_val a_relname(const struct ctx *c)
{
    return fpv_text(REL(c)->o.name);
}

static struct fp_val a_name(const struct ctx *c)
{
    return fpv_text(ATT(c)->name);
}

static struct fp_val a_num(const struct ctx *c)
{
    return fpv_number(ATT(c)->attnum);
}

static struct fp_val a_dropped(const struct ctx *c)
{
    return fpv_bool(ATT(c)->isdropped);
}

static struct fp_val a_notnull(const struct ctx *c)
{
    return fpv_bool(ATT(c)->notnull);
}

static struct fp_val a_type(const struct ctx *c)
{
    return fpv_oid(ATT(c)->type);
}

static struct fp_val a_hasdef(const struct ctx *c)
{
    return fpv_bool(ATT(c)->def != NULL || ATT(c)->def_text != NULL);
}

static struct fp_val a_default(const struct ctx *c)
{
    return ATT(c)->def_text ? fpv_text(ATT(c)->def_text) : ATT(c)->def ? some() : fpv_null();
}

static struct fp_val a_nullable(const struct ctx *c)
{
    return yes_no(!ATT(c)->notnull);
}

static struct fp_val a_isidentity(const struct ctx *c)
{
    return yes_no(ATT(c)->identity != 0);
}

static struct fp_val a_isgenerated(const struct ctx *c)
{
    return fpv_text(ATT(c)->generated ? "ALWAYS" : "NEVER");
}

// information_schema.columns: the base type of a domain, ARRAY, USER-DEFINED, else format_type without modifiers.
static struct fp_val a_datatype(const struct ctx *c)
{
    const struct cat_type *t = cat_type(c->s->cat, ATT(c)->type);

    for (int i = 0; t && t->typtype == 'd' && i < 32; i++)
        t = cat_type(c->s->cat, t->basetype);
    if (!t)
        return fpv_unknown();
    if (t->elem && t->len == -1)
        return fpv_text("ARRAY");
    return fpv_text(t->o.oid >= FirstNormalObjectId ? "USER-DEFINED" : cat_format_type(c->s->cat, t->o.oid, -1));
}

static struct fp_val a_udtname(const struct ctx *c)
{
    const struct cat_type *t = cat_type(c->s->cat, ATT(c)->type);

    return t ? fpv_text(t->o.name) : fpv_unknown();
}

static struct fp_val a_identity(const struct ctx *c)
{
    return ATT(c)->identity ? character(c, ATT(c)->identity) : fpv_text("");
}

// character_maximum_length of varchar and char
static struct fp_val a_maxlength(const struct ctx *c)
{
    const struct cat_attribute *a = ATT(c);
    bool has_length = (a->type == VARCHAROID || a->type == BPCHAROID) && a->typmod > VARHDRSZ;

    return has_length ? fpv_number(a->typmod - VARHDRSZ) : fpv_null();
}

static const struct column pg_attribute[] = {{"attrelid", a_relid},       {"attname", a_name},         {"attnum", a_num},
                                             {"attisdropped", a_dropped}, {"attnotnull", a_notnull},   {"atttypid", a_type},
                                             {"atthasdef", a_hasdef},     {"attidentity", a_identity}, {NULL, NULL}};
static const struct column is_columns[] = {{"table_catalog", v_database},
                                           {"table_schema", o_schemaname},
                                           {"table_name", a_relname},
                                           {"column_name", a_name},
                                           {"ordinal_position", a_num},
                                           {"column_default", a_default},
                                           {"is_nullable", a_nullable},
                                           {"data_type", a_datatype},
                                           {"udt_name", a_udtname},
                                           {"is_identity", a_isidentity},
                                           {"is_generated", a_isgenerated},
                                           {"character_maximum_length", a_maxlength},
                                           {NULL, NULL}};

static struct fp_val attnum_array(const struct ctx *c, const struct cat_attnums *nums)
{
    struct fp_val v = {.kind = FPV_ARRAY, .nitems = nums->len};

    if (!nums->len)
        return fpv_null();
    v.items = LC_NEW_ARRAY(c->s->arena, struct fp_val, nums->len);
    for (int i = 0; i < nums->len; i++)
        v.items[i] = fpv_number(nums->items[i]);
    return v;
}

// --- indexes -------------------------------------------------------------------------------------------------------------------------

static const struct cat_relation *table_of(const struct ctx *c)
{
    return REL(c)->index ? cat_relation(c->s->cat, REL(c)->index->indrelid) : NULL;
}

static struct fp_val x_relid(const struct ctx *c)
{
    return REL(c)->index ? fpv_oid(REL(c)->index->indrelid) : fpv_null();
}

static struct fp_val x_table(const struct ctx *c)
{
    const struct cat_relation *t = table_of(c);

    return t ? fpv_text(t->o.name) : fpv_null();
}

static struct fp_val x_unique(const struct ctx *c)
{
    return fpv_bool(REL(c)->index && REL(c)->index->unique);
}

static struct fp_val x_primary(const struct ctx *c)
{
    return fpv_bool(REL(c)->index && REL(c)->index->primary);
}

static struct fp_val x_valid(const struct ctx *c)
{
    return fpv_bool(REL(c)->index && REL(c)->index->valid);
}

static struct fp_val x_def(const struct ctx *c)
{
    return REL(c)->index && REL(c)->index->def_text ? fpv_text(REL(c)->index->def_text) : fpv_unknown();
}

static struct fp_val x_keys(const struct ctx *c)
{
    const struct cat_index *x = REL(c)->index;
    struct cat_attnums nums = {x ? x->keys : NULL, x ? x->natts : 0, 0};

    return attnum_array(c, &nums);
}

static struct fp_val x_natts(const struct ctx *c)
{
    return REL(c)->index ? fpv_number(REL(c)->index->natts) : fpv_unknown();
}

static struct fp_val x_nkeyatts(const struct ctx *c)
{
    return REL(c)->index ? fpv_number(REL(c)->index->nkeyatts) : fpv_unknown();
}

static struct fp_val x_predicate(const struct ctx *c)
{
    const struct cat_index *x = REL(c)->index;

    return !x ? fpv_unknown() : x->predicate ? some() : fpv_null();
}

static struct fp_val x_expressions(const struct ctx *c)
{
    const struct cat_index *x = REL(c)->index;

    for (int i = 0; x && i < x->nkeyatts; i++)
        if (x->keys[i] == 0)
            return some();
    return x ? fpv_null() : fpv_unknown();
}

static struct fp_val x_replident(const struct ctx *c)
{
    return fpv_bool(REL(c)->index && REL(c)->index->replident);
}

static const struct column pg_index[] = {{"indkey", x_keys},          {"indexrelid", o_oid},           {"indrelid", x_relid},
                                         {"indisunique", x_unique},   {"indisprimary", x_primary},     {"indisvalid", x_valid},
                                         {"indnatts", x_natts},       {"indnkeyatts", x_nkeyatts},     {"indpred", x_predicate},
                                         {"indexprs", x_expressions}, {"indisreplident", x_replident}, {NULL, NULL}};
static const struct column pg_indexes[] = {
    {"schemaname", o_schemaname}, {"tablename", x_table}, {"indexname", o_name}, {"indexdef", x_def}, {NULL, NULL}};

// --- constraints -----------------------------------------------------------------------------------------------------------------------

static struct fp_val c_relid(const struct ctx *c)
{
    return fpv_oid(CON(c)->conrelid);
}

static struct fp_val c_frelid(const struct ctx *c)
{
    return fpv_oid(CON(c)->confrelid);
}

static struct fp_val c_indid(const struct ctx *c)
{
    return fpv_oid(CON(c)->conindid);
}

static struct fp_val c_typid(const struct ctx *c)
{
    return fpv_oid(CON(c)->contypid);
}

static struct fp_val c_type(const struct ctx *c)
{
    return character(c, CON(c)->contype);
}

static struct fp_val c_validated(const struct ctx *c)
{
    return fpv_bool(CON(c)->convalidated);
}

static struct fp_val c_deltype(const struct ctx *c)
{
    return character(c, CON(c)->confdeltype ? CON(c)->confdeltype : ' ');
}

static struct fp_val c_updtype(const struct ctx *c)
{
    return character(c, CON(c)->confupdtype ? CON(c)->confupdtype : ' ');
}

static struct fp_val c_deferrable(const struct ctx *c)
{
    return fpv_bool(CON(c)->condeferrable);
}

static struct fp_val c_deferred(const struct ctx *c)
{
    return fpv_bool(CON(c)->condeferred);
}

static struct fp_val c_parent(const struct ctx *c)
{
    return fpv_oid(CON(c)->conparentid);
}

static struct fp_val c_schema(const struct ctx *c)
{
    const struct cat_relation *rel = cat_relation(c->s->cat, CON(c)->conrelid);

    return rel ? fpv_oid(rel->o.schema) : fpv_oid(CON(c)->o.schema);
}

static struct fp_val c_schemaname(const struct ctx *c)
{
    const struct cat_relation *rel = cat_relation(c->s->cat, CON(c)->conrelid);

    return rel ? fpv_text(cat_schema_name(c->s->cat, rel->o.schema)) : fpv_null();
}

static struct fp_val c_table(const struct ctx *c)
{
    const struct cat_relation *rel = cat_relation(c->s->cat, CON(c)->conrelid);

    return rel ? fpv_text(rel->o.name) : fpv_null();
}

static struct fp_val c_typename(const struct ctx *c)
{
    switch (CON(c)->contype) {
    case 'p':
        return fpv_text("PRIMARY KEY");
    case 'u':
        return fpv_text("UNIQUE");
    case 'f':
        return fpv_text("FOREIGN KEY");
    default:
        return fpv_text("CHECK");
    }
}

static int count_keys(const struct ctx *c)
{
    return CON(c)->conkey.len;
}

static struct fp_val c_column(const struct ctx *c)
{
    const struct cat_relation *rel = cat_relation(c->s->cat, CON(c)->conrelid);
    int att = CON(c)->conkey.items[c->sub];

    return rel && att > 0 && att <= rel->natts ? fpv_text(rel->attrs[att - 1].name) : fpv_null();
}

static bool is_table_constraint(const struct ctx *c)
{
    return CON(c)->conrelid != InvalidOid && CON(c)->contype != 't' && CON(c)->contype != 'x';
}

static bool is_key(const struct ctx *c)
{
    return CON(c)->conrelid && strchr("pufx", CON(c)->contype);
}

static struct fp_val c_key(const struct ctx *c)
{
    return attnum_array(c, &CON(c)->conkey);
}

static struct fp_val c_fkey(const struct ctx *c)
{
    return attnum_array(c, &CON(c)->confkey);
}

// constraint_column_usage: of a foreign key the referenced columns, of the others their own.
static const struct cat_relation *used_table(const struct ctx *c)
{
    return cat_relation(c->s->cat, CON(c)->contype == 'f' ? CON(c)->confrelid : CON(c)->conrelid);
}

static int count_used(const struct ctx *c)
{
    return CON(c)->contype == 'f' ? CON(c)->confkey.len : CON(c)->conkey.len;
}

static struct fp_val u_table(const struct ctx *c)
{
    const struct cat_relation *rel = used_table(c);

    return rel ? fpv_text(rel->o.name) : fpv_null();
}

static struct fp_val u_schema(const struct ctx *c)
{
    const struct cat_relation *rel = used_table(c);

    return rel ? fpv_text(cat_schema_name(c->s->cat, rel->o.schema)) : fpv_null();
}

static struct fp_val u_column(const struct ctx *c)
{
    const struct cat_relation *rel = used_table(c);
    int att = CON(c)->contype == 'f' ? CON(c)->confkey.items[c->sub] : CON(c)->conkey.items[c->sub];

    return rel && att > 0 && att <= rel->natts ? fpv_text(rel->attrs[att - 1].name) : fpv_null();
}

static struct fp_val f_rule(char action)
{
    return fpv_text(action == 'c'   ? "CASCADE"
                    : action == 'n' ? "SET NULL"
                    : action == 'd' ? "SET DEFAULT"
                    : action == 'r' ? "RESTRICT"
                                    : "NO ACTION");
}

static struct fp_val f_delete(const struct ctx *c)
{
    return f_rule(CON(c)->confdeltype);
}

static struct fp_val f_update(const struct ctx *c)
{
    return f_rule(CON(c)->confupdtype);
}

static struct fp_val f_unique(const struct ctx *c)
{
    const struct cat_relation *index = cat_relation(c->s->cat, CON(c)->conindid);

    return index ? fpv_text(index->o.name) : fpv_unknown();
}

static bool is_foreign_key(const struct ctx *c)
{
    return CON(c)->contype == 'f';
}

static const struct column is_constraint_column_usage[] = {{"constraint_schema", c_schemaname}, {"constraint_name", o_name},
                                                           {"table_schema", u_schema},          {"table_name", u_table},
                                                           {"column_name", u_column},           {NULL, NULL}};
static const struct column is_referential_constraints[] = {
    {"constraint_schema", c_schemaname}, {"constraint_name", o_name}, {"unique_constraint_name", f_unique},
    {"delete_rule", f_delete},           {"update_rule", f_update},   {NULL, NULL}};
static const struct column pg_constraint[] = {{"conkey", c_key},
                                              {"confkey", c_fkey},
                                              {"oid", o_oid},
                                              {"conname", o_name},
                                              {"connamespace", c_schema},
                                              {"contype", c_type},
                                              {"conrelid", c_relid},
                                              {"confrelid", c_frelid},
                                              {"conindid", c_indid},
                                              {"contypid", c_typid},
                                              {"convalidated", c_validated},
                                              {"confdeltype", c_deltype},
                                              {"confupdtype", c_updtype},
                                              {"condeferrable", c_deferrable},
                                              {"condeferred", c_deferred},
                                              {"conparentid", c_parent},
                                              {NULL, NULL}};
static const struct column is_table_constraints[] = {{"constraint_catalog", v_database}, {"constraint_schema", c_schemaname},
                                                     {"constraint_name", o_name},        {"table_catalog", v_database},
                                                     {"table_schema", c_schemaname},     {"table_name", c_table},
                                                     {"constraint_type", c_typename},    {NULL, NULL}};
static const struct column is_key_column_usage[] = {{"constraint_schema", c_schemaname}, {"constraint_name", o_name},
                                                    {"table_schema", c_schemaname},      {"table_name", c_table},
                                                    {"column_name", c_column},           {NULL, NULL}};

// --- others ------------------------------------------------------------------------------------------------------------------------------

#define TYPE(c) ((const struct cat_type *)(c)->object)
#define TRG(c) ((const struct cat_trigger *)(c)->object)

static struct fp_val t_typtype(const struct ctx *c)
{
    return character(c, TYPE(c)->typtype);
}

static int count_labels(const struct ctx *c)
{
    return TYPE(c)->nlabels;
}

static struct fp_val e_label(const struct ctx *c)
{
    return fpv_text(TYPE(c)->labels[c->sub]);
}

static struct fp_val g_relid(const struct ctx *c)
{
    return fpv_oid(TRG(c)->relid);
}

static struct fp_val g_table(const struct ctx *c)
{
    const struct cat_relation *rel = cat_relation(c->s->cat, TRG(c)->relid);

    return rel ? fpv_text(rel->o.name) : fpv_null();
}

static struct fp_val g_schema(const struct ctx *c)
{
    const struct cat_relation *rel = cat_relation(c->s->cat, TRG(c)->relid);

    return rel ? fpv_text(cat_schema_name(c->s->cat, rel->o.schema)) : fpv_null();
}

static struct fp_val g_enabled(const struct ctx *c)
{
    return character(c, TRG(c)->enabled ? TRG(c)->enabled : 'O');
}

static int count_parents(const struct ctx *c)
{
    return REL(c)->parents.len;
}

static struct fp_val h_parent(const struct ctx *c)
{
    return fpv_oid(REL(c)->parents.items[c->sub]);
}

#define PROC(c) ((const struct cat_proc *)(c)->object)

static struct fp_val p_kind(const struct ctx *c)
{
    return character(c, PROC(c)->kind);
}

static struct fp_val p_nargs(const struct ctx *c)
{
    return fpv_number(PROC(c)->nargs);
}

static struct fp_val p_secdef(const struct ctx *c)
{
    return fpv_bool(PROC(c)->secdef);
}

static struct fp_val p_rettype(const struct ctx *c)
{
    return fpv_oid(PROC(c)->rettype);
}

static struct fp_val p_relid(const struct ctx *c)
{
    return fpv_oid(((const struct cat_policy *)c->object)->relid);
}

static struct fp_val p_table(const struct ctx *c)
{
    const struct cat_relation *rel = cat_relation(c->s->cat, ((const struct cat_policy *)c->object)->relid);

    return rel ? fpv_text(rel->o.name) : fpv_null();
}

static struct fp_val p_schema(const struct ctx *c)
{
    const struct cat_relation *rel = cat_relation(c->s->cat, ((const struct cat_policy *)c->object)->relid);

    return rel ? fpv_text(cat_schema_name(c->s->cat, rel->o.schema)) : fpv_null();
}

static const struct column pg_namespace[] = {{"oid", o_oid}, {"nspname", o_name}, {NULL, NULL}};
static const struct column is_schemata[] = {{"schema_name", o_name}, {NULL, NULL}};
static const struct column pg_type[] = {
    {"oid", o_oid}, {"typname", o_name}, {"typnamespace", o_schema}, {"typtype", t_typtype}, {NULL, NULL}};
static const struct column pg_enum[] = {{"enumtypid", o_oid}, {"enumlabel", e_label}, {NULL, NULL}};
static const struct column pg_proc[] = {
    {"oid", o_oid},        {"proname", o_name},     {"pronamespace", o_schema}, {"prokind", p_kind},
    {"pronargs", p_nargs}, {"prosecdef", p_secdef}, {"prorettype", p_rettype},  {NULL, NULL}};
static const struct column is_routines[] = {{"routine_schema", o_schemaname}, {"routine_name", o_name}, {NULL, NULL}};
static const struct column pg_extension[] = {{"oid", o_oid}, {"extname", o_name}, {NULL, NULL}};
static const struct column pg_publication[] = {{"oid", o_oid}, {"pubname", o_name}, {NULL, NULL}};
static const struct column pg_trigger[] = {
    {"oid", o_oid}, {"tgname", o_name}, {"tgrelid", g_relid}, {"tgisinternal", v_false}, {"tgenabled", g_enabled}, {NULL, NULL}};
static const struct column is_triggers[] = {{"trigger_schema", g_schema},
                                            {"trigger_name", o_name},
                                            {"event_object_schema", g_schema},
                                            {"event_object_table", g_table},
                                            {NULL, NULL}};
static const struct column pg_inherits[] = {{"inhrelid", o_oid}, {"inhparent", h_parent}, {NULL, NULL}};
static const struct column pg_policy[] = {{"oid", o_oid}, {"polname", o_name}, {"polrelid", p_relid}, {NULL, NULL}};
static const struct column pg_policies[] = {
    {"schemaname", p_schema}, {"tablename", p_table}, {"policyname", o_name}, {NULL, NULL}};

static const struct fp_table tables[] = {
    {"pg_catalog", "pg_class", CAT_RELATION, NULL, NULL, NULL, pg_class, true},
    {"pg_catalog", "pg_tables", CAT_RELATION, "rp", NULL, NULL, pg_tables, true},
    {"pg_catalog", "pg_views", CAT_RELATION, "v", NULL, NULL, pg_views, true},
    {"pg_catalog", "pg_matviews", CAT_RELATION, "m", NULL, NULL, pg_matviews, false},
    {"pg_catalog", "pg_sequences", CAT_RELATION, "S", NULL, NULL, pg_sequences, false},
    {"pg_catalog", "pg_attribute", CAT_RELATION, NULL, count_atts, NULL, pg_attribute, false},
    {"pg_catalog", "pg_index", CAT_RELATION, "iI", NULL, NULL, pg_index, false},
    {"pg_catalog", "pg_indexes", CAT_RELATION, "iI", NULL, NULL, pg_indexes, false},
    {"pg_catalog", "pg_constraint", CAT_CONSTRAINT, NULL, NULL, NULL, pg_constraint, false},
    {"pg_catalog", "pg_namespace", CAT_NAMESPACE, NULL, NULL, NULL, pg_namespace, true},
    {"pg_catalog", "pg_type", CAT_TYPE, NULL, NULL, NULL, pg_type, true},
    {"pg_catalog", "pg_enum", CAT_TYPE, NULL, count_labels, NULL, pg_enum, false},
    {"pg_catalog", "pg_proc", CAT_PROC, NULL, NULL, NULL, pg_proc, true},
    {"pg_catalog", "pg_extension", CAT_EXTENSION, NULL, NULL, NULL, pg_extension, true},
    {"pg_catalog", "pg_publication", CAT_PUBLICATION, NULL, NULL, NULL, pg_publication, false},
    {"pg_catalog", "pg_trigger", CAT_TRIGGER, NULL, NULL, NULL, pg_trigger, false},
    {"pg_catalog", "pg_inherits", CAT_RELATION, NULL, count_parents, NULL, pg_inherits, false},
    {"pg_catalog", "pg_policy", CAT_POLICY, NULL, NULL, NULL, pg_policy, false},
    {"pg_catalog", "pg_policies", CAT_POLICY, NULL, NULL, NULL, pg_policies, false},
    {"information_schema", "tables", CAT_RELATION, "rpvf", NULL, NULL, is_tables, false},
    {"information_schema", "views", CAT_RELATION, "v", NULL, NULL, is_views, false},
    {"information_schema", "columns", CAT_RELATION, "rpvf", count_atts, is_live, is_columns, false},
    {"information_schema", "sequences", CAT_RELATION, "S", NULL, NULL, is_sequences, false},
    {"information_schema", "schemata", CAT_NAMESPACE, NULL, NULL, NULL, is_schemata, true},
    {"information_schema", "table_constraints", CAT_CONSTRAINT, NULL, NULL, is_table_constraint, is_table_constraints, false},
    {"information_schema", "key_column_usage", CAT_CONSTRAINT, NULL, count_keys, is_key, is_key_column_usage, false},
    {"information_schema", "constraint_column_usage", CAT_CONSTRAINT, NULL, count_used, is_key, is_constraint_column_usage,
     false},
    {"information_schema", "referential_constraints", CAT_CONSTRAINT, NULL, NULL, is_foreign_key, is_referential_constraints,
     false},
    {"information_schema", "triggers", CAT_TRIGGER, NULL, NULL, NULL, is_triggers, false},
    {"information_schema", "routines", CAT_PROC, NULL, NULL, NULL, is_routines, false},
};

const struct fp_table *fp_table_find(const char *schema, const char *name)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (lc_streq(tables[i].name, name) && lc_streq(tables[i].schema, schema ? schema : "pg_catalog"))
            return &tables[i];
    return NULL;
}

struct each {
    const struct fp_table *t;
    struct fp_session *s;
    void (*visit)(const void *object, int sub, void *context);
    void *context;
};

static void visit_object(const struct cat_object *object, void *context)
{
    struct each *e = context;
    struct ctx c = {e->s, object, 0};
    int n;

    if (e->t->class == CAT_RELATION && e->t->kinds && !strchr(e->t->kinds, REL(&c)->relkind))
        return;
    if (!e->t->system && object->oid < FirstNormalObjectId)
        return;
    n = e->t->count ? e->t->count(&c) : 1;
    for (c.sub = 0; c.sub < n; c.sub++)
        if (!e->t->is || e->t->is(&c))
            e->visit(object, c.sub, e->context);
}

void fp_table_each(const struct fp_table *t, struct fp_session *s, void (*visit)(const void *object, int sub, void *context),
                   void *context)
{
    struct each e = {t, s, visit, context};

    cat_each(s->cat, t->class, visit_object, &e);
}

void fp_table_one(const struct fp_table *t, struct fp_session *s, Oid oid,
                  void (*visit)(const void *object, int sub, void *context), void *context)
{
    struct each e = {t, s, visit, context};
    const struct cat_object *object = cat_get(s->cat, t->class, oid);

    if (object)
        visit_object(object, &e);
}

bool fp_table_is_key(const struct fp_table *t, const char *name)
{
    for (const struct column *col = t->columns; col->name; col++)
        if (lc_streq(col->name, name))
            return col->get == o_oid || col->get == a_relid;
    return false;
}

bool fp_table_column(const struct fp_table *t, struct fp_session *s, const void *object, int sub, const char *name,
                     struct fp_val *out)
{
    struct ctx c = {s, object, sub};

    for (const struct column *col = t->columns; col->name; col++) {
        if (strcmp(col->name, name) == 0) {
            *out = col->get(&c);
            return true;
        }
    }
    return false;
}

static const char *const no_columns[] = {NULL};

const char *const *fp_table_columns(const struct fp_table *t)
{
    (void)t;
    return no_columns; // SELECT * is not made: which columns a version has is not told here
}

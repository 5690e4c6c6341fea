// From rows to the catalogue: schemas, types, constraints, triggers, functions and all else that is no relation, and dependencies.
#include <string.h>

#include "base/str.h"
#include "snapshot/build.h"

static void add(struct build *b, struct cat_object *object)
{
    if (object->oid && object->name) {
        cat_add(b->snap->cat, object);
    }
}

static void add_other(struct build *b, enum cat_class class, const char *what, struct cat_other other)
{
    struct cat_other *o = LC_NEW(b->arena, struct cat_other);
    *o = other;
    o->o.class = class;
    o->what = what;
    add(b, &o->o);
}

// --- schemas, extensions, types -------------------------------------------------------------------------------------------------

static void add_namespace(struct build *b, const char *const *row)
{
    add_other(b, CAT_NAMESPACE, "schema",
              (struct cat_other){
                  .o = build_head(CAT_NAMESPACE, row[C_namespace_oid], row[C_namespace_name], NULL, row[C_namespace_owner])});
}

// The empty catalogue has a schema public of its own; the server's may be another one, or be gone.
static void forget_public(struct build *b)
{
    const struct cat_object *public = cat_get(b->snap->cat, CAT_NAMESPACE, cat_schema_oid(b->snap->cat, "public"));
    if (public && snap_nrows(b->tables, SUBJECT_namespace) > 0) {
        cat_remove(b->snap->cat, public);
    }
}

static void add_extension(struct build *b, const char *const *row)
{
    add_other(b, CAT_EXTENSION, "extension",
              (struct cat_other){.o = build_head(CAT_EXTENSION, row[C_extension_oid], row[C_extension_name],
                                                 row[C_extension_schema], row[C_extension_owner]),
                                 .version = row[C_extension_version]});
}

static void add_type(struct build *b, const char *const *row)
{
    struct cat_type *t = LC_NEW(b->arena, struct cat_type);
    struct snap_list labels = snap_list(b->arena, row[C_type_labels]);
    *t = (struct cat_type){
        .o = build_head(CAT_TYPE, row[C_type_oid], row[C_type_name], row[C_type_schema], row[C_type_owner]),
        .typtype = snap_char(row[C_type_typtype]),
        .category = snap_char(row[C_type_category]),
        .preferred = snap_bool(row[C_type_preferred]),
        .notnull = snap_bool(row[C_type_notnull]),
        .byval = snap_bool(row[C_type_byval]),
        .len = row[C_type_len] ? snap_int(row[C_type_len]) : -1,
        .align = snap_char(row[C_type_align]),
        .storage = snap_char(row[C_type_storage]),
        .basetype = snap_oid(row[C_type_basetype]),
        .typtypmod = row[C_type_typtypmod] ? snap_int(row[C_type_typtypmod]) : -1,
        .elem = snap_oid(row[C_type_elem]),
        .array = snap_oid(row[C_type_array]),
        .rngsubtype = snap_oid(row[C_type_rngsubtype]),
        .multirange = snap_oid(row[C_type_multirange]),
        .collation = row[C_type_collation],
        .def = build_expr(b, row[C_type_def]),
        .labels = labels.items,
        .nlabels = labels.len,
    };
    add(b, &t->o);
}

// --- what hangs on tables --------------------------------------------------------------------------------------------------------

static void add_constraint(struct build *b, const char *const *row)
{
    struct cat_constraint *c = LC_NEW(b->arena, struct cat_constraint);
    *c = (struct cat_constraint){
        .o = build_head(CAT_CONSTRAINT, row[C_constraint_oid], row[C_constraint_name], row[C_constraint_schema], NULL),
        .contype = snap_char(row[C_constraint_contype]),
        .conrelid = snap_oid(row[C_constraint_conrelid]),
        .contypid = snap_oid(row[C_constraint_contypid]),
        .conindid = snap_oid(row[C_constraint_conindid]),
        .confrelid = snap_oid(row[C_constraint_confrelid]),
        .conparentid = snap_oid(row[C_constraint_conparentid]),
        .conkey = build_attnums(b, snap_list(b->arena, row[C_constraint_conkey])),
        .confkey = build_attnums(b, snap_list(b->arena, row[C_constraint_confkey])),
        .confupdtype = snap_char(row[C_constraint_confupdtype]),
        .confdeltype = snap_char(row[C_constraint_confdeltype]),
        .confmatchtype = snap_char(row[C_constraint_confmatchtype]),
        .convalidated = snap_bool(row[C_constraint_convalidated]),
        .commented = snap_bool(row[C_constraint_commented]),
        .conenforced = snap_bool(row[C_constraint_conenforced]),
        .connoinherit = snap_bool(row[C_constraint_connoinherit]),
        .condeferrable = snap_bool(row[C_constraint_condeferrable]),
        .condeferred = snap_bool(row[C_constraint_condeferred]),
        .conislocal = snap_bool(row[C_constraint_conislocal]),
        .conperiod = snap_bool(row[C_constraint_conperiod]),
        .coninhcount = snap_int(row[C_constraint_coninhcount]),
        .expr = build_expr(b, row[C_constraint_expr]),
        .def_text = row[C_constraint_def],
    };
    const struct cat_relation *index =
        c->conindid && c->contype && strchr("pux", c->contype) ? cat_relation(b->snap->cat, c->conindid) : NULL;
    if (index && index->index) {
        index->index->constraint = c->o.oid; // ours, not shared yet
    }
    if (c->conrelid || c->contypid) {
        add(b, &c->o);
    }
}

#define F_RI_FKEY_CHECK_INS 1644 // utils/fmgroids.h: the triggers of foreign keys, those on the referencing table first
#define F_RI_FKEY_CHECK_UPD 1645
#define F_RI_FKEY_NOACTION_UPD 1655

// A foreign key's own triggers are not kept, but whether they fire.
static bool is_key_trigger(struct build *b, const char *const *row)
{
    Oid function = snap_oid(row[C_trigger_funcid]);
    struct cat_constraint *con = // ours, not shared yet
        (struct cat_constraint *)(uintptr_t)cat_constraint(b->snap->cat, snap_oid(row[C_trigger_constraint]));

    if (function < F_RI_FKEY_CHECK_INS || function > F_RI_FKEY_NOACTION_UPD)
        return false;
    if (con)
        *(function <= F_RI_FKEY_CHECK_UPD ? &con->check_enabled : &con->action_enabled) = snap_char(row[C_trigger_enabled]);
    return true;
}

// Has a trigger a condition, or arguments for its function? In doubt the parser knows.
static bool says_more(const char *def)
{
    size_t len = def ? strlen(def) : 0;

    return len && (strstr(def, " WHEN ") || len < 2 || strcmp(def + len - 2, "()") != 0);
}

static void add_trigger(struct build *b, const char *const *row)
{
    if (is_key_trigger(b, row))
        return;
    struct cat_trigger *t = LC_NEW(b->arena, struct cat_trigger);
    const CreateTrigStmt *stmt =
        says_more(row[C_trigger_def]) ? AS(CreateTrigStmt, build_statement(b, row[C_trigger_def])) : NULL;
    *t = (struct cat_trigger){
        .o = build_head(CAT_TRIGGER, row[C_trigger_oid], row[C_trigger_name], NULL, NULL),
        .relid = snap_oid(row[C_trigger_relid]),
        .funcid = snap_oid(row[C_trigger_funcid]),
        .constraint = snap_oid(row[C_trigger_constraint]),
        .parent = snap_oid(row[C_trigger_parent]),
        .constrrelid = snap_oid(row[C_trigger_constrrelid]),
        .type = snap_int(row[C_trigger_type]),
        .enabled = snap_char(row[C_trigger_enabled]),
        .deferrable = snap_bool(row[C_trigger_deferrable]),
        .initdeferred = snap_bool(row[C_trigger_initdeferred]),
        .columns = build_attnums(b, snap_words(b->arena, row[C_trigger_columns])),
        .when = stmt ? stmt->whenClause : NULL,
        .args = stmt ? stmt->args : (NodeList){0},
    };
    add(b, &t->o);
}

static CmdType rule_event(char event)
{
    return event == '1' ? CMD_SELECT : event == '2' ? CMD_UPDATE : event == '3' ? CMD_INSERT : CMD_DELETE;
}

static void add_rule(struct build *b, const char *const *row)
{
    struct cat_rule *r = LC_NEW(b->arena, struct cat_rule);
    const RuleStmt *stmt = AS(RuleStmt, build_statement(b, row[C_rule_def]));
    *r = (struct cat_rule){
        .o = build_head(CAT_RULE, row[C_rule_oid], row[C_rule_name], NULL, NULL),
        .relid = snap_oid(row[C_rule_relid]),
        .event = rule_event(snap_char(row[C_rule_event])),
        .instead = snap_bool(row[C_rule_instead]),
        .enabled = snap_char(row[C_rule_enabled]),
        .where = stmt ? stmt->whereClause : NULL,
        .actions = stmt ? stmt->actions : (NodeList){0},
        .def_text = row[C_rule_def],
    };
    add(b, &r->o);
}

// Names, with NULL behind the last; NULL where there is none.
static const char *const *names_of(struct build *b, const char *cell)
{
    struct snap_list list = snap_list(b->arena, cell);
    const char **names = LC_NEW_ARRAY(b->arena, const char *, (size_t)list.len + 1);
    for (int i = 0; i < list.len; i++) {
        names[i] = list.items[i];
    }
    return list.len ? names : NULL;
}

static void add_policy(struct build *b, const char *const *row)
{
    struct cat_policy *p = LC_NEW(b->arena, struct cat_policy);
    *p = (struct cat_policy){
        .o = build_head(CAT_POLICY, row[C_policy_oid], row[C_policy_name], NULL, NULL),
        .relid = snap_oid(row[C_policy_relid]),
        .cmd = snap_char(row[C_policy_cmd]),
        .qual = build_expr(b, row[C_policy_qual]),
        .check = build_expr(b, row[C_policy_with_check]),
        .roles = names_of(b, row[C_policy_roles]),
    };
    add(b, &p->o);
}

static void add_statistics(struct build *b, const char *const *row)
{
    add_other(b, CAT_STATISTICS, "statistics",
              (struct cat_other){.o = build_head(CAT_STATISTICS, row[C_statistics_oid], row[C_statistics_name],
                                                 row[C_statistics_schema], row[C_statistics_owner]),
                                 .relid = snap_oid(row[C_statistics_relid]),
                                 .columns = build_attnums(b, snap_words(b->arena, row[C_statistics_columns]))});
}

// --- functions and operators ------------------------------------------------------------------------------------------------------

// An SQL-standard body (RETURN, BEGIN ATOMIC) has no source: it is in the definition.
static Node *standard_body(struct build *b, const char *const *row)
{
    const char *source = row[C_function_source], *language = row[C_function_language];
    if (!source || source[0] || !language || strcmp(language, "sql") != 0) {
        return NULL;
    }
    const CreateFunctionStmt *stmt = AS(CreateFunctionStmt, build_statement(b, row[C_function_def]));
    return stmt ? stmt->sql_body : NULL;
}

static void add_function(struct build *b, const char *const *row)
{
    struct cat_proc *p = LC_NEW(b->arena, struct cat_proc);
    struct cat_oids args = build_oids(b, snap_words(b->arena, row[C_function_argtypes]));
    struct cat_oids outs = build_oids(b, snap_list(b->arena, row[C_function_outtypes]));
    struct snap_list names = snap_list(b->arena, row[C_function_argnames]),
                     outnames = snap_list(b->arena, row[C_function_outnames]);
    struct snap_list config = snap_list(b->arena, row[C_function_config]);
    struct lc_str set;
    lc_str_init(&set, b->arena, LC_STR_MAX);
    for (int i = 0; i < config.len; i++) {
        lc_str_addf(&set, "%s%s", i ? "," : "", config.items[i] ? config.items[i] : "");
    }
    *p = (struct cat_proc){
        .o = build_head(CAT_PROC, row[C_function_oid], row[C_function_name], row[C_function_schema], row[C_function_owner]),
        .kind = snap_char(row[C_function_kind]),
        .volatility = snap_char(row[C_function_volatility]),
        .isstrict = snap_bool(row[C_function_isstrict]),
        .retset = snap_bool(row[C_function_retset]),
        .secdef = snap_bool(row[C_function_secdef]),
        .leakproof = snap_bool(row[C_function_leakproof]),
        .variadic = snap_bool(row[C_function_variadic]),
        .rettype = snap_oid(row[C_function_rettype]),
        .argtypes = args.items,
        .nargs = args.len,
        .ndefaults = snap_int(row[C_function_ndefaults]),
        .argnames = names.len >= args.len && args.len > 0 ? names.items : NULL,
        .outtypes = outs.items,
        .outnames = outs.len == outnames.len ? outnames.items : LC_NEW_ARRAY(b->arena, const char *, outs.len),
        .nout = outs.len,
        .language = row[C_function_language],
        .source = row[C_function_source],
        .def_text = row[C_function_def],
        .sqlbody = standard_body(b, row),
        .config = set.len ? set.text : NULL,
    };
    add(b, &p->o);
}

static void add_cast(struct build *b, const char *const *row)
{
    struct cat_cast *c = LC_NEW(b->arena, struct cat_cast);
    *c = (struct cat_cast){
        .o = {.class = CAT_CAST, .oid = snap_oid(row[C_cast_oid])}, // the catalogue names it
        .source = snap_oid(row[C_cast_source]),
        .target = snap_oid(row[C_cast_target]),
        .func = snap_oid(row[C_cast_func]),
        .context = snap_char(row[C_cast_context]),
        .method = snap_char(row[C_cast_method]),
    };
    if (c->o.oid) {
        cat_add(b->snap->cat, &c->o);
    }
}

static void add_operator(struct build *b, const char *const *row)
{
    struct cat_operator *o = LC_NEW(b->arena, struct cat_operator);
    *o = (struct cat_operator){
        .o = build_head(CAT_OPERATOR, row[C_operator_oid], row[C_operator_name], row[C_operator_schema], row[C_operator_owner]),
        .left = snap_oid(row[C_operator_left]),
        .right = snap_oid(row[C_operator_right]),
        .result = snap_oid(row[C_operator_result]),
        .proc = snap_oid(row[C_operator_proc]),
        .commutator = snap_oid(row[C_operator_commutator]),
        .negator = snap_oid(row[C_operator_negator]),
    };
    add(b, &o->o);
}

static void add_opclass(struct build *b, const char *const *row)
{
    struct cat_opclass *o = LC_NEW(b->arena, struct cat_opclass);
    *o = (struct cat_opclass){
        .o = build_head(CAT_OPCLASS, row[C_opclass_oid], row[C_opclass_name], row[C_opclass_schema], row[C_opclass_owner]),
        .am = row[C_opclass_am],
        .family = snap_oid(row[C_opclass_family]),
        .intype = snap_oid(row[C_opclass_intype]),
        .keytype = snap_oid(row[C_opclass_keytype]),
        .isdefault = snap_bool(row[C_opclass_isdefault]),
    };
    add(b, &o->o);
}

static void add_publication(struct build *b, const char *const *row)
{
    struct cat_publication *p = LC_NEW(b->arena, struct cat_publication);
    *p = (struct cat_publication){
        .o = build_head(CAT_PUBLICATION, row[C_publication_oid], row[C_publication_name], NULL, row[C_publication_owner]),
        .alltables = snap_bool(row[C_publication_alltables]),
        .update = snap_bool(row[C_publication_publishes_update]),
        .delete = snap_bool(row[C_publication_publishes_delete]),
        .viaroot = snap_bool(row[C_publication_viaroot]),
        .generated = snap_bool(row[C_publication_generated]),
        .relations = build_oids(b, snap_list(b->arena, row[C_publication_relations])),
        .schemas = build_oids(b, snap_list(b->arena, row[C_publication_schemas])),
    };
    add(b, &p->o);
}

static void add_event_trigger(struct build *b, const char *const *row)
{
    add_other(b, CAT_EVENT_TRIGGER, "event trigger",
              (struct cat_other){
                  .o = build_head(CAT_EVENT_TRIGGER, row[C_event_trigger_oid], row[C_event_trigger_name], NULL,
                                  row[C_event_trigger_owner]),
                  .event = row[C_event_trigger_event],
                  .funcid = snap_oid(row[C_event_trigger_funcid]),
                  .enabled = snap_char(row[C_event_trigger_enabled]),
                  .tags = names_of(b, row[C_event_trigger_tags]),
              });
}

static void add_publication_rel(struct build *b, const char *const *row)
{
    struct cat_publication_rel *p = LC_NEW(b->arena, struct cat_publication_rel);
    *p = (struct cat_publication_rel){
        .o = build_head(CAT_PUBLICATION_REL, row[C_publication_rel_oid], NULL, NULL, NULL),
        .pubid = snap_oid(row[C_publication_rel_pubid]),
        .relid = snap_oid(row[C_publication_rel_relid]),
        .columns = build_attnums(b, snap_words(b->arena, row[C_publication_rel_columns])),
        .where = build_expr(b, row[C_publication_rel_qual]),
    };
    add(b, &p->o);
}

// --- classes and dependencies ---------------------------------------------------------------------------------------------------

static const struct {
    const char *name;
    enum cat_class class;
} classes[] = {
    {"relation", CAT_RELATION},
    {"type", CAT_TYPE},
    {"function", CAT_PROC},
    {"constraint", CAT_CONSTRAINT},
    {"default", CAT_ATTRDEF},
    {"trigger", CAT_TRIGGER},
    {"rule", CAT_RULE},
    {"policy", CAT_POLICY},
    {"namespace", CAT_NAMESPACE},
    {"extension", CAT_EXTENSION},
    {"statistics", CAT_STATISTICS},
    {"publication", CAT_PUBLICATION},
    {"publication_rel", CAT_PUBLICATION_REL},
    {"operator", CAT_OPERATOR},
    {"opclass", CAT_OPCLASS},
    {"opfamily", CAT_OPFAMILY},
    {"cast", CAT_CAST},
    {"collation", CAT_COLLATION},
    {"event_trigger", CAT_EVENT_TRIGGER},
    {"other", CAT_OTHER},
};

static enum cat_class class_of(const char *name)
{
    for (size_t i = 0; name && i < sizeof classes / sizeof *classes; i++) {
        if (strcmp(classes[i].name, name) == 0) {
            return classes[i].class;
        }
    }
    return CAT_NONE;
}

static void add_named(struct build *b, const char *const *row)
{
    enum cat_class class = class_of(row[C_other_class]);
    if (class == CAT_OPFAMILY || class == CAT_COLLATION || class == CAT_EVENT_TRIGGER || class == CAT_OTHER) {
        add_other(b, class, row[C_other_what],
                  (struct cat_other){
                      .o = build_head(class, row[C_other_oid], row[C_other_name], row[C_other_schema], row[C_other_owner])});
    }
}

static void add_depend(struct build *b, const char *const *row)
{
    struct cat_address object = {class_of(row[C_depend_class]), snap_oid(row[C_depend_oid]), snap_int(row[C_depend_subid])};
    struct cat_address ref = {class_of(row[C_depend_refclass]), snap_oid(row[C_depend_refoid]), snap_int(row[C_depend_refsubid])};
    if (object.class && ref.class && object.oid && ref.oid) {
        cat_depend(b->snap->cat, object, ref, snap_char(row[C_depend_deptype]));
    }
}

// --- the whole ----------------------------------------------------------------------------------------------------------------------

static void each_row(struct build *b, enum snap_subject subject, void (*add_row)(struct build *b, const char *const *row))
{
    for (int i = 0; i < snap_nrows(b->tables, subject); i++) {
        add_row(b, snap_row(b->tables, subject, i));
    }
}

void build_names(struct build *b)
{
    forget_public(b);
    each_row(b, SUBJECT_namespace, add_namespace);
    each_row(b, SUBJECT_extension, add_extension);
    each_row(b, SUBJECT_other, add_named);
    each_row(b, SUBJECT_type, add_type);
}

void build_objects(struct build *b)
{
    each_row(b, SUBJECT_constraint, add_constraint);
    each_row(b, SUBJECT_function, add_function);
    each_row(b, SUBJECT_trigger, add_trigger);
    each_row(b, SUBJECT_rule, add_rule);
    each_row(b, SUBJECT_policy, add_policy);
    each_row(b, SUBJECT_statistics, add_statistics);
    each_row(b, SUBJECT_cast, add_cast);
    each_row(b, SUBJECT_operator, add_operator);
    each_row(b, SUBJECT_opclass, add_opclass);
    each_row(b, SUBJECT_publication, add_publication);
    each_row(b, SUBJECT_event_trigger, add_event_trigger);
    each_row(b, SUBJECT_publication_rel, add_publication_rel);
    each_row(b, SUBJECT_depend, add_depend);
}

// What functions do that a query calls: sequences, definitions that are printed, and the bodies of SQL and PL/pgSQL functions.
#include "footprint/fp_eval.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "catalog/apply_internal.h"
#include "catalog/expr.h"
#include "catalog/oids.h"

#define MAX_CANDIDATES 64

// --- names in literals ---------------------------------------------------------------------------------------------------------------

// regclassin, textToQualifiedNameList: "a.b", quoted parts kept as they are, others folded.
const struct cat_relation *fq_find_by_text(struct fp_session *s, const char *text)
{
    const char *part[3] = {NULL, NULL, NULL};
    int n = 0;

    while (text && *text && n < 3) {
        struct lc_str word;
        lc_str_init(&word, s->arena, LC_STR_MAX);
        if (*text == '"') {
            for (text++; *text && !(*text == '"' && text[1] != '"'); text++) {
                if (*text == '"')
                    text++;
                lc_str_addc(&word, *text);
            }
            text += *text == '"';
        } else {
            for (; *text && *text != '.'; text++)
                lc_str_addc(&word, (char)(*text >= 'A' && *text <= 'Z' ? *text + 32 : *text));
        }
        part[n++] = word.text;
        text += *text == '.';
    }
    return n ? cat_find_relation(s->cat, n > 1 ? part[n - 2] : NULL, part[n - 1]) : NULL;
}

// The value of an argument: a constant, or what the body that calls makes of it.
static struct fp_val argument_value(struct fp_session *s, const Node *arg)
{
    long steps = 10000;
    struct fp_env none = {.s = s, .steps = &steps};

    return arg ? fp_eval(s->env ? s->env : &none, arg) : fpv_unknown();
}

static const char *text_argument(struct fp_session *s, const Node *arg)
{
    const TypeCast *tc = AS(TypeCast, arg);
    const A_Const *c;
    const Node *inner = arg;
    struct fp_val v;

    while (tc) {
        inner = tc->arg;
        tc = AS(TypeCast, inner);
    }
    c = AS(A_Const, inner);
    if (c)
        return node_string(c->val);
    v = argument_value(s, arg);
    return v.kind == FPV_TEXT ? v.text : NULL;
}

static const Node *argument(const FuncCall *call, int i)
{
    return call && i < call->args.length ? call->args.items[i] : NULL;
}

const char *fq_text_argument(struct fp_session *s, const FuncCall *call, int i)
{
    return text_argument(s, argument(call, i));
}

static const struct cat_relation *serial_sequence(struct fp_session *s, const FuncCall *call)
{
    const char *table = text_argument(s, argument(call, 0)), *column = text_argument(s, argument(call, 1));
    const struct cat_relation *rel = fq_find_by_text(s, table);
    const struct cat_attribute *att = rel && column ? cat_find_column(rel, column) : NULL;

    if ((!table || !column) && !s->traffic)
        fp_note(s, "dynamic-sql", true, "a function is called for a relation that cannot be told beforehand");
    return att ? fq_owned_sequence(s, rel, att) : NULL;
}

// NULL: there is none, or it is said that it cannot be told.
static const struct cat_relation *relation_argument(struct fp_session *s, const Node *arg)
{
    const TypeCast *tc = AS(TypeCast, arg);
    const FuncCall *call = AS(FuncCall, tc ? tc->arg : arg);
    const char *text;
    struct fp_val v;

    if (call && lc_streq(list_last_name(&call->funcname), "pg_get_serial_sequence"))
        return serial_sequence(s, call);
    text = text_argument(s, arg);
    if (text)
        return fq_find_by_text(s, text);
    v = argument_value(s, arg);
    if (v.kind == FPV_UNKNOWN && !s->traffic)
        fp_note(s, "dynamic-sql", true, "a function is called for a relation that cannot be told beforehand");
    return fp_oid_of(v) ? cat_relation(s->cat, fp_oid_of(v)) : NULL;
}

// --- functions of the server -------------------------------------------------------------------------------------------------------------

static void do_sequence(struct fq_query *q, const FuncCall *call)
{
    const Node *value = argument(call, 1);
    bool was = q->s->uncertain;

    // setval is strict: without a value it is not called
    if (value && !IsA(value, A_Const))
        q->s->uncertain = true;
    fp_lock_sequence(q->s, relation_argument(q->s, argument(call, 0)), &fq_rules[FQ_SEQUENCE]);
    q->s->uncertain = was;
}

static void do_nextval(struct fq_query *q, const FuncCall *call)
{
    const struct cat_relation *seq = relation_argument(q->s, argument(call, 0));

    do_sequence(q, call);
    if (seq && !q->s->traffic)
        q->s->last_sequence = seq->o.oid;
}

// The sequence that the session's last nextval was of.
static void do_lastval(struct fq_query *q, const FuncCall *call)
{
    (void)call;
    if (!q->s->traffic)
        fp_lock_sequence(q->s, cat_relation(q->s->cat, q->s->last_sequence), &fq_rules[FQ_SEQUENCE]);
}

static void do_sleep(struct fq_query *q, const FuncCall *call)
{
    const A_Const *c = AS(A_Const, argument(call, 0));
    const char *text = text_argument(q->s, argument(call, 0));
    struct fp_work *w;

    if (q->s->traffic)
        return;
    w = fp_add_work(q->s, FP_SLEEP, NULL, "pg_sleep");
    if (c && IsA(c->val, Integer))
        w->sleep_ms = (double)((const Integer *)(const void *)c->val)->ival * 1000;
    else if (c && IsA(c->val, Float))
        w->sleep_ms = strtod(((const Float *)(const void *)c->val)->fval, NULL) * 1000;
    else if (text)
        w->sleep_ms = strtod(text, NULL) * 1000;
    else
        w->kind = FP_UNKNOWN_WORK;
}

void fq_lock_definition(struct fp_session *s, const struct cat_relation *view)
{
    struct fq_query sub;

    if (!view || view->relkind != 'v' || !view->view_query)
        return;
    // up to 15 the view's own rule has the view itself as OLD and NEW
    if (cat_major(s->cat) < 16)
        fp_lock_mode(s, view, LC_ACCESS_SHARE, &fq_rules[FQ_CATALOG_FUNCTION]);
    fq_init(&sub, s, FQ_ANALYZE);
    (void)fq_run_query(&sub, view->view_query, false);
}

static void do_viewdef(struct fq_query *q, const FuncCall *call)
{
    fq_lock_definition(q->s, relation_argument(q->s, argument(call, 0)));
}

// print_function_sqlbody (utils/adt/ruleutils.c): AcquireRewriteLocks on what the body is about, whatever it does with it.
static bool lock_in_body(const Node *node, void *context)
{
    struct fq_query *q = context;

    if (IsA(node, RangeVar))
        fp_lock_mode(q->s, fq_find(q->s, AS(RangeVar, node)), LC_ACCESS_SHARE, &fq_rules[FQ_CATALOG_FUNCTION]);
    return true;
}

// Of several functions of the name none is told: regproc would be refused, regprocedure names the arguments.
static void do_functiondef(struct fq_query *q, const FuncCall *call)
{
    const TypeCast *tc = AS(TypeCast, argument(call, 0));
    const char *text = tc ? text_argument(q->s, tc->arg) : NULL, *dot = text ? strchr(text, '.') : NULL;
    const char *schema = dot ? lc_strndup(q->s->arena, text, (size_t)(dot - text)) : NULL;
    const char *name = dot ? dot + 1 : text;
    const struct cat_proc *procs[MAX_CANDIDATES];
    size_t len = name ? strcspn(name, "(") : 0;
    int n = len ? cat_find_procs(q->s->cat, schema, lc_strndup(q->s->arena, name, len), procs, MAX_CANDIDATES) : 0;

    if (n == 1 && procs[0]->sqlbody)
        node_walk(procs[0]->sqlbody, lock_in_body, q);
}

// find_all_inheritors: the partitions, not the table itself (pg_partition_tree, utils/adt/partitionfuncs.c).
static void do_partition_tree(struct fq_query *q, const FuncCall *call)
{
    const struct cat_relation *rel = relation_argument(q->s, argument(call, 0));
    struct cat_oids all = {0};

    if (rel && strchr("pI", rel->relkind))
        cat_inheritors(q->s->cat, rel->o.oid, &all);
    for (int i = 1; i < all.len; i++)
        fp_lock_mode(q->s, cat_relation(q->s->cat, all.items[i]), LC_ACCESS_SHARE, &fq_rules[FQ_CATALOG_FUNCTION]);
}

// The relation is opened, and its lock kept: satisfies_hash_partition, table_to_xml.
static void do_open(struct fq_query *q, const FuncCall *call)
{
    fp_lock_mode(q->s, relation_argument(q->s, argument(call, 0)), LC_ACCESS_SHARE, &fq_rules[FQ_CATALOG_FUNCTION]);
}

void fq_run_text(struct fq_query *q, const char *text)
{
    const Node *tree = text ? lc_sql_parse_one(q->s->arena, text, NULL) : NULL;

    if (tree)
        fp_nested(q->s, tree, text);
    else
        fp_note(q->s, "dynamic-sql", true, "a function runs a query that cannot be told beforehand");
}

// The value after 'name' in a list of names and values, or the argument called so; NULL: none.
static const char *paired_argument(struct fq_query *q, const FuncCall *call, const char *name, int place)
{
    for (LIST_EACH(i, &call->args)) {
        const NamedArgExpr *named = AS(NamedArgExpr, call->args.items[i]);
        if (named && lc_streq(named->name, name))
            return text_argument(q->s, (const Node *)named->arg);
        if (place < 0 && i % 2 == 0 && lc_streq(text_argument(q->s, call->args.items[i]), name))
            return text_argument(q->s, argument(call, i + 1));
    }
    return place >= 0 && !IsA(argument(call, place), NamedArgExpr) ? text_argument(q->s, argument(call, place)) : NULL;
}

// stats_lock_check_privileges (statistics/stat_utils.c): the table in the mode of ANALYZE; of an index its table too.
static void lock_statistics(struct fq_query *q, const FuncCall *call, bool pairs, bool columns)
{
    const char *schema = paired_argument(q, call, "schemaname", pairs ? -1 : 0),
               *name = paired_argument(q, call, "relname", pairs ? -1 : 1);
    const struct cat_relation *rel = name ? cat_find_relation(q->s->cat, schema, name) : NULL;

    if (rel && rel->index)
        fp_lock_mode(q->s, cat_relation(q->s->cat, rel->index->indrelid), LC_SHARE_UPDATE_EXCLUSIVE, &fq_rules[FQ_STATISTICS]);
    fp_lock_mode(q->s, rel, LC_SHARE_UPDATE_EXCLUSIVE, &fq_rules[FQ_STATISTICS]);
    if (columns)
        fp_lock_mode(q->s, rel, LC_ACCESS_SHARE, &fq_rules[FQ_CATALOG_FUNCTION]);
}

static void do_restore_relation_stats(struct fq_query *q, const FuncCall *call)
{
    lock_statistics(q, call, true, false);
}

static void do_restore_attribute_stats(struct fq_query *q, const FuncCall *call)
{
    lock_statistics(q, call, true, true);
}

static void do_clear_stats(struct fq_query *q, const FuncCall *call)
{
    lock_statistics(q, call, false, false);
}

// Functions that run a query given as a text.
static void do_query(struct fq_query *q, const FuncCall *call)
{
    fq_run_text(q, text_argument(q->s, argument(call, 0)));
}

static void do_ts_rewrite(struct fq_query *q, const FuncCall *call)
{
    if (call->args.length == 2)
        fq_run_text(q, text_argument(q->s, argument(call, 1)));
}

struct schema_xml {
    struct fq_query *q;
    Oid schema; // InvalidOid: all that are the user's
};

static void open_table(const struct cat_object *object, void *context)
{
    const struct schema_xml *x = context;
    const struct cat_relation *rel = (const struct cat_relation *)(const void *)object;

    if ((x->schema ? object->schema == x->schema : true) && strchr("rmv", rel->relkind))
        fp_nested(x->q->s,
                  lc_sql_parse_one(x->q->s->arena,
                                   lc_printf(x->q->s->arena, "SELECT * FROM %s", cat_qualified_name(x->q->s->cat, rel)), NULL),
                  "");
}

static bool is_null_constant(const Node *arg)
{
    const TypeCast *tc = AS(TypeCast, arg);
    const A_Const *c = AS(A_Const, tc ? tc->arg : arg);

    return c && c->isnull;
}

// satisfies_hash_partition (partbounds.c) answers before it opens anything when table, modulus or remainder is null.
static void do_satisfies_hash(struct fq_query *q, const FuncCall *call)
{
    if (!is_null_constant(argument(call, 1)) && !is_null_constant(argument(call, 2)))
        do_open(q, call);
}

// schema_get_xml_visible_tables, utils/adt/xml.c.
static void do_schema_xml(struct fq_query *q, const FuncCall *call)
{
    const char *name = text_argument(q->s, argument(call, 0));
    struct schema_xml x = {q, name ? cat_schema_oid(q->s->cat, name) : InvalidOid};

    if (x.schema)
        cat_each(q->s->cat, CAT_RELATION, open_table, &x);
}

static void do_set_config(struct fq_query *q, const FuncCall *call)
{
    const char *name = text_argument(q->s, argument(call, 0)), *value = text_argument(q->s, argument(call, 1));
    const A_Const *local = AS(A_Const, argument(call, 2));
    const Boolean *b = local ? AS(Boolean, local->val) : NULL;

    if (!q->s->traffic && !value && (!name || lc_strieq(name, "search_path"))) {
        q->s->unknown_effects = FP_UNKNOWN_OBJECTS;
        fp_note(q->s, "dynamic-sql", true, "set_config changes what cannot be told beforehand: names may mean other relations");
    }
    if (!q->s->traffic && name && value)
        fp_set(q->s, name, value, !b || b->boolval);
}

static const struct {
    const char *name;
    void (*run)(struct fq_query *q, const FuncCall *call);
} server_functions[] = {
    {"nextval", do_nextval},
    {"lastval", do_lastval},
    {"setval", do_sequence},
    {"currval", do_sequence},
    {"pg_sleep", do_sleep},
    {"pg_get_viewdef", do_viewdef},
    {"pg_get_functiondef", do_functiondef},
    {"pg_get_function_sqlbody", do_functiondef},
    {"set_config", do_set_config},
    {"pg_sequence_last_value", do_sequence},
    {"pg_partition_tree", do_partition_tree},
    {"satisfies_hash_partition", do_satisfies_hash},
    {"table_to_xml", do_open},
    {"table_to_xmlschema", do_open},
    {"table_to_xml_and_xmlschema", do_open},
    {"query_to_xml", do_query},
    {"query_to_xmlschema", do_query},
    {"query_to_xml_and_xmlschema", do_query},
    {"schema_to_xml", do_schema_xml},
    {"schema_to_xmlschema", do_schema_xml},
    {"schema_to_xml_and_xmlschema", do_schema_xml},
    {"ts_stat", do_query},
    {"pg_restore_relation_stats", do_restore_relation_stats},
    {"pg_restore_attribute_stats", do_restore_attribute_stats},
    {"pg_clear_relation_stats", do_clear_stats},
    {"pg_clear_attribute_stats", do_clear_stats},
    {"ts_rewrite", do_ts_rewrite},
};

static bool server_function(struct fq_query *q, const FuncCall *call, const char *schema, const char *name)
{
    bool was = q->s->uncertain;

    if (schema && strcmp(schema, "pg_catalog") != 0)
        return false;
    for (size_t i = 0; i < sizeof server_functions / sizeof *server_functions; i++) {
        if (strcmp(server_functions[i].name, name) != 0)
            continue;
        q->s->uncertain |= q->conditional;
        if (q->stage >= FQ_EXECUTE)
            server_functions[i].run(q, call);
        q->s->uncertain = was;
        return true;
    }
    return false;
}

// --- functions with a body -----------------------------------------------------------------------------------------------------------------

static bool accepts(const struct cat_proc *p, int nargs)
{
    return p->variadic ? nargs >= p->nargs - 1 : nargs <= p->nargs && nargs >= p->nargs - p->ndefaults;
}

static const struct cat_proc *find_proc(struct fq_query *q, const FuncCall *call, const char *schema, const char *name)
{
    const struct cat_proc *procs[MAX_CANDIDATES], *one = NULL;
    int n = cat_find_procs(q->s->cat, schema, name, procs, MAX_CANDIDATES), fit = 0, nargs = call->args.length;
    struct cat_scope scope = {0};
    Oid *types;

    for (int i = 0; i < n && i < MAX_CANDIDATES; i++) {
        if (accepts(procs[i], nargs)) {
            one = one ? one : procs[i];
            fit++;
        }
    }
    // CALL gives OUT arguments too (since 14), which are not evaluated (ProcedureCreate, ExecuteCallStmt)
    if (!fit && n == 1 && procs[0]->kind == 'p' && procs[0]->nargs == 0)
        return procs[0];
    if (fit < 2)
        return one;
    types = LC_NEW_ARRAY(q->arena, Oid, nargs + 1);
    for (int i = 0; i < nargs; i++)
        types[i] = cat_expr_type(q->s->cat, &scope, call->args.items[i], NULL);
    {
        const struct cat_proc *best = cat_find_proc(q->s->cat, schema, name, types, nargs);
        return best ? best : one;
    }
}

static bool has_body(const struct cat_proc *p)
{
    return p->source || p->sqlbody || p->def_text;
}

static bool is_trigger_function(const struct cat_proc *p)
{
    return p->rettype == TRIGGEROID || p->rettype == EVENT_TRIGGEROID;
}

// SELECT of nothing but a function is there for what it does (create_hypertable, AddGeometryColumn).
static void note_unknown(struct fq_query *q, const struct fq_level *level, const char *schema, const char *name)
{
    const struct cat_proc *one;

    if (q->s->top_level && !q->s->traffic && !q->s->of_body && level && !level->outer && !level->sources.len &&
        cat_has_unknown_extension(q->s->cat) && cat_find_procs(q->s->cat, schema, name, &one, 1) == 0)
        fp_note(q->s, "unknown-function", true, "function %s is of an extension: what it does is not known", name);
}

void fq_function(struct fq_query *q, struct fq_level *level, const FuncCall *call, bool in_from)
{
    const char *name = list_last_name(&call->funcname), *schema = list_schema_name(&call->funcname);
    const struct cat_proc *p;
    struct fq_call c = {.call = call, .in_from = in_from};

    if (!name || q->stage < FQ_PLAN || server_function(q, call, schema, name))
        return;
    p = find_proc(q, call, schema, name);
    if (!p)
        note_unknown(q, level, schema, name);
    if (p && lc_streq(p->language, "c"))
        fq_extension_function(q, call, p);
    if (!p || p->kind == 'a' || p->kind == 'w' || lc_streq(p->language, "internal") || lc_streq(p->language, "c"))
        return;
    if (!lc_streq(p->language, "sql") && !lc_streq(p->language, "plpgsql"))
        fp_note(q->s, "unknown-function", true, "function %s is written in %s: what it does is not known", p->o.name,
                p->language ? p->language : "an unknown language");
    if (in_from && is_trigger_function(p)) { // addRangeTableEntryForFunction (parse_relation.c)
        fp_refuse(q->s, "42804", "function \"%s\" in FROM has unsupported return type %s", p->o.name,
                  p->rettype == TRIGGEROID ? "trigger" : "event_trigger");
        return;
    }
    if (!has_body(p))
        return;
    c.proc = p;
    c.certain = !q->conditional;
    c.uncertain = q->s->uncertain;
    LC_PUSH(q->arena, &q->calls, c);
}

// --- row.function ----------------------------------------------------------------------------------------------------------------------------

// A row type, or that of a table it inherits from (typeInheritsFrom).
static bool is_row_of(const struct fp_session *s, const struct cat_relation *rel, Oid type, int depth)
{
    if (!rel || depth > 32)
        return false;
    if (rel->reltype == type)
        return true;
    for (int i = 0; i < rel->parents.len; i++)
        if (is_row_of(s, cat_relation(s->cat, rel->parents.items[i]), type, depth + 1))
            return true;
    return false;
}

// ParseFuncOrColumn: a name that is no column of the row is a function of it. What it returns; NULL: no such function, or no row.
static const struct cat_relation *row_function(struct fq_query *q, const struct cat_relation *rel, const char *name)
{
    const struct cat_proc *procs[MAX_CANDIDATES];
    int n = rel && name && !cat_find_column(rel, name) ? cat_find_procs(q->s->cat, NULL, name, procs, MAX_CANDIDATES) : 0;

    for (int i = 0; i < n && i < MAX_CANDIDATES; i++) {
        struct fq_call c = {.proc = procs[i], .certain = !q->conditional, .uncertain = q->s->uncertain};
        const struct cat_type *type = cat_type(q->s->cat, procs[i]->rettype);
        FuncCall *call;
        if (procs[i]->nargs != 1 || !is_row_of(q->s, rel, procs[i]->argtypes[0], 0))
            continue;
        call = LC_NEW(q->arena, FuncCall); // its argument is the row: nothing that a body could be told
        call->tag = T_FuncCall;
        c.call = call;
        if (q->stage >= FQ_PLAN && has_body(procs[i]))
            LC_PUSH(q->arena, &q->calls, c);
        return type ? cat_relation(q->s->cat, type->relid) : NULL;
    }
    return NULL;
}

static const struct cat_relation *source_row(const struct fq_level *level, const char *alias)
{
    for (; level; level = level->outer)
        for (int i = 0; i < level->sources.len; i++) {
            const struct fq_rel *r = level->sources.items[i].rel;
            const char *name = level->sources.items[i].alias ? level->sources.items[i].alias : r ? r->rel->o.name : NULL;
            if (lc_streq(name, alias))
                return r ? r->rel : NULL;
        }
    return NULL;
}

static const struct cat_relation *row_reference(struct fq_query *q, struct fq_level *level, const ColumnRef *ref)
{
    int n = ref->fields.length;
    const char *of = n == 2 ? node_string(ref->fields.items[0]) : NULL;

    return of ? row_function(q, source_row(level, of), node_string(ref->fields.items[1])) : NULL;
}

bool fq_row_functions(struct fq_query *q, struct fq_level *level, const Node *node)
{
    const A_Indirection *of = AS(A_Indirection, node);
    const ColumnRef *ref = AS(ColumnRef, of ? of->arg : node);
    const struct cat_relation *row = ref ? row_reference(q, level, ref) : NULL;

    for (int i = 0; of && row && i < of->indirection.length; i++)
        row = row_function(q, row, node_string(of->indirection.items[i]));
    return ref && of;
}

// --- bodies --------------------------------------------------------------------------------------------------------------------------------

// A built-in's standard body is kept as pg_get_function_sqlbody writes it.
static const char *script_of(struct fp_session *s, const struct cat_proc *p)
{
    static const char atomic[] = "BEGIN ATOMIC";
    size_t len = p->source ? strlen(p->source) : 0;

    if (len && strncmp(p->source, "RETURN ", 7) == 0)
        return lc_printf(s->arena, "SELECT %s", p->source + 7);
    if (len > sizeof atomic + 3 && strncmp(p->source, atomic, sizeof atomic - 1) == 0)
        return lc_strndup(s->arena, p->source + sizeof atomic - 1, len - (sizeof atomic - 1) - strlen("END"));
    return p->source;
}

static void each_statement(struct fp_session *s, const struct cat_proc *p,
                           void (*run)(struct fp_session *, const Node *, const char *))
{
    struct lc_sql_script script = {0};
    struct lc_error err = {0};
    const List *list = AS(List, p->sqlbody);

    if (list) {
        for (LIST_EACH(i, &list->items)) {
            const List *inner = AS(List, list->items.items[i]);
            for (int k = 0; k < (inner ? inner->items.length : 1); k++)
                run(s, inner ? inner->items.items[k] : list->items.items[i], NULL);
        }
    } else if (p->sqlbody) {
        run(s, p->sqlbody, NULL);
    } else if (p->source && lc_sql_parse(s->arena, script_of(s, p), strlen(script_of(s, p)), &script, &err) == LC_OK) {
        for (int i = 0; i < script.len; i++)
            if (script.stmts[i].tree)
                run(s, script.stmts[i].tree, script.stmts[i].text);
    }
}

const Node *fp_select_of(struct fp_session *s, const Node *expr)
{
    SelectStmt *select = LC_NEW(s->arena, SelectStmt);
    ResTarget *target = LC_NEW(s->arena, ResTarget);

    select->tag = T_SelectStmt;
    target->tag = T_ResTarget;
    target->val = (Node *)(uintptr_t)expr;
    select->targetList.length = 1;
    select->targetList.items = LC_NEW_ARRAY(s->arena, Node *, 1);
    select->targetList.items[0] = (Node *)(void *)target;
    return (const Node *)(const void *)select;
}

const Node *fp_returned_query(struct fp_session *s, const Node *stmt)
{
    const ReturnStmt *ret = AS(ReturnStmt, stmt);

    return ret ? fp_select_of(s, ret->returnval) : stmt;
}

static void run_statement(struct fp_session *s, const Node *stmt, const char *text)
{
    if (stmt && !s->fp->fails) // BEGIN ATOMIC END
        fp_nested(s, fp_returned_query(s, stmt), text ? text : "");
}

#define MAX_RECURSION 20 // of one function

static int running(const struct fp_session *s, const struct cat_proc *p, const struct cat_relation *rel)
{
    int n = 0;

    for (const struct fp_frame *f = s->frames; f; f = f->up)
        n += f->proc == p && f->rel == rel;
    return n;
}

static bool is_running(const struct fp_session *s, const struct cat_proc *p, const struct cat_relation *rel)
{
    return running(s, p, rel) > 0;
}

// A function that calls itself is followed while what it is called with is known; else what it does has been seen.
static bool goes_on(struct fp_session *s, const struct cat_proc *p, const FuncCall *call, const struct fp_firing *firing)
{
    int n = running(s, p, firing ? firing->rel : NULL);

    if (n == 0)
        return true;
    for (int i = 0; call && i < call->args.length; i++) {
        const NamedArgExpr *named = AS(NamedArgExpr, call->args.items[i]);
        if (!s->env || fp_eval(s->env, named ? named->arg : call->args.items[i]).kind == FPV_UNKNOWN)
            return false;
    }
    if (call && call->args.length && n >= MAX_RECURSION)
        fp_note(s, "too-deep", true, "function %s calls itself more than %d times: what lies below is not followed", p->o.name,
                MAX_RECURSION);
    return call && call->args.length && n < MAX_RECURSION;
}

// SET search_path = ... of a function is in force while it runs.
static bool enter_path(struct fp_session *s, const struct cat_proc *p, const char *const **old, int *nold)
{
    const char *at = p->config ? strstr(p->config, "search_path=") : NULL;

    if (!at)
        return false;
    *nold = cat_search_path(s->cat, old);
    *old = *nold ? lc_memdup(s->arena, *old, sizeof **old * (size_t)*nold) : NULL; // search_path may be empty, as pg_dump sets it
    at += strlen("search_path=");
    fp_set(s, "search_path", lc_strndup(s->arena, at, strcspn(at, "\n;")), true);
    return true;
}

// A strict function is not called with NULL (ExecMakeFunctionResult and its like).
static bool is_never_called(struct fp_session *s, const struct cat_proc *p, const FuncCall *call)
{
    long steps = 1000;
    struct fp_env none = {.s = s, .steps = &steps}, *env = s->env ? s->env : &none;

    for (int i = 0; p->isstrict && call && i < call->args.length; i++) {
        const NamedArgExpr *named = AS(NamedArgExpr, call->args.items[i]);
        struct fp_val v = s->args && !named ? s->args[i] : fp_eval(env, named ? named->arg : call->args.items[i]);
        if (v.kind == FPV_NULL)
            return true;
    }
    return false;
}

static struct fp_val run_language(struct fp_session *s, const struct cat_proc *p, const FuncCall *call,
                                  const struct fp_firing *firing)
{
    if (lc_streq(p->language, "plpgsql") && p->def_text)
        return fp_body(s, p->def_text, p, call, firing);
    if (lc_streq(p->language, "sql"))
        each_statement(s, p, run_statement);
    else if (!lc_streq(p->language, "c") && !lc_streq(p->language, "internal"))
        fp_note(s, "unknown-function", true, "the body of function %s is not known", p->o.name);
    return fpv_unknown();
}

static void run_proc(struct fp_session *s, const struct cat_proc *p, const FuncCall *call, const struct fp_firing *firing)
{
    struct fp_frame frame = {p, firing ? firing->rel : NULL, s->frames};
    const char *const *old = NULL;
    int nold = 0;
    bool path;
    struct fp_val v;

    if (is_never_called(s, p, call) || !goes_on(s, p, call, firing))
        return;
    if (s->depth > 20) {
        fp_note(s, "too-deep", true, "what function %s does that deep is not followed", p->o.name);
        return;
    }
    s->frames = &frame;
    s->depth++;
    path = enter_path(s, p, &old, &nold);
    bool switched = s->switched;
    s->switched |= p->secdef;
    v = run_language(s, p, call, firing);
    s->switched = switched;
    if (path)
        cat_set_search_path(s->cat, old, nold);
    s->depth--;
    s->frames = frame.up;
    if (call && s->results && v.kind != FPV_UNKNOWN && !p->retset && p->nout < 2)
        (void)lc_map_puti(s->results, (uintptr_t)call, lc_memdup(s->arena, &v, sizeof v));
}

void fq_call_proc(struct fp_session *s, const struct cat_proc *proc, const FuncCall *call)
{
    if (is_trigger_function(proc) && lc_streq(proc->language, "plpgsql")) { // plpgsql_compile_callback (pl_comp.c)
        if (!s->uncertain)
            fp_refuse(s, "0A000", "trigger functions can only be called as triggers");
        return;
    }
    run_proc(s, proc, call, NULL);
}

void fq_trigger_proc(struct fp_session *s, const struct cat_proc *proc, const struct fp_firing *firing)
{
    run_proc(s, proc, NULL, firing);
}

static void analyze_statement(struct fp_session *s, const Node *stmt, const char *text)
{
    (void)text;
    fp_lock_analyzed(s, stmt);
}

static void plan_statement(struct fp_session *s, const Node *stmt, const char *text)
{
    struct fq_query q;

    (void)text;
    fq_init(&q, s, FQ_PLAN);
    (void)fq_run_query(&q, stmt, false);
}

static bool has_standard_body(struct fp_session *s, const struct cat_proc *p)
{
    return p->sqlbody || (p->source && script_of(s, p) != p->source);
}

static bool is_single_select(struct fp_session *s, const struct cat_proc *p)
{
    struct lc_error err = {0};
    const List *outer = AS(List, p->sqlbody), *inner = outer && outer->items.length ? AS(List, outer->items.items[0]) : NULL;

    if (p->sqlbody)
        return inner && inner->items.length == 1 && IsA(inner->items.items[0], SelectStmt);
    const Node *tree = p->source ? lc_sql_parse_one(s->arena, script_of(s, p), &err) : NULL;

    return IsA(tree, SelectStmt);
}

// While planning, the server tries to inline SQL functions, and analyses their body for that (clauses.c inline_function,
// inline_set_returning_function). A standard body has been analysed when it was defined: only what is put in place of the call is locked.
static void try_inline(struct fq_query *q, const struct fq_call *c)
{
    const struct cat_proc *p = c->proc;

    if (!lc_streq(p->language, "sql") || p->secdef || p->config || is_running(q->s, p, NULL) || !is_single_select(q->s, p))
        return;
    if (p->retset && c->in_from && p->volatility != 'v' && !p->isstrict)
        each_statement(q->s, p, plan_statement);
    else if (!p->retset && !has_standard_body(q->s, p))
        each_statement(q->s, p, analyze_statement);
}

void fq_plan_calls(struct fq_query *q)
{
    for (int i = 0; i < q->calls.len; i++) {
        bool was = q->s->uncertain;
        q->s->uncertain |= q->calls.items[i].uncertain;
        try_inline(q, &q->calls.items[i]);
        q->s->uncertain = was;
    }
}

// --- calls for each row of a query over the catalogues -----------------------------------------------------------------------------------

#define MAX_CALLED_ROWS 500

// The query with all arguments of all calls as its columns.
static SelectStmt *arguments_query(struct fq_query *q, const SelectStmt *stmt)
{
    SelectStmt *copy = lc_memdup(q->arena, stmt, sizeof *stmt);
    int n = 0;

    for (int i = 0; i < q->calls.len; i++)
        n += q->calls.items[i].call->args.length;
    copy->targetList = (NodeList){0, LC_NEW_ARRAY(q->arena, Node *, n + 1)};
    copy->sortClause.length = 0;
    for (int i = 0; i < q->calls.len; i++) {
        for (LIST_EACH(k, &q->calls.items[i].call->args)) {
            ResTarget *t = LC_NEW(q->arena, ResTarget);
            t->tag = T_ResTarget;
            t->val = q->calls.items[i].call->args.items[k];
            copy->targetList.items[copy->targetList.length++] = (Node *)(void *)t;
        }
    }
    return copy;
}

// SELECT f(relname) FROM pg_class ...: the rows are known, so what f does for each is. False: they are not.
static bool execute_by_row(struct fq_query *q, const SelectStmt *stmt)
{
    long steps = 500000;
    struct fp_env env = {.s = q->s, .vars = q->s->env ? q->s->env->vars : NULL, .steps = &steps};
    const struct fp_val *outer = q->s->args;
    struct lc_map *results = q->s->results;
    struct fp_result r;

    if (!stmt || !stmt->fromClause.length || stmt->op > SETOP_NONE || q->calls.len == 0)
        return false;
    r = fp_eval_select(&env, arguments_query(q, stmt));
    if (!r.known || r.rows.len > MAX_CALLED_ROWS)
        return false;
    if (r.rows.len != 1)
        q->s->results = NULL; // there is no one value
    for (int row = 0; row < r.rows.len; row++) {
        int at = 0;
        for (int i = 0; i < q->calls.len; i++) {
            q->s->args = r.rows.items[row].cols + at;
            at += q->calls.items[i].call->args.length;
            fq_call_proc(q->s, q->calls.items[i].proc, q->calls.items[i].call);
        }
    }
    q->s->args = outer;
    q->s->results = results;
    return true;
}

void fq_execute_calls(struct fq_query *q, const Node *stmt)
{
    if (execute_by_row(q, AS(SelectStmt, stmt)))
        return;
    for (int i = 0; i < q->calls.len; i++) {
        struct fq_call *c = &q->calls.items[i];
        bool was = q->s->uncertain;
        q->s->uncertain |= c->uncertain || !c->certain;
        fq_call_proc(q->s, c->proc, c->call);
        q->s->uncertain = was;
    }
}

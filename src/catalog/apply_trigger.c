// Applies CREATE TRIGGER, CREATE and ALTER POLICY, CREATE RULE (trigger.c, policy.c, rewriteDefine.c).
#include <string.h>

#include "catalog/apply_misc.h"
#include "catalog/bind.h"
#include "catalog/expr.h"
#include "catalog/oids.h"

// --- triggers ---------------------------------------------------------------------------------------------------------------------------

struct when {
    struct catalog *cat;
    const struct cat_relation *rel;
    struct cat_address trigger;
};

// NEW.column and OLD.column.
static bool depend_on_when(const Node *node, void *context)
{
    struct when *w = context;
    const ColumnRef *ref = AS(ColumnRef, node);

    if (!ref || ref->fields.length != 2)
        return true;
    const char *row = node_string(ref->fields.items[0]);
    const struct cat_attribute *att = cat_find_column(w->rel, node_string(ref->fields.items[1]));
    if (att && (lc_streq(row, "new") || lc_streq(row, "old")))
        cat_depend(w->cat, w->trigger, cat_address(CAT_RELATION, w->rel->o.oid, att->attnum), 'n');
    return true;
}

static enum lc_code trigger_columns(const struct catalog *cat, const struct cat_relation *rel, const NodeList *names,
                                    struct cat_attnums *out, struct lc_error *err)
{
    for (LIST_EACH(i, names)) {
        const struct cat_attribute *att = cat_find_column(rel, node_string(names->items[i]));

        if (!att)
            return cat_error(err, "42703", "column \"%s\" of relation \"%s\" does not exist", node_string(names->items[i]),
                             rel->o.name);
        LC_PUSH(cat_arena(cat), out, att->attnum);
    }
    return LC_OK;
}

// CreateTriggerFiringOn (trigger.c), of REFERENCING
static enum lc_code transition_tables(const struct cat_relation *rel, const CreateTrigStmt *stmt, struct lc_error *err)
{
    if (!stmt->transitionRels.length)
        return LC_OK;
    if (rel->relkind == 'v')
        return cat_error(err, "42809", "\"%s\" is a view", rel->o.name);
    if (stmt->row && rel->relispartition)
        return cat_error(err, "0A000", "ROW triggers with transition tables are not supported on partitions");
    if (stmt->row && rel->parents.len)
        return cat_error(err, "0A000", "ROW triggers with transition tables are not supported on inheritance children");
    if (stmt->timing & (TRIGGER_TYPE_BEFORE | TRIGGER_TYPE_INSTEAD))
        return cat_error(err, "42P17", "transition table name can only be specified for an AFTER trigger");
    return LC_OK;
}

static enum lc_code trigger_kind(const struct cat_relation *rel, const CreateTrigStmt *stmt, struct lc_error *err)
{
    bool instead = (stmt->timing & TRIGGER_TYPE_INSTEAD) != 0;

    if (!strchr("rpvf", rel->relkind))
        return cat_error(err, "42809", "relation \"%s\" cannot have triggers", rel->o.name);
    if (instead && rel->relkind != 'v')
        return cat_error(err, "42809", "\"%s\" is a table", rel->o.name);
    if (!instead && stmt->row && rel->relkind == 'v')
        return cat_error(err, "42809", "\"%s\" is a view", rel->o.name);
    if ((stmt->events & TRIGGER_TYPE_TRUNCATE) && rel->relkind == 'v')
        return cat_error(err, "42809", "\"%s\" is a view", rel->o.name);
    if (stmt->row && stmt->transitionRels.length && rel->relkind == 'p')
        return cat_error(err, "0A000", "\"%s\" is a partitioned table", rel->o.name);
    if (stmt->row && (stmt->events & TRIGGER_TYPE_TRUNCATE))
        return cat_error(err, "0A000", "TRUNCATE FOR EACH ROW triggers are not supported");
    if (instead && !stmt->row)
        return cat_error(err, "0A000", "INSTEAD OF triggers must be FOR EACH ROW");
    if (instead && stmt->whenClause)
        return cat_error(err, "0A000", "INSTEAD OF triggers cannot have WHEN conditions");
    if (instead && stmt->columns.length)
        return cat_error(err, "0A000", "INSTEAD OF triggers cannot have column lists");
    return transition_tables(rel, stmt, err);
}

// The scope of OLD and NEW, whose columns have no names alone.
static struct cat_scope old_and_new(struct lc_arena *arena, const struct cat_relation *rel)
{
    struct cat_scope scope = {.items = LC_NEW_ARRAY(arena, struct cat_scope_item, 2), .len = 2};

    scope.items[0] = (struct cat_scope_item){.alias = "old", .rel = rel, .qualified_only = true};
    scope.items[1] = (struct cat_scope_item){.alias = "new", .rel = rel, .qualified_only = true};
    return scope;
}

struct when_rows { // what a WHEN condition says of OLD and NEW
    const struct cat_relation *rel;
    bool old_row, new_row, generated, system;
};

static bool has_generated(const struct cat_relation *rel, const char *column)
{
    for (int i = 0; i < rel->natts; i++)
        if (rel->attrs[i].generated && !rel->attrs[i].isdropped && (!column || strcmp(rel->attrs[i].name, column) == 0))
            return true;
    return false;
}

static bool note_rows(const Node *node, void *context)
{
    const ColumnRef *ref = AS(ColumnRef, node);
    const char *row = ref && ref->fields.length <= 2 ? node_string(ref->fields.items[0]) : NULL;
    const char *column = ref && ref->fields.length == 2 ? node_string(ref->fields.items[1]) : NULL;
    struct when_rows *w = context;

    w->old_row |= lc_streq(row, "old");
    if (!lc_streq(row, "new"))
        return true;
    w->new_row = true;
    w->generated |= has_generated(w->rel, column);
    w->system |= column && cat_is_system_column(column) && !cat_find_column(w->rel, column);
    return true;
}

// CreateTriggerFiringOn, of WHEN
static enum lc_code check_when(const struct catalog *cat, const struct cat_relation *rel, const CreateTrigStmt *stmt,
                               struct lc_error *err)
{
    struct cat_scope scope = old_and_new(cat_arena(cat), rel);
    struct when_rows w = {.rel = rel};
    bool before = (stmt->timing & TRIGGER_TYPE_BEFORE) != 0;
    enum lc_code rc = cat_check_expr_kind(cat, &scope, CAT_EXPR_WHEN, stmt->whenClause, err);

    if (rc != LC_OK || !stmt->whenClause)
        return rc;
    node_walk(stmt->whenClause, note_rows, &w);
    if (!stmt->row && (w.old_row || w.new_row))
        return cat_error(err, "42P17", "statement trigger's WHEN condition cannot reference column values");
    if (w.old_row && (stmt->events & TRIGGER_TYPE_INSERT))
        return cat_error(err, "42P17", "INSERT trigger's WHEN condition cannot reference OLD values");
    if (w.new_row && (stmt->events & TRIGGER_TYPE_DELETE))
        return cat_error(err, "42P17", "DELETE trigger's WHEN condition cannot reference NEW values");
    if (w.system && before)
        return cat_error(err, "0A000", "BEFORE trigger's WHEN condition cannot reference NEW system columns");
    if (w.generated && before)
        return cat_error(err, "42P17", "BEFORE trigger's WHEN condition cannot reference NEW generated columns");
    return LC_OK;
}

static enum lc_code policy_names(const struct catalog *cat, const struct cat_relation *rel, const Node *qual, const Node *check,
                                 struct lc_error *err)
{
    struct cat_scope scope = cat_scope_of(cat_arena(cat), rel);
    enum lc_code rc = cat_transform_expr_kind(cat, &scope, CAT_EXPR_POLICY, qual, err);

    return rc == LC_OK ? cat_transform_expr_kind(cat, &scope, CAT_EXPR_POLICY, check, err) : rc;
}

// A rule's condition may name columns alone: those of OLD for SELECT and DELETE, of NEW for INSERT, of both for UPDATE (transformRuleStmt).
static struct cat_scope of_condition(const struct catalog *cat, const struct cat_relation *rel, CmdType event)
{
    struct cat_scope scope = old_and_new(cat_arena(cat), rel);

    scope.items[0].qualified_only = event == CMD_INSERT;
    scope.items[1].qualified_only = event == CMD_DELETE || event == CMD_SELECT;
    return scope;
}

// transformRuleStmt (parse_utilcmd.c)
static enum lc_code rule_names(const struct catalog *cat, const struct cat_relation *rel, const RuleStmt *stmt,
                               struct lc_error *err)
{
    struct cat_scope scope = of_condition(cat, rel, stmt->event);
    enum lc_code rc = cat_check_expr_names(cat, &scope, stmt->whereClause, err);

    scope = old_and_new(cat_arena(cat), rel);
    for (int i = 0; i < stmt->actions.length && rc == LC_OK; i++)
        rc = cat_check_query_names(cat, &scope, stmt->actions.items[i], err);
    return rc;
}

static void fill_trigger(const CreateTrigStmt *stmt, struct cat_trigger *t)
{
    t->type = (int)stmt->timing | (int)stmt->events | (stmt->row ? TRIGGER_TYPE_ROW : 0);
    t->enabled = 'O';
    t->deferrable = stmt->deferrable;
    t->initdeferred = stmt->initdeferred;
    t->when = stmt->whenClause;
    t->args = stmt->args;
}

static void publish_trigger(struct catalog *cat, const struct cat_relation *rel, struct cat_trigger *t)
{
    struct when w = {cat, rel, cat_address(CAT_TRIGGER, t->o.oid, 0)};

    node_walk(t->when, depend_on_when, &w);
    if (rel->relkind != 'p' || !(t->type & TRIGGER_TYPE_ROW))
        return;
    for (int i = 0; i < rel->children.len; i++)
        cat_clone_trigger(cat, t, rel->children.items[i]);
}

static enum lc_code replace_trigger(struct catalog *cat, const struct cat_relation *rel, const struct cat_trigger *old,
                                    const struct cat_trigger *new, struct lc_error *err)
{
    struct cat_trigger *copy = cat_modify(cat, old);

    if (old->parent)
        return cat_error(err, "42710", "trigger \"%s\" for relation \"%s\" is an internal or a child trigger", old->o.name,
                         rel->o.name);
    struct cat_object head = copy->o;
    *copy = *new;
    copy->o = head;
    cat_undepend(cat, cat_address(CAT_TRIGGER, head.oid, 0), CAT_NONE);
    struct when w = {cat, rel, cat_address(CAT_TRIGGER, head.oid, 0)};
    node_walk(copy->when, depend_on_when, &w);
    return LC_OK;
}

enum lc_code cat_apply_create_trigger(struct catalog *cat, const CreateTrigStmt *stmt, struct lc_error *err)
{
    struct cat_trigger *t = LC_NEW(cat_arena(cat), struct cat_trigger);
    const struct cat_relation *rel, *from;
    enum lc_code rc = cat_open_rangevar(cat, stmt->relation, &rel, err);

    if (rc != LC_OK || (rc = trigger_kind(rel, stmt, err)) != LC_OK ||
        (rc = trigger_columns(cat, rel, &stmt->columns, &t->columns, err)) != LC_OK ||
        (rc = check_when(cat, rel, stmt, err)) != LC_OK)
        return rc;
    if (stmt->constrrel && (rc = cat_open_rangevar(cat, stmt->constrrel, &from, err)) != LC_OK)
        return rc;
    const struct cat_proc *proc = cat_find_proc(cat, list_schema_name(&stmt->funcname), list_last_name(&stmt->funcname), NULL, 0);
    if (!proc)
        return cat_error(err, "42883", "function %s%s%s() does not exist",
                         list_schema_name(&stmt->funcname) ? list_schema_name(&stmt->funcname) : "",
                         list_schema_name(&stmt->funcname) ? "." : "", list_last_name(&stmt->funcname));
    if (proc->rettype && proc->rettype != TRIGGEROID)
        return cat_error(err, "42P17", "function %s must return type trigger", list_last_name(&stmt->funcname));
    fill_trigger(stmt, t);
    t->o = (struct cat_object){CAT_TRIGGER, InvalidOid, stmt->trigname, InvalidOid, NULL, true};
    t->relid = rel->o.oid;
    t->funcid = proc->o.oid;
    t->constrrelid = stmt->constrrel ? from->o.oid : InvalidOid;
    const struct cat_trigger *old = cat_find_trigger(cat, rel, stmt->trigname);
    if (old && stmt->replace && !stmt->isconstraint)
        return replace_trigger(cat, rel, old, t, err);
    if (old)
        return cat_error(err, "42710", "trigger \"%s\" for relation \"%s\" already exists", stmt->trigname, rel->o.name);
    t->o.oid = cat_new_oid(cat);
    cat_add(cat, &t->o);
    publish_trigger(cat, cat_relation(cat, rel->o.oid), t);
    return LC_OK;
}

// --- policies ------------------------------------------------------------------------------------------------------------------------------

static void depend_policy(struct catalog *cat, const struct cat_policy *p)
{
    struct cat_address self = cat_address(CAT_POLICY, p->o.oid, 0);
    const struct cat_relation *rel = cat_relation(cat, p->relid);
    struct cat_addresses refs = {0};

    cat_undepend(cat, self, CAT_NONE);
    cat_expression_dependencies(cat, rel, p->qual, &refs);
    cat_expression_dependencies(cat, rel, p->check, &refs);
    for (int i = 0; i < refs.len; i++)
        cat_depend(cat, self, refs.items[i], 'n');
}

static const struct cat_policy *find_policy(const struct catalog *cat, const struct cat_relation *rel, const char *name)
{
    for (int i = 0; i < rel->policies.len; i++) {
        const struct cat_policy *p = cat_policy(cat, rel->policies.items[i]);

        if (p && lc_streq(p->o.name, name))
            return p;
    }
    return NULL;
}

static const char *const *policy_roles(const struct catalog *cat, const NodeList *roles)
{
    struct LC_ARRAY(const char *) names = {0};

    for (LIST_EACH(i, roles)) {
        const RoleSpec *role = LIST_GET(RoleSpec, roles, i);
        if (role && role->roletype == ROLESPEC_PUBLIC)
            return NULL;
        LC_PUSH(cat_arena(cat), &names, cat_role_name(cat, role));
    }
    LC_PUSH(cat_arena(cat), &names, NULL);
    return names.len > 1 ? names.items : NULL;
}

static char command_char(const char *name)
{
    return lc_strieq(name, "select")   ? 'r'
           : lc_strieq(name, "insert") ? 'a'
           : lc_strieq(name, "update") ? 'w'
           : lc_strieq(name, "delete") ? 'd'
                                       : '*';
}

enum lc_code cat_apply_create_policy(struct catalog *cat, const CreatePolicyStmt *stmt, struct lc_error *err)
{
    const struct cat_relation *rel;
    enum lc_code rc = cat_open_rangevar(cat, stmt->table, &rel, err);

    if (rc != LC_OK)
        return rc;
    if (!strchr("rp", rel->relkind))
        return cat_error(err, "42809", "\"%s\" is not a table", rel->o.name);
    if (find_policy(cat, rel, stmt->policy_name))
        return cat_error(err, "42710", "policy \"%s\" for table \"%s\" already exists", stmt->policy_name, rel->o.name);
    if ((rc = policy_names(cat, rel, stmt->qual, stmt->with_check, err)) != LC_OK)
        return rc;
    struct cat_policy *p = LC_NEW(cat_arena(cat), struct cat_policy);
    p->o = (struct cat_object){CAT_POLICY, cat_new_oid(cat), stmt->policy_name, InvalidOid, NULL, true};
    p->relid = rel->o.oid;
    p->cmd = command_char(stmt->cmd_name);
    p->qual = cat_bind_expression(cat, stmt->qual);
    p->check = cat_bind_expression(cat, stmt->with_check);
    p->roles = policy_roles(cat, &stmt->roles);
    cat_add(cat, &p->o);
    depend_policy(cat, p);
    return LC_OK;
}

enum lc_code cat_apply_alter_policy(struct catalog *cat, const AlterPolicyStmt *stmt, struct lc_error *err)
{
    const struct cat_relation *rel;
    enum lc_code rc = cat_open_rangevar(cat, stmt->table, &rel, err);
    const struct cat_policy *old = rc == LC_OK ? find_policy(cat, rel, stmt->policy_name) : NULL;

    if (rc != LC_OK)
        return rc;
    if (!old)
        return cat_error(err, "42704", "policy \"%s\" for table \"%s\" does not exist", stmt->policy_name, rel->o.name);
    if ((rc = policy_names(cat, rel, stmt->qual, stmt->with_check, err)) != LC_OK)
        return rc;
    if (strchr("rd", old->cmd) && stmt->with_check)
        return cat_error(err, "42601", "only USING expression allowed for SELECT, DELETE");
    if (old->cmd == 'a' && stmt->qual)
        return cat_error(err, "42601", "only WITH CHECK expression allowed for INSERT");
    struct cat_policy *p = cat_modify(cat, old);
    if (stmt->qual)
        p->qual = cat_bind_expression(cat, stmt->qual);
    if (stmt->with_check)
        p->check = cat_bind_expression(cat, stmt->with_check);
    if (stmt->roles.length)
        p->roles = policy_roles(cat, &stmt->roles);
    depend_policy(cat, p);
    return LC_OK;
}

// --- rules ------------------------------------------------------------------------------------------------------------------------------------

// InsertRule (rewriteDefine.c): what the actions and the condition use, the columns of OLD and NEW among it.
static void depend_rule(struct catalog *cat, const struct cat_rule *r)
{
    struct cat_address self = cat_address(CAT_RULE, r->o.oid, 0);
    const struct cat_relation *rel = cat_relation(cat, r->relid);
    struct cat_scope condition = of_condition(cat, rel, r->event), action = old_and_new(cat_arena(cat), rel);
    struct cat_addresses refs = {0};

    cat_undepend(cat, self, CAT_NONE);
    for (LIST_EACH(i, &r->actions))
        cat_query_dependencies(cat, &action, r->actions.items[i], &refs);
    cat_expr_dependencies(cat, &condition, r->where, &refs);
    for (int i = 0; i < refs.len; i++)
        if (refs.items[i].oid >= FirstNormalObjectId && (refs.items[i].oid != r->relid || refs.items[i].subid))
            cat_depend(cat, self, refs.items[i], 'n');
}

static NodeList bind_actions(struct catalog *cat, const NodeList *actions)
{
    NodeList bound = {actions->length, LC_NEW_ARRAY(cat_arena(cat), Node *, actions->length + 1)};

    for (LIST_EACH(i, actions))
        bound.items[i] = cat_bind_expression(cat, actions->items[i]);
    return bound;
}

enum lc_code cat_apply_create_rule(struct catalog *cat, const RuleStmt *stmt, struct lc_error *err)
{
    const struct cat_relation *rel;
    enum lc_code rc = cat_open_rangevar(cat, stmt->relation, &rel, err);
    const struct cat_rule *old = NULL;

    if (rc != LC_OK || (rc = rule_names(cat, rel, stmt, err)) != LC_OK)
        return rc;
    for (int i = 0; i < rel->rules.len; i++) {
        const struct cat_rule *r = cat_rule(cat, rel->rules.items[i]);
        old = r && lc_streq(r->o.name, stmt->rulename) ? r : old;
    }
    if (old && !stmt->replace)
        return cat_error(err, "42710", "rule \"%s\" for relation \"%s\" already exists", stmt->rulename, rel->o.name);
    if (stmt->event == CMD_SELECT && rel->relkind != 'v' && cat_major(cat) >= 16) // DefineQueryRewrite
        return cat_error(err, "42809", "relation \"%s\" cannot have ON SELECT rules", rel->o.name);
    struct cat_rule *r = old ? cat_modify(cat, old) : LC_NEW(cat_arena(cat), struct cat_rule);
    if (!old)
        r->o = (struct cat_object){CAT_RULE, cat_new_oid(cat), stmt->rulename, InvalidOid, NULL, true};
    r->relid = rel->o.oid;
    r->event = stmt->event;
    r->instead = stmt->instead;
    r->enabled = 'O';
    r->where = stmt->whereClause;
    r->actions = bind_actions(cat, &stmt->actions);
    if (!old)
        cat_add(cat, &r->o);
    depend_rule(cat, r);
    return LC_OK;
}

// The server keeps what an expression or a query refers to by oid; here it is kept by name. So a rename is written into every stored tree
// that speaks of the relation, its column or its schema: views, rules, policies, bodies in standard SQL, and a table's own expressions.
#include <string.h>

#include "catalog/apply_misc.h"

struct change {
    struct catalog *cat;
    const struct cat_relation *rel;    // NULL: a schema is renamed
    const char *old_schema, *old_name; // of the relation
    const char *new_schema, *new_name;
    const char *old_column, *new_column;           // of a column; NULL: not a column
    struct aliases LC_ARRAY(const char *) aliases; // by which a query calls the relation
    bool changed;
};

static void *mutable(const void *node)
{
    return (void *)(uintptr_t)node;
}

// --- a relation or a schema ---------------------------------------------------------------------------------------------------------------

static bool rename_rangevar(const Node *node, void *context)
{
    struct change *c = context;
    RangeVar *rv = mutable(AS(RangeVar, node));

    if (!rv)
        return true;
    if (!c->rel) {
        if (lc_streq(rv->schemaname, c->old_schema)) {
            rv->schemaname = c->new_schema;
            c->changed = true;
        }
        return true;
    }
    if (!lc_streq(rv->relname, c->old_name) || (rv->schemaname && !lc_streq(rv->schemaname, c->old_schema)))
        return true;
    if (!rv->alias && !lc_streq(c->old_name, c->new_name)) { // columns are still called by the old name
        rv->alias = LC_NEW(cat_arena(c->cat), Alias);
        rv->alias->tag = T_Alias;
        rv->alias->aliasname = c->old_name;
    }
    rv->relname = c->new_name;
    rv->schemaname = c->new_schema;
    c->changed = true;
    return true;
}

// --- a column -----------------------------------------------------------------------------------------------------------------------------

static bool collect_alias(const Node *node, void *context)
{
    struct change *c = context;
    const RangeVar *rv = AS(RangeVar, node);

    if (rv && lc_streq(rv->relname, c->rel->o.name) && (!rv->schemaname || lc_streq(rv->schemaname, c->new_schema)))
        LC_PUSH(cat_arena(c->cat), &c->aliases, rv->alias ? rv->alias->aliasname : rv->relname);
    return true;
}

static bool is_alias(const struct change *c, const char *name)
{
    if (lc_streq(name, c->rel->o.name) || lc_strieq(name, "new") || lc_strieq(name, "old"))
        return true;
    for (int i = 0; i < c->aliases.len; i++)
        if (lc_streq(c->aliases.items[i], name))
            return true;
    return false;
}

static bool is_column(const struct change *c, const ColumnRef *ref)
{
    int n = ref ? ref->fields.length : 0;

    if (n == 0 || !lc_streq(node_string(ref->fields.items[n - 1]), c->old_column))
        return false;
    return n == 1 || is_alias(c, node_string(ref->fields.items[n - 2]));
}

static bool rename_columnref(const Node *node, void *context)
{
    struct change *c = context;
    ResTarget *target = mutable(AS(ResTarget, node));
    const ColumnRef *ref = AS(ColumnRef, node);

    if (target && !target->name && is_column(c, AS(ColumnRef, target->val)))
        target->name = c->old_column; // the view's column keeps its name
    if (is_column(c, ref)) {
        String *name = LC_NEW(cat_arena(c->cat), String);

        name->tag = T_String;
        name->sval = c->new_column;
        ref->fields.items[ref->fields.length - 1] = mutable(name);
        c->changed = true;
    }
    return true;
}

// The tree with the change, or the tree itself when it does not speak of it.
static Node *changed(struct change *c, const Node *tree)
{
    Node *copy = node_copy(cat_arena(c->cat), tree);

    c->changed = false;
    c->aliases.len = 0;
    if (c->old_column) {
        node_walk(copy, collect_alias, c);
        node_walk(copy, rename_columnref, c);
    } else {
        node_walk(copy, rename_rangevar, c);
    }
    return c->changed ? copy : mutable(tree);
}

// --- where trees are kept -------------------------------------------------------------------------------------------------------------------

static void change_view(struct change *c, Oid oid)
{
    const struct cat_relation *view = cat_relation(c->cat, oid);
    Node *query = view && view->view_query ? changed(c, view->view_query) : NULL;

    if (query && query != view->view_query) {
        struct cat_relation *copy = cat_modify(c->cat, view);
        copy->view_query = query;
        copy->view_text = NULL;
    }
}

static void change_rule(struct change *c, Oid oid)
{
    const struct cat_rule *rule = cat_rule(c->cat, oid);
    struct cat_rule *copy = rule ? cat_modify(c->cat, rule) : NULL;

    if (!copy)
        return;
    NodeList actions = {rule->actions.length, LC_NEW_ARRAY(cat_arena(c->cat), Node *, rule->actions.length + 1)};
    for (LIST_EACH(i, &rule->actions))
        actions.items[i] = changed(c, rule->actions.items[i]);
    copy->actions = actions;
    copy->where = changed(c, rule->where);
}

static void change_policy(struct change *c, Oid oid)
{
    const struct cat_policy *policy = cat_policy(c->cat, oid);
    struct cat_policy *copy = policy ? cat_modify(c->cat, policy) : NULL;

    if (!copy)
        return;
    copy->qual = changed(c, policy->qual);
    copy->check = changed(c, policy->check);
}

static void change_body(struct change *c, Oid oid)
{
    const struct cat_proc *proc = cat_proc(c->cat, oid);

    if (proc && proc->sqlbody)
        ((struct cat_proc *)cat_modify(c->cat, proc))->sqlbody = changed(c, proc->sqlbody);
}

static void change_filter(struct change *c, Oid oid)
{
    const struct cat_publication_rel *part = cat_publication_rel(c->cat, oid);

    if (part && part->where)
        ((struct cat_publication_rel *)cat_modify(c->cat, part))->where = changed(c, part->where);
}

static void change_address(struct change *c, const struct cat_address *a)
{
    if (a->class == CAT_RELATION)
        change_view(c, a->oid);
    else if (a->class == CAT_RULE)
        change_rule(c, a->oid);
    else if (a->class == CAT_POLICY)
        change_policy(c, a->oid);
    else if (a->class == CAT_PROC)
        change_body(c, a->oid);
    else if (a->class == CAT_PUBLICATION_REL)
        change_filter(c, a->oid);
}

struct dependents {
    struct lc_arena *arena;
    struct cat_addresses found;
};

static void push_dependent(const struct cat_depend *d, void *context)
{
    struct dependents *all = context;

    for (int i = 0; i < all->found.len; i++)
        if (all->found.items[i].class == d->object.class && all->found.items[i].oid == d->object.oid)
            return;
    LC_PUSH(all->arena, &all->found, d->object);
}

static void push_object(const struct cat_object *o, void *context)
{
    struct dependents *all = context;

    LC_PUSH(all->arena, &all->found, cat_address(o->class, o->oid, 0));
}

static void change_dependents(struct change *c)
{
    static const enum cat_class classes[] = {CAT_RELATION, CAT_RULE, CAT_POLICY, CAT_PROC, CAT_PUBLICATION_REL};
    struct dependents all = {cat_arena(c->cat), {0}};

    if (c->rel)
        cat_each_dependent(c->cat, cat_address(CAT_RELATION, c->rel->o.oid, 0), push_dependent, &all);
    for (size_t i = 0; !c->rel && i < sizeof classes / sizeof classes[0]; i++)
        cat_each(c->cat, classes[i], push_object, &all);
    for (int i = 0; i < all.found.len; i++)
        change_address(c, &all.found.items[i]);
}

// --- a table's own expressions ------------------------------------------------------------------------------------------------------------------

static void change_indexes(struct change *c)
{
    for (int i = 0; i < c->rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(c->cat, c->rel->indexes.items[i]);

        if (!index || !index->index)
            continue;
        struct cat_relation *copy = cat_modify(c->cat, index);
        copy->index = lc_memdup(cat_arena(c->cat), index->index, sizeof *index->index);
        copy->index->predicate = changed(c, index->index->predicate);
        if (index->index->exprs) {
            copy->index->exprs = LC_NEW_ARRAY(cat_arena(c->cat), Node *, index->index->natts);
            for (int k = 0; k < index->index->natts; k++)
                copy->index->exprs[k] = changed(c, index->index->exprs[k]);
        }
    }
}

static void change_own_expressions(struct change *c)
{
    struct cat_relation *copy = cat_modify_relation(c->cat, c->rel->o.oid);

    for (int i = 0; i < copy->natts; i++)
        copy->attrs[i].def = changed(c, copy->attrs[i].def);
    if (copy->partkey.exprs) {
        Node **exprs = LC_NEW_ARRAY(cat_arena(c->cat), Node *, copy->partkey.natts);

        for (int k = 0; k < copy->partkey.natts; k++)
            exprs[k] = changed(c, copy->partkey.exprs[k]);
        copy->partkey.exprs = exprs;
    }
    for (int i = 0; i < copy->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(c->cat, copy->constraints.items[i]);

        if (con && con->expr)
            cat_modify_constraint(c->cat, con->o.oid)->expr = changed(c, con->expr);
    }
    for (int i = 0; i < copy->triggers.len; i++) {
        const struct cat_trigger *t = cat_trigger(c->cat, copy->triggers.items[i]);

        if (t && t->when)
            ((struct cat_trigger *)cat_modify(c->cat, t))->when = changed(c, t->when);
    }
    change_indexes(c);
}

void cat_rename_relation_in_trees(struct catalog *cat, const struct cat_relation *rel, const char *old_schema,
                                  const char *old_name)
{
    struct change c = {.cat = cat, .rel = rel, .old_schema = old_schema, .old_name = old_name};

    if (!rel) { // a schema: old_name is the new one
        c.new_schema = old_name;
        change_dependents(&c);
        return;
    }
    if (rel->index)
        return;
    c.new_schema = cat_schema_name(cat, rel->o.schema);
    c.new_name = rel->o.name;
    change_dependents(&c);
}

void cat_rename_column_in_trees(struct catalog *cat, const struct cat_relation *rel, const char *old_name, const char *new_name)
{
    struct change c = {.cat = cat, .rel = rel, .old_column = old_name, .new_column = new_name};

    c.new_schema = cat_schema_name(cat, rel->o.schema);
    change_dependents(&c);
    change_own_expressions(&c);
}

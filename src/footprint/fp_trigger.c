// CREATE TRIGGER, CREATE RULE, CREATE and ALTER POLICY (trigger.c, rewriteDefine.c, policy.c).
#include <string.h>

#include "footprint/fp_object.h"

#define RULE(name, id, mode, why, source) static const struct fp_rule name = {id, mode, 0, 0, why, source}

RULE(trigger_table, "create-trigger/table", LC_SHARE_ROW_EXCLUSIVE,
     "a new trigger must see every later write: writers wait, readers go on", "trigger.c CreateTriggerFiringOn");
RULE(trigger_partition, "create-trigger/partition", LC_SHARE_ROW_EXCLUSIVE, "a row trigger is made on every partition too",
     "trigger.c CreateTriggerFiringOn");
RULE(trigger_from, "create-trigger/from", LC_ACCESS_SHARE, "the table that FROM names is looked up",
     "trigger.c CreateTriggerFiringOn");
RULE(rule_relation, "create-rule/relation", LC_ACCESS_EXCLUSIVE, "queries on the relation are rewritten differently from now on",
     "parse_utilcmd.c transformRuleStmt");
RULE(policy_table, "create-policy/table", LC_ACCESS_EXCLUSIVE, "queries on the table see other rows from now on",
     "policy.c CreatePolicy");
RULE(policy_altered, "alter-policy/table", LC_ACCESS_EXCLUSIVE, "queries on the table see other rows from now on",
     "policy.c AlterPolicy");

void fp_create_trigger(struct fp_session *s, const CreateTrigStmt *stmt)
{
    const struct cat_relation *rel = cat_find_rangevar(s->cat, stmt->relation);

    fp_lock(s, rel, &trigger_table);
    if (stmt->constrrel)
        fp_lock(s, cat_find_rangevar(s->cat, stmt->constrrel), &trigger_from);
    if (rel && rel->relkind == 'p' && stmt->row)
        fp_lock_inheritors(s, rel, &trigger_partition);
    fp_metadata(s, rel, "trigger");
}

// The queries inside an expression are analysed as queries are.
static bool analyze_sublink(const Node *node, void *context)
{
    const SubLink *link = AS(SubLink, node);

    if (link)
        fp_lock_analyzed(context, link->subselect);
    return link == NULL;
}

void fp_create_rule(struct fp_session *s, const RuleStmt *stmt)
{
    const struct cat_relation *rel = cat_find_rangevar(s->cat, stmt->relation);

    fp_lock(s, rel, &rule_relation);
    node_walk(stmt->whereClause, analyze_sublink, s);
    for (LIST_EACH(i, &stmt->actions))
        fp_lock_analyzed(s, stmt->actions.items[i]);
    fp_metadata(s, rel, "rule");
}

void fp_create_policy(struct fp_session *s, const CreatePolicyStmt *stmt)
{
    const struct cat_relation *rel = cat_find_rangevar(s->cat, stmt->table);

    fp_lock(s, rel, &policy_table);
    node_walk(stmt->qual, analyze_sublink, s);
    node_walk(stmt->with_check, analyze_sublink, s);
    fp_metadata(s, rel, "policy");
}

void fp_alter_policy(struct fp_session *s, const AlterPolicyStmt *stmt)
{
    const struct cat_relation *rel = cat_find_rangevar(s->cat, stmt->table);

    fp_lock(s, rel, &policy_altered);
    node_walk(stmt->qual, analyze_sublink, s);
    node_walk(stmt->with_check, analyze_sublink, s);
    fp_metadata(s, rel, "policy");
}

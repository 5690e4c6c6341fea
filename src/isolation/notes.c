// What a statement does that is not followed here: said once for each file, so that a transcript is not trusted too far.
#include "isolation/world.h"

struct finder {
    struct world *w;
    const struct session *s;
};

// A function of the file's own may lock, wait and write.
static bool find_function(const Node *node, void *context)
{
    const struct finder *f = context;
    const FuncCall *call = AS(FuncCall, node);
    const struct cat_proc *proc = call ? cat_find_proc(f->s->cat, list_schema_name(&call->funcname),
                                                       list_last_name(&call->funcname), NULL, call->args.length)
                                       : NULL;
    const CreateFunctionStmt *own = call ? own_function(f->w, call) : NULL;

    if (proc && proc->o.oid >= FirstNormalObjectId && !(own && is_evaluated(f->w, own)))
        world_note(f->w, "what the function %s does to rows, and its advisory locks", proc->o.name);
    return true;
}

static void note_triggers(struct world *w, const struct session *s, const RangeVar *rv)
{
    const struct cat_relation *root = rv ? cat_find_rangevar(s->cat, rv) : NULL;
    struct cat_oids all = {0};

    if (!root)
        return;
    cat_inheritors(s->cat, root->o.oid, &all);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *rel = cat_relation(s->cat, all.items[i]);
        bool followed = true;

        for (int k = 0; k < rel->triggers.len; k++)
            followed &= is_followed(w, s, cat_trigger(s->cat, rel->triggers.items[k]));
        if (!followed)
            world_note(w, "what triggers on %s do to rows", rel->o.name);
        if (rel->rules.len)
            world_note(w, "what rules on %s do to rows", rel->o.name);
    }
}

// LockDatabaseObject, dependency.c AcquireDeletionLock: of what is no relation.
static bool locks_other_objects(const Node *stmt)
{
    const DropStmt *d = AS(DropStmt, stmt);

    switch (nodeTag(stmt)) {
    case T_CreateFunctionStmt:
    case T_CreateSchemaStmt:
    case T_DropOwnedStmt:
    case T_CreatePublicationStmt:
    case T_AlterPublicationStmt:
    case T_AlterObjectSchemaStmt:
    case T_AlterDomainStmt:
    case T_AlterFunctionStmt:
    case T_CreateCastStmt:
    case T_CreateDomainStmt:
        return true;
    default:
        return d && (d->removeType == OBJECT_SCHEMA || d->removeType == OBJECT_FUNCTION || d->removeType == OBJECT_TYPE ||
                     d->removeType == OBJECT_DOMAIN || d->removeType == OBJECT_PUBLICATION);
    }
}

void note_unmodelled(struct world *w, struct session *s, const Node *stmt)
{
    const InsertStmt *ins = AS(InsertStmt, stmt);
    const UpdateStmt *upd = AS(UpdateStmt, stmt);
    const DeleteStmt *del = AS(DeleteStmt, stmt);
    struct finder f = {w, s};

    if (s->number == w->nsessions)
        return; // setup and teardown run alone
    refresh_catalog(w, s);
    node_walk(stmt, find_function, &f);
    if (ins || upd || del)
        note_triggers(w, s, ins ? ins->relation : upd ? upd->relation : del->relation);
    if (IsA(stmt, DoStmt) || IsA(stmt, CallStmt))
        world_note(w, "what the body of a DO or a procedure does to rows, its commits and advisory locks");
    if (IsA(stmt, CopyStmt))
        world_note(w, "the rows of COPY");
    if (locks_other_objects(stmt))
        world_note(w, "locks on what is no relation: schemas, functions, types, roles, publications");
}

// Dependencies that the objects' own fields tell, as the commands that make them record them (heap.c, index.c, pg_constraint.c, trigger.c, ...).
#include "catalog/internal.h"

#include "base/str.h"

// One direction only is written down: what an object needs. The other is found among the objects that can need the one asked for.
struct derive {
    const struct catalog *cat;
    cat_depend_visit visit;
    void *context;
    struct cat_address wanted_object; // of dependencies: only of this column; class CAT_NONE: any
    struct cat_address wanted_ref;    // of dependents: only on this; class CAT_NONE: any
};

static struct cat_address address(enum cat_class class, Oid oid, int subid)
{
    return (struct cat_address){class, oid, subid};
}

static void tell(const struct derive *d, struct cat_address object, struct cat_address ref, char deptype)
{
    const struct cat_address *o = &d->wanted_object, *r = &d->wanted_ref;
    struct cat_depend edge = {object, ref, deptype};

    if (!ref.oid || (o->class && (object.class != o->class || (o->subid && object.subid != o->subid))))
        return;
    if (r->class && (ref.class != r->class || ref.oid != r->oid || (r->subid && ref.subid != r->subid)))
        return;
    d->visit(&edge, d->context);
}

static void tell_columns(const struct derive *d, struct cat_address object, Oid rel, const int *attnums, int n, char deptype)
{
    int told = 0;

    for (int i = 0; i < n; i++)
        if (attnums[i] > 0) {
            tell(d, object, address(CAT_RELATION, rel, attnums[i]), deptype);
            told++;
        }
    if (!told)
        tell(d, object, address(CAT_RELATION, rel, 0), deptype);
}

static bool pinned(Oid oid)
{
    return oid < FirstNormalObjectId;
}

static void need_type(const struct derive *d, struct cat_address object, Oid type, char deptype)
{
    if (!pinned(type))
        tell(d, object, address(CAT_TYPE, type, 0), deptype);
}

// DefineOpClass, heap_create_with_catalog: an access method of CREATE ACCESS METHOD.
static void need_method(const struct derive *d, struct cat_address object, const char *am, char deptype)
{
    for (const struct cat_named *n = am ? cat_first_named(d->cat, CAT_OTHER, InvalidOid, am) : NULL; n;
         n = cat_next_named(n->next, CAT_OTHER, InvalidOid, am)) {
        const struct cat_other *o = cat_other(d->cat, CAT_OTHER, n->slot->oid);
        if (o && lc_streq(o->what, "access method") && !pinned(o->o.oid))
            tell(d, object, address(CAT_OTHER, o->o.oid, 0), deptype);
    }
}

static void need_schema(const struct derive *d, const struct cat_object *o)
{
    if (o->schema && (!pinned(o->schema) || o->schema == PG_PUBLIC_NAMESPACE))
        tell(d, address(o->class, o->oid, 0), address(CAT_NAMESPACE, o->schema, 0), 'n');
}

// index_create (catalog/index.c): a constraint's index is the constraint's, another one hangs on its columns.
static void index_needs(const struct derive *d, const struct cat_relation *rel)
{
    const struct cat_index *x = rel->index;
    struct cat_address self = address(CAT_RELATION, rel->o.oid, 0);

    if (x->constraint)
        tell(d, self, address(CAT_CONSTRAINT, x->constraint, 0), 'i');
    else
        tell_columns(d, self, x->indrelid, x->keys, x->natts, 'a');
    for (int i = 0; i < x->nkeyatts; i++)
        if (x->opclasses && !pinned(x->opclasses[i]))
            tell(d, self, address(CAT_OPCLASS, x->opclasses[i], 0), 'n');
}

static void parents_need(const struct derive *d, const struct cat_relation *rel)
{
    struct cat_address self = address(CAT_RELATION, rel->o.oid, 0);

    for (int i = 0; i < rel->parents.len; i++) {
        struct cat_address parent = address(CAT_RELATION, rel->parents.items[i], 0);

        if (rel->index) { // IndexSetParentIndex (indexcmds.c): DEPENDENCY_PARTITION_PRI on the index, SEC on the table
            tell(d, self, parent, 'P');
            tell(d, self, address(CAT_RELATION, rel->index->indrelid, 0), 'S');
        } else {
            tell(d, self, parent, rel->relispartition ? 'a' : 'n'); // StoreCatalogInheritance1 (tablecmds.c)
        }
    }
}

static void columns_need(const struct derive *d, const struct cat_relation *rel)
{
    for (int i = 0; i < rel->natts; i++) {
        const struct cat_attribute *a = &rel->attrs[i];
        struct cat_address column = address(CAT_RELATION, rel->o.oid, a->attnum);

        if (a->isdropped)
            continue;
        need_type(d, column, a->type, 'n');
        if (a->def || a->def_text) // StoreAttrDefault: a generated column needs its expression (internally since 15)
            tell(d, address(CAT_ATTRDEF, rel->o.oid, a->attnum), column, a->generated && cat_major(d->cat) >= 15 ? 'i' : 'a');
    }
}

static void relation_needs(const struct derive *d, const struct cat_relation *rel)
{
    struct cat_address self = address(CAT_RELATION, rel->o.oid, 0);

    if (rel->relkind == 't') {
        tell(d, self, address(CAT_RELATION, rel->toastfor, 0), 'i');
        return;
    }
    if (rel->index)
        index_needs(d, rel);
    else if (rel->relkind == 'c')
        tell(d, self, address(CAT_TYPE, rel->reltype, 0), 'i');
    else
        need_schema(d, &rel->o);
    need_method(d, self, rel->am, 'n'); // an index by way of its operator classes, which are of that method
    parents_need(d, rel);
    if (!rel->index)
        columns_need(d, rel);
    if (rel->reloftype)
        need_type(d, self, rel->reloftype, 'n');
    if (rel->seq_owner_rel)
        tell(d, self, address(CAT_RELATION, rel->seq_owner_rel, rel->seq_owner_att), rel->seq_deptype == 'i' ? 'i' : 'a');
    if (rel->partkey.strategy) // StorePartitionKey (heap.c): a column of the key cannot go while the table stays
        for (int i = 0; i < rel->partkey.natts; i++)
            if (rel->partkey.keys[i] > 0 && !rel->index)
                tell(d, address(CAT_RELATION, rel->o.oid, rel->partkey.keys[i]), self, 'i');
}

static void type_needs(const struct derive *d, const struct cat_type *t)
{
    struct cat_address self = address(CAT_TYPE, t->o.oid, 0);
    const struct cat_relation *rel = t->relid ? cat_relation(d->cat, t->relid) : NULL;

    if (t->category == 'A' && t->elem && t->typtype == 'b' && t->len == -1) {
        tell(d, self, address(CAT_TYPE, t->elem, 0), 'i');
        return;
    }
    if (rel && rel->relkind != 'c') {
        tell(d, self, address(CAT_RELATION, rel->o.oid, 0), 'i');
        return;
    }
    need_schema(d, &t->o);
    need_type(d, self, t->basetype, 'n');
    need_type(d, self, t->rngsubtype, 'n');
}

// CreateConstraintEntry (pg_constraint.c).
static void constraint_needs(const struct derive *d, const struct cat_constraint *c)
{
    struct cat_address self = address(CAT_CONSTRAINT, c->o.oid, 0);

    if (c->contypid)
        tell(d, self, address(CAT_TYPE, c->contypid, 0), 'a');
    if (c->conrelid)
        tell_columns(d, self, c->conrelid, c->conkey.items, c->conkey.len, 'a');
    const struct cat_relation *own = c->contype != 'f' && c->conindid ? cat_relation(d->cat, c->conindid) : NULL;
    if (own && own->index) // INCLUDE columns too
        tell_columns(d, self, c->conrelid, own->index->keys, own->index->natts, 'a');
    if (c->confrelid)
        tell_columns(d, self, c->confrelid, c->confkey.items, c->confkey.len, 'n');
    if (c->conindid && c->contype == 'f')
        tell(d, self, address(CAT_RELATION, c->conindid, 0), 'n');
    const struct cat_constraint *parent = c->conparentid ? cat_constraint(d->cat, c->conparentid) : NULL;
    if (parent && parent->conrelid == c->conrelid) { // a partition of the referenced table (addFkRecurseReferenced)
        tell(d, self, address(CAT_CONSTRAINT, c->conparentid, 0), 'i');
    } else if (c->conparentid) {
        tell(d, self, address(CAT_CONSTRAINT, c->conparentid, 0), 'P');
        tell(d, self, address(CAT_RELATION, c->conrelid, 0), 'S');
    }
}

static void trigger_needs(const struct derive *d, const struct cat_trigger *t)
{
    const struct cat_constraint *con = t->constraint ? cat_constraint(d->cat, t->constraint) : NULL;
    struct cat_address self = address(CAT_TRIGGER, t->o.oid, 0);

    if (!pinned(t->funcid))
        tell(d, self, address(CAT_PROC, t->funcid, 0), 'n');
    if (con && con->contype != 't' &&
        t->parent == 0) // CREATE CONSTRAINT TRIGGER: the constraint is the trigger's (CreateTrigger)
        tell(d, self, address(CAT_CONSTRAINT, t->constraint, 0), 'i');
    else
        tell(d, self, address(CAT_RELATION, t->relid, 0), 'a');
    tell(d, self, address(CAT_RELATION, t->constrrelid, 0), 'a');
    for (int i = 0; i < t->columns.len; i++)
        tell(d, self, address(CAT_RELATION, t->relid, t->columns.items[i]), 'n');
    if (t->parent) {
        tell(d, self, address(CAT_TRIGGER, t->parent, 0), 'P');
        tell(d, self, address(CAT_RELATION, t->relid, 0), 'S');
    }
}

static void proc_needs(const struct derive *d, const struct cat_proc *p)
{
    struct cat_address self = address(CAT_PROC, p->o.oid, 0);

    need_schema(d, &p->o);
    need_type(d, self, p->rettype, 'n');
    for (int i = 0; i < p->nargs; i++)
        need_type(d, self, p->argtypes[i], 'n');
}

static void operator_needs(const struct derive *d, const struct cat_operator *op)
{
    struct cat_address self = address(CAT_OPERATOR, op->o.oid, 0);

    need_schema(d, &op->o);
    need_type(d, self, op->left, 'n');
    need_type(d, self, op->right, 'n');
    if (!pinned(op->proc))
        tell(d, self, address(CAT_PROC, op->proc, 0), 'n');
}

static void cast_needs(const struct derive *d, const struct cat_cast *c)
{
    struct cat_address self = address(CAT_CAST, c->o.oid, 0);

    need_type(d, self, c->source, 'n');
    need_type(d, self, c->target, 'n');
    if (!pinned(c->func))
        tell(d, self, address(CAT_PROC, c->func, 0), 'n');
}

// DefineOpClass (commands/opclasscmds.c)
static void opclass_needs(const struct derive *d, const struct cat_opclass *c)
{
    struct cat_address self = address(CAT_OPCLASS, c->o.oid, 0);

    need_method(d, self, c->am, 'a');
    need_type(d, self, c->intype, 'n');
    if (!pinned(c->family))
        tell(d, self, address(CAT_OPFAMILY, c->family, 0), 'a');
    need_schema(d, &c->o);
}

// publication_add_relation (catalog/pg_publication.c); the filter's columns are told by whoever makes it.
static void publication_rel_needs(const struct derive *d, const struct cat_publication_rel *part)
{
    struct cat_address self = address(CAT_PUBLICATION_REL, part->o.oid, 0);

    tell(d, self, address(CAT_PUBLICATION, part->pubid, 0), 'a');
    tell(d, self, address(CAT_RELATION, part->relid, 0), 'a');
    for (int i = 0; i < part->columns.len; i++)
        tell(d, self, address(CAT_RELATION, part->relid, part->columns.items[i]), 'n');
}

// A member of a publication that is published as a whole has no row here: DROP takes it out without a word. Statistics: CreateStatistics.
static void other_needs(const struct derive *d, const struct cat_object *o)
{
    const void *p = o;

    if (o->class == CAT_STATISTICS) {
        const struct cat_other *s = p;
        tell_columns(d, address(CAT_STATISTICS, o->oid, 0), s->relid, s->columns.items, s->columns.len, 'a');
        need_schema(d, o);
    } else if (o->class == CAT_RULE) {
        tell(d, address(CAT_RULE, o->oid, 0), address(CAT_RELATION, ((const struct cat_rule *)p)->relid, 0), 'a');
    } else if (o->class == CAT_POLICY) {
        tell(d, address(CAT_POLICY, o->oid, 0), address(CAT_RELATION, ((const struct cat_policy *)p)->relid, 0), 'a');
    } else if (o->class == CAT_OPCLASS) {
        opclass_needs(d, p);
    } else if (o->class == CAT_PUBLICATION_REL) {
        publication_rel_needs(d, p);
    } else {
        need_schema(d, o);
    }
}

static void object_needs(const struct derive *d, const struct cat_object *o)
{
    const void *p = o;

    switch (o->class) {
    case CAT_RELATION:
        relation_needs(d, p);
        break;
    case CAT_TYPE:
        type_needs(d, p);
        break;
    case CAT_CONSTRAINT:
        constraint_needs(d, p);
        break;
    case CAT_TRIGGER:
        trigger_needs(d, p);
        break;
    case CAT_PROC:
        proc_needs(d, p);
        break;
    case CAT_OPERATOR:
        operator_needs(d, p);
        break;
    case CAT_CAST:
        cast_needs(d, p);
        break;
    default:
        other_needs(d, o);
    }
}

void cat_each_derived_dependency(const struct catalog *cat, struct cat_address object, cat_depend_visit visit, void *context)
{
    struct derive d = {cat, visit, context, object, {CAT_NONE, InvalidOid, 0}};
    const struct cat_object *o;

    if (object.class == CAT_ATTRDEF) { // told by its relation
        const struct cat_relation *rel = cat_relation(cat, object.oid);

        if (rel && object.subid > 0 && object.subid <= rel->natts)
            tell(&d, object, address(CAT_RELATION, object.oid, object.subid),
                 rel->attrs[object.subid - 1].generated && cat_major(cat) >= 15 ? 'i' : 'a');
        return;
    }
    o = cat_get(cat, object.class, object.oid);
    if (o)
        object_needs(&d, o);
}

static void visit_needs(const struct cat_object *o, void *context)
{
    object_needs(context, o);
}

// A composite type lives in its schema by its type, which is not visited by itself.
static void visit_in_schema(const struct cat_object *o, void *context)
{
    const struct derive *d = context;
    const struct cat_relation *rel = o->class == CAT_RELATION ? (const struct cat_relation *)(const void *)o : NULL;
    const struct cat_type *type =
        rel && rel->relkind == 'c' && o->schema == d->wanted_ref.oid ? cat_type(d->cat, rel->reltype) : NULL;

    object_needs(d, type ? &type->o : o);
}

static void each_of(const struct derive *d, enum cat_class class, const struct cat_oids *list)
{
    for (int i = 0; i < list->len; i++) {
        const struct cat_object *o = cat_get(d->cat, class, list->items[i]);

        if (o)
            object_needs(d, o);
    }
}

static void relation_dependents(const struct derive *d, const struct cat_relation *rel)
{
    const struct cat_slots *sequences = lc_intmap_get(&d->cat->sequences, rel->o.oid);
    const struct cat_type *rowtype = cat_type_in_use(d->cat, rel->reltype);
    const struct cat_relation *toast = rel->toastrelid ? cat_relation(d->cat, rel->toastrelid) : NULL;

    object_needs(d, &rel->o); // its columns on itself
    each_of(d, CAT_RELATION, &rel->indexes);
    each_of(d, CAT_RELATION, &rel->children);
    each_of(d, CAT_CONSTRAINT, &rel->constraints);
    each_of(d, CAT_CONSTRAINT, &rel->referencing);
    each_of(d, CAT_TRIGGER, &rel->triggers);
    each_of(d, CAT_RULE, &rel->rules);
    each_of(d, CAT_POLICY, &rel->policies);
    each_of(d, CAT_STATISTICS, &rel->statistics);
    cat_each(d->cat, CAT_PUBLICATION_REL, visit_needs, (void *)(uintptr_t)d);
    if (toast)
        object_needs(d, &toast->o);
    if (rowtype)
        object_needs(d, &rowtype->o);
    for (int i = 0; sequences && i < sequences->len; i++)
        if (sequences->items[i]->object)
            object_needs(d, sequences->items[i]->object);
}

// A foreign key needs the index it goes by; that index knows its table, the table who references it.
static void index_dependents(const struct derive *d, const struct cat_relation *rel)
{
    const struct cat_relation *table = cat_relation(d->cat, rel->index->indrelid);

    each_of(d, CAT_RELATION, &rel->children);
    if (table)
        each_of(d, CAT_CONSTRAINT, &table->referencing);
}

static void constraint_dependents(const struct derive *d, const struct cat_constraint *con)
{
    const struct cat_relation *rel = con->conrelid ? cat_relation(d->cat, con->conrelid) : NULL;
    const struct cat_relation *index = con->conindid ? cat_relation(d->cat, con->conindid) : NULL;

    if (index)
        object_needs(d, &index->o);
    if (!rel)
        return;
    each_of(d, CAT_TRIGGER, &rel->triggers);
    for (int i = 0; i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(d->cat, rel->children.items[i]);

        if (child)
            each_of(d, CAT_CONSTRAINT, &child->constraints);
    }
    if (con->contype == 'f' && cat_relation(d->cat, con->confrelid))
        each_of(d, CAT_CONSTRAINT, &cat_relation(d->cat, con->confrelid)->referencing);
    if (con->contype == 'f')
        each_of(d, CAT_CONSTRAINT, &rel->constraints); // the same table: children of a reference to a partitioned table
}

static void trigger_dependents(const struct derive *d, const struct cat_trigger *t)
{
    const struct cat_relation *rel = cat_relation(d->cat, t->relid);

    for (int i = 0; rel && i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(d->cat, rel->children.items[i]);

        if (child)
            each_of(d, CAT_TRIGGER, &child->triggers);
    }
}

static void type_dependents(const struct derive *d, const struct cat_type *t)
{
    const struct cat_type *array = cat_type_in_use(d->cat, t->array);
    const struct cat_relation *composite = t->typtype == 'c' && t->relid ? cat_relation(d->cat, t->relid) : NULL;

    if (array)
        object_needs(d, &array->o);
    each_of(d, CAT_CONSTRAINT, &t->constraints);
    if (composite)
        object_needs(d, &composite->o);
    if (!t->o.schema)
        return;
    cat_each(d->cat, CAT_RELATION, visit_needs, (void *)(uintptr_t)d);
    cat_each(d->cat, CAT_TYPE, visit_needs, (void *)(uintptr_t)d);
    cat_each(d->cat, CAT_PROC, visit_needs, (void *)(uintptr_t)d);
    cat_each(d->cat, CAT_OPERATOR, visit_needs, (void *)(uintptr_t)d);
    cat_each(d->cat, CAT_CAST, visit_needs, (void *)(uintptr_t)d);
    cat_each(d->cat, CAT_OPCLASS, visit_needs, (void *)(uintptr_t)d);
}

void cat_each_derived_dependent(const struct catalog *cat, struct cat_address ref, cat_depend_visit visit, void *context)
{
    struct derive d = {cat, visit, context, {CAT_NONE, InvalidOid, 0}, ref};
    const struct cat_object *o = cat_get(cat, ref.class, ref.oid);
    const void *p = o;

    if (!o || ref.class == CAT_ATTRDEF)
        return;
    if (ref.class == CAT_RELATION && ((const struct cat_relation *)p)->index)
        index_dependents(&d, p);
    else if (ref.class == CAT_RELATION)
        relation_dependents(&d, p);
    else if (ref.class == CAT_CONSTRAINT)
        constraint_dependents(&d, p);
    else if (ref.class == CAT_TRIGGER)
        trigger_dependents(&d, p);
    else if (ref.class == CAT_TYPE)
        type_dependents(&d, p);
    else if (ref.class == CAT_PROC)
        for (int c = CAT_TRIGGER; c <= CAT_CAST; c++)
            cat_each(cat, c == CAT_TRIGGER || c == CAT_OPERATOR || c == CAT_CAST ? (enum cat_class)c : CAT_NONE, visit_needs, &d);
    else if (ref.class == CAT_NAMESPACE)
        for (int c = CAT_RELATION; c < CAT_CLASS_COUNT; c++)
            cat_each(cat, (enum cat_class)c, visit_in_schema, &d);
    else if (ref.class == CAT_OPCLASS)
        cat_each(cat, CAT_RELATION, visit_needs, &d);
    else if (ref.class == CAT_OTHER && lc_streq(((const struct cat_other *)p)->what, "access method"))
        for (int c = CAT_RELATION; c <= CAT_OPCLASS; c += CAT_OPCLASS - CAT_RELATION)
            cat_each(cat, (enum cat_class)c, visit_needs, &d);
    else if (ref.class == CAT_OPFAMILY)
        cat_each(cat, CAT_OPCLASS, visit_needs, &d);
    else if (ref.class == CAT_PUBLICATION)
        cat_each(cat, CAT_PUBLICATION_REL, visit_needs, &d);
}

// Which operator a foreign key's columns are compared with (ATAddForeignKeyConstraint in commands/tablecmds.c).
#include "catalog/coerce.h"
#include "catalog/expr.h"
#include "catalog/prove.h"

// findFkeyCast: how the referencing column gets to the operator's right side.
static void find_cast(const struct catalog *cat, Oid type, struct cat_key_operator *out)
{
    out->fktype = type;
    out->polymorphic = coerce_is_polymorphic(out->right);
    out->path = out->polymorphic ? CAT_COERCE_BINARY : cat_find_coercion(cat, type, out->right, 'i', &out->cast);
}

// For a type whose operator classes are not known here, what the server does is not known either: the key is let pass.
static bool by_coercion(const struct catalog *cat, Oid pktype, Oid fktype)
{
    return cat_find_coercion(cat, fktype, pktype, 'i', NULL) != CAT_COERCE_NONE ||
           cat_find_coercion(cat, pktype, fktype, 'i', NULL) != CAT_COERCE_NONE;
}

bool cat_key_operator(const struct catalog *cat, Oid pktype, Oid fktype, Oid opclass, struct cat_key_operator *out)
{
    const struct cat_opclass *class = cat_opclass(cat, opclass);
    Oid base = cat_base_type(cat, fktype, NULL), types[2] = {pktype, fktype}, target[2];
    const struct cat_operator *own, *mixed, *theirs;

    *out = (struct cat_key_operator){0};
    own = class ? prove_family_operator(cat, class->family, class->intype, class->intype, BT_EQUAL) : NULL;
    if (!own)
        return by_coercion(cat, pktype, fktype);
    mixed = prove_family_operator(cat, class->family, class->intype, base, BT_EQUAL);
    theirs = prove_family_operator(cat, class->family, base, base, BT_EQUAL);
    target[0] = target[1] = class->intype;
    if (mixed && theirs) {
        out->operator= mixed->o.oid;
        out->right = base;
    } else if (coerce_can(cat, 2, types, target, 'i')) {
        out->operator= own->o.oid;
        out->right = class->intype;
    } else {
        return false;
    }
    find_cast(cat, fktype, out);
    return true;
}

bool cat_key_operators_equal(const struct cat_key_operator *a, const struct cat_key_operator *b)
{
    return a->operator== b->operator&& a->path == b->path && a->cast == b->cast &&(!a->polymorphic || a->fktype == b->fktype);
}

bool cat_foreign_key_operators(const struct catalog *cat, const struct cat_constraint *con, struct cat_key_operators *out)
{
    const struct cat_relation *rel = cat_relation(cat, con->conrelid), *ref = cat_relation(cat, con->confrelid);
    const struct cat_relation *index = cat_relation(cat, con->conindid);
    bool all = true;

    out->len = 0;
    for (int i = 0; rel && ref && i < con->conkey.len && i < con->confkey.len; i++) {
        struct cat_key_operator op;
        int pk = con->confkey.items[i];
        all &= cat_key_operator(cat, ref->attrs[pk - 1].type, rel->attrs[con->conkey.items[i] - 1].type,
                                cat_index_opclass(index, pk), &op);
        LC_PUSH(cat_arena(cat), out, op);
    }
    return all;
}

Oid cat_index_opclass(const struct cat_relation *index, int attnum)
{
    for (int k = 0; index && index->index && k < index->index->nkeyatts; k++)
        if (index->index->keys[k] == attnum)
            return index->index->opclasses[k];
    return InvalidOid;
}

// Roles that this run made, what they are members of, and what privileges they have been given: enough to tell who is refused with 42501. Of other
// roles, and of what was granted before, nothing is known, and nobody is refused for it.
#ifndef LC_CATALOG_ROLES_H
#define LC_CATALOG_ROLES_H

#include "catalog/catalog.h"
#include "sql/sql.h"

enum cat_known { CAT_NO, CAT_YES, CAT_NOT_KNOWN };

// Is the role one that this run has made (and not renamed since)? Only of those is anything known.
bool cat_role_is_known(const struct catalog *cat, const char *role);
bool cat_role_is_superuser(const struct catalog *cat, const char *role); // of a known one
// has_privs_of_role and member_can_set_role (utils/adt/acl.c); `role` NULL: one that this run has not made.
enum cat_known cat_has_privs_of_role(const struct catalog *cat, const char *member, const char *role);
enum cat_known cat_can_set_role(const struct catalog *cat, const char *member, const char *role);

enum cat_privilege { // nodes/parsenodes.h ACL_*
    CAT_ACL_INSERT = 1 << 0,
    CAT_ACL_SELECT = 1 << 1,
    CAT_ACL_UPDATE = 1 << 2,
    CAT_ACL_DELETE = 1 << 3,
    CAT_ACL_TRUNCATE = 1 << 4,
    CAT_ACL_REFERENCES = 1 << 5,
    CAT_ACL_TRIGGER = 1 << 6,
    CAT_ACL_EXECUTE = 1 << 7,
    CAT_ACL_USAGE = 1 << 8,
    CAT_ACL_CREATE = 1 << 9,
    CAT_ACL_MAINTAIN = 1 << 14,
};

// object_ownercheck: superusers and members of the owner own it too.
enum cat_known cat_ownercheck(const struct catalog *cat, const struct cat_object *o, const char *role);
// object_aclcheck, pg_class_aclcheck: has the role one of these privileges? A grant on single columns is answered with CAT_NOT_KNOWN.
enum cat_known cat_aclcheck(const struct catalog *cat, const struct cat_object *o, const char *role, unsigned privileges);
// Does the current user get VACUUM, ANALYZE and CLUSTER of the relation? If not, it is passed over with a warning (vacuum_is_permitted_for_relation,
// cluster_is_permitted_for_relation).
bool cat_may_maintain(const struct catalog *cat, const struct cat_relation *rel);

#endif

// What both swaps ask the catalogue of table `t`, of all of its columns or of one: commands that make anew what hangs on them (copy_swap.c, type_swap.c).
//
// For a query with a column `cmd` in a DO block under #variable_conflict use_column, with pg_catalog alone in the search_path.
#ifndef LC_REWRITE_SWAP_H
#define LC_REWRITE_SWAP_H

// Of indexes, and of constraints of the table and to it.
#define SWAP_COMMENTS                                                                                                            \
    "        UNION ALL SELECT format('COMMENT ON INDEX %s IS %L', indexrelid::regclass, obj_description(indexrelid, "            \
    "'pg_class'))\n"                                                                                                             \
    "          FROM pg_index WHERE indrelid = t AND obj_description(indexrelid, 'pg_class') IS NOT NULL\n"                       \
    "        UNION ALL SELECT format('COMMENT ON CONSTRAINT %I ON %s IS %L', conname, conrelid::regclass, obj_description(oid, " \
    "'pg_constraint'))\n"                                                                                                        \
    "          FROM pg_constraint WHERE t IN (conrelid, confrelid) AND obj_description(oid, 'pg_constraint') IS NOT NULL\n"

#define SWAP_GRANTEE "CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END"
#define SWAP_GRANT_OPTION "CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END"

// `which`: a condition on pg_attribute.
#define SWAP_COLUMNS(which)                                                                                                      \
    "        UNION ALL SELECT format('ALTER TABLE ONLY %s ALTER COLUMN %I SET STATISTICS %s', t, attname, attstattarget)\n"      \
    "          FROM pg_attribute WHERE attrelid = t AND attstattarget >= 0 AND " which "\n"                                      \
    "        UNION ALL SELECT format('ALTER TABLE ONLY %s ALTER COLUMN %I SET (%s)', t, attname, o)\n"                           \
    "          FROM pg_attribute, unnest(attoptions) o WHERE attrelid = t AND o LIKE 'n_distinct%' AND " which "\n"              \
    "        UNION ALL SELECT format('GRANT %s (%I) ON %s TO %s%s', x.privilege_type, attname, t, " SWAP_GRANTEE                 \
    ", " SWAP_GRANT_OPTION ")\n"                                                                                                 \
    "          FROM pg_attribute, aclexplode(attacl) x WHERE attrelid = t AND " which "\n"

// Statistics objects of column `a` (NULL: of none). ALTER TYPE keeps them on 13 (UpdateStatisticsForTypeChange). From 14 on it makes them anew
// (ATPostAlterTypeCleanup), without their target, and until CVE-2026-6469 was mended with the owner that the running role is (CreateStatistics).
#define SWAP_OF_COLUMN                                                                                                           \
    "EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_statistic_ext'::regclass AND objid = s.oid AND refobjid = t AND "         \
    "refobjsubid = a)"
#define SWAP_VERSION "current_setting('server_version_num')::int"
#define SWAP_KEEPS_TARGET "(" SWAP_VERSION " < 140000 OR NOT " SWAP_OF_COLUMN ")"
#define SWAP_KEEPS_OWNER                                                                                                         \
    "(" SWAP_VERSION " % 10000 >= CASE " SWAP_VERSION                                                                            \
    " / 10000 WHEN 14 THEN 24 WHEN 15 THEN 19 WHEN 16 THEN 15 WHEN 17 THEN 11 WHEN 18 THEN 5\n"                                  \
    "          ELSE 0 END OR NOT " SWAP_OF_COLUMN ")"

// `which`: a condition on pg_statistic_ext s.
#define SWAP_STATISTICS(which)                                                                                                   \
    "        UNION ALL SELECT pg_get_statisticsobjdef(s.oid) FROM pg_statistic_ext s WHERE stxrelid = t AND " which "\n"         \
    "        UNION ALL SELECT format('COMMENT ON STATISTICS %s.%I IS %L', stxnamespace::regnamespace, stxname,\n"                \
    "          obj_description(s.oid, 'pg_statistic_ext')) FROM pg_statistic_ext s\n"                                            \
    "          WHERE stxrelid = t AND obj_description(s.oid, 'pg_statistic_ext') IS NOT NULL AND " which "\n"                    \
    "        UNION ALL SELECT format('ALTER STATISTICS %s.%I SET STATISTICS %s', stxnamespace::regnamespace, stxname, "          \
    "stxstattarget)\n"                                                                                                           \
    "          FROM pg_statistic_ext s WHERE stxrelid = t AND stxstattarget >= 0 AND " which "\n"                                \
    "          AND " SWAP_KEEPS_TARGET "\n"                                                                                      \
    "        UNION ALL SELECT format('ALTER STATISTICS %s.%I OWNER TO %I', stxnamespace::regnamespace, stxname, "                \
    "pg_get_userbyid(stxowner))\n"                                                                                               \
    "          FROM pg_statistic_ext s WHERE stxrelid = t AND pg_get_userbyid(stxowner) <> current_user AND " which "\n"         \
    "          AND " SWAP_KEEPS_OWNER "\n"

#define SWAP_CLUSTER                                                                                                             \
    "        UNION ALL SELECT format('ALTER TABLE %s CLUSTER ON %I', t, relname)\n"                                              \
    "          FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = t AND indisclustered\n"

// An identity's sequence goes with its column: another of the same name goes on where it was. Its commands are added to `cmds`; q, last and called are the
// block's variables. `which`: a condition on pg_attribute i.
#define SWAP_IDENTITY(which)                                                                                                     \
    "    FOR q IN SELECT d.objid::regclass AS seq, s.*, i.attname, i.attidentity FROM pg_depend d JOIN pg_sequence s ON "        \
    "s.seqrelid = d.objid\n"                                                                                                     \
    "          JOIN pg_attribute i ON i.attrelid = t AND i.attnum = d.refobjsubid WHERE d.refobjid = t AND d.classid = "         \
    "'pg_class'::regclass\n"                                                                                                     \
    "          AND d.deptype = 'i' AND i.attidentity <> '' AND " which " LOOP\n"                                                 \
    "        EXECUTE format('SELECT last_value, is_called FROM %s', q.seq) INTO last, called;\n"                                 \
    "        cmds := cmds || format('ALTER TABLE %s ALTER COLUMN %I ADD GENERATED %s AS IDENTITY (SEQUENCE NAME %s START %s'\n"  \
    "            ' INCREMENT %s MINVALUE %s%s CACHE %s%s)', t, q.attname, CASE q.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY "   \
    "DEFAULT' END,\n"                                                                                                            \
    "            q.seq, q.seqstart, q.seqincrement, q.seqmin, CASE WHEN q.seqmax IN (32767, 2147483647, 9223372036854775807) "   \
    "THEN ''\n"                                                                                                                  \
    "            ELSE ' MAXVALUE ' || q.seqmax END, q.seqcache, CASE WHEN q.seqcycle THEN ' CYCLE' ELSE '' END)\n"               \
    "            || format('SELECT setval(%L, %s, %L)', q.seq, last, called);\n"                                                 \
    "        cmds := cmds || coalesce((SELECT array_agg(format('GRANT %s ON SEQUENCE %s TO %s%s', x.privilege_type, q.seq,\n"    \
    "            " SWAP_GRANTEE ", " SWAP_GRANT_OPTION ")) FROM pg_class, aclexplode(relacl) x\n"                                \
    "            WHERE oid = q.seq), '{}') || coalesce((SELECT array_agg(format('COMMENT ON SEQUENCE %s IS %L', q.seq, c))\n"    \
    "            FROM obj_description(q.seq, 'pg_class') c WHERE c IS NOT NULL), '{}');\n"                                       \
    "    END LOOP;\n"

#endif

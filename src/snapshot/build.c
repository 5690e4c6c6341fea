// From rows to the value that other rooms use: server, settings, parts, gaps; the empty snapshot; traffic from another one.
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/str.h"
#include "snapshot/settings.h"
#include "snapshot/tables.h"
#include "sql/sql.h"

#define CLONE_STATS_MS (3600 * 1000.0) // counters younger than this, and nobody connected: a clone
#define PRODUCTION_BACKENDS 20

static const char *text_or(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

static void set_server(struct snapshot *snap)
{
    struct snap_server *s = &snap->server;
    *s = (struct snap_server){.version = "", .database = "", .user = "", .label = "", .encoding = "UTF8", .collate = ""};
    s->started_at = s->now = s->stats_reset = NAN;
    if (snap_nrows(snap->tables, SUBJECT_server) == 0) {
        return;
    }
    const char *const *row = snap_row(snap->tables, SUBJECT_server, 0);
    s->version_num = snap_int(row[C_server_version_num]);
    s->version = text_or(row[C_server_version], "");
    s->database = text_or(row[C_server_database], "");
    s->user = text_or(row[C_server_user], "");
    s->label = lc_printf(snap->arena, "%s on %s", s->database, text_or(row[C_server_host], "localhost"));
    s->encoding = text_or(row[C_server_encoding], "UTF8");
    s->collate = text_or(row[C_server_collate], "");
    s->started_at = snap_num(row[C_server_started_at]);
    s->now = snap_num(row[C_server_now]);
    s->stats_reset = snap_num(row[C_server_stats_reset]);
    s->cores = snap_int(row[C_server_cores]);
    s->in_recovery = snap_bool(row[C_server_in_recovery]);
    s->superuser = snap_bool(row[C_server_superuser]);
    s->client_backends = snap_int(row[C_server_client_backends]);
    double since = isnan(s->stats_reset) ? s->started_at : s->stats_reset;
    s->looks_like_clone = s->client_backends == 0 && s->now - since < CLONE_STATS_MS;
    s->looks_like_production = snap_int(row[C_server_replicas]) > 0 || s->client_backends >= PRODUCTION_BACKENDS;
}

static const char *lower(struct lc_arena *arena, const char *name)
{
    char *copy = lc_strdup(arena, name);
    for (char *c = copy; *c; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    return copy;
}

static void set_settings(struct snapshot *snap)
{
    for (int i = 0; i < snap_nrows(snap->tables, SUBJECT_setting); i++) {
        const char *const *row = snap_row(snap->tables, SUBJECT_setting, i);
        if (row[C_setting_name] && row[C_setting_value]) {
            const char *value = setting_with_unit(snap->arena, row[C_setting_value], row[C_setting_unit]);
            cat_set_setting(snap->cat, lower(snap->arena, row[C_setting_name]), value, false);
        }
    }
    if (snap->server.user[0]) {
        cat_set_setting(snap->cat, "session_authorization", snap->server.user, false);
    }
}

static enum snap_part part_of(const char *name)
{
    for (int i = 0; name && i < SNAP_PARTS; i++) {
        if (strcmp(snap_part_name((enum snap_part)i), name) == 0) {
            return (enum snap_part)i;
        }
    }
    return SNAP_PART_CATALOG;
}

static void set_parts(struct snapshot *snap)
{
    for (int i = 0; i < SNAP_PARTS; i++) {
        snap->parts[i].taken_at = NAN;
    }
    for (int i = 0; i < snap_nrows(snap->tables, SUBJECT_provenance); i++) {
        const char *const *row = snap_row(snap->tables, SUBJECT_provenance, i);
        snap->parts[part_of(row[C_provenance_part])] = (struct snap_provenance){
            .present = true, .taken_at = snap_num(row[C_provenance_taken_at]), .server = text_or(row[C_provenance_server], "")};
    }
    for (int i = 0; i < snap_nrows(snap->tables, SUBJECT_gap); i++) {
        const char *const *row = snap_row(snap->tables, SUBJECT_gap, i);
        LC_PUSH(snap->arena, &snap->gaps,
                (struct snap_gap){part_of(row[C_gap_part]), text_or(row[C_gap_what], ""), text_or(row[C_gap_why], ""),
                                  row[C_gap_hint]});
    }
}

struct snapshot *snap_build(struct lc_arena *arena, struct snap_tables *tables, enum snap_origin origin, const char *path)
{
    struct snapshot *snap = LC_NEW(arena, struct snapshot);
    snap->arena = arena;
    snap->origin = origin;
    snap->path = path;
    snap->tables = tables;
    set_server(snap);
    set_parts(snap);
    snap->cat = cat_new(arena, snap->server.version_num ? snap->server.version_num : lc_sql_grammar());
    set_settings(snap);
    snap_build_catalog(snap);
    snap_build_traffic(snap);
    snap_build_plans(snap);
    return snap;
}

struct snapshot *snapshot_empty(struct lc_arena *arena, int version_num)
{
    struct snap_tables *tables = LC_NEW(arena, struct snap_tables);
    int version = version_num > 0 ? version_num : lc_sql_grammar();
    snap_add_row(arena, tables, SUBJECT_server)[C_server_version_num] = lc_printf(arena, "%d", version);
    struct snapshot *snap = snap_build(arena, tables, SNAP_NONE, NULL);
    snap->server.looks_like_clone = false;
    snap->server.label = "";
    cat_set_setting(snap->cat, "timezone", "GMT", false); // the server's own default (guc_tables.c, boot value of TimeZone)
    return snap;
}

static bool is_traffic(enum snap_part part)
{
    return part == SNAP_PART_STATEMENTS || part == SNAP_PART_COUNTERS || part == SNAP_PART_ACTIVITY;
}

void snapshot_take_traffic(struct snapshot *snap, const struct snapshot *from)
{
    for (int i = 0; i < SNAP_SUBJECTS; i++) {
        if (is_traffic(snap_specs[i].part)) {
            snap->tables->t[i] = from->tables->t[i];
        }
    }
    for (int i = 0; i < SNAP_PARTS; i++) {
        if (is_traffic((enum snap_part)i)) {
            snap->parts[i] = from->parts[i];
        }
    }
    snap->traffic = from->traffic;
}

// --- settings -------------------------------------------------------------------------------------------------------------------

double snapshot_setting_bytes(const struct snapshot *snap, const char *name)
{
    return setting_bytes(name, cat_setting(snap->cat, name));
}

double snapshot_setting_ms(const struct snapshot *snap, const char *name)
{
    return setting_ms(name, cat_setting(snap->cat, name));
}

double snapshot_setting_number(const struct snapshot *snap, const char *name)
{
    return setting_number(cat_setting(snap->cat, name));
}

bool snapshot_setting_bool(const struct snapshot *snap, const char *name, bool otherwise)
{
    return setting_bool(cat_setting(snap->cat, name), otherwise);
}

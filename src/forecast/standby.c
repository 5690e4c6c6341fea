// What a standby has to replay of each statement, and whose readers there wait: a standby takes an ACCESS EXCLUSIVE lock when the record of it
// is replayed (StandbyAcquireAccessExclusiveLock, storage/ipc/standby.c) and gives it back with the record of the commit.
#include "forecast/standby.h"

#include <string.h>

#include "base/str.h"

// One process replays, record by record. Nobody is asked how fast: 100 MB/s, give or take a factor of two.
#define REPLAY_BYTES_PER_MS 100e3
#define REPLAY_SPREAD 2.0

static int count_standbys(const struct snap_traffic *t)
{
    int n = 0;

    for (int i = 0; i < t->nreplicas; i++)
        if (!lc_streq(t->replicas[i].state, "backup")) // pg_basebackup
            n++;
    return n;
}

// LockAcquireExtended (storage/lmgr/lock.c) logs it from wal_level replica on; indexes and TOAST tables go with their table.
static const char *stopped_relation(const struct footprint *fp)
{
    const char *name = NULL;

    for (int i = 0; i < fp->locks.len; i++) {
        const struct fp_lock *l = &fp->locks.items[i];
        if (l->mode != LC_ACCESS_EXCLUSIVE || l->created || l->rel->o.created || l->rel->relpersistence != 'p')
            continue;
        if (strchr("rmpfv", l->rel->relkind))
            return l->name;
        name = name ? name : l->name;
    }
    return name;
}

static struct quantiles replay_ms(struct quantiles wal)
{
    return (struct quantiles){wal.p10 / REPLAY_BYTES_PER_MS / REPLAY_SPREAD, wal.p50 / REPLAY_BYTES_PER_MS,
                              wal.p90 / REPLAY_BYTES_PER_MS * REPLAY_SPREAD};
}

void forecast_standbys(const struct snapshot *snap, struct forecast *out)
{
    bool logged = !lc_streq(cat_setting(snap->cat, "wal_level"), "minimal");

    out->standbys = count_standbys(&snap->traffic);
    out->standby_delay_ms = snapshot_setting_ms(snap, "max_standby_streaming_delay");
    for (int i = 0; logged && i < out->len; i++)
        for (int k = 0; k < out->files[i].len; k++) {
            struct forecast_stmt *f = &out->files[i].stmts[k];
            f->standby = (struct forecast_standby){replay_ms(f->cost.wal), stopped_relation(&f->fp)};
        }
}

// The parts of the canonical report that tell of the queue: what was simulated, the worst moment, who is in the way, retries.
#ifndef LC_REPORT_JSON_QUEUE_H
#define LC_REPORT_JSON_QUEUE_H

#include "forecast/forecast.h"
#include "report/writer.h"

// The members "model", "queue" and "lock_timeout" of the report; null where nothing was simulated.
void report_put_queue(struct json_writer *w, const struct forecast *f);

#endif

// Standbys: what they replay, and whose readers wait there.
#ifndef LC_FORECAST_STANDBY_H
#define LC_FORECAST_STANDBY_H

#include "forecast/forecast.h"

// Fills `standby` of every statement, whose footprint and cost are known, and what is known of the standbys.
void forecast_standbys(const struct snapshot *snap, struct forecast *out);

#endif

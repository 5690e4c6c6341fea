// The documented defaults.
#include "cost/constants.h"

const struct cost_constant cost_defaults[COST_IDS] = {
#define C(id, unit, median, sigma, what) [COST_##id] = {#id, unit, median, sigma, what},
#include "cost/constants.def"
#undef C
};

// From a plan that fails to a short one that still does, by leaving events out: halves, quarters, ... single ones, until
// none can be spared (Zeller's ddmin, complements only).
#pragma once

#include <functional>

#include "plan.h"

namespace sim {

// `fails` must be a pure function of the plan. Stops after `tries_max` questions with the best so far.
Plan shrink(Plan plan, const std::function<bool(const Plan&)>& fails, int tries_max = 2000);

}  // namespace sim

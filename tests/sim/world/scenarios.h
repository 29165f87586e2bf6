// Where plans come from: named situations, and chance.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plan.h"

namespace sim {

// Swarm testing: each seed has its own topology, its own subset of faults and its own rates.
Plan random_plan(uint64_t seed);

struct Scenario {
  const char* name;
  const char* what;
  Plan (*make)(uint64_t seed);
};
extern const std::vector<Scenario> kScenarios;

// A seed's plan when any scenario may come: half of them are chance alone.
Plan any_plan(uint64_t seed);

}  // namespace sim

// One result with everything that a report shows: a requirement met, violated and undecided, an incident, a death.
#pragma once

#include "reports/context.hpp"
#include "scenarios/result.hpp"

namespace faultline::tests {

scenarios::RunResult example_run();
reports::Context example_context();

}  // namespace faultline::tests

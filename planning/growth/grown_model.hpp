// A scenario as it is some months from now, by its section "growth".
//
//   load     the rate of arrivals, the speed of a trace or the closed users of an office; of classes and offices with
//            rates of their own also shares and weights
//   data     sizes of databases, working sets and warehouse tables, counts of keys, sizes of transfers. A table grows
//            as the database that feeds it, keys as the database at the end of their class's route; the rest as
//            "monthly" says
//   offices  copies of those that they are like, in turn, each with its load; names "boston 2", "boston 3"
//
// Whole things are rounded: users of an office and keys to the nearest, offices down (one opens when it is whole),
// bytes to the nearest. Faults, surges and tenants stay as they are; an office that opens is in no list of offices.
#pragma once

#include <string>

#include "scenarios/reader/json_document.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// Today is month 0: 1. compound: (1 + monthly)^months; linear: 1 + monthly * months.
double growth_factor(double monthly, scenarios::GrowthForm form, int months);

// How many offices there are, by now in the scenario, and then.
int offices_after(const scenarios::Scenario& scenario, int months);

// Of all databases' data and all arrivals together, beside today's.
struct Grown {
    scenarios::Json model;  // without "growth" and variants: months of another growth that are alike are one model
    double load = 1.0, data = 1.0;
    int offices = 0;
};
// `model`: the scenario's text as JSON. `more_load` multiplies the arrivals on top.
Grown grown_model(const scenarios::Json& model, const scenarios::Scenario& scenario, int months,
                  double more_load = 1.0);

}  // namespace faultline::planning

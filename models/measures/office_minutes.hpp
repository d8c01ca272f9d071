// Good minutes of each office: minutes, counted from the end of the warm-up, in which at least 99 % of what was due
// there was good, all classes together (design section 5). A minute in which nothing was due is none. A second that an
// incident has shifted across the border of two minutes counts with the one in which it begins. What is still in
// flight when the run ends is bad once its deadline has passed, and says nothing before.
//
// Read off the seconds that are kept anyway, at the end of a run: it costs an operation nothing.
#pragma once

#include <vector>

#include "models/measures/operations.hpp"

namespace faultline::models {

std::vector<scenarios::OfficeMinutes> office_minutes(const MeasuresShape& shape, const PhaseTrack& track,
                                                     const Operations& operations, Instant end);

// Due and good in each second of the run, of each class at each office, into `results`: what pictures by office are
// drawn from. A second that an incident has shifted counts with the one in which it begins.
void add_office_timelines(const MeasuresShape& shape, const PhaseTrack& track, const Operations& operations,
                          Instant end, std::vector<scenarios::ClassResult>& results);

}  // namespace faultline::models

// The data files that the program carries in itself: network profiles, geography (scenarios/profiles/README.md). No
// file is read at run time, so an installed program needs no data folder and cannot find a changed one.
#pragma once

#include <string_view>

namespace faultline::scenarios {

// The bytes of scenarios/profiles/<name> or scenarios/catalogue/<name>, for example "jitter_model.csv"; they live as
// long as the program. A view with data() == nullptr when no file of that name was embedded.
std::string_view embedded_file(std::string_view name);

}  // namespace faultline::scenarios

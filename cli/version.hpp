#pragma once

#include <string>

namespace faultline::cli {

std::string version();       // "0.1.0"
std::string version_text();  // with the compiler and what was built in

}  // namespace faultline::cli

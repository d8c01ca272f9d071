#include "cli/version.hpp"

#include <fmt/format.h>

#include "planning/ranks.hpp"

namespace faultline::cli {

std::string version() {
    return FAULTLINE_VERSION;
}

std::string version_text() {
#if defined(__clang__)
    const std::string compiler = "clang++ " __clang_version__;
#else
    const std::string compiler = "g++ " __VERSION__;
#endif
    return fmt::format("faultline {}\ncompiler: {}\nSimGrid: yes\nMPI: {}", version(), compiler,
                       planning::mpi_version());
}

}  // namespace faultline::cli

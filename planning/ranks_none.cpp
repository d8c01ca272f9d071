// Where MPI was not there at build time.
#include <cstdlib>
#include <stdexcept>

#include "planning/ranks.hpp"

namespace faultline::planning {

std::unique_ptr<Ranks> Ranks::join(int&, char**&) {
    // Without this, every process of the job would do all the work and write the same files.
    for (const char* const name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_SIZE"}) {
        if (std::getenv(name) == nullptr) continue;
        throw std::runtime_error("started by an MPI launcher, but built without MPI (see faultline --version)");
    }
    return nullptr;
}

std::string mpi_version() {
    return "not built";
}

}  // namespace faultline::planning

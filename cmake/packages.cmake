# Every package the build uses; scripts/packages.txt names the Debian package of each.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(Boost 1.74 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED)
find_path(PCG_INCLUDE_DIR pcg_random.hpp REQUIRED)

# SimGrid ships a find module that wants its source tree; the header and the library are all that is needed.
find_path(SIMGRID_INCLUDE_DIR simgrid/s4u.hpp REQUIRED)
find_library(SIMGRID_LIBRARY simgrid REQUIRED)
add_library(simgrid INTERFACE)
target_include_directories(simgrid SYSTEM INTERFACE "${SIMGRID_INCLUDE_DIR}")
target_link_libraries(simgrid INTERFACE "${SIMGRID_LIBRARY}")

if(NOT FAULTLINE_ENGINE_AND_MODELS_ONLY)
    find_package(CLI11 2.1 REQUIRED)
    find_package(SQLite3 3.37 REQUIRED)
    # Optional: what `faultline --version` says of it. Without the C++ bindings, which MPI 3 has no more.
    set(MPI_CXX_SKIP_MPICXX TRUE)
    find_package(MPI QUIET COMPONENTS CXX)
endif()
if(FAULTLINE_TESTS)
    find_package(GTest REQUIRED)
endif()
if(FAULTLINE_BENCHMARKS)
    find_package(benchmark REQUIRED)
endif()

// The processes of an MPI job ("mpirun -n 32 faultline run S.json"): rank 0 is the program that people see; the others
// wait for replications, each of which runs in a worker process as anywhere. Work is dealt one by one, so that a slow
// machine takes less of it. A worker that dies is tried once more by its rank; a rank that dies ends the job, as MPI
// has it. Ranks sleep between looks instead of spinning.
//
// MPI is known to ranks_mpi.cpp only. Without it at build time, nothing joins.
#pragma once

#include <memory>
#include <string>

#include "planning/hands.hpp"

namespace faultline::planning {

class Ranks {
public:
    // The job that this process was started in; null: in none. Before anything else is done with the arguments. Throws
    // std::runtime_error where there is a job, and MPI was not built in.
    static std::unique_ptr<Ranks> join(int& argc, char**& argv);

    virtual ~Ranks() = default;  // of rank 0: sends the others home

    virtual bool leads() const = 0;  // it is rank 0
    virtual int size() const = 0;
    // Of the others: works until rank 0 sends it home.
    virtual void serve() = 0;
    // Of rank 0: all ranks, itself among them, each with so many workers (0: one).
    virtual std::unique_ptr<Hands> hands(int jobs) = 0;
};

// "Open MPI 4.1.4"; "not built".
std::string mpi_version();

}  // namespace faultline::planning

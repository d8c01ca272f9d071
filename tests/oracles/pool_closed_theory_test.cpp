// Goal:   closed networks of ServerPools, with clients that think, agree with every row of the tables of closed
//         networks; whatever the discipline, as product form says for exponential services.
// Method: as in pool_open_theory_test.cpp; the controls are the sums of thinking and service times less their means. At
//         a saturated bottleneck its own services decide the throughput, and next to nothing is left to chance.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/oracles/closed_network_run.hpp"
#include "tests/oracles/comparison.hpp"
#include "tests/oracles/theory_table.hpp"

namespace faultline::oracles {
namespace {

using engine::Discipline;
using engine::Distribution;

// Of a replication. The widest interval is 2 % with 6'000 (a residence at a station of several servers, half busy).
constexpr double network_cycles = 15'000.0;
constexpr double repair_cycles = 30'000.0;

std::vector<Replication> run_all(ClosedNetwork network, double cycles) {
    size_runs(network, shortened ? cycles / 4.0 : cycles);
    std::vector<Replication> all;
    for (std::uint32_t i = 1; i <= replications; ++i) all.push_back(run(network, i));
    return all;
}

ClosedNetwork network_of(const TheoryRow& row, Discipline discipline) {
    const auto station = [&](const char* demand, const char* servers) {
        return ClosedStation{Distribution::exponential(row.number(demand)), row.whole(servers), discipline};
    };
    return {.stations = {station("D1", "servers1"), station("D2", "servers2"), station("D3", "servers3_0=delay")},
            .think_s = row.number("think"),
            .clients = row.whole("N")};
}

void expect_every_row(Discipline discipline) {
    const auto rows = read_theory("theory_mva_closed.csv");
    const Comparison compare(rows.size() * 11);
    for (const TheoryRow& row : rows) {
        const auto runs = run_all(network_of(row, discipline), network_cycles);
        compare.mean(runs, row, {"throughput", "throughput", of_a_mean});
        compare.mean(runs, row, {"response", "response", of_a_mean});
        for (const std::string number : {"1", "2", "3"}) {
            compare.mean(runs, row, {"R" + number, "residence " + number, of_a_mean});
            compare.mean(runs, row, {"Q" + number, "population " + number, of_a_mean});
            if (row.text("U" + number) == "nan") continue;
            compare.mean(runs, row, {"U" + number, "utilisation " + number, of_a_mean});
        }
    }
}

TEST(PoolClosedTheoryTest, ClosedNetworkFirstComeFirstServed) {
    expect_every_row(Discipline::fcfs);
}

TEST(PoolClosedTheoryTest, ClosedNetworkProcessorSharing) {
    expect_every_row(Discipline::processor_sharing);
}

// Machines think until they fail; the crews are the servers. An hour of the table is a second of the simulation.
TEST(PoolClosedTheoryTest, MachineRepairman) {
    const auto rows = read_theory("theory_machine_repairman.csv");
    const Comparison compare(rows.size() * 5);
    for (const TheoryRow& row : rows) {
        const double machines = row.whole("machines");
        const ClosedNetwork network{
            .stations = {{.service = Distribution::exponential(row.number("mttr_h")), .servers = row.whole("crews")}},
            .think_s = row.number("mttf_h"),
            .clients = row.whole("machines")};
        const auto runs = run_all(network, repair_cycles);
        const double waits = row.number("mean_waiting_for_crew") >= 0.1 ? of_a_mean : any_width;
        compare.value(runs, machines - row.number("mean_up"), row, {"machines - mean_up", "population 1", of_a_mean});
        compare.mean(runs, row, {"repairs_per_h", "throughput", of_a_mean});
        compare.mean(runs, row, {"mean_waiting_for_crew", "waiting 1", waits});
        compare.mean(runs, row, {"mean_wait_h", "wait 1", waits});
        compare.value(runs, 1.0 - row.number("crew_idle_fraction"), row,
                      {"1 - crew_idle_fraction", "utilisation 1", of_a_mean});
    }
}

}  // namespace
}  // namespace faultline::oracles

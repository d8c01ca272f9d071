// Goal: closed networks agree with every row of the tables of theory.
#include <algorithm>

#include "engine/queueing/network_mva.hpp"
#include "tests/oracles/theory_table.hpp"

namespace faultline::oracles {
namespace {

using namespace engine;

TEST(ClosedNetworkOracleTest, ExactMva) {
    for (const TheoryRow& row : read_theory("theory_mva_closed.csv")) {
        const int last_servers = row.whole("servers3_0=delay");
        const ClosedMeans exact =
            solve({.stations = {{row.number("D1"), row.whole("servers1")},
                                {row.number("D2"), row.whole("servers2")},
                                {row.number("D3"), last_servers == 0 ? unlimited_servers : last_servers}},
                   .think_time_s = row.number("think"),
                   .population = row.whole("N")});
        expect_theory(exact.throughput_per_s, row, "throughput");
        expect_theory(exact.response_time_s, row, "response");
        for (std::size_t i = 0; i < 3; ++i) {
            const std::string number = std::to_string(i + 1);
            expect_theory(exact.stations[i].residence_s, row, "R" + number);
            expect_theory(exact.stations[i].population, row, "Q" + number);
            if (row.text("U" + number) != "nan") expect_theory(exact.stations[i].utilisation, row, "U" + number);
        }
    }
}

// Machines that work, fail, and are repaired by few crews are clients that think and then visit one station.
TEST(ClosedNetworkOracleTest, MachineRepairman) {
    for (const TheoryRow& row : read_theory("theory_machine_repairman.csv")) {
        const double mttr_h = row.number("mttr_h");
        const int crews = row.whole("crews");
        const ClosedMeans exact = solve(
            {.stations = {{mttr_h, crews}}, .think_time_s = row.number("mttf_h"), .population = row.whole("machines")});
        const ClosedStationMeans& repair = exact.stations[0];
        expect_theory(row.whole("machines") - repair.population, row, "mean_up");
        expect_theory(exact.throughput_per_s, row, "repairs_per_h");
        expect_theory(repair.population - exact.throughput_per_s * mttr_h, row, "mean_waiting_for_crew");
        expect_theory(repair.residence_s - mttr_h, row, "mean_wait_h");
        expect_theory(1.0 - repair.utilisation, row, "crew_idle_fraction");
    }
}

}  // namespace
}  // namespace faultline::oracles

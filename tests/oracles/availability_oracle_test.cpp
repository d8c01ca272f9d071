// Goal: Markov chains of failing and repaired nodes agree with every row of the tables of theory.
#include <algorithm>
#include <array>

#include "engine/queueing/markov.hpp"
#include "tests/oracles/theory_table.hpp"

namespace faultline::oracles {
namespace {

using namespace engine;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double hours_per_year = 8760.0;

// State: the number of nodes down.
MatrixXd failures_and_repairs(int nodes, double mttf_h, double mttr_h, int crews) {
    MatrixXd rates = MatrixXd::Zero(nodes + 1, nodes + 1);
    for (int down = 0; down < nodes; ++down) {
        rates(down, down + 1) = (nodes - down) / mttf_h;
        rates(down + 1, down) = std::min(down + 1, crews) / mttr_h;
    }
    return rates;
}

TEST(AvailabilityOracleTest, SomeOfSeveralNodes) {
    for (const TheoryRow& row : read_theory("theory_kofn_availability.csv")) {
        const int nodes = row.whole("n");
        const int spare = nodes - row.whole("k_needed");
        const MatrixXd rates = failures_and_repairs(nodes, row.number("node_mttf_h"), row.number("node_mttr_h"),
                                                    row.whole("repair_crews"));
        const VectorXd share = steady_state(rates);
        std::vector<bool> available(static_cast<std::size_t>(nodes) + 1);
        for (int down = 0; down <= spare; ++down) available[static_cast<std::size_t>(down)] = true;
        std::vector<bool> lost = available;
        lost.flip();

        expect_theory(share.head(spare + 1).sum(), row, "availability");
        expect_theory(share.tail(nodes - spare).sum(), row, "unavailability");
        expect_theory(mean_time_to_absorption(rates, lost)(0), row, "mean_h_to_first_loss_from_all_up");
        expect_theory(exit_frequency(rates, share, available) * hours_per_year, row, "losses_per_year");
    }
}

TEST(AvailabilityOracleTest, RepairCrewsAsAChain) {
    for (const TheoryRow& row : read_theory("theory_machine_repairman.csv")) {
        const int machines = row.whole("machines");
        const VectorXd share = steady_state(
            failures_and_repairs(machines, row.number("mttf_h"), row.number("mttr_h"), row.whole("crews")));
        const double mean_down = VectorXd::LinSpaced(machines + 1, 0.0, machines).dot(share);
        expect_theory(machines - mean_down, row, "mean_up");
        expect_theory((machines - mean_down) / row.number("mttf_h"), row, "repairs_per_h");
    }
}

// Six copies, two in each of three zones. A zone is in one of six states: (up or down) x (0, 1 or 2 of its nodes up);
// nodes fail and are repaired whether or not their zone is up. 216 states in all.
struct SixCopies {
    static constexpr Index zone_states = 6;
    static constexpr Index states = zone_states * zone_states * zone_states;
    double node_mttf_h, node_mttr_h, zone_mttf_h, zone_mttr_h;

    static bool zone_up(Index zone) { return zone >= 3; }
    static int nodes_up(Index zone) { return static_cast<int>(zone % 3); }

    MatrixXd zone_rates() const {
        MatrixXd rates = MatrixXd::Zero(zone_states, zone_states);
        for (Index zone = 0; zone < zone_states; ++zone) {
            const int up = nodes_up(zone);
            if (zone_up(zone)) rates(zone, zone - 3) = 1.0 / zone_mttf_h;
            if (!zone_up(zone)) rates(zone, zone + 3) = 1.0 / zone_mttr_h;
            if (up > 0) rates(zone, zone - 1) = up / node_mttf_h;
            if (up < 2) rates(zone, zone + 1) = (2 - up) / node_mttr_h;
        }
        return rates;
    }
    static std::array<Index, 3> zones(Index state) { return {state / 36, state / 6 % 6, state % 6}; }
    MatrixXd rates() const {
        constexpr std::array<Index, 3> weight{36, 6, 1};
        const MatrixXd of_zone = zone_rates();
        MatrixXd all = MatrixXd::Zero(states, states);
        for (Index state = 0; state < states; ++state) {
            for (std::size_t zone = 0; zone < 3; ++zone) {
                const Index from = zones(state)[zone];
                for (Index to = 0; to < zone_states; ++to) {
                    if (to != from) all(state, state + (to - from) * weight[zone]) = of_zone(from, to);
                }
            }
        }
        return all;
    }
    static std::vector<bool> states_with(int copies_needed) {
        std::vector<bool> result(static_cast<std::size_t>(states));
        for (Index state = 0; state < states; ++state) {
            int copies = 0;
            for (const Index zone : zones(state)) copies += zone_up(zone) ? nodes_up(zone) : 0;
            result[static_cast<std::size_t>(state)] = copies >= copies_needed;
        }
        return result;
    }
};

struct Quorum {
    double unavailability, losses_per_year, mean_outage_s;
};
Quorum quorum(const MatrixXd& rates, const VectorXd& share, const std::vector<bool>& available) {
    double unavailability = 0.0;
    for (Index state = 0; state < share.size(); ++state) {
        if (!available[static_cast<std::size_t>(state)]) unavailability += share(state);
    }
    const double losses_per_h = exit_frequency(rates, share, available);
    return {unavailability, losses_per_h * hours_per_year, unavailability / losses_per_h * 3600.0};
}

TEST(AvailabilityOracleTest, SixCopiesInThreeZones) {
    for (const TheoryRow& row : read_theory("theory_aurora_quorum_6copies_3az.csv")) {
        const SixCopies copies{row.number("node_mttf_h"), row.number("node_mttr_h"), row.number("az_mttf_h"),
                               row.number("az_mttr_h")};
        const MatrixXd rates = copies.rates();
        const VectorXd share = steady_state(rates);
        const Quorum write = quorum(rates, share, SixCopies::states_with(4));
        const Quorum read = quorum(rates, share, SixCopies::states_with(3));
        expect_theory(write.unavailability, row, "write_unavailability_4of6");
        expect_theory(write.losses_per_year, row, "write_losses_per_year");
        expect_theory(write.mean_outage_s, row, "mean_write_outage_s");
        expect_theory(read.unavailability, row, "read_unavailability_3of6");
        expect_theory(read.losses_per_year, row, "read_losses_per_year");
        expect_theory(read.mean_outage_s, row, "mean_read_outage_s");
    }
}

}  // namespace
}  // namespace faultline::oracles

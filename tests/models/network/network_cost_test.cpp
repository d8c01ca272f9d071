// Goal:   what a step and a start of flows, a look-up of a path, a failure and a convergence cost: the figures of
//         docs/models/flows.md and topology.md.
// Method: processor time, printed. Figures, not promises: only what would be a change of kind is asserted.
#include <gtest/gtest.h>

#include <cstdio>
#include <ctime>
#include <functional>

#include "models/network/simgrid_flows.hpp"
#include "tests/support/in_child.hpp"
#include "tests/support/wide_window.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Bytes;
using engine::Instant;
using engine::start_of_time;
using test::wide_window;

double microseconds_each(int times, const std::function<void(int)>& what) {
    const std::clock_t before = std::clock();
    for (int i = 0; i < times; ++i) what(i);
    return static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC * 1e6 / times;
}

// Regions in a full mesh, each with zones that are linked with each other.
struct Mesh {
    Topology topology;
    std::vector<PlaceId> zones;
    std::vector<LinkId> between_regions;

    Mesh(int regions, int zones_each) {
        std::vector<PlaceId> borders;
        for (int r = 0; r < regions; ++r) {
            const PlaceId border = topology.add_region("region-" + std::to_string(r));
            for (const PlaceId other : borders) {
                between_regions.push_back(
                    topology.add_link({.from = other, .to = border, .round_trip = 20ms, .bandwidth = {10e9}}));
            }
            borders.push_back(border);
            std::vector<PlaceId> own;
            for (int z = 0; z < zones_each; ++z) {
                own.push_back(topology.add_zone(border, "zone-" + std::to_string(z)));
                topology.add_link({.from = border, .to = own.back(), .round_trip = 500us});
                for (int other = 0; other < z; ++other) {
                    const PlaceId to = own[static_cast<std::size_t>(other)];
                    topology.add_link({.from = to, .to = own.back(), .round_trip = 1ms});
                }
            }
            zones.insert(zones.end(), own.begin(), own.end());
        }
        topology.seal();
    }
};

TEST(NetworkCostTest, StepsAndStartsOfFlows) {
    test::in_child([] {
        Mesh mesh(2, 3);
        Flows flows(mesh.topology);
        const auto start = [&](Instant now) {
            flows.start(now, mesh.zones[0], mesh.zones[3], Bytes{1'000'000'000'000'000}, {.window = wide_window});
        };
        const auto steps = [&](Instant from, int count) {
            return microseconds_each(count, [&](int i) { flows.advance(from + (i + 1) * Flows::step_most); });
        };
        start(start_of_time);
        const double one = steps(start_of_time, 200'000);
        const Instant then = start_of_time + 200'000 * Flows::step_most;
        const double starts = microseconds_each(59, [&](int) { start(then); });
        const double sixty = steps(then, 100'000);
        std::printf("a step: %.2f us with 1 flow, %.2f us with 60; a start among up to 60: %.1f us\n", one, sixty,
                    starts);
        EXPECT_LT(one, 50.0);
    });
}

TEST(NetworkCostTest, PathsFailuresAndConvergence) {
    Mesh mesh(10, 3);
    std::size_t usable = 0;
    const double look_up = microseconds_each(2'000'000, [&](int i) {
        const auto n = static_cast<std::size_t>(i);
        usable += mesh.topology.path(mesh.zones[n % 30], mesh.zones[n * 7 % 30]).usable ? 1U : 0U;
    });
    EXPECT_EQ(usable, 2'000'000U);
    double failing = 0.0, converging = 0.0;
    constexpr int rounds = 100;
    for (int i = 0; i < rounds; ++i) {
        const Instant at = start_of_time + i * 1h;
        const LinkId link = mesh.between_regions[static_cast<std::size_t>(i) % mesh.between_regions.size()];
        failing += microseconds_each(1, [&](int) { mesh.topology.fail_link(link, at); });
        converging += microseconds_each(1, [&](int) { mesh.topology.converge(at + 10min); });
        mesh.topology.restore_link(link, at + 20min);
        mesh.topology.converge(at + 30min);
    }
    std::printf("a path: %.0f ns; among 40 places a failure: %.0f us, a convergence: %.0f us\n", look_up * 1e3,
                failing / rounds, converging / rounds);
    EXPECT_LT(look_up, 10.0);
}

}  // namespace
}  // namespace faultline::models

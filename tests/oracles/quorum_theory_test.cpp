// Goal:   the latency of a commit of models/cluster's StorageVolume is the order statistic that theory says, in every
//         row of the two tables of quorums: n copies, k acknowledgements, each after a lognormal write and a fixed way.
// Method: commits 1 s apart, so that none waits for an earlier one: independent draws of one distribution. Mean and
//         deviation by Student's t, quantiles by exact ranks; the exact value must lie in each interval at joint 99 %
//         over the table (Bonferroni), and the half-width at 99 % must be at most 2 % of the mean and 5 % of the p99.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "engine/statistics/confidence.hpp"
#include "models/cluster/storage_volume.hpp"
#include "models/network/transport.hpp"
#include "tests/oracles/comparison.hpp"
#include "tests/oracles/theory_table.hpp"

namespace faultline::oracles {
namespace {

using namespace std::chrono_literals;
using engine::Distribution;
using engine::Duration;
using engine::Instant;
using engine::Interval;
using engine::Process;
using models::PlaceId;

// Some copies beside each other, `round_trip_ms` from the writer. All write as fast, in the tables and in the model.
struct Group {
    int copies = 0;
    double median_ms = 0.0;
    double sigma = 0.0;
    double round_trip_ms = 0.0;
};

struct Quorum {
    std::vector<Group> groups;
    int needed = 0;
};

// A writer and the copies on a network without jitter whose only delays are the ways to the groups.
class CommittingWriter {
public:
    explicit CommittingWriter(const Quorum& quorum) {
        const PlaceId region = topology_.add_region("region");
        at_ = topology_.add_zone(region, "writer");
        for (const Group& group : quorum.groups) {
            EXPECT_EQ(group.median_ms, quorum.groups.front().median_ms);
            EXPECT_EQ(group.sigma, quorum.groups.front().sigma);
            const PlaceId zone = topology_.add_zone(region, "group " + std::to_string(copies_.size()));
            topology_.add_link({at_, zone, engine::duration_from_seconds(group.round_trip_ms * 1e-3)});
            for (int i = 0; i < group.copies; ++i) {
                copies_.push_back(zone);
                names_.push_back(std::to_string(copies_.size()));
            }
        }
        topology_.seal();
        shape_ = {
            .groups = {.copies_per_zone = 1, .nodes_per_zone = 1, .write_quorum = quorum.needed, .read_quorum = 1},
            .persist = Distribution::lognormal(quorum.groups.front().median_ms * 1e-3, quorum.groups.front().sigma)};
    }

    std::vector<double> latencies_ms(int commits) {
        models::StorageVolume volume(sim_, "orders", transport_, copies_, names_, shape_);
        sim_.spawn(writer_, commit_many(volume, commits));
        sim_.run_until(engine::end_of_time);
        sim_.close();
        return std::move(latencies_ms_);
    }

private:
    Process<> commit_many(models::StorageVolume& volume, int commits) {
        const models::RequestRef nobody;
        for (int i = 0; i < commits; ++i) {
            const Instant began = sim_.now();
            const bool durable = co_await volume.commit(at_, volume.epoch(), nobody);
            EXPECT_TRUE(durable);
            latencies_ms_.push_back(engine::in_milliseconds(sim_.now() - began));
            co_await sim_.delay(1s);
        }
    }

    models::Topology topology_{{.intra_zone_round_trip = 0ms, .zone_uplink_round_trip = 0ms}};
    models::Transport transport_{topology_};
    engine::Simulation sim_{engine::RunIdentity{}};
    engine::Component writer_{sim_, "writer"};
    PlaceId at_{};
    std::vector<PlaceId> copies_;
    std::vector<std::string> names_;
    models::VolumeShape shape_;
    std::vector<double> latencies_ms_;
};

class QuorumComparison {
public:
    explicit QuorumComparison(std::size_t intervals) : joint_(1.0 - 0.01 / static_cast<double>(intervals)) {}

    void row(const Quorum& quorum, const TheoryRow& row) const {
        const auto found = CommittingWriter(quorum).latencies_ms(shortened ? 6'000 : 60'000);
        const double mean_ms = row.number("mean_ms");
        expect(engine::confidence_interval(found, joint_), engine::confidence_interval(found, 0.99), mean_ms, of_a_mean,
               "mean_ms of " + row.print());
        if (row.has("sd_ms")) expect_deviation(found, row);
        for (const auto& [column, p] : {std::pair{"p50_ms", 0.5}, std::pair{"p90_ms", 0.9}, std::pair{"p99_ms", 0.99},
                                        std::pair{"p999_ms", 0.999}}) {
            expect(engine::quantile_interval(found, p, joint_), engine::quantile_interval(found, p, 0.99),
                   row.number(column), p == 0.99 ? of_a_p99 : any_width, column + (" of " + row.print()));
        }
    }

private:
    static void expect(const Interval& joint, const Interval& at_99, double exact, double width,
                       const std::string& what) {
        std::printf("exact %-9.5g | found %-9.5g | +- %5.2f %% of %.0f %% | %s\n", exact, at_99.estimate,
                    100.0 * at_99.half_width() / exact, 100.0 * width, what.c_str());
        EXPECT_TRUE(joint.contains(exact)) << joint.low << " .. " << joint.high << ", exact " << exact << ", " << what;
        if (width == any_width || shortened) return;
        EXPECT_LE(at_99.half_width(), width * exact) << "too wide to be able to fail: " << what;
    }
    // As the mean of the squares of what is off the exact mean.
    void expect_deviation(const std::vector<double>& found, const TheoryRow& row) const {
        std::vector<double> squares;
        for (const double ms : found) squares.push_back(std::pow(ms - row.number("mean_ms"), 2));
        expect(engine::confidence_interval(squares, joint_), engine::confidence_interval(squares, 0.99),
               std::pow(row.number("sd_ms"), 2), any_width, "sd_ms^2 of " + row.print());
    }

    double joint_;
};

TEST(QuorumTheoryTest, EqualCopies) {
    const auto rows = read_theory("theory_quorum_order_statistic_lognormal.csv");
    const QuorumComparison compare(rows.size() * 6);
    for (const TheoryRow& row : rows) {
        compare.row({{{row.whole("n"), row.number("median_ms"), row.number("sigma"), 0.0}}, row.whole("k")}, row);
    }
}

// "2x(median=0.5,sigma=0.5,shift=0);4x(median=0.5,sigma=0.5,shift=1)"
std::vector<Group> groups_in(const std::string& text) {
    std::vector<Group> groups;
    for (std::size_t at = 0; at < text.size();) {
        const std::string part = text.substr(at, text.find(';', at) - at);
        Group group;
        EXPECT_EQ(std::sscanf(part.c_str(), "%dx(median=%lf,sigma=%lf,shift=%lf)", &group.copies, &group.median_ms,
                              &group.sigma, &group.round_trip_ms),
                  4)
            << part;
        groups.push_back(group);
        at += part.size() + 1;
    }
    return groups;
}

TEST(QuorumTheoryTest, CopiesAtSeveralDistances) {
    const auto rows = read_theory("theory_quorum_grouped_shifted_lognormal.csv");
    const QuorumComparison compare(rows.size() * 5);
    for (const TheoryRow& row : rows) compare.row({groups_in(row.text("groups")), row.whole("k")}, row);
}

}  // namespace
}  // namespace faultline::oracles

// The same run again is the same run; another seed or replication is another; two variants see the same demand.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include "planning/replication.hpp"
#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

// What a child process found, for its parent to compare.
struct Shared {
    std::uint64_t fingerprints[4];
    std::uint32_t due[2][400];
};

Shared& shared() {
    static Shared* const memory =
        static_cast<Shared*>(mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    return *memory;
}

TEST(IdentityTest, TheSameSeedIsTheSameRunAndAnotherIsNot) {
    struct Case {
        std::uint64_t seed;
        std::uint32_t replication;
    };
    const Case cases[]{{7, 1}, {7, 1}, {8, 1}, {7, 2}};
    Shared& found = shared();
    for (std::size_t i = 0; i < 4; ++i) {
        test::in_child([&, i] {
            const auto scenario = read(small_system(writers_zone_lost),
                                       [&](scenarios::Scenario& changed) { changed.run.seed = cases[i].seed; });
            found.fingerprints[i] = run(scenario, cases[i].replication).fingerprint;
        });
    }
    EXPECT_EQ(found.fingerprints[0], found.fingerprints[1]);
    EXPECT_NE(found.fingerprints[0], found.fingerprints[2]);
    EXPECT_NE(found.fingerprints[0], found.fingerprints[3]);
}

// Draws for what cannot happen must not shift those of what does: failovers that never get stuck are those of a system
// that knows of none, whatever their operator would take.
TEST(IdentityTest, WhatNeverHappensChangesNothing) {
    Shared& found = shared();
    for (std::size_t i = 0; i < 3; ++i) {
        test::in_child([&, i] {
            const auto scenario = read(small_system(writers_zone_lost), [i](scenarios::Scenario& changed) {
                const double probability = i == 2 ? 1.0 : 0.0;
                if (i > 0) changed.databases.front().failover.fails = {probability, constant(5.0), constant(3.0)};
            });
            found.fingerprints[i] = run(scenario).fingerprint;
        });
    }
    EXPECT_EQ(found.fingerprints[0], found.fingerprints[1]);
    EXPECT_NE(found.fingerprints[0], found.fingerprints[2]) << "the failover of this system can get stuck";
}

// Common random numbers: a topology without a cache, with another instance class and without a replica is asked the
// same queries in the same seconds.
TEST(IdentityTest, TwoVariantsSeeTheSameArrivals) {
    Shared& found = shared();
    for (std::size_t variant = 0; variant < 2; ++variant) {
        test::in_child([&, variant] {
            const auto result = run(read(small_system(""), [&](scenarios::Scenario& scenario) {
                if (variant == 0) return;
                scenario.databases.front().replicas.pop_back();
                scenario.databases.front().writer.class_name = "db.r6g.4xlarge";
                scenario.workload.classes.front().route.erase(scenario.workload.classes.front().route.begin());
            }));
            const auto& due = class_named(result, "lookup").due_per_s;
            for (std::size_t s = 0; s < due.size() && s < 400; ++s) found.due[variant][s] = due[s];
        });
    }
    std::uint64_t total = 0;
    for (std::size_t s = 0; s < 400; ++s) {
        EXPECT_EQ(found.due[0][s], found.due[1][s]) << "second " << s;
        total += found.due[0][s];
    }
    EXPECT_GT(total, 100'000U);
}

// And not only as many in each second: the same class at the same instant, and the same work of each, in whatever order
// and by whichever instances they are served. Half the threads make a crowd wait, so that the order is another.
TEST(IdentityTest, EveryQueryIsTheSameInBothVariants) {
    test::in_child([] {
        constexpr std::uint32_t all = 1'000'000;
        const auto traced = [](bool other) {
            return planning::run_replication(read(small_system(""),
                                                  [other](scenarios::Scenario& scenario) {
                                                      scenario.run.measured = std::chrono::seconds{60};
                                                      if (!other) return;
                                                      scenario.databases.front().replicas.pop_back();
                                                      scenario.services.front().threads /= 16;
                                                      scenario.services.front().vcpus = 1;
                                                  }),
                                             1, {}, all)
                .traced;
        };
        const std::vector<scenarios::TracedQuery> one = traced(false);
        const std::vector<scenarios::TracedQuery> two = traced(true);
        const auto cpu_ns = [](const scenarios::TracedQuery& query) {
            std::uint64_t sum = 0;
            for (std::size_t i = 0; i < query.stages.size(); ++i) {
                if (query.stages[i] == static_cast<std::uint32_t>(scenarios::Stage::cpu)) sum += query.lengths_ns[i];
            }
            return sum;
        };
        ASSERT_EQ(one.size(), two.size());
        ASSERT_GT(one.size(), 30'000U);
        std::size_t updates = 0, waited_otherwise = 0;
        for (std::size_t i = 0; i < one.size(); ++i) {
            ASSERT_EQ(one[i].due_ns, two[i].due_ns) << i;
            ASSERT_EQ(one[i].query_class, two[i].query_class) << i;
            ASSERT_EQ(one[i].office, two[i].office) << i;
            if (one[i].lengths_ns != two[i].lengths_ns) ++waited_otherwise;
            if (one[i].query_class != 1 || !one[i].answered || !two[i].answered) continue;
            ++updates;
            EXPECT_EQ(cpu_ns(one[i]), cpu_ns(two[i])) << "query " << i;
        }
        EXPECT_GT(updates, 9'000U);
        EXPECT_GT(waited_otherwise, one.size() / 10) << "the variants are served alike";
    });
}

}  // namespace
}  // namespace faultline::tests

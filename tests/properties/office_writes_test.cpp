// Goal:   of writes that were not answered the result says no more than a client can know, and what was done twice was.
// Method: a small system whose service or whose office refuses, or whose writer is lost, with classes that commit once,
//         or with each of their statements.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

scenarios::QueryClass& updates_of(scenarios::Scenario& scenario) {
    auto& classes = scenario.workload.classes;
    return *std::find_if(classes.begin(), classes.end(), [](const auto& one) { return one.name == "update"; });
}

// Nothing of it was ever sent, so nothing of it can be durable.
TEST(OfficeWritesTest, OneThatWasOnlyRefusedIsNotUnknown) {
    test::in_child([] {
        const auto result =
            run(read(small_system(""), [](scenarios::Scenario& scenario) { scenario.workload.office_pool = 1; }));
        const auto& updates = class_named(result, "update");
        EXPECT_GT(all_outcomes(updates).refused, 100U);
        EXPECT_EQ(all_outcomes(updates).timed_out + all_outcomes(updates).failed, 0U);
        EXPECT_EQ(updates.unknown, 0U);
    });
}

TEST(OfficeWritesTest, WhatTimedOutOrFailedIsUnknownUntilTheEndTellsWhatBecameOfIt) {
    test::in_child([] {
        const auto result = run(read(small_system(writers_zone_lost)));
        const auto& updates = class_named(result, "update");
        const scenarios::Outcomes outcomes = all_outcomes(updates);
        EXPECT_GT(updates.unknown, 0U);
        EXPECT_LE(updates.unknown, outcomes.timed_out + outcomes.failed + outcomes.refused);
        EXPECT_GE(updates.unknown, outcomes.timed_out);
        EXPECT_EQ(updates.unknown, updates.unknown_durable + updates.unknown_absent);
    });
}

// Four statements that commit each by itself are one effect, and not four of the same.
TEST(OfficeWritesTest, CommitsOfOneAttemptAreNoDuplicates) {
    test::in_child([] {
        const auto result = run(read(small_system(""), [](scenarios::Scenario& scenario) {
            scenarios::QueryClass& updates = updates_of(scenario);
            updates.statements = 4;
            updates.transaction = false;
            updates.idempotent = false;
        }));
        EXPECT_GT(all_outcomes(class_named(result, "update")).good, 1000U);
        EXPECT_EQ(class_named(result, "update").duplicates, 0U);
    });
}

// Clients give up soon and try again; servers go on. So what is slow but not lost is done once more.
TEST(OfficeWritesTest, AnAttemptGivenUpThatCommitsAllTheSameIsADuplicate) {
    test::in_child([] {
        for (const int statements : {1, 3}) {
            const auto result = run(read(small_system(""), [&](scenarios::Scenario& scenario) {
                scenarios::QueryClass& updates = updates_of(scenario);
                updates.statements = statements;
                updates.transaction = false;
                updates.idempotent = false;
                updates.demand = constant(0.2);
                updates.timeout = std::chrono::milliseconds{150};
            }));
            const auto& updates = class_named(result, "update");
            EXPECT_GT(updates.duplicates, 100U) << statements;
            EXPECT_GT(updates.unknown_durable, 100U) << statements;
        }
    });
}

// The mean of what is found each second is that of the time: Little's law, rate times the time that one is held.
TEST(OfficeWritesTest, AnOfficesConnectionsInUseAreReadEachSecond) {
    test::in_child([] {
        const auto result = run(read(small_system(""), [](auto& scenario) { scenario.workload.office_pool = 50; }));
        double in_use = 0.0, answered = 0.0, latency_s = 0.0;
        for (const auto& one : result.resources) {
            if (one.name.starts_with("offices/") && one.of == "shop") {
                EXPECT_EQ(one.capacity, 50.0);
                in_use += 50.0 * one.steady.mean;
            }
        }
        for (const auto& one : result.classes) {
            for (const auto& office : one.steady) {
                answered += static_cast<double>(office.outcomes.answered);
                latency_s += static_cast<double>(office.latency.sum_ns) * 1e-9;
            }
        }
        ASSERT_GT(answered, 0.0);
        constexpr double seconds = 300.0;  // measured
        EXPECT_GT(in_use, 0.0);
        EXPECT_NEAR(in_use, latency_s / seconds, 0.05 * latency_s / seconds);
    });
}

}  // namespace
}  // namespace faultline::tests

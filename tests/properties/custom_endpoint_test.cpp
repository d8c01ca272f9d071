// Custom endpoints in the whole system: routes lead to their members and to nobody else.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

// Lookups ask the custom endpoint "reports", of 24 instances of the service and without a cache.
scenarios::ReplicationResult run_with(const std::string& endpoint, const std::string& fault) {
    std::string text = small_system(fault);
    replace_in(text, R"(["hot", "orders/reader"])", R"(["orders/reports"])");
    replace_in(text, R"("data": "100GiB",)", R"("data": "100GiB", "endpoints": { "reports": )" + endpoint + " },");
    return run(read(text, [](scenarios::Scenario& scenario) {
        scenario.services.front().regions.front().second = 24;
        scenario.workload.classes.front().retry.attempts = 1;
    }));
}

double completed_at(const scenarios::ReplicationResult& result, std::string_view name) {
    const auto found = std::find_if(result.queues.begin(), result.queues.end(),
                                    [name](const auto& queue) { return queue.name == name; });
    return found == result.queues.end() ? -1.0 : static_cast<double>(found->served);
}

// Goal:   the connections, and with them the work, are shared evenly by the members, and nobody else is asked.
// Method: the statements that each instance served. DNS answers in turn, so of the 24 instances of the service, each of
//         which hardly needs more than one connection, half are at either member; a sixth of all is far beyond chance.
TEST(CustomEndpointTest, ItsMembersShareTheWork) {
    test::in_child([] {
        const auto result = run_with(R"({ "type": "reader", "members": ["instance-2", "instance-3"] })", "");
        const double second = completed_at(result, "orders/instance-2");
        const double third = completed_at(result, "orders/instance-3");
        EXPECT_NEAR(second / (second + third), 0.5, 1.0 / 6.0);
        EXPECT_GT(second + third, 0.95 * 420.0 * 300.0) << "of 420 lookups a second";
    });
    test::in_child([] {
        const auto result = run_with(R"({ "excluded": ["instance-2"] })", "");
        EXPECT_EQ(completed_at(result, "orders/instance-2"), 0.0);
        EXPECT_GT(completed_at(result, "orders/instance-3"), 420.0 * 300.0 / 3.0);
    });
}

// The only member is away from 120 s to 150 s. Its clients are told of a failure at once, and the readers' endpoint
// takes nobody in; once it answers again they are back.
TEST(CustomEndpointTest, WithoutAMemberItsClientsFail) {
    test::in_child([] {
        const auto result = run_with(R"({ "members": ["instance-3"] })",
                                     R"("gone": { "kind": "instance-crash", "target": "orders/instance-3",
                                                  "at": "60s", "lasts": "30s", "mode": "crash" })");
        const auto& lookups = class_named(result, "lookup");
        EXPECT_EQ(good_between(lookups, 124, 150), 0U);
        EXPECT_GT(good_between(lookups, 60, 120), 0.99 * 420.0 * 60.0 * 0.95);
        EXPECT_GT(good_between(lookups, 180, 300), 0.95 * 420.0 * 120.0 * 0.95);
        const scenarios::Outcomes sum = all_outcomes(lookups);
        EXPECT_GT(sum.failed, 10U * sum.timed_out) << "a name without an address keeps nobody waiting";
        EXPECT_EQ(completed_at(result, "orders/instance-2"), 0.0);
    });
}

// The writer's zone is lost, and instance-2 is promoted: an endpoint of the type reader leaves it for instance-3.
TEST(CustomEndpointTest, LeavesTheReaderThatBecomesTheWriter) {
    test::in_child([] {
        const auto result = run_with(R"({ "type": "reader", "members": ["instance-2", "instance-3"] })",
                                     std::string{writers_zone_lost});
        const auto& lookups = class_named(result, "lookup");
        EXPECT_GT(good_between(lookups, 240, 360), 0.95 * 420.0 * 120.0 * 0.95);
        const double second = completed_at(result, "orders/instance-2");
        const double third = completed_at(result, "orders/instance-3");
        EXPECT_GT(third, 420.0 * (30.0 + 0.9 * 200.0)) << "half of the lookups until the failover, then nearly all";
        EXPECT_GT(second, 180.0 * 200.0) << "the updates";
    });
}

}  // namespace
}  // namespace faultline::tests

// Instances within a whole system: their memory, their rows and their connections, before and after a failover.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

constexpr std::uint64_t keys = 20'000;

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), with);
}

// Updates touch the keys that are looked up, and nothing is looked aside: each of them reaches an instance.
std::string with_pages(const std::string& faults, const std::string& database_keys = "") {
    std::string text = replaced(small_system(faults), R"(["hot", "orders/reader"])", R"(["orders/reader"])");
    text = replaced(text, R"("statements": 3,)", R"("statements": 3, "keys": { "zipf": 0.99, "count": 20000 },)");
    return replaced(text, R"("data": "100GiB",)", R"("data": "100GiB",)" + database_keys);
}
std::string of_postgresql(const std::string& text) {
    return replaced(replaced(text, "aurora-mysql", "aurora-postgresql"), R"("version": "3.08")",
                    R"("version": "15.4")");
}

const scenarios::InstanceResult& instance(const scenarios::ReplicationResult& result, int number) {
    for (const auto& one : result.instances) {
        if (one.name == "orders/instance-" + std::to_string(number)) return one;
    }
    ADD_FAILURE() << "no instance " << number;
    return result.instances.front();
}

std::string with_working_set(const std::string& memory) {
    return replaced(small_system(""), R"("data": "100GiB",)",
                    R"("data": "100GiB", "buffer_pool": { "working_set": "10GiB", "memory": ")" + memory + R"(" },)");
}

double seconds_in(const scenarios::ClassResult& query_class, scenarios::Stage stage) {
    return static_cast<double>(query_class.stage_ns[static_cast<std::size_t>(stage)]) * 1e-9;
}

// Che's approximation: a page is there if it was touched within the last T touches, and T is such that as many pages as
// fit were. H. Che, Y. Tung, Z. Wang, Hierarchical Web Caching Systems, IEEE JSAC 20(7), 2002.
double che_hit_ratio(std::uint64_t pages, double exponent, double room) {
    std::vector<double> p(pages);
    double sum = 0.0;
    for (std::size_t i = 0; i < p.size(); ++i) sum += p[i] = std::pow(static_cast<double>(i + 1), -exponent);
    double low = 0.0, high = 1e9;
    for (int step = 0; step < 100; ++step) {
        const double touches = (low + high) / 2.0;
        double there = 0.0;
        for (const double weight : p) there -= std::expm1(-weight / sum * touches);
        (there < room ? low : high) = touches;
    }
    double hits = 0.0;
    for (const double weight : p) hits -= weight / sum * std::expm1(-weight / sum * low);
    return hits;
}

// 2,048 pages of room for 20,000: both replicas are at Che's hit ratio from the start, and every miss is time in the
// storage. 126,000 lookups: four standard errors are 0.006, and two keys now and then share a page.
TEST(InstanceTest, DataBeyondMemoryAreReadFromStorage) {
    test::in_child([] {
        const auto result = run(read(with_pages("", R"("buffer_pool": { "memory": "32MiB" },)")));
        const double exact = che_hit_ratio(keys, 0.99, 2048);
        for (const int number : {2, 3}) {
            const auto& replica = instance(result, number);
            ASSERT_GT(replica.page_hits + replica.page_misses, 50'000U);
            const auto touched = static_cast<double>(replica.page_hits + replica.page_misses);
            EXPECT_NEAR(static_cast<double>(replica.page_hits) / touched, exact, 0.008) << number;
            EXPECT_EQ(replica.pool_pages_used, 2048U);
        }
        const auto& lookups = class_named(result, "lookup");
        const double misses = (1.0 - exact) * static_cast<double>(all_outcomes(lookups).answered);
        // A read takes a round trip within the zone and 0.2 ms of a disk.
        EXPECT_GT(seconds_in(lookups, scenarios::Stage::storage) / misses, 0.0002);
        EXPECT_LT(seconds_in(lookups, scenarios::Stage::storage) / misses, 0.0012);
    });
    test::in_child([] {
        const auto result = run(read(with_pages("")));
        EXPECT_EQ(instance(result, 2).page_misses, 0U) << "all of it fits, and it has been in use for long";
        EXPECT_EQ(seconds_in(class_named(result, "lookup"), scenarios::Stage::storage), 0.0);
    });
}

std::uint64_t misses_of_new_writer(const std::string& text) {
    const auto result = run(read(replaced(text, R"({ "zone": "b" })", R"({ "zone": "b", "promotion_tier": 0 })")));
    // The old writer lost power and came back cold: it has what it has read since, and nothing else.
    EXPECT_EQ(instance(result, 1).pool_pages_used, instance(result, 1).page_misses);
    return instance(result, 2).page_misses;
}

TEST(InstanceTest, ANewWriterOfMySqlKeepsItsPages) {
    test::in_child([] { EXPECT_EQ(misses_of_new_writer(with_pages(std::string{writers_zone_lost})), 0U); });
}

TEST(InstanceTest, ANewWriterOfPostgreSqlBeginsColdUnlessItsCacheIsManaged) {
    test::in_child([] {
        const std::string text = of_postgresql(with_pages(std::string{writers_zone_lost}));
        const std::uint64_t misses = misses_of_new_writer(text);
        EXPECT_GT(misses, 2000U);
        EXPECT_LE(misses, keys) << "each page once";
    });
    test::in_child([] {
        const std::string managed = R"("buffer_pool": { "cache_management": true },)";
        EXPECT_EQ(misses_of_new_writer(of_postgresql(with_pages(std::string{writers_zone_lost}, managed))), 0U);
    });
}

// Both are back before anybody was sure that the writer was gone. A process finds its pages where they were; a host
// that was without power does not.
TEST(InstanceTest, ARestartInPlaceIsWarmAndAHostWithoutPowerIsCold) {
    const auto misses = [](const std::string& kind, const std::string& target) {
        const std::string fault =
            R"("short": { "kind": ")" + kind + R"(", "target": ")" + target + R"(", "at": "60s", "lasts": "200ms" })";
        const auto result = run(read(with_pages(fault), [](scenarios::Scenario& scenario) {
            auto& failover = scenario.databases.front().failover;
            failover.detection = {scenarios::DistributionKind::constant, {60.0}};
            failover.restart = {scenarios::DistributionKind::constant, {2.0}};
        }));
        EXPECT_EQ(result.faults.front().hit.empty(), false);
        return instance(result, 1).page_misses;
    };
    test::in_child([&] { EXPECT_EQ(misses("instance-crash", "orders/writer"), 0U); });
    test::in_child([&] { EXPECT_GT(misses("zone-outage", "az-of: orders/writer"), 1000U); });
}

// Three instances of the service want up to ten connections each, and a failover makes them ask all at once.
TEST(InstanceTest, AReconnectStormMeetsTheConnectionLimit) {
    const auto after_failover = [](const std::string& limit) {
        return run(read(with_pages(std::string{writers_zone_lost}, limit)));
    };
    test::in_child([&] {
        const auto result = after_failover(R"("connections_max": 8,)");
        const auto& writer = instance(result, 2);
        EXPECT_GT(writer.connections_refused, 0U);
        EXPECT_GE(writer.connections_peak, 8U);
        EXPECT_LE(writer.connections_peak, 10U) << "those accepted in half a round trip come on top";
    });
    test::in_child([&] {
        const auto result = after_failover("");
        EXPECT_EQ(instance(result, 2).connections_refused, 0U);
        EXPECT_GT(instance(result, 2).connections_peak, 8U) << "so many would have come";
    });
}

// The same updates on ten rows and on a million: only hot rows are waited for.
TEST(InstanceTest, HotRowsAreWaitedFor) {
    const auto with_rows = [](std::uint64_t rows) {
        return run(read(with_pages(""), [rows](scenarios::Scenario& scenario) {
            for (auto& query_class : scenario.workload.classes) query_class.keys->count = rows;
        }));
    };
    test::in_child([&] {
        const auto result = with_rows(10);
        EXPECT_GT(seconds_in(class_named(result, "update"), scenarios::Stage::lock), 1.0);
        EXPECT_GT(instance(result, 1).lock_waits, 1000U);
        EXPECT_EQ(seconds_in(class_named(result, "lookup"), scenarios::Stage::lock), 0.0) << "readers see versions";
        const auto updates = all_outcomes(class_named(result, "update"));
        EXPECT_GT(static_cast<double>(updates.good), 0.999 * static_cast<double>(updates.due));
    });
    test::in_child([&] {
        const auto result = with_rows(1'000'000);
        EXPECT_LT(seconds_in(class_named(result, "update"), scenarios::Stage::lock), 1.0);
    });
}

// The writer's class, and a load that it was not made for at its minimum.
TEST(InstanceTest, ServerlessCapacityFollowsTheLoad) {
    test::in_child([] {
        const std::string capacity = R"("serverless": { "min": 1, "max": 32 },)";
        const std::string text = replaced(with_pages("", capacity), "db.r6g.2xlarge", "db.serverless");
        const auto result = run(read(text));
        for (const auto& one : result.instances) {
            EXPECT_GT(one.acu_mean, 1.0) << one.name;
            EXPECT_LT(one.acu_mean, 16.0) << one.name;
        }
        const auto lookups = all_outcomes(class_named(result, "lookup"));
        EXPECT_GT(static_cast<double>(lookups.good), 0.99 * static_cast<double>(lookups.due));
    });
}

// Updates name no key: they touch any of the 10 GiB that are in use. Half of these fit into 5 GiB; all into 20 GiB.
// 162,000 touches: four standard errors are 0.005.
TEST(InstanceTest, AClassWithoutKeysMissesWhatOutgrowsMemory) {
    test::in_child([] {
        const auto small = run(read(with_working_set("5GiB")));
        const auto& writer = instance(small, 1);
        const auto touched = static_cast<double>(writer.page_hits + writer.page_misses);
        ASSERT_GT(touched, 100'000.0);
        EXPECT_NEAR(static_cast<double>(writer.page_hits) / touched, 0.5, 0.006);
        EXPECT_EQ(writer.pool_pages_used, writer.pool_pages);
        const auto& updates = class_named(small, "update");
        EXPECT_GT(seconds_in(updates, scenarios::Stage::storage), 0.5 * static_cast<double>(writer.page_misses) * 1e-4);
    });
    test::in_child([] {
        const auto large = run(read(with_working_set("20GiB")));
        EXPECT_GT(instance(large, 1).page_hits, 100'000U);
        EXPECT_EQ(instance(large, 1).page_misses, 0U);
    });
}

}  // namespace
}  // namespace faultline::tests

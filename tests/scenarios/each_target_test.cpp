// Which targets stand for "each: zone" and its like.
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/read_scenario.hpp"
#include "scenarios/volume_zones.hpp"
#include "tests/scenarios/example_scenario.hpp"

namespace faultline::scenarios {
namespace {

using Targets = std::vector<std::string>;

// Two regions, a database over both, a sharded cache, a warehouse.
std::string wide_text() {
    std::string text = replaced(example_text(), R"("regions": { "us-east-1": { "zones": ["a", "b", "c"] } })",
                                R"("regions": { "us-east-1": { "zones": ["a", "b", "c"] },
                                   "us-west-2": { "zones": ["a", "b", "c"] } })");
    text = replaced(text, R"("replicas": [{ "zone": "b" }] } })",
                    R"("replicas": [{ "zone": "b" }],
                       "secondaries": { "us-west-2": { "replicas": [{ "zone": "a" }] } } } })");
    text = replaced(text, R"("class": "cache.r6g.large" })",
                    R"("class": "cache.r6g.large", "shards": 2, "replicas": 1 })");
    return replaced(text, R"("class": "db.r6g.large", "zone")", R"("class": "db.r6g.xlarge", "zone")");
}

Targets targets_of_each(const std::string& kind, const std::string& target, const std::string& further = "") {
    Problems problems;
    const std::string text = replaced(
        wide_text(), R"("kind": "zone-outage", "target": "az-of: orders/writer", "at": "5min", "lasts": "1min")",
        R"("kind": ")" + kind + R"(", "target": ")" + target + R"(", "at": "5min", "lasts": "1min")" + further);
    const auto scenario = read_scenario(text, "example.json", "", problems);
    for (const Problem& problem : problems.sorted()) ADD_FAILURE() << to_text(problem);
    if (!scenario) return {};
    const Fault& fault = scenario->faults.at(0);
    EXPECT_TRUE(fault.each);
    EXPECT_EQ(fault.target, fault.targets.front());
    return fault.targets;
}

TEST(EachTargetTest, AllOfADomainInTheOrderOfTheFile) {
    EXPECT_EQ(targets_of_each("zone-outage", "each: zone"),
              (Targets{"us-east-1/a", "us-east-1/b", "us-east-1/c", "us-west-2/a", "us-west-2/b", "us-west-2/c"}));
    EXPECT_EQ(targets_of_each("region-outage", "each: region"), (Targets{"us-east-1", "us-west-2"}));
    EXPECT_EQ(targets_of_each("link-cut", "each: region"), (Targets{"us-east-1", "us-west-2"}));
    EXPECT_EQ(targets_of_each("link-cut", "each: link"), (Targets{"us-east-1 - us-west-2"})) << "once, not both ways";
    EXPECT_EQ(targets_of_each("instance-crash", "each: instance"),
              (Targets{"orders/instance-1", "orders/instance-2", "orders/us-west-2/instance-1"}))
        << "by number: the writer is one of them";
    EXPECT_EQ(targets_of_each("instance-crash", "each: service-instance"),
              (Targets{"shop/us-east-1/instance-1", "shop/us-east-1/instance-2", "shop/us-east-1/instance-3"}));
    EXPECT_EQ(targets_of_each("cache-node-loss", "each: cache-node"),
              (Targets{"hot/shard-1/node-1", "hot/shard-1/node-2", "hot/shard-2/node-1", "hot/shard-2/node-2"}));
    EXPECT_EQ(targets_of_each("storage-node-loss", "each: storage-node").size(), 60U) << "20 in each of three zones";
    EXPECT_EQ(targets_of_each("dns-failure", "each: database"), Targets{"orders"});
    EXPECT_EQ(targets_of_each("dns-failure", "each: service"), Targets{"shop"});
    EXPECT_EQ(targets_of_each("brown-out", "each: service", R"(, "speed": "50%")"), Targets{"shop"});
}

// It has no "lasts", as it is over when it is renewed.
TEST(EachTargetTest, CertificatesOfServicesByRegionAndTheirCredentials) {
    const auto targets_of = [](const std::string& target) {
        Problems problems;
        std::string text = replaced(
            wide_text(), R"("kind": "zone-outage", "target": "az-of: orders/writer", "at": "5min", "lasts": "1min")",
            R"("kind": "certificate-expiry", "target": ")" + target + R"(", "at": "5min")");
        text = replaced(text, R"("us-east-1": 3)", R"("us-east-1": 3, "us-west-2": 1)");
        const auto scenario = read_scenario(text, "example.json", "", problems);
        for (const Problem& problem : problems.sorted()) ADD_FAILURE() << to_text(problem);
        return scenario ? scenario->faults.at(0).targets : Targets{};
    };
    EXPECT_EQ(targets_of("each: service"), Targets{"shop"});
    EXPECT_EQ(targets_of("each: service-region"), (Targets{"shop/us-east-1", "shop/us-west-2"}));
    EXPECT_EQ(targets_of("each: credentials"), Targets{"shop/credentials"});
    EXPECT_EQ(targets_of("each: service-region of shop").size(), 2U);
}

TEST(EachTargetTest, OfOneOwnerAlone) {
    EXPECT_EQ(targets_of_each("zone-outage", "each: zone of us-west-2"),
              (Targets{"us-west-2/a", "us-west-2/b", "us-west-2/c"}));
    EXPECT_EQ(targets_of_each("instance-crash", "each:instance  of orders ").size(), 3U) << "blanks do not matter";
}

// A volume has its copies in three zones, whatever its region has: those of the instances, then the first others.
TEST(EachTargetTest, AVolumeStandsInThreeZones) {
    const std::string text =
        replaced(replaced(example_text(), R"("zones": ["a", "b", "c"])", R"("zones": ["a", "b", "c", "d", "e"])"),
                 R"("replicas": [{ "zone": "b" }])", R"("replicas": [{ "zone": "e" }])");
    const std::string lost = replaced(text, R"("kind": "zone-outage", "target": "az-of: orders/writer")",
                                      R"("kind": "storage-node-loss", "target": "each: storage-node")");
    Problems problems;
    const auto scenario = read_scenario(lost, "example.json", "", problems);
    ASSERT_TRUE(scenario.has_value()) << "four of six copies, two of them in each of three zones\n" << all_of(problems);
    const Targets& targets = scenario->faults.at(0).targets;
    ASSERT_EQ(targets.size(), 60U);
    EXPECT_EQ(targets.at(0), "orders/storage/a/1");
    EXPECT_EQ(targets.at(20), "orders/storage/b/1");
    EXPECT_EQ(targets.at(40), "orders/storage/e/1");
    EXPECT_EQ(volume_zones(scenario->databases.at(0), "us-east-1", {"e", "b", "a"}), (Targets{"e", "b", "a"}));
}

// What is lost in turn has to exist: every target that stands for a domain is one that could be named by itself.
TEST(EachTargetTest, EveryOneOfThemCouldBeNamed) {
    for (const char* const domain : {"zone", "instance", "service-instance", "cache-node", "service", "cache"}) {
        for (const std::string& target : targets_of_each("brown-out", std::string{"each: "} + domain)) {
            Problems problems;
            const std::string text = replaced(wide_text(), R"("kind": "zone-outage", "target": "az-of: orders/writer")",
                                              R"("kind": "brown-out", "target": ")" + target + R"(")");
            EXPECT_TRUE(read_scenario(text, "example.json", "", problems).has_value()) << target << all_of(problems);
        }
    }
}

}  // namespace
}  // namespace faultline::scenarios

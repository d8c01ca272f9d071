// Goal:   a balancer leaves an instance that falls silent out after as many probes as its threshold says, each of which
//         takes its timeout.
// Method: the zone of one of three instances is lost; until the balancer knows, a third of the updates gets no answer.
#include <gtest/gtest.h>

#include <string>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

constexpr const char* zone_lost =
    R"("zone lost": { "kind": "zone-outage", "target": "us-east-1/c", "at": "60s", "lasts": "200s" })";
constexpr std::size_t lost_at_s = 120;  // after the warm-up
constexpr std::size_t back_at_s = 320;

std::size_t left_out_after_s(const std::string& health_check) {
    std::string text = small_system(zone_lost);
    replace_in(text, R"("health_check": { "interval": "5s", "threshold": 2 })", "\"health_check\": " + health_check);
    // Neither the calls that wait for the lost one nor a lost shard of the cache stand in the way of the others.
    replace_in(text, R"("office_pool": 64)", R"("office_pool": 10000)");
    const auto result = run(read(text, leave_cache_out));
    const scenarios::ClassResult& update = class_named(result, "update");
    std::size_t last_bad = lost_at_s;
    for (std::size_t s = lost_at_s; s < back_at_s; ++s) {
        if (update.good_per_s[s] < 0.8 * update.due_per_s[s]) last_bad = s;
    }
    return last_bad - lost_at_s;
}

// Two timeouts and the interval between them, and less than an interval before: the first probe is due by chance.
TEST(HealthCheckTest, AProbeWithoutAnAnswerTakesItsTimeout) {
    test::in_child([] {
        const std::size_t soon = left_out_after_s(R"({ "interval": "30s", "threshold": 2 })");
        EXPECT_GE(soon, 5U + 30U + 5U - 1U);
        EXPECT_LE(soon, 30U + 5U + 30U + 5U + 1U);
    });
    test::in_child([] {
        const std::size_t late = left_out_after_s(R"({ "interval": "30s", "timeout": "30s", "threshold": 2 })");
        EXPECT_GE(late, 30U + 30U + 30U - 1U);
        EXPECT_LE(late, 4U * 30U + 1U);
    });
}

TEST(HealthCheckTest, AProbeTakesFiveSecondsOrItsIntervalWhereNothingElseIsSaid) {
    const auto of = [](const std::string& check) {
        std::string text = small_system("");
        replace_in(text, R"("health_check": { "interval": "5s", "threshold": 2 })", "\"health_check\": " + check);
        return read(text).services.at(0).health_check_timeout;
    };
    EXPECT_EQ(of(R"({})"), std::chrono::seconds{5});
    EXPECT_EQ(of(R"({ "interval": "2s" })"), std::chrono::seconds{2});
    EXPECT_EQ(of(R"({ "interval": "20s", "timeout": "3s" })"), std::chrono::seconds{3});
}

}  // namespace
}  // namespace faultline::tests

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
    const auto result = run(read(text));
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
        const std::size_t by_default = left_out_after_s(R"({ "interval": "30s", "threshold": 2 })");
        EXPECT_GE(by_default, 5U + 30U + 5U - 1U);
        EXPECT_LE(by_default, 30U + 5U + 30U + 5U + 1U);
    });
    test::in_child([] {
        const std::size_t late = left_out_after_s(R"({ "interval": "30s", "timeout": "30s", "threshold": 2 })");
        EXPECT_GE(late, 30U + 30U + 30U - 1U);
        EXPECT_LE(late, 4U * 30U + 1U);
    });
}

// Where the interval is shorter than the default a probe takes as long as that.
TEST(HealthCheckTest, AProbeTakesNoLongerThanTheInterval) {
    const auto of = [](const std::string& check) {
        std::string text = small_system("");
        replace_in(text, R"("health_check": { "interval": "5s", "threshold": 2 })", "\"health_check\": " + check);
        return read(text).services.at(0).health_check_timeout;
    };
    EXPECT_EQ(of(R"({ "interval": "2s" })"), std::chrono::seconds{2});
    EXPECT_EQ(of(R"({ "interval": "20s" })"), std::chrono::seconds{5});
    EXPECT_EQ(of(R"({ "interval": "20s", "timeout": "20s" })"), std::chrono::seconds{20});
}

}  // namespace
}  // namespace faultline::tests

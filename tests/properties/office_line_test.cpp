// Goal:   the line of an office fails, or is slow: that office notices and nobody else, and a second line helps once
// the
//         routers know.
// Method: a small system of two offices; what is good at each of them while the fault lasts.
#include <gtest/gtest.h>

#include <string>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

constexpr std::size_t at_boston = 0, at_denver = 1;

// From 120 s to 240 s of the run.
std::string line_fault(const std::string& kind, const std::string& target, const std::string& rest = "") {
    return R"("line": { "kind": ")" + kind + R"(", "target": ")" + target + R"(", "at": "60s", "lasts": "120s")" +
           rest + " }";
}

double good_share(const scenarios::ReplicationResult& result, std::size_t office) {
    const scenarios::Outcomes& outcomes = class_named(result, "lookup").degraded.at(office).outcomes;
    EXPECT_GT(outcomes.due, 10'000U);
    return static_cast<double>(outcomes.good) / static_cast<double>(outcomes.due);
}

std::string with_second_line(std::string text) {
    replace_in(text, R"("access": "cable")", R"("access": "cable", "backup_access": "lte")");
    return text;
}

TEST(OfficeLineTest, ACutLineTakesItsOfficeAlone) {
    test::in_child([] {
        const auto result = run(read(small_system(line_fault("link-cut", "denver/line"))));
        EXPECT_EQ(result.faults.front().hit, std::vector<std::string>{"denver - denver's exchange"});
        EXPECT_LT(good_share(result, at_denver), 0.01);
        EXPECT_GT(good_share(result, at_boston), 0.99);
    });
}

// BGP's hold timer is 90 s of the 120: until then packets go into the cut.
TEST(OfficeLineTest, ASecondLineCarriesAllOnceTheRoutersKnow) {
    test::in_child([] {
        const auto result = run(read(with_second_line(small_system(line_fault("link-cut", "denver/line")))));
        EXPECT_GT(good_share(result, at_denver), 0.20);
        EXPECT_LT(good_share(result, at_denver), 0.26);
        EXPECT_GT(good_share(result, at_boston), 0.99);
        const auto& lookup = class_named(result, "lookup");
        EXPECT_GT(good_between(lookup, 215, 235), good_between(lookup, 70, 90) * 97 / 100);
    });
}

TEST(OfficeLineTest, ASecondLineThatIsCutIsMissedByNobody) {
    test::in_child([] {
        const auto result = run(read(with_second_line(small_system(line_fault("link-cut", "denver/backup")))));
        EXPECT_EQ(result.faults.front().hit, std::vector<std::string>{"denver - denver's second exchange"});
        EXPECT_GT(good_share(result, at_denver), 0.99);
    });
}

// A lost packet waits 200 ms and more for its timer: with 30 % of them lost each way half of the exchanges take that.
TEST(OfficeLineTest, AGrayLineIsSlowForItsOffice) {
    test::in_child([] {
        const auto calm = run(read(small_system("")));
        const auto gray =
            run(read(small_system(line_fault("link-gray", "boston/line", R"(, "latency": 2, "loss": "30%")"))));
        const auto mean_s = [](const scenarios::ClassAtOffice& at) {
            const auto& latency = at.latency;
            std::uint64_t answers = 0;
            for (const std::uint64_t count : latency.counts) answers += count;
            return static_cast<double>(latency.sum_ns) * 1e-9 / static_cast<double>(answers);
        };
        const auto& before = class_named(calm, "lookup").steady;
        const auto& during = class_named(gray, "lookup").degraded;
        EXPECT_GT(mean_s(during.at(at_boston)), mean_s(before.at(at_boston)) + 0.1);
        EXPECT_NEAR(mean_s(during.at(at_denver)), mean_s(before.at(at_denver)), 0.005);
    });
}

}  // namespace
}  // namespace faultline::tests

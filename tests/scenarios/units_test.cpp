#include "scenarios/units.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace faultline::scenarios {
namespace {

using namespace std::chrono_literals;
using engine::Bytes;
using engine::Duration;

TEST(UnitsTest, DurationsAreExact) {
    EXPECT_EQ(parse_duration("35ms").value, 35ms);
    EXPECT_EQ(parse_duration("0s").value, 0s);
    EXPECT_EQ(parse_duration("1ns").value, 1ns);
    EXPECT_EQ(parse_duration("250us").value, 250us);
    EXPECT_EQ(parse_duration("5min").value, 5min);
    EXPECT_EQ(parse_duration("24h").value, parse_duration("1d").value);
    EXPECT_EQ(parse_duration("0.1s").value, 100ms);
    EXPECT_EQ(parse_duration("1.000000001s").value, 1s + 1ns);
    EXPECT_EQ(parse_duration("0.5min").value, 30s);
    EXPECT_EQ(parse_duration("0.0001d").value, 8640ms);
    EXPECT_EQ(parse_duration("1.50000000000000000000s").value, 1500ms);
}

TEST(UnitsTest, SizesAreExact) {
    EXPECT_EQ(parse_bytes("64GiB").value, Bytes{std::int64_t{64} << 30});
    EXPECT_EQ(parse_bytes("64GB").value, Bytes{64'000'000'000});
    EXPECT_EQ(parse_bytes("1.5KiB").value, Bytes{1536});
    EXPECT_EQ(parse_bytes("0.25MiB").value, Bytes{262144});
    EXPECT_EQ(parse_bytes("7B").value, Bytes{7});
}

TEST(UnitsTest, RatesSharesAndBandwidths) {
    EXPECT_DOUBLE_EQ(parse_rate("5000/s").value.value(), 5000.0);
    EXPECT_DOUBLE_EQ(parse_rate("300/min").value.value(), 5.0);
    EXPECT_DOUBLE_EQ(parse_rate("0.5/h").value.value(), 0.5 / 3600.0);
    EXPECT_DOUBLE_EQ(parse_share("99.99%").value.value(), 0.9999);
    EXPECT_DOUBLE_EQ(parse_share("0.85").value.value(), 0.85);
    EXPECT_DOUBLE_EQ(parse_share("100%").value.value(), 1.0);
    EXPECT_DOUBLE_EQ(parse_bandwidth("10Gbps").value->value, 1e10);
}

TEST(UnitsTest, ABareNumberIsToldWhichUnitToWrite) {
    EXPECT_EQ(parse_duration("85").error, R"("85" has no unit; write "85ms" (ns, us, ms, s, min, h, d))");
    EXPECT_NE(parse_bytes("64").error.find(R"(write "64MiB")"), std::string::npos);
    EXPECT_NE(parse_rate("5000").error.find(R"(write "5000/s")"), std::string::npos);
    EXPECT_NE(parse_bandwidth("10").error.find(R"(write "10Mbps")"), std::string::npos);
}

TEST(UnitsTest, RefusesWhatIsNoQuantity) {
    for (const char* const text :
         {"",     "ms",  "-5ms", "+5ms", "5 ms", "5MS",  "5sec",   "1e3ms", "NaNs", "nan",  "inf", "infs",
          "0x5s", "5.s", ".5s",  "5,5s", "5ms ", " 5ms", "1.2.3s", "5m",    "--5s", "5s5s", "\xff"}) {
        const Parsed<Duration> parsed = parse_duration(text);
        EXPECT_FALSE(parsed.value) << text;
        EXPECT_FALSE(parsed.error.empty()) << text;
    }
    for (const char* const text : {"101%", "1.1", "-1%", "%", "", "nan", "1e-2", "50 %", "50%%"}) {
        EXPECT_FALSE(parse_share(text).value) << text;
    }
    for (const char* const text : {"5/day", "/s", "-5/s", "inf/s", "5/ s", "5"})
        EXPECT_FALSE(parse_rate(text).value) << text;
}

TEST(UnitsTest, RefusesOverflowAndWhatIsTooFine) {
    EXPECT_EQ(parse_duration("9223372036854775807ns").value, Duration::max());
    EXPECT_NE(parse_duration("9223372036854775808ns").error.find("too large"), std::string::npos);
    EXPECT_NE(parse_duration("106752d").error.find("too large"), std::string::npos);
    EXPECT_TRUE(parse_duration("106751d").value);
    EXPECT_NE(parse_duration(std::string(500, '9') + "s").error.find("too large"), std::string::npos);
    EXPECT_NE(parse_rate(std::string(500, '9') + "/s").error.find("too large"), std::string::npos);
    EXPECT_NE(parse_duration("0.5ns").error.find("finer than 1ns"), std::string::npos);
    EXPECT_NE(parse_duration("0.0000000001s").error.find("finer than 1ns"), std::string::npos);
    EXPECT_NE(parse_bytes("0.3B").error.find("finer than 1B"), std::string::npos);
    EXPECT_NE(parse_bytes("0.3KiB").error.find("finer than 1B"), std::string::npos);
    EXPECT_NE(parse_bytes("8388608TiB").error.find("too large"), std::string::npos);
    EXPECT_FALSE(parse_duration("0." + std::string(1000, '1') + "s").value);
}

TEST(UnitsTest, TextOfAQuantityReadsBackAsItself) {
    for (const Duration duration :
         {Duration{0}, Duration{1}, Duration{1500ms}, Duration{90s}, Duration{48h}, Duration::max()}) {
        EXPECT_EQ(parse_duration(to_text(duration)).value, duration);
    }
    for (const std::int64_t count : {std::int64_t{0}, std::int64_t{1}, std::int64_t{1000}, std::int64_t{1536},
                                     std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::max()}) {
        EXPECT_EQ(parse_bytes(to_text(Bytes{count})).value, Bytes{count});
    }
    EXPECT_EQ(to_text(Duration{90s}), "90s");
    EXPECT_EQ(to_text(Bytes{std::int64_t{64} << 30}), "64GiB");
}

}  // namespace
}  // namespace faultline::scenarios

// Goal:   what was recorded falls due when, where and of what it was recorded, whatever serves it.
// Method: small traces, counted by class, office and second of the run; whole systems with faults for the rest.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <random>

#include "models/clients/trace_replay.hpp"
#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

class Trace {
public:
    explicit Trace(const std::string& text)
        : path_((std::filesystem::temp_directory_path() / fmt::format("faultline_replay_{}.csv", getpid())).string()) {
        std::ofstream{path_} << text;
    }
    Trace(const Trace&) = delete;
    Trace& operator=(const Trace&) = delete;
    ~Trace() { std::filesystem::remove(path_); }
    // As the value of "arrivals"; `more` are further keys of the trace.
    std::string arrivals(const std::string& more = "") const {
        return fmt::format(R"({{ "trace": {{ "file": "{}"{} }} }})", path_, more);
    }

private:
    std::string path_;
};

scenarios::Scenario counters(const std::string& arrivals) {
    return read(R"({
  "name": "Two counters",
  "run": { "warm_up": "0s", "measured": "20s", "replications": 1 },
  "network": { "profile": "zero" },
  "offices": { "east": { "access": "none", "weight": 3 }, "west": { "access": "none", "weight": 1 } },
  "stations": { "counter": { "servers": 4 } },
  "workload": {
    "arrivals": )" +
                arrivals +
                R"(,
    "classes": {
      "page": { "traced_as": ["GET /", "GET /page"], "share": 0.5, "route": ["counter"], "deadline": "5s",
                "demand": { "exponential": "10ms" } },
      "form": { "share": 0.5, "route": ["counter"], "deadline": "5s", "demand": { "exponential": "10ms" } } },
    "canary": { "enabled": false }
  }
})");
}

// Seconds of the run in which a class was due, one entry for each query.
std::vector<std::size_t> due(const scenarios::ReplicationResult& result, const char* name) {
    std::vector<std::size_t> seconds;
    const auto& due_per_s = class_named(result, name).due_per_s;
    for (std::size_t s = 0; s < due_per_s.size(); ++s) seconds.insert(seconds.end(), due_per_s[s], s);
    return seconds;
}

std::uint64_t due_at(const scenarios::ReplicationResult& result, const char* name, std::size_t office) {
    return class_named(result, name).steady.at(office).outcomes.due;
}

using Seconds = std::vector<std::size_t>;

constexpr const char* short_trace =
    "time,class,key,office\n1000,GET /,,east\n1002.5,form,,west\n1002.5,GET /page,,west\n1006,GET /,,east\n";

TEST(TraceReplayTest, EachRequestFallsDueAtItsOwnInstantAndOffice) {
    test::in_child([] {
        const Trace trace(short_trace);
        const auto result = run(counters(trace.arrivals()));
        EXPECT_EQ(due(result, "page"), (Seconds{0, 2, 6}));
        EXPECT_EQ(due(result, "form"), (Seconds{2}));
        EXPECT_EQ(due_at(result, "page", 0), 2U);
        EXPECT_EQ(due_at(result, "page", 1), 1U);
        EXPECT_EQ(due_at(result, "form", 1), 1U);
        EXPECT_EQ(all_outcomes(class_named(result, "page")).good, 3U);
    });
}

TEST(TraceReplayTest, SpeedAndFromMoveIt) {
    test::in_child([] {
        const Trace trace(short_trace);
        EXPECT_EQ(due(run(counters(trace.arrivals(R"(, "speed": 0.5)"))), "page"), (Seconds{0, 5, 12}));
        EXPECT_EQ(due(run(counters(trace.arrivals(R"(, "speed": 2)"))), "page"), (Seconds{0, 1, 3}));
        const auto later = run(counters(trace.arrivals(R"(, "from": "1s")")));
        EXPECT_EQ(due(later, "page"), (Seconds{0, 3})) << "it begins with the first one after it";
        EXPECT_EQ(due(later, "form"), (Seconds{0}));
    });
}

// Three gaps make 6 s, so it begins anew 2 s after its last request.
TEST(TraceReplayTest, ARepeatedTraceBeginsAnewAMeanGapLater) {
    test::in_child([] {
        const Trace trace(short_trace);
        const auto result = run(counters(trace.arrivals(R"(, "repeat": true)")));
        EXPECT_EQ(due(result, "page"), (Seconds{0, 2, 6, 8, 10, 14, 16, 18}));
        EXPECT_EQ(due(result, "form"), (Seconds{2, 10, 18}));
    });
}

// A share of 3/4 of 8,000, within five standard deviations.
TEST(TraceReplayTest, WithoutOfficesItIsSpreadByTheirWeights) {
    test::in_child([] {
        std::string text = "key,time,class\n";
        for (int i = 0; i < 8'000; ++i) text += fmt::format(",{:.4f},form\n", i * 0.0025);
        const Trace trace(text);
        const auto result = run(counters(trace.arrivals()));
        EXPECT_EQ(due_at(result, "form", 0) + due_at(result, "form", 1), 8'000U);
        EXPECT_NEAR(static_cast<double>(due_at(result, "form", 0)), 6'000.0, 194.0);
    });
}

std::string shop_trace(int seconds) {
    std::string text = "time,class,key,office\n";
    for (int i = 0; i < 100 * seconds; ++i) {
        const bool update = i % 10 == 0;
        text +=
            fmt::format("{:.2f},{},{},{}\n", i * 0.01, update ? "update" : "lookup",
                        update ? std::string{} : fmt::format("article {}", i % 50), i % 3 == 0 ? "boston" : "denver");
    }
    return text;
}

scenarios::Scenario shop(const Trace& trace, std::string_view faults) {
    std::string text = small_system(faults);
    replace_in(text, R"({ "rate": "600/s" })", trace.arrivals());
    return read(text);
}

// Fifty words of twenty thousand keys: after the first of each, whatever is asked for is in the cache.
TEST(TraceReplayTest, KeysAreThoseOfTheTrace) {
    test::in_child([] {
        const Trace trace(shop_trace(360));
        const auto result = run(shop(trace, ""));
        const auto& cache = result.caches.at(0);
        EXPECT_NEAR(static_cast<double>(cache.reads), 27'000.0, 20.0) << "of the 300 s after the warm-up";
        EXPECT_GE(cache.fresh_hits + 5, cache.reads) << "each was filled in before, and lives for ten minutes";
        EXPECT_EQ(models::key_number("17", 20'000), 17U);
        EXPECT_LT(models::key_number("20000", 20'000), 20'000U);
        EXPECT_NE(models::key_number("article 1", 20'000), models::key_number("article 2", 20'000));
    });
}

TEST(TraceReplayTest, OnlyTheSystemIsDrawnAnew) {
    test::in_child([] {
        const Trace trace(shop_trace(360));
        const auto scenario =
            shop(trace, R"("crash": { "kind": "instance-crash", "target": "orders/writer", "at": "60s" })");
        const auto first = run(scenario, 1), again = run(scenario, 1), second = run(scenario, 2);
        EXPECT_EQ(first.fingerprint, again.fingerprint);
        EXPECT_NE(first.fingerprint, second.fingerprint);
        for (const char* const name : {"lookup", "update"}) {
            EXPECT_EQ(class_named(first, name).due_per_s, class_named(second, name).due_per_s) << name;
            const scenarios::Outcomes all = all_outcomes(class_named(first, name));
            EXPECT_EQ(all.due, all.answered + all.refused + all.timed_out + all.failed + all.in_flight) << name;
        }
        EXPECT_EQ(std::accumulate(class_named(first, "update").due_per_s.begin(),
                                  class_named(first, "update").due_per_s.end(), 0U),
                  3'000U);
        EXPECT_LT(good_between(class_named(first, "update"), 120, 130), 100U) << "the writer is lost after 120 s";
        EXPECT_GE(good_between(class_named(first, "update"), 300, 358), 575U);
    });
}

// A minute in which the hot keys change after half of it: what is asked for in the first half was last asked for half a
// minute before. Zipf 0.9 over 10,000 keys by inversion of its integral, 150 reads a second, a write for every ten.
std::string moving_trace() {
    std::string text = "time,class,key,office\n";
    std::mt19937_64 draws(7);
    const double most = std::pow(10'000.0, 0.1) - 1.0;
    for (int i = 0; i < 9'000; ++i) {
        const double u = static_cast<double>(draws() >> 11) * 0x1.0p-53;
        const auto rank = static_cast<int>(std::pow(1.0 + u * most, 10.0));
        const int key = (rank * 7919 + (i < 4'500 ? 0 : 5'000)) % 10'000;
        text += fmt::format("{:.4f},{},{},{}\n", i / 150.0, i % 11 == 10 ? "change" : "lookup", key,
                            i % 2 == 0 ? "boston" : "denver");
    }
    return text;
}

// Hits in each ten seconds of the minute's measured part, as shares of the reads.
std::vector<double> hits_of(const Trace& trace, scenarios::CacheStart starts, engine::Duration warm_up,
                            const std::function<void(scenarios::Cache&)>& change) {
    std::string text = small_system("");
    replace_in(text, R"({ "rate": "600/s" })", trace.arrivals(R"(, "repeat": true)"));
    replace_in(text, R"("update": {)",
               R"("change": { "kind": "update", "share": 0.1, "via": "shop", "route": ["hot", "orders/writer"],
                              "deadline": "2s", "keys": { "zipf": 0.9, "count": 10000, "value": "1KB" } },
                  "update": {)");
    replace_in(text, R"("count": 20000)", R"("count": 10000)");
    replace_in(text, R"("share": 0.3)", R"("share": 0.2)");
    const auto result = run(read(text, [&](scenarios::Scenario& scenario) {
        scenario.run.warm_up = warm_up;
        scenario.run.measured = std::chrono::minutes{1};
        scenario.caches.front().starts = starts;
        change(scenario.caches.front());
    }));
    const auto& per_s = result.caches.at(0).hit_rate_per_s;
    std::vector<double> hits;
    const auto from = per_s.begin() + warm_up / std::chrono::seconds{1};
    for (int tens = 0; tens < 6; ++tens)
        hits.push_back(std::accumulate(from + tens * 10, from + tens * 10 + 10, 0.0) / 10.0);
    return hits;
}

// Against six minutes of the same trace. Both see the same requests, so that only what sampling and latencies change is
// left: 0.015 of 1,400 reads are 20. What an empty cache has is further away.
TEST(TraceReplayTest, AWarmCacheHoldsWhatItsTraceLeavesThere) {
    using namespace std::chrono_literals;
    test::in_child([] {
        const Trace trace(moving_trace());
        const std::vector<std::pair<const char*, std::function<void(scenarios::Cache&)>>> caches{
            {"all fits", [](scenarios::Cache& cache) { cache.ttl.reset(); }},
            {"memory binds", [](scenarios::Cache& cache) { cache.ttl.reset(), cache.memory = engine::Bytes{700'000}; }},
            {"writes set", [](scenarios::Cache& cache) {
                 cache.ttl.reset(), cache.memory = engine::Bytes{700'000};
                 cache.writes = scenarios::CacheWrites::write_through;
             }}};
        for (const auto& [name, change] : caches) {
            const auto warm = hits_of(trace, scenarios::CacheStart::warm, 0s, change);
            const auto later = hits_of(trace, scenarios::CacheStart::empty, 6min, change);
            const auto empty = hits_of(trace, scenarios::CacheStart::empty, 0s, change);
            for (std::size_t i = 0; i < warm.size(); ++i) EXPECT_NEAR(warm[i], later[i], 0.015) << name << i;
            EXPECT_LT(empty[0], warm[0] - 0.05) << name;
        }
    });
}

// With a time to live what is popular expires at other instants than in the run that is long, so the mean of the minute
// counts, and no second is one in which all of it expires.
TEST(TraceReplayTest, AWarmCacheExpiresAsItWouldLater) {
    using namespace std::chrono_literals;
    test::in_child([] {
        const Trace trace(moving_trace());
        const auto of = [](scenarios::Cache& cache) { cache.ttl = 20s, cache.ttl_jitter = 0.2; };
        const auto mean = [](const std::vector<double>& of_tens) {
            return std::accumulate(of_tens.begin(), of_tens.end(), 0.0) / 6.0;
        };
        const auto warm = hits_of(trace, scenarios::CacheStart::warm, 0s, of);
        const auto later = hits_of(trace, scenarios::CacheStart::empty, 6min, of);
        EXPECT_NEAR(mean(warm), mean(later), 0.01);
        for (std::size_t i = 0; i < warm.size(); ++i) EXPECT_NEAR(warm[i], later[i], 0.04) << i;
    });
}

// What is passed over was asked for last before the run: key 7 half a second before. Keys 1 and 2 have expired since.
TEST(TraceReplayTest, AWarmCacheHasSeenWhatIsPassedOver) {
    using namespace std::chrono_literals;
    test::in_child([] {
        const Trace trace(
            "time,class,key,office\n0,lookup,1,boston\n9.5,lookup,7,boston\n10,lookup,1,boston\n"
            "10.5,lookup,7,boston\n19,lookup,2,boston\n");
        std::string text = small_system("");
        replace_in(text, R"({ "rate": "600/s" })", trace.arrivals(R"(, "from": "10s")"));
        const auto result = run(read(text, [](scenarios::Scenario& scenario) {
            scenario.run.warm_up = 0s;
            scenario.run.measured = 15s;
            scenario.caches.front().ttl = 5s;
            scenario.caches.front().starts = scenarios::CacheStart::warm;
        }));
        EXPECT_EQ(result.caches.front().reads, 3U);
        EXPECT_EQ(result.caches.front().fresh_hits, 1U);
    });
}

TEST(TraceReplayTest, AFileThatHasGoneSinceIsNoSilence) {
    test::in_child([] {
        auto trace = std::make_unique<Trace>(short_trace);
        const auto scenario = counters(trace->arrivals());
        trace.reset();
        EXPECT_THROW(run(scenario), std::runtime_error);
    });
}

}  // namespace
}  // namespace faultline::tests

// Goal:   a storm that outlives its trigger is found, and nothing else is called one.
// Method: the seconds of a run written by hand, one side of each boundary and the other.
#include "models/measures/storms.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t second_ns = 1'000'000'000;

scenarios::FaultResult fault(const char* name, std::int64_t start_s, std::int64_t end_s) {
    scenarios::FaultResult result;
    result.name = name;
    result.start_ns = start_s * second_ns;
    result.end_ns = end_s * second_ns;
    result.started = result.ended = true;
    return result;
}

// 600 s of a class with 100 operations a second and a deadline of 2 s; a fault from 100 to 120 s. From 100 s on, so
// many a second are good and so many attempts are repeats, until `storm_s`.
struct Story {
    explicit Story(std::size_t storm_s, std::uint32_t good = 10, std::uint32_t repeats = 150) {
        scenarios::ClassResult page;
        page.name = "page";
        page.due_per_s.assign(600, 100);
        page.good_per_s.assign(600, 100);
        page.repeats_per_s.assign(600, 0);
        for (std::size_t s = 100; s < storm_s; ++s) {
            page.good_per_s[s] = good;
            page.repeats_per_s[s] = repeats;
        }
        result.classes = {page};
        result.end_ns = 600 * second_ns;
        result.faults = {fault("brown-out", 100, 120)};
        shape.classes.emplace_back();
        shape.classes.back().deadline = 2s;
        shape.storm = {.outlives = 60s, .attempts = 1.5};
    }
    std::vector<scenarios::StormResult> storms() const { return find_storms(shape, result); }

    MeasuresShape shape;
    scenarios::ReplicationResult result;
};

TEST(StormsTest, OneThatOutlivesItsTriggerIsNamed) {
    const auto storms = Story(190).storms();
    ASSERT_EQ(storms.size(), 1U);
    EXPECT_EQ(storms[0].of, "page");
    EXPECT_EQ(storms[0].trigger, "brown-out");
    EXPECT_EQ(storms[0].since_ns, 120 * second_ns);
    EXPECT_EQ(storms[0].until_ns, 190 * second_ns);
    EXPECT_TRUE(storms[0].ended);
    EXPECT_DOUBLE_EQ(storms[0].attempts_per_due, 2.5);
    EXPECT_DOUBLE_EQ(storms[0].good_share, 0.1);
}

TEST(StormsTest, OneThatEndsInTimeIsNone) {
    EXPECT_TRUE(Story(180).storms().empty()) << "60 s, and not more than that";
    Story longer(190);
    longer.shape.storm.outlives = 70s;
    EXPECT_TRUE(longer.storms().empty());
}

TEST(StormsTest, OneThatGoesOnToTheEndNeverEnded) {
    const auto storms = Story(600).storms();
    ASSERT_EQ(storms.size(), 1U);
    EXPECT_FALSE(storms[0].ended);
    EXPECT_EQ(storms[0].until_ns, 590 * second_ns) << "what is due in the last seconds has its deadline before it";
}

TEST(StormsTest, ItTakesRetriesAndTooFewGoodAnswers) {
    EXPECT_TRUE(Story(600, 10, 49).storms().empty()) << "overload, and no retries that sustain it";
    EXPECT_EQ(Story(600, 10, 50).storms().size(), 1U);
    EXPECT_TRUE(Story(600, 99, 150).storms().empty()) << "retries, and nobody suffers";
}

TEST(StormsTest, APauseEndsIt) {
    Story run(600);
    std::fill_n(run.result.classes[0].good_per_s.begin() + 150, 10, 100U);
    EXPECT_TRUE(run.storms().empty());
}

TEST(StormsTest, WhileItsTriggerGoesOnItOutlivesNothing) {
    Story run(600);
    run.result.faults.front().ended = false;
    EXPECT_TRUE(run.storms().empty());
    // Another fault meanwhile, which ends later: that is the one outlived.
    Story two(600);
    two.result.faults.push_back(fault("gray", 110, 300));
    const auto storms = two.storms();
    ASSERT_EQ(storms.size(), 1U);
    EXPECT_EQ(storms[0].trigger, "gray");
    EXPECT_EQ(storms[0].since_ns, 300 * second_ns);
}

TEST(StormsTest, OneThatOutlivesALaterTriggerTooIsOneStorm) {
    Story run(600);
    run.result.faults.push_back(fault("brown-out", 250, 270));
    run.result.faults.push_back(fault("brown-out", 400, 420));
    const auto storms = run.storms();
    ASSERT_EQ(storms.size(), 1U);
    EXPECT_EQ(storms[0].since_ns, 120 * second_ns);
    EXPECT_EQ(storms[0].until_ns, 590 * second_ns);
    EXPECT_FALSE(storms[0].ended);
    EXPECT_DOUBLE_EQ(storms[0].attempts_per_due, 2.5);
}

TEST(StormsTest, ALaterTriggerMayEndIt) {
    Story run(250);  // a restart, after which all is well
    run.result.faults.push_back(fault("restart", 240, 250));
    auto storms = run.storms();
    ASSERT_EQ(storms.size(), 1U);
    EXPECT_EQ(storms[0].trigger, "brown-out");
    EXPECT_EQ(storms[0].until_ns, 240 * second_ns);
    EXPECT_TRUE(storms[0].ended) << "it was not there any more after the restart";
    // What the same trigger sets off when it comes again is another one.
    run.result.faults.push_back(fault("brown-out", 400, 420));
    for (std::size_t s = 400; s < 600; ++s) {
        run.result.classes[0].good_per_s[s] = 10;
        run.result.classes[0].repeats_per_s[s] = 150;
    }
    storms = run.storms();
    ASSERT_EQ(storms.size(), 2U);
    EXPECT_EQ(storms[1].since_ns, 420 * second_ns);
    EXPECT_FALSE(storms[1].ended);
}

TEST(StormsTest, ASurgeIsATriggerToo) {
    Story run(600);
    run.result.faults.clear();
    run.shape.surges = {{"sale", engine::start_of_time + 100s, engine::start_of_time + 150s}};
    const auto storms = run.storms();
    ASSERT_EQ(storms.size(), 1U);
    EXPECT_EQ(storms[0].trigger, "sale");
    EXPECT_EQ(storms[0].since_ns, 150 * second_ns);
}

TEST(StormsTest, WhatWasBadBeforeIsNotTheTriggersDoing) {
    Story run(600);
    std::fill_n(run.result.classes[0].good_per_s.begin(), 100, 10U);
    EXPECT_TRUE(run.storms().empty());
}

// Without retries: overload that sustains itself needs a queue without room that had some before.
struct Overload : Story {
    explicit Overload(double aftermath, double steady = 0.6) : Story(600, 10, 0) {
        shape.classes.back().database = "orders";
        scenarios::IncidentResult incident;
        incident.start_ns = 100 * second_ns;
        result.incidents = {incident};
        scenarios::ResourceResult cpu;
        cpu.of = "orders";
        cpu.words = "orders/instance-1 (writer): CPU";
        cpu.steady = {.seconds = 100, .worst_minute = steady};
        cpu.aftermaths = {{.seconds = 480, .worst_minute = aftermath}};
        result.resources = {cpu};
    }
    void add_cache(float before, float after) {
        scenarios::CacheResult hot;
        hot.name = "hot";
        hot.hit_rate_per_s.assign(120, before);
        hot.hit_rate_per_s.resize(600, after);
        result.caches = {hot};
    }
};

TEST(StormsTest, ACacheThatStaysColdIsNamed) {
    Overload run(0.99);
    run.add_cache(0.9F, 0.5F);
    const auto storms = run.storms();
    ASSERT_EQ(storms.size(), 1U);
    EXPECT_EQ(storms[0].loop, storm_of_misses);
    EXPECT_EQ(storms[0].cache, "hot");
    EXPECT_NEAR(storms[0].hit_rate_before, 0.9, 1e-6);
    EXPECT_NEAR(storms[0].hit_rate, 0.5, 1e-6);
    EXPECT_EQ(storms[0].overloaded, "orders/instance-1 (writer): CPU");
    EXPECT_FALSE(storms[0].ended);
}

TEST(StormsTest, WithoutOneItIsWorkThatNobodyWaitsFor) {
    Overload run(0.99);
    run.add_cache(0.9F, 0.85F);
    const auto storms = run.storms();
    ASSERT_EQ(storms.size(), 1U);
    EXPECT_EQ(storms[0].loop, storm_of_lost_work);
    EXPECT_TRUE(storms[0].cache.empty());
}

TEST(StormsTest, WithoutAFullQueueSomethingIsMissingAndNothingSustainsIt) {
    EXPECT_TRUE(Overload(0.9).storms().empty());
    EXPECT_TRUE(Overload(0.99, 0.96).storms().empty()) << "it was as full before the trigger";
    Overload of_another(0.99);
    of_another.result.resources.front().of = "reports";
    EXPECT_TRUE(of_another.storms().empty());
}

TEST(StormsTest, RetriesAreNamedFirst) {
    const auto storms = Story(600).storms();
    ASSERT_EQ(storms.size(), 1U);
    EXPECT_EQ(storms[0].loop, storm_of_retries);
    EXPECT_TRUE(storms[0].overloaded.empty());
}

}  // namespace
}  // namespace faultline::models

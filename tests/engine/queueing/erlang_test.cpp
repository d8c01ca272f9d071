#include "engine/queueing/erlang.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "engine/queueing/single_class.hpp"

namespace faultline::engine {
namespace {

TEST(ErlangTest, SmallCasesByHand) {
    EXPECT_DOUBLE_EQ(erlang_b(1.0, 1), 0.5);
    EXPECT_DOUBLE_EQ(erlang_b(2.0, 2), 0.4);
    EXPECT_EQ(erlang_b(0.0, 3), 0.0);
    EXPECT_EQ(erlang_b(5.0, 0), 1.0);
    EXPECT_DOUBLE_EQ(erlang_c(1.0, 1.0, 2).wait_probability, 1.0 / 3.0);
    EXPECT_DOUBLE_EQ(erlang_c(1.0, 1.0, 2).mean_wait_s, 1.0 / 3.0);
}

// The references were computed from the definition in extended precision, 50 digits.
TEST(ErlangTest, TenThousandServersKeepTwelveDigits) {
    EXPECT_NEAR(erlang_b(10'000.0, 10'000) / 0.007936563248805671, 1.0, 1e-12);
    EXPECT_NEAR(erlang_c(9'900.0, 1.0, 10'000).wait_probability / 0.22277692886414824, 1.0, 1e-12);
    EXPECT_NEAR(erlang_b(8'000.0, 10'000) / 1.22953295238043326e-103, 1.0, 1e-12);
    EXPECT_EQ(erlang_b(1.0, 10'000), 0.0);  // 1e-35660 is 0 as a double, not a failure
}

TEST(ErlangTest, RecursionAgreesWithTheBoundedQueueWithoutWaitingPlaces) {
    for (const int servers : {1, 7, 100, 3000}) {
        const double load = 0.9 * servers;
        const MmckMeans queue = means(Mmck{load, 1.0, servers, servers});
        EXPECT_NEAR(queue.refusal_probability / erlang_b(load, servers), 1.0, 1e-11) << servers;
    }
}

TEST(ErlangTest, ALargeBoundedQueueIsAnUnboundedOne) {
    const MmcMeans open = means(Mmc{8.0, 1.0, 10});
    const MmckMeans bounded = means(Mmck{8.0, 1.0, 10, 500});
    EXPECT_NEAR(bounded.wait_s, open.wait_s, 1e-12);
    EXPECT_NEAR(bounded.in_system, open.in_system, 1e-10);
}

TEST(ErlangTest, AnOverloadedBoundedQueueStaysFull) {
    const MmckMeans queue = means(Mmck{1e9, 1.0, 2, 100'000});
    EXPECT_NEAR(queue.throughput_per_s, 2.0, 1e-9);
    EXPECT_NEAR(queue.in_system, 100'000.0, 1e-3);
}

// At a drain rate equal to the service rate the usual formula is 0 / 0: the quantiles must pass through it smoothly.
TEST(ErlangTest, ResponseQuantilesAreSmoothWhereTheFormulaIsNot) {
    const double before = response_time_quantile_s({1.0 - 1e-7, 1.0, 2}, 0.99);
    const double there = response_time_quantile_s({1.0, 1.0, 2}, 0.99);
    const double after = response_time_quantile_s({1.0 + 1e-7, 1.0, 2}, 0.99);
    EXPECT_NEAR(there, 0.5 * (before + after), 1e-9);
    EXPECT_LT(before, there);
    EXPECT_LT(there, after);
}

TEST(ErlangTest, WithoutASteadyStateThereIsNoAnswer) {
    EXPECT_THROW(erlang_c(2.0, 1.0, 2), std::domain_error);
    EXPECT_THROW(erlang_c(1.0, 0.0, 2), std::domain_error);
    EXPECT_THROW(erlang_c(1.0, 1.0, 0), std::domain_error);
    EXPECT_THROW(wait_quantile_s({1.0, 2.0, 1}, 1.0), std::domain_error);
    EXPECT_THROW(means(Mmck{1.0, 1.0, 3, 2}), std::domain_error);
    EXPECT_THROW(mean_wait_s(Mg1{1.0, 1.0, 1.0}), std::domain_error);
    EXPECT_THROW(means(Mdc{2.0, 1.0, 2}), std::domain_error);
}

// One server with a constant service is both M/D/1 and M/G/1, whose wait probability is its utilisation.
TEST(ErlangTest, ConstantServiceOfOneServerIsPollaczekKhinchine) {
    for (const double utilisation : {0.01, 0.5, 0.95, 0.98}) {
        const MdcMeans queue = means(Mdc{utilisation, 1.0, 1});
        EXPECT_NEAR(queue.wait_s / mean_wait_s(Mg1{utilisation, 1.0, 0.0}), 1.0, 1e-9) << utilisation;
        EXPECT_NEAR(queue.wait_probability, utilisation, 1e-9);
    }
}

// Constant service halves the wait of exponential service in the limit of heavy load, and never does worse.
TEST(ErlangTest, ConstantServiceOfTenThousandServers) {
    const MdcMeans constant = means(Mdc{9'950.0, 1.0, 10'000});
    const MmcMeans exponential = means(Mmc{9'950.0, 1.0, 10'000});
    EXPECT_LT(constant.wait_s, exponential.wait_s);
    EXPECT_GT(constant.wait_s, 0.3 * exponential.wait_s);
}

}  // namespace
}  // namespace faultline::engine

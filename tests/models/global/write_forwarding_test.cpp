// Goal:   what write forwarding and its modes cost, to the nanosecond.
// Method: two regions 60 ms apart, without jitter, loss, load or processor time, so that every delay is exact: log is
//         durable in the other region 2 ms after it has arrived, and shown there `apply` after that.
#include "models/global/write_forwarding.hpp"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/global/global_database.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Distribution;
using engine::start_of_time;

class Nobody : public ClusterObserver {
public:
    void on_commit(const ToldCommit&) override {}
    void on_recovered(const RecoveredLog&) override {}
    void on_stage(const char*) override {}
    void on_whole(bool) override {}
};

constexpr Statement a_read{};
constexpr Statement a_write{.writes = true, .commits = true};
constexpr OfficeId boston = 0;
constexpr OfficeId denver = 1;

class TwoRegions {
public:
    TwoRegions(ReadConsistency consistency, Duration apply)
        : topology_({.intra_zone_round_trip = Duration{}, .zone_uplink_round_trip = Duration{}}) {
        const std::array<std::string, 2> names{"first", "second"};
        std::vector<std::vector<PlaceId>> zones(2);
        std::vector<PlaceId> borders;
        for (std::size_t r = 0; r < 2; ++r) {
            borders.push_back(topology_.add_region(names[r]));
            for (const char* const zone : {"a", "b", "c"}) zones[r].push_back(topology_.add_zone(borders[r], zone));
        }
        topology_.add_link({.from = borders[0], .to = borders[1], .round_trip = 60ms, .convergence = Convergence::Bfd});
        topology_.seal();
        GlobalShape shape;
        shape.path = "orders";
        shape.log.stream = {unlimited_bandwidth, Distribution::constant(0.002), apply};
        shape.log.record = Bytes{1000};
        shape.log.sessions = true;
        shape.routes.interval = 1h;
        shape.operation.alarm_after = 1h;
        database_.emplace(simulation_, transport_, transfers_, shape, nobody_);
        for (std::size_t r = 0; r < 2; ++r) {
            ClusterShape cluster;
            cluster.path = "orders/" + names[r];
            cluster.zones = zones[r];
            cluster.zone_names = {"a", "b", "c"};
            cluster.control_plane = borders[r];
            cluster.volume.persist = Distribution::constant(0.001);
            clusters_[r].emplace(simulation_, transport_, &transfers_, cluster, nobody_, database_->log(), r);
            clusters_[r]->forward_writes(consistency);
            database_->add_region(*clusters_[r]);
            clusters_[r]->add_instance(zones[r].front(), {.class_name = "server", .vcpus = 4});
        }
        for (auto& cluster : clusters_) cluster->begin();
        database_->begin();
    }
    ~TwoRegions() { simulation_.close(); }

    // How long a statement of a client that stands beside an instance takes, if it is sent then.
    Duration takes(std::size_t region, Statement statement, OfficeId office, Duration at) {
        simulation_.run_until(start_of_time + at);
        Duration took{-1};
        simulation_.spawn(client_, ask(region, statement, office, took));
        simulation_.run_until(start_of_time + at + 500ms);
        return took;
    }
    Instance& instance(std::size_t region) { return *clusters_[region]->instances().front(); }
    void run_to(Duration at) { simulation_.run_until(start_of_time + at); }
    // A client of this region begins a transaction that changes row 7: `statements` of begin, change and commit, one
    // after the other. When each was answered with success, from now on. It leaves when told to.
    struct Client {
        RowLocks::Transaction transaction = RowLocks::none;
        std::vector<Duration> answered;
    };
    void transact(std::size_t region, std::size_t statements, Client& told) {
        simulation_.spawn(client_, transaction(region, statements, told));
    }
    // The same, and then another at once.
    std::array<Duration, 2> take(std::size_t region, std::array<Statement, 2> statements,
                                 std::array<OfficeId, 2> offices, Duration at) {
        simulation_.run_until(start_of_time + at);
        std::array<Duration, 2> took{Duration{-1}, Duration{-1}};
        simulation_.spawn(client_, ask_both(region, statements, offices, took));
        simulation_.run_until(start_of_time + at + 900ms);
        return took;
    }

private:
    engine::Process<> ask(std::size_t region, Statement statement, OfficeId office, Duration& took) {
        const RequestRef request = requests_.open(key_, ++number_, simulation_.now());
        request->office = office;
        const Instant began = simulation_.now();
        Instance& instance = *clusters_[region]->instances().front();
        engine::Call<Answer> call(simulation_, instance.component(), instance.execute(request, statement, Duration{}),
                                  Duration{});
        co_await call;
        if (call.value().status == AnswerStatus::ok) took = simulation_.now() - began;
    }
    engine::Process<> transaction(std::size_t region, std::size_t statements, Client& told) {
        const Instant began = simulation_.now();
        Instance& at = instance(region);
        told.transaction = at.row_locks().open();
        for (std::size_t i = 0; i < statements; ++i) {
            const RequestRef request = requests_.open(key_, ++number_, simulation_.now());
            request->key = 7;
            const Statement statement{
                .writes = true, .commits = i == 2, .locks = i == 1, .transaction = told.transaction};
            engine::Call<Answer> call(simulation_, at.component(), at.execute(request, statement, Duration{}),
                                      Duration{});
            co_await call;
            const bool good =
                call.outcome() == engine::CallOutcome::answered && call.value().status == AnswerStatus::ok;
            if (!good) {
                at.end_transaction(told.transaction);
                co_return;
            }
            told.answered.push_back(simulation_.now() - began);
        }
    }
    engine::Process<> ask_both(std::size_t region, std::array<Statement, 2> statements, std::array<OfficeId, 2> offices,
                               std::array<Duration, 2>& took) {
        co_await ask(region, statements[0], offices[0], took[0]);
        co_await ask(region, statements[1], offices[1], took[1]);
    }

    static void released(void*, const Request&) {}
    RequestTable requests_{&released, nullptr};
    Topology topology_;
    Transport transport_{topology_};
    engine::Simulation simulation_{{engine::Seed{1}, 1}};
    Transfers transfers_{simulation_, topology_};
    engine::Component client_{simulation_, "client"};
    engine::StreamKey key_{simulation_.stream_key("client", "network")};
    Nobody nobody_;
    std::optional<GlobalDatabase> database_;
    std::array<std::optional<RegionalCluster>, 2> clusters_;
    std::uint64_t number_ = 0;
};

TEST(WriteForwardingTest, AForwardedWritePaysTheRoundTripBetweenTheRegions) {
    TwoRegions regions(ReadConsistency::eventual, 3ms);
    const Duration at_the_writer = regions.takes(0, a_write, boston, 1s);
    EXPECT_EQ(at_the_writer, 1ms) << "a batch made durable, at no distance";
    EXPECT_EQ(regions.takes(1, a_write, boston, 2s), 60ms + at_the_writer);
}

// The answer comes back when the log arrives: what is to come is 2 ms until it is durable, and its application.
TEST(WriteForwardingTest, EventualReadsWaitForNothingAndThoseOfASessionForItsOwnWrites) {
    TwoRegions eventual(ReadConsistency::eventual, 3ms);
    EXPECT_EQ(eventual.take(1, {a_write, a_read}, {boston, boston}, 1s)[1], Duration::zero());
    TwoRegions session(ReadConsistency::session, 3ms);
    EXPECT_EQ(session.take(1, {a_write, a_read}, {boston, boston}, 1s)[1], 5ms);
    EXPECT_EQ(session.take(1, {a_write, a_read}, {boston, denver}, 2s)[1], Duration::zero()) << "another session";
    EXPECT_EQ(session.takes(1, a_read, boston, 3s), Duration::zero()) << "it is shown by now";
    EXPECT_EQ(session.take(0, {a_write, a_read}, {boston, boston}, 4s)[1], Duration::zero()) << "at the primary";
}

// The primary is asked, 60 ms there and back; a commit that it had is shown 30 + 2 ms + apply after it was told there.
TEST(WriteForwardingTest, GlobalReadsAskThePrimaryAndWaitForAllThatItHadTold) {
    TwoRegions quick(ReadConsistency::global, 3ms);
    EXPECT_EQ(quick.takes(1, a_read, boston, 1s), 60ms);
    EXPECT_EQ(quick.take(1, {a_write, a_read}, {boston, denver}, 2s)[1], 60ms) << "shown before the answer is there";
    TwoRegions slow(ReadConsistency::global, 200ms);
    EXPECT_EQ(slow.take(1, {a_write, a_read}, {boston, denver}, 1s)[1], 202ms) << "of another session, half a trip old";
    EXPECT_EQ(slow.takes(0, a_read, boston, 3s), Duration::zero()) << "at the primary";
}

// Goal:   a forwarded transaction holds its row at the writer from its change to its commit, and no longer.
// Method: sent from 1 s on; its change arrives at 1.09 s, its commit at 1.15 s and is durable 1 ms later. Another that
//         changes the row at the writer from 1.1 s on waits so long, and takes its own millisecond.
TEST(ForwardedTransactionTest, HoldsItsRowUntilItsCommit) {
    TwoRegions regions(ReadConsistency::eventual, 3ms);
    TwoRegions::Client forwarded, direct;
    regions.run_to(1s);
    regions.transact(1, 3, forwarded);
    regions.run_to(1s + 100ms);
    EXPECT_EQ(regions.instance(0).row_locks().rows_locked(), 1U);
    regions.transact(0, 3, direct);
    regions.run_to(2s);
    EXPECT_EQ(forwarded.answered, (std::vector<Duration>{60ms, 120ms, 181ms}));
    EXPECT_EQ(direct.answered, (std::vector<Duration>{0ms, 51ms, 52ms}));
    for (const std::size_t region : {0U, 1U}) {
        EXPECT_EQ(regions.instance(region).row_locks().transactions_open(), 0U) << "nothing is left of either";
    }
}

// The client leaves, or the reader is lost, 30 ms after the change was answered: the writer rolls back when it hears of
// it, which is half a round trip later, or 300 s later where nobody tells it.
TEST(ForwardedTransactionTest, IsRolledBackWhenItsClientOrItsReaderIsGone) {
    const auto free_after = [](const std::function<void(TwoRegions&, TwoRegions::Client&)>& happens) {
        TwoRegions regions(ReadConsistency::eventual, 3ms);
        TwoRegions::Client forwarded, direct;
        regions.run_to(1s);
        regions.transact(1, 2, forwarded);
        regions.run_to(1s + 150ms);
        regions.transact(0, 3, direct);
        happens(regions, forwarded);
        regions.run_to(400s);
        EXPECT_EQ(direct.answered.size(), 3U);
        EXPECT_EQ(regions.instance(0).row_locks().transactions_open(), 0U);
        return direct.answered[1];
    };
    EXPECT_EQ(free_after([](TwoRegions& regions, TwoRegions::Client& client) {
                  regions.instance(1).end_transaction(client.transaction);
              }),
              30ms);
    EXPECT_EQ(free_after([](TwoRegions& regions, auto&) { regions.instance(1).crash(engine::Health::crash); }), 30ms);
    EXPECT_EQ(free_after([](TwoRegions& regions, auto&) { regions.instance(1).crash(engine::Health::silent); }), 300s);
}

// The writer begins anew between two statements: the session is gone with it, so the transaction fails and does not
// commit half of itself.
TEST(ForwardedTransactionTest, FailsWithItsWriter) {
    TwoRegions regions(ReadConsistency::eventual, 3ms);
    TwoRegions::Client forwarded;
    regions.run_to(1s);
    regions.transact(1, 3, forwarded);
    regions.run_to(1s + 95ms);  // the change is on its way back
    regions.instance(0).start(Role::writer);
    regions.run_to(2s);
    EXPECT_LE(forwarded.answered.size(), 2U);
    EXPECT_EQ(regions.instance(0).row_locks().transactions_open(), 0U);
    EXPECT_EQ(regions.instance(1).row_locks().transactions_open(), 0U);
}

}  // namespace
}  // namespace faultline::models

// An instance of a service and a cache that asks more of it than to look aside into nodes that never change
// (service.hpp does that by itself): replicas that take over, one fetch at a time for a key, entries that are served
// while they age, writes that are set.
//
//   found                    answered; an ageing one is fetched by the first caller that meets it, and others have it
//   missing, coalescing      the first caller asks the database and fills in; the others wait for its answer
//   node gone, or silent     past the cache, to the database; who is primary is asked of any node that answers
//   "moved"                  asked again of the node that serves now
//   a write, behind          the cache answers, and the database hears of it later (cache/write_behind.hpp)
//
// Leaves out: waiting across instances (a lock in the cache), retries of a command besides one after "moved".
#pragma once

#include <string>
#include <vector>

#include "engine/waits.hpp"
#include "models/cache/group.hpp"
#include "models/class_plan.hpp"
#include "models/measures/measures.hpp"
#include "models/services/cache_link.hpp"
#include "models/services/database_client.hpp"

namespace faultline::models {

struct CacheSurroundings {
    engine::Simulation& simulation;
    const Transport& transport;
    const std::vector<std::unique_ptr<Cluster>>& clusters;
    Measures& measures;
    engine::Component& owner;  // the instance
    Stand place{};
};

class CacheClient {
public:
    CacheClient(const CacheSurroundings& around, CacheGroup& group);

    // The query of a class that names this cache, all but the service's own work. `database` is this instance's.
    // `request` outlives it, as its parent's.
    engine::Process<Answer> serve(const RequestRef& request, const ClassPlan& plan, DatabaseClient& database);

    void begin();   // the owner has started
    void forget();  // it died: nobody waits any more

private:
    // What it thinks of a shard: who is primary, and whether to leave it alone for a while.
    struct Link : CacheLink {
        CacheNode* node = nullptr;
    };
    struct Reply {
        engine::CallOutcome outcome = engine::CallOutcome::none;
        Answer answer;
    };
    // What a get has found; `moved`: at a node that serves the key no longer.
    struct Found {
        CacheRead kind = CacheRead::bypassed;
        bool ageing = false;
        bool moved = false;
        std::uint32_t version = 0;
    };
    // Waits for another's fetch of the same key; in its own frame, so that it outlives the one that fetches.
    struct Waiter {
        engine::Condition answered;
        Answer answer;
        Waiter* next = nullptr;
    };
    struct Flight {
        std::uint64_t key = 0;
        Waiter* first = nullptr;  // of those that wait, in the order in which they came
        Waiter* last = nullptr;
    };

    engine::Process<Answer> read(const RequestRef& request, const ClassPlan& plan, DatabaseClient& database);
    engine::Process<Found> get_again(const RequestRef& request, const ClassPlan& plan);
    engine::Process<Answer> read_behind(const RequestRef& request, const ClassPlan& plan, DatabaseClient& database,
                                        const Found& found, Flight* another);
    engine::Process<Answer> write(const RequestRef& request, const ClassPlan& plan, DatabaseClient& database);
    engine::Process<Answer> fetch(const RequestRef& request, const ClassPlan& plan, DatabaseClient& database,
                                  bool fill);
    engine::Process<Answer> wait_for(const RequestRef& request, Flight& flight);
    engine::Process<Reply> command(const RequestRef& request, const CacheOrder& order, const Payload& payload,
                                   int tries = 2);
    static CacheOrder order_to_get(const RequestRef& request) { return {CacheVerb::get, request->key, 0}; }
    Delays legs_to(const CacheNode& node, const Payload& payload, const RequestRef& request) const;
    Found found_by(engine::CallOutcome outcome, const Answer& answer, const Request& request,
                   const ClassPlan& plan) const;
    bool count(Found& found, const ClassPlan& plan, bool under_way);
    static bool is_redirected(engine::CallOutcome outcome, const Answer& answer);
    engine::Process<> ask_who_serves();
    engine::Process<> ask_regularly();

    Link& link_of(std::uint64_t key) { return links_[group_.shard_of_key(key)]; }
    Link& link_to_write(std::uint64_t key);
    bool left_alone(std::uint64_t key);
    bool writes_left_alone(std::uint64_t key);
    void note_outcome(Link& link, engine::CallOutcome outcome);
    void learn();
    Flight* flight_of(std::uint64_t key);
    void land(Flight& flight, const Answer& answer);

    CacheSurroundings around_;
    CacheGroup& group_;
    engine::RandomStream draws_;
    std::vector<Link> links_;           // by shard
    CacheGroup* written_;               // whose links are these, of another region where keys are written:
    std::vector<Link> links_to_write_;  // by shard; empty: its own are
    std::vector<Flight*> flights_;      // of this instance, at most one a thread
    std::size_t next_asked_ = 0;
    bool asking_ = false;
};

}  // namespace faultline::models

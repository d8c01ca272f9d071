// World: what caches that start warm hold when a trace is replayed. As if the trace had been played twice before, and
// then what of it is passed over: two rounds, because in the first one nothing is there that was asked for earlier. Its
// own requests, in their order, and so with whatever there is in them besides the popularity of keys: bursts, scans, a
// hot set that moves. In the memory of the caches themselves, however long the trace.
#include <algorithm>
#include <stdexcept>

#include "models/cache/rehearsal.hpp"
#include "planning/world.hpp"
#include "scenarios/trace_requests.hpp"

namespace faultline::planning {

using namespace models;

namespace {

constexpr int rounds = 2;

// Requests of a trace on their way to nodes.
class TraceRounds {
public:
    // To whom: by office and class, then by shard; null: no cache that starts warm.
    struct Way {
        CacheGroup* group = nullptr;
        std::vector<std::unique_ptr<CacheRehearsal>>* shards = nullptr;
    };
    using Ways = std::vector<std::vector<Way>>;

    TraceRounds(const scenarios::Scenario& scenario, const std::vector<ClassPlan>& classes, const Ways& ways,
                engine::RandomStream draws)
        : scenario_{scenario},
          trace_{*scenario.workload.arrivals.trace},
          classes_{classes},
          ways_{ways},
          draws_{draws} {
        double sum = 0.0;
        for (const scenarios::Office& office : scenario.offices) cumulative_weights_.push_back(sum += office.weight);
    }

    // The instant at which it ends.
    Duration play() {
        for (int round = 0; round < rounds; ++round) play_one(engine::end_of_time - engine::start_of_time);
        if (trace_.from > Duration{}) play_one(trace_.from);
        return begun_;
    }

private:
    // What was recorded before `until` after its first request.
    void play_one(Duration until) {
        scenarios::TraceRequests requests(scenario_);
        const double until_s = engine::in_seconds(until);
        double first_s = 0.0, last_s = 0.0;
        std::uint64_t seen = 0;
        bool all = true;
        while (const auto request = requests.next()) {
            if (seen == 0) first_s = request->time_s;
            all = request->time_s - first_s < until_s;
            last_s = request->time_s;
            if (!all) break;
            ++seen;
            hand_on(*request, begun_ + recorded(last_s - first_s));
        }
        if (requests.error())
            throw std::runtime_error("the trace has changed since it was checked: " + *requests.error());
        // With the first one that is not passed over; else a mean gap after the last, as a trace that begins anew.
        const double gaps = static_cast<double>(std::max<std::uint64_t>(seen, 2) - 1);
        begun_ += recorded((last_s - first_s) * (all ? 1.0 + 1.0 / gaps : 1.0));
    }
    Duration recorded(double s) const { return engine::duration_from_seconds(s / trace_.speed); }

    void hand_on(const scenarios::TraceRequest& request, Duration at) {
        const ClassPlan& plan = classes_[request.query_class];
        const Way& way = ways_[request.office ? *request.office : office_by_weight()][request.query_class];
        if (way.group == nullptr) return;
        const std::uint64_t key = key_number(request.key, plan.keys->ranks());
        CacheRehearsal& node = *(*way.shards)[way.group->shard_of_key(key)];
        const auto by = static_cast<ClassId>(request.query_class);
        plan.writes ? node.write(key, by, at) : node.read(key, by, at);
    }
    std::size_t office_by_weight() {
        const double draw = draws_.uniform() * cumulative_weights_.back();
        const auto found = std::upper_bound(cumulative_weights_.begin(), cumulative_weights_.end() - 1, draw);
        return static_cast<std::size_t>(found - cumulative_weights_.begin());
    }

    const scenarios::Scenario& scenario_;
    const scenarios::TraceReplay& trace_;
    const std::vector<ClassPlan>& classes_;
    const Ways& ways_;
    engine::RandomStream draws_;
    std::vector<double> cumulative_weights_;
    Duration begun_{};
};

}  // namespace

void World::rehearse_caches() {
    std::vector<std::vector<std::unique_ptr<CacheRehearsal>>> nodes(caches_.size());
    std::vector<std::vector<bool>> known(caches_.size());
    TraceRounds::Ways ways(offices_.size(), std::vector<TraceRounds::Way>(classes_.size()));
    bool some = false;
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        const ClassPlan& plan = classes_[i];
        if (plan.cache == nowhere || plan.service == nowhere || !plan.keys) continue;
        if (scenario_.caches[plan.cache].starts != scenarios::CacheStart::warm) continue;
        for (std::size_t office = 0; office < offices_.size(); ++office) {
            CacheGroup* const group = cache_asked(office, plan);
            const auto place =
                std::find_if(caches_.begin(), caches_.end(), [&](auto& one) { return one.get() == group; });
            const auto number = static_cast<std::size_t>(place - caches_.begin());
            auto& shards = nodes[number];
            if (shards.empty()) known[number].resize(keys_of_cache(plan.cache));
            for (std::size_t shard = shards.size(); shard < group->shards(); ++shard) {
                shards.push_back(
                    std::make_unique<CacheRehearsal>(group->node(shard), known[number], writes_set(plan.cache)));
            }
            ways[office][i] = {group, &shards};
            some = true;
        }
    }
    if (!some) return;
    const Duration end = TraceRounds(scenario_, classes_, ways, simulation_.stream("trace", "rehearsal")).play();
    for (std::size_t i = 0; i < caches_.size(); ++i) {
        for (const auto& node : nodes[i]) node->end(end);
        if (!nodes[i].empty()) give_to_other_regions(*caches_[i]);
    }
}

}  // namespace faultline::planning

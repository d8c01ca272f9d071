#include "planning/part_waterfall.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

namespace faultline::planning {
namespace {

using scenarios::IncidentResult;

constexpr std::int64_t later_from_ns = 1'000'000'000;  // windows are whole seconds

struct StageOfState {
    std::string_view state, stage;
};
constexpr std::array cache_stages{StageOfState{"electing", "election"}, StageOfState{"promoting", "promotion"},
                                  StageOfState{"lost", "replacement"}, StageOfState{"down", "replacement"},
                                  StageOfState{"serving", rewarming_stage}};
constexpr std::array warehouse_stages{StageOfState{"replacing a node", "node replacement"},
                                      StageOfState{"relocating", "relocation"}, StageOfState{"resuming", "resumption"},
                                      StageOfState{"serving", catch_up_stage}};

template <std::size_t count>
std::string_view stage_in(const std::array<StageOfState, count>& stages, std::string_view state) {
    for (const StageOfState& one : stages) {
        if (one.state == state) return one.stage;
    }
    return {};
}

std::int64_t ns_of(const PartMark& mark) {
    return mark.at.time_since_epoch().count();
}

// From its start until the next one begins; what comes after its full recovery only where it ends a stage.
std::vector<const PartMark*> marks_of(const IncidentResult& incident, const std::vector<PartMark>& marks,
                                      std::int64_t next_start_ns) {
    std::vector<const PartMark*> found;
    for (const PartMark& mark : marks) {
        if (ns_of(mark) < incident.start_ns || ns_of(mark) >= next_start_ns) continue;
        const bool over = incident.full_recovery_ns > 0 && ns_of(mark) > incident.full_recovery_ns;
        if (!over || mark.stage == caught_up) found.push_back(&mark);
    }
    return found;
}

// The one that was back last.
const std::string& slowest_part(const std::vector<const PartMark*>& marks) {
    const PartMark* last = marks.front();
    for (const PartMark* const mark : marks) {
        if (mark->stage != caught_up && mark->at > last->at) last = mark;
    }
    return last->part;
}

// "caches/hot/1/shard" is of "hot". None: not known, or no cache.
std::int64_t warm_ns_of(const std::string& part, const IncidentResult& incident) {
    for (const auto& [cache, after_ns] : incident.rewarmed) {
        if (part.starts_with("caches/" + cache + "/")) return incident.start_ns + after_ns;
    }
    return 0;
}

using Stages = std::vector<std::pair<std::string, std::int64_t>>;

// What the balancers of services and their queues went on with when the part was back: as far as it was later.
void add_what_came_after(std::int64_t back_ns, const Stages& of_services, IncidentResult& incident) {
    std::int64_t at_ns = incident.start_ns;
    for (const auto& [stage, ns] : of_services) {
        at_ns += ns;
        const bool of_them = stage == "health checks" || stage == "backlog";
        if (!of_them || at_ns < back_ns + later_from_ns) continue;
        incident.waterfall.emplace_back(stage, at_ns - std::max(back_ns, at_ns - ns));
        back_ns = at_ns;
    }
}

// `of_services`: the waterfall that it takes the place of.
void add_waterfall_of_part(const std::vector<const PartMark*>& marks, const Stages& of_services,
                           IncidentResult& incident) {
    const std::string& part = slowest_part(marks);
    std::int64_t since_ns = incident.start_ns;
    std::string_view stage = "detection";
    const auto end_stage = [&](std::int64_t at_ns) {
        if (at_ns > since_ns) incident.waterfall.emplace_back(stage, at_ns - since_ns);
        since_ns = std::max(since_ns, at_ns);
    };
    for (const PartMark* const mark : marks) {
        if (mark->part != part) continue;
        end_stage(ns_of(*mark));
        stage = mark->stage;
        if (stage == caught_up) break;
    }
    if (stage == rewarming_stage) end_stage(warm_ns_of(part, incident));
    const bool is_back = stage == rewarming_stage || stage == caught_up;
    if (is_back) add_what_came_after(since_ns, of_services, incident);
}

// Of work on caches and warehouses, and of the balancers of services: what fails meanwhile has stages of its own, which
// it would hide.
bool is_hiding(std::string_view stage) {
    constexpr std::array<std::string_view, 7> stages{"preparation",  "scaling",       "forking", "resizing",
                                                     catch_up_stage, "health checks", "backlog"};
    return std::find(stages.begin(), stages.end(), stage) != stages.end();
}

bool is_lost_and_replaced(const PartMark& mark) {
    return mark.stage != rewarming_stage && mark.stage != catch_up_stage && mark.stage != caught_up;
}

}  // namespace

std::string_view cache_stage_of(std::string_view state) {
    return stage_in(cache_stages, state);
}

std::string_view warehouse_stage_of(std::string_view state) {
    return stage_in(warehouse_stages, state);
}

void add_part_waterfalls(const std::vector<PartMark>& marks, std::vector<IncidentResult>& incidents) {
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        const bool last = i + 1 == incidents.size();
        const std::int64_t next_ns = last ? std::numeric_limits<std::int64_t>::max() : incidents[i + 1].start_ns;
        const std::vector<const PartMark*> of_it = marks_of(incidents[i], marks, next_ns);
        auto& waterfall = incidents[i].waterfall;
        const bool hides =
            std::all_of(waterfall.begin(), waterfall.end(), [](const auto& stage) { return is_hiding(stage.first); }) &&
            std::any_of(of_it.begin(), of_it.end(), [](const PartMark* mark) { return is_lost_and_replaced(*mark); });
        const Stages of_services = hides ? std::exchange(waterfall, {}) : Stages{};
        if (waterfall.empty() && !of_it.empty()) add_waterfall_of_part(of_it, of_services, incidents[i]);
    }
}

}  // namespace faultline::planning

#include "planning/trace_ranking.hpp"

#include <algorithm>
#include <tuple>

namespace faultline::planning {

bool TraceRanking::add(const TraceRequest& request) {
    auto of = std::find_if(classes_.begin(), classes_.end(),
                           [&](const OfClass& one) { return one.ranked.name == request.query_class; });
    if (of == classes_.end()) {
        if (classes_.size() == classes_most) return false;
        RankedClass ranked;
        ranked.name = request.query_class;
        ranked.writes = std::find(options_.writes.begin(), options_.writes.end(), ranked.name) != options_.writes.end();
        classes_.push_back({std::move(ranked), SpaceSaving<Followed>(options_.keys)});
        of = classes_.end() - 1;
    }
    if (requests_++ == 0) first_s_ = request.time_s;
    last_s_ = request.time_s;
    ++of->ranked.requests;
    if (of->ranked.writes) {
        write(request.key);
        return true;
    }
    const auto added = of->keys.add(request.key);
    Followed& followed = added.entry.extra;
    const bool fresh = !options_.ttl || request.time_s - followed.filled_s <= engine::in_seconds(*options_.ttl);
    if (added.known && fresh && !followed.written) {
        ++followed.saved;
        ++of->ranked.saved_least;
        ++of->ranked.saved_most;
        return true;
    }
    followed.filled_s = request.time_s;
    followed.written = false;
    // Whether its key was ever asked for before nobody knows.
    if (added.replaced) ++of->ranked.saved_most;
    return true;
}

// One that is followed no longer counts as "may be saved", which is still no more than a bound.
void TraceRanking::write(std::string_view key) {
    for (OfClass& of : classes_) {
        auto* const entry = of.keys.find(key);
        if (entry != nullptr) entry->extra.written = true;
    }
}

std::vector<std::string> TraceRanking::writers_without_requests() const {
    std::vector<std::string> missing;
    for (const std::string& name : options_.writes) {
        const bool known = std::any_of(classes_.begin(), classes_.end(),
                                       [&name](const OfClass& one) { return one.ranked.name == name; });
        if (!known) missing.push_back(name);
    }
    return missing;
}

std::vector<RankedClass> TraceRanking::classes() const {
    std::vector<RankedClass> all;
    for (const OfClass& one : classes_) all.push_back(one.ranked);
    std::sort(all.begin(), all.end(), [](const RankedClass& a, const RankedClass& b) {
        return std::tie(b.saved_least, a.name) < std::tie(a.saved_least, b.name);
    });
    return all;
}

std::vector<RankedKey> TraceRanking::keys(std::size_t most) const {
    std::vector<RankedKey> all;
    for (const OfClass& of : classes_) {
        for (const auto& entry : of.keys.entries()) {
            if (entry.extra.saved == 0) continue;
            all.push_back({of.ranked.name, entry.key, entry.count, entry.too_high_by, entry.extra.saved});
        }
    }
    const auto before = [](const RankedKey& a, const RankedKey& b) {
        return std::tie(b.saved, a.query_class, a.key) < std::tie(a.saved, b.query_class, b.key);
    };
    const std::size_t kept = std::min(most, all.size());
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(), before);
    all.resize(kept);
    return all;
}

}  // namespace faultline::planning

// What a cache would save of a trace of requests: by class, and by key.
//
// A request is saved if its key was asked for before, and, with a time to live, no longer ago than that since it was
// filled in last nor written since: a look-aside cache of unbounded size, whose entries are deleted by writes. No
// request of a class that writes is saved; it writes its key of every other class. Memory is bounded: of each class the
// most frequent `keys` are followed (space_saving.hpp). What they save is exact; a request for a key that is followed
// no longer may have been saved too, so a class has a least and a most, which are equal where its keys are all
// followed. Leaves out: sizes, eviction.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/time.hpp"
#include "planning/space_saving.hpp"

namespace faultline::planning {

struct TraceRequest {
    double time_s = 0.0;
    std::string_view query_class, key;
};

struct TraceOptions {
    std::size_t keys = 10'000;              // followed in each class, at least 1
    std::optional<engine::Duration> ttl{};  // none: an entry lives for ever
    std::vector<std::string> writes{};      // classes that do
};

struct RankedClass {
    std::string name;
    bool writes = false;
    std::uint64_t requests = 0;
    std::uint64_t saved_least = 0, saved_most = 0;
};
struct RankedKey {
    std::string query_class, key;
    std::uint64_t requests = 0;  // at most `too_high_by` too many
    std::uint64_t too_high_by = 0;
    std::uint64_t saved = 0;  // at least
};

class TraceRanking {
public:
    static constexpr std::size_t classes_most = 1'000;

    explicit TraceRanking(const TraceOptions& options) : options_(options) {}

    // In the order of time. false: it is of one class too many.
    bool add(const TraceRequest& request);

    std::uint64_t requests() const { return requests_; }
    double span_s() const { return last_s_ - first_s_; }
    // Who saves most first; equal ones by name.
    std::vector<RankedClass> classes() const;
    std::vector<RankedKey> keys(std::size_t most) const;

    // Classes that were said to write, and that are not in it.
    std::vector<std::string> writers_without_requests() const;

private:
    void write(std::string_view key);
    struct Followed {
        double filled_s = 0.0;
        bool written = false;  // since it was filled in
        std::uint64_t saved = 0;
    };
    struct OfClass {
        RankedClass ranked;
        SpaceSaving<Followed> keys;
    };

    TraceOptions options_;
    std::deque<OfClass> classes_;
    std::uint64_t requests_ = 0;
    double first_s_ = 0.0, last_s_ = 0.0;
};

}  // namespace faultline::planning

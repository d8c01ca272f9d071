// The replications that a question is asked of: all there are, or those in which a fault hit one of its targets. A
// view: what it looks at, and the target, outlive it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::planning {

// A fault and the target that it had.
struct HitTarget {
    std::string fault, target;
};

inline bool was_target(const scenarios::ReplicationResult& replication, const HitTarget& hit) {
    return std::any_of(replication.faults.begin(), replication.faults.end(),
                       [&](const auto& fault) { return fault.name == hit.fault && fault.target == hit.target; });
}

class Results {
public:
    using All = std::span<const scenarios::ReplicationResult>;

    class Iterator {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = scenarios::ReplicationResult;
        using difference_type = std::ptrdiff_t;
        using pointer = const value_type*;
        using reference = const value_type&;

        Iterator() = default;
        Iterator(All::iterator at, All::iterator end, const HitTarget* hit) : at_{at}, end_{end}, hit_{hit} { skip(); }
        reference operator*() const { return *at_; }
        pointer operator->() const { return &*at_; }
        Iterator& operator++() {
            ++at_;
            skip();
            return *this;
        }
        Iterator operator++(int) {
            const Iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }

    private:
        void skip() {
            while (hit_ != nullptr && at_ != end_ && !was_target(*at_, *hit_)) ++at_;
        }
        All::iterator at_{}, end_{};
        const HitTarget* hit_ = nullptr;
    };

    Results() = default;
    Results(All all) : all_{all}, size_{all.size()} {}                                    // NOLINT: a view
    Results(const std::vector<scenarios::ReplicationResult>& all) : Results{All{all}} {}  // NOLINT: a view
    Results(All all, const HitTarget& hit) : all_{all}, hit_{&hit} {
        size_ = static_cast<std::size_t>(std::distance(begin(), end()));
    }

    Iterator begin() const { return {all_.begin(), all_.end(), hit_}; }
    Iterator end() const { return {all_.end(), all_.end(), hit_}; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

private:
    All all_{};
    const HitTarget* hit_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace faultline::planning

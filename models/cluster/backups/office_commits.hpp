// The commits of the lineage that serves, and to clients of which office each was told: so that a loss is known by
// office also where the database goes back to an earlier mark and only the number of commits until then is known.
//
// By office there is a mark every 1,024 commits; between two of them an office is taken to have had its share of all.
// The sum over the offices, and those that nobody was told of, is exact. Memory: 8 bytes an office for 1,024 commits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/request.hpp"

namespace faultline::models {

class OfficeCommits {
public:
    OfficeCommits() = default;
    // So many that were told to nobody.
    explicit OfficeCommits(std::uint64_t count) : count_(count) {}

    void add(OfficeId office) {
        if (office != no_office) {
            if (office >= now_.size()) widen(office + std::size_t{1});
            ++now_[office];
        }
        if (++count_ % marked_every == 0) marks_.insert(marks_.end(), now_.begin(), now_.end());
    }
    std::uint64_t count() const { return count_; }

    // The last ones are lost: so many, and of these so many of each office. More than there are: all.
    void take(std::uint64_t commits, std::span<const std::uint64_t> by_office);
    // Back to when there were `mark`, at most count(). Returns what each office loses.
    std::vector<std::uint64_t> rewind_to(std::uint64_t mark);
    // What that would be.
    std::vector<std::uint64_t> lost_since(std::uint64_t mark) const;

private:
    static constexpr std::uint64_t marked_every = 1024;

    void widen(std::size_t offices);
    std::uint64_t at_mark(std::uint64_t number, std::size_t office) const {
        return number == 0 ? 0 : marks_[(number - 1) * now_.size() + office];
    }

    std::uint64_t count_ = 0;
    std::vector<std::uint64_t> now_;    // by office
    std::vector<std::uint64_t> marks_;  // the same after each 1,024 commits
};

}  // namespace faultline::models

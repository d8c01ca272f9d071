#include "models/cluster/backups/office_commits.hpp"

#include <algorithm>

#include "engine/check.hpp"

namespace faultline::models {

void OfficeCommits::widen(std::size_t offices) {
    std::vector<std::uint64_t> wider(count_ / marked_every * offices);
    for (std::size_t i = 0; i < marks_.size(); ++i) {
        wider[i / now_.size() * offices + i % now_.size()] = marks_[i];
    }
    marks_ = std::move(wider);
    now_.resize(offices);
}

void OfficeCommits::take(std::uint64_t commits, std::span<const std::uint64_t> by_office) {
    count_ -= std::min(commits, count_);
    const std::uint64_t mark = count_ / marked_every;
    marks_.resize(mark * now_.size());
    for (std::size_t i = 0; i < now_.size(); ++i) {
        const std::uint64_t lost = i < by_office.size() ? by_office[i] : 0;
        now_[i] = std::max(now_[i] - std::min(now_[i], lost), at_mark(mark, i));
    }
}

std::vector<std::uint64_t> OfficeCommits::lost_since(std::uint64_t mark) const {
    SIM_CHECK(mark <= count_);
    const std::uint64_t number = mark / marked_every;
    const bool marked_after = (number + 1) * marked_every <= count_;
    const std::uint64_t of = (marked_after ? marked_every : count_ - number * marked_every);
    const std::uint64_t kept = mark - number * marked_every;
    std::vector<std::uint64_t> lost(now_.size());
    std::uint64_t before = 0;  // commits of the offices until here, between the two marks
    for (std::size_t i = 0; i < now_.size(); ++i) {
        const std::uint64_t begin = at_mark(number, i);
        const std::uint64_t until = before + (marked_after ? at_mark(number + 1, i) : now_[i]) - begin;
        // Rounded at the offices' borders: each has its share but for one commit, and the sum is exact.
        const std::uint64_t keeps = kept == 0 ? 0 : until * kept / of - before * kept / of;
        lost[i] = now_[i] - begin - keeps;
        before = until;
    }
    return lost;
}

std::vector<std::uint64_t> OfficeCommits::rewind_to(std::uint64_t mark) {
    std::vector<std::uint64_t> lost = lost_since(mark);
    for (std::size_t i = 0; i < now_.size(); ++i) now_[i] -= lost[i];
    count_ = mark;
    marks_.resize(mark / marked_every * now_.size());
    return lost;
}

}  // namespace faultline::models

#include "models/measures/second_rows.hpp"

#include <algorithm>

namespace faultline::models {

namespace {

// Beyond the deadline: windows of recent seconds are read time and again (Measures::judge_window), and unpacked as they
// stand they are cheap to read.
constexpr engine::Duration live_beyond_deadline = std::chrono::seconds{30};

// Seven bits a byte, the lowest first; the top bit says that more follow.
void append_number(std::vector<std::uint8_t>& bytes, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<std::uint8_t>(number | 0x80));
    bytes.push_back(static_cast<std::uint8_t>(number));
}

std::uint64_t take_number(const std::uint8_t*& at) {
    std::uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
        const std::uint8_t byte = *at++;
        number |= std::uint64_t{byte & 0x7fu} << shift;
        if (byte < 0x80) return number;
    }
}

}  // namespace

SecondRows::SecondRows(std::size_t pairs, engine::Duration deadline_longest)
    : pairs_{pairs},
      live_for_{std::min(deadline_longest, engine::Duration::max() - live_beyond_deadline) + live_beyond_deadline},
      capacity_{2 * rows_of_a_block},
      live_(capacity_ * pairs) {}

void SecondRows::extend(std::size_t row, const PhaseTrack& track, engine::Instant now) {
    for (; next_ <= row; ++next_) {
        if (first_block_settled(track, now)) pack_first_block();
        if (next_ - first_live_ == capacity_) double_capacity();
        const auto begin = live_.begin() + static_cast<std::ptrdiff_t>(slot(next_) * pairs_);
        std::fill(begin, begin + static_cast<std::ptrdiff_t>(pairs_), Counts{});
    }
}

bool SecondRows::first_block_settled(const PhaseTrack& track, engine::Instant now) const {
    if (next_ < first_live_ + rows_of_a_block) return false;
    const engine::Instant block_end = track.row_end(first_live_ + rows_of_a_block - 1);
    return engine::saturating_add(block_end, live_for_) <= now;
}

void SecondRows::double_capacity() {
    std::vector<Counts> larger(2 * capacity_ * pairs_);
    for (std::size_t row = first_live_; row < next_; ++row) {
        const auto from = live_.begin() + static_cast<std::ptrdiff_t>(slot(row) * pairs_);
        const std::size_t to = (row & (2 * capacity_ - 1)) * pairs_;
        std::copy(from, from + static_cast<std::ptrdiff_t>(pairs_), larger.begin() + static_cast<std::ptrdiff_t>(to));
    }
    live_ = std::move(larger);
    capacity_ *= 2;
}

// Of a row due x 2 where all were good; else due x 2 + 1, and the good ones.
void SecondRows::pack_first_block() {
    Block& block = blocks_.emplace_back();
    block.begins.reserve(pairs_);
    packing_.clear();
    packing_.reserve(pairs_ * rows_of_a_block);  // enough where little is due; grown once where it is not
    for (std::size_t pair = 0; pair < pairs_; ++pair) {
        block.begins.push_back(static_cast<std::uint32_t>(packing_.size()));
        for (std::size_t row = first_live_; row < first_live_ + rows_of_a_block; ++row) {
            const Counts& counts = live_[slot(row) * pairs_ + pair];
            const bool all_good = counts.good == counts.due;
            append_number(packing_, 2 * std::uint64_t{counts.due} + (all_good ? 0 : 1));
            if (!all_good) append_number(packing_, counts.good);
        }
    }
    block.bytes.assign(packing_.begin(), packing_.end());
    first_live_ += rows_of_a_block;
}

ShareCount SecondRows::Reader::packed(std::size_t row) {
    if (at_ == nullptr || row < next_row_ || row / rows_of_a_block != block_) {
        block_ = row / rows_of_a_block;
        next_row_ = block_ * rows_of_a_block;
        at_ = rows_.blocks_[block_].bytes.data() + rows_.blocks_[block_].begins[pair_];
    }
    ShareCount counts;
    for (; next_row_ <= row; ++next_row_) {
        const std::uint64_t number = take_number(at_);
        counts.due = number / 2;
        counts.good = number % 2 == 0 ? counts.due : take_number(at_);
    }
    return counts;
}

ShareCount SecondRows::Reader::all(std::size_t row) {
    if (row >= rows_.next_) return {};
    const Counts* const counts = rows_.find(row, pair_);
    return counts == nullptr ? packed(row) : ShareCount{counts->due, counts->good};
}

ShareCount SecondRows::Reader::ended(std::size_t row) {
    if (row >= rows_.next_) return {};
    const Counts* const counts = rows_.find(row, pair_);
    return counts == nullptr ? packed(row) : ShareCount{std::uint64_t{counts->good} + counts->bad, counts->good};
}

std::size_t SecondRows::memory_bytes() const {
    std::size_t bytes = live_.capacity() * sizeof(Counts) + blocks_.capacity() * sizeof(Block) + packing_.capacity();
    for (const Block& block : blocks_) {
        bytes += block.begins.capacity() * sizeof(std::uint32_t) + block.bytes.capacity();
    }
    return bytes;
}

}  // namespace faultline::models

// How many operations of each pair (a class at an office) were due in each second of a run, and how many were good. The
// newest rows are counters to write into; older ones, in which nothing can become good any more, are packed into a byte
// or two for each pair, so that a run of a day costs little more memory than one of an hour. Left out: what a second
// means (phase_track.hpp).
//
// Memory, with P pairs: 12 B x P x the power of two, at least 128, from the longest deadline in seconds + 95 on; and
// 1.1 B x P for each older row where fewer than 64 are due in it (2.1 B below 8,192).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/check.hpp"
#include "models/measures/phase_track.hpp"
#include "models/measures/recovery.hpp"

namespace faultline::models {

class SecondRows {
public:
    // Operations that are due in a row become good until `deadline_longest` after its end, and never later.
    SecondRows(std::size_t pairs, engine::Duration deadline_longest);

    struct Counts {
        std::uint32_t due = 0, good = 0, bad = 0;
        std::uint32_t in_flight() const { return due - good - bad; }
    };

    // Rows exist from now on up to this one. Requires: `now`, the instant of the call, lies in it.
    void reach(std::size_t row, const PhaseTrack& track, engine::Instant now) {
        if (row >= next_) [[unlikely]]
            extend(row, track, now);
    }
    // Null: the row is packed. Requires: it was reached.
    Counts* find(std::size_t row, std::size_t pair) {
        SIM_CHECK(row < next_);
        return row < first_live_ ? nullptr : &live_[slot(row) * pairs_ + pair];
    }
    const Counts* find(std::size_t row, std::size_t pair) const {
        return const_cast<SecondRows*>(this)->find(row, pair);
    }

    // Reads the rows of one pair. Going forward costs no more than the rows on the way.
    class Reader {
    public:
        Reader(const SecondRows& rows, std::size_t pair) : rows_(rows), pair_(pair) {}
        // All that were due, or those whose end is known. Zero in a row that was not reached.
        ShareCount all(std::size_t row);
        ShareCount ended(std::size_t row);

    private:
        ShareCount packed(std::size_t row);

        const SecondRows& rows_;
        std::size_t pair_;
        // The row that `at_` is the beginning of, and the block in which that stands.
        std::size_t next_row_ = 0;
        std::size_t block_ = 0;
        const std::uint8_t* at_ = nullptr;
    };

    std::size_t first_live() const { return first_live_; }
    std::size_t end() const { return next_; }
    std::size_t memory_bytes() const;

private:
    static constexpr std::size_t rows_of_a_block = 64;
    struct Block {
        std::vector<std::uint32_t> begins;  // by pair
        std::vector<std::uint8_t> bytes;    // of each pair its rows in turn
    };

    std::size_t slot(std::size_t row) const { return row & (capacity_ - 1); }
    void extend(std::size_t row, const PhaseTrack& track, engine::Instant now);
    bool first_block_settled(const PhaseTrack& track, engine::Instant now) const;
    void double_capacity();
    void pack_first_block();

    std::size_t pairs_;
    engine::Duration live_for_;
    std::size_t capacity_;  // rows; a power of two
    std::size_t first_live_ = 0;
    std::size_t next_ = 0;
    std::vector<Counts> live_;  // row by row: what is written in one second lies together
    std::vector<Block> blocks_;
    std::vector<std::uint8_t> packing_;  // the bytes of a block, while it is packed
};

}  // namespace faultline::models

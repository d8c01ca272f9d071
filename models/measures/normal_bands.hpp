// What is normal for latency and hit rate, and whether an incident's ten-second windows are back in it. A band is
// one-sided: faster than ever is no fault. Its limit is the worst steady window since the warm-up's end, widened by a
// tenth: mean latency by class (windows of 30 answers and more), p99 by class (1'000 due operations and more), fresh
// hit rate by cache (100 reads and more). What was never seen in such a window has no band and is not judged.
//
// A window holds the operations due in it. It is judged when the next one ends: what is still in flight then ranks
// slower than any answer. Windows follow each other from the warm-up's end, and anew from each incident's start.
#pragma once

#include <cstdint>
#include <vector>

#include "models/measures/flat_histogram.hpp"
#include "models/measures/shape.hpp"

namespace faultline::models {

class NormalBands {
public:
    static constexpr Duration window = std::chrono::seconds{10};
    // So long must all be well before it was recovery. One window of each band may be out: the worst of n windows is
    // passed by chance once in n + 1.
    static constexpr int windows_to_settle = 6;

    NormalBands(std::size_t classes, std::size_t caches, Instant start);

    void due(const Operation& operation) {
        if (operation.due >= previous_start_) ++classes_[slot(operation)].due;
    }
    void answered(const Operation& operation, Duration latency) {
        if (operation.due < previous_start_) return;
        ClassWindow& in = classes_[slot(operation)];
        ++in.answered;
        in.latency_ns += latency.count();
        in.latency.add(latency);
    }
    void cache_read(std::size_t cache, bool fresh_hit) {
        CacheWindow& in = caches_[cache * 2 + current_];
        ++in.reads;
        in.hits += fresh_hit ? 1U : 0U;
    }

    Instant window_end() const { return current_start_ + window; }
    // The window before the current one, where there is one since the last restart.
    bool has_previous() const { return previous_start_ < current_start_; }
    Instant previous_start() const { return previous_start_; }
    // Operations due in it, of all classes.
    std::uint64_t previous_due() const;
    void roll();

    // The previous window was steady: the bands take it in.
    void learn();
    // An incident begins: windows start anew at `origin`.
    void restart(Instant origin);
    // Counting towards recovery starts anew.
    void watch();
    struct Judgement {
        bool out = false;      // not recovered in this window
        bool settled = false;  // all was well for long enough: recovered when that began
    };
    // The previous window against the bands, `otherwise_bad` being all else that recovery needs.
    Judgement judge(bool otherwise_bad);
    // As last judged.
    bool cache_out(std::size_t cache) const { return (cache_bands_[cache].history & 1U) != 0; }

    std::size_t memory_bytes() const;

private:
    struct ClassWindow {
        std::uint32_t due = 0, answered = 0;
        std::int64_t latency_ns = 0;
        FlatHistogram<4, std::uint32_t> latency;
        Duration mean() const { return Duration{latency_ns / answered}; }
        Duration p99() const;
        void clear();
    };
    struct CacheWindow {
        std::uint32_t reads = 0, hits = 0;
    };
    struct Band {
        bool known = false;
        double limit = 0.0;         // the worst seen, not yet widened
        std::uint32_t history = 0;  // a bit for each judged window, the latest lowest: 1 is out
    };

    std::size_t slot(const Operation& operation) const {
        return operation.query_class * 2 + (operation.due >= current_start_ ? current_ : 1 - current_);
    }
    void judge_class(std::size_t query_class);
    void judge_cache(std::size_t cache);
    bool any_out_twice() const;

    Instant current_start_;
    Instant previous_start_;
    std::size_t current_ = 0;           // which of each two is the current window
    std::vector<ClassWindow> classes_;  // two of each
    std::vector<CacheWindow> caches_;   // two of each
    std::vector<Band> means_, p99s_;    // by class
    std::vector<Band> cache_bands_;     // by cache
    std::uint32_t other_history_ = 0;
    int judged_ = 0;
};

}  // namespace faultline::models

#include "models/measures/normal_bands.hpp"

#include <algorithm>
#include <bit>

namespace faultline::models {
namespace {

constexpr std::uint32_t mean_answers_min = 30;
constexpr std::uint32_t p99_due_min = 1000;
constexpr std::uint32_t cache_reads_min = 100;
constexpr double widened = 1.1;
constexpr double narrowed = 0.9;
// The windows that it takes to settle, and the one before them: a band that was out in it was not out alone.
constexpr std::uint32_t to_settle = (1U << NormalBands::windows_to_settle) - 1U;
constexpr std::uint32_t remembered = (to_settle << 1U) | 1U;

template <class Band>
void learn_most(Band& band, double value) {
    band.limit = band.known ? std::max(band.limit, value) : value;
    band.known = true;
}

template <class Band>
void note(Band& band, bool out) {
    band.history = ((band.history << 1U) | (out ? 1U : 0U)) & remembered;
}

// A window with too little in it says what the one before it said.
template <class Band>
void note_nothing(Band& band) {
    note(band, (band.history & 1U) != 0);
}

double nanoseconds(Duration d) {
    return static_cast<double>(d.count());
}

}  // namespace

NormalBands::NormalBands(std::size_t classes, std::size_t caches, Instant start)
    : current_start_{start},
      previous_start_{start},
      classes_(classes * 2),
      caches_(caches * 2),
      means_(classes),
      p99s_(classes),
      cache_bands_(caches) {}

Duration NormalBands::ClassWindow::p99() const {
    const std::uint64_t rank = due - due / 100;
    return rank > answered ? Duration::max() : latency.at_rank(rank);
}

void NormalBands::ClassWindow::clear() {
    due = answered = 0;
    latency_ns = 0;
    latency.clear();
}

std::uint64_t NormalBands::previous_due() const {
    std::uint64_t due = 0;
    for (std::size_t i = 1 - current_; i < classes_.size(); i += 2) due += classes_[i].due;
    return due;
}

void NormalBands::roll() {
    previous_start_ = current_start_;
    current_start_ += window;
    current_ = 1 - current_;
    for (std::size_t i = current_; i < classes_.size(); i += 2) classes_[i].clear();
    for (std::size_t i = current_; i < caches_.size(); i += 2) caches_[i] = {};
}

void NormalBands::restart(Instant origin) {
    current_start_ = previous_start_ = origin;
    for (ClassWindow& class_window : classes_) class_window.clear();
    for (CacheWindow& cache_window : caches_) cache_window = {};
    watch();
}

void NormalBands::watch() {
    judged_ = 0;
    other_history_ = 0;
    for (Band& band : means_) band.history = 0;
    for (Band& band : p99s_) band.history = 0;
    for (Band& band : cache_bands_) band.history = 0;
}

void NormalBands::learn() {
    for (std::size_t i = 0; i < means_.size(); ++i) {
        const ClassWindow& seen = classes_[i * 2 + 1 - current_];
        if (seen.answered >= mean_answers_min) learn_most(means_[i], nanoseconds(seen.mean()));
        if (seen.due >= p99_due_min) learn_most(p99s_[i], nanoseconds(seen.p99()));
    }
    for (std::size_t i = 0; i < cache_bands_.size(); ++i) {
        const CacheWindow& seen = caches_[i * 2 + 1 - current_];
        if (seen.reads < cache_reads_min) continue;
        learn_most(cache_bands_[i], -static_cast<double>(seen.hits) / seen.reads);  // the lowest rate is the limit
    }
}

void NormalBands::judge_class(std::size_t query_class) {
    const ClassWindow& seen = classes_[query_class * 2 + 1 - current_];
    Band& mean = means_[query_class];
    if (mean.known && seen.due >= mean_answers_min) {
        note(mean, seen.answered < mean_answers_min || nanoseconds(seen.mean()) > mean.limit * widened);
    } else {
        note_nothing(mean);
    }
    Band& p99 = p99s_[query_class];
    if (p99.known && seen.due >= p99_due_min) {
        note(p99, nanoseconds(seen.p99()) > p99.limit * widened);
    } else {
        note_nothing(p99);
    }
}

void NormalBands::judge_cache(std::size_t cache) {
    const CacheWindow& seen = caches_[cache * 2 + 1 - current_];
    Band& band = cache_bands_[cache];
    if (band.known && seen.reads >= cache_reads_min) {
        note(band, static_cast<double>(seen.hits) / seen.reads < -band.limit * narrowed);
    } else {
        note_nothing(band);
    }
}

bool NormalBands::any_out_twice() const {
    const auto out_twice = [](const Band& band) { return std::popcount(band.history) > 1; };
    return std::any_of(means_.begin(), means_.end(), out_twice) || std::any_of(p99s_.begin(), p99s_.end(), out_twice) ||
           std::any_of(cache_bands_.begin(), cache_bands_.end(), out_twice);
}

NormalBands::Judgement NormalBands::judge(bool otherwise_bad) {
    for (std::size_t i = 0; i < means_.size(); ++i) judge_class(i);
    for (std::size_t i = 0; i < cache_bands_.size(); ++i) judge_cache(i);
    other_history_ = ((other_history_ << 1U) | (otherwise_bad ? 1U : 0U)) & remembered;
    ++judged_;
    const bool out_twice = any_out_twice();
    const auto out_now = [](const Band& band) { return (band.history & 1U) != 0 && std::popcount(band.history) > 1; };
    const bool out = otherwise_bad || std::any_of(means_.begin(), means_.end(), out_now) ||
                     std::any_of(p99s_.begin(), p99s_.end(), out_now) ||
                     std::any_of(cache_bands_.begin(), cache_bands_.end(), out_now);
    return {.out = out, .settled = judged_ >= windows_to_settle && (other_history_ & to_settle) == 0 && !out_twice};
}

std::size_t NormalBands::memory_bytes() const {
    return classes_.capacity() * sizeof(ClassWindow) + caches_.capacity() * sizeof(CacheWindow) +
           (means_.capacity() + p99s_.capacity() + cache_bands_.capacity()) * sizeof(Band);
}

}  // namespace faultline::models

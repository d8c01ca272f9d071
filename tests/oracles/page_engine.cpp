#include "tests/oracles/page_engine.hpp"

#include <algorithm>

namespace faultline::models {

engine::Process<> ForcedLog::force(Bytes size) {
    pending_.count += size.count;
    const std::uint64_t mine = group_;
    while (written_ <= mine) {
        if (busy_) {
            engine::Condition::Wait done(done_);
            co_await done;
            continue;
        }
        busy_ = true;
        const Bytes all = pending_;
        pending_ = {};
        ++group_;
        co_await volume_.write(kind_, all);
        ++written_;
        busy_ = false;
        done_.notify_all();
    }
}

PageEngine::PageEngine(engine::Simulation& simulation, MirroredVolume& volume, const std::string& path,
                       PageEngineShape shape)
    : simulation_(simulation),
      volume_(volume),
      shape_(shape),
      component_(simulation, path),
      redo_(volume, WriteKind::redo),
      binary_log_(volume, WriteKind::binary_log),
      dirty_(shape.pages, false) {
    SIM_CHECK(shape_.redo_capacity.count > 0 && shape_.redo_of_page.count > 0 && shape_.flush_at > 0.0);
    SIM_CHECK(shape_.pages_at_once > 0);
}

void PageEngine::begin() {
    simulation_.spawn(component_, clean());
}

engine::Process<> PageEngine::commit(std::vector<std::uint64_t> pages) {
    const auto redo = static_cast<std::int64_t>(pages.size()) * shape_.redo_of_page.count;
    while (checkpoint_age().count + redo > shape_.redo_capacity.count) {
        engine::Condition::Wait room(room_);
        co_await room;
    }
    for (const std::uint64_t page : pages) {
        if (!dirty_[page]) oldest_first_.push_back({page, end_});
        dirty_[page] = true;
    }
    end_ += redo;
    const Bytes written{redo};
    co_await redo_.force(written);
    if (shape_.binary_log_of_commit.count > 0) co_await binary_log_.force(shape_.binary_log_of_commit);
    ++commits_;
}

engine::Process<> PageEngine::define_table() {
    co_await volume_.write(WriteKind::metadata, shape_.metadata);
}

bool PageEngine::must_flush() const {
    const double age = static_cast<double>(checkpoint_age().count);
    return age > shape_.flush_at * static_cast<double>(shape_.redo_capacity.count);
}

engine::Process<> PageEngine::clean() {
    for (;;) {
        while (must_flush()) co_await write_oldest();
        co_await simulation_.delay(shape_.cleaner_interval);
    }
}

// A page that is changed while it is written is dirty anew, from that change on.
engine::Process<> PageEngine::write_oldest() {
    const std::size_t most = static_cast<std::size_t>(shape_.pages_at_once);
    const std::size_t taken = std::min(most, oldest_first_.size());
    for (std::size_t i = 0; i < taken; ++i) dirty_[oldest_first_[i].page] = false;
    const auto pages = static_cast<int>(taken);
    if (shape_.double_write) {
        const Bytes extent{pages * shape_.page.count};
        co_await volume_.write(WriteKind::double_write, extent);
    }
    co_await volume_.write(WriteKind::page, shape_.page, pages);
    oldest_first_.erase(oldest_first_.begin(), oldest_first_.begin() + static_cast<std::ptrdiff_t>(taken));
    room_.notify_all();
}

void PageEngine::reset_statistics() {
    commits_ = 0;
    volume_.reset_statistics();
}

}  // namespace faultline::models

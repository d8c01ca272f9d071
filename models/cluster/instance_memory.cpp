// Instance: the pages, the rows and the share of a CPU that its statements need.
#include "engine/waits.hpp"
#include "models/cluster/cluster.hpp"

namespace faultline::models {

// Touches pages up to the first that is not in memory; `pages` if all are. The one that is missing is taken in at once,
// and its read follows.
int Instance::first_missing_page(std::uint64_t key, int pages) {
    const StorageVolume& volume = cluster_.storage();
    for (int i = 0; i < pages; ++i) {
        if (!pool_->touch(volume.page_of_key(key, static_cast<std::uint64_t>(i)))) return i;
        ++statistics_.page_hits;
    }
    return pages;
}

// One after the other, as an index is followed: no read-ahead.
engine::Process<> Instance::read_missing_pages(RequestRef request, std::uint64_t key, int first_missing, int pages) {
    request.charge(Stage::storage, simulation_.now());
    for (int i = first_missing; i < pages; ++i) {
        const std::uint64_t page = cluster_.storage().page_of_key(key, static_cast<std::uint64_t>(i));
        if (i > first_missing && pool_->touch(page)) {
            ++statistics_.page_hits;
            continue;
        }
        ++statistics_.page_misses;
        co_await cluster_.storage().read_page(stand(), page);
    }
    request.charge(Stage::queue, simulation_.now());
}

// Of a statement that names no key: any pages of the working set.
int Instance::missing_shared_pages(int pages) {
    if (pool_->shared().in_set == 0) return 0;
    if (pool_->holds_all_shared()) {
        statistics_.page_hits += static_cast<std::uint64_t>(pages);
        return 0;
    }
    const auto in_set = static_cast<double>(pool_->shared().in_set);
    int missing = 0;
    for (int i = 0; i < pages; ++i) {
        missing += pool_->touch_shared(static_cast<std::uint64_t>(page_draws_.uniform() * in_set)) ? 0 : 1;
    }
    statistics_.page_hits += static_cast<std::uint64_t>(pages - missing);
    return missing;
}

engine::Process<> Instance::read_shared_pages(RequestRef request, int missing) {
    request.charge(Stage::storage, simulation_.now());
    const auto in_set = static_cast<double>(pool_->shared().in_set);
    for (int i = 0; i < missing; ++i) {
        ++statistics_.page_misses;
        const auto page = static_cast<std::uint64_t>(page_draws_.uniform() * in_set);
        co_await cluster_.storage().read_page(stand(), cluster_.storage().page_of_key(page));
    }
    request.charge(Stage::queue, simulation_.now());
}

void Instance::prefetch_page(std::uint64_t key) const {
    if (pool_ && key != no_key) pool_->prefetch(cluster_.storage().page_of_key(key));
}

void Instance::prefetch_page_frame(std::uint64_t key) const {
    if (pool_ && key != no_key) pool_->prefetch_frame(cluster_.storage().page_of_key(key));
}

bool Instance::has_page_of(std::uint64_t key) const {
    return !pool_ || key == no_key || pool_->holds(cluster_.storage().page_of_key(key));
}

engine::Process<bool> Instance::wait_for_row(RequestRef request, RowLocks::Transaction transaction) {
    request.charge(Stage::lock, simulation_.now());
    ++statistics_.lock_waits;
    engine::Tokens::Lease& lease = row_locks_.lease_of(transaction);
    engine::Tokens::Acquire turn(lease);
    if (!turn.begin()) {
        engine::Timer patience(simulation_, shape_.lock_wait_max.value_or(Duration::max()));
        co_await engine::any_of(turn, patience);
    }
    request.charge(Stage::queue, simulation_.now());
    if (!lease.held()) ++statistics_.lock_timeouts;
    co_return lease.held();
}

engine::Process<> Instance::use_cpu_share(RequestRef request, Duration demand) {
    CpuShare& share = capacity_->cpu();
    while (!share.free()) {
        engine::Condition::Wait freed(share.freed());
        co_await freed;
    }
    const CpuShare::Turn turn(share, simulation_);
    const engine::Served served = co_await cpu_.serve(share.stretched(demand));
    request.charge(Stage::cpu, served.started);
}

void Instance::follow_load(double acu_at_least) {
    if (!capacity_ || !component_.up()) return;
    capacity_->follow(simulation_.now(), acu_at_least);
    if (pool_) pool_->resize(capacity_->pool_pages());
}

Instance::RowChange::RowChange(Instance& instance, const Statement& statement, std::uint64_t key)
    : locks_(instance.row_locks_), transaction_(statement.transaction) {
    if (transaction_ == RowLocks::none) {
        if (!statement.locks || key == no_key) return;
        transaction_ = locks_.open();
        ends_ = true;
    }
    there_ = locks_.begin_statement(transaction_);
}

Instance::RowChange::~RowChange() {
    if (transaction_ == RowLocks::none) return;
    locks_.end_statement(transaction_);
    if (ends_) locks_.close(transaction_);
}

void Instance::reset_statistics() {
    cpu_.reset_statistics();
    card_.reset_statistics(simulation_.now());
    if (capacity_) capacity_->reset_statistics(simulation_.now());
    statistics_ = {};
    statistics_.connections_peak = connections_;
}

}  // namespace faultline::models

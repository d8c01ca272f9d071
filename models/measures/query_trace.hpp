// The whole way of a sample of queries, piece by piece: which stage held each from when to when. It sees what
// Request::charge is told, so that the pieces of a query add up to its latency to the nanosecond. For pictures of
// single queries (reports/trace_events.hpp); everything that is judged comes from the measures.
//
// Evenly over what falls due in the measured part, however many that will be (a trace that is replayed, closed users
// and curves do not tell): every k-th, and whenever there are twice as many as are wanted, every second of these is
// dropped and k doubles. 12 bytes a piece, some ten a query, and 120 for each that was ever begun.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/time.hpp"
#include "scenarios/result.hpp"

namespace faultline::models {

class QueryTrace {
public:
    // most >= 1: queries wanted.
    QueryTrace(engine::Instant from, std::size_t most) : from_(from), most_(most) {}

    // Of an operation that falls due: its number among the traced, from 1; 0: it is not one. `by`: the server whose own
    // it is; null: an office's.
    std::uint32_t begin(std::uint64_t number, engine::Instant due, const std::string* by = nullptr) {
        if (due < from_ || seen_++ % every_ != 0) return 0;
        scenarios::TracedQuery query;
        query.number = number;
        query.due_ns = due.time_since_epoch().count();
        if (by != nullptr) query.by = *by;
        queries_.push_back(std::move(query));
        dropped_.push_back(false);
        kept_.push_back(static_cast<std::uint32_t>(queries_.size() - 1));
        if (kept_.size() == 2 * most_) drop_every_second();
        return static_cast<std::uint32_t>(queries_.size());
    }
    void piece(std::uint32_t traced, scenarios::Stage stage, engine::Duration length) {
        if (length == engine::Duration::zero() || dropped_[traced - 1]) return;
        scenarios::TracedQuery& query = queries_[traced - 1];
        query.stages.push_back(static_cast<std::uint32_t>(stage));
        query.lengths_ns.push_back(static_cast<std::uint64_t>(length.count()));
    }
    void end(std::uint32_t traced, std::uint32_t query_class, std::uint32_t office, bool answered) {
        scenarios::TracedQuery& query = queries_[traced - 1];
        query.query_class = query_class;
        query.office = office;
        query.ended = true;
        query.answered = answered;
    }
    // Those whose end was seen, no more than are wanted, in the order of their due times.
    std::vector<scenarios::TracedQuery> take() {
        std::erase_if(kept_, [this](std::uint32_t at) { return !queries_[at].ended; });
        const std::size_t count = std::min(kept_.size(), most_);
        std::vector<scenarios::TracedQuery> taken;
        for (std::size_t i = 0; i < count; ++i) taken.push_back(std::move(queries_[kept_[i * kept_.size() / count]]));
        return taken;
    }

private:
    // In flight or not: a query that is dropped is told of no more.
    void drop_every_second() {
        for (std::size_t i = 1; i < kept_.size(); i += 2) {
            scenarios::TracedQuery& query = queries_[kept_[i]];
            dropped_[kept_[i]] = true;
            std::vector<std::uint32_t>{}.swap(query.stages);
            std::vector<std::uint64_t>{}.swap(query.lengths_ns);
        }
        for (std::size_t i = 0; i < most_; ++i) kept_[i] = kept_[2 * i];
        kept_.resize(most_);
        every_ *= 2;
    }

    engine::Instant from_;
    std::size_t most_;
    std::uint64_t every_ = 1;
    std::uint64_t seen_ = 0;
    std::vector<scenarios::TracedQuery> queries_;  // all that were begun: numbers stay
    std::vector<bool> dropped_;                    // by query
    std::vector<std::uint32_t> kept_;
};

}  // namespace faultline::models

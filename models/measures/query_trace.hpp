// The whole way of a sample of queries, piece by piece: which stage held each from when to when. It sees what
// Request::charge is told, so that the pieces of a query add up to its latency to the nanosecond. For pictures of
// single queries (reports/trace_events.hpp); everything that is judged comes from the measures.
//
// Every k-th operation that falls due in the measured part, until there are enough. 12 bytes a piece, some ten a query.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/time.hpp"
#include "scenarios/result.hpp"

namespace faultline::models {

class QueryTrace {
public:
    // every >= 1; most: queries.
    QueryTrace(engine::Instant from, std::uint64_t every, std::size_t most) : from_(from), every_(every), most_(most) {}

    // Of an operation that falls due: its number among the traced, from 1; 0: it is not one. `by`: the server whose own
    // it is; null: an office's.
    std::uint32_t begin(std::uint64_t number, engine::Instant due, const std::string* by = nullptr) {
        if (due < from_ || ++seen_ % every_ != 0 || queries_.size() == most_) return 0;
        scenarios::TracedQuery query;
        query.number = number;
        query.due_ns = due.time_since_epoch().count();
        if (by != nullptr) query.by = *by;
        queries_.push_back(std::move(query));
        return static_cast<std::uint32_t>(queries_.size());
    }
    void piece(std::uint32_t traced, scenarios::Stage stage, engine::Duration length) {
        if (length == engine::Duration::zero()) return;
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
    // Those whose end was seen, in the order of their due times.
    std::vector<scenarios::TracedQuery> take() {
        std::erase_if(queries_, [](const scenarios::TracedQuery& query) { return !query.ended; });
        return std::move(queries_);
    }

private:
    engine::Instant from_;
    std::uint64_t every_;
    std::size_t most_;
    std::uint64_t seen_ = 0;
    std::vector<scenarios::TracedQuery> queries_;
};

}  // namespace faultline::models

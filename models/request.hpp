// What travels: one due operation, from the instant it is due until its final answer and until the last server has let
// go of it. The client's attempts come and go; the operation is one.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "engine/check.hpp"
#include "engine/frame_pool.hpp"
#include "engine/random/stream.hpp"
#include "engine/time.hpp"
#include "models/measures/query_trace.hpp"
#include "models/measures/shape.hpp"
#include "scenarios/result.hpp"

namespace faultline::models {

using engine::Bytes;
using scenarios::Stage;
using scenarios::stage_count;

using ClassId = std::uint16_t;
using OfficeId = std::uint16_t;

inline constexpr std::uint64_t no_key = ~std::uint64_t{0};
inline constexpr OfficeId no_office = 0xffff;

// Whose it is, where users' sessions are watched (models/clients/sessions.hpp), and what they knew of its key when it
// fell due.
struct InSession {
    static constexpr std::uint32_t nothing = ~std::uint32_t{0};

    std::uint64_t query = 0;  // its number, and how many queries of the same user led to it
    std::uint32_t session = 0;
    std::uint32_t written = nothing;  // the newest version that they had written, and were told of
    std::uint32_t seen = nothing;     // and had seen
};

class RequestTable;

// A due operation. Lives in a RequestTable; held by RequestRef.
class Request {
public:
    explicit Request(const engine::QueryStreams& draws) : work(draws.work), network(draws.network) {}

    // From `now` on the operation's time is spent in `stage`; what passed since the last call was spent in the stage
    // named then. The only way to spend its time, so that the sum over the stages is its latency to the nanosecond.
    // Calls of an attempt that the client has given up are ignored: its time goes on in the attempt that followed.
    void charge(Stage stage, Instant now, std::uint32_t attempt) {
        if (attempt != attempt_) return;
        stages_[static_cast<std::size_t>(current_)] += now - charged_until_;
        charged_until_ = now;
        current_ = stage;
    }

    const std::array<Duration, stage_count>& stages() const { return stages_; }
    Stage stage() const { return current_; }  // in which its time is spent

    // From then on its servers have heard that nobody waits for it any more; to a microsecond.
    void cancel_at(Instant at) {
        const auto after = std::chrono::ceil<std::chrono::microseconds>(at - due).count();
        cancelled_after_us_ = static_cast<std::uint32_t>(std::clamp<std::int64_t>(after, 0, not_cancelled - 1));
    }
    // Who is told of its answer: no_office, if it is a server's own.
    OfficeId asked_by() const { return of_server_ ? no_office : office; }
    bool cancelled(Instant now) const {
        return cancelled_after_us_ != not_cancelled && now - due >= std::chrono::microseconds{cancelled_after_us_};
    }

    void became_durable() {
        if (applied < most_counted) ++applied;
    }

    Instant due{};
    std::uint64_t key = no_key;  // of the class's key space
    ClassId query_class = 0;
    OfficeId office = 0;
    std::optional<Outcome> outcome;  // none: in flight
    std::uint16_t applied : 15 = 0;  // commits of it that became durable: one an attempt, or each statement its own
    std::uint16_t doubtful : 1 = 0;  // an attempt that was sent ended without an answer that says what became of it
    InSession in_session;

    // Draws that belong to the operation and to nobody else: its demands, in the order of its statements, and the
    // jitter of its packets. Two topologies under comparison see the same work in whatever order they serve it.
    engine::QueryDraws work;
    engine::QueryDraws network;

private:
    friend class RequestTable;
    friend class RequestRef;

    static constexpr std::uint32_t not_cancelled = ~std::uint32_t{0};
    static constexpr std::uint16_t most_counted = (1U << 15) - 1;

    std::array<Duration, stage_count> stages_{};
    Instant charged_until_{};
    RequestTable* table_ = nullptr;
    Stage current_ = Stage::network;
    bool of_server_ = false;  // its own query: nobody measures it, so its outcome is given
    std::uint16_t holders_ = 0;
    std::uint32_t attempt_ = 0;
    std::uint32_t cancelled_after_us_ = not_cancelled;
    std::uint32_t traced_ = 0;  // 0: it is not
};
static_assert(sizeof(Request) == 192);  // three lines of a processor's cache

// One attempt's hold on its operation. Small; passed by value to the processes that serve the attempt.
class RequestRef {
public:
    RequestRef() = default;
    explicit RequestRef(Request& request) : request_(&request), attempt_(request.attempt_) { ++request_->holders_; }
    RequestRef(const RequestRef& other) : request_(other.request_), attempt_(other.attempt_) {
        if (request_ != nullptr) ++request_->holders_;
    }
    RequestRef(RequestRef&& other) noexcept
        : request_(std::exchange(other.request_, nullptr)), attempt_(other.attempt_) {}
    RequestRef& operator=(RequestRef other) noexcept {
        std::swap(request_, other.request_);
        std::swap(attempt_, other.attempt_);
        return *this;
    }
    ~RequestRef();

    Request& operator*() const { return *request_; }
    Request* operator->() const { return request_; }
    explicit operator bool() const { return request_ != nullptr; }
    OfficeId asked_by() const { return request_ == nullptr ? no_office : request_->asked_by(); }
    void charge(Stage stage, Instant now) const {
        if (request_ == nullptr) return;
        if (request_->traced_ != 0) [[unlikely]]
            trace(now);
        request_->charge(stage, now, attempt_);
    }
    // The client's next attempt: whoever still works for an earlier one no longer spends the operation's time.
    void next_attempt() { attempt_ = ++request_->attempt_; }
    // For a second copy of the same attempt: it spends none of the operation's time, the first one does.
    RequestRef silent() const {
        RequestRef copy(*this);
        copy.attempt_ = ~std::uint32_t{0};
        return copy;
    }

private:
    void trace(Instant now) const;

    Request* request_ = nullptr;
    std::uint32_t attempt_ = 0;
};

// Opens operations and closes them. They live in the frame pool, as the processes that serve them do.
class RequestTable {
public:
    // Told when the last holder lets go: by then it is known what became durable.
    using Released = void (*)(void* context, const Request& request);

    RequestTable(Released released, void* context) : released_(released), context_(context) {}
    RequestTable(const RequestTable&) = delete;
    RequestTable& operator=(const RequestTable&) = delete;
    ~RequestTable() { SIM_CHECK(live_ == 0); }

    // `by`: the server whose own query it is; null: an office's.
    RequestRef open(engine::StreamKey key, std::uint64_t number, Instant due, const std::string* by = nullptr) {
        void* const memory = engine::FramePool::instance().allocate(sizeof(Request));
        Request* const request = ::new (memory) Request(engine::query_streams(key, number));
        request->due = due;
        request->charged_until_ = due;
        request->table_ = this;
        request->of_server_ = by != nullptr;
        if (trace_ != nullptr) [[unlikely]]
            request->traced_ = trace_->begin(number, due, by);
        opened_ += by == nullptr ? 1 : 0;
        if (++live_ > peak_) peak_ = live_;
        return RequestRef(*request);
    }
    std::uint64_t opened() const { return opened_; }  // so far, by offices
    std::size_t live() const { return live_; }
    std::size_t peak() const { return peak_; }
    // Before the first one is opened: some are traced. It outlives the table.
    void trace_with(QueryTrace& trace) { trace_ = &trace; }

private:
    friend class RequestRef;
    void close(Request& request) {
        if (request.traced_ != 0) [[unlikely]]
            trace_->end(request.traced_, request.query_class, request.office, request.outcome == Outcome::answered);
        released_(context_, request);
        request.~Request();
        engine::FramePool::instance().release(&request, sizeof(Request));
        --live_;
    }

    Released released_;
    void* context_;
    QueryTrace* trace_ = nullptr;
    std::uint64_t opened_ = 0;
    std::size_t live_ = 0;
    std::size_t peak_ = 0;
};

// As charge() counts it: what its present attempt has spent since the last call, until it has ended.
inline void RequestRef::trace(Instant now) const {
    if (attempt_ != request_->attempt_ || (request_->outcome && !request_->of_server_)) return;
    request_->table_->trace_->piece(request_->traced_, request_->current_, now - request_->charged_until_);
}

inline RequestRef::~RequestRef() {
    if (request_ != nullptr && --request_->holders_ == 0) request_->table_->close(*request_);
}

// What a server says: ok, or because(reason). Only of caches: miss; ageing, found beyond its time to live; moved,
// another node serves the key.
enum class AnswerStatus : std::uint8_t { ok, miss, ageing, moved, not_answered };
constexpr AnswerStatus because(FailureReason reason) {
    const auto status = static_cast<std::size_t>(AnswerStatus::not_answered) + static_cast<std::size_t>(reason);
    return static_cast<AnswerStatus>(status);
}
// None: it is an answer, a miss too.
constexpr FailureReason reason_of(AnswerStatus status) {
    if (status < AnswerStatus::not_answered) return FailureReason::none;
    const auto reason = static_cast<std::size_t>(status) - static_cast<std::size_t>(AnswerStatus::not_answered);
    return static_cast<FailureReason>(reason);
}
constexpr bool is_refused(AnswerStatus status) {
    return outcome_of(reason_of(status)) == Outcome::refused;
}

// `travel` is how long the answer is under way (engine::Call).
struct Answer {
    Duration travel{};
    AnswerStatus status = AnswerStatus::ok;
    std::uint32_t version = 0;  // of a key that was read
};

}  // namespace faultline::models

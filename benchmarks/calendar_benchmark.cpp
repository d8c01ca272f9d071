// engine::Calendar against the plain heaps of plain_heaps.hpp, on the two models that its design is chosen by. Every
// contender runs the same events in the same order, each through an indirect call, and reports the checksum of what
// it ran; benchmarks/compare.py refuses to compare unequal ones.
#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <deque>
#include <random>

#include "benchmarks/plain_heaps.hpp"
#include "engine/simulation.hpp"

namespace faultline::benchmarks {
namespace {

constexpr double second_ns = 1e9;

// engine::Calendar, as Simulation uses it.
class Faultline {
public:
    using Event = engine::CalendarNode;
    std::size_t entries() const { return calendar_.size(); }
    void schedule(Event& event, std::int64_t time) {
        calendar_.schedule(event, engine::Instant{engine::Duration{time}}, next_sequence_++);
    }
    void cancel(Event& event) { calendar_.cancel(event); }
    bool pending(const Event& event) const { return event.pending(); }
    Event& pop(std::int64_t& time) {
        time = calendar_.next_time().time_since_epoch().count();
        return calendar_.pop();
    }

private:
    engine::Calendar calendar_;
    std::uint64_t next_sequence_ = 0;
};
using Binary = PlainCalendar<BinaryHeap>;
using FourAry = PlainCalendar<FourAryHeap>;
using LazyBinary = LazyCalendar<BinaryHeap>;
using LazyFourAry = LazyCalendar<FourAryHeap>;

// Draws made beforehand, so that a logarithm a draw does not hide what is measured.
class DrawTable {
public:
    template <class Draw>
    explicit DrawTable(Draw draw) {
        std::mt19937_64 generator(1);
        for (std::int64_t& length : lengths_) {
            length = 1 + static_cast<std::int64_t>(draw(0x1p-53 * static_cast<double>(1 + (generator() >> 11U))));
        }
    }
    std::int64_t next() { return lengths_[next_++ % lengths_.size()]; }

private:
    std::array<std::int64_t, 1U << 15U> lengths_{};
    std::size_t next_ = 0;
};
DrawTable exponential(double mean_s) {
    return DrawTable([&](double uniform) { return -std::log(uniform) * mean_s * second_ns; });
}
DrawTable uniform_between(double low_s, double high_s) {
    return DrawTable([&](double uniform) { return (low_s + uniform * (high_s - low_s)) * second_ns; });
}

// What both models are made of.
template <class Calendar>
struct Model {
    void note(std::uint64_t what) {
        checksum = (checksum ^ static_cast<std::uint64_t>(now) ^ what) * 0x9e3779b97f4a7c15;
    }
    void run_next() { calendar.pop(now).fire(simulation); }
    // A counter is a double, exact up to 2^53.
    void report(benchmark::State& state) const { state.counters["checksum"] = static_cast<double>(checksum >> 16U); }

    engine::Simulation simulation{engine::RunIdentity{}};  // for the signature of an event; does nothing
    Calendar calendar;
    std::int64_t now = 0;
    std::uint64_t checksum = 0;
};

// The hold model: a fixed number of pending events; each schedules itself again, an exponential time of mean 1 s later.
template <class Calendar>
struct Hold : Model<Calendar> {
    struct Source : Calendar::Event {
        Source(Hold& the_model, std::uint64_t the_number)
            : Calendar::Event(&due), model(the_model), number(the_number) {}
        Hold& model;
        std::uint64_t number;
    };
    explicit Hold(std::int64_t pending) {
        for (std::int64_t i = 0; i < pending; ++i) {
            Source& source = sources.emplace_back(*this, static_cast<std::uint64_t>(i));
            this->calendar.schedule(source, lengths.next());
        }
    }
    static void due(typename Calendar::Event& event, engine::Simulation&) {
        auto& source = static_cast<Source&>(event);
        Hold& model = source.model;
        model.note(source.number);
        model.calendar.schedule(source, model.now + model.lengths.next());
    }
    DrawTable lengths = exponential(1.0);
    std::deque<Source> sources;
};

template <class Calendar>
void hold(benchmark::State& state) {
    constexpr std::int64_t events = 1'000'000;
    Hold<Calendar> model(state.range(0));
    for (std::int64_t i = 0; i < events / 4; ++i) model.run_next();
    for (auto _ : state) {
        for (std::int64_t i = 0; i < events; ++i) model.run_next();
    }
    state.SetItemsProcessed(state.iterations() * events);
    model.report(state);
}

// The timeout mix: 5,000 queries a second. Each arms four timers of 1 to 30 s; 99 of 100 are answered after 20 ms on
// average and cancel theirs, the others hear nothing and let them run out.
template <class Calendar>
struct TimeoutMix : Model<Calendar> {
    using Event = typename Calendar::Event;
    static constexpr std::size_t timers = 4;

    struct Query;
    struct Timer : Event {
        explicit Timer(Query& of) : Event(&run_out), query(of) {}
        Query& query;
    };
    struct Query : Event {  // as an event: its answer
        Query(TimeoutMix& of, std::uint64_t the_number) : Event(&answered), model(of), number(the_number) {}
        TimeoutMix& model;
        std::uint64_t number;
        std::array<Timer, timers> armed{Timer(*this), Timer(*this), Timer(*this), Timer(*this)};
        std::size_t armed_still = 0;
    };
    struct Arrival : Event {
        explicit Arrival(TimeoutMix& of) : Event(&arrived), model(of) {}
        TimeoutMix& model;
    };

    TimeoutMix() { this->calendar.schedule(arrival, 0); }

    void run_until_arrived(std::uint64_t count) {
        while (arrivals < count) this->run_next();
    }
    static void arrived(Event& event, engine::Simulation&) {
        TimeoutMix& model = static_cast<Arrival&>(event).model;
        Query& query = model.take_query();
        model.note(query.number);
        for (Timer& timer : query.armed) model.calendar.schedule(timer, model.now + model.patience.next());
        query.armed_still = timers;
        if (++model.arrivals % 100 != 0) model.calendar.schedule(query, model.now + model.response.next());
        model.calendar.schedule(model.arrival, model.now + model.gap.next());
    }
    static void answered(Event& event, engine::Simulation&) {
        auto& query = static_cast<Query&>(event);
        query.model.note(query.number + 1);
        for (Timer& timer : query.armed) {
            if (query.model.calendar.pending(timer)) query.model.calendar.cancel(timer);
        }
        query.model.idle.push_back(&query);
    }
    static void run_out(Event& event, engine::Simulation&) {
        Query& query = static_cast<Timer&>(event).query;
        query.model.note(query.number + 2);
        const bool silent = !query.model.calendar.pending(query);
        if (--query.armed_still == 0 && silent) query.model.idle.push_back(&query);
    }
    Query& take_query() {
        if (idle.empty()) return queries.emplace_back(*this, queries.size());
        Query& query = *idle.back();
        idle.pop_back();
        return query;
    }

    DrawTable gap = exponential(1.0 / 5'000);
    DrawTable response = exponential(0.02);
    DrawTable patience = uniform_between(1.0, 30.0);
    Arrival arrival{*this};
    std::deque<Query> queries;
    std::vector<Query*> idle;
    std::uint64_t arrivals = 0;
};

template <class Calendar>
void timeout_mix(benchmark::State& state) {
    constexpr std::uint64_t warm_up = 200'000;  // 40 s: longer than any timer
    constexpr std::uint64_t measured = 300'000;
    TimeoutMix<Calendar> model;
    model.run_until_arrived(warm_up);
    std::uint64_t target = warm_up;
    for (auto _ : state) model.run_until_arrived(target += measured);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(measured));
    model.report(state);
    state.counters["entries"] = static_cast<double>(model.calendar.entries());
}

// One iteration, so that the number of events is the same; repetitions and their order are the command line's.
void sizes(benchmark::internal::Benchmark* hold_model) {
    hold_model->Arg(100)->Arg(10'000)->Arg(1'000'000)->Iterations(1)->Unit(benchmark::kMillisecond);
}
BENCHMARK(hold<Faultline>)->Apply(sizes);
BENCHMARK(hold<Binary>)->Apply(sizes);
BENCHMARK(hold<FourAry>)->Apply(sizes);
BENCHMARK(timeout_mix<Faultline>)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(timeout_mix<LazyBinary>)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(timeout_mix<LazyFourAry>)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace faultline::benchmarks

BENCHMARK_MAIN();

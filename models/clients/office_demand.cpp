// Office, queries besides its usual arrivals: those of surges and traces, and of users who wait for their answers.
#include <algorithm>

#include "models/clients/office.hpp"

namespace faultline::models {

namespace {
// Numbers of queries: 46 bits of them are the usual arrivals'. Sessions keep 16 bits below (office_sessions.cpp).
constexpr std::uint64_t first_of_surges = std::uint64_t{1} << 46U;
constexpr unsigned surge_bits = 32;
constexpr std::uint64_t first_of_users = std::uint64_t{1} << 47U;
constexpr unsigned user_bits = 27;  // a year of one user who asks four times a second
}  // namespace

Office::NextOfSurge::NextOfSurge(Office& of, std::size_t which, const SurgeShape& shape)
    : CalendarNode(&fall_due_of_surge, engine::EventKind::started, of.component_.number()),
      office(of),
      index(which),
      arrivals(of.simulation_.stream(of.component_.path(), "surge " + shape.surge.name), of.arrivals_, shape.surge,
               shape.begin),
      queries(of.simulation_.query_key(of.component_.path(), "queries of surge " + shape.surge.name)) {
    double before = 0.0, sum = 0.0;
    for (std::size_t i = 0; i < of.context_.classes.size(); ++i) {
        const double share = of.context_.classes[i].cumulative_share - before;
        before = of.context_.classes[i].cumulative_share;
        const auto id = static_cast<ClassId>(i);
        const auto& some = shape.classes;
        if (!some.empty() && std::find(some.begin(), some.end(), id) == some.end()) continue;
        sum += share;
        classes.emplace_back(sum, id);
    }
    for (auto& [cumulative, id] : classes) cumulative /= sum;
}

void Office::begin_demand() {
    for (std::size_t i = 0; i < shape_.surges.size(); ++i) {
        next_of_surges_.push_back(std::make_unique<NextOfSurge>(*this, i, shape_.surges[i]));
        schedule_next(*next_of_surges_.back());
    }
    if (!shape_.users) return;
    for (std::uint64_t number = 0; number < shape_.users->users; ++number) {
        simulation_.spawn(component_, user(number));
    }
}

void Office::schedule_next(NextOfSurge& next) {
    const Instant due = next.arrivals.next(simulation_.now());
    if (due < engine::end_of_time) simulation_.schedule(next, due);
}

void Office::fall_due_of_surge(engine::CalendarNode& node, engine::Simulation& simulation) {
    auto& next = static_cast<NextOfSurge&>(node);
    Office& office = next.office;
    const std::uint64_t number = ++next.number;
    office.schedule_next(next);
    RequestRef request = office.requests_.open(next.queries, number, simulation.now());
    const double draw = request->work.uniform();
    std::size_t which = 0;
    while (which + 1 < next.classes.size() && draw >= next.classes[which].first) ++which;
    office.choose_key(*request, next.classes[which].second);
    if (office.sessions_) office.join_session(*request, first_of_surges + (next.index << surge_bits) + number);
    simulation.begin(office.component_, office.query(std::move(request)));
}

// Its class and key are known; whatever else is drawn for it is its own.
void Office::replay(std::uint64_t number, ClassId query_class, std::uint64_t key) {
    RequestRef request = requests_.open(queries_, number, simulation_.now());
    request->query_class = query_class;
    request->office = shape_.id;
    request->key = key;
    if (sessions_) join_session(*request, number);
    simulation_.begin(component_, query(std::move(request)));
}

// Due when he has thought, whatever becomes of it: he waits for that before he thinks again.
engine::Process<> Office::user(std::uint64_t number) {
    for (std::uint64_t asked = first_of_users + (number << user_bits);; ++asked) {
        engine::QueryDraws draws = engine::query_streams(thoughts_, asked).work;
        co_await simulation_.delay(shape_.users->think.sample_duration(draws));
        RequestRef request = requests_.open(of_users_, asked, simulation_.now());
        choose_work(*request);
        if (sessions_) join_session(*request, asked);
        co_await query(std::move(request));
    }
}

}  // namespace faultline::models

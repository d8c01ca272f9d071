#include "reports/trace_events.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

namespace faultline::reports {
namespace {

using nlohmann::ordered_json;

// "Processes" of the trace: what happened to the system, then the classes of queries, then servers with queries of
// their own.
constexpr std::size_t faults_process = 1;
constexpr std::size_t states_process = 2;
constexpr std::size_t first_class_process = 3;

class Events {
public:
    void name_process(std::size_t process, const std::string& name) {
        add({{"ph", "M"}, {"name", "process_name"}, {"pid", process}, {"tid", 0}, {"args", {{"name", name}}}});
        add({{"ph", "M"},
             {"name", "process_sort_index"},
             {"pid", process},
             {"tid", 0},
             {"args", {{"sort_index", process}}}});
    }
    void name_track(std::size_t process, std::size_t track, const std::string& name) {
        add({{"ph", "M"}, {"name", "thread_name"}, {"pid", process}, {"tid", track}, {"args", {{"name", name}}}});
    }
    void slice(std::size_t process, std::size_t track, const std::string& name, std::int64_t from_ns,
               std::int64_t length_ns, ordered_json arguments = ordered_json::object()) {
        add({{"ph", "X"},
             {"name", name},
             {"pid", process},
             {"tid", track},
             {"ts", microseconds(from_ns)},
             {"dur", microseconds(length_ns)},
             {"args", std::move(arguments)}});
    }
    std::string text() && { return "{\"displayTimeUnit\": \"ms\", \"traceEvents\": [\n" + text_ + "\n]}\n"; }

private:
    static double microseconds(std::int64_t ns) { return static_cast<double>(ns) / 1000.0; }
    void add(const ordered_json& event) {
        if (!text_.empty()) text_ += ",\n";
        text_ += event.dump();
    }
    std::string text_;
};

void add_faults(Events& events, const scenarios::ReplicationResult& replication) {
    events.name_process(faults_process, "faults");
    for (std::size_t i = 0; i < replication.faults.size(); ++i) {
        const scenarios::FaultResult& fault = replication.faults[i];
        if (!fault.started) continue;
        const std::int64_t end_ns = fault.ended ? fault.end_ns : replication.end_ns;
        events.name_track(faults_process, i + 1, fault.name);
        events.slice(faults_process, i + 1, fault.name, fault.start_ns, end_ns - fault.start_ns,
                     {{"target", fault.target}, {"hit", fault.hit}});
    }
}

// Each component's states, one after the other.
void add_states(Events& events, const scenarios::ReplicationResult& replication) {
    events.name_process(states_process, "components");
    struct States {
        std::size_t number = 0;
        std::string state{};
        std::int64_t since_ns = 0;
    };
    std::map<std::string, States> tracks;
    for (const scenarios::StateChange& change : replication.states) {
        const auto [track, is_new] = tracks.try_emplace(change.component, States{tracks.size() + 1});
        States& of = track->second;
        if (is_new) {
            events.name_track(states_process, of.number, change.component);
        } else {
            events.slice(states_process, of.number, of.state, of.since_ns, change.at_ns - of.since_ns);
        }
        of.state = change.state;
        of.since_ns = change.at_ns;
    }
    for (const auto& [component, track] : tracks) {
        events.slice(states_process, track.number, track.state, track.since_ns, replication.end_ns - track.since_ns);
    }
}

// Whose queries they are.
struct Track {
    std::size_t process = 0, number = 0;
    std::string client;  // an office, or a server
};

void add_query(Events& events, const scenarios::TracedQuery& query, const Track& track, const std::string& class_name) {
    std::uint64_t length_ns = 0;
    for (const std::uint64_t piece_ns : query.lengths_ns) length_ns += piece_ns;
    events.name_track(track.process, track.number, fmt::format("{} {}", track.client, query.number));
    events.slice(track.process, track.number, query.answered ? class_name : class_name + ", not answered", query.due_ns,
                 static_cast<std::int64_t>(length_ns),
                 {{query.by.empty() ? "office" : "server", track.client}, {"number", query.number}});
    std::int64_t at_ns = query.due_ns;
    for (std::size_t i = 0; i < query.stages.size(); ++i) {
        const auto piece_ns = static_cast<std::int64_t>(query.lengths_ns[i]);
        events.slice(track.process, track.number, scenarios::stage_names.at(query.stages[i]), at_ns, piece_ns);
        at_ns += piece_ns;
    }
}

void add_queries(Events& events, const scenarios::ReplicationResult& replication,
                 const std::vector<std::string>& offices) {
    std::map<std::string, std::size_t> servers;  // their processes
    for (std::size_t i = 0; i < replication.traced.size(); ++i) {
        const scenarios::TracedQuery& query = replication.traced[i];
        Track track{first_class_process + query.query_class, i + 1, query.by};
        if (query.by.empty()) {
            track.client = offices.at(query.office);
        } else {
            const std::size_t next = first_class_process + replication.classes.size() + servers.size();
            const auto [server, is_new] = servers.try_emplace(query.by, next);
            if (is_new) events.name_process(server->second, query.by);
            track.process = server->second;
        }
        add_query(events, query, track, replication.classes.at(query.query_class).name);
    }
}

}  // namespace

std::string trace_events(const scenarios::RunResult& result) {
    Events events;
    for (const scenarios::ReplicationResult& replication : result.replications) {
        if (replication.traced.empty()) continue;
        add_faults(events, replication);
        add_states(events, replication);
        for (std::size_t i = 0; i < replication.classes.size(); ++i) {
            events.name_process(first_class_process + i, replication.classes[i].name);
        }
        add_queries(events, replication, result.offices);
    }
    return std::move(events).text();
}

}  // namespace faultline::reports

#include "scenarios/trace_requests.hpp"

#include <sys/stat.h>

#include <filesystem>

#include "scenarios/nearest_name.hpp"

namespace faultline::scenarios {

TraceRequests::TraceRequests(const Scenario& scenario, bool with_digest)
    : file_(scenario.workload.arrivals.trace->file, trace_path(scenario), with_digest) {
    const auto& classes = scenario.workload.classes;
    for (std::size_t i = 0; i < classes.size(); ++i) {
        for (const std::string& name : traced_names(classes[i])) classes_.emplace(name, i);
        have_keys_.push_back(classes[i].keys.has_value());
    }
    for (std::size_t i = 0; i < scenario.offices.size(); ++i) offices_.emplace(scenario.offices[i].name, i);
}

std::optional<TraceRequest> TraceRequests::next() {
    if (!file_.next()) return std::nullopt;
    const auto query_class = number_of(file_.query_class(), classes_, "class");
    if (!query_class) return std::nullopt;
    TraceRequest request{file_.time_s(), *query_class, {}, {}};
    if (file_.has_offices()) {
        request.office = number_of(file_.office(), offices_, "office");
        if (!request.office) return std::nullopt;
    }
    if (!have_keys_[*query_class]) return request;
    request.key = file_.key();
    if (request.key.empty()) {
        file_.fail("the class " + in_quotes(file_.query_class()) + " has keys, and here is none");
        return std::nullopt;
    }
    return request;
}

std::optional<std::size_t> TraceRequests::number_of(std::string_view name, const Numbers& known,
                                                    std::string_view what) {
    const auto found = known.find(name);
    if (found != known.end()) return found->second;
    std::vector<std::string_view> names;
    for (const auto& [one, number] : known) names.push_back(one);
    file_.fail(unknown_name(what, name, names));
    return std::nullopt;
}

std::vector<std::string> traced_names(const QueryClass& query) {
    return query.traced_as.empty() ? std::vector<std::string>{query.name} : query.traced_as;
}

std::string trace_path(const Scenario& scenario) {
    return (std::filesystem::path(scenario.folder) / scenario.workload.arrivals.trace->file).string();
}

std::optional<std::int64_t> trace_changed_ns(const Scenario& scenario) {
    struct stat status {};
    if (::stat(trace_path(scenario).c_str(), &status) != 0) return std::nullopt;
    return std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
}

}  // namespace faultline::scenarios

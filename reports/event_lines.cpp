#include "reports/event_lines.hpp"

#include <nlohmann/json.hpp>

namespace faultline::reports {
namespace {

using Json = nlohmann::ordered_json;

Json line_of(const char* type) {
    return Json{{"v", 1}, {"type", type}};
}

std::string text_of(const Json& line) {
    return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string hello_line(const std::string& version, const std::string& scenario, std::uint32_t replications) {
    Json line = line_of("hello");
    line["version"] = version;
    line["scenario"] = scenario;
    line["replications"] = replications;
    return text_of(line);
}

std::string progress_line(const ProgressLine& progress) {
    Json line = line_of("progress");
    line["done"] = progress.done;
    line["of"] = 1;
    line["finished"] = progress.finished;
    line["replications"] = progress.replications;
    line["events_per_s"] = progress.events_per_s;
    line["eta_s"] = progress.seconds_left ? Json(*progress.seconds_left) : Json(nullptr);
    return text_of(line);
}

std::string log_line(const std::string& text) {
    Json line = line_of("log");
    line["text"] = text;
    return text_of(line);
}

std::string error_line(int code, const std::string& text, const std::string& pointer) {
    Json line = line_of("error");
    line["code"] = code;
    line["text"] = text;
    line["pointer"] = pointer;
    return text_of(line);
}

std::string result_line(const std::string& path) {
    Json line = line_of("result");
    line["path"] = path;
    return text_of(line);
}

}  // namespace faultline::reports

// What `--progress json` prints: one JSON object a line, `"v": 1` in each; a reader ignores types that it does not
// know.
//
//   {"v":1,"type":"hello","version":"0.1.0","scenario":"Orders","replications":20}
//   {"v":1,"type":"progress","done":0.41,"of":1,"finished":8,"replications":20,"events_per_s":1.2e6,"eta_s":12.5}
//   {"v":1,"type":"log","text":"..."}
//   {"v":1,"type":"error","code":2,"text":"...","pointer":"/databases/orders"}
//   {"v":1,"type":"result","path":"results/Orders.json"}
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace faultline::reports {

struct ProgressLine {
    double done = 0.0;  // 0 to 1
    std::uint32_t finished = 0, replications = 0;
    double events_per_s = 0.0;
    std::optional<double> seconds_left;
};

// Each ends with a line end.
std::string hello_line(const std::string& version, const std::string& scenario, std::uint32_t replications);
std::string progress_line(const ProgressLine& progress);
std::string log_line(const std::string& text);
std::string error_line(int code, const std::string& text, const std::string& pointer);
std::string result_line(const std::string& path);

}  // namespace faultline::reports

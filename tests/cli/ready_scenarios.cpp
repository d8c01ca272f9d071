#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {

Ended run_variant(const Folder& folder, const std::string& file, const std::string& variant, int replications) {
    const std::string scenario = std::string{FAULTLINE_SOURCE_DIR} + "/scenarios/" + file;
    std::vector<std::string> arguments{"run",      scenario,     "--replications", std::to_string(replications),
                                       "--result", "result.json"};
    if (!variant.empty()) arguments.insert(arguments.end(), {"--variant", variant});
    return run_program(folder, arguments);
}

std::string verdict_of(const std::string& out, const std::string& requirement) {
    for (const char* const mark : {" + ", " x ", " ? "}) {
        const std::size_t begin = out.find(mark + requirement);
        if (begin == std::string::npos) continue;
        const std::string line = out.substr(begin, out.find('\n', begin) - begin);
        return line.substr(line.find_last_of(' ') + 1);
    }
    return "not there";
}

}  // namespace faultline::tests

#include "tests/cli/ready_scenarios.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace faultline::tests {
namespace {

// Whatever is violated and was observed says by how much, and then what contributes most to it.
void expect_contributors(const std::string& result) {
    if (result.empty()) return;  // it was not run: the test that asked for it says so
    for (const auto& requirement : nlohmann::json::parse(result).at("requirements")) {
        if (requirement.at("verdict") != "violated" || requirement.at("observations") == 0) continue;
        const std::string why = requirement.at("why");
        EXPECT_NE(why.find("; "), std::string::npos) << requirement.at("text") << ": " << why;
    }
}

}  // namespace

Ended run_variant(const Folder& folder, const std::string& file, const std::string& variant, int replications) {
    const std::string scenario = std::string{FAULTLINE_SOURCE_DIR} + "/scenarios/" + file;
    std::vector<std::string> arguments{"run",      scenario,     "--replications", std::to_string(replications),
                                       "--result", "result.json"};
    if (!variant.empty()) arguments.insert(arguments.end(), {"--variant", variant});
    Ended ended = run_program(folder, arguments);
    expect_contributors(folder.read("result.json"));
    return ended;
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

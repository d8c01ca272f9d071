// Goal:   each file of scenarios/negative is refused for the mistake that it was written for.
// Method: expected.txt names file, JSON pointer and a fragment of the message. Every file of the folder must be listed,
// and
//         one of its problems must be the expected one. The files differ by one mistake from one that is right.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "scenarios/read_scenario.hpp"

namespace faultline::scenarios {
namespace {

const std::string folder = "scenarios/negative/";

struct Expected {
    std::string file, pointer, fragment;
};

std::vector<Expected> read_expected() {
    std::vector<Expected> all;
    std::ifstream file(folder + "expected.txt");
    std::string line;
    while (std::getline(file, line)) {
        if (line.starts_with("#")) continue;
        const std::size_t first = line.find(" | "), second = line.find(" | ", first + 3);
        if (second == std::string::npos) continue;
        all.push_back({line.substr(0, first), line.substr(first + 3, second - first - 3), line.substr(second + 3)});
    }
    return all;
}

TEST(NegativeTest, EveryFileIsListedAndThereAreManyOfThem) {
    std::set<std::string> listed, present;
    for (const Expected& expected : read_expected()) listed.insert(expected.file);
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".json") present.insert(entry.path().filename().string());
    }
    EXPECT_EQ(listed, present);
    EXPECT_GE(present.size(), 100U);
}

TEST(NegativeTest, EachFileGivesItsProblem) {
    for (const Expected& expected : read_expected()) {
        Problems problems;
        EXPECT_FALSE(read_scenario_file(folder + expected.file, "", problems)) << expected.file;
        EXPECT_LE(problems.count(), 3U) << expected.file;
        bool found = false;
        std::string all;
        for (const Problem& problem : problems.sorted()) {
            all += "  " + to_text(problem) + "\n";
            EXPECT_EQ(problem.file, folder + expected.file);
            const bool place = expected.pointer == "*" || problem.pointer == expected.pointer;
            found = found || (place && problem.message.find(expected.fragment) != std::string::npos);
        }
        EXPECT_TRUE(found) << expected.file << ": expected at \"" << expected.pointer << "\": " << expected.fragment
                           << "\nfound:\n"
                           << all;
    }
}

}  // namespace
}  // namespace faultline::scenarios

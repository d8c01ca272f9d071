// Goal:   no input makes the readers crash, hang or throw; each is either right or has a problem.
// Method: mutations of right files from a fixed seed (FUZZ_SEED overrides it; it is printed): bytes flipped, spans
// deleted,
//         doubled or moved, and tokens of the format put in. Under the sanitizers every access is checked as well.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "scenarios/read_scenario.hpp"
#include "scenarios/result_file.hpp"
#include "tests/scenarios/example_scenario.hpp"

namespace faultline::scenarios {
namespace {

constexpr std::array tokens{"{",
                            "}",
                            "[",
                            "]",
                            ",",
                            ":",
                            "\"",
                            "null",
                            "true",
                            "-1",
                            "0",
                            "1e308",
                            "1e999",
                            "18446744073709551616",
                            "NaN",
                            "\"10ms\"",
                            "\"5/s\"",
                            "\"az-of: \"",
                            "\"orders/writer\"",
                            "\"\"",
                            "\\u0000",
                            "\\ud800",
                            "\xff",
                            "/",
                            "~",
                            "{}",
                            "[]",
                            "\"name\":",
                            "\"variants\":{\"x\":{\"run\":null}},",
                            "\"exponential\":\"1ms\","};

class Mutator {
public:
    explicit Mutator(std::uint64_t seed) : random_(seed) {}

    std::string mutate(std::string text) {
        for (std::size_t changes = 1 + below(4); changes > 0; --changes) change(text);
        return text;
    }

private:
    std::size_t below(std::size_t limit) { return limit == 0 ? 0 : static_cast<std::size_t>(random_() % limit); }

    void change(std::string& text) {
        const std::size_t place = below(text.size() + 1);
        const std::size_t length = std::min(below(20), text.size() - place);
        switch (below(6)) {
            case 0:
                if (place < text.size()) text[place] = static_cast<char>(below(256));
                break;
            case 1:
                text.erase(place, length);
                break;
            case 2:
                text.insert(below(text.size() + 1), text.substr(place, length));
                break;
            case 3:
                text.insert(place, tokens[below(tokens.size())]);
                break;
            case 4:
                text.replace(place, length, tokens[below(tokens.size())]);
                break;
            default:
                text.resize(place);
        }
    }

    std::mt19937_64 random_;
};

std::uint64_t seed() {
    const char* const given = std::getenv("FUZZ_SEED");
    const std::uint64_t value = given == nullptr ? 20'240'607 : std::strtoull(given, nullptr, 10);
    std::cout << "seed " << value << "\n";
    return value;
}

TEST(ReadScenarioFuzz, MutatedFilesAreRightOrHaveProblems) {
    Mutator mutator(seed());
    int right = 0;
    for (int i = 0; i < 4000; ++i) {
        const std::string text = mutator.mutate(example_text());
        Problems problems;
        const std::optional<Scenario> scenario = read_scenario(text, "f", i % 2 == 0 ? "" : "fast", problems);
        ASSERT_NE(scenario.has_value(), !problems.empty()) << i << "\n" << text;
        for (const Problem& problem : problems.sorted()) ASSERT_FALSE(problem.message.empty()) << i;
        if (scenario) ++right;
    }
    // The mutations must reach beyond the parser, or the test would say little.
    EXPECT_GT(right, 10);
    EXPECT_LT(right, 3000);
}

TEST(ReadScenarioFuzz, MutatedResultsAreReadOrHaveProblems) {
    RunResult result;
    result.offices = {"boston"};
    result.replications.resize(1);
    result.replications[0].classes.resize(1);
    result.replications[0].classes[0].due_per_s = {1, 2, 3};
    result.replications[0].states = {{1, "a", "b"}};
    result.requirements.resize(1);
    const std::string text = result_text(result);
    const std::vector<std::uint8_t> cbor = to_cbor(result.replications[0]);
    const std::string cbor_text(cbor.begin(), cbor.end());
    const std::vector<std::uint8_t> packed = to_packed(result.replications[0]);
    const std::string packed_text(packed.begin(), packed.end());
    Mutator mutator(seed());
    for (int i = 0; i < 3000; ++i) {
        Problems problems;
        const std::optional<RunResult> read = read_result_text(mutator.mutate(text), "r", problems);
        ASSERT_NE(read.has_value(), !problems.empty()) << i;
        const std::string bytes = mutator.mutate(cbor_text);
        std::string error;
        const auto replication = from_cbor({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, error);
        ASSERT_NE(replication.has_value(), !error.empty()) << i;
        const std::string other = mutator.mutate(packed_text);
        error.clear();
        const auto unpacked = from_packed({reinterpret_cast<const std::uint8_t*>(other.data()), other.size()}, error);
        ASSERT_NE(unpacked.has_value(), !error.empty()) << i;
    }
}

}  // namespace
}  // namespace faultline::scenarios

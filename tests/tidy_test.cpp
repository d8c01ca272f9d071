// Goal:   the project keeps the rules of its own that no compiler checks (tests/tidy/rules.hpp).
// Method: each rule reads every file of the project. That a rule can fail is shown in tests/tidy/rules_test.cpp.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/tidy/rules.hpp"

namespace faultline::tidy {
namespace {

const std::vector<SourceFile>& project() {
    static const std::vector<SourceFile> files = source_tree(FAULTLINE_SOURCE_DIR);
    return files;
}

struct Rule {
    const char* name;
    Findings (*check)(Files);
};
void PrintTo(const Rule& rule, std::ostream* out) {
    *out << rule.name;
}

class TidyTest : public testing::TestWithParam<Rule> {};

TEST_P(TidyTest, TheProjectKeepsIt) {
    ASSERT_FALSE(project().empty());
    const Findings findings = GetParam().check(project());
    EXPECT_TRUE(findings.empty()) << "\n" << to_text(findings);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, TidyTest,
    testing::Values(Rule{"IncludesGoOneWay", wrong_includes}, Rule{"PackagesStayInTheirPlace", misplaced_packages},
                    Rule{"EverySourceIsBuilt", unlisted_sources}, Rule{"EveryHeaderIsIncluded", unincluded_headers},
                    Rule{"NoBannedCalls", banned_calls}, Rule{"FilesAreShort", long_files},
                    Rule{"LinesAreShort", long_lines}, Rule{"NothingIsLeftForLater", unfinished_notes},
                    Rule{"NoPathOfOneMachine", machine_paths}, Rule{"FunctionsAreShort", long_functions},
                    Rule{"AwaitsHaveAnAcceptedForm", wrong_awaits}),
    [](const auto& tested) { return std::string{tested.param.name}; });

}  // namespace
}  // namespace faultline::tidy

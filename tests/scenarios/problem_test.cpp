#include "scenarios/problem.hpp"

#include <gtest/gtest.h>

#include "scenarios/nearest_name.hpp"

namespace faultline::scenarios {
namespace {

TEST(ProblemTest, TextNamesFilePlaceAndMessage) {
    EXPECT_EQ(to_text(Problem{"two.json", "/links/0/to", "no region"}), "two.json: /links/0/to: no region");
    EXPECT_EQ(to_text(Problem{"two.json", "", "is a directory"}), "two.json: is a directory");
}

TEST(ProblemTest, SortedByPlaceWithNumbersAsNumbers) {
    Problems problems;
    problems.add("f", "/a/10", "later");
    problems.add("f", "/b", "last");
    problems.add("f", "/a/9", "earlier");
    problems.add("f", "/a", "first");
    problems.add("f", "/a", "first");  // found twice, told once
    const std::vector<Problem> sorted = problems.sorted();
    ASSERT_EQ(sorted.size(), 4U);
    EXPECT_EQ(sorted[0].pointer, "/a");
    EXPECT_EQ(sorted[1].pointer, "/a/9");
    EXPECT_EQ(sorted[2].pointer, "/a/10");
    EXPECT_EQ(sorted[3].pointer, "/b");
}

TEST(ProblemTest, KeepsAThousandAndCountsTheRest) {
    Problems problems;
    for (int i = 0; i < 1500; ++i) problems.add("f", "/" + std::to_string(i), "x");
    EXPECT_EQ(problems.count(), 1500U);
    EXPECT_EQ(problems.not_kept(), 500U);
    EXPECT_EQ(problems.sorted().size(), 1000U);
}

TEST(ProblemTest, APointerEscapesItsTokens) {
    EXPECT_EQ((Pointer{} / "a/b" / "c~d" / std::size_t{2}).text(), "/a~1b/c~0d/2");
}

TEST(ProblemTest, AMessageStaysOnOneLine) {
    Problems problems;
    problems.add("f", "/a\nb", "one\ntwo\x7f");
    EXPECT_EQ(problems.sorted()[0].message, "one two ");
    EXPECT_EQ(problems.sorted()[0].pointer, "/a b");
}

TEST(NearestNameTest, CountsTheFourKindsOfSlip) {
    EXPECT_EQ(edit_distance("region", "region"), 0U);
    EXPECT_EQ(edit_distance("regoin", "region"), 1U);  // swapped
    EXPECT_EQ(edit_distance("egion", "region"), 1U);
    EXPECT_EQ(edit_distance("rregion", "region"), 1U);
    EXPECT_EQ(edit_distance("rigion", "region"), 1U);
    EXPECT_EQ(edit_distance("REGION", "region"), 0U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
}

TEST(NearestNameTest, SuggestsOnlyWhatIsNear) {
    const std::vector<std::string_view> known{"us-east-1", "us-west-2", "eu-central-1"};
    EXPECT_EQ(nearest_name("us-est-1", known), "us-east-1");
    EXPECT_EQ(nearest_name("us-wset-2", known), "us-west-2");
    EXPECT_EQ(nearest_name("tokyo", known).data(), nullptr);
    EXPECT_EQ(nearest_name("x", {"y"}).data(), nullptr);
    EXPECT_EQ(unknown_name("region", "us-est-1", known), R"(no region is named "us-est-1"; did you mean "us-east-1"?)");
    EXPECT_EQ(unknown_name("region", "tokyo", known),
              R"(no region is named "tokyo"; there are: "us-east-1", "us-west-2", "eu-central-1")");
    EXPECT_EQ(unknown_name("region", "tokyo", {}), R"(no region is named "tokyo"; there are none)");
}

TEST(NearestNameTest, QuotesAnyBytesShortly) {
    EXPECT_EQ(in_quotes("a\"b"), R"("a\"b")");
    EXPECT_EQ(in_quotes(std::string(70, 'x')), "\"" + std::string(60, 'x') + "\"...");
    EXPECT_EQ(in_quotes(std::string(59, 'x') + "\xC3\xA9" + "y"), "\"" + std::string(59, 'x') + "\"...");
    EXPECT_FALSE(in_quotes("\xff\xfe").empty());
}

}  // namespace
}  // namespace faultline::scenarios

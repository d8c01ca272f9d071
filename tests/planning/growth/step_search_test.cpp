// Goal:   the search finds where requirements break by few looks, whatever was proposed, and never guesses.
// Method: requirements whose verdict at each step is known; every break and proposal of a small range is tried.
#include "planning/growth/step_search.hpp"

#include <gtest/gtest.h>

namespace faultline::planning {
namespace {

// Undecided from `open` to `breaks` - 1.
struct Known {
    int open, breaks;
    Verdict at(int step) const {
        if (step >= breaks) return Verdict::violated;
        return step >= open ? Verdict::undecided : Verdict::met;
    }
};

// How many looks it took.
int search(StepSearch& search, const std::vector<Known>& known) {
    int looks = 0;
    while (const auto step = search.next()) {
        const std::vector<bool> waited = search.waited_for_at(*step);
        std::vector<std::optional<Verdict>> verdicts;
        for (std::size_t i = 0; i < known.size(); ++i) {
            const Verdict verdict = known[i].at(*step);
            const bool told = waited[i] || verdict != Verdict::undecided;
            verdicts.push_back(told ? std::optional{verdict} : std::nullopt);
        }
        search.look(*step, verdicts);
        if (++looks > 200) break;
    }
    return looks;
}

TEST(StepSearchTest, FindsEveryBreakFromEveryProposal) {
    constexpr int last = 24;
    for (int breaks = 0; breaks <= last + 1; ++breaks) {
        for (int proposal = 0; proposal <= last + 1; ++proposal) {
            StepSearch one{last, {proposal}};
            const int looks = search(one, {{breaks, breaks}});
            const auto answer = one.answer(0);
            EXPECT_EQ(answer.holds.value_or(-1), breaks - 1) << proposal;
            EXPECT_EQ(answer.breaks.value_or(last + 1), breaks) << proposal;
            EXPECT_FALSE(answer.contradicted);
            EXPECT_LE(looks, 11) << "strides that double, and halving: about 2 log2(24)";
        }
    }
}

TEST(StepSearchTest, AGoodProposalTakesTwoLooks) {
    StepSearch one{120, {77}};
    EXPECT_EQ(search(one, {{77, 77}}), 2);
}

TEST(StepSearchTest, WhatIsUndecidedIsARange) {
    constexpr int last = 30;
    for (int open = 0; open <= last; open += 3) {
        for (int breaks = open + 1; breaks <= last + 1; breaks += 4) {
            StepSearch one{last, {15}};
            search(one, {{open, breaks}});
            EXPECT_EQ(one.answer(0).holds.value_or(-1), open - 1) << open << " " << breaks;
            EXPECT_EQ(one.answer(0).breaks.value_or(last + 1), breaks) << open << " " << breaks;
        }
    }
}

TEST(StepSearchTest, NothingDecidedIsFoundOutByFewLooks) {
    StepSearch one{36, {37}};
    EXPECT_LE(search(one, {{0, 37}}), 6);
    EXPECT_FALSE(one.answer(0).holds);
    EXPECT_FALSE(one.answer(0).breaks);
}

TEST(StepSearchTest, RequirementsShareTheirLooks) {
    StepSearch both{36, {12, 13}};
    const int looks = search(both, {{12, 12}, {13, 13}});
    EXPECT_LE(looks, 4);
    EXPECT_EQ(both.answer(0).breaks, 12);
    EXPECT_EQ(both.answer(1).breaks, 13);
    EXPECT_EQ(both.answer(1).holds, 12);
}

TEST(StepSearchTest, WhatIsHardToDecideIsNotWaitedForElsewhere) {
    StepSearch both{36, {12, 37}};
    both.look(*both.next(), {Verdict::met, Verdict::undecided});
    const auto step = both.next();
    ASSERT_EQ(step, 12);
    EXPECT_EQ(both.waited_for_at(*step), (std::vector<bool>{true, false}));
}

TEST(StepSearchTest, AContradictionIsSaid) {
    StepSearch one{10, {5}};
    one.look(4, {Verdict::violated});
    one.look(6, {Verdict::met});
    EXPECT_TRUE(one.answer(0).contradicted);
    EXPECT_EQ(one.answer(0).breaks, 4);
    EXPECT_FALSE(one.answer(0).holds);
}

}  // namespace
}  // namespace faultline::planning

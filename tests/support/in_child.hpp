// Runs the body of a test in a child process: SimGrid can be started once a process, and its test program has many
// tests. The fork comes before any Engine exists; failures of the child are printed by it and fail the parent's test.
//
//     TEST(FlowsTest, Something) { test::in_child([] { Flows flows(topology); EXPECT_EQ(…); }); }
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>

namespace faultline::test {

inline void in_child(const std::function<void()>& body) {
    std::fflush(nullptr);
    const pid_t child = fork();
    ASSERT_GE(child, 0) << "fork failed";
    if (child == 0) {
        body();
        std::fflush(nullptr);
        // Not exit(): the parent's static objects are not the child's to destroy.
        _exit(::testing::Test::HasFailure() ? 1 : 0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_FALSE(WIFSIGNALED(status)) << "the child died of signal " << WTERMSIG(status);
    ASSERT_EQ(WEXITSTATUS(status), 0) << "the child's failures are printed above";
}

}  // namespace faultline::test

// How a process has ended, in words.
#pragma once

#include <fmt/format.h>
#include <sys/wait.h>

#include <cstring>
#include <string>

namespace faultline::planning {

// "killed by signal 9 (Killed)", "exit code 4".
inline std::string process_end(int wait_status) {
    if (!WIFSIGNALED(wait_status)) return fmt::format("exit code {}", WEXITSTATUS(wait_status));
    const int signal = WTERMSIG(wait_status);
    return fmt::format("killed by signal {} ({})", signal, ::strsignal(signal));
}

// With what it said last, if anything.
inline std::string with_last_words(std::string failure, std::string words) {
    while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) words.pop_back();
    return words.empty() ? failure : failure + "; its last words: " + words;
}

}  // namespace faultline::planning

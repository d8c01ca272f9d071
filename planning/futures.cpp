#include "planning/futures.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "engine/check.hpp"
#include "engine/random/stream.hpp"
#include "planning/memory_file.hpp"
#include "planning/process_end.hpp"
#include "scenarios/read_scenario.hpp"
#include "scenarios/result_file.hpp"

namespace faultline::planning {
namespace {

constexpr int exit_failed = 4;

// The end of it.
std::string last_words(int file) {
    constexpr off_t kept = 4096;
    const off_t size = ::lseek(file, 0, SEEK_END);
    std::string words(static_cast<std::size_t>(kept), '\0');
    const ssize_t got = ::pread(file, words.data(), words.size(), size > kept ? size - kept : 0);
    words.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return words;
}

}  // namespace

// In its text, which is what workers and other machines are given.
scenarios::Scenario with_futures(const scenarios::Scenario& scenario, std::uint32_t count) {
    auto text = nlohmann::json::parse(scenario.source);
    text["run"]["futures"]["count"] = count;
    scenarios::Problems problems;
    auto changed = scenarios::read_scenario_in(scenario.folder, text.dump(2), "scenario", "", problems);
    SIM_CHECK(changed && problems.empty());  // it was read before
    return std::move(*changed);
}

std::vector<scenarios::FailedReplication> failed_futures(const scenarios::ReplicationResult& result,
                                                         const std::string& repeat_command) {
    std::vector<scenarios::FailedReplication> failed;
    for (const scenarios::FutureResult& one : result.futures) {
        if (one.failure.empty()) continue;
        failed.push_back(
            {result.replication, fmt::format("future {}: {}", one.number, one.failure), repeat_command, one.number});
    }
    return failed;
}

std::uint32_t Futures::branch(engine::Instant now, std::uint64_t events) {
    SIM_CHECK(!branched_);
    if (count_ < 2) return 1;
    branched_ = true;
    from_ = now;
    events_before_ = events;
    for (std::uint32_t number = 2; number <= count_; ++number) {
        scenarios::FutureResult one = run_child(number);
        if (is_child()) return number_;
        one.number = number;
        one.from_ns = from_.time_since_epoch().count();
        if (one.failure.empty()) time_of_others_ += engine::Duration{one.end_ns - one.from_ns};
        events_of_others_ += one.events;
        others_.push_back(std::move(one));
    }
    return 1;
}

// In the child it returns nothing of use, and the child goes on.
scenarios::FutureResult Futures::run_child(std::uint32_t number) {
    scenarios::FutureResult none;
    const pid_t parent = ::getpid();
    try {
        result_file_ = memory_file("faultline-future");
        words_file_ = memory_file("faultline-words");
    } catch (const std::system_error& error) {
        none.failure = error.what();
        return none;
    }
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child < 0) {
        none.failure = "it could not be started: " + std::generic_category().message(errno);
        return none;
    }
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(exit_failed);
        ::dup2(words_file_.number(), STDERR_FILENO);
        number_ = number;
        return none;
    }
    int wait_status = 0;
    while (::waitpid(child, &wait_status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(wait_status) || WEXITSTATUS(wait_status) != 0) {
        none.failure = with_last_words(process_end(wait_status), last_words(words_file_.number()));
        return none;
    }
    std::string wrong;
    const auto bytes = read_sealed(result_file_.number(), wrong);
    auto handed = bytes ? scenarios::from_packed(*bytes, wrong) : std::nullopt;
    if (handed && handed->futures.size() == 1) return std::move(handed->futures.front());
    none.failure = "its result cannot be used: " + wrong;
    return none;
}

engine::ProgressListener Futures::around(const engine::ProgressListener& progress) {
    if (!progress || count_ < 2) return progress;
    return [this, progress](engine::Instant now, std::uint64_t events) {
        return progress(now + time_of_others_, events + events_of_others_);
    };
}

void Futures::end_child(scenarios::ReplicationResult result) const {
    scenarios::ReplicationResult handed;
    scenarios::FutureResult& one = handed.futures.emplace_back();
    one.number = number_;
    one.fingerprint = result.fingerprint;
    one.events = result.events - events_before_;
    one.from_ns = from_.time_since_epoch().count();
    one.end_ns = result.end_ns;
    one.faults = std::move(result.faults);
    one.incidents = std::move(result.incidents);
    if (!write_sealed(result_file_.number(), scenarios::to_packed(handed))) fail_child("no memory left for the result");
    ::_exit(0);
}

void Futures::fail_child(const char* why) {
    std::fprintf(stderr, "%s\n", why);
    std::fflush(stderr);
    ::_exit(exit_failed);
}

void Futures::add_to(scenarios::ReplicationResult& result) {
    if (!branched_) return;
    scenarios::FutureResult& first = result.futures.emplace_back();
    first.fingerprint = result.fingerprint;
    first.events = result.events - events_before_;
    first.from_ns = from_.time_since_epoch().count();
    first.end_ns = result.end_ns;
    for (scenarios::FutureResult& one : others_) {
        // Each is a function of the history's and of what came after it; the order counts.
        const engine::PhiloxBlock words =
            engine::philox_block({result.fingerprint, one.fingerprint}, {one.number, 0, 0, 0});
        result.fingerprint = words[0];
        result.events += one.events;
        result.futures.push_back(std::move(one));
    }
}

}  // namespace faultline::planning

#include "planning/worker.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <system_error>
#include <vector>

#include "planning/memory_file.hpp"
#include "planning/process_end.hpp"
#include "planning/worker_files.hpp"
#include "scenarios/result_file.hpp"

namespace faultline::planning {
namespace {

constexpr std::size_t errors_kept = 8 * 1024;

struct Pipe {
    FileDescriptor read_end, write_end;
};

// Both ends are 10 or more and closed on exec; the read end never waits.
Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "a pipe");
    const FileDescriptor low_read{ends[0]};
    const FileDescriptor low_write{ends[1]};
    Pipe pipe{FileDescriptor{::fcntl(low_read.number(), F_DUPFD_CLOEXEC, 10)},
              FileDescriptor{::fcntl(low_write.number(), F_DUPFD_CLOEXEC, 10)}};
    if (!pipe.read_end.is_open() || !pipe.write_end.is_open() ||
        ::fcntl(pipe.read_end.number(), F_SETFL, O_NONBLOCK) != 0) {
        throw std::system_error(errno, std::generic_category(), "a pipe");
    }
    return pipe;
}

// What the child does between fork and exec. Only calls that are safe there: no memory is allocated.
struct Launch {
    std::array<int, 6> files{};  // files[n] becomes descriptor n
    pid_t parent = 0;
    std::array<char*, 12> arguments{};  // the last one is null

    [[noreturn]] void run() const {
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(127);  // it died before it could be heard of
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        for (std::size_t n = 0; n < files.size(); ++n) {
            if (::dup2(files[n], static_cast<int>(n)) < 0) ::_exit(127);
        }
        ::close_range(static_cast<unsigned>(files.size()), UINT_MAX, 0);
        ::execv("/proc/self/exe", arguments.data());
        constexpr std::array<char, 29> message{"cannot start its own program"};
        static_cast<void>(!::write(STDERR_FILENO, message.data(), message.size() - 1));
        ::_exit(127);
    }
};

void read_all(FileDescriptor& file, std::string& into) {
    std::array<char, 4096> chunk{};
    while (file.is_open()) {
        const ssize_t got = ::read(file.number(), chunk.data(), chunk.size());
        if (got > 0) {
            into.append(chunk.data(), static_cast<std::size_t>(got));
        } else if (got == 0) {
            file.close();
        } else if (errno != EINTR) {
            return;
        }
    }
}

}  // namespace

Worker::Worker(const scenarios::Scenario& scenario, std::uint32_t replication, std::uint32_t traced, ResultAs as)
    : replication_{replication},
      as_{as},
      scenario_file_{memory_file("faultline-scenario")},
      result_file_{memory_file("faultline-result")} {
    const auto* const source = reinterpret_cast<const std::uint8_t*>(scenario.source.data());
    if (!write_sealed(scenario_file_.number(), {source, scenario.source.size()})) {
        throw std::system_error(errno, std::generic_category(), "handing a scenario to a worker");
    }
    Pipe progress = make_pipe();
    Pipe errors = make_pipe();
    const FileDescriptor nothing{::open("/dev/null", O_RDWR | O_CLOEXEC)};
    const FileDescriptor null_file{::fcntl(nothing.number(), F_DUPFD_CLOEXEC, 10)};

    std::vector<std::string> words{"faultline",     "worker",
                                   "--replication", std::to_string(replication),
                                   "--seed",        std::to_string(scenario.run.seed),
                                   "--traced",      std::to_string(traced),
                                   "--parent",      std::to_string(::getpid())};
    if (!scenario.folder.empty()) words.push_back("--folder=" + scenario.folder);
    Launch launch{.files = {null_file.number(), null_file.number(), errors.write_end.number(), scenario_file_.number(),
                            result_file_.number(), progress.write_end.number()},
                  .parent = ::getpid(),
                  .arguments = {}};
    for (std::size_t i = 0; i < words.size(); ++i) launch.arguments[i] = words[i].data();

    process_ = ::fork();
    if (process_ == 0) launch.run();
    if (process_ < 0) throw std::system_error(errno, std::generic_category(), "starting a worker");
    ::setpgid(process_, process_);  // here too: whoever comes first
    end_file_ = FileDescriptor{static_cast<int>(::syscall(SYS_pidfd_open, process_, 0))};
    progress_file_ = std::move(progress.read_end);
    errors_file_ = std::move(errors.read_end);
}

Worker::~Worker() {
    if (process_ < 0) return;
    ::kill(-process_, SIGKILL);
    ::kill(process_, SIGKILL);  // its group may not be there yet
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

void Worker::add_files(std::vector<pollfd>& files) const {
    files.push_back({.fd = errors_file_.number(), .events = POLLIN, .revents = 0});
    files.push_back({.fd = end_file_.number(), .events = POLLIN, .revents = 0});
}

std::optional<WorkerEnd> Worker::look() {
    read_progress();
    read_errors();
    siginfo_t ended{};
    if (process_ < 0 || ::waitid(P_PID, static_cast<id_t>(process_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        ended.si_pid != process_) {
        return std::nullopt;
    }
    ::kill(-process_, SIGKILL);  // what it started and did not end; its number is still its own
    int wait_status = 0;
    ::waitpid(process_, &wait_status, 0);
    process_ = -1;
    read_errors();
    progress_file_.close();
    errors_file_.close();
    end_file_.close();
    return end_of(wait_status);
}

WorkerEnd Worker::end_of(int wait_status) {
    WorkerEnd end;
    if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0) {
        auto bytes = read_sealed(result_file_.number(), end.failure);
        if (bytes && as_ == ResultAs::bytes) {
            end.bytes = std::move(*bytes);
            return end;
        }
        if (bytes) end.result = scenarios::from_packed(*bytes, end.failure);
        if (end.result && end.result->replication == replication_) return end;
        if (end.result) end.failure = fmt::format("it is of replication {}", end.result->replication);
        end.result.reset();
        end.failure = "its result cannot be used: " + end.failure;
    } else {
        end.failure = process_end(wait_status);
    }
    end.failure = with_last_words(std::move(end.failure), std::move(errors_));
    return end;
}

void Worker::read_progress() {
    // Whole records: a write of that size to a pipe is one piece.
    std::string records;
    read_all(progress_file_, records);
    const std::size_t whole = records.size() / sizeof(WorkerProgress);
    if (whole > 0) {
        std::memcpy(&progress_, records.data() + (whole - 1) * sizeof(WorkerProgress), sizeof(WorkerProgress));
    }
}

void Worker::read_errors() {
    read_all(errors_file_, errors_);
    if (errors_.size() > errors_kept) errors_.erase(0, errors_.size() - errors_kept);
}

}  // namespace faultline::planning

#include "planning/signal_watch.hpp"

#include <sys/signalfd.h>

#include <cerrno>
#include <system_error>

namespace faultline::planning {

SignalWatch::SignalWatch() {
    sigset_t watched;
    sigemptyset(&watched);
    sigaddset(&watched, SIGINT);
    sigaddset(&watched, SIGTERM);
    file_ = FileDescriptor{::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK)};
    if (!file_.is_open() || ::sigprocmask(SIG_BLOCK, &watched, &before_) != 0) {
        throw std::system_error(errno, std::generic_category(), "watching for Ctrl-C");
    }
}

SignalWatch::~SignalWatch() {
    interrupted();  // takes what is pending: it has been answered
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

bool SignalWatch::interrupted() {
    signalfd_siginfo information{};
    while (::read(file_.number(), &information, sizeof(information)) > 0) interrupted_ = true;
    return interrupted_;
}

}  // namespace faultline::planning

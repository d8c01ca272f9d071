// SIGINT and SIGTERM as something to look at, rather than something that happens: while a SignalWatch lives they do not
// end the process, so that workers are ended and files are whole. For the main thread; one at a time.
#pragma once

#include <csignal>

#include "planning/file_descriptor.hpp"

namespace faultline::planning {

class SignalWatch {
public:
    SignalWatch();   // throws std::system_error
    ~SignalWatch();  // as it was before; a signal that came is not delivered again
    SignalWatch(const SignalWatch&) = delete;
    SignalWatch& operator=(const SignalWatch&) = delete;

    // Readable once a signal has come; for poll().
    int file() const { return file_.number(); }
    // Whether one has come, now or before.
    bool interrupted();

private:
    FileDescriptor file_;
    sigset_t before_{};
    bool interrupted_ = false;
};

}  // namespace faultline::planning

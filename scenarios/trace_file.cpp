#include "scenarios/trace_file.hpp"

#include <fmt/format.h>

#include <utility>

namespace faultline::scenarios {

TraceFile::TraceFile(std::string name, const std::string& path, bool with_digest)
    : lines_(path, with_digest), csv_(std::move(name), lines_) {
    if (csv_.error()) return;
    time_ = csv_.column("time");
    class_ = csv_.column("class");
    key_ = csv_.column("key");
    if (csv_.find("office")) office_ = csv_.column("office");
}

bool TraceFile::next() {
    if (!csv_.next()) return false;
    time_s_ = csv_.number(time_);
    if (csv_.error()) return false;
    if (before_s_ && time_s_ < *before_s_) {
        fail(fmt::format("time {} is before that of the line above, {}", time_s_, *before_s_));
        return false;
    }
    before_s_ = time_s_;
    return true;
}

}  // namespace faultline::scenarios

#include "cli/progress_display.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "reports/event_lines.hpp"

namespace faultline::cli {
namespace {

std::string rate_text(double per_s) {
    if (per_s >= 1e6) return fmt::format("{:.1f} M events/s", per_s * 1e-6);
    if (per_s >= 1e3) return fmt::format("{:.0f} k events/s", per_s * 1e-3);
    return fmt::format("{:.0f} events/s", per_s);
}

std::string left_text(double seconds) {
    const auto whole = static_cast<long long>(std::ceil(seconds));
    if (whole < 120) return fmt::format("{} s left", whole);
    if (whole < 7200) return fmt::format("{} min left", (whole + 59) / 60);
    return fmt::format("{:.1f} h left", seconds / 3600.0);
}

}  // namespace

ProgressDisplay::ProgressDisplay(ProgressForm form)
    : json_{form == ProgressForm::json}, terminal_{form == ProgressForm::automatic && ::isatty(STDERR_FILENO) != 0} {}

void ProgressDisplay::show(const planning::Progress& progress) {
    if (json_) {
        const reports::ProgressLine line{.done = progress.share,
                                         .finished = progress.finished,
                                         .replications = progress.replications,
                                         .events_per_s = progress.events_per_s,
                                         .seconds_left = progress.seconds_left};
        std::fputs(reports::progress_line(line).c_str(), stdout);
        std::fflush(stdout);
    } else {
        show_line(progress_text(progress));
    }
}

void ProgressDisplay::show_line(const std::string& line) {
    if (!terminal_) return;
    fmt::print(stderr, "\r{}\033[K", line);
    std::fflush(stderr);
    shown_ = true;
}

void ProgressDisplay::clear() {
    if (!shown_) return;
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
    shown_ = false;
}

std::string progress_text(const planning::Progress& progress) {
    std::string text = fmt::format("{:3.0f} %   {} of {} replications   {}", std::floor(100.0 * progress.share),
                                   progress.finished, progress.replications, rate_text(progress.events_per_s));
    if (progress.seconds_left) text += "   " + left_text(*progress.seconds_left);
    return text;
}

}  // namespace faultline::cli

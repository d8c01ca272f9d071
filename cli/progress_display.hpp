// Progress of a long command: a line on a terminal that renews itself, or JSON lines for programs, or nothing.
#pragma once

#include <string>

#include "planning/replications.hpp"

namespace faultline::cli {

enum class ProgressForm { automatic, json, none };

class ProgressDisplay {
public:
    explicit ProgressDisplay(ProgressForm form);
    ~ProgressDisplay() { clear(); }
    ProgressDisplay(const ProgressDisplay&) = delete;
    ProgressDisplay& operator=(const ProgressDisplay&) = delete;

    void show(const planning::Progress& progress);
    void show_line(const std::string& line);  // in place of the last one; on a terminal only
    void clear();                             // the line is gone; what is printed next begins a line

private:
    bool json_ = false;
    bool terminal_ = false;
    bool shown_ = false;
};

// " 41 %   8 of 20 replications   1.2 M events/s   12 s left"
std::string progress_text(const planning::Progress& progress);

}  // namespace faultline::cli

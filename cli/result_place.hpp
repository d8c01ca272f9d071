// Where a result will be written: made sure of before an hour of simulation is spent on it. Folders that were made for
// a result that never came are removed again.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace faultline::cli {

class ResultPlace {
public:
    explicit ResultPlace(std::filesystem::path path) : path_{std::move(path)} {}
    ~ResultPlace();
    ResultPlace(const ResultPlace&) = delete;
    ResultPlace& operator=(const ResultPlace&) = delete;

    // Makes the folders and tries a file there. Returns why it cannot be; empty: it can.
    std::string prepare();
    void keep() { made_.clear(); }
    std::string text() const { return path_.string(); }

private:
    std::filesystem::path path_;
    std::vector<std::filesystem::path> made_;  // outermost first
};

// "results/Orders, two regions - no replica.json", below the current folder. The suffix is " - no replica".
std::filesystem::path default_result_path(const std::string& scenario_name, const std::string& suffix);

}  // namespace faultline::cli

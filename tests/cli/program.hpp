// Drives the executable as a user does: in a folder of its own, with its output and exit status taken.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace faultline::tests {

// An empty folder, gone with the object.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string write(const std::string& name, const std::string& text) const;  // returns its path
    std::string read(const std::string& name) const;                            // empty: no such file
    std::vector<std::string> files() const;                                     // all below, sorted; folders end in "/"
    std::string path(const std::string& name = "") const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

struct Ended {
    int code = -1;  // exit status; 128 + signal if it was killed
    std::string out, err;
};

class Program {
public:
    // file_size_max: of any file that it writes, in bytes, as on a full disk; 0: no limit.
    // launcher: words that a shell would have before the program's own, "mpirun -n 2".
    Program(const Folder& folder, std::vector<std::string> arguments, std::size_t file_size_max = 0,
            const std::vector<std::string>& launcher = {});
    pid_t process() const { return process_; }
    Ended wait();

private:
    std::string out_, err_;
    pid_t process_ = -1;
};

Ended run_program(const Folder& folder, std::vector<std::string> arguments, std::size_t file_size_max = 0);

// Direct children of a process.
std::vector<pid_t> children_of(pid_t process);

}  // namespace faultline::tests

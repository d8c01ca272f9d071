#include "tests/cli/program.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace faultline::tests {
namespace {

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

int open_new(const std::string& path) {
    return ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
}

}  // namespace

Folder::Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "faultline-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, const std::string& text) const {
    std::ofstream{path_ / name} << text;
    return path(name);
}

std::string Folder::read(const std::string& name) const {
    return text_of(path_ / name);
}

std::vector<std::string> Folder::files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{path_}) {
        names.push_back(entry.path().lexically_relative(path_).string() + (entry.is_directory() ? "/" : ""));
    }
    std::sort(names.begin(), names.end());
    return names;
}

Program::Program(const Folder& folder, std::vector<std::string> arguments, std::size_t file_size_max,
                 const std::vector<std::string>& launcher)
    : out_{folder.path() + ".out"}, err_{folder.path() + ".err"} {
    std::vector<char*> words;
    arguments.insert(arguments.begin(), FAULTLINE_PROGRAM);
    arguments.insert(arguments.begin(), launcher.begin(), launcher.end());
    for (std::string& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    process_ = ::fork();
    if (process_ != 0) return;
    if (::chdir(folder.path().c_str()) != 0) ::_exit(126);
    ::dup2(open_new(out_), STDOUT_FILENO);
    ::dup2(open_new(err_), STDERR_FILENO);
    if (file_size_max > 0) {
        const rlimit limit{.rlim_cur = file_size_max, .rlim_max = file_size_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ::execvp(words[0], words.data());
    ::_exit(126);
}

Ended Program::wait() {
    int status = 0;
    ::waitpid(process_, &status, 0);
    Ended ended{.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                .out = text_of(out_),
                .err = text_of(err_)};
    ::unlink(out_.c_str());
    ::unlink(err_.c_str());
    return ended;
}

Ended run_program(const Folder& folder, std::vector<std::string> arguments, std::size_t file_size_max) {
    return Program{folder, std::move(arguments), file_size_max}.wait();
}

std::vector<pid_t> children_of(pid_t process) {
    std::vector<pid_t> children;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
        std::ifstream stat{entry.path() / "stat"};
        std::string text;
        if (!std::getline(stat, text)) continue;
        const std::size_t name_end = text.rfind(')');
        if (name_end == std::string::npos || std::stoi(text.substr(name_end + 4)) != process) continue;
        children.push_back(std::stoi(text));
    }
    return children;
}

}  // namespace faultline::tests

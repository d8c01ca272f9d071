#include "cli/result_place.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace faultline::cli {
namespace {

constexpr std::size_t name_bytes_max = 120;

std::string message_of(int error) {
    return std::generic_category().message(error);
}

// Writes a page under another name and removes it: a full disk and a missing permission show themselves.
std::string try_file_beside(const std::filesystem::path& path) {
    const std::string name = fmt::format("{}.{}.partial", path.string(), ::getpid());
    const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file < 0) return message_of(errno);
    const std::array<char, 4096> page{};
    const bool written = ::write(file, page.data(), page.size()) == static_cast<ssize_t>(page.size());
    const int error = written ? 0 : errno;
    ::close(file);
    ::unlink(name.c_str());
    return written ? "" : message_of(error);
}

std::string as_file_name(const std::string& text) {
    std::string name;
    for (const char letter : text.substr(0, name_bytes_max)) {
        name += letter == '/' || static_cast<unsigned char>(letter) < 0x20 ? '-' : letter;
    }
    // A cut inside a character of several bytes leaves nothing of it.
    while (text.size() > name_bytes_max && !name.empty() && (static_cast<unsigned char>(name.back()) & 0x80U) != 0) {
        name.pop_back();
    }
    return name.starts_with(".") ? "-" + name : name;  // a hidden file would not be found again
}

}  // namespace

ResultPlace::~ResultPlace() {
    std::error_code ignored;
    for (auto folder = made_.rbegin(); folder != made_.rend(); ++folder) std::filesystem::remove(*folder, ignored);
}

std::string ResultPlace::prepare() {
    std::error_code error;
    const std::filesystem::file_status there = std::filesystem::status(path_, error);
    if (std::filesystem::is_directory(there)) return "it is a directory";
    if (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there)) return "it is no regular file";
    if (std::filesystem::exists(there) && ::access(path_.c_str(), W_OK) != 0) return message_of(errno);

    std::vector<std::filesystem::path> missing;
    for (std::filesystem::path folder = path_.parent_path(); !folder.empty() && !std::filesystem::exists(folder, error);
         folder = folder.parent_path()) {
        missing.push_back(folder);
    }
    for (auto folder = missing.rbegin(); folder != missing.rend(); ++folder) {
        if (!std::filesystem::create_directory(*folder, error)) return error.message();
        made_.push_back(*folder);
    }
    return try_file_beside(path_);
}

std::filesystem::path default_result_path(const std::string& scenario_name, const std::string& suffix) {
    return std::filesystem::path{"results"} / (as_file_name(scenario_name) + as_file_name(suffix) + ".json");
}

}  // namespace faultline::cli

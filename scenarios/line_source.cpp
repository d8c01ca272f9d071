#include "scenarios/line_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace faultline::scenarios {

namespace {

std::string_view without_return(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

}  // namespace

std::optional<std::string_view> TextLines::next() {
    if (rest_.empty()) return std::nullopt;
    const std::size_t end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return without_return(line);
}

FileLines::FileLines(const std::string& path, bool with_digest) : buffer_(buffer_bytes) {
    if (with_digest) digest_.emplace();
    file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    const bool there = file_ >= 0 && ::fstat(file_, &status) == 0;
    if (there && !S_ISDIR(status.st_mode)) return;
    error_ = "cannot be opened: " + std::generic_category().message(there ? EISDIR : errno);
}

FileLines::~FileLines() {
    if (file_ >= 0) ::close(file_);
}

std::optional<std::string_view> FileLines::next() {
    if (error_) return std::nullopt;
    std::size_t looked_at = 0;
    for (;;) {
        const char* const from = buffer_.data() + begin_;
        const std::size_t there = end_ - begin_;
        const void* const found = std::memchr(from + looked_at, '\n', there - looked_at);
        if (found != nullptr) {
            const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - from);
            return take(length, length + 1);
        }
        looked_at = there;
        if (refill()) continue;
        if (error_ || begin_ == end_) return std::nullopt;
        return take(end_ - begin_, end_ - begin_);
    }
}

std::string_view FileLines::take(std::size_t length, std::size_t with_end) {
    const std::string_view line{buffer_.data() + begin_, length};
    begin_ += with_end;
    return without_return(line);
}

bool FileLines::refill() {
    if (all_read_) return false;
    if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (end_ == buffer_.size()) {
        error_ = fmt::format("a line is longer than {} bytes", buffer_bytes);
        return false;
    }
    ssize_t got = -1;
    do {
        got = ::read(file_, buffer_.data() + end_, buffer_.size() - end_);
    } while (got < 0 && errno == EINTR);
    if (got < 0) error_ = "cannot be read: " + std::generic_category().message(errno);
    all_read_ = got <= 0;
    if (got <= 0) return false;
    const std::string_view more{buffer_.data() + end_, static_cast<std::size_t>(got)};
    if (digest_) digest_->add(more);
    end_ += more.size();
    bytes_ += more.size();
    return true;
}

}  // namespace faultline::scenarios

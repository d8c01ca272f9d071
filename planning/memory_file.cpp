#include "planning/memory_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

#include "engine/random/stream.hpp"

namespace faultline::planning {
namespace {

struct Header {
    std::array<char, 8> mark{'f', 'a', 'u', 'l', 't', 'l', 'n', '1'};
    std::uint64_t length = 0;
    std::uint64_t checksum = 0;
};

std::uint64_t checksum(std::span<const std::uint8_t> bytes) {
    return engine::stable_hash({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

bool write_at(int file, const void* data, std::size_t size, std::size_t at) {
    const auto* bytes = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t written = ::pwrite(file, bytes, size, static_cast<off_t>(at));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes += written;
        at += static_cast<std::size_t>(written);
        size -= static_cast<std::size_t>(written);
    }
    return true;
}

bool read_at(int file, void* data, std::size_t size, std::size_t at) {
    auto* bytes = static_cast<char*>(data);
    while (size > 0) {
        const ssize_t got = ::pread(file, bytes, size, static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        bytes += got;
        at += static_cast<std::size_t>(got);
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

}  // namespace

FileDescriptor memory_file(const char* name) {
    const FileDescriptor low{::memfd_create(name, MFD_CLOEXEC)};
    // 10 or more: a child may then be given it under any small number without treading on another.
    FileDescriptor file{low.is_open() ? ::fcntl(low.number(), F_DUPFD_CLOEXEC, 10) : -1};
    if (!file.is_open()) throw std::system_error(errno, std::generic_category(), "a file in memory");
    return file;
}

bool write_sealed(int file, std::span<const std::uint8_t> bytes) {
    const Header header{.length = bytes.size(), .checksum = checksum(bytes)};
    return write_at(file, bytes.data(), bytes.size(), sizeof(Header)) && write_at(file, &header, sizeof(Header), 0);
}

std::optional<std::vector<std::uint8_t>> read_sealed(int file, std::string& wrong) {
    Header header;
    struct stat about {};
    if (::fstat(file, &about) != 0 || about.st_size == 0 || !read_at(file, &header, sizeof(Header), 0) ||
        header.mark != Header{}.mark) {
        wrong = "nothing was written";
        return std::nullopt;
    }
    const std::uint64_t there = static_cast<std::uint64_t>(about.st_size) - sizeof(Header);
    if (there != header.length) {
        wrong = fmt::format("cut off: {} of {} bytes", there, header.length);
        return std::nullopt;
    }
    std::vector<std::uint8_t> bytes(header.length);
    if (!read_at(file, bytes.data(), bytes.size(), sizeof(Header)) || checksum(bytes) != header.checksum) {
        wrong = "its checksum is wrong";
        return std::nullopt;
    }
    return bytes;
}

}  // namespace faultline::planning

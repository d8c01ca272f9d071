// The lines of a text, one after the other, without their ends (LF or CRLF): of a text in memory, or of a file of any
// length through a buffer of fixed size, which is what makes large files readable in constant memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/sha256.hpp"

namespace faultline::scenarios {

class LineSource {
public:
    virtual ~LineSource() = default;

    // The next line, valid until the next call. None: there is none, or error() says why not.
    virtual std::optional<std::string_view> next() = 0;
    virtual const std::optional<std::string>& error() const = 0;
};

// `text` must outlive it.
class TextLines : public LineSource {
public:
    explicit TextLines(std::string_view text) : rest_(text) {}
    std::optional<std::string_view> next() override;
    const std::optional<std::string>& error() const override { return error_; }

private:
    std::string_view rest_;
    std::optional<std::string> error_;  // always none
};

class FileLines : public LineSource {
public:
    static constexpr std::size_t buffer_bytes = 64 * 1024;  // and so the length of a line, at most

    // Files and pipes; what cannot be opened, or is a directory, is an error of its first line.
    // with_digest: sha256() is wanted.
    explicit FileLines(const std::string& path, bool with_digest = false);
    ~FileLines() override;
    FileLines(const FileLines&) = delete;
    FileLines& operator=(const FileLines&) = delete;

    std::optional<std::string_view> next() override;
    const std::optional<std::string>& error() const override { return error_; }

    std::uint64_t bytes() const { return bytes_; }            // read so far; after the last line, all
    std::string sha256() const { return digest_->digest(); }  // of these

private:
    bool refill();  // false: there is no more, or an error
    std::string_view take(std::size_t length, std::size_t with_end);

    int file_ = -1;
    std::vector<char> buffer_;
    std::size_t begin_ = 0, end_ = 0;  // what of it is not taken yet
    bool all_read_ = false;
    std::uint64_t bytes_ = 0;
    std::optional<Sha256> digest_;
    std::optional<std::string> error_;
};

}  // namespace faultline::scenarios

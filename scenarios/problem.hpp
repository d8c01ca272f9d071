// What is wrong with a user's input: where, what was found and what is accepted. All problems of a file are collected
// and shown at once, because a user fixes a file once, not once per mistake.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::scenarios {

struct Problem {
    std::string file;     // as the user named it
    std::string pointer;  // JSON pointer (RFC 6901) of the value; empty: the whole file
    std::string message;  // one line, valid UTF-8
    friend bool operator==(const Problem&, const Problem&) = default;
};

// "two_regions.json: /links/0/to: no region is named ..."
std::string to_text(const Problem& problem);

class Problems {
public:
    // A file of nonsense must not fill the memory with complaints: what is beyond this number is only counted.
    static constexpr std::size_t kept_max = 1000;

    // Kept once, however often it is found. A message's control characters and line ends become spaces.
    void add(std::string_view file, std::string_view pointer, std::string_view message);

    bool empty() const { return problems_.empty(); }
    std::size_t count() const { return problems_.size() + not_kept_; }
    std::size_t not_kept() const { return not_kept_; }

    // By file and place; numbers in a pointer count as numbers ("/9" before "/10"). At one place: in the order found.
    std::vector<Problem> sorted() const;

private:
    std::vector<Problem> problems_;
    std::size_t not_kept_ = 0;
};

// A JSON pointer that grows: Pointer{} / "databases" / "a/b" / 2 is "/databases/a~1b/2".
class Pointer {
public:
    Pointer() = default;
    Pointer operator/(std::string_view key) const;
    Pointer operator/(std::size_t index) const;
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

}  // namespace faultline::scenarios

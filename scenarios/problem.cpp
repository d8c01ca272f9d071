#include "scenarios/problem.hpp"

#include <algorithm>
#include <tuple>

namespace faultline::scenarios {

namespace {

bool is_number(std::string_view token) {
    return !token.empty() && std::all_of(token.begin(), token.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Takes the next token off a pointer: "/a/b" gives "a" and leaves "/b".
std::string_view next_token(std::string_view& pointer) {
    pointer.remove_prefix(1);
    const std::string_view token = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(token.size());
    return token;
}

bool pointer_before(std::string_view a, std::string_view b) {
    while (!a.empty() && !b.empty()) {
        const std::string_view token_a = next_token(a), token_b = next_token(b);
        if (token_a == token_b) continue;
        if (is_number(token_a) && is_number(token_b)) {
            return std::tuple{token_a.size(), token_a} < std::tuple{token_b.size(), token_b};
        }
        return token_a < token_b;
    }
    return a.empty() && !b.empty();
}

}  // namespace

std::string to_text(const Problem& problem) {
    std::string text = problem.file;
    for (const std::string& part : {problem.pointer, problem.message}) {
        if (part.empty()) continue;
        if (!text.empty()) text += ": ";
        text += part;
    }
    return text;
}

void Problems::add(std::string_view file, std::string_view pointer, std::string_view message) {
    if (problems_.size() >= kept_max) {
        ++not_kept_;
        return;
    }
    Problem problem{std::string{file}, std::string{pointer}, std::string{message}};
    for (std::string* const part : {&problem.pointer, &problem.message}) {
        for (char& c : *part) {
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
        }
    }
    if (std::find(problems_.begin(), problems_.end(), problem) == problems_.end()) {
        problems_.push_back(std::move(problem));
    }
}

std::vector<Problem> Problems::sorted() const {
    std::vector<Problem> result = problems_;
    std::stable_sort(result.begin(), result.end(), [](const Problem& a, const Problem& b) {
        if (a.file != b.file) return a.file < b.file;
        return pointer_before(a.pointer, b.pointer);
    });
    return result;
}

Pointer Pointer::operator/(std::string_view key) const {
    Pointer result = *this;
    result.text_ += '/';
    for (const char c : key) {
        if (c == '~') {
            result.text_ += "~0";
        } else if (c == '/') {
            result.text_ += "~1";
        } else {
            result.text_ += c;
        }
    }
    return result;
}

Pointer Pointer::operator/(std::size_t index) const {
    Pointer result = *this;
    result.text_ += '/' + std::to_string(index);
    return result;
}

}  // namespace faultline::scenarios

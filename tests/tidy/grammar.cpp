#include <algorithm>
#include <cstddef>
#include <regex>
#include <string>
#include <vector>

#include "tests/tidy/rules.hpp"

namespace faultline::tidy {
namespace {

constexpr std::size_t function_lines_max = 60;

// The code of a file as one text, without preprocessor lines.
std::string text_of(const SourceFile& file) {
    std::string text;
    bool continued = false;
    for (const std::string& line : file.code) {
        const std::size_t first = line.find_first_not_of(" \t");
        const bool directive = continued || (first != std::string::npos && line[first] == '#');
        continued = directive && line.ends_with("\\");
        text += directive ? "" : line;
        text += '\n';
    }
    return text;
}

std::size_t line_at(const std::string& text, std::size_t at) {
    return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

// Where the bracket at `open` closes; the end of the text if it does not.
std::size_t closing(const std::string& text, std::size_t open, char left, char right) {
    int depth = 0;
    for (std::size_t i = open; i < text.size(); ++i) {
        if (text[i] == left) ++depth;
        if (text[i] == right && --depth == 0) return i;
    }
    return text.size();
}

std::string one_line(std::string text) {
    text = std::regex_replace(text, std::regex{R"(\s+)"}, " ");
    const std::size_t first = text.find_first_not_of(' ');
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::string without_template_head(std::string head) {
    while (head.starts_with("template")) {
        const std::size_t open = head.find('<');
        if (open == std::string::npos) return head;
        head = one_line(head.substr(std::min(closing(head, open, '<', '>') + 1, head.size())));
    }
    return head;
}

// Whether what stands before a brace begins a function; inside a function nobody asks.
bool begins_function(const std::string& before) {
    static const std::regex container{R"(^(inline )?(namespace|class|struct|enum|union|extern|export)\b)"};
    const std::string head = without_template_head(one_line(before));
    return head.find(')') != std::string::npos && !std::regex_search(head, container);
}

// Control heads and labels in front of a statement: "if (ready) co_await x;" is a plain "co_await x;".
std::string without_control(std::string statement) {
    static const std::regex label{R"(^(case [^:?]+|default|[A-Za-z_]\w*) ?: ?(?!:))"};
    static const std::regex control{R"(^(if( constexpr)?|for|while) ?\()"};
    while (true) {
        std::smatch match;
        if (statement.starts_with("else ")) {
            statement = statement.substr(5);
        } else if (std::regex_search(statement, match, control)) {
            const std::size_t open = static_cast<std::size_t>(match.length()) - 1;
            const std::size_t end = closing(statement, open, '(', ')');
            if (end == statement.size()) return statement;
            if (statement.substr(open, end - open).find("co_await") != std::string::npos) return statement;
            statement = one_line(statement.substr(end + 1));
        } else if (std::regex_search(statement, match, label)) {
            statement = match.suffix();
        } else {
            return statement;
        }
    }
}

bool is_accepted_await(const std::string& statement) {
    static const std::regex form{R"(^(co_return |const [\w:]+(<[\w:<>, *&]*>)?[ *&]+\w+ = )?co_await ([^{}?]+);$)"};
    std::smatch match;
    if (!std::regex_match(statement, match, form)) return false;
    const std::string awaited = match[3];
    if (awaited.find("co_await") != std::string::npos) return false;
    return std::count(awaited.begin(), awaited.end(), '(') == std::count(awaited.begin(), awaited.end(), ')');
}

}  // namespace

Findings long_functions(Files files) {
    Findings findings;
    for (const SourceFile& file : files) {
        if (!file.is_cpp()) continue;
        const std::string text = text_of(file);
        std::size_t statement = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '{' && begins_function(text.substr(statement, i - statement))) {
                const std::size_t end = closing(text, i, '{', '}');
                const std::size_t first = line_at(text, i);
                const std::size_t lines = line_at(text, end) - first + 1;
                if (lines > function_lines_max) {
                    findings.push_back(
                        {file.path, first, "a function of " + std::to_string(lines) + " lines; 60 at most"});
                }
                i = std::min(end, text.size() - 1);
            }
            if (text[i] == ';' || text[i] == '{' || text[i] == '}') statement = i + 1;
        }
    }
    return findings;
}

Findings wrong_awaits(Files files) {
    Findings findings;
    static const std::regex word{R"(\bco_await\b)"};
    for (const SourceFile& file : files) {
        if (!file.is_cpp()) continue;
        const std::string text = text_of(file);
        for (std::sregex_iterator it{text.begin(), text.end(), word}, end; it != end; ++it) {
            const auto at = static_cast<std::size_t>(it->position());
            const std::size_t before = text.find_last_of(";{}", at);
            const std::size_t start = before == std::string::npos ? 0 : before + 1;
            const std::size_t stop = std::min(text.find(';', at), text.size() - 1);
            const std::string statement = one_line(text.substr(start, stop - start + 1));
            if (statement.find("operator co_await") != std::string::npos) continue;
            if (is_accepted_await(without_control(statement))) continue;
            findings.push_back({file.path, line_at(text, at),
                                "g++ 12.2 miscompiles this co_await; write `co_await x;`, `const auto r = co_await x;` "
                                "or `co_return co_await x;`, x without ?: and braces"});
        }
    }
    return findings;
}

}  // namespace faultline::tidy

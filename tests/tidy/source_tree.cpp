#include "tests/tidy/source_tree.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>

namespace faultline::tidy {
namespace {

constexpr std::array text_endings{".cpp", ".hpp", ".cmake", ".txt", ".sh", ".py", ".md"};

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

// Where the token that begins at `at` ends, if it is a comment or a literal in quotes; else `at`.
std::size_t end_of_comment(std::string_view text, std::size_t at) {
    if (text.substr(at, 2) == "//") return std::min(text.find('\n', at), text.size());
    if (text.substr(at, 2) == "/*") return std::min(text.find("*/", at + 2), text.size() - 2) + 2;
    return at;
}

std::size_t end_of_raw_string(std::string_view text, std::size_t at) {
    const std::size_t open = text.find('(', at);
    if (open == std::string_view::npos) return text.size();
    const std::string close = ")" + std::string{text.substr(at + 2, open - at - 2)} + "\"";
    const std::size_t end = text.find(close, open);
    return end == std::string_view::npos ? text.size() : end + close.size();
}

std::size_t end_of_quotes(std::string_view text, std::size_t at) {
    const char quote = text[at];
    for (std::size_t i = at + 1; i < text.size() && text[i] != '\n'; ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == quote) {
            return i + 1;
        }
    }
    return at + 1;
}

bool in_a_number(std::string_view text, std::size_t at) {  // 65'536
    return at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0;
}

std::string without_comments_and_literals(std::string_view text) {
    std::string code{text};
    std::size_t at = 0;
    const auto blank = [&](std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < to; ++i) {
            if (code[i] != '\n') code[i] = ' ';
        }
    };
    while (at < text.size()) {
        std::size_t end = end_of_comment(text, at);
        if (end != at) {
            blank(at, end);
        } else if (text.substr(at, 2) == "R\"" && !in_a_number(text, at)) {
            end = end_of_raw_string(text, at);
            blank(at + 2, end - 1);
        } else if (text[at] == '"' || (text[at] == '\'' && !in_a_number(text, at))) {
            end = end_of_quotes(text, at);
            if (end > at + 1) blank(at + 1, end - 1);
        } else {
            end = at + 1;
        }
        at = end;
    }
    return code;
}

bool is_read(const std::filesystem::path& path) {
    const std::string ending = path.extension().string();
    return std::find(text_endings.begin(), text_endings.end(), ending) != text_endings.end() ||
           path.parent_path().filename() == ".ci";
}

bool is_skipped_folder(const std::string& name) {
    return (name.starts_with(".") && name != ".ci") || name.starts_with("build") || name == "results";
}

}  // namespace

bool SourceFile::is_cpp() const {
    return path.ends_with(".cpp") || path.ends_with(".hpp");
}

SourceFile source_file(std::string path, std::string_view text) {
    SourceFile file{.path = std::move(path), .lines = lines_of(text), .code = {}};
    if (file.is_cpp()) file.code = lines_of(without_comments_and_literals(text));
    return file;
}

std::vector<SourceFile> source_tree(const std::filesystem::path& root) {
    std::vector<SourceFile> files;
    for (auto it = std::filesystem::recursive_directory_iterator{root}; it != std::filesystem::end(it); ++it) {
        if (it->is_directory() && is_skipped_folder(it->path().filename().string())) {
            it.disable_recursion_pending();
        } else if (it->is_regular_file() && is_read(it->path())) {
            std::ifstream stream{it->path(), std::ios::binary};
            const std::string text{std::istreambuf_iterator<char>{stream}, {}};
            files.push_back(source_file(it->path().lexically_relative(root).generic_string(), text));
        }
    }
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return files;
}

std::string to_text(const Findings& findings) {
    std::string text;
    for (const Finding& finding : findings) {
        text += finding.path + ":" + std::to_string(finding.line) + ": " + finding.message + "\n";
    }
    return text;
}

}  // namespace faultline::tidy

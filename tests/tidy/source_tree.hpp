// The project's own files, as the tidy rules read them. Knows the text of a file and a rough grammar of C++; no library
// of the project, so that it works while they do not build.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::tidy {

struct SourceFile {
    std::string path;  // from the root, "engine/time.hpp"
    std::vector<std::string> lines;
    std::vector<std::string> code;  // the same lines; comments, and what stands in quotes, are blanks (C++ only)

    bool is_cpp() const;  // .cpp or .hpp
    bool is_in(std::string_view folder) const { return path.starts_with(std::string{folder} + "/"); }
    std::string_view folder() const { return std::string_view{path}.substr(0, path.find('/')); }
};

SourceFile source_file(std::string path, std::string_view text);

// Everything below the root that people write: C++, CMake, scripts, pages; without data, builds and hidden folders
// (.ci is read).
std::vector<SourceFile> source_tree(const std::filesystem::path& root);

struct Finding {
    std::string path;
    std::size_t line = 0;  // from 1
    std::string message;
};
using Findings = std::vector<Finding>;

// "engine/time.hpp:12: message", a line each.
std::string to_text(const Findings& findings);

}  // namespace faultline::tidy

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <regex>
#include <set>
#include <string>

#include "tests/tidy/rules.hpp"

namespace faultline::tidy {
namespace {

struct Include {
    std::string path;
    bool quoted = false;
};

std::optional<Include> include_in(const std::string& line) {
    static const std::regex form{R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])"};
    std::smatch match;
    if (!std::regex_search(line, match, form)) return std::nullopt;
    return Include{.path = match[2], .quoted = match[1] == "\""};
}

template <typename Visit>
void for_each_include(Files files, Visit visit) {
    for (const SourceFile& file : files) {
        if (!file.is_cpp()) continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            if (const auto include = include_in(file.lines[i])) visit(file, i + 1, *include);
        }
    }
}

struct Direction {
    std::string_view folder;
    std::string_view may_see;  // folders and files, each between blanks
};

// style.md, section 1. engine/time.hpp and engine/check.hpp are the part of engine/ that a description sees.
constexpr std::array directions{
    Direction{"engine", " engine "},
    Direction{"scenarios", " scenarios engine/time.hpp engine/check.hpp "},
    Direction{"models", " engine scenarios models "},
    Direction{"planning", " engine scenarios models planning "},
    Direction{"charts", " scenarios charts engine/time.hpp engine/check.hpp "},
    Direction{"reports", " scenarios charts reports engine/time.hpp engine/check.hpp "},
    Direction{"cli", " engine scenarios models planning charts reports cli "},
    Direction{"gui", " scenarios charts gui engine/time.hpp engine/check.hpp "},
    Direction{"tests", " engine scenarios models planning charts reports cli gui tests "},
    Direction{"benchmarks", " engine scenarios models planning charts reports cli benchmarks tests "},
};

const Direction* direction_of(std::string_view folder) {
    const auto found =
        std::find_if(directions.begin(), directions.end(), [&](const Direction& d) { return d.folder == folder; });
    return found == directions.end() ? nullptr : &*found;
}

bool lists(std::string_view words, std::string_view word) {
    return words.find(" " + std::string{word} + " ") != std::string_view::npos;
}

struct Package {
    const char* name;
    const char* includes;  // a regular expression
    const char* places;    // likewise
};

constexpr std::array packages{
    Package{"Qt", "^Q[A-Za-z]", "^(gui|tests/gui)/|^reports/pdf"},
    Package{"JSON", "^nlohmann/", "^(scenarios|planning|reports|tests)/"},
    Package{"Boost.Graph", "^boost/(graph/|property_map/)", "^models/topology"},
    Package{"SimGrid", "^simgrid[./]|^xbt[./]",
            "^models/network/simgrid_flows(\\.cpp|_engine\\.hpp|_platform\\.hpp)$|^benchmarks/"},
    Package{"CLI11", "^CLI/", "^cli/"},
    Package{"MPI", "^mpi\\.h$", "^planning/ranks_mpi"},
    Package{"SQLite", "^sqlite3", "^planning/sweep/sqlite\\.cpp$"},
};

}  // namespace

Findings wrong_includes(Files files) {
    Findings findings;
    for_each_include(files, [&](const SourceFile& file, std::size_t line, const Include& include) {
        const Direction* const direction = direction_of(file.folder());
        if (direction == nullptr || !include.quoted) return;
        const std::string target = include.path.substr(0, include.path.find('/'));
        if (direction_of(target) == nullptr || target == include.path) {
            findings.push_back({file.path, line, "include \"" + include.path + "\" by its path from the root"});
        } else if (!lists(direction->may_see, target) && !lists(direction->may_see, include.path)) {
            findings.push_back({file.path, line, std::string{file.folder()} + "/ may not see " + include.path});
        }
    });
    return findings;
}

Findings misplaced_packages(Files files) {
    Findings findings;
    for_each_include(files, [&](const SourceFile& file, std::size_t line, const Include& include) {
        for (const Package& package : packages) {
            if (!std::regex_search(include.path, std::regex{package.includes})) continue;
            if (std::regex_search(file.path, std::regex{package.places})) continue;
            findings.push_back(
                {file.path, line, std::string{package.name} + " has no place here: <" + include.path + ">"});
        }
    });
    return findings;
}

Findings unlisted_sources(Files files) {
    std::set<std::string> listed;
    for (const SourceFile& file : files) {
        const std::filesystem::path path{file.path};
        if (path.filename() != "CMakeLists.txt") continue;
        static const std::regex name{R"((\$\{PROJECT_SOURCE_DIR\}/)?([\w./-]+\.cpp))"};
        for (const std::string& line : file.lines) {
            for (std::sregex_iterator it{line.begin(), line.end(), name}, end; it != end; ++it) {
                const bool from_root = (*it)[1].matched;
                const std::filesystem::path folder = from_root ? "" : path.parent_path();
                listed.insert((folder / (*it)[2].str()).lexically_normal().generic_string());
            }
        }
    }
    Findings findings;
    for (const SourceFile& file : files) {
        if (!file.path.ends_with(".cpp") || direction_of(file.folder()) == nullptr) continue;
        if (!listed.contains(file.path)) findings.push_back({file.path, 1, "no CMakeLists.txt names this file"});
    }
    return findings;
}

Findings unincluded_headers(Files files) {
    std::set<std::string> included;
    for_each_include(files, [&](const SourceFile& file, std::size_t, const Include& include) {
        if (file.path != include.path) included.insert(include.path);
    });
    Findings findings;
    for (const SourceFile& file : files) {
        if (!file.path.ends_with(".hpp") || included.contains(file.path)) continue;
        findings.push_back({file.path, 1, "nobody includes this header"});
    }
    return findings;
}

}  // namespace faultline::tidy

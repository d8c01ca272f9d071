#include <algorithm>
#include <array>
#include <regex>
#include <string>

#include "tests/tidy/rules.hpp"

namespace faultline::tidy {
namespace {

constexpr std::size_t lines_max = 400;
constexpr std::size_t characters_max = 120;

struct Ban {
    const char* form;  // a regular expression on code, without comments and literals
    const char* why;
};

// A run depends on the scenario and the seed, on nothing else.
const std::array bans{
    Ban{R"(\b(system_clock|steady_clock|high_resolution_clock|file_clock|utc_clock)\b)", "a model reads no wall clock"},
    Ban{R"(\b(gettimeofday|clock_gettime|timespec_get|localtime|gmtime)\b)", "a model reads no wall clock"},
    Ban{R"(\bstd::time\s*\(|[^\w.>:]time\s*\(\s*(nullptr|NULL|0)\s*\))", "a model reads no wall clock"},
    Ban{R"(\brandom_device\b)", "randomness comes from the seed alone"},
    Ban{R"((^|[^\w.>])(std::)?s?rand\s*\()", "randomness comes from the seed alone"},
    Ban{R"(\bstd::(mt19937|minstd_rand|ranlux|default_random_engine|knuth_b))", "streams come from engine/random"},
    Ban{R"(\bstd::\w+_distribution\b)", "distributions of std differ between standard libraries"},
    Ban{R"(#\s*include\s*<unordered_(map|set)>|\bunordered_(multi)?(map|set)\b)", "its order differs between runs"},
    Ban{R"(\bstd::(multi)?(map|set)\s*<\s*(const\s+)?[\w:]+\s*(const\s*)?\*)", "pointers order differently each run"},
};

std::size_t characters(const std::string& line) {  // UTF-8
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), begins));
}

Findings lines_with(Files files, const std::regex& form, const std::string& message) {
    Findings findings;
    for (const SourceFile& file : files) {
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            if (std::regex_search(file.lines[i], form)) findings.push_back({file.path, i + 1, message});
        }
    }
    return findings;
}

// Pages and data have lines of their own.
bool is_code(const SourceFile& file) {
    return !file.path.ends_with(".md") && (!file.path.ends_with(".txt") || file.path.ends_with("CMakeLists.txt"));
}

}  // namespace

Findings banned_calls(Files files) {
    Findings findings;
    for (const Ban& ban : bans) {
        const std::regex form{ban.form};
        for (const SourceFile& file : files) {
            if (!file.is_cpp() || !(file.is_in("engine") || file.is_in("models"))) continue;
            for (std::size_t i = 0; i < file.code.size(); ++i) {
                if (std::regex_search(file.code[i], form)) findings.push_back({file.path, i + 1, ban.why});
            }
        }
    }
    return findings;
}

Findings long_files(Files files) {
    Findings findings;
    for (const SourceFile& file : files) {
        if (!file.is_cpp() || file.lines.size() <= lines_max) continue;
        findings.push_back({file.path, file.lines.size(), std::to_string(file.lines.size()) + " lines; 400 at most"});
    }
    return findings;
}

Findings long_lines(Files files) {
    Findings findings;
    for (const SourceFile& file : files) {
        if (!is_code(file)) continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::size_t length = characters(file.lines[i]);
            if (length <= characters_max) continue;
            findings.push_back({file.path, i + 1, std::to_string(length) + " characters; 120 at most"});
        }
    }
    return findings;
}

Findings unfinished_notes(Files files) {
    // Written apart, or this file would find itself.
    static const std::regex form{
        "\\b(TO"
        "DO|FIX"
        "ME|XX"
        "X)\\b"};
    return lines_with(files, form, "finish it, or describe the limit");
}

Findings machine_paths(Files files) {
    static const std::regex form{
        "(^|[^\\w.}/])/(home|root|tm"
        "p|work|Users)/\\w"};
    return lines_with(files, form, "a path of one machine");
}

}  // namespace faultline::tidy

#include "cli/input.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <cstdio>

#include "cli/exit_code.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::cli {

std::optional<scenarios::Scenario> read_or_tell(const std::string& path, const std::string& variant,
                                                scenarios::Problems& problems) {
    auto scenario = scenarios::read_scenario_file(path, variant, problems);
    if (problems.empty()) return scenario;
    tell_problems(problems);
    return std::nullopt;
}

int tell_problems(const scenarios::Problems& problems) {
    for (const scenarios::Problem& problem : problems.sorted()) {
        fmt::print(stderr, "{}\n", scenarios::to_text(problem));
    }
    if (problems.not_kept() > 0) fmt::print(stderr, "... and {} more\n", problems.not_kept());
    fmt::print(stderr, "{} {}; nothing was run.\n", problems.count(), problems.count() == 1 ? "problem" : "problems");
    return exit_bad_input;
}

int tell_error(int code, const std::string& text) {
    fmt::print(stderr, "faultline: {}\n", text);
    return code;
}

std::string not_a_seed(const std::string& text) {
    std::uint64_t seed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (error == std::errc{} && end == text.data() + text.size()) return {};
    return fmt::format("expected a whole number from 0 to 18446744073709551615, found {}", scenarios::in_quotes(text));
}

std::string shell_word(const std::string& text) {
    constexpr const char* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
    if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
    std::string word = "'";
    for (const char letter : text) word += letter == '\'' ? std::string{"'\\''"} : std::string{letter};
    return word + "'";
}

}  // namespace faultline::cli

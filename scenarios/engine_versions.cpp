#include "scenarios/engine_versions.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/check.hpp"

namespace faultline::scenarios {

namespace {

using Parts = std::array<int, 2>;  // major and minor

// The first minor of each major from which they keep serving.
constexpr std::array postgresql_from{Parts{12, 16}, Parts{13, 12}, Parts{14, 9}, Parts{15, 4}};
constexpr Parts mysql_from{3, 6};
constexpr Parts mysql_readers_outlive_from{2, 10};
constexpr Parts mysql_parallel_from{3, 4};

}  // namespace

std::optional<std::vector<int>> version_parts(std::string_view version) {
    constexpr std::string_view prefix = "mysql_aurora.";
    const std::size_t named = version.find(prefix);
    if (named != std::string_view::npos) version.remove_prefix(named + prefix.size());
    std::vector<int> parts;
    const char* at = version.data();
    const char* const end = at + version.size();
    while (at != end) {
        int part = 0;
        const auto [next, error] = std::from_chars(at, end, part);
        const bool more = next != end;
        if (error != std::errc{} || part < 0 || (more && (*next != '.' || next + 1 == end))) return std::nullopt;
        parts.push_back(part);
        at = more ? next + 1 : end;
    }
    if (parts.empty()) return std::nullopt;
    return parts;
}

namespace {

// Requires: not empty, and readable.
Parts major_and_minor(std::string_view version) {
    const std::optional<std::vector<int>> parts = version_parts(version);
    SIM_CHECK(parts.has_value());
    return {parts->front(), parts->size() > 1 ? (*parts)[1] : 0};
}

}  // namespace

bool secondaries_keep_serving(std::string_view kind, std::string_view version) {
    if (version.empty()) return true;
    const Parts own = major_and_minor(version);
    if (kind == "aurora-mysql") return own >= mysql_from;
    for (const Parts& from : postgresql_from) {
        if (own[0] == from[0]) return own >= from;
    }
    return own[0] > postgresql_from.back()[0];
}

bool readers_outlive_failover(std::string_view kind, std::string_view version) {
    if (kind != "aurora-mysql" || version.empty()) return true;
    return major_and_minor(version) >= mysql_readers_outlive_from;
}

int binlog_apply_threads(std::string_view version) {
    constexpr int parallel = 4;
    return version.empty() || major_and_minor(version) >= mysql_parallel_from ? parallel : 1;
}

}  // namespace faultline::scenarios

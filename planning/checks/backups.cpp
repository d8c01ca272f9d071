// Backups: are there any, how long are they kept, and do they outlive what they are for?
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "planning/checks/finder.hpp"
#include "planning/random_duration.hpp"
#include "scenarios/kinds.hpp"
#include "scenarios/units.hpp"

namespace faultline::planning {
namespace {

using scenarios::Database;
using scenarios::Duration;

// Trivy's rule asks for more than a day; the day before yesterday is what an error of yesterday's needs.
constexpr Duration retention_least = std::chrono::hours{48};

void check_retention(const Database& database, const std::string& at, Finder& finder) {
    const Duration retention = database.backups->retention;
    if (retention < retention_least) {
        finder.add("retention-too-short", check_warning,
                   {at + "/backups/retention",
                    fmt::format("backups of {} are kept for {}: an error of Friday evening is beyond them on Monday",
                                database.name, scenarios::to_text(retention)),
                    "\"retention\": \"2d\" or more",
                    scenarios::has_standbys(database.kind) ? std::vector<std::string>{"AVD-AWS-0077", "RDS.11"}
                                                           : std::vector<std::string>{"AVD-AWS-0077"}});
    }
    for (const scenarios::Fault& fault : finder.scenario.faults) {
        const bool restores = fault.kind == scenarios::FaultKind::operator_error && fault.target == database.name &&
                              fault.mended_by == scenarios::MendedBy::restore;
        if (!restores) continue;
        const double noticed_s = distribution_of(fault.noticed_after).mean();
        if (noticed_s <= engine::in_seconds(retention)) continue;
        finder.add(
            "noticed-after-retention", check_warning,
            {at + "/backups/retention",
             fmt::format("{} is noticed after {:.3g} h on average, and backups of {} are kept for {}: nothing is "
                         "left that is as old as what it spoilt",
                         fault.name, noticed_s / 3600.0, database.name, scenarios::to_text(retention)),
             fmt::format("\"retention\": \"{:.0f}d\" or more, or find such errors sooner",
                         std::ceil(noticed_s / 86400.0))});
    }
}

bool elsewhere(const Database& database) {
    if (!database.secondaries.empty() || (database.backups && !database.backups->copy_to.empty())) return true;
    return std::any_of(database.replicas.begin(), database.replicas.end(), [&](const auto& replica) {
        return !replica.region.empty() && replica.region != database.region;
    });
}

}  // namespace

void check_backups(Finder& finder) {
    for (const Database& database : finder.scenario.databases) {
        const std::string at = "/databases/" + database.name;
        if (!database.backups) {
            finder.add("no-backups", check_warning,
                       {at + "/backups",
                        fmt::format("a dropped table of {} is gone: replicas follow the writer in its errors, too",
                                    database.name),
                        "\"backups\": { \"retention\": \"7d\" }",
                        scenarios::has_standbys(database.kind)
                            ? std::vector<std::string>{"AVD-AWS-0077", "CKV_AWS_133", "RDS.11"}
                            : std::vector<std::string>{"AVD-AWS-0077", "CKV_AWS_133"}});
        } else {
            check_retention(database, at, finder);
        }
        if (elsewhere(database)) continue;
        finder.add("backups-stay-in-region", check_note,
                   {at,
                    fmt::format("{} holds every copy of {} and of its backups: if the region is lost, so are they",
                                database.region, database.name),
                    "\"backups\": { \"copy_to\": \"<another region>\" }, or a secondary region"});
    }
}

}  // namespace faultline::planning

// World's branch offices: where they are in the day and week, and what they are asked.
#include <algorithm>
#include <cmath>
#include <optional>

#include "planning/index_of.hpp"
#include "planning/random_duration.hpp"
#include "planning/world.hpp"

namespace faultline::planning {

using namespace models;

// nowhere: of none.
std::size_t World::tenant_of(const std::string& query_class) const {
    const auto& tenants = scenario_.workload.tenants;
    const auto found = std::find_if(tenants.begin(), tenants.end(), [&](const scenarios::Tenant& tenant) {
        return std::find(tenant.classes.begin(), tenant.classes.end(), query_class) != tenant.classes.end();
    });
    return found == tenants.end() ? nowhere : static_cast<std::size_t>(found - tenants.begin());
}

// Empty where nobody has a quota.
TenantQuotas World::tenant_quotas() const {
    TenantQuotas quotas;
    bool any = false;
    for (const scenarios::Tenant& tenant : scenario_.workload.tenants) {
        quotas.emplace_back();
        if (!tenant.quota_per_s) continue;
        quotas.back().emplace(*tenant.quota_per_s, tenant.burst);
        any = true;
    }
    return any ? quotas : TenantQuotas{};
}

std::vector<SurgeShape> World::surges_of(const scenarios::Office& office) const {
    std::vector<SurgeShape> surges;
    for (const scenarios::Surge& surge : scenario_.workload.arrivals.surges) {
        const auto& some = surge.offices;
        if (!some.empty() && std::find(some.begin(), some.end(), office.name) == some.end()) continue;
        SurgeShape shape{surge, warm_up_end_ + surge.at, {}};
        for (const std::string& name : surge.classes) {
            shape.classes.push_back(static_cast<ClassId>(index_of(scenario_.workload.classes, name)));
        }
        surges.push_back(std::move(shape));
    }
    return surges;
}

// Local time follows the sun: an hour for each 15 degrees that an office lies west or east of the first one. Time zones
// and summer time are left out. After the beginning of Monday, so that the day is known too.
std::int32_t World::local_start_s(const scenarios::Office& office) const {
    constexpr double degrees_an_hour = 15.0;
    constexpr std::int32_t hour_s = 3600;
    constexpr std::int32_t day_s = 24 * hour_s;
    constexpr std::int32_t week_s = 7 * day_s;
    const std::int32_t start_s = scenario_.run.start_day * day_s + scenario_.run.start_of_day_s;
    const auto longitude = [this](const std::string& city) -> std::optional<double> {
        for (const City& place : profile_.city_places()) {
            if (place.name == city) return place.location.longitude_deg;
        }
        return std::nullopt;
    };
    const auto here = longitude(office.city);
    const auto first = longitude(scenario_.offices.front().city);
    if (!here || !first) return start_s;
    const auto hours = static_cast<std::int32_t>(std::lround((*here - *first) / degrees_an_hour));
    return (start_s + hours * hour_s + week_s) % week_s;
}

void World::build_offices() {
    const scenarios::Arrivals& arrivals = scenario_.workload.arrivals;
    double weights = 0.0;
    for (const auto& office : scenario_.offices) weights += office.weight;
    for (std::size_t i = 0; i < scenario_.offices.size(); ++i) {
        const scenarios::Office& office = scenario_.offices[i];
        OfficeShape shape{.id = static_cast<OfficeId>(i),
                          .place = network_->sites[i],
                          .connections = scenario_.workload.office_pool,
                          .name = office.name,
                          .weight = office.weight / weights,
                          .canary_timeout = scenario_.workload.canary.timeout,
                          .arrivals = {.rate_per_s = arrivals.rate_per_s * office.weight / weights,
                                       .curve = arrivals.curve,
                                       .week = arrivals.week,
                                       .start_s = local_start_s(office)}};
        if (const auto& sessions = scenario_.workload.sessions) {
            shape.sessions = {static_cast<std::uint32_t>(sessions->per_office),
                              static_cast<std::uint32_t>(sessions->keys)};
        }
        if (options_.with_faults) shape.surges = surges_of(office);
        if (const auto& users = scenario_.workload.users) {
            shape.users = {static_cast<std::uint32_t>(users->per_office), distribution_of(users->think)};
        }
        offices_.push_back(std::make_unique<Office>(*context_, *requests_, std::move(shape)));
        offices_.back()->set_targets(targets_of(i));
    }
    if (arrivals.trace) replay_ = std::make_unique<TraceReplay>(simulation_, scenario_, classes_, offices_);
}

}  // namespace faultline::planning

#include "planning/growth/grown_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scenarios/quantity_text.hpp"
#include "scenarios/units.hpp"

namespace faultline::planning {
namespace {

using scenarios::Growth;
using scenarios::Json;
using scenarios::KindGrowth;
using scenarios::Office;
using scenarios::Scenario;

// By name, where it has a rate of its own; else by `otherwise`.
double part_factor(const std::vector<scenarios::GrowthRate>& parts, const std::string& name, double otherwise,
                   scenarios::GrowthForm form, int months) {
    for (const scenarios::GrowthRate& one : parts) {
        if (one.name == name) return growth_factor(one.monthly, form, months);
    }
    return growth_factor(otherwise, form, months);
}

class Growing {
public:
    Growing(const Json& model, const Scenario& scenario, int months, double more_load)
        : scenario_{scenario}, months_{months}, more_load_{more_load} {
        grown_.model = model;
        grown_.model.erase("growth");
        grown_.model.erase("variants");
    }

    Grown run() {
        SizeOfAll before_and_after;
        grow_data(before_and_after);
        grow_offices();
        grow_load();
        grown_.data = before_and_after.now > 0.0 ? before_and_after.then / before_and_after.now : data_factor("");
        grown_.offices = static_cast<int>(scenario_.offices.size()) + opened_;
        return std::move(grown_);
    }

private:
    struct SizeOfAll {
        double now = 0.0, then = 0.0;
    };

    double data_factor(const std::string& database) const {
        if (!scenario_.growth || !scenario_.growth->data) return 1.0;
        const KindGrowth& data = *scenario_.growth->data;
        return part_factor(data.parts, database, data.monthly, data.form, months_);
    }

    static std::string grown_bytes(engine::Bytes size, double factor) {
        return scenarios::to_text(engine::Bytes{std::llround(static_cast<double>(size.count) * factor)});
    }

    void grow_data(SizeOfAll& all) {
        if (!scenario_.growth || !scenario_.growth->data || months_ == 0) return;
        for (const scenarios::Database& one : scenario_.databases) {
            const double factor = data_factor(one.name);
            Json& database = grown_.model["databases"][one.name];
            database["data"] = grown_bytes(one.data, factor);
            if (const auto& set = one.buffer_pool.working_set) {
                database["buffer_pool"]["working_set"] = grown_bytes(*set, factor);
            }
            all.now += static_cast<double>(one.data.count);
            all.then += static_cast<double>(one.data.count) * factor;
        }
        for (const scenarios::Warehouse& one : scenario_.warehouses) {
            for (const scenarios::WarehouseTable& table : one.tables) {
                grown_.model["warehouses"][one.name]["tables"][table.name]["data"] =
                    grown_bytes(table.data, data_factor(table.source));
            }
        }
        for (const scenarios::QueryClass& one : scenario_.workload.classes) {
            if (!one.keys) continue;
            const double count = static_cast<double>(one.keys->count) * data_factor(one.route.back().name);
            grown_.model["workload"]["classes"][one.name]["keys"]["count"] =
                static_cast<std::uint64_t>(std::llround(count));
        }
        for (const scenarios::BulkTransfer& one : scenario_.transfers) {
            grown_.model["transfers"][one.name]["size"] = grown_bytes(one.size, data_factor(""));
        }
    }

    double site_factor(const std::string& office) const {
        if (!scenario_.growth || !scenario_.growth->load) return 1.0;
        const KindGrowth& load = *scenario_.growth->load;
        return part_factor(load.sites, office, 0.0, load.form, months_);
    }

    // Weights of the offices that there are, then, and of those that have opened: what they are like, as it is then.
    void grow_offices() {
        double before = 0.0;
        weights_ = 0.0;
        const bool sites = scenario_.growth && scenario_.growth->load && !scenario_.growth->load->sites.empty();
        for (const Office& one : scenario_.offices) {
            before += one.weight;
            weights_ += one.weight * site_factor(one.name);
            if (sites && months_ > 0) {
                grown_.model["offices"][one.name]["weight"] = one.weight * site_factor(one.name);
            }
        }
        opened_ = offices_after(scenario_, months_) - static_cast<int>(scenario_.offices.size());
        const std::vector<const Office*> patterns = patterns_of();
        for (int i = 0; i < opened_; ++i) {
            const Office& like = *patterns[static_cast<std::size_t>(i) % patterns.size()];
            const Json copy = grown_.model["offices"][like.name];
            grown_.model["offices"][new_name(like.name)] = copy;
            weights_ += like.weight * site_factor(like.name);
        }
        weights_ /= before;
    }

    std::vector<const Office*> patterns_of() const {
        std::vector<const Office*> patterns;
        for (const Office& one : scenario_.offices) {
            const auto& like = scenario_.growth->offices ? scenario_.growth->offices->like : std::vector<std::string>{};
            if (like.empty() || std::find(like.begin(), like.end(), one.name) != like.end()) patterns.push_back(&one);
        }
        return patterns;
    }

    // A name has 64 bytes at most.
    std::string new_name(const std::string& like) {
        constexpr std::size_t stem_most = 56;
        const std::string stem = like.substr(0, std::min(like.size(), stem_most));
        for (int number = 2;; ++number) {
            const std::string name = fmt::format("{} {}", stem, number);
            if (!grown_.model["offices"].contains(name)) return name;
        }
    }

    // Shares become what each class has of the whole, which has grown by their mean.
    double grow_classes() {
        if (!scenario_.growth || !scenario_.growth->load) return 1.0;
        const KindGrowth& load = *scenario_.growth->load;
        const auto& classes = scenario_.workload.classes;
        double sum = 0.0;
        for (const auto& one : classes) {
            sum += one.share * part_factor(load.parts, one.name, load.monthly, load.form, months_);
        }
        if (load.parts.empty() || months_ == 0) return sum;
        for (const auto& one : classes) {
            const double factor = part_factor(load.parts, one.name, load.monthly, load.form, months_);
            grown_.model["workload"]["classes"][one.name]["share"] = one.share * factor / sum;
        }
        return sum;
    }

    void grow_load() {
        const double each = grow_classes() * more_load_;
        grown_.load = each * weights_;
        if (grown_.load == 1.0 && months_ == 0) return;
        const scenarios::Workload& workload = scenario_.workload;
        Json& into = grown_.model["workload"];
        if (workload.arrivals.trace) {
            into["arrivals"]["trace"]["speed"] = workload.arrivals.trace->speed * grown_.load;
        } else if (workload.arrivals.rate_per_s > 0.0) {
            into["arrivals"]["rate"] = scenarios::trimmed(workload.arrivals.rate_per_s * grown_.load, 9) + "/s";
        }
        if (workload.users) {  // an office that opens brings its own
            into["users"]["per_office"] = std::max(1LL, std::llround(workload.users->per_office * each));
        }
    }

    const Scenario& scenario_;
    const int months_;
    const double more_load_;
    double weights_ = 1.0;  // sum of the weights beside today's
    int opened_ = 0;
    Grown grown_;
};

}  // namespace

double growth_factor(double monthly, scenarios::GrowthForm form, int months) {
    return form == scenarios::GrowthForm::linear ? 1.0 + monthly * months : std::pow(1.0 + monthly, months);
}

int offices_after(const Scenario& scenario, int months) {
    const auto now = static_cast<int>(scenario.offices.size());
    if (!scenario.growth || !scenario.growth->offices) return now;
    const scenarios::OfficeGrowth& offices = *scenario.growth->offices;
    // 4 offices and 25 % are 5, whatever the last bit of the product says.
    constexpr double last_bits = 1e-9;
    const double then =
        offices.opened ? now + *offices.opened * months : now * growth_factor(offices.monthly, offices.form, months);
    return static_cast<int>(std::floor(then + last_bits));
}

Grown grown_model(const Json& model, const Scenario& scenario, int months, double more_load) {
    return Growing{model, scenario, months, more_load}.run();
}

}  // namespace faultline::planning

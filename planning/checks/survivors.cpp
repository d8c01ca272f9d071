// Can what is left after the loss of one zone or region carry the whole load at its busiest, before anything is
// launched? By mean demands: what is told here is short by arithmetic, and what is not may still queue for too long.
#include <fmt/format.h>

#include <algorithm>

#include "planning/checks/finder.hpp"
#include "planning/checks/load.hpp"
#include "planning/checks/survival.hpp"
#include "planning/instance_shape.hpp"

namespace faultline::planning {
namespace {

using scenarios::Database;
using scenarios::TargetRole;

// A zone or a region.
struct Domain {
    std::string name;
    std::vector<ZoneName> zones;
};

std::vector<Domain> domains_of(const scenarios::Scenario& scenario) {
    std::vector<Domain> domains;
    for (const scenarios::Region& region : scenario.regions) {
        for (ZoneName& zone : zones_of(region)) domains.push_back({zone, {zone}});
        if (scenario.regions.size() > 1) domains.push_back({region.name, zones_of(region)});
    }
    return domains;
}

// Figures of one part for each domain; the worst domain is told, and how many others are short, too.
class Worst {
public:
    void add(const Domain& domain, double wanted, double there) {
        if (wanted <= there) return;
        ++short_;
        if (short_ > 1 && wanted / std::max(there, 1e-9) <= wanted_ / std::max(there_, 1e-9)) return;
        domain_ = domain.name, wanted_ = wanted, there_ = there;
    }
    bool any() const { return short_ > 0; }
    double wanted() const { return wanted_; }
    double there() const { return there_; }
    std::string losing() const {
        return "losing " + domain_ + (short_ > 1 ? fmt::format(" (and {} others)", short_ - 1) : "");
    }

private:
    int short_ = 0;
    std::string domain_;
    double wanted_ = 0.0, there_ = 0.0;
};

void check_service(const scenarios::Service& service, const std::vector<Domain>& domains, Finder& finder) {
    const double wanted = service_cores(finder.scenario, service.name);
    Worst worst;
    for (const Domain& domain : domains) {
        const int left = Survival(finder.scenario, domain.zones).instances_of(service);
        if (left > 0) worst.add(domain, wanted, static_cast<double>(left) * service.vcpus);  // none: a cut, told there
    }
    if (!worst.any()) return;
    finder.add("survivors-lack-cpu", check_warning,
               {"/services/" + service.name,
                fmt::format("{} leaves {} vCPUs of {}, and the full load needs {:.1f}", worst.losing(), worst.there(),
                            service.name, worst.wanted()),
                "more instances, so that those of the other zones and regions are enough"});
}

double vcpus(const Database& database, const std::vector<const scenarios::DatabaseInstance*>& instances) {
    double sum = 0.0;
    for (const auto* instance : instances) sum += instance_shape_of(database, *instance).vcpus;
    return sum;
}

double smallest_connections(const Database& database, const std::vector<const scenarios::DatabaseInstance*>& of) {
    double least = 1e18;
    for (const auto* instance : of) {
        least = std::min(least, static_cast<double>(instance_shape_of(database, *instance).connections_max));
    }
    return least;
}

// After a promotion one of those that are left is the writer, the largest at best, and the others read; alone it does
// both.
struct Left {
    double writer = 0.0, readers = 0.0;  // vCPUs
    double reader_connections = 0.0;
    double writer_card = 0.0, reader_cards = 0.0;  // bits a second; 0: of some it is not known
    bool shared = false;
};

// The new writer is one that sends most; of the others each answers reads.
void set_cards(Left& left, const Database& database, const std::vector<const scenarios::DatabaseInstance*>& writers,
               const std::vector<const scenarios::DatabaseInstance*>& all) {
    bool known = true;
    const auto card = [&](const scenarios::DatabaseInstance* one) {
        const double bandwidth = instance_shape_of(database, *one).bandwidth.value;
        known = known && bandwidth > 0.0;
        return bandwidth;
    };
    double sum = 0.0;
    for (const auto* one : writers) left.writer_card = std::max(left.writer_card, card(one));
    for (const auto* one : all) sum += card(one);
    left.reader_cards = all.size() == 1 ? left.writer_card : sum - left.writer_card;
    if (!known) left.writer_card = left.reader_cards = 0.0;
}

std::optional<Left> left_of(const scenarios::Scenario& scenario, const Database& database, const Domain& domain) {
    const Survival survival(scenario, domain.zones);
    const auto writers = survival.writers_of(database);
    const auto all = survival.all_of(database);
    if (writers.empty()) return std::nullopt;  // a cut
    Left left;
    for (const auto* one : writers) {
        left.writer = std::max(left.writer, static_cast<double>(instance_shape_of(database, *one).vcpus));
    }
    left.shared = all.size() == 1;
    set_cards(left, database, writers, all);
    left.readers = left.shared ? left.writer : vcpus(database, all) - left.writer;
    const auto readers = static_cast<double>(std::max<std::size_t>(1, all.size() - 1));
    left.reader_connections = readers * smallest_connections(database, all);
    return left;
}

// Reads of a cache that has lost a part without a copy go to the database, on top of those that missed.
double cold_cores(const scenarios::Scenario& scenario, const Database& database, const Domain& domain) {
    double cores = 0.0;
    for (const scenarios::Cache& cache : scenario.caches) {
        const double lost = Survival(scenario, domain.zones).lost_share_of(cache);
        cores += cores_behind(scenario, cache.name, database.name) * estimated_hit_ratio(scenario, cache) * lost;
    }
    return cores;
}

void tell_cards(const Worst& worst, const char* what, const Database& database, Finder& finder) {
    if (!worst.any()) return;
    finder.add("survivors-lack-bandwidth", check_warning,
               {"/databases/" + database.name,
                fmt::format("{} leaves network cards of {:.3g} Gbps for what the {} of {} send, and the full load "
                            "needs {:.3g}",
                            worst.losing(), worst.there() / 1e9, what, database.name, worst.wanted() / 1e9),
                "a larger class, or one more replica in another zone"});
}

void check_database(const Database& database, const std::vector<Domain>& domains, Finder& finder) {
    const scenarios::Scenario& scenario = finder.scenario;
    const std::string at = "/databases/" + database.name;
    const double writes = warm_cores(scenario, database, TargetRole::writer);
    const double reads = warm_cores(scenario, database, TargetRole::reader);
    const auto pooled = static_cast<double>(pooled_connections(scenario, database, TargetRole::reader));
    Worst writers, readers, connections, cold, writer_cards, reader_cards;
    const double written = warm_sends(scenario, database, TargetRole::writer);
    const double answered = warm_sends(scenario, database, TargetRole::reader);
    for (const Domain& domain : domains) {
        const std::optional<Left> left = left_of(scenario, database, domain);
        if (!left || database.serverless || database.replica_scaling) continue;  // these follow the load
        const double on_readers = reads + (left->shared ? writes : 0.0);
        writers.add(domain, writes, left->writer);
        readers.add(domain, on_readers, left->readers);
        connections.add(domain, pooled, left->reader_connections);
        if (left->writer_card > 0.0) writer_cards.add(domain, written, left->writer_card);
        if (left->reader_cards > 0.0) {
            reader_cards.add(domain, answered + (left->shared ? written : 0.0), left->reader_cards);
        }
        const double more = cold_cores(scenario, database, domain);
        if (more > 0.0 && on_readers <= left->readers) cold.add(domain, on_readers + more, left->readers);
    }
    for (const auto& [worst, what] : {std::pair{&writers, "writer"}, std::pair{&readers, "readers"}}) {
        if (!worst->any()) continue;
        finder.add("survivors-lack-cpu", check_warning,
                   {at,
                    fmt::format("{} leaves {} vCPUs for what the {} of {} do, and the full load needs {:.1f}",
                                worst->losing(), worst->there(), what, database.name, worst->wanted()),
                    "a larger class, or one more replica in another zone"});
    }
    tell_cards(writer_cards, "writer", database, finder);
    tell_cards(reader_cards, "readers", database, finder);
    if (connections.any()) {
        finder.add("survivors-lack-connections", check_warning,
                   {at,
                    fmt::format("{} leaves readers of {} that take {:.0f} connections, and the pools may hold {:.0f}",
                                connections.losing(), database.name, connections.there(), connections.wanted()),
                    "smaller pools, \"connections_max\", a proxy, or one more replica"});
    }
    if (cold.any()) {
        finder.add("cold-cache-overloads-database", check_warning,
                   {at,
                    fmt::format("{} takes a part of the cache along that has no copy: its reads need {:.1f} vCPUs of "
                                "the readers of {} until it is warm again, and there are {}",
                                cold.losing(), cold.wanted(), database.name, cold.there()),
                    "\"replicas\": 1 for the cache, or more readers"});
    }
}

}  // namespace

void check_survivors(Finder& finder) {
    const std::vector<Domain> domains = domains_of(finder.scenario);
    for (const scenarios::Service& service : finder.scenario.services) check_service(service, domains, finder);
    for (const Database& database : finder.scenario.databases) check_database(database, domains, finder);
}

}  // namespace faultline::planning

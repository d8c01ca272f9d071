// The faults of a run and the incidents that they make: a fault that starts while an incident is open belongs to it.
// Here is what was told; when an incident opens and closes is decided in measures.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/measures/shape.hpp"
#include "models/measures/steady_shares.hpp"

namespace faultline::models {

struct Incident {
    Instant start;
    std::size_t first_row = 0;
    NormalShares normal;
    std::vector<std::size_t> faults;
    std::optional<Instant> full_recovery;
    struct Mark {
        std::string stage;
        Instant at;
    };
    std::vector<Mark> stages;  // each as it began
    struct Span {
        Instant from, to;
    };
    std::vector<Span> names_away{};                 // nobody could look up some name; the last may be open
    std::vector<Instant> connections_lost;          // by clients, in no order
    std::optional<Instant> misled{};                // a balancer, for the last time; none: never
    std::vector<scenarios::DataLoss> losses;        // by database; lost_at is in lost_by_office until the end
    std::vector<std::uint64_t> lost_by_office;      // by database, then office: commits
    std::vector<std::optional<Instant>> cache_out;  // by cache: end of the last window with too few hits
    std::vector<char> wrong_classes;                // by class: an operator error made its answers wrong
    Duration skipped{};                             // not simulated, between the start and `skipped_at`
    Instant skipped_at{};
};

class Incidents {
public:
    explicit Incidents(const MeasuresShape& shape);

    // --- faults, by index
    std::size_t add_fault(FaultShape fault);
    void set_target(std::size_t fault, std::string target) { faults_[fault].target = std::move(target); }
    void fault_started(std::size_t fault, Instant now);
    void fault_hit(std::size_t fault, std::string_view node);
    void fault_cut(std::size_t fault, std::uint64_t operations) { faults_[fault].operations_cut += operations; }
    void fault_ended(std::size_t fault, Instant now);
    void data_wrong(std::size_t fault, std::size_t query_class);
    void data_noticed(std::size_t fault, Duration skipped, Instant now);
    void data_mended(std::size_t fault, Instant now);
    bool fault_active() const { return active_ > 0; }
    // Whether any fault was active at or after this instant.
    bool fault_active_since(Instant instant) const { return active_ > 0 || last_end_ > instant; }

    // --- redundancy, by database
    void redundancy(std::size_t database, bool whole, Instant now);
    bool whole_since(Instant instant) const { return lacking_ == 0 && whole_again_ <= instant; }

    // --- incidents
    Incident& open(Instant start, std::size_t first_row, const NormalShares& normal);
    bool any() const { return !incidents_.empty(); }
    Incident& latest() { return incidents_.back(); }
    const std::vector<Incident>& all() const { return incidents_; }
    const std::vector<scenarios::FaultResult>& faults() const { return faults_; }

    // Losses belong to the latest incident, also after its full recovery. Requires one (SIM_CHECK).
    void commits_lost(std::size_t database, std::uint64_t commits, Duration gap);
    void commits_lost_at(std::size_t database, std::span<const std::uint64_t> by_office);
    void commits_estimated(std::size_t database, std::uint64_t commits);
    void loss_unbounded(std::size_t database);
    void commits_reconciled(std::size_t database, std::uint64_t commits);
    void unknown_resolved(std::size_t database, bool durable);

private:
    scenarios::DataLoss& loss_of(std::size_t database);

    const std::vector<std::string> databases_;
    const std::size_t offices_;
    const std::size_t caches_;
    const std::size_t classes_;
    std::vector<scenarios::FaultResult> faults_;
    int active_ = 0;
    Instant last_end_{};
    std::vector<char> lacks_;  // by database
    int lacking_ = 0;
    Instant whole_again_{};
    std::vector<Incident> incidents_;
};

}  // namespace faultline::models

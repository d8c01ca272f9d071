// The canaries: one statement on a new connection, due every second at each site for each target: an endpoint, or an
// endpoint through a service, the new connection being the one to the service. Their count stands
// second by second, in the rows of the operations. Due means the start of its second, whatever the canary before it
// still waits for.
//
// Memory: 2 bytes x sites x targets x measured seconds.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/check.hpp"
#include "models/measures/phase_track.hpp"
#include "models/measures/recovery.hpp"
#include "models/measures/shape.hpp"

namespace faultline::models {

class Canaries {
public:
    Canaries(std::size_t sites, std::size_t targets) : targets_{targets}, probes_{sites * targets}, used_(probes_) {}

    struct Probe {
        std::size_t site = 0;
        std::size_t target = 0;
    };
    void record(Probe probe, const PhaseTrack& track, Instant due, bool good) {
        SIM_CHECK(probe.target < targets_ && index(probe) < probes_);
        Row& row = rows_[PhaseTrack::row(track.at(due), due) * probes_ + index(probe)];
        SIM_CHECK(row.due < most);
        ++row.due;
        row.good = static_cast<std::uint8_t>(row.good + (good ? 1 : 0));
        used_[index(probe)] = 1;
    }
    bool used(Probe probe) const { return used_[index(probe)] != 0; }
    ShareCount seen(Probe probe, std::size_t row) const {
        const Row& counts = rows_[row * probes_ + index(probe)];
        return {counts.due, counts.good};
    }
    void need_rows(std::size_t rows) {
        if (rows * probes_ > rows_.size()) rows_.resize(rows * probes_);
    }
    std::size_t targets() const { return targets_; }
    std::size_t memory_bytes() const { return rows_.capacity() * sizeof(Row) + used_.capacity(); }

private:
    static constexpr std::uint8_t most = 255;
    struct Row {
        std::uint8_t due = 0, good = 0;
    };
    std::size_t index(Probe probe) const { return probe.site * targets_ + probe.target; }

    std::size_t targets_;
    std::size_t probes_;
    std::vector<std::uint8_t> used_;
    std::vector<Row> rows_;
};

}  // namespace faultline::models

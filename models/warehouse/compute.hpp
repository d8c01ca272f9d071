// The machines of a warehouse that answer together: the nodes of one zone, or a cluster that concurrency scaling has
// made. A query or a load is spread over all slices, so one that is alone has all of them, and n at once get a share of
// 1/n each (processor sharing). Data that no disk holds are read from managed storage, more slowly, until a background
// flow has brought them.
//
// Leaves out: skew between slices, memory and spilling to disk, disks smaller than the data.
#pragma once

#include <numeric>
#include <string>
#include <vector>

#include "engine/call.hpp"
#include "engine/queueing/server_pool.hpp"
#include "engine/statistics/count_over_time.hpp"
#include "models/network/node_exchange.hpp"
#include "models/network/transfers.hpp"
#include "models/request.hpp"

namespace faultline::models {

using engine::BitsPerSecond;
using engine::Bytes;

struct ComputeShape {
    int nodes = 1;
    int slices = 1;  // of all nodes
    BitsPerSecond slice_scan{};
    BitsPerSecond slice_load{};
    BitsPerSecond node_network{};
    double cold_speed = 1.0;   // 0..1
    std::vector<int> slots{};  // of each queue
};

// What a query reads, and what of it goes to other nodes.
struct ScanWork {
    double bytes = 0.0;
    double redistributed = 0.0;  // bytes
};

// One load on the slices. files: of equal size, one at a time for each slice.
struct LoadWork {
    double bytes = 0.0;
    int files = 1;
};

struct Loaded {
    Duration travel{};
};

class Compute {
public:
    Compute(engine::Simulation& simulation, std::string path, PlaceId place, ComputeShape shape);

    // Each alone on the machine. Scan: bytes / (slices x rate), and what goes to other nodes over their network.
    Duration time_of(const ScanWork& work) const;
    // In as many rounds as the slice with the most files has.
    Duration time_of(const LoadWork& work) const;

    // Processes of this machine: they end with it.
    engine::Process<Answer> query(RequestRef request, Duration leader, ScanWork work);
    engine::Process<Loaded> load(LoadWork work, Duration commit, engine::ServerPool& commits);

    bool up() const { return component_.up(); }
    // It serves nobody from now on; who waits for it is told.
    void stop(std::string_view state);
    // At `place`; `cold` bytes, of data that its disks do not hold, are read anew from `storage`.
    void start(PlaceId place);
    engine::Process<> warm(Transfers& transfers, PlaceId storage, Bytes cold);

    // While it is down. Slices by node stay as they were.
    void resize(int nodes) {
        shape_.slices = shape_.slices / shape_.nodes * nodes;
        shape_.nodes = nodes;
    }

    // A router learns that it is gone when somebody has noticed.
    bool noticed() const { return noticed_; }
    void notice() { noticed_ = true; }

    int free_slots(std::size_t queue) const { return shape_.slots[queue] - in_use_[queue]; }
    void take_slot(std::size_t queue);
    void give_slot(std::size_t queue);
    int busy() const;  // slots in use
    int slots() const { return std::accumulate(shape_.slots.begin(), shape_.slots.end(), 0); }
    double slot_seconds() const { return slots_over_time_.count_seconds(simulation_.now()); }  // in use x time
    Instant idle_since() const { return idle_since_; }

    // Of its slowest node, which all others wait for: a factor on what it is, until the inverse one comes. What is
    // started meanwhile is as slow.
    void change_speed(double factor) {
        node_speed_ *= factor;
        slices_.set_speed(data_speed_ * node_speed_);
    }

    // The card of its slowest node, which all others wait for, for what is started from now on.
    void set_exchange(const NodeExchange& exchange) { exchange_ = exchange; }

    engine::Component& component() { return component_; }
    const engine::Component& component() const { return component_; }
    engine::ServerPool& slices() { return slices_; }
    const engine::ServerPool& slices() const { return slices_; }
    const ComputeShape& shape() const { return shape_; }
    PlaceId place() const { return place_; }

private:
    int streams_of_node() const;
    void set_data_speed(double speed) {
        data_speed_ = speed;
        slices_.set_speed(data_speed_ * node_speed_);
    }

    engine::Simulation& simulation_;
    engine::Component component_;
    ComputeShape shape_;
    PlaceId place_;
    engine::ServerPool slices_;
    std::vector<int> in_use_;
    engine::CountOverTime slots_over_time_;
    Instant idle_since_{};
    bool noticed_ = true;
    double data_speed_ = 1.0;  // less while its disks are cold
    double node_speed_ = 1.0;
    NodeExchange exchange_{};
    std::uint64_t starts_ = 0;
};

}  // namespace faultline::models

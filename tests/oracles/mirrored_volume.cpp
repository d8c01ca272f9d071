#include "tests/oracles/mirrored_volume.hpp"

#include <algorithm>

namespace faultline::models {

MirroredVolume::MirroredVolume(engine::Simulation& simulation, const Transport& transport, const std::string& path,
                               MirroredVolumeShape shape)
    : simulation_(simulation),
      transport_(transport),
      shape_(std::move(shape)),
      draws_(simulation.stream(path + "/volume", "writes")) {
    SIM_CHECK(shape_.largest.count > 0);
}

engine::Process<> MirroredVolume::write(WriteKind kind, Bytes size, int writes) {
    SIM_CHECK(size.count > 0 && writes >= 1);
    Duration slowest{};
    for (int i = 0; i < writes; ++i) {
        for (Bytes left = size; left.count > 0; left.count -= shape_.largest.count) {
            slowest = std::max(slowest, chain(Bytes{std::min(left.count, shape_.largest.count)}));
            ++counts_.of_node[static_cast<std::size_t>(kind)];
        }
    }
    co_await simulation_.delay(slowest);
}

Duration MirroredVolume::chain(Bytes size) {
    const Duration here = stored_twice(shape_.node, shape_.node, size);
    if (!shape_.standby) return here;
    ++counts_.across_zones;
    const Payload payload{size, Bytes{}};
    const Delays across = transport_.round_trip(shape_.node, *shape_.standby, payload, draws_);
    return here + across.forward + stored_twice(*shape_.standby, *shape_.standby, size) + across.back;
}

// To a server in `zone`, which passes it on to its mirror there before it answers.
Duration MirroredVolume::stored_twice(PlaceId from, PlaceId zone, Bytes size) {
    Duration took{};
    for (int server = 0; server < 2; ++server) {
        const Delays way = transport_.round_trip(server == 0 ? from : zone, zone, Payload{size, Bytes{}}, draws_);
        took += way.forward + shape_.write.sample_duration(draws_) + way.back;
        ++counts_.in_block_stores;
    }
    return took;
}

}  // namespace faultline::models

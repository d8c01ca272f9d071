#include "engine/random/stream.hpp"

#include <Random123/philox.h>

namespace faultline::engine {

PhiloxBlock philox_block(StreamKey key, const PhiloxBlock& counter) {
    const r123::Philox4x64::ctr_type in{{counter[0], counter[1], counter[2], counter[3]}};
    const r123::Philox4x64::key_type under{{key.high, key.low}};
    const r123::Philox4x64::ctr_type out = r123::Philox4x64{}(in, under);
    return {out[0], out[1], out[2], out[3]};
}

namespace {
Draws draws_of(const PhiloxBlock& words) {
    return {words[0], words[1]};
}
}  // namespace

RandomStream::RandomStream(StreamKey key) : Draws(draws_of(philox_block(key, {0, 0, 0, 0}))) {}

// Its next two words are as good as its state: equal ones, equal streams.
void RandomStream::branch(std::uint64_t future) {
    const std::uint64_t high = (*this)();
    const std::uint64_t low = (*this)();
    static_cast<Draws&>(*this) = draws_of(philox_block({high, low}, {future, 0, 0, 2}));
}

void QueryKey::branch(std::uint64_t future) {
    const PhiloxBlock words = philox_block(key_, {future, 0, 0, 3});
    key_ = {words[0], words[1]};
}

QueryStreams query_streams(StreamKey key, std::uint64_t query_number) {
    // The last word keeps the queries of a key apart from its RandomStream.
    const PhiloxBlock words = philox_block(key, {0, query_number, 0, 1});
    return {{words[0], words[1]}, {words[2], words[3]}};
}

StreamKey stream_key(Seed seed, std::uint32_t replication, std::string_view component_path, std::string_view purpose) {
    // The generator itself mixes: any change of any part changes both words. The constant is a key of its own, apart
    // from every key that seeds could make equal by chance.
    constexpr std::uint64_t key_of_keys = stable_hash("faultline stream key");
    const PhiloxBlock words =
        philox_block({seed.value, key_of_keys}, {stable_hash(component_path), stable_hash(purpose), replication, 0});
    return {words[0], words[1]};
}

}  // namespace faultline::engine

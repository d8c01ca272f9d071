#include "models/cluster/log_batches.hpp"

#include <algorithm>

namespace faultline::models {

LogBatches::LogBatches(engine::Simulation& simulation, const std::string& path, const Transport& transport,
                       ProtectionGroups& groups, const SenderShape& shape)
    : simulation_(simulation),
      transport_(transport),
      groups_(groups),
      shape_(shape),
      draws_(simulation.stream(path + "/storage", "acknowledgements")) {}

std::uint64_t LogBatches::add(Stand writer, std::uint32_t group, std::uint64_t record) {
    const std::uint32_t records_most = commits_most * static_cast<std::uint32_t>(shape_.groups_per_commit);
    std::uint64_t number = groups_[group].newest_batch;
    LogBatch* batch = batches_.find(number);
    if (batch == nullptr || batch->departs <= simulation_.now() || batch->records >= records_most) {
        number = open(writer, group);
        batch = batches_.find(number);
    }
    ++batch->records;
    batch->last_record = record;
    ++records_;
    return number;
}

std::uint64_t LogBatches::open(Stand writer, std::uint32_t group) {
    LogBatch batch;
    batch.departs = std::max(simulation_.now(), sender_free_);
    batch.group = group;
    batch.previous = groups_[group].newest_batch;
    batch.acknowledged.fill(engine::end_of_time);
    Instant departs = batch.departs;
    for (std::size_t copy = 0; copy < groups_.copies(); ++copy) {
        if (!ProtectionGroups::alive(groups_[group], copy)) continue;
        send_to(writer, batch, copy, departs);
        departs += shape_.send_time;
    }
    sender_free_ = departs;
    batch.durable = quorum_time(batch);
    const std::uint64_t number = batches_.push(batch);
    groups_[group].newest_batch = number;
    return number;
}

void LogBatches::send_to(Stand writer, LogBatch& batch, std::size_t copy, Instant departs) {
    StorageNode& node = groups_.node_of(groups_[batch.group].segments[copy]);
    ++operations_;
    const Delays legs = transport_.round_trip(writer, node.place, Payload{commit_size, Bytes{64}}, draws_);
    if (!legs.delivered) return;
    batch.acknowledged[copy] = node.persist(departs + legs.forward, shape_.persist.sample_duration(draws_)) + legs.back;
}

// Of the segments that have acknowledged it or will.
Instant LogBatches::quorum_time(const LogBatch& batch) const {
    std::array<Instant, copies_max> acknowledged;
    std::size_t count = 0;
    for (std::size_t copy = 0; copy < groups_.copies(); ++copy) {
        const Instant at = batch.acknowledged[copy];
        if (at < engine::end_of_time && at <= groups_[batch.group].segments[copy].died) acknowledged[count++] = at;
    }
    const auto quorum = static_cast<std::size_t>(shape_.write_quorum);
    if (count < quorum) return engine::end_of_time;
    const auto kth = acknowledged.begin() + static_cast<std::ptrdiff_t>(quorum - 1);
    std::nth_element(acknowledged.begin(), kth, acknowledged.begin() + static_cast<std::ptrdiff_t>(count));
    return *kth;
}

bool LogBatches::on_every_living_segment(const LogBatch& batch, Instant now) const {
    for (std::size_t copy = 0; copy < groups_.copies(); ++copy) {
        if (ProtectionGroups::alive(groups_[batch.group], copy) && !acknowledged_by(batch, copy, now)) return false;
    }
    return true;
}

bool LogBatches::on_some_of(const LogBatch& batch, std::uint16_t segments, Instant now) const {
    for (std::size_t copy = 0; copy < groups_.copies(); ++copy) {
        if ((std::uint32_t{segments} >> copy & 1U) != 0 && acknowledged_by(batch, copy, now)) return true;
    }
    return false;
}

void LogBatches::send_again(Stand writer, LogBatch& batch) {
    for (std::size_t copy = 0; copy < groups_.copies(); ++copy) {
        const bool missing = batch.acknowledged[copy] == engine::end_of_time;
        if (!missing || !ProtectionGroups::alive(groups_[batch.group], copy)) continue;
        send_to(writer, batch, copy, std::max(simulation_.now(), batch.departs));
    }
    batch.durable = quorum_time(batch);
}

void LogBatches::segment_lost(std::uint32_t group) {
    for (std::uint64_t number = batches_.first_ticket(); number < batches_.next_ticket(); ++number) {
        LogBatch& batch = *batches_.find(number);
        if (batch.group == group && batch.durable > simulation_.now()) batch.durable = quorum_time(batch);
    }
}

// The source of the repair had what the group had by now; what nobody has yet is sent to the new segment as well.
void LogBatches::segment_restored(Stand writer, std::uint32_t group, std::size_t copy) {
    const Instant now = simulation_.now();
    for (std::uint64_t number = batches_.first_ticket(); number < batches_.next_ticket(); ++number) {
        LogBatch& batch = *batches_.find(number);
        if (batch.group != group) continue;
        batch.acknowledged[copy] = engine::end_of_time;
        if (on_some_living_segment(batch, now)) {
            batch.acknowledged[copy] = now;
        } else {
            send_to(writer, batch, copy, std::max(now, batch.departs));
        }
        if (batch.durable > now) batch.durable = quorum_time(batch);
    }
}

void LogBatches::forget_before(std::uint64_t record) {
    while (!batches_.empty() && batches_.front().last_record < record) batches_.pop();
}

void LogBatches::drop_unsent() {
    for (std::uint64_t number = batches_.first_ticket(); number < batches_.next_ticket(); ++number) {
        LogBatch& batch = *batches_.find(number);
        if (batch.departs <= simulation_.now()) continue;
        batch.acknowledged.fill(engine::end_of_time);
        batch.durable = engine::end_of_time;
    }
}

void LogBatches::start_anew() {
    batches_.clear();
    sender_free_ = simulation_.now();
    for (const auto& node : groups_.nodes()) node->connect_anew();
}

}  // namespace faultline::models

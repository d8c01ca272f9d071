#include "models/cluster/log_batches.hpp"

#include <algorithm>
#include <bit>

namespace faultline::models {

LogBatches::LogBatches(engine::Simulation& simulation, const std::string& path, const Transport& transport,
                       ProtectionGroups& groups, const SenderShape& shape)
    : simulation_(simulation),
      transport_(transport),
      groups_(groups),
      shape_(shape),
      draws_(simulation.stream(path + "/storage", "acknowledgements")) {}

std::uint64_t LogBatches::add(const LogSource& writer, std::uint32_t group, std::uint64_t record) {
    const std::uint32_t records_most = commits_most * static_cast<std::uint32_t>(shape_.groups_per_commit);
    std::uint64_t number = groups_[group].newest_batch;
    LogBatch* batch = batches_.find(number);
    if (batch == nullptr || batch->departs <= simulation_.now() || batch->records >= records_most) {
        number = open(writer, group);
        batch = batches_.find(number);
    } else if (writer.card != nullptr && writer.card->limited()) {
        join(writer, *batch);
    }
    ++batch->records;
    batch->last_record = record;
    ++records_;
    return number;
}

std::uint64_t LogBatches::open(const LogSource& writer, std::uint32_t group) {
    LogBatch batch;
    batch.departs = std::max(simulation_.now(), sender_free_);
    batch.group = group;
    batch.previous = groups_[group].newest_batch;
    batch.acknowledged.fill(engine::end_of_time);
    const int sent = std::popcount(groups_[group].alive);
    if (writer.card != nullptr) {
        batch.on_card = writer.card->time_of(writer.log);
        batch.card_free = writer.card->take(simulation_.now(), Bytes{writer.log.count * sent}).start;
    }
    int operation = 0;
    for (std::size_t copy = 0; copy < groups_.copies(); ++copy) {
        if (!ProtectionGroups::alive(groups_[group], copy)) continue;
        send_to(writer.stand, batch, copy, left(batch, operation++));
    }
    sender_free_ = batch.departs + sent * shape_.send_time;
    batch.durable = quorum_time(batch);
    const std::uint64_t number = batches_.push(batch);
    groups_[group].newest_batch = number;
    groups_[group].newest_departs = batch.departs;
    return number;
}

// Of operations that take the sender s each and the card c: the later of both is the bottleneck,
//   left(i) = c + max(departs + i * s, the card free + i * c, departs + i * c).
Instant LogBatches::left(const LogBatch& batch, int i) const {
    const Instant card_first = std::max(batch.departs, batch.card_free) + i * batch.on_card;
    return std::max(batch.departs + i * shape_.send_time, card_first) + batch.on_card;
}

// The bytes of this record leave with those of its batch, to all that it was sent to. It has not departed yet, so
// nothing of it has been acknowledged.
void LogBatches::join(const LogSource& writer, LogBatch& batch) {
    const LogBatch before = batch;
    const int sent = std::popcount(groups_[batch.group].alive);
    writer.card->take(simulation_.now(), Bytes{writer.log.count * sent});
    batch.on_card += writer.card->time_of(writer.log);
    int operation = 0;
    for (std::size_t copy = 0; copy < groups_.copies(); ++copy) {
        if (!ProtectionGroups::alive(groups_[batch.group], copy)) continue;
        const Duration later = left(batch, operation) - left(before, operation);
        ++operation;
        if (batch.acknowledged[copy] < engine::end_of_time) batch.acknowledged[copy] += later;
    }
    batch.durable = quorum_time(batch);
}

void LogBatches::send_to(Stand writer, LogBatch& batch, std::size_t copy, Instant left) {
    StorageNode& node = groups_.node_of(groups_[batch.group].segments[copy]);
    ++operations_;
    const Delays legs = transport_.round_trip(writer, node.stand(), Payload{commit_size, Bytes{64}}, draws_);
    if (!legs.delivered) return;
    batch.acknowledged[copy] = node.persist(left + legs.forward, shape_.persist.sample_duration(draws_)) + legs.back;
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
        if (batch.departs > simulation_.now()) {
            batch.acknowledged.fill(engine::end_of_time);
            batch.durable = engine::end_of_time;
        } else if (batch.on_card > Duration::zero()) {
            drop_on_card(batch);
        }
    }
}

void LogBatches::drop_on_card(LogBatch& batch) {
    int operation = 0;
    for (std::size_t copy = 0; copy < groups_.copies(); ++copy) {
        if (!ProtectionGroups::alive(groups_[batch.group], copy)) continue;
        if (left(batch, operation++) > simulation_.now()) batch.acknowledged[copy] = engine::end_of_time;
    }
    batch.durable = quorum_time(batch);
}

void LogBatches::start_anew() {
    batches_.clear();
    sender_free_ = simulation_.now();
    for (const auto& node : groups_.nodes()) node->connect_anew();
}

}  // namespace faultline::models

#include "models/cluster/writer_rescue.hpp"

#include <algorithm>

namespace faultline::models {

using engine::end_of_time;
using engine::Instant;

namespace {

// Begins what is possible, and forgets what no longer is.
void follow(Instant& end, bool possible, const engine::Distribution& takes, engine::RandomStream& draws, Instant now) {
    if (!possible) {
        end = end_of_time;
    } else if (end == end_of_time) {
        end = now + takes.sample_duration(draws);
    }
}

}  // namespace

WriterRescue::Way WriterRescue::look(const Seen& seen, Instant now) {
    const bool rebuilds = rebuilt_ != end_of_time || (seen.control_plane_acts && !seen.host_stands);
    follow(rebuilt_, seen.zone_stands && rebuilds, shape_.rebuild, rebuilds_, now);
    const bool restarts = restarted_ != end_of_time || seen.control_plane_acts;
    follow(restarted_, seen.host_stands && restarts, shape_.restart, draws_, now);
    operators_part(seen, now);
    doing_ = now_doing(seen);
    if (restarted_ <= now) return Way::restart;
    if (rebuilt_ <= now) return Way::rebuild;
    return added_ <= now ? Way::elsewhere : Way::none;
}

void WriterRescue::operators_part(const Seen& seen, Instant now) {
    const bool raised = alarm_.heard(seen.zone_stands, now);
    if (raised && decided_ == end_of_time && added_ == end_of_time) {
        decided_ = now + shape_.elsewhere.decision.sample_duration(draws_);
    }
    if (decided_ > now) return;
    if (seen.zone_stands) {
        decided_ = end_of_time;
    } else if (seen.control_plane_acts) {
        decided_ = end_of_time;
        added_ = now + shape_.elsewhere.add_instance.sample_duration(draws_);
    }
}

WriterRescue::Doing WriterRescue::now_doing(const Seen& seen) const {
    if (restarted_ != end_of_time) return Doing::restarting;
    if (added_ != end_of_time && added_ <= rebuilt_) return Doing::adding;
    if (seen.zone_stands) return Doing::rebuilding;
    return decided_ != end_of_time ? Doing::deciding : Doing::unnoticed;
}

Instant WriterRescue::next_end() const {
    return std::min({restarted_, rebuilt_, decided_, added_});
}

}  // namespace faultline::models

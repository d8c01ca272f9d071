#include "models/cluster/serverless.hpp"

#include <algorithm>
#include <cmath>

namespace faultline::models {

namespace {
constexpr double step = 0.5;           // Source: Aurora User Guide, Serverless v2: increments of 0.5 ACU
constexpr double least_shrink = 0.05;  // ACU a second, so that a small instance shrinks at all. An assumption.
}  // namespace

void CpuShare::set(double vcpus) {
    places_ = std::max(1, static_cast<int>(std::ceil(vcpus)));
    stretch_ = places_ / vcpus;
    for (int place = running_; place < places_; ++place) freed_.notify_one();
}

Duration CpuShare::stretched(Duration demand) const {
    if (stretch_ == 1.0 && speed_ == 1.0) return demand;
    return engine::duration_from_seconds(engine::in_seconds(demand) * stretch_ / speed_);
}

double CpuShare::busy_share(Instant now) {
    const double share = std::min(1.0, busy_.mean(now) / places_);
    busy_before_s_ += busy_.count_seconds(now);
    busy_.reset(now);
    return share;
}

CpuShare::Turn::Turn(CpuShare& share, engine::Simulation& simulation) : share_(share), simulation_(simulation) {
    ++share_.running_;
    share_.busy_.set(simulation_.now(), share_.running_);
}

CpuShare::Turn::~Turn() {
    --share_.running_;
    share_.busy_.set(simulation_.now(), share_.running_);
    if (share_.free()) share_.freed_.notify_one();
}

ServerlessCapacity::ServerlessCapacity(const ServerlessShape& shape, Instant now)
    : shape_(shape),
      wanted_(shape.acu_min),
      acu_(shape.acu_min),
      cpu_(now, shape.acu_min * shape.vcpus_an_acu),
      over_time_(shape.acu_min, now) {}

std::uint64_t ServerlessCapacity::pool_pages() const {
    return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(acu_ * shape_.pool_pages_an_acu));
}

void ServerlessCapacity::follow(Instant now, double at_least) {
    const double ideal = acu_ * cpu_.busy_share(now) / shape_.target;
    const double most = wanted_ + std::max(step, wanted_ * shape_.up_a_second);
    const double least = wanted_ - std::max(least_shrink, wanted_ * shape_.down_a_second);
    wanted_ = std::clamp(std::clamp(ideal, least, most), shape_.acu_min, shape_.acu_max);
    wanted_ = std::max(wanted_, std::min(at_least, shape_.acu_max));
    const double rounded = std::min(shape_.acu_max, std::ceil(wanted_ / step) * step);
    if (rounded == acu_) return;
    acu_ = rounded;
    cpu_.set(acu_ * shape_.vcpus_an_acu);
    over_time_.set(now, acu_);
}

}  // namespace faultline::models

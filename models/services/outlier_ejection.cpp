#include "models/services/outlier_ejection.hpp"

#include <algorithm>
#include <utility>

namespace faultline::models {

void OutlierWatch::add(std::string path) {
    Watched one;
    one.component = std::make_unique<engine::Component>(simulation_, std::move(path));
    instances_.push_back(std::move(one));
}

void OutlierWatch::answered(std::size_t index, bool well) {
    Watched& one = instances_[index];
    one.failures = well ? 0 : one.failures + 1;
    if (one.out || one.failures < settings_.failures) return;
    const auto together = static_cast<double>(out_ + 1);
    if (out_ == 0 || together <= settings_.share_most * static_cast<double>(instances_.size())) put_out(one);
}

void OutlierWatch::put_out(Watched& one) {
    one.failures = 0;
    one.out = true;
    ++one.times;
    ++out_;
    const engine::Duration most = settings_.ejection_most;
    const bool longest = most / one.times < settings_.ejection;
    one.until = engine::saturating_add(simulation_.now(), longest ? most : settings_.ejection * one.times);
    one.component->enter("ejected");
}

engine::Process<> OutlierWatch::look() {
    for (;;) {
        co_await simulation_.delay(settings_.interval);
        for (Watched& one : instances_) {
            if (!one.out) one.times = std::max(0, one.times - 1);
            if (!one.out || simulation_.now() < one.until) continue;
            one.out = false;
            --out_;
            one.component->enter("back");
        }
    }
}

}  // namespace faultline::models

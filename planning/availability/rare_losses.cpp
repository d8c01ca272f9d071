#include "planning/availability/rare_losses.hpp"

#include <algorithm>
#include <boost/random/exponential_distribution.hpp>
#include <cmath>
#include <limits>

#include "engine/check.hpp"

namespace faultline::planning {
namespace {

constexpr std::uint64_t batch_count = 40;
constexpr int failures_boosted = 8;  // of one cycle: then it is left to end
constexpr double balanced = 0.5;     // of the choices among processes; the others as they are

// What a cycle, or many, come to, each with its likelihood ratio.
struct Sums {
    explicit Sums(std::size_t cells) : overlap_s(cells) {}
    double length_s = 0.0, write_quorum = 0.0, read_quorum = 0.0, regions = 0.0;
    std::vector<double> overlap_s;
};

class Cycle {
public:
    Cycle(const OutageSimulator& simulator, const RarePlan& plan, std::uint64_t number, Sums& into)
        : simulator_{simulator},
          plan_{plan},
          state_{simulator.start(plan.seed, number)},
          ledger_{simulator.model().cells.size()},
          into_{into} {
        state_.pending_count = 0;  // planned work is none of it
        state_.background_count = 0;
    }

    void run() {
        into_.length_s += 1.0 / simulator_.model().rate;
        fail();
        for (int failures = 1; state_.pending_count > 0; ++failures) {
            while (state_.pending_count > 0 && !step(failures)) {
            }
        }
    }

private:
    // The next event. Returns whether it was a failure.
    bool step(int failures) {
        const double rate = simulator_.model().rate;
        double last = 0.0;
        for (std::size_t i = 0; i < state_.pending_count; ++i) last = std::max(last, state_.pending[i].at);
        const bool boosted = plan_.biased && failures <= failures_boosted && last > state_.now;
        const double used = boosted ? std::max(rate, 1.0 / (last - state_.now)) : rate;
        const double wait = boost::random::exponential_distribution<double>{used}(state_.draws);
        const double until_pending = state_.pending[0].at - state_.now;
        const bool failure = wait < until_pending;
        const double passed = failure ? wait : until_pending;
        weight_ *= std::exp((used - rate) * passed) * (failure ? rate / used : 1.0);
        account(passed);
        if (failure) {
            state_.now += passed;
            fail();
            return true;
        }
        state_.next_failure = std::numeric_limits<double>::infinity();
        simulator_.run_next(state_, ledger_);
        count();
        return false;
    }

    void fail() {
        const OutageModel& model = simulator_.model();
        const auto candidates = static_cast<double>(active());
        double drawn = state_.draws.uniform();
        std::size_t chosen = model.processes.size();
        double real = 0.0, used = 0.0;
        for (std::size_t i = 0; i < model.processes.size(); ++i) {
            if (model.processes[i].every || model.processes[i].rate() <= 0.0) continue;
            chosen = i;
            real = model.processes[i].rate() / model.rate;
            used = plan_.biased ? balanced / candidates + (1.0 - balanced) * real : real;
            if (drawn < used) break;
            drawn -= used;
        }
        SIM_CHECK(chosen < model.processes.size());
        weight_ *= real / used;
        const auto targets = static_cast<double>(model.processes[chosen].targets.size());
        simulator_.strike(state_, chosen, static_cast<std::size_t>(state_.draws.uniform() * targets));
        simulator_.look(state_, ledger_);
        count();
    }

    std::size_t active() const {
        const auto& processes = simulator_.model().processes;
        return static_cast<std::size_t>(std::count_if(processes.begin(), processes.end(),
                                                      [](const auto& one) { return !one.every && one.rate() > 0.0; }));
    }

    void account(double seconds) {
        into_.length_s += weight_ * seconds;
        if (!state_.any_away) return;
        for (std::size_t i = 0; i < into_.overlap_s.size(); ++i) {
            const CellState& cell = state_.cells[i];
            if (cell.overlap) into_.overlap_s[i] += weight_ * seconds * static_cast<double>(cell.unplanned);
        }
    }

    void count() {
        into_.write_quorum += weight_ * (state_.write_quorum_losses - seen_write_);
        into_.read_quorum += weight_ * (state_.read_quorum_losses - seen_read_);
        into_.regions += weight_ * (state_.regions_lost - seen_regions_);
        seen_write_ = state_.write_quorum_losses;
        seen_read_ = state_.read_quorum_losses;
        seen_regions_ = state_.regions_lost;
    }

    const OutageSimulator& simulator_;
    const RarePlan& plan_;
    OutageState state_;
    OutageLedger ledger_;
    Sums& into_;
    double weight_ = 1.0;
    std::uint32_t seen_write_ = 0, seen_read_ = 0, seen_regions_ = 0;
};

}  // namespace

std::string forbids_rare(const OutageModel& model) {
    for (const FailureProcess& process : model.processes) {
        if (process.every && !process.planned && process.counts) return process.name;
    }
    return model.rate > 0.0 ? "" : "nothing breaks";
}

RareRates rare_rates(const OutageModel& model, const RarePlan& plan) {
    SIM_CHECK(forbids_rare(model).empty());
    const OutageSimulator simulator{model};
    const std::size_t cells = model.cells.size();
    std::vector<Sums> sums(batch_count, Sums{cells});
    const std::uint64_t each = std::max<std::uint64_t>(1, plan.cycles / batch_count);
    constexpr std::uint64_t apart = std::uint64_t{1} << 40U;  // from the streams of years
    double length_s = 0.0;
    for (std::uint64_t b = 0; b < batch_count; ++b) {
        for (std::uint64_t c = 0; c < each; ++c) Cycle{simulator, plan, apart + b * each + c, sums[b]}.run();
        length_s += sums[b].length_s / static_cast<double>(each * batch_count);
    }
    const auto rate = [&](auto of, double unit) {
        std::vector<double> values;
        for (const Sums& one : sums) values.push_back(of(one) / static_cast<double>(each) / length_s * year_s / unit);
        engine::Interval interval = engine::confidence_interval(values, plan.confidence);
        interval.low = std::max(0.0, interval.low);
        return interval;
    };
    RareRates rates;
    rates.write_quorum = rate([](const Sums& s) { return s.write_quorum; }, 1.0);
    rates.read_quorum = rate([](const Sums& s) { return s.read_quorum; }, 1.0);
    rates.regions = rate([](const Sums& s) { return s.regions; }, 1.0);
    for (std::size_t i = 0; i < cells; ++i) {
        rates.overlap_minutes.push_back(rate([i](const Sums& s) { return s.overlap_s[i]; }, 60.0));
    }
    return rates;
}

}  // namespace faultline::planning

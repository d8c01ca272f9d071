#include "planning/availability/years.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <thread>

#include "engine/check.hpp"

namespace faultline::planning {
namespace {

constexpr std::uint64_t first_round = 40;  // batches before the precision is looked at; then twice as many, and so on
// Of a plan without a precision, twice as many each time: busy years are few until their events are counted.
constexpr std::uint64_t rounds_least = 8, rounds_most = 80;

struct Batch {
    std::vector<YearLoss> losses;
    std::vector<std::vector<CauseLoss>> causes;
    std::uint64_t events = 0, write_quorum_losses = 0, read_quorum_losses = 0, regions_lost = 0;
};

Batch run_batch(const OutageSimulator& simulator, engine::Seed seed, std::uint64_t number) {
    const std::size_t cells = simulator.model().cells.size();
    OutageState state = simulator.start(seed, number);
    OutageLedger ledger{cells};
    Batch batch;
    batch.losses.reserve(years_of_batch * cells);
    for (std::uint64_t year = 1; year <= years_of_batch; ++year) {
        simulator.advance(state, static_cast<double>(year) * year_s, ledger);
        for (std::size_t cell = 0; cell < cells; ++cell) {
            batch.losses.push_back(
                {static_cast<float>(ledger.unplanned_s[cell]), static_cast<float>(ledger.planned_s[cell])});
        }
        ledger.clear_seconds();
    }
    batch.causes = std::move(ledger.causes);
    batch.events = state.events;
    batch.write_quorum_losses = state.write_quorum_losses;
    batch.read_quorum_losses = state.read_quorum_losses;
    batch.regions_lost = state.regions_lost;
    return batch;
}

// Batches first .. first + count - 1, in their order whatever order the workers end in. Nothing: interrupted.
std::vector<Batch> run_batches(const OutageSimulator& simulator, const YearsPlan& plan, std::uint64_t first,
                               std::uint64_t count) {
    std::vector<Batch> batches(count);
    std::atomic<std::uint64_t> next{0}, done{0};
    std::atomic<bool> stop{false};
    const auto look = [&] {
        if (plan.progress) plan.progress((first + done) * years_of_batch);
        if (plan.interrupted && plan.interrupted()) stop = true;
    };
    const auto work = [&](bool looks) {
        for (std::uint64_t i = next++; i < count && !stop; i = next++) {
            batches[i] = run_batch(simulator, plan.seed, first + i);
            ++done;
            if (looks) look();
        }
    };
    std::vector<std::jthread> workers;
    const auto most = static_cast<int>(std::min<std::uint64_t>(count, 1024));
    for (int i = 1; i < std::min(plan.jobs, most); ++i) workers.emplace_back(work, false);
    work(true);  // the calling thread
    workers.clear();
    look();
    if (stop) batches.clear();
    return batches;
}

void add(Years& years, const Batch& batch) {
    years.losses.insert(years.losses.end(), batch.losses.begin(), batch.losses.end());
    years.years += years_of_batch;
    years.events += batch.events;
    years.write_quorum_losses += batch.write_quorum_losses;
    years.read_quorum_losses += batch.read_quorum_losses;
    years.regions_lost += batch.regions_lost;
    for (std::size_t cell = 0; cell < years.cells; ++cell) {
        for (const CauseLoss& loss : batch.causes[cell]) {
            auto& all = years.causes[cell];
            auto found = std::find_if(all.begin(), all.end(), [&](const CauseLoss& one) {
                return one.cause == loss.cause && one.overlap == loss.overlap && one.planned == loss.planned;
            });
            if (found == all.end()) found = all.insert(found, CauseLoss{loss.cause, loss.overlap, loss.planned, 0, 0});
            found->seconds += loss.seconds;
            found->times += loss.times;
        }
    }
}

bool precise(const Years& years, const OutageModel& model, const YearsPlan& plan) {
    for (std::size_t cell = 0; cell < years.cells; ++cell) {
        if (model.cells[cell].query_class.empty()) continue;
        const engine::Interval mean = mean_of_years(minutes_of_years(years, {{cell, 1.0}}, false), plan.confidence);
        if (mean.half_width() > *plan.precision * mean.estimate) return false;
    }
    return true;
}

}  // namespace

Years simulate_years(const OutageModel& model, const YearsPlan& plan) {
    const OutageSimulator simulator{model};
    Years years;
    years.cells = model.cells.size();
    years.causes.resize(years.cells);
    const std::uint64_t most = std::max<std::uint64_t>(2, (plan.years + years_of_batch - 1) / years_of_batch);
    std::uint64_t done = 0;
    while (done < most) {
        const std::uint64_t looks_at = std::max(first_round, 2 * done);
        const std::uint64_t round = std::clamp(done, rounds_least, rounds_most);
        const std::uint64_t until = std::min(most, plan.precision ? looks_at : done + round);
        const std::vector<Batch> batches = run_batches(simulator, plan, done, until - done);
        years.interrupted = batches.empty();
        if (years.interrupted) break;
        for (const Batch& batch : batches) add(years, batch);
        done = until;
        if (plan.precision && precise(years, model, plan)) break;
        years.out_of_events = plan.events_most > 0 && years.events >= plan.events_most && done < most;
        if (years.out_of_events) break;
    }
    return years;
}

std::vector<double> minutes_of_years(const Years& years, const std::vector<WeightedCell>& cells, bool with_planned) {
    std::vector<double> minutes;
    minutes.reserve(years.years);
    for (std::size_t year = 0; year < years.years; ++year) {
        double seconds = 0.0;
        for (const WeightedCell& one : cells) {
            const YearLoss& loss = years.at(year, one.cell);
            const auto planned = with_planned ? static_cast<double>(loss.planned_s) : 0.0;
            seconds += one.weight * (static_cast<double>(loss.unplanned_s) + planned);
        }
        minutes.push_back(seconds / 60.0);
    }
    return minutes;
}

engine::Interval mean_of_years(const std::vector<double>& minutes, double confidence) {
    const std::size_t batches = minutes.size() / years_of_batch;
    if (batches < 2) return {};
    return engine::batch_means_interval(minutes, batches, confidence);
}

}  // namespace faultline::planning

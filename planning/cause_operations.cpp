// Why operations are slow or fail, and why reads miss a cache or are old.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <span>

#include "planning/cause.hpp"
#include "planning/fullest.hpp"
#include "planning/requirement.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::planning {
namespace {

using scenarios::Outcomes;
using scenarios::Phase;
using scenarios::Requirement;
using scenarios::Stage;

constexpr double full_from = 0.5;   // in use for less of the time, a queue is no reason to wait
constexpr double short_from = 0.8;  // the same that makes operations fail, and not wait only
constexpr double tail_from = 0.95;  // a quantile beyond it is of the slowest
constexpr std::array waits_for_pool{scenarios::resource_connections};
constexpr std::array waits_for_server{scenarios::resource_cpu,     scenarios::resource_threads,
                                      scenarios::resource_servers, scenarios::resource_cache_thread,
                                      scenarios::resource_slots,   scenarios::resource_slices};
constexpr std::array waits_for_disk{scenarios::resource_log_disks, scenarios::resource_page_disks,
                                    scenarios::resource_log_disk, scenarios::resource_network_card};
constexpr std::array waits_for_cache{scenarios::resource_cache_thread, scenarios::resource_network_card};
constexpr std::array waits_for_link{scenarios::resource_link, scenarios::resource_network_card};
constexpr std::array anything{
    scenarios::resource_cpu,         scenarios::resource_threads,      scenarios::resource_servers,
    scenarios::resource_connections, scenarios::resource_cache_thread, scenarios::resource_network_card,
    scenarios::resource_log_disks,   scenarios::resource_page_disks,   scenarios::resource_slots,
    scenarios::resource_slices,      scenarios::resource_log_disk};

// What a query does in a stage, as the end of "... goes to", and what is short there.
struct StageWords {
    const char* goes_to;
    std::span<const char* const> kinds;
};
constexpr std::array<StageWords, scenarios::stage_count> stage_words{{
    {"looking names up (DNS)", {}},
    {"opening connections", {}},
    {"the network between the places", waits_for_link},
    {"waiting for a free connection of the pool", waits_for_pool},
    {"waiting for a busy server", waits_for_server},
    {"computing", waits_for_server},
    {"waiting for locks", {}},
    {"making writes durable in the storage's quorum", waits_for_disk},
    {"the cache", waits_for_cache},
    {"pausing before another attempt", {}},
}};

struct TopStage {
    std::size_t stage = 0;
    double share = 0.0;    // of all stages; 0: nothing is known
    bool slowest = false;  // of the slowest 1 %, else of all
};

TopStage top_stage(const scenarios::Scenario& scenario, const Requirement& requirement, Results results) {
    std::array<std::int64_t, scenarios::stage_count> slow{};
    std::array<std::int64_t, scenarios::stage_count> all{};
    for (const auto& replication : results) {
        for (const auto& one : replication.classes) {
            if (!is_of(scenario, requirement.of, one.name)) continue;
            for (std::size_t i = 0; i < scenarios::stage_count; ++i) {
                slow[i] += one.stage_slow_ns[i];
                all[i] += one.stage_ns[i];
            }
        }
    }
    const bool any_slow = std::any_of(slow.begin(), slow.end(), [](std::int64_t ns) { return ns > 0; });
    // A median is not made by the slowest.
    const bool slowest = any_slow && quantile_of(requirement.statistic, 0.99).value_or(0.0) >= tail_from;
    const auto& ns = slowest ? slow : all;
    double sum = 0.0;
    for (const std::int64_t stage : ns) sum += static_cast<double>(stage);
    const auto top = static_cast<std::size_t>(std::max_element(ns.begin(), ns.end()) - ns.begin());
    return {top, sum > 0.0 ? static_cast<double>(ns[top]) / sum : 0.0, slowest};
}

// What became of operations.
struct Failures {
    Outcomes sum;
    std::array<std::uint64_t, 3> not_good{};                          // steady, degraded, recovering
    std::map<std::string, std::map<std::string, std::uint64_t>> why;  // by outcome and reason of it
    std::uint64_t late() const { return sum.answered - sum.good; }
    std::uint64_t all() const { return sum.refused + sum.timed_out + sum.failed + late() + in_flight(); }
    std::uint64_t in_flight() const { return sum.in_flight - sum.undecided; }
    void add(const Outcomes& of, std::size_t phase) {
        sum.due += of.due, sum.answered += of.answered, sum.refused += of.refused, sum.timed_out += of.timed_out;
        sum.failed += of.failed, sum.in_flight += of.in_flight, sum.good += of.good, sum.undecided += of.undecided;
        not_good[phase] += of.due - of.good - of.undecided;
    }
    // At one office in one phase.
    void add_reasons(const scenarios::ClassResult& of, std::size_t phase, std::size_t office) {
        for (const scenarios::UnansweredResult& one : of.unanswered) {
            const auto& by_office = *std::array{&one.steady, &one.degraded, &one.recovering}[phase];
            if (office < by_office.size()) why[one.outcome][one.reason] += by_office[office];
        }
    }
};

Failures failures_of(const scenarios::Scenario& scenario, const Requirement& requirement, const std::string& place,
                     Results results) {
    constexpr std::array phases{Phase::steady, Phase::degraded, Phase::recovering};
    Failures failures;
    for (const auto& replication : results) {
        for (const auto& one : replication.classes) {
            if (!is_of(scenario, requirement.of, one.name)) continue;
            const std::array by_phase{&one.steady, &one.degraded, &one.recovering};
            for (std::size_t p = 0; p < by_phase.size(); ++p) {
                if (requirement.phase != Phase::all && requirement.phase != phases[p]) continue;
                for (std::size_t office = 0; office < by_phase[p]->size(); ++office) {
                    if (!place.empty() && scenario.offices.at(office).name != place) continue;
                    failures.add((*by_phase[p])[office].outcomes, p);
                    failures.add_reasons(one, p, office);
                }
            }
        }
    }
    return failures;
}

double percent_of(std::uint64_t part, std::uint64_t whole) {
    return 100.0 * static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(1, whole));
}

// The phase that holds most of something, if there are several to choose from.
std::string mostly_when(const std::array<std::uint64_t, 3>& counts, Phase asked) {
    constexpr std::array words{"in steady state", "while a fault was active", "after the faults, before full recovery"};
    const std::uint64_t all = counts[0] + counts[1] + counts[2];
    if (asked != Phase::all || all == 0) return "";
    const auto top = static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
    return fmt::format(", {:.0f} % of them {}", percent_of(counts[top], all), words[top]);
}

// Of a class's operations that were due in some seconds.
struct DueAndBad {
    std::uint64_t due = 0, bad = 0;
};
DueAndBad due_between(const scenarios::ClassResult& one, std::size_t first, std::size_t end) {
    DueAndBad sum;
    for (std::size_t second = first; second < std::min(end, one.due_per_s.size()); ++second) {
        sum.due += one.due_per_s[second];
        sum.bad += one.due_per_s[second] - one.good_per_s[second];
    }
    return sum;
}

// "zone lost + crash": the faults of the incidents in which most of what was not good was due; empty: of no such.
std::string mostly_of(const scenarios::Scenario& scenario, const Requirement& requirement, Results results) {
    std::map<std::string, std::uint64_t> bad;  // by faults
    std::uint64_t all = 0;
    for (const auto& replication : results) {
        for (const auto& one : replication.classes) {
            if (!is_of(scenario, requirement.of, one.name)) continue;
            all += due_between(one, 0, one.due_per_s.size()).bad;
            for (std::size_t i = 0; i < replication.incidents.size(); ++i) {
                const auto& incident = replication.incidents[i];
                const bool last = i + 1 == replication.incidents.size();
                std::int64_t end_ns = last ? replication.end_ns : replication.incidents[i + 1].start_ns;
                if (incident.full_recovery_ns > 0) end_ns = std::min(end_ns, incident.full_recovery_ns);
                const auto second_of = [](std::int64_t ns) { return static_cast<std::size_t>(ns / 1'000'000'000); };
                bad[faults_text(incident)] += due_between(one, second_of(incident.start_ns), second_of(end_ns) + 1).bad;
            }
        }
    }
    const auto most =
        std::max_element(bad.begin(), bad.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == bad.end() || 2 * most->second <= all ? "" : most->first;
}

struct InSurge {
    DueAndBad all, during, since;  // all, those in it, and those since it began
};
InSurge in_surge(const scenarios::Scenario& scenario, const Requirement& requirement, Results results,
                 const scenarios::Surge& surge) {
    InSurge sum;
    const auto add = [](DueAndBad& to, const DueAndBad& part) { to.due += part.due, to.bad += part.bad; };
    for (const auto& replication : results) {
        const engine::Duration from = engine::Duration{replication.warm_up_ns} + surge.at;
        const auto first = static_cast<std::size_t>(engine::in_seconds(from));
        const auto end = static_cast<std::size_t>(std::ceil(engine::in_seconds(from + surge.length())));
        for (const auto& one : replication.classes) {
            if (!is_of(scenario, requirement.of, one.name)) continue;
            add(sum.all, due_between(one, 0, one.due_per_s.size()));
            add(sum.during, due_between(one, first, end));
            add(sum.since, due_between(one, first, one.due_per_s.size()));
        }
    }
    return sum;
}

// The same of a surge of the workload, where most of what was not good was due in it, or since it began, and more than
// its part of what was due at all.
std::string mostly_in_a_surge(const scenarios::Scenario& scenario, const Requirement& requirement, Results results) {
    constexpr double most_from = 80.0, nearly_all_from = 95.0;  // percent
    std::string found;
    double found_percent = 0.0;
    for (const scenarios::Surge& surge : scenario.workload.arrivals.surges) {
        const InSurge sum = in_surge(scenario, requirement, results, surge);
        const auto try_one = [&](const DueAndBad& part, double from, const char* words) {
            const double percent = percent_of(part.bad, sum.all.bad);
            if (percent < from || percent <= percent_of(part.due, sum.all.due) || percent <= found_percent) return;
            found_percent = percent;
            found = fmt::format(fmt::runtime(words), percent, surge.name);
        };
        try_one(sum.during, most_from, ", {:.0f} % of them in the surge \"{}\"");
        if (found.empty()) try_one(sum.since, nearly_all_from, ", {:.0f} % of them since the surge \"{}\" began");
    }
    return found;
}

// The most frequent one.
struct Reason {
    std::uint64_t count;
    const char* words;
};
Reason top_reason(std::span<const Reason> reasons) {
    return *std::max_element(reasons.begin(), reasons.end(),
                             [](const Reason& a, const Reason& b) { return a.count < b.count; });
}

std::array<Reason, 5> reasons_of(const Failures& failures) {
    return {Reason{failures.sum.refused, "were refused"}, Reason{failures.sum.timed_out, "timed out"},
            Reason{failures.sum.failed, "failed"}, Reason{failures.late(), "were answered after their deadline"},
            Reason{failures.in_flight(), "were never answered within the run"}};
}

// By what they were refused, or where they failed: " by an open circuit breaker", ", 62 % of these at ...".
std::string why_text(const Failures& failures, const Reason& outcome) {
    constexpr double nearly_all_from = 95.0;  // percent
    const std::string words = outcome.words;
    const auto found = failures.why.find(words.starts_with("were ") ? words.substr(5) : words);
    if (found == failures.why.end()) return "";
    const auto top = std::max_element(found->second.begin(), found->second.end(),
                                      [](const auto& a, const auto& b) { return a.second < b.second; });
    const auto& texts = scenarios::failure_reason_texts;
    const auto text = std::find_if(texts.begin(), texts.end(), [&](const auto& one) { return top->first == one.name; });
    if (text == texts.end() || top->second == 0) return "";
    const double percent = percent_of(top->second, outcome.count);
    if (percent >= nearly_all_from) return fmt::format(" {}", text->words);
    return fmt::format(", {:.0f} % of these {}", percent, text->words);
}

// A breaker refuses for what failed before: most of that, where it is told; empty: nothing is, or no breaker is it.
std::string opened_by_text(const Failures& failures, const Reason& top) {
    const std::string words = top.words;
    const auto found = failures.why.find("refused");
    if (words != "were refused" || found == failures.why.end()) return "";
    const auto refused_most = std::max_element(found->second.begin(), found->second.end(),
                                               [](const auto& a, const auto& b) { return a.second < b.second; });
    if (refused_most->first != "circuit-breaker") return "";
    Failures others = failures;
    others.sum.refused -= std::min(others.sum.refused, refused_most->second);
    others.why["refused"].erase("circuit-breaker");
    const std::array reasons{Reason{others.sum.refused, "were refused"}, Reason{others.sum.timed_out, "timed out"},
                             Reason{others.sum.failed, "failed"}};
    const Reason opens = top_reason(reasons);
    const std::uint64_t all = reasons[0].count + reasons[1].count + reasons[2].count;
    if (opens.count == 0) return "";
    return fmt::format("; of what else went wrong, and opens it, {:.0f} % {}{}", percent_of(opens.count, all),
                       opens.words, why_text(others, opens));
}

std::string failures_text(const scenarios::Scenario& scenario, const Requirement& requirement, Results results,
                          const Failures& failures) {
    const std::array reasons = reasons_of(failures);
    const Reason top = top_reason(reasons);
    if (top.count == 0) return "";
    const std::string surge = mostly_in_a_surge(scenario, requirement, results);
    std::string when = mostly_when(failures.not_good, requirement.phase);
    const bool calm = failures.not_good[0] > failures.not_good[1] && failures.not_good[0] > failures.not_good[2];
    const std::string faults = calm ? "" : mostly_of(scenario, requirement, results);
    if (!faults.empty()) when += fmt::format(fmt::runtime(when.empty() ? ", most of them after {}" : " ({})"), faults);
    return fmt::format("of {} operations that were not good {:.0f} % {}{}{}{}", failures.all(),
                       percent_of(top.count, failures.all()), top.words, why_text(failures, top),
                       surge.empty() ? when : surge, opened_by_text(failures, top));
}

}  // namespace

std::string latency_cause(const scenarios::Scenario& scenario, const Requirement& requirement, const std::string& place,
                          Results results) {
    const Failures failures = failures_of(scenario, requirement, place, results);
    const bool failing = failures.sum.due > 0 && 100 * failures.all() > failures.sum.due;  // more than 1 % are not good
    const TopStage top = top_stage(scenario, requirement, results);
    const auto owners = passed_by(scenario, requirement);
    std::string text = failing ? failures_text(scenario, requirement, results, failures) : "";
    // What is refused is not in any stage.
    if (failing && top_reason(reasons_of(failures)).count == failures.sum.refused)
        text += fullest_text(fullest(requirement, owners, anything, short_from, results));
    if (top.share == 0.0) return text;
    const StageWords& words = stage_words[top.stage];
    if (!text.empty()) text += "; ";
    text += fmt::format("{:.0f} % of the time of {}{} goes to {}", 100.0 * top.share,
                        top.slowest ? "the slowest 1 % of " : "", requirement.of + " queries", words.goes_to);
    const std::string full = fullest_text(fullest(requirement, owners, words.kinds, full_from, results));
    return text.find(full) == std::string::npos ? text + full : text;  // of what was refused it has been said
}

std::string availability_cause(const scenarios::Scenario& scenario, const Requirement& requirement,
                               const std::string& place, Results results) {
    const std::string text =
        failures_text(scenario, requirement, results, failures_of(scenario, requirement, place, results));
    if (text.empty()) return "";
    return text + fullest_text(fullest(requirement, passed_by(scenario, requirement), anything, short_from, results));
}

std::string cache_cause(const Requirement& requirement, Results results) {
    std::uint64_t misses = 0, bypassed = 0, stale = 0, coalesced = 0, evicted = 0, keys = 0, keys_lost = 0;
    std::uint64_t refused = 0;
    for (const auto& replication : results) {
        for (const auto& cache : replication.caches) {
            if (!requirement.of.empty() && cache.name != requirement.of) continue;
            misses += cache.misses, bypassed += cache.bypassed, stale += cache.stale_hits;
            coalesced += cache.coalesced, evicted += cache.evicted, keys += cache.resident_keys;
            keys_lost += cache.keys_lost, refused += cache.refused;
        }
    }
    const bool fresh = requirement.measure == "hit-rate";
    const std::array reasons{Reason{misses, "found no entry"}, Reason{bypassed, "got no answer from the cache in time"},
                             Reason{fresh ? stale : 0, "found one that was too old"},
                             Reason{fresh ? coalesced : 0, "waited for another's fetch"}};
    std::uint64_t all = 0;
    for (const Reason& reason : reasons) all += reason.count;
    if (all == 0) return "";
    const Reason top = top_reason(reasons);
    std::string text =
        fmt::format("of the reads that count against it {:.0f} % {}", percent_of(top.count, all), top.words);
    if (top.count != misses) return text;
    const auto runs = std::max<std::uint64_t>(1, results.size());
    if (keys_lost > evicted) return text + fmt::format("; its nodes lost {} keys a run", keys_lost / runs);
    if (evicted > 0) {
        return text + fmt::format("; its memory holds {} keys, and {} were evicted a run", keys / runs, evicted / runs);
    }
    if (refused > 0) {
        return text + fmt::format("; its memory is full with {} keys, evicts none, and did not take {} entries a run",
                                  keys / runs, refused / runs);
    }
    return text + "; nothing was evicted, so they had expired, were deleted or had not been asked for before";
}

std::string session_cause(const scenarios::Scenario& scenario, const Requirement& requirement, Results results) {
    std::array<std::uint64_t, 3> counts{};
    for (const auto& replication : results) {
        for (const auto& one : replication.classes) {
            if (!is_of(scenario, requirement.of, one.name)) continue;
            const auto& reads = one.session_reads;
            const std::array by_phase{&reads.steady, &reads.degraded, &reads.recovering};
            for (std::size_t p = 0; p < by_phase.size(); ++p) {
                for (const auto& of : *by_phase[p]) {
                    counts[p] += requirement.measure == "stale-reads"                 ? of.stale
                                 : requirement.measure == "monotonic-read-violations" ? of.went_back
                                                                                      : of.missed_own_write;
                }
            }
        }
    }
    const std::uint64_t all = counts[0] + counts[1] + counts[2];
    if (all == 0) return "";
    std::string text = fmt::format("{} such reads{}", all, mostly_when(counts, requirement.phase));
    const std::vector<std::string> passed = passed_by(scenario, requirement);
    double lag_ms = 0.0, lag_ms_max = 0.0;
    std::string database;
    for (const auto& replication : results) {
        for (const auto& one : replication.databases) {
            if (std::find(passed.begin(), passed.end(), one.database) == passed.end()) continue;
            lag_ms += one.replica_lag_ms_mean / static_cast<double>(results.size());
            lag_ms_max = std::max(lag_ms_max, one.replica_lag_ms_max);
            database = one.database;
        }
    }
    if (lag_ms_max == 0.0) return text;
    return text + fmt::format("; replicas of {} lag {} on average and {} at most", database,
                              scenarios::seconds_text(lag_ms * 1e-3), scenarios::seconds_text(lag_ms_max * 1e-3));
}

}  // namespace faultline::planning

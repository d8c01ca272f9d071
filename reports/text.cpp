#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/busiest.hpp"
#include "reports/cache_summary.hpp"
#include "reports/check_lines.hpp"
#include "reports/cost_table.hpp"
#include "reports/fault_summary.hpp"
#include "reports/how_it_was_run.hpp"
#include "reports/incident_summary.hpp"
#include "reports/memory_line.hpp"
#include "reports/office_summary.hpp"
#include "reports/session_summary.hpp"
#include "reports/storm_summary.hpp"
#include "reports/time_by_stage.hpp"
#include "reports/transfer_summary.hpp"
#include "reports/unanswered_summary.hpp"
#include "reports/unfinished.hpp"
#include "reports/warehouse_summary.hpp"
#include "reports/waterfall.hpp"
#include "scenarios/dead_replications.hpp"
#include "scenarios/money.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::reports {
namespace {

using scenarios::amount_text;
using scenarios::quantity_text;
using scenarios::RequirementResult;
using scenarios::seconds_text;
using scenarios::Verdict;

// One row of the table: " + name  estimate  [low, high]  limit  verdict".
constexpr std::size_t name_width = 23;
constexpr std::size_t estimate_width = 9;
constexpr std::size_t interval_width = 20;
constexpr std::size_t limit_width = 10;
constexpr std::size_t bar_width = 30;

// And of the instances: " name  CPU  pages  connections  refused  row waits".
constexpr std::size_t instances_most = 8;
constexpr std::size_t instance_width = 27;
constexpr std::size_t cpu_width = 6;
constexpr std::size_t pages_width = 10;
constexpr std::size_t connections_width = 14;
constexpr std::size_t refused_width = 9;
constexpr std::size_t waits_width = 10;

constexpr std::size_t busiest_most = 10;    // queues and links
constexpr std::size_t unanswered_most = 8;  // classes and reasons

std::string interval_text(const RequirementResult& one) {
    if (one.observations == 0 || (one.low <= 0.0 && std::isinf(one.high))) return "unknown";
    const std::string low = amount_text(std::isinf(one.low) && one.low < 0.0 ? 0.0 : one.low, one.unit);
    const std::string high = amount_text(one.high, one.unit);
    const std::size_t unit = low.rfind(' ');
    if (unit != std::string::npos && high.rfind(' ') != std::string::npos &&
        low.substr(unit) == high.substr(high.rfind(' '))) {
        return fmt::format("[{}, {}]{}", low.substr(0, unit), high.substr(0, high.rfind(' ')), low.substr(unit));
    }
    return fmt::format("[{}, {}]", low, high);
}

// A requirement's text ends with its limit: "latency p99 of update at worst office <= 250ms".
struct MeasureAndLimit {
    std::string measure;
    bool at_most = true;
};
MeasureAndLimit parts_of(const RequirementResult& one) {
    const std::size_t at_most = one.text.rfind(" <= ");
    const std::size_t at_least = one.text.rfind(" >= ");
    if (at_most == std::string::npos && at_least == std::string::npos) return {one.text, true};
    const bool is_at_most = at_least == std::string::npos;
    return {one.text.substr(0, is_at_most ? at_most : at_least), is_at_most};
}

// "34 (2.76 %)": the share is of those that could be among them.
std::string counted_share(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return "-";
    return fmt::format("{} ({})", part, quantity_text(static_cast<double>(part) / static_cast<double>(whole), ""));
}

std::string percent(double share) {
    return fmt::format("{:.0f} %", 100.0 * share);
}

}  // namespace

void TextReport::context(const Context& context) {
    context_ = context;
    std::string title = context.scenario_name;
    if (!context.variant.empty()) title += ", variant \"" + context.variant + "\"";
    out_ << '\n' << in(Colour::bold, wrapped(title, "", style_.width));
    if (!context.question.empty()) out_ << wrapped(context.question, "", style_.width);
}

void TextReport::results(const scenarios::RunResult& result) {
    for (const std::string& line : how_it_was_run(result)) out_ << in(Colour::dim, wrapped(line, "", style_.width));
    if (result.shard.of > 1) {
        out_ << "\nA shard is not judged alone.\n";
    } else if (result.requirements.empty() && context_.of_years == 0) {
        out_ << "\nThe scenario has no requirements: nothing was judged.\n";
    } else if (!result.requirements.empty()) {
        columns();
        for (const RequirementResult& one : result.requirements) requirement(one);
        reasons(result);
    }
    if (context_.of_years > 0) {
        const std::string text = counted(context_.of_years, "requirement") + " of years: see faultline availability";
        out_ << '\n' << in(Colour::dim, wrapped(text, "   ", style_.width));
    }
    where_time_goes(result);
    table("Busiest queues and links, each in the phase in which it was busiest",
          busiest_lines(busiest(result, busiest_most), style_.width));
    table("Queries without an answer, of all replications", unanswered_lines(result, unanswered_most, style_.width));
    instances(result);
    section("Caches", cache_lines(result));
    sessions(result);
    warehouses(result);
    transfers(result);
    const std::string minutes = office_minutes_text(result);
    if (!minutes.empty()) heading("Availability by office"), out_ << wrapped(minutes + ".", "   ", style_.width);
    section("What was injected", fault_lines(result));
    incidents(result);
    section("Metastable failures: overload that outlived its trigger", storm_lines(result));
    cost(result);
    checks(result);
    deaths(result);
    for (const std::string& line : unfinished_lines(result)) out_ << '\n' << wrapped(line, "", style_.width);
    const std::string memory = memory_line(result);
    if (!memory.empty()) out_ << '\n' << in(Colour::dim, wrapped(memory + ".", "", style_.width));
}

void TextReport::close() {
    footer();
    out_.flush();
}

std::string TextReport::in(Colour colour, std::string_view text) const {
    return coloured(style_, colour, text);
}

void TextReport::heading(std::string_view text) {
    out_ << '\n' << in(Colour::bold, wrapped(text, "", style_.width));
}

void TextReport::columns() {
    out_ << '\n'
         << in(Colour::dim, "   " + left("requirement", name_width) + right("estimate", estimate_width) + "  " +
                                left("[low, high]", interval_width) + right("limit", limit_width) + "  verdict")
         << '\n';
}

void TextReport::requirement(const RequirementResult& one) {
    const bool at_most = parts_of(one).at_most;
    const std::string relation = style_.unicode ? (at_most ? "\u2264 " : "\u2265 ") : (at_most ? "<= " : ">= ");

    out_ << ' ' << verdict_sign(style_, one.verdict) << ' ';
    std::string name = left(one.name, name_width);
    if (characters(one.name) >= name_width) {
        const std::string lines = wrapped(one.name, "   ", style_.width);
        out_ << in(Colour::bold, std::string_view{lines}.substr(3));
        name = std::string(name_width + 3, ' ');
    }
    std::string estimate = one.observations == 0 ? std::string{"unknown"} : amount_text(one.estimate, one.unit);
    if (std::isinf(one.estimate) && one.text.starts_with("rpo")) estimate = "unbounded";
    out_ << in(Colour::bold, name) << right(estimate, estimate_width) << "  "
         << left(interval_text(one), interval_width) << right(relation + amount_text(one.limit, one.unit), limit_width)
         << "  "
         << in(colour_of(one.verdict), one.verdict == Verdict::met        ? "met"
                                       : one.verdict == Verdict::violated ? "VIOLATED"
                                                                          : "undecided")
         << '\n';
    measure(one);
}

void TextReport::measure(const RequirementResult& one) {
    std::string text = parts_of(one).measure;
    if (!one.worst_at.empty()) text += ", " + one.worst_at;
    if (!one.worst_target.empty()) {
        text += fmt::format(", worst of {}: {}", counted(one.targets.size(), "target"), one.worst_target);
    }
    out_ << in(Colour::dim, wrapped(text, "   ", style_.width));
}

void TextReport::reasons(const scenarios::RunResult& result) {
    bool first = true;
    for (const RequirementResult& one : result.requirements) {
        if (one.verdict == Verdict::met) continue;
        if (first) heading("Why not");
        first = false;
        out_ << wrapped(one.name + ": " + one.why + ".", "   ", style_.width);
    }
}

void TextReport::where_time_goes(const scenarios::RunResult& result) {
    const std::vector<TimeByStage> times = times_by_stage(result);
    if (times.empty()) return;
    const TimeByStage* const time = &times.front();
    heading(fmt::format("Where the time of {} goes, the slowest class ({} on average)", time->class_name,
                        seconds_text(time->mean_s)));
    const std::string slow = time->slow_known ? "slowest 1 %" : "";
    out_ << in(Colour::dim, "   " + left("stage", 11) + right("mean", 9) + right("share", 7) +
                                right(slow, slow.empty() ? 0 : bar_width + 13))
         << '\n';
    for (std::size_t i = 0; i < scenarios::stage_count; ++i) {
        const StageShare& stage = time->stages[i];
        if (stage.share < 0.0005 && stage.share_slow < 0.0005) continue;
        const auto length = static_cast<std::size_t>(std::lround(stage.share * static_cast<double>(bar_width)));
        std::string bar;
        for (std::size_t n = 0; n < length; ++n) bar += style_.unicode ? "\u2588" : "#";
        out_ << "   " << left(scenarios::stage_names[i], 11) << right(seconds_text(stage.mean_s), 9)
             << right(percent(stage.share), 7) << "  " << left(bar, bar_width);
        if (time->slow_known) out_ << right(percent(stage.share_slow), 10);
        out_ << '\n';
    }
    for (std::size_t i = 1; i < times.size(); ++i) out_ << wrapped(in_a_line(times[i]), "   ", style_.width);
}

// The first of the lines names the columns.
void TextReport::table(std::string_view title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    heading(title);
    out_ << in(Colour::dim, lines.front());
    for (std::size_t i = 1; i < lines.size(); ++i) out_ << lines[i];
}

void TextReport::section(std::string_view title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    heading(title);
    for (const std::string& line : lines) out_ << wrapped(line, "   ", style_.width);
}

void TextReport::instances(const scenarios::RunResult& result) {
    const InstanceTable table = instance_table(result, instances_most);
    if (table.rows.empty()) return;
    heading("Database instances");
    out_ << in(Colour::dim, "   " + left("instance", instance_width) + right("CPU", cpu_width) +
                                right("hit ratio", pages_width) + right("connections", connections_width) +
                                right("refused", refused_width) + right("row waits", waits_width))
         << '\n';
    for (const InstanceRow& one : table.rows) instance(one);
    if (table.left_out == 0) return;
    const std::string more = fmt::format("and {}, busy at most {} of the time",
                                         counted(table.left_out, "more instance"), percent(table.left_out_utilisation));
    out_ << in(Colour::dim, wrapped(more, "   ", style_.width));
}

void TextReport::instance(const InstanceRow& one) {
    const auto marked = [&](const std::string& text, bool mark) { return mark ? in(Colour::yellow, text) : text; };
    const std::string hits = one.hit_ratio ? scenarios::share_text(*one.hit_ratio) : "";
    std::string connections = fmt::format("{}", one.connections_peak);
    if (one.connections_max > 0) connections += fmt::format(" of {}", one.connections_max);
    out_ << "   " << name_cell(one.name, instance_width, 3)
         << marked(right(percent(one.utilisation), cpu_width), one.busy())
         << marked(right(hits, pages_width), one.cold()) << marked(right(connections, connections_width), one.crowded())
         << marked(right(fmt::format("{}", one.connections_refused), refused_width), one.connections_refused > 0)
         << right(fmt::format("{:.0f}", one.row_waits), waits_width) << '\n';
    std::string more;
    if (one.acu_mean > 0.0) more = fmt::format("{:.1f} ACU on average", one.acu_mean);
    if (one.row_timeouts > 0) {
        more += fmt::format("{}{} gave up waiting for a row", more.empty() ? "" : "; ",
                            counted(one.row_timeouts, "statement"));
    }
    if (!more.empty()) out_ << in(Colour::dim, wrapped(more, "     ", style_.width));
}

void TextReport::transfers(const scenarios::RunResult& result) {
    const std::vector<TransferSummary> summaries = transfer_summaries(result);
    if (summaries.empty()) return;
    heading("Bulk transfers, of all replications");
    for (const TransferSummary& one : summaries) {
        std::string text = fmt::format("{}: {} due, {} completed", one.name, one.due, one.completed);
        if (one.completed > 0) {
            text += fmt::format(" (median {}, p95 {}, longest {})", quantity_text(one.median_s, "s"),
                                quantity_text(one.p95_s, "s"), quantity_text(one.longest_s, "s"));
        }
        if (one.failed > 0) text += fmt::format(", {} failed", one.failed);
        if (one.overlapped > 0) text += fmt::format(", {} left out: the one before went on", one.overlapped);
        if (one.moving_at_end > 0) text += fmt::format(", {} under way at the end", one.moving_at_end);
        out_ << wrapped(text + ".", "   ", style_.width);
    }
}

void TextReport::sessions(const scenarios::RunResult& result) {
    const SessionSummary summary = session_summary(result);
    if (summary.classes.empty()) return;
    heading("What users were shown, as a share of the reads that could show it");
    constexpr std::size_t class_width = 17;
    constexpr std::size_t share_width = 20;
    out_ << in(Colour::dim, "   " + left("class", class_width) + right("stale", share_width) +
                                right("own write missed", share_width) + right("gone back", share_width))
         << '\n';
    for (const SessionReadsOfClass& one : summary.classes) {
        const scenarios::SessionReadCounts& reads = one.counts;
        std::string name = left(one.class_name, class_width);
        if (characters(one.class_name) > class_width) {
            out_ << wrapped(one.class_name, "   ", style_.width);
            name = std::string(class_width, ' ');
        }
        out_ << "   " << name << right(counted_share(reads.stale, reads.reads), share_width)
             << right(counted_share(reads.missed_own_write, reads.of_own_write), share_width)
             << right(counted_share(reads.went_back, reads.of_seen), share_width) << '\n';
    }
    const scenarios::SessionsResult& users = summary.users;
    std::string text = fmt::format("Of {} who read in {}, {} missed a write of their own and {} were taken back",
                                   counted(users.active, "user"), counted(result.replications.size(), "replication"),
                                   users.missed_own_write, users.went_back);
    if (users.keys_forgotten > 0) {
        text += fmt::format("; {} keys forgotten, of which nothing could be missed any more", users.keys_forgotten);
    }
    out_ << wrapped(text + ".", "   ", style_.width);
}

void TextReport::warehouses(const scenarios::RunResult& result) {
    for (const WarehouseLines& one : warehouse_lines(result)) {
        heading(fmt::format("How fresh {} was", one.name));
        for (const std::string& line : one.lines) out_ << wrapped(line, "   ", style_.width);
    }
}

void TextReport::incidents(const scenarios::RunResult& result) {
    const auto all = summaries(result.replications);
    if (all.empty()) return;
    heading("Incidents");
    for (const IncidentSummary& one : all) {
        const std::string what =
            one.planned ? "planned work, " + counted(one.incidents, "time") : counted(one.incidents, "incident");
        out_ << wrapped(fmt::format("{}: {}", one.cause, what), "   ", style_.width);
        for (const RecoverySummary& recovery : one.recoveries) {
            std::string text = fmt::format("{}: RTO {} in the middle, ", recovery.of, seconds_text(recovery.median_s));
            if (recovery.not_recovered > 0) {
                text += fmt::format("{} of {} not recovered when the run ended, at {}", recovery.not_recovered,
                                    recovery.seen, recovery.worst_office);
            } else {
                text += fmt::format("{} at worst, at {}", seconds_text(recovery.worst_s), recovery.worst_office);
            }
            out_ << wrapped(text, "     ", style_.width);
        }
        for (const LossSummary& loss : one.losses) {
            out_ << wrapped(loss_text(loss, one.incidents), "     ", style_.width);
        }
        const Waterfall way = waterfall_of(one.cause, result.replications);
        const std::vector<std::string> stages = waterfall_lines(way, style_.width - 7, style_.unicode);
        if (stages.empty()) continue;
        const std::string of = way.incidents > 1 ? fmt::format(", mean of {}", way.incidents) : "";
        out_ << in(Colour::dim, wrapped("the way back to the last bad second" + of, "     ", style_.width));
        for (const std::string& stage : stages) out_ << "       " << stage << '\n';
    }
}

void TextReport::deaths(const scenarios::RunResult& result) {
    if (result.failed.empty()) return;
    const std::size_t dead = scenarios::dead_replications(result);
    const std::size_t futures = result.failed.size() - dead;
    std::string died = fmt::format("{} of {} replications", dead, dead + result.replications.size());
    if (futures > 0) died = (dead > 0 ? died + " and " : "") + counted(futures, "future");
    heading(died + " died, and are in no figure above");
    for (const scenarios::FailedReplication& one : result.failed) {
        out_ << wrapped(fmt::format("replication {}: {}", one.replication, one.why), "   ", style_.width);
        out_ << "     repeat it: " << one.repeat_command << '\n';
    }
}

void TextReport::checks(const scenarios::RunResult& result) {
    const std::string summary = check_summary(result.checks);
    if (summary.empty()) return;
    heading("What the checks of the topology say; faultline check has the details");
    out_ << wrapped(summary + ".", "   ", style_.width);
}

void TextReport::cost(const scenarios::RunResult& result) {
    const std::vector<std::string> lines = cost_lines(result.cost, style_.width);
    if (!lines.empty()) heading("What it costs a month of 730 h");
    for (std::size_t i = 0; i < lines.size(); ++i) out_ << (i == 0 ? in(Colour::dim, lines[i]) : lines[i]);
}

void TextReport::footer() {
    out_ << '\n';
    if (!context_.result_path.empty()) out_ << "Result: " << context_.result_path << '\n';
    if (!context_.repeat_command.empty()) out_ << in(Colour::dim, "Repeat: " + context_.repeat_command) << '\n';
}

}  // namespace faultline::reports

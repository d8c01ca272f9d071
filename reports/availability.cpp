#include "reports/availability.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "scenarios/money.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::reports {
namespace {

using scenarios::AvailabilityResult;
using scenarios::OutageCause;
using scenarios::RequirementResult;
using scenarios::Verdict;
using scenarios::YearsOf;

constexpr std::size_t name_width = 20;
constexpr std::size_t mean_width = 10;
constexpr std::size_t interval_width = 20;
constexpr std::size_t nines_width = 7;
constexpr std::size_t quantile_width = 9;
constexpr std::size_t cause_width = 34;
constexpr std::size_t bar_width = 14;
constexpr std::size_t causes_most = 8;

class Table {
public:
    Table(std::ostream& out, const AvailabilityResult& result, TextStyle style)
        : out_{out}, result_{result}, style_{style} {}

    void title() {
        std::string title = result_.scenario_name;
        if (!result_.variant.empty()) title += ", variant \"" + result_.variant + "\"";
        out_ << '\n' << in("1", wrapped(title, "", style_.width));
        const std::string years =
            fmt::format("{} years of failures with {} events, seed {}; intervals hold in {:.0f} % of cases",
                        grouped(result_.years), grouped(result_.events), result_.seed, 100.0 * result_.confidence);
        out_ << in("2", wrapped(years, "", style_.width));
        answer();
    }

    // The one sentence that is asked for.
    void answer() {
        if (result_.classes.empty()) return;
        const YearsOf& all = result_.classes.front();
        std::string why;
        for (const OutageCause& cause : all.causes) {
            if (cause.planned || cause.share < 0.005 || !why.empty()) continue;
            why = fmt::format(", {:.0f} % of it by {}", 100.0 * cause.share, cause.kinds);
        }
        std::string planned;
        if (all.planned_minutes > 0.0) planned = fmt::format("; {} more is planned", minutes_text(all.planned_minutes));
        const std::string text = fmt::format("Of a year {} is away ({}){}{}.", minutes_text(all.minutes.mean),
                                             scenarios::share_text(all.availability.mean), why, planned);
        out_ << '\n' << wrapped(text, "", style_.width);
        cost();
        if (result_.not_counted.empty()) return;
        const std::string left_out =
            fmt::format("Not counted, for no full run has said whom they stop (--rto-from): {}.",
                        fmt::join(result_.not_counted, "; "));
        out_ << in("33", wrapped(left_out, "", style_.width));
    }

    void cost() {
        if (!result_.downtime_cost) return;
        const scenarios::DowntimeCost& cost = *result_.downtime_cost;
        const std::string planned = cost.planned_minutes > 0.0 ? fmt::format(", and {} of planned work",
                                                                             scenarios::money_text(cost.planned_a_year))
                                                               : std::string{};
        const std::string text = fmt::format(
            "Downtime at {} an hour is expected to cost {} a year [{}, {}]{}: {} in which any class is away at an "
            "office, by its weight.",
            scenarios::money_text(cost.per_h), scenarios::money_text(cost.a_year.mean),
            scenarios::money_text(cost.a_year.low), scenarios::money_text(cost.a_year.high), planned,
            minutes_text(cost.minutes.mean));
        out_ << wrapped(text, "", style_.width);
    }

    void verdicts() {
        if (result_.requirements.empty()) return;
        heading("Verdicts");
        for (const RequirementResult& one : result_.requirements) {
            const bool met = one.verdict == Verdict::met, violated = one.verdict == Verdict::violated;
            const char* const colour = met ? "32" : violated ? "1;31" : "33";
            const char* sign = met ? "+" : violated ? "x" : "?";
            if (style_.unicode && !one.name.empty()) sign = met ? "\u2713" : violated ? "\u2717" : "?";
            const std::string interval = fmt::format("{} [{}, {}]", scenarios::share_text(one.estimate),
                                                     scenarios::share_text(one.low), scenarios::share_text(one.high));
            out_ << ' ' << in(colour, sign) << ' ' << in("1", left(one.name, name_width)) << "  " << left(interval, 42)
                 << "  "
                 << in(colour, met        ? "met"
                               : violated ? "VIOLATED"
                                          : "undecided")
                 << '\n';
            out_ << in("2", wrapped(one.text, "   ", style_.width));
            if (!met) out_ << wrapped(one.why + ".", "   ", style_.width);
        }
    }

    void classes() {
        heading("Away a year, by what fails unplanned");
        out_ << in("2", "   " + left("", name_width) + right("mean", mean_width) + "  " +
                            left("[low, high]", interval_width) + right("nines", nines_width) +
                            right("p95", quantile_width) + right("p99", quantile_width))
             << '\n';
        for (const YearsOf& one : result_.classes) row(one, one.of, one.of == result_.classes.front().of);
        if (result_.places.empty()) return;
        std::string worst;
        for (const YearsOf& one : result_.classes) {
            const YearsOf* place = nullptr;
            for (const YearsOf& at : result_.places) {
                if (at.of == one.of && (place == nullptr || at.minutes.mean > place->minutes.mean)) place = &at;
            }
            if (place == nullptr || place->minutes.mean <= 1.05 * one.minutes.mean) continue;
            worst += fmt::format("{}{} at {} {}", worst.empty() ? "At worst: " : "; ", one.of, place->offices,
                                 minutes_text(place->minutes.mean));
        }
        if (!worst.empty()) out_ << in("2", wrapped(worst + ".", "   ", style_.width));
    }

    void planned() {
        std::vector<const YearsOf*> some;
        for (const YearsOf& one : result_.classes) {
            if (one.planned_minutes > 0.0) some.push_back(&one);
        }
        if (some.empty()) return;
        heading("Planned work, besides");
        for (const YearsOf* one : some) {
            std::string why;
            for (const OutageCause& cause : one->causes) {
                if (!cause.planned) continue;
                why += fmt::format("{}{} {}", why.empty() ? "" : ", ", cause.kinds, minutes_text(cause.minutes));
            }
            const std::string indent(3 + name_width + mean_width + 2, ' ');
            out_ << "   " << left(one->of, name_width) << right(minutes_text(one->planned_minutes), mean_width) << "  "
                 << in("2", wrapped(why, indent, style_.width).substr(indent.size()));
        }
    }

    // Of all operations, and of the class that suffers most where that is another story.
    void causes() {
        if (result_.classes.empty()) return;
        const YearsOf* worst = &result_.classes.front();
        for (const YearsOf& one : result_.classes) {
            if (one.minutes.mean > worst->minutes.mean) worst = &one;
        }
        causes_of(result_.classes.front());
        if (worst != &result_.classes.front()) causes_of(*worst);
    }

    void beside() {
        if (!result_.closed_forms.empty()) heading("The writer alone, beside its closed form (Markov chain)");
        for (const scenarios::ClosedForm& one : result_.closed_forms) {
            const std::string simulated =
                fmt::format("simulated {} [{}, {}]", minutes_text(one.simulated.mean), minutes_text(one.simulated.low),
                            minutes_text(one.simulated.high));
            std::string chain = minutes_text(one.low);
            if (minutes_text(one.high) != chain) chain += " to " + minutes_text(one.high);
            out_ << "   " << left(one.database, name_width) << simulated << "; chain " << chain << '\n';
            out_ << in("2", wrapped(fmt::format("{} states; {}", one.states, one.differs), "   ", style_.width));
        }
        if (!result_.rare.empty()) heading("Rare losses (importance sampling)");
        for (const scenarios::RareLoss& one : result_.rare) {
            out_ << "   " << left(one.what, 50) << once_in(one.per_year) << '\n';
        }
        if (!result_.rare_left_out.empty()) {
            heading("Rare losses");
            out_ << wrapped("Left out: " + result_.rare_left_out + ".", "   ", style_.width);
        }
    }

    void assumptions() {
        heading("What breaks, how often");
        out_ << in("2", "   " + left("", 32) + right("parts", 6) + right("each once in", 15) + right("lasts", 11) +
                            "  trust")
             << '\n';
        for (const scenarios::FailureRate& one : result_.rates) {
            std::string between = "follows";
            constexpr double years_least = 0.1;
            if (one.years_between >= years_least) {
                between = scenarios::trimmed(one.years_between, one.years_between < 1.0 ? 3 : 1) + " years";
            } else if (one.years_between > 0.0) {
                between = scenarios::seconds_text(one.years_between * 365.25 * 86400.0);
            }
            const std::string lasts = one.lasts_s > 0.0 ? scenarios::seconds_text(one.lasts_s) : std::string{"repair"};
            out_ << "   " << left(one.what, 32) << right(fmt::format("{}", one.targets), 6) << right(between, 15)
                 << right(lasts, 11) << "  " << in(trusted(one.confidence) ? "2" : "33", one.confidence) << '\n';
        }
        out_ << in("2",
                   wrapped("Sources of each are in the result (--format json) and in docs/availability.md. A rate of "
                           "low trust may be wrong by a factor of ten: give the scenario its own (faults "
                           "\"at_random\").",
                           "   ", style_.width));
        for (const std::string& line : result_.measured) {
            out_ << wrapped("Measured by a full run: " + line + ".", "   ", style_.width);
        }
        std::string left_out;
        for (const std::string& one : result_.not_modelled) left_out += (left_out.empty() ? "" : "; ") + one;
        if (!left_out.empty()) out_ << in("2", wrapped("Left out: " + left_out + ".", "   ", style_.width));
    }

private:
    std::string in(const char* code, std::string_view text) const {
        if (!style_.colour) return std::string{text};
        const bool ends_line = text.ends_with('\n');
        if (ends_line) text.remove_suffix(1);
        return fmt::format("\033[{}m{}\033[0m{}", code, text, ends_line ? "\n" : "");
    }

    void heading(std::string_view text) { out_ << '\n' << in("1", text) << '\n'; }

    static bool trusted(const std::string& confidence) { return confidence != "low" && confidence != "assumption"; }

    static std::string grouped(std::uint64_t number) {
        std::string text = fmt::format("{}", number);
        for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
        return text;
    }

    void row(const YearsOf& one, const std::string& name, bool first) {
        const std::string interval =
            fmt::format("[{}, {}]", minutes_text(one.minutes.low), minutes_text(one.minutes.high));
        std::string start = left(name, name_width);
        if (characters(name) > name_width) {
            out_ << wrapped(name, "   ", style_.width);
            start = std::string(name_width, ' ');
        }
        out_ << "   " << (first ? in("1", start) : start) << in("1", right(minutes_text(one.minutes.mean), mean_width))
             << "  " << left(interval, interval_width) << right(nines_text(one.availability.mean), nines_width)
             << right(minutes_text(one.p95), quantile_width) << right(minutes_text(one.p99), quantile_width) << '\n';
    }

    void causes_of(const YearsOf& of) {
        heading(fmt::format("Why: {}, {} a year", of.of, minutes_text(of.minutes.mean)));
        out_ << in("2", "   " + left("cause", cause_width) + right("a year", 9) + right("share", 7) +
                            right("times/year", 12))
             << '\n';
        std::size_t shown = 0;
        double rest = 0.0, overlapping = 0.0;
        for (const OutageCause& cause : of.causes) {
            if (cause.planned) continue;
            if (cause.overlapping) overlapping += cause.share;
            if (shown == causes_most || cause.share < 0.005) {
                rest += cause.share;
                continue;
            }
            ++shown;
            row(cause);
        }
        std::string more;
        if (rest >= 0.0005) more = fmt::format("{:.1f} % by others. ", 100.0 * rest);
        more += fmt::format("{:.1f} % took several failures at once.", 100.0 * overlapping);
        out_ << in("2", wrapped(more, "   ", style_.width));
    }

    void row(const OutageCause& cause) {
        std::string name = cause.kinds;
        if (cause.overlapping) name += name.find('+') == std::string::npos ? ", several" : "";
        std::string start = left(name, cause_width);
        if (characters(name) > cause_width) {
            out_ << wrapped(name, "   ", style_.width);
            start = std::string(cause_width, ' ');
        }
        const auto length = static_cast<std::size_t>(std::lround(cause.share * static_cast<double>(bar_width)));
        std::string bar;
        for (std::size_t i = 0; i < length; ++i) bar += style_.unicode ? "\u2588" : "#";
        out_ << "   " << start << right(minutes_text(cause.minutes), 9)
             << right(fmt::format("{:.0f} %", 100.0 * cause.share), 7)
             << right(scenarios::trimmed(cause.times_per_year,
                                         scenarios::decimals_for_three_figures(cause.times_per_year)),
                      12)
             << "  " << in(cause.overlapping ? "33" : "36", bar) << '\n';
    }

    // "once in 830 years [610, 1,300]"
    static std::string once_in(const scenarios::MeanInterval& per_year) {
        if (per_year.mean <= 0.0) return "never seen";
        if (per_year.mean > 1.0) {
            const int decimals = scenarios::decimals_for_three_figures(per_year.mean);
            return scenarios::trimmed(per_year.mean, decimals) + " times a year";
        }
        const auto years = [](double rate) -> std::string {
            if (rate <= 0.0) return "never";
            const double value = 1.0 / rate;
            if (value >= 1e6) return fmt::format("{:.1e}", value);
            const double figures = std::pow(10.0, std::floor(std::log10(value)) - 2.0);
            return value < 10.0 ? scenarios::trimmed(value, 1)
                                : grouped(static_cast<std::uint64_t>(std::round(value / figures) * figures));
        };
        return fmt::format("once in {} years", years(per_year.mean));
    }

    std::ostream& out_;
    const AvailabilityResult& result_;
    TextStyle style_;
};

}  // namespace

std::string minutes_text(double minutes) {
    if (minutes < 1e-9) return "0 s";
    return scenarios::seconds_text(60.0 * minutes);
}

std::string nines_text(double availability) {
    if (availability >= 1.0) return "all";
    return fmt::format("{:.2f}", -std::log10(1.0 - availability));
}

void print_availability(std::ostream& out, const AvailabilityResult& result, TextStyle style,
                        const std::string& footer) {
    Table table{out, result, style};
    table.title();
    table.verdicts();
    table.classes();
    table.planned();
    table.causes();
    table.beside();
    table.assumptions();
    out << '\n' << footer;
    out.flush();
}

}  // namespace faultline::reports

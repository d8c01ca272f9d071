#include "reports/comparison_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/colour.hpp"
#include "reports/difference_text.hpp"
#include "scenarios/money.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::reports {
namespace {

using scenarios::amount_text;
using scenarios::ComparedMeasure;
using scenarios::ComparedSystem;
using scenarios::ComparedValue;
using scenarios::Comparison;

using scenarios::Standing;

// One row: " + name  estimate  difference  [low, high]  standing".
constexpr std::size_t name_width = 19;
constexpr std::size_t estimate_width = 10;
constexpr std::size_t difference_width = 12;
constexpr std::size_t interval_width = 23;
constexpr std::size_t differences_most = 12;  // of a model
constexpr std::size_t value_most = 60;        // characters of one

class Page {
public:
    Page(std::ostream& out, const TextStyle& style, const Comparison& comparison)
        : out_{out}, style_{style}, comparison_{comparison} {}

    void print() {
        title();
        measures();
        models();
        deaths();
        left_out();
        out_.flush();
    }

private:
    std::string in(Colour colour, std::string_view text) const { return coloured(style_, colour, text); }
    void line(const std::string& text, const char* indent) { out_ << wrapped(text, indent, style_.width); }
    void dim_line(const std::string& text) { out_ << in(Colour::dim, wrapped(text, "", style_.width)); }
    void heading(std::string_view text) { out_ << '\n' << in(Colour::bold, text) << '\n'; }

    void title() {
        out_ << '\n' << in(Colour::bold, wrapped(comparison_.scenario_name, "", style_.width));
        if (!comparison_.question.empty()) line(comparison_.question, "");
        const ComparedSystem& last = comparison_.systems.back();
        const std::size_t count = last.replications.size();
        dim_line(fmt::format("{} system{}, {} replication{}, seed {}; differences to {} at {} confidence{}",
                             comparison_.systems.size(), comparison_.systems.size() == 1 ? "" : "s", count,
                             count == 1 ? "" : "s", last.seed, comparison_.systems.front().name,
                             scenarios::share_text(comparison_.confidence),
                             comparison_.joint ? " of all together" : " of each"));
        for (const std::string& note : comparison_.notes) dim_line(note);
        for (const ComparedSystem& one : comparison_.systems) {
            if (!one.same_work && !comparison_.with_baseline) {
                dim_line(fmt::format("{} had other operations to serve than {}.", one.name,
                                     comparison_.systems.front().name));
            }
        }
        if (comparison_.measures.empty()) out_ << "\nThere is nothing to compare: no requirement, and no class.\n";
    }

    // Of targets of a fault that hits each of a domain, only those at which the systems differ have a table.
    void measures() {
        std::string alike;
        for (std::size_t i = 0; i < comparison_.measures.size(); ++i) {
            const ComparedMeasure& one = comparison_.measures[i];
            const bool differs = std::any_of(one.systems.begin(), one.systems.end(), [&](const ComparedValue& value) {
                return value.standing == Standing::better || value.standing == Standing::worse ||
                       value.verdict != one.systems.front().verdict;
            });
            if (one.target.empty() || differs) {
                measure(one);
            } else {
                alike += (alike.empty() ? "" : ", ") + one.target;
            }
            const bool last = i + 1 == comparison_.measures.size() || comparison_.measures[i + 1].target.empty();
            if (last && !alike.empty()) {
                out_ << in(Colour::dim, wrapped("no difference is shown at " + alike, "   ", style_.width));
            }
            if (last) alike.clear();
        }
    }

    void measure(const ComparedMeasure& one) {
        out_ << '\n' << in(Colour::bold, one.name);
        if (one.limit) {
            const char* const relation =
                style_.unicode ? (one.less_is_better ? "\u2264" : "\u2265") : (one.less_is_better ? "<=" : ">=");
            out_ << "  " << relation << ' ' << amount_text(*one.limit, one.unit);
        }
        out_ << '\n' << in(Colour::dim, wrapped(one.text, "", style_.width));
        const bool many = one.systems.size() > 1;
        out_ << in(Colour::dim, "   " + left("", name_width) + right("estimate", estimate_width) +
                                    (many ? right("difference", difference_width) + "  " + left("[low, high]", 0) : ""))
             << '\n';
        for (std::size_t i = 0; i < one.systems.size(); ++i) row(one, i);
        if (many) best(one);
    }

    void row(const ComparedMeasure& one, std::size_t system) {
        const ComparedValue& value = one.systems[system];
        const std::string& name = comparison_.systems[system].name;
        out_ << ' ' << (value.verdict ? verdict_sign(style_, *value.verdict) : " ") << ' ';
        std::string first = left(name, name_width);
        if (characters(name) > name_width) {
            const std::string lines = wrapped(name, "   ", style_.width);
            out_ << std::string_view{lines}.substr(3);
            first = std::string(name_width + 3, ' ');
        }
        const std::string estimate = amount_text(value.estimate, one.unit);
        out_ << first << in(Colour::bold, right(estimate, estimate_width));
        if (value.standing == Standing::first) {
            out_ << '\n';
            return;
        }
        const Colour colour = value.standing == Standing::better  ? Colour::green
                              : value.standing == Standing::worse ? Colour::red
                                                                  : Colour::dim;
        const std::string difference =
            value.standing == Standing::unknown ? "" : signed_text(value.difference, one.unit, value.difference);
        const std::string interval = value.standing == Standing::unknown || value.standing == Standing::equal
                                         ? ""
                                         : difference_interval_text(value, one.unit) + (value.of_medians ? " *" : "");
        out_ << right(difference, difference_width) << "  " << left(interval, interval_width) << ' '
             << in(colour, standing_word(value.standing)) << '\n';
    }

    std::string observed_alone(const ComparedMeasure& one) const {
        for (std::size_t i = 0; i < one.systems.size(); ++i) {
            if (!std::isnan(one.systems[i].estimate)) return "of " + comparison_.systems[i].name + " alone it is known";
        }
        return "nothing was observed";
    }

    void best(const ComparedMeasure& one) {
        std::string names;
        for (std::size_t i = 0; i < one.best.size(); ++i) {
            names += (i == 0 ? "" : i + 1 == one.best.size() ? " and " : ", ") + comparison_.systems[one.best[i]].name;
        }
        if (one.best.empty()) names = observed_alone(one);
        if (one.best.size() > 1) names = "no winner between " + names;
        line(names, "   best: ");
        const bool medians = std::any_of(one.systems.begin(), one.systems.end(), [](const ComparedValue& value) {
            return value.of_medians && value.standing != Standing::unknown;
        });
        const char* const why = "* of medians, by ranks: some value is infinite (never, failed)";
        if (medians) out_ << in(Colour::dim, wrapped(why, "   ", style_.width));
    }

    void models() {
        if (comparison_.systems.size() < 2) return;
        heading(fmt::format("What differs from {}", comparison_.systems.front().name));
        for (std::size_t i = 1; i < comparison_.systems.size(); ++i) {
            const ComparedSystem& one = comparison_.systems[i];
            out_ << "   " << one.name << (one.differences.empty() ? ": nothing" : "") << '\n';
            const std::size_t shown = std::min(one.differences.size(), differences_most);
            for (std::size_t n = 0; n < shown; ++n) difference(one.differences[n]);
            if (shown < one.differences.size()) {
                dim_line(fmt::format("     and {} more places; all are in the JSON", one.differences.size() - shown));
            }
        }
    }

    static std::string shortened(const std::optional<std::string>& value) {
        if (!value) return "(not there)";
        if (characters(*value) <= value_most) return *value;
        std::string text = value->substr(0, value_most);
        // Not in the middle of a character.
        while (!text.empty() && (static_cast<unsigned char>((*value)[text.size()]) & 0xC0U) == 0x80U) text.pop_back();
        return text + "...";
    }

    void difference(const scenarios::ModelDifference& one) {
        const char* const arrow = style_.unicode ? "\u2192" : "->";
        const std::string values = fmt::format("{} {} {}", shortened(one.of_first), arrow, shortened(one.of_this));
        const std::string& pointer = one.pointer.empty() ? std::string{"(all of it)"} : one.pointer;
        if (characters(pointer) + characters(values) + 7 <= style_.width) {
            out_ << "     " << in(Colour::dim, pointer) << "  " << values << '\n';
        } else {
            out_ << "     " << in(Colour::dim, pointer) << '\n' << wrapped(values, "       ", style_.width);
        }
    }

    void deaths() {
        for (const ComparedSystem& system : comparison_.systems) {
            for (const scenarios::FailedReplication& one : system.failed) {
                heading(fmt::format("A replication of {} died, and is in no figure above", system.name));
                line(fmt::format("replication {}: {}", one.replication, one.why), "   ");
                out_ << "     repeat it: " << one.repeat_command << '\n';
            }
        }
    }

    void left_out() {
        for (const scenarios::LeftOut& one : comparison_.left_out) {
            out_ << '\n' << in(Colour::red, fmt::format("{} is no valid model and was left out", one.name)) << '\n';
            for (const std::string& problem : one.problems) line(problem, "   ");
        }
    }

    std::ostream& out_;
    const TextStyle& style_;
    const Comparison& comparison_;
};

}  // namespace

void print_comparison(std::ostream& out, const TextStyle& style, const Comparison& comparison) {
    Page{out, style, comparison}.print();
}

}  // namespace faultline::reports

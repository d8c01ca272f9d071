#include "reports/sweep_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/colour.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::reports {
namespace {

using scenarios::quantity_text;
using scenarios::RequirementResult;
using scenarios::Saturation;
using scenarios::SweepResult;
using scenarios::SweptPoint;
using scenarios::Verdict;

constexpr std::size_t figure_width = 12;  // sign, blank, figure
constexpr std::size_t setting_most = 40;

std::string last_token(const std::string& pointer) {
    return pointer.substr(pointer.rfind('/') + 1);
}

// A JSON text is shown as people write it.
std::string shown(const std::string& json) {
    const bool quoted = json.size() >= 2 && json.front() == '"' && json.find('\\') == std::string::npos;
    return quoted ? json.substr(1, json.size() - 2) : json;
}

double mean_of(const std::vector<double>& values) {
    double sum = 0.0;
    std::size_t seen = 0;
    for (const double value : values) {
        if (std::isnan(value)) continue;
        sum += value;
        ++seen;
    }
    return seen == 0 ? std::nan("") : sum / static_cast<double>(seen);
}

class Page {
public:
    Page(std::ostream& out, const TextStyle& style, const SweepResult& sweep)
        : out_{out}, style_{style}, sweep_{sweep} {
        find_columns();
    }

    void print() {
        title();
        if (!sweep_.points.empty()) points();
        for (const Saturation& one : sweep_.saturations) saturation(one);
        problems();
        out_.flush();
    }

private:
    struct Column {
        std::string pointer, header;
        std::size_t width = 0;
    };
    struct Figure {
        std::string name, text;  // text with its limit
    };

    std::string in(Colour colour, std::string_view text) const { return coloured(style_, colour, text); }
    void dim_line(const std::string& text) { out_ << in(Colour::dim, wrapped(text, "", style_.width)); }

    void find_columns() {
        for (const SweptPoint& point : sweep_.points) {
            for (const auto& [pointer, value] : point.settings) {
                auto column = std::find_if(columns_.begin(), columns_.end(),
                                           [&](const Column& one) { return one.pointer == pointer; });
                if (column == columns_.end()) {
                    columns_.push_back({pointer, last_token(pointer), characters(last_token(pointer))});
                    column = std::prev(columns_.end());
                }
                column->width = std::max(column->width, std::min(characters(shown(value)), setting_most));
            }
            if (!point.requirements.empty() || !point.measures.empty()) add_figures(point);
        }
    }

    void add_figures(const SweptPoint& point) {
        if (!figures_.empty()) return;
        judged_ = !point.requirements.empty();
        for (const RequirementResult& one : point.requirements) figures_.push_back({one.name, one.text});
        if (judged_) return;
        for (const scenarios::SweptMeasure& one : point.measures) figures_.push_back({one.name, one.text});
    }

    void title() {
        out_ << '\n' << in(Colour::bold, wrapped(sweep_.scenario_name, "", style_.width));
        if (!sweep_.question.empty()) out_ << wrapped(sweep_.question, "", style_.width);
        const std::string each = sweep_.points.empty()
                                     ? fmt::format("Seed {}", sweep_.seed)
                                     : fmt::format("{} point{}, {} replication{} each, seed {}", sweep_.points.size(),
                                                   sweep_.points.size() == 1 ? "" : "s", sweep_.replications,
                                                   sweep_.replications == 1 ? "" : "s", sweep_.seed);
        dim_line(fmt::format("{}, verdicts at {} confidence of each", each, scenarios::share_text(sweep_.confidence)));
        dim_line(fmt::format("{}: {} replications were there already, {} were run", sweep_.database_path, sweep_.found,
                             sweep_.run));
        if (sweep_.foreign > 0) {
            dim_line(fmt::format("{} others in it are of another version, or of a machine that computes differently",
                                 sweep_.foreign));
        }
    }

    void legend() {
        out_ << '\n';
        for (const Column& column : columns_) {
            if (column.pointer != column.header) {
                out_ << wrapped(column.pointer, "   " + column.header + ": ", style_.width);
            }
        }
        for (std::size_t i = 0; i < figures_.size(); ++i) {
            out_ << "   " << in(Colour::bold, fmt::format("[{}] {}", i + 1, figures_[i].name)) << '\n'
                 << in(Colour::dim, wrapped(figures_[i].text, "       ", style_.width));
        }
    }

    // As many columns of figures as fit, and then the rest below.
    void points() {
        legend();
        std::size_t settings_width = 3;
        for (const Column& column : columns_) settings_width += column.width + 2;
        const std::size_t left_over = style_.width > settings_width ? style_.width - settings_width : 0;
        const std::size_t at_once = std::max<std::size_t>(1, left_over / figure_width);
        std::size_t from = 0;
        do {
            const std::size_t to = std::min(figures_.size(), from + at_once);
            header(from, to);
            for (const SweptPoint& point : sweep_.points) row(point, from, to);
            from = to;
        } while (from < figures_.size());
    }

    void header(std::size_t from, std::size_t to) {
        std::string line = "   ";
        for (const Column& column : columns_) line += left(column.header, column.width + 2);
        for (std::size_t i = from; i < to; ++i) line += right(fmt::format("[{}]", i + 1), figure_width);
        out_ << '\n' << in(Colour::dim, line) << '\n';
    }

    void row(const SweptPoint& point, std::size_t from, std::size_t to) {
        out_ << "   ";
        for (const Column& column : columns_) out_ << left(setting(point, column), column.width + 2);
        if (!point.problems.empty()) {
            out_ << "  " << in(Colour::red, "no valid model") << '\n';
            return;
        }
        for (std::size_t i = from; i < to; ++i) figure(point, i);
        out_ << '\n';
    }

    static std::string setting(const SweptPoint& point, const Column& column) {
        for (const auto& [pointer, value] : point.settings) {
            if (pointer == column.pointer) return shown(value);
        }
        return "-";  // as the scenario has it
    }

    void figure(const SweptPoint& point, std::size_t number) {
        if (!judged_) {
            if (number >= point.measures.size()) return;
            const scenarios::SweptMeasure& one = point.measures[number];
            out_ << right(quantity_text(mean_of(one.values), one.unit), figure_width);
            return;
        }
        if (number >= point.requirements.size()) return;
        const RequirementResult& one = point.requirements[number];
        const std::string estimate = one.observations == 0 ? "unknown" : quantity_text(one.estimate, one.unit);
        const std::size_t used = characters(estimate) + 2;
        out_ << std::string(figure_width > used ? figure_width - used : 1, ' ') << verdict_sign(style_, one.verdict)
             << ' ' << estimate;
    }

    void saturation(const Saturation& one) {
        std::string what =
            fmt::format("How high {} may be from {} to {}", one.pointer, shown(one.low), shown(one.high));
        for (const auto& [pointer, value] : one.settings) {
            what += fmt::format(", {} {}", last_token(pointer), shown(value));
        }
        out_ << '\n' << in(Colour::bold, wrapped(what, "", style_.width));
        const std::string of = one.requirement.empty() ? "all requirements" : "\"" + one.requirement + "\"";
        out_ << wrapped(answer(one, of), "   ", style_.width);
        if (one.probes.empty()) return;
        std::size_t width = 5;
        for (const auto& probe : one.probes) width = std::max(width, characters(shown(probe.value)));
        out_ << in(Colour::dim, "     " + right("value", width) + right("replications", 15) + "  undecided or violated")
             << '\n';
        for (const auto& probe : one.probes) {
            out_ << "   " << verdict_sign(style_, probe.verdict) << ' ' << right(shown(probe.value), width)
                 << right(fmt::format("{}", probe.replications), 15)
                 << (probe.decided_by.empty() ? "" : "  " + probe.decided_by) << '\n';
        }
    }

    static std::string answer(const Saturation& one, const std::string& of) {
        if (!one.holds && !one.fails) return "Undecided everywhere: more replications are needed.";
        if (!one.holds && one.fails == one.low) return fmt::format("Not even {} meets {}.", shown(one.low), of);
        if (one.holds == one.high) return fmt::format("All of it: {} meets {}.", shown(one.high), of);
        std::string text = one.holds ? fmt::format("Up to {} meets {}.", shown(*one.holds), of)
                                     : fmt::format("No value is shown to meet {}.", of);
        text += one.fails ? fmt::format(" {} does not.", shown(*one.fails)) : " No value is shown not to.";
        const bool open = std::any_of(one.probes.begin(), one.probes.end(),
                                      [](const auto& probe) { return probe.verdict == Verdict::undecided; });
        return open ? text + " What lies between is undecided." : text;
    }

    void problems() {
        for (const SweptPoint& point : sweep_.points) {
            std::string name;
            for (const auto& [pointer, value] : point.settings) {
                name += fmt::format("{}{} {}", name.empty() ? "" : ", ", last_token(pointer), shown(value));
            }
            if (name.empty()) name = "the scenario as it is";
            for (const std::string& text : point.problems) told(name, text);
            for (const std::string& text : point.notes) told(name, text);
            for (const scenarios::FailedReplication& one : point.failed) {
                told(name, fmt::format("replication {} died: {}", one.replication, one.why));
            }
        }
        for (const Saturation& one : sweep_.saturations) {
            for (const std::string& text : one.problems) told(one.pointer, text);
        }
    }

    void told(const std::string& name, const std::string& text) {
        if (!any_told_) out_ << '\n' << in(Colour::bold, "What went wrong") << '\n';
        any_told_ = true;
        out_ << wrapped(name + ": " + text, "   ", style_.width);
    }

    std::ostream& out_;
    const TextStyle& style_;
    const SweepResult& sweep_;
    std::vector<Column> columns_;
    std::vector<Figure> figures_;
    bool judged_ = false, any_told_ = false;
};

}  // namespace

void print_sweep(std::ostream& out, const TextStyle& style, const SweepResult& sweep) {
    Page{out, style, sweep}.print();
}

}  // namespace faultline::reports

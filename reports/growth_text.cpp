#include "reports/growth_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/colour.hpp"
#include "scenarios/money.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::reports {
namespace {

using scenarios::GrowthAnswer;
using scenarios::GrowthLine;
using scenarios::GrowthProbe;
using scenarios::GrowthResult;
using scenarios::Verdict;

std::string times_text(double multiple) {
    return "x" + scenarios::trimmed(multiple, std::clamp(scenarios::decimals_for_three_figures(multiple), 0, 2));
}

std::string month_text(int month) {
    return month == 0 ? "today" : fmt::format("month {}", month);
}

std::string rates_text(double monthly, scenarios::GrowthForm form, const std::vector<scenarios::GrowthRate>& parts,
                       const std::vector<scenarios::GrowthRate>& sites) {
    std::string text = scenarios::share_text(monthly) + " a month";
    for (const auto* const some : {&parts, &sites}) {
        for (const scenarios::GrowthRate& one : *some) {
            text += fmt::format(", {} {}", one.name, scenarios::share_text(one.monthly));
        }
    }
    return text + (form == scenarios::GrowthForm::compound ? ", compound" : ", linear (of today)");
}

class GrowthPage {
public:
    GrowthPage(std::ostream& out, const TextStyle& style, const GrowthResult& result)
        : out_{out}, style_{style}, result_{result}, last_{static_cast<int>(result.months.size()) - 1} {}

    void print() {
        title();
        rates();
        lines();
        if (!result_.month_probes.empty()) probes("Months that were simulated", result_.month_probes, true);
        if (!result_.load_probes.empty()) {
            probes("Today's load times so much, data and offices as they are", result_.load_probes, false);
        }
        resources();
        notes();
        out_.flush();
    }

private:
    std::string in(Colour colour, std::string_view text) const { return coloured(style_, colour, text); }
    void dim(const std::string& text) { out_ << in(Colour::dim, wrapped(text, "", style_.width)); }
    void heading(const std::string& text) { out_ << '\n' << in(Colour::bold, wrapped(text, "", style_.width)); }

    void title() {
        const std::string variant = result_.variant.empty() ? "" : ", variant " + result_.variant;
        heading(result_.scenario_name + variant);
        if (!result_.question.empty()) out_ << wrapped(result_.question, "", style_.width);
        if (!result_.simulated) {
            dim("By the quick models alone: nothing was simulated, and nothing is decided");
            return;
        }
        dim(fmt::format("At most {} replications a step, seed {}, verdicts at {} confidence of {}", result_.most,
                        result_.seed, scenarios::share_text(result_.confidence), result_.joint ? "all" : "each"));
        dim(fmt::format("{}: {} replications were there already, {} were run", result_.database_path, result_.found,
                        result_.run));
    }

    void rates() {
        out_ << '\n';
        const scenarios::Growth& growth = result_.growth;
        const scenarios::GrowthMonth& end = result_.months.back();
        const auto tell = [&](const char* what, const std::string& how, const std::string& then) {
            out_ << wrapped(fmt::format("{}; {} in month {}", how, then, end.month), what, style_.width);
        };
        if (growth.load) {
            tell("   load     ",
                 rates_text(growth.load->monthly, growth.load->form, growth.load->parts, growth.load->sites),
                 times_text(end.load));
        } else if (growth.offices) {
            tell("   load     ", "that of the offices that open", times_text(end.load));
        }
        if (growth.data) {
            tell("   data     ",
                 rates_text(growth.data->monthly, growth.data->form, growth.data->parts, growth.data->sites),
                 times_text(end.data));
        }
        if (!growth.offices) return;
        const std::string how = growth.offices->opened
                                    ? scenarios::trimmed(*growth.offices->opened, 3) + " a month"
                                    : rates_text(growth.offices->monthly, growth.offices->form, {}, {});
        tell("   offices  ", fmt::format("{} now, {}, rounded down to whole ones", result_.offices_today, how),
             fmt::format("{}", end.offices));
    }

    void lines() {
        heading(fmt::format("Which month breaks what, of {}", result_.growth.months));
        for (const GrowthLine& line : result_.lines) {
            const std::string answer = result_.simulated ? months_answer(line.months) : proposed(line.proposed_month);
            const Verdict verdict = result_.simulated ? verdict_of(line.months) : Verdict::undecided;
            out_ << ' ' << verdict_sign(style_, verdict) << ' ' << in(Colour::bold, left(line.requirement, 26)) << ' '
                 << answer << '\n'
                 << in(Colour::dim, wrapped(line.text, "     ", style_.width));
            if (result_.simulated) {
                out_ << wrapped(load_answer(line), "     load alone: ", style_.width);
                if (!line.months.fullest.empty()) {
                    out_ << wrapped(fmt::format("{}, {} in use", line.months.fullest,
                                                scenarios::share_text(line.months.fullest_share)),
                                    "     busiest then: ", style_.width);
                }
                out_ << in(Colour::dim, wrapped(proposal(line), "     quick models: ", style_.width));
            } else if (!line.proposed_by.empty()) {
                out_ << wrapped("least room: " + line.proposed_by, "     ", style_.width);
            }
        }
    }

    Verdict verdict_of(const GrowthAnswer& answer) const {
        if (answer.breaks) return Verdict::violated;
        return answer.holds == last_ && !result_.no_model_month ? Verdict::met : Verdict::undecided;
    }

    static std::string proposed(const std::optional<int>& month) {
        return month ? month_text(*month) : "not within the horizon";
    }

    static std::string proposal(const GrowthLine& line) {
        std::string text = proposed(line.proposed_month);
        if (line.proposed_load) text += fmt::format(", load {}", times_text(*line.proposed_load));
        return line.proposed_by.empty() ? text : text + "; least room: " + line.proposed_by;
    }

    std::string months_answer(const GrowthAnswer& answer) const {
        if (answer.breaks == 0) return "broken today";
        if (answer.breaks && answer.holds == *answer.breaks - 1)
            return fmt::format("breaks in month {}", *answer.breaks);
        if (answer.breaks) {
            const int from = answer.holds ? *answer.holds + 1 : 0;
            return fmt::format("breaks between {} and month {}", month_text(from), *answer.breaks);
        }
        if (answer.holds == last_) return fmt::format("holds through month {}", last_);
        if (answer.holds) return fmt::format("holds through {}, then undecided", month_text(*answer.holds));
        return "undecided";
    }

    std::string load_answer(const GrowthLine& line) const {
        const GrowthAnswer& answer = line.load;
        const auto at = [&](int step) { return times_text(result_.load_at[static_cast<std::size_t>(step)]); };
        if (answer.breaks == 0) return "not even today's holds";
        if (answer.holds == static_cast<int>(result_.load_at.size()) - 1) return "even " + at(*answer.holds) + " holds";
        if (!answer.holds && !answer.breaks) return "undecided";
        std::string text = answer.holds ? at(*answer.holds) + " holds" : "nothing is shown to hold";
        if (!answer.breaks) return text + ", and what is more is undecided";
        text += ", " + at(*answer.breaks) + " does not";
        const bool next = answer.holds && *answer.holds == *answer.breaks - 1;
        return next ? text : text + "; undecided between";
    }

    void probes(const std::string& title, const std::vector<GrowthProbe>& all, bool months) {
        heading(title);
        constexpr std::size_t figure_width = 12;
        constexpr std::size_t before = 34;
        const std::size_t at_once = std::max<std::size_t>(1, (style_.width - before) / figure_width);
        for (std::size_t i = 0; i < result_.lines.size(); ++i) {
            out_ << in(Colour::dim,
                       wrapped(result_.lines[i].requirement, fmt::format("   [{}] ", i + 1), style_.width));
        }
        for (std::size_t from = 0; from < result_.lines.size(); from += at_once) {
            const std::size_t to = std::min(result_.lines.size(), from + at_once);
            std::string header =
                fmt::format("   {:>6} {:>7} {:>7} {:>7}", months ? "month" : "", "load", "data", "runs");
            for (std::size_t i = from; i < to; ++i) header += right(fmt::format("[{}]", i + 1), figure_width);
            out_ << in(Colour::dim, header) << '\n';
            for (const GrowthProbe& one : all) {
                out_ << fmt::format("   {:>6} {:>7} {:>7} {:>7}", months ? std::to_string(one.step) : "",
                                    times_text(one.load), times_text(one.data), one.replications);
                for (std::size_t i = from; i < to; ++i) figure(one.judged[i], figure_width);
                out_ << '\n';
            }
        }
    }

    void figure(const GrowthProbe::Judged& one, std::size_t width) {
        const std::string text = one.observations == 0 ? "unknown" : scenarios::amount_text(one.estimate, one.unit);
        const std::size_t used = characters(text) + 2;
        // What was not waited for may have been decided with more replications: no sign.
        const bool open = one.verdict == Verdict::undecided && !one.wanted;
        out_ << std::string(width > used ? width - used : 1, ' ') << (open ? " " : verdict_sign(style_, one.verdict))
             << ' ' << text;
    }

    void resources() {
        if (result_.resources.empty()) return;
        heading("Resources at the busiest hour, by mean demands (quick models)");
        out_ << in(Colour::dim,
                   fmt::format("   {:<45}{:>9}{:>9}  {}", "of", "today", fmt::format("month {}", last_), "first full"))
             << '\n';
        constexpr std::size_t shown_most = 12;
        for (std::size_t i = 0; i < std::min(shown_most, result_.resources.size()); ++i) {
            const scenarios::GrowthResource& one = result_.resources[i];
            const auto percent = [](double share) {
                return share < 100.0 ? fmt::format("{:.0f} %", 100.0 * share) : std::string{"> 9999 %"};
            };
            const std::string when = one.full_month ? month_text(*one.full_month) : "-";
            out_ << fmt::format("   {}{:>9}{:>9}  {}{}", left(one.words, 45), percent(one.share_today),
                                percent(one.share_at_end), when, one.saturates ? "" : " *")
                 << '\n';
        }
        if (result_.resources.size() > shown_most) {
            out_ << in(Colour::dim, fmt::format("   and {} more with more room", result_.resources.size() - shown_most))
                 << '\n';
        }
        const bool some_need_not = std::any_of(result_.resources.begin(), result_.resources.end(),
                                               [](const auto& one) { return !one.saturates; });
        if (some_need_not) {
            out_ << in(Colour::dim, wrapped("* if all pools were full, or memory were to hold all that is asked for: "
                                            "beyond 100 % it goes on, slower",
                                            "   ", style_.width));
        }
    }

    void notes() {
        if (result_.no_model_month) {
            heading(fmt::format("From {} on it is no valid model", month_text(*result_.no_model_month)));
            for (const std::string& one : result_.no_model_problems) out_ << wrapped(one, "   ", style_.width);
        }
        for (const GrowthLine& line : result_.lines) {
            if (!line.months.contradicted && !line.load.contradicted) continue;
            out_ << '\n'
                 << wrapped(fmt::format("{} is met again beyond where it breaks: it does not get worse by growth "
                                        "alone, and the search takes that for granted",
                                        line.requirement),
                            "", style_.width);
        }
        for (const std::string& one : result_.not_judged) {
            out_ << '\n' << wrapped(one + " is answered by `faultline availability`", "", style_.width);
        }
        for (const scenarios::FailedReplication& one : result_.failed) {
            out_ << '\n' << wrapped(fmt::format("replication {} died: {}", one.replication, one.why), "", style_.width);
        }
    }

    std::ostream& out_;
    const TextStyle& style_;
    const GrowthResult& result_;
    const int last_;
};

}  // namespace

void print_growth(std::ostream& out, const TextStyle& style, const GrowthResult& result) {
    GrowthPage{out, style, result}.print();
}

}  // namespace faultline::reports

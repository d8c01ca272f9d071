#include "reports/plan_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "reports/colour.hpp"
#include "scenarios/money.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::reports {
namespace {

using scenarios::Fate;
using scenarios::PlannedTopology;
using scenarios::PlanResult;
using scenarios::RequirementResult;
using scenarios::Verdict;

constexpr std::size_t topologies_told = 12, resources_told = 8, front_told = 12, problems_told = 10;

std::string dollars(double value) {
    return fmt::format("${:.0f}", value);
}

std::string value_text(double value, const std::string& unit) {
    if (unit == "$/month") return dollars(value) + "/month";
    return scenarios::quantity_text(value, unit);
}

class PlanPage {
public:
    PlanPage(std::ostream& out, const TextStyle& style, const PlanResult& plan, bool all)
        : out_{out}, style_{style}, plan_{plan}, all_{all} {}

    void print() {
        title();
        answer();
        if (plan_.winner) verdicts();
        failing();
        front();
        head_room();
        went_wrong();
        out_.flush();
    }

private:
    std::string in(Colour colour, std::string_view text) const { return coloured(style_, colour, text); }
    void heading(const std::string& text) { out_ << '\n' << in(Colour::bold, wrapped(text, "", style_.width)); }
    void line(const std::string& text) { out_ << wrapped(text, "   ", style_.width); }
    void dim_line(const std::string& text) { out_ << in(Colour::dim, wrapped(text, "   ", style_.width)); }

    std::size_t count(Fate fate) const {
        return static_cast<std::size_t>(std::count_if(plan_.topologies.begin(), plan_.topologies.end(),
                                                      [&](const PlannedTopology& one) { return one.fate == fate; }));
    }

    std::string name_of(const PlannedTopology& one) const {
        std::string name;
        for (std::size_t i = 0; i < one.options.size(); ++i) {
            name += fmt::format("{}{} {}", i == 0 ? "" : ", ", plan_.choices[i], one.options[i]);
        }
        return name;
    }

    void title() {
        out_ << '\n' << in(Colour::bold, wrapped(plan_.scenario_name, "", style_.width));
        if (!plan_.question.empty()) out_ << wrapped(plan_.question, "", style_.width);
        out_ << in(Colour::dim,
                   wrapped(fmt::format("{} of {} combinations are topologies; verdicts at {} confidence of each, seed "
                                       "{}, confirmed on seed {}",
                                       plan_.topologies.size(), plan_.combinations,
                                       scenarios::share_text(plan_.confidence), plan_.seed, plan_.confirmation_seed),
                           "", style_.width));
        out_ << in(Colour::dim, wrapped(fmt::format("{}: {} replications were there already, {} were run",
                                                    plan_.database_path, plan_.found, plan_.run),
                                        "", style_.width));
    }

    void answer() {
        if (plan_.winner) {
            const PlannedTopology& one = plan_.topologies[*plan_.winner];
            heading(plan_.objective == "cost" ? "The cheapest topology that meets every requirement"
                                              : "The best topology by " + plan_.objective);
            for (std::size_t i = 0; i < plan_.choices.size(); ++i) {
                out_ << "   " << left(plan_.choices[i], 24) << ' ' << one.options[i] << '\n';
            }
            line(fmt::format(
                "{} a month{}, of which {} whatever the load{}", dollars(one.cost.value_or(one.cost_floor)),
                one.objective ? ", " + plan_.objective + " " + value_text(*one.objective, plan_.objective_unit) : "",
                dollars(one.cost_floor),
                one.unknown_prices == 0 ? ""
                : one.unknown_prices == 1
                    ? "; one of its prices is unknown and not in it"
                    : fmt::format("; {} of its prices are unknown and not in it", one.unknown_prices)));
            maybe_cheaper(one);
        } else if (count(Fate::undecided) + count(Fate::not_confirmed) > 0) {
            heading("No topology is shown to meet every requirement");
        } else {
            heading("No topology meets every requirement");
        }
        counts();
    }

    void maybe_cheaper(const PlannedTopology& winner) {
        if (!plan_.maybe_cheaper) return;
        const PlannedTopology& other = plan_.topologies[*plan_.maybe_cheaper];
        std::string parts, options;
        for (const scenarios::UnpricedPart& one : winner.unpriced) parts += (parts.empty() ? "" : "; ") + one.part;
        for (std::size_t i = 0; i < plan_.choices.size(); ++i) {
            options += fmt::format("{}{} {}", options.empty() ? "" : ", ", plan_.choices[i], other.options[i]);
        }
        line(
            fmt::format("It may not be the cheapest: it has parts without a price ({}), and others have fewer; the "
                        "cheapest of those is {} a month ({}).",
                        parts, dollars(other.cost.value_or(other.cost_floor)), options));
    }

    void counts() {
        constexpr std::array told{std::pair{Fate::met, "met, and not as good"},
                                  std::pair{Fate::not_confirmed, "not confirmed on other seeds"},
                                  std::pair{Fate::undecided, "undecided"},
                                  std::pair{Fate::violated, "violated by simulation"},
                                  std::pair{Fate::weaker, "weaker than one of those"},
                                  std::pair{Fate::screened, "out by a bound"},
                                  std::pair{Fate::worse, "not better, whatever they do"},
                                  std::pair{Fate::no_model, "no valid model"},
                                  std::pair{Fate::failed, "not run to the end"}};
        std::string text;
        for (const auto& [fate, words] : told) {
            if (count(fate) == 0) continue;
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count(fate), words);
        }
        if (!text.empty()) dim_line((plan_.winner ? "Of the others: " : "Of all: ") + text);
        const auto cheaper = cheaper_undecided();
        if (cheaper > 0) {
            line(fmt::format("{} cheaper {} undecided after {} replications: one of them may be the answer", cheaper,
                             cheaper == 1 ? "one stays" : "ones stay", plan_.replications_max));
        }
    }

    std::size_t cheaper_undecided() const {
        if (!plan_.winner) return 0;
        const double cost = plan_.topologies[*plan_.winner].cost.value_or(0.0);
        return static_cast<std::size_t>(
            std::count_if(plan_.topologies.begin(), plan_.topologies.end(), [&](const PlannedTopology& one) {
                return one.fate == Fate::undecided && one.cost.value_or(one.cost_floor) < cost;
            }));
    }

    // The search's and, beside it, what other seeds said.
    void verdicts() {
        const PlannedTopology& one = plan_.topologies[*plan_.winner];
        const scenarios::Confirmation* again = nullptr;
        for (const auto& other : plan_.confirmations) {
            if (other.topology == *plan_.winner) again = &other;
        }
        heading("Its requirements");
        out_ << in(Colour::dim,
                   "   " + left("", 30) + right("limit", 12) + right("searched", 14) + right("confirmed", 14))
             << '\n';
        for (const RequirementResult& result : one.requirements) {
            std::string confirmed = "-";
            for (const auto& other : again == nullptr ? std::vector<RequirementResult>{} : again->requirements) {
                if (other.name == result.name) confirmed = value_text(other.estimate, other.unit);
            }
            out_ << " " << verdict_sign(style_, result.verdict) << ' ' << left(result.name, 30)
                 << right(value_text(result.limit, result.unit), 12)
                 << right(value_text(result.estimate, result.unit), 14) << right(confirmed, 14) << '\n';
        }
        dim_line(fmt::format("{} replications in the search, {} on the other seed", one.replications,
                             again == nullptr ? 0 : again->replications));
        neighbours();
    }

    void neighbours() {
        bool first = true;
        for (const auto& one : plan_.confirmations) {
            if (one.topology == *plan_.winner) continue;
            if (first) heading("Its neighbours, on the other seed");
            first = false;
            std::string fails;
            bool open = false;
            for (const RequirementResult& result : one.requirements) {
                if (result.verdict == Verdict::violated && fails.empty()) fails = result.name;
                open = open || result.verdict == Verdict::undecided;
            }
            const Verdict verdict = !fails.empty() ? Verdict::violated : open ? Verdict::undecided : Verdict::met;
            out_ << " " << verdict_sign(style_, verdict)
                 << wrapped(fmt::format("{}, {}: {}", difference(plan_.topologies[one.topology]),
                                        dollars(one.cost.value_or(plan_.topologies[one.topology].cost_floor)),
                                        !fails.empty() ? "violates " + fails
                                        : open ? fmt::format("undecided after {} replications", one.replications)
                                               : "meets all"),
                            " ", style_.width - 2);
        }
    }

    // From the winner.
    std::string difference(const PlannedTopology& one) const {
        const PlannedTopology& winner = plan_.topologies[*plan_.winner];
        std::string text;
        for (std::size_t i = 0; i < one.options.size(); ++i) {
            if (one.options[i] == winner.options[i]) continue;
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", plan_.choices[i], one.options[i]);
        }
        return text;
    }

    // Why what costs less is not the answer: the dearest of them first, for they came closest.
    void failing() {
        std::vector<const PlannedTopology*> fail;
        for (const PlannedTopology& one : plan_.topologies) {
            const bool failed = one.fate == Fate::violated || one.fate == Fate::weaker || one.fate == Fate::screened ||
                                one.fate == Fate::undecided || one.fate == Fate::not_confirmed;
            const bool told = all_ ? one.fate != Fate::winner && one.fate != Fate::no_model : failed && is_cheaper(one);
            if (told) fail.push_back(&one);
        }
        if (fail.empty()) return;
        heading(all_ ? "All others" : plan_.winner ? "Why the cheaper ones are not the answer" : "Why they fail");
        by_requirement(fail);
        if (plan_.winner) std::reverse(fail.begin(), fail.end());
        const std::size_t most = all_ ? fail.size() : std::min(fail.size(), topologies_told);
        for (std::size_t i = 0; i < most; ++i) failing_one(*fail[i]);
        if (fail.size() > most) {
            dim_line(fmt::format("{} more; --all tells of all, --output FILE writes them", fail.size() - most));
        }
    }

    bool is_cheaper(const PlannedTopology& one) const {
        if (!plan_.winner || plan_.objective != "cost") return true;
        return one.cost.value_or(one.cost_floor) < plan_.topologies[*plan_.winner].cost.value_or(0.0);
    }

    void by_requirement(const std::vector<const PlannedTopology*>& fail) {
        std::map<std::string, std::size_t> counts;
        for (const PlannedTopology* one : fail) {
            if (!one->requirement.empty()) ++counts[one->requirement];
        }
        std::string text;
        for (const auto& [name, number] : counts) {
            text += fmt::format("{}{} by \"{}\"", text.empty() ? "" : ", ", number, name);
        }
        if (!text.empty()) dim_line(text);
    }

    void failing_one(const PlannedTopology& one) {
        out_ << wrapped(fmt::format("{}  {}", right(dollars(one.cost.value_or(one.cost_floor)), 8), name_of(one)),
                        "   ", style_.width);
        const std::string by = one.requirement.empty() ? "" : " by \"" + one.requirement + "\"";
        const std::string runs = one.replications > 0 ? fmt::format(", {} replications", one.replications) : "";
        const std::string why = one.why.empty() ? "" : ": " + one.why;
        out_ << in(
            Colour::dim,
            wrapped(fmt::format("{}{}{}{}", scenarios::fate_names[static_cast<std::size_t>(one.fate)], by, runs, why),
                    std::string(13, ' '), style_.width));
    }

    void front() {
        if (plan_.front.empty()) return;
        std::string axes;
        for (const auto& axis : plan_.axes) axes += (axes.empty() ? "" : " x ") + axis.name;
        heading("Pareto front: " + axes);
        dim_line("of what was simulated, by estimates; + meets every requirement");
        for (std::size_t i = 0; i < std::min(front_told, plan_.front.size()); ++i) {
            const auto& point = plan_.front[i];
            std::string values;
            for (std::size_t axis = 0; axis < point.values.size(); ++axis) {
                values +=
                    right(axis == 0 ? dollars(point.values[0]) : value_text(point.values[axis], plan_.axes[axis].unit),
                          axis == 0 ? 8 : 10);
            }
            out_ << " " << (point.meets_all ? "+" : " ")
                 << wrapped(name_of(plan_.topologies[point.topology]), " " + values + "  ", style_.width - 2);
        }
        if (plan_.front.size() > front_told) dim_line(fmt::format("{} more", plan_.front.size() - front_told));
    }

    void head_room() {
        if (plan_.head_room.empty()) return;
        heading("Head-room of the winner");
        out_ << in(Colour::dim, "   " + left("", 46) + right("in use", 9) + right("worst min", 11) + right("room", 9))
             << '\n';
        for (std::size_t i = 0; i < std::min(resources_told, plan_.head_room.size()); ++i) {
            const auto& one = plan_.head_room[i];
            const double room = std::max(0.0, 1.0 - one.worst_minute);
            std::string words = one.words;
            if (characters(words) > 46) words = words.substr(0, 43) + "...";
            out_ << "   " << left(words, 46) << right(fmt::format("{:.1f} %", 100.0 * one.mean), 9)
                 << right(fmt::format("{:.1f} %", 100.0 * one.worst_minute), 11)
                 << right(fmt::format("{:.1f} %", 100.0 * room), 9) << '\n';
        }
        if (plan_.head_room.size() > resources_told) {
            dim_line(fmt::format("{} more have more room", plan_.head_room.size() - resources_told));
        }
    }

    void went_wrong() {
        std::vector<std::string> texts = plan_.notes;
        for (const PlannedTopology& one : plan_.topologies) {
            for (const std::string& text : one.problems) texts.push_back(name_of(one) + ": " + text);
            if (one.fate == Fate::failed) texts.push_back(name_of(one) + ": " + one.why);
        }
        if (texts.empty()) return;
        heading("What went wrong");
        const std::size_t most = all_ ? texts.size() : std::min(problems_told, texts.size());
        for (std::size_t i = 0; i < most; ++i) line(texts[i]);
        if (texts.size() > most) dim_line(fmt::format("{} more; --all tells of all", texts.size() - most));
    }

    std::ostream& out_;
    const TextStyle& style_;
    const PlanResult& plan_;
    bool all_;
};

}  // namespace

void print_plan(std::ostream& out, const TextStyle& style, const PlanResult& plan, bool all) {
    PlanPage{out, style, plan, all}.print();
}

}  // namespace faultline::reports

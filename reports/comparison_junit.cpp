#include "reports/comparison_junit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/difference_text.hpp"
#include "reports/xml_text.hpp"
#include "scenarios/money.hpp"

namespace faultline::reports {
namespace {

using scenarios::ComparedMeasure;
using scenarios::ComparedSystem;
using scenarios::ComparedValue;
using scenarios::Comparison;
using scenarios::Standing;

std::string figures_of(const Comparison& comparison, const ComparedMeasure& measure, const ComparedValue& value) {
    std::string text = fmt::format("{}: {}", measure.text, scenarios::amount_text(value.estimate, measure.unit));
    if (value.standing == Standing::first) return text;
    text += fmt::format("; {}", standing_word(value.standing));
    if (value.standing == Standing::equal || value.standing == Standing::unknown) return text;
    return text + fmt::format(", {} {} to {}", signed_text(value.difference, measure.unit, value.difference),
                              difference_interval_text(value, measure.unit), comparison.systems.front().name);
}

class Suites {
public:
    explicit Suites(const Comparison& comparison) : comparison_{comparison} {}

    std::string all() {
        text_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
        for (std::size_t i = comparison_.with_baseline ? 1 : 0; i < comparison_.systems.size(); ++i) suite(i);
        if (!comparison_.left_out.empty()) left_out();
        return text_ + "</testsuites>\n";
    }

private:
    bool fails(const ComparedValue& value) const {
        return comparison_.with_baseline && value.standing == Standing::worse;
    }

    void suite(std::size_t number) {
        const ComparedSystem& system = comparison_.systems[number];
        const std::string name = xml_text(comparison_.scenario_name + ", " + system.name);
        const auto failures = std::count_if(comparison_.measures.begin(), comparison_.measures.end(),
                                            [&](const ComparedMeasure& one) { return fails(one.systems[number]); });
        text_ += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\">\n",
                             name, comparison_.measures.size() + system.failed.size(), failures, system.failed.size());
        for (const ComparedMeasure& one : comparison_.measures) testcase(name, one, one.systems[number]);
        for (const scenarios::FailedReplication& one : system.failed) {
            error(name, fmt::format("replication {}", one.replication),
                  fmt::format("{}; repeat it by: {}", one.why, one.repeat_command));
        }
        text_ += "  </testsuite>\n";
    }

    void testcase(const std::string& suite, const ComparedMeasure& measure, const ComparedValue& value) {
        const std::string figures = xml_text(figures_of(comparison_, measure, value));
        text_ += fmt::format("    <testcase classname=\"{}\" name=\"{}\">\n", suite, xml_text(measure.name));
        if (fails(value)) text_ += fmt::format("      <failure message=\"{}\"/>\n", figures);
        text_ += fmt::format("      <system-out>{}</system-out>\n    </testcase>\n", figures);
    }

    void error(const std::string& suite, const std::string& name, const std::string& message) {
        text_ +=
            fmt::format("    <testcase classname=\"{}\" name=\"{}\">\n      <error message=\"{}\"/>\n    </testcase>\n",
                        suite, xml_text(name), xml_text(message));
    }

    void left_out() {
        const std::string name = xml_text(comparison_.scenario_name + ", left out");
        const std::size_t count = comparison_.left_out.size();
        text_ += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"0\" errors=\"{}\" skipped=\"0\">\n",
                             name, count, count);
        for (const scenarios::LeftOut& one : comparison_.left_out) {
            std::string problems;
            for (const std::string& problem : one.problems) problems += (problems.empty() ? "" : "\n") + problem;
            error(name, one.name, problems);
        }
        text_ += "  </testsuite>\n";
    }

    const Comparison& comparison_;
    std::string text_;
};

}  // namespace

std::string comparison_junit(const Comparison& comparison) {
    return Suites{comparison}.all();
}

}  // namespace faultline::reports

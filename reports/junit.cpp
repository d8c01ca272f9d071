#include "reports/junit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "reports/xml_text.hpp"
#include "scenarios/money.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::reports {
namespace {

using scenarios::amount_text;
using scenarios::quantity_text;
using scenarios::RequirementResult;
using scenarios::Verdict;

std::string message_of(const RequirementResult& one) {
    return fmt::format("{}: {} [{}, {}]; {}", one.text, amount_text(one.estimate, one.unit),
                       amount_text(one.low, one.unit), amount_text(one.high, one.unit), one.why);
}

std::ptrdiff_t count(const scenarios::RunResult& result, Verdict verdict) {
    return std::count_if(result.requirements.begin(), result.requirements.end(),
                         [&](const RequirementResult& one) { return one.verdict == verdict; });
}

std::string title(const scenarios::RunResult& result) {
    return result.variant.empty() ? result.scenario_name : result.scenario_name + ", " + result.variant;
}

}  // namespace

void JunitReport::context(const Context& context) {
    context_ = context;
    out_ << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
}

void JunitReport::results(const scenarios::RunResult& result) {
    const std::string suite = xml_text(title(result));
    out_ << fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n", suite,
                        result.requirements.size() + result.failed.size(), count(result, Verdict::violated),
                        result.failed.size(), count(result, Verdict::undecided));
    out_ << "    <properties>\n";
    const auto property = [&](const char* name, const std::string& value) {
        out_ << fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, xml_text(value));
    };
    property("seed", std::to_string(result.seed));
    property("replications", std::to_string(result.replications.size()));
    property("version", result.tool_version);
    property("scenario", context_.scenario_hash);
    property("repeat", context_.repeat_command);
    out_ << "    </properties>\n";
    for (const RequirementResult& one : result.requirements) {
        out_ << fmt::format("    <testcase classname=\"{}\" name=\"{}\"", suite, xml_text(one.name));
        if (one.verdict == Verdict::met) {
            out_ << "/>\n";
            continue;
        }
        const char* const element = one.verdict == Verdict::violated ? "failure" : "skipped";
        out_ << fmt::format(">\n      <{} message=\"{}\"/>\n    </testcase>\n", element, xml_text(message_of(one)));
    }
    for (const scenarios::FailedReplication& one : result.failed) {
        out_ << fmt::format(
            "    <testcase classname=\"{}\" name=\"replication {}\">\n      <error message=\"{}; repeat it by: "
            "{}\"/>\n    </testcase>\n",
            suite, one.replication, xml_text(one.why), xml_text(one.repeat_command));
    }
    out_ << "  </testsuite>\n";
}

void JunitReport::close() {
    out_ << "</testsuites>\n";
    out_.flush();
}

}  // namespace faultline::reports

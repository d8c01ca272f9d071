// The evacuation of a region: what only this kind of fault has.
#include <fmt/format.h>

#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

// "10%", "50%", "100%": ascending, and in the end everything.
std::vector<double> read_shares(ObjectReader& object) {
    std::vector<double> shares;
    for (const std::string& text : object.names("shares")) {
        const Parsed<double> share = parse_share(text);
        if (!share.value) {
            object.problem("shares", share.error);
            return {1.0};
        }
        const double before = shares.empty() ? 0.0 : shares.back();
        if (*share.value <= before || *share.value > 1.0) {
            object.problem("shares", fmt::format("expected ascending shares above 0% up to 100%, found {} after {:g}%",
                                                 in_quotes(text), before * 100.0));
            return {1.0};
        }
        shares.push_back(*share.value);
    }
    if (shares.empty() || shares.back() < 1.0) {
        object.problem("shares", "the last share is \"100%\": a region that keeps some of its load is not evacuated");
        return {1.0};
    }
    return shares;
}

}  // namespace

void read_runbook(ObjectReader& object, Fault& fault) {
    Runbook& runbook = fault.runbook;
    runbook.decision = object.random("decision");
    runbook.step = object.random("step");
    runbook.step_fails = object.share("step_fails", 0.0, 0.9);
    runbook.retry = object.random("retry");
    runbook.shares = read_shares(object);
    if (fault.kind == FaultKind::evacuation) {
        if (object.has("mode")) object.problem("mode", "an evacuation takes nothing down");
        return;
    }
    for (const std::string_view key : {"decision", "step", "step_fails", "retry", "shares"}) {
        if (object.has(key)) object.problem(key, "only an evacuation has this");
    }
}

void check_evacuation(const Scenario& scenario, const Fault& fault, const Report& report) {
    const Pointer at = Pointer{} / "faults" / fault.name / "target";
    if (scenario.regions.size() < 2) report.add(at, "there is no other region to go to");
}

}  // namespace faultline::scenarios

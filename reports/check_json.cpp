#include "reports/check_json.hpp"

#include <nlohmann/json.hpp>

namespace faultline::reports {

std::string check_json(const std::string& file, const std::string& scenario,
                       const std::vector<CheckedVariant>& checked) {
    using Json = nlohmann::ordered_json;
    Json findings = Json::array();
    for (const CheckedVariant& one : checked) {
        for (const scenarios::CheckFinding& finding : one.findings) {
            findings.push_back({{"variant", one.variant},
                                {"id", finding.id},
                                {"also", finding.also},
                                {"severity", finding.severity},
                                {"where", finding.where},
                                {"why", finding.why},
                                {"mend", finding.mend},
                                {"suppressed", finding.suppressed}});
        }
    }
    const Json document = {{"file", file}, {"scenario", scenario}, {"findings", findings}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace faultline::reports

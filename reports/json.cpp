#include "reports/json.hpp"

#include "scenarios/result_file.hpp"

namespace faultline::reports {

void JsonReport::results(const scenarios::RunResult& result) {
    out_ << scenarios::result_text(result);
}

}  // namespace faultline::reports

#include "reports/office_summary.hpp"

#include <fmt/format.h>

#include <vector>

#include "reports/text_layout.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::reports {
namespace {

using scenarios::OfficeMinutes;

double good_share(const OfficeMinutes& one) {
    return one.minutes == 0 ? 1.0 : static_cast<double>(one.good) / static_cast<double>(one.minutes);
}

std::vector<OfficeMinutes> of_all_replications(const scenarios::RunResult& result) {
    std::vector<OfficeMinutes> sums;
    for (const auto& replication : result.replications) {
        sums.resize(std::max(sums.size(), replication.office_minutes.size()));
        for (std::size_t i = 0; i < replication.office_minutes.size(); ++i) {
            sums[i].office = replication.office_minutes[i].office;
            sums[i].minutes += replication.office_minutes[i].minutes;
            sums[i].good += replication.office_minutes[i].good;
        }
    }
    return sums;
}

}  // namespace

std::string office_minutes_text(const scenarios::RunResult& result) {
    const std::vector<OfficeMinutes> offices = of_all_replications(result);
    OfficeMinutes all, worst;
    for (const OfficeMinutes& one : offices) {
        all.minutes += one.minutes;
        all.good += one.good;
        if (one.minutes > 0 && (worst.minutes == 0 || good_share(one) < good_share(worst))) worst = one;
    }
    if (all.minutes == 0) return {};
    std::string text = fmt::format("minutes with 99 % good at that office: {} of {} at {}",
                                   scenarios::share_text(good_share(worst)), worst.minutes, worst.office);
    if (offices.size() == 1) return text;
    return text + fmt::format(", the worst of {}; {} at all of them together", counted(offices.size(), "office"),
                              scenarios::share_text(good_share(all)));
}

}  // namespace faultline::reports

#include "models/measures/office_minutes.hpp"

namespace faultline::models {

std::vector<scenarios::OfficeMinutes> office_minutes(const MeasuresShape& shape, const PhaseTrack& track,
                                                     const Operations& operations, Instant end) {
    constexpr std::chrono::minutes minute{1};
    const auto count = static_cast<std::size_t>((end - shape.warm_up_end) / minute) + 1;
    std::vector<scenarios::OfficeMinutes> results;
    for (std::size_t office = 0; office < shape.offices.size(); ++office) {
        std::vector<ShareCount> minutes(count);
        for (std::size_t i = 0; i < shape.classes.size(); ++i) {
            Operations::Seen seen = operations.seen({i, office});
            for (std::size_t row = 0; row < track.rows_until(end); ++row) {
                const ShareCount here = seen.in(row, track.row_end(row), end);
                ShareCount& sum =
                    minutes[static_cast<std::size_t>((track.row_start(row) - shape.warm_up_end) / minute)];
                sum.due += here.due;
                sum.good += here.good;
            }
        }
        scenarios::OfficeMinutes& result = results.emplace_back();
        result.office = shape.offices[office];
        for (const ShareCount& one : minutes) {
            result.minutes += one.due > 0 ? 1 : 0;
            result.good += one.due > 0 && one.good * 100 >= one.due * 99 ? 1 : 0;
        }
    }
    return results;
}

void add_office_timelines(const MeasuresShape& shape, const PhaseTrack& track, const Operations& operations,
                          Instant end, std::vector<scenarios::ClassResult>& results) {
    constexpr std::chrono::seconds second{1};
    const auto count = static_cast<std::size_t>(end.time_since_epoch() / second) + 1;
    for (std::size_t i = 0; i < shape.classes.size(); ++i) {
        for (std::size_t office = 0; office < shape.offices.size(); ++office) {
            scenarios::OfficeTimeline line{shape.offices[office], std::vector<std::uint32_t>(count),
                                           std::vector<std::uint32_t>(count)};
            Operations::Seen seen = operations.seen({i, office});
            for (std::size_t row = 0; row < track.rows_until(end); ++row) {
                const ShareCount here = seen.all(row);
                const auto at = static_cast<std::size_t>(track.row_start(row).time_since_epoch() / second);
                line.due_per_s[at] += static_cast<std::uint32_t>(here.due);
                line.good_per_s[at] += static_cast<std::uint32_t>(here.good);
            }
            results[i].by_office.push_back(std::move(line));
        }
    }
}

}  // namespace faultline::models

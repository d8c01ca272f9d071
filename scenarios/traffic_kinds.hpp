// The values of `kind` of traffic in a result, and the name of what is at the end of a line to all offices.
#pragma once

namespace faultline::scenarios {

inline constexpr const char* traffic_between_zones = "between zones";
inline constexpr const char* traffic_between_regions = "between regions";
inline constexpr const char* traffic_internet = "internet";            // between a region and offices
inline constexpr const char* traffic_private_lines = "private lines";  // the same, of offices with a carrier's network
inline constexpr const char* traffic_offices = "offices";

}  // namespace faultline::scenarios

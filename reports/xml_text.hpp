// Text inside XML.
#pragma once

#include <string>
#include <string_view>

namespace faultline::reports {

// As an attribute's value or between tags. XML 1.0 has no control characters but tab and line ends, not even escaped:
// they become blanks.
std::string xml_text(std::string_view text);

}  // namespace faultline::reports

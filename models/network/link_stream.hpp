// A stream that is there all along, over links on which bulk flows may be: what Transfers asks it and tells it, so that
// the two share the links (transfers.hpp).
#pragma once

#include <optional>

#include "models/topology.hpp"

namespace faultline::models {

class LinkStream {
public:
    struct Ends {
        PlaceId from{};
        PlaceId to{};
        friend constexpr auto operator<=>(const Ends&, const Ends&) = default;
    };

    virtual ~LinkStream() = default;

    // Between which places it sends now; none: nothing goes.
    virtual std::optional<Ends> ends() const = 0;
    // What it would take of its links until it is asked again, headers included: what comes, and all that waits. >= 0
    virtual engine::BitsPerSecond wanted(engine::Duration until_asked_again) const = 0;
    // What it can have of its links from now on. unlimited_bandwidth: they are its own.
    virtual void set_share(engine::BitsPerSecond share) = 0;
};

}  // namespace faultline::models

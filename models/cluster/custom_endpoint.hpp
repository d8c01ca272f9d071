// A custom endpoint of a cluster: a DNS name for some of its instances, by a list of who belongs to it or of who does
// not.
//
// A member that does not answer, or is leaving, stays in the list and is not published. Of the type READER, the
// instance that is the writer is no member while it is: a replica that is promoted leaves, and is back when it is a
// replica again. Replicas that scaling adds belong to every endpoint with a list of exclusions. Without a member that
// answers the name has no address, whereas the reader endpoint falls back to the writer. Connections that were made
// stay.
// Source: Aurora User Guide, Considerations for custom endpoints, Membership rules.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace faultline::models {

struct CustomEndpointShape {
    std::string name;                 // "reporting"
    bool readers_only = false;        // type READER; else ANY
    bool excludes = false;            // `listed` are those that do not belong to it
    std::vector<std::size_t> listed;  // instances of the cluster, from 0 for the first writer

    bool belongs(std::size_t instance, bool is_writer) const {
        const bool named = std::find(listed.begin(), listed.end(), instance) != listed.end();
        return named != excludes && !(readers_only && is_writer);
    }
};

}  // namespace faultline::models

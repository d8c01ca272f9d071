// How much of each queue and link was in use, a part of the result (result.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace faultline::scenarios {

// In one phase of a run: in steady state, or from an incident's start to the end of its recovery. Seconds are whole
// ones, counted from the end of the warm-up; one that a phase cuts belongs to the incident.
struct ResourceUse {
    std::int64_t seconds = 0;  // that the phase lasted; 0: all else says nothing
    // Shares of its capacity, of time: 1 is all of it, all the time. More, of a link: messages are not held back there.
    double mean = 0.0, worst_second = 0.0;
    double worst_minute = 0.0;     // of 60 successive seconds of the phase; of all of them, if they are fewer
    std::int64_t worst_at_ns = 0;  // end of the worst second
    double waiting = 0.0;          // for it, on average
};

// A server, or several alike, with a queue before them; or one way of a link.
struct ResourceResult {
    std::string name;       // "services/shop/us-east-1/1/threads"
    std::string kind;       // "threads"
    std::string of;         // what the scenario calls it: "shop", "orders", "hot"
    std::string words;      // "threads of shop in us-east-1a": the same of all that are alike and stand there
    double capacity = 0.0;  // servers, connections, slots; bit/s of a link
    ResourceUse steady{};
    std::vector<ResourceUse> incidents{};   // by incident of the run
    std::vector<ResourceUse> aftermaths{};  // a part of each: when its faults were over
};

// The values of `kind`.
inline constexpr const char* resource_cpu = "CPU";
inline constexpr const char* resource_threads = "threads";
inline constexpr const char* resource_connections = "connections";
inline constexpr const char* resource_cache_thread = "thread";
inline constexpr const char* resource_network_card = "network card";
inline constexpr const char* resource_log_disks = "log disks";
inline constexpr const char* resource_page_disks = "page disks";
inline constexpr const char* resource_log_disk = "log disk";      // of an instance that has its own
inline constexpr const char* resource_log_replay = "log replay";  // of a replica or standby
inline constexpr const char* resource_commits = "commit queue";   // of a warehouse
inline constexpr const char* resource_slots = "slots";
inline constexpr const char* resource_slices = "slices";
inline constexpr const char* resource_servers = "servers";
inline constexpr const char* resource_link = "link";

}  // namespace faultline::scenarios

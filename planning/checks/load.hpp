// The load that a scenario's description implies at its busiest, and how many connections its pools may hold: first
// figures, by mean demands. Leaves out retries, follow-ups, canaries and surges.
#pragma once

#include <cstdint>
#include <string>

#include "scenarios/scenario.hpp"

namespace faultline::planning {

// Queries a second of all offices and classes: the rate at the curves' highest factor, or that of the trace, or what
// closed users can ask who think and get their answers at once.
double peak_rate_per_s(const scenarios::Scenario& scenario);

// CPU seconds a second of all calls of a service.
double service_cores(const scenarios::Scenario& scenario, const std::string& service);

// CPU seconds a second of the statements that end at an endpoint of a database with this role. `missed`: the share of
// the reads behind a cache that reach it.
double database_cores(const scenarios::Scenario& scenario, const std::string& database, scenarios::TargetRole role,
                      double missed);

// Bits a second that the instances of a database send over their network cards: the answers of those statements, and of
// the writer the log, to each copy of the volume and each replica of its region. Leaves out what carries log elsewhere.
double database_sends(const scenarios::Scenario& scenario, const scenarios::Database& database,
                      scenarios::TargetRole role, double missed);

// The same of the answers behind this cache alone, if it answered nothing.
double sent_behind(const scenarios::Scenario& scenario, const std::string& cache, const std::string& database);

// CPU seconds of the statements behind this cache alone, if it answered nothing.
double cores_behind(const scenarios::Scenario& scenario, const std::string& cache, const std::string& database);

// Bytes of entries that all shards of a cache hold; 0: its class is not known.
double memory_of(const scenarios::Cache& cache);

// Whether a class looks its keys up there first.
bool reads_through(const scenarios::QueryClass& query, const scenarios::Cache& cache);

// Share of the reads of a warm cache that find their key, by Che's approximation (che.hpp); 0: nobody reads it.
double estimated_hit_ratio(const scenarios::Scenario& scenario, const scenarios::Cache& cache);

// What `database_cores` and `database_sends` come to while all caches are warm: of readers with what misses there.
double warm_cores(const scenarios::Scenario& scenario, const scenarios::Database& database, scenarios::TargetRole role);
double warm_sends(const scenarios::Scenario& scenario, const scenarios::Database& database, scenarios::TargetRole role);

// Share of the reads of a warm cache that find their key, at best: the popularity of as many keys as fit, by Zipf's
// law. Source: Che et al. 2002 has less for LRU; expiry and writes are left out.
double hit_ratio_at_best(const scenarios::Scenario& scenario, const scenarios::Cache& cache);

// A class with this service (empty: directly) ends at the database.
bool asks(const scenarios::Scenario& scenario, const std::string& service, const std::string& database);

// Of all pools towards the database's endpoints of this role, full.
std::uint64_t pooled_connections(const scenarios::Scenario& scenario, const scenarios::Database& database,
                                 scenarios::TargetRole role);

}  // namespace faultline::planning

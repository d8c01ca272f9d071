// A database and a service whose pools lead to it: for what is told of a scenario before it runs.
#pragma once

#include "scenarios/scenario.hpp"

namespace faultline::planning {

// Ten instances of a service, towards one writer that takes 90 connections and has 4 GiB of memory.
inline scenarios::Scenario with_pools_of(int pool) {
    scenarios::Scenario scenario;
    scenarios::Database database;
    database.name = "orders";
    database.writer.class_name = "db.t3.medium";
    database.buffer_pool.share = 0.72;
    scenario.databases.push_back(database);
    scenarios::Service service;
    service.name = "shop";
    service.regions = {{"us-east-1", 6}, {"us-west-2", 4}};
    service.pool = pool;
    scenario.services.push_back(service);
    scenarios::QueryClass update;
    update.name = "update";
    update.via = "shop";
    update.route = {{scenarios::TargetRole::writer, "orders"}};
    scenario.workload.classes.push_back(update);
    return scenario;
}

}  // namespace faultline::planning

// What a cache node asks of a database (cache/backing_store.hpp), as a class would have asked: with the statements of
// the class, and the driver of its service.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "models/cache/backing_store.hpp"
#include "models/class_plan.hpp"
#include "models/services/database_client.hpp"

namespace faultline::models {

class NodeDatabase : public BackingStore {
public:
    using Lost = std::function<void(std::uint64_t writes, Duration gap)>;

    // `owner`: the node. `clients`: by endpoint, where a class that it asks for ends; all at this database.
    NodeDatabase(engine::Simulation& simulation, engine::Component& owner, RequestTable& requests,
                 const std::vector<ClassPlan>& classes, Cluster& database, Lost lost);
    void set_client(std::size_t endpoint, std::unique_ptr<DatabaseClient> client);

    RequestRef open(std::uint64_t key, ClassId by) override;
    engine::Process<Answer> run(const RequestRef& request) override;
    void forget() override;

    void taken(std::uint64_t key) override { database_.keep_unwritten().add(key); }
    void settled(std::uint64_t key) override { database_.keep_unwritten().remove(key); }
    std::uint32_t newest_version(std::uint64_t key) const override { return database_.newest_version(key); }
    void lost(std::uint64_t writes, Duration gap) override { lost_(writes, gap); }

private:
    engine::Simulation& simulation_;
    const engine::Component& owner_;
    RequestTable& requests_;
    const std::vector<ClassPlan>& classes_;
    Cluster& database_;
    Lost lost_;
    engine::QueryKey draws_;
    std::uint64_t number_ = 0;  // of its queries
    std::vector<std::unique_ptr<DatabaseClient>> clients_;
};

}  // namespace faultline::models

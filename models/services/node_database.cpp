#include "models/services/node_database.hpp"

#include "models/cluster/cluster.hpp"

namespace faultline::models {

NodeDatabase::NodeDatabase(engine::Simulation& simulation, engine::Component& owner, RequestTable& requests,
                           const std::vector<ClassPlan>& classes, Cluster& database, Lost lost)
    : simulation_(simulation),
      owner_(owner),
      requests_(requests),
      classes_(classes),
      database_(database),
      lost_(std::move(lost)),
      draws_(simulation.query_key(owner.path(), "database")) {}

void NodeDatabase::set_client(std::size_t endpoint, std::unique_ptr<DatabaseClient> client) {
    if (clients_.size() <= endpoint) clients_.resize(endpoint + 1);
    clients_[endpoint] = std::move(client);
}

RequestRef NodeDatabase::open(std::uint64_t key, ClassId by) {
    RequestRef request = requests_.open(draws_, ++number_, simulation_.now(), &owner_.path());
    request->key = key;
    request->query_class = by;
    request->outcome = Outcome::answered;
    return request;
}

engine::Process<Answer> NodeDatabase::run(const RequestRef& request) {
    const ClassPlan& plan = classes_[request->query_class];
    const DatabaseWork work = work_of(plan);
    const Answer answer = co_await clients_[plan.endpoint]->run(request, work);
    request.charge(Stage::network, simulation_.now());  // so that a trace has it to its end
    co_return answer;
}

void NodeDatabase::forget() {
    for (const auto& client : clients_) {
        if (client != nullptr) client->forget();
    }
}

}  // namespace faultline::models

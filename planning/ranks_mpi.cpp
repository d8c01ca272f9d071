// Ranks by MPI. Messages are CBOR, each with a tag; none of them is waited for.
#include <fmt/format.h>
#include <mpi.h>

#include <cstdlib>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "planning/ranks.hpp"
#include "planning/tried_again.hpp"
#include "scenarios/read_scenario.hpp"
#include "scenarios/result_file.hpp"

namespace faultline::planning {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Clock = std::chrono::steady_clock;

constexpr int task_tag = 1;      // from rank 0: a replication to run
constexpr int forget_tag = 2;    // from rank 0: it is not wanted any more
constexpr int home_tag = 3;      // from rank 0: all is done
constexpr int progress_tag = 4;  // to rank 0: how far one is
constexpr int end_tag = 5;       // to rank 0: one has ended
constexpr auto between_looks = std::chrono::milliseconds{2};
constexpr auto between_reports = std::chrono::milliseconds{100};

struct Message {
    int from = 0, tag = 0;
    nlohmann::json content;
};

// What comes in, and what is on its way out.
class Mail {
public:
    ~Mail() { flush(); }

    void send(int to, int tag, const nlohmann::json& content) {
        Letter& letter = out_.emplace_back();
        letter.bytes = nlohmann::json::to_cbor(content);
        MPI_Isend(letter.bytes.data(), static_cast<int>(letter.bytes.size()), MPI_BYTE, to, tag, MPI_COMM_WORLD,
                  &letter.request);
    }

    std::optional<Message> receive() {
        drop_sent();
        int there = 0;
        MPI_Status status{};
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
        if (there == 0) return std::nullopt;
        int size = 0;
        MPI_Get_count(&status, MPI_BYTE, &size);
        Bytes bytes(static_cast<std::size_t>(size));
        MPI_Recv(bytes.data(), size, MPI_BYTE, status.MPI_SOURCE, status.MPI_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        return Message{status.MPI_SOURCE, status.MPI_TAG, nlohmann::json::from_cbor(bytes)};
    }

    void flush() {
        for (Letter& letter : out_) MPI_Wait(&letter.request, MPI_STATUS_IGNORE);
        out_.clear();
    }

private:
    struct Letter {
        Bytes bytes;
        MPI_Request request = MPI_REQUEST_NULL;
    };

    void drop_sent() {
        while (!out_.empty()) {
            int sent = 0;
            MPI_Test(&out_.front().request, &sent, MPI_STATUS_IGNORE);
            if (sent == 0) return;
            out_.pop_front();
        }
    }

    std::deque<Letter> out_;  // a deque: addresses stay
};

WorkerEnd end_of(const nlohmann::json& content) {
    WorkerEnd end;
    end.failure = content.at("failure").get<std::string>();
    const nlohmann::json& result = content.at("result");
    if (!result.is_binary()) return end;
    end.result = scenarios::from_packed(result.get_binary(), end.failure);
    if (!end.result) end.failure = "its result cannot be used: " + end.failure;
    return end;
}

// The others' side.
class Server {
public:
    explicit Server(Mail& mail) : mail_(mail) {}

    void serve() {
        while (!home_) {
            while (const auto message = mail_.receive()) obey(*message);
            for (auto it = jobs_.begin(); it != jobs_.end();) {
                it = tell(it->first, *it->second) ? jobs_.erase(it) : std::next(it);
            }
            sleep();
        }
    }

private:
    struct Job {
        scenarios::Scenario scenario;
        std::unique_ptr<Running> running;
        Clock::time_point told{};
    };

    void obey(const Message& message) {
        if (message.tag == home_tag) {
            jobs_.clear();
            home_ = true;
            mail_.send(0, home_tag, nlohmann::json::object());
        } else if (message.tag == forget_tag) {
            const auto id = message.content.at("id").get<std::uint64_t>();
            if (jobs_.erase(id) > 0) end(id, {}, "not wanted any more");
        } else if (message.tag == task_tag) {
            begin(message.content);
        }
    }

    void begin(const nlohmann::json& task) {
        const auto id = task.at("id").get<std::uint64_t>();
        scenarios::Problems problems;
        auto scenario = scenarios::read_scenario(task.at("scenario").get<std::string>(), "scenario", "", problems);
        if (!scenario) return end(id, {}, "a rank cannot read the scenario that it was sent");
        auto job = std::make_unique<Job>();
        job->scenario = std::move(*scenario);
        job->scenario.run.seed = task.at("seed").get<std::uint64_t>();
        job->scenario.folder = task.at("folder").get<std::string>();
        try {
            job->running = std::make_unique<TriedAgain>(job->scenario, task.at("replication").get<std::uint32_t>(),
                                                        task.at("traced").get<std::uint32_t>(), ResultAs::bytes);
        } catch (const std::system_error& error) {
            return end(id, {}, std::string{"it could not be started: "} + error.what());
        }
        jobs_.emplace(id, std::move(job));
    }

    // Whether it has ended.
    bool tell(std::uint64_t id, Job& job) {
        auto ended = job.running->look();
        if (ended) {
            end(id, std::move(ended->bytes), ended->failure);
            return true;
        }
        if (Clock::now() - job.told < between_reports) return false;
        job.told = Clock::now();
        const WorkerProgress& at = job.running->progress();
        mail_.send(0, progress_tag, {{"id", id}, {"now_ns", at.now_ns}, {"events", at.events}});
        return false;
    }

    void end(std::uint64_t id, Bytes result, const std::string& failure) {
        nlohmann::json content{{"id", id}, {"failure", failure}, {"result", nullptr}};
        if (!result.empty()) content["result"] = nlohmann::json::binary(std::move(result));
        mail_.send(0, end_tag, content);
    }

    void sleep() const {
        std::vector<pollfd> files;
        for (const auto& [id, job] : jobs_) job->running->add_files(files);
        ::poll(files.data(), files.size(), static_cast<int>(between_looks.count()));
    }

    Mail& mail_;
    std::map<std::uint64_t, std::unique_ptr<Job>> jobs_;
    bool home_ = false;
};

// What rank 0 knows of the others.
class Office {
public:
    Office(Mail& mail, int ranks) : mail_(mail), busy_(static_cast<std::size_t>(ranks), 0) {}

    std::vector<int>& busy() { return busy_; }

    std::uint64_t deal(int rank, const nlohmann::json& task) {
        const std::uint64_t id = ++last_id_;
        nlohmann::json content = task;
        content["id"] = id;
        mail_.send(rank, task_tag, content);
        ++busy_[static_cast<std::size_t>(rank)];
        jobs_[id].rank = rank;
        return id;
    }

    void forget(std::uint64_t id) {
        Job& job = jobs_.at(id);
        if (job.over) {
            jobs_.erase(id);
            return;
        }
        job.wanted = false;
        mail_.send(job.rank, forget_tag, {{"id", id}});
    }

    std::optional<WorkerEnd> look(std::uint64_t id, WorkerProgress& progress) {
        read();
        Job& job = jobs_.at(id);
        progress = job.progress;
        if (!job.end) return std::nullopt;
        return std::exchange(job.end, std::nullopt);
    }

    void read() {
        while (const auto message = mail_.receive()) take(*message);
    }

    // What they still had to say is read to its end: who sends to nobody would wait for ever.
    void send_home() {
        const int others = static_cast<int>(busy_.size()) - 1;
        for (int rank = 1; rank <= others; ++rank) mail_.send(rank, home_tag, nlohmann::json::object());
        for (read(); gone_home_ < others; read()) std::this_thread::sleep_for(between_looks);
        mail_.flush();
    }

private:
    struct Job {
        int rank = 0;
        bool wanted = true, over = false;
        WorkerProgress progress{};
        std::optional<WorkerEnd> end{};
    };

    void take(const Message& message) {
        if (message.tag == home_tag) {
            ++gone_home_;
            return;
        }
        const auto found = jobs_.find(message.content.at("id").get<std::uint64_t>());
        if (found == jobs_.end()) return;
        if (message.tag == progress_tag) {
            found->second.progress = {.now_ns = message.content.at("now_ns").get<std::int64_t>(),
                                      .events = message.content.at("events").get<std::uint64_t>()};
        } else {
            --busy_[static_cast<std::size_t>(message.from)];
            found->second.over = true;
            found->second.end = end_of(message.content);
            if (!found->second.wanted) jobs_.erase(found);
        }
    }

    Mail& mail_;
    std::vector<int> busy_;  // by rank: what it has been dealt and has not ended
    std::map<std::uint64_t, Job> jobs_;
    std::uint64_t last_id_ = 0;
    int gone_home_ = 0;
};

class Remote : public Running {
public:
    Remote(Office& office, std::uint64_t id, std::uint32_t replication)
        : office_(office), id_(id), replication_(replication) {}
    ~Remote() override { office_.forget(id_); }

    std::uint32_t replication() const override { return replication_; }
    const WorkerProgress& progress() const override { return progress_; }
    std::optional<WorkerEnd> look() override { return office_.look(id_, progress_); }

private:
    Office& office_;
    std::uint64_t id_;
    std::uint32_t replication_;
    WorkerProgress progress_{};
};

// Rank 0's own workers, counted.
class Own : public Running {
public:
    Own(int& busy, std::unique_ptr<Running> running) : busy_(busy), running_(std::move(running)) { ++busy_; }
    ~Own() override { --busy_; }

    std::uint32_t replication() const override { return running_->replication(); }
    const WorkerProgress& progress() const override { return running_->progress(); }
    std::optional<WorkerEnd> look() override { return running_->look(); }
    void add_files(std::vector<pollfd>& files) const override { running_->add_files(files); }

private:
    int& busy_;
    std::unique_ptr<Running> running_;
};

class RankHands : public Hands {
public:
    RankHands(Office& office, int jobs) : office_(office), jobs_(jobs) {}

    std::size_t places() const override { return office_.busy().size() * static_cast<std::size_t>(jobs_); }

    // With the rank that has the least to do; rank 0 last, for it has the reading besides.
    std::unique_ptr<Running> start(const scenarios::Scenario& scenario, std::uint32_t replication,
                                   std::uint32_t traced) override {
        office_.read();
        std::vector<int>& busy = office_.busy();
        std::size_t idlest = 0;
        for (std::size_t rank = 1; rank < busy.size(); ++rank) {
            if (busy[rank] < busy[idlest] || (idlest == 0 && busy[rank] == busy[0])) idlest = rank;
        }
        if (idlest == 0) {
            return std::make_unique<Own>(busy[0], std::make_unique<TriedAgain>(scenario, replication, traced));
        }
        const std::uint64_t id = office_.deal(static_cast<int>(idlest), {{"replication", replication},
                                                                         {"traced", traced},
                                                                         {"seed", scenario.run.seed},
                                                                         {"folder", scenario.folder},
                                                                         {"scenario", scenario.source}});
        return std::make_unique<Remote>(office_, id, replication);
    }

    std::chrono::milliseconds patience() const override { return between_looks; }

private:
    Office& office_;
    int jobs_;
};

class MpiRanks : public Ranks {
public:
    MpiRanks(int& argc, char**& argv) {
        MPI_Init(&argc, &argv);
        MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
        MPI_Comm_size(MPI_COMM_WORLD, &size_);
        office_ = std::make_unique<Office>(mail_, size_);
    }
    MpiRanks(const MpiRanks&) = delete;
    MpiRanks& operator=(const MpiRanks&) = delete;

    ~MpiRanks() override {
        if (leads()) office_->send_home();
        mail_.flush();
        MPI_Finalize();
    }

    bool leads() const override { return rank_ == 0; }
    int size() const override { return size_; }
    void serve() override { Server{mail_}.serve(); }
    std::unique_ptr<Hands> hands(int jobs) override {
        return std::make_unique<RankHands>(*office_, jobs > 0 ? jobs : 1);
    }

private:
    int rank_ = 0, size_ = 1;
    Mail mail_;
    std::unique_ptr<Office> office_;
};

}  // namespace

std::unique_ptr<Ranks> Ranks::join(int& argc, char**& argv) {
    // A worker inherits the launcher's environment, and is no rank.
    if (argc > 1 && std::string_view{argv[1]} == "worker") return nullptr;
    for (const char* const name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_SIZE"}) {
        if (std::getenv(name) != nullptr) return std::make_unique<MpiRanks>(argc, argv);
    }
    return nullptr;
}

std::string mpi_version() {
#ifdef OMPI_MAJOR_VERSION
    return fmt::format("Open MPI {}.{}.{}", OMPI_MAJOR_VERSION, OMPI_MINOR_VERSION, OMPI_RELEASE_VERSION);
#else
    return fmt::format("MPI {}.{}", MPI_VERSION, MPI_SUBVERSION);
#endif
}

}  // namespace faultline::planning

// The test program is its own worker, as the product is: `<program> worker --replication K --seed N ...`.
#include <gtest/gtest.h>

#include <string>

#include "planning/worker.hpp"

namespace {

// A word that it does not know ends it: else each worker would run the tests, and start workers.
int work(int argc, char** argv) {
    faultline::planning::WorkerTask task;
    for (int i = 2; i + 1 < argc; i += 2) {
        const std::string word{argv[i]};
        if (word == "--replication") {
            task.replication = static_cast<std::uint32_t>(std::stoul(argv[i + 1]));
        } else if (word == "--seed") {
            task.seed = std::stoull(argv[i + 1]);
        } else if (word == "--traced") {
            task.traced = static_cast<std::uint32_t>(std::stoul(argv[i + 1]));
        } else if (word == "--parent") {
            task.parent = std::stoi(argv[i + 1]);
        } else {
            return 2;
        }
    }
    return faultline::planning::worker_main(task);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc > 1 && std::string{argv[1]} == "worker") return work(argc, argv);
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}

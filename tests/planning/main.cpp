// The test program is its own worker, as the product is: `<program> worker --replication K --seed N --parent PID`.
#include <gtest/gtest.h>

#include <string>

#include "planning/worker.hpp"

int main(int argc, char** argv) {
    if (argc == 8 && std::string{argv[1]} == "worker") {
        return faultline::planning::worker_main({.replication = static_cast<std::uint32_t>(std::stoul(argv[3])),
                                                 .seed = std::stoull(argv[5]),
                                                 .parent = std::stoi(argv[7])});
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}

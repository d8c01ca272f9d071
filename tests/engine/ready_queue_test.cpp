#include "engine/ready_queue.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace faultline::engine {
namespace {

struct QueuedNode : CalendarNode {
    QueuedNode() : CalendarNode([](CalendarNode&, Simulation&) {}) {}
};

TEST(ReadyQueueTest, FirstInFirstOut) {
    ReadyQueue ready;
    std::vector<QueuedNode> nodes(1'000);  // more than the ring begins with
    for (QueuedNode& node : nodes) ready.push(node);
    for (QueuedNode& node : nodes) {
        ASSERT_FALSE(ready.empty());
        EXPECT_EQ(&ready.pop(), &node);
        EXPECT_FALSE(node.pending());
    }
    EXPECT_TRUE(ready.empty());
}

TEST(ReadyQueueTest, CancelledNodesAreGone) {
    ReadyQueue ready;
    std::vector<QueuedNode> nodes(5);
    for (QueuedNode& node : nodes) ready.push(node);
    for (const std::size_t i : {0u, 2u, 4u}) {
        EXPECT_TRUE(ReadyQueue::holds(nodes[i]));
        ready.cancel(nodes[i]);
        EXPECT_FALSE(nodes[i].pending());
    }
    ready.push(nodes[0]);
    for (const std::size_t i : {1u, 3u, 0u}) {
        ASSERT_FALSE(ready.empty());
        EXPECT_EQ(&ready.pop(), &nodes[i]);
    }
    EXPECT_TRUE(ready.empty());
}

// The ring's head is far from its beginning when it grows, and places stay right.
TEST(ReadyQueueTest, GrowsWhileWrapped) {
    ReadyQueue ready;
    std::vector<QueuedNode> nodes(2'000);
    for (std::size_t i = 0; i < 200; ++i) ready.push(nodes[i]);
    for (std::size_t i = 0; i < 200; ++i) {
        ASSERT_FALSE(ready.empty());
        ready.pop();
    }
    for (QueuedNode& node : nodes) ready.push(node);
    for (std::size_t i = 0; i < nodes.size(); i += 2) ready.cancel(nodes[i]);
    for (std::size_t i = 1; i < nodes.size(); i += 2) {
        ASSERT_FALSE(ready.empty());
        ASSERT_EQ(&ready.pop(), &nodes[i]);
    }
    EXPECT_TRUE(ready.empty());
}

TEST(ReadyQueueDeathTest, ANodeIsReadyOnce) {
    ReadyQueue ready;
    QueuedNode node;
    ready.push(node);
    EXPECT_DEATH(ready.push(node), "check failed: !node.pending");
}

}  // namespace
}  // namespace faultline::engine

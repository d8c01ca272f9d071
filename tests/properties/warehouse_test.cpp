// Laws of whole systems with a warehouse: each query ends exactly once, it is never ahead of its source but by what is
// counted, and what it costs others is nothing.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include "tests/properties/mean_latency.hpp"
#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

constexpr std::string_view loads_by_copy = R"("source": "orders", "load": "copy", "interval": "30s")";

// Two tables of one source, in the zone of the writer, and analysts who ask for both.
std::string with_warehouse(std::string_view faults, std::string_view sales = loads_by_copy) {
    std::string text = small_system(faults);
    replace_in(text, R"("workload": {)",
               R"("warehouses": { "reports": { "region": "us-east-1", "zone": "a", "class": "ra3.xlplus",
                    "tables": { "sales": { )" +
                   std::string{sales} + R"(, "data": "10GB" },
                                "stock": { "source": "orders", "load": "zero-etl", "data": "1GB" } },
                    "recovery": { "relocating": "100s", "node_replacement": "40s" } } },
                  "workload": {)");
    replace_in(text, R"("share": 0.7,)", R"("share": 0.69,)");
    replace_in(text, R"("update": {)",
               R"("by branch": { "share": 0.01, "route": ["reports"], "deadline": "10s", "timeout": "30s" },
                  "update": {)");
    return text;
}

void expect_conserved(const scenarios::ReplicationResult& result) {
    const scenarios::Outcomes reports = all_outcomes(class_named(result, "by branch"));
    EXPECT_GT(reports.due, 1000U);
    EXPECT_EQ(reports.due, reports.answered + reports.refused + reports.timed_out + reports.failed + reports.in_flight);
    ASSERT_EQ(result.warehouses.size(), 1U);
    const scenarios::WarehouseResult& warehouse = result.warehouses.front();
    ASSERT_EQ(warehouse.tables.size(), 2U);
    // Both are fed by the same commits: what one shows and the other does not is hidden there.
    const auto& sales = warehouse.tables[0];
    const auto& stock = warehouse.tables[1];
    EXPECT_EQ(sales.commits_visible + sales.commits_hidden - sales.commits_ahead,
              stock.commits_visible + stock.commits_hidden - stock.commits_ahead);
    EXPECT_GT(stock.commits_visible, 10'000U);
    EXPECT_GT(sales.freshness.sum_ns, stock.freshness.sum_ns) << "a copy each 30 s is older than zero-ETL";
    std::uint64_t answers = 0;
    for (const std::uint64_t count : warehouse.answers.front().freshness.counts) answers += count;
    EXPECT_GE(answers, reports.answered) << "of the whole measured part";
}

TEST(WarehouseTest, InCalmEveryQueryEndsOnceAndNothingIsAhead) {
    test::in_child([] {
        const auto result = run(read(with_warehouse("")));
        expect_conserved(result);
        for (const auto& table : result.warehouses.front().tables) {
            EXPECT_EQ(table.commits_ahead, 0U);
            EXPECT_EQ(table.retried, 0U);
        }
        const scenarios::Outcomes reports = all_outcomes(class_named(result, "by branch"));
        EXPECT_GE(reports.answered + reports.in_flight, reports.due) << "nobody is turned away";
    });
}

TEST(WarehouseTest, AResizeDropsWhatRunsAndGoesOnWithMoreNodes) {
    test::in_child([] {
        const auto result = run(read(with_warehouse(
            R"("resized": { "kind": "warehouse-resize", "target": "reports", "at": "60s", "nodes": 4,
                            "work": "40s" })")));
        expect_conserved(result);
        const auto& reports = class_named(result, "by branch");
        EXPECT_EQ(good_between(reports, 121, 159), 0U);
        EXPECT_GT(good_between(reports, 165, 225), 200U);
        EXPECT_EQ(result.faults.front().hit, std::vector<std::string>{"reports/compute-1"});
        EXPECT_TRUE(result.faults.front().planned);
        EXPECT_LT(class_named(result, "by branch").latency_mean_ms_per_s[350],
                  class_named(result, "by branch").latency_mean_ms_per_s[110])
            << "twice the slices, and warm by now";
    });
}

// A query is over when its slowest node is: one node at a fifth of its speed makes all of them wait.
TEST(WarehouseTest, ASlowNodeIsWaitedForByAllQueries) {
    test::in_child([] {
        const auto result = run(read(with_warehouse(
            R"("slow": { "kind": "brown-out", "target": "reports/node-2", "at": "60s", "lasts": "60s",
                         "speed": "40%" })",
            R"("source": "orders", "load": "zero-etl")")));
        expect_conserved(result);
        EXPECT_EQ(result.faults.front().hit, std::vector<std::string>{"reports/compute-1"});
        const double before = mean_latency_ms(result, "by branch", 80, 118);
        EXPECT_GT(mean_latency_ms(result, "by branch", 130, 178), 1.5 * before);
        EXPECT_LT(mean_latency_ms(result, "by branch", 300, 350), 1.2 * before);
        EXPECT_FALSE(reached(result, "reports/compute-1", "a node lost")) << "nobody notices";
    });
}

// Its zone is the writer's: it relocates in 100 s and half a minute of noticing, and loads what has come meanwhile.
TEST(WarehouseTest, ALostZoneStopsItUntilItHasMoved) {
    test::in_child([] {
        const auto result = run(read(with_warehouse(writers_zone_lost)));
        expect_conserved(result);
        EXPECT_TRUE(reached(result, "reports/compute-1", "relocating"));
        const auto& hit = result.faults.front().hit;
        EXPECT_NE(std::find(hit.begin(), hit.end(), "reports/compute-1"), hit.end());
        const auto& reports = class_named(result, "by branch");
        EXPECT_EQ(good_between(reports, 121, 220), 0U);
        EXPECT_GT(good_between(reports, 290, 350), 200U);
        EXPECT_GT(result.warehouses.front().freshness.max_ns, 100'000'000'000) << "as old as the outage is long";
    });
}

// The first of two zones, in which clients have entered: half of the queries are sent to what is lost until that is
// noticed, and then none.
TEST(WarehouseTest, ALostZoneOfTwoIsNoOutage) {
    test::in_child([] {
        std::string text = with_warehouse(
            R"("zone lost": { "kind": "zone-outage", "target": "us-east-1/a", "at": "60s", "lasts": "120s" })");
        replace_in(text, R"("class": "ra3.xlplus",)", R"("class": "ra3.xlplus", "multi_az": true,)");
        replace_in(text, R"("relocating": "100s",)", R"("relocating": "100s", "detection": "20s",)");
        const auto result = run(read(text));
        expect_conserved(result);
        const auto& reports = class_named(result, "by branch");
        EXPECT_GT(good_between(reports, 122, 138), 20U) << "16 s of 6 a second, every second one";
        EXPECT_GE(good_between(reports, 145, 215), 338U) << "420 on average, less four standard deviations";
        EXPECT_TRUE(reached(result, "reports/compute-1", "relocating"));
    });
}

// Nothing has ended there, but the region does not reach it any more.
TEST(WarehouseTest, AZoneOfTwoThatIsCutOffIsNoOutage) {
    test::in_child([] {
        std::string text =
            with_warehouse(R"("cut": { "kind": "zone-cut", "target": "us-east-1/a", "at": "60s", "lasts": "90s" })");
        replace_in(text, R"("class": "ra3.xlplus",)", R"("class": "ra3.xlplus", "multi_az": true,)");
        replace_in(text, R"("relocating": "100s",)", R"("relocation": false, "resume": "10s", "detection": "20s",)");
        const auto result = run(read(text));
        expect_conserved(result);
        const auto& reports = class_named(result, "by branch");
        EXPECT_GT(good_between(reports, 122, 138), 20U) << "16 s of 6 a second, every second one";
        EXPECT_GE(good_between(reports, 145, 205), 284U) << "360 on average, less four standard deviations";
        EXPECT_NEAR(entered_at_s(result, "reports/compute-1", "cut off"), 120.0, 0.01);
        EXPECT_NEAR(entered_at_s(result, "reports/compute-1", "resuming"), 210.0, 1.5) << "when the cut is over";
    });
}

TEST(WarehouseTest, ALostNodeIsReplaced) {
    test::in_child([] {
        const auto result = run(read(with_warehouse(
            R"("node lost": { "kind": "instance-crash", "target": "reports/node-2", "mode": "crash", "at": "60s" })")));
        expect_conserved(result);
        ASSERT_EQ(result.faults.size(), 1U);
        EXPECT_EQ(result.faults.front().hit, std::vector<std::string>{"reports/node-2"});
        EXPECT_TRUE(result.faults.front().ended);
        EXPECT_TRUE(reached(result, "reports/compute-1", "replacing a node"));
        EXPECT_GT(good_between(class_named(result, "by branch"), 230, 290), 200U);
    });
}

// The region of the writer is lost, and with it what the other one had not received. A stream of short turns had cut
// it.
TEST(WarehouseTest, RowsOfAnAbandonedLineageAreCounted) {
    test::in_child([] {
        std::string text = with_warehouse(
            R"("region lost": { "kind": "region-outage", "target": "us-east-1", "at": "60s", "lasts": "200s" })",
            R"("source": "orders", "load": "streaming", "interval": "20ms", "capture": "0s")");
        replace_in(
            text, R"("regions": { "us-east-1": { "zones": ["a", "b", "c"] } })",
            R"("regions": { "us-east-1": { "zones": ["a", "b", "c"] }, "us-west-2": { "zones": ["a", "b", "c"] } })");
        replace_in(text, R"("reports": { "region": "us-east-1", "zone": "a",)",
                   R"("reports": { "region": "us-west-2", "zone": "a",)");
        replace_in(text, R"("load": "zero-etl")", R"("load": "copy", "interval": "20s")");
        replace_in(
            text, R"("replicas": [ { "zone": "b" }, { "zone": "c" } ])",
            R"("replicas": [ { "zone": "b" } ], "secondaries": { "us-west-2": { "replicas": [ { "zone": "a" } ] } },
                      "global": { "alarm_after": "5s", "decision": "5s", "promotion": "20s", "step_fails": 0 })");
        const auto result = run(read(text));
        ASSERT_FALSE(result.incidents.empty());
        std::uint64_t lost = 0;
        for (const auto& incident : result.incidents) {
            for (const auto& loss : incident.losses) lost += loss.commits_lost;
        }
        EXPECT_GT(lost, 0U);
        for (const auto& table : result.warehouses.front().tables) EXPECT_LE(table.commits_ahead, lost);
        EXPECT_GT(result.warehouses.front().tables.front().commits_ahead, 0U);
    });
}

// The warehouse keeps what came since the error, and nobody has those commits any more.
TEST(WarehouseTest, RowsOfCommitsThatARestoreUndoesAreAhead) {
    test::in_child([] {
        std::string text = with_warehouse(
            R"("table dropped": { "kind": "operator-error", "target": "orders", "at": "60s", "noticed_after": "30s" })",
            R"("source": "orders", "load": "streaming", "interval": "20ms", "capture": "0s")");
        replace_in(text, R"("backups": { "retention": "2d" })",
                   R"("backups": { "retention": "2d", "log_interval": "10s", "restore": { "decision": "10s",
                       "node_rate": "10Gbps", "instances": "5s", "recovery": "5s", "repointing": "20s" } })");
        const auto result = run(read(text));
        std::uint64_t lost = 0;
        for (const auto& incident : result.incidents) {
            for (const auto& loss : incident.losses) lost += loss.commits_lost;
        }
        EXPECT_GT(lost, 5'000U);
        const auto& sales = result.warehouses.front().tables.front();
        EXPECT_LE(sales.commits_ahead, lost);
        EXPECT_GT(sales.commits_ahead, lost - lost / 20) << "all but the last of a stream were there";
    });
}

// Commits come to the warehouse and draw from nobody's stream: the rest of the system does what it does without one.
TEST(WarehouseTest, AWarehouseNobodyAsksChangesNothingElse) {
    struct Shared {
        std::uint64_t good[2];
        std::uint64_t fingerprints[3];
    };
    auto* const found =
        static_cast<Shared*>(mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    for (std::size_t i = 0; i < 2; ++i) {
        test::in_child([&, i] {
            const auto result = run(read(with_warehouse(""), [i](scenarios::Scenario& scenario) {
                for (auto& one : scenario.workload.classes) {
                    if (one.name == "by branch") one.share = 0.0;
                    if (one.name == "lookup") one.share = 0.7;
                }
                scenario.run.measured = std::chrono::seconds{60};
                if (i == 0) return;
                scenario.warehouses.front().tables.pop_back();
            }));
            found->good[i] = all_outcomes(class_named(result, "update")).good;
        });
    }
    EXPECT_GT(found->good[0], 0U);
    EXPECT_EQ(found->good[0], found->good[1]);
    for (std::size_t i = 0; i < 3; ++i) {
        test::in_child([&, i] {
            const auto scenario = read(with_warehouse(""), [i](scenarios::Scenario& changed) {
                changed.run.measured = std::chrono::seconds{60};
                changed.run.seed = i == 2 ? 8 : 7;
            });
            found->fingerprints[i] = run(scenario).fingerprint;
        });
    }
    EXPECT_EQ(found->fingerprints[0], found->fingerprints[1]);
    EXPECT_NE(found->fingerprints[0], found->fingerprints[2]);
}

// A slice for each RPU, and a query is spread over all: what it reads takes 1/RPU of the time, the rest stays as it is.
// So (T(8) - T(16)) / (T(16) - T(32)) = (1/8 - 1/16) / (1/16 - 1/32) = 2, whatever the rest is, if queries rarely meet.
TEST(WarehouseTest, TwiceTheRpuHalveWhatAQueryReads) {
    struct Shared {
        double mean_ms[3];
    };
    auto* const found =
        static_cast<Shared*>(mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    for (std::size_t i = 0; i < 3; ++i) {
        test::in_child([&, i] {
            std::string text = with_warehouse("");
            replace_in(text, R"("class": "ra3.xlplus")", R"("rpu": )" + std::to_string(8U << i));
            replace_in(text, R"("deadline": "10s", "timeout": "30s" })",
                       R"("deadline": "10s", "timeout": "30s", "demand": "5ms", "redistribute": 0, "scan": "0.5%" })");
            const auto result = run(read(text));
            const auto& reports = class_named(result, "by branch");
            double sum_ms = 0.0, seconds = 0.0;
            for (std::size_t s = 70; s < reports.latency_mean_ms_per_s.size(); ++s) {
                if (!(reports.latency_mean_ms_per_s[s] > 0.0)) continue;
                sum_ms += static_cast<double>(reports.latency_mean_ms_per_s[s]);
                seconds += 1.0;
            }
            found->mean_ms[i] = sum_ms / seconds;
        });
    }
    const double* const mean_ms = found->mean_ms;
    EXPECT_GT(mean_ms[0], mean_ms[1] + 5.0);
    EXPECT_NEAR((mean_ms[0] - mean_ms[1]) / (mean_ms[1] - mean_ms[2]), 2.0, 0.2)
        << mean_ms[0] << ", " << mean_ms[1] << ", " << mean_ms[2] << " ms";
}

// One each minute; and where so much has changed before, then.
TEST(WarehouseTest, SnapshotsComeByTheClockOrByWhatHasChanged) {
    const auto snapshots = [](std::string_view keys, auto check) {
        test::in_child([&] {
            std::string text = with_warehouse("");
            replace_in(text, R"("regions": { "us-east-1": { "zones": ["a", "b", "c"] } })",
                       R"("regions": { "us-east-1": { "zones": ["a", "b", "c"] },
                                "us-west-2": { "zones": ["a", "b", "c"] } })");
            replace_in(text, R"("recovery": {)", R"("snapshots": { )" + std::string{keys} + R"( }, "recovery": {)");
            const auto scenario = read(text);
            check(run(scenario).warehouses.front(), engine::in_seconds(scenario.run.measured));
        });
    };
    snapshots(R"("interval": "1min", "copy_to": "us-west-2")", [](const auto& warehouse, double measured_s) {
        EXPECT_NEAR(static_cast<double>(warehouse.snapshots), measured_s / 60.0, 1.0);
        EXPECT_GE(warehouse.snapshots_copied + 1, warehouse.snapshots);
        // The newest copy is as old as its snapshot when the next one's copy arrives.
        EXPECT_GE(warehouse.copy_age_max_ns, 60'000'000'000);
        EXPECT_LT(warehouse.copy_age_max_ns, 65'000'000'000) << "the way takes seconds";
    });
    snapshots(R"("interval": "8h", "changes": "1MB")", [](const auto& warehouse, double measured_s) {
        EXPECT_GT(static_cast<double>(warehouse.snapshots), measured_s / 60.0);
        EXPECT_LE(static_cast<double>(warehouse.snapshots), measured_s / 10.0) << "looked for each 10 s";
        EXPECT_EQ(warehouse.snapshots_copied, 0U);
        EXPECT_EQ(warehouse.copy_age_max_ns, 0);
    });
}

}  // namespace
}  // namespace faultline::tests

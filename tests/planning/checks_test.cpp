// Goal:   every check fires where it should, and not where it should not.
// Method: checks/sound.json has none of what is checked, but for two notes that no three zones are free of. Each of its
//         variants is named after the check that it brings about, or "no <check>" after one that it takes away.
#include "planning/checks/checks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "planning/checks/load.hpp"
#include "planning/checks/survival.hpp"
#include "planning/growth/resources.hpp"
#include "scenarios/check_ids.hpp"
#include "scenarios/read_scenario.hpp"
#include "tests/planning/service_pools.hpp"

namespace faultline::planning {
namespace {

using scenarios::CheckFinding;
using scenarios::Scenario;

constexpr const char* sound_file = "tests/planning/checks/sound.json";

Scenario scenario_of(const std::string& variant) {
    scenarios::Problems problems;
    const auto scenario = scenarios::read_scenario_file(sound_file, variant, problems);
    for (const scenarios::Problem& problem : problems.sorted()) ADD_FAILURE() << scenarios::to_text(problem);
    return scenario.value_or(Scenario{});
}

std::set<std::string> ids_of(const Scenario& scenario) {
    std::set<std::string> ids;
    for (const CheckFinding& finding : check_topology(scenario)) ids.insert(finding.id);
    return ids;
}

const CheckFinding* find(const std::vector<CheckFinding>& findings, const std::string& id) {
    const auto found = std::find_if(findings.begin(), findings.end(), [&](const auto& one) { return one.id == id; });
    return found == findings.end() ? nullptr : &*found;
}

const std::set<std::string> always{"office-on-one-line", "zone-pair-is-single-point"};

TEST(ChecksTest, TheSoundOneHasNoneOfThem) {
    EXPECT_EQ(ids_of(scenario_of("")), always);
}

TEST(ChecksTest, EachIsBroughtAboutByItsVariantAlone) {
    const Scenario base = scenario_of("");
    std::set<std::string> seen = always;
    for (const std::string& variant : scenarios::variant_names(base)) {
        const bool takes_away = variant.starts_with("no ");
        const std::string id = takes_away ? variant.substr(3) : variant;
        EXPECT_EQ(ids_of(scenario_of(variant)).contains(id), !takes_away) << variant;
        seen.insert(id);
    }
    for (const scenarios::CheckId& check : scenarios::check_ids) {
        EXPECT_TRUE(seen.contains(std::string{check.id})) << "no variant of " << sound_file << ": " << check.id;
    }
    EXPECT_EQ(seen.size(), scenarios::check_ids.size());
}

TEST(ChecksTest, EveryFindingSaysWhereWhyAndWhatMendsIt) {
    const Scenario base = scenario_of("");
    for (const std::string& variant : scenarios::variant_names(base)) {
        for (const CheckFinding& one : check_topology(scenario_of(variant))) {
            EXPECT_TRUE(one.where.starts_with('/')) << variant << ": " << one.id;
            EXPECT_GT(one.why.size(), 20U) << variant << ": " << one.id;
            EXPECT_FALSE(one.mend.empty()) << variant << ": " << one.id;
            EXPECT_EQ(one.why.find("{}"), std::string::npos) << one.why;
        }
    }
}

TEST(ChecksTest, OtherLintersNamesAreThoseOfThePart) {
    const auto of_cluster = check_topology(scenario_of("not-encrypted-at-rest"));
    const CheckFinding* const cluster = find(of_cluster, "not-encrypted-at-rest");
    ASSERT_NE(cluster, nullptr);
    EXPECT_EQ(cluster->where, "/databases/orders/security/encrypted_at_rest");
    const std::vector<std::string> names{"AVD-AWS-0079", "CKV_AWS_96", "RDS.27", "CKV_AWS_140"};
    EXPECT_EQ(cluster->also, names) << "of a global cluster";
    const auto of_cache = check_topology(scenario_of("not-encrypted-in-transit"));
    ASSERT_NE(find(of_cache, "not-encrypted-in-transit"), nullptr);
    EXPECT_EQ(find(of_cache, "not-encrypted-in-transit")->also.front(), "AVD-AWS-0051");
}

// Of a cluster and of a plain instance others have different rules, and of each engine another one for TLS.
TEST(ChecksTest, OtherLintersNamesAreThoseOfTheKindAndEngine) {
    using Names = std::vector<std::string>;
    const auto names = [](const std::string& variant, const std::string& id, const std::string& kind) {
        Scenario scenario = scenario_of(variant);
        scenarios::Database& database = scenario.databases.front();
        database.kind = kind;
        if (id == "not-encrypted-in-transit") database.security.emplace().encrypted_in_transit = false;
        if (id == "not-in-private-subnets") database.security.emplace().private_subnets = false;
        const auto findings = check_topology(scenario);
        const CheckFinding* const found = find(findings, id);
        return found == nullptr ? Names{"not found"} : found->also;
    };
    EXPECT_EQ(names("no-replica", "no-replica", "aurora-mysql"), Names{"RDS.15"});
    EXPECT_EQ(names("no-replica", "no-replica", "postgresql"), (Names{"CKV_AWS_157", "RDS.5"}));
    EXPECT_EQ(names("", "not-encrypted-in-transit", "mysql"), (Names{"CKV2_AWS_69", "RDS.39"}));
    EXPECT_EQ(names("", "not-encrypted-in-transit", "aurora-postgresql"), (Names{"CKV2_AWS_69", "RDS.38"}));
    EXPECT_EQ(names("", "not-in-private-subnets", "mysql"), (Names{"AVD-AWS-0180", "CKV_AWS_17", "RDS.2", "RDS.46"}));
    EXPECT_EQ(names("retention-too-short", "retention-too-short", "mysql"), (Names{"AVD-AWS-0077", "RDS.11"}));
    EXPECT_EQ(names("retention-too-short", "retention-too-short", "aurora-mysql"), Names{"AVD-AWS-0077"});
    EXPECT_EQ(names("inbound-open-to-world", "inbound-open-to-world", "mysql"), (Names{"EC2.18", "EC2.19"}));
}

TEST(ChecksTest, CutsAreToldInTheArchitectsWords) {
    const auto findings = check_topology(scenario_of("zone-is-single-point"));
    const CheckFinding* const cut = find(findings, "zone-is-single-point");
    ASSERT_NE(cut, nullptr);
    EXPECT_EQ(cut->why, "losing us-east-1/a stops update: all instances of orders that may be its writer stand there");
    EXPECT_EQ(cut->where, "/regions/us-east-1/zones");
}

TEST(ChecksTest, ASuppressionCoversWhatLiesBelowItsPointerAndKeepsItsReason) {
    Scenario scenario = scenario_of("not-encrypted-at-rest");
    scenario.suppressions = {{"not-encrypted-at-rest", "/databases/orders", "public data"}};
    const auto findings = check_topology(scenario);
    ASSERT_NE(find(findings, "not-encrypted-at-rest"), nullptr);
    EXPECT_EQ(find(findings, "not-encrypted-at-rest")->suppressed, "public data");
    EXPECT_EQ(find(findings, "suppression-without-finding"), nullptr);
    EXPECT_EQ(count_of(findings, "warning"), 0U);

    scenario.suppressions = {{"not-encrypted-at-rest", "/databases/ord", "half a name"}};
    const auto others = check_topology(scenario);
    EXPECT_EQ(find(others, "not-encrypted-at-rest")->suppressed, "");
    ASSERT_NE(find(others, "suppression-without-finding"), nullptr);
    EXPECT_EQ(find(others, "suppression-without-finding")->where, "/checks/suppress/0");
    EXPECT_EQ(count_of(others, "warning"), 2U);
}

TEST(ChecksTest, ErrorsComeFirst) {
    const auto findings = check_topology(scenario_of("inbound-open-to-world"));
    ASSERT_FALSE(findings.empty());
    EXPECT_EQ(findings.front().severity, "error");
    EXPECT_EQ(count_of(findings, "error"), 1U);
}

std::vector<CheckFinding> of_connections(const Scenario& scenario) {
    std::vector<CheckFinding> findings = check_topology(scenario);
    std::erase_if(findings, [](const CheckFinding& one) { return one.id != "connections-exceed-limit"; });
    return findings;
}

TEST(ConnectionsTest, PoolsThatAWriterCannotHold) {
    EXPECT_TRUE(of_connections(with_pools_of(9)).empty());
    const auto findings = of_connections(with_pools_of(10));
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings.front().where, "/databases/orders");
    EXPECT_NE(findings.front().why.find("up to 100 connections"), std::string::npos) << findings.front().why;
    EXPECT_NE(findings.front().why.find("takes 90"), std::string::npos) << findings.front().why;
}

TEST(ConnectionsTest, ASmallReplicaMayBeTheNextWriter) {
    Scenario scenario = with_pools_of(10);
    scenario.databases.front().writer.class_name = "db.r6g.large";
    EXPECT_TRUE(of_connections(scenario).empty());
    scenarios::DatabaseInstance small;
    small.class_name = "db.t3.medium";
    scenario.databases.front().replicas.push_back(small);
    EXPECT_EQ(of_connections(scenario).size(), 1U);
}

TEST(ConnectionsTest, OfficesWithPoolsOfTheirOwnCount) {
    Scenario scenario = with_pools_of(1);
    scenario.workload.classes.front().via = "";
    scenario.workload.direct_pool = 64;
    scenario.offices.resize(1);
    EXPECT_TRUE(of_connections(scenario).empty());
    scenario.offices.resize(2);
    EXPECT_EQ(of_connections(scenario).size(), 1U);
}

// Three readers, and 6 instances of a service with pools of 10.
TEST(ConnectionsTest, ReadersHaveALimitTogether) {
    Scenario scenario = scenario_of("");
    scenario.databases.front().connections_max = 20;
    EXPECT_EQ(of_connections(scenario).size(), 1U) << "of the writer";
    scenario.databases.front().connections_max = 19;
    const auto findings = of_connections(scenario);
    ASSERT_EQ(findings.size(), 2U);
    EXPECT_NE(findings[0].why.find("writer of orders takes 19"), std::string::npos) << findings[0].why;
    EXPECT_NE(findings[1].why.find("readers of orders take 57"), std::string::npos) << findings[1].why;
}

// 50 updates a second with answers of 4 MB are 1.6 Gbps, and a db.r6g.large sends 0.75 all the time.
TEST(ChecksTest, NetworkCardsOfTheSurvivorsAreCounted) {
    const auto findings = check_topology(scenario_of("survivors-lack-bandwidth"));
    const CheckFinding* const short_of = find(findings, "survivors-lack-bandwidth");
    ASSERT_NE(short_of, nullptr);
    EXPECT_NE(short_of->why.find("leaves network cards of 0.75 Gbps for what the writer of orders send"),
              std::string::npos)
        << short_of->why;
    EXPECT_NE(short_of->why.find("needs 1.6"), std::string::npos) << short_of->why;
}

// Six copies and two replicas: a commit of 1 KB leaves eight times, and two answers of 10 KB.
TEST(LoadTest, WhatAWriterSendsIsAnswersAndLog) {
    Scenario scenario = scenario_of("");
    scenarios::QueryClass& update = scenario.workload.classes.at(1);
    update.statements = 2;
    update.response = engine::Bytes{10'000};
    update.log = engine::Bytes{1'000};
    ASSERT_TRUE(update.writes);
    const double copies = 6.0 + 2.0;
    EXPECT_NEAR(database_sends(scenario, scenario.databases.front(), scenarios::TargetRole::writer, 0.0),
                50.0 * 8.0 * (2.0 * 10'000.0 + copies * 1'000.0), 1e-6);
}

TEST(ChecksTest, RegionsAreCutOffAndNotEachOfTheirZones) {
    const auto findings = check_topology(scenario_of("network-is-single-point"));
    const CheckFinding* const cut = find(findings, "network-is-single-point");
    ASSERT_NE(cut, nullptr);
    EXPECT_TRUE(cut->why.starts_with("losing the link us-east-1 - us-west-2 cuts off us-east-1 from us-west-2: "))
        << cut->why;
}

// 60,000/s, half of them through the cache, each with 300 us of CPU in the service: 18 of 6 x 4 vCPUs.
TEST(LoadTest, IsTheSumOverTheClasses) {
    const Scenario scenario = scenario_of("survivors-lack-cpu");
    EXPECT_DOUBLE_EQ(peak_rate_per_s(scenario), 60'000.0);
    EXPECT_NEAR(service_cores(scenario, "shop"), 18.0, 1e-9);
    EXPECT_EQ(pooled_connections(scenario, scenario.databases.front(), scenarios::TargetRole::writer), 60U);
    EXPECT_NEAR(hit_ratio_at_best(scenario, scenario.caches.front()), 1.0, 1e-12) << "1,000 keys of 1 KB fit";
}

// Zipf's law with exponent 1: the first 100 of 1,000 keys have H(100) / H(1000) = 5.187 / 7.485 of the reads.
TEST(LoadTest, OfKeysThatDoNotFitThePopularOnesDo) {
    Scenario scenario = scenario_of("");
    scenario.caches.front().memory = engine::Bytes{100'000};
    scenario.workload.classes.front().keys->zipf = 1.0;
    EXPECT_NEAR(hit_ratio_at_best(scenario, scenario.caches.front()), 5.1874 / 7.4855, 0.015);
}

// 1,000 equally popular keys that live 10 s, asked for a = 50/1,000 times a second each: of each a * 10 / (1 + a * 10),
// one in three reads, finds it. Growth takes the same load as the checks.
TEST(LoadTest, AWarmCacheMissesWhatHasExpired) {
    Scenario scenario = scenario_of("");
    scenarios::QueryClass& lookup = scenario.workload.classes.front();
    ASSERT_NEAR(peak_rate_per_s(scenario) * lookup.share, 50.0, 1e-9);
    ASSERT_EQ(lookup.keys->count, 1'000U);
    lookup.keys->zipf = 0.0;
    lookup.ttl = std::chrono::seconds{10};
    scenario.caches.front().ttl_jitter = 0.0;
    EXPECT_NEAR(estimated_hit_ratio(scenario, scenario.caches.front()), 1.0 / 3.0, 1e-6);
    const scenarios::Database& database = scenario.databases.front();
    const auto reader = scenarios::TargetRole::reader;
    const double behind = cores_behind(scenario, scenario.caches.front().name, database.name);
    const double cores = warm_cores(scenario, database, reader);
    EXPECT_NEAR(cores, database_cores(scenario, database.name, reader, 0.0) + behind * 2.0 / 3.0, 1e-9);
    const double bits = warm_sends(scenario, database, reader);
    EXPECT_GT(bits, database_sends(scenario, database, reader, 0.0));
    for (const ResourceEstimate& one : estimate_resources(scenario)) {
        if (one.kind == ResourceKind::reader_cpu) {
            EXPECT_DOUBLE_EQ(one.wanted, cores);
        }
        if (one.kind == ResourceKind::reader_card) {
            EXPECT_DOUBLE_EQ(one.wanted, bits / 1e9);
        }
    }
}

TEST(SurvivalTest, CountsWhatStandsElsewhere) {
    const Scenario scenario = scenario_of("");
    const Survival without_zone(scenario, {"us-east-1/a"});
    EXPECT_EQ(without_zone.instances_of(scenario.services.front()), 5);
    EXPECT_EQ(without_zone.writers_of(scenario.databases.front()).size(), 2U);
    EXPECT_EQ(without_zone.all_of(scenario.databases.front()).size(), 3U);
    EXPECT_EQ(without_zone.lost_share_of(scenario.caches.front()), 0.0) << "a replica stands in the next zone";
    const Survival without_two(scenario, {"us-east-1/a", "us-east-1/b"});
    EXPECT_EQ(without_two.lost_share_of(scenario.caches.front()), 1.0);
    EXPECT_EQ(without_two.stopped(scenario.workload.classes.at(0)), "");
    EXPECT_EQ(without_two.stopped(scenario.workload.classes.at(1)),
              "fewer than 4 copies of the volume of orders are left to write to");
}

// The page has one row for each check, and none for another.
TEST(ChecksTest, ThePageOfTheDocsHasARowForEach) {
    std::ifstream file("docs/checks.md");
    std::set<std::string> rows;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("| `")) rows.insert(line.substr(3, line.find('`', 3) - 3));
    }
    std::set<std::string> known;
    for (const scenarios::CheckId& check : scenarios::check_ids) known.insert(std::string{check.id});
    EXPECT_EQ(rows, known);
}

}  // namespace
}  // namespace faultline::planning

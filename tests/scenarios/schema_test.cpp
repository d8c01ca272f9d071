#include "scenarios/schema.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "scenarios/kinds.hpp"
#include "scenarios/reader/json_document.hpp"
#include "scenarios/reader/shapes.hpp"

namespace faultline::scenarios {
namespace {

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(SchemaTest, TheFileIsWhatTheReadersTablesSay) {
    const char* const update = std::getenv("UPDATE_GOLDEN");
    if (update != nullptr && std::string{update} == "1") std::ofstream("scenarios/schema.json") << schema_text();
    EXPECT_TRUE(text_of("scenarios/schema.json") == schema_text())
        << "run again with UPDATE_GOLDEN=1, and look at the diff";
}

// The file itself, not the text it was made from: a key that was edited by hand must not go unnoticed either.
TEST(SchemaTest, SchemaAndReaderHaveTheSameKeys) {
    const Json schema = Json::parse(text_of("scenarios/schema.json"));
    const Json& definitions = schema.at("$defs");
    std::size_t objects = 0;
    for (const auto& [name, definition] : definitions.items()) {
        if (!definition.contains("properties")) continue;
        ++objects;
        const Shape& shape = shape_named(name);
        std::set<std::string> in_schema, in_reader, required;
        for (const auto& [key, property] : definition.at("properties").items()) in_schema.insert(key);
        for (const Key& key : shape.keys) {
            in_reader.insert(std::string{key.name});
            if (key.required) required.insert(std::string{key.name});
        }
        EXPECT_EQ(in_schema, in_reader) << name;
        EXPECT_EQ(definition.at("additionalProperties"), false) << name;
        const std::set<std::string> schema_required = definition.contains("required")
                                                          ? definition.at("required").get<std::set<std::string>>()
                                                          : std::set<std::string>{};
        EXPECT_EQ(schema_required, required) << name;
    }
    EXPECT_EQ(objects, shapes().size());
}

TEST(KindsTest, EveryChoiceOfTheFormatIsListed) {
    const auto listed = [](std::string_view group, const char* shape, const char* key) {
        for (const std::string_view choice : choices(*shape_named(shape).find(key))) {
            const auto is_it = [&](const Kind& kind) { return kind.group == group && kind.name == choice; };
            EXPECT_TRUE(std::any_of(kinds.begin(), kinds.end(), is_it)) << group << " " << choice;
        }
    };
    listed("network profile", "network", "profile");
    listed("access", "office", "access");
    listed("station", "station", "discipline");
    listed("database", "database", "kind");
    listed("cache", "cache", "kind");
    listed("table load", "warehouse-table", "load");
    listed("driver", "driver", "preset");
    listed("retry", "retry", "preset");
    listed("pool", "service", "pool_preset");
    listed("cache client", "cache", "client");
    listed("breaker", "breaker", "preset");
    listed("shedding", "shedding", "limit");
    listed("class", "class", "kind");
    listed("fault", "fault", "kind");
}

TEST(KindsTest, TheTextHasParametersDefaultsAndSources) {
    const std::string text = kinds_text();
    EXPECT_NE(text.find("zone-outage        everything in a zone is gone"), std::string::npos);
    EXPECT_NE(text.find("connect_timeout = \"10s\" (pgjdbc"), std::string::npos);
    EXPECT_NE(text.find("default \"5s\" (AWS blog"), std::string::npos);
}

}  // namespace
}  // namespace faultline::scenarios

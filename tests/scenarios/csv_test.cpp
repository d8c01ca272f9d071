#include "scenarios/csv.hpp"

#include <gtest/gtest.h>

#include "scenarios/embedded_data.hpp"

namespace faultline::scenarios {
namespace {

TEST(CsvTest, ColumnsAreFoundByNameAndQuotesAreUndone) {
    CsvReader csv("t.csv", "name,ms\r\n\"a, b\",1.5\n\n\"say \"\"so\"\"\",-2e3");
    const std::size_t ms = csv.column("ms");
    const std::size_t name = csv.column("name");
    ASSERT_TRUE(csv.next());
    EXPECT_EQ(csv.text(name), "a, b");
    EXPECT_EQ(csv.number(ms), 1.5);
    ASSERT_TRUE(csv.next());
    EXPECT_EQ(csv.text(name), "say \"so\"");
    EXPECT_EQ(csv.number(ms), -2000.0);
    EXPECT_EQ(csv.line(), 4U);
    EXPECT_FALSE(csv.next());
    EXPECT_FALSE(csv.error());
}

TEST(CsvTest, ErrorsCarryFileAndLine) {
    CsvReader few("t.csv", "a,b\n1,2\n3\n4,5\n");
    EXPECT_TRUE(few.next());
    EXPECT_FALSE(few.next());
    EXPECT_FALSE(few.next()) << "an error ends the reading";
    EXPECT_EQ(few.error(), "t.csv:3: expected 2 cells, found 1");

    CsvReader number("t.csv", "a\n12x\n");
    ASSERT_TRUE(number.next());
    EXPECT_EQ(number.number(0), 0.0);
    EXPECT_EQ(number.error(), "t.csv:2: column \"a\": expected a number, found \"12x\"");

    CsvReader column("t.csv", "a,b\n");
    column.column("c");
    EXPECT_EQ(column.error(), "t.csv:1: no column \"c\"; there are a, b");
    CsvReader twice("t.csv", "a,b,a\n");
    twice.column("b");
    EXPECT_FALSE(twice.error());
    twice.column("a");
    EXPECT_EQ(twice.error(), "t.csv:1: column \"a\" is there twice");
    EXPECT_EQ(CsvReader("t.csv", "").error(), "t.csv: expected a header row, found nothing");
    EXPECT_EQ(CsvReader("t.csv", "a,\"b\n").error(), "t.csv:1: a quote is opened and not closed");
}

TEST(EmbeddedDataTest, EveryFileIsThereToItsLastRow) {
    const struct {
        const char* name;
        int rows;
    } files[] = {{"access_latency.csv", 18},
                 {"aws_inter_az_rtt.csv", 141},
                 {"aws_inter_az_summary.csv", 15},
                 {"aws_inter_region_rtt.csv", 1024},
                 {"aws_regions.csv", 39},
                 {"bandwidth_limits.csv", 20},
                 {"cities.csv", 445},
                 {"branch_city_to_region_rtt_estimate.csv", 14240},
                 {"distance_rtt_model.csv", 48},
                 {"jitter_model.csv", 13}};
    for (const auto& file : files) {
        CsvReader csv(file.name, embedded_file(file.name));
        int rows = 0;
        while (csv.next()) ++rows;
        EXPECT_FALSE(csv.error()) << *csv.error();
        EXPECT_EQ(rows, file.rows) << file.name;
    }
    EXPECT_EQ(embedded_file("no_such.csv").data(), nullptr);
}

}  // namespace
}  // namespace faultline::scenarios

#include "tests/oracles/theory_table.hpp"

#include <fstream>

namespace faultline::oracles {
namespace {

// At the commas, but those between quotes, which are dropped.
std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (const char letter : line) {
        if (letter == '"') {
            quoted = !quoted;
        } else if (letter == ',' && !quoted) {
            fields.emplace_back();
        } else {
            fields.back() += letter;
        }
    }
    return fields;
}

}  // namespace

std::string TheoryRow::print() const {
    std::string line;
    for (const auto& [column, value] : fields_) line += column + "=" + value + " ";
    return line;
}

std::vector<TheoryRow> read_theory(const std::string& file) {
    std::ifstream in{std::string{FAULTLINE_SOURCE_DIR} + "/tests/oracles/data/" + file};
    std::vector<TheoryRow> rows;
    std::string line;
    std::getline(in, line);
    const std::vector<std::string> columns = split(line);
    while (std::getline(in, line)) {
        const std::vector<std::string> values = split(line);
        EXPECT_EQ(values.size(), columns.size()) << file << ": " << line;
        std::map<std::string, std::string> fields;
        for (std::size_t i = 0; i < values.size() && i < columns.size(); ++i) fields[columns[i]] = values[i];
        rows.emplace_back(std::move(fields));
    }
    EXPECT_FALSE(rows.empty()) << file;
    return rows;
}

}  // namespace faultline::oracles

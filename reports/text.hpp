// The verdict table: results for people, in 80 columns of a terminal or a file.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "reports/colour.hpp"
#include "reports/instance_table.hpp"
#include "reports/report.hpp"
#include "reports/text_layout.hpp"

namespace faultline::reports {

class TextReport : public Report {
public:
    TextReport(std::ostream& out, TextStyle style) : out_{out}, style_{style} {}
    void context(const Context& context) override;
    void results(const scenarios::RunResult& result) override;
    void close() override;

private:
    std::string in(Colour colour, std::string_view text) const;
    void heading(std::string_view text);
    void table(std::string_view title, const std::vector<std::string>& lines);
    void section(std::string_view title, const std::vector<std::string>& lines);
    void columns();
    void requirement(const scenarios::RequirementResult& one);
    void measure(const scenarios::RequirementResult& one);
    void reasons(const scenarios::RunResult& result);
    void where_time_goes(const scenarios::RunResult& result);
    void instances(const scenarios::RunResult& result);
    void instance(const InstanceRow& one);
    void sessions(const scenarios::RunResult& result);
    void warehouses(const scenarios::RunResult& result);
    void transfers(const scenarios::RunResult& result);
    void incidents(const scenarios::RunResult& result);
    void deaths(const scenarios::RunResult& result);
    void checks(const scenarios::RunResult& result);
    void cost(const scenarios::RunResult& result);
    void footer();

    std::ostream& out_;
    TextStyle style_;
    Context context_;
};

}  // namespace faultline::reports

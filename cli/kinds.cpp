// faultline kinds: everything that a scenario may name.
#include "scenarios/kinds.hpp"

#include <cstdio>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"

namespace faultline::cli {

void add_kinds(CLI::App& application, int& exit_code) {
    CLI::App* const command =
        application.add_subcommand("kinds", "List every kind a scenario may name, with defaults and sources");
    command->callback([&exit_code] {
        std::fputs(scenarios::kinds_text().c_str(), stdout);
        exit_code = exit_met;
    });
}

}  // namespace faultline::cli

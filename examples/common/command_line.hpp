// SPDX-License-Identifier: MIT
// What every one of the programs does with its command line, whatever its options are. Main thread.
#pragma once

#include "usage_error.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <optional>
#include <string>
#include <string_view>

namespace example_common {

// --csv "" and the like: most likely an unset variable of a script, so better said than ignored.
inline void refuse_empty_values(const CLI::App& app) {
    for (const CLI::App* sub : app.get_subcommands()) {
        for (const CLI::Option* option : sub->get_options()) {
            for (const std::string& value : option->results()) {
                if (value.empty()) throw usage_error(option->get_name() + ": the value is empty");
            }
        }
    }
}

// Parses, then calls `digest`, which may throw usage_error. The exit status when the program is to end now: 0 after
// --help, 2 after a mistake, which is told on standard error.
template <class Digest>
std::optional<int> parse_command_line(CLI::App& app, int argc, const char* const* argv, std::string_view program,
                                      Digest digest) {
    try {
        app.parse(argc, argv);
        refuse_empty_values(app);
        digest();
        return std::nullopt;
    } catch (const CLI::ParseError& problem) {
        return app.exit(problem) == 0 ? 0 : 2;
    } catch (const usage_error& problem) {
        std::cerr << program << ": " << problem.what() << "\nRun with --help for more information.\n";
        return 2;
    }
}

}  // namespace example_common

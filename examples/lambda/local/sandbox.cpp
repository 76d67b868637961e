// SPDX-License-Identifier: MIT
#include "local/sandbox.hpp"

#include <filesystem>

namespace lambda_local {

void put_into_sandbox(function_settings& settings, const std::string& script, bool limited) {
    settings.wrapper = {std::filesystem::absolute(script).string(), "--task",
                        std::filesystem::absolute(settings.directory).string()};
    if (limited) {
        const std::string share = std::to_string(settings.memory_mb / memory_mb_of_one_cpu);
        settings.wrapper.insert(settings.wrapper.end(),
                                {"--cpu-share", share, "--memory", std::to_string(settings.memory_mb)});
    }
    settings.wrapper.emplace_back("--");
    settings.seen_as = "/var/task";
}

}  // namespace lambda_local

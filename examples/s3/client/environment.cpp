// SPDX-License-Identifier: MIT
#include "client/environment.hpp"

#include <cstdlib>

namespace s3 {

environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* const value = std::getenv(name.c_str());
        if (value == nullptr || *value == '\0') return std::nullopt;
        return value;
    };
}

}  // namespace s3

// SPDX-License-Identifier: MIT
// Variables, as far as this library asks for them: the process's own, or what a test or a command line says instead.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace s3 {

// The value of an environment variable, if it is set and not empty.
using environment = std::function<std::optional<std::string>(const std::string& name)>;

// Any thread, but not while another one changes the environment.
[[nodiscard]] environment process_environment();

}  // namespace s3

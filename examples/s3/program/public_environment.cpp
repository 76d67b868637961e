// SPDX-License-Identifier: MIT
#include "program/public_environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace s3_program {
namespace {

bool is_secret(std::string_view name) {
    static constexpr std::array<std::string_view, 3> secrets{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                                                             "AWS_SESSION_TOKEN"};
    return std::find(secrets.begin(), secrets.end(), name) != secrets.end();
}

}  // namespace

std::vector<std::string> public_environment() {
    std::vector<std::string> kept;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::size_t end = text.find('=');
        const bool named = end != 0 && end != std::string_view::npos;
        if (named && !is_secret(text.substr(0, end))) kept.emplace_back(text);
    }
    return kept;
}

std::vector<std::string> public_variable_names() {
    std::vector<std::string> names = public_environment();
    for (std::string& name : names) name.resize(name.find('='));
    return names;
}

}  // namespace s3_program

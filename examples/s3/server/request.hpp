// SPDX-License-Identifier: MIT
// A request as it was received: nothing decoded, nothing normalised, so that the signature is checked against what
// really came. A plain value.
#pragma once

#include "server/text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace s3_server {

struct header {
    std::string name;
    std::string value;
};

struct request {
    std::string method;
    std::string target;
    std::vector<header> headers;
    std::string body;

    // The first of that name, empty when there is none; letters' case does not matter.
    [[nodiscard]] std::string_view header_value(std::string_view name) const {
        for (const auto& one : headers) {
            if (equal_names(one.name, name)) return one.value;
        }
        return {};
    }

    [[nodiscard]] std::string_view path() const {
        return std::string_view(target).substr(0, target.find('?'));
    }

    [[nodiscard]] std::string_view query() const {
        const auto mark = target.find('?');
        return mark == target.npos ? std::string_view{} : std::string_view(target).substr(mark + 1);
    }
};

}  // namespace s3_server

// SPDX-License-Identifier: MIT
#include "client/http.hpp"

#include <strings.h>

namespace s3 {

std::string_view header(const header_list& headers, std::string_view name) {
    for (const auto& [found, value] : headers) {
        if (found.size() == name.size() && strncasecmp(found.data(), name.data(), name.size()) == 0)
            return value;
    }
    return {};
}

}  // namespace s3

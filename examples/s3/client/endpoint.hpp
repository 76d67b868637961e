// SPDX-License-Identifier: MIT
// Which host and path a request goes to. Pure functions, any thread.
#pragma once

#include "client/client_settings.hpp"

#include <string>
#include <string_view>

namespace s3 {

struct place {
    std::string origin;  // "https://bucket.s3.eu-west-1.amazonaws.com"
    std::string host;    // the Host header: without the scheme's own port
    std::string path;    // encoded, begins with '/'
};

// Throws std::invalid_argument for an endpoint that is no http:// or https:// address, and for a region that is none.
[[nodiscard]] place place_of(const client_settings& settings, const std::string& region,
                             const std::string& bucket, const std::string& key);
[[nodiscard]] place place_of_sts(const client_settings& settings);
// Of a service without an endpoint of its own in the settings: "sns", "sqs".
[[nodiscard]] place place_of_service(const client_settings& settings, const std::string& service);

// Small letters, digits and '-': what may stand in a host name, and nothing that leads elsewhere.
[[nodiscard]] bool is_region(std::string_view text);

// "eu-west-1" of "bucket.s3.eu-west-1.amazonaws.com" or "bucket.s3-eu-west-1.amazonaws.com", with or without a scheme;
// empty when it names none.
[[nodiscard]] std::string region_in(std::string_view host);

}  // namespace s3

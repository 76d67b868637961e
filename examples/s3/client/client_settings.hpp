// SPDX-License-Identifier: MIT
// Where a client sends its requests and how patient it is. A plain value, which travels to workers.
#pragma once

#include "client/environment.hpp"

#include <chrono>
#include <string>

namespace s3 {

// Where the bucket's name goes: into the path (http://host/bucket/key) or before the host (http://bucket.host/key).
// automatic: the path for an endpoint of one's own and for names that do not fit a certificate, else the host.
enum class addressing { automatic, path, virtual_host };

struct client_settings {
    std::string endpoint;      // "http://127.0.0.1:9000"; empty: AWS's own for the region
    std::string sts_endpoint;  // empty: `endpoint`, and without that AWS's own for the region
    std::string region = "us-east-1";  // small letters, digits and '-'
    addressing style = addressing::automatic;
    int max_attempts = 5;  // of one request, the first one counted
    std::chrono::milliseconds first_backoff{100};
    std::chrono::milliseconds longest_backoff{20'000};  // Retry-After is honoured up to here, too
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds stall_timeout{30'000};  // no byte for so long: an error, retried
    std::string ca_bundle;                            // a file of certificates to trust; empty: the system's

    template <class Archive>
    void serialize(Archive& archive) {
        archive(endpoint, sts_endpoint, region, style, max_attempts, first_backoff, longest_backoff,
                connect_timeout, stall_timeout, ca_bundle);
    }
};

// AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_STS, AWS_REGION or AWS_DEFAULT_REGION or the region of the
// profile in the file AWS_CONFIG_FILE or ~/.aws/config, AWS_CA_BUNDLE, without blanks and line ends around them; what
// is not set keeps its default.
[[nodiscard]] client_settings settings_from_environment(const environment& variables = process_environment());

}  // namespace s3

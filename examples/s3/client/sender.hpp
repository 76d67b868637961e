// SPDX-License-Identifier: MIT
// Addresses, signs and sends operations, repeats and redirects them, and turns what is left over into errors. One
// thread at a time, any number of operations at a time; outlives them.
#pragma once

#include "client/answers.hpp"
#include "client/client.hpp"
#include "client/endpoint.hpp"
#include "client/operation.hpp"
#include "client/retry_policy.hpp"

#include <map>

namespace s3 {

class sender {
public:
    // Throws std::invalid_argument for an endpoint that is none.
    sender(client_settings settings, credentials keys, transport& way);

    // The 2xx answer. Throws s3_error, and what a source or sink throws.
    task<http_response> send(operation what);

    void use(credentials keys) { keys_ = std::move(keys); }
    void renew_with(key_renewal renew) { renew_ = std::move(renew); }
    [[nodiscard]] const credentials& keys() const noexcept { return keys_; }
    [[nodiscard]] const client_counters& counters() const noexcept { return counters_; }
    [[nodiscard]] const client_settings& settings() const noexcept { return settings_; }

    // For answers that have the right status and the wrong content.
    [[nodiscard]] s3_error error_for(const operation& what, const http_response& answer,
                                     std::string sentence) const;

private:
    struct verdict {
        bool good = false;
        bool repeated = false;  // after an attempt that was not refused
        attempt ended;
        server_error error;
    };

    [[nodiscard]] http_request request_for(operation& what);
    [[nodiscard]] place place_for(const operation& what) const;
    void address_and_sign(operation& what, http_request& request) const;
    [[nodiscard]] verdict judge(const operation& what, http_response& answer) const;
    // Whether the bucket is known to be in another region than this attempt was signed for; keeps it.
    bool learn_region(const operation& what, const http_response& answer, const verdict& ended);
    // Whether there are other credentials now than this attempt was signed with.
    bool renew_keys(const operation& what, const verdict& ended);
    [[nodiscard]] std::string region_of(const operation& what) const;
    [[noreturn]] void fail(const operation& what, const http_response& answer, const verdict& ended,
                           int attempts) const;
    [[nodiscard]] std::string sentence_for(const http_response& answer, const verdict& ended) const;
    [[nodiscard]] std::string without_secrets(std::string text, const credentials& used) const;

    client_settings settings_;
    credentials keys_;
    key_renewal renew_;
    transport& way_;
    std::map<std::string, std::string> regions_;  // of buckets that are not in settings_.region
    client_counters counters_;
};

}  // namespace s3

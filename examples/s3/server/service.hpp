// SPDX-License-Identifier: MIT
// From a request to its answer, without sockets: the signature, the region, the faults, then the operation itself. Any
// thread.
#pragma once

#include "server/answer.hpp"
#include "server/call.hpp"
#include "server/counters.hpp"
#include "server/fault_plan.hpp"
#include "server/key_ring.hpp"
#include "server/refusal.hpp"
#include "server/server_options.hpp"
#include "server/store.hpp"

#include <atomic>
#include <string>
#include <string_view>

namespace s3_server {

class service {
public:
    // Makes the buckets. Throws std::invalid_argument for a bad fault or recipe.
    explicit service(server_options wanted);

    // Moves the body out of the request.
    [[nodiscard]] answer handle(request& received);

    void add_fault(std::string_view spec) { faults_.add(spec); }
    void expire_tokens() { keys_.expire_temporary(now()); }
    [[nodiscard]] statistics stats() const;
    [[nodiscard]] counters& counts() { return counts_; }
    [[nodiscard]] const server_options& settings() const { return settings_; }

private:
    [[nodiscard]] time_point now() const;
    [[nodiscard]] std::string next_request_id();
    void make_bucket(const bucket_recipe& recipe);

    [[nodiscard]] answer control(const request& received);
    [[nodiscard]] answer s3_answer(request& received, const route& where, const std::string& request_id);
    [[nodiscard]] answer refused(const refusal& error, const route& where, const std::string& request_id);
    void check_region(const signed_scope& signature, const route& where) const;
    [[nodiscard]] answer with_fault(const fault& what, const call& from);
    [[nodiscard]] refusal redirect(const route& where, const std::string& region) const;
    void expire(const signed_scope& signature);

    server_options settings_;
    store objects_;
    key_ring keys_;
    fault_plan faults_;
    counters counts_;
    std::atomic<std::uint64_t> request_number_ = 0;
};

}  // namespace s3_server

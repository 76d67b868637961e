// SPDX-License-Identifier: MIT
// The credentials that a worker signs with: those of its orders, or of a role that it has taken on itself.
// One thread, which waits for the server's answer while a role is taken on, also where it has other requests in flight:
// once at its start, when there are none yet, and once a session (an hour).
#pragma once

#include "client/client.hpp"
#include "client/credential_source.hpp"
#include "program/work_order.hpp"

#include <memory>
#include <optional>

namespace s3_program {

class worker_keys {
public:
    explicit worker_keys(const work_order& order);

    // For the first requests of a client.
    [[nodiscard]] s3::credentials current();
    // Gives a client what an order that came later brings.
    void follow(const work_order& order, s3::client& bucket);
    // True when a client that was refused with `refused` has newer ones now. Without a role of its own a
    // worker leaves this to whoever gives the orders.
    [[nodiscard]] bool renewed(const s3::credentials& refused, s3::client& bucket);
    // For an upload that is under way and would have to begin again: newer ones, from wherever they can be had here.
    // Nothing when they cannot; then the job ends as expired, and whoever gives the orders finds out why.
    [[nodiscard]] std::optional<s3::credentials> newer_than(const s3::credentials& refused);

private:
    s3::credentials ordered_;
    std::shared_ptr<s3::credential_source> role_;
    std::shared_ptr<s3::credential_source> recipe_;
    s3::credential_source* newer_;
};

}  // namespace s3_program

// SPDX-License-Identifier: MIT
#include "program/worker_keys.hpp"

#include "program/credentials_of.hpp"

namespace s3_program {

worker_keys::worker_keys(const work_order& order)
    : ordered_(order.keys),
      role_(order.own_role.empty() ? nullptr : role_of(order.settings, order.keys, order.own_role)) {}

s3::credentials worker_keys::current() { return role_ ? role_->current() : ordered_; }

void worker_keys::follow(const work_order& order, s3::client& bucket) {
    if (role_) return;
    if (order.keys == ordered_) return;
    ordered_ = order.keys;
    bucket.use(ordered_);
}

bool worker_keys::renewed(const s3::credentials& refused, s3::client& bucket) {
    if (!role_) return false;
    bucket.use(role_->refreshed(refused));
    return true;
}

}  // namespace s3_program

// SPDX-License-Identifier: MIT
#include "program/worker_keys.hpp"

#include "program/credentials_of.hpp"

#include <exception>

namespace s3_program {
namespace {

std::shared_ptr<s3::credential_source> own_role_of(const work_order& order) {
    return order.own_role.empty() ? nullptr : role_of(order.settings, order.keys, order.own_role);
}

}  // namespace

worker_keys::worker_keys(const work_order& order)
    : ordered_(order.keys), role_(own_role_of(order)), recipe_(made_by(order.settings, order.recipe)),
      newer_(role_ ? role_.get() : order.source ? order.source : recipe_.get()) {}

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

std::optional<s3::credentials> worker_keys::newer_than(const s3::credentials& refused) {
    try {
        return newer_->refreshed(refused);
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace s3_program

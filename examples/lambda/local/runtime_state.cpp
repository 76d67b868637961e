// SPDX-License-Identifier: MIT
#include "local/runtime_state.hpp"

#include <utility>

namespace lambda_local {
namespace {

constexpr std::size_t most_response_bytes = 6U << 20U;

reply refusal(unsigned status, const std::string& type, const std::string& message) {
    return {status, R"({"errorMessage":")" + message + R"(","errorType":")" + type + "\"}"};
}

reply wrong_state() {
    return refusal(403, "InvalidStateTransition", "the request does not fit the state of the invocation");
}

}  // namespace

reply runtime_state::next() {
    std::unique_lock lock(mutex_);
    if (phase_ != phase::starting && phase_ != phase::answered) return wrong_state();
    phase_ = phase::waiting;
    changed_.notify_all();
    changed_.wait(lock, [this] { return delivered_ || gone_; });
    if (!delivered_) return refusal(500, "Container.Error", "the environment ends");
    delivered_ = false;
    phase_ = phase::busy;
    return {200, {}, current_};
}

reply runtime_state::take_answer(const std::string& id, answer what) {
    const std::lock_guard lock(mutex_);
    if (id != current_.id) return refusal(400, "InvalidRequestID", "there is no such request");
    if (phase_ != phase::busy) return wrong_state();
    phase_ = phase::answered;
    changed_.notify_all();
    if (what.failed || what.body.size() <= most_response_bytes) {
        answer_ = std::move(what);
        return {};
    }
    const std::string type = "Function.ResponseSizeTooLarge";
    reply refused = refusal(413, type, "the response has more than 6291456 bytes");
    answer_ = answer{true, refused.body, type};
    return refused;
}

reply runtime_state::take_init_error(answer what) {
    const std::lock_guard lock(mutex_);
    if (phase_ != phase::starting) return wrong_state();
    phase_ = phase::failed;
    answer_ = std::move(what);
    changed_.notify_all();
    return {};
}

bool runtime_state::wait_until_ready(runtime_api::time_point limit) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, limit,
                        [this] { return gone_ || phase_ == phase::waiting || phase_ == phase::failed; });
    return !gone_ && phase_ == phase::waiting;
}

void runtime_state::deliver(event what) {
    const std::lock_guard lock(mutex_);
    current_ = std::move(what);
    answer_.reset();
    delivered_ = true;
    changed_.notify_all();
}

std::optional<answer> runtime_state::wait_for_answer(runtime_api::time_point limit) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, limit, [this] { return gone_ || answer_.has_value(); });
    return answer_;
}

std::optional<answer> runtime_state::init_error() const {
    const std::lock_guard lock(mutex_);
    return phase_ == phase::failed ? answer_ : std::nullopt;
}

void runtime_state::gone() {
    const std::lock_guard lock(mutex_);
    gone_ = true;
    changed_.notify_all();
}

bool runtime_state::is_gone() const {
    const std::lock_guard lock(mutex_);
    return gone_;
}

bool runtime_state::wait_until_gone(runtime_api::time_point limit) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, limit, [this] { return gone_; });
}

}  // namespace lambda_local

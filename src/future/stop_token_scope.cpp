// SPDX-License-Identifier: MIT
#include <penstock/detail/stop_token_scope.hpp>

#include <penstock/detail/running_task.hpp>

#include <atomic>
#include <thread>

namespace penstock::detail {

struct stop_token_scope::helper {
    std::stop_source source;
    std::atomic<bool> over{false};
    running_task* task = current_task();
    std::thread thread;

    void watch() {
        while (!over.load(std::memory_order_acquire)) {
            if (task->stop_requested()) {
                source.request_stop();
                return;
            }
            task->wait_for_stop(over);
        }
    }
};

stop_token_scope::stop_token_scope() : helper_(std::make_unique<helper>()) {
    if (helper_->task != nullptr) helper_->thread = std::thread([help = helper_.get()] { help->watch(); });
}

stop_token_scope::~stop_token_scope() {
    helper_->over.store(true, std::memory_order_release);
    if (!helper_->thread.joinable()) return;
    helper_->task->end_wait_for_stop();
    helper_->thread.join();
}

std::stop_token stop_token_scope::token() const noexcept { return helper_->source.get_token(); }

} // namespace penstock::detail

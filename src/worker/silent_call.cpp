// SPDX-License-Identifier: MIT
#include "worker/silent_call.hpp"

#include "worker/task_registry.hpp"

namespace penstock::worker {

namespace {

/// A call whose result nobody wants.
class silent_call final : public detail::task_call {
public:
    using task_call::task_call;
    detail::byte_buffer& result_buffer() override { return result_; }
    void reply(std::span<const detail::borrowed_piece>) override {}

private:
    detail::byte_buffer result_;
};

} // namespace

void run_silently(const wire::task_token& token, const std::vector<char>& arguments) {
    const detail::callable_ref callable = find_callable(token);
    silent_call call(std::as_bytes(std::span(arguments)), callable.function);
    callable.descriptor->run(call);
}

} // namespace penstock::worker

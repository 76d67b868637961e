// SPDX-License-Identifier: MIT
// A task of an inline pool with what depends on types: the closure and, later, its result R. Used as inline_task says.
#pragma once

#include <penstock/detail/inline_task.hpp>

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace penstock::detail {

template <class Closure, class R>
class inline_closure final : public inline_task {
public:
    template <class... Args>
    explicit inline_closure(task_options&& options, Args&&... args) : inline_task(std::move(options)) {
        closure_.emplace(std::forward<Args>(args)...);
    }

private:
    void invoke() override {
        if constexpr (std::is_void_v<R>) (*closure_)();
        else result_.emplace((*closure_)());
    }
    void drop_closure() noexcept override { closure_.reset(); }
    void drop_result() noexcept override { result_.reset(); }
    void take(void* slot) override {
        rethrow_error();
        if constexpr (!std::is_void_v<R>) {
            static_cast<std::optional<R>*>(slot)->emplace(std::move(*result_));
            result_.reset();
        }
    }

    std::optional<Closure> closure_;
    std::optional<std::conditional_t<std::is_void_v<R>, std::monostate, R>> result_;
};

} // namespace penstock::detail

// SPDX-License-Identifier: MIT
// The callables that a worker knows: it finds the code behind a token once, and by its interned number afterwards.
// One thread. Failure: archive_error, in words for the caller whose task named the callable.
#pragma once

#include "wire/task_token.hpp"

#include <penstock/detail/task_call.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace penstock::worker {

/// Verifies module, segment, magic and type hash (and, of a function, that it begins there) before anything is called.
detail::callable_ref find_callable(const wire::task_token& token);

class task_registry {
public:
    /// What is wrong with a name is said by find(), to every task of that callable: the pool tells a name once.
    void define(std::uint32_t number, const wire::task_token& token);
    detail::callable_ref find(std::uint32_t number) const;

private:
    std::vector<detail::callable_ref> known_; // by number
    std::map<std::uint32_t, std::string> refused_; // why not, by number
};

} // namespace penstock::worker

// SPDX-License-Identifier: MIT
#include "pool/callable_table.hpp"

#include "os/loaded_modules.hpp"
#include "wire/frame.hpp"

#include <penstock/errors.hpp>

#include <deque>
#include <functional>
#include <mutex>
#include <unordered_map>

namespace penstock::pool {

namespace {

struct key {
    const void* descriptor;
    const void* function;
    bool operator==(const key&) const = default;
};
struct key_hash {
    std::size_t operator()(const key& k) const noexcept {
        return std::hash<const void*>{}(k.descriptor) * 31 + std::hash<const void*>{}(k.function);
    }
};

struct callable_table {
    std::mutex mutex;
    std::unordered_map<key, std::uint32_t, key_hash> numbers;
    std::deque<wire::task_token> tokens; // by number; a deque, so that references stay
};

/// Never destroyed: pools with static storage may still be at work at exit.
callable_table& table() {
    static auto* made = new callable_table;
    return *made;
}

wire::token_place place_of(const void* address) {
    const auto place = os::locate(address);
    if (!place)
        throw payload_error(payload_side::argument_encode, "callable", "it lies in no loaded module, so a worker cannot find it");
    return {place->module.bytes, place->offset, os::module_path(place->module)};
}

const void* address_of(void (*function)()) noexcept { return reinterpret_cast<const void*>(function); }

std::uint32_t look_up(const key& wanted, const detail::callable_ref& callable) {
    callable_table& known = table();
    const std::lock_guard lock(known.mutex);
    const auto found = known.numbers.find(wanted);
    if (found != known.numbers.end()) return found->second;
    if (known.tokens.size() > wire::max_tag) throw std::length_error("penstock: more than 2^24 different callables");
    known.tokens.push_back(make_token(callable));
    const auto number = static_cast<std::uint32_t>(known.tokens.size() - 1);
    known.numbers.emplace(wanted, number);
    return number;
}

} // namespace

std::uint32_t callable_number(const detail::callable_ref& callable) {
    thread_local key last{nullptr, nullptr};
    thread_local std::uint32_t last_number = 0;
    const key wanted{callable.descriptor, address_of(callable.function)};
    if (!(wanted == last)) {
        last_number = look_up(wanted, callable);
        last = wanted;
    }
    return last_number;
}

const void* callable_numbering() { return &table(); }

void check_numbering(const void* of_the_pool) {
    if (of_the_pool != callable_numbering())
        throw payload_error(payload_side::argument_encode, "callable",
                            "the module that submits it has a copy of Penstock of its own, and the pool was made by another "
                            "copy; build Penstock as a shared library, or export the program's symbols (CMake: "
                            "ENABLE_EXPORTS) and do not link Penstock to the libraries that it loads");
}

const wire::task_token& callable_token(std::uint32_t number) {
    callable_table& known = table();
    const std::lock_guard lock(known.mutex);
    return known.tokens[number];
}

std::size_t callable_token_size(std::uint32_t number) {
    const wire::task_token& token = callable_token(number);
    return 2 * sizeof(wire::task_token) + token.descriptor.path.size() + token.function.path.size();
}

wire::task_token make_token(const detail::callable_ref& callable) {
    wire::task_token token{callable.descriptor->type_hash, place_of(callable.descriptor), callable.function != nullptr, {}};
    if (token.has_function) token.function = place_of(address_of(callable.function));
    return token;
}

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
#include "worker/task_registry.hpp"

#include "os/loaded_modules.hpp"

#include <string>

namespace penstock::worker {

namespace {

const void* resolve(const wire::token_place& place, os::segment kind, std::size_t bytes) {
    const os::code_place wanted{{place.module}, place.offset};
    const void* found = os::resolve(wanted, kind, bytes);
    if (found == nullptr && !place.path.empty() && os::load_module(place.path, wanted.module))
        found = os::resolve(wanted, kind, bytes); // a library that the program loaded after this worker began
    if (found == nullptr)
        throw detail::archive_error("the callable is not in any module of the worker" +
                                    (place.path.empty() ? std::string() : " (looked for '" + place.path + "')") +
                                    "; is the worker's executable the same build?");
    return found;
}

/// A name that is wrong may lead to anything in the module, also between its objects, where AddressSanitizer guards.
[[gnu::no_sanitize_address]] bool is_descriptor(const detail::callable_descriptor* place, std::uint64_t type_hash) noexcept {
    using detail::callable_descriptor;
    return reinterpret_cast<std::uintptr_t>(place) % alignof(callable_descriptor) == 0 &&
           place->magic[0] == callable_descriptor::magic_value[0] && place->magic[1] == callable_descriptor::magic_value[1] &&
           place->type_hash == type_hash;
}

} // namespace

detail::callable_ref find_callable(const wire::task_token& token) {
    using detail::callable_descriptor;
    const void* place = resolve(token.descriptor, os::segment::data, sizeof(callable_descriptor));
    const auto* descriptor = static_cast<const callable_descriptor*>(place);
    if (!is_descriptor(descriptor, token.type_hash))
        throw detail::archive_error("the name of the callable does not lead to a callable of these types");
    detail::callable_ref callable{descriptor, nullptr};
    if (token.has_function) {
        const void* function = resolve(token.function, os::segment::executable, 1);
        if (!os::is_function_start(function)) throw detail::archive_error("the name of the function does not lead to a function");
        callable.function = reinterpret_cast<void (*)()>(const_cast<void*>(function));
    }
    return callable;
}

void task_registry::define(std::uint32_t number, const wire::task_token& token) {
    if (number < known_.size() && known_[number].descriptor != nullptr) return;
    if (number >= known_.size()) known_.resize(number + 1);
    try {
        known_[number] = find_callable(token);
    } catch (const detail::archive_error& e) {
        refused_[number] = e.what();
    }
}

detail::callable_ref task_registry::find(std::uint32_t number) const {
    if (number < known_.size() && known_[number].descriptor != nullptr) return known_[number];
    const auto refused = refused_.find(number);
    throw detail::archive_error(refused != refused_.end()
                                    ? refused->second
                                    : "the worker was never told the name of callable " + std::to_string(number));
}

} // namespace penstock::worker

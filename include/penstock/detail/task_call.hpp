// SPDX-License-Identifier: MIT
// The two ends of a task's call that do not depend on its types: the constant that names a callable to another
// process of the same executable, and what a worker hands to the code behind that name.
#pragma once

#include <penstock/detail/byte_archive.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock {
enum class payload_side;
}

namespace penstock::detail {

/// One run of a callable: encoded arguments in, encoded result out. Used by one thread.
class task_call {
public:
    /// `owner`: as for an input_archive.
    task_call(std::span<const std::byte> encoded, void (*called)(), byte_buffer* owner = nullptr)
        : arguments_(encoded), function_(called), owner_(owner) {}
    virtual ~task_call() = default;
    std::span<const std::byte> arguments() const noexcept { return arguments_; }
    byte_buffer* owner() const noexcept { return owner_; }
    /// The function itself where the callable is a function pointer, else null.
    void (*function() const noexcept)() { return function_; }
    /// The buffer to encode the result into; empty at the start.
    virtual byte_buffer& result_buffer() = 0;
    /// Sends result_buffer() with the borrowed pieces; the value they point into is alive until this returns.
    virtual void reply(std::span<const borrowed_piece> borrowed) = 0;
    /// For messages: what the reply holds.
    std::string_view result_type() const noexcept { return result_type_; }
    void set_result_type(std::string_view type) noexcept { result_type_ = type; }

private:
    std::string_view result_type_ = "void";
    std::span<const std::byte> arguments_;
    void (*function_)();
    byte_buffer* owner_;
};

/// Decodes the arguments, calls, encodes the result. Throws what the callable throws, or crossing_failure.
using run_function = void(task_call&);

/// A constant that submit odr-uses and that is found again in the worker by the build-id of its module and its offset
/// there. The magic and the hash of the types are checked before the worker jumps; names never identify (the names of
/// lambdas of two translation units may be equal).
struct callable_descriptor {
    static constexpr std::uint64_t magic_value[2] = {0x50656e73746f636bu, 0x9d3c5a17e88b4f21u};
    std::uint64_t magic[2];
    std::uint64_t type_hash;
    run_function* run;
};

/// Names a callable within this process.
struct callable_ref {
    const callable_descriptor* descriptor = nullptr;
    void (*function)() = nullptr; ///< for function pointers: which one
};

/// A value did not cross; thrown by the code around encode and decode, never seen by users as such.
struct crossing_failure {
    payload_side side;
    std::string type_name;
    std::string reason;
};

/// To be called in a catch block: rethrows what is caught as a crossing_failure or payload_error that names the type.
[[noreturn]] void rethrow_as_crossing_failure(payload_side side, std::string_view type_name);
[[noreturn]] void rethrow_as_payload_error(payload_side side, std::string_view type_name);

/// Keeps the arguments alive that a task borrows from.
class held_values {
public:
    virtual ~held_values() = default;
};

/// An encoded call on its way into a pool.
struct encoded_call {
    callable_ref callable;
    byte_buffer* flat = nullptr;          ///< the encoded arguments; a scratch buffer of the calling thread
    std::vector<borrowed_piece> borrowed; ///< usually empty
    std::unique_ptr<held_values> held;    ///< what `borrowed` points into
    std::size_t size() const noexcept {
        std::size_t total = flat->size();
        for (const auto& piece : borrowed) total += piece.size;
        return total;
    }
};

/// An empty buffer of this thread that keeps its memory from call to call (up to a limit).
byte_buffer& scratch_buffer();

} // namespace penstock::detail

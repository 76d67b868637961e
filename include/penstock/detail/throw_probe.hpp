// SPDX-License-Identifier: MIT
// Sees an exception while it is still on its way, with the stack of the throw as it was:
//
//   try { task(); } catch (const throw_probe&) { /* never */ } catch (...) { send(current_exception(), take_throw_trace()); }
//
// The search for a handler asks each handler's type whether it wants the exception, and only then is the stack unwound.
// This type looks at the stack when it is asked, and says no. So nothing has to stand in for the language's own throw,
// and what is not thrown costs nothing. It stands in the try block that catches everything: elsewhere it would be
// asked again with the stack half unwound.
#pragma once

#include <cstddef>
#include <string>

namespace penstock::detail {

/// Never made. Its destructor is not defined anywhere, so that compilers look for its type_info elsewhere: it is ours
/// (src/worker/throw_trace.cpp).
class __attribute__((visibility("default"))) throw_probe {
public:
    virtual ~throw_probe();
};

/// What makes traces: the library penstock::traces, when the program is linked with it. Both may be called in any thread.
struct trace_maker {
    /// Fills in the addresses of the stack, the innermost first, and returns how many. Allocates nothing.
    std::size_t (*capture)(const void** frames, std::size_t room) noexcept;
    /// One line a frame, without those of the throw itself and those below the task. Throws std::bad_alloc only.
    std::string (*spell)(const void* const* frames, std::size_t count);
};

/// To be called before main.
void use_trace_maker(const trace_maker& maker) noexcept;
bool has_trace_maker() noexcept;
/// For this process, from now on. Nothing where there is no trace_maker.
void record_throws(bool wanted) noexcept;
/// Of the exception that this thread caught last behind a throw_probe, once; empty when none was recorded.
std::string take_throw_trace();

}  // namespace penstock::detail

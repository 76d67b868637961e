// SPDX-License-Identifier: MIT
// The library penstock::traces: makes traces with Boost.Stacktrace and its backend libbacktrace. Not part of penstock
// itself, which needs neither. Being linked is all it takes: the option -u of the target pulls this object in.
#include <penstock/detail/throw_probe.hpp>

#define BOOST_STACKTRACE_USE_BACKTRACE
#include <boost/core/demangle.hpp>
#include <boost/stacktrace/frame.hpp>
#include <boost/stacktrace/safe_dump_to.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <vector>

namespace penstock::detail {

namespace {

struct trace_line {
    std::string function;
    std::string place;
};

template <class Names>
bool has_any(std::string_view function, const Names& names) {
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view name) { return function.find(name) != function.npos; });
}

/// The throw itself: what it calls, and what asked us.
bool belongs_to_throw(const trace_line& line) {
    constexpr std::array names{
        "__cxa_throw",       "__cxa_rethrow",       "_Unwind_RaiseException", "_Unwind_Resume_or_Rethrow",
        "rethrow_exception", "__gxx_personality_v0"};
    return has_any(line.function, names);
}

/// Debug information may leave out the namespace.
bool calls_task(const trace_line& line) {
    constexpr std::array names{"invoke_task<", "remote_call<", "remote_chunk<", "call_item<",
                               "penstock::worker::"};
    return has_any(line.function, names);
}

/// How the standard library calls a task.
bool is_invoke(const trace_line& line) {
    const std::string_view name(line.function);
    return name.starts_with("__invoke") || name.starts_with("invoke<") ||
           has_any(name, std::array{"std::__invoke", "std::invoke<"});
}

int add_line(void* lines, std::uintptr_t, const char* file, int line, const char* function) {
    if (function == nullptr) return 0;
    trace_line added{boost::core::demangle(function), {}};
    if (file != nullptr) added.place = std::string(" at ") + file + ':' + std::to_string(line);
    static_cast<std::vector<trace_line>*>(lines)->push_back(std::move(added));
    return 0;
}

void ignore_error(void*, const char*, int) {}

/// The functions at one address, those that were inlined first: Boost's own text keeps one of them.
void add_lines(std::vector<trace_line>& lines, const void* address) {
    static backtrace_state* const state = backtrace_create_state(nullptr, 1, ignore_error, nullptr);
    const std::size_t before = lines.size();
    const auto call =
        reinterpret_cast<std::uintptr_t>(address) - 1;  // it would return to what may be another function
    if (state != nullptr) backtrace_pcinfo(state, call, add_line, ignore_error, &lines);
    if (lines.size() != before) return;
    lines.push_back(
        {boost::stacktrace::to_string(boost::stacktrace::frame(reinterpret_cast<const void*>(call))), {}});
}

std::size_t capture(const void** frames, std::size_t room) noexcept {
    const std::size_t count = boost::stacktrace::safe_dump_to(frames, room * sizeof *frames);
    return count == 0 ? 0 : count - 1;  // it ends with a null
}

std::string spell(const void* const* frames, std::size_t count) {
    std::vector<trace_line> lines;
    for (std::size_t i = 0; i != count; ++i) add_lines(lines, frames[i]);
    const auto thrown = std::find_if(lines.rbegin(), lines.rend(), belongs_to_throw).base();
    auto below = std::find_if(thrown, lines.end(), calls_task);
    while (below != thrown && is_invoke(*std::prev(below))) --below;
    std::string text;
    int number = 0;
    for (auto line = thrown; line != below; ++line)
        text += '#' + std::to_string(number++) + ' ' + line->function + line->place + '\n';
    return text;
}

constexpr trace_maker boost_trace{&capture, &spell};

}  // namespace

}  // namespace penstock::detail

extern "C" const bool penstock_traces =
    (penstock::detail::use_trace_maker(penstock::detail::boost_trace), true);

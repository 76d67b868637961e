// SPDX-License-Identifier: MIT
// The worker's half: what is known of an exception that was just thrown.
#include "wire/registered_exceptions.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace penstock::wire {
namespace {

/// Calls use(e) when a handler of this parameter type catches the exception being handled. Name pointers as
/// values: code of clang (14) that catches a pointer by reference reads beside it when it came out of an
/// exception_ptr.
template <class Parameter, class Use>
bool if_caught_as(const Use& use) {
    try {
        throw;
    } catch (Parameter e) {
        use(e);
        return true;
    } catch (...) {
        return false;
    }
}

std::string demangle(const char* name) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> text(abi::__cxa_demangle(name, nullptr, nullptr, &status),
                                                      std::free);
    return text == nullptr ? name : text.get();
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

/// What was given to throw_with_nested; libstdc++ takes its constness over into the name.
std::string without_wrapper(std::string name) {
    constexpr std::string_view wrapper = "std::_Nested_exception<";
    constexpr std::string_view constness = " const";
    if (!name.starts_with(wrapper) || !name.ends_with('>')) return name;
    name = name.substr(wrapper.size(), name.size() - wrapper.size() - 1);
    if (name.ends_with(constness)) name.resize(name.size() - constness.size());
    return name;
}

/// What libstdc++ and the demangler add to names is nothing a user wrote.
std::string source_spelling(std::string name) {
    replace_all(name, " >", ">");
    replace_all(name, "[abi:cxx11]", "");
    replace_all(name, "__cxx11::", "");
    replace_all(name, "std::basic_string<char, std::char_traits<char>, std::allocator<char>>",
                "std::string");
    replace_all(name, "std::__ios_failure", "std::ios_base::failure"); // what a stream throws
    return without_wrapper(std::move(name));
}

std::string handled_type_name() {
    const std::type_info* type = abi::__cxa_current_exception_type();
    return type == nullptr ? "an unknown type" : source_spelling(demangle(type->name()));
}

std::string text_of(const char* value) { return value == nullptr ? "(a null pointer)" : value; }
std::string text_of(const std::string& value) { return value; }
template <class T>
std::string text_of(const T& value) requires std::is_integral_v<T> { return std::to_string(value); }

/// The value of the exception being handled when it is one of these, after a colon; otherwise the fallback.
template <class... Parameters>
std::string handled_value_or(std::string fallback) {
    (if_caught_as<Parameters>([&](const auto& value) { fallback = ": " + text_of(value); }) || ...);
    return fallback;
}

void describe_value(exception_record& record) {
    record.what = "the task threw a value of type '" + record.info.type_name + "'";
    record.what +=
        handled_value_or<int, unsigned, long, unsigned long, long long, unsigned long long, const char*,
                         const std::string&>(", which does not derive from std::exception");
}

void describe_handled(exception_record& record, std::exception_ptr& nested) {
    if_caught_as<const std::nested_exception&>([&](const auto& e) { nested = e.nested_ptr(); });
    if_caught_as<const remote_info&>([&](const auto& info) { record.info = info; });
    record.relayed = record.info.worker_pid != 0; // 0: made by hand, it came from nowhere
    if (!record.relayed) record.info.type_name = handled_type_name();
}

} // namespace

exception_record describe(const std::exception_ptr& thrown, std::exception_ptr& nested) {
    exception_record record;
    if (thrown == nullptr) {
        record.info.type_name = "an unknown type";
        record.what = "the task ended with an exception that is not of C++";
        return record;
    }
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
        describe_handled(record, nested);
        describe_standard(e, record);
        save_registered(record);
    } catch (...) {
        describe_handled(record, nested);
        if (!describe_ambiguous(record)) describe_value(record);
        save_registered(record);
    }
    return record;
}

} // namespace penstock::wire

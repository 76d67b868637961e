// SPDX-License-Identifier: MIT
// The standard exceptions that cross, one row a type: whether an exception is one, and how to rebuild it.
#include "wire/registered_exceptions.hpp"
#include "wire/remote_error_record.hpp"

#include <penstock/register_exception.hpp>

#include <algorithm>
#include <any>
#include <array>
#include <filesystem>
#include <functional>
#include <future>
#include <ios>
#include <memory>
#include <new>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <variant>

namespace penstock::wire {
namespace {

// What a type has to tell.

std::string text_or(const char* text, const char* otherwise) { return text == nullptr ? otherwise : text; }

void keep_extras(const std::exception&, exception_record&) {}

void keep_code(const std::error_code& code, exception_record& record) {
    record.category = text_or(code.category().name(), "unnamed");
    record.value = code.value();
    try {
        record.message = code.message();
    } catch (...) { // the category is the user's own
        record.message = "(the message of this error code could not be read)";
    }
}

void keep_extras(const std::system_error& e, exception_record& record) { keep_code(e.code(), record); }
void keep_extras(const std::future_error& e, exception_record& record) { keep_code(e.code(), record); }
void keep_extras(const std::regex_error& e, exception_record& record) {
    record.value = static_cast<int>(e.code());
}

void keep_extras(const std::filesystem::filesystem_error& e, exception_record& record) {
    keep_code(e.code(), record);
    record.path1 = e.path1();
    record.path2 = e.path2();
}

template <class T>
void keep(const T& e, exception_record& record) {
    record.what = text_or(e.what(), "(what() is a null pointer)");
    keep_extras(e, record);
}

// How the standard part is built again. Its own what() counts only in a copy sliced to the standard type.

std::error_code code_of(const exception_record& record) {
    return detail::make_error_code(record.category, record.value, record.message);
}

/// The text without what the constructors of system_error and filesystem_error put around it.
std::string bare_text(const exception_record& record, const std::error_code& code) {
    constexpr std::string_view prefix = "filesystem error: ";
    std::string_view text = record.what;
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
    return std::string(text.substr(0, text.rfind(": " + code.message())));
}

template <class T>
concept has_text = std::is_constructible_v<T, const std::string&>;

template <class T>
T make_base(const exception_record& record) {
    if constexpr (has_text<T>) return T(record.what);
    else return T();
}

template <>
std::ios_base::failure make_base(const exception_record& record) {
    const std::error_code code = code_of(record);
    return std::ios_base::failure(bare_text(record, code), code);
}

template <>
std::system_error make_base(const exception_record& record) {
    const std::error_code code = code_of(record);
    return std::system_error(code, bare_text(record, code));
}

template <>
std::filesystem::filesystem_error make_base(const exception_record& record) {
    const std::error_code code = code_of(record);
    return std::filesystem::filesystem_error(bare_text(record, code), record.path1, record.path2, code);
}

template <>
std::future_error make_base(const exception_record& record) {
    return std::future_error(static_cast<std::future_errc>(record.value));
}

template <>
std::regex_error make_base(const exception_record& record) {
    // libstdc++ has codes beyond the standard's; all take 4 bits, and converting anything wider is undefined.
    if (record.value < 0 || record.value > 15)
        throw detail::archive_error("there is no regex error " + std::to_string(record.value));
    return std::regex_error(static_cast<std::regex_constants::error_type>(record.value));
}

template <class T>
struct row_of {
    static bool test(const std::exception& thrown, exception_record& record) {
        const T* e = dynamic_cast<const T*>(&thrown);
        if (e != nullptr) keep(*e, record);
        return e != nullptr;
    }
    /// Slower by far than a cast, but it also answers for a class with two bases std::exception.
    static bool test_handled(exception_record& record) {
        try {
            throw;
        } catch (const T& e) {
            keep(e, record);
            return true;
        } catch (...) {
            return false;
        }
    }
    static std::exception_ptr rebuild(const exception_record& record, remote_info info,
                                      const std::exception_ptr& nested) {
        if constexpr (std::is_same_v<T, error>)
            return detail::hold(remote_exception(record.what, std::move(info)), nested);
        else
            return detail::hold(detail::rebuilt<T>(make_base<T>(record), record.what, std::move(info)), nested);
    }
};

struct row {
    bool (*test)(const std::exception&, exception_record&);
    bool (*test_handled)(exception_record&);
    std::exception_ptr (*rebuild)(const exception_record&, remote_info, const std::exception_ptr&);
};

template <class First, class... Rest>
constexpr bool most_derived_first() {
    if constexpr (sizeof...(Rest) == 0) return true;
    else return !(std::is_base_of_v<First, Rest> || ...) && most_derived_first<Rest...>();
}

template <class... T>
constexpr std::array<row, sizeof...(T)> make_table() {
    static_assert(most_derived_first<T...>(), "the first row that fits is taken: no base above its heirs");
    return {{{&row_of<T>::test, &row_of<T>::test_handled, &row_of<T>::rebuild}...}};
}

constexpr auto table = make_table<
    penstock::error, // arrives as remote_exception, never as its own type; so does what fits no row
    std::ios_base::failure,
    std::filesystem::filesystem_error,
    std::system_error,
    std::future_error,
    std::regex_error,
    std::bad_array_new_length,
    std::bad_alloc,
    std::bad_any_cast,
    std::bad_cast,
    std::bad_typeid,
    std::bad_optional_access,
    std::bad_variant_access,
    std::bad_function_call,
    std::bad_weak_ptr,
    std::bad_exception,
    std::out_of_range,
    std::invalid_argument,
    std::domain_error,
    std::length_error,
    std::logic_error,
    std::range_error,
    std::overflow_error,
    std::underflow_error,
    std::runtime_error,
    std::exception>();

template <class Fits>
bool find_row(exception_record& record, const Fits& fits) {
    const auto found = std::find_if(table.begin(), table.end(), fits);
    if (found != table.end()) record.kind = static_cast<std::uint8_t>(found - table.begin());
    return found != table.end();
}

} // namespace

void describe_standard(const std::exception& thrown, exception_record& record) {
    find_row(record, [&](const row& r) { return r.test(thrown, record); });
}

bool describe_ambiguous(exception_record& record) {
    return find_row(record, [&](const row& r) { return r.test_handled(record); });
}

std::exception_ptr rebuild(const exception_record& record, const exception_origin& origin,
                           const std::exception_ptr& nested) {
    if (record.kind >= table.size())
        throw detail::archive_error("there is no exception of kind " + std::to_string(record.kind));
    remote_info info = record.info;
    if (!record.relayed) {
        info.worker_pid = origin.worker_pid;
        info.label = origin.label;
    }
    if (const std::exception_ptr own = load_registered(record, info, nested)) return own;
    return table[record.kind].rebuild(record, std::move(info), nested);
}

} // namespace penstock::wire

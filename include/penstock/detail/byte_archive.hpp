// SPDX-License-Identifier: MIT
// cereal archives on a flat buffer, for values that travel between two processes of the same executable on the
// same machine: native byte order, no type tags. What cereal leaves open is closed here:
//   - nothing is allocated for a declared size that the bytes at hand cannot back: every value takes at least one
//     byte, so a count is checked against the bytes left, and containers grow as their elements arrive;
//   - nesting is limited, so that neither side can be made to overflow its stack;
//   - a bool is 0 or 1, anything else is refused;
//   - large contiguous data is borrowed (recorded as a pointer into the caller's object) instead of copied, but
//     only where the object is known to stay: directly in standard containers, never below a serialize function of
//     the user's, which may archive a temporary.
// An archive is used by one thread. Failures throw archive_error (or whatever a user's serialize function throws).
#pragma once

#include <penstock/buffer.hpp>
#include <penstock/detail/byte_buffer.hpp>
#include <penstock/detail/standard_types.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

namespace penstock::detail {

/// Bytes that do not encode or decode; the boundary of a crossing turns it into a payload_error with side and type.
class archive_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

inline constexpr int max_nesting = 1000;
inline constexpr std::size_t borrow_threshold = 64 * 1024;

[[noreturn]] void fail_nesting();
[[noreturn]] void fail_short_input(std::uint64_t wanted, std::size_t left);
[[noreturn]] void fail_bool(unsigned char value);
[[noreturn]] void fail_left_over(std::size_t bytes);
/// Categories of the standard library by name; any other becomes a category of that name with that message.
std::error_code make_error_code(const std::string& category, int value, const std::string& message);

/// A piece of the caller's memory that belongs between flat[at - 1] and flat[at].
struct borrowed_piece {
    std::size_t at;
    const void* data;
    std::size_t size;
};

template <class T>
inline constexpr bool is_bulk_element = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

template <class T> inline constexpr bool keeps_storage = false; // its elements outlive the call that archives them
template <class T, class A> inline constexpr bool keeps_storage<std::vector<T, A>> = true;
template <class T, std::size_t N> inline constexpr bool keeps_storage<std::array<T, N>> = true;
template <class... T> inline constexpr bool keeps_storage<std::tuple<T...>> = true;
template <class A, class B> inline constexpr bool keeps_storage<std::pair<A, B>> = true;
template <class T> inline constexpr bool keeps_storage<std::optional<T>> = true;

class output_archive;
class input_archive;

/// An empty class without a serialize function travels as one byte.
template <class T>
inline constexpr bool is_bare_empty = std::is_empty_v<T> && !cereal::traits::is_output_serializable<T, output_archive>::value;

class output_archive : public cereal::OutputArchive<output_archive> {
public:
    /// Writes to the end of `flat`, which must outlive the archive.
    explicit output_archive(byte_buffer& flat) : cereal::OutputArchive<output_archive>(this), flat_(flat) {}

    /// From here on large data may be borrowed (the caller keeps the values alive) or not.
    void allow_borrowing(bool allowed) noexcept { may_borrow_ = allowed; }
    const std::vector<borrowed_piece>& borrowed() const noexcept { return borrowed_; }

    template <class... T>
    output_archive& operator()(T&&... values) {
        (save_one(values), ...);
        return *this;
    }
    template <class T> output_archive& operator&(T&& value) { return (*this)(value); }
    template <class T> output_archive& operator<<(T&& value) { return (*this)(value); }

    void write(const void* from, std::size_t size) {
        if (size >= borrow_threshold && may_borrow_ && user_level_ == 0) borrowed_.push_back({flat_.size(), from, size});
        else flat_.append(from, size);
    }
    template <class T>
    void write_plain(T value) { flat_.append(&value, sizeof value); }
    void write_size(std::size_t size) { write_plain(static_cast<std::uint64_t>(size)); }
    void write_text(std::string_view text) {
        write_size(text.size());
        write(text.data(), text.size());
    }

private:
    template <class T> void save_one(const cereal::NameValuePair<T>& pair) { save_one(pair.value); }
    template <class T> void save_one(const cereal::SizeTag<T>& tag) { write_size(static_cast<std::size_t>(tag.size)); }
    template <class T> void save_one(const cereal::BinaryData<T>& raw) { write(raw.data, static_cast<std::size_t>(raw.size)); }
    template <class T, class A>
    void save_one(const std::vector<T, A>& values) { save_range(std::span<const T>(values)); }
    template <class A> void save_one(const std::vector<bool, A>& values) { save_nested(values); }
    template <class T, std::size_t N> void save_one(const std::span<T, N>& values) { save_range(std::span<const T>(values)); }
    void save_one(const std::string& text) { write_text(text); }
    void save_one(const std::string_view& text) { write_text(text); }
    void save_one(const buffer& raw) { write_text(raw.text()); }
    void save_one(const std::filesystem::path& path) { write_text(path.native()); }
    void save_one(const std::error_code& code) {
        write_text(code.category().name());
        write_plain(code.value());
        write_text(code.message());
    }
    template <class T>
    void save_one(const T& value) {
        if constexpr (std::is_same_v<T, bool>) write_plain(static_cast<unsigned char>(value));
        else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) write_plain(value);
        else if constexpr (is_bare_empty<T>) write_plain('\0');
        else save_nested(value);
    }
    template <class T>
    void save_range(std::span<const T> values) {
        write_size(values.size());
        if constexpr (is_bulk_element<T>) write(values.data(), values.size_bytes());
        else
            for (const T& value : values) (*this)(value);
    }
    template <class T>
    void save_nested(const T& value) {
        const std::size_t before = flat_.size() + borrowed_.size();
        enter(!keeps_storage<T>);
        cereal::OutputArchive<output_archive>::operator()(value);
        leave(!keeps_storage<T>);
        if (before == flat_.size() + borrowed_.size()) write_plain('\0'); // at least one byte a value: see the top
    }
    void enter(bool user) {
        if (++nesting_ > max_nesting) fail_nesting();
        user_level_ += user;
    }
    void leave(bool user) noexcept {
        --nesting_;
        user_level_ -= user;
    }

    byte_buffer& flat_;
    std::vector<borrowed_piece> borrowed_;
    int nesting_ = 0;
    int user_level_ = 0;
    bool may_borrow_ = false;
};

class input_archive : public cereal::InputArchive<input_archive> {
public:
    /// Reads `bytes`, which must outlive the archive. `owner`, when given and not empty, holds them; a penstock::buffer
    /// may take them over, and keeps them alive from then on.
    explicit input_archive(std::span<const std::byte> bytes, byte_buffer* owner = nullptr)
        : cereal::InputArchive<input_archive>(this), next_(bytes.data()), end_(bytes.data() + bytes.size()),
          owner_(owner != nullptr && !owner->empty() ? owner : nullptr) {}

    template <class... T>
    input_archive& operator()(T&&... values) {
        (load_one(values), ...);
        return *this;
    }
    template <class T> input_archive& operator&(T&& value) { return (*this)(value); }
    template <class T> input_archive& operator>>(T&& value) { return (*this)(value); }

    std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - next_); }
    /// Throws unless every byte was consumed.
    void expect_end() const {
        if (next_ != end_) fail_left_over(left());
    }
    /// The next `size` bytes where they lie.
    const std::byte* take(std::uint64_t size) {
        if (size > left()) fail_short_input(size, left());
        const std::byte* here = next_;
        next_ += size;
        return here;
    }
    void read(void* to, std::size_t size) {
        const std::byte* from = take(size);
        if (size != 0) std::memcpy(to, from, size);
    }
    template <class T>
    T read_plain() {
        T value;
        read(&value, sizeof value);
        return value;
    }
    /// A count of elements; each of them takes at least `bytes_each`.
    std::size_t read_size(std::size_t bytes_each = 1) {
        const auto size = read_plain<std::uint64_t>();
        if (size > left() / bytes_each) fail_short_input(size, left());
        return static_cast<std::size_t>(size);
    }
    std::string_view read_text() {
        const std::size_t size = read_size();
        return {reinterpret_cast<const char*>(take(size)), size};
    }

private:
    template <class T> void load_one(cereal::NameValuePair<T>& pair) { load_one(pair.value); }
    template <class T> void load_one(cereal::SizeTag<T>& tag) { tag.size = static_cast<cereal::size_type>(read_size()); }
    template <class T> void load_one(cereal::BinaryData<T>& raw) { read(raw.data, static_cast<std::size_t>(raw.size)); }
    void load_one(std::string& text) { text.assign(read_text()); }
    void load_one(buffer& raw) {
        const std::span<const std::byte> bytes = std::as_bytes(std::span(read_text()));
        if (owner_ == nullptr || bytes.size() < borrow_threshold || bytes.size() < owner_->size() / 2) {
            raw = buffer(bytes);
        } else {
            const auto at = static_cast<std::size_t>(bytes.data() - owner_->data());
            raw = buffer(std::move(*std::exchange(owner_, nullptr)), at, bytes.size());
        }
    }
    void load_one(std::filesystem::path& path) { path = std::string(read_text()); }
    void load_one(std::error_code& code) {
        const std::string category(read_text());
        const int value = read_plain<int>();
        code = make_error_code(category, value, std::string(read_text()));
    }
    template <class T, class A>
    void load_one(std::vector<T, A>& values) {
        if constexpr (is_bulk_element<T>) load_bulk(values);
        else load_elements(values);
    }
    template <class A> void load_one(std::vector<bool, A>& values) { load_nested(values); }
    template <class T>
    void load_one(T& value) {
        if constexpr (std::is_same_v<T, bool>) load_bool(value);
        else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) read(&value, sizeof value);
        else if constexpr (is_bare_empty<T>) take(1);
        else load_nested(value);
    }
    void load_bool(bool& value) {
        const auto byte = read_plain<unsigned char>();
        if (byte > 1) fail_bool(byte);
        value = byte != 0;
    }
    template <class T, class A>
    void load_bulk(std::vector<T, A>& values) {
        const std::size_t count = read_size(sizeof(T));
        const std::byte* from = take(count * sizeof(T));
        if (count * sizeof(T) >= large_memory) {
            values.clear();
            values.reserve(count);
            prepare_large_memory(values.data(), count * sizeof(T));
        }
        if (reinterpret_cast<std::uintptr_t>(from) % alignof(T) == 0) { // one pass, no zero-fill
            const T* first = reinterpret_cast<const T*>(from);
            values.assign(first, first + count);
        } else {
            values.resize(count);
            if (count != 0) std::memcpy(values.data(), from, count * sizeof(T));
        }
    }
    template <class T, class A>
    void load_elements(std::vector<T, A>& values) {
        const std::size_t count = read_size();
        values.clear();
        values.reserve(std::min(count, left() / sizeof(T) + 1)); // memory follows the bytes that are really there
        for (std::size_t i = 0; i != count; ++i) (*this)(values.emplace_back());
    }
    template <class T>
    void load_nested(T& value) {
        const std::byte* before = next_;
        if (++nesting_ > max_nesting) fail_nesting();
        cereal::InputArchive<input_archive>::operator()(value);
        --nesting_;
        if (before == next_) take(1);
    }

    const std::byte* next_;
    const std::byte* end_;
    byte_buffer* owner_;
    int nesting_ = 0;
};

} // namespace penstock::detail

// What cereal itself archives on the way (class versions, the values of save_minimal, raw data of containers) comes in by
// these; the archives know what to do.
namespace cereal {

template <class T>
    requires std::is_arithmetic_v<T>
void CEREAL_SAVE_FUNCTION_NAME(penstock::detail::output_archive& archive, const T& value) {
    archive(value);
}
template <class T>
    requires std::is_arithmetic_v<T>
void CEREAL_LOAD_FUNCTION_NAME(penstock::detail::input_archive& archive, T& value) {
    archive(value);
}
template <class T>
void CEREAL_SERIALIZE_FUNCTION_NAME(penstock::detail::output_archive& archive, NameValuePair<T>& pair) {
    archive(pair.value);
}
template <class T>
void CEREAL_SERIALIZE_FUNCTION_NAME(penstock::detail::input_archive& archive, NameValuePair<T>& pair) {
    archive(pair.value);
}
template <class T>
void CEREAL_SERIALIZE_FUNCTION_NAME(penstock::detail::output_archive& archive, SizeTag<T>& tag) {
    archive(tag);
}
template <class T>
void CEREAL_SERIALIZE_FUNCTION_NAME(penstock::detail::input_archive& archive, SizeTag<T>& tag) {
    archive(tag);
}
template <class T>
void CEREAL_SAVE_FUNCTION_NAME(penstock::detail::output_archive& archive, const BinaryData<T>& raw) {
    archive(raw);
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(penstock::detail::input_archive& archive, BinaryData<T>& raw) {
    archive(raw);
}

} // namespace cereal

CEREAL_REGISTER_ARCHIVE(penstock::detail::output_archive)
CEREAL_REGISTER_ARCHIVE(penstock::detail::input_archive)
CEREAL_SETUP_ARCHIVE_TRAITS(penstock::detail::input_archive, penstock::detail::output_archive)

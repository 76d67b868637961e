// SPDX-License-Identifier: MIT
// Which sanitizer this program was built with: they take signals, memory and address space for themselves.
#pragma once

namespace penstock::test {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool with_address_sanitizer = true;
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer)
inline constexpr bool with_address_sanitizer = true;
#    else
inline constexpr bool with_address_sanitizer = false;
#    endif
#else
inline constexpr bool with_address_sanitizer = false;
#endif

#if defined(__SANITIZE_THREAD__)
inline constexpr bool with_thread_sanitizer = true;
#elif defined(__has_feature)
#    if __has_feature(thread_sanitizer)
inline constexpr bool with_thread_sanitizer = true;
#    else
inline constexpr bool with_thread_sanitizer = false;
#    endif
#else
inline constexpr bool with_thread_sanitizer = false;
#endif

inline constexpr bool with_sanitizer = with_address_sanitizer || with_thread_sanitizer;

} // namespace penstock::test

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#    define PENSTOCK_TEST_WITH_SANITIZER 1
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#        define PENSTOCK_TEST_WITH_SANITIZER 1
#    endif
#endif

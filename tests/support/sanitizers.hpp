// SPDX-License-Identifier: MIT
// Which sanitizer this program was built with: they take signals, memory, threads and address space for themselves.
#pragma once

#if defined(__has_feature) // clang
#    if __has_feature(address_sanitizer)
#        define PENSTOCK_TEST_ADDRESS_SANITIZER 1
#    endif
#    if __has_feature(thread_sanitizer)
#        define PENSTOCK_TEST_THREAD_SANITIZER 1
#    endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(PENSTOCK_TEST_ADDRESS_SANITIZER)
#    define PENSTOCK_TEST_ADDRESS_SANITIZER 1
#endif
#if defined(__SANITIZE_THREAD__) && !defined(PENSTOCK_TEST_THREAD_SANITIZER)
#    define PENSTOCK_TEST_THREAD_SANITIZER 1
#endif

namespace penstock::test {

#ifdef PENSTOCK_TEST_ADDRESS_SANITIZER
inline constexpr bool with_address_sanitizer = true;
#else
inline constexpr bool with_address_sanitizer = false;
#endif
#ifdef PENSTOCK_TEST_THREAD_SANITIZER
inline constexpr bool with_thread_sanitizer = true;
#else
inline constexpr bool with_thread_sanitizer = false;
#endif
inline constexpr bool with_sanitizer = with_address_sanitizer || with_thread_sanitizer;

} // namespace penstock::test

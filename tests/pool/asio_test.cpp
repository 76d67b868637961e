// SPDX-License-Identifier: MIT
// asio.hpp with standalone Asio, on both pools. asio_boost_test.cpp is the same with Boost.Asio.
#if defined(__SANITIZE_THREAD__)
#    include <gtest/gtest.h>
TEST(asio_standalone_missing, is_not_tested) { GTEST_SKIP() << "ThreadSanitizer does not know the fences that Asio uses"; }
#elif __has_include(<asio.hpp>)
#    include <asio.hpp>
namespace asio_tested = asio;
#    define PENSTOCK_ASIO_SUITE asio_standalone
#    include "support/asio_tests.hpp"
#else
#    include <gtest/gtest.h>
TEST(asio_standalone_missing, is_not_tested) { GTEST_SKIP() << "there is no asio.hpp (Debian: apt install libasio-dev)"; }
#endif

// SPDX-License-Identifier: MIT
// asio.hpp with Boost.Asio, on both pools. asio_test.cpp is the same with standalone Asio.
#include <utility> // which Boost 1.74 forgets

#if defined(__SANITIZE_THREAD__)
#    include <gtest/gtest.h>
TEST(asio_boost_missing, is_not_tested) { GTEST_SKIP() << "ThreadSanitizer does not know the fences that Asio uses"; }
#elif __has_include(<boost/asio.hpp>)
#    include <boost/asio.hpp>
namespace asio_tested = boost::asio;
#    define PENSTOCK_ASIO_SUITE asio_boost
#    include "support/asio_tests.hpp"
#else
#    include <gtest/gtest.h>
TEST(asio_boost_missing, is_not_tested) { GTEST_SKIP() << "there is no boost/asio.hpp (Debian: apt install libboost-dev)"; }
#endif

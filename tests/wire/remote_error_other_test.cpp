// SPDX-License-Identifier: MIT
// Exceptions that have no standard type, and how types are spelled.
#include "wire/crossing.hpp"

#include <stdexcept>
#include <string>

namespace penstock::wire {

struct without_base {
    int number = 3;
};
template <class T>
struct templated : std::runtime_error {
    using std::runtime_error::runtime_error;
};
enum class colour { red };

namespace {

template <class T>
void expect_text(const T& value, const std::string& type_name, const std::string& what) {
    const std::exception_ptr arrived = cross_thrown([&] { throw value; });
    EXPECT_TRUE(caught_as<remote_exception>(arrived));
    EXPECT_TRUE(caught_as<std::exception>(arrived));
    EXPECT_EQ(what_of(arrived), what);
    EXPECT_EQ(info_of(arrived).type_name, type_name);
    EXPECT_EQ(info_of(arrived).worker_pid, test_origin.worker_pid);
    EXPECT_EQ(info_of(arrived).label, test_origin.label);
}

TEST(RemoteValue, SaysWhatWasThrown) {
    expect_text(-42, "int", "the task threw a value of type 'int': -42");
    expect_text(42u, "unsigned int", "the task threw a value of type 'unsigned int': 42");
    expect_text(1L << 40, "long", "the task threw a value of type 'long': 1099511627776");
    expect_text(7ULL, "unsigned long long", "the task threw a value of type 'unsigned long long': 7");
    expect_text<const char*>("boom", "char const*", "the task threw a value of type 'char const*': boom");
    char letters[] = "soft";
    expect_text<char*>(letters, "char*", "the task threw a value of type 'char*': soft");
    expect_text(std::string("bang"), "std::string", "the task threw a value of type 'std::string': bang");
    expect_text<const char*>(nullptr, "char const*",
                             "the task threw a value of type 'char const*': (a null pointer)");
}

TEST(RemoteValue, OfAnotherTypeIsNamed) {
    const std::string end = ", which does not derive from std::exception";
    expect_text(without_base(), "penstock::wire::without_base",
                "the task threw a value of type 'penstock::wire::without_base'" + end);
    expect_text(colour::red, "penstock::wire::colour",
                "the task threw a value of type 'penstock::wire::colour'" + end);
    expect_text(0.5, "double", "the task threw a value of type 'double'" + end);
    static std::runtime_error pointed_to("not looked at");
    expect_text(&pointed_to, "std::runtime_error*",
                "the task threw a value of type 'std::runtime_error*'" + end);
}

TEST(RemoteValue, OfNoKnownTypeStillArrives) {
    const std::exception_ptr arrived = cross(nullptr);
    EXPECT_TRUE(caught_as<remote_exception>(arrived));
    EXPECT_EQ(what_of(arrived), "the task ended with an exception that is not of C++");
    EXPECT_EQ(info_of(arrived).type_name, "an unknown type");
}

template <class T>
std::string spelling_of() {
    return info_of(cross_thrown([] { throw templated<T>("t"); })).type_name;
}

TEST(RemoteTypeName, ReadsLikeTheSource) {
    EXPECT_EQ(spelling_of<int>(), "penstock::wire::templated<int>");
    EXPECT_EQ(spelling_of<std::string>(), "penstock::wire::templated<std::string>");
    EXPECT_EQ(spelling_of<templated<int>>(), "penstock::wire::templated<penstock::wire::templated<int>>");
}

template <class T>
std::string spelling_of_nested() {
    return info_of(cross_thrown([] {
               try {
                   throw 1;
               } catch (...) {
                   std::throw_with_nested(T());
               }
           }))
        .type_name;
}

struct plain : std::runtime_error {
    plain() : std::runtime_error("plain") {}
};
template <class T>
struct wrapped : plain {};

TEST(RemoteTypeName, LeavesOutTheWrapperOfNestedExceptions) {
    EXPECT_EQ(spelling_of_nested<plain>(), "penstock::wire::(anonymous namespace)::plain");
    EXPECT_EQ(spelling_of_nested<without_base>(), "penstock::wire::without_base");
    EXPECT_EQ(spelling_of_nested<wrapped<std::string>>(),
              "penstock::wire::(anonymous namespace)::wrapped<std::string>");
}

} // namespace
} // namespace penstock::wire

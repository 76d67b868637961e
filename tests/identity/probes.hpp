// SPDX-License-Identifier: MIT
// Everything a user would submit, compiled once into each translation unit under the same names: only `place`, which
// the file that includes this one defines, tells them apart, and every answer depends on it.
#pragma once

#include "report.hpp"
#include "shared.hpp"

#include <unistd.h>

#include <cctype>
#include <functional>
#include <string>

namespace {

using namespace std::string_literals;
using text = std::string;

static int static_function(int x) { return x + place; }
int hidden_function(int x) { return x + 10 * place; }
int quiet_function(int x) noexcept { return x + 20 * place; }
int overloaded(int x) { return x + 30 * place; }
text overloaded(const text& x) { return x + std::to_string(place); }
template <class T>
T grown(T x) {
    return static_cast<T>(x + static_cast<T>(sizeof(T)) * static_cast<T>(place));
}

// Linkers may fold these into one.
int same_body(int x) { return 3 * x; }
int same_body_again(int x) { return 3 * x; }
long same_body_of_longs(long x) { return 3 * x; }
const auto same_body_of_a_lambda = [](int x) { return 3 * x; };
const auto same_body_of_another_lambda = [](int x) { return 3 * x; };

const auto lambda = [](int x) { return x + 40 * place; };
const auto another_lambda = [](int x) { return x + 50 * place; };
const auto generic_lambda = [](auto x) { return x + x; };
const auto quiet_lambda = [](int x) noexcept { return x + 60 * place; };

struct account {
    int balance = 0;
    int with_interest(int rate) const { return balance + rate * place; }
    int doubled() const noexcept { return 2 * balance + place; }
    static int opened(int x) { return x + 70 * place; }
    template <class Archive>
    void serialize(Archive& archive) {
        archive(balance);
    }
};
struct stateless {
    int operator()(int x) const { return x + 80 * place; }
};
struct scale {
    int factor = 0;
    int operator()(int x) const { return factor * x + place; }
    template <class Archive>
    void serialize(Archive& archive) {
        archive(factor);
    }
};

void ask_functions(identity::report& all) {
    all.expect("a static function", 100 + place, static_function, 100);
    all.expect("a function in an anonymous namespace", 100 + 10 * place, hidden_function, 100);
    all.expect("a noexcept function", 100 + 20 * place, quiet_function, 100);
    all.expect("an overload by cast", 100 + 30 * place, static_cast<int (*)(int)>(overloaded), 100);
    all.expect("another overload", "x" + std::to_string(place), static_cast<text (*)(const text&)>(overloaded), "x"s);
    all.expect("a template of int", 100 + 4 * place, grown<int>, 100);
    all.expect("a template of long", 100 + 8L * place, grown<long>, 100L);
    all.expect("a static member", 100 + 70 * place, &account::opened, 100);
    all.expect("a function of the C library", int{'A'}, static_cast<int (*)(int)>(std::toupper), int{'a'});
    all.expect("a lambda as a function", 100 + 90 * place, +[](int x) { return x + 90 * place; }, 100);
}

void ask_identical_bodies(identity::report& all) {
    all.expect("a body like others", 21, same_body, 7);
    all.expect("a body like others, again", 24, same_body_again, 8);
    all.expect("a body like others, of another type", 27L, same_body_of_longs, 9L);
    all.expect("a body like others, of a lambda", 30, same_body_of_a_lambda, 10);
    all.expect("a body like others, of another lambda", 33, same_body_of_another_lambda, 11);
}

void ask_objects(identity::report& all) {
    all.expect("a lambda", 100 + 40 * place, lambda, 100);
    all.expect("another lambda", 100 + 50 * place, another_lambda, 100);
    all.expect("a noexcept lambda", 100 + 60 * place, quiet_lambda, 100);
    all.expect("a generic lambda of int", 200, generic_lambda, 100);
    all.expect("a generic lambda of text", "xx"s, generic_lambda, "x"s);
    all.expect("a [=] that captures nothing", 100 - place, [=](int x) { return x - place; }, 100);
    all.expect("std::plus<>", 300, std::plus<>{}, 100, 200);
    all.expect("std::plus<> of text", "xy"s, std::plus<>{}, "x"s, "y"s);
    all.expect("a function object without state", 100 + 80 * place, stateless{}, 100);
    all.expect("a function object with state", 700 + place, scale{7}, 100);
    all.expect("a member function", 100 + 5 * place, penstock::fn<&account::with_interest>, account{100}, 5);
    all.expect("a noexcept member function", 200 + place, penstock::fn<&account::doubled>, account{100});
    all.expect("a data member", 100, penstock::fn<&account::balance>, account{100});
    all.expect("captures that were vouched for", 100 + 3 * place,
               penstock::trust_captures([three = 3](int x) { return x + three * place; }), 100);
}

void ask_shared_ones(identity::report& all) {
    all.expect("a shared inline function", 107, identity::shared_function, 100);
    all.expect("a shared inline lambda", 111, identity::shared_lambda, 100);
    all.expect("a lambda of a shared inline function", "x!"s, identity::lambda_of_a_shared_function(), "x"s);
    all.expect("a shared template", 101, identity::shared_template<1>, 100);
    all.expect("a shared template, again", 102, identity::shared_template<2>, 100);
}

void ask_all(identity::report& all, const char* part) {
    all.begin(part);
    ask_functions(all);
    ask_identical_bodies(all);
    ask_objects(all);
    ask_shared_ones(all);
    all.expect("who answers", false, [](int pid) { return pid == ::getpid(); }, static_cast<int>(::getpid()));
}

} // namespace

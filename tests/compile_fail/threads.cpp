// SPDX-License-Identifier: MIT
// What a thread pool refuses, one case each: see tests/scripts/compile_fail.sh.
#include <penstock/penstock.hpp>

#include <string>

int plus_one(int x) { return x + 1; }
void change(std::string& text) { text += "changed"; }

int main() {
    penstock::thread_pool pool;
    std::string text;

#ifdef CASE_too_few_arguments // penstock: wrong number of arguments for this callable
    auto f = pool.submit(plus_one);
#endif
#ifdef CASE_reference // penstock: this parameter is a non-const reference and would change a copy; pass std::ref(argument)
    auto f = pool.submit(change, text);
#endif
#ifdef CASE_text_for_a_number // penstock: an argument does not convert to the type of its parameter
    auto f = pool.submit(plus_one, "text");
#endif
#ifdef CASE_generic_lambda_that_does_not_fit // penstock: the callable cannot be called with these arguments
    auto f = pool.submit([](auto x) -> decltype(x.size()) { return x.size(); }, 17);
#endif
#ifdef CASE_try_submit // penstock: wrong number of arguments for this callable
    auto f = pool.try_submit(plus_one, 1, 2);
#endif
}

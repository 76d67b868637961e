// SPDX-License-Identifier: MIT
// What map refuses beyond what submit does, one case each: see tests/scripts/compile_fail.sh.
#include <penstock/penstock.hpp>

#include <vector>

int plus_one(int x) { return x + 1; }
void look(int) {}

int main() {
    penstock::process_pool pool;
    const std::vector<int> numbers{1, 2, 3};
    const int factor = 2;
    static_cast<void>(numbers.size() + factor);

#ifdef CASE_number_for_a_range // penstock: map takes one or more ranges after the callable: what a range-based for loop takes
    auto f = pool.map(plus_one, 17);
#endif
#ifdef CASE_no_range // penstock: map takes one or more ranges after the callable: what a range-based for loop takes
    auto f = pool.map(plus_one);
#endif
#ifdef CASE_void // penstock: map needs a callable that returns a value; where there is none, submit each call
    auto f = pool.map(look, numbers);
#endif
#ifdef CASE_void_unordered // penstock: map needs a callable that returns a value; where there is none, submit each call
    auto f = pool.map_unordered(look, numbers);
#endif
#ifdef CASE_captures // penstock: a lambda with captures or an object with state cannot be sent; pass the values as arguments, give it a serialize function, or use trust_captures
    auto f = pool.map([factor](int x) { return factor * x; }, numbers);
#endif
#ifdef CASE_captures_with_options // penstock: a lambda with captures or an object with state cannot be sent; pass the values as arguments, give it a serialize function, or use trust_captures
    auto f = pool.map({.chunk = 2}, [factor](int x) { return factor * x; }, numbers);
#endif
#ifdef CASE_a_range_too_many // penstock: wrong number of arguments for this callable
    auto f = pool.map_outcomes(plus_one, numbers, numbers);
#endif
#ifdef CASE_result // penstock: a pointer cannot be returned from another process; return the value
    auto f = pool.map_unordered([](int) -> int* { return nullptr; }, numbers);
#endif
#ifdef CASE_fork_map_number // penstock: fork_map takes one or more ranges after the callable: what a range-based for loop takes
    auto f = penstock::fork_map(plus_one, 17);
#endif
#ifdef CASE_fork_map_call // penstock: the callable cannot be called with these arguments
    auto f = penstock::fork_map({.max_workers = 1}, plus_one, numbers, numbers);
#endif
#ifdef CASE_fork_map_result // penstock: a pointer cannot be returned from another process; return the value
    auto f = penstock::fork_map_outcomes([&](int x) { return &numbers[static_cast<std::size_t>(x)]; }, numbers);
#endif
#ifdef CASE_threads_void // penstock: map needs a callable that returns a value; where there is none, submit each call
    penstock::thread_pool threads;
    auto f = threads.map(look, numbers);
#endif
#ifdef CASE_threads_number_for_a_range // penstock: map takes one or more ranges after the callable: what a range-based for loop takes
    penstock::thread_pool threads;
    auto f = threads.map(plus_one, 17);
#endif
}

// SPDX-License-Identifier: MIT
// What any_pool refuses, one case each: see tests/scripts/compile_fail.sh. All that a process pool refuses, as the choice
// may be processes, and what a thread could not keep.
#include <penstock/penstock.hpp>

#include <memory>
#include <string>
#include <vector>

int plus_one(int x) { return x + 1; }
int value_of(const std::unique_ptr<int>& number) { return *number; }

/// Can be sent, but not copied.
struct adder {
    std::unique_ptr<int> base;
    int operator()(int x) const { return *base + x; }
    template <class Archive>
    void serialize(Archive& archive) {
        archive(base);
    }
};

int main() {
    penstock::any_pool pool = penstock::make_pool(penstock::pool_kind::threads);
    const std::vector<int> numbers{1, 2, 3};
    const int factor = 2;
    const auto number = std::make_unique<int>(7);
    const adder five{std::make_unique<int>(5)};
    static_cast<void>(numbers.size() + factor + *number + *five.base);

#ifdef CASE_captures // penstock: a lambda with captures or an object with state cannot be sent; pass the values as arguments, give it a serialize function, or use trust_captures
    auto f = pool.submit([factor] { return factor; });
#endif
#ifdef CASE_try_submit_too_many // penstock: wrong number of arguments for this callable
    auto f = pool.try_submit(plus_one, 1, 2);
#endif
#ifdef CASE_reference // penstock: a non-const reference parameter cannot be sent; return the changed value
    auto f = pool.submit({.label = "x"}, [](std::string& text) { text += "changed"; }, std::string("text"));
#endif
#ifdef CASE_map_captures // penstock: a lambda with captures or an object with state cannot be sent; pass the values as arguments, give it a serialize function, or use trust_captures
    auto f = pool.map([factor](int x) { return factor * x; }, numbers);
#endif
#ifdef CASE_map_void // penstock: map needs a callable that returns a value; where there is none, submit each call
    auto f = pool.map([](int) {}, numbers);
#endif
#ifdef CASE_argument_to_keep // penstock: any_pool may run this in a thread, which keeps the callable and its arguments; make them copyable, or give them away with std::move
    auto f = pool.submit(value_of, number);
#endif
#ifdef CASE_callable_to_keep // penstock: any_pool may run this in a thread, which keeps the callable and its arguments; make them copyable, or give them away with std::move
    auto f = pool.submit(five, 1);
#endif
#ifdef CASE_map_callable // penstock: a map of any_pool may run this in several threads; make the callable copyable
    auto f = pool.map(adder{std::make_unique<int>(5)}, numbers);
#endif
}

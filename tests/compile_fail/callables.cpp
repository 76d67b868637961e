// SPDX-License-Identifier: MIT
// What is refused of callables, one case each: see tests/scripts/compile_fail.sh.
#include <penstock/penstock.hpp>

#include <functional>
#include <string>

struct account {
    int number = 0;
    int balance() const { return number; }
    template <class Archive>
    void serialize(Archive& archive) { archive(number); }
};
struct with_state {
    int factor = 2;
    int operator()(int x) const { return factor * x; }
};
struct stateful_without_default {
    int factor;
    explicit stateful_without_default(int f) : factor(f) {}
    int operator()(int x) const { return factor * x; }
    template <class Archive>
    void serialize(Archive& archive) { archive(factor); }
};
int plus_one(int x) { return x + 1; }
int with_default(int x, int y = 1) { return x + y; }

int main() {
    penstock::process_pool pool;
    const int factor = 2;
    const std::string name = "a name";
    static_cast<void>(factor + name.size());

#ifdef CASE_captured_value // penstock: a lambda with captures or an object with state cannot be sent; pass the values as arguments, give it a serialize function, or use trust_captures
    auto f = pool.submit([factor](int x) { return factor * x; }, 1);
#endif
#ifdef CASE_captured_reference // penstock: a lambda with captures or an object with state cannot be sent; pass the values as arguments, give it a serialize function, or use trust_captures
    auto f = pool.submit([&name] { return name.size(); });
#endif
#ifdef CASE_generic_lambda_with_captures // penstock: a lambda with captures or an object with state cannot be sent; pass the values as arguments, give it a serialize function, or use trust_captures
    auto f = pool.submit([name](auto x) { return name.size() + x; }, 1u);
#endif
#ifdef CASE_std_function // penstock: a lambda with captures or an object with state cannot be sent; pass the values as arguments, give it a serialize function, or use trust_captures
    auto f = pool.submit(std::function<int(int)>(plus_one), 1);
#endif
#ifdef CASE_bound_arguments // penstock: a lambda with captures or an object with state cannot be sent; pass the values as arguments, give it a serialize function, or use trust_captures
    auto f = pool.submit(std::bind(plus_one, 1));
#endif
#ifdef CASE_object_with_state // penstock: a lambda with captures or an object with state cannot be sent; pass the values as arguments, give it a serialize function, or use trust_captures
    auto f = pool.submit(with_state{}, 1);
#endif
#ifdef CASE_state_that_cannot_be_made // penstock: a lambda with captures or an object with state cannot be sent; pass the values as arguments, give it a serialize function, or use trust_captures
    auto f = pool.submit(stateful_without_default(2), 1);
#endif
#ifdef CASE_no_callable // penstock: a lambda with captures or an object with state cannot be sent; pass the values as arguments, give it a serialize function, or use trust_captures
    auto f = pool.submit(17);
#endif
#ifdef CASE_member_function // penstock: send a member as penstock::fn<&type::member>
    auto f = pool.submit(&account::balance, account{});
#endif
#ifdef CASE_member_object // penstock: send a member as penstock::fn<&type::member>
    auto f = pool.submit(&account::number, account{});
#endif
#ifdef CASE_too_few_arguments // penstock: wrong number of arguments for this callable
    auto f = pool.submit(plus_one);
#endif
#ifdef CASE_too_many_arguments // penstock: wrong number of arguments for this callable
    auto f = pool.submit(plus_one, 1, 2);
#endif
#ifdef CASE_a_default_argument // penstock: wrong number of arguments for this callable
    auto f = pool.submit(with_default, 1);
#endif
#ifdef CASE_a_member_without_its_object // penstock: wrong number of arguments for this callable
    auto f = pool.submit(penstock::fn<&account::balance>);
#endif
#ifdef CASE_trusted_text // penstock: trust_captures needs a trivially copyable lambda; pass the captured values as arguments
    auto f = pool.submit(penstock::trust_captures([name] { return name.size(); }));
#endif
#ifdef CASE_trusted_reference // penstock: trust_captures cannot send captures by reference; capture by value
    auto f = pool.submit(penstock::trust_captures([&factor] { return factor; }));
#endif
// Each verb says it.
#ifdef CASE_submit_with_options // penstock: wrong number of arguments for this callable
    auto f = pool.submit({.label = "a label"}, plus_one);
#endif
#ifdef CASE_try_submit // penstock: wrong number of arguments for this callable
    auto f = pool.try_submit(plus_one);
#endif
#ifdef CASE_submit_async // penstock: wrong number of arguments for this callable
    auto f = pool.submit_async(plus_one);
#endif
#ifdef CASE_broadcast // penstock: wrong number of arguments for this callable
    auto f = pool.broadcast(plus_one);
#endif
}

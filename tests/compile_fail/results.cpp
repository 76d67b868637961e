// SPDX-License-Identifier: MIT
// What is refused of results, one case each: see tests/scripts/compile_fail.sh.
#include <penstock/penstock.hpp>

#include <memory>
#include <span>
#include <string_view>
#include <vector>

struct plain {
    int x = 0;
};
struct without_default {
    int x;
    explicit without_default(int given) : x(given) {}
    template <class Archive>
    void serialize(Archive& archive) { archive(x); }
};

int* pointer() { return nullptr; }
const char* text() { return "text"; }
std::nullptr_t nothing() { return nullptr; }
int plain::* member() { return &plain::x; }
std::string_view view() { return "view"; }
std::span<const int> numbers() { return {}; }
plain without_serialize() { return {}; }
const plain& reference() {
    static const plain one;
    return one;
}
std::vector<plain> inside() { return {}; }
without_default one() { return without_default(1); }
std::unique_ptr<plain> pointee() { return nullptr; }

int main() {
    penstock::process_pool pool;

#ifdef CASE_pointer // penstock: a pointer cannot be returned from another process; return the value
    auto f = pool.submit(pointer);
#endif
#ifdef CASE_text // penstock: a pointer cannot be returned from another process; return the value
    auto f = pool.submit(text);
#endif
#ifdef CASE_null_pointer // penstock: a pointer cannot be returned from another process; return the value
    auto f = pool.submit(nothing);
#endif
#ifdef CASE_member_pointer // penstock: a pointer cannot be returned from another process; return the value
    auto f = pool.submit(member);
#endif
#ifdef CASE_captureless_lambda_that_gives_a_pointer // penstock: a pointer cannot be returned from another process; return the value
    auto f = pool.submit([](int) -> void* { return nullptr; }, 1);
#endif
#ifdef CASE_view // penstock: a view cannot be returned from another process; return the container
    auto f = pool.submit(view);
#endif
#ifdef CASE_span // penstock: a view cannot be returned from another process; return the container
    auto f = pool.submit(numbers);
#endif
#ifdef CASE_without_serialize // penstock: the result's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(without_serialize);
#endif
#ifdef CASE_reference_to_without_serialize // penstock: the result's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(reference);
#endif
#ifdef CASE_inside_a_container // penstock: the result's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(inside);
#endif
#ifdef CASE_without_default_constructor // penstock: the result's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(one);
#endif
#ifdef CASE_behind_a_smart_pointer // penstock: the result's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(pointee);
#endif
#ifdef CASE_lambda // penstock: the result's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit([](int x) { return [x] { return x; }; }, 1);
#endif
}

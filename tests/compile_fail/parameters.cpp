// SPDX-License-Identifier: MIT
// What is refused of parameters, one case each: see tests/scripts/compile_fail.sh.
#include <penstock/penstock.hpp>

#include <any>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

struct plain { // what a user forgets: the serialize function
    int x = 0;
};
struct without_default {
    int x;
    explicit without_default(int given) : x(given) {}
    template <class Archive>
    void serialize(Archive& archive) { archive(x); }
};
struct only_saved {
    int x = 0;
    template <class Archive>
    void save(Archive& archive) const { archive(x); }
};
struct abstract {
    virtual ~abstract() = default;
    virtual int value() const = 0;
};

void take_pointer(int*) {}
void take_const_pointer(const double*) {}
void take_wide_text(const wchar_t*) {}
void take_callback(int (*)(int)) {}
void take_nothing(std::nullptr_t) {}
void take_member(int plain::*) {}
void take_reference(std::string&) {}
void take_span_of_changes(std::span<int>) {}
void take_wide_view(std::wstring_view) {}
void take_plain(const plain&) {}
void take_plains(std::vector<plain>) {}
void take_map(const std::map<std::string, std::vector<plain>>&) {}
void take_pointee(std::unique_ptr<plain>) {}
void take_without_default(without_default) {}
void take_only_saved(only_saved) {}
void take_array(const int (&)[3]) {}
void take_any(std::any) {}
void take_function(std::function<void()>) {}
void take_future(penstock::future<int>&&) {}
void take_abstract(const abstract&) {}
void take_pointers(std::vector<int*>) {}
void take_optional_view(std::optional<std::string_view>) {}
void take_late_stop_token(int, std::stop_token) {}
void take_number(int) {}
void take_text(const std::string&) {}

int main() {
    penstock::process_pool pool;
    int number = 0;
    std::string text;
    static_cast<void>(&number);

#ifdef CASE_pointer // penstock: a raw pointer parameter cannot be sent; it would point nowhere in the worker
    auto f = pool.submit(take_pointer, &number);
#endif
#ifdef CASE_pointer_to_const // penstock: a raw pointer parameter cannot be sent; it would point nowhere in the worker
    auto f = pool.submit(take_const_pointer, nullptr);
#endif
#ifdef CASE_wide_text // penstock: a raw pointer parameter cannot be sent; it would point nowhere in the worker
    auto f = pool.submit(take_wide_text, L"wide");
#endif
#ifdef CASE_callback // penstock: a raw pointer parameter cannot be sent; it would point nowhere in the worker
    auto f = pool.submit(take_callback, nullptr);
#endif
#ifdef CASE_null_pointer // penstock: a raw pointer parameter cannot be sent; it would point nowhere in the worker
    auto f = pool.submit(take_nothing, nullptr);
#endif
#ifdef CASE_member_pointer // penstock: a raw pointer parameter cannot be sent; it would point nowhere in the worker
    auto f = pool.submit(take_member, &plain::x);
#endif
#ifdef CASE_pointer_to_a_generic_lambda // penstock: a raw pointer parameter cannot be sent; it would point nowhere in the worker
    auto f = pool.submit([](auto x) { return *x; }, &number);
#endif
#ifdef CASE_reference // penstock: a non-const reference parameter cannot be sent; return the changed value
    auto f = pool.submit(take_reference, text);
#endif
#ifdef CASE_reference_of_a_lambda // penstock: a non-const reference parameter cannot be sent; return the changed value
    auto f = pool.submit([](int, int& x) { x = 1; }, 1, number);
#endif
#ifdef CASE_span_of_what_may_change // penstock: this view cannot be sent; take string_view, span<const T>, or the container
    std::vector<int> numbers;
    auto f = pool.submit(take_span_of_changes, numbers);
#endif
#ifdef CASE_wide_view // penstock: this view cannot be sent; take string_view, span<const T>, or the container
    auto f = pool.submit(take_wide_view, std::wstring_view(L"wide"));
#endif
#ifdef CASE_without_serialize // penstock: a parameter's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(take_plain, plain{});
#endif
#ifdef CASE_vector_of_without_serialize // penstock: a parameter's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(take_plains, std::vector<plain>{});
#endif
#ifdef CASE_deep_inside // penstock: a parameter's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(take_map, std::map<std::string, std::vector<plain>>{});
#endif
#ifdef CASE_behind_a_smart_pointer // penstock: a parameter's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(take_pointee, std::make_unique<plain>());
#endif
#ifdef CASE_without_default_constructor // penstock: a parameter's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(take_without_default, without_default(1));
#endif
#ifdef CASE_saved_and_never_loaded // penstock: a parameter's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(take_only_saved, only_saved{});
#endif
#ifdef CASE_array // penstock: a parameter's type cannot be sent; give it a serialize function and a default constructor
    const int three[3] = {};
    auto f = pool.submit(take_array, three);
#endif
#ifdef CASE_any // penstock: a parameter's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(take_any, std::any(1));
#endif
#ifdef CASE_function_as_argument // penstock: a parameter's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(take_function, [] {});
#endif
#ifdef CASE_future // penstock: a parameter's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(take_future, penstock::future<int>());
#endif
#ifdef CASE_abstract // penstock: a parameter's type cannot be sent; give it a serialize function and a default constructor
    const abstract* nowhere = nullptr;
    auto f = pool.submit(take_abstract, *nowhere);
#endif
#ifdef CASE_vector_of_pointers // penstock: a parameter's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(take_pointers, std::vector<int*>{});
#endif
#ifdef CASE_view_inside // penstock: a parameter's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(take_optional_view, std::string_view());
#endif
#ifdef CASE_reference_wrapper // penstock: a parameter's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit([](auto x) { return x.get(); }, std::ref(number));
#endif
#ifdef CASE_stop_token_that_is_not_the_first // penstock: a parameter's type cannot be sent; give it a serialize function and a default constructor
    auto f = pool.submit(take_late_stop_token, 1, std::stop_token());
#endif
#ifdef CASE_text_for_a_number // penstock: an argument does not convert to the type of its parameter
    auto f = pool.submit(take_number, "text");
#endif
#ifdef CASE_second_argument // penstock: an argument does not convert to the type of its parameter
    auto f = pool.submit([](const std::string&, int) {}, "text", text);
#endif
#ifdef CASE_number_for_a_text // penstock: an argument does not convert to the type of its parameter
    auto f = pool.submit(take_text, 17);
#endif
#ifdef CASE_generic_lambda_that_does_not_fit // penstock: the callable cannot be called with these arguments
    auto f = pool.submit([](auto x) -> decltype(x.size()) { return x.size(); }, 17);
#endif
#ifdef CASE_generic_lambda_with_too_many // penstock: the callable cannot be called with these arguments
    auto f = pool.submit([](auto x) { return x; }, 17, 18);
#endif
}

// SPDX-License-Identifier: MIT
// What register_exception refuses, one case each: see tests/scripts/compile_fail.sh.
#include <penstock/penstock.hpp>

#include <stdexcept>

struct without_serialize : std::runtime_error {
    without_serialize() : std::runtime_error("text") {}
};
struct without_default_constructor : std::runtime_error {
    explicit without_default_constructor(int number) : std::runtime_error("text"), code(number) {}
    int code;
    template <class Archive>
    void serialize(Archive& archive) { archive(code); }
};
struct without_copy : std::runtime_error {
    without_copy() : std::runtime_error("text") {}
    without_copy(without_copy&&) = default;
    template <class Archive>
    void serialize(Archive&) {}
};

int main() {
#ifdef CASE_without_serialize // penstock: register_exception needs a class with a serialize function, a default constructor and a copy constructor
    penstock::register_exception<without_serialize>();
#endif
#ifdef CASE_without_default_constructor // penstock: register_exception needs a class with a serialize function, a default constructor and a copy constructor
    penstock::register_exception<without_default_constructor>();
#endif
#ifdef CASE_without_copy // penstock: register_exception needs a class with a serialize function, a default constructor and a copy constructor
    penstock::register_exception<without_copy>();
#endif
#ifdef CASE_number // penstock: register_exception needs a class with a serialize function, a default constructor and a copy constructor
    penstock::register_exception<int>();
#endif
}

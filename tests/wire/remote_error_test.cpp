// SPDX-License-Identifier: MIT
#include "wire/crossing.hpp"

#include <any>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <ios>
#include <memory>
#include <new>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <variant>
#include <vector>

namespace penstock::wire {
namespace {

/// One of each standard type, thrown by what throws it in real programs where that is possible.
template <class T>
struct sample;

#define SAMPLE(type, ...)                                                                                    \
    template <>                                                                                              \
    struct sample<type> {                                                                                    \
        static constexpr const char* name = #type;                                                           \
        static void raise() { __VA_ARGS__; }                                                                 \
    }

struct polymorphic {
    virtual ~polymorphic() = default;
};
struct derived : polymorphic {};

SAMPLE(std::ios_base::failure, std::ifstream file; file.exceptions(file.failbit); file.open("/none"));
SAMPLE(std::filesystem::filesystem_error, static_cast<void>(std::filesystem::file_size("/none")));
SAMPLE(std::system_error, throw std::system_error(std::make_error_code(std::errc::no_such_process), "kill"));
SAMPLE(std::future_error, std::future<int>().get());
SAMPLE(std::regex_error, throw std::regex_error(std::regex_constants::error_brack));
SAMPLE(std::bad_array_new_length, throw std::bad_array_new_length());
SAMPLE(std::bad_alloc, throw std::bad_alloc());
SAMPLE(std::bad_any_cast, std::any_cast<int>(std::any("text")));
SAMPLE(std::bad_cast, polymorphic object; static_cast<void>(dynamic_cast<derived&>(object)));
SAMPLE(std::bad_typeid, throw std::bad_typeid());
SAMPLE(std::bad_optional_access, static_cast<void>(std::optional<int>().value()));
SAMPLE(std::bad_variant_access, static_cast<void>(std::get<int>(std::variant<int, char>('c'))));
SAMPLE(std::bad_function_call, std::function<void()>()());
SAMPLE(std::bad_weak_ptr, std::shared_ptr<int>(std::weak_ptr<int>()));
SAMPLE(std::bad_exception, throw std::bad_exception());
SAMPLE(std::out_of_range, static_cast<void>(std::vector<int>().at(3)));
SAMPLE(std::invalid_argument, static_cast<void>(std::stoi("x")));
SAMPLE(std::domain_error, throw std::domain_error("domain"));
SAMPLE(std::length_error, std::vector<int>().reserve(std::vector<int>().max_size() + 1));
SAMPLE(std::logic_error, throw std::logic_error("logic"));
SAMPLE(std::range_error, throw std::range_error("range"));
SAMPLE(std::overflow_error, throw std::overflow_error("overflow"));
SAMPLE(std::underflow_error, throw std::underflow_error("underflow"));
SAMPLE(std::runtime_error, throw std::runtime_error("runtime \xff \n text"));
SAMPLE(std::exception, throw std::exception());
#undef SAMPLE

template <class... T>
struct type_list {
    using gtest_types = testing::Types<T...>;
    /// The names of the types that the exception should be caught as and is not, or the reverse.
    template <class Exact>
    static std::string wrong_catches(const std::exception_ptr& thrown) {
        std::string wrong;
        const auto compare = [&](bool caught, bool expected, const char* name) {
            if (caught != expected) wrong += std::string(" ") + name;
        };
        (compare(caught_as<T>(thrown), std::is_base_of_v<T, Exact>, sample<T>::name), ...);
        return wrong;
    }
};

using all_types =
    type_list<std::ios_base::failure, std::filesystem::filesystem_error, std::system_error, std::future_error,
              std::regex_error, std::bad_array_new_length, std::bad_alloc, std::bad_any_cast, std::bad_cast,
              std::bad_typeid, std::bad_optional_access, std::bad_variant_access, std::bad_function_call,
              std::bad_weak_ptr, std::bad_exception, std::out_of_range, std::invalid_argument,
              std::domain_error, std::length_error, std::logic_error, std::range_error, std::overflow_error,
              std::underflow_error, std::runtime_error, std::exception>;

template <class T>
class StandardError : public testing::Test {};
TYPED_TEST_SUITE(StandardError, all_types::gtest_types);

TYPED_TEST(StandardError, ArrivesAsItsTypeWithItsText) {
    const std::exception_ptr thrown = thrown_by(&sample<TypeParam>::raise);
    ASSERT_TRUE(caught_as<TypeParam>(thrown));
    const std::exception_ptr arrived = cross(thrown);
    EXPECT_EQ(all_types::wrong_catches<TypeParam>(arrived), "");
    EXPECT_EQ(what_of(arrived), what_of(thrown));
    EXPECT_FALSE(caught_as<std::nested_exception>(arrived));
}

TYPED_TEST(StandardError, IsARemoteInfoToo) {
    const remote_info info = info_of(cross_thrown(&sample<TypeParam>::raise));
    EXPECT_EQ(info.type_name, sample<TypeParam>::name);
    EXPECT_EQ(info.worker_pid, test_origin.worker_pid);
    EXPECT_EQ(info.label, test_origin.label);
    EXPECT_EQ(info.trace, "");
}

TYPED_TEST(StandardError, IsNestedAndHoldsNested) {
    const std::exception_ptr thrown = thrown_by([] {
        try {
            sample<TypeParam>::raise();
        } catch (...) {
            try {
                sample<TypeParam>::raise();
            } catch (const TypeParam& e) {
                std::throw_with_nested(e); // a copy, as it is: its own type may be private to the library
            }
        }
    });
    const std::exception_ptr arrived = cross(thrown);
    EXPECT_EQ(all_types::wrong_catches<TypeParam>(arrived), "");
    EXPECT_EQ(what_of(arrived), what_of(thrown));
    EXPECT_EQ(info_of(arrived).type_name, sample<TypeParam>::name);
    EXPECT_EQ(all_types::wrong_catches<TypeParam>(nested_in(arrived)), "");
    EXPECT_EQ(what_of(nested_in(arrived)), what_of(nested_in(thrown)));
}

TYPED_TEST(StandardError, StandsForAUsersClassBelowIt) {
    struct mixin {
        virtual ~mixin() = default;
    };
    struct users_own : mixin, TypeParam {
        explicit users_own(const TypeParam& base) : TypeParam(base) {}
        const char* what() const noexcept override { return "the user's own words"; }
    };
    const std::exception_ptr arrived = cross_thrown([] {
        try {
            sample<TypeParam>::raise();
        } catch (const TypeParam& e) {
            throw users_own(e);
        }
    });
    EXPECT_EQ(all_types::wrong_catches<TypeParam>(arrived), "");
    EXPECT_EQ(what_of(arrived), "the user's own words");
    EXPECT_NE(info_of(arrived).type_name.find("users_own"), std::string::npos) << info_of(arrived).type_name;
}

std::error_code code_of(const std::exception_ptr& thrown) {
    std::error_code code;
    caught_as<std::system_error>(thrown, [&](const std::system_error& e) { code = e.code(); });
    return code;
}

std::error_code cross_code(const std::error_code& code) {
    return code_of(cross_thrown([&] { throw std::system_error(code, "text"); }));
}

TEST(RemoteErrorCode, ComparesAsBefore) {
    EXPECT_EQ(cross_code({ENOENT, std::generic_category()}), std::errc::no_such_file_or_directory);
    EXPECT_EQ(cross_code({ENOENT, std::system_category()}), std::errc::no_such_file_or_directory);
    for (const std::error_category* category : {&std::generic_category(), &std::system_category()})
        EXPECT_EQ(cross_code({EPERM, *category}), std::error_code(EPERM, *category));
    EXPECT_EQ(cross_code(std::make_error_code(std::io_errc::stream)), std::io_errc::stream);
    EXPECT_EQ(cross_code(std::make_error_code(std::future_errc::no_state)), std::future_errc::no_state);
    EXPECT_EQ(cross_code({-3, std::generic_category()}).value(), -3);
}

TEST(RemoteErrorCode, OfEveryTypeThatHasOne) {
    EXPECT_EQ(code_of(cross_thrown(&sample<std::filesystem::filesystem_error>::raise)),
              std::errc::no_such_file_or_directory);
    EXPECT_EQ(code_of(cross_thrown(&sample<std::ios_base::failure>::raise)), std::io_errc::stream);
    EXPECT_TRUE(caught_as<std::future_error>(
        cross_thrown(&sample<std::future_error>::raise),
        [](const std::future_error& e) { EXPECT_EQ(e.code(), std::future_errc::no_state); }));
    using namespace std::regex_constants;
    for (const error_type code : {error_collate, error_ctype, error_escape, error_backref, error_brack,
                                  error_paren, error_brace, error_badbrace, error_range, error_space,
                                  error_badrepeat, error_complexity, error_stack})
        EXPECT_TRUE(caught_as<std::regex_error>(cross_thrown([&] { throw std::regex_error(code); }),
                                                [&](const auto& e) { EXPECT_EQ(e.code(), code); }));
}

class users_category : public std::error_category {
public:
    explicit users_category(bool speaks) : speaks_(speaks) {}
    const char* name() const noexcept override { return "turbine"; }
    std::string message(int value) const override {
        if (!speaks_) throw std::runtime_error("no message");
        return "blade " + std::to_string(value);
    }

private:
    bool speaks_;
};

TEST(RemoteErrorCode, OfAnUnknownCategoryKeepsNameValueAndMessage) {
    const users_category category(true);
    const std::error_code code = cross_code({7, category});
    EXPECT_STREQ(code.category().name(), "turbine");
    EXPECT_EQ(code.value(), 7);
    EXPECT_EQ(code.message(), "blade 7");
    EXPECT_EQ(code, cross_code({7, category}));
    EXPECT_NE(code, cross_code({8, category}));
}

TEST(RemoteErrorCode, WhoseMessageThrowsStillArrives) {
    struct silent_error : std::system_error {
        static const std::error_category& category() {
            static const users_category silent(false);
            return silent;
        }
        // Built with such a code, system_error would ask for the message itself; hence the assignment below.
        silent_error() : std::system_error(std::error_code(), "text") {}
    };
    const std::exception_ptr arrived = cross_thrown([] {
        silent_error e;
        const_cast<std::error_code&>(e.code()).assign(1234, silent_error::category());
        throw e;
    });
    EXPECT_EQ(what_of(arrived), "text: Success");
    EXPECT_EQ(code_of(arrived).value(), 1234);
    EXPECT_EQ(code_of(arrived).message(), "(the message of this error code could not be read)");
}

TEST(RemoteError, KeepsThePathsOfAFilesystemError) {
    const auto raise = [] { std::filesystem::rename("/not here/a", "/not here/b"); };
    EXPECT_TRUE(caught_as<std::filesystem::filesystem_error>(cross_thrown(raise), [](const auto& e) {
        EXPECT_EQ(e.path1(), "/not here/a");
        EXPECT_EQ(e.path2(), "/not here/b");
    }));
}

template <class T>
std::string text_of_a_copy(const std::exception_ptr& thrown) {
    std::string what;
    caught_as<T>(thrown, [&](const T& e) { what = T(e).what(); });
    return what;
}

template <class T>
void expect_same_text_of_a_copy(const std::exception_ptr& thrown) {
    EXPECT_EQ(text_of_a_copy<T>(cross(thrown)), what_of(thrown));
}

TEST(RemoteError, KeepsItsTextInACopySlicedToTheStandardType) {
    expect_same_text_of_a_copy<std::out_of_range>(thrown_by(&sample<std::out_of_range>::raise));
    expect_same_text_of_a_copy<std::system_error>(thrown_by(&sample<std::system_error>::raise));
    expect_same_text_of_a_copy<std::ios_base::failure>(thrown_by(&sample<std::ios_base::failure>::raise));
    expect_same_text_of_a_copy<std::filesystem::filesystem_error>(
        thrown_by([] { std::filesystem::rename("/not here/a", "/not here/b"); }));
}

TEST(RemoteError, CarriesLongAndEmptyTexts) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1} << 20}) {
        const std::string text(size, 'x');
        EXPECT_EQ(what_of(cross_thrown([&] { throw std::runtime_error(text); })), text);
    }
}

struct wordless : std::exception {
    const char* what() const noexcept override { return nullptr; }
};

TEST(RemoteError, ReplacesTextThatIsNotThere) {
    const std::exception_ptr arrived = cross_thrown([] { throw wordless(); });
    EXPECT_EQ(what_of(arrived), "(what() is a null pointer)");
    EXPECT_EQ(all_types::wrong_catches<std::exception>(arrived), "");
}

struct not_copied : std::range_error {
    not_copied() : std::range_error("the one") {}
    not_copied(const not_copied& other) : std::range_error(other) { throw std::logic_error("copied"); }
};

TEST(RemoteError, IsNotCopiedWhenEncoded) {
    const std::exception_ptr arrived = cross_thrown([] { throw not_copied(); });
    EXPECT_EQ(all_types::wrong_catches<std::range_error>(arrived), "");
    EXPECT_EQ(what_of(arrived), "the one");
}

struct two_bases : std::runtime_error, std::invalid_argument {
    two_bases() : std::runtime_error("runtime base"), std::invalid_argument("argument base") {}
};

TEST(RemoteError, WithTwoStandardBasesArrivesAsOneOfThem) {
    const std::exception_ptr thrown = thrown_by([] { throw two_bases(); });
    ASSERT_FALSE(caught_as<std::exception>(thrown)) << "the point of this test";
    const std::exception_ptr arrived = cross(thrown);
    EXPECT_EQ(all_types::wrong_catches<std::invalid_argument>(arrived), "");
    EXPECT_EQ(what_of(arrived), "argument base");
}

struct virtually_out_of_range : virtual std::out_of_range {
    virtually_out_of_range() : std::out_of_range("virtual base") {}
};

TEST(RemoteError, WithAVirtualStandardBaseArrivesAsThat) {
    const std::exception_ptr arrived = cross_thrown([] { throw virtually_out_of_range(); });
    EXPECT_EQ(all_types::wrong_catches<std::out_of_range>(arrived), "");
    EXPECT_EQ(what_of(arrived), "virtual base");
}

template <class... T>
std::string caught_among(const std::exception_ptr& thrown) {
    return (std::string() + ... + (caught_as<T>(thrown) ? typeid(T).name() : std::string()));
}

template <class T>
void expect_remote_exception(const T& e, const std::string& type_name) {
    const std::exception_ptr arrived = cross_thrown([&] { throw e; });
    EXPECT_TRUE(caught_as<remote_exception>(arrived)) << type_name;
    EXPECT_EQ(all_types::wrong_catches<std::runtime_error>(arrived), "");
    EXPECT_EQ((caught_among<not_initialized, start_error, pool_closed, pool_broken, task_cancelled,
                            task_timeout, queue_full, worker_died, payload_error>(arrived)),
              "");
    EXPECT_EQ(what_of(arrived), e.what());
    EXPECT_EQ(info_of(arrived).type_name, type_name);
    EXPECT_EQ(info_of(arrived).worker_pid, test_origin.worker_pid);
}

struct users_penstock_error : task_timeout {
    using task_timeout::task_timeout;
};

TEST(RemoteError, OfOurOwnTreeIsARemoteException) {
    expect_remote_exception(error("e"), "penstock::error");
    expect_remote_exception(not_initialized("n"), "penstock::not_initialized");
    expect_remote_exception(start_error("cannot start", "/bin/none", ENOENT), "penstock::start_error");
    expect_remote_exception(pool_closed("c"), "penstock::pool_closed");
    expect_remote_exception(pool_broken("b", {"cause"}), "penstock::pool_broken");
    expect_remote_exception(task_cancelled("t"), "penstock::task_cancelled");
    expect_remote_exception(task_timeout("o"), "penstock::task_timeout");
    expect_remote_exception(queue_full("f"), "penstock::queue_full");
    expect_remote_exception(worker_died("d", {}), "penstock::worker_died");
    expect_remote_exception(payload_error(payload_side::result_encode, "x", "r"), "penstock::payload_error");
    expect_remote_exception(users_penstock_error("u"),
                            "penstock::wire::(anonymous namespace)::users_penstock_error");
}

TEST(RemoteError, ThatCrossesTwiceKeepsWhereItBegan) {
    const exception_origin outer{99, "outer"};
    const std::exception_ptr standard = cross(cross_thrown(&sample<std::out_of_range>::raise), outer);
    EXPECT_EQ(all_types::wrong_catches<std::out_of_range>(standard), "");
    EXPECT_EQ(info_of(standard).type_name, "std::out_of_range");
    EXPECT_EQ(info_of(standard).worker_pid, test_origin.worker_pid);
    EXPECT_EQ(info_of(standard).label, test_origin.label);

    const std::exception_ptr other = cross(cross_thrown([] { throw 5; }), outer);
    EXPECT_TRUE(caught_as<remote_exception>(other));
    EXPECT_EQ(info_of(other).type_name, "int");
    EXPECT_EQ(info_of(other).worker_pid, test_origin.worker_pid);
}

TEST(RemoteError, WithARemoteInfoMadeByHandGetsARealOne) {
    const remote_info info = info_of(cross_thrown([] { throw remote_exception("by hand", {}); }));
    EXPECT_EQ(info.type_name, "penstock::remote_exception");
    EXPECT_EQ(info.worker_pid, test_origin.worker_pid);
    EXPECT_EQ(info.label, test_origin.label);
}

TEST(RemoteError, IsEncodedAndDecodedByManyThreadsAtOnce) {
    const users_category category(true);
    const std::exception_ptr thrown = thrown_by([&] { throw std::system_error(3, category, "shared"); });
    const std::string expected = what_of(thrown);
    std::vector<std::thread> threads;
    for (int i = 0; i != 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round != 200; ++round) EXPECT_EQ(what_of(cross(thrown)), expected);
        });
    for (std::thread& thread : threads) thread.join();
}

} // namespace
} // namespace penstock::wire

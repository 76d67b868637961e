// SPDX-License-Identifier: MIT
// Fuzzes what the parent decodes when a task failed: wire::decode_exception, the failures inside a chunk of a map,
// and the report of a value that did not cross. Any bytes give an exception, and what comes out can be sent on and
// comes out again the same.
#include "fuzz/fuzzing.hpp"

#include "wire/payload_report.hpp"
#include "wire/remote_error.hpp"

#include <penstock/detail/exception_crossing.hpp>
#include <penstock/register_exception.hpp>

#include <string>

namespace penstock::fuzz {
namespace {

struct parse_error : std::runtime_error {
    int line = 0;
    std::vector<std::string> expected;
    parse_error() : std::runtime_error("parse error") {}
    template <class Archive>
    void serialize(Archive& archive) {
        archive(line, expected);
    }
};
const bool registered = register_exception<parse_error>();

std::string what_of(const std::exception_ptr& thrown) {
    expect(thrown != nullptr, "something comes out");
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
        expect(e.what() != nullptr, "it says something");
        return e.what();
    } catch (...) {
        return "not a std::exception";
    }
}

void decode_thrown(std::span<const std::byte> bytes) {
    const wire::exception_origin origin{17, "the label"};
    const std::exception_ptr once = wire::decode_exception(bytes, origin);
    const std::string what = what_of(once);
    const detail::byte_buffer again = wire::encode_exception(once);
    expect(what_of(wire::decode_exception(again.bytes(), origin)) == what,
           "it says the same when it has crossed again");
}

void decode_report(std::span<const std::byte> bytes) {
    wire::payload_report report;
    try {
        detail::input_archive in(bytes);
        in(report);
        in.expect_end();
    } catch (const detail::archive_error&) {
        return;
    }
    static_cast<void>(
        what_of(std::make_exception_ptr(payload_error(report.side, report.type_name, report.reason))));
}

}  // namespace
}  // namespace penstock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace penstock;
    fuzz::input in(data, size);
    switch (in.number<std::uint8_t>() % 3) {
        case 0:
            fuzz::decode_thrown(in.rest());
            break;
        case 1:
            static_cast<void>(fuzz::what_of(detail::decode_failure(in.rest())));
            break;
        default:
            fuzz::decode_report(in.rest());
            break;
    }
    return 0;
}

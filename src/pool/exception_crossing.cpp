// SPDX-License-Identifier: MIT
// The bytes: one that tells the kind; then pid, label and wire::encode_exception's bytes, or a payload_report.
#include <penstock/detail/exception_crossing.hpp>

#include "wire/payload_report.hpp"
#include "wire/remote_error.hpp"

#include <unistd.h>

namespace penstock::detail {

namespace {

constexpr unsigned char kind_thrown = 0, kind_payload = 1;

std::exception_ptr decode_thrown(input_archive& in) {
    wire::exception_origin origin{};
    origin.worker_pid = in.read_plain<pid_t>();
    in(origin.label);
    const std::size_t size = in.left();
    return wire::decode_exception({in.take(size), size}, origin);
}

std::exception_ptr decode_payload(input_archive& in) {
    wire::payload_report report;
    in(report);
    in.expect_end();
    return std::make_exception_ptr(payload_error(report.side, report.type_name, report.reason));
}

}  // namespace

void encode_failure(byte_buffer& flat, const std::exception_ptr& thrown, std::string_view label) {
    const byte_buffer encoded = wire::encode_exception(thrown);
    output_archive out(flat);
    out.write_plain(kind_thrown);
    out.write_plain(getpid());
    out.write_text(label);
    flat.append(encoded.data(), encoded.size());
}

void encode_failure(byte_buffer& flat, const crossing_failure& failure) {
    output_archive out(flat);
    out.write_plain(kind_payload);
    out(wire::payload_report{failure.side, failure.type_name, failure.reason});
}

std::exception_ptr decode_failure(std::span<const std::byte> bytes) {
    try {
        input_archive in(bytes);
        const auto kind = in.read_plain<unsigned char>();
        if (kind == kind_thrown) return decode_thrown(in);
        if (kind == kind_payload) return decode_payload(in);
        throw archive_error("a failure of kind " + std::to_string(kind));
    } catch (const archive_error& reason) {
        return std::make_exception_ptr(
            payload_error(payload_side::result_decode, "std::exception_ptr", reason.what()));
    }
}

std::exception_ptr current_payload_error(payload_side side, std::string_view type_name) {
    try {
        rethrow_as_payload_error(side, type_name);
    } catch (...) {
        return std::current_exception();
    }
}

}  // namespace penstock::detail

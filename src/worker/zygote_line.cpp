// SPDX-License-Identifier: MIT
#include "worker/zygote_line.hpp"

#include "os/descriptor_socket.hpp"
#include "wire/exit_code.hpp"

#include <penstock/detail/byte_archive.hpp>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>

namespace penstock::worker {

namespace {

using os::io_status;

struct packet {
    std::array<std::byte, os::max_socket_packet> bytes;
    std::size_t size = 0;
    std::vector<os::file_descriptor> descriptors;
};

[[noreturn]] void lost(const char* what, const char* why) {
    std::fprintf(stderr, "penstock: zygote %d ends: %s: %s\n", static_cast<int>(getpid()), what, why);
    _exit(wire::exit_lost_connection);
}

/// False at the end of the file.
bool receive_into(packet& into) {
    const os::io_result result = os::receive_packet(zygote_line::fd, into.bytes, into.descriptors, os::patience::wait);
    if (result.status == io_status::closed) return false;
    if (result.status != io_status::ok)
        lost("cannot read its socket (did preload close it?)", std::strerror(result.error));
    if (result.bytes < sizeof(wire::zygote_message)) lost("its socket holds", "a packet that is too short");
    into.size = result.bytes;
    return true;
}

wire::zygote_message head_of(const packet& from) {
    wire::zygote_message message;
    std::memcpy(&message, from.bytes.data(), sizeof message);
    return message;
}

} // namespace

wire::zygote_boot zygote_line::receive_boot() {
    std::vector<std::byte> encoded;
    wire::zygote_message message;
    do {
        packet next;
        if (!receive_into(next)) _exit(0); // the pool went away first
        message = head_of(next);
        encoded.insert(encoded.end(), next.bytes.begin() + sizeof message, next.bytes.begin() + static_cast<std::ptrdiff_t>(next.size));
    } while (message.number > 0);
    wire::zygote_boot boot;
    try {
        detail::input_archive in(encoded);
        in(boot);
        in.expect_end();
    } catch (const std::exception& e) {
        lost("what it was told does not decode", e.what());
    }
    return boot;
}

std::optional<zygote_line::request> zygote_line::receive() {
    packet next;
    if (!receive_into(next)) return std::nullopt;
    return request{head_of(next), std::move(next.descriptors)};
}

void zygote_line::say(const wire::zygote_message& message, std::string_view text, int descriptor) {
    text = text.substr(0, wire::max_zygote_text);
    const std::array<iovec, 2> parts{iovec{const_cast<wire::zygote_message*>(&message), sizeof message},
                                     iovec{const_cast<char*>(text.data()), text.size()}};
    const std::span<const int> descriptors(&descriptor, descriptor < 0 ? 0u : 1u);
    const os::io_result result = os::send_packet(fd, parts, descriptors, os::patience::wait);
    if (result.status == io_status::closed) _exit(wire::exit_lost_connection);
    if (result.status != io_status::ok)
        lost("cannot write its socket (did preload close it?)", std::strerror(result.error));
}

} // namespace penstock::worker

// SPDX-License-Identifier: MIT
#include "os/descriptor_socket.hpp"

#include "os/system_calls.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace penstock::os {
namespace {

using control_buffer = std::byte[CMSG_SPACE(sizeof(int) * max_packet_descriptors)];

int flag_for(patience wanted) noexcept { return wanted == patience::wait ? 0 : MSG_DONTWAIT; }

void attach(msghdr& message, std::byte* control, std::span<const int> descriptors) noexcept {
    if (descriptors.empty()) return;
    const std::size_t size = descriptors.size_bytes();
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(size);
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(head), descriptors.data(), size);
}

void detach(const msghdr& message, std::vector<file_descriptor>& descriptors) {
    const cmsghdr* head = CMSG_FIRSTHDR(&message);
    if (head == nullptr || head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) return;
    int numbers[max_packet_descriptors];
    const std::size_t size = std::min(static_cast<std::size_t>(head->cmsg_len - CMSG_LEN(0)), sizeof numbers);
    std::memcpy(numbers, CMSG_DATA(head), size);
    std::vector<file_descriptor> received;
    received.reserve(max_packet_descriptors);
    for (std::size_t i = 0; i != size / sizeof(int); ++i) received.emplace_back(numbers[i]);
    for (file_descriptor& each : received) descriptors.push_back(above_stdio(std::move(each)));
}

}  // namespace

socket_ends make_socket_pair() {
    int ends[2];
    if (calls().socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        throw std::system_error(errno, std::generic_category(), "socketpair");
    file_descriptor first{ends[0]};
    file_descriptor second{ends[1]};
    return {above_stdio(std::move(first)), above_stdio(std::move(second))};
}

io_result send_packet(int socket, std::span<const iovec> parts, std::span<const int> descriptors,
                      patience when_full) noexcept {
    if (descriptors.size() > max_packet_descriptors) return {io_status::failed, 0, E2BIG};
    alignas(cmsghdr) control_buffer control{};
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts.data());
    message.msg_iovlen = parts.size();
    attach(message, control, descriptors);
    return outcome(retried([&] { return calls().sendmsg(socket, &message, MSG_NOSIGNAL | flag_for(when_full)); }));
}

io_result receive_packet(int socket, std::span<std::byte> into, std::vector<file_descriptor>& descriptors,
                         patience when_empty) {
    alignas(cmsghdr) control_buffer control{};
    iovec part{into.data(), into.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t moved =
        retried([&] { return calls().recvmsg(socket, &message, MSG_CMSG_CLOEXEC | flag_for(when_empty)); });
    const io_result result = outcome(moved);
    if (result.status != io_status::ok) return result;
    detach(message, descriptors);
    if ((message.msg_flags & MSG_TRUNC) != 0) return {io_status::failed, 0, EMSGSIZE};
    return moved == 0 ? io_result{io_status::closed, 0, 0} : result;
}

}  // namespace penstock::os

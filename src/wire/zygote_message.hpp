// SPDX-License-Identifier: MIT
// What a pool and its zygote say to each other: packets of a socket that keeps them whole. Pure data; the descriptors
// that travel with some of them are named here and carried elsewhere.
//
//   packet := zygote_message byte*
//
//   to the zygote     boot            number: bytes to come in later packets    a piece of the encoded zygote_boot
//                     fork            ticket, number: 1 with shared memory      descriptors: task pipe's read end, result
//                                                                               pipe's write end, then the shared memory,
//                                                                               then stdout and stderr where the worker
//                                                                               has its own
//                     (end of file)   no more forks: the zygote ends once its workers have
//   from the zygote   ready           preload is done
//                     preload_failed                                            the message of what it threw
//                     forked          ticket, number: pid                       descriptor: a pidfd of the worker
//                     fork_failed     ticket, number: errno
//                     threads         ticket, number: how many it has           a fork is out of the question
//                     ended           ticket, number: si_code, status: si_status (waitid; 0 and 0 when not known)
//
// One fork at a time is asked for. A ticket names a worker from the request for it to the report of its end; unlike its
// pid it is never used again.
#pragma once

#include <cstddef>
#include <cstdint>

namespace penstock::wire {

enum class zygote_verb : std::uint32_t {
    boot = 1,
    fork = 2,
    ready = 16,
    preload_failed = 17,
    forked = 18,
    fork_failed = 19,
    threads = 20,
    ended = 21,
};

struct zygote_message {
    zygote_verb verb{};
    std::int32_t status = 0;
    std::uint64_t ticket = 0;
    std::int64_t number = 0;
};
static_assert(sizeof(zygote_message) == 24);

inline constexpr std::size_t max_zygote_text = 2000; // behind the message, so that both fit into a packet

} // namespace penstock::wire

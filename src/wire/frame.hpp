// SPDX-License-Identifier: MIT
// The frame: everything that travels between a pool and a worker is a sequence of these. Pure data; no descriptor.
//
//   stream := frame*
//   frame  := head body
//   head   := check:u32  kind_and_tag:u32  task:u64  length:u64          24 bytes, native byte order
//   body   := byte{length}
//
//   check         keyed hash of the other three fields; the key is made at random by each pool and reaches the worker
//                 in its boot frame, so bytes that a task scribbles into the result pipe do not pass for a frame
//   kind_and_tag  kind in the low 8 bits; tag in the high 24: for a task the interned number of its callable, for an
//                 answer how long the task ran, in units of 64 ns (saturated at 2^24 - 1)
//   task          the task's number, counted by the pool; 0 where a frame concerns no task
//   length        bytes of the body; up to 2^64 - 1 by format, up to pool_options::max_payload by agreement
//
//   to the worker      boot              key, limits, initializer (boot_message.hpp)          first frame, once
//                      task              arguments                                            callable is known there
//                      task_with_token   token arguments                                      until it has answered once
//                      batch             frame* of tasks; tag: how many, task: the batch's number  only where there is a
//                                                                                           claim page (claim_page.hpp)
//                      bye               -                                                    end in order
//   from the worker    ready             -                                                    initializer is done
//                      init_failed       exception (remote_error.hpp)
//                      limits_failed     what went wrong, as text
//                      value             encoded result
//                      exception         exception
//                      undecodable       side:u8 type:text reason:text (payload_report.hpp)
//                      progress          fraction:f64                                         any number, before the answer
//                      elsewhere         -                                                    in a claim page only
//
// Worked example. Task 7 with callable 3 and 1,000 bytes of arguments goes out as one packet of 1,024 bytes:
//
//   offset  0  xx xx xx xx              check
//           4  02 03 00 00              kind task = 2, tag = 3
//           8  07 00 00 00 00 00 00 00  task 7
//          16  e8 03 00 00 00 00 00 00  length 1,000
//          24  the arguments
//
// Its answer of 70,000 bytes does not fit into a pipe of 65,536 at once: the worker writes 24 + 70,000 bytes with as
// many writes as it takes; the pool reads, say, 65,536, learns the length 70 11 01 00 00 00 00 00 from the head, and reads
// the other 4,488 straight to where the body is being assembled. An answer of 8,000,000 bytes (00 12 7a 00 ...)
// arrives in 123 such reads or more; memory for it grows with what has arrived, never at once with what was declared.
#pragma once

#include <cstddef>
#include <cstdint>

namespace penstock::wire {

enum class frame_kind : std::uint8_t {
    boot = 1,
    task = 2,
    task_with_token = 3,
    bye = 4,
    batch = 5,
    ready = 16,
    init_failed = 17,
    value = 18,
    exception = 19,
    undecodable = 20,
    progress = 21,
    limits_failed = 22,
    elsewhere = 23,
};

struct frame_head {
    std::uint32_t check = 0;
    std::uint32_t kind_and_tag = 0;
    std::uint64_t task = 0;
    std::uint64_t length = 0;

    frame_kind kind() const noexcept { return static_cast<frame_kind>(kind_and_tag & 0xffu); }
    std::uint32_t tag() const noexcept { return kind_and_tag >> 8; }
};
static_assert(sizeof(frame_head) == 24);

inline constexpr std::uint32_t max_tag = (1u << 24) - 1;
/// A frame of at most this many bytes, head included, is written as one packet: PIPE_BUF, what a pipe keeps whole.
inline constexpr std::size_t max_packet = 4096;

/// The two rounds of a multiply-xorshift mixer; not a secret, only unlikely to be met by accident.
constexpr std::uint32_t frame_check(std::uint64_t key, const frame_head& head) noexcept {
    std::uint64_t mixed = key ^ (head.task * 0x9e3779b97f4a7c15u) ^ head.kind_and_tag;
    mixed = (mixed ^ (mixed >> 29)) * 0xbf58476d1ce4e5b9u + head.length;
    mixed = (mixed ^ (mixed >> 32)) * 0x94d049bb133111ebu;
    return static_cast<std::uint32_t>(mixed >> 32);
}

constexpr frame_head make_head(std::uint64_t key, frame_kind kind, std::uint32_t tag, std::uint64_t task,
                               std::uint64_t length) noexcept {
    frame_head head{0, static_cast<std::uint32_t>(kind) | (tag << 8), task, length};
    head.check = frame_check(key, head);
    return head;
}

} // namespace penstock::wire

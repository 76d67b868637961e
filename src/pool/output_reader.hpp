// SPDX-License-Identifier: MIT
// Reads what one worker process prints, cuts it into lines, and knows how much of a task's text was kept.
//
//   stdout pipe --+                                    task begins        task ends: finish()
//                 +--> read() --> lines --> delivery       |  text, text ... |  rest of a line, notice
//   stderr pipe --+                                    section 0          section 17          section 0
//
// A worker has flushed what a task printed before it answers, and gets its next task after that answer was taken. So
// what is in the pipes when the answer is taken is the task's, all of it, and finish() reads exactly that.
//
// Threads: the I/O thread, under the engine's lock. It never blocks. Owns the two read ends. Memory: at most one open
// line of 64 KiB for each stream; text for which there is no memory counts as dropped.
#pragma once

#include "os/file_descriptor.hpp"
#include "pool/output_delivery.hpp"
#include "pool/output_origin.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace penstock::pool {

class output_reader {
public:
    /// Both ends must not block.
    output_reader(os::file_descriptor standard_output, os::file_descriptor standard_error,
                  std::shared_ptr<output_delivery> delivery);

    /// For a poller; -1 once it was closed.
    int fd(output_stream from) const noexcept { return at(from).fd.get(); }
    /// Reads what there is, up to a bound. False when nobody can print there any more: take it out of the poller, then
    /// close it.
    bool read(output_stream from, const output_origin& by) noexcept;
    void close(output_stream from) noexcept { at(from).fd.reset(); }

    /// The task is over (or the initializer, and so on): what is in the pipes is its last.
    void finish(const output_origin& by) noexcept;
    /// The worker is dead: the same, and nothing comes after it.
    void finish_for_good(const output_origin& by) noexcept;

private:
    struct stream {
        os::file_descriptor fd;
        std::string open_line; // no newline has come yet
    };

    stream& at(output_stream from) noexcept { return streams_[static_cast<std::size_t>(from)]; }
    const stream& at(output_stream from) const noexcept { return streams_[static_cast<std::size_t>(from)]; }
    void begin(const output_origin& by) noexcept;
    void drain(output_stream from, const output_origin& by) noexcept;
    void take(output_stream from, std::string_view text, const output_origin& by) noexcept;
    void keep(output_stream from, std::string_view text, const output_origin& by);
    void post(output_stream from, std::string&& lines, const output_origin& by);
    void end_section(const output_origin& by, bool for_good) noexcept;

    std::array<stream, 2> streams_;
    std::shared_ptr<output_delivery> delivery_;
    std::uint64_t section_ = 0; // the task whose text is being read
    std::uint64_t kept_ = 0;    // bytes of this section
    std::uint64_t dropped_ = 0;
};

} // namespace penstock::pool

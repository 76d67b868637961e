// SPDX-License-Identifier: MIT
#include "pool/output_pipes.hpp"

#include "os/pipe.hpp"

namespace penstock::pool {

output_pipes::output_pipes(output_mode mode, os::start_request& request, std::unique_ptr<output_reader>& reader,
                           const std::shared_ptr<output_delivery>& delivery) {
    if (mode == output_mode::discard) request.stdout_fd = request.stderr_fd = os::stream_discarded;
    if (mode != output_mode::capture) return;
    os::pipe_ends output = os::make_pipe();
    os::pipe_ends error = os::make_pipe();
    os::set_nonblocking(output.read_end.get(), true); // ours alone: the worker's ends are descriptions of their own
    os::set_nonblocking(error.read_end.get(), true);
    reader = std::make_unique<output_reader>(std::move(output.read_end), std::move(error.read_end), delivery);
    standard_output_ = std::move(output.write_end);
    standard_error_ = std::move(error.write_end);
    request.stdout_fd = standard_output_.get();
    request.stderr_fd = standard_error_.get();
}

} // namespace penstock::pool

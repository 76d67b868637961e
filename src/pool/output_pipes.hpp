// SPDX-License-Identifier: MIT
// What a worker that is about to be started gets as its standard output and error, by worker_output::mode. Keeps the
// worker's ends of the pipes for as long as the start takes.
//
// Threads: one. Failure: std::system_error when there is no descriptor left; nothing is left behind.
#pragma once

#include "os/child_process.hpp"
#include "os/file_descriptor.hpp"
#include "pool/output_reader.hpp"

#include <memory>

namespace penstock::pool {

class output_pipes {
public:
    /// Fills in the request; makes the reader when output is captured.
    output_pipes(output_mode mode, os::start_request& request, std::unique_ptr<output_reader>& reader,
                 const std::shared_ptr<output_delivery>& delivery);

private:
    os::file_descriptor standard_output_;
    os::file_descriptor standard_error_;
};

} // namespace penstock::pool

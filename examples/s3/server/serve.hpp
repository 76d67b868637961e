// SPDX-License-Identifier: MIT
// The server as a command: starts it, prints the one line "endpoint http://127.0.0.1:PORT" on standard output and runs
// until SIGTERM, SIGINT or, when it is asked to watch it, the end of standard input. To be called while the program
// has one thread: the two signals are blocked so that the server's threads inherit that. Returns the exit status 0;
// throws what the constructor of `server` throws.
#pragma once

#include "server/server_options.hpp"

namespace s3_server {

struct serve_options {
    server_options server;
    bool until_stdin_ends = true;
};

[[nodiscard]] int serve(const serve_options& wanted);

}  // namespace s3_server

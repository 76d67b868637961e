// SPDX-License-Identifier: MIT
// This program's own `serve` as a child process on a free port. It ends with the object, and with this
// process however that ends: it watches its standard input, a pipe that nobody else holds. It is in a process
// group of its own, so that Ctrl-C does not take it from under a run. Main thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace s3_program {

class server_process {
public:
    // `arguments` of the command `serve`. Returns when connections are accepted; throws std::runtime_error
    // otherwise.
    explicit server_process(const std::vector<std::string>& arguments);
    ~server_process();
    server_process(const server_process&) = delete;
    server_process& operator=(const server_process&) = delete;

    [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }

private:
    void start(const std::vector<std::string>& arguments, int input, int output);
    [[nodiscard]] std::string first_line(int output) const;
    void end() noexcept;

    pid_t child_ = -1;
    int input_ = -1;  // our end of its standard input
    std::string endpoint_;
};

}  // namespace s3_program

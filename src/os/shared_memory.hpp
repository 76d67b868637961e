// SPDX-License-Identifier: MIT
// A piece of memory that this process shares with one other, which gets it by descriptor. Not a named object: neither
// /dev/shm nor a semaphore is needed. From memfd_create, or an unlinked file in /tmp where the kernel has no memfd.
//
// Life: mapped as long as the object lives; the descriptor until close_descriptor(). A child that fork() makes does not
// have it. Threads: what lies in it is the users' affair. Failure: empty, and the caller does without.
#pragma once

#include "os/file_descriptor.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace penstock::os {

class shared_memory {
public:
    /// Zeroes, of a whole number of pages.
    static std::optional<shared_memory> make(std::size_t size) noexcept;
    /// What another process has made. Takes the descriptor, which is closed in any case.
    static std::optional<shared_memory> map(file_descriptor fd, std::size_t size) noexcept;

    shared_memory(shared_memory&& other) noexcept;
    shared_memory& operator=(shared_memory&& other) noexcept;
    shared_memory(const shared_memory&) = delete;
    shared_memory& operator=(const shared_memory&) = delete;
    ~shared_memory();

    std::span<std::byte> bytes() const noexcept { return bytes_; }
    /// For the other process; -1 once it was closed.
    int descriptor() const noexcept { return fd_.get(); }
    void close_descriptor() noexcept { fd_.reset(); }

private:
    shared_memory(std::span<std::byte> bytes, file_descriptor fd) noexcept : bytes_(bytes), fd_(std::move(fd)) {}

    std::span<std::byte> bytes_;
    file_descriptor fd_;
};

} // namespace penstock::os

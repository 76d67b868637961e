// SPDX-License-Identifier: MIT
#include "os/shared_memory.hpp"

#include "os/system_calls.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <exception>
#include <utility>

namespace penstock::os {
namespace {

/// A file without a name whose blocks are there: writing to the memory cannot fail for want of space later.
file_descriptor unnamed_file(std::size_t size) {
    file_descriptor file{calls().open("/tmp", O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC)};
    if (file && ::posix_fallocate(file.get(), 0, static_cast<off_t>(size)) != 0) file.reset();
    return file;
}

/// Its size cannot be changed afterwards: whoever shrank it would make the other side's next look at it a SIGBUS.
file_descriptor memory_file(std::size_t size) {
    file_descriptor file{calls().memfd_create("penstock", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    if (!file) return file;
    if (::ftruncate(file.get(), static_cast<off_t>(size)) != 0) return {};
    static_cast<void>(::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL));
    return file;
}

}  // namespace

std::optional<shared_memory> shared_memory::make(std::size_t size) noexcept try {
    rlimit largest{}; // beyond it the calls below would raise SIGXFSZ
    if (::getrlimit(RLIMIT_FSIZE, &largest) == 0 && largest.rlim_cur < size) return std::nullopt;
    file_descriptor file = memory_file(size);
    if (!file) file = unnamed_file(size);
    if (!file) return std::nullopt;
    return map(above_stdio(std::move(file)), size);
} catch (const std::exception&) {  // no number was free above those of the standard streams
    return std::nullopt;
}

std::optional<shared_memory> shared_memory::map(file_descriptor fd, std::size_t size) noexcept {
    void* address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
    if (address == MAP_FAILED) return std::nullopt;
    static_cast<void>(::madvise(address, size, MADV_DONTFORK));
    return shared_memory({static_cast<std::byte*>(address), size}, std::move(fd));
}

shared_memory::shared_memory(shared_memory&& other) noexcept
    : bytes_(std::exchange(other.bytes_, {})), fd_(std::move(other.fd_)) {}

shared_memory& shared_memory::operator=(shared_memory&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(fd_, other.fd_);
    return *this;
}

shared_memory::~shared_memory() {
    if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

}  // namespace penstock::os

// SPDX-License-Identifier: MIT
#include "file_hasher.hpp"

#include "interrupt.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace compare {
using namespace example_common;

namespace {

constexpr std::size_t chunk = 128 * 1024;

// Found once a process: OpenSSL 3 looks the algorithm up under a lock when it is given EVP_sha256(), and
// threads would wait for each other there.
const EVP_MD* sha256() {
    static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    if (found == nullptr) throw std::runtime_error("OpenSSL offers no SHA-256 here");
    return found;
}

void check(int ok) {
    if (ok != 1) throw std::runtime_error("OpenSSL failed while computing a SHA-256");
}

std::string message(int error) { return std::generic_category().message(error); }

class open_file {
public:
    // O_NONBLOCK: a name that has become a FIFO since it was listed must not hold the program up.
    explicit open_file(const std::string& path)
        : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
    ~open_file() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

std::string reason_not_to_read(int descriptor) {
    struct stat about {};
    if (::fstat(descriptor, &about) != 0) return message(errno);
    if (S_ISDIR(about.st_mode)) return "a directory that could not be listed";
    return S_ISREG(about.st_mode) ? "" : "not a regular file any more";
}

}  // namespace

file_hasher::file_hasher() : context_(EVP_MD_CTX_new()), buffer_(chunk) {
    if (context_ == nullptr) throw std::runtime_error("OpenSSL could not make a digest context");
}

file_result file_hasher::hash(const std::string& path) {
    file_result result;
    const open_file file(path);
    result.error = file.descriptor() < 0 ? message(errno) : reason_not_to_read(file.descriptor());
    if (!result.error.empty()) return result;
    check(EVP_DigestInit_ex(context_.get(), sha256(), nullptr));
    read_all(file.descriptor(), result);
    if (result.error.empty()) check(EVP_DigestFinal_ex(context_.get(), result.digest.data(), nullptr));
    return result;
}

void file_hasher::read_all(int descriptor, file_result& result) {
    while (!interrupt_requested()) {
        const ssize_t got = ::read(descriptor, buffer_.data(), buffer_.size());
        if (got == 0) return;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            result.error = message(errno);
            return;
        }
        result.size += static_cast<std::uint64_t>(got);
        check(EVP_DigestUpdate(context_.get(), buffer_.data(), static_cast<std::size_t>(got)));
    }
    result.error = "interrupted";
}

}  // namespace compare

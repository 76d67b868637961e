// SPDX-License-Identifier: MIT
// SHA-256 of a file, read in chunks. One thread at a time; each thread of a pool has its own. Owns the
// OpenSSL context and the buffer, so that neither is made anew for every file.
#pragma once

#include "file_result.hpp"

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <vector>

namespace compare {

class file_hasher {
public:
    // Throws std::runtime_error when OpenSSL has no SHA-256.
    file_hasher();

    // Never throws for the file's sake: what goes wrong with the file is in `error` of the result.
    [[nodiscard]] file_result hash(const std::string& path);

private:
    struct free_context {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };

    void read_all(int descriptor, file_result& result);

    std::unique_ptr<EVP_MD_CTX, free_context> context_;
    std::vector<unsigned char> buffer_;
};

}  // namespace compare

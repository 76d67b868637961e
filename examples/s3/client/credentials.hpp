// SPDX-License-Identifier: MIT
// What a request is signed with. A plain value, which travels to workers; never printed, logged or put into a message.
#pragma once

#include <string>

namespace s3 {

struct credentials {
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token;  // empty for keys of a user

    friend bool operator==(const credentials&, const credentials&) = default;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(access_key_id, secret_access_key, session_token);
    }
};

}  // namespace s3

// SPDX-License-Identifier: MIT
// Publishes messages to a topic from worker processes. Main thread.
#pragma once

#include "client/client_settings.hpp"
#include "client/credentials.hpp"

#include <string>
#include <vector>

namespace s3_program {

struct topic_access {
    s3::client_settings settings;
    s3::credentials keys;
    std::string topic;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(settings, keys, topic);
    }
};

// One after the other in each of so many processes; returns when all are out. Throws what went wrong with the first that
// was not, and interrupted after Ctrl-C.
void publish(const topic_access& to, const std::vector<std::string>& messages, unsigned publishers);

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// As much of SNS as a fan-out needs, by its query protocol. Throws s3_error; repeats what is worth repeating, as the
// client does, so that a message may arrive twice. One thread at a time; the transport must outlive it.
#pragma once

#include "client/sender.hpp"

#include <string>

namespace s3 {

class topics {
public:
    topics(client_settings settings, credentials keys, transport& way);

    // The topic's ARN; the same for a name that there is already.
    task<std::string> create(std::string name);
    task<void> remove(std::string topic);
    // The queue gets every message of the topic from now on, in SNS's envelope.
    task<void> subscribe_queue(std::string topic, std::string queue);
    // The message's id.
    task<std::string> publish(std::string topic, std::string message);

private:
    task<std::string> call(std::string action, query_list form, std::string wanted);

    sender sender_;
};

}  // namespace s3

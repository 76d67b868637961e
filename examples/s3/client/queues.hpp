// SPDX-License-Identifier: MIT
// As much of SQS as a poller needs, by its JSON protocol. Throws s3_error; repeats what is worth repeating, as the client
// does. One thread at a time; the transport must outlive it.
#pragma once

#include "client/sender.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace s3 {

struct queue_message {
    std::string body;
    std::string receipt;  // for remove()
};

class queues {
public:
    queues(client_settings settings, credentials keys, transport& way);

    // The queue's URL. A message that is received is hidden from others so long.
    task<std::string> create(std::string name, std::chrono::seconds hidden);
    task<void> remove_queue(std::string url);
    task<std::string> arn_of(std::string url);
    // One message, or nothing when there was none for so long (20 s at most).
    task<std::optional<queue_message>> receive(std::string url, std::chrono::seconds wait);
    task<void> remove(std::string url, std::string receipt);

private:
    // Of the JSON answer, the text at a JSON pointer; empty: none is needed.
    task<std::string> call(std::string action, std::string body, std::string pointer);

    sender sender_;
};

}  // namespace s3

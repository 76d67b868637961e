// SPDX-License-Identifier: MIT
// The operations of S3, as tasks. Each repeats what is worth repeating (client_settings::max_attempts, back-off with
// full jitter, Retry-After), goes to a bucket's own region after a redirect, and throws an s3_error otherwise.
//
// One thread at a time, any number of operations at a time; the client and its transport must outlive them. Cheap to
// make, but the transport keeps the connections: keep that one.
#pragma once

#include "client/byte_source.hpp"
#include "client/client_settings.hpp"
#include "client/credentials.hpp"
#include "client/errors.hpp"
#include "client/objects.hpp"
#include "client/task.hpp"
#include "client/transport.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace s3 {

// Gets the credentials that were refused as expired and gives other ones, or nothing when there are none.
using key_renewal = std::function<std::optional<credentials>(const credentials& refused)>;

struct client_counters {
    std::uint64_t requests = 0;  // repeated ones counted
    std::uint64_t retries = 0;
    std::uint64_t redirects = 0;
};

class client {
public:
    client(client_settings settings, credentials keys, transport& way);
    ~client();
    client(const client&) = delete;
    client& operator=(const client&) = delete;

    // From the next request on, those of running operations included.
    void use(credentials keys);
    // An upload in parts that is refused for an expired token then asks `renew`, takes what it gives as use() does, and
    // goes on with the request that was refused; the abort of an upload asks, too. Requests that were signed with the
    // same credentials ask once together. Without `renew`, when it gives nothing or the refused ones, and for all other
    // operations, the refusal is the caller's: token_expired. Called in the client's thread, which it may block; must
    // not wait for operations of this client's transport. What it throws ends the operation, after the abort.
    void renew_with(key_renewal renew);
    [[nodiscard]] const credentials& keys() const noexcept;
    [[nodiscard]] const client_counters& counters() const noexcept;

    // An answer that is truncated but has no token is an error, so that a loop over pages ends.
    task<listing_page> list_page(std::string bucket, std::string prefix = {}, std::string token = {},
                                 int max_keys = 1000, std::string delimiter = {});

    // Of objects. A name without a key is refused before anything is sent.
    task<object_info> head(object_name name);
    // Streams. A connection lost in the middle goes on at the byte reached, provided that the object is still the same.
    task<object_info> get(object_name name, byte_sink sink, std::optional<byte_range> range = std::nullopt);
    task<put_result> put(object_name name, byte_source body,
                         std::string content_type = "application/octet-stream");
    task<void> remove(object_name name);

    task<std::string> create_multipart(object_name name,
                                       std::string content_type = "application/octet-stream");
    task<uploaded_part> upload_part(object_name name, std::string upload_id, int number, byte_source body);
    task<uploaded_part> upload_part_copy(object_name from, object_name to, std::string upload_id, int number,
                                         byte_range range, std::string if_match = {});
    // When the answer to it is lost and the upload is gone, the object there tells whether it was completed.
    task<put_result> complete_multipart(object_name name, std::string upload_id,
                                        std::vector<uploaded_part> parts);
    task<void> abort_multipart(object_name name, std::string upload_id);
    // Part after part; aborts the upload when one fails, also after a stop.
    task<put_result> put_large(object_name name, byte_source body, std::uint64_t part_size,
                               std::string content_type = "application/octet-stream");

    // Inside the server; up to 5 GiB.
    task<put_result> copy(object_name from, object_name to);
    // The same for any size, part after part; aborts the upload when one fails, also after a stop. The parts are kept
    // to one version of the source, whose size has to be the one given.
    task<put_result> copy_large(object_name from, object_name to, std::uint64_t size,
                                std::uint64_t part_size = 512ULL << 20U);

    // A bucket that is the caller's already is no error.
    task<void> create_bucket(std::string bucket);

private:
    class impl;

    task<put_result> complete_once(object_name name, std::string upload_id, std::vector<uploaded_part> parts);
    task<void> abort_quietly(object_name name, std::string upload_id);
    task<put_result> put_parts(object_name name, std::string upload_id, byte_source body,
                               std::uint64_t part_size);
    task<put_result> copy_parts(object_name from, object_name to, std::string upload_id, object_info source,
                                std::uint64_t part_size);

    std::unique_ptr<impl> impl_;
};

}  // namespace s3

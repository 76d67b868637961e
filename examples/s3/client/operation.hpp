// SPDX-License-Identifier: MIT
// One call of the service, before it is addressed and signed. A plain value.
#pragma once

#include "client/byte_source.hpp"
#include "client/credentials.hpp"
#include "client/download.hpp"
#include "client/http.hpp"
#include "client/signature.hpp"

#include <memory>
#include <string>

namespace s3 {

struct operation {
    std::string label;  // how messages call it
    std::string method = "GET";
    std::string bucket;
    std::string key;
    query_list query;
    header_list headers;
    byte_source body;
    std::shared_ptr<download> stream;  // where a GET's bytes go
    bool answers_xml = false;          // also with status 200 it may answer <Error>
    bool cleanup = false;
    bool renews = false;  // goes on with renewed credentials when it is refused for expired ones
    std::string service = "s3";
    std::string payload_hash;  // computed when it is sent
    std::string region;        // that the last attempt was signed for
    credentials keys;          // that the last attempt was signed with
};

}  // namespace s3

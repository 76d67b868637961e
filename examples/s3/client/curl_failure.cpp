// SPDX-License-Identifier: MIT
#include "client/curl_failure.hpp"

namespace s3 {
namespace {

// libcurl itself repeats most requests whose kept connection was closed; some it leaves to us.
http_failure lost(int status, long new_connections) {
    return new_connections == 0 && status == 0 ? http_failure::stale : http_failure::connection;
}

}  // namespace

http_failure failure_of(CURLcode code, int status, long new_connections) {
    switch (code) {
        case CURLE_OK:
            return http_failure::none;
        // A server may refuse a body before it has read it all, and close: what counts is its answer.
        case CURLE_SEND_ERROR:
            return status >= 300 ? http_failure::none : lost(status, new_connections);
        case CURLE_RECV_ERROR:
        case CURLE_GOT_NOTHING:
            return lost(status, new_connections);
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_CONNECT:
        case CURLE_SSL_CONNECT_ERROR:
            return http_failure::connection;
        case CURLE_PARTIAL_FILE:
            return http_failure::truncated;
        case CURLE_OPERATION_TIMEDOUT:
            return http_failure::stalled;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
            return http_failure::certificate;
        case CURLE_ABORTED_BY_CALLBACK:
            return http_failure::stopped;
        default:
            return http_failure::other;
    }
}

}  // namespace s3

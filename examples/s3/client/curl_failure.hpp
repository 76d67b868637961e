// SPDX-License-Identifier: MIT
// What a result of libcurl means for the exchange. A pure function, any thread.
#pragma once

#include "client/http.hpp"

#include <curl/curl.h>

namespace s3 {

// `status` of the answer as far as it came, 0 before it began; `new_connections` that the exchange opened.
[[nodiscard]] http_failure failure_of(CURLcode code, int status, long new_connections);

}  // namespace s3

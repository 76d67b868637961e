// SPDX-License-Identifier: MIT
#include "program/sweep/settings.hpp"

#include "usage_error.hpp"

namespace s3_program {

const char* name_of(sweep_verb what) noexcept {
    if (what == sweep_verb::fetch) return "fetch";
    return what == sweep_verb::copy ? "copy" : "list";
}

sweep_verb parse_sweep_verb(const std::string& word) {
    for (const sweep_verb what : {sweep_verb::list, sweep_verb::fetch, sweep_verb::copy}) {
        if (word == name_of(what)) return what;
    }
    throw example_common::usage_error("--verb: \"" + word + "\" is none of list, fetch, copy");
}

}  // namespace s3_program

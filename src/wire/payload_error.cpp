// SPDX-License-Identifier: MIT
#include <penstock/errors.hpp>

namespace penstock {
namespace {

const char* name_of(payload_side side) noexcept {
    switch (side) {
    case payload_side::argument_encode: return "argument could not be encoded";
    case payload_side::argument_decode: return "argument could not be decoded";
    case payload_side::result_encode: return "result could not be encoded";
    case payload_side::result_decode: return "result could not be decoded";
    }
    return "payload could not be read";
}

} // namespace

payload_error::payload_error(payload_side side, std::string type_name, const std::string& reason)
    : error(name_of(side) + (" (type '" + type_name + "'): ") + reason), side_(side),
      type_name_(std::move(type_name)) {}

} // namespace penstock

// SPDX-License-Identifier: MIT
// Members of an event. What is missing, or of another kind, is a std::invalid_argument that names it.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace lambda {

template <class T>
T field(const nlohmann::json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    if (!object.is_object() || found == object.end())
        throw std::invalid_argument(std::string("the event has no \"") + name + '"');
    if (std::is_unsigned_v<T> && !found->is_number_unsigned())
        throw std::invalid_argument(std::string("the event's \"") + name + "\" is no number from 0 on");
    try {
        return found->get<T>();
    } catch (const nlohmann::json::exception& problem) {
        throw std::invalid_argument(std::string("the event's \"") + name + "\": " + problem.what());
    }
}

template <class T>
T field_or(const nlohmann::json& object, const char* name, T otherwise) {
    return object.is_object() && object.contains(name) ? field<T>(object, name) : std::move(otherwise);
}

}  // namespace lambda

// SPDX-License-Identifier: MIT
// One line of the report: a plain value.
#pragma once

#include <string>

namespace doctor {

struct finding {
    std::string name;
    std::string value;
    std::string remark = {};  // what it means for Penstock
};

}  // namespace doctor

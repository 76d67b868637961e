// SPDX-License-Identifier: MIT
// For functions that catch a forced unwind (pthread_exit). It carries no object, so the reference in such a catch clause
// is bound to null, which UndefinedBehaviorSanitizer would report, also where the function were inlined into another one.
#pragma once

#include <cxxabi.h>

#define PENSTOCK_CATCHES_FORCED_UNWIND __attribute__((noinline, no_sanitize("null")))

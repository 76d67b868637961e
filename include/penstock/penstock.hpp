// SPDX-License-Identifier: MIT
// All of Penstock's public interface in one include. Begin reading at process_pool.hpp.
#pragma once

#include <penstock/buffer.hpp>
#include <penstock/callable.hpp>
#include <penstock/captured_line.hpp>
#include <penstock/errors.hpp>
#include <penstock/fork_map.hpp>
#include <penstock/future.hpp>
#include <penstock/indexed_result.hpp>
#include <penstock/init.hpp>
#include <penstock/inline_pool.hpp>
#include <penstock/outcome.hpp>
#include <penstock/pool_event.hpp>
#include <penstock/pool_options.hpp>
#include <penstock/pool_stats.hpp>
#include <penstock/process_pool.hpp>
#include <penstock/ready_future.hpp>
#include <penstock/register_exception.hpp>
#include <penstock/shared_future.hpp>
#include <penstock/task.hpp>
#include <penstock/task_pool.hpp>
#include <penstock/this_task.hpp>
#include <penstock/thread_pool.hpp>
#include <penstock/when.hpp>
#include <penstock/worker_environment.hpp>
#include <penstock/worker_limits.hpp>
#include <penstock/worker_output.hpp>

// Last, so that what the compiler says of the others comes by the shorter way.
#include <penstock/any_pool.hpp>

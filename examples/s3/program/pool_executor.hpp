// SPDX-License-Identifier: MIT
// Jobs in a pool of threads or of processes: the same code, only the type of the pool differs. A task is one
// job, or a batch of them for workers that do many at a time.
//
// A job whose worker process died runs again on another one, three times at most; the jobs of a batch go on
// one by one then, so that a job that kills its worker takes no other with it. The third death is told in the
// job's report.
#pragma once

#include "program/abandoned_run.hpp"
#include "program/executor.hpp"
#include "program/finished_queue.hpp"
#include "program/job_text.hpp"
#include "program/public_environment.hpp"
#include "program/work_order.hpp"

#include <penstock/penstock.hpp>

#include <atomic>
#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace s3_program {

struct batching {
    std::size_t jobs = 1;    // at most
    bool by_folder = false;  // only jobs with the same path before the key's last slash
};

// For a job whose task ended with this exception.
[[nodiscard]] report report_of(const std::exception& problem);
// The key up to its last slash.
[[nodiscard]] std::string folder_of(const job& what);

template <class Pool>
class pool_executor final : public executor {
public:
    using work = std::vector<report> (*)(const work_order&, const std::vector<job>&);
    static constexpr bool processes = std::is_same_v<Pool, penstock::process_pool>;

    pool_executor(std::size_t workers, work_order order, work do_jobs, batching how)
        : do_jobs_(do_jobs), how_(how), window_(workers * how.jobs * (how.jobs == 1 ? 4 : 2)),
          order_(std::move(order)), pool_(options_for(workers)) {}
    ~pool_executor() override { pool_executor::abandon(); }

    [[nodiscard]] bool wants_more() const override { return in_flight_ < window_; }

    void start(job what) override {
        ++in_flight_;
        if (how_.by_folder && !batch_.empty() && folder_of(batch_.front()) != folder_of(what)) flush();
        batch_.push_back(std::move(what));
        if (batch_.size() >= how_.jobs) flush();
    }

    void flush() override {
        if (!batch_.empty()) submit(order_, std::exchange(batch_, {}));
    }

    [[nodiscard]] std::vector<finished_job> wait(std::chrono::milliseconds longest) override {
        auto ended = finished_.take(longest);
        in_flight_ -= ended.size();
        return ended;
    }

    void use(const s3::credentials& keys) override { order_.keys = keys; }

    // Threads cannot be killed: their transports ask now and then whether the run was abandoned.
    void abandon() override {
        abandoned_ = true;
        if (!processes) abandon_run(order_.run);
        pool_.shutdown(penstock::shutdown_mode::kill);
    }

    [[nodiscard]] std::uint64_t workers_lost() const override {
        if constexpr (processes) return pool_.stats().respawns_died;
        return 0;
    }

private:
    // Credentials reach processes with their tasks alone.
    static penstock::pool_options options_for(std::size_t workers) {
        penstock::pool_options options{.workers = workers};
        if (processes) {
            options.environment.mode = penstock::environment_mode::allow_list;
            options.environment.allow = public_variable_names();
        }
        return options;
    }

    static penstock::task_options options_for(const std::vector<job>& jobs) {
        penstock::task_options options;
        options.label = text_of(jobs.front());
        if (jobs.size() > 1) options.label += " and " + std::to_string(jobs.size() - 1) + " more";
        if (processes && jobs.size() == 1) {
            options.retry = {.max_attempts = 3, .backoff = std::chrono::milliseconds(50)};
        }
        return options;
    }

    // In the caller's thread, or in a callback after a batch was lost.
    void submit(const work_order& order, std::vector<job> jobs) {
        auto result = pool_.submit(options_for(jobs), do_jobs_, order, jobs);
        auto shared = std::make_shared<std::pair<work_order, std::vector<job>>>(order, std::move(jobs));
        result.on_done([this, shared](penstock::future<std::vector<report>>& ended) {
            take(ended, shared->first, shared->second);
        });
    }

    void take(penstock::future<std::vector<report>>& ended, const work_order& order, std::vector<job>& jobs) {
        try {
            std::vector<report> reports = ended.get();
            for (std::size_t i = 0; i != jobs.size(); ++i)
                finished_.push({std::move(jobs[i]), std::move(reports[i])});
        } catch (const penstock::worker_died& problem) {
            if (abandoned_) return;
            if (jobs.size() > 1) {
                for (job& one : jobs) submit_again(order, std::move(one));
            } else {
                fail(jobs, problem);
            }
        } catch (const std::exception& problem) {
            if (!abandoned_) fail(jobs, problem);
        }
    }

    void submit_again(const work_order& order, job one) {
        std::vector<job> alone{std::move(one)};
        try {
            submit(order, alone);
        } catch (const std::exception& problem) {
            fail(alone, problem);
        }
    }

    void fail(std::vector<job>& jobs, const std::exception& problem) {
        for (job& one : jobs) finished_.push({std::move(one), report_of(problem)});
    }

    work do_jobs_;
    batching how_;
    std::size_t window_;
    work_order order_;
    std::vector<job> batch_;
    std::size_t in_flight_ = 0;
    std::atomic<bool> abandoned_{false};
    finished_queue finished_;
    Pool pool_;  // last: its callbacks use the rest
};

}  // namespace s3_program

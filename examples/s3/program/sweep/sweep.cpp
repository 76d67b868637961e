// SPDX-License-Identifier: MIT
#include "program/sweep/sweep.hpp"

#include "cpu_limit.hpp"
#include "interrupt.hpp"
#include "program/bucket_listing.hpp"
#include "program/key_file.hpp"
#include "program/result_file.hpp"
#include "program/scratch_directory.hpp"
#include "program/spawn_plan.hpp"
#include "program/sweep/command_line.hpp"
#include "program/sweep/run_summary.hpp"
#include "program/sweep/watched_run.hpp"
#include "progress.hpp"
#include "text.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace s3_program {
namespace {

using example_common::plural;

std::string content_of(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(name, std::ios::binary).rdbuf();
    return text.str();
}

std::vector<measured_cell> cells_to_measure(const sweep_grid& grid) {
    const unsigned there = example_common::usable_cpus();
    std::vector<measured_cell> cells;
    for (const sweep_cell& where : cells_of(grid)) {
        measured_cell one{where, connections_of(where, grid.concurrency), "", {}};
        if (where.cpus > there) one.not_measured = "this machine has only " + plural(there, "CPU", "CPUs");
        cells.push_back(std::move(one));
    }
    return cells;
}

class sweeper {
public:
    sweeper(const options& wanted, s3::credential_source& keys)
        : wanted_(wanted), keys_(keys), variables_(variables_for(wanted, own_variables())) {
        files_ = {scratch_.file("summary.json"), scratch_.file("table.csv"), wanted.keys};
        all_.verb = name_of(wanted.sweep.what);
        all_.grid = wanted.sweep.grid;
        all_.machine = describe_machine();
        all_.cells = cells_to_measure(all_.grid);
    }

    sweep_report run() {
        all_.subject = look();
        std::cout << "sweep of " << all_.verb << ": " << all_.subject << ", "
                  << plural(runs_to_do(), "run", "runs") << '\n'
                  << std::flush;
        example_common::progress progress(std::cerr, example_common::progress_style_for_stderr(wanted_.quiet),
                                          {"sweep", "runs", runs_to_do()});
        for (unsigned repetition = 0; repetition != wanted_.sweep.repeat; ++repetition) {
            for (measured_cell& cell : all_.cells) {
                if (!cell.not_measured.empty()) continue;
                cell.runs.push_back(measure(cell.where));
                progress.advance(1);
            }
        }
        return std::move(all_);
    }

private:
    [[nodiscard]] std::uint64_t runs_to_do() const {
        const auto cells = std::count_if(all_.cells.begin(), all_.cells.end(),
                                         [](const measured_cell& one) { return one.not_measured.empty(); });
        return static_cast<std::uint64_t>(cells) * wanted_.sweep.repeat;
    }

    // What is to be read; writes down the keys for `fetch` when the user has not.
    std::string look() {
        const s3_url where{wanted_.from.bucket, wanted_.from.key + wanted_.prefix};
        if (wanted_.sweep.what == sweep_verb::fetch) {
            const std::uint64_t keys = wanted_.keys.empty() ? choose_keys(where) : keep_keys();
            refuse_nothing(keys);
            return plural(keys, "object", "objects") + " of " + text_of(wanted_.from);
        }
        const size_histogram found = bucket_listing(wanted_.run.client, keys_, where).survey();
        refuse_nothing(found.objects());
        return plural(found.objects(), "object", "objects") + ", " +
               example_common::bytes_text(found.bytes()) + ", of " + text_of(where);
    }

    static void refuse_nothing(std::uint64_t objects) {
        if (objects == 0) throw std::runtime_error("nothing matches, so that there is nothing to measure");
    }

    std::uint64_t choose_keys(const s3_url& where) {
        bucket_listing listing(wanted_.run.client, keys_, where);
        return write_keys([&](std::uint64_t count) -> std::optional<key_file::entry> {
            if (count == wanted_.sweep.keys) return std::nullopt;
            auto object = listing.next();
            if (!object) return std::nullopt;
            return key_file::entry{std::move(object->key), object->size};
        });
    }

    // Every run reads them, and what the user gives may be a pipe.
    std::uint64_t keep_keys() {
        key_file given(wanted_.keys);
        return write_keys([&](std::uint64_t) { return given.next(); });
    }

    template <class Next>
    std::uint64_t write_keys(Next next) {
        files_.keys = scratch_.file("keys.csv");
        result_file kept(files_.keys);
        std::uint64_t count = 0;
        for (auto entry = next(count); entry; entry = next(count)) {
            finished_job row;
            row.what.key = std::move(entry->key);
            row.how.size = entry->size.value_or(0);
            kept.add(row);
            ++count;
        }
        kept.finish(0);
        return count;
    }

    sweep_run measure(const sweep_cell& where) {
        std::filesystem::remove(files_.summary);
        const std::string number = started_ + "-" + std::to_string(++runs_);
        const watched_run watched =
            run_watched(arguments_for(wanted_, where, files_, number), variables_, where.cpus);
        example_common::throw_if_interrupted();
        sweep_run run;
        if (std::filesystem::exists(files_.summary)) run = read_run_summary(content_of(files_.summary));
        run.whole_seconds = watched.seconds;
        run.cpu_seconds = watched.cpu_seconds;
        if (watched.status != 0) {
            run.failure = watched.complaint.empty() ? "it ended with status " + std::to_string(watched.status)
                                                    : watched.complaint;
        }
        return run;
    }

    const options& wanted_;
    s3::credential_source& keys_;
    std::vector<std::string> variables_;
    scratch_directory scratch_;
    run_files files_;
    // Short: a key and the folder of its copy have 1,024 bytes together.
    const std::string started_ = std::to_string(std::time(nullptr));
    std::uint64_t runs_ = 0;
    sweep_report all_;
};

std::string processor() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        const auto colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
    }
    return "unknown processor";
}

}  // namespace

sweep_report run_sweep(const options& wanted, s3::credential_source& keys) {
    return sweeper(wanted, keys).run();
}

bool any_failed(const sweep_report& all) {
    return std::any_of(all.cells.begin(), all.cells.end(),
                       [](const measured_cell& one) { return one.failed(); });
}

std::string describe_machine() {
    std::array<char, 32> date{};
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    (void)std::strftime(date.data(), date.size(), "%Y-%m-%d %H:%M", ::localtime_r(&now, &local));
    double load = 0;
    if (::getloadavg(&load, 1) != 1) load = 0;
    return std::string(date.data()) + ", " +
           plural(example_common::usable_cpus(), "usable CPU", "usable CPUs") + " (" + processor() +
           "), load average " + example_common::fixed(load, 1) + " at the start";
}

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// Every command on a server of its own, with a made bucket.
#include "interrupt.hpp"
#include "program/commands.hpp"
#include "program/orderly_end.hpp"
#include "program/rate_table.hpp"
#include "program/scratch_directory.hpp"
#include "program/server_process.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace s3_program {
namespace {

constexpr std::uint64_t bytes_an_object = 108'000;  // on average
constexpr std::array<mode, 5> all_modes{mode::sequential, mode::thread, mode::process, mode::async,
                                        mode::process_async};

const s3_url made{"demo", ""};
const std::string copies = "demo-copies";

std::vector<std::string> server_arguments(const options& wanted) {
    return {"--objects",    std::to_string(wanted.demo_objects),
            "--bytes",      std::to_string(wanted.demo_objects * bytes_an_object),
            "--latency-ms", std::to_string(wanted.demo_latency_ms),
            "--bucket",     made.bucket};
}

class demonstration {
public:
    explicit demonstration(const options& wanted)
        : server_(server_arguments(wanted)),
          keys_([this] { return s3::assumed_role{.keys = *base_.fixed_keys}; }) {
        base_ = wanted;
        base_.fixed_keys =
            s3::credentials{s3_server::demo_access_key_id, s3_server::demo_secret_access_key, ""};
        base_.run.client.endpoint = server_.endpoint();
        std::cout << "A server of this program's own is at " << server_.endpoint() << ", "
                  << wanted.demo_latency_ms << " ms away.\n\n";
    }

    int run() {
        check(list(command_with(command::list, mode::process, "list.csv")));
        base_.histogram = false;  // once is enough
        fetch_everything();
        for (const mode how : all_modes) copy_everything(how);
        copy_nested();
        copy_again();
        put_table();
        return status_ != 0 ? status_ : show_rates();
    }

private:
    [[nodiscard]] options command_with(command what, mode how, const std::string& csv) const {
        options one = base_;
        one.what = what;
        one.run.how = how;
        one.from = made;
        one.csv = scratch_.file(csv);
        return one;
    }

    // Failures stay the result; Ctrl-C ends the demonstration.
    void check(int status) {
        std::cout << '\n' << std::flush;
        status_ = std::max(status_, status);
        example_common::throw_if_interrupted();
    }

    void fetch_everything() {
        options one = command_with(command::fetch, mode::process_async, "fetch.csv");
        one.keys = scratch_.file("list.csv");
        std::ofstream(one.keys, std::ios::app) << "there/is/no/such.object,0,0,200\n";
        check(fetch(one));
    }

    void copy_to(const std::string& folder_name, options one) {
        one.to = {copies, folder_name + "/"};
        one.make_bucket = true;
        check(copy(one));
    }
    void copy_everything(mode how) {
        const std::string name(name_of(how));
        copy_to(name, command_with(command::copy, how, "copy-" + name + ".csv"));
    }
    void copy_nested() {
        std::cout << "Nested: processes over folders, threads over what is inside\n";
        options one = command_with(command::copy, mode::process, "copy-nested.csv");
        one.run.nested = true;
        one.run.concurrency = 4;
        copy_to("nested", one);
    }
    void copy_again() {
        std::cout << "The same again: what is there already is passed over\n";
        copy_to("nested", command_with(command::copy, mode::async, "copy-again.csv"));
    }

    void put_table() {
        options one = command_with(command::put, mode::thread, "put.csv");
        one.files = {scratch_.file("list.csv"), scratch_.file("fetch.csv")};
        one.to = {copies, "tables/"};
        check(put(one));
    }

    void measure(mode how, unsigned workers, unsigned concurrency, std::vector<rate_row>& rows) {
        run_settings one = base_.run;
        one.how = how;
        one.workers = workers;
        one.concurrency = concurrency;
        rows.push_back({one, measure_reading(one, keys_, made)});
        example_common::throw_if_interrupted();
        if (!rows.back().result.clean()) status_ = status_failed;
    }

    int show_rates() {
        std::vector<rate_row> rows;
        measure(mode::sequential, 1, 1, rows);
        for (const mode how : {mode::thread, mode::process}) {
            for (const unsigned workers : {1U, 2U, 4U, 8U, 16U}) measure(how, workers, 1, rows);
        }
        for (const unsigned connections : {16U, 64U}) measure(mode::async, 1, connections, rows);
        for (const unsigned workers : {1U, 2U}) measure(mode::process_async, workers, 32, rows);
        std::cout << "Reading all objects, " << base_.demo_latency_ms
                  << " ms away; the bytes are counted, not kept:\n"
                  << rate_table(rows);
        return status_;
    }

    options base_;
    scratch_directory scratch_;
    server_process server_;
    s3::credential_source keys_;
    int status_ = 0;
};

}  // namespace

int demo(const options& wanted) {
    return in_order([&] { return demonstration(wanted).run(); });
}

}  // namespace s3_program

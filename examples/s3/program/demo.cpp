// SPDX-License-Identifier: MIT
// Every command on a server of its own, with a made bucket.
#include "cpu_limit.hpp"
#include "interrupt.hpp"
#include "program/commands.hpp"
#include "program/orderly_end.hpp"
#include "program/scratch_directory.hpp"
#include "program/server_process.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
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
    explicit demonstration(const options& wanted) : server_(server_arguments(wanted)) {
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
        return status_ != 0 ? status_ : sweep_both();
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

    // One CPU, and what the articles had besides, as far as it is there.
    static std::vector<unsigned> cpu_sets() {
        std::vector<unsigned> sets{1};
        for (const unsigned count : {2U, 4U}) {
            if (count <= example_common::usable_cpus()) sets.push_back(count);
        }
        return sets;
    }

    [[nodiscard]] options sweep_with(sweep_verb what, const std::string& name) const {
        options one = base_;
        one.what = command::sweep;
        one.from = made;
        one.csv.clear();
        one.sweep.what = what;
        one.sweep.repeat = 1;
        if (base_.demo_out.empty()) return one;
        one.csv = base_.demo_out + "/" + name + ".csv";
        one.sweep.markdown = base_.demo_out + "/" + name + ".md";
        one.sweep.pictures = {base_.demo_out + "/" + name + ".svg"};
        return one;
    }

    // The articles' two programs: 100 objects under a role, and a whole bucket.
    int sweep_both() {
        std::filesystem::create_directories(base_.demo_out.empty() ? "." : base_.demo_out);
        options keys = sweep_with(sweep_verb::fetch, "fetch");
        keys.role = "arn:aws:iam::123456789012:role/demo";
        keys.sweep.grid = {{mode::async, mode::thread, mode::process}, {1, 2, 4, 8, 16}, cpu_sets(), 1};
        check(sweep(keys));
        options all = sweep_with(sweep_verb::list, "list");
        const unsigned most_cpus = cpu_sets().back();
        all.sweep.grid = {{all_modes.begin(), all_modes.end()}, {1, 4, 16}, {most_cpus}, 16};
        check(sweep(all));
        return status_;
    }

    options base_;
    scratch_directory scratch_;
    server_process server_;
    int status_ = 0;
};

}  // namespace

int demo(const options& wanted) {
    return in_order([&] { return demonstration(wanted).run(); });
}

}  // namespace s3_program

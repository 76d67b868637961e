// SPDX-License-Identifier: MIT
// The command `sweep`: a sweep and its files.
#include "output_file.hpp"
#include "program/commands.hpp"
#include "program/credentials_of.hpp"
#include "program/sweep/plot.hpp"
#include "program/sweep/records.hpp"
#include "program/sweep/sweep.hpp"
#include "program/sweep/tables.hpp"
#include "text.hpp"

#include <iostream>

namespace s3_program {
namespace {

void write(const std::string& name, const std::string& text) {
    if (name.empty()) return;
    example_common::output_file file(name);
    file.stream() << text;
    file.close();
    std::cout << "written: " << example_common::printable(name) << '\n';
}

}  // namespace

int sweep(const options& wanted) {
    const auto keys = keys_for(wanted);
    const sweep_report all = run_sweep(wanted, *keys);
    const std::string text = markdown(all);
    std::cout << '\n' << text << '\n';
    write(wanted.csv, csv_of(all));
    write(wanted.json, json_of(all));
    write(wanted.sweep.markdown, text);
    for (const std::string& picture : wanted.sweep.pictures)
        draw_or_say_why(sweep_script(all, picture), picture);
    std::cout << std::flush;
    return any_failed(all) ? status_failed : 0;
}

}  // namespace s3_program

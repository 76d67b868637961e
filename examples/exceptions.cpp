// SPDX-License-Identifier: MIT
// What a task throws, get() throws: as its nearest standard type and, beside it, as penstock::remote_info.
#include <penstock/penstock.hpp>

#include <filesystem>
#include <iostream>
#include <stdexcept>

struct out_of_paper : std::out_of_range {  // a type of our own with a standard base
    using std::out_of_range::out_of_range;
};

int print(int pages) {
    if (pages > 100) throw out_of_paper("only 100 sheets left");
    if (pages < 0) throw pages;
    return pages;
}

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 1}};
    try {
        pool.submit({.label = "the thesis"}, print, 240).get();
    } catch (const std::out_of_range& e) {
        std::cout << "out_of_range: " << e.what() << '\n';
        if (const auto* info = dynamic_cast<const penstock::remote_info*>(&e))
            std::cout << "thrown as " << info->type_name << " by the task '" << info->label << "'\n";
    }
    try {
        pool.submit([](const std::filesystem::path& p) { return file_size(p); }, "/no/such/file").get();
    } catch (const std::filesystem::filesystem_error& e) {  // paths and error codes arrive too
        if (e.code() == std::errc::no_such_file_or_directory) std::cout << e.path1() << " is not there\n";
    }
    try {
        pool.submit(print, -1).get();
    } catch (const penstock::remote_exception& e) {  // what has no standard type
        std::cout << e.what() << '\n';
    }
    std::cout << "and the pool goes on: " << pool.submit(print, 3).get() << '\n';
}

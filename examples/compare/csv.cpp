// SPDX-License-Identifier: MIT
#include "csv.hpp"

#include "text.hpp"

namespace compare {
using namespace example_common;

csv_file::csv_file(const std::string& name) : file_(name) {
    file_.stream() << "workload,mode,cpus,workers,repetition,seconds,items,bytes,errors\n";
    file_.flush();
}

void csv_file::write(std::string_view workload, const measurement& row) {
    file_.stream() << workload << ',' << word_of(row.where.how) << ',' << row.where.cpus << ','
                   << row.where.workers << ',' << row.repetition << ',' << fixed(row.seconds, 6) << ','
                   << row.done.items << ',' << row.done.bytes << ',' << row.done.errors << '\n';
    file_.flush();
}

}  // namespace compare

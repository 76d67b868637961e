// SPDX-License-Identifier: MIT
#include "program/sweep/run_summary.hpp"

#include <locale>
#include <sstream>
#include <stdexcept>

namespace s3_program {
namespace {

// The program writes one member a line, see json_text.cpp.
std::string member(const std::string& json, const std::string& name) {
    const std::string begin = "\n  \"" + name + "\": ";
    const auto found = json.find(begin);
    const auto end = found == std::string::npos ? found : json.find('\n', found + 1);
    if (end == std::string::npos) throw std::runtime_error("the summary of a run has no " + name);
    std::string value = json.substr(found + begin.size(), end - found - begin.size());
    if (value.ends_with(',')) value.pop_back();
    return value;
}

template <class Number>
Number number(const std::string& text) {
    std::istringstream in(text);
    in.imbue(std::locale::classic());
    Number value{};
    if (!(in >> value)) throw std::runtime_error("the summary of a run has \"" + text + "\" for a number");
    return value;
}

// "[1.0, 2.5]"
std::vector<double> numbers(std::string list) {
    for (char& letter : list) {
        if (letter == '[' || letter == ']' || letter == ',') letter = ' ';
    }
    std::istringstream in(list);
    in.imbue(std::locale::classic());
    std::vector<double> values;
    for (double value = 0; in >> value;) values.push_back(value);
    return values;
}

std::string failure_in(const std::string& json) {
    if (member(json, "stopped_by") != "\"\"") return "stopped by " + member(json, "stopped_by");
    for (const char* const what : {"errors", "missing", "skipped"}) {
        if (member(json, what) != "0") return member(json, what) + " objects are " + what;
    }
    return "";
}

}  // namespace

sweep_run read_run_summary(const std::string& json) {
    sweep_run run;
    run.phase_seconds = number<double>(member(json, "seconds"));
    run.mean_seconds = number<double>(member(json, "mean_seconds_an_object"));
    run.objects = number<std::uint64_t>(member(json, "objects"));
    run.bytes = number<std::uint64_t>(member(json, "bytes"));
    run.rates = numbers(member(json, "objects_a_second"));
    run.failure = failure_in(json);
    return run;
}

}  // namespace s3_program

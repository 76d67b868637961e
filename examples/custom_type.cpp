// SPDX-License-Identifier: MIT
// Types of your own travel once they say what they consist of: a serialize function as cereal knows it.
#include <penstock/penstock.hpp>

#include <iostream>
#include <map>
#include <string>
#include <vector>

struct series {
    std::string name;
    std::vector<double> values;
    std::map<std::string, int> notes;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(name, values, notes);
    }
};

/// What is called may have state too, when it can be serialized.
struct scale {
    double factor = 1;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(factor);
    }
    series operator()(series s) const {
        for (double& value : s.values) value *= factor;
        return s;
    }
};

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 1}};
    const series scaled = pool.submit(scale{10}, series{"heights", {1.5, 2, 4}, {{"unit", 7}}}).get();
    std::cout << scaled.name << ':';
    for (const double value : scaled.values) std::cout << ' ' << value;
    std::cout << ", unit " << scaled.notes.at("unit") << '\n';
}

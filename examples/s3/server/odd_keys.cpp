// SPDX-License-Identifier: MIT
#include "server/recipe.hpp"

namespace s3_server {

const std::vector<std::string>& odd_keys() {
    static const std::vector<std::string> keys{
        "with space in it.bin",
        "  blanks around  ",
        "   ",
        "plus+and+plus.bin",
        "double//slash.bin",
        "/begins/with/a/slash",
        "ends/with/a/slash/",
        "a/../b",
        "./x",
        "..",
        "日本語/データ.bin",
        "emoji/\U0001F980\U0001F4E6.bin",
        "percent%2Fslash",
        "percent%zz%",
        "new\nline",
        "markup&<>\"'.xml",
        "query?a=b&c=d#fragment",
        "e\u0301 and \u00e9",
        "punctuation!$*(),:;=@[]{}|\\^~`",
        "long/" + std::string(991, 'k') + ".bin",
    };
    return keys;
}

}  // namespace s3_server

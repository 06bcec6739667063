// Texts held byte for byte against files of tests/golden/.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>

#include "core/json_file.h"

namespace plumb::test {

/// Where the texts part: line number and both lines; empty when they are the same.
inline std::string first_difference(const std::string& golden, const std::string& text) {
  if (golden == text) {
    return "";
  }
  std::istringstream left(golden), right(text);
  for (int line = 1;; ++line) {
    std::string was, is;
    const bool more_left = !std::getline(left, was).fail();
    const bool more_right = !std::getline(right, is).fail();
    if (was != is || more_left != more_right) {
      return fmt::format("line {}\n  golden: {}\n  now:    {}", line, more_left ? was : "(ends)",
                         more_right ? is : "(ends)");
    }
    if (!more_left) {
      return fmt::format("line {}: only one of them ends with a line break", line - 1);
    }
  }
}

inline void expect_golden(const std::filesystem::path& path, const std::string& text) {
  if (const char* renew = std::getenv("PLUMB_RENEW_GOLDEN"); renew != nullptr && std::string_view(renew) == "1") {
    core::write_file_atomically(path, text);
    return;
  }
  const auto difference = first_difference(std::filesystem::exists(path) ? core::read_file(path) : "", text);
  EXPECT_TRUE(difference.empty()) << path.string() << ", " << difference << "\nif that is meant: PLUMB_RENEW_GOLDEN=1 "
                                  << "build/tests/reports_test "
                                  << "--gtest_filter='*Golden*', then read git diff tests/golden";
}

}  // namespace plumb::test

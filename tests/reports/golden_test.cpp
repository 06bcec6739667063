// The text outputs of plumb-report, byte for byte as in tests/golden/.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "reports/outputs.h"
#include "tests/core/temporary_dir.h"
#include "tests/reports/sample_verdicts.h"

namespace plumb::reports {
namespace {

/// findings.json as plumb-report writes it.
std::string findings_text(const core::Verdict& verdict) {
  const test::TemporaryDir dir;
  core::write_json(dir.path() / "findings.json", core::to_json(verdict));
  return core::read_file(dir.path() / "findings.json");
}

struct Output {
  std::string suffix;
  std::string (*text)(const core::Verdict&);
};

const std::vector<Output>& outputs() {
  static const std::vector<Output> kOutputs = {{"txt", [](const auto& v) { return terminal_text(v, false); }},
                                               {"md", markdown_text},
                                               {"xml", junit_text},
                                               {"prom", metrics_text},
                                               {"json", findings_text}};
  return kOutputs;
}

/// Where the texts part: line number and both lines; empty when they are the same.
std::string first_difference(const std::string& golden, const std::string& text) {
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

void expect_golden(const std::string& name, const std::string& text) {
  const auto path = std::filesystem::path(PLUMB_GOLDEN_DIR) / name;
  if (const char* renew = std::getenv("PLUMB_RENEW_GOLDEN"); renew != nullptr && std::string_view(renew) == "1") {
    core::write_file_atomically(path, text);
    return;
  }
  const auto difference = first_difference(std::filesystem::exists(path) ? core::read_file(path) : "", text);
  EXPECT_TRUE(difference.empty()) << path.string() << ", " << difference << "\nif that is meant: PLUMB_RENEW_GOLDEN=1 "
                                  << "build/tests/reports_test "
                                  << "--gtest_filter='*Golden*', then read git diff tests/golden";
}

core::Verdict verdict_named(const std::string& name) {
  return name == "fail"   ? test::failing_verdict()
         : name == "pass" ? test::passing_verdict()
                          : test::inconclusive_verdict();
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, EveryOutputIsAsItWas) {
  for (const auto& output : outputs()) {
    expect_golden(fmt::format("verdict-{}.{}", GetParam(), output.suffix), output.text(verdict_named(GetParam())));
  }
}

TEST_P(Golden, TheSameVerdictGivesTheSameBytes) {
  for (const auto& output : outputs()) {
    EXPECT_EQ(output.text(verdict_named(GetParam())), output.text(verdict_named(GetParam()))) << output.suffix;
  }
}

INSTANTIATE_TEST_SUITE_P(Verdicts, Golden, testing::Values("fail", "pass", "inconclusive"),
                         [](const auto& sample) { return sample.param; });

TEST(GoldenTest, TheFirstDifferingLineIsSaid) {
  EXPECT_EQ(first_difference("a\nb\n", "a\nb\n"), "");
  EXPECT_EQ(first_difference("a\nb\nc\n", "a\nB\nC\n"), "line 2\n  golden: b\n  now:    B");
  EXPECT_EQ(first_difference("a\n", "a\nb\n"), "line 2\n  golden: (ends)\n  now:    b");
  EXPECT_EQ(first_difference("a\n", "a"), "line 1: only one of them ends with a line break");
}

TEST(TerminalText, SaysHowManyFindingsItLeavesOut) {
  auto verdict = test::failing_verdict();
  verdict.findings.resize(22, verdict.findings.front());
  EXPECT_THAT(terminal_text(verdict, false), testing::HasSubstr("\n  … and 2 more in findings.json\n"));
}

}  // namespace
}  // namespace plumb::reports

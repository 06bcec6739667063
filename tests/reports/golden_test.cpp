// The text outputs of plumb-report, byte for byte as in tests/golden/.
#include "tests/reports/golden.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

core::Verdict verdict_named(const std::string& name) {
  return name == "fail"   ? test::failing_verdict()
         : name == "pass" ? test::passing_verdict()
                          : test::inconclusive_verdict();
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, EveryOutputIsAsItWas) {
  for (const auto& output : outputs()) {
    test::expect_golden(fmt::format("{}/verdict-{}.{}", PLUMB_GOLDEN_DIR, GetParam(), output.suffix),
                        output.text(verdict_named(GetParam())));
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
  EXPECT_EQ(test::first_difference("a\nb\n", "a\nb\n"), "");
  EXPECT_EQ(test::first_difference("a\nb\nc\n", "a\nB\nC\n"), "line 2\n  golden: b\n  now:    B");
  EXPECT_EQ(test::first_difference("a\n", "a\nb\n"), "line 2\n  golden: (ends)\n  now:    b");
  EXPECT_EQ(test::first_difference("a\n", "a"), "line 1: only one of them ends with a line break");
}

TEST(TerminalText, SaysHowManyFindingsItLeavesOut) {
  auto verdict = test::failing_verdict();
  verdict.findings.resize(22, verdict.findings.front());
  EXPECT_THAT(terminal_text(verdict, false), testing::HasSubstr("\n  … and 2 more in findings.json\n"));
}

}  // namespace
}  // namespace plumb::reports

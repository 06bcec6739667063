// What a judgement fails.
#pragma once

#include "reports/judge.h"

namespace plumb::test {

inline std::vector<core::Finding> failing(const reports::Judgement& judgement) {
  auto findings = judgement.verdict.findings;
  std::erase_if(findings, [](const auto& f) { return f.severity != core::Severity::fail; });
  return findings;
}

}  // namespace plumb::test

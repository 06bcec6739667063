// History in a run's verdict: judged against the runs before, and remembered. docs/verdicts.md, section History.
#pragma once

#include <memory>

#include "reports/judge.h"

namespace plumb::reports {

/// A run that a history file is to remember.
class RememberedRun {
 public:
  /// Judges the run against earlier ones: adds findings and evidence to `judgement`. Writes no run yet. Throws Error.
  RememberedRun(const std::filesystem::path& history, const Evidence& evidence, const Fabric& fabric,
                Judgement& judgement);
  ~RememberedRun();
  RememberedRun(const RememberedRun&) = delete;
  RememberedRun& operator=(const RememberedRun&) = delete;

  /// All or nothing, in one transaction. A run that is there already is replaced.
  void add(const core::Verdict& verdict);
  /// For report.html, once it is added.
  [[nodiscard]] core::Json page(const core::Verdict& verdict) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plumb::reports

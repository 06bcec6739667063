// Checks that did not pass: those that somebody wrote down, and those that counters, GPU tests and the map tell.
#pragma once

#include <vector>

#include "core/finding.h"
#include "reports/check_subject.h"
#include "reports/derived_checks.h"
#include "reports/fabric.h"

namespace plumb::reports {

struct Fault {
  const CheckSource* source;
  core::FindingKind kind;
  CheckSubject subject;
  double odds;  // how much likelier its part is slow than one without
};

class CheckFaults {
 public:
  CheckFaults(const Evidence& evidence, const topology::Graph& graph, const Limits& limits);
  CheckFaults(const CheckFaults&) = delete;
  CheckFaults& operator=(const CheckFaults&) = delete;

  [[nodiscard]] const std::vector<Fault>& faults() const { return faults_; }
  /// What could not be seen.
  [[nodiscard]] const std::vector<const core::CheckRow*>& absent() const { return absent_; }
  /// How many hosts told facts of themselves.
  [[nodiscard]] std::size_t hosts() const { return hosts_; }
  /// By part of the fabric: log odds that it is slow for what a check says of it.
  [[nodiscard]] std::vector<float> log_evidence(const Fabric& fabric) const;

 private:
  std::vector<CheckSource> sources_;
  std::vector<Fault> faults_;
  std::vector<const core::CheckRow*> absent_;
  std::size_t hosts_;
};

}  // namespace plumb::reports

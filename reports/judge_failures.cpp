#include <fmt/format.h>

#include <map>

#include "core/text.h"
#include "reports/judge.h"
#include "reports/rank_text.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kQuoted = 5;

/// Failed rows by reason: the same cause on many rows is one finding.
class Failures {
 public:
  void add(const std::string& reason, core::EvidenceItem item) {
    auto& finding = by_reason_[reason];
    if (finding.evidence.size() < kQuoted) {
      finding.evidence.push_back(std::move(item));
    }
    ++count_[reason];
  }

  void append_to(std::vector<core::Finding>& findings) {
    for (auto& [reason, finding] : by_reason_) {
      finding.severity = core::Severity::fail;
      finding.kind = means_hung(reason) ? core::FindingKind::hung_rank : core::FindingKind::config;
      finding.title = fmt::format("{} (rows not measured: {})", reason, count_[reason]);
      const auto rank = rank_in(reason);
      if (rank && !means_failed(reason)) {
        finding.suspects.push_back({"host/" + rank->host, 1});
      }
      finding.advice =
          means_failed(reason) ? "what this rank met may be at its own host or at a peer's: look at both, then repeat"
          : finding.kind == core::FindingKind::hung_rank
              ? "look at that host first: is it up, does its kernel log show NIC or GPU errors? then repeat"
              : "mend what the reason says and measure again";
      findings.push_back(std::move(finding));
    }
  }

 private:
  std::map<std::string, core::Finding> by_reason_;
  std::map<std::string, std::uint64_t> count_;
};

}  // namespace

bool judge_failures(const Evidence& evidence, const std::vector<std::size_t>& failed_pairs, core::Verdict& verdict) {
  Failures failures;
  for (const auto at : failed_pairs) {
    const auto& placed = evidence.failed_pairs[at];
    failures.add(placed.row.reason, {evidence.file_of(placed.place), placed.place.line,
                                     fmt::format("{} to {}", placed.row.src, placed.row.dst)});
  }
  for (const auto& placed : evidence.cases) {
    if (placed.row.status != "ok") {
      failures.add(placed.row.reason, {evidence.file_of(placed.place), placed.place.line, placed.row.name});
    }
  }
  bool finished = true;
  for (const auto& manifest : evidence.manifests) {
    if (manifest.status != "complete") {
      finished = false;
      verdict.notes.push_back(
          fmt::format("partial: {} {}{}", manifest.tool,
                      manifest.status == "running" ? "did not finish (or still runs)" : "was ended early",
                      manifest.reason.empty() ? "" : ": " + manifest.reason));
      if (means_hung(manifest.reason)) {
        failures.add(manifest.reason, {"manifest/" + core::file_name_part(manifest.tool) + ".json", {}, "partial"});
      }
    }
  }
  failures.append_to(verdict.findings);
  return finished;
}

}  // namespace plumb::reports

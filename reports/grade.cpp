#include "reports/grade.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "core/csv_reader.h"
#include "core/error.h"
#include "core/statistics.h"
#include "reports/truth.h"

namespace plumb::reports {
namespace {

struct Planted {
  std::string fault, kind, visible_in;
  std::set<std::string> components;
  std::string broken;  // the first component
  double factor = 1;
  core::Integer rows = 0;
};

struct Found {
  std::string severity, kind, title;
  std::vector<std::string> suspects;
};

std::vector<Planted> read_truth(const std::filesystem::path& file) {
  std::vector<Planted> faults;
  core::for_each_row<TruthRow>(file, core::TruncatedTail::refuse, [&](const TruthRow& row, unsigned) {
    if (faults.empty() || faults.back().fault != row.fault) {
      faults.push_back({row.fault, row.kind, row.visible_in, {}, row.component, row.factor, row.rows});
    }
    faults.back().components.insert(row.component);
  });
  return faults;
}

/// Those that fail or warn.
std::vector<Found> read_findings(const std::filesystem::path& file) {
  const auto document = core::read_json(file);
  std::vector<Found> findings;
  try {
    for (const auto& finding : document.at("findings")) {
      Found found{finding.at("severity"), finding.at("kind"), finding.value("title", ""), {}};
      for (const auto& suspect : finding.at("suspects")) {
        found.suspects.push_back(suspect.at("component"));
      }
      if (found.severity != "info") {
        findings.push_back(std::move(found));
      }
    }
  } catch (const core::Json::exception& error) {
    throw core::Error(fmt::format("{}: not findings of plumb-report: {}", file.string(), error.what()));
  }
  return findings;
}

Score score(const Planted& fault, const std::vector<const Found*>& findings) {
  Score score;
  const auto is_first = [&](const Found* finding) {
    return finding->suspects.empty() || fault.components.contains(finding->suspects.front());
  };
  score.planted = 1;
  score.found = findings.empty() ? 0 : 1;
  score.visible = fault.visible_in.empty() ? 0 : 1;
  score.visible_found = score.visible * score.found;
  score.first = std::ranges::any_of(findings, is_first) ? 1 : 0;
  if (!findings.empty()) {
    const auto* const shortest =
        *std::ranges::min_element(findings, {}, [](const Found* finding) { return finding->suspects.size(); });
    score.suspects.push_back(shortest->suspects.size());
  }
  return score;
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 1 : static_cast<double>(part) / static_cast<double>(whole);
}

/// Findings by each component that they suspect; "fabric" of those without.
std::multimap<std::string_view, const Found*> index_of(const std::vector<Found>& findings) {
  std::multimap<std::string_view, const Found*> index;
  for (const auto& finding : findings) {
    for (const auto& suspect : finding.suspects) {
      index.emplace(suspect, &finding);
    }
    if (finding.suspects.empty()) {
      index.emplace(kWholeFabric, &finding);
    }
  }
  return index;
}

}  // namespace

void Score::add(const Score& other) {
  planted += other.planted;
  found += other.found;
  visible += other.visible;
  visible_found += other.visible_found;
  first += other.first;
  suspects.insert(suspects.end(), other.suspects.begin(), other.suspects.end());
}

double Score::recall() const { return share(found, planted); }
double Score::visible_recall() const { return share(visible_found, visible); }

double Score::median_suspects() const {
  const std::vector<double> counts(suspects.begin(), suspects.end());
  return counts.empty() ? 0 : core::median(counts);
}

Score Grade::total() const {
  Score total;
  for (const auto& [kind, score] : by_kind) {
    total.add(score);
  }
  return total;
}

double Grade::precision() const { return share(findings - wrong.size(), findings); }

void grade_run(const std::filesystem::path& run_dir, Grade& grade) {
  const auto run = std::filesystem::weakly_canonical(run_dir).filename().string();
  const auto faults = read_truth(run_dir / "truth.csv");
  const auto findings = read_findings(run_dir / "findings.json");
  const auto index = index_of(findings);
  std::set<const Found*> right;
  for (const auto& fault : faults) {
    std::vector<const Found*> naming;
    for (const auto& component : fault.components) {
      const auto [begin, end] = index.equal_range(component);
      std::for_each(begin, end, [&](const auto& entry) { naming.push_back(entry.second); });
    }
    right.insert(naming.begin(), naming.end());
    grade.by_kind[fault.kind].add(score(fault, naming));
    if (naming.empty()) {
      grade.missed.push_back({run, fault.fault, fault.kind, fault.broken, fault.visible_in, fault.factor, fault.rows});
    }
  }
  grade.findings += findings.size();
  for (const auto& finding : findings) {
    if (!right.contains(&finding)) {
      grade.wrong.push_back({run, finding.severity, finding.kind, finding.title, finding.suspects});
    }
  }
}

}  // namespace plumb::reports

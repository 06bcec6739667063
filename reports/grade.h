// Findings held against what was planted. docs/verdicts.md states the rule.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/json_file.h"

namespace plumb::reports {

/// Of the faults of one kind, or of all.
struct Score {
  std::uint64_t planted = 0, found = 0;
  std::uint64_t visible = 0, visible_found = 0;  // those that show in what was written
  std::uint64_t first = 0;                       // found with the broken part as the first suspect
  std::vector<std::uint64_t> suspects;           // of each fault found: of its shortest finding

  void add(const Score& other);
  /// 1 when nothing was planted.
  [[nodiscard]] double recall() const;
  [[nodiscard]] double visible_recall() const;
  [[nodiscard]] double median_suspects() const;
};

struct WrongFinding {
  std::string run, severity, kind, title;
  std::vector<std::string> suspects;
};

struct MissedFault {
  std::string run, fault, kind, component, visible_in;
  double factor = 1;      // measured over healthy rate
  std::int64_t rows = 0;  // of pairs.csv that it slowed
};

struct Grade {
  std::map<std::string, Score> by_kind;
  std::uint64_t findings = 0;  // that fail or warn
  std::vector<WrongFinding> wrong;
  std::vector<MissedFault> missed;

  [[nodiscard]] Score total() const;
  /// 1 when nothing was found.
  [[nodiscard]] double precision() const;
};

/// Adds truth.csv against findings.json of a run directory. Throws Error with the file when one is not there.
void grade_run(const std::filesystem::path& run_dir, Grade& grade);

core::Json to_json(const Grade& grade);
/// A Markdown table by kind, then precision, then what was missed and what was wrong, at most `named` of each.
std::string grade_text(const Grade& grade, std::size_t named);

}  // namespace plumb::reports

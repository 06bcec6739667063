// Judges tonight against earlier runs. Pure: plain structs in, plain structs out; knows neither files nor findings.
// docs/verdicts.md, section History, has the mathematics.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "reports/history_tests.h"

namespace plumb::reports {

inline constexpr float kNotMeasured = std::numeric_limits<float>::quiet_NaN();
inline constexpr std::uint32_t kNowhere = 0xffffffff;

/// A version, or an entry of the manifests, that is not what it usually was.
struct Change {
  std::string name, before, now;  // empty: was not there
  friend auto operator<=>(const Change&, const Change&) = default;
};

struct PartPast {
  std::uint32_t kind = 0;         // parts of a kind compare
  std::uint32_t host = kNowhere;  // of PastRuns::owners
  std::uint32_t leaf = kNowhere;  // of PastRuns::owners
  std::uint32_t changed = 0;      // of PastRuns::changes
};

/// The answers to one question: natural logarithms of levels, kNotMeasured where there is none.
struct Series {
  std::string question;
  std::vector<std::vector<float>> levels;  // by run, then by part
};

/// Earlier runs, oldest first, and tonight's, the last; the parts are tonight's.
struct PastRuns {
  std::size_t runs = 0;
  std::vector<PartPast> parts;
  std::vector<std::string> kinds, owners;
  std::vector<std::vector<Change>> changes;  // what changed on a part; the first is nothing
  std::vector<Change> common;                // what changed in the manifests
  std::vector<Series> series;
};

/// Everybody of a kind, or those on which something changed, shifted together.
struct CommonShift {
  std::string question, kind;
  double factor = 1;                    // of the usual level
  std::size_t parts = 0, hosts = 0;     // that shifted
  std::optional<double> others_factor;  // of those on which nothing of that changed
  std::vector<Change> changes;          // on those that shifted, or common to all
};

enum class Scope : std::uint8_t { part, host, leaf };

/// A part, or all that belongs to a host or a leaf, against its peers.
struct PartShift {
  Scope scope = Scope::part;
  std::uint32_t which = 0;  // of parts, or of owners
  std::string question;
  Decline decline;              // against its peers
  std::vector<Change> changes;  // on it
};

struct PastJudgement {
  std::vector<CommonShift> common;
  std::vector<PartShift> parts;  // leaves, then hosts, then parts; the clearest question of each
  PastRuns past;                 // as given, but for the levels: those are against peers now
};

/// `past` is taken: its levels become those against peers.
PastJudgement judge_past(PastRuns past);

}  // namespace plumb::reports

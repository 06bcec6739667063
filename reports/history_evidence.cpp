// What earlier runs add to tonight's findings.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "core/units.h"
#include "reports/history_findings.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kRepeats = 2;  // earlier runs with a flag that are worth a word

/// Numbers of tonight's parts by their own id and by those of what is measured together with them.
std::unordered_map<std::string_view, std::size_t> parts_by_id(const RunSummary& tonight) {
  std::unordered_map<std::string_view, std::size_t> parts;
  for (std::size_t i = 0; i < tonight.parts.size(); ++i) {
    parts.emplace(tonight.parts[i].component, i);
  }
  for (std::size_t i = 0; i < tonight.parts.size(); ++i) {
    for (const auto& also : tonight.parts[i].also) {
      parts.emplace(also, i);
    }
  }
  return parts;
}

/// The question in which the part is lowest tonight, in words.
std::string usual_of(const HistoryContext& context, std::size_t part) {
  const auto& past = context.past;
  std::string text;
  float lowest = 2;
  for (std::size_t q = 0; q < past.ratio.size(); ++q) {
    const float usual = past.usual_ratio[q][part], now = past.ratio[q][part];
    if (std::isnan(usual) || std::isnan(now) || now >= lowest) {
      continue;
    }
    lowest = now;
    text = fmt::format("{} {}: {} of its peers tonight, {} usually (median of earlier runs: {})",
                       context.tonight.parts[part].component, context.tonight.questions[q], core::format_percent(now),
                       core::format_percent(usual), past.records.size());
  }
  return text;
}

bool is_before(const Flag& flag, const RunSummary& tonight) {
  return std::tie(flag.start_utc, flag.run) < std::tie(tonight.start_utc, tonight.name);
}

struct Repeats {
  std::size_t runs = 0;
  std::string first, last;          // starts
  std::set<std::string> elsewhere;  // components that had the same serial number
};

Repeats repeats_of(const std::vector<Flag>& flags, const std::string& component, const RunSummary& tonight) {
  Repeats repeats;
  std::set<std::pair<std::string, std::string>> runs;
  for (const auto& flag : flags) {
    if (!is_before(flag, tonight) || flag.posterior < core::kSuspectFrom) {
      continue;
    }
    runs.emplace(flag.start_utc, flag.run);
    if (flag.component != component) {
      repeats.elsewhere.insert(flag.component);
    }
  }
  repeats.runs = runs.size();
  if (!runs.empty()) {
    repeats.first = runs.begin()->first;
    repeats.last = runs.rbegin()->first;
  }
  return repeats;
}

std::string words_of(const Repeats& repeats, const std::string& subject) {
  auto text = fmt::format("{} was flagged in {} earlier runs, from {} to {}", subject, repeats.runs,
                          repeats.first.substr(0, 10), repeats.last.substr(0, 10));
  return repeats.elsewhere.empty()
             ? text
             : fmt::format("{}; it was in another place then: {}", text, fmt::join(repeats.elsewhere, ", "));
}

}  // namespace

void tell_usual(const HistoryContext& context, core::Verdict& verdict) {
  if (context.past.records.empty()) {
    return;
  }
  const auto parts = parts_by_id(context.tonight);
  for (auto& finding : verdict.findings) {
    if (!finding.slowdown || finding.kind == core::FindingKind::regression) {
      continue;
    }
    for (const auto& suspect : finding.suspects) {
      if (const auto part = parts.find(suspect.component); part != parts.end()) {
        if (auto text = usual_of(context, part->second); !text.empty()) {
          finding.evidence.push_back({context.file, {}, std::move(text)});
        }
        break;
      }
    }
  }
}

void tell_repeats(const HistoryStore& store, const HistoryContext& context, const Serials& serials,
                  core::Verdict& verdict) {
  for (auto& finding : verdict.findings) {
    bool comes_back = false;
    if (finding.severity == core::Severity::info || finding.kind == core::FindingKind::config) {
      continue;  // no part is to be replaced for a setting, of which a fleet may have thousands
    }
    for (const auto& suspect : finding.suspects) {
      if (suspect.posterior < core::kSuspectFrom) {
        continue;
      }
      const auto serial = serials.find(suspect.component);
      const bool by_serial = serial != serials.end();
      const auto flags =
          by_serial ? store.flags_of_serial(serial->second) : store.flags_of_component(suspect.component);
      const auto repeats = repeats_of(flags, suspect.component, context.tonight);
      if (repeats.runs >= kRepeats) {
        comes_back = true;
        const auto subject =
            by_serial ? fmt::format("{}, serial number {},", suspect.component, serial->second) : suspect.component;
        finding.evidence.push_back({context.file, {}, words_of(repeats, subject)});
      }
    }
    if (comes_back) {
      finding.advice += "; earlier runs flagged it, too: what was reseated or reset since is to be replaced";
    }
  }
}

}  // namespace plumb::reports

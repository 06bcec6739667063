#include "reports/history_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

#include "core/text.h"
#include "core/units.h"
#include "reports/fabric.h"

namespace plumb::reports {
namespace {

constexpr double kCommonFails = 0.95;  // everybody below this share of what was usual: fail, else warn
constexpr double kPartFails = 0.9;     // as for slow parts

std::string lost(double factor) { return core::format_percent(std::max(0.0, 1 - factor)); }

std::string spoken(const Change& change) {
  const auto known = [](const std::string& value) { return value.empty() ? std::string("none") : value; };
  return fmt::format("{} {} -> {}", change.name, known(change.before), known(change.now));
}

/// "nic n05/mlx5_0" of "nic/n05/mlx5_0".
std::string spoken_id(const std::string& id) {
  const auto kind = kind_of(id);
  return kind.empty() || kind == id ? id : std::string(kind).append(" ").append(id.substr(kind.size() + 1));
}

std::string date_of(const HistoryContext& context, std::size_t runs_ago) {
  const auto& records = context.past.records;
  return runs_ago == 0 || runs_ago > records.size() ? context.tonight.start_utc.substr(0, 10)
                                                    : records[records.size() - runs_ago].start_utc.substr(0, 10);
}

std::string runs(std::size_t count) { return count == 1 ? "1 run" : fmt::format("{} runs", count); }

std::string who(const CommonShift& shift) {
  return shift.hosts > 0 ? fmt::format("{} host{}", shift.hosts, shift.hosts == 1 ? "" : "s")
                         : fmt::format("{} parts", shift.parts);
}

std::string title_of(const CommonShift& shift) {
  if (shift.others_factor) {
    return fmt::format("{} on {}: those lost {}, the others {} ({})", spoken(shift.changes), who(shift),
                       lost(shift.factor), lost(*shift.others_factor), shift.question);
  }
  const auto why = shift.changes.empty() ? std::string("nothing that the run directories tell of has changed")
                                         : "changed since: " + spoken(shift.changes);
  return fmt::format("everybody lost {} against earlier runs ({}, {} of {}); {}", lost(shift.factor), shift.question,
                     shift.parts, shift.kind, why);
}

core::Finding finding_of(const CommonShift& worst) {
  core::Finding finding;
  finding.kind = core::FindingKind::regression;
  finding.severity = worst.factor < kCommonFails ? core::Severity::fail : core::Severity::warn;
  finding.slowdown = worst.factor;
  finding.title = title_of(worst);
  finding.advice =
      worst.changes.empty()
          ? "look for what all of them share and no manifest tells: switch settings, power, the test itself"
          : "go back to what was there before on a few hosts and measure again; swap no parts for this";
  return finding;
}

/// Of slow parts that a change explains.
std::string words_of(const std::vector<std::string>& explained) {
  constexpr std::size_t kMost = 8;
  const auto shown = std::span(explained).first(std::min(kMost, explained.size()));
  return fmt::format("explains {} slow part{} of tonight, no slower than all on which this changed: {}{}",
                     explained.size(), explained.size() == 1 ? "" : "s", fmt::join(shown, ", "),
                     explained.size() > kMost ? fmt::format(" and {} more", explained.size() - kMost) : "");
}

/// Everybody for whom nothing changed is told by kind.
std::string cause_of(const CommonShift& shift) {
  return shift.changes.empty() ? "\n" + shift.kind + (shift.question.starts_with("gpu") ? "\ngpu" : "")
                               : spoken(shift.changes);
}

// ---- parts ----

/// Ids that name what shifted.
struct Named {
  std::string id;
  std::vector<std::string> suspects;  // it, and what was measured together with it
  std::set<std::string> names;        // a finding on any of these is a finding on it
};

Named named(const PartShift& shift, const HistoryContext& context) {
  const auto& past = context.past.runs;
  Named of{id_of(shift, context), {}, {}};
  if (shift.scope == Scope::part) {
    const auto& part = context.tonight.parts[shift.which];
    of.suspects = part.also;
    of.names = {part.also.begin(), part.also.end()};
    of.names.insert({part.host, part.leaf});
    of.names.erase("");
  } else {
    for (std::size_t part = 0; part < past.parts.size(); ++part) {
      if (past.parts[part].host == shift.which) {
        of.names.insert(context.tonight.parts[part].component);
      }
    }
  }
  of.suspects.insert(of.suspects.begin(), of.id);
  of.names.insert(of.id);
  return of;
}

core::EvidenceItem evidence_of(const PartShift& shift, const HistoryContext& context) {
  return {context.file, {}, words_of(shift, context)};
}

core::Finding* finding_on(const std::set<std::string>& names, core::Verdict& verdict) {
  const auto found = std::ranges::find_if(verdict.findings, [&](const core::Finding& finding) {
    return finding.severity != core::Severity::info &&
           std::ranges::any_of(finding.suspects, [&](const auto& s) { return names.contains(s.component); });
  });
  return found == verdict.findings.end() ? nullptr : &*found;
}

core::Finding finding_of(const PartShift& shift, const Named& of, const HistoryContext& context) {
  core::Finding finding;
  finding.kind = core::FindingKind::regression;
  finding.slowdown = std::exp(shift.decline.now - shift.decline.usual);
  finding.severity = *finding.slowdown < kPartFails ? core::Severity::fail : core::Severity::warn;
  const auto whole = shift.scope == Scope::part ? "" : " and all that hangs on it";
  finding.title = fmt::format("{}{} got slower than before: {}", spoken_id(of.id), whole, words_of(shift, context));
  for (const auto& suspect : of.suspects) {
    finding.suspects.push_back({suspect, 1.0 / static_cast<double>(of.suspects.size())});
  }
  finding.evidence.push_back(evidence_of(shift, context));
  finding.advice = shift.changes.empty() ? "look at its counters, cable and temperature; measure it more often"
                                         : "go back to what was there before on this part, and measure again";
  return finding;
}

}  // namespace

std::string words_of(const CommonShift& shift, const HistoryContext& context) {
  return fmt::format(
      "{}, {}: {} parts at {} of what they were in {}{}", shift.question, shift.kind, shift.parts,
      core::format_percent(shift.factor), runs(context.past.records.size()),
      shift.others_factor ? fmt::format("; the others at {}", core::format_percent(*shift.others_factor)) : "");
}

std::string words_of(const PartShift& shift, const HistoryContext& context) {
  const auto& decline = shift.decline;
  const auto percent = [](double log_level) { return core::format_percent(std::exp(log_level)); };
  auto text = decline.is_drift ? fmt::format("{}: fell from {} to {} of its peers over {}", shift.question,
                                             percent(decline.usual), percent(decline.now), runs(decline.runs_since))
                               : fmt::format("{}: was at {} of its peers until {}, {} ago; {} since", shift.question,
                                             percent(decline.usual), date_of(context, decline.runs_since),
                                             runs(decline.runs_since), percent(decline.now));
  return shift.changes.empty() ? text : text + "; changed on it: " + spoken(shift.changes);
}

std::string id_of(const PartShift& shift, const HistoryContext& context) {
  return shift.scope == Scope::part ? context.tonight.parts[shift.which].component
                                    : context.past.runs.owners[shift.which];
}

std::string spoken(const std::vector<Change>& changes) {
  constexpr std::size_t kMost = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(kMost, changes.size()); ++i) {
    text += (i > 0 ? ", " : "") + spoken(changes[i]);
  }
  return changes.size() > kMost ? fmt::format("{} and {} more", text, changes.size() - kMost) : text;
}

std::vector<core::Finding> common_findings(const std::vector<CommonShift>& shifts, const Explained& explained,
                                           const HistoryContext& context) {
  std::map<std::string, std::vector<const CommonShift*>> causes;
  for (const auto& shift : shifts) {
    causes[cause_of(shift)].push_back(&shift);
  }
  std::vector<core::Finding> findings;
  for (auto& [cause, of_cause] : causes) {
    std::ranges::stable_sort(of_cause, {}, &CommonShift::factor);
    auto finding = finding_of(*of_cause.front());
    for (const auto* shift : of_cause) {
      finding.evidence.push_back({context.file, {}, words_of(*shift, context)});
    }
    if (const auto parts = explained.find(of_cause.front()->changes); parts != explained.end()) {
      finding.evidence.push_back({context.file, {}, words_of(parts->second)});
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::set<std::string> names_of(const std::vector<PartShift>& shifts, const HistoryContext& context) {
  std::set<std::string> names;
  for (const auto& shift : shifts) {
    names.merge(named(shift, context).names);
  }
  return names;
}

std::vector<core::Finding> part_findings(const std::vector<PartShift>& shifts, const HistoryContext& context,
                                         core::Verdict& verdict) {
  std::vector<core::Finding> findings;
  for (const auto& shift : shifts) {
    const auto of = named(shift, context);
    if (auto* const known = finding_on(of.names, verdict)) {
      known->evidence.push_back(evidence_of(shift, context));
    } else {
      findings.push_back(finding_of(shift, of, context));
    }
  }
  return findings;
}

}  // namespace plumb::reports

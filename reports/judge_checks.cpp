#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <queue>
#include <set>
#include <utility>

#include "core/text.h"
#include "reports/check_faults.h"
#include "reports/check_words.h"
#include "reports/judge.h"

namespace plumb::reports {
namespace {

using core::Finding;
using core::FindingKind;

core::Severity severity_of(const core::CheckRow& row) {
  return row.status == "fail"   ? core::Severity::fail
         : row.status == "warn" ? core::Severity::warn
                                : core::Severity::info;
}

core::EvidenceItem quote(const CheckSource& source, std::string text) {
  return {source.file, source.line, std::move(text)};
}

/// A row that a check has on a part which is slow anyway is evidence of that finding, and has told in who is suspected.
class SlowParts {
 public:
  explicit SlowParts(std::vector<Finding>& findings) : findings_(findings) {
    for (std::size_t i = 0; i < findings.size(); ++i) {
      for (const auto& suspect : findings[i].slowdown ? findings[i].suspects : std::vector<core::SuspectedPart>()) {
        suspected_[suspect.component].push_back(i);
      }
    }
  }

  /// False when no slow part has to do with it.
  bool explain(const Fault& fault) {
    if (fault.kind != FindingKind::downgraded_link && fault.kind != FindingKind::errors_on_link &&
        fault.kind != FindingKind::slow_gpu) {
      return false;
    }
    for (const auto& part : fault.subject.parts) {
      if (const auto found = suspected_.find(part); found != suspected_.end()) {
        for (const auto finding : found->second) {
          strengthen(findings_[finding], part, fault);
          if (named_.insert(finding).second) {
            findings_[finding].title += "; " + title_of(fault.source->row);
          }
        }
        return true;
      }
    }
    return false;
  }

 private:
  static void strengthen(Finding& finding, const std::string& part, const Fault& fault) {
    const auto& row = fault.source->row;
    if (const auto& link = fault.subject.components.front();
        part != link && fault.kind == FindingKind::downgraded_link) {
      suspect_link_of(finding, part, link);
    }
    if (!row.advice.empty() && finding.advice.find(row.advice) == std::string::npos) {
      finding.advice = row.advice + "; then " + finding.advice;
    }
    finding.severity = std::min(finding.severity, severity_of(row));
    finding.evidence.insert(finding.evidence.begin(), quote(*fault.source, says(row)));
  }

  /// A PCIe link is no part that measurements touch: it takes the place of the one that they touched.
  static void suspect_link_of(Finding& finding, const std::string& part, const std::string& link) {
    constexpr double kLinkItself = 0.8;
    const auto of = [&](const std::string& id) {
      return std::ranges::find(finding.suspects, id, &core::SuspectedPart::component);
    };
    if (of(link) == finding.suspects.end() && topology::node_kind(kind_of(link)) && link.find("--") != link.npos) {
      const double posterior = of(part)->posterior;
      of(part)->posterior = posterior * (1 - kLinkItself);
      finding.suspects.push_back({link, posterior * kLinkItself});
      std::ranges::stable_sort(finding.suspects, std::ranges::greater(), &core::SuspectedPart::posterior);
    }
  }

  std::vector<Finding>& findings_;
  std::map<std::string, std::vector<std::size_t>> suspected_;
  std::set<std::size_t> named_;  // findings whose title tells a check already
};

using Faults = std::vector<const Fault*>;

/// What several hosts have alike is one thing to know, not one a host: a check that as many nodes as this fail is a
/// group by itself.
constexpr std::size_t kAlikeNodes = 3;
constexpr std::size_t kEvidenceOfAlike = 20;

std::set<std::string> nodes_of(const Faults& faults) {
  std::set<std::string> nodes;
  for (const auto* fault : faults) {
    nodes.insert(fault->subject.nodes.begin(), fault->subject.nodes.end());
  }
  return nodes;
}

/// A setting, or what a host's own check says of its parts. Cables that a map tells of are grouped by their switch.
bool may_be_alike(const Fault& fault) { return fault.kind == FindingKind::config || !fault.source->row.host.empty(); }

/// By check, of those that many nodes have; they are taken out of `faults`. Title and severity tell them apart.
std::vector<Faults> alike_of(Faults& faults) {
  std::map<std::pair<std::string, std::string>, Faults> by_check;
  for (const auto* fault : faults) {
    if (may_be_alike(*fault)) {
      by_check[{fault->source->row.check, fault->source->row.status}].push_back(fault);
    }
  }
  std::vector<Faults> alike;
  std::set<const Fault*> taken;
  for (auto& [check, group] : by_check) {
    if (group.size() >= kAlikeNodes && nodes_of(group).size() >= kAlikeNodes) {
      taken.insert(group.begin(), group.end());
      alike.push_back(std::move(group));
    }
  }
  std::erase_if(faults, [&](const Fault* fault) { return taken.contains(fault); });
  return alike;
}

/// Gives the faults to nodes, those with most first, so that a leaf with twenty wrong cables is one group. A fault that
/// is alone has no node.
std::vector<std::pair<std::string, Faults>> groups_of(const Faults& faults) {
  std::map<std::string, Faults> by_node;
  for (const auto* fault : faults) {
    for (const auto& node : fault->subject.nodes) {
      by_node[node].push_back(fault);
    }
  }
  std::priority_queue<std::pair<std::size_t, std::string>> most;
  for (const auto& [node, list] : by_node) {
    most.emplace(list.size(), node);
  }
  std::set<const Fault*> taken;
  std::map<const Fault*, std::pair<std::string, Faults>> groups;  // in the order of the rows
  while (!most.empty() && most.top().first > 1) {
    const auto [count, node] = most.top();
    most.pop();
    auto& list = by_node[node];
    std::erase_if(list, [&](const Fault* fault) { return taken.contains(fault); });
    if (list.size() == count) {
      taken.insert(list.begin(), list.end());
      const auto* first = list.front();
      groups[first] = {node, std::move(list)};
    } else if (!list.empty()) {
      most.emplace(list.size(), node);
    }
  }
  for (const auto* fault : faults) {
    if (!taken.contains(fault)) {
      groups[fault] = {"", {fault}};
    }
  }
  std::vector<std::pair<std::string, Faults>> in_order;
  for (auto& [first, group] : groups) {
    in_order.push_back(std::move(group));
  }
  return in_order;
}

Finding finding_of(FindingKind kind, const std::string& node, const Faults& faults) {
  Finding finding{.severity = core::Severity::warn, .kind = kind};
  std::vector<const core::CheckRow*> rows;
  std::set<std::string> components;
  const auto& first = faults.front()->subject.components;
  const bool is_one_part =
      std::ranges::all_of(faults, [&](const Fault* fault) { return fault->subject.components == first; });
  const auto& check = faults.front()->source->row.check;
  const bool is_one_check =
      is_one_part && std::ranges::all_of(faults, [&](const Fault* fault) { return fault->source->row.check == check; });
  for (const auto* fault : faults) {
    const auto& row = fault->source->row;
    rows.push_back(&row);
    finding.severity = std::min(finding.severity, severity_of(row));
    for (const auto& component : fault->subject.components) {
      if (components.insert(component).second) {
        finding.suspects.push_back({component, 1});
      }
    }
    const auto text = is_one_check ? says(row) : title_of(row) + (row.advice.empty() ? "" : ": " + row.advice);
    finding.evidence.push_back(quote(*fault->source, text));
  }
  finding.title = is_one_check  ? title_of(*rows.front())
                  : is_one_part ? fmt::format("{}; and {} more", title_of(*rows.front()), rows.size() - 1)
                                : title_of(node, kind, components.size(), rows);
  finding.advice = rows.front()->advice;
  const bool is_one_advice = std::ranges::all_of(rows, [&](const auto* row) { return row->advice == finding.advice; });
  if (!is_one_advice && !is_one_check) {
    finding.advice = "what to do for each part stands beside its evidence";
  }
  return finding;
}

/// "12 of 64 hosts": those that were looked at may be more than these. "30 nodes" when switches are among them.
std::string number_of(const std::set<std::string>& nodes, std::size_t hosts) {
  const bool are_hosts = std::ranges::all_of(nodes, [](const auto& node) { return node.starts_with("host/"); });
  return !are_hosts              ? fmt::format("{} nodes", nodes.size())
         : hosts >= nodes.size() ? fmt::format("{} of {} hosts", nodes.size(), hosts)
                                 : fmt::format("{} hosts", nodes.size());
}

/// "12 of 64 hosts: roce mtu: ens0: 1500 B, expected 4200 B or more", with the first rows as evidence.
Finding finding_of_alike(FindingKind kind, const Faults& faults, std::size_t hosts) {
  auto finding = finding_of(kind, "", faults);
  std::set<std::string> texts;
  for (const auto* fault : faults) {
    texts.insert(says(fault->source->row));
  }
  finding.title = title_of_alike(number_of(nodes_of(faults), hosts), faults.front()->source->row, texts.size() == 1);
  if (finding.evidence.size() > kEvidenceOfAlike) {
    finding.evidence.resize(kEvidenceOfAlike);
  }
  return finding;
}

/// What could not be seen: "the map is incomplete: 3 ports did not answer".
void add_notes(const std::vector<const core::CheckRow*>& absent, std::vector<std::string>& notes) {
  std::map<std::string, std::vector<const core::CheckRow*>> by_check;
  for (const auto* row : absent) {
    by_check[row->check].push_back(row);
  }
  if (const auto ports = by_check.find("discovery"); ports != by_check.end()) {
    const auto number = ports->second.size();
    notes.push_back(fmt::format("the map is incomplete: {} {} did not answer, the first is {}", number,
                                number == 1 ? "port or node" : "ports or nodes", ports->second.front()->subject));
    by_check.erase(ports);
  }
  for (const auto& [check, rows] : by_check) {
    const auto& row = *rows.front();
    const auto what = check == "source"     ? "source " + row.subject
                      : row.subject.empty() ? check
                                            : check + " of " + row.subject;
    notes.push_back(fmt::format("not checked: {}: {}{}", what, row.observed,
                                rows.size() > 1 ? fmt::format(" (and {} more)", rows.size() - 1) : ""));
  }
}

}  // namespace

bool judge_checks(const CheckFaults& checks, core::Verdict& verdict) {
  SlowParts slow_parts(verdict.findings);
  std::map<FindingKind, Faults> by_kind;
  for (const auto& fault : checks.faults()) {
    if (!slow_parts.explain(fault) && fault.source->row.status != "hint") {
      by_kind[fault.kind].push_back(&fault);
    }
  }
  const auto tell = [&](FindingKind kind) {
    auto faults = std::exchange(by_kind[kind], {});
    for (const auto& group : alike_of(faults)) {
      verdict.findings.push_back(finding_of_alike(kind, group, checks.hosts()));
    }
    for (const auto& [node, group] : groups_of(faults)) {
      verdict.findings.push_back(finding_of(kind, node, group));
    }
  };
  for (const auto kind : {FindingKind::miswired, FindingKind::downgraded_link, FindingKind::errors_on_link,
                          FindingKind::slow_gpu, FindingKind::wrong_data, FindingKind::config}) {
    tell(kind);  // in this order
  }
  for (const auto& [kind, faults] : by_kind) {
    tell(kind);  // whatever else a check may mean
  }
  add_notes(checks.absent(), verdict.notes);
  // What a host could not tell of itself leaves a note. A map that was not seen leaves the fabric in doubt.
  return std::ranges::all_of(checks.absent(), [](const auto* row) { return !row->host.empty(); });
}

}  // namespace plumb::reports

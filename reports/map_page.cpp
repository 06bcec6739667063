#include "reports/map_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "topology/map_svg.h"

namespace plumb::reports {
namespace {

using topology::Condition;

void mark_findings(const Judgement& judgement, std::vector<topology::Mark>& marks) {
  for (const auto& finding : judgement.verdict.findings) {
    if (finding.severity == core::Severity::info) {
      continue;
    }
    const auto condition = finding.severity == core::Severity::fail ? Condition::fail : Condition::warn;
    for (const auto& suspect : finding.suspects) {
      if (suspect.posterior >= core::kSuspectFrom) {
        marks.push_back({suspect.component, condition, finding.id + ": " + finding.title});
      }
    }
  }
}

/// Checks that could not be made; those that failed are findings.
void mark_absent(const Evidence& evidence, std::vector<topology::Mark>& marks) {
  for (const auto& placed : evidence.checks) {
    if (placed.row.status == "absent") {
      const auto rows = topology::marks_of({&placed.row, 1});
      marks.insert(marks.end(), rows.begin(), rows.end());
    }
  }
}

/// Of a run that measured pairs: the hosts, NICs, cables and switches that none of them went through.
void mark_not_measured(const Fabric& fabric, const Judgement& judgement, std::vector<topology::Mark>& marks) {
  std::vector<bool> measured(fabric.parts().size());
  const auto& paths = judgement.pairs.paths;
  std::vector<bool> is_used(paths.touches.stretches());
  for (std::size_t m = 0; m < paths.measured(); ++m) {
    std::ranges::for_each(paths.touches.stretches_of(paths.of_pair(m)), [&](auto stretch) { is_used[stretch] = true; });
  }
  for (PathTouches::Stretch stretch = 0; stretch < is_used.size(); ++stretch) {
    if (is_used[stretch]) {
      paths.touches.for_each_part(stretch, [&](std::uint32_t part, const Touch&) { measured[part] = true; });
    }
  }
  for (std::size_t p = 0; p < measured.size() && paths.measured() > 0; ++p) {
    const auto& part = fabric.parts()[p];
    if (!measured[p] && part.kind != "gpu" && part.kind != "rank") {
      marks.push_back({std::string(part.id), Condition::not_measured, ""});
    }
  }
}

bool has_cables(const topology::Graph& graph) {
  return std::ranges::any_of(graph.link_rows(), [](const auto& row) { return row.kind == "cable"; });
}

}  // namespace

std::string map_svg(const Evidence& evidence, const Fabric& fabric, const Judgement& judgement) {
  if (!has_cables(fabric.graph())) {
    return "";
  }
  std::vector<topology::Mark> marks;
  mark_findings(judgement, marks);
  mark_absent(evidence, marks);
  mark_not_measured(fabric, judgement, marks);
  return topology::svg_text(topology::draw_map(fabric.graph(), topology::placed(fabric.graph(), marks)));
}

}  // namespace plumb::reports

// What a picture says of its cables.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "core/units.h"
#include "topology/map_bundles.h"
#include "topology/map_words.h"

namespace plumb::topology {
namespace {

constexpr std::size_t kCountsShown = 40;
constexpr double kNoteLine = 14, kNoteAbove = 62, kEdge = 16;

std::string rates(const Bundle& bundle, std::string_view after) {
  const auto each = core::format_line_rate(bundle.slowest_Bps);
  return bundle.slowest_Bps == bundle.fastest_Bps ? fmt::format("{}{}", each, after)
                                                  : each + " to " + core::format_line_rate(bundle.fastest_Bps);
}

std::string end_name(const Drawing& d, const Anchor& anchor) {
  if (anchor.kind == Anchor::Kind::cell) {
    return core::printable(d.graph.row(anchor.index).id);
  }
  if (anchor.kind == Anchor::Kind::box) {
    return name_of(d.graph, d.rows, d.rows.clusters[anchor.index]);
  }
  const auto& block = d.blocks[anchor.index];
  const auto name = [&](std::uint32_t c) { return short_name(d.graph.row(d.rows.clusters[c].nodes.front()).id); };
  return counted(block.last - block.first, "host") + ", " + name(block.first) + " to " + name(block.last - 1);
}

std::string tip_of_cable(const Drawing& d, LinkIndex link) {
  auto tip = tip_of_link(d.graph, link);
  if (const auto found = d.faults_of_link.find(link); found != d.faults_of_link.end()) {
    for (const auto fault : found->second) {
      tip += "\n" + core::printable(d.conditions.faults[fault].says);
    }
  }
  return tip;
}

/// Between the same boxes on the same rail, faulty or not.
using Course = BundleKey;

Course course_of(const Drawing& d, BundleKey key) {
  if (key.lower.kind == Anchor::Kind::cell) {
    const auto nic = key.lower.index;
    key.lower = {Anchor::Kind::lane, d.block_of[d.rows.cluster_of[nic]], d.lane[nic]};
  }
  key.condition = Condition::fine;
  key.alone = kNoPlace;
  return key;
}

struct Gap {
  Bundle all;
  std::vector<std::uint32_t> counts;  // cables of each course
  Majority most;
};

void note_gap(Drawing& d, const Gap& gap, double y) {
  const auto note = [&](const std::string& text) {
    d.picture.labels.push_back({{kEdge, y}, "note", text});
    y += kNoteLine;
  };
  note(counted(gap.all.cables, "cable"));
  if (gap.all.rate_Bps > 0) {
    note(rates(gap.all, " each"));
    note("together " + core::format_line_rate(gap.all.rate_Bps));
  }
  if (gap.most.value > 1 || gap.most.count < gap.counts.size()) {
    note(fmt::format("{} line: {}", gap.most.count == gap.counts.size() ? "each" : "most, a",
                     counted(gap.most.value, "cable")));
  }
}

/// Counts of lines that are not like most, where there is room.
class Counts {
 public:
  explicit Counts(Drawing& drawing) : d_(drawing) {}

  void add(const Bundle& bundle, std::size_t cables, Point at) {
    const bool has_room = shown_.size() < kCountsShown && std::ranges::none_of(shown_, [&](const Point& p) {
                            return std::abs(p.x - at.x) < 34 && std::abs(p.y - at.y) < 12;
                          });
    if (has_room) {
      shown_.push_back(at);
      d_.picture.labels.push_back({at, "count", "×" + grouped(cables), "middle", tip_of_bundle(d_, bundle)});
    }
  }

 private:
  Drawing& d_;
  std::vector<Point> shown_;
};

}  // namespace

std::string tip_of_bundle(const Drawing& drawing, const Bundle& bundle) {
  const auto& key = bundle.key;
  if (key.missing != kNoPlace) {
    const auto& fault = drawing.conditions.faults[key.missing];
    return core::printable(fault.subject) + "\n" + core::printable(fault.says);
  }
  if (bundle.cables == 1) {
    return tip_of_cable(drawing, bundle.first);
  }
  auto tip =
      counted(bundle.cables, "cable") + "\n" + end_name(drawing, key.upper) + "\nto " + end_name(drawing, key.lower);
  if (bundle.rate_Bps > 0) {
    tip += "\n" + rates(bundle, " each") + ", together " + core::format_line_rate(bundle.rate_Bps);
  }
  return key.rail == kNoRail ? tip
                             : tip + fmt::format("\nrail {}", drawing.rows.rails[static_cast<std::size_t>(key.rail)]);
}

void note_gaps(Drawing& drawing, const std::vector<Bundle>& bundles, const std::vector<Point>& middles) {
  std::map<Course, std::size_t> cables;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Gap> gaps;
  for (const auto& bundle : bundles) {
    if (bundle.key.missing == kNoPlace) {
      cables[course_of(drawing, bundle.key)] += bundle.cables;
      gaps[{bundle.key.upper_tier, bundle.key.lower_tier}].all.add(bundle);
    }
  }
  for (const auto& [course, count] : cables) {
    gaps[{course.upper_tier, course.lower_tier}].counts.push_back(static_cast<std::uint32_t>(count));
  }
  for (auto& [tiers, gap] : gaps) {
    gap.most = majority(gap.counts);
    if (tiers.second == tiers.first + 1) {
      note_gap(drawing, gap, drawing.top[tiers.second] - kNoteAbove);
    }
  }
  Counts counts(drawing);
  for (std::size_t i = 0; i < bundles.size(); ++i) {
    const auto& key = bundles[i].key;
    const bool is_healthy = key.alone == kNoPlace && key.missing == kNoPlace && key.condition < Condition::warn;
    const auto all = is_healthy ? cables[course_of(drawing, key)] : 0;
    if (is_healthy && all != gaps[{key.upper_tier, key.lower_tier}].most.value) {
      counts.add(bundles[i], all, middles[i]);
    }
  }
}

}  // namespace plumb::topology

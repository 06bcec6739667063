#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "topology/map_drawing.h"
#include "topology/map_words.h"

namespace plumb::topology {
namespace {

constexpr double kFirstRow = 128, kWidest = 1400, kNarrowest = 760;
constexpr double kBoxSlot = 116, kHostSlot = 58, kShareOfSlot = 0.84, kTallestName = 130, kBoxPadding = 8,
                 kUprightBelow = 34, kHostsUprightBelow = 30, kAcrossFrom = 80;

std::vector<std::size_t> faults_in(const Drawing& drawing, const Cluster& cluster) {
  std::vector<std::size_t> faults;
  const auto add = [&](NodeIndex node) {
    if (const auto found = drawing.faults_of_node.find(node); found != drawing.faults_of_node.end()) {
      faults.insert(faults.end(), found->second.begin(), found->second.end());
    }
  };
  for (const auto node : cluster.nodes) {
    add(node);
    if (drawing.graph.kind(node) == NodeKind::host) {
      std::ranges::for_each(drawing.graph.nics_of(node), add);
    }
  }
  std::ranges::sort(faults);
  return faults;
}

/// `text`, its words below each other where it is too wide, shortened where even these are.
void append(std::vector<std::string>& lines, const std::string& text, double width) {
  if (text_width(text, kBoxText) <= width) {
    lines.push_back(text);
    return;
  }
  const auto letters = static_cast<std::size_t>((width + kBoxPadding - 2) / text_width("n", kBoxText));
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    lines.push_back(end_of(text.substr(at, end - at), std::max<std::size_t>(letters, 3)));
    at = end + 1;
  }
}

/// "pod p10", or "p10" where that is all that fits.
std::string block_text(const Drawing& drawing, const Cluster& cluster, double width) {
  const auto name = cluster.block == kNoPlace ? "" : core::printable(drawing.rows.blocks[cluster.block]);
  return text_width(name, kBoxText) > width && name.starts_with("pod ") ? name.substr(4) : name;
}

/// "p3 rail 2 ×32", "n001 to n432 ×432", for a box so narrow that its words stand upright.
std::string upright_text(const Drawing& drawing, const Cluster& cluster) {
  auto text = block_text(drawing, cluster, 0);
  if (text.empty() && drawing.is_of_hosts(cluster.tier)) {
    text = short_name(drawing.graph.row(cluster.nodes.front()).id) + " to " +
           short_name(drawing.graph.row(cluster.nodes.back()).id);
  }
  if (cluster.rail != kNoRail) {
    text +=
        fmt::format("{}rail {}", text.empty() ? "" : " ", drawing.rows.rails[static_cast<std::size_t>(cluster.rail)]);
  }
  return text + fmt::format("{}×{}", text.empty() ? "" : " ", grouped(cluster.nodes.size()));
}

/// "pod p3", "rail 2", "32 spines"; hosts have their NICs counted and, without pods, their names.
std::vector<std::string> cluster_text(const Drawing& drawing, const Cluster& cluster, double width) {
  const auto& [graph, rows] = std::tie(drawing.graph, drawing.rows);
  const auto& tier = rows.tiers[cluster.tier];
  const bool is_hosts = drawing.is_of_hosts(cluster.tier);
  std::vector<std::string> lines;
  const auto block = block_text(drawing, cluster, width);
  if (block.empty() && is_hosts) {
    append(lines, short_name(graph.row(cluster.nodes.front()).id), width);
    append(lines, "to " + short_name(graph.row(cluster.nodes.back()).id), width);
  }
  append(lines, block, width);
  if (cluster.rail != kNoRail) {
    append(lines, fmt::format("rail {}", rows.rails[static_cast<std::size_t>(cluster.rail)]), width);
  }
  append(lines, counted(cluster.nodes.size(), tier.word), width);
  std::size_t nics = 0;
  for (const auto host : cluster.nodes) {
    nics += static_cast<std::size_t>(
        std::ranges::count_if(graph.nics_of(host), [&](NodeIndex n) { return is_drawn_as_nic(graph, n); }));
  }
  if (nics > 0) {
    append(lines, counted(nics, "NIC"), width);
  }
  std::erase(lines, "");
  return lines;
}

void fill_in(const Drawing& drawing, const Cluster& cluster, Box& box) {
  const double width = box.width - kBoxPadding;
  const bool one_switch = cluster.nodes.size() == 1 && !drawing.is_of_hosts(cluster.tier);
  box.tip = full_name_of(drawing.graph, drawing.rows, cluster);
  if (!one_switch && width < (drawing.is_of_hosts(cluster.tier) ? kHostsUprightBelow : kUprightBelow)) {
    box.upright = true;
    box.text = {end_of(upright_text(drawing, cluster), 30)};
    return;
  }
  if (!one_switch) {
    box.text = cluster_text(drawing, cluster, width);
    box.id = cluster.nodes.size() == 1 ? std::string(drawing.graph.row(cluster.nodes.front()).id) : "";
    return;
  }
  box.id = std::string(drawing.graph.row(cluster.nodes.front()).id);
  box.tip = tip_of_node(drawing.graph, cluster.nodes.front());
  box.text = in_two_lines(short_name(box.id), width, kBoxText);
}

/// Names that do not fit across a narrow box stand upright in all boxes of the row; in wide ones they lose their
/// beginnings.
void turn(const Drawing& drawing, Tier tier, std::vector<Box>& places) {
  const bool all_fit = std::all_of(places.begin() + tier.first, places.begin() + tier.last,
                                   [](const Box& box) { return !box.text.empty(); });
  for (auto c = tier.first; !all_fit && c < tier.last; ++c) {
    auto& box = places[c];
    box.upright = box.width < kAcrossFrom;
    const double room = box.upright ? kTallestName : box.width - kBoxPadding;
    const auto letters = static_cast<std::size_t>(room / text_width("n", kBoxText));
    if (box.upright || box.text.empty()) {
      box.text = {end_of(short_name(drawing.graph.row(drawing.rows.clusters[c].nodes.front()).id), letters - 1)};
    }
  }
}

double height_of(const Drawing& drawing, const Cluster& cluster, const Box& box) {
  const auto badges_a_row = std::max(1.0, std::floor((box.width - 4) / kBadge));
  const auto faults = cluster.nodes.size() == 1 ? 0.0 : static_cast<double>(faults_in(drawing, cluster).size());
  const double text = box.upright ? text_width(box.text.front(), kBoxText) + 2 * kBoxPadding
                                  : static_cast<double>(box.text.size()) * kLineOfText + kBoxPadding;
  return text + std::ceil(faults / badges_a_row) * kBadge;
}

void place_tier(Drawing& drawing, std::uint32_t index, double top) {
  const auto& tier = drawing.rows.tiers[index];
  const double slot = drawing.span / (tier.last - tier.first);
  double height = 26;
  for (auto c = tier.first; c < tier.last; ++c) {
    auto& box = drawing.place[c];
    const auto& cluster = drawing.rows.clusters[c];
    box.width = std::min(130.0, slot * kShareOfSlot);
    box.x = kLeft + slot * (c - tier.first + 0.5) - box.width / 2;
    box.y = top;
    box.look = drawing.is_of_hosts(index) ? "host" : "switch";
    box.rail = cluster.rail != kNoRail     ? cluster.rail
               : cluster.nodes.size() == 1 ? drawing.rows.rail_of[cluster.nodes.front()]
                                           : kNoRail;
    box.condition = condition_of(drawing, cluster);
    fill_in(drawing, cluster, box);
  }
  turn(drawing, tier, drawing.place);
  for (auto c = tier.first; c < tier.last; ++c) {
    height = std::max(height, height_of(drawing, drawing.rows.clusters[c], drawing.place[c]));
  }
  for (auto c = tier.first; c < tier.last; ++c) {
    drawing.place[c].height = height;
  }
}

double room_for_cables(const Drawing& drawing, std::uint32_t tier) {
  const auto boxes = [&](std::uint32_t t) { return drawing.rows.tiers[t].last - drawing.rows.tiers[t].first; };
  const bool next_is_whole = drawing.rows.hosts_are_whole && drawing.is_of_hosts(tier + 1);
  return next_is_whole ? 110 : 130 + std::min(80.0, boxes(tier) * boxes(tier + 1) * 0.4);
}

double span_of(const Drawing& drawing) {
  double span = kNarrowest;
  for (const auto& tier : drawing.rows.tiers) {
    const bool is_whole = drawing.rows.hosts_are_whole && tier.word == "host";
    span = std::max(span, (tier.last - tier.first) * (is_whole ? kHostSlot : kBoxSlot));
  }
  return std::min(span, kWidest);
}

}  // namespace

Condition condition_of(const Drawing& drawing, const Cluster& cluster) {
  auto worst = Condition::fine;
  std::size_t measured = 0;
  for (const auto node : cluster.nodes) {
    auto condition = drawing.conditions.of_node[node];
    if (drawing.graph.kind(node) == NodeKind::host && cluster.nodes.size() > 1) {
      for (const auto nic : drawing.graph.nics_of(node)) {
        condition = std::max(condition, drawing.conditions.of_node[nic]);
      }
    }
    measured += condition == Condition::not_measured ? 0 : 1;
    worst = std::max(worst, condition);
  }
  // A few parts that are down or were not measured do not grey out all the others.
  return worst >= Condition::warn || measured == 0 || cluster.nodes.size() == 1 ? worst : Condition::fine;
}

void number_faults(Drawing& drawing) {
  const auto& faults = drawing.conditions.faults;
  for (std::size_t i = 0; i < std::min(faults.size(), kNumbered); ++i) {
    const auto& fault = faults[i];
    const bool is_between = fault.where == Fault::Where::cable || fault.where == Fault::Where::no_cable;
    const auto& of = drawing.rows.cluster_of;
    if (fault.where == Fault::Where::node || (is_between && of[fault.a] == of[fault.b])) {
      drawing.faults_of_node[fault.a].push_back(i);
    } else if (fault.where == Fault::Where::cable) {
      drawing.faults_of_link[fault.link].push_back(i);
    }
  }
}

void place_boxes(Drawing& drawing) {
  drawing.span = span_of(drawing);
  drawing.place.resize(drawing.rows.clusters.size());
  double y = kFirstRow;
  for (std::uint32_t t = 0; t < drawing.rows.tiers.size(); ++t) {
    drawing.top.push_back(y);
    const auto first = drawing.rows.tiers[t].first;
    if (drawing.is_whole(first)) {
      y += height_of_hosts(drawing, t);
    } else {
      place_tier(drawing, t, y);
      y += drawing.place[first].height;
    }
    y += t + 1 < drawing.rows.tiers.size() ? room_for_cables(drawing, t) : 0;
  }
  drawing.picture.width = kLeft + drawing.span + kRight;
  drawing.picture.height = y;
}

void add_badges(Drawing& drawing, const std::vector<std::size_t>& faults, Point at, double room) {
  const auto a_row = std::max<std::size_t>(1, static_cast<std::size_t>(room / kBadge));
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const auto& fault = drawing.conditions.faults[faults[i]];
    const Point place{at.x + static_cast<double>(i % a_row) * kBadge, at.y - static_cast<double>(i / a_row) * kBadge};
    drawing.picture.badges.push_back({place, faults[i] + 1, fault.condition, fault.subject + "\n" + fault.says});
  }
}

void draw_boxes(Drawing& drawing) {
  for (std::uint32_t t = 0; t < drawing.rows.tiers.size(); ++t) {
    const auto& tier = drawing.rows.tiers[t];
    if (drawing.is_whole(tier.first)) {
      draw_hosts(drawing, t);
      continue;
    }
    for (auto c = tier.first; c < tier.last; ++c) {
      const auto& box = drawing.place[c];
      const auto& cluster = drawing.rows.clusters[c];
      drawing.picture.boxes.push_back(box);
      const bool one = cluster.nodes.size() == 1;
      add_badges(drawing, faults_in(drawing, cluster),
                 {box.x + (one ? 0 : kBadge / 2 + 2), box.y + (one ? 0 : box.height - kBadge / 2 - 1)},
                 one ? 1000 : box.width - 4);
    }
  }
}

}  // namespace plumb::topology

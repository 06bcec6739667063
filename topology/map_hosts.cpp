// Hosts that are few enough to be drawn whole: a column each, its NICs as cells in lanes, a lane a rail.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "topology/map_drawing.h"
#include "topology/map_words.h"

namespace plumb::topology {
namespace {

constexpr double kLane = 17, kCell = 11, kAboveLanes = 8, kBlockGap = 22, kWidestColumn = 72, kCaption = 18;

void number_lanes(Drawing& drawing, NodeIndex host) {
  std::set<std::uint32_t> taken;
  const auto put = [&](NodeIndex node, std::uint32_t wanted) {
    while (!taken.insert(wanted).second) {
      ++wanted;
    }
    drawing.lane[node] = wanted;
    drawing.lanes = std::max(drawing.lanes, wanted + 1);
  };
  for (const auto nic : drawing.graph.nics_of(host)) {
    if (is_drawn_as_nic(drawing.graph, nic)) {
      put(nic, static_cast<std::uint32_t>(std::max(drawing.rows.rail_of[nic], 0)));
    }
  }
  if (!drawing.graph.hops(host).empty()) {
    put(host, 0);
  }
}

/// Columns side by side, those of other leaves a little apart.
void place_blocks(Drawing& drawing, const Tier& tier) {
  drawing.block_of.assign(drawing.rows.clusters.size(), kNoPlace);
  const auto group = [&](std::uint32_t c) { return drawing.rows.group_of[drawing.rows.clusters[c].nodes.front()]; };
  for (auto c = tier.first; c < tier.last; ++c) {
    if (c == tier.first || group(c) != group(c - 1)) {
      drawing.blocks.push_back({0, 0, 0, c, c});
    }
    drawing.blocks.back().last = c + 1;
    drawing.block_of[c] = static_cast<std::uint32_t>(drawing.blocks.size() - 1);
  }
  const auto gaps = static_cast<double>(drawing.blocks.size());  // half a gap at both ends
  const double gap = std::min(kBlockGap, 0.25 * drawing.span / gaps);
  const double column = std::min(kWidestColumn, (drawing.span - gaps * gap) / (tier.last - tier.first));
  double x = kLeft + (drawing.span - column * (tier.last - tier.first) - gaps * gap) / 2 + gap / 2;
  for (auto& block : drawing.blocks) {
    block.x = x;
    block.column = column;
    block.width = column * (block.last - block.first);
    x += block.width + gap;
  }
}

struct HostText {
  bool upright = false;
  double height = 0;
};

HostText text_of(const Drawing& drawing, const Tier& tier) {
  double widest = 0;
  for (auto c = tier.first; c < tier.last; ++c) {
    widest = std::max(widest, text_width(short_name(drawing.graph.row(drawing.rows.clusters[c].nodes.front()).id), 10));
  }
  const bool upright = widest > drawing.blocks.front().column - 3.5;
  return {upright, upright ? std::min(widest, 100.0) + 8 : kLineOfText + 4};
}

void draw_nics(Drawing& drawing, const Box& column, NodeIndex host) {
  const auto draw = [&](NodeIndex node) {
    if (drawing.lane[node] == kNoPlace) {
      return;
    }
    const auto at = drawing.cell[node];
    Box cell{at.x - (column.width - 6) / 2, at.y, column.width - 6, kCell, "nic", drawing.rows.rail_of[node]};
    cell.condition = drawing.conditions.of_node[node];
    if (drawing.graph.hops(node).empty()) {
      cell.condition = std::max(cell.condition, Condition::absent);
    }
    cell.id = node == host ? "" : std::string(drawing.graph.row(node).id);
    cell.tip = tip_of_node(drawing.graph, node);
    drawing.picture.boxes.push_back(std::move(cell));
    if (const auto found = drawing.faults_of_node.find(node); node != host && found != drawing.faults_of_node.end()) {
      add_badges(drawing, found->second, {at.x, at.y + kCell / 2}, 1000);
    }
  };
  std::ranges::for_each(drawing.graph.nics_of(host), draw);
  draw(host);
}

void draw_host(Drawing& drawing, const Box& frame, NodeIndex host, bool upright) {
  auto column = frame;
  column.look = "column";
  column.id = std::string(drawing.graph.row(host).id);
  column.tip = tip_of_node(drawing.graph, host);
  column.condition = drawing.conditions.of_node[host];
  column.upright = upright;
  column.text = {upright ? end_of(short_name(column.id), 17) : short_name(column.id)};
  drawing.picture.boxes.push_back(column);
  draw_nics(drawing, column, host);
  if (const auto found = drawing.faults_of_node.find(host); found != drawing.faults_of_node.end()) {
    add_badges(drawing, found->second, {column.x + column.width / 2, column.y + column.height}, 1000);
  }
}

void draw_caption(Drawing& drawing, const HostBlock& block, double y) {
  const auto name = [&](std::uint32_t c) {
    return short_name(drawing.graph.row(drawing.rows.clusters[c].nodes.front()).id);
  };
  const auto hosts = block.last - block.first;
  const auto& cluster = drawing.rows.clusters[block.first];
  const auto pod = cluster.block == kNoPlace ? "" : drawing.rows.blocks[cluster.block];
  auto text = counted(hosts, "host") + (pod.empty() ? "" : ", " + pod);
  if (hosts > 1 && text_width(text + name(block.first) + name(block.last - 1), 11) + 40 < block.width) {
    text += ", " + name(block.first) + " to " + name(block.last - 1);
  }
  if (text_width(text, 11) <= block.width + 10) {
    drawing.picture.labels.push_back({{block.x + block.width / 2, y}, "note", text, "middle"});
  }
}

void label_lanes(Drawing& drawing, double top) {
  for (std::size_t r = 0; r < drawing.rows.rails.size(); ++r) {
    const double y = top + kAboveLanes + static_cast<double>(r) * kLane + kCell - 2;
    drawing.picture.labels.push_back(
        {{drawing.blocks.front().x - 8, y}, "note", fmt::format("rail {}", drawing.rows.rails[r]), "end"});
  }
}

}  // namespace

double height_of_hosts(Drawing& drawing, std::uint32_t index) {
  const auto& tier = drawing.rows.tiers[index];
  const double top = drawing.top[index];
  drawing.lane.assign(drawing.graph.node_count(), kNoPlace);
  drawing.cell.assign(drawing.graph.node_count(), {});
  place_blocks(drawing, tier);
  for (auto c = tier.first; c < tier.last; ++c) {
    const auto host = drawing.rows.clusters[c].nodes.front();
    const auto& block = drawing.blocks[drawing.block_of[c]];
    const double x = block.x + block.column * (c - block.first + 0.5);
    number_lanes(drawing, host);
    const auto place = [&](NodeIndex node) {
      const auto lane = drawing.lane[node];
      drawing.cell[node] = {x, lane == kNoPlace ? top : top + kAboveLanes + lane * kLane};
    };
    place(host);
    std::ranges::for_each(drawing.graph.nics_of(host), place);
    drawing.place[c] = {x - block.column / 2 + 1.5, top, block.column - 3, 0, "host"};
  }
  const double height = kAboveLanes + drawing.lanes * kLane + text_of(drawing, tier).height;
  for (auto c = tier.first; c < tier.last; ++c) {
    drawing.place[c].height = height;
  }
  return height + kCaption;
}

double middle_of_lane(const Drawing& drawing, std::uint32_t lane) {
  return drawing.top.back() + kAboveLanes + lane * kLane + kCell / 2;
}

void draw_hosts(Drawing& drawing, std::uint32_t index) {
  const auto tier = drawing.rows.tiers[index];
  const bool upright = text_of(drawing, tier).upright;
  for (const auto& block : drawing.blocks) {
    Box panel{block.x - 3, drawing.top[index] - 3, block.width + 6, drawing.place[block.first].height + 6, "group"};
    drawing.picture.panels.push_back(panel);
    draw_caption(drawing, block, panel.y + panel.height + 13);
  }
  for (auto c = tier.first; c < tier.last; ++c) {
    draw_host(drawing, drawing.place[c], drawing.rows.clusters[c].nodes.front(), upright);
  }
  label_lanes(drawing, drawing.top[index]);
}

}  // namespace plumb::topology

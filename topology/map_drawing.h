// What the parts of map_picture.cpp share while they draw.
#pragma once

#include <map>

#include "topology/map_picture.h"
#include "topology/map_rows.h"

namespace plumb::topology {

inline constexpr double kLeft = 176, kRight = 24, kBoxText = 10, kLineOfText = 13, kBadge = 18;
inline constexpr std::size_t kNumbered = 20;  // faults that are named

/// Hosts on the same leaves, side by side.
struct HostBlock {
  double x = 0, width = 0, column = 0;  // column: of one host
  std::uint32_t first = 0, last = 0;    // clusters
};

struct Drawing {
  const Graph& graph;
  const Conditions& conditions;
  MapRows rows;
  Picture picture;

  double span = 0;                  // width of the rows, from kLeft on
  std::vector<Box> place;           // by cluster
  std::vector<double> top;          // by tier
  std::vector<Point> cell;          // by node, of hosts drawn whole: where a cable to it ends
  std::vector<std::uint32_t> lane;  // by node, of NICs of hosts drawn whole
  std::uint32_t lanes = 0;
  std::vector<HostBlock> blocks;                                 // of hosts drawn whole
  std::vector<std::uint32_t> block_of;                           // by cluster
  std::map<LinkIndex, std::vector<std::size_t>> faults_of_link;  // numbered ones
  std::map<NodeIndex, std::vector<std::size_t>> faults_of_node;

  [[nodiscard]] bool is_whole(std::uint32_t cluster) const {
    return rows.hosts_are_whole && is_of_hosts(rows.clusters[cluster].tier);
  }
  [[nodiscard]] bool is_of_hosts(std::uint32_t tier) const { return rows.tiers[tier].word == "host"; }
};

/// In the order in which they draw.
void number_faults(Drawing& drawing);
void place_boxes(Drawing& drawing);
void draw_boxes(Drawing& drawing);
void draw_hosts(Drawing& drawing, std::uint32_t tier);  // those that are whole
void draw_cables(Drawing& drawing);
void draw_words(Drawing& drawing);  // title, legend, list of faults

/// Height of the row of whole hosts; numbers their lanes.
double height_of_hosts(Drawing& drawing, std::uint32_t tier);

/// Where the line runs on which a lane's NICs hang.
double middle_of_lane(const Drawing& drawing, std::uint32_t lane);

/// Badges of faults side by side, the first at `at`.
void add_badges(Drawing& drawing, const std::vector<std::size_t>& faults, Point at, double room);

/// Of a cluster: the worst of its parts, NICs of hosts too.
Condition condition_of(const Drawing& drawing, const Cluster& cluster);

}  // namespace plumb::topology

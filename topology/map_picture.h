// A picture of a map: shapes at their places, whatever they are written as.
#pragma once

#include <string>
#include <vector>

#include "topology/map_marks.h"

namespace plumb::topology {

struct Point {
  double x = 0, y = 0;
};

struct Box {
  double x = 0, y = 0, width = 0, height = 0;
  std::string look;  // "switch", "host", "nic", "group", "key"
  int rail = -1;     // its hue; -1: none
  Condition condition = Condition::fine;
  std::string id;                 // of the one part that it stands for
  std::vector<std::string> text;  // lines, from its top
  bool upright = false;           // text runs from the bottom up
  std::string tip;                // lines
};

struct Line {
  std::vector<Point> points;  // three when curved: the second pulls
  double width = 1;
  int rail = -1;
  Condition condition = Condition::fine;
  bool curved = false;
  bool missing = false;  // stands for a cable that is not there
  std::string id, tip;
};

struct Label {
  Point at;
  std::string look;  // "title", "tier", "note", "lane", "count", "fault"
  std::string text;
  std::string anchor = "start";  // "middle", "end"
  std::string tip = {};
};

/// A numbered fault.
struct Badge {
  Point at;
  std::size_t number = 0;
  Condition condition = Condition::fail;
  std::string tip;
};

/// Drawn in this order.
struct Picture {
  double width = 0, height = 0;
  std::string title;
  std::vector<Box> panels;
  std::vector<Line> lines;
  std::vector<Box> boxes;
  std::vector<Line> faulty_lines;
  std::vector<Label> labels;
  std::vector<Badge> badges;
};

/// The picture of a map: tiers in rows, each host and switch in a box of its own, or aggregated where there are too
/// many to read; the first faults numbered and listed below. The same input gives the same picture.
Picture draw_map(const Graph& graph, const Conditions& conditions);

}  // namespace plumb::topology

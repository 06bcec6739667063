// Names and numbers as they stand in a picture.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "topology/map_rows.h"

namespace plumb::topology {

/// "leaf7" of "switch/leaf7", "n1/mlx5_0" of "nic/n1/mlx5_0".
std::string short_name(std::string_view id);
/// "n1/mlx5_0:1 – leaf7:3".
std::string short_link(std::string_view id);

/// "1,024".
std::string grouped(std::size_t number);
/// "1,024 leaves".
std::string counted(std::size_t number, const std::string& noun);

/// Pixels that `text` takes in a font of `size`, roughly.
double text_width(std::string_view text, double size);
/// `text`, or its end after "…".
std::string end_of(std::string_view text, std::size_t characters);
/// In one line, or two where it can be parted at '-', '_' or '.'; empty when it does not fit so.
std::vector<std::string> in_two_lines(const std::string& text, double width, double size);

/// Tooltips: the id first, then what is known, a line each.
std::string tip_of_node(const Graph& graph, NodeIndex node);
std::string tip_of_link(const Graph& graph, LinkIndex link);
/// "32 spines, pod p1, rail 3: p1-r3-spine1 to p1-r3-spine32", or the id of the only one.
std::string full_name_of(const Graph& graph, const MapRows& rows, const Cluster& cluster);
/// The same without the names, where the rest is enough.
std::string name_of(const Graph& graph, const MapRows& rows, const Cluster& cluster);

}  // namespace plumb::topology

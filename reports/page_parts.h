// The larger pieces of the page's data; page_data.cpp puts them together.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/json_file.h"
#include "reports/judge.h"

namespace plumb::reports {

/// Where the ends of measurements stand on the map.
struct PagePlaces {
  static constexpr std::uint32_t kNowhere = 0xffffffff;
  struct Leaf {
    topology::NodeIndex node = 0;
    std::uint32_t pod = 0;
  };
  /// The NICs of a host that have a cable, by rail; the host itself where it has the cable.
  struct Host {
    topology::NodeIndex node = 0;
    std::vector<topology::NodeIndex> ends;
    std::vector<std::uint32_t> leaves;  // of each end
  };
  std::vector<std::string_view> pods;
  std::vector<Leaf> leaves;            // those with hosts, by pod, then name
  std::vector<Host> hosts;             // those with cables, by name
  std::vector<std::uint32_t> leaf_of;  // by node; kNowhere for what is no end
  std::vector<std::uint32_t> end_of;   // by index in Evidence::endpoints: a node, or kNowhere
};

PagePlaces places_of(const Evidence& evidence, const topology::Graph& graph);

/// Pods, leaves and the hosts at them, with what each end reaches of what is expected, in percent, in its slower
/// direction: all that aggregates need. Nothing without a map.
core::Json page_fabric(const Evidence& evidence, const PairView& view, const topology::Graph& graph,
                       const PagePlaces& places);

/// Rows that matter, by columns: those of suspects (`is_suspect`, by index in Evidence::endpoints) and the slowest; all
/// of a small run. Names stand once.
core::Json page_pairs(const Evidence& evidence, const PairView& view, const PagePlaces& places,
                      const std::vector<bool>& is_suspect);

/// Median bandwidth ratio in permille between any two ends, hosts, leaves or pods: the finest of these that a picture
/// can hold.
core::Json page_matrix(const Evidence& evidence, const PairView& view, const topology::Graph& graph,
                       const PagePlaces& places);

}  // namespace plumb::reports

// The ways between any two switches of a fabric, found once for all switches that are cabled alike.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "topology/bundles.h"
#include "topology/class_search.h"
#include "topology/switch_classes.h"

namespace plumb::topology {

/// What lies between two switches. The ends are not in it.
struct SwitchWay {
  std::vector<BundleShare> bundles;   // with a share of kLeastShare or more
  std::uint32_t first = 0, last = 0;  // so many of them, at either end of the list, are cables of that end
  std::uint32_t switches = 0;         // that one packet passes, the ends too; 0: there is no way
};

/// Keeps what it found, so use one a thread. Ways as in paths.h: every node hands packets on evenly over the cables of
/// its shortest ways.
class SwitchWays {
 public:
  explicit SwitchWays(const Graph& graph);
  SwitchWays(const SwitchWays&) = delete;
  SwitchWays& operator=(const SwitchWays&) = delete;

  /// Stays good until the next call.
  const SwitchWay& between(NodeIndex from, NodeIndex to);
  /// switches of between(from, to), for less.
  std::uint32_t switches_between(NodeIndex from, NodeIndex to);

  [[nodiscard]] const Bundles& bundles() const { return bundles_; }

 private:
  /// Some of the cables of a switch: places in its hops, which are those of its twins, too.
  using Places = std::vector<std::uint32_t>;
  struct EndShare {
    std::uint32_t places = 0;  // of places_
    float share = 1;
  };
  /// Of all ways from one class to another.
  struct Pattern {
    std::vector<EndShare> first, last;
    std::vector<BundleShare> between;
    std::uint32_t switches = 0;
    float direct_share = 0;  // of each cable that joins the two
  };
  static constexpr std::uint32_t kNone = 0xffffffff;
  /// The cables of one switch at some places: those whose first end it is, and the others.
  using EndBundles = std::array<std::uint32_t, 2>;

  using CablesByShare = std::map<std::pair<float, bool>, std::vector<LinkIndex>>;  // share, and whether forward

  std::uint32_t pattern_of(NodeIndex from, NodeIndex to);
  Pattern search(NodeIndex from, NodeIndex to);
  [[nodiscard]] static Pattern direct(std::uint32_t cables);
  void add_level(std::size_t level, Pattern& pattern);
  void add_nodes(const std::vector<ClassShare>& level, Pattern& pattern);
  void add_cables(std::uint32_t from, std::size_t level, float share, CablesByShare& cables);
  [[nodiscard]] std::vector<EndShare> ends_at(NodeIndex node, const std::vector<ClassShare>& level);
  std::uint32_t intern(const Places& places);
  template <class IsMeant>
  EndBundles bundles_of(NodeIndex node, IsMeant&& is_meant);
  const EndBundles& bundles_at(NodeIndex node, std::uint32_t places);
  const EndBundles& direct_bundles(NodeIndex from, NodeIndex to);
  void append(const EndBundles& bundles, bool is_source, float share);
  std::uint32_t append_end(NodeIndex node, bool is_source, const std::vector<EndShare>& shares);

  const Graph& graph_;
  SwitchClasses classes_;
  ClassSearch search_;
  Bundles bundles_;
  std::vector<Places> places_;
  std::map<Places, std::uint32_t> index_of_places_;
  std::vector<Pattern> patterns_;
  tsl::robin_map<std::uint64_t, std::uint32_t, MixedHash> pattern_of_;  // by two classes
  tsl::robin_map<std::uint64_t, EndBundles, MixedHash> at_end_;         // by switch and places
  tsl::robin_map<std::uint64_t, EndBundles, MixedHash> direct_;         // by two switches
  SwitchWay way_;
};

}  // namespace plumb::topology

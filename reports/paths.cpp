#include "reports/paths.h"

#include <algorithm>
#include <array>
#include <future>
#include <optional>
#include <tuple>

#include "reports/path_collector.h"
#include "reports/way_rates.h"

namespace plumb::reports {
namespace {

using topology::BundleIndex;
using topology::NodeIndex;
using topology::NodeKind;
using topology::SharedWay;

/// By number of switches on the way.
std::string_view distance_over(std::uint32_t switches) {
  constexpr std::array<std::string_view, 7> kNames{"other host",      "same leaf", "over 2 switches", "same pod",
                                                   "over 4 switches", "other pod", "over 6 switches"};
  return switches < kNames.size() ? kNames[switches] : "over 7 switches or more";
}

bool is_of_gpu(std::string_view memory) { return !memory.empty() && memory != "host" && memory != "cpu"; }

/// Leads measurements over the map, and collects what each touches.
class Tracer {
 public:
  /// Keeps references to both.
  Tracer(Fabric& fabric, const std::vector<Endpoint>& ends)
      : fabric_(fabric), ends_(ends), graph_(fabric.graph()), ways_(fabric.graph()), rates_(fabric, ways_) {
    for (auto& known : known_ends_) {
      known.resize(ends.size());
    }
  }
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  void reserve(std::size_t paths) { paths_.reserve(paths, ends_.size()); }

  /// Of a measurement between two ends that used the memory of GPUs, or not.
  void add_measured(std::size_t src, std::size_t dst, bool from_gpus) {
    paths_.end_measured(trace(ends_[src], ends_[dst], from_gpus));
  }
  void add_failed(std::size_t src, std::size_t dst, bool from_gpus) {
    trace(ends_[src], ends_[dst], from_gpus);
    paths_.end_failed();
  }

  Paths take() { return paths_.take(bundles_of()); }
  /// The paths of another tracer follow those of this one.
  Paths take_with(Tracer& other) {
    auto bundles = paths_.append(other.take(), bundles_of());
    return paths_.take(std::move(bundles));
  }

 private:
  [[nodiscard]] std::vector<PathTouches::Bundle> bundles_of() const {
    const auto& bundles = ways_.bundles();
    std::vector<PathTouches::Bundle> parts(bundles.size());
    for (BundleIndex b = 0; b < bundles.size(); ++b) {
      for (const auto member : bundles.members(b)) {
        parts[b].push_back(bundles.has_cables(b) ? fabric_.part_of_cable(member) : fabric_.part_of_node(member));
      }
    }
    return parts;
  }

  PathClass trace(const Endpoint& src, const Endpoint& dst, bool from_gpus) {
    PathClass one{0, src.kind, dst.kind, kSameHost};
    if (src.part == dst.part) {
      one.distance = kLoopback;
      add_loopback(src, from_gpus);
    } else if (src.home && src.home == dst.home) {  // its host is touched once, in no direction
      paths_.add_stretch({{src.part, Direction::out}});
      paths_.add_stretch({{dst.part, Direction::in}});
      paths_.add_stretch({{*src.home, Direction::both}});
    } else {
      const auto& way = way_between(src, dst);
      rates_.look_at(way, src, dst);
      one.line_rate_Bps = rates_.line_rate_Bps().value_or(0);
      one.distance = distance_over(way.switches);
      add_end(src, Direction::out, from_gpus, std::span(way.cables).first(way.at_source.cables));
      add_end(dst, Direction::in, from_gpus, std::span(way.cables).last(way.at_destination.cables));
      add_between(way, src);
    }
    return one;
  }

  /// Out of its memory and back into it: all that stands behind the NIC, both ways at once, and no cable.
  void add_loopback(const Endpoint& end, bool from_gpus) {
    stretch_.assign(1, Touch{end.part, Direction::both});
    for (const auto other : {from_gpus ? end.gpu_part : kNoPart, end.nic_part, end.host_part}) {
      if (other != kNoPart) {
        stretch_.push_back({other, Direction::both});
      }
    }
    paths_.add_stretch(stretch_);
  }

  const SharedWay& way_between(const Endpoint& src, const Endpoint& dst) {
    if (!src.attached || !dst.attached) {
      static const SharedWay kNone;
      return kNone;
    }
    const auto from = src.attached->node(), to = dst.attached->node();
    const auto* route = fabric_.route(from, to);
    return route != nullptr ? ways_.along(from, *route) : ways_.shortest(*src.attached, *dst.attached);
  }

  /// What the stretch of an end with one cable depends on.
  struct EndUse {
    std::optional<double> line_rate_Bps;
    topology::CableShare cable;
    bool from_gpus = false;
    friend bool operator==(const EndUse&, const EndUse&) = default;
  };
  struct KnownEnd {
    std::optional<EndUse> use;
    PathTouches::Stretch stretch = 0;
  };

  /// The end, what stands beside it, and its own cables. Mostly the same as the last time.
  void add_end(const Endpoint& end, Direction direction, bool from_gpus, std::span<const topology::CableShare> cables) {
    if (cables.size() != 1) {
      add_end_anew(end, direction, from_gpus, cables);
      return;
    }
    auto& known = known_ends_[direction == Direction::out ? 0 : 1][static_cast<std::size_t>(&end - ends_.data())];
    const EndUse use{rates_.line_rate_Bps(), cables.front(), from_gpus};
    if (known.use == use) {
      paths_.add_stretch(known.stretch);
      return;
    }
    add_end_anew(end, direction, from_gpus, cables);
    known = {use, paths_.last_stretch()};
  }

  void add_end_anew(const Endpoint& end, Direction direction, bool from_gpus,
                    std::span<const topology::CableShare> cables) {
    const auto room = rates_.headroom(end.attached ? rates_.at(end.attached->node()) : std::nullopt);
    stretch_.assign(1, Touch{end.part, direction, 1, room});
    for (const auto other : {from_gpus ? end.gpu_part : kNoPart, end.nic_part, end.host_part}) {
      if (other != kNoPart) {
        stretch_.push_back({other, direction, 1, room});
      }
    }
    touch_cables(cables);
    paths_.add_stretch(stretch_);
  }

  /// Switches at the source, at the destination, and all between them.
  void add_between(const SharedWay& way, const Endpoint& src) {
    const std::span cables(way.cables);
    const std::span nodes(way.nodes);
    const std::span bundles(way.bundles);
    const auto& [first, last] = std::tie(way.at_source, way.at_destination);
    const auto middle = [](auto list, std::size_t before, std::size_t after) {
      return list.subspan(before, list.size() - before - after);
    };
    add_switches(nodes.first(first.nodes), bundles.first(first.bundles), src);
    stretch_.clear();
    touch_cables(middle(cables, first.cables, last.cables));
    touch_switches(middle(nodes, first.nodes, last.nodes), middle(bundles, first.bundles, last.bundles), src);
    paths_.add_stretch(stretch_);
    add_switches(nodes.last(last.nodes), bundles.last(last.bundles), src);
  }

  void add_switches(std::span<const topology::NodeShare> nodes, std::span<const topology::BundleShare> bundles,
                    const Endpoint& src) {
    stretch_.clear();
    touch_switches(nodes, bundles, src);
    paths_.add_stretch(stretch_);
  }

  void touch_cables(std::span<const topology::CableShare> cables) {
    for (const auto& [link, forward, share] : cables) {
      stretch_.push_back({fabric_.part_of_cable(link), forward ? Direction::out : Direction::in, share,
                          rates_.headroom(fabric_.rates().of_cable(link))});
    }
  }

  void touch_switches(std::span<const topology::NodeShare> nodes, std::span<const topology::BundleShare> bundles,
                      const Endpoint& src) {
    for (const auto& [node, share] : nodes) {
      const auto direction = graph_.kind(node) == NodeKind::network_switch ? Direction::both
                             : graph_.row(node).host == src.host           ? Direction::out
                                                                           : Direction::in;
      stretch_.push_back({fabric_.part_of_node(node), direction, share, rates_.headroom(rates_.at(node))});
    }
    for (const auto& [bundle, forward, share] : bundles) {
      const bool has_cables = ways_.bundles().has_cables(bundle);
      const auto direction = !has_cables ? Direction::both : forward ? Direction::out : Direction::in;
      stretch_.push_back({Touch::kBundle | bundle, direction, share,
                          rates_.headroom(has_cables ? rates_.of_bundle(bundle) : rates_.between())});
    }
  }

  static constexpr std::uint32_t kNoPart = Endpoint::kNoPart;

  const Fabric& fabric_;
  const std::vector<Endpoint>& ends_;
  const topology::Graph& graph_;
  topology::Ways ways_;
  WayRates rates_;
  PathCollector paths_;
  std::vector<Touch> stretch_;                       // under way
  std::array<std::vector<KnownEnd>, 2> known_ends_;  // out, in; by end
};

}  // namespace

Paths paths_of(const Evidence& evidence, Fabric& fabric) {
  const auto& pairs = evidence.pairs;
  auto ids = evidence.endpoints;
  for (const auto& placed : evidence.failed_pairs) {
    ids.insert(ids.end(), {placed.row.src, placed.row.dst});
  }
  const auto ends = fabric.endpoints(ids);
  std::vector<bool> of_gpu;  // by setting
  std::ranges::transform(evidence.settings, std::back_inserter(of_gpu),
                         [](const PairSetting& setting) { return is_of_gpu(setting.memory); });
  const auto add_pairs = [&](Tracer& tracer, std::size_t from, std::size_t to) {
    tracer.reserve(pairs.size() + evidence.failed_pairs.size());
    for (auto m = from; m < to; ++m) {
      tracer.add_measured(pairs[m].src, pairs[m].dst, of_gpu[pairs[m].setting]);
    }
  };
  // Two halves, however many cores there are: what belongs together gets the same numbers everywhere.
  Tracer first(fabric, ends), second(fabric, ends);
  auto others = std::async(std::launch::async, [&] {
    add_pairs(second, pairs.size() / 2, pairs.size());
    for (std::size_t i = 0; i < evidence.failed_pairs.size(); ++i) {
      const bool from_gpus = is_of_gpu(evidence.failed_pairs[i].row.memory);
      const auto src = evidence.endpoints.size() + 2 * i;
      second.add_failed(src, src + 1, from_gpus);
    }
  });
  add_pairs(first, 0, pairs.size() / 2);
  others.get();
  return first.take_with(second);
}

}  // namespace plumb::reports

#include "reports/paths.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <future>
#include <map>
#include <optional>

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

std::uint64_t hash_of(std::span<const Touch> touches) {
  std::uint64_t hash = touches.size();
  const auto mix = [&](std::uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
    hash ^= hash >> 29U;
  };
  for (const auto& touch : touches) {
    mix(static_cast<std::uint64_t>(touch.part) << 8U | static_cast<std::uint64_t>(touch.direction));
    mix(static_cast<std::uint64_t>(std::bit_cast<std::uint32_t>(touch.weight)) << 32U |
        std::bit_cast<std::uint32_t>(touch.headroom));
  }
  return hash;
}

/// What the cables on a way could carry.
struct Rates {
  std::vector<std::pair<NodeIndex, double>> at_ends;  // of nodes that a host's own cables join
  std::optional<double> between;                      // of the slowest cable between switches

  [[nodiscard]] std::optional<double> at(NodeIndex node) const {
    std::optional<double> rate;
    for (const auto& [end, end_rate] : at_ends) {
      lower(rate, end == node ? std::optional(end_rate) : std::nullopt);
    }
    return rate;
  }
};

class Tracer {
 public:
  explicit Tracer(Fabric& fabric) : fabric_(fabric), graph_(fabric.graph()), ways_(fabric.graph()) {}

  void reserve(std::size_t paths, std::size_t ends) {
    paths_.touches.reserve(paths);
    stretches_.reserve(2 * ends);  // out and in
  }

  /// Of a measurement that used the memory of GPUs, or not.
  void add_measured(const Endpoint& src, const Endpoint& dst, bool from_gpus) {
    paths_.class_of.push_back(number_of(trace(src, dst, from_gpus)));
  }
  void add_failed(const Endpoint& src, const Endpoint& dst, bool from_gpus) { trace(src, dst, from_gpus); }

  /// The paths of another tracer follow those of this one.
  void append(Tracer&& other) {
    const auto theirs = other.take();
    auto bundles = bundles_of();
    std::vector<std::uint32_t> bundle_of, class_of;
    std::map<PathTouches::Bundle, std::uint32_t> known;
    for (std::uint32_t b = 0; b < bundles.size(); ++b) {
      known.emplace(bundles[b], b);
    }
    for (const auto& bundle : theirs.touches.bundles()) {
      const auto [found, is_new] = known.emplace(bundle, static_cast<std::uint32_t>(bundles.size()));
      bundle_of.push_back(found->second);
      if (is_new) {
        bundles.push_back(bundle);
      }
    }
    append_paths(theirs.touches, bundle_of);
    paths_.touches.set_bundles(std::move(bundles));
    std::ranges::transform(theirs.classes, std::back_inserter(class_of),
                           [&](const PathClass& one) { return number_of(one); });
    std::ranges::transform(theirs.class_of, std::back_inserter(paths_.class_of),
                           [&](auto one) { return class_of[one]; });
  }

  Paths take() {
    if (paths_.touches.bundles().empty()) {
      paths_.touches.set_bundles(bundles_of());
    }
    return std::move(paths_);
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

  void append_paths(const PathTouches& theirs, const std::vector<std::uint32_t>& bundle_of) {
    std::vector<PathTouches::Stretch> stretch_of;
    for (PathTouches::Stretch s = 0; s < theirs.stretches(); ++s) {
      const auto touches = theirs.touches_of(s);
      stretch_.assign(touches.begin(), touches.end());
      for (auto& touch : stretch_) {
        touch.part = touch.is_bundle() ? Touch::kBundle | bundle_of[touch.bundle()] : touch.part;
      }
      stretch_of.push_back(number_of(stretch_));
    }
    for (std::uint32_t path = 0; path < theirs.size(); ++path) {
      chain_.clear();
      std::ranges::transform(theirs.stretches_of(path), std::back_inserter(chain_),
                             [&](auto s) { return stretch_of[s]; });
      paths_.touches.add_path(chain_);
    }
  }

  PathClass trace(const Endpoint& src, const Endpoint& dst, bool from_gpus) {
    PathClass one{0, src.kind, dst.kind, kSameHost};
    chain_.clear();
    if (src.part == dst.part) {
      one.distance = kLoopback;
      add_loopback(src, from_gpus);
    } else if (src.home && src.home == dst.home) {  // its host is touched once, in no direction
      add_stretch({{src.part, Direction::out}});
      add_stretch({{dst.part, Direction::in}});
      add_stretch({{*src.home, Direction::both}});
    } else {
      const auto& way = way_between(src, dst);
      find_rates(way);
      one.line_rate_Bps = line_rate(src, dst).value_or(0);
      one.distance = distance_over(way.switches);
      line_rate_Bps_ = one.line_rate_Bps;
      add_end(src, Direction::out, from_gpus, std::span(way.cables).first(way.at_source.cables));
      add_end(dst, Direction::in, from_gpus, std::span(way.cables).last(way.at_destination.cables));
      add_between(way, src);
    }
    paths_.touches.add_path(chain_);
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
    add_stretch(stretch_);
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

  void find_rates(const SharedWay& way) {
    rates_.at_ends.clear();
    rates_.between.reset();
    for (const auto& cable : way.cables) {
      const auto& link = graph_.link(cable.link);
      const auto rate = fabric_.rates().of_cable(cable.link);
      const bool is_hosts =
          graph_.kind(link.a) != NodeKind::network_switch || graph_.kind(link.b) != NodeKind::network_switch;
      if (rate && is_hosts) {
        rates_.at_ends.emplace_back(link.a, *rate);
        rates_.at_ends.emplace_back(link.b, *rate);
      } else {
        lower(rates_.between, rate);
      }
    }
    for (const auto& shared : way.bundles) {
      lower(rates_.between, rate_of_bundle(shared.bundle));
    }
  }

  [[nodiscard]] std::optional<double> line_rate(const Endpoint& src, const Endpoint& dst) const {
    auto rate = rates_.between;
    lower(rate, src.rate_Bps);
    lower(rate, dst.rate_Bps);
    for (const auto& [node, at_node] : rates_.at_ends) {
      lower(rate, at_node);
    }
    return rate;
  }

  /// Of the slowest of its cables; nothing for switches.
  std::optional<double> rate_of_bundle(BundleIndex bundle) {
    constexpr float kNotLookedUp = -1;
    const auto& bundles = ways_.bundles();
    bundle_rates_.resize(std::max(bundle_rates_.size(), bundles.size()), kNotLookedUp);
    auto& rate = bundle_rates_[bundle];
    if (rate < 0) {
      std::optional<double> slowest;
      for (const auto cable : bundles.has_cables(bundle) ? bundles.members(bundle) : std::span<const std::uint32_t>()) {
        lower(slowest, fabric_.rates().of_cable(cable));
      }
      rate = static_cast<float>(slowest.value_or(0));
    }
    return rate > 0 ? std::optional<double>(rate) : std::nullopt;
  }

  /// What a part could carry, over what the slowest on the way lets through: of a leaf, by its host's cable, of
  /// switches above by the slowest cable between switches.
  [[nodiscard]] float headroom(std::optional<double> rate) const {
    return rate && line_rate_Bps_ > 0 ? static_cast<float>(std::max(*rate / line_rate_Bps_, 1.0)) : 1.0F;
  }

  /// The end, what stands beside it, and its own cables.
  void add_end(const Endpoint& end, Direction direction, bool from_gpus, std::span<const topology::CableShare> cables) {
    const auto room = headroom(end.attached ? rates_.at(end.attached->node()) : std::nullopt);
    stretch_.assign(1, Touch{end.part, direction, 1, room});
    for (const auto other : {from_gpus ? end.gpu_part : kNoPart, end.nic_part, end.host_part}) {
      if (other != kNoPart) {
        stretch_.push_back({other, direction, 1, room});
      }
    }
    touch_cables(cables);
    add_stretch(stretch_);
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
    add_stretch(stretch_);
    add_switches(nodes.last(last.nodes), bundles.last(last.bundles), src);
  }

  void add_switches(std::span<const topology::NodeShare> nodes, std::span<const topology::BundleShare> bundles,
                    const Endpoint& src) {
    stretch_.clear();
    touch_switches(nodes, bundles, src);
    add_stretch(stretch_);
  }

  void touch_cables(std::span<const topology::CableShare> cables) {
    for (const auto& [link, forward, share] : cables) {
      stretch_.push_back({fabric_.part_of_cable(link), forward ? Direction::out : Direction::in, share,
                          headroom(fabric_.rates().of_cable(link))});
    }
  }

  void touch_switches(std::span<const topology::NodeShare> nodes, std::span<const topology::BundleShare> bundles,
                      const Endpoint& src) {
    for (const auto& [node, share] : nodes) {
      const auto direction = graph_.kind(node) == NodeKind::network_switch ? Direction::both
                             : graph_.row(node).host == src.host           ? Direction::out
                                                                           : Direction::in;
      stretch_.push_back({fabric_.part_of_node(node), direction, share, headroom(rates_.at(node))});
    }
    for (const auto& [bundle, forward, share] : bundles) {
      const bool has_cables = ways_.bundles().has_cables(bundle);
      const auto direction = !has_cables ? Direction::both : forward ? Direction::out : Direction::in;
      stretch_.push_back(
          {Touch::kBundle | bundle, direction, share, headroom(has_cables ? rate_of_bundle(bundle) : rates_.between)});
    }
  }

  void add_stretch(std::initializer_list<Touch> touches) { add_stretch(std::span(touches.begin(), touches.size())); }
  void add_stretch(std::span<const Touch> touches) {
    if (!touches.empty()) {
      chain_.push_back(number_of(touches));
    }
  }

  PathTouches::Stretch number_of(std::span<const Touch> touches) {
    const auto [known, is_new] = stretches_.try_emplace(hash_of(touches), 0);
    if (is_new) {
      known.value() = paths_.touches.add_stretch(touches);
    }
    return known->second;
  }

  std::uint32_t number_of(const PathClass& one) {
    const auto known = std::ranges::find(paths_.classes, one);  // there are few
    const auto number = static_cast<std::uint32_t>(known - paths_.classes.begin());
    if (known == paths_.classes.end()) {
      paths_.classes.push_back(one);
    }
    return number;
  }

  static constexpr std::uint32_t kNoPart = Endpoint::kNoPart;

  const Fabric& fabric_;
  const topology::Graph& graph_;
  topology::Ways ways_;
  Paths paths_;
  tsl::robin_map<std::uint64_t, PathTouches::Stretch> stretches_;  // by hash_of
  std::vector<float> bundle_rates_;                                // by bundle: 0 not known, negative not looked up
  // Of the path under way.
  Rates rates_;
  double line_rate_Bps_ = 0;
  std::vector<Touch> stretch_;
  std::vector<PathTouches::Stretch> chain_;
};

}  // namespace

Paths paths_of(const Evidence& evidence, Fabric& fabric) {
  const auto& pairs = evidence.pairs;
  std::vector<std::string> failed;
  for (const auto& placed : evidence.failed_pairs) {
    failed.insert(failed.end(), {placed.row.src, placed.row.dst});
  }
  const auto ends = fabric.endpoints(evidence.endpoints), failed_ends = fabric.endpoints(failed);
  std::vector<bool> of_gpu;  // by setting
  std::ranges::transform(evidence.settings, std::back_inserter(of_gpu),
                         [](const PairSetting& setting) { return is_of_gpu(setting.memory); });
  const auto add_pairs = [&](Tracer& tracer, std::size_t from, std::size_t to) {
    tracer.reserve(pairs.size() + evidence.failed_pairs.size(), ends.size());
    for (auto m = from; m < to; ++m) {
      tracer.add_measured(ends[pairs[m].src], ends[pairs[m].dst], of_gpu[pairs[m].setting]);
    }
  };
  // Two halves, however many cores there are: what belongs together gets the same numbers everywhere.
  Tracer first(fabric), second(fabric);
  auto others = std::async(std::launch::async, [&] {
    add_pairs(second, pairs.size() / 2, pairs.size());
    for (std::size_t i = 0; i < evidence.failed_pairs.size(); ++i) {
      const bool from_gpus = is_of_gpu(evidence.failed_pairs[i].row.memory);
      second.add_failed(failed_ends[2 * i], failed_ends[2 * i + 1], from_gpus);
    }
  });
  add_pairs(first, 0, pairs.size() / 2);
  others.get();
  first.append(std::move(second));
  return first.take();
}

}  // namespace plumb::reports

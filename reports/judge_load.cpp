#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>

#include "core/statistics.h"
#include "core/units.h"
#include "reports/judge.h"
#include "reports/judge_crossed.h"
#include "topology/fabric_shape.h"
#include "topology/pod_spines.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kLeastPeers = 4, kLeastFlows = 8;
constexpr double kSlow = 0.9;          // of the median peer
constexpr double kStandardErrors = 5;  // below it
constexpr double kOfHashing = 0.8;
constexpr double kHashedInPod = 0.40, kHashedBetweenPods = 0.33;  // of their share that flows have under ECMP

/// A loaded row that crosses between two leaves, or two pods.
struct Flow {
  const LoadedRow* row = nullptr;
  double Bps = 0, ratio = 0;
  std::uint32_t from = 0, to = 0;
};

/// The time that equal data takes in and out of one of them, in seconds a byte.
struct Carried {
  double measured = 0, allowed = 0;
  std::size_t flows = 0;
  void add(const Flow& flow) {
    measured += 1 / flow.Bps;
    allowed += 1 / flow.row->allowed_Bps;
    ++flows;
  }
  /// How much longer than the map says.
  [[nodiscard]] double slowness() const { return measured / allowed; }
};

struct SlowPlace {
  std::uint32_t place = 0;
  Carried carried;
  double usual = 1;      // slowness of its peers
  double clearness = 0;  // standard errors that it is above it
};

std::map<std::uint32_t, Carried> carried_by(const std::vector<Flow>& flows) {
  std::map<std::uint32_t, Carried> places;
  for (const auto& flow : flows) {
    places[flow.from].add(flow);
    places[flow.to].add(flow);
  }
  std::erase_if(places, [](const auto& one) { return one.second.flows < kLeastFlows; });
  return places;
}

std::vector<double> slownesses(const std::map<std::uint32_t, Carried>& places) {
  std::vector<double> values;
  std::ranges::transform(places, std::back_inserter(values), [](const auto& one) { return one.second.slowness(); });
  return values;
}

/// Standard deviation of how much longer than the map says single flows take.
double deviation(const std::vector<Flow>& flows) {
  double sum = 0, squares = 0;
  for (const auto& flow : flows) {
    sum += 1 / flow.ratio;
    squares += 1 / (flow.ratio * flow.ratio);
  }
  const auto n = static_cast<double>(flows.size());
  return std::sqrt(std::max(0.0, squares / n - sum / n * sum / n));
}

/// The slowest place when it stands out.
std::optional<SlowPlace> slowest(const std::vector<Flow>& flows) {
  const auto places = carried_by(flows);
  if (places.size() < kLeastPeers) {
    return std::nullopt;
  }
  const auto all = slownesses(places);
  const auto usual = core::median(all);
  const auto [place, carried] = *std::ranges::max_element(
      places, {}, [](const auto& one) { return std::pair(one.second.slowness(), one.first); });
  const double error =
      std::max(core::scaled_mad(all), deviation(flows) / std::sqrt(static_cast<double>(carried.flows)));
  if (carried.slowness() <= usual / kSlow || carried.slowness() <= usual + kStandardErrors * error) {
    return std::nullopt;
  }
  return SlowPlace{place, carried, usual, (carried.slowness() - usual) / error};
}

/// The flows in and out of a place, taken away.
std::vector<Flow> take(std::uint32_t place, std::vector<Flow>& flows) {
  const auto here =
      std::ranges::stable_partition(flows, [&](const Flow& flow) { return flow.from != place && flow.to != place; });
  std::vector<Flow> taken(here.begin(), here.end());
  flows.erase(here.begin(), here.end());
  return taken;
}

/// The same rows, taken away.
void take_same(const std::vector<Flow>& taken, std::vector<Flow>& flows) {
  std::unordered_set<const LoadedRow*> rows;
  std::ranges::transform(taken, std::inserter(rows, rows.end()), &Flow::row);
  std::erase_if(flows, [&](const Flow& flow) { return rows.contains(flow.row); });
}

class LoadJudge {
 public:
  LoadJudge(const Evidence& evidence, const topology::Graph& graph, const Places& places, const Load& load,
            core::Verdict& verdict)
      : evidence_(evidence), graph_(graph), places_(places), load_(load), verdict_(verdict), shape_(graph) {
    number_spine_groups();
  }

  void judge() {
    auto by_leaf = crossing(), by_group = between_groups(by_leaf);
    auto leaf = slowest(by_leaf), group = slowest(by_group);
    while (leaf || group) {
      if (group && (!leaf || group->clearness > leaf->clearness)) {
        const auto taken = take(group->place, by_group);
        take_same(taken, by_leaf);
        add_spines(*group, taken);
      } else {
        const auto taken = take(leaf->place, by_leaf);
        take_same(taken, by_group);
        add_leaf(*leaf, taken);
      }
      leaf = slowest(by_leaf);
      group = slowest(by_group);
    }
    judge_tier(false);
    judge_tier(true);
  }

 private:
  [[nodiscard]] std::uint32_t pod(std::uint32_t leaf) const { return places_.leaves[leaf].pod; }
  [[nodiscard]] const PairMeasurement& pair(const LoadedRow& row) const { return evidence_.pairs[row.pair]; }

  /// Rows between two leaves.
  [[nodiscard]] std::vector<Flow> crossing() const {
    std::vector<Flow> flows;
    for (const auto& row : load_.rows) {
      const auto from = places_.leaf_of_endpoint(pair(row).src), to = places_.leaf_of_endpoint(pair(row).dst);
      const bool is_known = from != Places::kNowhere && to != Places::kNowhere;
      if (is_known && from != to && row.crosses) {
        flows.push_back({&row, pair(row).bw_Bps, ratio_of(evidence_, row), from, to});
      }
    }
    return flows;
  }

  /// A rail's leaves in a pod reach other pods over the same spines.
  void number_spine_groups() {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> groups;  // by pod and plane
    for (std::uint32_t leaf = 0; leaf < places_.leaves.size(); ++leaf) {
      const auto plane = shape_.of(places_.leaves[leaf].node)->plane;
      const auto next = static_cast<std::uint32_t>(groups.size());
      group_of_.push_back(groups.try_emplace({pod(leaf), plane}, next).first->second);
    }
  }

  [[nodiscard]] std::vector<Flow> between_groups(const std::vector<Flow>& by_leaf) const {
    std::vector<Flow> flows;
    for (const auto& flow : by_leaf) {
      if (pod(flow.from) != pod(flow.to)) {
        flows.push_back({flow.row, flow.Bps, flow.ratio, group_of_[flow.from], group_of_[flow.to]});
      }
    }
    return flows;
  }

  void quote_worst(const std::vector<Flow>& flows, core::Finding& finding) const {
    std::vector<LoadedRow> rows;
    std::ranges::transform(flows, std::back_inserter(rows), [](const Flow& flow) { return *flow.row; });
    quote_slowest(evidence_, std::move(rows), finding);
  }

  core::Finding finding_of(const SlowPlace& slow, const std::vector<Flow>& taken, const std::string& name) const {
    core::Finding finding{.severity = core::Severity::fail, .kind = core::FindingKind::slow_under_load};
    finding.slowdown = slow.usual / slow.carried.slowness();
    finding.title =
        fmt::format("{} carries {} of what its peers do when all rails send, though its pairs are fast alone", name,
                    core::format_percent(*finding.slowdown));
    const auto flows = static_cast<double>(slow.carried.flows);
    finding.evidence.push_back(
        {"pairs.csv",
         {},
         fmt::format("{} flows in and out have {} each (harmonic mean); the map lets them have {}, and its peers get "
                     "{} of that",
                     slow.carried.flows, core::format_rate(flows / slow.carried.measured),
                     core::format_rate(flows / slow.carried.allowed), core::format_percent(1 / slow.usual))});
    quote_worst(taken, finding);
    return finding;
  }

  /// Its cables up, as the map has them against its peers.
  [[nodiscard]] std::string uplinks_of(topology::NodeIndex leaf) const {
    for (const auto& peers : topology::peers_of(graph_, shape_)) {
      for (const auto i : peers.judged) {
        if (const auto& one = shape_.switches()[i]; one.node == leaf) {
          const auto usual = topology::usual_cables(shape_, peers, &topology::SwitchShape::up);
          return usual && one.up < *usual ? fmt::format("the map has {} cables up, its peers have {}", one.up, *usual)
                                          : fmt::format("the map has all its {} cables up", one.up);
        }
      }
    }
    return "the map does not tell its tier";
  }

  void add_leaf(const SlowPlace& slow, const std::vector<Flow>& taken) {
    const auto leaf = places_.leaves[slow.place].node;
    const std::string id(graph_.row(leaf).id);
    auto finding = finding_of(slow, taken, "leaf " + id.substr(id.find('/') + 1));
    const auto uplinks = uplinks_of(leaf);
    finding.suspects.push_back({id, 1});
    finding.evidence.push_back({"links.csv", {}, id + ": " + uplinks});
    finding.title += "; " + uplinks;
    finding.advice =
        "look for uplinks that are down, missing or slow on this leaf (plumb-topo check, port counters), "
        "then for what else uses them: its hosts share what is left";
    verdict_.findings.push_back(std::move(finding));
  }

  /// Which of a pod's spines lack cables, flows that are hashed over all of them do not tell: all are suspects.
  void add_spines(const SlowPlace& slow, const std::vector<Flow>& taken) {
    const auto leaf =
        static_cast<std::uint32_t>(std::ranges::find(group_of_, slow.place) - group_of_.begin());  // one of its leaves
    const auto spines = topology::spines_of(graph_, places_.leaves[leaf].node);
    auto name = fmt::format("pod {}", places_.pods[pod(leaf)]);
    if (!spines.empty()) {
      const std::string id(graph_.row(spines.front()).id);
      name += fmt::format(" ({}{})", id.substr(id.find('/') + 1),
                          spines.size() > 1 ? fmt::format(" and {} more spines", spines.size() - 1) : "");
    }
    auto finding = finding_of(slow, taken, name);
    for (const auto spine : spines) {
      finding.suspects.push_back({std::string(graph_.row(spine).id), 1.0 / static_cast<double>(spines.size())});
    }
    finding.advice =
        "look for cables that are down, missing or slow between these spines and the cores (plumb-topo check, port "
        "counters): what leaves the pod shares those that are left";
    verdict_.findings.push_back(std::move(finding));
  }

  void judge_tier(bool between_pods) {
    auto flows = crossing();
    std::erase_if(flows, [&](const Flow& flow) { return (pod(flow.from) != pod(flow.to)) != between_pods; });
    const auto leaves = carried_by(flows);
    const double least = kOfHashing * (between_pods ? kHashedBetweenPods : kHashedInPod);
    if (leaves.size() < kLeastPeers || 1 / core::median(slownesses(leaves)) >= least) {
      return;
    }
    core::Finding finding{.severity = core::Severity::fail, .kind = core::FindingKind::slow_under_load};
    finding.slowdown = 1 / core::median(slownesses(leaves));
    finding.title = fmt::format("traffic between {} gets {} of what the map's cables would carry when all rails send",
                                between_pods ? "pods" : "leaves of a pod", core::format_percent(*finding.slowdown));
    finding.evidence.push_back({"pairs.csv",
                                {},
                                fmt::format("median of {} leaves; hashing alone leaves {}", leaves.size(),
                                            core::format_percent(least / kOfHashing))});
    quote_worst(flows, finding);
    finding.advice = fmt::format(
        "less cable than the map has between {}, other traffic, or congestion control that "
        "backs off too far: look at drops, pauses and ECN marks there",
        between_pods ? "spines and cores" : "leaves and spines");
    verdict_.findings.push_back(std::move(finding));
  }

  const Evidence& evidence_;
  const topology::Graph& graph_;
  const Places& places_;
  const Load& load_;
  core::Verdict& verdict_;
  topology::FabricShape shape_;
  std::vector<std::uint32_t> group_of_;  // by leaf of places_
};

}  // namespace

void judge_load(const Evidence& evidence, const Fabric& fabric, const Places& places, const Load& load,
                core::Verdict& verdict) {
  if (!load.rows.empty()) {
    const auto& graph = fabric.graph();
    judge_crossed(evidence, graph, places, load, verdict);
    LoadJudge(evidence, graph, places, load, verdict).judge();
  }
}

}  // namespace plumb::reports

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>

#include "core/statistics.h"
#include "core/units.h"
#include "reports/judge.h"
#include "reports/judge_crossed.h"
#include "topology/fabric_shape.h"

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
  double usual = 1;  // slowness of its peers
  std::vector<Flow> flows;
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

/// The slowest place when it stands out; its flows are taken away.
std::optional<SlowPlace> take_slowest(std::vector<Flow>& flows) {
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
  SlowPlace slow{place, carried, usual, {}};
  std::erase_if(flows, [&](const Flow& flow) {
    const bool is_here = flow.from == slow.place || flow.to == slow.place;
    if (is_here) {
      slow.flows.push_back(flow);
    }
    return is_here;
  });
  return slow;
}

class LoadJudge {
 public:
  LoadJudge(const Evidence& evidence, const topology::Graph& graph, const Places& places, const Load& load,
            core::Verdict& verdict)
      : evidence_(evidence), graph_(graph), places_(places), load_(load), verdict_(verdict) {}

  void judge() {
    auto flows = crossing();
    while (auto slow = take_slowest(flows)) {
      add_leaf(*slow);
    }
    std::erase_if(flows, [&](const Flow& flow) { return pod(flow.from) == pod(flow.to); });
    for (auto& flow : flows) {
      flow.from = pod(flow.from);
      flow.to = pod(flow.to);
    }
    while (auto slow = take_slowest(flows)) {
      add_pod(*slow);
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

  void quote_worst(const std::vector<Flow>& flows, core::Finding& finding) const {
    std::vector<LoadedRow> rows;
    std::ranges::transform(flows, std::back_inserter(rows), [](const Flow& flow) { return *flow.row; });
    quote_slowest(evidence_, std::move(rows), finding);
  }

  core::Finding finding_of(const SlowPlace& slow, const std::string& name) const {
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
    quote_worst(slow.flows, finding);
    return finding;
  }

  /// Its cables up, as the map has them against its peers.
  [[nodiscard]] std::string uplinks_of(topology::NodeIndex leaf) const {
    const topology::FabricShape shape(graph_);
    for (const auto& peers : topology::peers_of(graph_, shape)) {
      for (const auto i : peers.judged) {
        if (const auto& one = shape.switches()[i]; one.node == leaf) {
          const auto usual = topology::usual_cables(shape, peers, &topology::SwitchShape::up);
          return usual && one.up < *usual ? fmt::format("the map has {} cables up, its peers have {}", one.up, *usual)
                                          : fmt::format("the map has all its {} cables up", one.up);
        }
      }
    }
    return "the map does not tell its tier";
  }

  void add_leaf(const SlowPlace& slow) {
    const auto leaf = places_.leaves[slow.place].node;
    const std::string id(graph_.row(leaf).id);
    auto finding = finding_of(slow, "leaf " + id.substr(id.find('/') + 1));
    const auto uplinks = uplinks_of(leaf);
    finding.suspects.push_back({id, 1});
    finding.evidence.push_back({"links.csv", {}, id + ": " + uplinks});
    finding.title += "; " + uplinks;
    finding.advice =
        "look for uplinks that are down, missing or slow on this leaf (plumb-topo check, port counters), "
        "then for what else uses them: its hosts share what is left";
    verdict_.findings.push_back(std::move(finding));
  }

  void add_pod(const SlowPlace& slow) {
    const auto name = places_.pods[slow.place];
    auto finding = finding_of(slow, fmt::format("pod {}", name));
    finding.advice = "look for missing cables between this pod's spines and the cores (plumb-topo check)";
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

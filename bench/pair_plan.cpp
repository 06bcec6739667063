#include "bench/pair_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "bench/fabric_map.h"
#include "bench/pair_schedule.h"
#include "core/error.h"
#include "core/power.h"
#include "core/text.h"
#include "core/units.h"
#include "topology/ways.h"

namespace plumb::bench {
namespace {

using topology::Graph;
using topology::LinkKind;
using topology::NodeIndex;
using topology::NodeKind;

constexpr double kPingNs = 10'000;  // of one round trip, assumed

/// A rank for each NIC that has a cable, or for each host with one.
struct Job {
  std::vector<core::RankRow> ranks;
  std::vector<std::string> endpoints;
  std::vector<NodeIndex> entries;
  std::size_t hosts = 0;
};

void add_rank(const Graph& graph, NodeIndex entry, core::Integer local_rank, Job& job) {
  core::RankRow row;
  row.rank = std::ssize(job.ranks);
  row.host = graph.row(entry).host;
  row.local_rank = local_rank;
  job.ranks.push_back(std::move(row));
  job.endpoints.emplace_back(graph.row(entry).id);
  job.entries.push_back(entry);
}

Job job_on(const Graph& graph) {
  Job job;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (graph.kind(n) != NodeKind::host) {
      continue;
    }
    const auto before = job.ranks.size();
    core::Integer local_rank = 0;
    for (const auto nic : graph.nics_of(n)) {
      if (!graph.hops(nic).empty()) {
        add_rank(graph, nic, local_rank++, job);
      }
    }
    if (local_rank == 0 && !graph.hops(n).empty()) {
      add_rank(graph, n, 0, job);
    }
    job.hosts += job.ranks.size() > before ? 1 : 0;
  }
  return job;
}

/// Measurements of a part: how many, and the sum of their weights.
struct Use {
  std::uint32_t measurements = 0;
  double weight = 0;
  void add(const Use& other) {
    measurements += other.measurements;
    weight += other.weight;
  }
};

/// What the uni measurements of all rounds touch.
class Uses {
 public:
  explicit Uses(const Graph& graph)
      : graph_(graph), ways_(graph), nodes_(graph.node_count()), cables_(graph.link_count()) {}

  void add(NodeIndex from, NodeIndex to) {
    const auto& way = ways_.shortest(from, to);
    for (const auto& cable : way.cables) {
      cables_[cable.link].add({1, cable.share});
    }
    for (const auto& node : way.nodes) {
      nodes_[node.node].add({1, node.share});
    }
    bundles_.resize(std::max(bundles_.size(), ways_.bundles().size()));
    for (const auto& shared : way.bundles) {
      bundles_[shared.bundle].add({1, shared.share});
    }
    add_end(from);
    add_end(to);
  }

  /// What one end's own side of a measurement touches: all of it in loopback.
  void add_end(NodeIndex end) {
    nodes_[end].add({1, 1});
    if (const auto host = graph_.host_of(end); host && *host != end) {
      nodes_[*host].add({1, 1});
    }
  }

  /// Once, at the end.
  void share_out_bundles() {
    for (topology::BundleIndex b = 0; b < bundles_.size(); ++b) {
      auto& uses = ways_.bundles().has_cables(b) ? cables_ : nodes_;
      for (const auto member : ways_.bundles().members(b)) {
        uses[member].add(bundles_[b]);
      }
    }
  }

  [[nodiscard]] const std::vector<Use>& nodes() const { return nodes_; }
  [[nodiscard]] const std::vector<Use>& cables() const { return cables_; }

 private:
  const Graph& graph_;
  topology::Ways ways_;
  std::vector<Use> nodes_, cables_, bundles_;
};

std::string class_of_cable(const Graph& graph, topology::LinkIndex cable) {
  const auto& link = graph.link(cable);
  auto a = topology::class_of(graph, link.a), b = topology::class_of(graph, link.b);
  const auto is_switch = [&](NodeIndex n) { return graph.kind(n) == NodeKind::network_switch; };
  return is_switch(link.a) && is_switch(link.b) ? fmt::format("cable {}-{}", std::min(a, b), std::max(a, b))
                                                : "host cable";
}

using Classes = std::map<std::string, std::vector<Use>>;

Classes classes_of(const Graph& graph, const Uses& uses) {
  Classes classes;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    const auto kind = graph.kind(n);
    const bool is_part =
        kind == NodeKind::host || kind == NodeKind::network_switch || (kind == NodeKind::nic && !graph.hops(n).empty());
    if (is_part) {
      classes[topology::part_class_of(graph, n)].push_back(uses.nodes()[n]);
    }
  }
  for (topology::LinkIndex i = 0; i < graph.link_count(); ++i) {
    if (graph.link(i).kind == LinkKind::cable) {
      classes[class_of_cable(graph, i)].push_back(uses.cables()[i]);
    }
  }
  return classes;
}

/// The mildest slowdown that would be seen in each part with so few measurements.
std::string power_of(const Use& least, double noise, std::size_t groups) {
  const double n = least.measurements, weight = std::min(least.weight / n, 1.0);
  const auto factor = core::detectable_factor(n, weight, noise, groups);
  if (!factor) {
    return "too few measurements: more rounds, port counters or routes.csv";
  }
  return weight < 1 ? fmt::format("{} of expected or slower, as one of {} equal ways", core::format_percent(*factor),
                                  std::max<long>(2, std::lround(1 / weight)))
                    : fmt::format("{} of expected or slower", core::format_percent(*factor));
}

/// `sorted` by measurements.
std::string power_of(const std::vector<Use>& sorted, double noise, std::size_t groups) {
  const auto touched = std::ranges::find_if(sorted, [](const Use& use) { return use.measurements > 0; });
  if (touched == sorted.begin()) {
    return power_of(*touched, noise, groups);
  }
  const auto out = fmt::format("{} out of reach: port counters or routes.csv tell, other schedules load them",
                               touched - sorted.begin());
  return touched == sorted.end() ? out : power_of(*touched, noise, groups) + "; " + out;
}

std::string table_of(Classes& classes, double noise) {
  std::size_t groups = 0;
  for (const auto& [name, uses] : classes) {
    groups += uses.size();
  }
  std::string text = fmt::format("  {:<18}{:>9}{:>10}{:>22}   {}\n", "class", "parts", "touched", "measurements a part",
                                 "would be seen (99 %)");
  for (auto& [name, uses] : classes) {
    std::ranges::sort(uses, {}, &Use::measurements);
    const auto touched = std::ranges::count_if(uses, [](const Use& use) { return use.measurements > 0; });
    text += fmt::format("  {:<18}{:>9}{:>10}{:>22}   {}\n", name, uses.size(), touched,
                        fmt::format("{} (median {})", uses.front().measurements, uses[uses.size() / 2].measurements),
                        power_of(uses, noise, groups));
  }
  return text;
}

/// Of one round: every size both ways, one after the other.
double round_ns(const PairOptions& options, double rate_Bps) {
  constexpr double kNanosecond = 1e9;
  const auto& sampling = options.sampling;
  double ns = 2.0 * sampling.pings * kPingNs;
  for (const auto bytes : options.sizes) {
    const double window = static_cast<double>(bytes) * sampling.window / rate_Bps * kNanosecond;
    ns += (options.bidirectional ? 3 : 2) * window * (sampling.windows + sampling.warmup);
  }
  return ns;
}

/// Of most cables at hosts.
std::optional<double> usual_rate(const Graph& graph, const Job& job) {
  std::map<double, std::size_t> rates;
  for (const auto entry : job.entries) {
    for (const auto& hop : graph.hops(entry)) {
      if (const auto rate = graph.link_row(hop.link).rate_Bps) {
        ++rates[*rate];
      }
    }
  }
  const auto most = std::ranges::max_element(rates, {}, [](const auto& one) { return one.second; });
  return most == rates.end() ? std::nullopt : std::optional(most->first);
}

std::string time_of(const PairOptions& options, std::size_t rounds, std::optional<double> rate) {
  constexpr double kAssumedBps = 12.5e9;
  const double Bps = rate.value_or(kAssumedBps);
  return fmt::format(
      "about {} ({} and {} windows of {} messages each way, from {} to {}, at {}{}; {} ping-pongs of {})",
      core::format_ns(static_cast<double>(rounds) * round_ns(options, Bps)), options.sampling.warmup,
      options.sampling.windows, options.sampling.window, core::format_bytes(options.sizes.front()),
      core::format_bytes(options.sizes.back()), core::format_line_rate(Bps),
      rate ? "" : ", assumed: the map tells no rates", options.sampling.pings, core::format_ns(kPingNs));
}

}  // namespace

std::string plan_text(const PairOptions& options) {
  const auto graph = fabric_map(options.topology, options.run_dir);
  if (!graph) {
    throw core::UsageError("--plan needs a map: give --topology, or a --run-dir that plumb-topo discover wrote");
  }
  if (options.schedule.starts_with("file:")) {
    throw core::UsageError("--plan is for schedules that follow the map; a file's rounds are in the file");
  }
  const auto job = job_on(*graph);
  const auto places = places_on(*graph, job.ranks, job.endpoints);
  const auto schedule = make_pair_schedule(options.schedule, job.ranks, options.sampling.seed, places);
  Uses uses(*graph);
  for (const auto& round : schedule.rounds) {
    for (const auto& pair : round) {
      const auto a = job.entries[static_cast<std::size_t>(pair.a)], b = job.entries[static_cast<std::size_t>(pair.b)];
      if (pair.is_loopback()) {
        uses.add_end(a);
        continue;
      }
      uses.add(a, b);
      uses.add(b, a);
    }
  }
  uses.share_out_bundles();
  auto classes = classes_of(*graph, uses);
  const double noise = options.assumed_noise_percent / 100;
  return fmt::format(
      "{} on {} {} of {} {}: {} rounds, {} pairs\n{}\n\n{}\n"
      "  at {} noise; of those blamed, at most {} are expected to be innocent, and a healthy fabric is blamed with at "
      "most that probability\n",
      core::printable(options.schedule), job.ranks.size(), core::plural("endpoint"), job.hosts, core::plural("host"),
      schedule.rounds.size(), schedule.pairs(), time_of(options, schedule.rounds.size(), usual_rate(*graph, job)),
      table_of(classes, noise), core::format_percent(noise), core::format_percent(core::kFalseBlames));
}

}  // namespace plumb::bench

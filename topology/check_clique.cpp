#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "topology/checks.h"
#include "topology/clear_mode.h"
#include "topology/nvml.h"

namespace plumb::topology {
namespace {

using Cliques = std::map<std::string, std::vector<std::string>>;  // GPUs by clique; "" for those in none

std::string clique_of(const core::NodeView& gpu) {
  return gpu.state.starts_with(kCliqueState) ? std::string(gpu.state.substr(kCliqueState.size())) : "";
}

std::string spoken(const std::string& clique) { return clique.empty() ? "none" : clique; }

/// "7 GPUs in A/1, 1 in none (gpu/n05/3)": those of the fewest by name.
std::string spread_of(const Cliques& cliques) {
  const auto most = std::ranges::max_element(cliques, {}, [](const auto& one) { return one.second.size(); });
  std::vector<std::string> texts{
      fmt::format("{} {} in {}", most->second.size(), most->second.size() == 1 ? "GPU" : "GPUs", spoken(most->first))};
  for (const auto& [clique, gpus] : cliques) {
    if (clique != most->first) {
      texts.push_back(fmt::format("{} in {} ({})", gpus.size(), spoken(clique), fmt::join(gpus, " ")));
    }
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

/// Hosts that should be in one clique: of a rack, where the map has racks; else of one cluster.
std::string group_of(const Graph& graph, NodeIndex host, const std::string& clique) {
  const auto rack = graph.row(host).rack;
  return rack.empty() ? "cluster " + clique.substr(0, clique.find('/')) : "rack " + std::string(rack);
}

class CliqueJudge {
 public:
  CliqueJudge(const Graph& graph, std::vector<core::CheckRow>& rows) : graph_(graph), rows_(rows) {
    for (NodeIndex n = 0; n < graph.node_count(); ++n) {
      if (const auto host = graph.host_of(n); graph.kind(n) == NodeKind::gpu && host) {
        by_host_[*host][clique_of(graph.row(n))].emplace_back(graph.row(n).id);
      }
    }
    std::erase_if(by_host_, [](const auto& one) { return one.second.size() == 1 && one.second.contains(""); });
  }

  void judge() {
    for (const auto& [host, cliques] : by_host_) {
      if (cliques.size() > 1) {
        add(host, "fail", spread_of(cliques), "all GPUs of a host in one clique",
            "look at nvidia-fabricmanager and nvidia-imex on the host; then reset the GPUs that are apart");
      } else {
        groups_[group_of(graph_, host, cliques.begin()->first)].emplace_back(host, cliques.begin()->first);
      }
    }
    for (const auto& [group, hosts] : groups_) {
      judge_group(group, hosts);
    }
    if (!by_host_.empty() && !found_any_) {
      rows_.push_back(
          {"", "", "clique", "pass", fmt::format("{} hosts", by_host_.size()), "one NVLink clique each", ""});
    }
  }

 private:
  using Hosts = std::vector<std::pair<NodeIndex, std::string>>;

  void judge_group(const std::string& group, const Hosts& hosts) {
    std::vector<std::string> all;
    std::ranges::transform(hosts, std::back_inserter(all), [](const auto& host) { return host.second; });
    const auto usual = clear_mode(all);
    for (const auto& [host, clique] : hosts) {
      if (usual && clique != *usual) {
        add(host, "warn", clique,
            fmt::format("{}, as {} of {} hosts of {}", *usual, std::ranges::count(all, *usual), all.size(), group),
            "NVLink does not reach the others from here: look at its NVLinks and at the partitions of the fabric "
            "manager");
      }
    }
  }

  void add(NodeIndex host, std::string_view status, std::string observed, std::string expected, std::string advice) {
    const auto& row = graph_.row(host);
    rows_.push_back({std::string(row.host), std::string(row.id), "clique", std::string(status), std::move(observed),
                     std::move(expected), std::move(advice)});
    found_any_ = true;
  }

  const Graph& graph_;
  std::vector<core::CheckRow>& rows_;
  std::map<NodeIndex, Cliques> by_host_;
  std::map<std::string, Hosts> groups_;
  bool found_any_ = false;
};

}  // namespace

void check_cliques(const Checked& checked, std::vector<core::CheckRow>& rows) {
  CliqueJudge(checked.found, rows).judge();
}

}  // namespace plumb::topology

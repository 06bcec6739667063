// topology.conf(5) and, since Slurm 25.05, topology.yaml(5).
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/text.h"
#include "topology/exporters.h"
#include "topology/host_tree.h"

namespace plumb::topology {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

/// Comment lines: what is not in the tree, and what its switches stand for.
std::string remarks(const HostTree& tree) {
  std::string text;
  if (!tree.without_cable.empty()) {
    text += fmt::format("# left out, no cable to a switch: {}\n", joined(tree.without_cable));
  }
  if (!tree.bad_names.empty()) {
    text += fmt::format("# left out, no name for a Slurm node: {}\n", joined(tree.bad_names));
  }
  for (const auto& entry : tree.switches) {
    if (entry.merged.size() > 1) {
      text += fmt::format("# {} stands for {}\n", entry.name, host_ranges(entry.merged));
    } else if (entry.merged.empty() && entry.hosts.empty()) {
      text += fmt::format("# {} joins what no cable in the map joins\n", entry.name);
    }
  }
  return text;
}

/// Hosts of the tree by pod; empty unless there are several pods.
std::map<std::string, std::vector<std::string>> pods_of(const Graph& graph, const HostTree& tree) {
  std::map<std::string, std::vector<std::string>> pods;
  for (const auto& entry : tree.switches) {
    for (const auto& host : entry.hosts) {
      if (const std::string pod(graph.row(*graph.find("host/" + host)).pod); !pod.empty()) {
        pods[core::file_name_part(pod)].push_back(host);
      }
    }
  }
  return pods.size() > 1 ? pods : decltype(pods){};
}

/// Slurm demands that each block has at least so many nodes.
std::string blocks_text(const std::map<std::string, std::vector<std::string>>& pods) {
  auto least = pods.begin()->second.size();
  std::string text;
  for (const auto& [pod, hosts] : pods) {
    least = std::min(least, hosts.size());
    text += fmt::format("      - block: \"{}\"\n        nodes: \"{}\"\n", pod, host_ranges(hosts));
  }
  return fmt::format(
             "- topology: pods\n  cluster_default: false\n  block:\n    block_sizes:\n      - {}\n    blocks:\n",
             least) +
         text;
}

}  // namespace

std::string slurm_text(const Graph& graph, const ExportOptions&) {
  const auto tree = host_tree(graph);
  auto text = "# Slurm's topology.conf for TopologyPlugin=topology/tree\n" + remarks(tree);
  for (const auto& entry : tree.switches) {
    text += fmt::format("SwitchName={} {}={}\n", entry.name, entry.hosts.empty() ? "Switches" : "Nodes",
                        host_ranges(entry.hosts.empty() ? entry.children : entry.hosts));
  }
  return text;
}

std::string slurm_yaml_text(const Graph& graph, const ExportOptions&) {
  const auto tree = host_tree(graph);
  auto text = "# Slurm's topology.yaml, for 25.05 and later\n" + remarks(tree) +
              "- topology: fabric\n  cluster_default: true\n  tree:\n    switches:\n";
  for (const auto& entry : tree.switches) {
    text += fmt::format("      - switch: \"{}\"\n        {}: \"{}\"\n", entry.name,
                        entry.hosts.empty() ? "children" : "nodes",
                        host_ranges(entry.hosts.empty() ? entry.children : entry.hosts));
  }
  const auto pods = pods_of(graph, tree);
  return pods.empty() ? text : text + blocks_text(pods);
}

}  // namespace plumb::topology

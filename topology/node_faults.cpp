#include "topology/node_faults.h"

#include <algorithm>
#include <map>
#include <set>

namespace plumb::topology {
namespace {

using Kind = CableFault::Kind;

class Nodes {
 public:
  Nodes(const Cabling& cabling, std::vector<CableFault>& faults)
      : cabling_(cabling),
        faults_(faults),
        explained_(faults.size()),
        planned_count_(counts(cabling.planned())),
        found_count_(counts(cabling.found())) {}

  NodeFaults take() {
    NodeFaults nodes;
    add_replaced(nodes.missing);
    add_missing(nodes.missing);
    add_extra(nodes.extra);
    put_hosts_behind_switches(nodes.missing);
    std::vector<CableFault> left;
    for (std::size_t i = 0; i < faults_.size(); ++i) {
      if (!explained_[i]) {
        left.push_back(std::move(faults_[i]));
      }
    }
    faults_ = std::move(left);
    return nodes;
  }

 private:
  [[nodiscard]] std::vector<std::uint32_t> counts(const std::vector<Cable>& cables) const {
    std::vector<std::uint32_t> count(cabling_.part_count());
    for (const auto& cable : cables) {
      for (const auto& end : cable.ends) {
        ++count[cabling_.whole(end.part)];
      }
    }
    return count;
  }

  /// A node that the map has, and of which one cable was planned, may well be there: then the cable is missing.
  [[nodiscard]] bool is_missing(Part node) const {
    return found_count_[node] == 0 && (planned_count_[node] > 1 || !cabling_.is_found(node));
  }
  [[nodiscard]] bool is_extra(Part node) const { return planned_count_[node] == 0 && !cabling_.is_planned(node); }

  [[nodiscard]] std::array<Part, 2> wholes(const Cable& cable) const {
    return {cabling_.whole(cable.ends[0].part), cabling_.whole(cable.ends[1].part)};
  }

  /// Missing and extra node of a cable that is where one of a missing node belongs.
  [[nodiscard]] std::optional<std::pair<Part, Part>> replaced(const CableFault& fault) const {
    if (fault.kind != Kind::wrong_node) {
      return std::nullopt;
    }
    const auto is = cabling_.whole(fault.moves[0].from.part), should = cabling_.whole(fault.moves[0].to.part);
    const bool fits = is_missing(should) && is_extra(is) && cabling_.kind(is) == cabling_.kind(should);
    return fits ? std::optional(std::pair(should, is)) : std::nullopt;
  }

  void add_replaced(std::vector<MissingNode>& missing) {
    std::map<std::pair<Part, Part>, std::vector<std::size_t>> candidates;
    for (std::size_t i = 0; i < faults_.size(); ++i) {
      if (const auto nodes = replaced(faults_[i])) {
        candidates[*nodes].push_back(i);
      }
    }
    for (const auto& [nodes, faults] : candidates) {
      if (faults.size() == planned_count_[nodes.first]) {
        missing.push_back({nodes.first, {}, {}, nodes.second});
        for (const auto fault : faults) {
          missing.back().planned.push_back(faults_[fault].planned.front());
          explained_[fault] = true;
        }
      }
    }
  }

  /// Gives each fault of one kind to the nodes that explain it.
  template <class Node, class Explains, class CableOf>
  void add(Kind kind, const std::vector<Cable>& cables, std::vector<Node>& nodes, Explains explains, CableOf cable_of) {
    std::unordered_map<Part, std::size_t> at;
    for (std::size_t i = 0; i < faults_.size(); ++i) {
      if (faults_[i].kind != kind) {
        continue;
      }
      for (const auto node : wholes(cables[cable_of(faults_[i])])) {
        if (explains(node)) {
          const auto [known, is_new] = at.emplace(node, nodes.size());
          if (is_new) {
            nodes.push_back({node});
          }
          cables_of(nodes[known->second]).push_back(cable_of(faults_[i]));
          explained_[i] = true;
        }
      }
    }
  }

  static std::vector<std::uint32_t>& cables_of(MissingNode& node) { return node.planned; }
  static std::vector<std::uint32_t>& cables_of(ExtraNode& node) { return node.found; }

  void add_missing(std::vector<MissingNode>& missing) {
    add(
        Kind::missing, cabling_.planned(), missing, [&](Part node) { return is_missing(node); },
        [](const CableFault& fault) { return fault.planned.front(); });
  }

  void add_extra(std::vector<ExtraNode>& extra) {
    add(
        Kind::extra, cabling_.found(), extra, [&](Part node) { return is_extra(node); },
        [](const CableFault& fault) { return fault.found.front(); });
  }

  /// A host that leads only to switches that are missing themselves stands in the row of the first of them.
  void put_hosts_behind_switches(std::vector<MissingNode>& nodes) const {
    std::set<Part> missing_switches;
    for (const auto& node : nodes) {
      if (cabling_.kind(node.node) == NodeKind::network_switch && !node.in_its_place) {
        missing_switches.insert(node.node);
      }
    }
    std::unordered_map<Part, std::vector<Part>> behind;
    std::erase_if(nodes, [&](const MissingNode& node) {
      const auto other = [&](std::uint32_t cable) {
        const auto ends = wholes(cabling_.planned()[cable]);
        return ends[0] == node.node ? ends[1] : ends[0];
      };
      const bool is_cut_off =
          cabling_.kind(node.node) == NodeKind::host && !node.in_its_place &&
          std::ranges::all_of(node.planned, [&](auto cable) { return missing_switches.contains(other(cable)); });
      if (is_cut_off) {
        behind[other(node.planned.front())].push_back(node.node);
      }
      return is_cut_off;
    });
    for (auto& node : nodes) {
      node.hosts = behind[node.node];
    }
  }

  const Cabling& cabling_;
  std::vector<CableFault>& faults_;
  std::vector<bool> explained_;
  std::vector<std::uint32_t> planned_count_, found_count_;
};

}  // namespace

NodeFaults take_node_faults(const Cabling& cabling, std::vector<CableFault>& faults) {
  return Nodes(cabling, faults).take();
}

}  // namespace plumb::topology

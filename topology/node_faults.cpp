#include "topology/node_faults.h"

#include <algorithm>
#include <set>

namespace plumb::topology {
namespace {

using CableList = std::vector<std::uint32_t>;

class Nodes {
 public:
  Nodes(const Cabling& cabling, CableList& planned, CableList& found)
      : cabling_(cabling), planned_(planned), found_(found), missing_(cabling.part_count()) {
    planned_count_ = counts(cabling.planned());
    found_count_ = counts(cabling.found());
  }

  NodeFaults take() {
    NodeFaults faults;
    faults.missing = missing_nodes();
    std::set<Part> replacements;
    for (auto& node : faults.missing) {
      node.in_its_place = stand_in_of(node);
      if (node.in_its_place) {
        replacements.insert(*node.in_its_place);
      }
    }
    std::erase_if(planned_, [&](auto cable) { return is_at_missing(cabling_.planned()[cable]); });
    faults.extra = extra_nodes();
    std::erase_if(faults.extra, [&](const ExtraNode& node) { return replacements.contains(node.node); });
    put_hosts_behind_switches(faults.missing);
    return faults;
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

  [[nodiscard]] bool is_at_missing(const Cable& cable) const {
    return missing_[cabling_.whole(cable.ends[0].part)] || missing_[cabling_.whole(cable.ends[1].part)];
  }

  std::vector<MissingNode> missing_nodes() {
    std::vector<MissingNode> nodes;
    std::unordered_map<Part, std::size_t> at;
    for (const auto cable : planned_) {
      for (const auto& end : cabling_.planned()[cable].ends) {
        if (const auto node = cabling_.whole(end.part); is_missing(node)) {
          const auto [known, is_new] = at.emplace(node, nodes.size());
          if (is_new) {
            nodes.push_back({node, {}, {}, {}});
            missing_[node] = true;
          }
          nodes[known->second].planned.push_back(cable);
        }
      }
    }
    return nodes;
  }

  [[nodiscard]] const Socket& far_end(const Cable& cable, Part node) const {
    return cable.ends[cabling_.whole(cable.ends[0].part) == node ? 1 : 0];
  }

  /// The one node that the map has in all ports that were planned for `node`, and that the plan does not know.
  [[nodiscard]] std::optional<Part> stand_in_of(const MissingNode& node) {
    if (found_at_.empty()) {
      for (const auto cable : found_) {
        for (const auto& end : cabling_.found()[cable].ends) {
          found_at_.emplace(key(end), cable);
        }
      }
    }
    std::set<Part> others;
    for (const auto planned : node.planned) {
      const auto& socket = far_end(cabling_.planned()[planned], node.node);
      const auto found = socket.port == kAnyPort ? found_at_.end() : found_at_.find(key(socket));
      if (found != found_at_.end()) {
        const auto& ends = cabling_.found()[found->second].ends;
        others.insert(cabling_.whole(ends[ends[0] == socket ? 1 : 0].part));
      }
    }
    const bool is_one = others.size() == 1 && is_extra(*others.begin());
    return is_one && cabling_.kind(*others.begin()) == cabling_.kind(node.node) ? std::optional(*others.begin())
                                                                                : std::nullopt;
  }

  static std::uint64_t key(const Socket& socket) { return std::uint64_t{socket.part} << 32U | socket.port; }

  /// A cable of an unplanned node in a planned port is a fault of that port, and left for the others to judge.
  std::vector<ExtraNode> extra_nodes() {
    std::unordered_map<std::uint64_t, bool> wanted;
    for (const auto cable : planned_) {
      for (const auto& end : cabling_.planned()[cable].ends) {
        wanted[key(end)] = end.port != kAnyPort;
      }
    }
    std::vector<ExtraNode> nodes;
    std::unordered_map<Part, std::size_t> at;
    std::erase_if(found_, [&](auto cable) {
      const auto& ends = cabling_.found()[cable].ends;
      const auto is_wanted = [&](const Socket& end) {
        const auto known = wanted.find(key(end));
        return known != wanted.end() && known->second;
      };
      const bool taken = (is_extra(cabling_.whole(ends[0].part)) && !is_wanted(ends[1])) ||
                         (is_extra(cabling_.whole(ends[1].part)) && !is_wanted(ends[0]));
      for (const auto& end : ends) {
        if (const auto node = cabling_.whole(end.part); taken && is_extra(node)) {
          const auto [known, is_new] = at.emplace(node, nodes.size());
          if (is_new) {
            nodes.push_back({node, {}});
          }
          nodes[known->second].found.push_back(cable);
        }
      }
      return taken;
    });
    return nodes;
  }

  void put_hosts_behind_switches(std::vector<MissingNode>& nodes) const {
    std::unordered_map<Part, std::vector<Part>> behind;
    std::erase_if(nodes, [&](const MissingNode& node) {
      const auto is_cut_off = [&](auto cable) {
        return missing_[cabling_.whole(far_end(cabling_.planned()[cable], node.node).part)];
      };
      if (cabling_.kind(node.node) != NodeKind::host || !std::ranges::all_of(node.planned, is_cut_off)) {
        return false;
      }
      const auto other = cabling_.whole(far_end(cabling_.planned()[node.planned.front()], node.node).part);
      const bool is_switch = cabling_.kind(other) == NodeKind::network_switch;
      if (is_switch) {
        behind[other].push_back(node.node);
      }
      return is_switch;
    });
    for (auto& node : nodes) {
      node.hosts = behind[node.node];
    }
  }

  const Cabling& cabling_;
  CableList &planned_, &found_;
  std::vector<bool> missing_;
  std::vector<std::uint32_t> planned_count_, found_count_;
  std::unordered_map<std::uint64_t, std::uint32_t> found_at_;
};

}  // namespace

NodeFaults take_node_faults(const Cabling& cabling, CableList& planned, CableList& found) {
  return Nodes(cabling, planned, found).take();
}

}  // namespace plumb::topology

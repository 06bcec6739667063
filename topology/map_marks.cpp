#include "topology/map_marks.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "topology/subjects.h"

namespace plumb::topology {
namespace {

Condition condition_of(std::string_view status) {
  return status == "fail"     ? Condition::fail
         : status == "warn"   ? Condition::warn
         : status == "absent" ? Condition::absent
                              : Condition::fine;
}

class Placer {
 public:
  explicit Placer(const Graph& graph) : graph_(graph) {}

  [[nodiscard]] Fault place(const Mark& mark) {
    Fault fault;
    fault.condition = mark.condition;
    fault.subject = mark.subject;
    fault.says = mark.says;
    if (!at_link(mark.subject, fault) && !at_node(mark.subject, fault) && !at_port(mark.subject, fault) &&
        !between(mark.subject, fault) && !mark.host.empty()) {
      at_node("host/" + mark.host, fault);
    }
    return fault;
  }

 private:
  bool at_node(const std::string& id, Fault& fault) const {
    const auto node = graph_.find(id);
    if (node) {
      fault.where = Fault::Where::node;
      const auto kind = graph_.kind(*node);
      fault.a = kind == NodeKind::gpu || kind == NodeKind::nvswitch ? graph_.host_of(*node).value_or(*node) : *node;
    }
    return node.has_value();
  }

  bool at_link(const std::string& id, Fault& fault) const {
    const auto link = graph_.find_link(id);
    if (link) {
      put_at(*link, fault);
    }
    return link.has_value();
  }

  void put_at(LinkIndex index, Fault& fault) const {
    const auto& link = graph_.link(index);
    if (link.kind == LinkKind::cable) {
      fault.where = Fault::Where::cable;
      fault.link = index;
      fault.a = link.a;
      fault.b = link.b;
    } else {
      const auto end = graph_.kind(link.b) == NodeKind::nic ? link.b : link.a;
      at_node(std::string(graph_.row(end).id), fault);
    }
  }

  /// "switch/leaf1:7": the cable in that port, or the node when none is.
  bool at_port(const std::string& subject, Fault& fault) {
    if (subject.rfind(':') == std::string::npos) {
      return false;
    }
    const auto found = ports().find(subject);
    if (found != ports_.end()) {
      put_at(found->second, fault);
      return true;
    }
    return at_node(subject.substr(0, subject.rfind(':')), fault);
  }

  /// Cables by port; made when first asked for.
  const std::unordered_map<std::string, LinkIndex>& ports() {
    for (LinkIndex i = 0; !ports_are_known_ && i < graph_.link_count(); ++i) {
      const auto& row = graph_.link_row(i);
      if (graph_.link(i).kind == LinkKind::cable) {
        ports_.emplace(std::string(row.a) + ":" + std::string(row.a_port), i);
        ports_.emplace(std::string(row.b) + ":" + std::string(row.b_port), i);
      }
    }
    ports_are_known_ = true;
    return ports_;
  }

  [[nodiscard]] std::optional<NodeIndex> end_of(const std::string& end) const {
    const auto node = graph_.find(end);
    return node ? node : graph_.find(end.substr(0, end.rfind(':')));
  }

  /// "A:port--B:port" that is not on the map, though its ends are.
  bool between(const std::string& id, Fault& fault) const {
    int tries = 0;  // names may hold dashes too
    for (auto at = id.find("--"); at != std::string::npos && tries < 8; at = id.find("--", at + 1), ++tries) {
      const auto a = end_of(id.substr(0, at)), b = end_of(id.substr(at + 2));
      if (a && b) {
        fault.where = Fault::Where::no_cable;
        fault.a = *a;
        fault.b = *b;
        return true;
      }
    }
    return false;
  }

  const Graph& graph_;
  std::unordered_map<std::string, LinkIndex> ports_;
  bool ports_are_known_ = false;
};

void worsen(Condition& condition, Condition to) { condition = std::max(condition, to); }

void note(const Fault& fault, Conditions& conditions) {
  if (fault.where == Fault::Where::node) {
    worsen(conditions.of_node[fault.a], fault.condition);
  } else if (fault.where == Fault::Where::cable) {
    worsen(conditions.of_link[fault.link], fault.condition);
  }
}

void note_down(const Graph& graph, Conditions& conditions) {
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (is_down(graph.row(n).state)) {
      worsen(conditions.of_node[n], Condition::absent);
    }
  }
  for (LinkIndex i = 0; i < graph.link_count(); ++i) {
    if (is_down(graph.link_row(i).state)) {
      worsen(conditions.of_link[i], Condition::absent);
    }
  }
}

}  // namespace

bool is_down(std::string_view state) {
  constexpr std::array<std::string_view, 6> kDown{"down", "polling", "disabled", "sleep", "lowerlayerdown", "linkdown"};
  std::string word(state);
  std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::find(kDown, word) != kDown.end();
}

std::vector<Mark> marks_of(std::span<const core::CheckRow> rows) {
  std::vector<Mark> marks;
  for (const auto& row : rows) {
    if (const auto condition = condition_of(row.status); condition != Condition::fine) {
      const auto says = row.check + ": " + row.observed + (row.expected.empty() ? "" : ", expected " + row.expected);
      const auto ids = ids_in(row.subject);
      for (const auto& id : ids.empty() ? std::vector<std::string>{""} : ids) {
        marks.push_back({id, condition, says, row.host});
      }
    }
  }
  return marks;
}

Conditions placed(const Graph& graph, std::span<const Mark> marks) {
  Conditions conditions;
  conditions.of_node.assign(graph.node_count(), Condition::fine);
  conditions.of_link.assign(graph.link_count(), Condition::fine);
  Placer placer(graph);
  std::unordered_set<std::string> said;
  for (const auto& mark : marks) {
    auto fault = placer.place(mark);
    note(fault, conditions);
    if (mark.condition != Condition::not_measured && said.insert(mark.subject + "\n" + mark.says).second) {
      conditions.faults.push_back(std::move(fault));
    }
  }
  note_down(graph, conditions);
  std::ranges::stable_sort(conditions.faults, [](const Fault& x, const Fault& y) {
    return std::tuple(y.condition, x.where == Fault::Where::nowhere) <
           std::tuple(x.condition, y.where == Fault::Where::nowhere);
  });
  return conditions;
}

}  // namespace plumb::topology

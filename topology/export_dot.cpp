// Graphviz: tiers as ranks, pods as clusters, a colour a rail.
#include <fmt/format.h>

#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "core/text.h"
#include "topology/exporters.h"

namespace plumb::topology {
namespace {

constexpr int kColours = 8;  // of the scheme dark28

/// In double quotes. Graphviz reads entities, and in labels a backslash escapes.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : core::printable(text)) {
    out += c == '"' || c == '\\' ? "\\" : "";
    out += c;
    out += c == '&' ? "amp;" : "";
  }
  return out + "\"";
}

class Drawing {
 public:
  explicit Drawing(const Graph& graph) : graph_(graph) {
    for (LinkIndex i = 0; i < graph.link_count(); ++i) {
      has_cables_ = has_cables_ || graph.link(i).kind == LinkKind::cable;
    }
  }

  std::string text() {
    out_ =
        "graph fabric {\n  newrank=true; ranksep=1.5;\n  node [shape=box, style=filled, fillcolor=white];\n"
        "  edge [colorscheme=dark28];\n";
    add_nodes();
    add_ranks();
    add_links();
    out_ += "}\n";
    return std::move(out_);
  }

 private:
  template <class... Values>
  void put(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Values>(values)...);
  }

  /// Hosts and switches; the inside of a host only where the map has nothing else.
  [[nodiscard]] bool is_drawn(NodeIndex node) const {
    const auto kind = graph_.kind(node);
    return kind == NodeKind::host || kind == NodeKind::network_switch || !has_cables_;
  }

  [[nodiscard]] NodeIndex drawn(NodeIndex node) const {
    return is_drawn(node) ? node : graph_.host_of(node).value_or(node);
  }

  void add_node(NodeIndex node) {
    const auto& row = graph_.row(node);
    const bool is_switch = graph_.kind(node) == NodeKind::network_switch;
    put("  {} [label={}{}];\n", quoted(row.id), quoted(std::string_view(row.name)),
        is_switch ? ", shape=ellipse, fillcolor=lightgrey" : "");
  }

  void add_nodes() {
    std::map<std::string, std::vector<NodeIndex>> by_pod;
    for (NodeIndex n = 0; n < graph_.node_count(); ++n) {
      if (is_drawn(n)) {
        by_pod[std::string(graph_.row(n).pod)].push_back(n);
      }
    }
    int number = 0;
    for (const auto& [pod, nodes] : by_pod) {
      const bool is_cluster = !pod.empty() && by_pod.size() > 1;
      if (is_cluster) {
        put("  subgraph cluster_{} {{ label={};\n", number++, quoted("pod " + pod));
      }
      for (const auto node : nodes) {
        add_node(node);
      }
      out_ += is_cluster ? "  }\n" : "";
    }
  }

  /// 0 for hosts, -1 for what has no place.
  [[nodiscard]] core::Integer tier(NodeIndex node) const {
    return graph_.kind(node) == NodeKind::host ? 0 : graph_.row(node).tier.value_or(-1);
  }

  void add_ranks() {
    std::map<core::Integer, std::string> by_tier;
    for (NodeIndex n = 0; n < graph_.node_count(); ++n) {
      if (is_drawn(n) && tier(n) >= 0) {
        by_tier[tier(n)] += " " + quoted(graph_.row(n).id) + ";";
      }
    }
    for (const auto& [tier, nodes] : by_tier) {
      put("  {{ rank=same;{} }}\n", nodes);
    }
  }

  [[nodiscard]] core::MaybeInteger rail(const Link& link) const {
    const auto a = graph_.row(link.a).rail;
    return a ? a : graph_.row(link.b).rail;
  }

  void add_links() {
    if (!has_cables_) {
      add_inside();
    }
    for (LinkIndex i = 0; i < graph_.link_count(); ++i) {
      if (graph_.link(i).kind == LinkKind::cable) {
        add_cable(i);
      }
    }
  }

  /// The upper end first: it is then drawn above.
  void add_cable(LinkIndex index) {
    const auto& link = graph_.link(index);
    auto a = drawn(link.a), b = drawn(link.b);
    if (tier(a) < tier(b)) {
      std::swap(a, b);
    }
    const auto& row = graph_.link_row(index);
    put("  {} -- {} [tooltip={}", quoted(graph_.row(a).id), quoted(graph_.row(b).id), quoted(row.id));
    if (const auto number = rail(link); number && *number >= 0) {
      put(", color={}", *number % kColours + 1);
    }
    out_ += row.state == "down" ? ", style=dashed];\n" : "];\n";
  }

  /// Hosts with their parts, and what joins these beside the PCI bus.
  void add_inside() {
    for (NodeIndex n = 0; n < graph_.node_count(); ++n) {
      if (const auto host = graph_.host_of(n); host && *host != n) {
        put("  {} -- {};\n", quoted(graph_.row(*host).id), quoted(graph_.row(n).id));
      }
    }
    for (LinkIndex i = 0; i < graph_.link_count(); ++i) {
      if (const auto& link = graph_.link(i); link.kind == LinkKind::nvlink) {
        put("  {} -- {} [tooltip={}, penwidth=3];\n", quoted(graph_.row(link.a).id), quoted(graph_.row(link.b).id),
            quoted(graph_.link_row(i).id));
      }
    }
  }

  const Graph& graph_;
  bool has_cables_ = false;
  std::string out_;
};

}  // namespace

std::string dot_text(const Graph& graph, const ExportOptions&) { return Drawing(graph).text(); }

}  // namespace plumb::topology

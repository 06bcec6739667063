// GraphML as yEd, Gephi and networkx read it: every node and link, what is known of each as typed data.
#include <fmt/format.h>

#include <iterator>
#include <vector>

#include "topology/exporters.h"
#include "topology/xml_escaped.h"

namespace plumb::topology {
namespace {

constexpr std::size_t kBytesEach = 330;  // of a large made-up map; growing by doubling would need twice the memory

std::string_view type_of(std::string_view) { return "string"; }
std::string_view type_of(const core::MaybeInteger&) { return "long"; }
std::string_view type_of(const core::MaybeReal&) { return "double"; }

std::string value_of(std::string_view text) { return xml_escaped(text); }
template <class Number>
std::string value_of(const std::optional<Number>& number) {
  return number ? fmt::format("{}", *number) : "";
}

/// These are attributes of the element itself.
bool is_attribute(std::string_view column) { return column == "id" || column == "a" || column == "b"; }

/// Gephi shows "label".
std::string_view shown_name(std::string_view column) { return column == "name" ? "label" : column; }

template <class Row>
void add_keys(std::string& text, std::string_view element) {
  const auto add = [&](const auto& column) {
    if (!is_attribute(column.name)) {
      fmt::format_to(std::back_inserter(text),
                     "<key id=\"{0}_{1}\" for=\"{0}\" attr.name=\"{2}\" attr.type=\"{3}\"/>\n", element, column.name,
                     shown_name(column.name), type_of(Row{}.*column.member));
    }
  };
  std::apply([&](const auto&... column) { (add(column), ...); }, Row::columns());
}

template <class Row>
void add_data(std::string& text, const Row& row, std::string_view element) {
  const auto add = [&](const auto& column) {
    if (const auto value = value_of(row.*column.member); !value.empty() && !is_attribute(column.name)) {
      fmt::format_to(std::back_inserter(text), "<data key=\"{}_{}\">{}</data>", element, column.name, value);
    }
  };
  std::apply([&](const auto&... column) { (add(column), ...); }, Row::columns());
}

void add_edge(std::string& text, std::string_view a, std::string_view b) {
  fmt::format_to(std::back_inserter(text), "<edge source=\"{}\" target=\"{}\"", xml_escaped(a), xml_escaped(b));
}

/// By node: whether a link of the inside leads to it.
std::vector<bool> linked_inside(const Graph& graph) {
  std::vector<bool> linked(graph.node_count());
  for (LinkIndex i = 0; i < graph.link_count(); ++i) {
    if (const auto& link = graph.link(i); link.kind == LinkKind::pcie) {
      linked[link.a] = linked[link.b] = true;
    }
  }
  return linked;
}

/// So that hosts hang together with their parts even where no PCIe link is known.
void add_parts(std::string& text, const Graph& graph) {
  const auto linked = linked_inside(graph);
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (const auto host = graph.host_of(n); host && *host != n && !linked[n]) {
      add_edge(text, graph.row(*host).id, graph.row(n).id);
      text += "><data key=\"edge_kind\">part</data></edge>\n";
    }
  }
}

}  // namespace

std::string graphml_text(const Graph& graph, const ExportOptions&) {
  std::string text;
  text.reserve(kBytesEach * (graph.node_count() + graph.link_count()));
  text += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n";
  add_keys<std::decay_t<decltype(graph.row(0))>>(text, "node");
  add_keys<std::decay_t<decltype(graph.link_row(0))>>(text, "edge");
  text += "<graph edgedefault=\"undirected\">\n";
  for (const auto& row : graph.rows()) {
    fmt::format_to(std::back_inserter(text), "<node id=\"{}\">", xml_escaped(row.id));
    add_data(text, row, "node");
    text += "</node>\n";
  }
  for (const auto& row : graph.link_rows()) {
    add_edge(text, row.a, row.b);
    fmt::format_to(std::back_inserter(text), " id=\"{}\">", xml_escaped(row.id));
    add_data(text, row, "edge");
    text += "</edge>\n";
  }
  add_parts(text, graph);
  text += "</graph>\n</graphml>\n";
  return text;
}

}  // namespace plumb::topology

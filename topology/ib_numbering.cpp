#include "topology/ib_numbering.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <tuple>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "topology/ib_fabric.h"

namespace plumb::topology {
namespace {

constexpr std::uint64_t kSwitchStep = 0x100, kAdapterStep = 0x10;  // of made-up GUIDs: room for those of ports
constexpr std::uint32_t kLastLid = 0xbfff;                         // of unicast
constexpr std::size_t kLongestDescription = 120;                   // simulators read lines of at most 255 characters
constexpr std::uint32_t kHighestPort = 0xffff;                     // that is taken from the map as it is

std::string_view without_suffix(std::string_view text, std::string_view suffix) {
  return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text;
}

/// What the file can hold between its quotes; '=' would be an option of a port to simulators.
std::string quotable(std::string_view text) {
  auto quoted = core::printable(text);
  std::ranges::replace(quoted, '"', '\'');
  std::ranges::replace(quoted, '=', '-');
  return quoted;
}

/// Says of a node what makes IbFabric give it the same id again: "HOST DEVICE", the name of a switch, and nothing that
/// a GUID tells already.
std::string description_of(const core::NodeView& row, std::uint64_t guid) {
  const std::string id(row.id), own = fmt::format("0x{:016x}", guid);
  const auto part = without_suffix(std::string_view(id).substr(id.find('/') + 1), "@" + own);
  const auto slash = part.rfind('/');
  if (slash != std::string_view::npos) {
    const auto device = part.substr(slash + 1);
    return quotable(device == own ? part.substr(0, slash) : fmt::format("{} {}", part.substr(0, slash), device));
  }
  const auto name = without_suffix(row.name, "@" + own);
  return part == own ? "" : quotable(id_part(name) == part ? name : part);
}

/// 0 for a port that is not a number.
std::uint32_t port_number(std::string_view port) {
  std::uint32_t number = 0;
  const auto [last, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool is_number = error == std::errc() && last == port.data() + port.size() && port.front() != '0';
  return is_number && number <= kHighestPort ? number : 0;
}

}  // namespace

std::optional<std::uint64_t> guid_in(std::string_view word) {
  std::string digits(word.starts_with("0x") ? word.substr(2) : word);
  if (!word.starts_with("0x")) {
    std::erase(digits, ':');
  }
  std::uint64_t guid = 0;
  const auto* end = digits.data() + digits.size();
  const auto [last, error] = std::from_chars(digits.data(), end, guid, 16);
  const bool is_guid = (word.starts_with("0x") || word.find(':') != std::string_view::npos) && last == end;
  return is_guid && error == std::errc() && guid != 0 ? std::optional(guid) : std::nullopt;
}

IbVertices::IbVertices(const Graph& graph) : graph_(graph), at_(graph.node_count()) {
  choose_nodes();
  take_known_guids();
  all_.reserve(order_.size());
  for (const auto node : order_) {
    at_[node] = static_cast<std::uint32_t>(all_.size());
    all_.push_back(vertex_of(node));
  }
}

bool IbVertices::is_switch(NodeIndex node) const {
  return graph_.kind(node) == NodeKind::network_switch || graph_.kind(node) == NodeKind::nvswitch;
}

void IbVertices::choose_nodes() {
  for (NodeIndex node = 0; node < graph_.node_count(); ++node) {
    const auto kind = graph_.kind(node);
    if (!graph_.hops(node).empty() || kind == NodeKind::nic || kind == NodeKind::network_switch) {
      order_.push_back(node);
    }
  }
  std::ranges::sort(order_, {}, [&](NodeIndex node) {
    const int place = is_switch(node) ? 1 : graph_.hops(node).empty() ? 2 : 0;
    return std::pair(place, std::string_view(graph_.row(node).id));
  });
}

void IbVertices::take_known_guids() {
  std::vector<std::pair<std::uint64_t, NodeIndex>> known;
  for (const auto node : order_) {
    if (const auto guid = guid_in(graph_.row(node).guid)) {
      known.emplace_back(*guid, node);
    }
  }
  std::ranges::sort(known);
  const auto twice = std::ranges::adjacent_find(known, {}, [](const auto& one) { return one.first; });
  if (twice != known.end()) {
    throw core::Error(
        fmt::format("{} and {} have the same GUID 0x{:016x}, and in an ibnetdiscover file the GUID is the node",
                    core::printable(graph_.row(twice->second).id), core::printable(graph_.row((twice + 1)->second).id),
                    twice->first));
  }
  std::ranges::transform(known, std::back_inserter(known_), [](const auto& one) { return one.first; });
}

/// The next that is free, with room for those of its ports.
std::uint64_t IbVertices::made_up_guid(std::uint64_t& next, std::uint64_t step) {
  for (;; next += step) {
    const auto known = std::ranges::lower_bound(known_, next);
    if (known == known_.end() || *known - next >= step) {
      ++made_up_;
      return std::exchange(next, next + step);
    }
  }
}

IbVertex IbVertices::vertex_of(NodeIndex node) {
  const auto& row = graph_.row(node);
  IbVertex vertex{node, !is_switch(node) ? 'H' : row.model == "router" ? 'R' : 'S'};
  const auto known = guid_in(row.guid);
  vertex.guid = known             ? *known
                : is_switch(node) ? made_up_guid(next_switch_, kSwitchStep)
                                  : made_up_guid(next_adapter_, kAdapterStep);
  vertex.system_guid = guid_in(row.host).value_or(vertex.guid);
  vertex.lid = all_.size() < kLastLid ? static_cast<std::uint32_t>(all_.size()) + 1 : 0;
  vertex.description = description_of(row, vertex.guid);
  if (vertex.description.size() > kLongestDescription) {
    throw core::Error(fmt::format("{}: an ibnetdiscover file holds names of at most {} characters",
                                  core::printable(row.id), kLongestDescription));
  }
  return vertex;
}

IbEnds::IbEnds(const Graph& graph, const IbVertices& vertices) {
  for (LinkIndex link = 0; link < graph.link_count(); ++link) {
    if (graph.link(link).kind == LinkKind::cable) {
      const auto& row = graph.link_row(link);
      ends_.push_back({vertices.at(graph.link(link).a), port_number(row.a_port), link});
      ends_.push_back({vertices.at(graph.link(link).b), port_number(row.b_port), link});
    }
  }
  order_.resize(ends_.size());
  std::iota(order_.begin(), order_.end(), 0U);
  sort();
  number_ports();
  sort();
}

void IbEnds::sort() {
  std::ranges::sort(order_, {}, [&](std::uint32_t i) { return std::tuple(ends_[i].vertex, ends_[i].port, i); });
}

/// Ports that are not numbers, which stand first, get the lowest free ones in the order of the cables.
void IbEnds::number_ports() {
  for (auto first = order_.begin(); first != order_.end();) {
    const auto vertex = ends_[*first].vertex;
    const auto last = std::find_if(first, order_.end(), [&](auto i) { return ends_[i].vertex != vertex; });
    auto taken = std::find_if(first, last, [&](auto i) { return ends_[i].port != 0; });
    std::uint32_t port = 0;
    for (const auto named = taken; first != named; ++first) {
      for (++port; taken != last && ends_[*taken].port == port; ++taken) {
        ++port;
      }
      ends_[*first].port = port;
    }
    first = last;
  }
}

}  // namespace plumb::topology

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/text.h"
#include "topology/cursor.h"
#include "topology/ib_fabric.h"
#include "topology/ibnetdiscover_words.h"
#include "topology/readers.h"

namespace plumb::topology {
namespace {

constexpr std::array<std::string_view, 4> kKinds{"SW", "CA", "RT", "??"};

/// "SW     2 17 0xe41d2d0300000300"
struct Port {
  std::string_view kind;
  std::uint32_t lid = 0, number = 0;
  std::uint64_t guid = 0;
};

std::optional<Port> port_at(Cursor& at) {
  Port port;
  port.kind = at.word();
  const auto lid = at.number<std::uint32_t>();
  const auto number = at.number<std::uint32_t>();
  const auto guid = at.skip("0x") ? at.number(16) : std::nullopt;
  if (!lid || !number || !guid || std::ranges::find(kKinds, port.kind) == kKinds.end()) {
    return std::nullopt;
  }
  port.lid = *lid;
  port.number = *number;
  port.guid = *guid;
  return port;
}

std::string_view known(std::string_view word) { return word.starts_with("??") ? std::string_view() : word; }

/// A line a port; the GUIDs are those of ports, which for a switch are all one.
class PortReader {
 public:
  explicit PortReader(const FileText& file) : is_whole_(file.text.ends_with('\n')), lines_(file) {
    fabric_.source = "ibnetdiscover";
  }

  void add_to(GraphBuilder& builder) && {
    for (std::string_view line; lines_.next(line);) {
      if (!line.starts_with('#') && line.find_first_not_of(" \t") != std::string_view::npos) {
        read_line(line);
      }
    }
    for (auto& link : fabric_.links) {
      link.b = node_of(link.b);
    }
    if (!is_whole_ || lost_from_last(fabric_, first_link_)) {
      lines_.fail(fmt::format("the file is cut at the ports of '{}': copy it again",
                              core::printable(fabric_.nodes.empty() ? "" : fabric_.nodes.back().description)));
    }
    fabric_.add_to(builder);
  }

 private:
  /// `SW 2 17 0xguid 4x HDR - SW 10 1 0xguid ( 'leaf000' - 'spine000' )`, without a peer `… ?? ??? 'leaf000'`.
  void read_line(std::string_view line) {
    Cursor at(line);
    const auto port = port_at(at);
    const auto width = at.word();
    const auto speed = at.word();
    if (!port || speed.empty()) {
      fail();
    }
    if (!at.skip("- ")) {
      add_port(*port, quoted(at.rest(), "'", "'"));
      return;
    }
    const auto peer = port_at(at);
    if (!peer || !at.skip("( ")) {
      fail();
    }
    const auto names = quoted(at.rest(), "'", "' )");
    const auto middle = names.find("' - '");
    if (middle == std::string_view::npos) {
      fail();
    }
    add_port(*port, names.substr(0, middle));
    fabric_.links.push_back({port->guid, peer->guid, port->number, peer->number, known(width), known(speed)});
    fabric_.links.back().a = fabric_.nodes.back().guid;
  }

  std::string_view quoted(std::string_view text, std::string_view open, std::string_view close) {
    text = text.substr(0, text.find_last_not_of(" \t") + 1);
    if (!text.starts_with(open) || !text.ends_with(close) || text.size() < open.size() + close.size()) {
      fail();
    }
    return text.substr(open.size(), text.size() - open.size() - close.size());
  }

  [[noreturn]] void fail() {
    lines_.fail("expected a port such as SW 2 17 0x<16 hex digits> 4x HDR - SW 10 1 0x<…> ( 'leaf0' - 'spine0' )");
  }

  /// Ports of one node stand together, from the last to the first.
  void add_port(const Port& port, std::string_view description) {
    const bool is_same_node = !fabric_.nodes.empty() && port.kind == last_.kind && port.number < last_.number &&
                              fabric_.nodes.back().description == description &&
                              (port.kind != "SW" || port.guid == last_.guid);
    last_ = port;
    if (!is_same_node) {
      IbNode node;
      node.guid = port.guid;
      node.guid_is_of_port = true;
      node.kind = port.kind == "SW"   ? IbNode::Kind::network_switch
                  : port.kind == "RT" ? IbNode::Kind::router
                                      : IbNode::Kind::adapter;
      node.description = description;
      node.lid = port.lid;
      node.ports = port.number;
      fabric_.nodes.push_back(std::move(node));
      first_link_ = fabric_.links.size();
    }
    node_by_port_.emplace(port.guid, fabric_.nodes.back().guid);
  }

  [[nodiscard]] std::uint64_t node_of(std::uint64_t port_guid) const {
    const auto found = node_by_port_.find(port_guid);
    return found == node_by_port_.end() ? port_guid : found->second;
  }

  bool is_whole_;
  Lines lines_;
  IbFabric fabric_;
  Port last_;
  std::size_t first_link_ = 0;  // of the last node
  std::unordered_map<std::uint64_t, std::uint64_t> node_by_port_;
};

}  // namespace

bool is_ibnetdiscover_ports(std::string_view head) {
  while (head.starts_with('#') || head.starts_with('\n') || head.starts_with('\r')) {
    head.remove_prefix(std::min(head.find('\n'), head.size() - 1) + 1);
  }
  Cursor at(head);
  return port_at(at).has_value();
}

void read_ibnetdiscover_ports(const FileText& file, GraphBuilder& builder) { PortReader(file).add_to(builder); }

}  // namespace plumb::topology

// `ibdiagnet2.lst`, a line a cable:
// { CA Ports:02 SystemGUID:… NodeGUID:… PortGUID:… VenID:… DevID:… Rev:… {NAME} LID:0001 PN:01 } { SW … } PHY=4x
// LOG=ACT SPD=100. All numbers but those after the last brace are hexadecimal.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "core/text.h"
#include "topology/cursor.h"
#include "topology/ib_fabric.h"
#include "topology/ib_words.h"
#include "topology/readers.h"

namespace plumb::topology {
namespace {

class LstReader {
 public:
  explicit LstReader(const FileText& file) : lines_(file) {}

  void add_to(GraphBuilder& builder) {
    std::string_view line;
    while (lines_.next(line)) {
      if (Cursor cursor(line); !cursor.skip_blanks().at_end() && !cursor.skip("#")) {
        read_cable(cursor);
      }
    }
    fabric_.source = "ibdiagnet";
    fabric_.add_to(builder);
  }

 private:
  struct End {
    IbNode node;
    std::uint32_t port = 0;
  };

  void read_cable(Cursor& cursor) {
    const auto a = read_end(cursor), b = read_end(cursor);
    IbLink link;
    link.a = a.node.guid;
    link.b = b.node.guid;
    link.a_port = a.port;
    link.b_port = b.port;
    label(cursor, "PHY=");
    link.width = ib_width_word(cursor.word());
    label(cursor, "LOG=");
    link.state = ib_state_word(cursor.word());
    link.speed = cursor.skip("SPD=") ? ib_speed_of_lane(cursor.word()) : "";
    if (link.a == link.b && link.a_port == link.b_port) {
      lines_.fail("expected two ports: the cable leads from a port to itself");
    }
    add(a.node);
    add(b.node);
    if (link.state != "down") {
      fabric_.links.push_back(link);
    }
  }

  /// '{ CA … {NAME} LID:0001 PN:01 }'
  End read_end(Cursor& cursor) {
    End end;
    auto& node = end.node;
    if (!cursor.skip("{")) {
      lines_.fail(fmt::format("expected '{{ CA Ports:…' or '{{ SW Ports:…' at '{}'", excerpt(cursor)));
    }
    const auto kind = cursor.word();
    if (kind != "CA" && kind != "SW" && kind != "RT") {
      lines_.fail(fmt::format("expected CA, SW or RT, not '{}'", core::printable(kind)));
    }
    node.kind = kind == "CA"   ? IbNode::Kind::adapter
                : kind == "SW" ? IbNode::Kind::network_switch
                               : IbNode::Kind::router;
    node.ports = small_number(cursor, "Ports:");
    node.system_guid = number(cursor, "SystemGUID:");
    node.guid = number(cursor, "NodeGUID:");
    number(cursor, "PortGUID:");
    node.vendor_id = small_number(cursor, "VenID:");
    node.device_id = small_number(cursor, "DevID:");
    number(cursor, "Rev:");
    node.description = description(cursor);
    node.lid = small_number(cursor, "LID:");
    end.port = small_number(cursor, "PN:");
    if (!cursor.skip("}")) {
      lines_.fail(fmt::format("expected '}}' at '{}'", excerpt(cursor)));
    }
    if (node.guid == 0) {
      lines_.fail("expected a NodeGUID that is not 0");
    }
    return end;
  }

  /// '{NAME} ', where a name may hold braces itself; some versions leave it out.
  std::string description(Cursor& cursor) const {
    const auto from_name = cursor;
    if (!cursor.skip("{")) {
      return "";
    }
    const auto name = cursor.until("} LID:");
    if (!name) {
      lines_.fail("expected '} LID:' after the name");
    }
    cursor = from_name;
    cursor.skip_blanks().advance(name->size() + 2);
    return std::string(*name);
  }

  void label(Cursor& cursor, std::string_view text) const {
    if (!cursor.skip(text)) {
      lines_.fail(fmt::format("expected '{}' at '{}'", text, excerpt(cursor)));
    }
  }

  std::uint64_t number(Cursor& cursor, std::string_view name) const {
    label(cursor, name);
    const auto value = cursor.number(16);
    if (!value) {
      lines_.fail(fmt::format("expected a hexadecimal number after '{}', at '{}'", name, excerpt(cursor)));
    }
    return *value;
  }

  std::uint32_t small_number(Cursor& cursor, std::string_view name) const {
    const auto value = number(cursor, name);
    if (value > 0xffffffff) {
      lines_.fail(fmt::format("expected less than 9 digits after '{}'", name));
    }
    return static_cast<std::uint32_t>(value);
  }

  static std::string excerpt(const Cursor& cursor) {
    constexpr std::size_t kLength = 24;
    return core::printable(cursor.rest().substr(0, kLength));
  }

  /// A node stands on every line of its cables.
  void add(const IbNode& node) {
    const auto [at, is_new] = at_.emplace(node.guid, fabric_.nodes.size());
    if (is_new || fabric_.nodes[at->second].description != node.description) {
      at->second = fabric_.nodes.size();
      fabric_.nodes.push_back(node);
    }
  }

  Lines lines_;
  std::unordered_map<std::uint64_t, std::size_t> at_;
  IbFabric fabric_;
};

}  // namespace

bool is_ibdiagnet_lst(std::string_view head) {
  const auto end = head.find("NodeGUID:");
  const auto line = head.substr(0, end);
  return end != std::string_view::npos &&
         std::ranges::any_of(std::array{"{ CA Ports:", "{ SW Ports:", "{ RT Ports:"},
                             [&](const char* start) { return line.find(start) != std::string_view::npos; });
}

void read_ibdiagnet_lst(const FileText& file, GraphBuilder& builder) { LstReader(file).add_to(builder); }

}  // namespace plumb::topology

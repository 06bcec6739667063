// `iblinkinfo -l`, a line a port, and `iblinkinfo`, a block a node. Neither tells the GUID of an adapter, only those of
// its ports, and the first does not tell what is an adapter and what a switch. What a port "could be" is not read: it
// is what the hardware supports, not what it is set to.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/error.h"
#include "core/text.h"
#include "topology/ib_fabric.h"
#include "topology/iblinkinfo_line.h"
#include "topology/readers.h"

namespace plumb::topology {
namespace {

constexpr std::string_view kArrowTail = "==(", kArrowHead = "==>";

/// A switch, or one port of an adapter.
struct Device {
  std::optional<IbNode::Kind> kind;
  LinkInfoEnd seen;
  std::set<std::uint32_t> ports;
  bool has_lines = false;
  std::uint64_t node = 0;  // its GUID in the fabric: the least of those of its ports
};

class LinkInfoReader {
 public:
  explicit LinkInfoReader(const FileText& file) : file_(file), lines_(file) {}

  void add_to(GraphBuilder& builder) {
    std::string_view line;
    while (lines_.next(line)) {
      if (!link_info_name(line).empty() && !read_header(line)) {
        read_line(line);
      }
    }
    find_peers();
    for (const auto& port : ports_) {
      tell_kind(port);
    }
    add_nodes();
    add_links();
    fabric_.source = "iblinkinfo";
    fabric_.add_to(builder);
  }

 private:
  /// 'Switch: 0xGUID NAME:' or 'CA: NAME:'.
  bool read_header(std::string_view line) {
    constexpr std::array<std::pair<std::string_view, IbNode::Kind>, 4> kHeaders{
        {{"Switch:", IbNode::Kind::network_switch},
         {"CA:", IbNode::Kind::adapter},
         {"RT:", IbNode::Kind::router},
         {"Router:", IbNode::Kind::router}}};
    Cursor cursor(line);
    const auto header = std::ranges::find_if(kHeaders, [&](const auto& one) { return cursor.skip(one.first); });
    if (header == kHeaders.end()) {
      return false;
    }
    kind_ = header->second;
    header_ = {};
    if (cursor.skip("0x")) {
      header_.guid = cursor.number(16).value_or(0);
    }
    auto name = link_info_name(cursor.rest());
    name.remove_suffix(name.ends_with(':') ? 1 : 0);
    header_.description = link_info_name(name);
    return true;
  }

  void read_line(std::string_view text) {
    Cursor cursor(text);
    const auto near = cursor.until(kArrowTail);
    const auto middle = near ? cursor.until(kArrowHead) : std::nullopt;
    if (!middle) {
      lines_.fail("expected 'LID PORT[ ] ==( 4X 53.125 Gbps Active/ LinkUp)==> …' of iblinkinfo");
    }
    LinkInfoLine line;
    line.number = lines_.number();
    line.near = read_near(*near);
    read_link_info_state(*middle, line);
    if (line.state.empty()) {
      lines_.fail("expected a state as in 'Active/ LinkUp' between '==(' and '==>'");
    }
    line.far = read_far(cursor.rest());
    note(line.near, true);
    if (line.far) {
      note(*line.far, false);
    }
    ports_.push_back(line);
  }

  LinkInfoEnd read_near(std::string_view text) const {
    auto end = header_;
    Cursor cursor(text);
    if (cursor.skip("0x")) {
      end.guid = cursor.number(16).value_or(0);
    }
    if (cursor.skip("\"")) {
      end.description = quoted_link_info_name(text);
      cursor = Cursor(text.substr(text.rfind('"') + 1));
    }
    if (end.guid == 0) {
      lines_.fail("expected a GUID, or a line 'Switch: 0xGUID NAME:' above");
    }
    if (!read_link_info_port(cursor, end)) {
      lines_.fail("expected 'LID PORT[' before '==('");
    }
    return end;
  }

  std::optional<LinkInfoEnd> read_far(std::string_view text) const {
    LinkInfoEnd end;
    Cursor cursor(text);
    const bool has_guid = cursor.skip("0x");
    if (has_guid) {
      end.guid = cursor.number(16).value_or(0);
    }
    const bool is_there = read_link_info_port(cursor, end);
    end.description = quoted_link_info_name(text);
    if (!is_there && (has_guid || !end.description.empty())) {
      lines_.fail("expected 'LID PORT[' after '==>'");
    }
    return is_there ? std::optional(end) : std::nullopt;
  }

  void note(const LinkInfoEnd& end, bool is_own_line) {
    if (end.guid == 0) {
      return;  // the far end in a block
    }
    auto& device = devices_[end.guid];
    device.seen = is_own_line || device.seen.guid == 0 ? end : device.seen;
    device.ports.insert(end.port);
    if (is_own_line) {
      device.has_lines = true;
      device.kind = kind_;
      by_lid_.emplace(std::pair(end.lid, end.description), end.guid);
    }
  }

  /// In blocks a far end is told by LID and name; its own block has the GUID.
  void find_peers() {
    for (auto& port : ports_) {
      if (!port.far || port.far->guid != 0) {
        continue;
      }
      const auto found = by_lid_.find({port.far->lid, port.far->description});
      if (found == by_lid_.end()) {
        fail(port, fmt::format("'{}' with LID {} has no block of its own; use iblinkinfo -l",
                               core::printable(port.far->description), port.far->lid));
      }
      port.far->guid = found->second;
      devices_[found->second].ports.insert(port.far->port);
    }
  }

  /// Without headers. A whole listing has all ports of a switch, and an adapter's ports have a GUID each.
  void tell_kind(const LinkInfoLine& port) {
    auto& near = devices_[port.near.guid];
    if (!near.kind) {
      near.kind = kind_by_ports(near);
    }
    if (!port.far) {
      return;
    }
    auto& far = devices_[port.far->guid];
    if (!far.kind && far.has_lines) {
      far.kind = kind_by_ports(far);
    } else if (!far.kind) {
      far.kind = near.kind == IbNode::Kind::adapter ? IbNode::Kind::network_switch : kind_by_ports(far);
    }
  }

  static IbNode::Kind kind_by_ports(const Device& device) {
    constexpr std::uint32_t kAdapterPorts = 2;
    const bool is_adapter = describes_adapter(device.seen.description) ||
                            (device.ports.size() == 1 && *device.ports.begin() <= kAdapterPorts);
    return is_adapter ? IbNode::Kind::adapter : IbNode::Kind::network_switch;
  }

  /// Ports of the same name are one adapter, unless their numbers are the same too.
  void add_nodes() {
    std::map<std::pair<std::string_view, std::uint32_t>, std::size_t> taken;
    std::map<std::pair<std::string_view, std::size_t>, std::uint64_t> adapters;
    for (auto& [guid, device] : devices_) {
      device.node = guid;
      if (device.kind == IbNode::Kind::adapter) {
        std::size_t nth = 0;
        for (const auto port : device.ports) {
          nth = std::max(nth, taken[{device.seen.description, port}]);
        }
        for (const auto port : device.ports) {
          taken[{device.seen.description, port}] = nth + 1;
        }
        device.node = adapters.emplace(std::pair(device.seen.description, nth), guid).first->second;
      }
      if (device.node == guid) {
        fabric_.nodes.push_back({.guid = guid,
                                 .kind = *device.kind,
                                 .description = std::string(device.seen.description),
                                 .lid = device.seen.lid,
                                 .guid_is_of_port = device.kind == IbNode::Kind::adapter});
      }
    }
  }

  void add_links() {
    for (const auto& port : ports_) {
      IbLink link;
      link.a = devices_[port.near.guid].node;
      link.a_port = port.near.port;
      link.width = port.width;
      link.speed = port.speed;
      link.state = port.state;
      if (port.far) {
        link.b = devices_[port.far->guid].node;
        link.b_port = port.far->port;
      }
      if (link.a == link.b && link.a_port == link.b_port) {
        fail(port, "expected another port as peer: this one is its own");
      }
      if (port.state != "down") {
        fabric_.links.push_back(link);
      }
    }
  }

  [[noreturn]] void fail(const LinkInfoLine& port, const std::string& message) const {
    throw core::Error(fmt::format("{}:{}: {}", file_.name, port.number, message));
  }

  const FileText& file_;
  Lines lines_;
  std::optional<IbNode::Kind> kind_;
  LinkInfoEnd header_;
  std::vector<LinkInfoLine> ports_;
  std::map<std::uint64_t, Device> devices_;
  std::map<std::pair<std::uint32_t, std::string_view>, std::uint64_t> by_lid_;
  IbFabric fabric_;
};

}  // namespace

bool is_iblinkinfo(std::string_view head) {
  const auto arrow = head.find(kArrowTail);
  const auto line = head.substr(std::min(arrow, head.size()));
  return line.substr(0, line.find('\n')).find(kArrowHead) != std::string_view::npos;
}

void read_iblinkinfo(const FileText& file, GraphBuilder& builder) { LinkInfoReader(file).add_to(builder); }

}  // namespace plumb::topology

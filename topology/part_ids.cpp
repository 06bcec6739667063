#include "topology/part_ids.h"

#include <fmt/format.h>

#include <utility>

#include "core/error.h"
#include "core/text.h"

namespace plumb::topology {

using core::LinkView;
using core::NodeView;

/// Without the allocations of a format.
void write_end(std::string_view node, std::string_view port, std::string& end) {
  end = node;
  if (!port.empty()) {
    end += ':';
    end += port;
  }
}

std::string end_of(std::string_view node, std::string_view port) {
  std::string end;
  write_end(node, port, end);
  return end;
}

NodeKind kind_in(std::string_view id) {
  const auto kind_end = id.find('/');
  const auto kind = node_kind(id.substr(0, kind_end));
  if (!kind || kind_end == std::string_view::npos || kind_end + 1 == id.size()) {
    throw core::Error(
        fmt::format("'{}' is no node id: it starts with host/, gpu/, nic/, switch/ or nvswitch/", core::printable(id)));
  }
  return *kind;
}

NodeView implied_by(std::string_view id) {
  const auto kind = kind_in(id);
  NodeView row;
  row.id = id;
  row.kind = word_of(kind);
  row.name = id.substr(row.kind.size() + 1);
  if (kind == NodeKind::host) {
    row.host = row.name;
  } else if (kind == NodeKind::gpu || kind == NodeKind::nic) {
    const auto slash = row.name.rfind('/');
    row.host = row.name.substr(0, slash);
    row.name = row.name.substr(slash + 1);  // all of it when there is no slash: npos + 1 is 0
  }
  return row;
}

std::string second_id(const NodeView& row) {
  const auto device = row.id.substr(row.id.rfind('/') + 1);
  if (!row.name.ends_with(')') || !row.id.starts_with("nic/") || !row.name.starts_with(device) ||
      !row.name.substr(device.size()).starts_with(" (")) {
    return "";
  }
  const auto interface = row.name.substr(device.size() + 2, row.name.size() - device.size() - 3);
  return std::string(row.id.substr(0, row.id.size() - device.size())) + std::string(interface);
}

void flip(LinkView& row) {
  std::swap(row.a, row.b);
  std::swap(row.a_port, row.b_port);
}

std::string link_id(const LinkView& row) {
  const auto a = end_of(row.a, row.a_port), b = end_of(row.b, row.b_port);
  return a < b ? a + "--" + b : b + "--" + a;
}

}  // namespace plumb::topology

#include "topology/ib_survey.h"

#include <algorithm>
#include <span>
#include <utility>

#include "topology/ib_words.h"

namespace plumb::topology {
namespace {

IbNode node_of(const IbNodeSeen& seen, std::span<const IbPortSeen> ports) {
  IbNode node;
  node.guid = seen.guid;
  node.kind = seen.is_switch   ? IbNode::Kind::network_switch
              : seen.is_router ? IbNode::Kind::router
                               : IbNode::Kind::adapter;
  node.description = seen.description.data();
  node.system_guid = seen.system_guid;
  node.device_id = seen.device_id;
  node.vendor_id = seen.vendor_id;
  node.ports = seen.ports;
  for (const auto& port : ports) {
    node.lid = node.lid == 0 ? port.lid : node.lid;
  }
  return node;
}

IbLink link_of(const IbPortSeen& a, const IbPortSeen& b) {
  IbLink link;
  link.a = a.guid;
  link.b = b.guid;
  link.a_port = a.port;
  link.b_port = b.port;
  const auto& teller = a.told ? a : b;
  link.width = ib_width(teller.width);
  link.speed = ib_speed(teller.speed);
  link.max_width = ib_width(a.max_width & b.max_width);
  link.max_speed = ib_speed(a.max_speed & b.max_speed);
  link.state = ib_state(a.told && b.told ? std::min(a.state, b.state) : teller.state);
  return link;
}

}  // namespace

void IbSurvey::add(const IbScan& scan) {
  for (const auto& node : scan.nodes) {
    merge(node);
  }
  for (const auto& port : scan.ports) {
    merge(port);
  }
}

void IbSurvey::merge(const IbNodeSeen& seen) {
  const auto [found, is_new] = nodes_.try_emplace(seen.guid);
  auto& [known, ports] = found->second;
  if (is_new) {
    known = seen;
  } else if (seen.description[0] != 0) {
    known.description = seen.description;
  }
  for (auto number = ports.size(); number <= known.ports; ++number) {
    ports.push_back({.guid = seen.guid, .port = static_cast<std::uint16_t>(number), .asked = known.is_switch});
  }
}

void IbSurvey::merge(const IbPortSeen& seen) {
  auto* known = find(seen.guid, seen.port);
  if (known == nullptr) {
    return;
  }
  const auto before = *known;
  if (seen.told) {
    *known = seen;
  }
  const bool keeps_peer = seen.peer == 0 && (!seen.told || seen.is_up());
  known->asked = before.asked || seen.asked;
  known->peer = keeps_peer ? before.peer : seen.peer;
  known->peer_port = keeps_peer ? before.peer_port : seen.peer_port;
}

IbPortSeen* IbSurvey::find(std::uint64_t guid, std::uint16_t port) {
  const auto found = nodes_.find(guid);
  return found == nodes_.end() || port >= found->second.ports.size() ? nullptr : &found->second.ports[port];
}

/// The other end, unless it tells of another cable: then one of both was moved while we looked.
const IbPortSeen* IbSurvey::peer_of(const IbPortSeen& port) const {
  const auto found = nodes_.find(port.peer);
  if (port.peer == 0 || found == nodes_.end() || port.peer_port >= found->second.ports.size()) {
    return nullptr;
  }
  const auto* peer = &found->second.ports[port.peer_port];
  return peer->peer == port.guid && peer->peer_port == port.port ? peer : nullptr;
}

std::vector<const IbSurvey::Node*> IbSurvey::by_guid() const {
  std::vector<const Node*> nodes;
  nodes.reserve(nodes_.size());
  for (const auto& [guid, node] : nodes_) {
    nodes.push_back(&node);
  }
  std::ranges::sort(nodes, {}, [](const Node* node) { return node->seen.guid; });
  return nodes;
}

/// Of an adapter, only ports that cables led to, and the one we look from, were asked.
void IbSurvey::add_gaps(const Node& node, std::vector<IbGap>& gaps) const {
  const auto guid = node.seen.guid;
  if (node.seen.description[0] == 0) {
    gaps.push_back({guid, 0, IbGap::What::description});
  }
  for (const auto& port : node.ports) {
    if (!port.told && port.asked) {
      gaps.push_back({guid, port.port, IbGap::What::port});
    } else if (port.is_up() && peer_of(port) == nullptr) {
      gaps.push_back({guid, port.port, IbGap::What::peer});
    }
  }
}

std::vector<IbGap> IbSurvey::gaps() const {
  std::vector<IbGap> gaps;
  for (const auto* node : by_guid()) {
    add_gaps(*node, gaps);
  }
  return gaps;
}

IbFabric IbSurvey::fabric() const {
  IbFabric fabric;
  fabric.source = "ib";
  for (const auto* node : by_guid()) {
    fabric.nodes.push_back(node_of(node->seen, node->ports));
    for (const auto& port : node->ports) {
      const auto* peer = peer_of(port);
      if (peer != nullptr && std::pair(port.guid, port.port) < std::pair(peer->guid, peer->port)) {
        fabric.links.push_back(link_of(port, *peer));
      } else if (peer == nullptr && port.is_up()) {
        fabric.links.push_back({.a = port.guid, .a_port = port.port});
      }
    }
  }
  return fabric;
}

std::vector<IbPortSeen> IbSurvey::ports_with_link() const {
  std::vector<IbPortSeen> ports;
  for (const auto* node : by_guid()) {
    for (auto port : node->ports) {
      if (port.is_up()) {
        port.lid = node->seen.is_switch ? node->ports[0].lid : port.lid;
        ports.push_back(port);
      }
    }
  }
  return ports;
}

IbScan IbSurvey::all() const {
  IbScan scan;
  for (const auto* node : by_guid()) {
    scan.nodes.push_back(node->seen);
    scan.ports.insert(scan.ports.end(), node->ports.begin(), node->ports.end());
  }
  return scan;
}

}  // namespace plumb::topology

#include "topology/ib_repair.h"

#include <set>
#include <tuple>

namespace plumb::topology {
namespace {

constexpr std::uint16_t kNodeDescription = 0x10, kNodeInfo = 0x11, kPortInfo = 0x15;

using Key = std::tuple<std::uint64_t, std::uint32_t, IbGap::What>;
Key key_of(const IbGap& gap) { return {gap.guid, gap.port, gap.what}; }

MadRequest request_for(const IbGap& gap, const IbRoute& route) {
  MadRequest request;
  request.is_directed = true;
  request.route = route;
  switch (gap.what) {
    case IbGap::What::description:
      request.attribute = kNodeDescription;
      break;
    case IbGap::What::port:
      request.attribute = kPortInfo;
      request.modifier = gap.port;
      break;
    case IbGap::What::peer:
      request.attribute = kNodeInfo;
      request.route.ports[++request.route.hops] = static_cast<std::uint8_t>(gap.port);
      break;
  }
  return request;
}

/// The answer as a scan of its own.
IbScan scan_of(const IbGap& gap, const IbNodeSeen& asked, const MadRequest& request, const MadData& data) {
  IbScan scan;
  IbPortSeen port{.guid = gap.guid, .port = static_cast<std::uint16_t>(gap.port)};
  switch (gap.what) {
    case IbGap::What::description:
      scan.nodes.push_back(asked);
      decode_description(reinterpret_cast<const char*>(data.data()), scan.nodes.back());
      break;
    case IbGap::What::port:
      decode_port_info(data.data(), nullptr, port);
      scan.ports.push_back(port);
      break;
    case IbGap::What::peer:
      scan.nodes.push_back(decode_node_info(data.data()));
      scan.nodes.back().route = request.route;
      port.peer = scan.nodes.back().guid;
      port.peer_port = arrival_port(data.data());
      scan.ports.push_back(port);
      scan.ports.push_back(
          {.guid = port.peer, .peer = port.guid, .port = port.peer_port, .peer_port = port.port, .asked = true});
      break;
  }
  return scan;
}

/// A device that the route through a host's adapter would lead to cannot be reached: only switches pass datagrams on.
bool can_ask(const IbGap& gap, const IbNodeSeen& node) {
  const bool passes_on = node.is_switch || node.route.hops == 0;
  return gap.what != IbGap::What::peer || (passes_on && node.route.hops + 1U < node.route.ports.size());
}

}  // namespace

void repair(IbSurvey& survey, MadTransport& transport, Deadline deadline) {
  std::set<Key> given_up;
  for (;;) {
    std::vector<IbGap> gaps;
    std::vector<MadRequest> requests;
    for (const auto& gap : survey.gaps()) {
      const auto& node = survey.node(gap.guid);
      if (can_ask(gap, node) && given_up.insert(key_of(gap)).second) {  // each is asked in one round only
        gaps.push_back(gap);
        requests.push_back(request_for(gap, node.route));
      }
    }
    if (gaps.empty() || std::chrono::steady_clock::now() >= deadline) {
      return;
    }
    ExchangeLimits limits;
    limits.outstanding = 16;
    limits.deadline = deadline;
    exchange(transport, requests, limits, [&](std::size_t n, const MadData& data) {
      survey.add(scan_of(gaps[n], survey.node(gaps[n].guid), requests[n], data));
    });
  }
}

}  // namespace plumb::topology

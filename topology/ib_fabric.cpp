#include "topology/ib_fabric.h"

#include <fmt/format.h>
#include <tsl/robin_map.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

#include "core/text.h"

namespace plumb::topology {
namespace {

constexpr std::array kDeviceWords{"mlx",  "HCA-", "hfi", "qib", "ibp", "bnxt", "irdma", "roce",
                                  "rdma", "ib",   "nic", "ens", "enp", "eno",  "eth"};

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  return text;
}

core::NodeRow row_of(const IbNode& node) {
  core::NodeRow row;
  if (node.kind == IbNode::Kind::adapter) {
    auto [host, device] = host_and_device(node.description);
    if (host.empty()) {
      const auto name = trimmed(node.description);
      const bool names_host = !name.empty() && name.find(' ') == std::string_view::npos;
      host =
          names_host ? id_part(name) : fmt::format("0x{:016x}", node.system_guid == 0 ? node.guid : node.system_guid);
      device = fmt::format("0x{:016x}", node.guid);
    }
    row.host = host;
    row.name = device;
    row.id = fmt::format("nic/{}/{}", host, device);
  } else {
    row.name = std::string(trimmed(node.description));
    row.id = "switch/" + (row.name.empty() ? fmt::format("0x{:016x}", node.guid) : id_part(row.name));
    row.model = node.kind == IbNode::Kind::router ? "router" : "";
  }
  if (node.vendor_id != 0 && row.model.empty()) {
    row.model = fmt::format("0x{:04x}:0x{:04x}", node.vendor_id, node.device_id);
    row.model += node.board.empty() ? "" : " " + node.board;
  }
  row.guid = node.guid_is_of_port ? "" : fmt::format("0x{:016x}", node.guid);
  row.firmware = node.firmware;
  row.serial = node.serial;
  return row;
}

bool names_sharp(std::string_view description) {
  return description.find("Aggregation Node") != std::string_view::npos;
}

bool is_sharp(const IbNode& node) { return node.kind == IbNode::Kind::adapter && names_sharp(node.description); }

/// Gives every GUID one node of the map.
class Naming {
 public:
  Naming(const IbFabric& fabric, GraphBuilder& builder) : fabric_(fabric), builder_(builder) {
    std::vector<std::uint32_t> by_guid(fabric.nodes.size());
    std::iota(by_guid.begin(), by_guid.end(), 0U);
    std::ranges::stable_sort(by_guid, {}, [&](std::uint32_t i) { return fabric.nodes[i].guid; });
    nodes_.reserve(fabric.nodes.size());
    for (const auto i : by_guid) {
      add(fabric.nodes[i]);
    }
  }

  /// Nothing for a GUID that no node has.
  [[nodiscard]] std::optional<NodeIndex> find(std::uint64_t guid) const {
    const auto found = nodes_.find(guid);
    return found == nodes_.end() || found->second == kLeftOut ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] bool is_left_out(std::uint64_t guid) const {
    const auto found = nodes_.find(guid);
    return found != nodes_.end() && found->second == kLeftOut;
  }
  [[nodiscard]] std::string id_of(NodeIndex node) const { return std::string(builder_.row(node).id); }

 private:
  static constexpr NodeIndex kLeftOut = 0xffffffff;

  void add(const IbNode& node) {
    if (is_sharp(node)) {
      nodes_.emplace(node.guid, kLeftOut);
      return;
    }
    auto row = row_of(node);
    row.source = fabric_.source;
    if (const auto other = nodes_.find(node.guid); other != nodes_.end()) {
      remark_if_cloned(node, row, other->second);
      return;
    }
    const auto namesake = builder_.find(row.id);
    if (const auto first = namesake ? guids_.find(*namesake) : guids_.end(); first != guids_.end()) {
      rename(row, node.guid, first->second);
    }
    const auto index = builder_.add(row);
    nodes_.emplace(node.guid, index);
    guids_.emplace(index, node.guid);
  }

  void remark_if_cloned(const IbNode& node, const core::NodeRow& row, NodeIndex other) {
    if (other != kLeftOut && builder_.row(other).id != row.id) {
      builder_.remark({"", id_of(other), "duplicate_guid", "fail",
                       fmt::format("{} also has GUID 0x{:016x}", row.id, node.guid), "one GUID a device",
                       "one device was cloned or flashed wrong; burn its own GUID"});
    }
  }

  void rename(core::NodeRow& row, std::uint64_t guid, std::uint64_t first) {
    const auto taken = row.id;
    const auto mark = fmt::format("@0x{:016x}", guid);
    row.id += mark;
    row.name += mark;
    builder_.remark({row.host, row.id, "duplicate_name", "fail",
                     fmt::format("0x{:016x} and 0x{:016x} are both called {}", first, guid, taken), "one name a device",
                     "give each its own node description"});
  }

  const IbFabric& fabric_;
  GraphBuilder& builder_;
  tsl::robin_map<std::uint64_t, NodeIndex> nodes_;
  tsl::robin_map<NodeIndex, std::uint64_t> guids_;  // of the nodes of this fabric
};

/// Why a link has one known end only.
std::string why_open(const IbLink& link, bool knows_a) {
  return link.b == 0 ? "it is up, and what is at its other end did not answer"
                     : fmt::format("its peer 0x{:016x} did not tell what it is", knows_a ? link.b : link.a);
}

void add_link(const IbLink& link, const Naming& naming, const std::string& source, GraphBuilder& builder) {
  if (naming.is_left_out(link.a) || naming.is_left_out(link.b)) {
    return;
  }
  const auto a = naming.find(link.a), b = naming.find(link.b);
  const auto a_port = std::to_string(link.a_port), b_port = std::to_string(link.b_port);
  if (!a || !b) {
    const auto known = a   ? fmt::format("{}:{}", naming.id_of(*a), a_port)
                       : b ? fmt::format("{}:{}", naming.id_of(*b), b_port)
                           : fmt::format("0x{:016x}:{}", link.a, a_port);
    builder.remark({"", known, "discovery", "absent", why_open(link, a.has_value()), "both ends known",
                    "discover again; the map is incomplete"});
    return;
  }
  if (*a == *b && a_port == b_port) {
    builder.remark({"", fmt::format("{}:{}", naming.id_of(*a), a_port), "port_loop", "warn", "is cabled to itself",
                    "a cable to another port", "take the loopback plug out"});
    return;
  }
  core::LinkView row;
  row.kind = "cable";
  row.a_port = a_port;
  row.b_port = b_port;
  row.rate_Bps = ib_rate_Bps(link.width, link.speed);
  row.width = link.width;
  row.speed = link.speed;
  row.max_width = link.max_width;
  row.max_speed = link.max_speed;
  row.state = link.state;
  row.source = source;
  builder.add(*a, *b, row);
}

void add_counter(const IbPortCounter& counter, const Naming& naming, GraphBuilder& builder) {
  if (const auto node = naming.find(counter.node)) {
    builder.add(core::PortRow{counter.t_unix_ns, std::string(counter.phase), naming.id_of(*node),
                              std::to_string(counter.port), std::string(counter.name), counter.value});
  }
}

void add_silence(const IbSilence& silence, const Naming& naming, GraphBuilder& builder) {
  if (const auto node = naming.find(silence.node)) {
    const auto id = naming.id_of(*node);
    const auto subject = silence.port == 0 ? id : fmt::format("{}:{}", id, silence.port);
    builder.remark({"", subject, silence.check, "absent", silence.seen, silence.expected, silence.advice});
  }
}

}  // namespace

std::pair<std::string, std::string> host_and_device(std::string_view description) {
  description = trimmed(description);
  const auto blank = description.rfind(' ');
  const auto device = blank == std::string_view::npos ? description : description.substr(blank + 1);
  const auto host = blank == std::string_view::npos ? std::string_view() : trimmed(description.substr(0, blank));
  const bool is_device = std::ranges::any_of(kDeviceWords, [&](const char* word) { return device.starts_with(word); });
  const bool is_host = !host.empty() && host.find(' ') == std::string_view::npos && host != "localhost";
  return is_device && is_host ? std::pair(id_part(host), id_part(device)) : std::pair<std::string, std::string>();
}

void IbFabric::add_to(GraphBuilder& builder) const {
  const Naming naming(*this, builder);
  for (const auto& link : links) {
    add_link(link, naming, source, builder);
  }
  for (const auto& counter : counters) {
    add_counter(counter, naming, builder);
  }
  for (const auto& silence : silences) {
    add_silence(silence, naming, builder);
  }
}

bool describes_adapter(std::string_view description) {
  return names_sharp(description) || !host_and_device(description).first.empty();
}

core::MaybeReal ib_rate_Bps(std::string_view width, std::string_view speed) {
  constexpr double kGigabitBps = 1e9 / 8;
  constexpr std::array<std::pair<std::string_view, double>, 9> kLaneGbits{{{"SDR", 2},
                                                                           {"DDR", 4},
                                                                           {"QDR", 8},
                                                                           {"FDR10", 10},
                                                                           {"FDR", 14.0625 * 64 / 66},
                                                                           {"EDR", 25},
                                                                           {"HDR", 50},
                                                                           {"NDR", 100},
                                                                           {"XDR", 200}}};
  int lanes = 0;
  std::from_chars(width.data(), width.data() + width.size(), lanes);
  const auto lane = std::ranges::find(kLaneGbits, speed, [](const auto& one) { return one.first; });
  return lanes <= 0 || lane == kLaneGbits.end() ? core::MaybeReal() : lanes * lane->second * kGigabitBps;
}

std::string id_part(std::string_view name) {
  std::string part = core::printable(trimmed(name));
  std::ranges::replace_if(
      part, [](char c) { return c == '/' || c == ':' || c == ' ' || c == '\\'; }, '_');
  return part.empty() ? "unnamed" : part;
}

}  // namespace plumb::topology

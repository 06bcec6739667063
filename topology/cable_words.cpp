#include "topology/cable_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/text.h"
#include "topology/roles.h"
#include "topology/subjects.h"

namespace plumb::topology {
namespace {

constexpr std::size_t kListed = 16;  // cables or nodes that one row names
constexpr std::string_view kFail = "fail", kWarn = "warn";

std::uint64_t key(const Socket& socket) { return std::uint64_t{socket.part} << 32U | socket.port; }

/// The first few, and how many there are beyond.
template <class Items, class Spoken>
std::string listed(const Items& items, std::string_view separator, Spoken spoken) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < items.size() && i < kListed; ++i) {
    words.push_back(spoken(items[i]));
  }
  const auto more = items.size() > kListed ? fmt::format("{}and {} more", separator, items.size() - kListed) : "";
  return fmt::format("{}{}", fmt::join(words, separator), more);
}

std::string counted(std::size_t number, const std::string& noun) {
  return fmt::format("{} {}", number, number == 1 ? noun : core::plural(noun));
}

core::CheckRow row_of(std::string_view check, std::string_view status, std::string subject) {
  core::CheckRow row;
  row.subject = std::move(subject);
  row.check = check;
  row.status = status;
  return row;
}

}  // namespace

CableWords::CableWords(const Cabling& cabling, const std::vector<std::uint32_t>& found_left) : cabling_(cabling) {
  for (const auto cable : found_left) {
    for (const auto& end : cabling.found()[cable].ends) {
      found_in_.emplace(key(end), cable);
    }
  }
}

std::string CableWords::spoken(Part part) const {
  const std::string id(cabling_.row(part).id);
  auto name = id.substr(id.find('/') + 1);
  if (cabling_.kind(part) == NodeKind::nic) {
    std::ranges::replace(name, '/', ' ');
  }
  return name;
}

std::string CableWords::spoken(const Socket& socket) const {
  const auto port = cabling_.port_name(socket.port);
  return spoken(socket.part) + (port.empty() ? "" : fmt::format(" port {}", port));
}

/// The NIC's end first: that is where one looks first.
std::array<Socket, 2> CableWords::ends(const Cable& cable) const {
  const bool is_turned = cabling_.kind(cable.ends[0].part) == NodeKind::network_switch &&
                         cabling_.kind(cable.ends[1].part) != NodeKind::network_switch;
  const bool is_later = is_turned || (cabling_.kind(cable.ends[1].part) == cabling_.kind(cable.ends[0].part) &&
                                      natural_less(spoken(cable.ends[1]), spoken(cable.ends[0])));
  return {cable.ends[is_later ? 1 : 0], cable.ends[is_later ? 0 : 1]};
}

std::string CableWords::spoken(const Cable& cable) const {
  const auto [first, second] = ends(cable);
  return fmt::format("{} to {}", spoken(first), spoken(second));
}

std::string CableWords::places(const Cable& cable) const {
  const auto [first, second] = ends(cable);
  return fmt::format("{} and {}", place(first), place(second));
}

std::string CableWords::in_rack(Part part) const {
  const auto rack = cabling_.rack(part);
  return rack.empty() ? "" : fmt::format(" (rack {})", rack);
}

std::string CableWords::place(const Socket& socket) const { return spoken(socket) + in_rack(socket.part); }

std::string CableWords::host_of(const Cable& cable) const {
  for (const auto& end : cable.ends) {
    if (const auto host = cabling_.whole(end.part); cabling_.kind(host) == NodeKind::host) {
      return spoken(host);
    }
  }
  return "";
}

std::string CableWords::list(const std::vector<std::uint32_t>& cables, const std::vector<Cable>& all) const {
  std::vector<std::string> words;
  std::ranges::transform(cables, std::back_inserter(words), [&](auto cable) { return spoken(all[cable]); });
  std::ranges::sort(words, natural_less);
  return listed(words, "; ", [](const std::string& word) { return word; });
}

std::string CableWords::in_the_way(const Socket& socket) const {
  const auto other = socket.port == kAnyPort ? found_in_.end() : found_in_.find(key(socket));
  return other == found_in_.end()
             ? ""
             : fmt::format("; first take out what is there now ({})", spoken(cabling_.found()[other->second]));
}

std::string CableWords::swap_advice(std::vector<CableFault::Move> moves) const {
  std::ranges::sort(moves, natural_less, [&](const auto& move) { return spoken(move.from); });
  if (moves.size() == 2) {
    return fmt::format("swap them back: exchange the plugs in {} and {}", place(moves[0].from), place(moves[1].from));
  }
  return "move each plug: " + listed(moves, "; ", [&](const auto& move) {
           return fmt::format("from {} to {}", place(move.from), place(move.to));
         });
}

/// In the order of their ids, so that the same fault has the same subject in whatever order it was learnt.
std::vector<std::uint32_t> CableWords::in_order(std::vector<std::uint32_t> found) const {
  const auto id = [&](auto cable) { return std::string_view(cabling_.found_row(cabling_.found()[cable]).id); };
  std::ranges::sort(found, natural_less, id);
  return found;
}

/// All cables that were found: each may be the one that somebody moved.
std::string CableWords::subject(const std::vector<std::uint32_t>& found) const {
  std::vector<std::string> ids;
  std::ranges::transform(found, std::back_inserter(ids),
                         [&](auto cable) { return std::string(cabling_.found_row(cabling_.found()[cable]).id); });
  return subject_of(ids);
}

std::string CableWords::why_missing(const Cable& planned) const {
  for (const auto& end : planned.ends) {
    if (!cabling_.is_found(end.part) && cabling_.is_found(cabling_.whole(end.part))) {
      return fmt::format("{} is not in the map, and nothing is in {}", spoken(end.part),
                         spoken(planned.ends[&end == planned.ends.data() ? 1 : 0]));
    }
  }
  return fmt::format("nothing in {}", places(planned));
}

core::CheckRow CableWords::row(const CableFault& fault) const {
  using Kind = CableFault::Kind;
  const auto* planned = fault.planned.empty() ? nullptr : &cabling_.planned()[fault.planned.front()];
  const auto all_found = in_order(fault.found);
  const auto* found = all_found.empty() ? nullptr : &cabling_.found()[all_found.front()];
  const auto name = fault.kind == Kind::missing      ? "cable_missing"
                    : fault.kind == Kind::extra      ? "cable_extra"
                    : fault.kind == Kind::wrong_node ? "cable_wrong_node"
                    : fault.kind == Kind::wrong_port ? "cable_wrong_port"
                    : fault.found.size() == 2        ? "cable_swapped"
                                                     : "cable_rotated";
  auto row = row_of(name, fault.kind == Kind::extra ? kWarn : kFail,
                    found != nullptr ? subject(all_found) : cabling_.id_of_planned(*planned));
  row.host = host_of(found != nullptr ? *found : *planned);
  row.observed = found != nullptr ? list(fault.found, cabling_.found()) : why_missing(*planned);
  row.expected = planned != nullptr ? list(fault.planned, cabling_.planned()) : "no cable in either port";
  if (fault.kind == Kind::missing) {
    row.advice = fmt::format("plug it in; if it is, look at the lights and optics of {}", places(*planned));
  } else if (fault.kind == Kind::extra) {
    row.advice = fmt::format("unplug {}, or add the cable to the plan", places(*found));
  } else if (fault.kind == Kind::rotated) {
    row.advice = swap_advice(fault.moves);
  } else {
    row.advice = "move " + listed(fault.moves, "; ", [&](const auto& move) {
                   return move.from == move.to ? fmt::format("nothing at {}", place(move.to))
                                               : fmt::format("the plug in {} to {}{}", place(move.from), place(move.to),
                                                             in_the_way(move.to));
                 });
  }
  return row;
}

core::CheckRow CableWords::row(const MissingNode& node) const {
  auto row = row_of("node_missing", kFail, std::string(cabling_.row(node.node).id));
  const bool is_host = cabling_.kind(node.node) == NodeKind::host;
  row.host = is_host ? spoken(node.node) : "";
  row.expected = list(node.planned, cabling_.planned());
  if (node.in_its_place) {
    row.observed = fmt::format("{} is in its ports, which the plan does not know", spoken(*node.in_its_place));
    row.advice =
        fmt::format("if {} is what the plan calls {}, give both the same name; if not, it is in the wrong place",
                    spoken(*node.in_its_place) + in_rack(*node.in_its_place), spoken(node.node));
    return row;
  }
  row.observed = node.planned.size() == 1 ? "its only planned cable is not there"
                                          : fmt::format("none of its {} planned cables is there", node.planned.size());
  if (!node.hosts.empty()) {
    row.observed += fmt::format("; nor {} that lead only here: {}", counted(node.hosts.size(), "host"),
                                listed(node.hosts, ", ", [&](Part host) { return spoken(host); }));
  }
  row.advice =
      fmt::format("see whether {}{} is powered and up; then look at its cables", spoken(node.node), in_rack(node.node));
  return row;
}

core::CheckRow CableWords::row(const ExtraNode& node) const {
  auto row = row_of("node_extra", kWarn, std::string(cabling_.row(node.node).id));
  row.host = cabling_.kind(node.node) == NodeKind::host ? spoken(node.node) : "";
  row.observed = list(node.found, cabling_.found());
  row.expected = "no such node in the plan";
  row.advice = fmt::format("unplug {}{}, or add it to the plan", spoken(node.node), in_rack(node.node));
  return row;
}

core::CheckRow CableWords::slower_row(const Cable& found, const std::string& is, const std::string& planned) const {
  auto row = row_of("cable_slower_than_plan", kFail, std::string(cabling_.found_row(found).id));
  row.host = host_of(found);
  row.observed = is;
  row.expected = planned;
  row.advice = fmt::format(
      "see that both ports are set to the planned speed; then reseat the plugs in {}, then change it", places(found));
  return row;
}

}  // namespace plumb::topology

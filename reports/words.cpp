#include "reports/words.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"

namespace plumb::reports {
namespace {

std::string directions(const Blame& blame, const Fabric& fabric) {
  const auto& top = blame.suspects.front();
  const auto& part = fabric.parts()[top.part];
  if (top.direction == Direction::both) {
    return "both directions";
  }
  const bool out = top.direction == Direction::out;
  if (part.kind == "cable" && part.host.empty()) {  // its id is A:port--B:port
    const auto middle = part.id.find("--");
    return fmt::format("only towards {}", out ? part.id.substr(middle + 2) : part.id.substr(0, middle));
  }
  return out ? "sending only" : "receiving only";  // as the host sees it
}

/// What tells the suspects apart: more pairs, unless whatever leaves the host goes through all of them; then its NIC
/// with itself, where a cable is among them.
std::string how_to_split(const Blame& blame, const Fabric& fabric) {
  if (blame.suspects.size() < 2) {
    return "";
  }
  const auto& host = fabric.parts()[blame.suspects.front().part].host;
  const bool one_host =
      !host.empty() && std::all_of(blame.suspects.begin(), blame.suspects.end(),
                                   [&](const Suspect& s) { return fabric.parts()[s.part].host == host; });
  if (!one_host) {
    return "; retest.csv has the pairs that would tell the suspects apart";
  }
  const bool has_cable =
      std::ranges::any_of(blame.suspects, [&](const Suspect& s) { return fabric.parts()[s.part].kind == "cable"; });
  return has_cable ? "; no pair tells the suspects apart, but --schedule loopback tells the cable from what is behind "
                     "the NIC (over verbs); else change the likeliest, then measure again"
                   : "; no pair tells the suspects apart: change the likeliest, then measure again";
}

}  // namespace

std::vector<core::SuspectedPart> suspects_of(const Blame& blame, const Fabric& fabric) {
  std::vector<core::SuspectedPart> suspects;
  for (const auto& suspect : blame.suspects) {
    suspects.push_back({std::string(fabric.parts()[suspect.part].id), suspect.posterior});
  }
  return suspects;
}

std::string not_told_apart(const Blame& blame, const Fabric& fabric) {
  if (blame.suspects.size() < 2) {
    return "";
  }
  std::string text = "; or ";
  for (std::size_t i = 1; i < blame.suspects.size() && i < 4; ++i) {
    text += (i > 1 ? ", " : "") + spoken(fabric.parts()[blame.suspects[i].part]);
  }
  return text + (blame.suspects.size() > 4 ? ", …" : "") + ": not told apart";
}

std::string spoken(const Part& part) {
  const bool has_kind = part.id.starts_with(part.kind) && part.id.substr(part.kind.size()).starts_with('/');
  return fmt::format("{} {}", part.kind, has_kind ? part.id.substr(part.kind.size() + 1) : part.id);
}

core::FindingKind slow_kind(std::string_view part_kind) {
  return part_kind == "cable"    ? core::FindingKind::slow_link
         : part_kind == "nic"    ? core::FindingKind::slow_nic
         : part_kind == "gpu"    ? core::FindingKind::slow_gpu
         : part_kind == "switch" ? core::FindingKind::slow_switch
                                 : core::FindingKind::slow_host;
}

std::string title_of(const Blame& blame, const Fabric& fabric, const std::string& subject) {
  const auto& top = fabric.parts()[blame.suspects.front().part];
  const auto percent = core::format_percent(blame.factor);
  const auto what = subject == "stalls"    ? fmt::format("stalls: worst windows at {} of the median", percent)
                    : subject == "latency" ? fmt::format("is late: its peers need {} of its time", percent)
                                           : fmt::format("is at {} of its peers", percent);
  return fmt::format("{}{} {}, {}, {} of {} measurements{}", spoken(top), top.kind == "host" ? "'s link" : "", what,
                     directions(blame, fabric), blame.explained.size(), blame.touched, not_told_apart(blame, fabric));
}

std::string advice_for(core::FindingKind kind, const Blame& blame, const Fabric& fabric) {
  const auto split = how_to_split(blame, fabric);
  const auto& top = fabric.parts()[blame.suspects.front().part];
  switch (kind) {
    case core::FindingKind::slow_link:
      return "check speed, width and error counters on both ends; reseat, then swap the cable" + split;
    case core::FindingKind::slow_nic:
      return "check the NIC's PCIe width and speed, port rate and firmware; then reseat its cable" + split;
    case core::FindingKind::slow_switch:
      return "look at the switch's ports, buffers and routing before touching any host" + split;
    case core::FindingKind::flapping_link:
      return "read link_downed and the kernel log on both ends; clean or swap the optics" + split;
    default:
      break;
  }
  return fmt::format("keep {} out of jobs; check its NIC (PCIe width, port rate, error counters), then its cable{}",
                     spoken(top), split);
}

}  // namespace plumb::reports

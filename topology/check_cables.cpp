#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_set>

#include "core/text.h"
#include "core/units.h"
#include "topology/cable_match.h"
#include "topology/cable_words.h"
#include "topology/checks.h"
#include "topology/ib_fabric.h"
#include "topology/roles.h"

namespace plumb::topology {
namespace {

using Rows = std::vector<core::CheckRow>;

/// Rates are named by what the lanes signal or by what they carry; the next lower step is farther off than that.
constexpr double kSameRate = 0.78;

core::MaybeInteger lanes_of(std::string_view width) {
  const auto digits = width.starts_with('x') || width.starts_with('X') ? width.substr(1) : width;
  int lanes = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), lanes);
  return lanes > 0 ? core::MaybeInteger(lanes) : std::nullopt;
}

/// "400 Gb/s 4x NDR": what a row knows.
std::string speed_text(const core::LinkView& row) {
  std::string text = row.rate_Bps ? core::format_line_rate(*row.rate_Bps) : "";
  for (const auto& word : {std::string(row.width), std::string(row.speed)}) {
    text += word.empty() ? "" : (text.empty() ? "" : " ") + word;
  }
  return text;
}

bool is_slower(const core::LinkView& found, const core::LinkView& planned) {
  const auto lanes = lanes_of(found.width), planned_lanes = lanes_of(planned.width);
  const auto lane = ib_rate_Bps("1x", found.speed), planned_lane = ib_rate_Bps("1x", planned.speed);
  if ((lanes && planned_lanes && *lanes < *planned_lanes) || (lane && planned_lane && *lane < *planned_lane)) {
    return true;
  }
  const bool words_tell = lanes && planned_lanes && lane && planned_lane;
  return !words_tell && found.rate_Bps && planned.rate_Bps && *found.rate_Bps < kSameRate * *planned.rate_Bps;
}

/// The gravest and most general first.
void put_in_order(Rows& rows) {
  constexpr std::array<std::string_view, 9> kOrder{"node_missing",           "cable_rotated",    "cable_swapped",
                                                   "cable_wrong_node",       "cable_wrong_port", "cable_missing",
                                                   "cable_slower_than_plan", "node_extra",       "cable_extra"};
  const auto rank = [&](const core::CheckRow& row) {
    const bool is_host = row.check == "node_missing" && !row.host.empty();  // switches take more with them
    return std::pair(std::ranges::find(kOrder, row.check) - kOrder.begin(), is_host);
  };
  std::ranges::stable_sort(rows, [&](const auto& x, const auto& y) {
    const auto x_rank = rank(x), y_rank = rank(y);
    return x_rank != y_rank ? x_rank < y_rank : natural_less(x.subject, y.subject);
  });
}

/// Ports, "id:port", and nodes that did not say what is plugged into them.
std::unordered_set<std::string> silent_ports(const Graph& found) {
  std::unordered_set<std::string> ports;
  for (const auto& row : found.remarks()) {
    if (row.status == "absent" && row.check == "discovery") {
      ports.insert(std::string(row.subject));
    }
  }
  return ports;
}

/// Takes out of `planned` the cables of which nobody can say whether they are there; how many.
std::size_t take_undecided(const Cabling& cabling, const Graph& found, std::vector<std::uint32_t>& planned) {
  const auto silent = silent_ports(found);
  const auto is_silent = [&](const Socket& end) {
    const std::string node(cabling.row(end.part).id);
    return silent.contains(node) || silent.contains(fmt::format("{}:{}", node, cabling.port_name(end.port)));
  };
  return silent.empty() ? 0 : std::erase_if(planned, [&](auto cable) {
    const auto& ends = cabling.planned()[cable].ends;
    return is_silent(ends[0]) || is_silent(ends[1]);
  });
}

core::CheckRow absent(std::string subject, std::string observed, std::string expected, std::string advice) {
  return {"", std::move(subject), "cable", "absent", std::move(observed), std::move(expected), std::move(advice)};
}

/// What the plan says and could not be held against the map.
void add_not_compared(const Cabling& cabling, const CableWords& words, std::size_t undecided, Rows& rows) {
  if (undecided > 0) {
    rows.push_back(absent(
        "",
        fmt::format("{} planned {} end in ports that did not answer", undecided, undecided == 1 ? "cable" : "cables"),
        "every port answers", "discover again: the map is incomplete"));
  }
  const auto add = [&](const std::vector<Part>& parts, const char* what, const char* advice) {
    if (!parts.empty()) {
      rows.push_back(
          absent(std::string(cabling.row(parts.front()).id),
                 fmt::format("plan and map name the {} of {} in different ways{}", what, words.spoken(parts.front()),
                             parts.size() > 1 ? fmt::format(" (and of {} more)", parts.size() - 1) : ""),
                 "one way of naming", advice));
    }
  };
  add(cabling.switches_without_ports(), "ports",
      "cables were compared by node only: name ports in the plan as the map does, or leave them out");
  add(cabling.hosts_without_nics(), "NICs",
      "cables were compared by host only: name NICs in the plan as the map does, give their GUIDs, or name the host");
}

/// Why there is nothing to compare; empty when there is.
std::string why_not(const Cabling& cabling) {
  if (cabling.planned().empty()) {
    return "the plan has no cables";
  }
  if (cabling.found().empty()) {
    return "the map has no cables";
  }
  if (cabling.parts_in_both() == 0) {
    const auto name = [&](const Cable& cable) { return core::printable(cabling.row(cable.ends[0].part).id); };
    return fmt::format("no name of the plan is in the map: the plan has {}, the map has {}",
                       name(cabling.planned().front()), name(cabling.found().front()));
  }
  return "";
}

}  // namespace

void check_cables(const Checked& checked, Rows& rows) {
  if (checked.plan == nullptr || checked.plan_is_rule) {
    return;
  }
  const Cabling cabling(checked.found, *checked.plan);
  if (const auto reason = why_not(cabling); !reason.empty()) {
    rows.push_back(
        absent("", reason, "cables in both, with the same names", "see that this is the plan of this fabric"));
    return;
  }
  auto match = match_cables(cabling);
  const CableWords words(cabling, match.found_left);
  Rows faults;
  for (const auto& [planned, found] : match.right) {
    const auto &is = cabling.found_row(cabling.found()[found]),
               &should = cabling.planned_row(cabling.planned()[planned]);
    if (is_slower(is, should)) {
      faults.push_back(words.slower_row(cabling.found()[found], speed_text(is), speed_text(should)));
    }
  }
  const auto undecided = take_undecided(cabling, checked.found, match.planned_left);
  auto cable_faults = faults_of(cabling, match.planned_left, match.found_left);
  const auto nodes = take_node_faults(cabling, cable_faults);
  const auto add = [&](const auto& list) {
    std::ranges::transform(list, std::back_inserter(faults), [&](const auto& fault) { return words.row(fault); });
  };
  add(nodes.missing);
  add(nodes.extra);
  add(cable_faults);
  put_in_order(faults);
  std::ranges::move(faults, std::back_inserter(rows));
  add_not_compared(cabling, words, undecided, rows);
  if (!match.right.empty()) {
    rows.push_back(
        {"", "", "cable", "pass",
         fmt::format("{} of {} planned cables are where they belong", match.right.size(), cabling.planned().size()), "",
         ""});
  }
}

}  // namespace plumb::topology

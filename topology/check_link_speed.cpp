#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <tuple>

#include "core/numbering.h"
#include "core/units.h"
#include "topology/checks.h"
#include "topology/clear_mode.h"
#include "topology/ib_fabric.h"

namespace plumb::topology {
namespace {

/// Rates are named by what the lanes signal or by what they carry; the next lower step is farther off than that.
constexpr double kSameRate = 0.78;
/// What GPUs lower their slots to when they rest: the first and second generation of PCIe, GT/s a lane.
constexpr double kRestingSpeed = 5;

std::optional<double> number_in(std::string_view text) {
  const auto digit = std::min(text.find_first_of("0123456789"), text.size());
  double value = 0;
  const auto result = std::from_chars(text.data() + digit, text.data() + text.size(), value);
  return result.ec == std::errc() ? std::optional(value) : std::nullopt;
}

/// What a speed weighs against another: that of a lane for InfiniBand's words, else the number in it.
std::optional<double> weight_of_speed(std::string_view speed) {
  const auto lane = ib_rate_Bps("1x", speed);
  return lane ? lane : number_in(speed);
}

bool is_below(std::optional<double> active, std::optional<double> possible) {
  return active && possible && *active < *possible;
}

/// Words of sources for a link that carries no traffic; what is no such word is no fault.
bool is_down(std::string_view state) {
  constexpr std::array<std::string_view, 8> kDown{"down",    "init",     "initialize", "armed",
                                                  "polling", "disabled", "training",   "sleep"};
  std::string word(state.substr(0, state.find_first_of("/ ")));
  std::ranges::transform(word, word.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::ranges::find(kDown, word) != kDown.end();
}

struct Peers {
  std::vector<double> rates;
  std::optional<double> most;
};

/// Peers are links of one kind between parts of the same classes and models.
class LinkJudge {
 public:
  LinkJudge(const Graph& graph, bool pcie) : graph_(graph), pcie_(pcie), part_(graph.node_count()) {
    core::Numbering<std::tuple<NodeKind, core::Integer, std::string_view>> numbers;
    for (NodeIndex n = 0; n < graph.node_count(); ++n) {
      const auto& row = graph.row(n);
      part_[n] = numbers.of({graph.kind(n), row.tier.value_or(0), row.model});
    }
    for (LinkIndex i = 0; i < graph.link_count(); ++i) {
      if (const auto rate = graph.link_row(i).rate_Bps; is_of_kind(i) && !rests(i) && rate && *rate > 0) {
        peers_[class_of_link(i)].rates.push_back(*rate);
      }
    }
    for (auto& [key, peers] : peers_) {
      peers.most = clear_mode(peers.rates);
    }
  }

  [[nodiscard]] bool is_of_kind(LinkIndex link) const { return (graph_.link(link).kind == LinkKind::pcie) == pcie_; }

  /// Nothing for a link that is right; else the one row that tells most.
  [[nodiscard]] std::optional<core::CheckRow> judge(LinkIndex link) const {
    const auto& row = graph_.link_row(link);
    if (is_down(row.state)) {
      return fault(link, "link_state", "warn", fmt::format("is {}", row.state), "Active",
                   "plug the cable in anew, look at both ends; a state of Init or Armed wants a subnet manager");
    }
    if (is_below(number_in(row.width), number_in(row.max_width))) {
      return fault(
          link, pcie_ ? "pcie_width" : "link_width", "fail", active(row),
          fmt::format("{}, as both ends {}", row.max_width, pcie_ ? "can" : "are set to"),
          pcie_ ? "seat the device anew; a lane does not train" : "clean or replace the cable: lanes are dead");
    }
    if (!may_rest(link) && is_below(weight_of_speed(row.speed), weight_of_speed(row.max_speed))) {
      return fault(link, pcie_ ? "pcie_speed" : "link_speed", "fail", active(row),
                   fmt::format("{}, as both ends {}", row.max_speed, pcie_ ? "can" : "are set to"),
                   pcie_ ? "look at the slot's speed in the BIOS, then seat the device anew"
                         : "clean or replace the cable; it does not train at full speed");
    }
    return against_peers(link);
  }

  /// Whether anything is known that could be judged.
  [[nodiscard]] bool knows(LinkIndex link) const {
    const auto& row = graph_.link_row(link);
    return row.rate_Bps || !row.width.empty() || !row.state.empty();
  }

 private:
  using Key = std::tuple<LinkKind, std::uint32_t, std::uint32_t>;

  [[nodiscard]] Key class_of_link(LinkIndex link) const {
    const auto& ends = graph_.link(link);
    const auto a = part_[ends.a], b = part_[ends.b];
    return {ends.kind, std::min(a, b), std::max(a, b)};
  }

  /// A GPU at rest lowers the speed of its slot, not the width: plumb-gpu tells under load whether it is stuck there.
  [[nodiscard]] bool may_rest(LinkIndex link) const {
    const auto& ends = graph_.link(link);
    return pcie_ && (graph_.kind(ends.a) == NodeKind::gpu || graph_.kind(ends.b) == NodeKind::gpu);
  }
  [[nodiscard]] bool rests(LinkIndex link) const {
    const auto speed = number_in(graph_.link_row(link).speed);
    return may_rest(link) && speed && *speed <= kRestingSpeed;
  }

  [[nodiscard]] static std::string active(const auto& row) {
    return fmt::format("runs at {} {}", row.width, row.speed);
  }

  [[nodiscard]] std::optional<core::CheckRow> against_peers(LinkIndex link) const {
    const auto rate = graph_.link_row(link).rate_Bps;
    const auto peers = peers_.find(class_of_link(link));
    if (!rate || rests(link) || peers == peers_.end() || !peers->second.most ||
        *rate >= kSameRate * *peers->second.most || !has_models(link)) {
      return std::nullopt;
    }
    const auto count = std::ranges::count(peers->second.rates, *peers->second.most);
    return fault(link, pcie_ ? "pcie_slower_than_peers" : "link_slower_than_peers", "warn",
                 fmt::format("runs at {}", core::format_line_rate(*rate)),
                 fmt::format("{}, as {} others between {} and {}", core::format_line_rate(*peers->second.most), count,
                             class_of(graph_, graph_.link(link).a), class_of(graph_, graph_.link(link).b)),
                 "compare its cable, its ports' settings and its slot with those of the others");
  }

  /// A host's PCIe devices of unknown models may be anything.
  [[nodiscard]] bool has_models(LinkIndex link) const {
    const auto& ends = graph_.link(link);
    const auto is_known = [&](NodeIndex node) {
      return graph_.kind(node) == NodeKind::host || !graph_.row(node).model.empty();
    };
    return !pcie_ || (is_known(ends.a) && is_known(ends.b));
  }

  [[nodiscard]] core::CheckRow fault(LinkIndex link, std::string_view check, std::string_view status,
                                     std::string observed, std::string expected, std::string advice) const {
    const auto& ends = graph_.link(link);
    std::string host;
    for (const auto end : {ends.a, ends.b}) {
      host = host.empty() ? std::string(graph_.row(end).host) : host;
    }
    return {host,
            std::string(graph_.link_row(link).id),
            std::string(check),
            std::string(status),
            std::move(observed),
            std::move(expected),
            std::move(advice)};
  }

  const Graph& graph_;
  bool pcie_;
  std::vector<std::uint32_t> part_;  // kind, tier and model of each node, numbered
  std::map<Key, Peers> peers_;
};

void check_links(const Graph& graph, bool pcie, std::vector<core::CheckRow>& rows) {
  const LinkJudge judge(graph, pcie);
  std::size_t known = 0, faulty = 0;
  for (LinkIndex i = 0; i < graph.link_count(); ++i) {
    if (judge.is_of_kind(i)) {
      known += judge.knows(i) ? 1 : 0;
      if (auto fault = judge.judge(i)) {
        rows.push_back(std::move(*fault));
        ++faulty;
      }
    }
  }
  if (known > 0 && faulty == 0) {
    rows.push_back({"", "", pcie ? "pcie_speed" : "link_speed", "pass", fmt::format("{} links", known),
                    "full width and speed, like their peers", ""});
  }
}

}  // namespace

void check_link_speed(const Checked& checked, std::vector<core::CheckRow>& rows) {
  check_links(checked.found, false, rows);
}

void check_pcie_speed(const Checked& checked, std::vector<core::CheckRow>& rows) {
  check_links(checked.found, true, rows);
}

}  // namespace plumb::topology

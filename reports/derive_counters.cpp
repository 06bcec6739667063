#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <unordered_map>

#include "reports/derived_checks.h"

namespace plumb::reports {
namespace {

/// What a counter tells when it rises far more than elsewhere.
enum class Meaning : std::uint8_t { traffic, link_down, error, congestion };

struct Limit {
  double sigmas, least, tail;  // over the bulk on a log scale; in any case; times what one port in twenty has
};

/// Healthy ports have corrected symbols, pauses and marks by the thousand, so these speak only when they are far out.
constexpr Limit limit_of(Meaning meaning) {
  return meaning == Meaning::link_down ? Limit{0, 1, 1}
         : meaning == Meaning::error   ? Limit{7, 20, 8}
                                       : Limit{10, 1000, 30};
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

/// Counters have other names in sysfs, ethtool, perfquery and each switch's own tools; these are the words they share.
Meaning meaning_of(std::string name) {
  std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  std::erase(name, '_');
  if (has_any(name, {"linkdown", "flap", "carrierlost", "lostcarrier", "carrierdown"})) {
    return Meaning::link_down;
  }
  if (has_any(name, {"correct"}) && !has_any(name, {"uncorrect", "notcorrect"})) {
    return Meaning::congestion;
  }
  if (has_any(name, {"err", "crc", "symbol", "recovery", "integrity", "uncorrect", "fcs", "bad", "malformed", "seq",
                     "retry", "retrans", "timeout", "fault"})) {
    return Meaning::error;
  }
  return has_any(name, {"wait", "pause", "discard", "drop", "cnp", "ecn", "congest", "outofbuffer"})
             ? Meaning::congestion
             : Meaning::traffic;
}

/// Counters of one name at ports of one kind.
struct Peers {
  std::vector<std::uint32_t> readings;  // of evidence.counters
  std::vector<double> rises;
};

double at_share(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

/// The rise from which on a port is out of line with its peers, and from which on that is a fault by itself: between
/// the two it only adds to what measurements say. Where most ports count some errors, the tail of healthy ones is long.
struct Limits {
  double speaks = 0, is_fault = 0;
};

Limits limits_among(std::vector<double> rises, Meaning meaning) {
  constexpr double kUpperSigmas = 1.2816;  // of the 90th percentile
  constexpr double kLeastSpread = 0.4;
  const auto [sigmas, least, tail] = limit_of(meaning);
  std::ranges::sort(rises);
  const double middle = std::log1p(at_share(rises, 0.5)), upper = std::log1p(at_share(rises, 0.9));
  const double spread = std::max((upper - middle) / kUpperSigmas, kLeastSpread);
  const double bulk = meaning == Meaning::link_down && upper <= 0 ? 0 : std::expm1(middle + sigmas * spread);
  const double often = at_share(rises, 0.95);
  const double speaks = std::max({least, bulk, tail * (often + (meaning == Meaning::link_down ? 1 : 2))});
  constexpr double kLongTail = 10, kShortTail = 2.5;
  const double beyond = meaning == Meaning::link_down ? 1 : at_share(rises, 0.97) > 0 ? kLongTail : kShortTail;
  return {speaks, beyond * speaks};
}

class CounterJudge {
 public:
  CounterJudge(const Evidence& evidence, const topology::Graph& graph) : evidence_(evidence), graph_(graph) {
    std::unordered_map<std::uint32_t, Meaning> meanings;
    std::map<std::tuple<std::uint32_t, std::string>, Peers> classes;
    std::unordered_map<std::uint32_t, std::string> kinds;
    for (std::uint32_t i = 0; i < evidence.counters.size(); ++i) {
      const auto& reading = evidence.counters[i];
      const auto [known, is_new] = meanings.try_emplace(reading.counter);
      if (is_new) {
        known->second = meaning_of(evidence.words[reading.counter]);
      }
      const auto rise = reading.difference();
      if (known->second == Meaning::traffic || !rise || *rise < 0) {
        continue;
      }
      auto [kind, is_new_node] = kinds.try_emplace(reading.node);
      if (is_new_node) {
        kind->second = kind_of_node(evidence.words[reading.node]);
      }
      auto& peers = classes[{reading.counter, kind->second}];
      peers.readings.push_back(i);
      peers.rises.push_back(static_cast<double>(*rise));
    }
    for (const auto& [key, peers] : classes) {
      judge(peers, meanings.at(std::get<0>(key)));
    }
  }

  void tell(std::vector<CheckSource>& rows) const {
    for (const auto& [port, found] : by_port_) {
      const auto& first = evidence_.counters[found.readings.front()];
      core::CheckRow row;
      row.subject = evidence_.words[first.node] + ":" + evidence_.words[first.port];
      if (const auto node = graph_.find(evidence_.words[first.node])) {
        row.host = graph_.row(*node).host;
      }
      row.check = "errors";
      row.status = found.fails ? "fail" : found.is_fault ? "warn" : "hint";
      std::vector<std::string> risen;
      for (const auto i : found.readings) {
        risen.push_back(fmt::format("{} +{}", evidence_.words[evidence_.counters[i].counter],
                                    evidence_.counters[i].difference().value_or(0)));
      }
      row.observed = fmt::format("{}", fmt::join(risen, ", "));
      row.expected = fmt::format("below {:.0f}, as its peers", found.limit);
      row.advice = "clean or replace the cable and its optics, then read the counters twice again";
      rows.push_back({std::move(row), evidence_.file_of(first.place), first.place.line});
    }
  }

 private:
  struct Found {
    std::vector<std::uint32_t> readings;
    double limit = 0;  // of the first
    bool is_fault = false, fails = false;
  };

  [[nodiscard]] std::string kind_of_node(const std::string& id) const {
    const auto node = graph_.find(id);
    return node ? topology::class_of(graph_, *node) + "/" + std::string(graph_.row(*node).model) : "";
  }

  void judge(const Peers& peers, Meaning meaning) {
    const auto limits = limits_among(peers.rises, meaning);
    for (std::size_t i = 0; i < peers.rises.size(); ++i) {
      if (peers.rises[i] >= limits.speaks) {
        const auto& reading = evidence_.counters[peers.readings[i]];
        auto& found = by_port_[{reading.node, reading.port}];
        found.limit = found.readings.empty() ? limits.speaks : found.limit;
        found.readings.push_back(peers.readings[i]);
        found.is_fault = found.is_fault || peers.rises[i] >= limits.is_fault;
        found.fails = found.fails || meaning == Meaning::link_down;
      }
    }
  }

  const Evidence& evidence_;
  const topology::Graph& graph_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Found> by_port_;
};

}  // namespace

void derive_from_counters(const Evidence& evidence, const topology::Graph& graph, std::vector<CheckSource>& rows) {
  CounterJudge(evidence, graph).tell(rows);
}

}  // namespace plumb::reports

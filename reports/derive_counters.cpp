#include <fmt/format.h>
#include <fmt/ranges.h>
#include <tsl/robin_set.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>
#include <unordered_map>

#include "reports/counter_meaning.h"
#include "reports/derived_checks.h"
#include "topology/bundles.h"

namespace plumb::reports {
namespace {

struct Limit {
  double sigmas, least, tail;  // over the bulk on a log scale; in any case; times what one port in twenty has
};

/// Healthy ports have corrected symbols, pauses and marks by the thousand, so these speak only when they are far out.
constexpr Limit limit_of(CounterMeaning meaning) {
  return meaning == CounterMeaning::link_down ? Limit{0, 1, 1}
         : meaning == CounterMeaning::error   ? Limit{7, 20, 8}
                                              : Limit{10, 1000, 30};
}

/// Counters of one name at ports of one kind in one run. Many tools tell only what is not zero: a port of which another
/// counter was read, and not this one, counted nothing.
struct Peers {
  std::vector<std::uint32_t> readings;  // of evidence.counters
  std::vector<double> rises;
  std::size_t zeros = 0;  // ports that are not in `rises`

  void sort() { std::ranges::sort(sorted_ = rises); }
  [[nodiscard]] double at_share(double share) const {
    const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted_.size() + zeros - 1));
    return at < zeros ? 0 : sorted_[at - zeros];
  }

 private:
  std::vector<double> sorted_;
};

/// The rise from which on a port is out of line with its peers, and from which on that is a fault by itself: between
/// the two it only adds to what measurements say. Where most ports count some errors, the tail of healthy ones is long.
struct Limits {
  double speaks = 0, is_fault = 0;
};

Limits limits_among(Peers& peers, CounterMeaning meaning) {
  constexpr double kUpperSigmas = 1.2816;  // of the 90th percentile
  constexpr double kLeastSpread = 0.4;
  const auto [sigmas, least, tail] = limit_of(meaning);
  peers.sort();
  const double middle = std::log1p(peers.at_share(0.5)), upper = std::log1p(peers.at_share(0.9));
  const double spread = std::max((upper - middle) / kUpperSigmas, kLeastSpread);
  const double bulk = meaning == CounterMeaning::link_down && upper <= 0 ? 0 : std::expm1(middle + sigmas * spread);
  const double often = tail * (peers.at_share(0.95) + (meaning == CounterMeaning::link_down ? 1 : 2));
  constexpr double kFarBeyond = 4;  // where half of the ports count nothing, the spread of the rest says little
  const double speaks = std::max({least, often, std::min(bulk, kFarBeyond * often)});
  constexpr double kLongTail = 10, kShortTail = 2.5;
  const double beyond = meaning == CounterMeaning::link_down ? 1 : peers.at_share(0.97) > 0 ? kLongTail : kShortTail;
  return {speaks, beyond * speaks};
}

class CounterJudge {
 public:
  CounterJudge(const Evidence& evidence, const topology::Graph& graph) : evidence_(evidence), graph_(graph) {
    const auto& all = evidence.counters;  // run by run
    for (std::uint32_t first = 0, last = 0; first < all.size(); first = last) {
      const auto next_run = std::ranges::upper_bound(all, all[first].run, {}, &CounterReading::run);
      last = static_cast<std::uint32_t>(next_run - all.begin());
      judge_run(first, last);
    }
  }

  void tell(std::vector<CheckSource>& rows) const {
    const auto moved = by_port_.empty() ? Moved() : bits_moved();
    for (const auto& [port, found] : by_port_) {
      const auto& first = evidence_.counters[found.readings.front()];
      core::CheckRow row;
      row.subject = evidence_.words[first.node] + ":" + evidence_.words[first.port];
      if (const auto node = graph_.find(evidence_.words[first.node])) {
        row.host = graph_.row(*node).host;
      }
      row.check = "errors";
      row.status = found.fails ? "fail" : found.is_fault ? "warn" : "hint";
      row.observed = risen_words(found, moved);
      const bool is_in_one = evidence_.counters[found.readings.back()].run == first.run;
      row.expected = fmt::format("below {:.0f}{}, as its peers", found.limit, is_in_one ? "" : " in each run");
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

  /// By node, port and run: what the port sent and received.
  using Moved = std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, double>;

  [[nodiscard]] Moved bits_moved() const {
    Moved moved;
    std::vector<double> bits;  // that one count of a counter stands for, by word
    std::ranges::transform(evidence_.words, std::back_inserter(bits), bits_of_count);
    for (const auto& reading : evidence_.counters) {
      if (const auto rise = reading.difference(); bits[reading.counter] > 0 && rise && *rise > 0) {
        moved[{reading.node, reading.port, reading.run}] += bits[reading.counter] * static_cast<double>(*rise);
      }
    }
    return moved;
  }

  /// "symbol_error +5000 in 2 runs (3.12e+04 per Tbit moved)", of all in which it speaks; without the rate where
  /// nobody counted what was moved.
  [[nodiscard]] std::string risen_words(const Found& found, const Moved& moved) const {
    struct Risen {
      std::uint32_t counter = 0;
      core::Integer rise = 0;
      double bits = 0;
      std::size_t runs = 0;
    };
    std::vector<Risen> all;  // in order of first appearance
    for (const auto i : found.readings) {
      const auto& reading = evidence_.counters[i];
      auto known = std::ranges::find(all, reading.counter, &Risen::counter);
      known = known == all.end() ? all.insert(known, {reading.counter}) : known;
      ++known->runs;
      known->rise += reading.difference().value_or(0);
      const auto bits = moved.find({reading.node, reading.port, reading.run});
      known->bits += bits == moved.end() ? 0 : bits->second;
    }
    std::vector<std::string> words;
    for (const auto& risen : all) {
      constexpr double kTbit = 1e12;
      const auto rate =
          risen.bits > 0 ? fmt::format(" ({:.3g} per Tbit moved)", static_cast<double>(risen.rise) * kTbit / risen.bits)
                         : "";
      const auto runs = risen.runs > 1 ? fmt::format(" in {} runs", risen.runs) : "";
      words.push_back(fmt::format("{} +{}{}{}", evidence_.words[risen.counter], risen.rise, runs, rate));
    }
    return fmt::format("{}", fmt::join(words, ", "));
  }

  /// A number for class and model of a node, given as one of evidence.words.
  std::uint32_t kind_of_node(std::uint32_t word) {
    const auto [known, is_new] = kind_of_word_.try_emplace(word);
    if (is_new) {
      const auto node = graph_.find(evidence_.words[word]);
      const auto name = node ? topology::class_of(graph_, *node) + "/" + std::string(graph_.row(*node).model) : "";
      known->second = kinds_.emplace(name, static_cast<std::uint32_t>(kinds_.size())).first->second;
    }
    return known->second;
  }

  /// Readings from `first` to before `last`: of one run, in which ports did the same for as long.
  void judge_run(std::uint32_t first, std::uint32_t last) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, Peers> classes;  // counter, kind
    tsl::robin_set<std::uint64_t, topology::MixedHash> ports;
    std::vector<std::size_t> ports_of_kind;
    for (auto i = first; i < last; ++i) {
      const auto& reading = evidence_.counters[i];
      const auto kind = kind_of_node(reading.node);
      ports_of_kind.resize(std::max<std::size_t>(ports_of_kind.size(), kind + 1));
      ports_of_kind[kind] +=
          ports.insert(static_cast<std::uint64_t>(reading.node) << 32U | reading.port).second ? 1 : 0;
      const auto rise = reading.difference();
      if (meaning_of(reading.counter) != CounterMeaning::traffic && rise && *rise >= 0) {
        auto& peers = classes[{reading.counter, kind}];
        peers.readings.push_back(i);
        peers.rises.push_back(static_cast<double>(*rise));
      }
    }
    for (auto& [key, peers] : classes) {
      peers.zeros = ports_of_kind[key.second] - peers.rises.size();
      judge(peers, meaning_of(key.first));
    }
  }

  CounterMeaning meaning_of(std::uint32_t counter) {
    const auto [known, is_new] = meanings_.try_emplace(counter);
    if (is_new) {
      known->second = meaning_of_counter(evidence_.words[counter]);
    }
    return known->second;
  }

  void judge(Peers& peers, CounterMeaning meaning) {
    const auto limits = limits_among(peers, meaning);
    for (std::size_t i = 0; i < peers.rises.size(); ++i) {
      if (peers.rises[i] >= limits.speaks) {
        const auto& reading = evidence_.counters[peers.readings[i]];
        auto& found = by_port_[{reading.node, reading.port}];
        found.limit = found.readings.empty() ? limits.speaks : found.limit;
        found.readings.push_back(peers.readings[i]);
        found.is_fault = found.is_fault || (meaning != CounterMeaning::congestion && peers.rises[i] >= limits.is_fault);
        found.fails = found.fails || meaning == CounterMeaning::link_down;
      }
    }
  }

  const Evidence& evidence_;
  const topology::Graph& graph_;
  std::unordered_map<std::uint32_t, CounterMeaning> meanings_;
  std::unordered_map<std::uint32_t, std::uint32_t> kind_of_word_;
  std::map<std::string, std::uint32_t> kinds_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Found> by_port_;
};

}  // namespace

void derive_from_counters(const Evidence& evidence, const topology::Graph& graph, std::vector<CheckSource>& rows) {
  CounterJudge(evidence, graph).tell(rows);
}

}  // namespace plumb::reports

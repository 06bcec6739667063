#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "core/text.h"
#include "topology/checks.h"

namespace plumb::topology {
namespace {

using Integer = core::Integer;

enum class Weight : std::uint8_t { data, warns, fails, by_rate };  // data: counts traffic, no errors

struct Counter {
  std::string_view name;  // as in sysfs, lower case without '_'
  unsigned bits;          // of the classic counter, which stops at its largest value
  Weight weight;
  std::string_view means;
};

// IBTA vol. 1, PortCounters. Not here: switch relay errors, which multicast raises on healthy switches, and
// PortXmitWait, which tells congestion.
constexpr std::array kCounters{
    Counter{"linkdowned", 8, Weight::fails, "the link went down: replace the cable, unless somebody pulled it"},
    Counter{"locallinkintegrityerrors", 4, Weight::fails, "too many errors in a row on the wire: replace the cable"},
    Counter{"symbolerror", 16, Weight::by_rate, "wrong symbols came off the wire: clean or replace the cable"},
    Counter{"linkerrorrecovery", 8, Weight::warns, "the link trained anew: clean or replace the cable"},
    Counter{"portrcverrors", 16, Weight::warns, "packets came in broken: clean or replace the cable"},
    Counter{"portrcvremotephysicalerrors", 16, Weight::warns, "packets were marked as broken further back: look there"},
    Counter{"portxmitdiscards", 16, Weight::warns, "packets were thrown away: congestion, or a peer that stopped"},
    Counter{"excessivebufferoverrunerrors", 4, Weight::warns,
            "the peer sends more than there is room for: its firmware"},
    Counter{"vl15dropped", 16, Weight::warns, "management packets were dropped: too many queries, or a busy port"},
    Counter{"portxmitconstrainterrors", 8, Weight::warns, "packets out were refused: partition keys differ"},
    Counter{"portrcvconstrainterrors", 8, Weight::warns, "packets in were refused: partition keys differ"},
    Counter{"portxmitdata", 32, Weight::data, ""},
    Counter{"portrcvdata", 32, Weight::data, ""},
    Counter{"portxmitpackets", 32, Weight::data, ""},
    Counter{"portrcvpackets", 32, Weight::data, ""},
    Counter{"portxmitpkts", 32, Weight::data, ""},
    Counter{"portrcvpkts", 32, Weight::data, ""},
};

constexpr double kWorstBitErrorRate = 1e-12;  // what IBTA allows a link
constexpr Integer kFewErrors = 10;            // tell no rate
constexpr std::size_t kNamed = 20;            // ports that one reading names; more are one row
constexpr Integer kWordBytes = 4;             // data is counted in words, and told in bytes by some sources

/// A counter of one name: which it is, and whether it is the extended one, whose 64 bits never fill.
struct Named {
  const Counter* counter = nullptr;
  bool is_wide = false;
};

Named counter_of(std::string_view name) {
  std::string plain;
  for (const auto c : name) {
    if (c != '_') {
      plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
  }
  const auto take = [&](std::string_view end) {
    const bool has_it = plain.ends_with(end);
    plain.resize(plain.size() - (has_it ? end.size() : 0));
    return has_it;
  };
  take("bytes");
  const bool is_wide = take("extended") || take("ext");
  take("counter");
  const auto* found = std::ranges::find(kCounters, plain, &Counter::name);
  return {found == kCounters.end() ? nullptr : found, is_wide};
}

/// One counter of one port: its first and its last reading.
struct Reading {
  const Counter* counter = nullptr;
  std::string_view name;
  bool is_wide = false;
  std::optional<std::pair<Integer, Integer>> before, after;  // time, value

  [[nodiscard]] bool is_pair() const { return before && after; }
  [[nodiscard]] bool is_of_bytes() const { return name.ends_with("bytes"); }
  [[nodiscard]] Integer rise() const { return is_pair() ? after->second - before->second : 0; }
  [[nodiscard]] Integer largest() const {
    return ((Integer{1} << counter->bits) - 1) * (is_of_bytes() ? kWordBytes : 1);
  }
  /// Not when its name, or a reading beyond the field, says that it is a wider one.
  [[nodiscard]] bool is_saturated() const {
    const Integer x = before ? before->second : 0, y = after ? after->second : 0;
    return !is_wide && std::max(x, y) == largest();
  }
};

struct Port {
  std::string_view node, port;
  std::vector<Reading> readings;

  [[nodiscard]] std::string subject() const { return fmt::format("{}:{}", node, port); }
};

void note(Reading& reading, const core::PortRow& row) {
  const std::pair now(row.t_unix_ns, *row.value);
  if (row.phase == "before") {
    reading.before = reading.before ? std::min(*reading.before, now) : now;
  } else {
    reading.after = reading.after ? std::max(*reading.after, now) : now;
  }
}

std::vector<Port> ports_of(const Graph& graph) {
  std::unordered_map<std::string_view, Named> known;
  std::vector<std::pair<const core::PortRow*, Named>> rows;
  for (const auto& row : graph.port_rows()) {
    const auto [at, is_new] = known.try_emplace(row.counter);
    if (is_new) {
      at->second = counter_of(row.counter);
    }
    if (at->second.counter != nullptr && row.value) {
      rows.emplace_back(&row, at->second);
    }
  }
  const auto key = [](const auto& one) {
    return std::tuple<std::string_view, std::string_view, std::string_view>(one.first->node, one.first->port,
                                                                            one.first->counter);
  };
  std::ranges::stable_sort(rows, {}, key);
  std::vector<Port> ports;
  for (const auto& [row, named] : rows) {
    if (ports.empty() || ports.back().node != row->node || ports.back().port != row->port) {
      ports.push_back({row->node, row->port, {}});
    }
    auto& readings = ports.back().readings;
    if (readings.empty() || readings.back().name != row->counter) {
      readings.push_back({named.counter, row->counter, named.is_wide, {}, {}});
    }
    note(readings.back(), *row);
  }
  return ports;
}

class CounterJudge {
 public:
  CounterJudge(const Graph& graph, std::vector<core::CheckRow>& rows) : graph_(graph), rows_(rows) {}

  void judge(const Port& port) {
    judge_saturation(port);
    judge_resets(port);
    judge_rises(port);
    note_single(port);
  }

  /// What one reading alone tells: how much stands in the counters, not when it came.
  void tell_singles() {
    std::ranges::stable_sort(singles_, std::ranges::greater(), &Single::total);
    for (std::size_t i = 0; i < std::min(singles_.size(), kNamed); ++i) {
      add(*singles_[i].port, "errors", "warn", singles_[i].text + " since the last clear", "0",
          "read twice, some time apart, to see whether it still rises");
    }
    if (singles_.size() > kNamed) {
      rows_.push_back({"", "", "errors", "warn",
                       fmt::format("{} more ports have errors since the last clear", singles_.size() - kNamed), "0",
                       "read twice, some time apart, to see where they still rise"});
    }
  }

  [[nodiscard]] bool found_any() const { return found_any_; }

 private:
  struct Single {
    const Port* port;
    Integer total;
    std::string text;
  };

  void add(const Port& port, std::string_view check, std::string_view status, std::string observed,
           std::string expected, std::string advice) {
    const auto node = graph_.find(port.node);
    rows_.push_back({node ? std::string(graph_.row(*node).host) : "", port.subject(), std::string(check),
                     std::string(status), std::move(observed), std::move(expected), std::move(advice)});
    found_any_ = true;
  }

  void judge_saturation(const Port& port) {
    std::vector<std::string> full;
    for (const auto& reading : port.readings) {
      if (reading.is_saturated()) {
        full.push_back(fmt::format("{} {}", reading.name, reading.largest()));
      }
    }
    if (!full.empty()) {
      add(port, "counter_saturated", "warn", fmt::format("{}", fmt::join(full, ", ")), "below the end of its field",
          "it cannot tell new errors: clear it, or read the extended counter");
    }
  }

  void judge_resets(const Port& port) {
    std::vector<std::string> fallen;
    for (const auto& reading : port.readings) {
      if (reading.rise() < 0) {
        fallen.push_back(fmt::format("{} {} -> {}", reading.name, reading.before->second, reading.after->second));
      }
    }
    if (!fallen.empty()) {
      add(port, "counter_reset", "warn", fmt::format("{}", fmt::join(fallen, ", ")), "no counter falls",
          "it was cleared or its device restarted between the readings: read twice again");
    }
  }

  void judge_rises(const Port& port) {
    std::vector<std::string> risen;
    const Counter* worst = nullptr;
    bool fails = false;
    for (const auto& reading : port.readings) {
      if (reading.counter->weight != Weight::data && reading.rise() > 0) {
        const bool is_fault = is_failure(port, reading);
        worst = worst == nullptr || (is_fault && !fails) ? reading.counter : worst;
        fails = fails || is_fault;
        risen.push_back(
            fmt::format("{} +{}{}", reading.name, reading.rise(), reading.is_saturated() ? " or more" : ""));
      }
    }
    if (!risen.empty()) {
      add(port, "errors", fails ? "fail" : "warn", fmt::format("{}", fmt::join(risen, ", ")),
          "no rise between two readings", std::string(worst->means));
    }
  }

  void note_single(const Port& port) {
    Single single{&port, 0, ""};
    for (const auto& reading : port.readings) {
      const auto value = reading.before ? reading.before->second : reading.after->second;
      if (reading.counter->weight != Weight::data && !reading.is_pair() && value > 0) {
        single.total += value;
        single.text += fmt::format("{}{} {}", single.text.empty() ? "" : ", ", reading.name, value);
      }
    }
    if (single.total > 0) {
      singles_.push_back(std::move(single));
    }
  }

  [[nodiscard]] bool is_failure(const Port& port, const Reading& reading) const {
    if (reading.counter->weight != Weight::by_rate) {
      return reading.counter->weight == Weight::fails;
    }
    const auto bits = bits_on_wire(port, reading);
    return bits && reading.rise() >= kFewErrors && static_cast<double>(reading.rise()) > kWorstBitErrorRate * *bits;
  }

  /// A link that is up sends all the time, idle or not. Without its rate or a time: the data that came in.
  [[nodiscard]] std::optional<double> bits_on_wire(const Port& port, const Reading& reading) const {
    constexpr double kNanosecond = 1e-9, kBitsPerByte = 8;
    const bool knows_when = reading.before->first > 0;  // a file that does not tell says 0
    const auto seconds = static_cast<double>(reading.after->first - reading.before->first) * kNanosecond;
    if (const auto rate = rate_of(port); rate && knows_when && seconds > 0) {
      return *rate * seconds * kBitsPerByte;
    }
    for (const auto& other : port.readings) {
      if (other.counter->name == "portrcvdata" && other.rise() > 0) {
        return static_cast<double>(other.rise()) * (other.is_of_bytes() ? 1 : kWordBytes) * kBitsPerByte;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] core::MaybeReal rate_of(const Port& port) const {
    const auto node = graph_.find(port.node);
    for (const auto& hop : node ? graph_.hops(*node) : std::span<const Hop>()) {
      const auto& row = graph_.link_row(hop.link);
      if ((graph_.link(hop.link).a == *node ? row.a_port : row.b_port) == port.port) {
        return row.rate_Bps;
      }
    }
    return std::nullopt;
  }

  const Graph& graph_;
  std::vector<core::CheckRow>& rows_;
  std::vector<Single> singles_;
  bool found_any_ = false;
};

}  // namespace

void check_counters(const Checked& checked, std::vector<core::CheckRow>& rows) {
  const auto ports = ports_of(checked.found);
  CounterJudge judge(checked.found, rows);
  for (const auto& port : ports) {
    judge.judge(port);
  }
  judge.tell_singles();
  if (!ports.empty() && !judge.found_any()) {
    rows.push_back({"", "", "errors", "pass", fmt::format("{} ports", ports.size()), "no error counter rises", ""});
  }
}

}  // namespace plumb::topology

#include "topology/ib_counters.h"

#include <algorithm>
#include <limits>
#include <set>
#include <unordered_map>

#include "topology/records.h"

namespace plumb::topology {
namespace {

constexpr std::uint16_t kClassPortInfo = 0x01, kPortCounters = 0x12, kPortCountersExtended = 0x1d;
constexpr unsigned kWord = 4;
constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();

/// Where a counter stands: in bits from the begin of the data, most significant first. 0 bits: not there.
struct Place {
  unsigned at = 0, bits = 0;
};

struct Counter {
  std::string_view name, extended_name;
  Place classic, extended;
  bool is_error = true;  // extended errors came with a later version of the attribute
  unsigned unit = 1;
};

// IBTA vol. 1, PortCounters and PortCountersExtended.
constexpr std::array kCounters{
    Counter{"symbol_error", "symbol_error_ext", {32, 16}, {576, 64}},
    Counter{"link_error_recovery", "link_error_recovery_ext", {48, 8}, {640, 64}},
    Counter{"link_downed", "link_downed_ext", {56, 8}, {704, 64}},
    Counter{"port_rcv_errors", "port_rcv_errors_ext", {64, 16}, {768, 64}},
    Counter{"port_rcv_remote_physical_errors", "port_rcv_remote_physical_errors_ext", {80, 16}, {832, 64}},
    Counter{"port_rcv_switch_relay_errors", "port_rcv_switch_relay_errors_ext", {96, 16}, {896, 64}},
    Counter{"port_xmit_discards", "port_xmit_discards_ext", {112, 16}, {960, 64}},
    Counter{"port_xmit_constraint_errors", "port_xmit_constraint_errors_ext", {128, 8}, {1024, 64}},
    Counter{"port_rcv_constraint_errors", "port_rcv_constraint_errors_ext", {136, 8}, {1088, 64}},
    Counter{"local_link_integrity_errors", "local_link_integrity_errors_ext", {152, 4}, {1152, 64}},
    Counter{"excessive_buffer_overrun_errors", "excessive_buffer_overrun_errors_ext", {156, 4}, {1216, 64}},
    Counter{"vl15_dropped", "vl15_dropped_ext", {176, 16}, {1280, 64}},
    Counter{"port_xmit_data_bytes", "port_xmit_data_ext_bytes", {192, 32}, {64, 64}, false, kWord},
    Counter{"port_rcv_data_bytes", "port_rcv_data_ext_bytes", {224, 32}, {128, 64}, false, kWord},
    Counter{"port_xmit_pkts", "port_xmit_pkts_ext", {256, 32}, {192, 64}, false},
    Counter{"port_rcv_pkts", "port_rcv_pkts_ext", {288, 32}, {256, 64}, false},
    Counter{"port_xmit_wait", "port_xmit_wait_ext", {320, 32}, {1344, 64}},
};

std::uint64_t bits(const MadData& data, Place place) {
  std::uint64_t value = 0;
  for (auto bit = place.at; bit < place.at + place.bits; ++bit) {
    value = value << 1 | (data[bit / 8] >> (7 - bit % 8) & 1U);
  }
  return value;
}

/// What ClassPortInfo says of a device.
struct Abilities {
  bool has_extended = false, has_extended_errors = false, has_xmit_wait = false;
};

Abilities abilities_of(const MadData& info) {
  constexpr unsigned kExtendedWidth = 0x200, kExtendedWidthNoIetf = 0x400, kXmitWait = 0x1000, kMoreExtended = 2;
  const auto mask = bits(info, {16, 16}), mask2 = bits(info, {32, 27});
  return {(mask & (kExtendedWidth | kExtendedWidthNoIetf)) != 0, (mask2 & kMoreExtended) != 0, (mask & kXmitWait) != 0};
}

/// Reads of all ports; each step asks for what the step before has shown to be there.
class Reader {
 public:
  Reader(MadTransport& transport, std::span<const IbPortSeen> ports, const ExchangeLimits& limits)
      : transport_(transport), ports_(ports), limits_(limits) {}

  IbReading read() {
    learn_abilities();
    read_all(kPortCounters);
    read_all(kPortCountersExtended);
    for (const auto index : lost_) {
      reading_.lost.push_back(ports_[index]);
    }
    reading_.in_time = true;
    return std::move(reading_);
  }

 private:
  void ask(std::uint16_t attribute, const std::vector<std::size_t>& of,
           const std::function<void(std::size_t, const MadData&)>& on_answer) {
    std::vector<MadRequest> requests;
    requests.reserve(of.size());
    for (const auto index : of) {
      const auto port = attribute == kClassPortInfo ? 0 : ports_[index].port;
      requests.push_back({.lid = ports_[index].lid, .attribute = attribute, .port = static_cast<std::uint8_t>(port)});
    }
    const auto lost =
        exchange(transport_, requests, limits_, [&](std::size_t n, const MadData& data) { on_answer(of[n], data); });
    for (const auto n : lost) {
      lost_.insert(of[n]);
    }
  }

  /// A device that does not say what it has is not read: extended and classic values must not mix.
  void learn_abilities() {
    std::vector<std::size_t> first_ports;
    for (std::size_t i = 0; i < ports_.size(); ++i) {
      if (i == 0 || ports_[i].lid != ports_[i - 1].lid) {
        first_ports.push_back(i);
      }
    }
    ask(kClassPortInfo, first_ports,
        [&](std::size_t i, const MadData& info) { by_lid_[ports_[i].lid] = abilities_of(info); });
    for (std::size_t i = 0; i < ports_.size(); ++i) {
      if (!by_lid_.contains(ports_[i].lid)) {
        lost_.insert(i);
      }
    }
  }

  void read_all(std::uint16_t attribute) {
    std::vector<std::size_t> of;
    for (std::size_t i = 0; i < ports_.size(); ++i) {
      const auto able = by_lid_.find(ports_[i].lid);
      if (able != by_lid_.end() && (attribute == kPortCounters || able->second.has_extended)) {
        of.push_back(i);
      }
    }
    ask(attribute, of, [&](std::size_t i, const MadData& data) { keep(i, attribute, data); });
  }

  void keep(std::size_t index, std::uint16_t attribute, const MadData& data) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto able = by_lid_.at(ports_[index].lid);
    for (std::uint16_t name = 0; name < kCounters.size(); ++name) {
      const auto& counter = kCounters[name];
      const bool is_extended = able.has_extended && (!counter.is_error || able.has_extended_errors);
      const bool is_missing = counter.name == "port_xmit_wait" && !is_extended && !able.has_xmit_wait;
      if (is_missing || is_extended != (attribute == kPortCountersExtended)) {
        continue;
      }
      const auto value = bits(data, is_extended ? counter.extended : counter.classic);
      const auto width = static_cast<std::uint16_t>(is_extended ? kCounters.size() : 0);
      reading_.counters.push_back({ports_[index].guid, std::chrono::nanoseconds(now).count(),
                                   static_cast<std::int64_t>(std::min(value, kMost / counter.unit) * counter.unit),
                                   ports_[index].port, static_cast<std::uint16_t>(name + width)});
    }
  }

  MadTransport& transport_;
  std::span<const IbPortSeen> ports_;
  const ExchangeLimits& limits_;
  std::unordered_map<std::uint16_t, Abilities> by_lid_;
  std::set<std::size_t> lost_;
  IbReading reading_;
};

}  // namespace

IbPortCounter ib_counter(const IbCounterSeen& seen, std::string_view phase) {
  const auto& counter = kCounters.at(seen.name % kCounters.size());
  return {.node = seen.guid,
          .port = seen.port,
          .phase = phase,
          .name = seen.name < kCounters.size() ? counter.name : counter.extended_name,
          .t_unix_ns = seen.t_unix_ns,
          .value = seen.value};
}

IbReading read_ib_counters(MadTransport& transport, std::span<const IbPortSeen> ports, const ExchangeLimits& limits) {
  return Reader(transport, ports, limits).read();
}

IbReading read_ib_counters(const IbLocalPort& from, std::span<const IbPortSeen> ports, Deadline deadline) {
  const auto told = run_aside(
      [&](const auto& write) {
        const auto transport = umad_transport(from);
        ExchangeLimits limits;
        limits.deadline = deadline - std::chrono::milliseconds(500);  // leave time to tell what was read until then
        const auto reading = read_ib_counters(*transport, ports, limits);
        put_records(reading.counters, write);
        put_records(reading.lost, write);
      },
      deadline);
  IbReading reading;
  std::string_view bytes = told.bytes;
  reading.in_time = told.in_time && take_records(bytes, reading.counters) && take_records(bytes, reading.lost);
  return reading;
}

}  // namespace plumb::topology

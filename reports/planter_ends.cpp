// Faults of one NIC, its cable, its GPU or the slot between them.
#include "reports/planter.h"

namespace plumb::reports {

using topology::LinkIndex;

namespace {

constexpr double kMildFactor = 0.93, kHalf = 0.5, kQuarter = 0.25;
constexpr double kLeastFactor = 0.4, kLoud = 0.02;
constexpr double kErrorsShow = 0.7;  // of slow cables count errors

}  // namespace

double Planter::part_factor(const FaultOrder& order) {
  constexpr double kQuietMost = 0.93, kLoudMost = 0.9;
  return factor(order, kLeastFactor, options_.plan.weather.noise > kLoud ? kLoudMost : kQuietMost);
}

bool Planter::plant_end(const FaultOrder& order) {
  for (std::size_t attempt = 0; attempt < kAttempts; ++attempt) {
    const auto e = static_cast<std::uint32_t>(draws_.below(fabric_.ends().size()));
    if (planted_.ends[e].fault == kNoIndex) {
      planted_.ends[e].fault = static_cast<std::uint32_t>(planted_.faults.size());
      break_end(order, e);
      return true;
    }
  }
  return false;
}

void Planter::break_end(const FaultOrder& order, std::uint32_t e) {
  switch (order.kind) {
    case FaultKind::slow_gpu:
      return break_gpu(e, part_factor(order));
    case FaultKind::half_pcie:
      return break_pcie(e, order.factor.value_or(kHalf));
    case FaultKind::downtrained_cable:
      return downtrain(e);
    case FaultKind::flapping_cable:
      return flap(order, e);
    case FaultKind::slow_nic:
      return slow(e, order.kind, id(end(e).nic), part_factor(order));
    case FaultKind::mild: {
      const bool is_nic = draws_.chance(kHalf);
      return slow(e, order.kind, is_nic ? id(end(e).nic) : cable_id(end(e).cable), order.factor.value_or(kMildFactor));
    }
    default:
      return slow(e, order.kind, cable_id(end(e).cable), part_factor(order));
  }
}

void Planter::slow(std::uint32_t e, FaultKind kind, std::string component, double f) {
  const bool is_cable = component == cable_id(end(e).cable);
  const auto fault = add(kind, {std::move(component)}, f);
  auto& state = planted_.ends[e];
  const bool one_way = kind == FaultKind::one_way_cable, is_out = draws_.chance(kHalf);
  if (one_way) {
    planted_.faults[fault].direction = is_out ? "out" : "in";
  }
  if (!one_way || is_out) {
    state.out = {f, fault};
  }
  if (!one_way || !is_out) {
    state.in = {f, fault};
  }
  if (draws_.chance(kErrorsShow) && is_cable) {  // the receiver counts them
    const bool nic_first = fabric_.graph().link(end(e).cable).a == end(e).nic;
    const bool at_switch = !one_way || is_out, at_nic = !one_way || !is_out;
    add_errors(end(e).cable, nic_first ? at_nic : at_switch, nic_first ? at_switch : at_nic, fault);
  }
}

void Planter::break_gpu(std::uint32_t e, double f) {
  const auto fault = add(FaultKind::slow_gpu, {id(end(e).gpu)}, f);
  planted_.ends[e].gpu = f;
  planted_.faults[fault].shown_in = {"gpus"};
  if (measures_gpus_) {
    planted_.ends[e].out = planted_.ends[e].in = {f, fault};
  }
}

void Planter::break_pcie(std::uint32_t e, double f) {
  constexpr std::uint64_t kWays = 3;
  std::vector<std::string> parts{pcie_id(fabric_.graph(), end(e)), id(end(e).nic)};
  if (end(e).gpu != kNoNode) {
    parts.push_back(id(end(e).gpu));
  }
  const auto fault = add(FaultKind::half_pcie, std::move(parts), f);
  auto& state = planted_.ends[e];
  state.out = state.in = {f, fault};
  const auto shown = draws_.below(kWays);
  state.narrow_in_links = shown != 1;
  state.narrow_in_checks = shown != 0;
  auto& tables = planted_.faults[fault].shown_in;
  if (state.narrow_in_links) {
    tables.emplace_back("links");
  }
  if (state.narrow_in_checks) {
    tables.emplace_back("checks");
  }
}

void Planter::downtrain(std::uint32_t e) {
  constexpr double kOften = 0.8;
  const double f = draws_.chance(kOften) ? kHalf : kQuarter;
  const auto fault = add(FaultKind::downtrained_cable, {cable_id(end(e).cable)}, f);
  auto& state = planted_.ends[e];
  state.out = state.in = {f, fault};
  state.cable_rate = f;
  planted_.faults[fault].shown_in = {"links"};
}

void Planter::flap(const FaultOrder& order, std::uint32_t e) {
  constexpr double kLow = 0.1, kHigh = 0.7;
  constexpr std::uint64_t kMostDowns = 5;
  planted_.ends[e].stall = factor(order, kLow, kHigh);
  const auto fault = add(FaultKind::flapping_cable, {cable_id(end(e).cable)}, planted_.ends[e].stall);
  planted_.faults[fault].note = "the factor is that of the worst window";
  const auto downs = static_cast<std::int64_t>(1 + draws_.below(kMostDowns));
  if (options_.counters != Counters::none) {
    planted_.errors[end(e).cable].downs = downs;
    planted_.faults[fault].shown_in = {"ports"};
  }
}

void Planter::add_errors(LinkIndex link, bool at_first, bool at_second, std::uint32_t fault) {
  constexpr double kLow = 12, kHigh = 18, kBrokenLow = 8, kBrokenHigh = 12;  // powers of two
  CableErrors errors;
  for (std::size_t side = 0; side < 2; ++side) {
    const auto symbols = draws_.magnitude(kLow, kHigh), packets = draws_.magnitude(kBrokenLow, kBrokenHigh);
    if (side == 0 ? at_first : at_second) {
      errors.symbols[side] = symbols;
      errors.broken_packets[side] = packets;
    }
  }
  if (options_.counters != Counters::none) {
    planted_.errors[link] = errors;
    planted_.faults[fault].shown_in.emplace_back("ports");
  }
}

}  // namespace plumb::reports

#include <fmt/format.h>

#include "reports/simulated_tables.h"

namespace plumb::reports {
namespace {

using topology::LinkIndex;
using topology::LinkKind;

struct Reading {
  std::string_view counter;
  std::int64_t before = 0, rise = 0;
};

/// Healthy ports correct symbols all the time, and some few come through; nothing of that is a fault.
class PortsWriter {
 public:
  explicit PortsWriter(const SimulatedRun& run)
      : run_(run),
        draws_(run.options.seed, "counters", static_cast<std::uint64_t>(run.night)),
        out_(run.dir.writer<core::PortRow>()) {}

  void write() {
    const auto& graph = run_.fabric.graph();
    for (LinkIndex i = 0; i < graph.link_count(); ++i) {
      if (graph.link(i).kind != LinkKind::cable) {
        continue;
      }
      const auto found = run_.planted.errors.find(i);
      const auto errors = found == run_.planted.errors.end() ? CableErrors{} : found->second;
      const auto& row = graph.link_row(i);
      write_port(row.a, row.a_port, errors, 0);
      write_port(row.b, row.b_port, errors, 1);
    }
    out_.flush();
  }

 private:
  void write_port(std::string_view node, std::string_view port, const CableErrors& errors, std::size_t side) {
    constexpr double kFewSymbols = 0.08, kFewPackets = 0.01;  // of healthy ports, in one run
    constexpr double kCorrectedLow = 10, kCorrectedHigh = 20, kBaseHigh = 10, kDataLow = 36, kDataHigh = 38;
    constexpr std::uint64_t kFew = 8, kFewer = 2;
    const bool has_symbols = draws_.chance(kFewSymbols), has_packets = draws_.chance(kFewPackets);
    const auto symbols = has_symbols ? 1 + static_cast<std::int64_t>(draws_.below(kFew)) : 0;
    const auto packets = has_packets ? 1 + static_cast<std::int64_t>(draws_.below(kFewer)) : 0;
    const auto base = draws_.magnitude(0, kBaseHigh);
    row_.node = node;
    row_.port = port;
    add({"rx_corrected_bits_phy", base * base, draws_.magnitude(kCorrectedLow, kCorrectedHigh)});
    add({"symbol_error", base, errors.symbols.at(side) + symbols});
    add({"port_rcv_errors", base / 4, errors.broken_packets.at(side) + packets});
    add({"link_downed", base % 4, errors.downs});
    if (run_.options.counters == Counters::all) {
      add({"port_xmit_data", base * base * base, draws_.magnitude(kDataLow, kDataHigh)});
      add({"port_rcv_data", base * base * base, draws_.magnitude(kDataLow, kDataHigh)});
    }
  }

  void add(const Reading& reading) {
    constexpr std::int64_t kRun_ns = 300'000'000'000;
    if (reading.rise == 0 && run_.options.counters != Counters::all) {
      return;
    }
    row_.counter = reading.counter;
    row_.phase = "before";
    row_.t_unix_ns = run_.start_unix_ns;
    row_.value = reading.before;
    out_.add(row_);
    row_.phase = "after";
    row_.t_unix_ns = run_.start_unix_ns + kRun_ns;
    row_.value = reading.before + reading.rise;
    out_.add(row_);
    if (++rows_ % kRowsAtOnce == 0) {
      out_.flush();
    }
  }

  const SimulatedRun& run_;
  Draws draws_;
  core::TableWriter<core::PortRow> out_;
  core::PortRow row_;
  std::size_t rows_ = 0;
};

}  // namespace

void write_ports(const SimulatedRun& run) {
  if (run.options.counters != Counters::none) {
    PortsWriter(run).write();
  }
}

void write_gpus(const SimulatedRun& run) {
  struct Test {
    std::string_view name, unit;
    std::array<double, 2> healthy;  // by generation
  };
  constexpr std::array kTests{Test{"gemm_bf16", "FLOP/s", {7.0e14, 2.6e14}}, Test{"hbm_copy", "B/s", {2.9e12, 1.7e12}}};
  constexpr double kSpread = 0.01;
  constexpr core::Integer kSamples = 10;
  Draws draws(run.options.seed, "gpus", static_cast<std::uint64_t>(run.night));
  auto out = run.dir.writer<core::GpuRow>();
  core::GpuRow row;
  row.status = "ok";
  row.samples = kSamples;
  for (std::size_t e = 0; e < run.fabric.ends().size(); ++e) {
    const auto& end = run.fabric.ends()[e];
    for (const auto& test : kTests) {
      const double noise = 1 + kSpread * draws.normal();
      if (end.gpu == kNoNode) {
        continue;
      }
      row.gpu = run.fabric.graph().row(end.gpu).id;
      row.test = test.name;
      row.unit = test.unit;
      row.value = std::round(test.healthy.at(end.generation) * run.planted.ends[e].gpu * noise);
      out.add(row);
    }
    if (e % kRowsAtOnce == 0) {
      out.flush();
    }
  }
  out.flush();
}

void write_checks(const SimulatedRun& run) {
  auto out = run.dir.writer<core::CheckRow>();
  const auto& graph = run.fabric.graph();
  for (const auto host : run.fabric.hosts()) {
    const std::string name(graph.row(host).host);
    for (const auto e : run.fabric.ends_of_host(host)) {
      if (run.planted.ends[e].narrow_in_checks) {
        out.add({name, std::string(graph.row(run.fabric.ends()[e].nic).id), "pcie_width", "fail", "x8", "x16",
                 "seat the device anew"});
      }
    }
    out.add({name, std::string(graph.row(host).id), "node", "pass", "", "", ""});
  }
  out.flush();
}

}  // namespace plumb::reports

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reports/simulated_tables.h"

namespace plumb::reports {
namespace {

using topology::LinkIndex;
using topology::LinkKind;
using topology::NodeIndex;
using topology::NodeKind;

constexpr std::string_view kSource = "simulated";

/// InfiniBand's names of a lane's rate; RoCE runs the same lanes.
struct LaneSpeed {
  double lane_Gbps;
  std::string_view name;
};
constexpr std::array kLaneSpeeds{LaneSpeed{10, "QDR"}, LaneSpeed{25, "EDR"}, LaneSpeed{50, "HDR"},
                                 LaneSpeed{100, "NDR"}, LaneSpeed{200, "XDR"}};
constexpr double kLanes = 4, kBitsPerGigabyte = 8e-9;

/// Index of kLaneSpeeds; nothing for other rates.
std::optional<std::size_t> lane_speed(double rate_Bps) {
  const double lane_Gbps = rate_Bps * kBitsPerGigabyte / kLanes;
  const auto* const found =
      std::ranges::find_if(kLaneSpeeds, [&](const auto& one) { return std::abs(one.lane_Gbps - lane_Gbps) < 1e-6; });
  return found == kLaneSpeeds.end() ? std::nullopt
                                    : std::optional(static_cast<std::size_t>(found - kLaneSpeeds.begin()));
}

class MapWriter {
 public:
  explicit MapWriter(const SimulatedRun& run)
      : run_(run),
        graph_(run.fabric.graph()),
        draws_(run.options.seed, "serials"),
        end_of_(graph_.link_count(), kNoIndex) {
    for (std::uint32_t e = 0; e < run.fabric.ends().size(); ++e) {
      end_of_[run.fabric.ends()[e].cable] = e;
      if (run.fabric.ends()[e].pcie != kNoIndex) {
        end_of_[run.fabric.ends()[e].pcie] = e;
      }
    }
  }

  void write_nodes() {
    auto out = run_.dir.writer<core::NodeView>();
    for (NodeIndex n = 0; n < graph_.node_count(); ++n) {
      out.add(node(n));
      flush_some(out, n);
    }
    out.flush();
  }

  void write_links() {
    auto out = run_.dir.writer<core::LinkView>();
    for (LinkIndex i = 0; i < graph_.link_count(); ++i) {
      out.add(link(i));
      flush_some(out, i);
    }
    std::size_t rows = 0;
    for (std::uint32_t e = 0; e < run_.fabric.ends().size(); ++e) {
      if (run_.fabric.ends()[e].pcie == kNoIndex) {
        out.add(new_pcie(e));
        flush_some(out, ++rows);
      }
    }
    out.flush();
  }

 private:
  template <class Writer>
  static void flush_some(Writer& out, std::size_t row) {
    if (row % kRowsAtOnce == 0) {
      out.flush();
    }
  }

  core::NodeView node(NodeIndex n) {
    constexpr std::uint64_t kSerials = 10'000'000'000;
    auto row = graph_.row(n);
    serial_ = fmt::format("SIM{:010}", draws_.below(kSerials));
    row.serial = row.serial.empty() ? std::string_view(serial_) : row.serial;
    row.source = kSource;
    const auto generation = run_.fabric.generation(n);
    if (graph_.kind(n) == NodeKind::nic) {
      row.model = row.model.empty() || generation > 0 ? nic_model(generation) : row.model;
      row.driver = driver_of(run_, generation);
      row.state = "up";
      const auto hops = graph_.hops(n);
      row.rate_Bps = hops.empty() ? row.rate_Bps : run_.fabric.capacity_Bps(hops[0].link);
    } else if (graph_.kind(n) == NodeKind::gpu && row.model.empty()) {
      row.model = generation > 0 ? "A100-SXM4-80GB" : "H100-SXM5-80GB";
    }
    return row;
  }

  core::LinkView link(LinkIndex i) {
    auto row = graph_.link_row(i);
    row.source = kSource;
    if (graph_.link(i).kind == LinkKind::cable) {
      fill_cable(i, row);
    } else if (end_of_[i] != kNoIndex && run_.planted.ends[end_of_[i]].narrow_in_links) {
      fill_pcie(end_of_[i], row);
    }
    return row;
  }

  /// Half of the down-trained cables lost lanes, the others run their lanes slower.
  void fill_cable(LinkIndex i, core::LinkView& row) {
    constexpr std::array<std::string_view, 5> kWidths{"", "1x", "2x", "", "4x"};
    const double capacity = run_.fabric.capacity_Bps(i);
    const double kept = end_of_[i] == kNoIndex ? 1 : run_.planted.ends[end_of_[i]].cable_rate;
    row.rate_Bps = capacity * kept;
    row.state = "active";
    const auto speed = lane_speed(capacity), lower = lane_speed(capacity * kept);
    if (!speed) {
      return;
    }
    const bool is_slower = kept < 1 && lower && end_of_[i] % 2 == 1;
    row.width = kWidths[static_cast<std::size_t>(is_slower ? kLanes : kLanes * kept)];
    row.speed = kLaneSpeeds[is_slower ? *lower : *speed].name;
    row.max_width = kWidths.back();
    row.max_speed = kLaneSpeeds[*speed].name;
  }

  core::LinkView new_pcie(std::uint32_t e) {
    const auto& end = run_.fabric.ends()[e];
    pcie_id_ = pcie_id(graph_, end);
    core::LinkView row;
    row.id = pcie_id_;
    row.kind = "pcie";
    row.a = graph_.row(end.gpu == kNoNode ? end.host : end.gpu).id;
    row.b = graph_.row(end.nic).id;
    row.source = kSource;
    fill_pcie(e, row);
    return row;
  }

  void fill_pcie(std::uint32_t e, core::LinkView& row) const {
    constexpr std::array kFull_Bps{63.015e9, 31.508e9};  // 16 lanes of 32 and 16 GT/s, 128b/130b
    const bool is_older = run_.fabric.ends()[e].generation > 0, is_narrow = run_.planted.ends[e].narrow_in_links;
    row.max_width = "x16";
    row.width = is_narrow ? "x8" : "x16";
    row.speed = row.max_speed = is_older ? "16 GT/s" : "32 GT/s";
    row.rate_Bps = kFull_Bps[is_older ? 1 : 0] / (is_narrow ? 2 : 1);
  }

  const SimulatedRun& run_;
  const topology::Graph& graph_;
  Draws draws_;
  std::vector<std::uint32_t> end_of_;  // by link
  std::string serial_, pcie_id_;       // of the row under way
};

}  // namespace

std::string_view nic_model(std::uint8_t generation) { return generation > 0 ? "ConnectX-6" : "ConnectX-7"; }

std::string_view driver_of(const SimulatedRun& run, std::uint8_t generation) {
  const bool is_new = run.planted.generation.at(generation).fault != kNoIndex;
  return is_new ? "mlx5_core 24.10-1.1.4" : "mlx5_core 24.04-0.6.6";
}

void write_simulated_map(const SimulatedRun& run) {
  MapWriter writer(run);
  writer.write_nodes();
  writer.write_links();
}

}  // namespace plumb::reports

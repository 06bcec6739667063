#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "topology/pci_devices.h"
#include "topology/source.h"
#include "topology/sysfs.h"

namespace plumb::topology {
namespace {

constexpr double kMegabitBps = 1e6 / 8, kGigabitBps = 1e9 / 8;
constexpr double kPci8b10bBelow = 8;  // GT/s: slower generations carry 8 bits in 10, later ones 128 in 130

/// NICs that can carry RDMA make the rails; where there are none, all NICs do.
std::vector<const PciDevice*> rails_of(const Machine& machine) {
  std::vector<const PciDevice*> rails, nics;
  for (const auto& device : machine.devices) {
    if (device.kind == PciDevice::Kind::nic && !(device.verbs + device.netdev).empty()) {
      nics.push_back(&device);
      if (!device.verbs.empty()) {
        rails.push_back(&device);
      }
    }
  }
  return rails.empty() ? nics : rails;
}

std::size_t shared_ancestors(const PciDevice& x, const PciDevice& y) {
  const auto end = std::min(x.ancestry.size(), y.ancestry.size());
  std::size_t shared = 0;
  while (shared < end && x.ancestry[shared] == y.ancestry[shared]) {
    ++shared;
  }
  return shared;
}

class NodeSource : public Source {
 public:
  NodeSource(std::string root, std::string host) : root_(std::move(root)), host_(std::move(host)), sysfs_(root_) {}
  [[nodiscard]] std::string name() const override { return "node"; }

  void add_to(GraphBuilder& builder) override {
    const auto machine = load_machine(root_);
    core::NodeRow row;
    row.id = "host/" + host_;
    row.model = machine.model;
    row.serial = sysfs_.text("sys/class/dmi/id/product_serial");
    row.source = name();
    builder.add(std::move(row));
    const auto rails = rails_of(machine);
    std::vector<std::size_t> gpus_at(rails.size());
    core::Integer gpu = 0;
    for (const auto& device : machine.devices) {
      if (device.kind == PciDevice::Kind::gpu) {
        add(gpu_row(device, gpu++, nearest(device, rails, gpus_at)), device, builder);
      } else if (!(device.verbs + device.netdev).empty()) {
        const auto rail = std::find(rails.begin(), rails.end(), &device) - rails.begin();
        add(nic_row(device, rail < std::ssize(rails) ? core::MaybeInteger(rail) : std::nullopt), device, builder);
      }
    }
  }

 private:
  [[nodiscard]] core::NodeRow row_of(const PciDevice& device, core::MaybeInteger rail) const {
    core::NodeRow row;
    row.host = host_;
    row.rail = rail;
    row.model = device.model;
    row.pci = device.address;
    row.numa = device.numa;
    row.driver = sysfs_.link_name("sys/bus/pci/devices/" + device.address + "/driver");
    row.source = name();
    return row;
  }

  [[nodiscard]] core::NodeRow gpu_row(const PciDevice& device, core::Integer number, core::MaybeInteger rail) const {
    auto row = row_of(device, rail);
    row.id = fmt::format("gpu/{}/{}", host_, number);
    return row;
  }

  [[nodiscard]] core::NodeRow nic_row(const PciDevice& device, core::MaybeInteger rail) const {
    auto row = row_of(device, rail);
    row.id = fmt::format("nic/{}/{}", host_, device.verbs.empty() ? device.netdev : device.verbs);
    row.name = device.verbs.empty() || device.netdev.empty() ? device.verbs + device.netdev
                                                             : fmt::format("{} ({})", device.verbs, device.netdev);
    if (const auto net = "sys/class/net/" + device.netdev; !device.netdev.empty()) {
      row.state = sysfs_.text(net + "/operstate");
      if (const auto speed = sysfs_.number(net + "/speed"); speed && *speed > 0) {
        row.rate_Bps = *speed * kMegabitBps;
      }
    }
    if (const auto verbs = "sys/class/infiniband/" + device.verbs; !device.verbs.empty()) {
      add_verbs(verbs, row);
    }
    return row;
  }

  /// The first port that is up: "4: ACTIVE", "400 Gb/sec (4X NDR)".
  void add_verbs(const std::string& verbs, core::NodeRow& row) const {
    row.guid = sysfs_.text(verbs + "/node_guid");
    for (const auto& port : sysfs_.entries(verbs + "/ports")) {
      const bool is_up = sysfs_.text(verbs + "/ports/" + port + "/state").find("ACTIVE") != std::string::npos;
      const auto rate = sysfs_.number(verbs + "/ports/" + port + "/rate");
      row.state = is_up ? "up" : row.state.empty() ? "down" : row.state;
      if (rate && is_up) {
        row.rate_Bps = *rate * kGigabitBps;
        return;
      }
    }
  }

  /// Rail of the NIC that shares most bridges with the GPU; GPUs that are equally near spread over the NICs.
  static core::MaybeInteger nearest(const PciDevice& gpu, const std::vector<const PciDevice*>& rails,
                                    std::vector<std::size_t>& gpus_at) {
    if (rails.empty()) {
      return std::nullopt;
    }
    std::size_t best = 0;
    const auto rank = [&](std::size_t rail) {
      return std::pair(shared_ancestors(gpu, *rails[rail]), -static_cast<std::ptrdiff_t>(gpus_at[rail]));
    };
    for (std::size_t rail = 1; rail < rails.size(); ++rail) {
      best = rank(rail) > rank(best) ? rail : best;
    }
    ++gpus_at[best];
    return static_cast<core::Integer>(best);
  }

  void add(core::NodeRow row, const PciDevice& device, GraphBuilder& builder) const {
    core::LinkRow link;
    link.kind = "pcie";
    link.a = "host/" + host_;
    link.b = row.id;
    link.source = name();
    builder.add(std::move(row));
    const auto pci = "sys/bus/pci/devices/" + device.address;
    const auto width = sysfs_.number(pci + "/current_link_width");
    const auto speed = sysfs_.number(pci + "/current_link_speed");
    if (width && speed && *width > 0) {
      link.width = fmt::format("x{:.0f}", *width);
      link.speed = fmt::format("{} GT/s", *speed);
      const double efficiency = *speed < kPci8b10bBelow ? 0.8 : 128.0 / 130;
      link.rate_Bps = *width * *speed * kGigabitBps * efficiency;
      builder.add(std::move(link));
    }
  }

  std::string root_, host_;
  Sysfs sysfs_;
};

}  // namespace

std::unique_ptr<Source> node_source(const LiveOptions& options) {
  return std::make_unique<NodeSource>(options.root, options.host);
}

}  // namespace plumb::topology

#include <algorithm>

#include "topology/nvml.h"
#include "topology/pci_devices.h"
#include "topology/source.h"
#include "topology/sysfs.h"

namespace plumb::topology {
namespace {

constexpr double kMegabitBps = 1e6 / 8, kGigabitBps = 1e9 / 8;

/// hwloc says where devices sit, sysfs what they do.
class NodeSource : public Source {
 public:
  explicit NodeSource(const LiveOptions& options)
      : root_(options.root), host_(options.host), nvml_(options.nvml), sysfs_(root_) {}
  [[nodiscard]] std::string name() const override { return "node"; }

  void add_to(GraphBuilder& builder) override {
    auto machine = load_machine(root_);
    machine.serial = sysfs_.text("sys/class/dmi/id/product_serial");
    const auto nvml = knows_gpus() ? read_nvml(nvml_) : NvmlReading();
    for (auto& device : machine.devices) {
      const auto pci = "sys/bus/pci/devices/" + device.address;
      device.driver = sysfs_.link_name(pci + "/driver");
      device.pcie = {.lanes = sysfs_.number(pci + "/current_link_width").value_or(0),
                     .gigatransfers = sysfs_.number(pci + "/current_link_speed").value_or(0),
                     .max_lanes = both_can(pci, "max_link_width"),
                     .max_gigatransfers = both_can(pci, "max_link_speed")};
      add_netdev(device);
      add_verbs(device);
      const auto gpu = std::ranges::find(nvml.gpus, device.address, &NvGpu::pci);
      device.model = gpu == nvml.gpus.end() || gpu->name.empty() ? device.model : gpu->name;
    }
    const auto ids = add_machine(std::move(machine), host_, name(), builder);
    add_nvlinks(nvml, ids, host_, builder);
  }

 private:
  /// The library speaks of the machine that runs this; a path names one for another.
  [[nodiscard]] bool knows_gpus() const { return root_ == "/" || nvml_.find('/') != std::string::npos; }

  /// The least of what a device and the bridge above it can; what is unknown of the bridge does not limit.
  [[nodiscard]] double both_can(const std::string& pci, const std::string& file) const {
    const auto device = sysfs_.number(pci + "/" + file), bridge = sysfs_.number(pci + "/../" + file);
    return !device ? 0 : bridge && *bridge > 0 ? std::min(*device, *bridge) : *device;
  }

  void add_netdev(PciDevice& device) const {
    if (device.netdev.empty()) {
      return;
    }
    const auto net = "sys/class/net/" + device.netdev;
    device.state = sysfs_.text(net + "/operstate");
    if (const auto speed = sysfs_.number(net + "/speed"); speed && *speed > 0) {
      device.rate_Bps = *speed * kMegabitBps;
    }
  }

  /// The first port that is up: "4: ACTIVE", "400 Gb/sec (4X NDR)".
  void add_verbs(PciDevice& device) const {
    if (device.verbs.empty()) {
      return;
    }
    const auto verbs = "sys/class/infiniband/" + device.verbs;
    device.guid = sysfs_.text(verbs + "/node_guid");
    device.state = device.netdev.empty() ? "" : device.state;
    for (const auto& port : sysfs_.entries(verbs + "/ports")) {
      const bool is_up = sysfs_.text(verbs + "/ports/" + port + "/state").find("ACTIVE") != std::string::npos;
      const auto rate = sysfs_.number(verbs + "/ports/" + port + "/rate");
      device.state = is_up ? "up" : device.state.empty() ? "down" : device.state;
      if (rate && is_up) {
        device.rate_Bps = *rate * kGigabitBps;
        return;
      }
    }
  }

  std::string root_, host_, nvml_;
  Sysfs sysfs_;
};

}  // namespace

std::unique_ptr<Source> node_source(const LiveOptions& options) { return std::make_unique<NodeSource>(options); }

}  // namespace plumb::topology

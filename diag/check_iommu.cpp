#include "diag/node_check_table.h"

namespace plumb::diag {

void look_at_iommu(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  if (!machine.has_fast_devices() || machine.is_virtual) {
    return;  // who rents a virtual machine cannot change it
  }
  for (const auto& [id, device] : machine.fast_devices()) {
    const auto type = machine.tree->text(device->path + "/iommu_group/type").value_or("");
    if (type.starts_with("DMA")) {
      rows.warn(
          id, "every access is translated (" + device->address + ": " + type + ")", "off, or passed through",
          "boot with iommu=pt, or switch the IOMMU off in the BIOS: GPUDirect is slow or broken with translation");
    }
  }
  rows.pass_unless_told("no GPU or NIC is translated");
}

}  // namespace plumb::diag

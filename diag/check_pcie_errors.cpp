#include <fmt/format.h>

#include <charconv>
#include <set>

#include "diag/node_check_table.h"

namespace plumb::diag {
namespace {

/// The last line of an aer_dev_* file: "TOTAL_ERR_COR 17".
std::optional<long long> total_of(const Machine& machine, const PciDevice& device, const std::string& file) {
  const auto text = machine.tree->text(device.path + "/" + file);
  const auto at = text ? text->rfind("TOTAL_ERR") : std::string::npos;
  const auto space = at == std::string::npos ? at : text->find(' ', at);
  long long total = 0;
  if (space == std::string::npos ||
      std::from_chars(text->data() + space + 1, text->data() + text->size(), total).ec != std::errc()) {
    return std::nullopt;
  }
  return total;
}

void judge(const Machine& machine, const NodeLimits& limits, const std::string& subject, const PciDevice& device,
           CheckRows& rows) {
  const auto count = [&](const char* file) { return total_of(machine, device, file).value_or(0); };
  const auto broken = count("aer_dev_nonfatal") + count("aer_dev_fatal");
  const auto corrected = count("aer_dev_correctable");
  const auto* advice =
      "reseat the device and its riser or cable, look at the slot for dust; if it comes back, replace it";
  if (broken > 0) {
    rows.fail(subject, fmt::format("{} uncorrected errors since boot ({})", broken, device.address), "0", advice);
  } else if (static_cast<double>(corrected) > limits["max_pcie_corrected_errors"]) {
    rows.warn(subject, fmt::format("{} corrected errors since boot ({})", corrected, device.address),
              fmt::format("at most {:g}", limits["max_pcie_corrected_errors"]), advice);
  }
}

}  // namespace

void look_at_pcie_errors(const Machine& machine, const NodeLimits& limits, CheckRows& rows) {
  std::set<std::string> bridges;
  for (const auto& [id, device] : machine.fast_devices()) {
    judge(machine, limits, id, *device, rows);
    for (const auto& address : device->above) {
      const auto bridge = machine.pci.find(address);
      if (bridge != machine.pci.end() && bridges.insert(address).second) {
        judge(machine, limits, machine.host_id(), bridge->second, rows);
      }
    }
  }
  if (machine.has_fast_devices()) {
    rows.pass_unless_told("GPUs, NICs and the bridges above them count no PCIe errors worth a word");
  }
}

}  // namespace plumb::diag

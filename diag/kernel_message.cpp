#include "diag/kernel_message.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <regex>

#include "diag/log_lines.h"
#include "diag/xid.h"

namespace plumb::diag {
namespace {

constexpr std::array kMeanings{
    KernelMeaning{"log_nic", "mlx5_core&assert_var", "the NIC's firmware stopped on an error",
                  "collect a dump (mstdump), update the firmware, power cycle; if it comes back, replace the NIC",
                  true},
    KernelMeaning{"log_nic", "mlx5_core&health compromised", "the NIC's firmware reports that it is not well",
                  "collect a dump (mstdump), update the firmware, power cycle; if it comes back, replace the NIC",
                  true},
    KernelMeaning{"log_nic", "mlx5_core&Cable error", "the cable or its transceiver is not accepted",
                  "reseat the transceiver; clean the fibre; replace it by one that the NIC supports", true},
    KernelMeaning{"log_nic", "mlx5_core&High Temperature", "the NIC or its transceiver is too hot",
                  "look at fans and at the air that reaches the card", true},
    KernelMeaning{"log_nic", "mlx5_core&module&unplugged", "the transceiver was pulled or lost contact",
                  "reseat the transceiver", false},
    KernelMeaning{"log_nic", "mlx5_core&insufficient power", "the slot gives the NIC too little power",
                  "move the card to a slot that gives 75 W, or connect its power cable", true},
    KernelMeaning{"log_nic", "mlx5_core&timeout. Will cause a leak", "a command to the NIC's firmware got no answer",
                  "update the firmware and driver; power cycle; if it comes back, replace the NIC", true},
    KernelMeaning{"log_nic", "NETDEV WATCHDOG&timed out", "a transmit queue of a network device stood still",
                  "update firmware and driver; look at flow control: a peer may pause this port for ever", true},
    KernelMeaning{"log_pcie", "available PCIe bandwidth, limited by", "a link is narrower or slower than its device",
                  "reseat the card or its riser; see the bridge that the line names", false},
    KernelMeaning{"log_pcie", "PCIe Bus Error&Uncorrect", "an uncorrected PCIe error",
                  "reseat the device and its riser; if it comes back, replace it", true},
    KernelMeaning{"log_pcie", "AER&Uncorrect", "an uncorrected PCIe error",
                  "reseat the device and its riser; if it comes back, replace it", true},
    KernelMeaning{"log_pcie", "pciehp&Link Down", "a slot lost its device", "reseat the device; look at its power",
                  true},
    KernelMeaning{"log_memory", "Hardware Error&Uncorrected", "an uncorrected memory or CPU error",
                  "drain the host; find the module by mcelog or the BMC's log; replace it", true},
    KernelMeaning{"log_memory", "EDAC&UE", "an uncorrected memory error",
                  "drain the host; find the module by the line; replace it", true},
    KernelMeaning{"log_memory", "Memory failure:", "a page of memory was given up",
                  "find the module by the BMC's log; replace it", true},
    KernelMeaning{"log_memory", "Out of memory: Killed process", "the kernel killed a program for want of memory",
                  "find what took the memory, and give jobs a limit", false},
    KernelMeaning{"log_stall", "soft lockup", "a CPU did not switch tasks for a long time",
                  "look at the trace in the log; update driver and kernel", true},
    KernelMeaning{"log_stall", "hard LOCKUP", "a CPU did not answer at all",
                  "look at the trace in the log; update BIOS, driver and kernel", true},
    KernelMeaning{"log_stall", "blocked for more than", "a program waited for a device for minutes",
                  "see what it waits for in the trace: storage, or a driver that hangs", false},
    KernelMeaning{"log_stall", "rcu&detected stall", "a CPU held the kernel up",
                  "look at the trace in the log; update driver and kernel", true},
    KernelMeaning{"log_stall", "clocksource&Marking clocksource&unstable", "the CPU's clock was given up as unsteady",
                  "update the BIOS; clocks of sockets run apart", false},
    KernelMeaning{"log_gpu", "NVRM: RmInitAdapter failed", "the driver could not start a GPU",
                  "power cycle the host; reseat the GPU; then replace it", true},
    KernelMeaning{"log_gpu", "NVRM: API mismatch", "driver and libraries have different versions",
                  "reboot, or load the module again: the driver was updated while it was in use", true},
    KernelMeaning{"log_gpu", "NVRM: GPU&has fallen off the bus", "a GPU has fallen off the bus",
                  "drain the host; power cycle it; check power, heat and seating; then replace the GPU", true},
    KernelMeaning{"log_gpu", "nvidia-nvswitch&Failed", "the driver could not start an NVSwitch",
                  "power cycle the host; update the fabric manager and the driver together", true},
};

bool fits(std::string_view line, std::string_view pattern) {
  while (!pattern.empty()) {
    const auto end = std::min(pattern.find('&'), pattern.size());
    if (line.find(pattern.substr(0, end)) == std::string_view::npos) {
      return false;
    }
    pattern.remove_prefix(std::min(end + 1, pattern.size()));
  }
  return true;
}

/// The first PCI address of the line.
std::string address_in(std::string_view line) {
  static const std::regex kAddress("[0-9a-fA-F]{4}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}(\\.[0-7])?");
  std::cmatch match;
  if (!std::regex_search(line.data(), line.data() + line.size(), match, kAddress)) {
    return "";
  }
  return full_pci_address(match.str());
}

}  // namespace

std::vector<KernelMessage> kernel_messages(std::string_view log) {
  std::map<std::pair<const KernelMeaning*, std::string>, KernelMessage> messages;
  for_each_line_of(log, [&](std::string_view line, std::uint64_t) {
    const auto* meaning =
        std::ranges::find_if(kMeanings, [&](const KernelMeaning& one) { return fits(line, one.pattern); });
    if (meaning != kMeanings.end()) {
      const auto pci = address_in(line);
      auto& message = messages[{meaning, pci}];
      message = {meaning, pci, message.count + 1, std::string(line)};
    }
  });
  std::vector<KernelMessage> in_order;
  for (auto& [key, message] : messages) {
    in_order.push_back(std::move(message));
  }
  return in_order;
}

std::vector<SwitchXid> parse_switch_xids(std::string_view log) {
  constexpr std::string_view kMark = "SXid (PCI:";
  std::vector<SwitchXid> xids;
  for_each_line_of(log, [&](std::string_view line, std::uint64_t) {
    const auto mark = line.find(kMark);
    const auto close = mark == std::string_view::npos ? mark : line.find("): ", mark);
    int number = 0;
    if (close != std::string_view::npos &&
        std::from_chars(line.data() + close + 3, line.data() + line.size(), number).ec == std::errc() && number > 0) {
      const auto comma = std::min(line.find(", ", close), line.size());
      const auto text = line.substr(std::min(comma + 2, line.size()));
      xids.push_back({address_in(line.substr(mark)), number, text.starts_with("Fatal"), std::string(text)});
    }
  });
  return xids;
}

}  // namespace plumb::diag

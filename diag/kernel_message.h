// Lines of the kernel's log that tell of broken or badly set parts, and what to do about them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumb::diag {

struct KernelMeaning {
  std::string_view check;    // which check tells it: "log_nic", "log_pcie", "log_memory", "log_stall", "log_gpu"
  std::string_view pattern;  // part of the line; of two joined by '&' both have to be in it
  std::string_view what, advice;
  bool is_failure;
};

/// Lines that mean the same about the same device.
struct KernelMessage {
  const KernelMeaning* meaning;
  std::string pci;  // "0000:17:00.0"; empty when the line names none
  std::size_t count = 0;
  std::string last;  // line
};

/// In the order of the table, then of the devices.
std::vector<KernelMessage> kernel_messages(std::string_view log);

/// NVSwitch errors: "nvidia-nvswitch3: SXid (PCI:0000:c2:00.0): 12028, Non-fatal, Link 46 egress non-posted PRIV
/// error".
struct SwitchXid {
  std::string pci;
  int number = 0;
  bool is_fatal = false;
  std::string text;
};
std::vector<SwitchXid> parse_switch_xids(std::string_view log);

}  // namespace plumb::diag

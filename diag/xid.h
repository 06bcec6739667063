// NVIDIA's driver reports what goes wrong on a GPU as numbered errors (XID) in the kernel's log.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plumb::diag {

struct Xid {
  std::string pci;  // "0000:17:00.0"
  int number = 0;
  std::string text;  // what the driver says behind the number
};

/// "0000:17:00.0" of "0000:17:00" in capitals or not: messages of the kernel may leave out the function.
std::string full_pci_address(std::string_view address);

/// Of one line, as dmesg or the journal writes it: "[ 12.3] NVRM: Xid (PCI:0000:17:00): 79, pid=…, GPU has fallen off
/// the bus." Nothing in other lines.
std::optional<Xid> parse_xid(std::string_view line);
/// Of each line that has one, in order.
std::vector<Xid> parse_xids(std::string_view log);

/// What the number means and what to do, after NVIDIA's catalogue; a general word where it is not known.
struct XidMeaning {
  std::string_view what, advice;
};
XidMeaning meaning_of_xid(int number);

}  // namespace plumb::diag

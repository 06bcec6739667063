#include "diag/xid.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "diag/log_lines.h"

namespace plumb::diag {
namespace {

constexpr std::string_view kMark = "NVRM: Xid (PCI:";

struct Entry {
  int number;
  XidMeaning meaning;
};

constexpr Entry kMeanings[] = {
    {13,
     {"graphics engine exception",
      "most often a program's fault: run it elsewhere; if it follows the GPU, test the GPU"}},
    {31, {"memory page fault", "most often a program's fault: run it elsewhere; if it follows the GPU, test the GPU"}},
    {43, {"a program's channel was reset", "the program's fault; the GPU is well"}},
    {45, {"a program's channels were torn down", "follows another error: look at the one before it"}},
    {48, {"double bit ECC error", "drain the host and reset the GPU; if it comes back, replace it"}},
    {62, {"the GPU's own controller halted", "reset the GPU; if it comes back, replace it"}},
    {63,
     {"a memory row was remapped or a page retired",
      "reset the GPU when jobs are done, so that the spare row is used"}},
    {64, {"a memory row could not be remapped", "drain the host and reset the GPU; if it comes back, replace it"}},
    {74, {"NVLink error", "look at the link's counters and its other end; reset both; reseat the GPU or its board"}},
    {79,
     {"the GPU has fallen off the bus",
      "drain the host; power cycle it; check power, heat and seating; then replace it"}},
    {92, {"many corrected memory errors", "watch it; replace the GPU when its rows run out"}},
    {94, {"contained memory error", "one program was lost; reset the GPU when jobs are done"}},
    {95, {"uncontained memory error", "drain the host and reset the GPU at once"}},
    {109, {"context switch timeout", "update the driver; if it follows the GPU, test the GPU"}},
    {119, {"the GPU's system processor does not answer", "reset the GPU, or power cycle the host; update the driver"}},
    {120, {"the GPU's system processor failed", "reset the GPU, or power cycle the host; update the driver"}},
    {121, {"corrected error on the link between CPU and GPU", "watch it; if it comes often, service the board"}},
    {140, {"uncorrected ECC errors in the GPU", "drain the host and reset the GPU; if it comes back, replace it"}},
};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" ,:");
  const auto last = text.find_last_not_of(" \r");
  return first == std::string_view::npos ? "" : text.substr(first, last - first + 1);
}

}  // namespace

std::string full_pci_address(std::string_view address) {
  std::string full(address);
  std::ranges::transform(full, full.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return full.find('.') == std::string::npos ? full + ".0" : full;
}

std::optional<Xid> parse_xid(std::string_view line) {
  const auto mark = line.find(kMark);
  if (mark == std::string_view::npos) {
    return std::nullopt;
  }
  const auto rest = line.substr(mark + kMark.size());
  const auto close = rest.find(')');
  if (close > 20) {  // nor when there is none
    return std::nullopt;
  }
  const auto tail = trimmed(rest.substr(close + 1));
  Xid xid{.pci = full_pci_address(rest.substr(0, close))};
  const auto [end, error] = std::from_chars(tail.data(), tail.data() + tail.size(), xid.number);
  if (error != std::errc() || xid.number <= 0) {
    return std::nullopt;
  }
  xid.text = trimmed(tail.substr(static_cast<std::size_t>(end - tail.data())));
  return xid;
}

std::vector<Xid> parse_xids(std::string_view log) {
  std::vector<Xid> xids;
  for_each_line_of(log, [&](std::string_view line, std::uint64_t) {
    if (auto xid = parse_xid(line)) {
      xids.push_back(std::move(*xid));
    }
  });
  return xids;
}

XidMeaning meaning_of_xid(int number) {
  const auto* found = std::ranges::find(kMeanings, number, &Entry::number);
  return found != std::end(kMeanings)
             ? found->meaning
             : XidMeaning{"an error that the driver reported", "look it up in NVIDIA's XID catalogue"};
}

}  // namespace plumb::diag

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "diag/node_check_table.h"
#include "diag/xid.h"

namespace plumb::diag {
namespace {

/// The part that has this PCI address; the host when none has.
std::string subject_of(const Machine& machine, const std::string& pci) {
  for (const auto& [id, device] : machine.fast_devices()) {
    if (device->address == pci) {
      return id;
    }
  }
  return machine.host_id();
}

/// False when there is no log to look at; that is told once, by the first of these checks.
bool has_log(const Machine& machine) { return !machine.why_no_log; }

/// XIDs after which a GPU must not take jobs until somebody acted. Others warn.
bool is_grave(int xid) {
  constexpr int kGrave[] = {48, 62, 64, 74, 79, 95, 109, 119, 120, 140};
  return std::ranges::find(kGrave, xid) != std::end(kGrave);
}

/// Programs cause these; the GPU is well.
bool is_of_program(int xid) { return xid == 13 || xid == 31 || xid == 43 || xid == 45; }

}  // namespace

void look_at_xids(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  if (!has_log(machine)) {
    rows.absent(machine.host_id(), "the kernel's log could not be read (" + *machine.why_no_log + "); run as root");
    return;
  }
  std::map<std::pair<std::string, int>, std::size_t> counts;
  for (const auto& xid : parse_xids(machine.kernel_log)) {
    ++counts[{xid.pci, xid.number}];
  }
  for (const auto& [key, count] : counts) {
    const auto& [pci, number] = key;
    const auto meaning = meaning_of_xid(number);
    const auto observed = fmt::format("XID {}, {} times since boot: {} ({})", number, count, meaning.what, pci);
    const std::string advice(meaning.advice);
    if (is_grave(number)) {
      rows.fail(subject_of(machine, pci), observed, "none", advice);
    } else if (!is_of_program(number)) {
      rows.warn(subject_of(machine, pci), observed, "none", advice);
    }
  }
  if (!machine.gpus.empty()) {
    rows.pass_unless_told("no XID that speaks of the GPU itself");
  }
}

void look_at_switch_xids(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  if (machine.nvswitches.empty() || !has_log(machine)) {
    return;
  }
  for (const auto& xid : parse_switch_xids(machine.kernel_log)) {
    const auto observed = fmt::format("SXid {} ({}): {}", xid.number, xid.pci, xid.text);
    const auto* advice =
        "reset all GPUs and NVSwitches of the host; if it comes back, reseat or replace the board that it names";
    xid.is_fatal ? rows.fail(machine.host_id(), observed, "none", advice)
                 : rows.warn(machine.host_id(), observed, "none", advice);
  }
  rows.pass_unless_told("no SXid");
}

/// Of the kind that the check is named after.
void look_at_kernel_messages(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  if (!has_log(machine)) {
    return;
  }
  for (const auto& message : machine.kernel_messages) {
    if (message.meaning->check != rows.check()) {
      continue;
    }
    const auto observed =
        fmt::format("{}, {} times since boot: {}", message.meaning->what, message.count, message.last);
    const auto subject = subject_of(machine, message.pci);
    const std::string advice(message.meaning->advice);
    message.meaning->is_failure ? rows.fail(subject, observed, "none", advice)
                                : rows.warn(subject, observed, "none", advice);
  }
  rows.pass_unless_told("nothing of that kind in the kernel's log");
}

}  // namespace plumb::diag

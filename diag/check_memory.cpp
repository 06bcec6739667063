#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "core/units.h"
#include "diag/node_check_table.h"

namespace plumb::diag {
namespace {

const std::string kControllers = "/sys/devices/system/edac/mc";
const std::string kNodes = "/sys/devices/system/node";

/// MemTotal in bytes by NUMA node; nodes without memory left out.
std::map<std::string, double> memory_of_nodes(const Machine& machine) {
  std::map<std::string, double> memory;
  for (const auto& node : machine.tree->names(kNodes)) {
    const auto text = node.starts_with("node") ? machine.tree->text(kNodes + "/" + node + "/meminfo").value_or("") : "";
    const auto at = text.find("MemTotal:");
    const auto digits = at == std::string::npos ? at : text.find_first_of("0123456789", at);
    double kibibytes = 0;
    if (digits != std::string::npos &&
        std::from_chars(text.data() + digits, text.data() + text.size(), kibibytes).ec == std::errc() &&
        kibibytes > 0) {
      memory[node] = kibibytes * 1024;
    }
  }
  return memory;
}

}  // namespace

void look_at_memory_errors(const Machine& machine, const NodeLimits& limits, CheckRows& rows) {
  std::size_t controllers = 0;
  for (const auto& name : machine.tree->names(kControllers)) {
    const auto corrected = machine.tree->number(kControllers + "/" + name + "/ce_count");
    const auto uncorrected = machine.tree->number(kControllers + "/" + name + "/ue_count");
    controllers += corrected ? 1 : 0;
    if (uncorrected.value_or(0) > 0) {
      rows.fail(machine.host_id(), fmt::format("{}: {} uncorrected errors since boot", name, *uncorrected), "0",
                "drain the host; find the module by the BMC's log; replace it");
    } else if (static_cast<double>(corrected.value_or(0)) > limits["max_corrected_memory_errors"]) {
      rows.warn(machine.host_id(), fmt::format("{}: {} corrected errors since boot", name, *corrected),
                fmt::format("at most {:g}", limits["max_corrected_memory_errors"]),
                "find the module by the BMC's log; replace it when you can");
    }
  }
  if (controllers > 0) {
    rows.pass_unless_told(fmt::format("{} memory controllers", controllers));
  }
}

void look_at_memory_balance(const Machine& machine, const NodeLimits& limits, CheckRows& rows) {
  const auto memory = memory_of_nodes(machine);
  if (memory.size() < 2) {
    return;
  }
  const auto [least, most] = std::ranges::minmax_element(memory, {}, [](const auto& one) { return one.second; });
  if (least->second < most->second * (1 - limits["max_numa_memory_imbalance_share"])) {
    rows.warn(
        machine.host_id(),
        fmt::format("{} has {}, {} has {}", least->first, core::format_bytes(static_cast<std::int64_t>(least->second)),
                    most->first, core::format_bytes(static_cast<std::int64_t>(most->second))),
        "the same on each", "look for a memory module that is missing or was switched off");
  }
  rows.pass_unless_told("NUMA nodes have the same memory");
}

}  // namespace plumb::diag

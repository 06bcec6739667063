// Facts that should be the same on all hosts. No judgement here: the report compares them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <map>

#include "diag/node_check_table.h"

namespace plumb::diag {
namespace {

/// The text behind `key` and its colon or equals sign, of the first line that begins with it.
std::string value_of(const std::string& text, const std::string& key) {
  const auto at = ("\n" + text).find("\n" + key);
  const auto begin = at == std::string::npos ? at : text.find_first_of(":=", at);
  if (begin == std::string::npos) {
    return "";
  }
  const auto first = text.find_first_not_of(" \t\"", begin + 1);
  const auto end = std::min(text.find('\n', begin), text.size());
  auto value = first >= end ? "" : text.substr(first, end - first);
  value.erase(value.find_last_not_of(" \t\"") + 1);
  return value;
}

void tell(const Machine& machine, const std::string& value, CheckRows& rows) {
  if (!value.empty()) {
    rows.fact(machine.host_id(), value);
  }
}

void tell_file(const Machine& machine, const char* path, CheckRows& rows) {
  tell(machine, machine.tree->text(path).value_or(""), rows);
}

}  // namespace

void look_at_kernel_version(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  tell_file(machine, "/proc/sys/kernel/osrelease", rows);
}

void look_at_os_version(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  tell(machine, value_of(machine.tree->text("/etc/os-release").value_or(""), "PRETTY_NAME"), rows);
}

/// Without what differs for good reason: where the host boots from.
void look_at_kernel_options(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  const auto line = machine.tree->text("/proc/cmdline").value_or("");
  std::vector<std::string> kept;
  for (std::size_t at = 0; at < line.size();) {
    const auto end = std::min(line.find(' ', at), line.size());
    const auto word = line.substr(at, end - at);
    const auto name = word.substr(0, word.find('='));
    if (!word.empty() && name != "root" && name != "BOOT_IMAGE" && name != "initrd" && name != "ip" &&
        name != "BOOTIF" && name != "resume" && name != "hostname") {
      kept.push_back(word);
    }
    at = end + 1;
  }
  tell(machine, fmt::format("{}", fmt::join(kept, " ")), rows);
}

void look_at_bios_version(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  tell_file(machine, "/sys/class/dmi/id/bios_version", rows);
}

void look_at_machine_model(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  tell_file(machine, "/sys/class/dmi/id/product_name", rows);
}

void look_at_cpu_model(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  tell(machine, value_of(machine.tree->text("/proc/cpuinfo").value_or(""), "model name"), rows);
}

void look_at_microcode(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  tell(machine, value_of(machine.tree->text("/proc/cpuinfo").value_or(""), "microcode"), rows);
}

void look_at_cpu_count(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  tell_file(machine, "/sys/devices/system/cpu/online", rows);
}

void look_at_memory_size(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  const auto kibibytes = value_of(machine.tree->text("/proc/meminfo").value_or(""), "MemTotal");
  const double gibibytes = std::atof(kibibytes.c_str()) / (1 << 20);
  if (gibibytes > 0) {  // the kernel keeps a little more or less for itself: to 2 %
    const double step = std::max(1.0, std::pow(2.0, std::floor(std::log2(gibibytes)) - 5));
    rows.fact(machine.host_id(), fmt::format("about {:g} GiB", std::round(gibibytes / step) * step));
  }
}

void look_at_huge_pages(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  const auto reserved = machine.tree->number("/proc/sys/vm/nr_hugepages");
  const auto transparent = machine.tree->text("/sys/kernel/mm/transparent_hugepage/enabled").value_or("");
  const auto open = transparent.find('['), close = transparent.find(']');
  if (reserved) {
    rows.fact(machine.host_id(), fmt::format("{} reserved; transparent: {}", *reserved,
                                             open < close ? transparent.substr(open + 1, close - open - 1) : "none"));
  }
}

void look_at_gpu_models(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  std::map<std::string, int> models;
  for (const auto* gpu : machine.gpus) {
    ++models[gpu->vendor + ":" + gpu->device];
  }
  std::vector<std::string> words;
  for (const auto& [model, count] : models) {
    words.push_back(fmt::format("{} x {}", count, model));
  }
  tell(machine, fmt::format("{}", fmt::join(words, ", ")), rows);
}

void look_at_nic_models(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  std::map<std::string, int> models;
  for (const auto& nic : machine.rdma) {
    ++models[nic.board.empty() ? (nic.type.empty() ? "of software" : nic.type) : nic.board];
  }
  std::vector<std::string> words;
  for (const auto& [model, count] : models) {
    words.push_back(fmt::format("{} x {}", count, model));
  }
  tell(machine, fmt::format("{}", fmt::join(words, ", ")), rows);
}

void look_at_nic_firmware_versions(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  std::map<std::string, std::string> firmware;  // by model: the first
  for (const auto& nic : machine.rdma) {
    if (!nic.firmware.empty()) {
      firmware.emplace(nic.board.empty() ? nic.type : nic.board, nic.firmware);
    }
  }
  std::vector<std::string> words;
  for (const auto& [model, version] : firmware) {
    words.push_back(model + " " + version);
  }
  tell(machine, fmt::format("{}", fmt::join(words, ", ")), rows);
}

void look_at_nic_driver(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  tell_file(machine, "/sys/module/mlx5_core/version", rows);
}

void look_at_gpu_driver_version(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  auto text = machine.tree->text("/proc/driver/nvidia/version").value_or("");
  text = text.substr(0, text.find('\n'));
  const auto at = text.find("Module");
  const auto begin = at == std::string::npos ? at : text.find_first_of("0123456789", text.find("  ", at));
  if (begin != std::string::npos) {
    const bool is_open = text.find("Open") != std::string::npos;
    rows.fact(machine.host_id(), text.substr(begin, text.find(' ', begin) - begin) + (is_open ? " (open)" : ""));
  }
}

}  // namespace plumb::diag

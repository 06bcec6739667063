#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <set>

#include "diag/node_check_table.h"

namespace plumb::diag {
namespace {

std::string module_text(const Machine& machine) {
  return machine.tree->text("/proc/driver/nvidia/version").value_or("");
}

/// "550.54.15" of "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue …".
std::string version_in(const std::string& text) {
  static const std::regex kVersion("[0-9]{3}\\.[0-9]+(\\.[0-9]+)?");
  std::smatch match;
  return std::regex_search(text, match, kVersion) ? match.str() : "";
}

bool has_module(const Machine& machine, const std::string& name) {
  const auto modules = "\n" + machine.tree->text("/proc/modules").value_or("");
  return modules.find("\n" + name + " ") != std::string::npos;
}

/// Of the daemons that matter, those that run.
std::set<std::string> daemons(const Machine& machine) {
  const auto told = machine.tree->answer("daemons", [] {
    std::string running;
    const NodeTree live;
    for (const auto& pid : live.names("/proc")) {
      const auto name = std::isdigit(pid.front()) != 0 ? live.text("/proc/" + pid + "/comm").value_or("") : "";
      if (name.starts_with("nv-fabricmanage") || name.starts_with("nvidia-persiste") ||
          name.starts_with("nvidia-imex")) {
        running += name + "\n";
      }
    }
    return std::optional(running);
  });
  std::set<std::string> names;
  std::size_t at = 0;
  while (told && at < told->size()) {
    const auto end = std::min(told->find('\n', at), told->size());
    names.insert(told->substr(at, end - at));
    at = end + 1;
  }
  return names;
}

/// Names of the libraries that belong to a driver, a line each.
std::string libcuda_files() {
  std::string files;
  const NodeTree live;
  for (const auto* directory : {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64"}) {
    for (const auto& name : live.names(directory)) {
      files += name.starts_with("libcuda.so.") && !version_in(name).empty() ? name + "\n" : "";
    }
  }
  return files;
}

}  // namespace

void look_at_gpu_presence(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  for (const auto* gpu : machine.gpus) {
    const auto id = machine.gpu_id(*gpu);
    if (!answers(gpu->config)) {
      rows.fail(id, "does not answer on PCIe (" + gpu->address + ")", "answers",
                "drain the host; power cycle it; check power, heat and seating; then replace the GPU");
    } else if (gpu->driver != "nvidia") {
      rows.fail(id, fmt::format("{} ({})", gpu->driver.empty() ? "no driver" : "driver " + gpu->driver, gpu->address),
                "driver nvidia", "look in the kernel log for why the driver did not take it");
    }
  }
  if (!machine.gpus.empty()) {
    rows.pass_unless_told(fmt::format("{} GPUs answer and have their driver", machine.gpus.size()));
  }
}

void look_at_gpu_direct(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  const bool has_nic = std::ranges::any_of(machine.rdma, [](const auto& nic) { return !nic.pci.empty(); });
  if (machine.gpus.empty() || !has_nic) {
    return;
  }
  const bool has_peermem = has_module(machine, "nvidia_peermem") || has_module(machine, "nv_peer_mem");
  const bool is_open = module_text(machine).find("Open Kernel Module") != std::string::npos;
  if (!has_peermem && !is_open) {
    rows.fail(
        machine.host_id(), "neither nvidia_peermem nor the open kernel module (dma-buf)", "one of them",
        "modprobe nvidia_peermem, at each boot: without it every message goes through host memory at half the rate");
  }
  rows.pass_unless_told(has_peermem ? "nvidia_peermem" : "dma-buf by the open kernel module");
}

void look_at_fabric_manager(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  if (machine.nvswitches.empty()) {
    return;
  }
  const auto running = daemons(machine);
  if (std::ranges::none_of(running, [](const auto& name) { return name.starts_with("nv-fabricmanage"); })) {
    rows.fail(machine.host_id(), fmt::format("nv-fabricmanager does not run; {} NVSwitches", machine.nvswitches.size()),
              "it runs",
              "systemctl enable --now nvidia-fabricmanager, of the driver's version: CUDA does not start without");
  }
  rows.pass_unless_told("it runs");
}

void look_at_persistence(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  if (machine.gpus.empty()) {
    return;
  }
  const auto running = daemons(machine);
  if (std::ranges::none_of(running, [](const auto& name) { return name.starts_with("nvidia-persiste"); })) {
    rows.warn(machine.host_id(), "nvidia-persistenced does not run", "it runs",
              "enable it: without it the driver unloads between jobs, and starting takes seconds");
  }
  rows.pass_unless_told("nvidia-persistenced runs");
}

void look_at_driver_library(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  const auto of_module = version_in(module_text(machine));
  const auto files = machine.tree->answer("libcuda", [] { return std::optional(libcuda_files()); }).value_or("");
  if (of_module.empty() || files.empty()) {
    return;
  }
  if (files.find("libcuda.so." + of_module) == std::string::npos) {
    rows.fail(machine.host_id(), fmt::format("kernel module {}, libcuda {}", of_module, version_in(files)),
              "one version", "reboot, or load the module again: the driver was updated while it was in use");
  }
  rows.pass_unless_told(of_module);
}

}  // namespace plumb::diag

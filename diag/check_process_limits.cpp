#include <fmt/format.h>
#include <sys/statvfs.h>

#include <charconv>

#include "core/units.h"
#include "diag/node_check_table.h"

namespace plumb::diag {
namespace {

/// The soft limit: "Max locked memory   67108864   67108864   bytes". Infinity for unlimited.
std::optional<double> limit_of(const Machine& machine, const std::string& name) {
  const auto text = machine.tree->text("/proc/self/limits").value_or("");
  const auto line = text.find(name);
  const auto value = line == std::string::npos ? line : text.find_first_not_of(' ', line + name.size());
  if (value == std::string::npos) {
    return std::nullopt;
  }
  if (text.compare(value, 9, "unlimited") == 0) {
    return std::numeric_limits<double>::infinity();
  }
  double limit = 0;
  const bool is_number = std::from_chars(text.data() + value, text.data() + text.size(), limit).ec == std::errc();
  return is_number ? std::optional(limit) : std::nullopt;
}

/// Bytes that a user may still write at `path`; nothing when it is not there.
std::optional<double> free_bytes(const Machine& machine, const char* answer, const char* path) {
  const auto told = machine.tree->answer(answer, [&]() -> std::optional<std::string> {
    struct statvfs place {};
    return ::statvfs(path, &place) == 0 ? std::optional(std::to_string(place.f_bavail * place.f_frsize)) : std::nullopt;
  });
  double free = 0;
  const bool is_number = told && std::from_chars(told->data(), told->data() + told->size(), free).ec == std::errc();
  return is_number ? std::optional(free) : std::nullopt;
}

std::string bytes_words(double bytes) {
  return std::isinf(bytes) ? "unlimited" : core::format_bytes(static_cast<std::int64_t>(bytes));
}

}  // namespace

void look_at_memlock(const Machine& machine, const NodeLimits& limits, CheckRows& rows) {
  const auto limit = limit_of(machine, "Max locked memory");
  if (machine.rdma.empty() || !limit) {
    return;
  }
  if (*limit < limits["min_memlock_bytes"]) {
    rows.fail(
        machine.host_id(), bytes_words(*limit), bytes_words(limits["min_memlock_bytes"]) + " or more",
        "set memlock to unlimited in /etc/security/limits.conf, and LimitMEMLOCK=infinity in the unit that starts "
        "jobs (slurmd, kubelet): RDMA registers memory by locking it");
  }
  rows.pass_unless_told(bytes_words(*limit));
}

void look_at_open_files(const Machine& machine, const NodeLimits& limits, CheckRows& rows) {
  const auto limit = limit_of(machine, "Max open files");
  if (!limit || !machine.has_fast_devices()) {
    return;
  }
  if (*limit < limits["min_open_files"]) {
    rows.warn(machine.host_id(), fmt::format("{:g}", *limit), fmt::format("{:g} or more", limits["min_open_files"]),
              "raise nofile in /etc/security/limits.conf: large jobs hold a socket a rank");
  }
  rows.pass_unless_told(fmt::format("{:g}", *limit));
}

void look_at_shared_memory(const Machine& machine, const NodeLimits& limits, CheckRows& rows) {
  const auto free = free_bytes(machine, "shm_free_bytes", "/dev/shm");
  if (!free) {
    rows.warn(machine.host_id(), "there is no /dev/shm", "a tmpfs", "mount it: NCCL and MPI share memory there");
    return;
  }
  if (*free < limits["min_shared_memory_bytes"]) {
    rows.warn(machine.host_id(), bytes_words(*free) + " free",
              bytes_words(limits["min_shared_memory_bytes"]) + " or more",
              "start containers with a larger --shm-size, or remove what former jobs left in /dev/shm");
  }
  rows.pass_unless_told(bytes_words(*free) + " free");
}

void look_at_temporary_space(const Machine& machine, const NodeLimits& limits, CheckRows& rows) {
  const auto free = free_bytes(machine, "tmp_free_bytes", "/tmp");
  if (!free) {
    return;
  }
  if (*free < limits["min_temporary_space_bytes"]) {
    rows.warn(machine.host_id(), bytes_words(*free) + " free in /tmp",
              bytes_words(limits["min_temporary_space_bytes"]) + " or more",
              "remove what former jobs left there: MPI keeps its sessions in /tmp and does not start without");
  }
  rows.pass_unless_told(bytes_words(*free) + " free in /tmp");
}

void look_at_cgroup(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  const auto path = machine.tree->text("/proc/self/cgroup").value_or("");
  const auto colon = path.rfind("::");
  const auto group = "/sys/fs/cgroup" + (colon == std::string::npos ? "" : path.substr(colon + 2));
  const auto cpus = machine.tree->text(group + "/cpu.max").value_or("max");
  const auto memory = machine.tree->text(group + "/memory.max").value_or("max");
  if (!cpus.starts_with("max")) {
    rows.warn(machine.host_id(), "CPU time is limited: cpu.max is " + cpus, "no limit",
              "measure outside of this container or slice: ranks are stopped when their share is spent");
  }
  if (!memory.starts_with("max")) {
    rows.warn(machine.host_id(), "memory is limited: memory.max is " + memory, "no limit",
              "see that jobs get the whole machine's memory");
  }
  rows.pass_unless_told("neither CPU time nor memory is limited");
}

}  // namespace plumb::diag

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <map>
#include <set>

#include "diag/node_check_table.h"

namespace plumb::diag {
namespace {

const std::string kCpus = "/sys/devices/system/cpu";

std::vector<std::string> cpus_of(const Machine& machine) {
  auto names = machine.tree->names(kCpus);
  std::erase_if(names, [](const std::string& name) {
    return !name.starts_with("cpu") || name.size() < 4 || name.find_first_not_of("0123456789", 3) != std::string::npos;
  });
  return names;
}

}  // namespace

void look_at_cpu_governor(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  std::map<std::string, std::size_t> governors;
  for (const auto& cpu : cpus_of(machine)) {
    if (const auto governor = machine.tree->text(kCpus + "/" + cpu + "/cpufreq/scaling_governor")) {
      ++governors[*governor];
    }
  }
  for (const auto& [governor, count] : governors) {
    if (governor != "performance") {
      rows.warn(machine.host_id(), fmt::format("{} on {} CPUs", governor, count), "performance",
                "cpupower frequency-set -g performance, or a tuned profile: small messages wait for clocks to rise");
    }
  }
  if (!governors.empty()) {
    rows.pass_unless_told("performance");
  }
}

void look_at_cpu_idle(const Machine& machine, const NodeLimits& limits, CheckRows& rows) {
  const auto states = kCpus + "/cpu0/cpuidle";
  std::size_t looked_at = 0;
  for (const auto& state : machine.tree->names(states)) {
    const auto latency = machine.tree->number(states + "/" + state + "/latency");
    const bool is_on = machine.tree->number(states + "/" + state + "/disable").value_or(0) == 0;
    looked_at += latency ? 1 : 0;
    if (latency && is_on && static_cast<double>(*latency) > limits["max_idle_exit_latency_us"]) {
      rows.warn(machine.host_id(),
                fmt::format("{} takes {} us to leave",
                            machine.tree->text(states + "/" + state + "/name").value_or(state), *latency),
                fmt::format("at most {:g} us", limits["max_idle_exit_latency_us"]),
                "switch deep C-states off (cpupower idle-set -D 100, or the BIOS)");
    }
  }
  if (looked_at > 0) {
    rows.pass_unless_told("no deep C-state is in use");
  }
}

void look_at_cpu_frequency(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  std::size_t capped = 0, looked_at = 0;
  std::string first;
  for (const auto& cpu : cpus_of(machine)) {
    const auto path = kCpus + "/" + cpu + "/cpufreq/";
    const auto limit = machine.tree->number(path + "scaling_max_freq");
    const auto possible = machine.tree->number(path + "cpuinfo_max_freq");
    looked_at += limit && possible ? 1 : 0;
    if (limit && possible && *limit < *possible) {
      first = capped++ == 0 ? fmt::format("{:.2f} of {:.2f} GHz", static_cast<double>(*limit) / 1e6,
                                          static_cast<double>(*possible) / 1e6)
                            : first;
    }
  }
  if (capped > 0) {
    rows.warn(machine.host_id(), fmt::format("{} CPUs are held to {}", capped, first), "no limit",
              "look for a power profile, a BMC power cap, or scaling_max_freq that somebody set");
  }
  if (looked_at > 0) {
    rows.pass_unless_told("CPUs may run at full clock");
  }
}

void look_at_cpu_throttling(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  long long count = 0;
  std::size_t looked_at = 0;
  for (const auto& cpu : cpus_of(machine)) {
    const auto package = machine.tree->number(kCpus + "/" + cpu + "/thermal_throttle/package_throttle_count");
    looked_at += package ? 1 : 0;
    count = std::max(count, package.value_or(0));
  }
  if (count > 0) {
    rows.warn(machine.host_id(), fmt::format("a package was too hot {} times since boot", count), "never",
              "look at fans, heat sinks and the temperature of the air");
  }
  if (looked_at > 0) {
    rows.pass_unless_told("no package was too hot");
  }
}

void look_at_cpus_offline(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  const auto offline = machine.tree->text(kCpus + "/offline");
  if (!offline) {
    return;
  }
  if (!offline->empty()) {
    rows.warn(machine.host_id(), "offline: " + *offline, "all CPUs online",
              "find out who switched them off; a machine check may have");
  }
  rows.pass_unless_told("all CPUs are online");
}

void look_at_clock_source(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  const auto source = machine.tree->text("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  if (!source) {
    return;
  }
  if (*source == "hpet" || *source == "acpi_pm" || *source == "jiffies" || *source == "refined-jiffies") {
    rows.fail(machine.host_id(), *source, "tsc",
              "look in the kernel log for why the TSC was given up (clocks of sockets apart): update the BIOS; reading "
              "the clock costs a microsecond like this");
  }
  rows.pass_unless_told(*source);
}

void look_at_cpu_settings(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  std::set<std::string> governors;
  for (const auto& cpu : cpus_of(machine)) {
    governors.insert(machine.tree->text(kCpus + "/" + cpu + "/cpufreq/scaling_governor").value_or(""));
  }
  governors.erase("");
  std::vector<std::string> words;
  if (!governors.empty()) {
    words.push_back(fmt::format("governor {}", fmt::join(governors, " and ")));
  }
  const auto no_turbo = machine.tree->number(kCpus + "/intel_pstate/no_turbo");
  if (const auto boost = machine.tree->number(kCpus + "/cpufreq/boost"); no_turbo || boost) {
    words.push_back(no_turbo.value_or(0) != 0 || boost.value_or(1) == 0 ? "turbo off" : "turbo on");
  }
  if (const auto smt = machine.tree->number(kCpus + "/smt/active")) {
    words.push_back(*smt != 0 ? "SMT on" : "SMT off");
  }
  if (!words.empty()) {
    rows.fact(machine.host_id(), fmt::format("{}", fmt::join(words, ", ")));
  }
}

void look_at_load(const Machine& machine, const NodeLimits& limits, CheckRows& rows) {
  const auto text = machine.tree->text("/proc/loadavg");
  const auto cpus = cpus_of(machine).size();
  double load = 0;
  if (!text || cpus == 0 || std::from_chars(text->data(), text->data() + text->size(), load).ec != std::errc()) {
    return;
  }
  if (load > limits["max_load_per_cpu"] * static_cast<double>(cpus) && load > 1) {
    rows.warn(machine.host_id(), fmt::format("load {:g} on {} CPUs", load, cpus), "nothing else runs",
              "find what runs here, and measure again when it is gone");
  }
  rows.pass_unless_told(fmt::format("load {:g} on {} CPUs", load, cpus));
}

}  // namespace plumb::diag

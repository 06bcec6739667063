#include <fmt/format.h>
#include <sys/timex.h>

#include <sstream>

#include "diag/node_check_table.h"

namespace plumb::diag {

/// The kernel's own word (adjtimex): whether a daemon keeps the clock, and how far it may be off.
void look_at_time_sync(const Machine& machine, const NodeLimits& limits, CheckRows& rows) {
  const auto told = machine.tree->answer("clock", []() -> std::optional<std::string> {
    timex clock{};
    const int state = ::adjtimex(&clock);
    if (state < 0) {
      return std::nullopt;
    }
    return fmt::format("{} {}", (clock.status & STA_UNSYNC) == 0 && state != TIME_ERROR ? 1 : 0, clock.maxerror);
  });
  int is_kept = 0;
  double error_us = 0;
  if (!told || !(std::istringstream(*told) >> is_kept >> error_us)) {
    rows.absent(machine.host_id(), "the kernel does not tell about its clock");
    return;
  }
  if (is_kept == 0) {
    rows.warn(machine.host_id(), "no daemon keeps the clock", "kept by chrony, ntpd or ptp4l",
              "start one: logs of several hosts cannot be compared");
  } else if (error_us > limits["max_clock_error_us"]) {
    rows.warn(machine.host_id(), fmt::format("may be off by {:g} us", error_us),
              fmt::format("at most {:g} us", limits["max_clock_error_us"]), "look at the sources of the time daemon");
  }
  rows.pass_unless_told(fmt::format("kept; off by {:g} us at most", error_us));
}

}  // namespace plumb::diag

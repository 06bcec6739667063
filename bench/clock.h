// Time, injected: rank code never reads a clock of its own, so that it runs unmodified on simulated time.
#pragma once

#include <cstdint>

namespace plumb::bench {

/// This rank's clock, nanoseconds since some start of its own. Monotonic.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual double now_ns() const = 0;
};

/// MPI_Wtime, counted from construction. Doubles keep it exact to a nanosecond for weeks.
class MpiClock : public Clock {
 public:
  MpiClock();
  [[nodiscard]] double now_ns() const override;

 private:
  double start_s_;
};

}  // namespace plumb::bench

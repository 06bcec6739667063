#include "bench/common_clock.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace plumb::bench {
namespace {

constexpr int kTag = 11;
constexpr double kMaxDrift = 1e-3;  // a fit beyond 1,000 ppm has learnt noise, not a crystal

struct Offset {
  double local_ns = 0;
  double offset_ns = 0;  // common minus local
  double round_trip_ns = 0;
};

/// The offset of the fastest of some ping-pongs (Cristian's method): its error is at most half the round trip.
Offset measure_offset(const Ranks& ranks, const Clock& clock, int parent, int exchanges) {
  Offset best;
  for (int i = 0; i < exchanges; ++i) {
    double parent_ns = 0;
    const double sent = clock.now_ns();
    MPI_Sendrecv(&sent, 1, MPI_DOUBLE, parent, kTag, &parent_ns, 1, MPI_DOUBLE, parent, kTag, ranks.communicator(),
                 MPI_STATUS_IGNORE);
    const double received = clock.now_ns();
    if (i == 0 || received - sent < best.round_trip_ns) {
      best = {(sent + received) / 2, parent_ns - (sent + received) / 2, received - sent};
    }
  }
  return best;
}

struct Line {
  double intercept = 0, slope = 0, residual = 0;
};

/// Least squares through offsets against local time, times counted from `reference`.
Line fit(const std::vector<Offset>& offsets, double reference) {
  double x = 0, y = 0, xx = 0, xy = 0;
  const auto n = static_cast<double>(offsets.size());
  for (const auto& o : offsets) {
    x += (o.local_ns - reference) / n;
    y += o.offset_ns / n;
  }
  for (const auto& o : offsets) {
    const double dx = o.local_ns - reference - x;
    xx += dx * dx;
    xy += dx * (o.offset_ns - y);
  }
  Line line;
  line.slope = xx > 0 ? std::clamp(xy / xx, -kMaxDrift, kMaxDrift) : 0;
  line.intercept = y - line.slope * x;
  for (const auto& o : offsets) {
    line.residual =
        std::max(line.residual,
                 std::abs(o.offset_ns - line.intercept - line.slope * (o.local_ns - reference)) - o.round_trip_ns / 2);
  }
  return line;
}

}  // namespace

CommonClock::CommonClock(const Ranks& ranks, const Clock& clock, int points, int exchanges) : clock_(clock) {
  int span = 1;
  while (span < ranks.size()) {
    span *= 2;
  }
  // From the root down: a rank learns from rank - step, where step is its lowest set bit, and then teaches below it.
  for (int step = span / 2; step >= 1; step /= 2) {
    if (ranks.rank() % (2 * step) == 0 && ranks.rank() + step < ranks.size()) {
      teach(ranks, ranks.rank() + step, points, exchanges);
    } else if (ranks.rank() % (2 * step) == step) {
      learn_from(ranks, ranks.rank() - step, points, exchanges);
    }
  }
  ranks.max_in_place({&error_bound_ns_, 1});
}

void CommonClock::teach(const Ranks& ranks, int child, int points, int exchanges) const {
  for (int i = 0; i < points * exchanges; ++i) {
    double ignored = 0;
    MPI_Recv(&ignored, 1, MPI_DOUBLE, child, kTag, ranks.communicator(), MPI_STATUS_IGNORE);
    const double now = now_ns();
    MPI_Send(&now, 1, MPI_DOUBLE, child, kTag, ranks.communicator());
  }
  MPI_Send(&error_bound_ns_, 1, MPI_DOUBLE, child, kTag, ranks.communicator());
}

void CommonClock::learn_from(const Ranks& ranks, int parent, int points, int exchanges) {
  std::vector<Offset> offsets;
  double best_round_trip = INFINITY;
  for (int i = 0; i < points; ++i) {
    offsets.push_back(measure_offset(ranks, clock_, parent, exchanges));
    best_round_trip = std::min(best_round_trip, offsets.back().round_trip_ns);
  }
  // Points taken while a process waited for its core carry no information.
  std::erase_if(offsets, [&](const Offset& o) { return o.round_trip_ns > 2 * best_round_trip; });
  const double span = offsets.back().local_ns - offsets.front().local_ns;
  reference_ns_ = offsets.back().local_ns;
  Line line = fit(offsets, reference_ns_);
  // A slope is believed only where it moves more than the round trips could fake.
  if (std::abs(line.slope) * span < best_round_trip) {
    const auto best = std::min_element(offsets.begin(), offsets.end(), [](const Offset& a, const Offset& b) {
      return a.round_trip_ns < b.round_trip_ns;
    });
    line = {best->offset_ns, 0, 0};
  }
  offset_ns_ = line.intercept;
  drift_ = line.slope;
  double parent_error = 0;
  MPI_Recv(&parent_error, 1, MPI_DOUBLE, parent, kTag, ranks.communicator(), MPI_STATUS_IGNORE);
  error_bound_ns_ = parent_error + best_round_trip / 2 + std::max(line.residual, 0.0);
}

double CommonClock::to_local(double common_ns) const {
  return (common_ns - offset_ns_ + drift_ * reference_ns_) / (1 + drift_);
}

}  // namespace plumb::bench

// Bandwidths are those of several passes that are timed as one, so that the time to launch the first hides.
#pragma once

#include "core/gpu.h"

namespace plumb::diag {

class TimedPasses {
 public:
  explicit TimedPasses(const core::GpuStream& stream) : timer_(stream) {}

  /// Enqueues `work` time and again, where the stream's GPU is current.
  template <class Work>
  void start(Work&& work) {
    timer_.start();
    for (int pass = 0; pass < kPasses; ++pass) {
      work();
    }
    timer_.stop();
  }
  /// Waits for what start() began; bytes a second, of which one pass moves `bytes`.
  [[nodiscard]] double finish(double bytes) const { return kPasses * bytes / timer_.seconds(); }

 private:
  static constexpr int kPasses = 8;

  core::GpuTimer timer_;
};

}  // namespace plumb::diag

// What NCCL can tell the watchdog of a hang.
#pragma once

#include <chrono>
#include <string>

#include "bench/nccl_calls.h"
#include "bench/witness.h"

namespace plumb::bench {

class NcclWitness final : public Witness {
 public:
  /// Both outlive this, and whatever abort() leaves running.
  NcclWitness(const NcclFunctions& nccl, NcclCalls& calls,
              std::chrono::milliseconds abort_limit = std::chrono::seconds(5))
      : nccl_(nccl), calls_(calls), abort_limit_(abort_limit) {}

  std::string error() override { return calls_.background_error(); }
  /// By asking RAS, of which NCCL has a thread in this process unless NCCL_RAS_ENABLE=0.
  Testimony testimony(const std::vector<std::string>& hosts) override;
  /// ncclCommAbort, which ends NCCL's kernels and whatever waits for its peers.
  void abort() override;

 private:
  const NcclFunctions& nccl_;
  NcclCalls& calls_;
  std::chrono::milliseconds abort_limit_;
};

}  // namespace plumb::bench

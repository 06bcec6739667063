// The ranks of a job as NCCL connects them, each with its GPU.
#pragma once

#include <mpi.h>

#include <memory>
#include <string>

#include "bench/gpu_memory.h"
#include "bench/nccl_calls.h"
#include "bench/nccl_library.h"
#include "bench/nccl_witness.h"
#include "bench/ranks.h"
#include "core/gpu.h"
#include "core/manifest.h"

namespace plumb::bench {

/// NCCL's version with the driver's, or which of them is absent and why.
core::Component nccl_component();

/// Non-blocking: whatever waits, waits here, where an error that NCCL meets in the background ends the wait.
class NcclCommunicator {
 public:
  /// Called by all ranks, one a GPU: the GPU is that of the rank's `place` on its host, -1: among `parent`. With
  /// `share_gpus`, ranks beyond the host's GPUs share them by posing as other hosts (NCCL_HOSTID): for tests, speeds
  /// then mean nothing. Throws core::Error on all ranks alike when one cannot.
  NcclCommunicator(MPI_Comm parent, bool share_gpus, int place = -1);
  ~NcclCommunicator();
  NcclCommunicator(const NcclCommunicator&) = delete;
  NcclCommunicator& operator=(const NcclCommunicator&) = delete;

  [[nodiscard]] const NcclLibrary& nccl() const { return nccl_; }
  [[nodiscard]] NcclComm get() const { return comm_; }
  [[nodiscard]] const core::GpuStream& stream() const { return *stream_; }
  [[nodiscard]] const core::Gpu& gpu() const { return *gpu_; }
  [[nodiscard]] const GpuMemory& memory() const { return *memory_; }
  [[nodiscard]] const Ranks& ranks() const { return ranks_; }
  [[nodiscard]] bool shares_gpus() const { return shares_gpus_; }
  [[nodiscard]] std::string version() const;
  [[nodiscard]] std::string device() const { return device_; }

  /// Takes what NCCL answers on this communicator.
  [[nodiscard]] const NcclCalls& calls() const { return calls_; }
  /// What the watchdog asks.
  [[nodiscard]] Witness* witness() { return &witness_; }
  /// Until the GPU has done all that was enqueued.
  void wait() const;

 private:
  void choose_gpu(bool share_gpus);
  void connect();

  Ranks ranks_;
  core::CudaLibrary cuda_;
  NcclLibrary nccl_;
  int local_rank_ = 0;
  bool shares_gpus_ = false;
  std::string device_;
  std::unique_ptr<core::Gpu> gpu_;
  std::unique_ptr<core::GpuStream> stream_;
  std::unique_ptr<GpuMemory> memory_;
  NcclComm comm_ = nullptr;
  NcclCalls calls_;
  NcclWitness witness_;
};

}  // namespace plumb::bench

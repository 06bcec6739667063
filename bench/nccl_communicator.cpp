#include "bench/nccl_communicator.h"

#include <fmt/format.h>
#include <sched.h>

#include <chrono>
#include <cstdlib>
#include <cstring>

#include "bench/agreed_error.h"
#include "bench/nccl_log_capture.h"
#include "bench/nccl_profiler.h"
#include "core/error.h"
#include "core/gpu_number.h"

namespace plumb::bench {
namespace {

constexpr auto kPartingLimit = std::chrono::seconds(20);  // for peers that are still at work
constexpr int kFirstWithOurProfiler = 22803;              // older ones would look for a file of that name
constexpr int kLooksBetweenErrors = 1024;                 // at the stream, which is what is measured

int local_rank_of(MPI_Comm communicator) {
  MPI_Comm here = MPI_COMM_NULL;
  int rank = 0;
  MPI_Comm_split_type(communicator, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here);
  MPI_Comm_rank(here, &rank);
  MPI_Comm_free(&here);
  return rank;
}

/// All ranks throw when one has a reason.
void agree(const Ranks& ranks, const std::string& own) {
  if (const auto reason = first_reason(ranks, own); !reason.empty()) {
    throw core::Error(reason, core::ExitCode::nothing_measurable);
  }
}

}  // namespace

core::Component nccl_component() {
  const NcclLibrary nccl;
  if (!nccl.why_absent().empty()) {
    return {"nccl", "", nccl.why_absent()};
  }
  const core::CudaLibrary cuda;
  return cuda.why_absent().empty()
             ? core::Component{"nccl", fmt::format("{}, CUDA {}", nccl.version(), cuda.version()), ""}
             : core::Component{"nccl", "",
                               fmt::format("NCCL {} is there, but no GPU: {}", nccl.version(), cuda.why_absent())};
}

NcclCommunicator::NcclCommunicator(MPI_Comm parent, bool share_gpus, int place)
    : ranks_(parent),
      local_rank_(place >= 0 ? place : local_rank_of(parent)),
      calls_(*nccl_.operator->(), comm_, ranks_.rank(), ranks_.size()),
      witness_(*nccl_.operator->(), calls_) {
  std::string reason;
  try {
    choose_gpu(share_gpus);
  } catch (const std::exception& error) {
    reason = fmt::format("rank {} (host {}): {}", ranks_.rank(), host_name(), error.what());
  }
  agree(ranks_, reason);
  connect();
}

void NcclCommunicator::choose_gpu(bool share_gpus) {
  if (const auto absent = cuda_.why_absent().empty() ? nccl_.why_absent() : cuda_.why_absent(); !absent.empty()) {
    throw core::Error(absent);
  }
  const int gpus = cuda_.device_count();
  if (local_rank_ >= gpus && !share_gpus) {
    throw core::Error(
        fmt::format("local rank {} has no GPU of its own, the host has {}; start one rank a GPU, or test "
                    "with --share-gpu, which makes speeds meaningless",
                    local_rank_, gpus));
  }
  if (share_gpus) {  // NCCL refuses two ranks of one host on one GPU, and reads this once
    ::setenv("NCCL_HOSTID", fmt::format("{}-{}", host_name(), local_rank_ / gpus).c_str(), 1);
  }
  shares_gpus_ = share_gpus;
  const int ordinal = local_rank_ % gpus;
  gpu_ = std::make_unique<core::Gpu>(cuda_, ordinal);
  stream_ = std::make_unique<core::GpuStream>(*gpu_);
  memory_ = std::make_unique<GpuMemory>(*stream_);
  device_ = fmt::format("gpu/{}/{}", host_name(), core::gpu_number(gpu_->pci()).value_or(ordinal));
}

void NcclCommunicator::connect() {
  if (nccl_.version_code() >= kFirstWithOurProfiler && !nccl_variable_is_set(kProfilerVariable)) {
    ::setenv(kProfilerVariable, kProfilerInProgram, 1);
  }
  NcclId id{};
  std::string reason;
  if (const int code = ranks_.first() ? nccl_->make_id(&id) : kNcclSuccess; code != kNcclSuccess) {
    reason = fmt::format("ncclGetUniqueId: {}", nccl_->error_string(code));
  }
  agree(ranks_, reason);
  const auto text = ranks_.broadcast(std::string(id.bytes, sizeof id.bytes));
  std::memcpy(id.bytes, text.data(), sizeof id.bytes);
  NcclConfig config{.size = sizeof config, .magic = kNcclConfigMagic, .version = kNcclConfigVersion, .blocking = 0};
  try {
    calls_.accept(nccl_->init(&comm_, ranks_.size(), id, ranks_.rank(), &config), "ncclCommInitRankConfig");
  } catch (const std::exception& error) {
    reason = fmt::format("rank {} (host {}): {}", ranks_.rank(), host_name(), error.what());
  }
  if (const auto first = first_reason(ranks_, reason); !first.empty()) {
    calls_.abort();
    throw core::Error(first);
  }
}

/// A broken communicator would wait for its peers: it is aborted, which also ends its kernels.
NcclCommunicator::~NcclCommunicator() {
  if (comm_ == nullptr || calls_.is_aborted()) {
    return;
  }
  bool is_broken = calls_.is_broken();
  if (!is_broken) {
    const auto limit = std::chrono::steady_clock::now() + kPartingLimit;
    int state = nccl_->finalize(comm_);
    while (state == kNcclInProgress && std::chrono::steady_clock::now() < limit &&
           nccl_->async_error(comm_, &state) == kNcclSuccess) {
      ::sched_yield();
    }
    is_broken = state != kNcclSuccess;
  }
  is_broken ? nccl_->abort(comm_) : nccl_->destroy(comm_);
}

std::string NcclCommunicator::version() const {
  return fmt::format("NCCL {}, CUDA {}, {}{}", nccl_.version(), cuda_.version(), gpu_->name(),
                     shares_gpus_ ? "; ranks share GPUs: speeds mean nothing" : "");
}

void NcclCommunicator::wait() const {
  for (int looks = 1; !stream_->is_done(); ++looks) {
    if (looks % kLooksBetweenErrors == 0) {
      calls_.look();
    }
    if (shares_gpus_) {
      ::sched_yield();  // the ranks share the host's cores, too
    }
  }
  calls_.require_not_aborted();
}

}  // namespace plumb::bench

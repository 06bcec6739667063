#include "bench/rank_gpu.h"

#include "core/error.h"

namespace plumb::bench {
namespace {

constexpr std::size_t kGpuPage = std::size_t{2} << 20;  // smaller pieces share a page, which no dma-buf can be of

int ordinal_on(const core::CudaLibrary& cuda, int local_rank) {
  if (!cuda.why_absent().empty()) {
    throw core::Error("--gpu-memory: " + cuda.why_absent());
  }
  return local_rank % cuda.device_count();
}

}  // namespace

RankGpu::RankGpu(int local_rank) : gpu_(cuda_, ordinal_on(cuda_, local_rank)), stream_(gpu_), memory_(stream_) {}

std::unique_ptr<core::GpuBuffer> RankGpu::allocate(std::size_t bytes) const {
  gpu_.make_current();
  auto buffer = std::make_unique<core::GpuBuffer>(gpu_, (bytes + kGpuPage - 1) / kGpuPage * kGpuPage);
  memory_.set(span_of(buffer->address(), buffer->bytes()), std::byte{0});
  return buffer;
}

}  // namespace plumb::bench

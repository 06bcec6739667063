// How a NIC comes to reach memory of a GPU: the pages as a dma-buf, else by peer memory.
#pragma once

#include <infiniband/verbs.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "bench/verbs_memory.h"

namespace plumb::bench {

/// Memory of a GPU as the NIC is to reach it; whole pages.
struct GpuPages {
  std::uint64_t address = 0;
  std::size_t bytes = 0;
};

/// The steps of a registration; a test has its own.
struct GpuRegistrar {
  std::function<int(const GpuPages&, std::string& why)> export_dma_buf;      // a file descriptor, or -1 and why
  std::function<ibv_mr*(const GpuPages&, int descriptor)> register_dma_buf;  // null: errno tells
  std::function<ibv_mr*(const GpuPages&)> register_peer_memory;              // null: errno tells
  std::function<void(int descriptor)> close;
};

/// Of CUDA's driver, as this thread's current context has it, and of libibverbs. `access`: of ibv_access_flags.
GpuRegistrar gpu_registrar(ibv_pd* domain, unsigned access);

/// A dma-buf where driver and NIC have it; else peer memory (nvidia_peermem), which is a plain registration that the
/// kernel recognises. Throws core::Error that says why neither went.
ibv_mr* register_gpu_pages(const GpuRegistrar& registrar, const GpuPages& pages);

/// `buffer` of this thread's GPU, of which `bytes` are used, registered so with each of the NICs. Throws core::Error.
std::unique_ptr<VerbsMemory> verbs_memory_of(std::unique_ptr<core::GpuBuffer> buffer, std::size_t bytes,
                                             std::span<const VerbsDevice* const> nics, unsigned access);

/// cuMemGetHandleForAddressRange, with CUmemRangeHandleType as int.
using ExportRange = int (*)(void* handle, unsigned long long address, std::size_t bytes, int kind,
                            unsigned long long flags);
inline constexpr int kDmaBufDescriptor = 1;  // CU_MEM_RANGE_HANDLE_TYPE_DMA_BUF_FD

}  // namespace plumb::bench

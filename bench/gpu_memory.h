// Memory of a GPU: filled and compared there, by kernels.
#pragma once

#include <span>

#include "bench/memory.h"
#include "core/gpu.h"

namespace plumb::bench {

/// The bytes behind a GPU's address: to be counted and divided here, and touched by the GPU only.
std::span<std::byte> span_of(core::CudaAddress address, std::size_t bytes);

class GpuMemory final : public Memory {
 public:
  /// Works on `stream`, and waits for it. Throws core::Error, also in a program that was built without nvcc.
  explicit GpuMemory(const core::GpuStream& stream);

  void set(std::span<std::byte> bytes, std::byte value) const override;
  void fill(std::span<std::byte> elements, const Pattern& pattern, std::int64_t first) const override;
  [[nodiscard]] Pattern::Mismatch compare(std::span<const std::byte> elements, const Pattern& pattern,
                                          std::int64_t first) const override;
  void flip_bit(std::byte* at) const override;

 private:
  void put_table(const Pattern& pattern) const;
  void copy_out(void* to, const void* from, std::size_t bytes) const;
  [[nodiscard]] core::CudaFunction kernel(const char* name, std::size_t element_bytes) const;

  const core::GpuStream& stream_;
  core::GpuKernels kernels_;
  core::GpuBuffer table_, result_;
};

}  // namespace plumb::bench

// One GPU, its work queue, its memory and kernels, over core/cuda_library. Everything throws core::Error in the
// driver's words; the library outlives all of it.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "core/cuda_library.h"

namespace plumb::core {

/// Holds the device's primary context, which CUDA's runtime (and so NCCL and cuBLAS) shares.
class Gpu {
 public:
  Gpu(const CudaLibrary& cuda, int ordinal);
  ~Gpu();
  Gpu(const Gpu&) = delete;
  Gpu& operator=(const Gpu&) = delete;

  [[nodiscard]] const CudaLibrary& cuda() const { return cuda_; }
  [[nodiscard]] CudaContext context() const { return context_; }
  [[nodiscard]] int device() const { return device_; }
  [[nodiscard]] std::string name() const;
  [[nodiscard]] std::string pci() const;  // "0000:17:00.0", as sysfs writes it
  [[nodiscard]] int attribute(int which) const;
  [[nodiscard]] int capability() const;  // 90 for compute capability 9.0
  [[nodiscard]] std::size_t memory_bytes() const;
  /// What this thread calls from here on is meant for this GPU.
  void make_current() const;

 private:
  const CudaLibrary& cuda_;
  int device_ = 0;
  CudaContext context_ = nullptr;
};

/// A queue of work on a GPU.
class GpuStream {
 public:
  explicit GpuStream(const Gpu& gpu);
  ~GpuStream();
  GpuStream(const GpuStream&) = delete;
  GpuStream& operator=(const GpuStream&) = delete;

  [[nodiscard]] const Gpu& gpu() const { return gpu_; }
  [[nodiscard]] CudaStream get() const { return stream_; }
  void wait() const;
  /// False while there is work to do.
  [[nodiscard]] bool is_done() const;

 private:
  const Gpu& gpu_;
  CudaStream stream_ = nullptr;
};

/// Memory on a GPU.
class GpuBuffer {
 public:
  GpuBuffer(const Gpu& gpu, std::size_t bytes);
  ~GpuBuffer();
  GpuBuffer(const GpuBuffer&) = delete;
  GpuBuffer& operator=(const GpuBuffer&) = delete;

  [[nodiscard]] CudaAddress address() const { return address_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  const Gpu& gpu_;
  CudaAddress address_ = 0;
  std::size_t bytes_;
};

/// Memory of this host that a GPU copies from and to at full speed.
class PinnedBuffer {
 public:
  PinnedBuffer(const Gpu& gpu, std::size_t bytes);
  ~PinnedBuffer();
  PinnedBuffer(const PinnedBuffer&) = delete;
  PinnedBuffer& operator=(const PinnedBuffer&) = delete;

  [[nodiscard]] std::byte* data() const { return static_cast<std::byte*>(data_); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  const Gpu& gpu_;
  void* data_ = nullptr;
  std::size_t bytes_;
};

/// How long work takes on the GPU's own clock.
class GpuTimer {
 public:
  explicit GpuTimer(const GpuStream& stream);
  ~GpuTimer();
  GpuTimer(const GpuTimer&) = delete;
  GpuTimer& operator=(const GpuTimer&) = delete;

  void start();
  void stop();
  /// Waits for the work between start() and stop().
  [[nodiscard]] double seconds() const;

 private:
  const GpuStream& stream_;
  CudaEvent start_ = nullptr, stop_ = nullptr;
};

/// Compiled CUDA C++ (see core/embed_kernels.cmake), loaded onto a GPU.
class GpuKernels {
 public:
  /// `image` is empty in a program that was built without nvcc, which throws.
  GpuKernels(const Gpu& gpu, std::span<const unsigned char> image);
  ~GpuKernels();
  GpuKernels(const GpuKernels&) = delete;
  GpuKernels& operator=(const GpuKernels&) = delete;

  [[nodiscard]] CudaFunction function(const char* name) const;

 private:
  const Gpu& gpu_;
  CudaModule module_ = nullptr;
};

inline constexpr const char* kBuiltWithoutNvcc = "this program was built without nvcc, so it has no GPU kernels";

/// Starts a kernel of enough blocks to fill the GPU: each loops over what is there to do.
template <class... Argument>
void launch(CudaFunction kernel, const GpuStream& stream, Argument... arguments) {
  constexpr unsigned kBlocksPerMultiprocessor = 8, kThreads = 256;
  void* addresses[] = {static_cast<void*>(&arguments)...};
  const auto blocks = static_cast<unsigned>(stream.gpu().attribute(kCudaMultiprocessors)) * kBlocksPerMultiprocessor;
  const auto& cuda = stream.gpu().cuda();
  cuda.require(cuda->launch(kernel, blocks, 1, 1, kThreads, 1, 1, 0, stream.get(), addresses, nullptr),
               "cuLaunchKernel");
}

}  // namespace plumb::core

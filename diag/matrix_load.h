// Matrix products that keep a GPU as busy as training does, and show whether it computes the same each time.
#pragma once

#include <cstdint>

#include "core/gpu.h"
#include "diag/matrix_product.h"

namespace plumb::diag {

/// Products of two square matrices of random numbers, by cuBLAS.
class MatrixLoad {
 public:
  /// Throws core::Error.
  MatrixLoad(const CublasLibrary& cublas, const core::GpuStream& stream, const MatrixType& type);

  /// Enqueues `products` and takes their time.
  void start(int products);
  /// Waits for what start() began; seconds on the GPU's clock.
  double finish();
  /// Additions and multiplications in one product.
  [[nodiscard]] static double operations();

  /// Repeats the first product and counts the results (32 bits each) that differ from it in any bit: the same sums in
  /// the same order have no excuse to differ. Waits.
  std::uint64_t different_from_first();

 private:
  const core::GpuStream& stream_;
  core::GpuKernels kernels_;
  core::GpuBuffer a_, b_, first_, result_, count_;
  MatrixProduct product_;
  core::GpuTimer timer_;
};

}  // namespace plumb::diag

// One matrix product that cuBLAS does again and again, in one of the types that training uses.
#pragma once

#include <string_view>

#include "core/gpu.h"
#include "diag/cublas_library.h"

namespace plumb::diag {

struct MatrixType {
  std::string_view name;  // "bf16"
  int element, result;    // cudaDataType_t
  std::size_t element_bytes, result_bytes;
  int compute;           // cublasComputeType_t
  int capability;        // of the first GPUs that have it: 89 for 8.9
  unsigned keep, fixed;  // of random 32-bit words, so that their elements are of ordinary size, with either sign
};

/// bf16 and fp8 with results in bf16, as frameworks have them; sums in 32 bits.
extern const MatrixType kBf16, kFp8, kTf32;

/// Of square matrices: side x side elements each.
class MatrixProduct {
 public:
  /// Throws core::Error.
  MatrixProduct(const CublasLibrary& cublas, const core::GpuStream& stream, const MatrixType& type, int side);
  ~MatrixProduct();
  MatrixProduct(const MatrixProduct&) = delete;
  MatrixProduct& operator=(const MatrixProduct&) = delete;

  /// Enqueues result = a · b, where the GPU is current. Throws core::Error.
  void multiply(core::CudaAddress a, core::CudaAddress b, core::CudaAddress result) const;

 private:
  void describe(const MatrixType& type, int side);
  void choose_way();
  void forget();

  const CublasLibrary& cublas_;
  const core::GpuStream& stream_;
  core::GpuBuffer workspace_;
  CublasContext context_ = nullptr;
  CublasProductDescription* product_ = nullptr;
  CublasMatrixDescription *element_ = nullptr, *result_ = nullptr;
  CublasWay way_{};
};

}  // namespace plumb::diag

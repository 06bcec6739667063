// NVIDIA's matrix library (libcublas), looked for when the program runs.
#pragma once

#include <memory>
#include <string>

#include "core/cuda_library.h"
#include "core/optional_library.h"

struct cublasContext;  // the vendor's name, so that a test can hold our declarations against cublas_v2.h

namespace plumb::diag {

using CublasContext = cublasContext*;

/// cublasOperation_t, cudaDataType_t, cublasComputeType_t and cublasGemmAlgo_t are passed as int.
inline constexpr int kCublasNotTransposed = 0, kCublasTransposed = 1, kCublasDefaultAlgorithm = -1;
inline constexpr int kCudaReal32 = 0, kCudaReal16b = 14;
inline constexpr int kCublasCompute32 = 68, kCublasCompute32FastTf32 = 77;

struct CublasFunctions {
  int (*create)(CublasContext*) = nullptr;
  int (*destroy)(CublasContext) = nullptr;
  int (*version)(CublasContext, int*) = nullptr;
  int (*set_stream)(CublasContext, core::CudaStream) = nullptr;
  int (*multiply)(CublasContext, int, int, int, int, int, const void*, const void*, int, int, const void*, int, int,
                  const void*, void*, int, int, int, int) = nullptr;
};

class CublasLibrary {
 public:
  /// The newest of libcublas.so.13, .12 and .11 that is there.
  CublasLibrary();

  [[nodiscard]] const std::string& why_absent() const { return library_->why_absent(); }
  /// Its file; empty when absent.
  [[nodiscard]] std::string file() const { return why_absent().empty() ? file_ : ""; }
  /// The functions. Only when present.
  const CublasFunctions* operator->() const { return &functions_; }

 private:
  std::string file_;
  std::unique_ptr<core::OptionalLibrary> library_;
  CublasFunctions functions_;
};

}  // namespace plumb::diag

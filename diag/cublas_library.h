// NVIDIA's matrix library (cublasLt, a part of cuBLAS), looked for when the program runs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/cuda_library.h"
#include "core/optional_library.h"

struct cublasLtContext;  // the vendor's name, so that a test can hold our declarations against cublasLt.h

namespace plumb::diag {

using CublasContext = cublasLtContext*;
/// What the vendor describes products, matrices and preferences with; he gives their types no names.
struct CublasProductDescription;
struct CublasMatrixDescription;
struct CublasPreference;

/// cublasOperation_t, cudaDataType_t, cublasComputeType_t and the names of attributes are passed as int.
inline constexpr int kCublasTransposed = 1;
inline constexpr int kCudaReal32 = 0, kCudaReal16b = 14, kCudaReal8e4m3 = 28;
inline constexpr int kCublasCompute32 = 68, kCublasCompute32FastTf32 = 77;
inline constexpr int kCublasTransposeA = 3, kCublasFastAccumulation = 25;  // cublasLtMatmulDescAttributes_t
inline constexpr int kCublasMostWorkspace = 1;                             // cublasLtMatmulPreferenceAttributes_t

/// cublasLtMatmulHeuristicResult_t: one way to do a product.
struct CublasWay {
  std::array<std::uint64_t, 8> algorithm;
  std::size_t workspace_bytes;
  int state;
  float waves;
  std::array<int, 4> reserved;
};

/// Every call answers 0 for success.
struct CublasFunctions {
  int (*create)(CublasContext*) = nullptr;
  int (*destroy)(CublasContext) = nullptr;
  int (*create_product)(CublasProductDescription**, int compute, int scale) = nullptr;
  int (*destroy_product)(CublasProductDescription*) = nullptr;
  int (*set_product)(CublasProductDescription*, int, const void*, std::size_t) = nullptr;
  int (*create_matrix)(CublasMatrixDescription**, int type, std::uint64_t rows, std::uint64_t columns,
                       std::int64_t stride) = nullptr;
  int (*destroy_matrix)(CublasMatrixDescription*) = nullptr;
  int (*create_preference)(CublasPreference**) = nullptr;
  int (*destroy_preference)(CublasPreference*) = nullptr;
  int (*set_preference)(CublasPreference*, int, const void*, std::size_t) = nullptr;
  int (*find_ways)(CublasContext, CublasProductDescription*, CublasMatrixDescription*, CublasMatrixDescription*,
                   CublasMatrixDescription*, CublasMatrixDescription*, CublasPreference*, int wanted, CublasWay*,
                   int* found) = nullptr;
  int (*multiply)(CublasContext, CublasProductDescription*, const void* alpha, const void* a, CublasMatrixDescription*,
                  const void* b, CublasMatrixDescription*, const void* beta, const void* c, CublasMatrixDescription*,
                  void* d, CublasMatrixDescription*, const void* algorithm, void* workspace, std::size_t,
                  core::CudaStream) = nullptr;
};

class CublasLibrary {
 public:
  /// The newest of libcublasLt.so.13, .12 and .11 that is there.
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

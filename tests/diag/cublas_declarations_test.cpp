// Our declarations of cuBLAS against the vendor's header, where that is installed; and what our types of matrices are.
#include <gtest/gtest.h>

#include "diag/matrix_product.h"
#include "tests/core/same_interface.h"

#if __has_include(<cublasLt.h>)
#include <cublasLt.h>
#define PLUMB_HAS_CUBLAS_HEADER 1
#endif

namespace plumb::diag {

/// What the vendor leaves without a name, so that pointers to it compare as pointers to a structure.
struct CublasProductDescription {};
struct CublasMatrixDescription {};
struct CublasPreference {};

namespace {

#ifdef PLUMB_HAS_CUBLAS_HEADER
template <class Theirs, class Ours>
constexpr bool equals(Ours) {
  return test::SameInterface<Ours, Theirs>::value;
}
constexpr CublasFunctions kOurs;
static_assert(equals<decltype(&::cublasLtCreate)>(kOurs.create));
static_assert(equals<decltype(&::cublasLtDestroy)>(kOurs.destroy));
static_assert(equals<decltype(&::cublasLtMatmulDescCreate)>(kOurs.create_product));
static_assert(equals<decltype(&::cublasLtMatmulDescDestroy)>(kOurs.destroy_product));
static_assert(equals<decltype(&::cublasLtMatmulDescSetAttribute)>(kOurs.set_product));
static_assert(equals<decltype(&::cublasLtMatrixLayoutCreate)>(kOurs.create_matrix));
static_assert(equals<decltype(&::cublasLtMatrixLayoutDestroy)>(kOurs.destroy_matrix));
static_assert(equals<decltype(&::cublasLtMatmulPreferenceCreate)>(kOurs.create_preference));
static_assert(equals<decltype(&::cublasLtMatmulPreferenceDestroy)>(kOurs.destroy_preference));
static_assert(equals<decltype(&::cublasLtMatmulPreferenceSetAttribute)>(kOurs.set_preference));
static_assert(equals<decltype(&::cublasLtMatmulAlgoGetHeuristic)>(kOurs.find_ways));
using Multiply = cublasStatus_t (*)(cublasLtHandle_t, cublasLtMatmulDesc_t, const void*, const void*,
                                    cublasLtMatrixLayout_t, const void*, cublasLtMatrixLayout_t, const void*,
                                    const void*, cublasLtMatrixLayout_t, void*, cublasLtMatrixLayout_t, const void*,
                                    void*, size_t, cudaStream_t);  // the algorithm is opaque to us
static_assert(equals<Multiply>(kOurs.multiply));
static_assert(kCublasTransposed == CUBLAS_OP_T);
static_assert(kCudaReal32 == CUDA_R_32F && kCudaReal16b == CUDA_R_16BF && kCudaReal8e4m3 == CUDA_R_8F_E4M3);
static_assert(kCublasCompute32 == CUBLAS_COMPUTE_32F && kCublasCompute32FastTf32 == CUBLAS_COMPUTE_32F_FAST_TF32);
static_assert(kCublasTransposeA == CUBLASLT_MATMUL_DESC_TRANSA);
static_assert(kCublasFastAccumulation == CUBLASLT_MATMUL_DESC_FAST_ACCUM);
static_assert(kCublasMostWorkspace == CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES);
static_assert(sizeof(CublasWay) == sizeof(cublasLtMatmulHeuristicResult_t));
static_assert(sizeof(CublasWay::algorithm) == sizeof(cublasLtMatmulAlgo_t));
static_assert(offsetof(CublasWay, algorithm) == offsetof(cublasLtMatmulHeuristicResult_t, algo));
static_assert(offsetof(CublasWay, workspace_bytes) == offsetof(cublasLtMatmulHeuristicResult_t, workspaceSize));
static_assert(offsetof(CublasWay, state) == offsetof(cublasLtMatmulHeuristicResult_t, state));
#endif

/// Sign, exponent and fraction of the elements that any random word becomes.
TEST(MatrixTypes, ElementsAreOrdinaryNumbersBetweenOneHalfAndOne) {
  const struct {
    const MatrixType& type;
    unsigned bits, exponent_bits, fraction_bits;
  } formats[] = {{kBf16, 16, 8, 7}, {kFp8, 8, 4, 3}, {kTf32, 32, 8, 23}};
  for (const auto& format : formats) {
    const unsigned bias = (1U << (format.exponent_bits - 1)) - 1;
    for (const unsigned random : {0U, ~0U, 0x12345678U, 0x9abcdef0U}) {
      const unsigned word = (random & format.type.keep) | format.type.fixed;
      for (unsigned at = 0; at < 32; at += format.bits) {
        const unsigned exponent = word >> (at + format.fraction_bits) & ((1U << format.exponent_bits) - 1);
        EXPECT_EQ(exponent, bias - 1) << format.type.name;
      }
    }
    EXPECT_EQ(format.type.element_bytes * 8, format.bits);
  }
}

}  // namespace
}  // namespace plumb::diag

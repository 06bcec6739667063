#include "diag/matrix_product.h"

#include <fmt/format.h>

#include "core/error.h"

namespace plumb::diag {
namespace {

constexpr std::size_t kWorkspaceBytes = std::size_t{64} << 20;  // NVIDIA advises 32 MiB from compute capability 9.0 on
constexpr int kNotSupported = 15;                               // CUBLAS_STATUS_NOT_SUPPORTED

void require(int code, const char* call) {
  if (code != 0) {
    throw core::Error(fmt::format("{}: cuBLAS answers {}", call, code));
  }
}

// NOLINTNEXTLINE(performance-no-int-to-ptr): CUDA's own addresses are integers, cuBLAS takes pointers
void* pointer(core::CudaAddress address) { return reinterpret_cast<void*>(address); }

}  // namespace

const MatrixType kBf16{.name = "bf16",
                       .element = kCudaReal16b,
                       .result = kCudaReal16b,
                       .element_bytes = 2,
                       .result_bytes = 2,
                       .compute = kCublasCompute32,
                       .capability = 80,
                       .keep = 0x807f807fU,
                       .fixed = 0x3f003f00U};
const MatrixType kFp8{.name = "fp8",
                      .element = kCudaReal8e4m3,
                      .result = kCudaReal16b,
                      .element_bytes = 1,
                      .result_bytes = 2,
                      .compute = kCublasCompute32,
                      .capability = 89,
                      .keep = 0x87878787U,
                      .fixed = 0x30303030U};
const MatrixType kTf32{.name = "tf32",
                       .element = kCudaReal32,
                       .result = kCudaReal32,
                       .element_bytes = 4,
                       .result_bytes = 4,
                       .compute = kCublasCompute32FastTf32,
                       .capability = 80,
                       .keep = 0x807fffffU,
                       .fixed = 0x3f000000U};

MatrixProduct::MatrixProduct(const CublasLibrary& cublas, const core::GpuStream& stream, const MatrixType& type,
                             int side)
    : cublas_(cublas), stream_(stream), workspace_(stream.gpu(), kWorkspaceBytes) {
  if (!cublas.why_absent().empty()) {
    throw core::Error(cublas.why_absent());
  }
  try {
    describe(type, side);
    choose_way();
  } catch (...) {
    forget();
    throw;
  }
}

MatrixProduct::~MatrixProduct() { forget(); }

/// The first factor is transposed, the only way in which 8 bits are multiplied.
void MatrixProduct::describe(const MatrixType& type, int side) {
  require(cublas_->create(&context_), "cublasLtCreate");
  require(cublas_->create_product(&product_, type.compute, kCudaReal32), "cublasLtMatmulDescCreate");
  const int transposed = kCublasTransposed;
  require(cublas_->set_product(product_, kCublasTransposeA, &transposed, sizeof transposed),
          "cublasLtMatmulDescSetAttribute");
  if (type.element == kCudaReal8e4m3) {  // as frameworks do it in forward passes
    const signed char fast = 1;
    require(cublas_->set_product(product_, kCublasFastAccumulation, &fast, sizeof fast),
            "cublasLtMatmulDescSetAttribute");
  }
  const auto n = static_cast<std::uint64_t>(side);
  require(cublas_->create_matrix(&element_, type.element, n, n, side), "cublasLtMatrixLayoutCreate");
  require(cublas_->create_matrix(&result_, type.result, n, n, side), "cublasLtMatrixLayoutCreate");
}

void MatrixProduct::choose_way() {
  CublasPreference* preference = nullptr;
  require(cublas_->create_preference(&preference), "cublasLtMatmulPreferenceCreate");
  int found = 0;
  int code = cublas_->set_preference(preference, kCublasMostWorkspace, &kWorkspaceBytes, sizeof kWorkspaceBytes);
  if (code == 0) {
    code = cublas_->find_ways(context_, product_, element_, element_, result_, result_, preference, 1, &way_, &found);
  }
  cublas_->destroy_preference(preference);
  code = code != 0 ? code : found == 0 ? kNotSupported : way_.state;
  require(code, "cublasLtMatmulAlgoGetHeuristic");
}

void MatrixProduct::forget() {
  if (element_ != nullptr) {
    cublas_->destroy_matrix(element_);
  }
  if (result_ != nullptr) {
    cublas_->destroy_matrix(result_);
  }
  if (product_ != nullptr) {
    cublas_->destroy_product(product_);
  }
  if (context_ != nullptr) {
    cublas_->destroy(context_);
  }
}

void MatrixProduct::multiply(core::CudaAddress a, core::CudaAddress b, core::CudaAddress result) const {
  const float one = 1, zero = 0;
  require(cublas_->multiply(context_, product_, &one, pointer(a), element_, pointer(b), element_, &zero,
                            pointer(result), result_, pointer(result), result_, way_.algorithm.data(),
                            pointer(workspace_.address()), workspace_.bytes(), stream_.get()),
          "cublasLtMatmul");
}

}  // namespace plumb::diag

#include "diag/matrix_load.h"

#include <fmt/format.h>

#include "core/error.h"
#include "diag/gpu_kernels.h"

namespace plumb::diag {
namespace {

constexpr int kSide = 8192;
constexpr std::size_t kElements = std::size_t{kSide} * kSide;

std::size_t size_of(MatrixType type) { return type == MatrixType::bf16 ? 2 : 4; }

void require(int code, const char* call) {
  if (code != 0) {
    throw core::Error(fmt::format("{}: cuBLAS answers {}", call, code));
  }
}

}  // namespace

std::string_view name_of(MatrixType type) { return type == MatrixType::bf16 ? "bf16" : "tf32"; }

MatrixLoad::MatrixLoad(const CublasLibrary& cublas, const core::GpuStream& stream, MatrixType type)
    : cublas_(cublas),
      stream_(stream),
      type_(type),
      kernels_(stream.gpu(), gpu_kernels()),
      a_(stream.gpu(), kElements * size_of(type)),
      b_(stream.gpu(), kElements * size_of(type)),
      first_(stream.gpu(), kElements * sizeof(float)),
      result_(stream.gpu(), kElements * sizeof(float)),
      count_(stream.gpu(), sizeof(std::uint64_t)),
      timer_(stream) {
  if (!cublas.why_absent().empty()) {
    throw core::Error(cublas.why_absent());
  }
  const auto words = static_cast<long long>(a_.bytes() / sizeof(unsigned));
  core::launch(kernels_.function("fill_matrix"), stream, a_.address(), words, 1U);
  core::launch(kernels_.function("fill_matrix"), stream, b_.address(), words, 2U);
  require(cublas->create(&context_), "cublasCreate");
  require(cublas->set_stream(context_, stream.get()), "cublasSetStream");
  multiply(first_.address());
  stream.wait();
}

MatrixLoad::~MatrixLoad() { cublas_->destroy(context_); }

double MatrixLoad::operations() { return 2.0 * kSide * kSide * kSide; }

void MatrixLoad::multiply(core::CudaAddress result) {
  const float one = 1, zero = 0;
  const bool is_bf16 = type_ == MatrixType::bf16;
  const int input = is_bf16 ? kCudaReal16b : kCudaReal32;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): CUDA's own addresses are integers, cuBLAS takes pointers
  const auto pointer = [](core::CudaAddress address) { return reinterpret_cast<void*>(address); };
  require(cublas_->multiply(context_, kCublasTransposed, kCublasNotTransposed, kSide, kSide, kSide, &one,
                            pointer(a_.address()), input, kSide, pointer(b_.address()), input, kSide, &zero,
                            pointer(result), kCudaReal32, kSide, is_bf16 ? kCublasCompute32 : kCublasCompute32FastTf32,
                            kCublasDefaultAlgorithm),
          "cublasGemmEx");
}

void MatrixLoad::start(int products) {
  stream_.gpu().make_current();
  timer_.start();
  for (int i = 0; i < products; ++i) {
    multiply(result_.address());
  }
  timer_.stop();
}

double MatrixLoad::finish() { return timer_.seconds(); }

std::uint64_t MatrixLoad::different_from_first() {
  const auto& cuda = stream_.gpu().cuda();
  stream_.gpu().make_current();
  std::uint64_t different = 0;
  cuda.require(cuda->set_bytes(count_.address(), 0, sizeof different, stream_.get()), "cuMemsetD8Async");
  multiply(result_.address());
  core::launch(kernels_.function("count_different"), stream_, first_.address(), result_.address(),
               static_cast<long long>(kElements), count_.address());
  cuda.require(cuda->copy_out(&different, count_.address(), sizeof different, stream_.get()), "cuMemcpyDtoHAsync");
  stream_.wait();
  return different;
}

}  // namespace plumb::diag

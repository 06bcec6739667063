#include "diag/matrix_load.h"

#include "diag/gpu_kernels.h"

namespace plumb::diag {
namespace {

constexpr int kSide = 8192;
constexpr std::size_t kElements = std::size_t{kSide} * kSide;

long long words_of(const core::GpuBuffer& buffer) { return static_cast<long long>(buffer.bytes() / sizeof(unsigned)); }

}  // namespace

MatrixLoad::MatrixLoad(const CublasLibrary& cublas, const core::GpuStream& stream, const MatrixType& type)
    : stream_(stream),
      kernels_(stream.gpu(), gpu_kernels()),
      a_(stream.gpu(), kElements * type.element_bytes),
      b_(stream.gpu(), kElements * type.element_bytes),
      first_(stream.gpu(), kElements * type.result_bytes),
      result_(stream.gpu(), kElements * type.result_bytes),
      count_(stream.gpu(), sizeof(std::uint64_t)),
      product_(cublas, stream, type, kSide),
      timer_(stream) {
  const auto fill = kernels_.function("fill_matrix");
  core::launch(fill, stream, a_.address(), words_of(a_), 1U, type.keep, type.fixed);
  core::launch(fill, stream, b_.address(), words_of(b_), 2U, type.keep, type.fixed);
  product_.multiply(a_.address(), b_.address(), first_.address());
  stream.wait();
}

double MatrixLoad::operations() { return 2.0 * kSide * kSide * kSide; }

void MatrixLoad::start(int products) {
  stream_.gpu().make_current();
  timer_.start();
  for (int i = 0; i < products; ++i) {
    product_.multiply(a_.address(), b_.address(), result_.address());
  }
  timer_.stop();
}

double MatrixLoad::finish() { return timer_.seconds(); }

std::uint64_t MatrixLoad::different_from_first() {
  const auto& cuda = stream_.gpu().cuda();
  stream_.gpu().make_current();
  std::uint64_t different = 0;
  cuda.require(cuda->set_bytes(count_.address(), 0, sizeof different, stream_.get()), "cuMemsetD8Async");
  product_.multiply(a_.address(), b_.address(), result_.address());
  core::launch(kernels_.function("count_different"), stream_, first_.address(), result_.address(), words_of(first_),
               count_.address());
  cuda.require(cuda->copy_out(&different, count_.address(), sizeof different, stream_.get()), "cuMemcpyDtoHAsync");
  stream_.wait();
  return different;
}

}  // namespace plumb::diag

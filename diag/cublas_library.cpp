#include "diag/cublas_library.h"

namespace plumb::diag {

CublasLibrary::CublasLibrary() {
  for (const char* file : {"libcublas.so.13", "libcublas.so.12", "libcublas.so.11"}) {
    file_ = file;
    library_ = std::make_unique<core::OptionalLibrary>(file);
    if (library_->why_absent().empty()) {
      break;
    }
  }
  library_->require(functions_.create, "cublasCreate_v2");
  library_->require(functions_.destroy, "cublasDestroy_v2");
  library_->require(functions_.version, "cublasGetVersion_v2");
  library_->require(functions_.set_stream, "cublasSetStream_v2");
  library_->require(functions_.multiply, "cublasGemmEx");
}

}  // namespace plumb::diag

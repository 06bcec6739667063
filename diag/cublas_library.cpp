#include "diag/cublas_library.h"

namespace plumb::diag {

CublasLibrary::CublasLibrary() {
  for (const char* file : {"libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so.11"}) {
    file_ = file;
    library_ = std::make_unique<core::OptionalLibrary>(file);
    if (library_->why_absent().empty()) {
      break;
    }
  }
  auto& f = functions_;
  library_->require(f.create, "cublasLtCreate");
  library_->require(f.destroy, "cublasLtDestroy");
  library_->require(f.create_product, "cublasLtMatmulDescCreate");
  library_->require(f.destroy_product, "cublasLtMatmulDescDestroy");
  library_->require(f.set_product, "cublasLtMatmulDescSetAttribute");
  library_->require(f.create_matrix, "cublasLtMatrixLayoutCreate");
  library_->require(f.destroy_matrix, "cublasLtMatrixLayoutDestroy");
  library_->require(f.create_preference, "cublasLtMatmulPreferenceCreate");
  library_->require(f.destroy_preference, "cublasLtMatmulPreferenceDestroy");
  library_->require(f.set_preference, "cublasLtMatmulPreferenceSetAttribute");
  library_->require(f.find_ways, "cublasLtMatmulAlgoGetHeuristic");
  library_->require(f.multiply, "cublasLtMatmul");
}

}  // namespace plumb::diag
